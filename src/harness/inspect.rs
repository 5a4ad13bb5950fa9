//! From a fault in one scenario to a finding: run again, shrunk, and shown.
//!
//! `check` does it for what is new in a run; a test or a fuzzer for the one scenario it looks at.

use super::check::Judge;
use super::finding::{Fault, Finding, Key, Kind, Origin};
use super::shrink::{SHRINK_RUNS, shrink};
use crate::scenario::Scenario;
use crate::time::Micros;
use crate::trace::Trace;

/// In real time a finding is shrunk for no longer than this, and stays as it is by then.
const PATIENCE: Micros = Micros::secs(20);

/// Judges one scenario. Gives what is wrong, shrunk, when the stack broke or did what is neither
/// allowed nor known of it; a recommendation that was missed is no such thing.
pub fn inspect(judge: &mut impl Judge, scenario: &Scenario) -> Option<Finding> {
    let judgment = judge.judge(scenario);
    let unexpected = |fault: &Fault| match fault.kind() {
        Kind::Deviation | Kind::Broken => true,
        Kind::Missed | Kind::Soft => false,
    };
    let fault = Fault::all(judgment).into_iter().find(unexpected)?;
    let evidence = (fault, judge.trace().clone());
    let mut finding = investigate(judge, scenario, evidence, Origin::Given);
    finding.number = 1;
    finding.count = 1;
    Some(finding)
}

/// Runs the scenario once more, shrinks it, and keeps what the smallest one shows. How often and
/// where it was seen is left open.
pub(super) fn investigate(
    judge: &mut impl Judge,
    original: &Scenario,
    evidence: (Fault, Trace),
    origin: Origin,
) -> Finding {
    let key = evidence.0.key();
    let repeatable = shows_always(judge, original, &key).is_some();
    let (scenario, found) = if repeatable {
        let live = judge.trials() > 1;
        let mut taken = Micros::ZERO;
        let shrunk = shrink(original, SHRINK_RUNS, |candidate| {
            if live && taken > PATIENCE {
                return false;
            }
            let shown = shows_always(judge, candidate, &key).is_some();
            taken = taken + judge.trace().lasted().times(judge.trials().into());
            shown
        });
        let fault = shows(judge, &shrunk, &key);
        (shrunk, fault.map(|fault| (fault, judge.trace().clone())))
    } else {
        (original.clone(), None)
    };
    let (fault, trace) = found.unwrap_or(evidence);
    Finding {
        number: 0,
        fault,
        origin,
        count: 0,
        states: Vec::new(),
        steps_at_first: original.steps.len(),
        scenario,
        trace,
        repeatable,
    }
}

/// The fault of this key in a scenario, if it shows as often as it takes to be firm.
fn shows_always(judge: &mut impl Judge, scenario: &Scenario, key: &Key) -> Option<Fault> {
    for _ in 1..judge.trials() {
        shows(judge, scenario, key)?;
    }
    shows(judge, scenario, key)
}

/// The fault of this key in a scenario, if it shows.
fn shows(judge: &mut impl Judge, scenario: &Scenario, key: &Key) -> Option<Fault> {
    Fault::all(judge.judge(scenario))
        .into_iter()
        .find(|fault| fault.key() == *key)
}
