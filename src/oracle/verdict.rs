//! Verdicts: what the oracle says of a trace.

use std::fmt;

use crate::model::{EventClass, State};
use crate::spec::Req;
use crate::time::Instant;

/// What the oracle says of one trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judgment {
    /// The verdict.
    pub verdict: Verdict,
    /// Recommendations (SHOULD) that the best explanation of the trace has to call missed.
    pub missed: Vec<Deviation>,
    /// Which entries of the known-deviation file were needed, by index, each once, ascending.
    pub known: Vec<u16>,
}

impl Judgment {
    /// It conforms, and follows every recommendation.
    pub(super) fn is_clean(&self) -> bool {
        self.verdict == Verdict::Conforms && self.missed.is_empty()
    }

    /// Where this stands among the judgments of several ways through one trace, the best first:
    /// one that conforms, then one that leaves it open, then what comes furthest.
    pub(super) fn rank(&self) -> (u8, usize) {
        match &self.verdict {
            Verdict::Conforms => (0, self.missed.len()),
            Verdict::Inconclusive(_) => (1, 0),
            Verdict::Deviates(deviation) => (2, usize::MAX - deviation.event),
            Verdict::Broken(_) => (2, 0),
        }
    }
}

/// The four verdicts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Everything is explained by what the model allows, known deviations apart.
    Conforms,
    /// Something is not allowed.
    Deviates(Box<Deviation>),
    /// No statement is possible, and why. Never counted as a pass.
    Inconclusive(String),
    /// The stack panicked, hung or polled without end, or its adapter failed.
    Broken(String),
}

/// Something that the stack did, or did not do, and that the standard does not allow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deviation {
    /// By what it is known again: requirement, state, event class, what came instead.
    pub shape: Shape,
    /// What else it breaks: where the standard says the same again, or for this case in particular.
    pub also: Vec<Req>,
    /// When.
    pub at: Instant,
    /// The event of the trace that cannot be explained; for a silence, the event by which the
    /// deadline had passed.
    pub event: usize,
    /// The last input before it, which as a rule is what it was an answer to.
    pub cause: Option<usize>,
    /// What was allowed there instead.
    pub allowed: Vec<Allowed>,
    /// What came, in words.
    pub instead: String,
    /// The last states of the connection that were consistent with everything before.
    pub states: Vec<State>,
}

/// By what a deviation is known again in another trace.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Shape {
    /// The requirement that is not met.
    pub requirement: Req,
    /// The state in which it happened.
    pub state: State,
    /// The input it was an answer to.
    pub event: EventClass,
    /// What came instead.
    pub instead: Instead,
}

/// What came instead of what was allowed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Instead {
    /// Nothing, and its time is over.
    Silence,
    /// A reset.
    Rst,
    /// A SYN.
    Syn,
    /// A SYN,ACK.
    SynAck,
    /// A FIN, with or without text.
    Fin,
    /// Text.
    Text,
    /// A segment that only acknowledges.
    Ack,
    /// Another segment, or one that is malformed.
    Other,
    /// A user call succeeded.
    CallDone,
    /// A user call failed.
    CallFailed,
    /// RECEIVE delivered octets.
    Octets,
    /// RECEIVE reported the end of the stream.
    EndOfStream,
    /// RECEIVE found nothing.
    Empty,
    /// The stack broke.
    Broken,
}

impl Instead {
    /// All of them with their names, as known-deviation files write them.
    pub const NAMES: [(Instead, &'static str); 14] = [
        (Instead::Silence, "silence"),
        (Instead::Rst, "RST"),
        (Instead::Syn, "SYN"),
        (Instead::SynAck, "SYN,ACK"),
        (Instead::Fin, "FIN"),
        (Instead::Text, "text"),
        (Instead::Ack, "ACK"),
        (Instead::Other, "other segment"),
        (Instead::CallDone, "call done"),
        (Instead::CallFailed, "call failed"),
        (Instead::Octets, "octets"),
        (Instead::EndOfStream, "end of stream"),
        (Instead::Empty, "empty"),
        (Instead::Broken, "broken"),
    ];
}

/// One thing that was allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allowed {
    /// The requirement that allows it.
    pub requirement: Req,
    /// In words.
    pub what: String,
}

impl Deviation {
    /// Every requirement that it breaks, the one that the check rests on first.
    pub fn breaks(&self) -> impl Iterator<Item = Req> + '_ {
        std::iter::once(self.shape.requirement).chain(self.also.iter().copied())
    }
}

impl fmt::Display for Instead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Instead::NAMES.iter().find(|(instead, _)| instead == self);
        f.write_str(name.map_or("?", |(_, name)| name))
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} in {}, {}",
            self.requirement, self.event, self.state, self.instead
        )
    }
}
