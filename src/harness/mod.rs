//! Run a scenario on a stack, and judge the trace.

mod check;
mod finding;
mod shrink;
#[cfg(test)]
pub(crate) mod testing;

pub use check::{
    Check, CheckError, Checked, CorpusScenario, Judge, KnownUse, Plan, Progress, Tally, Watcher,
};
pub use finding::{Fault, Finding, Kind, Origin};
pub use shrink::{SHRINK_RUNS, shrink};
