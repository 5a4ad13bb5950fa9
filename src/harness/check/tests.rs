//! The engine, on a stack that is all pretence: what it does wrong follows from the steps alone.

use super::*;
use crate::harness::testing::profile;
use crate::harness::{Kind, Origin};
use crate::model::{EventClass, State};
use crate::oracle::known::Known;
use crate::oracle::{Deviation, Instead, KnownDeviations, Shape};
use crate::scenario::{CallStep, Flow, PeerStep, Step, Wait};
use crate::spec::{Req, req};
use crate::stack::{Config, Socket};
use crate::time::{Instant, Micros};
use crate::trace::{Event, What};

const SEND: u32 = 100;

/// SEND of 100 octets or more after FIN deviates, ABORT misses a SHOULD, STATUS breaks it,
/// a timer wait is inconclusive, a passive OPEN needs known deviation 0.
struct Pretence {
    trace: Trace,
    coverage: Coverage,
}

impl Pretence {
    fn new() -> Pretence {
        Pretence {
            trace: Trace::new(Config::default(), profile()),
            coverage: Coverage::default(),
        }
    }
}

impl Judge for Pretence {
    fn judge(&mut self, scenario: &Scenario) -> Judgment {
        let mut judgment = Judgment {
            verdict: Verdict::Conforms,
            missed: Vec::new(),
            known: Vec::new(),
        };
        self.trace.clear();
        let mut fin = false;
        for (n, step) in scenario.steps.iter().enumerate() {
            self.trace.events.push(Event {
                at: Instant(n as u64),
                step: n as u32,
                what: What::Quiet,
            });
            self.coverage.reach(State::Established, EventClass::Time);
            match step {
                Step::Peer(_, PeerStep::Fin) => fin = true,
                Step::Call(_, CallStep::Send(octets)) if fin && *octets >= SEND => {
                    let shape = shape(req::RFC9293_MUST_4, State::CloseWait);
                    judgment.verdict = Verdict::Deviates(Box::new(deviation(shape, n)));
                }
                Step::Call(_, CallStep::Abort) => {
                    let shape = shape(req::RFC9293_SHLD_14, State::Established);
                    judgment.missed.push(deviation(shape, n));
                }
                Step::Call(_, CallStep::Status) => {
                    judgment.verdict = Verdict::Broken(format!("index {n} of 4"));
                    break;
                }
                Step::Wait(Wait::Timer) => {
                    judgment.verdict = Verdict::Inconclusive(format!("gave up at step {n}"));
                    break;
                }
                Step::Call(_, CallStep::Listen { .. }) => judgment.known = vec![0],
                _ => {}
            }
        }
        judgment
    }

    fn trace(&self) -> &Trace {
        &self.trace
    }

    fn coverage(&self) -> &Coverage {
        &self.coverage
    }
}

fn shape(requirement: Req, state: State) -> Shape {
    Shape {
        requirement,
        state,
        event: EventClass::Send,
        instead: Instead::Silence,
    }
}

fn deviation(shape: Shape, event: usize) -> Deviation {
    Deviation {
        shape,
        also: Vec::new(),
        at: Instant(event as u64),
        event,
        cause: None,
        allowed: Vec::new(),
        instead: "nothing".to_owned(),
        states: vec![shape.state],
    }
}

/// Eight steps out of what the pretence reacts to, and as many that it ignores.
fn generate(seed: u64, index: u64, into: &mut Scenario) {
    into.steps.clear();
    let mut state = seed ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for _ in 0..8 {
        state = (state ^ (state >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        into.steps.push(match (state >> 40) % 40 {
            0..=5 => Step::Peer(Flow::default(), PeerStep::Fin),
            6..=15 => Step::Call(Socket(0), CallStep::Send((state >> 50) as u32 % 300)),
            16 => Step::Call(Socket(0), CallStep::Abort),
            17 => Step::Call(Socket(0), CallStep::Status),
            18 => Step::Wait(Wait::Timer),
            19 => LISTEN,
            _ => Step::Wait(Wait::Span(Micros(state >> 44))),
        });
    }
}

const LISTEN: Step = Step::Call(
    Socket(0),
    CallStep::Listen {
        local: 0,
        remote: None,
    },
);

fn corpus(rows: &[(&str, &[Step])]) -> Vec<CorpusScenario> {
    let entry = |(path, steps): &(&str, &[Step])| CorpusScenario {
        path: (*path).to_owned(),
        scenario: Scenario {
            steps: steps.to_vec(),
            ..Scenario::default()
        },
    };
    rows.iter().map(entry).collect()
}

fn known(witness: &str) -> KnownDeviations {
    let text = format!(
        r#"[[deviation]]
        name = "a passive OPEN is answered"
        requirement = "RFC9293-MUST-4"
        state = ["LISTEN"]
        event = [{{ on = "listen" }}]
        instead = ["call done"]
        then = "forgiven"
        reason = "it does as it pleases"
        witness = "{witness}""#
    );
    text.parse().expect("known deviations")
}

fn plan<'a>(
    corpus: &'a [CorpusScenario],
    known: &'a [Known],
    only: &'a RequirementSet,
) -> Plan<'a> {
    Plan {
        corpus,
        cases: 2_000,
        seed: 7,
        generate,
        jobs: NonZeroUsize::MIN,
        known,
        only,
    }
}

fn run(plan: Plan) -> Checked {
    let check = Check::new(plan, || Ok(Pretence::new()));
    check.run(&mut Notes::default()).expect("a run")
}

#[derive(Default)]
struct Notes {
    found: Vec<usize>,
    refuse: bool,
    last: Option<Progress>,
}

impl Watcher for Notes {
    fn progress(&mut self, progress: Progress) {
        self.last = Some(progress);
    }

    fn found(&mut self, finding: &Finding) -> Result<(), String> {
        self.found.push(finding.number);
        if self.refuse {
            return Err("no room".to_owned());
        }
        Ok(())
    }
}

#[test]
fn what_is_found_does_not_depend_on_the_number_of_threads() {
    let corpus = corpus(&[("a.scn", &[LISTEN]), ("b.scn", &[])]);
    let known = known("a.scn");
    let all = RequirementSet::full();
    let with = |jobs: usize| {
        let jobs = NonZeroUsize::new(jobs).expect("at least one");
        format!(
            "{:?}",
            run(Plan {
                jobs,
                ..plan(&corpus, known.entries(), &all)
            })
        )
    };
    let one = with(1);
    for jobs in [2, 3, 8] {
        assert_eq!(with(jobs), one, "{jobs} threads");
    }
}

#[test]
fn every_scenario_is_counted_once() {
    let all = RequirementSet::full();
    let checked = run(plan(&[], &[], &all));
    let (mut tally, mut sightings) = (Tally::default(), [0; 4]);
    let (mut judge, mut scenario) = (Pretence::new(), Scenario::default());
    for index in 0..2_000 {
        generate(7, index, &mut scenario);
        let judgment = judge.judge(&scenario);
        tally.count(&judgment, false);
        for fault in Fault::all(judgment) {
            sightings[fault.kind() as usize] += 1;
        }
    }
    assert_eq!(checked.tally(), tally);
    assert_eq!(&checked.coverage, judge.coverage());
    assert!(tally.conforms > 0 && tally.inconclusive > 0 && tally.broken > 0);
    let mut counts: Vec<(Kind, u64)> = Vec::new();
    for finding in &checked.findings {
        counts.push((finding.fault.kind(), finding.count));
    }
    counts.sort();
    let expected = [
        (Kind::Deviation, sightings[0]),
        (Kind::Missed, sightings[1]),
        (Kind::Broken, sightings[3]),
    ];
    assert_eq!(counts, expected);
    let reasons: Vec<&String> = checked.inconclusive.keys().collect();
    let steps = (0..8).map(|n| format!("gave up at step {n}"));
    assert_eq!(
        reasons,
        steps.collect::<Vec<_>>().iter().collect::<Vec<_>>()
    );
    let inconclusive = checked.inconclusive.values().sum::<u64>();
    assert_eq!(inconclusive, tally.inconclusive);
}

#[test]
fn findings_are_shrunk_and_point_at_the_scenario_that_showed_them_first() {
    let all = RequirementSet::full();
    let checked = run(plan(&[], &[], &all));
    for finding in &checked.findings {
        let expected = match finding.fault {
            Fault::Deviation(_) => vec![
                Step::Peer(Flow::default(), PeerStep::Fin),
                Step::Call(Socket(0), CallStep::Send(SEND)),
            ],
            Fault::Missed(_) => vec![Step::Call(Socket(0), CallStep::Abort)],
            Fault::Broken(_) => vec![Step::Call(Socket(0), CallStep::Status)],
        };
        assert!(finding.scenario.steps == expected, "{finding:?}");
        assert_eq!(finding.trace.events.len(), expected.len());
        assert!(finding.repeatable);
        let (Origin::Generated { seed: 7, index }, key) = (&finding.origin, finding.fault.key())
        else {
            panic!("{:?} is not of this run", finding.origin);
        };
        let (mut judge, mut scenario) = (Pretence::new(), Scenario::default());
        let first = (0..).find(|&index| {
            generate(7, index, &mut scenario);
            Fault::all(judge.judge(&scenario))
                .iter()
                .any(|fault| fault.key() == key)
        });
        assert_eq!(Some(*index), first);
    }
    let numbers: Vec<usize> = checked.findings.iter().map(|f| f.number).collect();
    assert_eq!(numbers, [1, 2, 3]);
}

#[test]
fn a_known_deviation_is_stale_when_its_witness_no_longer_shows_it() {
    let corpus = corpus(&[("shows.scn", &[LISTEN]), ("shows-not.scn", &[])]);
    // Generated scenarios need entry 0 all the time, whatever its witness does.
    let rows = [
        ("shows.scn", false, false),
        ("shows-not.scn", true, false),
        ("gone.scn", false, true),
    ];
    for (witness, stale, unwitnessed) in rows {
        let known = known(witness);
        let found = run(plan(&corpus, known.entries(), &RequirementSet::full())).known[0];
        assert_eq!(
            (found.stale, found.unwitnessed),
            (stale, unwitnessed),
            "{witness}"
        );
        assert!(found.count > 0);
        // An entry about a requirement that was not asked for is left in peace.
        let none = RequirementSet::new();
        assert!(
            !run(plan(&corpus, known.entries(), &none)).known[0].stale,
            "{witness}"
        );
    }
}

#[test]
fn only_leaves_out_other_requirements_but_never_breakage() {
    let mut only = RequirementSet::new();
    only.insert(req::RFC9293_SHLD_14);
    let all = run(plan(&[], &[], &RequirementSet::full()));
    let some = run(plan(&[], &[], &only));
    let mut kinds: Vec<Kind> = some.findings.iter().map(|f| f.fault.kind()).collect();
    kinds.sort();
    assert_eq!(kinds, [Kind::Missed, Kind::Broken]);
    let deviations = all
        .findings
        .iter()
        .filter(|f| f.fault.kind() == Kind::Deviation);
    assert_eq!(some.left_out, deviations.map(|f| f.count).sum::<u64>());
    assert_eq!(some.tally(), all.tally());
}

#[test]
fn a_stack_that_gets_everything_wrong_does_not_fill_the_memory() {
    /// Breaks in as many ways as there are scenarios.
    struct Ruin(Pretence);
    impl Judge for Ruin {
        fn judge(&mut self, scenario: &Scenario) -> Judgment {
            let word: String = scenario.seed.to_string().bytes().map(letter).collect();
            Judgment {
                verdict: Verdict::Broken(word),
                missed: Vec::new(),
                known: Vec::new(),
            }
        }
        fn trace(&self) -> &Trace {
            &self.0.trace
        }
        fn coverage(&self) -> &Coverage {
            &self.0.coverage
        }
    }
    fn letter(digit: u8) -> char {
        char::from(digit - b'0' + b'a')
    }
    fn numbered(_: u64, index: u64, into: &mut Scenario) {
        into.seed = index + 1;
    }
    for jobs in [1, 3] {
        let all = RequirementSet::full();
        let plan = Plan {
            generate: numbered,
            jobs: NonZeroUsize::new(jobs).expect("at least one"),
            ..plan(&[], &[], &all)
        };
        let check = Check::new(plan, || Ok(Ruin(Pretence::new())));
        let checked = check.run(&mut Notes::default()).expect("a run");
        assert_eq!(checked.findings.len(), Checked::MOST_FINDINGS);
        assert_eq!(checked.unkept, 2_000 - Checked::MOST_FINDINGS as u64);
    }
}

#[test]
fn the_watcher_sees_each_finding_in_order_and_the_end() {
    let all = RequirementSet::full();
    let mut notes = Notes::default();
    let check = Check::new(plan(&[], &[], &all), || Ok(Pretence::new()));
    check.run(&mut notes).expect("a run");
    assert_eq!(notes.found, [1, 2, 3]);
    let end = Progress {
        done: 2_000,
        total: 2_000,
        findings: 3,
    };
    assert_eq!(notes.last, Some(end));
}

#[test]
fn a_run_that_cannot_go_on_says_why() {
    let all = RequirementSet::full();
    let no_judge = Check::new(plan(&[], &[], &all), || {
        Err::<Pretence, _>("no TUN".to_owned())
    });
    let failed = no_judge.run(&mut Notes::default());
    assert_eq!(failed.err(), Some(CheckError("no TUN".to_owned())));

    let check = Check::new(plan(&[], &[], &all), || Ok(Pretence::new()));
    let mut refusing = Notes {
        refuse: true,
        ..Notes::default()
    };
    assert_eq!(
        check.run(&mut refusing).err(),
        Some(CheckError("no room".to_owned()))
    );

    fn faulty(_: u64, index: u64, _: &mut Scenario) {
        assert!(index != 1_234, "number 1234");
    }
    for jobs in [1, 2] {
        let plan = Plan {
            generate: faulty,
            jobs: NonZeroUsize::new(jobs).expect("at least one"),
            ..plan(&[], &[], &all)
        };
        let check = Check::new(plan, || Ok(Pretence::new()));
        let error = check.run(&mut Notes::default()).expect_err("a panic");
        assert!(error.0.ends_with("panicked: number 1234"), "{error}");
    }
}
