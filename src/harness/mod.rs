//! Run a scenario on a stack, and judge the trace.

mod guard;
mod run;
mod users;

pub use run::{CEILING, Runner};
