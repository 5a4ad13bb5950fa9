//! Commands, run in this process on a stack that is all pretence.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::harness::Judge;
use crate::model::{EventClass, State};
use crate::oracle::{Allowed, Coverage, Deviation, Instead, Judgment, Shape, Verdict};
use crate::report::testing::{PEER, STACK, Tape};
use crate::scenario::{CallStep, Scenario, Step, Wait};
use crate::spec::{Req, req};
use crate::stack::{Outcome, Reached};
use crate::time::Instant;
use crate::trace::{Call, Trace, What};

/// ABORT deviates, CLOSE misses a SHOULD, STATUS breaks it, `wait timer` is inconclusive, `send`
/// needs known deviation 0.
struct Pretence {
    trace: Trace,
    coverage: Coverage,
}

const STACKS: [StackEntry; 2] = [
    StackEntry {
        name: "pretence",
        about: "a stack that does as its scenario says",
        known: "",
        judge: &|_| Ok(Box::new(Pretence::new())),
        talker: NO_TALKER,
        reached: || {
            let reached = |what, reached, never, remark: &str| Reached {
                what,
                reached,
                never,
                remark: remark.to_owned(),
            };
            vec![
                reached("Pretences", 2, vec!["third".to_owned()], ""),
                reached("Others", 0, Vec::new(), "there are none"),
            ]
        },
    },
    StackEntry {
        name: "absent",
        about: "a stack that no machine can run",
        known: "",
        judge: &|_| Err("/dev/net/tun is missing".to_owned()),
        talker: NO_TALKER,
        reached: NOT_COUNTED,
    },
];

/// A file of one known deviation.
const KNOWN: &str = r#"[[deviation]]
name = "SEND is answered twice"
requirement = "RFC9293-MUST-13"
state = ["ESTABLISHED"]
event = [{ on = "send" }]
instead = ["ACK"]
then = "forgiven"
reason = "the second answer repeats the first, as the scenario says"
witness = "known.scn"
"#;

impl Pretence {
    fn new() -> Pretence {
        Pretence {
            trace: Tape::new().trace,
            coverage: Coverage::default(),
        }
    }
}

impl Judge for Pretence {
    fn judge(&mut self, scenario: &Scenario) -> Judgment {
        let (mut verdict, mut missed, mut known) = (Verdict::Conforms, Vec::new(), Vec::new());
        let mut tape = Tape::new();
        tape.arrives(0, "SYN", PEER, 0, 0);
        tape.leaves(0, "SYN,ACK", STACK, PEER + 1, 0);
        for (n, step) in scenario.steps.iter().enumerate() {
            self.coverage.reach(State::SynReceived, EventClass::Time);
            self.coverage.exercise(req::RFC9293_MUST_4);
            tape.step(n as u32).event(1_000, What::Quiet);
            let event = tape.trace.events.len() - 1;
            match step {
                Step::Call(_, CallStep::Abort) => {
                    verdict = Verdict::Deviates(Box::new(deviation(req::RFC9293_MUST_4, event)));
                }
                Step::Call(_, CallStep::Close) => {
                    missed.push(deviation(req::RFC9293_SHLD_14, event));
                }
                Step::Call(_, CallStep::Status) => {
                    verdict = Verdict::Broken("index 4 out of range at tcp.rs:99".to_owned());
                    tape.event(1_000, What::Broken("index 4 out of range".to_owned()));
                    break;
                }
                Step::Call(_, CallStep::Send(n)) => {
                    tape.call(1_000, Call::Send(*n), Outcome::Sent(*n));
                    known = vec![0];
                }
                Step::Wait(Wait::Timer) => {
                    verdict = Verdict::Inconclusive("too many states are possible".to_owned());
                    break;
                }
                _ => {}
            }
        }
        self.trace = tape.trace;
        Judgment {
            verdict,
            missed,
            known,
        }
    }

    fn trace(&self) -> &Trace {
        &self.trace
    }

    fn coverage(&self) -> &Coverage {
        &self.coverage
    }
}

fn deviation(requirement: Req, event: usize) -> Deviation {
    let allowed = |requirement, what: &str| Allowed {
        requirement,
        what: what.to_owned(),
    };
    Deviation {
        shape: Shape {
            requirement,
            state: State::SynReceived,
            event: EventClass::Abort,
            instead: Instead::Silence,
        },
        also: vec![req::RFC5961_3_2_4],
        at: Instant(1_000_000),
        event,
        cause: Some(0),
        allowed: vec![
            allowed(req::RFC9293_MUST_13, "a reset with sequence number 1"),
            allowed(req::RFC9293_SHLD_14, "an acknowledgment of 1 within 500ms"),
        ],
        instead: "nothing was sent for 1s".to_owned(),
        states: vec![State::Listen, State::SynReceived],
    }
}

/// A directory of one test, empty at first and gone in the end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let name = format!("tcprove-cli-{}-{name}", std::process::id());
        let place = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(place.join("corpus")).expect("a directory");
        Place(place).with(&[("known.toml", KNOWN)])
    }

    fn with(self, files: &[(&str, &str)]) -> Place {
        for (path, text) in files {
            let path = self.0.join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            fs::write(path, text).expect("a file");
        }
        self
    }

    fn path(&self, path: &str) -> String {
        self.0.join(path).display().to_string()
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).expect(path)
    }

    /// Runs a command line, `@` being this directory, and tells what came of it in one text.
    fn run(&self, line: &str) -> String {
        let (status, out, err) = self.run_in_parts(line, b"");
        format!("{out}--- standard error\n{err}--- exit status {status}\n")
    }

    fn run_in_parts(&self, line: &str, input: &[u8]) -> (u8, String, String) {
        let place = self.0.display().to_string();
        let args = format!("tcprove {line}");
        let args = args
            .split_whitespace()
            .map(|word| word.replace('@', &place));
        let (mut out, mut err, mut input) = (Vec::new(), Vec::new(), input);
        let mut environment = Environment {
            stacks: &STACKS,
            command: "cargo run --release --",
            input: &mut input,
            out: &mut out,
            err: &mut err,
            style: Style::default(),
            watched: false,
        };
        let status = run(args.map(OsString::from), &mut environment);
        let text = |octets| {
            String::from_utf8(octets)
                .expect("UTF-8")
                .replace(&place, "@")
        };
        let err = text(err);
        let err = err.lines().filter(|line| !line.ends_with(" a second"));
        (
            status,
            text(out),
            err.map(|line| format!("{line}\n")).collect(),
        )
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/cli"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

const CORPUS: [(&str, &str); 5] = [
    ("corpus/known.scn", "A: send 3\n"),
    (
        "corpus/rcv-syn/deviates.scn",
        "A: listen\nwait 3s\nA: abort\nA: recv\n",
    ),
    ("corpus/rcv-syn/deviates-again.scn", "B: abort\n"),
    ("corpus/misses.scn", "peer handshake\nA: close\n"),
    ("corpus/conforms.scn", "peer handshake\n"),
];
/// Four cases: two ways to begin, two things to do.
const CASES: &str = "before one
A: listen
before more
seed 2
A: listen
A: recv
case sent
A: send 3
case closed
A: close
after
wait 1s
";
const CHECK: &str =
    "check --stack pretence --cases 0 --jobs 2 --corpus @/corpus --known @/known.toml";

#[test]
fn check_reports_each_finding_once_and_sums_up() {
    let place = Place::new("report").with(&CORPUS);
    snapshot("check", &place.run(CHECK));
}

#[test]
fn exit_status_tells_what_came_of_it() {
    let clean = [CORPUS[0], CORPUS[4]];
    let misses = [CORPUS[0], CORPUS[3]];
    let broken = [CORPUS[0], ("corpus/b.scn", "A: status\n")];
    let stale = [("corpus/known.scn", "A: recv\n")];
    let unclear = [("corpus/u.scn", "wait timer\n")];
    type Files<'a> = &'a [(&'a str, &'a str)];
    let rows: [(&str, Files, &str, u8); 9] = [
        ("clean", &clean, "", CONFORMS),
        ("deviates", &CORPUS, "", FINDING),
        (
            "deviates-elsewhere",
            &CORPUS,
            "--only RFC9293-MUST-13",
            CONFORMS,
        ),
        ("misses", &misses, "", CONFORMS),
        ("misses-strict", &misses, "--strict", FINDING),
        ("broken", &broken, "--only RFC9293-MUST-13", FINDING),
        ("stale", &stale, "", FINDING),
        ("stale-elsewhere", &stale, "--only RFC9293-MUST-4", CONFORMS),
        ("unclear", &unclear, "", NOT_CARRIED_OUT),
    ];
    for (name, files, more, expected) in rows {
        let place = Place::new(name).with(files);
        let (status, out, err) = place.run_in_parts(&format!("{CHECK} {more}"), b"");
        assert_eq!(status, expected, "{name}\n{out}\n{err}");
        let tells =
            "stale known deviation: SEND is answered twice\n      known.scn no longer shows it";
        assert_eq!(out.contains(tells), name == "stale", "{name}\n{out}");
    }
}

#[test]
fn the_number_of_threads_changes_neither_text_nor_json() {
    let place = Place::new("jobs").with(&CORPUS);
    let run = |jobs: &str| {
        let json = format!("report-{jobs}.json");
        let line =
            format!("{CHECK} --json @/{json}").replace("--jobs 2", &format!("--jobs {jobs}"));
        let (_, out, _) = place.run_in_parts(&line, b"");
        (out, place.read(&json))
    };
    let one = run("1");
    assert_eq!(run("5"), one);
    snapshot("json", &one.1);
}

#[test]
fn findings_are_saved_as_scenario_recording_capture_and_text() {
    let place = Place::new("save").with(&CORPUS);
    let (_, out, _) = place.run_in_parts(&format!("{CHECK} --save @/found"), b"");
    let mut names: Vec<String> = fs::read_dir(place.0.join("found"))
        .expect("a directory")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    let expected = [
        "01-rfc9293-shld-14.pcapng",
        "01-rfc9293-shld-14.rec",
        "01-rfc9293-shld-14.scn",
        "01-rfc9293-shld-14.txt",
        "02-rfc9293-must-4.pcapng",
        "02-rfc9293-must-4.rec",
        "02-rfc9293-must-4.scn",
        "02-rfc9293-must-4.txt",
    ];
    assert_eq!(names, expected);
    let command = "cargo run --release -- replay @/found/02-rfc9293-must-4.scn --stack pretence";
    assert!(out.contains(command), "{out}");
    let text = place.read("found/02-rfc9293-must-4.txt");
    assert!(
        text.contains(&command.replace('@', &place.path(""))[..40]),
        "{text}"
    );
    let capture = fs::read(place.path("found/02-rfc9293-must-4.pcapng")).expect("a capture");
    let comment = b"instead: nothing was sent for 1s";
    assert!(
        capture
            .windows(comment.len())
            .any(|octets| octets == comment)
    );
    let captured = crate::report::read_capture(&capture).expect("a capture");
    let recorded = place.read("found/02-rfc9293-must-4.rec");
    assert_eq!(crate::report::recording(&captured), recorded);
    // The command that it names shows the same finding.
    let (status, out, _) =
        place.run_in_parts("replay @/found/02-rfc9293-must-4.scn --stack pretence", b"");
    assert_eq!(status, FINDING);
    assert!(out.contains("RFC9293-MUST-4"), "{out}");
}

#[test]
fn replay_shows_ladder_and_verdict() {
    let place = Place::new("replay")
        .with(&CORPUS)
        .with(&[("cases.scn", CASES)]);
    let mut text = String::new();
    for line in [
        "replay --stack pretence --known @/known.toml @/corpus/rcv-syn/deviates.scn @/corpus/known.scn",
        "replay --stack pretence @/corpus/misses.scn",
        "replay --stack pretence @/corpus/misses.scn --strict",
        "replay --stack pretence @/cases.scn",
        "replay --stack pretence @/cases.scn::closed",
        "replay --stack pretence @/cases.scn::one/sent",
        "replay --stack pretence @/cases.scn::two",
        "replay --stack pretence @/corpus/misses.scn::two",
        "replay --stack pretence --pcap @/x.pcapng @/cases.scn",
    ] {
        text.push_str(&format!("$ tcprove {line}\n{}\n", place.run(line)));
    }
    snapshot("replay", &text);
}

#[test]
fn a_file_of_cases_is_so_many_scenarios_of_the_corpus() {
    let named = KNOWN.replace("known.scn", "a/cases.scn::more/sent");
    let other = KNOWN.replace("known.scn", "a/cases.scn::more/closed");
    let place = Place::new("cases").with(&[
        ("corpus/a/cases.scn", CASES),
        ("named.toml", &named),
        ("other.toml", &other),
    ]);
    let check = "check --stack pretence --cases 0 --corpus @/corpus --known";
    let (status, out, _) = place.run_in_parts(&format!("{check} @/named.toml"), b"");
    assert_eq!(status, CONFORMS, "{out}");
    assert!(out.contains("4 of the corpus"), "{out}");
    assert!(
        out.contains("first in a/cases.scn::one/closed of the corpus"),
        "{out}"
    );
    let (status, out, _) = place.run_in_parts(&format!("{check} @/other.toml"), b"");
    assert_eq!(status, FINDING, "{out}");
    let stale = "stale: a/cases.scn::more/closed no longer shows it";
    assert!(out.contains(stale), "{out}");
    let (status, out, _) = place.run_in_parts("list corpus --corpus @/corpus", b"");
    assert_eq!((status, out.as_str()), (CONFORMS, "a/cases.scn 4 cases\n"));
}

#[test]
fn the_corpus_is_filled() {
    let place = Place::new("fill").with(&[("corpus/rcv-syn-listen/edges.scn", "A: listen\n")]);
    let (status, first, _) = place.run_in_parts("corpus @/corpus", b"");
    assert_eq!(status, CONFORMS);
    assert!(
        first.contains("\nrcv-rst-established/edges.scn\n"),
        "{first}"
    );
    assert!(first.ends_with(" 1 were there\n"), "{first}");
    assert_eq!(place.read("corpus/rcv-syn-listen/edges.scn"), "A: listen\n");
    let (_, second, _) = place.run_in_parts("corpus @/corpus", b"");
    assert!(
        second.starts_with("0 files written into @/corpus, "),
        "{second}"
    );
}

#[test]
fn replay_reads_standard_input_and_writes_a_capture() {
    let place = Place::new("stdin");
    let line = "replay --stack pretence - --pcap @/seen.pcapng";
    let (status, out, err) = place.run_in_parts(line, b"A: listen\n");
    assert_eq!((status, err.as_str()), (CONFORMS, ""));
    assert!(out.starts_with("standard input: conforms\n"), "{out}");
    let capture = fs::read(Path::new(&place.path("seen.pcapng"))).expect("a capture");
    assert_eq!(capture[..4], [0x0a, 0x0d, 0x0d, 0x0a]);
    let (status, ..) = place.run_in_parts("replay --stack pretence -", b"wait timer\n");
    assert_eq!(status, NOT_CARRIED_OUT);
}

#[test]
fn bad_input_is_told_where_it_is_wrong() {
    let place = Place::new("bad").with(&[
        ("corpus/typo.scn", "A: listen\nA: lisen\n"),
        ("corpus/deep/number.scn", "peer data 70000\n"),
        ("empty/readme.txt", "no scenarios here\n"),
        ("latin1.scn", "A: listen\n"),
    ]);
    fs::write(place.path("latin1.scn"), b"A: listen\n# h\xf6ren\n").expect("a file");
    fs::write(place.path("long.scn"), vec![b'#'; (1 << 20) + 1]).expect("a file");
    let mut text = String::new();
    for line in [
        "check --stack pretence --corpus @/corpus",
        "check --stack pretence --corpus @/nowhere",
        "check --stack pretence --corpus @/empty --cases 0",
        "check --stack pretense",
        "check --stack absent --corpus @/empty",
        "check --stack pretence --only RFC9293-MUST4",
        "check --stack pretence --only xyzzy",
        "check --stack pretence --corpus @/empty --save @/latin1.scn",
        "check --stack pretence --corpus @/empty --json @/nowhere/report.json",
        "replay --stack pretence @/corpus/typo.scn",
        "replay --stack pretence @/latin1.scn",
        "replay --stack pretence @/long.scn",
        "replay --stack pretence @/nothing.scn",
        "replay --stack pretence @/empty/readme.txt",
        "replay --stack pretence --pcap x.pcapng @/a.scn @/b.scn",
        "explain RFC9293-MUST-4711",
        "explain must-4 rfc9293_must_4",
    ] {
        text.push_str(&format!("$ tcprove {line}\n{}\n", place.run(line)));
    }
    snapshot("bad-input", &text);
}

#[test]
fn colours_appear_only_where_they_are_wanted() {
    let place = Place::new("colours").with(&CORPUS);
    for colours in [false, true] {
        let (mut out, mut err, mut input) = (Vec::new(), Vec::new(), io::empty());
        let mut environment = Environment {
            stacks: &STACKS,
            command: "cargo run --release --",
            input: &mut input,
            out: &mut out,
            err: &mut err,
            style: Style { colours },
            watched: false,
        };
        let line = format!("tcprove {CHECK}").replace('@', &place.0.display().to_string());
        run(
            line.split_whitespace().map(OsString::from),
            &mut environment,
        );
        assert_eq!(out.contains(&0x1b), colours);
        assert!(!err.contains(&0x1b));
    }
}
