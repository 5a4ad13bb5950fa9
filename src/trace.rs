//! A trace: everything that was seen of one run, both ways, with its times.
//!
//! The packets stand in one arena as raw IP octets, so a trace is also a capture; the buffers
//! are kept from run to run. A trace carries what the oracle needs and nothing of the scenario
//! that led to it.

use crate::stack::{Config, Outcome, Profile, Query, SendFlag, Setting, Socket};
use crate::time::{Instant, Micros};
use crate::wire::{Endpoint, IcmpError, Segment};

/// A stretch of the arena of a [`Trace`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Range {
    start: u32,
    len: u32,
}

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// When.
    pub at: Instant,
    /// Which step of the scenario it belongs to, counted from 0.
    pub step: u32,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// A segment was delivered to the stack.
    Arrival {
        /// The header as it was meant; `None` when the packet is no readable TCP segment.
        segment: Option<Segment>,
        /// Whether the stack has to discard the packet unread, and why: its checksum is wrong,
        /// its data offset lies, it is cut short.
        damaged: Option<&'static str>,
        /// The IP packet.
        packet: Range,
        /// Its text.
        text: Range,
    },
    /// An ICMP error was delivered to the stack.
    Icmp {
        /// What a receiver reads in it.
        error: IcmpError,
        /// The IP packet.
        packet: Range,
    },
    /// The stack sent a segment.
    Emission {
        /// The header; `None` when the packet cannot be read, which is a deviation by itself.
        segment: Option<Segment>,
        /// What is wrong with the packet, checksum included.
        damaged: Option<&'static str>,
        /// The IP packet.
        packet: Range,
        /// Its text.
        text: Range,
    },
    /// A user call was made and gave its result.
    Call {
        /// On which socket.
        socket: Socket,
        /// Which call.
        call: Call,
        /// With what result.
        outcome: Outcome,
        /// The octets that RECEIVE delivered.
        text: Range,
    },
    /// Nothing more was done until this instant.
    Quiet,
    /// The stack panicked, hung, or its adapter failed; the trace ends here.
    Broken(String),
}

impl Event {
    /// Whether a segment went by.
    pub fn is_segment(&self) -> bool {
        match self.what {
            What::Arrival { .. } | What::Emission { .. } => true,
            What::Icmp { .. } | What::Call { .. } | What::Quiet | What::Broken(_) => false,
        }
    }
}

impl What {
    /// Whether the harness did it, and not the stack, or time alone.
    pub fn is_input(&self) -> bool {
        match self {
            What::Arrival { .. } | What::Icmp { .. } | What::Call { .. } => true,
            What::Emission { .. } | What::Quiet | What::Broken(_) => false,
        }
    }
}

/// A user call (RFC 9293 section 3.9.1) with its arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Call {
    /// Passive OPEN.
    Listen {
        /// Local port.
        port: u16,
        /// The only peer to be accepted, if one was named.
        remote: Option<Endpoint>,
    },
    /// Active OPEN.
    Connect {
        /// Local port.
        port: u16,
        /// The peer.
        remote: Endpoint,
    },
    /// SEND of so many octets, the next ones of the stream.
    Send(u32),
    /// SEND with its PUSH or URGENT flag.
    SendFlagged(u32, SendFlag),
    /// RECEIVE of at most so many octets.
    Receive(u32),
    /// CLOSE.
    Close,
    /// ABORT.
    Abort,
    /// STATUS.
    Status,
    /// What the user asks to be told.
    Ask(Query),
    /// What the user has changed.
    Set(Setting),
}

/// Everything that was seen of one run.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What was asked of the stack.
    pub config: Config,
    /// What the stack declared.
    pub profile: Profile,
    /// What happened, in order.
    pub events: Vec<Event>,
    arena: Vec<u8>,
}

impl Trace {
    /// An empty trace.
    pub fn new(config: Config, profile: Profile) -> Trace {
        Trace {
            config,
            profile,
            events: Vec::new(),
            arena: Vec::new(),
        }
    }

    /// How long it lasted, from the first instant to that of the last event.
    pub fn lasted(&self) -> Micros {
        let last = self.events.last().map_or(Instant::START, |event| event.at);
        last.since(Instant::START)
    }

    /// Forgets what happened and keeps the room.
    pub fn clear(&mut self) {
        self.events.clear();
        self.arena.clear();
    }

    /// Copies octets into the arena.
    pub fn store(&mut self, octets: &[u8]) -> Range {
        let start = self.arena.len() as u32;
        self.arena.extend_from_slice(octets);
        Range {
            start,
            len: octets.len() as u32,
        }
    }

    /// The octets of a stretch of this trace's arena.
    pub fn octets(&self, range: Range) -> &[u8] {
        &self.arena[range.start as usize..(range.start + range.len) as usize]
    }
}

impl Range {
    /// Length in octets.
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Whether it holds nothing.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The stretch `[from, from + len)` of this stretch.
    pub fn slice(self, from: usize, len: usize) -> Range {
        debug_assert!(from + len <= self.len as usize);
        Range {
            start: self.start + from as u32,
            len: len as u32,
        }
    }
}
