//! Guidance by protocol: which transitions of the model an input reaches, as counters that a
//! fuzzer takes for coverage.

use std::collections::BTreeSet;

use crate::oracle::Transition;

/// Leads a search by the transitions of the model, and counts those that were ever reached.
#[derive(Clone, Debug, Default)]
pub struct Guidance {
    reached: BTreeSet<Transition>,
    runs: u64,
}

impl Guidance {
    /// Takes in the transitions of one run, and gives the number of each to `mark`, which sets the
    /// counter that belongs to it. How often one was taken is of no account, for that would make
    /// every longer scenario a new one.
    pub fn take(
        &mut self,
        transitions: impl Iterator<Item = Transition>,
        mark: &mut dyn FnMut(u32),
    ) {
        self.runs += 1;
        for transition in transitions {
            mark(transition.number());
            self.reached.insert(transition);
        }
    }

    /// How many runs were taken in.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// The transitions that were ever reached.
    pub fn reached(&self) -> &BTreeSet<Transition> {
        &self.reached
    }
}
