//! Properties: what holds of every scenario, on every stack in this process and in every
//! configuration, which is a part of the scenario.
//!
//! What fails is kept, shrunk, in `corpus/regressions`, and replays by its name from then on.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use arbitrary::{Arbitrary, Unstructured};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngSeed, TestCaseError, TestRunner};
use tcprove::cli::{planted, planting};
use tcprove::fuzzing;
use tcprove::harness::{Judge, Runner, StackJudge, inspect};
use tcprove::model::State;
use tcprove::oracle::{EventKind, KnownDeviations, Oracle, Verdict};
use tcprove::property::{self, scenarios};
use tcprove::report::{
    Setting, Style, capture, finding_text, read_capture, read_recording, recording,
};
use tcprove::scenario::{Scenario, Step};
use tcprove::stack::Stack;
#[cfg(lwip_built)]
use tcprove::stack::lwip::Variant;
use tcprove::stack::reference::{Fault, Reference};
use tcprove::stack::smoltcp::{KNOWN, Smoltcp};
use tcprove::trace::Event;

/// Where failing scenarios are kept.
fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/regressions")
}

/// A stack in this process.
struct Entry {
    name: &'static str,
    make: fn() -> Box<dyn Stack>,
    known: &'static str,
}

const SMOLTCP: Entry = Entry {
    name: "smoltcp",
    make: || Box::new(Smoltcp::new()),
    known: KNOWN,
};

const REFERENCE: Entry = Entry {
    name: "reference",
    make: || Box::new(reference()),
    known: "",
};

/// The stacks of this build.
const STACKS: &[Entry] = &[
    SMOLTCP,
    REFERENCE,
    #[cfg(lwip_built)]
    Entry {
        name: "lwip",
        make: || lwip(Variant::Usual),
        known: tcprove::stack::lwip::KNOWN,
    },
    #[cfg(lwip_built)]
    Entry {
        name: "lwip-full",
        make: || lwip(Variant::Full),
        known: tcprove::stack::lwip::KNOWN_FULL,
    },
];

impl Entry {
    fn known(&self) -> KnownDeviations {
        self.known.parse().expect("known deviations")
    }

    fn judge(&self) -> StackJudge<Box<dyn Stack>> {
        StackJudge::new(self.make, self.known())
    }
}

/// The reference stack, with the fault that is planted, if any.
fn reference() -> Reference {
    match planted() {
        Ok(Some(fault)) => Reference::with_fault(fault),
        Ok(None) => Reference::drawn(),
        Err(why) => panic!("{why}"),
    }
}

#[cfg(lwip_built)]
fn lwip(variant: Variant) -> Box<dyn Stack> {
    variant.instance(&[]).expect("lwIP runs here")
}

type Property<'a> = Box<dyn Fn(&Scenario) -> Result<(), TestCaseError> + 'a>;

/// Checks a property of each stack.
fn of_every_stack(name: &str, property: impl Fn(&'static Entry) -> Property<'static>) {
    for entry in STACKS {
        let name = format!("{}-{name}", entry.name);
        if let Err(message) = property::check(&name, &kept(), property(entry)) {
            panic!("{name}\n\n{message}");
        }
    }
}

/// Whether a scenario shows nothing unexpected; otherwise the report of it.
fn conforms(
    stack: &'static str,
    judge: &mut impl Judge,
    scenario: &Scenario,
) -> Result<(), TestCaseError> {
    let Some(finding) = inspect(judge, scenario) else {
        return Ok(());
    };
    let setting = Setting {
        stack,
        command: &planting("cargo run --release --"),
        saved: None,
        counted: true,
        style: Style::default(),
    };
    Err(TestCaseError::fail(finding_text(&finding, &setting)))
}

#[test]
fn every_trace_conforms() {
    of_every_stack("conforms", |entry| {
        let judge = RefCell::new(entry.judge());
        Box::new(move |scenario| conforms(entry.name, &mut *judge.borrow_mut(), scenario))
    });
}

#[test]
fn the_same_scenario_gives_the_same_trace() {
    of_every_stack("repeats", |entry| {
        let used = RefCell::new(Runner::new(entry.make));
        Box::new(move |scenario| {
            let first = used.borrow_mut().run(scenario).clone();
            let mut fresh = Runner::new(entry.make);
            let again: &[Event] = &fresh.run(scenario).events;
            prop_assert_eq!(&first.events[..], again);
            Ok(())
        })
    });
}

#[test]
fn a_recording_is_judged_as_the_trace_was() {
    of_every_stack("recorded", |entry| {
        let runner = RefCell::new(Runner::new(entry.make));
        // Without the known deviations there is more to be said.
        let oracle = RefCell::new(Oracle::new(KnownDeviations::default()));
        Box::new(move |scenario| {
            let (mut runner, mut oracle) = (runner.borrow_mut(), oracle.borrow_mut());
            let trace = runner.run(scenario);
            let text = recording(trace);
            let back =
                read_recording(&text).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
            prop_assert_eq!(oracle.judge(trace), oracle.judge(&back), "\n{}", text);
            Ok(())
        })
    });
}

#[test]
fn a_capture_is_judged_as_the_trace_was() {
    of_every_stack("captured", |entry| {
        let runner = RefCell::new(Runner::new(entry.make));
        let oracle = RefCell::new(Oracle::new(KnownDeviations::default()));
        Box::new(move |scenario| {
            let (mut runner, mut oracle) = (runner.borrow_mut(), oracle.borrow_mut());
            let trace = runner.run(scenario);
            let back = read_capture(&capture(trace, "", None))
                .map_err(|error| TestCaseError::fail(format!("{error}\n{}", recording(trace))))?;
            prop_assert_eq!(recording(trace), recording(&back));
            prop_assert_eq!(oracle.judge(trace), oracle.judge(&back));
            Ok(())
        })
    });
}

#[test]
fn a_scenario_less_any_step_is_a_scenario_and_conforms() {
    of_every_stack("less-a-step", |entry| {
        let judge = RefCell::new(entry.judge());
        Box::new(move |scenario| {
            // Each of them would take a minute; each twentieth scenario, all of them, does not.
            let places = 0..scenario.steps.len();
            let all = scenario.seed % 20 == 0;
            for place in places.filter(|place| all || place % 8 == scenario.seed as usize % 8) {
                let mut less = scenario.clone();
                less.steps.remove(place);
                prop_assert_eq!(less.to_string().parse(), Ok(less.clone()));
                conforms(entry.name, &mut *judge.borrow_mut(), &less)?;
            }
            Ok(())
        })
    });
}

/// Of every explanation that the oracle holds, and of every step that it takes.
fn keeps_invariants(entry: &'static Entry) -> Property<'static> {
    let runner = RefCell::new(Runner::new(entry.make));
    let mut oracle = Oracle::new(entry.known());
    oracle.watch_invariants();
    let oracle = RefCell::new(oracle);
    Box::new(move |scenario| {
        let (mut runner, mut oracle) = (runner.borrow_mut(), oracle.borrow_mut());
        oracle.judge(runner.run(scenario));
        let broken = oracle.broken_invariants();
        prop_assert!(broken.is_empty(), "{}", broken[0]);
        Ok(())
    })
}

#[test]
fn every_explanation_keeps_the_invariants_of_the_model() {
    of_every_stack("invariants", keeps_invariants);
}

#[test]
fn what_failed_once_keeps_the_invariants_of_the_model() {
    let files = fs::read_dir(kept()).expect("corpus/regressions");
    let texts: Vec<(PathBuf, String)> = files
        .map(|file| file.expect("a file").path())
        .map(|path| (path.clone(), fs::read_to_string(&path).expect("a text")))
        .collect();
    assert!(!texts.is_empty());
    for entry in STACKS {
        let keeps = keeps_invariants(entry);
        for (path, text) in &texts {
            let name = path.display();
            let scenario: Scenario = text.parse().unwrap_or_else(|why| panic!("{name}: {why}"));
            let kept = keeps(&scenario);
            kept.unwrap_or_else(|why| panic!("{}: {name}: {why}", entry.name));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_octets_are_read_or_refused(
        octets in vec(any::<u8>(), 0..300), text in any::<String>(), scenario in scenarios(),
        at in any::<prop::sample::Index>(), changed in any::<u8>(),
    ) {
        let mut trace = Runner::new(Reference::new);
        let recorded = recording(trace.run(&scenario)).into_bytes();
        let packet = match trace.trace().events.iter().find_map(|event| match &event.what {
            tcprove::trace::What::Arrival { packet, .. } => Some(*packet),
            _ => None,
        }) {
            Some(packet) => trace.trace().octets(packet).to_vec(),
            None => octets.clone(),
        };
        let captured = capture(trace.trace(), "", None);
        let notation = scenario.to_string().into_bytes();
        let known = KNOWN.as_bytes().to_vec();
        for mut input in [octets, text.into_bytes(), recorded, captured, packet, notation, known] {
            for round in 0..2 {
                prop_assert_eq!(fuzzing::notation(&input), Ok(()));
                prop_assert_eq!(fuzzing::wire(&input), Ok(()));
                prop_assert_eq!(fuzzing::recording(&input), Ok(()));
                if round == 0 && !input.is_empty() {
                    let at = at.index(input.len());
                    input[at] = changed;
                }
            }
        }
    }
}

/// How often the strategy, and `Arbitrary`, reach each state: shown with `--nocapture`.
#[test]
fn every_state_is_reached_often() {
    let mut runner = TestRunner::deterministic();
    let by_strategy = move || {
        let tree = scenarios().new_tree(&mut runner);
        tree.expect("a scenario").current()
    };
    let mut octets = vec![0; 400];
    let mut rng = TestRunner::deterministic().new_rng();
    let by_arbitrary = move || {
        rng.fill_bytes(&mut octets);
        let scenario = Scenario::arbitrary(&mut Unstructured::new(&octets));
        scenario.expect("a scenario")
    };
    reaches_every_state("the strategy", by_strategy);
    reaches_every_state("Arbitrary", by_arbitrary);
}

fn reaches_every_state(who: &str, mut make: impl FnMut() -> Scenario) {
    const SCENARIOS: u32 = 2_000;
    let mut judge = REFERENCE.judge();
    for _ in 0..SCENARIOS {
        judge.judge(&make());
    }
    let coverage = judge.coverage();
    println!("{SCENARIOS} scenarios of {who}");
    for state in State::ALL {
        let events = EventKind::NAMES.iter();
        let met: u64 = events.map(|(kind, _)| coverage.reached(state, *kind)).sum();
        println!("{state:13} met {met:6} events");
        assert!(
            met > u64::from(SCENARIOS) / 20,
            "{state} met {met} events only, by {who}"
        );
    }
    println!("{} pairs of state and event", coverage.pairs());
}

/// A directory of its own, gone in the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Directory {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        Directory(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Planted: what the reference stack does wrong, and how few steps are left of what shows it.
#[test]
fn a_planted_deviation_is_found_shrunk_kept_and_replayed() {
    let rows = [
        (Fault::FinAboveGap, 3, "RFC9293-3.4-p04"),
        (Fault::TimeWaitCutShort, 7, "RFC9293-MUST-13"),
        (Fault::SynDropped, 2, "RFC9293-3.10.7.2-p03"),
    ];
    for (fault, fewest, requirement) in rows {
        let directory = Directory::new(fault.name());
        let judge = |fault: Option<Fault>| {
            let make = move || fault.map_or_else(Reference::new, Reference::with_fault);
            RefCell::new(StackJudge::new(make, KnownDeviations::default()))
        };
        let faulty = judge(Some(fault));
        let property =
            |scenario: &Scenario| conforms("reference", &mut *faulty.borrow_mut(), scenario);
        let check = || {
            let config = ProptestConfig {
                cases: 20_000,
                rng_seed: RngSeed::Fixed(1),
                ..ProptestConfig::default()
            };
            property::check_with(config, fault.name(), &directory.0, property)
        };

        let message = check().expect_err(fault.name());
        for part in [
            requirement,
            "time peer",
            "!!",
            "cargo run --release -- replay - --stack reference",
            "kept in",
        ] {
            assert!(message.contains(part), "no {part} in\n{message}");
        }

        let kept = property::load(&directory.0).expect("a readable directory");
        let [(file, scenario)] = &kept[..] else {
            panic!("{} files", kept.len());
        };
        assert!(
            scenario.steps.len() <= fewest,
            "{} steps of {fewest}:\n{scenario}",
            scenario.steps.len()
        );
        let text = fs::read_to_string(file).expect("a text");
        assert_eq!(
            text,
            format!("# Fails the property `{}`.\n{scenario}", fault.name())
        );
        assert!(
            message.contains(&format!("{}", file.display())),
            "{message}"
        );
        assert!(message.ends_with(&format!("{scenario}")), "{message}");

        // By name, before anything else is tried.
        let again = check().expect_err(fault.name());
        assert!(
            again.starts_with(&format!("{} fails again", file.display())),
            "{again}"
        );

        // And not on the stack without the fault.
        let sound = judge(None);
        let verdict = sound.borrow_mut().judge(scenario).verdict;
        assert_eq!(verdict, Verdict::Conforms, "{scenario}");
    }
}

#[test]
fn a_kept_file_that_is_no_scenario_is_told() {
    let directory = Directory::new("no-scenario");
    assert_eq!(property::load(&directory.0), Ok(Vec::new()));
    fs::create_dir_all(&directory.0).expect("a directory");
    fs::write(directory.0.join("a.txt"), "no matter").expect("a file");
    fs::write(directory.0.join("b.scn"), "A: hark\n").expect("a file");
    let error = property::check("any", &directory.0, |_| Ok(())).expect_err("no scenario");
    assert!(error.contains("b.scn:1:4: "), "{error}");
}

/// proptest's own macro, with the strategy and the persistence of this crate.
#[test]
fn the_usual_macro_keeps_failing_scenarios_too() {
    let directory = Directory::new("macro");
    let regressions = property::Regressions::new("macro", &directory.0);
    let config = ProptestConfig {
        failure_persistence: Some(Box::new(regressions)),
        max_shrink_iters: 5_000,
        ..ProptestConfig::default()
    };
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        proptest!(config, |(scenario in scenarios())| {
            let aborts = |step: &Step| step.to_string() == "A: abort";
            prop_assert!(!scenario.steps.iter().any(aborts));
        });
    }));
    assert!(failed.is_err());
    let kept = property::load(&directory.0).expect("a readable directory");
    let scenarios: Vec<String> = kept
        .iter()
        .map(|(_, scenario)| scenario.to_string())
        .collect();
    assert_eq!(scenarios, ["A: abort\n"]);
}
