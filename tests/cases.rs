//! Every case of the corpus is a test, on every stack of this build.
//!
//! A test is called `STACK::FILE` or `STACK::FILE::CASE`, as in
//! `smoltcp::rcv-rst-established/edges::passive-ipv4/seq-left`; `docs/corpus.md` says what the
//! names mean. A case passes when what the stack does conforms, known deviations apart. On the
//! reference stack, which is the model itself, no recommendation may be missed either.
//!
//! Of the stack that lives in real time only those scenarios are run that are over in a moment;
//! where the machine cannot run it they are shown as ignored, with the reason.
//!
//! A file of cases says in its header `# reaches STATE`, and every way to begin ends in
//! `A: status`, which has to tell that state.

use std::cell::RefCell;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::{Arguments, Failed, FormatSetting, Trial};
use tcprove::cli::{CorpusFile, StackEntry, built_in, corpus_file, corpus_paths, planting};
use tcprove::harness::{Check, CorpusScenario, Finding, Judge, Plan, Progress, Watcher};
use tcprove::model::State;
use tcprove::oracle::{KnownDeviations, Verdict};
use tcprove::report::{Setting, Style, findings_text, ladder};
use tcprove::scenario::{Case, Step, Wait, generate};
use tcprove::spec::RequirementSet;
use tcprove::stack::{Outcome, Socket};
use tcprove::time::Micros;
use tcprove::trace::{Call, Trace, What};

/// With more tests than this, each is told by a dot unless something else is asked for.
const MOST_LINES: usize = 500;

const COMMAND: &str = "cargo run --release --";

/// How many passed only because of known deviations.
static WITH_KNOWN: AtomicUsize = AtomicUsize::new(0);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn main() -> ExitCode {
    let mut args = Arguments::from_args();
    // Before there are other threads: it may take a user namespace.
    LazyLock::force(&MISSING);
    let mut trials = Vec::new();
    match paths(&args) {
        Ok(paths) => {
            for path in paths {
                add(&path, exact(&args), &mut trials);
            }
        }
        Err(message) => trials.push(Trial::test("corpus", move || Err(message.into()))),
    }
    let wanted = |trial: &&Trial| {
        let filter = args.filter.as_deref().unwrap_or_default();
        trial.name().contains(filter)
    };
    let many = trials.iter().filter(wanted).count() > MOST_LINES;
    if many && args.format.is_none() && !args.list {
        args.format = Some(FormatSetting::Terse);
    }
    for stack in built_in() {
        if let Some(why) = why_absent(&stack) {
            println!("{}:: is ignored: {why}", stack.name);
        }
    }
    let conclusion = libtest_mimic::run(&args, trials);
    let known = WITH_KNOWN.load(Ordering::Relaxed);
    if known > 0 && !args.exact {
        println!("{known} of these conform but for known deviations; `tcprove check` names them\n");
    }
    conclusion.exit_code()
}

/// The files to read: of a test that is named in full, its own alone, because a runner that has a
/// process for each test asks thousands of times.
fn paths(args: &Arguments) -> Result<Vec<String>, String> {
    match exact(args).and_then(|name| name.split("::").nth(1)) {
        Some(stem) => Ok(vec![format!("{stem}.scn")]),
        None => corpus_paths(&root()),
    }
}

/// The test that is named in full.
fn exact(args: &Arguments) -> Option<&str> {
    args.filter.as_deref().filter(|_| args.exact && !args.list)
}

/// The tests of a file. Of a file that cannot be read, one that says so on each stack, under
/// the name that was asked for if it was.
fn add(path: &str, exact: Option<&str>, trials: &mut Vec<Trial>) {
    let stem = path.trim_end_matches(".scn");
    let read = corpus_file(&root(), path);
    for stack in built_in() {
        let live = stack.name == LIVE;
        let name = format!("{}::{stem}", stack.name);
        let absent = why_absent(&stack).is_some();
        match &read {
            Ok(file) => {
                let test = |case| Test::new(stack, file, case);
                let timely = |case: &&Case| !live || is_timely(case);
                let cases = file.cases.iter().filter(timely);
                let tests = cases.map(|case| (case, test(case)));
                trials.extend(tests.map(|(case, test)| {
                    let name = match case.name.as_str() {
                        "" => name.clone(),
                        case => format!("{name}::{case}"),
                    };
                    match MISSING.as_ref().filter(|_| live) {
                        Some(why) => Trial::test(name, || Ok(()))
                            .with_kind(format!("linux: {why}"))
                            .with_ignored_flag(true),
                        None => Trial::test(name, move || test.run()).with_ignored_flag(absent),
                    }
                }));
            }
            Err(message) => {
                let message = message.clone();
                let asked = exact.filter(|asked| asked.starts_with(&name));
                let name = asked.map_or(name.clone(), str::to_owned);
                trials.push(Trial::test(name, move || Err(message.into())));
            }
        }
    }
}

/// The stack that lives in real time.
const LIVE: &str = "linux";

/// Why this machine cannot run it, if it cannot.
static MISSING: LazyLock<Option<String>> = LazyLock::new(|| {
    let stacks = built_in();
    let live = stacks.iter().find(|stack| stack.name == LIVE)?;
    (live.judge)(KnownDeviations::default()).err()
});

/// Whether a scenario is over in a moment of real time: all others are for `tcprove check`.
fn is_timely(case: &Case) -> bool {
    let mut waits = Micros::ZERO;
    for step in &case.scenario.steps {
        match step {
            Step::Wait(Wait::Span(span)) => waits = waits + *span,
            Step::Wait(Wait::Timer) => return false,
            Step::Segment(_) | Step::Icmp(_) | Step::Call(..) | Step::Peer(..) => {}
        }
    }
    waits <= Micros::millis(300)
}

/// Why a stack is not in this build: its cases are shown as ignored.
fn why_absent(stack: &StackEntry) -> Option<&'static str> {
    #[cfg(feature = "lwip")]
    if stack.name.starts_with("lwip") {
        return tcprove::stack::lwip::MISSING;
    }
    let _ = stack;
    None
}

/// The state that a file of cases says it reaches, or what is wrong with its header.
fn reached(file: &CorpusFile) -> Result<State, String> {
    let header = file.text.lines().take_while(|line| line.starts_with('#'));
    let mut named = header.filter_map(|line| line.strip_prefix("# reaches "));
    let (Some(name), None) = (named.next(), named.next()) else {
        return Err("a file of cases says once in its header `# reaches STATE`".to_owned());
    };
    let state = State::ALL.into_iter().find(|state| state.name() == name);
    state.ok_or_else(|| format!("`{name}` is no state; write it as RFC 9293 does"))
}

/// A case on a stack.
struct Test {
    stack: StackEntry,
    /// `FILE:LINE`.
    place: String,
    case: CorpusScenario,
    prologue: usize,
    /// What the prologue has to reach, if anything is said of it.
    state: Result<Option<State>, String>,
}

thread_local! {
    /// The judges of this thread, by stack.
    static JUDGES: RefCell<HashMap<&'static str, Box<dyn Judge>>> = RefCell::default();
}

impl Test {
    fn new(stack: StackEntry, file: &CorpusFile, case: &Case) -> Test {
        let state = match case.name.is_empty() {
            true => Ok(None),
            false => reached(file).map(Some),
        };
        Test {
            stack,
            place: format!("corpus/{}:{}", file.path, case.line),
            case: CorpusScenario {
                path: file.path_of(case),
                scenario: case.scenario.clone(),
            },
            prologue: case.prologue,
            state,
        }
    }

    fn run(&self) -> Result<(), Failed> {
        JUDGES.with_borrow_mut(|judges| {
            let judge = match judges.entry(self.stack.name) {
                std::collections::hash_map::Entry::Occupied(there) => there.into_mut(),
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert((self.stack.judge)(self.known()?)?)
                }
            };
            self.judged_by(judge).map_err(Failed::from)
        })
    }

    fn known(&self) -> Result<KnownDeviations, String> {
        let known = self.stack.known.parse::<KnownDeviations>();
        known.map_err(|error| format!("the known deviations of {}: {error}", self.stack.name))
    }

    fn judged_by(&self, judge: &mut dyn Judge) -> Result<(), String> {
        let place = &self.place;
        let state = self
            .state
            .clone()
            .map_err(|why| format!("{place}: {why}"))?;
        let judgment = judge.judge(&self.case.scenario);
        // A stack that is known to deviate may come to another state by that.
        let as_known = judgment.verdict == Verdict::Conforms && !judgment.known.is_empty();
        if let Some(state) = state.filter(|_| !as_known) {
            self.reaches(state, judge.trace())?;
        }
        let strict = self.stack.known.is_empty();
        match &judgment.verdict {
            Verdict::Conforms if strict && !judgment.missed.is_empty() => {}
            Verdict::Conforms => {
                let known = usize::from(!judgment.known.is_empty());
                WITH_KNOWN.fetch_add(known, Ordering::Relaxed);
                return Ok(());
            }
            Verdict::Inconclusive(why) => {
                let text = format!("inconclusive, because {why}");
                return Err(self.told(&text, judge.trace()));
            }
            Verdict::Deviates(_) | Verdict::Broken(_) => {}
        }
        let found = self.findings()?;
        Err(format!("{place}:\n{found}\n{}", self.replay()))
    }

    /// Whether STATUS told the state at the end of the prologue.
    fn reaches(&self, state: State, trace: &Trace) -> Result<(), String> {
        let last = trace.events.iter().find_map(|event| match event.what {
            What::Call {
                socket: Socket(0),
                call: Call::Status,
                outcome,
                ..
            } if event.step as usize + 1 == self.prologue => Some(outcome),
            _ => None,
        });
        match last {
            Some(Outcome::Status(found)) if found == state => Ok(()),
            Some(outcome) => {
                let found = match outcome {
                    Outcome::Status(found) => found.name().to_owned(),
                    other => format!("{other:?}"),
                };
                let text = format!("reaches {found}, but the header says {}", state.name());
                Err(self.told(&text, trace))
            }
            None => Err(self.told("its way to begin has to end in `A: status`", trace)),
        }
    }

    /// What is wrong, the whole case, and how to see it again.
    fn told(&self, what: &str, trace: &Trace) -> String {
        let steps: Vec<String> = self
            .case
            .scenario
            .steps
            .iter()
            .map(ToString::to_string)
            .collect();
        let seen = ladder(trace, None, &steps);
        format!("{}: {what}\n\n{seen}\n{}", self.place, self.replay())
    }

    fn replay(&self) -> String {
        let (path, stack) = (&self.case.path, self.stack.name);
        let command = planting(COMMAND);
        format!("the whole case:\n{command} replay corpus/{path} --stack {stack}\n")
    }

    /// The findings, shrunk, as `check` tells them.
    fn findings(&self) -> Result<String, String> {
        let known = self.known()?;
        let plan = Plan {
            corpus: std::slice::from_ref(&self.case),
            cases: 0,
            seed: 0,
            generate,
            jobs: NonZeroUsize::MIN,
            known: known.entries(),
            only: &RequirementSet::full(),
        };
        let check = Check::new(plan, || (self.stack.judge)(known.clone()));
        let checked = check
            .run(&mut Unwatched)
            .map_err(|error| error.to_string())?;
        let setting = Setting {
            stack: self.stack.name,
            command: &planting(COMMAND),
            saved: None,
            counted: true,
            style: Style::default(),
        };
        Ok(findings_text(&checked.findings, &setting))
    }
}

/// Nobody watches a single case.
struct Unwatched;

impl Watcher for Unwatched {
    fn progress(&mut self, _: Progress) {}

    fn found(&mut self, _: &Finding) -> Result<(), String> {
        Ok(())
    }
}
