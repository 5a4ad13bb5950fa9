//! Why a model state cannot explain what the stack did.

use crate::oracle::Instead;
use crate::spec::Req;

/// Why one model state cannot explain what the stack did, or did not do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The requirement that is not met.
    pub requirement: Req,
    /// What came instead.
    pub instead: Instead,
    /// What the standard wants there, in words.
    pub expected: &'static str,
    /// How far the event was understood before it failed; of several faults the deepest tells
    /// most.
    pub depth: u8,
    /// A deadline had passed; otherwise it is about the answer to the last input.
    pub timed: bool,
}

impl Fault {
    /// A fault in the answer to the last input.
    pub fn new(requirement: Req, instead: Instead, expected: &'static str) -> Fault {
        Fault {
            requirement,
            instead,
            expected,
            depth: 0,
            timed: false,
        }
    }

    /// The same fault, found at this depth.
    pub fn deep(self, depth: u8) -> Fault {
        Fault { depth, ..self }
    }

    /// The same fault, found because a deadline had passed.
    pub fn timed(self) -> Fault {
        Fault {
            timed: true,
            ..self
        }
    }
}
