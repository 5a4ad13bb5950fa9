//! A stack and an oracle together: the judge that `check` and `replay` work with.

use super::{Judge, Runner};
use crate::oracle::{Coverage, Judgment, KnownDeviations, Oracle};
use crate::scenario::Scenario;
use crate::stack::Stack;
use crate::trace::Trace;

/// Runs scenarios on a stack and lets an oracle judge the traces.
pub struct StackJudge<S> {
    runner: Runner<S>,
    oracle: Oracle,
}

impl<S: Stack> StackJudge<S> {
    /// A judge of the stack that `make` gives, which knows of these deviations.
    pub fn new(make: impl FnMut() -> S + 'static, known: KnownDeviations) -> StackJudge<S> {
        StackJudge {
            runner: Runner::new(make),
            oracle: Oracle::new(known),
        }
    }
}

impl<S: Stack> Judge for StackJudge<S> {
    fn judge(&mut self, scenario: &Scenario) -> Judgment {
        let trace = self.runner.run(scenario);
        self.oracle.judge(trace)
    }

    fn trace(&self) -> &Trace {
        self.runner.trace()
    }

    fn coverage(&self) -> &Coverage {
        self.oracle.coverage()
    }
}
