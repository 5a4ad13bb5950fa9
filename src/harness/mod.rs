//! Run a scenario on a stack, and judge the trace.

mod check;
mod coverage;
mod finding;
mod shrink;

pub use check::{
    Check, CheckError, Checked, CorpusScenario, Judge, KnownEntry, KnownUse, Plan, Progress, Tally,
    Watcher,
};
pub use coverage::{Coverage, EventKind};
pub use finding::{Fault, Finding, Kind, Origin};
pub use shrink::{SHRINK_RUNS, shrink};
