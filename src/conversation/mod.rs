//! Conversations: whole transfers between a stack and the reference endpoint, over a bad link.
//!
//! A scenario does one thing after the other to a stack. In a conversation the stack has a peer
//! that is a TCP itself, the reference stack, and both have users who write, read and close as
//! programs do; between them lies a [`Link`] that loses, repeats, reorders, delays and corrupts,
//! and somebody who throws in segments of his own. All of it follows from one line of text, under
//! virtual time. What is seen at the stack's interface is an ordinary trace, which the oracle
//! judges; what the two users got in the end is judged here. This room stands above
//! [`crate::harness`], and knows no command line.

mod attack;
mod check;
mod ends;
mod generate;
mod judge;
mod link;
mod places;
mod room;
mod simplify;
mod talk;
#[cfg(test)]
mod tests;
mod user;
mod words;

pub use check::{Check, Checked, MakeStack, Plan, Talker, judge};
pub use ends::Complaint;
pub use generate::{generate, generate_live};
pub use judge::{Finding, Flaw, Judge, Judged};
pub use link::Link;
pub use room::Told;
pub use simplify::simplify;
pub use talk::Talk;
pub use words::ParseError;

use crate::stack::Config;
use crate::time::Micros;

/// Everything that a conversation depends on. Its `Display`, and its `Debug`, is its text: the
/// fields that are not as usual, in one line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Conversation {
    /// What the stack, the peer, the link and the intruder draw at random.
    pub seed: u64,
    /// Who opens.
    pub opens: Opens,
    /// How it ends.
    pub closes: Closes,
    /// The stack under test and its user.
    pub stack: Side,
    /// The peer and its user.
    pub peer: Side,
    /// Which of the things that are left open the peer does: those that are drawn by this
    /// number.
    pub policy: u64,
    /// What lies between the two.
    pub link: Link,
    /// Once in so many segments somebody else throws in one, either way; never, when 0.
    pub intrudes: u32,
}

/// One side: how its TCP is configured, and what its user does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// The configuration.
    pub config: Config,
    /// So many octets it writes.
    pub octets: u32,
    /// So many more when it has read the end of the other's stream.
    pub rest: u32,
    /// It writes and reads so many octets at once, at most 65,535.
    pub chunk: u32,
    /// It reads whenever something may have come when this is zero, and else no more than a chunk
    /// in this time.
    pub pace: Micros,
    /// It stops reading when it has read half, for so long.
    pub pause: Micros,
    /// Its sequence numbers wrap within what it writes.
    pub wraps: bool,
}

/// Who opens a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opens {
    /// The peer; the stack listens.
    Peer,
    /// The stack; the peer listens.
    Stack,
    /// Both at once.
    Both,
}

/// How a conversation ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Closes {
    /// The stack's user closes when it has written all, the peer's when it has read the end.
    Stack,
    /// The peer's user closes when it has written all, the stack's when it has read the end.
    Peer,
    /// Each closes as soon as it has written all.
    Both,
    /// The stack's user aborts when it has written all.
    StackAborts,
    /// The peer's user aborts when it has written all.
    PeerAborts,
    /// The peer's host forgets everything when its user has written all.
    PeerCrashes,
}

impl Default for Side {
    fn default() -> Side {
        Side {
            config: Config::default(),
            octets: 0,
            rest: 0,
            chunk: 65_535,
            pace: Micros::ZERO,
            pause: Micros::ZERO,
            wraps: false,
        }
    }
}

impl Default for Conversation {
    fn default() -> Conversation {
        Conversation {
            seed: 0,
            opens: Opens::Peer,
            closes: Closes::Stack,
            stack: Side::default(),
            peer: Side::default(),
            policy: 0,
            link: Link::default(),
            intrudes: 0,
        }
    }
}
