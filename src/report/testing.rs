//! Traces made by hand, for the tests of this room.

use crate::harness::testing::profile;
use crate::stack::{Config, Outcome, Socket};
use crate::time::{Instant, Micros};
use crate::trace::{Call, Event, Trace, What};
use crate::wire::{self, Endpoint, Family, Flags, Options, Segment, SeqNumber};

/// The ISN of the peer in [`Tape`].
pub(crate) const PEER: u32 = 4_000_000_000;
/// The ISN of the stack in [`Tape`].
pub(crate) const STACK: u32 = 1_000;

/// A trace under construction. Times are in milliseconds, flags and options as on the wire.
pub(crate) struct Tape {
    pub(crate) trace: Trace,
    pub(crate) ports: (u16, u16),
    step: u32,
}

impl Tape {
    pub(crate) fn new() -> Tape {
        Tape {
            trace: Trace::new(Config::default(), profile()),
            ports: (80, 40_000),
            step: 0,
        }
    }

    /// The next events belong to this step.
    pub(crate) fn step(&mut self, step: u32) -> &mut Tape {
        self.step = step;
        self
    }

    /// A segment from the peer.
    pub(crate) fn arrives(&mut self, ms: u64, flags: &str, seq: u32, ack: u32, len: usize) {
        self.arrives_with(ms, flags, (seq, ack, len), &[]);
    }

    /// A segment from the peer with options.
    pub(crate) fn arrives_with(
        &mut self,
        ms: u64,
        flags: &str,
        (seq, ack, len): (u32, u32, usize),
        options: &[u8],
    ) {
        let packet = self.packet(true, flags, (seq, ack, len), options);
        self.packet_arrives(ms, &packet);
    }

    /// A segment from the stack.
    pub(crate) fn leaves(&mut self, ms: u64, flags: &str, seq: u32, ack: u32, len: usize) {
        let packet = self.packet(false, flags, (seq, ack, len), &[]);
        self.packet_leaves(ms, &packet);
    }

    /// A segment from the stack with options.
    pub(crate) fn leaves_with(
        &mut self,
        ms: u64,
        flags: &str,
        (seq, ack, len): (u32, u32, usize),
        options: &[u8],
    ) {
        let packet = self.packet(false, flags, (seq, ack, len), options);
        self.packet_leaves(ms, &packet);
    }

    /// Any octets from the peer.
    pub(crate) fn packet_arrives(&mut self, ms: u64, octets: &[u8]) {
        let packet = self.trace.store(octets);
        let (segment, damaged, text) = read(octets);
        self.event(
            ms,
            What::Arrival {
                segment,
                damaged,
                packet,
                text: packet.slice(text.start, text.len()),
            },
        );
    }

    /// Any octets from the stack.
    pub(crate) fn packet_leaves(&mut self, ms: u64, octets: &[u8]) {
        let packet = self.trace.store(octets);
        let (segment, damaged, text) = read(octets);
        self.event(
            ms,
            What::Emission {
                segment,
                damaged,
                packet,
                text: packet.slice(text.start, text.len()),
            },
        );
    }

    /// A user call.
    pub(crate) fn call(&mut self, ms: u64, call: Call, outcome: Outcome) {
        let text = self.trace.store(&[]);
        self.event(
            ms,
            What::Call {
                socket: Socket(0),
                call,
                outcome,
                text,
            },
        );
    }

    /// Anything else.
    pub(crate) fn event(&mut self, ms: u64, what: What) {
        self.trace.events.push(Event {
            at: Instant::START + Micros::millis(ms),
            step: self.step,
            what,
        });
    }

    /// The packet of a segment.
    pub(crate) fn packet(
        &self,
        from_peer: bool,
        flags: &str,
        (seq, ack, len): (u32, u32, usize),
        options: &[u8],
    ) -> Vec<u8> {
        let stack = Endpoint {
            addr: Family::V4.stack(),
            port: self.ports.0,
        };
        let peer = Endpoint {
            addr: Family::V4.peer(),
            port: self.ports.1,
        };
        let (src, dst) = if from_peer {
            (peer, stack)
        } else {
            (stack, peer)
        };
        let segment = Segment {
            src,
            dst,
            seq: SeqNumber(seq),
            ack: SeqNumber(ack),
            flags: flags.parse::<Flags>().expect("flags"),
            window: 4_096,
            urgent: 7,
            options: Options::default(),
            ecn: Default::default(),
            dscp: 0,
            hops: wire::HOP_LIMIT,
            payload_len: 0,
        };
        let mut packet = Vec::new();
        wire::build(&segment, options, &vec![b'x'; len], &mut packet);
        packet
    }
}

type Read = (
    Option<Segment>,
    Option<&'static str>,
    std::ops::Range<usize>,
);

fn read(octets: &[u8]) -> Read {
    match wire::parse(octets) {
        Ok(parsed) => (Some(parsed.segment), parsed.damaged, parsed.text),
        Err(error) => (None, Some(error.0), 0..0),
    }
}
