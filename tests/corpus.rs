//! The corpus: every scenario reads back as it was written, and the life of a connection goes
//! through the states that its header names, on every stack of this build.
//!
//! A header stands in the comments at the top of a file:
//!
//! ```text
//! # passes LISTEN SYN-RECEIVED ESTABLISHED
//! # on smoltcp LISTEN ESTABLISHED: known a listener that forgets SYN-RECEIVED
//! # on smoltcp CLOSED: not offered
//! ```
//!
//! `passes` names the states that STATUS tells of socket A after each step, the same state not
//! twice in a row. `on STACK` names those of one stack where they differ, and the reason, which
//! has to be true of the run: a known deviation by its name, or a call that the interface of the
//! stack does not offer.
//!
//! `# wraps on STACK: SYN`, `text` or `FIN` says where the stack's own numbers wrap.

#![cfg(feature = "cli")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use tcprove::cli::{StackEntry, built_in, corpus_files};
use tcprove::harness::Judge;
use tcprove::harness::StackJudge;
use tcprove::model::State;
use tcprove::oracle::{Judgment, KnownDeviations, Verdict};
use tcprove::report::ladder;
use tcprove::scenario::{CallStep, Scenario, Step};
use tcprove::stack::reference::Reference;
use tcprove::stack::{Outcome, Socket};
use tcprove::trace::{Call, Trace, What};
use tcprove::wire::Segment;

const A: Socket = Socket(0);

/// The directories in which every scenario is a part of the life of a connection.
const LIFE: [&str; 9] = [
    "close",
    "data",
    "half-open",
    "isn-wrap",
    "nobody",
    "open",
    "reset",
    "time-wait",
    "timeouts",
];

/// A case of the corpus, or a file that is a single scenario.
struct File {
    /// Its path below the corpus, with the name of the case.
    path: String,
    text: String,
    scenario: Scenario,
}

impl File {
    /// Whether it belongs to the life of a connection.
    fn of_life(&self) -> bool {
        LIFE.iter()
            .any(|dir| self.path.starts_with(&format!("{dir}/")))
    }

    /// What stands behind `# KEY ` in the header.
    fn headers(&self, key: &str) -> impl Iterator<Item = &str> {
        let lines = self.text.lines().take_while(|line| line.starts_with('#'));
        lines.filter_map(move |line| {
            line.strip_prefix("# ")?
                .strip_prefix(key)?
                .strip_prefix(' ')
        })
    }
}

/// Why a stack goes another way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reason<'a> {
    /// A known deviation, by its name.
    Known(&'a str),
    /// A call that the interface of the stack does not offer.
    NotOffered,
}

/// What a header expects of one stack.
struct Expected<'a> {
    states: Vec<State>,
    reason: Option<Reason<'a>>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// Every scenario of the corpus, by path.
fn corpus() -> Vec<File> {
    let files = corpus_files(&root()).unwrap_or_else(|errors| panic!("{errors}"));
    let cases = files.into_iter().flat_map(|file| {
        let cases = file.cases.iter().map(|case| File {
            path: file.path_of(case),
            text: file.text.clone(),
            scenario: case.scenario.clone(),
        });
        cases.collect::<Vec<_>>()
    });
    cases.collect()
}

fn states(text: &str) -> Result<Vec<State>, String> {
    let state = |name: &str| {
        let found = State::ALL.into_iter().find(|state| state.name() == name);
        found.ok_or_else(|| format!("`{name}` is no state; write it as RFC 9293 does"))
    };
    let states: Vec<State> = text
        .split_whitespace()
        .map(state)
        .collect::<Result<_, _>>()?;
    if states.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(format!("`{text}` names a state twice in a row"));
    }
    Ok(states)
}

/// What the header of a file expects of a stack; `None` when it has none.
fn expected<'a>(file: &'a File, stack: &str) -> Result<Option<Expected<'a>>, String> {
    let passes: Vec<&str> = file.headers("passes").collect();
    let usual = match passes[..] {
        [] => return Ok(None),
        [text] => states(text)?,
        [..] => return Err("more than one line `# passes`".to_owned()),
    };
    for line in file.headers("on") {
        let Some((name, rest)) = line.split_once(' ').filter(|(name, _)| *name == stack) else {
            continue;
        };
        let (text, reason) = rest
            .split_once(": ")
            .ok_or_else(|| format!("the line `# on {name}` gives no reason"))?;
        let reason = match (reason, reason.strip_prefix("known ")) {
            (_, Some(known)) => Reason::Known(known),
            ("not offered", None) => Reason::NotOffered,
            (_, None) => {
                return Err(format!(
                    "`{reason}` is no reason; write `known NAME` or `not offered`"
                ));
            }
        };
        let states = states(text)?;
        if states == usual {
            return Err(format!("the line `# on {name}` says nothing new"));
        }
        return Ok(Some(Expected {
            states,
            reason: Some(reason),
        }));
    }
    Ok(Some(Expected {
        states: usual,
        reason: None,
    }))
}

/// The scenario with STATUS of socket A after every step.
fn with_status(scenario: &Scenario) -> Scenario {
    let mut asked = scenario.clone();
    asked.steps.clear();
    for step in &scenario.steps {
        asked.steps.push(step.clone());
        asked.steps.push(Step::Call(A, CallStep::Status));
    }
    asked
}

/// The states that STATUS told of socket A, the same one not twice in a row.
fn passed(trace: &Trace) -> Vec<State> {
    let told = trace.events.iter().filter_map(|event| match event.what {
        What::Call {
            socket: A,
            call: Call::Status,
            outcome: Outcome::Status(state),
            ..
        } => Some(state),
        _ => None,
    });
    let mut states: Vec<State> = told.collect();
    states.dedup();
    states
}

fn names(states: &[State]) -> String {
    let names: Vec<&str> = states.iter().map(|state| state.name()).collect();
    names.join(" ")
}

/// What is wrong with a run, if anything.
fn wrong(
    expected: &Expected<'_>,
    judgment: &Judgment,
    known: &KnownDeviations,
    trace: &Trace,
) -> Option<String> {
    let found = passed(trace);
    if found != expected.states {
        let (found, expected) = (names(&found), names(&expected.states));
        return Some(format!("passes {found}\n  the header says {expected}"));
    }
    if judgment.verdict != Verdict::Conforms {
        return Some(format!("is judged {:#?}", judgment.verdict));
    }
    match expected.reason {
        Some(Reason::Known(name)) => {
            let entries = judgment
                .known
                .iter()
                .map(|&n| &known.entries()[usize::from(n)]);
            let used: Vec<&str> = entries.map(|entry| entry.name.as_str()).collect();
            (!used.contains(&name)).then(|| {
                format!("goes its own way for `{name}`, which is not used; used are {used:?}")
            })
        }
        Some(Reason::NotOffered) => {
            let offered = trace.events.iter().all(|event| {
                !matches!(
                    event.what,
                    What::Call {
                        outcome: Outcome::Unsupported,
                        ..
                    }
                )
            });
            offered.then(|| "is offered every call".to_owned())
        }
        None => None,
    }
}

/// Runs the life of a connection on one stack; gives what is wrong.
fn live(stack: &StackEntry, files: &[File]) -> String {
    let known: KnownDeviations = stack.known.parse().expect("the known deviations");
    let mut judge = (stack.judge)(known.clone()).expect("the stack runs here");
    let mut report = String::new();
    for file in files {
        let expected = match expected(file, stack.name) {
            Ok(Some(expected)) => expected,
            Ok(None) => continue,
            Err(error) => {
                let _ = writeln!(report, "{}: {error}", file.path);
                continue;
            }
        };
        let scenario = with_status(&file.scenario);
        let judgment = judge.judge(&scenario);
        if let Some(wrong) = wrong(&expected, &judgment, &known, judge.trace()) {
            let seen = ladder(judge.trace(), None, &scenario.lines());
            let _ = writeln!(report, "{} on {}: {wrong}\n{seen}", file.path, stack.name);
        }
    }
    report
}

#[test]
fn every_scenario_reads_back_as_it_was_written() {
    let files = corpus();
    assert!(!files.is_empty());
    for file in files {
        let text = file.scenario.to_string();
        let back: Scenario = match text.parse() {
            Ok(back) => back,
            Err(error) => panic!(
                "{}",
                tcprove::scenario::ParseError::render(&error, &file.path, &text)
            ),
        };
        assert_eq!(back, file.scenario, "{}", file.path);
        assert_eq!(back.to_string(), text, "{}", file.path);
        assert!(
            !file.scenario.steps.is_empty(),
            "{} does nothing",
            file.path
        );
    }
}

#[test]
fn the_life_of_a_connection_says_what_it_passes() {
    let files = corpus();
    for dir in LIFE {
        let inside = files
            .iter()
            .any(|file| file.path.starts_with(&format!("{dir}/")));
        assert!(inside, "no scenario in {dir}");
    }
    let stacks: Vec<&str> = built_in().iter().map(|stack| stack.name).collect();
    let witnesses = witnesses();
    let of_life = files.iter().filter(|file| file.of_life());
    for file in of_life.filter(|file| !witnesses.contains(&file.path)) {
        let about = file.text.lines().next().unwrap_or_default();
        assert!(
            about.starts_with("# ") && about.ends_with('.'),
            "{}: say what it shows in a first line",
            file.path
        );
        assert_eq!(
            file.headers("passes").count(),
            1,
            "{}: say what it passes",
            file.path
        );
        for line in file.headers("on") {
            let name = line.split(' ').next().unwrap_or_default();
            assert!(
                stacks.contains(&name),
                "{}: there is no stack `{name}`",
                file.path
            );
        }
    }
}

/// The scenarios that show known deviations.
fn witnesses() -> BTreeSet<String> {
    let known = built_in().into_iter().map(|stack| {
        let known: KnownDeviations = stack.known.parse().expect("the known deviations");
        known
    });
    let entries = known.flat_map(|known| known.entries().to_vec());
    entries.map(|entry| entry.witness).collect()
}

#[test]
fn every_state_is_passed_somewhere() {
    let files = corpus();
    let named: Vec<State> = files
        .iter()
        .flat_map(|file| file.headers("passes"))
        .flat_map(|text| states(text).expect("states"))
        .collect();
    for state in State::ALL {
        assert!(
            named.contains(&state),
            "no scenario passes {}",
            state.name()
        );
    }
}

#[test]
fn every_stack_passes_the_states_that_the_headers_name() {
    let files = corpus();
    let mut report = String::new();
    // What lwIP is known to do differently leads it through other states: `tests/cases.rs` judges it.
    for mut stack in built_in()
        .into_iter()
        .filter(|stack| !stack.name.starts_with("lwip") && stack.name != "linux")
    {
        // Which states the reference passes depends on the policy that a seed draws.
        if stack.name == "reference" {
            stack.judge = &|known| Ok(Box::new(StackJudge::new(Reference::new, known)));
        }
        report.push_str(&live(&stack, &files));
    }
    assert!(report.is_empty(), "{report}");
}

/// Where the numbers of a stack pass from the last there is to 0 on its own side.
fn wraps(what: &str, trace: &Trace) -> bool {
    let sent = |test: &dyn Fn(&Segment) -> bool| {
        trace.events.iter().any(|event| match &event.what {
            What::Emission {
                segment: Some(seg), ..
            } => test(seg),
            _ => false,
        })
    };
    match what {
        "SYN" => sent(&|seg| seg.flags.syn() && seg.seq.0 == u32::MAX),
        "text" => sent(&|seg| seg.seq.0.checked_add(seg.payload_len).is_none()),
        "FIN" => sent(&|seg| seg.flags.fin() && (seg.seq + seg.payload_len).0 == u32::MAX),
        _ => panic!("`{what}` does not wrap; write SYN, text or FIN"),
    }
}

/// A stack's initial sequence number follows from the seed, so a scenario whose seed has it wrap
/// does so on one stack only: `# wraps on STACK: WHAT` in its header.
#[test]
fn the_numbers_of_a_stack_wrap_where_the_header_says() {
    let files = corpus();
    for name in ["reference", "smoltcp"] {
        let stacks = built_in();
        let stack = stacks.iter().find(|stack| stack.name == name);
        let stack = stack.unwrap_or_else(|| panic!("no stack {name}"));
        let known: KnownDeviations = stack.known.parse().expect("the known deviations");
        let mut judge = (stack.judge)(known).expect("the stack runs here");
        let mut seen = BTreeSet::new();
        for file in &files {
            let header = file.headers("wraps").find_map(|text| {
                let text = text.strip_prefix("on ")?;
                text.strip_prefix(name)?.strip_prefix(": ")
            });
            let Some(what) = header else {
                continue;
            };
            let judgment = judge.judge(&file.scenario);
            assert_eq!(judgment.verdict, Verdict::Conforms, "{}", file.path);
            assert!(wraps(what, judge.trace()), "{} on {name}", file.path);
            let mut other = file.scenario.clone();
            other.seed += 1;
            judge.judge(&other);
            assert!(!wraps(what, judge.trace()), "whatever the seed is");
            seen.insert(what);
        }
        assert!(seen.iter().eq(&["FIN", "SYN", "text"]), "{name}: {seen:?}");
    }
}

#[test]
fn every_known_deviation_is_shown_by_its_witness() {
    let files = corpus();
    for stack in built_in() {
        let known: KnownDeviations = stack.known.parse().expect("the known deviations");
        // Where a stack cannot run, `tests/cases.rs` shows its cases as ignored, and says why.
        let Ok(mut judge) = (stack.judge)(known.clone()) else {
            continue;
        };
        for (number, entry) in known.entries().iter().enumerate() {
            let name = format!("{}: {}", stack.name, entry.name);
            let file = files.iter().find(|file| file.path == entry.witness);
            let file = file.unwrap_or_else(|| panic!("{name}: no scenario {}", entry.witness));
            let judgment = judge.judge(&file.scenario);
            assert_eq!(
                judgment.verdict,
                Verdict::Conforms,
                "{name}: {}",
                entry.witness
            );
            // What takes minutes of real time `check` shows, with more patience.
            if judge.was_cut_off() {
                continue;
            }
            let number = number as u16;
            assert!(
                judgment.known.contains(&number),
                "{name}: {} does not show it",
                entry.witness
            );
        }
    }
}

#[test]
fn a_header_that_lies_is_told() {
    let file = |header: &str| File {
        path: "made/by-hand.scn".to_owned(),
        text: format!("# Something.\n{header}\nA: listen\n"),
        scenario: "A: listen".parse().expect("a scenario"),
    };
    let stack = built_in().remove(0);
    let rows = [
        ("# passes LISTEN", ""),
        ("# passes CLOSED", "the header says CLOSED"),
        ("# passes LISTEN LISTEN", "twice in a row"),
        ("# passes LISTENING", "`LISTENING` is no state"),
        ("# passes LISTEN\n# passes LISTEN", "more than one line"),
        ("# passes CLOSED\n# on STACK LISTEN", "gives no reason"),
        (
            "# passes CLOSED\n# on STACK LISTEN: because",
            "is no reason",
        ),
        (
            "# passes LISTEN\n# on STACK LISTEN: not offered",
            "nothing new",
        ),
        (
            "# passes CLOSED\n# on STACK LISTEN: not offered",
            "is offered every call",
        ),
        (
            "# passes CLOSED\n# on STACK LISTEN: known nothing",
            "`nothing`, which is not used",
        ),
        ("# passes LISTEN\n# on another CLOSED: not offered", ""),
    ];
    for (header, told) in rows {
        let header = header.replace("STACK", stack.name);
        let report = live(&stack, &[file(&header)]);
        assert!(report.contains(told), "{header}: {report}");
        assert_eq!(report.is_empty(), told.is_empty(), "{header}: {report}");
    }
}
