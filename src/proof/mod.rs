//! The proof of the judge: what it can report, shown by seeded faults.
//!
//! The reference stack with one fault is run on a scenario of a few lines and judged; what the
//! judgment names is proven to be judged. From that, from what a run has put to the test, and from
//! the waivers of the catalogue follows the condition that each requirement is in. Nothing here is
//! claimed by hand.

mod applies;
mod condition;
mod stimulus;
mod survey;
mod witnesses;

pub use condition::{Condition, Conditions};
pub use stimulus::Stimulus;
pub use survey::{Evidence, Standing, Survey};

use crate::harness::Runner;
use crate::oracle::{Judgment, KnownDeviations, Oracle, Verdict};
use crate::scenario::{ParseError, Scenario};
use crate::spec::{Req, RequirementSet};
use crate::stack::reference::{Fault, Reference};

/// A scenario that shows a fault.
#[derive(Clone, Copy, Debug)]
pub struct Witness {
    /// The fault.
    pub fault: Fault,
    /// The requirement for whose sake it is here.
    pub requirement: Req,
    /// The check rests on that requirement; otherwise that is broken beside another.
    pub directly: bool,
    /// What is done to the stack, with ` | ` between steps.
    pub steps: &'static str,
}

impl Witness {
    /// The steps as a scenario.
    ///
    /// # Errors
    /// When they are none: a mistake in the table.
    pub fn scenario(&self) -> Result<Scenario, ParseError> {
        self.steps.replace(" | ", "\n").parse()
    }
}

/// Every witness.
pub fn witnesses() -> impl Iterator<Item = Witness> {
    let first = witnesses::ROWS.iter().map(|&(fault, steps)| Witness {
        fault,
        requirement: fault.requirement(),
        directly: true,
        steps,
    });
    let more = witnesses::MORE
        .iter()
        .map(|&(fault, requirement, steps)| Witness {
            fault,
            requirement,
            directly: false,
            steps,
        });
    first.chain(more)
}

/// What the judge says of the reference stack with a fault, or without.
pub fn judge(fault: Option<Fault>, scenario: &Scenario) -> Judgment {
    let make = move || fault.map_or_else(Reference::new, Reference::with_fault);
    let mut runner = Runner::new(make);
    Oracle::new(KnownDeviations::default()).judge(runner.run(scenario))
}

/// Every requirement that a judgment reports as broken.
pub fn broken(judgment: &Judgment) -> RequirementSet {
    let deviation = match &judgment.verdict {
        Verdict::Deviates(deviation) => Some(&**deviation),
        Verdict::Conforms | Verdict::Inconclusive(_) | Verdict::Broken(_) => None,
    };
    let all = deviation.into_iter().chain(&judgment.missed);
    all.flat_map(|deviation| deviation.breaks().collect::<Vec<_>>())
        .collect()
}

/// Which faults are caught by which requirement.
#[derive(Clone, Debug)]
pub struct Proofs {
    /// For each requirement, by its place in the catalogue.
    faults: Vec<Vec<Fault>>,
}

impl Proofs {
    /// Runs every witness. It takes some milliseconds.
    pub fn find() -> Proofs {
        let mut faults = vec![Vec::new(); Req::COUNT];
        for witness in witnesses() {
            let Ok(scenario) = witness.scenario() else {
                continue;
            };
            for requirement in broken(&judge(Some(witness.fault), &scenario)).iter() {
                let known: &mut Vec<Fault> = &mut faults[requirement.index()];
                if !known.contains(&witness.fault) {
                    known.push(witness.fault);
                }
            }
        }
        Proofs { faults }
    }

    /// The faults that are caught by this requirement, the plainest first: those whose own it is.
    pub fn of(&self, requirement: Req) -> Vec<Fault> {
        let mut faults = self.faults[requirement.index()].clone();
        faults.sort_by_key(|fault| fault.requirement() != requirement);
        faults
    }
}
