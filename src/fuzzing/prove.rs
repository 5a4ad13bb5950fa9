//! One scenario against one stack: judged, and told of when it is not as expected.

use std::collections::BTreeMap;

use super::Faulty;
use super::guidance::Guidance;
use crate::harness::{Judge, StackJudge, inspect};
use crate::oracle::{KnownDeviations, Verdict};
use crate::report::{Setting, Style, finding_text};
use crate::scenario::{Scenario, Step};
use crate::stack::Stack;
use crate::stack::reference::{Fault, Reference};
use crate::wire::Damage;

/// How findings are run again.
const COMMAND: &str = "cargo run --release --";

/// Judges the scenarios that a fuzzer makes for one stack.
pub struct Prover<S> {
    stack: &'static str,
    command: String,
    judge: StackJudge<S>,
    guidance: Guidance,
}

impl<S: Stack> Prover<S> {
    /// For the stacks that `make` gives, known by this name, with these known deviations.
    pub fn new(
        stack: &'static str,
        make: impl FnMut() -> S + 'static,
        known: KnownDeviations,
    ) -> Prover<S> {
        let mut judge = StackJudge::new(make, known);
        judge.oracle().note_transitions();
        Prover {
            stack,
            command: COMMAND.to_owned(),
            judge,
            guidance: Guidance::default(),
        }
    }

    /// Runs and judges a scenario, and gives the numbers of the transitions that it
    /// reached to `mark`.
    ///
    /// # Errors
    /// The report, when the stack broke or deviates, and not as known: what it is, the ladder, and
    /// the command that shows it again, all of the smallest scenario found that shows it.
    pub fn prove(&mut self, scenario: &Scenario, mark: &mut dyn FnMut(u32)) -> Result<(), String> {
        let mut scenario = scenario.clone();
        if cfg!(fuzzing) {
            leave_checksums(&mut scenario);
        }
        let finding = inspect(&mut self.judge, &scenario);
        let transitions = self.judge.oracle().transitions();
        self.guidance.take(transitions, mark);
        let Some(finding) = finding else {
            return Ok(());
        };
        let setting = Setting {
            stack: self.stack,
            command: &self.command,
            saved: None,
            counted: true,
            style: Style::default(),
        };
        Err(finding_text(&finding, &setting))
    }

    /// What was reached so far.
    pub fn guidance(&self) -> &Guidance {
        &self.guidance
    }
}

/// A build under `--cfg fuzzing` takes wrong checksums for right ones, by agreement among the
/// authors of parsers, smoltcp's among them. There nothing can be said of them.
fn leave_checksums(scenario: &mut Scenario) {
    for step in &mut scenario.steps {
        if let Step::Segment(segment) = step
            && let Some(Damage::Checksum(_) | Damage::Ipv4Checksum(_)) = segment.damage
        {
            segment.damage = None;
        }
    }
}

/// Judges scenarios for the reference stack, with one of its faults or without: a test of the
/// oracle.
pub struct FaultyProver {
    sound: Prover<Reference>,
    faulty: BTreeMap<Fault, StackJudge<Reference>>,
}

impl Default for FaultyProver {
    fn default() -> FaultyProver {
        FaultyProver {
            sound: Prover::new("reference", Reference::drawn, KnownDeviations::default()),
            faulty: BTreeMap::new(),
        }
    }
}

impl FaultyProver {
    /// With a fault that is there all the time: planted, to see it found.
    pub fn planted(fault: Fault) -> FaultyProver {
        let make = move || Reference::with_fault(fault);
        FaultyProver {
            sound: Prover {
                command: fault.planting(COMMAND),
                ..Prover::new("reference", make, KnownDeviations::default())
            },
            faulty: BTreeMap::new(),
        }
    }

    /// Runs and judges. Without its fault the stack has to conform; with it, it may deviate.
    ///
    /// # Errors
    /// The report of a deviation without a fault, or of a stack that its fault breaks.
    pub fn prove(&mut self, input: &Faulty, mark: &mut dyn FnMut(u32)) -> Result<(), String> {
        self.sound.prove(&input.scenario, mark)?;
        let Some(fault) = input.fault else {
            return Ok(());
        };
        let judge = self.faulty.entry(fault).or_insert_with(|| {
            let make = move || Reference::with_fault(fault);
            let mut judge = StackJudge::new(make, KnownDeviations::default());
            judge.oracle().note_transitions();
            judge
        });
        let judgment = judge.judge(&input.scenario);
        let transitions = judge.oracle().transitions();
        self.sound.guidance.take(transitions, mark);
        match judgment.verdict {
            Verdict::Broken(why) => Err(format!(
                "the reference stack broke with the fault {}: {why}\n{input}",
                fault.name()
            )),
            Verdict::Conforms | Verdict::Deviates(_) | Verdict::Inconclusive(_) => Ok(()),
        }
    }

    /// What was reached so far, with faults and without.
    pub fn guidance(&self) -> &Guidance {
        self.sound.guidance()
    }
}
