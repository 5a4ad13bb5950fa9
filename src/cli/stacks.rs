//! The stacks that can be asked for.

use crate::harness::{Judge, StackJudge};
use crate::oracle::KnownDeviations;
use crate::stack::reference::Reference;
#[cfg(feature = "smoltcp")]
use crate::stack::smoltcp::{KNOWN, Smoltcp};

/// A stack that can be asked for.
#[derive(Clone, Copy, Debug)]
pub struct StackEntry {
    /// The name by which it is asked for.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Its known deviations, as the text of their file.
    pub known: &'static str,
    /// Makes a judge of it that knows of these deviations. The error says why this machine
    /// cannot run it.
    pub judge: fn(KnownDeviations) -> Result<Box<dyn Judge>, String>,
}

/// The stacks of this build, the usual one first.
pub fn built_in() -> Vec<StackEntry> {
    vec![
        #[cfg(feature = "smoltcp")]
        StackEntry {
            name: "smoltcp",
            about: "smoltcp 0.14.0, in this process, on virtual time",
            known: KNOWN,
            judge: |known| Ok(Box::new(StackJudge::new(Smoltcp::new, known))),
        },
        StackEntry {
            name: "reference",
            about: "the model as an endpoint: the harness's own test, in this process",
            known: "",
            judge: |known| Ok(Box::new(StackJudge::new(Reference::drawn, known))),
        },
    ]
}
