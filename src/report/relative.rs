//! Sequence numbers as a reader wants them: 0 is a side's initial sequence number, 1 its first
//! octet.
//!
//! Every four-tuple has two zero points. They are read off the SYNs of the trace, and move when a
//! new connection on the same four-tuple brings new ones. A number without a zero point, or one
//! that lies absurdly far from it, is shown as it travelled, behind a `#`.

use std::fmt;

use crate::trace::{Trace, What};
use crate::wire::{Endpoint, IcmpError, Segment, SeqNumber};

/// Further from the zero point than real windows reach: such a number says nothing as a distance.
const FAR: u32 = 1 << 27;

/// The four-tuples of a trace, with the zero points as they stand at some event.
pub(crate) struct Numbers {
    flows: Vec<Flow>,
}

struct Flow {
    local: Endpoint,
    remote: Endpoint,
    stack_isn: Option<SeqNumber>,
    peer_isn: Option<SeqNumber>,
    stack_shift: Option<u8>,
    peer_shift: Option<u8>,
    stack_clock: Option<SeqNumber>,
    peer_clock: Option<SeqNumber>,
    /// The peer's first SYN, for segments that come before it.
    first_peer_syn: Option<SeqNumber>,
    /// The peer's SYNs that the stack took up, by event.
    accepted: Vec<usize>,
    last_peer_syn: Option<PeerSyn>,
}

/// A SYN of the peer, which may carry text and a FIN that the answer acknowledges with it.
#[derive(Clone, Copy)]
struct PeerSyn {
    index: usize,
    seq: SeqNumber,
    end: SeqNumber,
}

impl PeerSyn {
    fn new(index: usize, segment: &Segment) -> PeerSyn {
        PeerSyn {
            index,
            seq: segment.seq,
            end: segment.end(),
        }
    }

    fn acknowledged_by(&self, ack: SeqNumber) -> bool {
        self.seq.before(ack) && !self.end.before(ack)
    }
}

/// A segment's numbers, ready to be written.
pub(crate) struct Relative {
    /// Which four-tuple, in the order in which they first occur.
    pub(crate) flow: usize,
    /// SEG.SEQ.
    pub(crate) seq: Number,
    /// SEG.ACK.
    pub(crate) ack: Number,
    /// SEG.WND has to be shifted by so much, because both sides agreed to scale.
    pub(crate) shift: u8,
    zero: Zero,
}

/// The zero points of one segment.
#[derive(Clone, Copy)]
struct Zero {
    seq: Option<SeqNumber>,
    ack: Option<SeqNumber>,
    /// The first TSval of the sender.
    clock: Option<SeqNumber>,
    /// The first TSval of the receiver.
    echo: Option<SeqNumber>,
}

/// One sequence number, relative or as it travelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Number {
    Relative(i32),
    Absolute(u32),
}

impl Number {
    fn new(value: SeqNumber, zero: Option<SeqNumber>) -> Number {
        match zero {
            Some(zero) if value.distance(zero).unsigned_abs() < FAR => {
                Number::Relative(value.distance(zero))
            }
            _ => Number::Absolute(value.0),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Relative(n) => write!(f, "{n}"),
            Number::Absolute(n) => write!(f, "#{n}"),
        }
    }
}

impl Relative {
    /// A number of the opposite direction's sequence space, such as a SACK edge.
    pub(crate) fn acknowledged(&self, value: u32) -> Number {
        Number::new(SeqNumber(value), self.zero.ack)
    }

    /// TSval and TSecr, as distances from the first TSval of either side. A TSecr of 0 before the
    /// other side has named a TSval is what it should be, and stays 0.
    pub(crate) fn clock(&self, value: u32, echo: u32) -> (Number, Number) {
        let echo_zero = self.zero.echo.or((echo == 0).then_some(SeqNumber(0)));
        (
            Number::new(SeqNumber(value), self.zero.clock),
            Number::new(SeqNumber(echo), echo_zero),
        )
    }
}

impl Numbers {
    /// Finds the four-tuples of a trace and which of the peer's SYNs were taken up.
    pub(crate) fn survey(trace: &Trace) -> Numbers {
        let mut numbers = Numbers { flows: Vec::new() };
        for (index, event) in trace.events.iter().enumerate() {
            match &event.what {
                What::Arrival {
                    segment: Some(segment),
                    ..
                } => numbers.survey_arrival(index, segment),
                What::Emission {
                    segment: Some(segment),
                    ..
                } => numbers.survey_emission(segment),
                _ => {}
            }
        }
        for flow in &mut numbers.flows {
            flow.last_peer_syn = None;
        }
        numbers
    }

    fn survey_arrival(&mut self, index: usize, segment: &Segment) {
        let flow = self.index(segment.dst, segment.src);
        if segment.flags.syn() {
            let flow = &mut self.flows[flow];
            flow.first_peer_syn.get_or_insert(segment.seq);
            flow.last_peer_syn = Some(PeerSyn::new(index, segment));
        }
    }

    fn survey_emission(&mut self, segment: &Segment) {
        let flow = self.index(segment.src, segment.dst);
        let flow = &mut self.flows[flow];
        if segment.flags.syn()
            && segment.flags.ack()
            && let Some(syn) = flow.last_peer_syn
            && syn.acknowledged_by(segment.ack)
        {
            flow.accepted.push(syn.index);
        }
    }

    /// The numbers of a segment that arrives with the event of this index.
    pub(crate) fn arrival(&mut self, index: usize, segment: &Segment) -> Relative {
        let number = self.index(segment.dst, segment.src);
        let flow = &mut self.flows[number];
        if segment.flags.syn() {
            flow.last_peer_syn = Some(PeerSyn::new(index, segment));
            let answers =
                segment.flags.ack() && flow.stack_isn.is_some_and(|isn| isn + 1 == segment.ack);
            if flow.peer_isn.is_none() || answers || flow.accepted.contains(&index) {
                flow.peer_isn = Some(segment.seq);
                flow.peer_shift = segment.options.window_scale;
            }
        }
        if let Some((value, _)) = segment.options.timestamps {
            flow.peer_clock.get_or_insert(SeqNumber(value));
        }
        let zero = Zero {
            seq: flow.peer_isn.or(flow.first_peer_syn),
            ack: flow.stack_isn,
            clock: flow.peer_clock,
            echo: flow.stack_clock,
        };
        let shift = flow.shift(segment, flow.peer_shift);
        Relative::new(number, segment, zero, shift)
    }

    /// The numbers of a segment that the stack sends.
    pub(crate) fn emission(&mut self, segment: &Segment) -> Relative {
        let number = self.index(segment.src, segment.dst);
        let flow = &mut self.flows[number];
        if segment.flags.syn() {
            if segment.flags.ack() {
                let taken = flow.last_peer_syn;
                let taken = taken.filter(|syn| syn.acknowledged_by(segment.ack));
                flow.peer_isn = Some(taken.map_or(segment.ack - 1, |syn| syn.seq));
            } else if flow.stack_isn.is_some_and(|isn| isn != segment.seq) {
                flow.peer_isn = None;
                flow.first_peer_syn = None;
            }
            flow.stack_isn = Some(segment.seq);
            flow.stack_shift = segment.options.window_scale;
        }
        if let Some((value, _)) = segment.options.timestamps {
            flow.stack_clock.get_or_insert(SeqNumber(value));
        }
        let zero = Zero {
            seq: flow.stack_isn,
            ack: flow.peer_isn.or(flow.first_peer_syn),
            clock: flow.stack_clock,
            echo: flow.peer_clock,
        };
        let shift = flow.shift(segment, flow.stack_shift);
        Relative::new(number, segment, zero, shift)
    }

    /// Which four-tuple an ICMP error is about, and the number of the segment that it quotes.
    pub(crate) fn quoted(&mut self, error: &IcmpError) -> (usize, Number) {
        let flow = self.index(error.src, error.dst);
        (flow, Number::new(error.seq, self.flows[flow].stack_isn))
    }

    fn index(&mut self, local: Endpoint, remote: Endpoint) -> usize {
        let found = self
            .flows
            .iter()
            .position(|flow| flow.local == local && flow.remote == remote);
        found.unwrap_or_else(|| {
            self.flows.push(Flow::new(local, remote));
            self.flows.len() - 1
        })
    }
}

impl Relative {
    fn new(flow: usize, segment: &Segment, zero: Zero, shift: u8) -> Relative {
        Relative {
            flow,
            seq: Number::new(segment.seq, zero.seq),
            ack: Number::new(segment.ack, zero.ack),
            shift,
            zero,
        }
    }
}

impl Flow {
    fn new(local: Endpoint, remote: Endpoint) -> Flow {
        Flow {
            local,
            remote,
            stack_isn: None,
            peer_isn: None,
            stack_shift: None,
            peer_shift: None,
            stack_clock: None,
            peer_clock: None,
            first_peer_syn: None,
            accepted: Vec::new(),
            last_peer_syn: None,
        }
    }

    /// By how much the window of a segment from one side is shifted: not at all on a SYN, nor
    /// unless both sides sent the option (RFC 7323 section 2.2).
    fn shift(&self, segment: &Segment, own: Option<u8>) -> u8 {
        match (self.stack_shift, self.peer_shift) {
            (Some(_), Some(_)) if !segment.flags.syn() => own.unwrap_or(0).min(14),
            _ => 0,
        }
    }
}
