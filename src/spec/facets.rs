//! What else the catalogue says about a requirement: where it shows, whom it binds, how far a
//! test from outside can reach it, and where the standard states it.

use std::fmt;

/// Where keeping or breaking a requirement can be seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Observable {
    /// In the segments that travel.
    Wire,
    /// In the segments together with what user calls return.
    WireAndApi,
    /// In what user calls return.
    Api,
    /// Only inside the stack, or by its long-term effects.
    Internal,
}

impl fmt::Display for Observable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Wire => "on the wire",
            Self::WireAndApi => "on the wire and at the user interface",
            Self::Api => "at the user interface",
            Self::Internal => "inside the stack",
        })
    }
}

/// Which part of a TCP a requirement binds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Role {
    /// The part that sends.
    Sender,
    /// The part that receives.
    Receiver,
    /// The part that sends and the part that receives.
    Both,
    /// The user interface.
    Api,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sender => "the sender",
            Self::Receiver => "the receiver",
            Self::Both => "sender and receiver",
            Self::Api => "the user interface",
        })
    }
}

/// How far a test that sees only segments and user calls can decide a requirement.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Testability {
    /// From single segments, in any order of time.
    Easy,
    /// From how long things take, or from many segments together.
    Timing,
    /// Only with user calls beyond opening, sending, receiving and closing, or with settings.
    NeedsApi,
    /// Not from outside.
    Untestable,
}

impl fmt::Display for Testability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Easy => "from outside, easily",
            Self::Timing => "from outside, by timing",
            Self::NeedsApi => "only through the stack's own calls and settings",
            Self::Untestable => "not from outside",
        })
    }
}

/// How the standard states a requirement, which says how firm its level is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// Labelled in Appendix B of RFC 9293: `MUST-4`, `SHLD-14`, `MAY-1`, `REC-1`.
    Label,
    /// A sentence with a capitalised word of RFC 2119, or what follows from one directly.
    Keyword,
    /// Stated in prose or by a procedure; the level is our reading of its force.
    Prose,
}
