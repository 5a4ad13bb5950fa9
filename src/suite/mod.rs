//! The whole suite for a stack, as tests by name, in the crate of its author.
//!
//! Five lines of a test without the usual harness of tests:
//!
//! ```rust,ignore
//! // tests/conformance.rs; in Cargo.toml: [[test]] name = "conformance", harness = false
//! tcprove::conformance_tests! {
//!     "my-stack", MyStack::new,
//!     known = include_str!("known.toml"),
//!     snapshots = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"),
//! }
//! ```
//!
//! Each option is a method of [`Suite`]. What the tests are called, and how their failures are seen
//! again, `docs/suite.md` tells. It judges nothing itself: the tests are what the harness, the oracle
//! and the tables say.

mod case;
mod generated;
mod known;
mod stack;
mod tables;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, FormatSetting, Trial};

use crate::cli::{self, CorpusFile, StackEntry, corpus_file, corpus_paths};
use stack::Stand;
pub use stack::entry;

/// With more tests than this, each is told by a dot unless something else is asked for.
const MOST_LINES: usize = 500;

/// So many batches are generated unless something else is said, and so many scenarios in each.
const BATCHES: u64 = 8;
const CASES: u64 = 500;

/// What is tested of which stacks.
pub struct Suite {
    stacks: Vec<StackEntry>,
    corpus: PathBuf,
    only: Vec<String>,
    strict: Vec<String>,
    batches: u64,
    cases: u64,
    snapshots: Option<PathBuf>,
    command: String,
}

/// What every test of a suite has to know of it.
#[derive(Clone)]
struct Shared {
    stand: Arc<Stand>,
    /// The directory of the corpus.
    corpus: Arc<PathBuf>,
    /// What stands before the arguments of tcprove where a command is shown to people.
    command: Arc<str>,
}

impl Suite {
    /// A suite of every case of the corpus, generated scenarios and, where there are any, the known
    /// deviations of these stacks.
    pub fn new(stacks: Vec<StackEntry>) -> Suite {
        Suite {
            stacks,
            corpus: concat!(env!("CARGO_MANIFEST_DIR"), "/corpus").into(),
            only: Vec::new(),
            strict: Vec::new(),
            batches: BATCHES,
            cases: CASES,
            snapshots: None,
            command: "cargo test --test conformance -- tcprove".to_owned(),
        }
    }

    /// The text of the file of what is known of the stack, or of each of them.
    pub fn known(mut self, text: &'static str) -> Suite {
        for stack in &mut self.stacks {
            stack.known = text;
        }
        self
    }

    /// Another corpus than that of tcprove.
    pub fn corpus(mut self, directory: impl Into<PathBuf>) -> Suite {
        self.corpus = directory.into();
        self
    }

    /// Only files of the corpus whose path begins like one of these: `open/`, `rcv-rst-established`.
    pub fn only(mut self, beginnings: &[&str]) -> Suite {
        self.only = beginnings.iter().map(ToString::to_string).collect();
        self
    }

    /// The stacks of these names may miss no recommendation of the standard either.
    pub fn strict(mut self, names: &[&str]) -> Suite {
        self.strict = names.iter().map(ToString::to_string).collect();
        self
    }

    /// So many batches of generated scenarios, each a test of its own and the same every time.
    pub fn batches(mut self, batches: u64) -> Suite {
        self.batches = batches;
        self
    }

    /// So many scenarios in each batch.
    pub fn cases(mut self, cases: u64) -> Suite {
        self.cases = cases;
        self
    }

    /// Transition tables too, compared with the snapshots in this directory, one for each state.
    pub fn snapshots(mut self, directory: impl Into<PathBuf>) -> Suite {
        self.snapshots = Some(directory.into());
        self
    }

    /// What a person types before the arguments of tcprove to see a failure again. Unless something
    /// else is said it is this program itself, which takes them after the word `tcprove`.
    pub fn command(mut self, command: &str) -> Suite {
        command.clone_into(&mut self.command);
        self
    }

    /// The `main` of a test without a harness of its own. After the word `tcprove` the program is
    /// tcprove's command line for these stacks; otherwise it takes what every program of tests takes.
    pub fn main(self) -> ExitCode {
        if let Some(status) = cli::main_after_name(&self.stacks, &self.command) {
            return status;
        }
        let mut args = Arguments::from_args();
        let trials = self.trials(&args);
        let filter = args.filter.as_deref().unwrap_or_default();
        let wanted = trials.iter().filter(|trial| trial.name().contains(filter));
        if wanted.count() > MOST_LINES && args.format.is_none() && !args.list {
            args.format = Some(FormatSetting::Terse);
        }
        let conclusion = libtest_mimic::run(&args, trials);
        let known = case::with_known();
        if known > 0 && !args.exact {
            println!("{known} of these conform but for known deviations; `check` names them\n");
        }
        conclusion.exit_code()
    }

    /// The tests that may be asked for.
    fn trials(&self, args: &Arguments) -> Vec<Trial> {
        let exact = exact(args);
        let files = self.files(exact);
        let corpus = Arc::new(self.corpus.clone());
        let command: Arc<str> = cli::planting(&self.command).into();
        let mut trials = Vec::new();
        for stack in self.asked(exact) {
            // Now, before there are other threads: a stack may have to leave a namespace.
            let strict = self.strict.iter().any(|name| name == stack.name);
            let shared = Shared {
                stand: Arc::new(Stand::of(stack, strict)),
                corpus: corpus.clone(),
                command: command.clone(),
            };
            if let Some(why) = shared.stand.absent() {
                println!("{}:: is ignored: {why}", stack.name);
            }
            match &files {
                Ok(files) => {
                    for file in files {
                        case::add(&shared, file, exact, &mut trials);
                    }
                }
                Err(why) => trials.push(failed(format!("{}::corpus", stack.name), why.clone())),
            }
            known::add(&shared, &mut trials);
            generated::add(&shared, self.batches, self.cases, &mut trials);
            if let Some(directory) = &self.snapshots {
                tables::add(&shared, directory, &mut trials);
            }
        }
        trials
    }

    /// The stacks that a test is asked of.
    fn asked(&self, exact: Option<&str>) -> impl Iterator<Item = StackEntry> {
        let named = move |stack: &&StackEntry| match exact.and_then(|name| name.split_once("::")) {
            Some((name, _)) => name == stack.name,
            None => true,
        };
        self.stacks.iter().filter(named).copied()
    }

    /// The files to read: of a test that is named in full, its own alone, because a runner that has a
    /// process for each test asks thousands of times. A file that is wrong is one all the same.
    fn files(&self, exact: Option<&str>) -> Result<Vec<Read>, String> {
        let paths = match exact.and_then(|name| name.split("::").nth(1)) {
            Some(stem) => Some(format!("{stem}.scn"))
                .filter(|path| self.corpus.join(path).is_file())
                .into_iter()
                .collect(),
            None => corpus_paths(&self.corpus)?,
        };
        let wanted = |path: &String| {
            let begins = |beginning: &String| path.starts_with(beginning.as_str());
            self.only.is_empty() || self.only.iter().any(begins)
        };
        let read = |path: String| {
            let content = corpus_file(&self.corpus, &path);
            Read { path, content }
        };
        Ok(paths.into_iter().filter(wanted).map(read).collect())
    }
}

/// A file of the corpus, or what is wrong with it.
struct Read {
    path: String,
    content: Result<CorpusFile, String>,
}

/// The test that is named in full.
fn exact(args: &Arguments) -> Option<&str> {
    args.filter.as_deref().filter(|_| args.exact && !args.list)
}

/// A test that fails, and says why.
fn failed(name: String, why: String) -> Trial {
    Trial::test(name, move || Err(why.into()))
}

/// Makes `main` of the whole suite for one stack: its name, a function that makes a fresh one, and
/// any of the methods of [`Suite`] as `method = argument`.
///
/// It stands alone in a file of `tests/` for which `harness = false`.
#[macro_export]
macro_rules! conformance_tests {
    ($name:literal, $fresh:expr $(, $method:ident = $argument:expr)* $(,)?) => {
        fn main() -> ::std::process::ExitCode {
            let stack = $crate::suite::entry($name, $fresh);
            let command = ::std::concat!(
                "cargo test --test ", ::std::env!("CARGO_CRATE_NAME"), " -- tcprove"
            );
            $crate::suite::Suite::new(::std::vec![stack])
                .command(command)
                $(.$method($argument))*
                .main()
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::StackJudge;
    use crate::model::State;
    use crate::oracle::KnownDeviations;
    use crate::stack::reference::{Fault, Reference};
    use crate::table::{Maker, text};
    use libtest_mimic::Conclusion;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const KNOWN: &str = r#"
[[deviation]]
name = "a listener answers no ACK"
requirement = "RFC9293-3.10.7.2-p02"
state = ["LISTEN"]
event = [{ on = "segment", set = "ACK", clear = "RST" }]
instead = ["silence"]
then = "ignored"
reason = "it is told not to"
witness = "rcv-ack-listen/edges.scn::passive-ipv4/seq-irs"
"#;

    fn sound() -> Reference {
        Reference::new()
    }

    fn faulty() -> Reference {
        Reference::with_fault(Fault::ListenerSilent)
    }

    fn suite(fresh: fn() -> Reference) -> Suite {
        Suite::new(vec![entry("mine", fresh)])
            .only(&["rcv-ack-listen/", "open/lost"])
            .batches(1)
            .cases(200)
    }

    /// Runs those of its tests whose names contain this; also gives what a person sees.
    fn told(suite: Suite, filter: &str) -> (Conclusion, String) {
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let log = format!("tcprove-suite-{}-{run}.txt", std::process::id());
        let log = std::env::temp_dir().join(log);
        let args = Arguments {
            filter: Some(filter.to_owned()),
            test_threads: Some(1),
            logfile: Some(log.to_string_lossy().into_owned()),
            ..Arguments::default()
        };
        let trials = suite.trials(&args);
        let conclusion = libtest_mimic::run(&args, trials);
        let text = std::fs::read_to_string(&log).expect("a log");
        let _ = std::fs::remove_file(&log);
        (conclusion, text)
    }

    fn run(suite: Suite, filter: &str) -> Conclusion {
        told(suite, filter).0
    }

    #[test]
    fn a_sound_stack_passes_and_a_faulty_one_fails() {
        let passed = run(suite(sound), "");
        assert_eq!((passed.num_failed, passed.num_ignored), (0, 0));
        assert!(passed.num_passed > 10, "{passed:?}");
        let failed = run(suite(faulty), "rcv-ack-listen/");
        assert!(failed.num_failed > 0, "{failed:?}");
        let (_, text) = told(suite(faulty), "returned-ipv6/seq-last");
        for part in [
            "1. RFC9293-3.10.7.2-p02 (MUST)",
            "rcv-ack-listen/edges.scn::returned-ipv6/seq-last --stack mine",
            "cargo test --test conformance -- tcprove replay",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(run(suite(faulty), "open/lost").num_failed, 0);
        assert_eq!(run(suite(faulty), "generated::1").num_failed, 1);
    }

    #[test]
    fn what_is_known_passes_until_it_is_mended() {
        let known = |fresh| suite(fresh).known(KNOWN);
        assert_eq!(run(known(faulty), "").num_failed, 0);
        let mended = run(known(sound), "");
        assert_eq!(mended.num_failed, 1, "{mended:?}");
        assert_eq!(run(known(sound), "known-deviations").num_failed, 1);
        let wrong = suite(sound).known("name = 1");
        assert_eq!(run(wrong, "open/lost-syn-ack").num_failed, 1);
    }

    #[test]
    fn a_stack_that_cannot_run_is_ignored_and_a_wrong_file_fails() {
        let mut absent = entry("absent", sound);
        absent.judge = &|_| Err("there is none".into());
        let ignored = run(Suite::new(vec![absent]).only(&["open/lost"]), "");
        assert_eq!((ignored.num_passed, ignored.num_failed), (0, 0));
        assert!(ignored.num_ignored > 0, "{ignored:?}");
        let nowhere = suite(sound).corpus("no/such/directory");
        assert_eq!(run(nowhere, "corpus").num_failed, 1);
    }

    #[test]
    fn what_is_not_as_reviewed_fails() {
        let name = format!("tcprove-suite-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&directory).expect("a directory");
        let mut judge = StackJudge::new(sound, KnownDeviations::default());
        let shown = text(&Maker::new(&mut judge, KnownDeviations::default()).done(State::Listen));
        let snapshot = format!("---\nsource: here\n---\n{shown}");
        std::fs::write(directory.join("listen.snap"), snapshot).expect("a file");
        let of_listen = |fresh: fn() -> Reference| {
            let suite = suite(fresh).snapshots(&directory);
            run(suite, "table::listen").num_failed
        };
        let failed = (of_listen(sound), of_listen(faulty));
        let _ = std::fs::remove_dir_all(&directory);
        // Whoever says so accepts everything.
        let accepts = std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always");
        assert_eq!(failed, (0, u64::from(!accepts)));
    }
}
