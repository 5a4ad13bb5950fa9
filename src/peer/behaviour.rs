//! What an ordinary peer does when a step says so.

use super::options::link_mss;
use super::{Packets, Peer, endpoint};
use crate::scenario::{Flow, PeerStep};
use crate::time::Instant;
use crate::wire::{Flags, Options, Segment, SeqNumber};

/// So many segments at most belong to one step, however small the stack's MSS is.
const MOST_SEGMENTS: usize = 64;
const FIN_ACK: Flags = Flags::FIN.with(Flags::ACK);
const PSH_ACK: Flags = Flags::PSH.with(Flags::ACK);

/// What is not ordinary about an ordinary segment.
struct Plain {
    flags: Flags,
    seq: SeqNumber,
    ack: SeqNumber,
    len: u32,
}

impl Plain {
    /// A segment without text.
    fn new(flags: Flags, seq: SeqNumber, ack: SeqNumber) -> Plain {
        let len = 0;
        Plain {
            flags,
            seq,
            ack,
            len,
        }
    }
}

impl PeerStep {
    /// How often the peer acts for this step, as long as it has something to send: once by
    /// [`Peer::act`], then by [`Peer::act_again`] after each answer of the stack.
    pub const fn rounds(self) -> u32 {
        match self {
            PeerStep::Handshake => 3,
            PeerStep::Ack
            | PeerStep::AckPart(_)
            | PeerStep::Data(_)
            | PeerStep::Resend
            | PeerStep::Fin
            | PeerStep::Window(_)
            | PeerStep::Lose(_)
            | PeerStep::Drop
            | PeerStep::Swap
            | PeerStep::Twice
            | PeerStep::Crash => 1,
        }
    }
}

impl Peer {
    /// Adds the packets that the peer sends for a step to `out`. The harness delivers them, shows
    /// the peer what the stack answers, and goes on with [`Peer::act_again`].
    pub fn act(&mut self, now: Instant, flow: Flow, step: PeerStep, out: &mut Packets) {
        match step {
            PeerStep::Handshake => {
                let connection = self.connection(flow);
                if connection.finished() {
                    connection.begin();
                }
                self.handshake(now, flow, out);
            }
            PeerStep::Ack => self.acknowledge(now, flow, None, out),
            PeerStep::AckPart(octets) => self.acknowledge(now, flow, Some(octets), out),
            PeerStep::Data(octets) => self.data(now, flow, octets.into(), out),
            PeerStep::Resend => self.resend(now, flow, out),
            PeerStep::Fin => self.fin(now, flow, out),
            PeerStep::Window(window) => {
                self.connection(flow).window = window;
                self.acknowledge(now, flow, None, out);
            }
            PeerStep::Lose(segments) => self.connection(flow).faults.lose = segments,
            PeerStep::Drop => self.connection(flow).faults.drop = true,
            PeerStep::Swap => self.connection(flow).faults.swap = true,
            PeerStep::Twice => self.connection(flow).faults.twice = true,
            PeerStep::Crash => self.connection(flow).begin(),
        }
    }

    /// Goes on with a step: adds what the peer sends after the stack's answer. Nothing when there
    /// was no answer, or nothing is missing.
    pub fn act_again(&mut self, now: Instant, flow: Flow, step: PeerStep, out: &mut Packets) {
        if step == PeerStep::Handshake && self.connection(flow).fresh {
            self.handshake(now, flow, out);
        }
    }

    /// Sends what is missing to establish the connection, as far as it can be sent now.
    fn handshake(&mut self, now: Instant, flow: Flow, out: &mut Packets) {
        let connection = self.connection(flow);
        connection.fresh = false;
        if let Some(ack) = connection.refused.take() {
            // The stack is in an older connection: reset that first (RFC 9293 section 3.5.1).
            self.plain(now, flow, Plain::new(Flags::RST, ack, SeqNumber(0)), out);
        }
        let connection = self.connection(flow);
        let (irs, next, received) = (connection.irs, connection.next, connection.received);
        let acknowledged = connection
            .iss
            .is_some_and(|it| connection.snd_una.after(it));
        let (flags, seq, ack) = match (connection.heard, connection.open()) {
            (None, _) => (Flags::SYN, irs, SeqNumber(0)),
            (Some(_), false) => (Flags::SYN | Flags::ACK, irs, received),
            (Some(_), true) if !acknowledged => (Flags::ACK, next, received),
            (Some(_), true) => return,
        };
        self.plain(now, flow, Plain::new(flags, seq, ack), out);
    }

    /// Acknowledges `part` octets more than before, or everything.
    fn acknowledge(&mut self, now: Instant, flow: Flow, part: Option<u16>, out: &mut Packets) {
        let connection = self.connection(flow);
        if !connection.open() {
            return;
        }
        let received = connection.received;
        let ack = match part {
            Some(octets) => (connection.snd_una + u32::from(octets)).earlier(received),
            None => received,
        };
        let next = connection.next;
        self.plain(now, flow, Plain::new(Flags::ACK, next, ack), out);
    }

    /// Sends the next octets, as far as the window allows.
    fn data(&mut self, now: Instant, flow: Flow, octets: u32, out: &mut Packets) {
        let connection = self.connection(flow);
        if !connection.open() || connection.fin.is_some() {
            return;
        }
        let room = connection.edge.distance(connection.next).max(0) as u32;
        let from = connection.next;
        self.text_between(now, flow, from, from + octets.min(room), false, out);
    }

    /// Sends again what the peer has not heard acknowledged.
    fn resend(&mut self, now: Instant, flow: Flow, out: &mut Packets) {
        let connection = self.connection(flow);
        if !connection.open() {
            return;
        }
        let (from, fin) = (connection.acked, connection.fin);
        let unacknowledged_fin = fin.is_some_and(|fin| from.at_or_before(fin));
        let to = match fin {
            Some(fin) => fin.later(from),
            None => connection.next,
        };
        self.text_between(now, flow, from, to, unacknowledged_fin, out);
    }

    /// Sends FIN, the first time or again.
    fn fin(&mut self, now: Instant, flow: Flow, out: &mut Packets) {
        let connection = self.connection(flow);
        if !connection.open() {
            return;
        }
        let seq = connection.fin.unwrap_or(connection.next);
        let ack = connection.received;
        // FIN is sent even when the window has no room for it, as stacks do.
        connection.fin = Some(seq);
        connection.next = connection.next.later(seq + 1);
        self.plain(now, flow, Plain::new(FIN_ACK, seq, ack), out);
    }

    /// Sends the text of a stretch in segments of the MSS, and FIN after it when asked to.
    fn text_between(
        &mut self,
        now: Instant,
        flow: Flow,
        from: SeqNumber,
        to: SeqNumber,
        fin: bool,
        out: &mut Packets,
    ) {
        let mss = self.segment_size(flow);
        let ack = self.connection(flow).received;
        let mut seq = from;
        for _ in 0..MOST_SEGMENTS {
            let left = to.since(seq);
            let len = left.min(mss);
            let flags = match (len == left, fin) {
                (true, true) => FIN_ACK,
                (true, false) => PSH_ACK,
                (false, _) => Flags::ACK,
            };
            if len == 0 && !fin {
                return;
            }
            let plain = Plain {
                flags,
                seq,
                ack,
                len,
            };
            self.plain(now, flow, plain, out);
            seq += len;
            if seq == to {
                return;
            }
        }
    }

    /// How much text one segment carries (RFC 6691): the least of what the stack announced and
    /// what the link lets through, less the options.
    fn segment_size(&mut self, flow: Flow) -> u32 {
        let (family, link) = (self.family, link_mss(self.family, self.mtu));
        let connection = self.connection(flow);
        let announced = connection.stack_syn.mss.unwrap_or(family.default_mss());
        let options = if connection.timestamps() { 12 } else { 0 };
        u32::from(announced.min(link))
            .saturating_sub(options)
            .max(1)
    }

    /// Sends a segment with ordinary options.
    fn plain(&mut self, now: Instant, flow: Flow, plain: Plain, out: &mut Packets) {
        let (family, habits) = (self.family, self.habits);
        let mss = link_mss(family, self.mtu);
        let connection = self.connection(flow);
        let options = habits.ordinary(connection, plain.flags, mss, now);
        out.push().segment = Some(Segment {
            src: endpoint(family.peer(), flow.remote_port()),
            dst: endpoint(family.stack(), flow.local_port()),
            seq: plain.seq,
            ack: plain.ack,
            flags: plain.flags,
            window: connection.window,
            urgent: 0,
            options: Options::default(),
            ecn: Default::default(),
            dscp: 0,
            hops: crate::wire::HOP_LIMIT,
            payload_len: plain.len,
        });
        self.send(flow, options, None, out);
    }
}
