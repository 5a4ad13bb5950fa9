//! A stack and an oracle together: runs a scenario and judges what is seen.

use super::check::Judge;
use super::run::Runner;
use crate::oracle::{Coverage, Judgment, KnownDeviations, Oracle};
use crate::scenario::Scenario;
use crate::spec::Req;
use crate::stack::Stack;
use crate::time::Micros;
use crate::trace::Trace;

/// So often in a row a fault has to show in real time to be firm.
const TRIALS: u32 = 4;

/// What makes stacks, when the first of them can be made here.
///
/// # Errors
/// Says why this machine cannot run the stack.
pub fn maker<S: 'static>(
    make: impl Fn() -> Result<S, String> + 'static,
) -> Result<impl FnMut() -> S + 'static, String> {
    let mut first = Some(make()?);
    Ok(move || match first.take() {
        Some(stack) => stack,
        None => make().unwrap_or_else(|why| panic!("{why}")),
    })
}

/// Runs scenarios on one stack and has the oracle judge them.
pub struct StackJudge<S> {
    runner: Runner<S>,
    oracle: Oracle,
}

impl<S: Stack> StackJudge<S> {
    /// A judge of the stacks that `make` gives, which knows of these deviations.
    pub fn new(make: impl FnMut() -> S + 'static, known: KnownDeviations) -> StackJudge<S> {
        StackJudge {
            runner: Runner::new(make),
            oracle: Oracle::new(known),
        }
    }

    /// The oracle.
    pub fn oracle(&mut self) -> &mut Oracle {
        &mut self.oracle
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

    fn trials(&self) -> u32 {
        match self.runner.is_live() {
            true => TRIALS,
            false => 1,
        }
    }

    fn set_patience(&mut self, patience: Micros) {
        self.runner.set_patience(patience);
    }

    fn was_cut_off(&self) -> bool {
        self.runner.was_cut_off()
    }

    fn note_stakes(&mut self) {
        self.oracle.note_stakes();
    }

    fn excused(&self) -> &[(u16, Req)] {
        self.oracle.excused()
    }

    fn coverage(&self) -> &Coverage {
        self.oracle.coverage()
    }
}
