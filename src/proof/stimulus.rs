//! Which scenarios put a requirement to the test, as the reference stack shows them.

use crate::harness::Runner;
use crate::oracle::{KnownDeviations, Oracle};
use crate::scenario::Scenario;
use crate::spec::RequirementSet;
use crate::stack::reference::Reference;

/// Tells of one scenario after the other what it puts to the test.
pub struct Stimulus {
    runner: Runner<Reference>,
    oracle: Oracle,
}

impl Default for Stimulus {
    fn default() -> Stimulus {
        let mut oracle = Oracle::new(KnownDeviations::default());
        oracle.note_stakes();
        Stimulus {
            runner: Runner::new(Reference::new),
            oracle,
        }
    }
}

impl Stimulus {
    /// What a scenario puts to the test.
    pub fn of(&mut self, scenario: &Scenario) -> RequirementSet {
        self.oracle.judge(self.runner.run(scenario));
        self.oracle.take_exercised()
    }

    /// What scenarios put to the test together.
    pub fn of_all<'a>(scenarios: impl Iterator<Item = &'a Scenario>) -> RequirementSet {
        let mut stimulus = Stimulus::default();
        let mut all = RequirementSet::new();
        for scenario in scenarios {
            all.absorb(&stimulus.of(scenario));
        }
        all
    }
}
