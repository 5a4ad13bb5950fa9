//! Run a scenario on a stack, and judge the trace.
//!
//! [`Runner`] is the only place that moves the clock: it hands segments and calls to a stack one
//! at a time and records what happens, both ways. [`Check`] judges a corpus and generated
//! scenarios on several threads, and shrinks what is found. This room may name every room below
//! it; nothing below may name it.

mod check;
mod finding;
mod guard;
mod inspect;
mod judge;
mod run;
mod shrink;
#[cfg(test)]
pub(crate) mod testing;
mod users;

pub use check::{
    Check, CheckError, Checked, CorpusScenario, Judge, KnownUse, Plan, Progress, Tally, Unwatched,
    Watcher,
};
pub(crate) use finding::Key as FaultKey;
pub use finding::{Fault, Finding, Kind, Origin};
pub(crate) use guard::guarded;
pub use inspect::inspect;
pub use judge::{StackJudge, maker};
pub use run::{CEILING, Runner};
pub use shrink::{SHRINK_RUNS, shrink};
