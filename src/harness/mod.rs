//! Run a scenario on a stack, and judge the trace.
//!
//! [`Runner`] is the only place that moves the clock: it hands segments and calls to a stack one
//! at a time and records what happens, both ways. It may name every room below it; nothing below
//! may name it.

mod guard;
mod run;
mod users;

pub use run::{CEILING, Runner};
