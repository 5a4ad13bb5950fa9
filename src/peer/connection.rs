//! What is known of one four-tuple.
//!
//! Two views are kept apart. What the wire has shown follows every segment of the stack, because
//! the numbers of a scenario are named as the stack would name them. What the peer has heard
//! follows only those that it did not lose, because it behaves as an ordinary endpoint.

use arrayvec::ArrayVec;

use super::packets::Packet;
use crate::scenario::{Flow, Random, SeqBase, SeqExpr, Source};
use crate::wire::{Options, Segment, SeqNumber};

/// Initial sequence numbers for first connections: half of them are such that the numbers wrap, or
/// change their sign, within a short scenario.
const ISNS: [u32; 8] = [
    0xffff_fff0,
    0xffff_ffff,
    0xffff_fc00,
    0x7fff_fff0,
    0x7fff_fc00,
    0x8000_0000,
    0,
    1,
];
/// An acknowledgment further than this from the peer's ISN belongs to another connection.
const FAR: u32 = 1 << 30;
/// Shifts above this count as this (RFC 7323 section 2.3).
const MAX_SHIFT: u8 = 14;

/// What the options of a SYN said.
#[derive(Clone, Copy, Default)]
pub(super) struct SynOptions {
    pub(super) mss: Option<u16>,
    pub(super) window_scale: Option<u8>,
    pub(super) timestamps: bool,
    pub(super) sack: bool,
}

impl SynOptions {
    fn of(options: &Options) -> SynOptions {
        SynOptions {
            mss: options.mss,
            window_scale: options.window_scale,
            timestamps: options.timestamps.is_some(),
            sack: options.sack_permitted,
        }
    }
}

/// What happens to the peer's next segments, and to the stack's, on the way.
#[derive(Clone, Copy, Default)]
pub(super) struct Faults {
    /// So many segments of the stack will not be seen.
    pub(super) lose: u8,
    /// The next segment is lost.
    pub(super) drop: bool,
    /// The next two segments change places.
    pub(super) swap: bool,
    /// The next segment arrives twice.
    pub(super) twice: bool,
    /// The first of two segments that change places is waiting for the second.
    pub(super) holding: bool,
}

/// One four-tuple.
#[derive(Default)]
pub(super) struct Connection {
    /// Whether the rest means anything in this run.
    pub(super) ready: bool,
    random: Option<Random>,

    // What the peer has done.
    /// Its initial sequence number.
    pub(super) irs: SeqNumber,
    /// The SYNs that it sent last: their numbers, and the number after what each carried.
    syns: ArrayVec<(SeqNumber, SeqNumber), 8>,
    /// The number after the last one that it sent in order.
    pub(super) next: SeqNumber,
    /// Where its FIN stands, once sent.
    pub(super) fin: Option<SeqNumber>,
    pub(super) syn_sent: bool,
    syn: SynOptions,
    syn_window: u16,
    /// What it puts into the window field.
    pub(super) window: u16,

    // What the peer has heard.
    /// The stack's initial sequence number.
    pub(super) heard: Option<SeqNumber>,
    /// The next number that it expects of the stack.
    pub(super) received: SeqNumber,
    /// What it holds that came out of order.
    ahead: ArrayVec<(SeqNumber, SeqNumber), 4>,
    /// Where the stack's FIN stands.
    stack_fin: Option<SeqNumber>,
    /// The highest acknowledgment.
    pub(super) acked: SeqNumber,
    /// The right edge of the stack's window.
    pub(super) edge: SeqNumber,
    /// The last TSval.
    pub(super) ts_recent: u32,
    /// The acknowledgment of an answer to its SYN that belongs to another connection.
    pub(super) refused: Option<SeqNumber>,
    /// Something was heard since the handshake's last segment.
    pub(super) fresh: bool,

    // What the wire has shown of the stack.
    pub(super) iss: Option<SeqNumber>,
    pub(super) stack_syn: SynOptions,
    pub(super) snd_una: SeqNumber,
    pub(super) snd_nxt: SeqNumber,
    /// The number of the peer's SYN that the stack's present connection began with.
    stack_irs: Option<SeqNumber>,
    /// Whether the stack has acknowledged anything on its present connection.
    acknowledges: bool,
    rcv_nxt: SeqNumber,
    rcv_edge: SeqNumber,
    rcv_max: SeqNumber,
    /// The largest window that the peer advertised, in octets.
    max_window: u32,

    pub(super) faults: Faults,
    pub(super) held: Packet,
}

impl Connection {
    /// Forgets everything. `isn` fixes the first initial sequence number.
    pub(super) fn reset(&mut self, seed: u64, flow: Flow, isn: Option<u32>) {
        let index = u64::from(flow.local) << 8 | u64::from(flow.remote);
        let mut random = Random::new(seed, index);
        let drawn = match random.once_in(2) {
            true => random.one(&ISNS),
            false => random.bits() as u32,
        };
        let irs = SeqNumber(isn.unwrap_or(drawn));
        *self = Connection {
            ready: true,
            random: Some(random),
            irs,
            next: irs,
            acked: irs,
            edge: irs,
            window: u16::MAX,
            held: std::mem::take(&mut self.held),
            ..Connection::default()
        };
    }

    /// The peer knows of no connection any more; its next SYN will bear a new, higher number.
    /// What the wire has shown stays: the stack may be where it was.
    pub(super) fn begin(&mut self) {
        let used = match self.synchronized() {
            true => self.next.later(self.rcv_max),
            false => self.next,
        };
        let more = self.random.as_mut().map_or(0, |it| it.below(1 << 20));
        self.irs = used + 65_536 + more;
        self.next = self.irs;
        self.acked = self.irs;
        self.edge = self.irs;
        self.fin = None;
        self.syn_sent = false;
        self.heard = None;
        self.ahead.clear();
        self.stack_fin = None;
        self.refused = None;
        self.fresh = false;
    }

    /// The number that an expression stands for.
    pub(super) fn resolve(&self, expr: SeqExpr) -> SeqNumber {
        let base = match expr.base {
            SeqBase::RcvNxt | SeqBase::RcvEdge | SeqBase::RcvMax if !self.acknowledges => self.irs,
            SeqBase::Zero => SeqNumber(0),
            SeqBase::Irs => self.irs,
            SeqBase::RcvNxt => self.rcv_nxt,
            SeqBase::RcvEdge => self.rcv_edge,
            SeqBase::RcvMax => self.rcv_max,
            SeqBase::Next => self.next,
            SeqBase::Iss => self.iss.unwrap_or_default(),
            SeqBase::SndUna => self.snd_una,
            SeqBase::SndNxt => self.snd_nxt,
            SeqBase::SndOld => self.snd_una - self.max_window,
        };
        base + expr.offset as u32
    }

    /// The number of the SYN before the stream that the stack reads: the peer's last, unless the
    /// stack was seen to acknowledge another.
    pub(super) fn stream(&self) -> SeqNumber {
        self.stack_irs.unwrap_or(self.irs)
    }

    /// Finds out which of the peer's SYNs the stack acknowledges: the last one of which it
    /// acknowledges all, or nothing but the SYN; else the nearest before.
    fn note_stream(&mut self, segment: &Segment) {
        let fits =
            |(syn, end): &&(SeqNumber, SeqNumber)| segment.ack == *syn + 1 || segment.ack == *end;
        let mut fitting = self.syns.iter().filter(fits);
        let known = self.stack_irs;
        if known.is_some() && (!segment.flags.syn() || fitting.any(|(syn, _)| known == Some(*syn)))
        {
            return;
        }
        let before = |(syn, _): &&(SeqNumber, SeqNumber)| syn.before(segment.ack);
        let nearest = || {
            let before = self.syns.iter().filter(before);
            before.min_by_key(|(syn, _)| segment.ack.since(*syn))
        };
        let fitting = self.syns.iter().rfind(fits);
        let found = fitting.or_else(|| known.is_none().then(nearest).flatten());
        self.stack_irs = found.map(|(syn, _)| *syn).or(known);
    }

    /// Whether the stack was seen to acknowledge the peer's present SYN.
    fn synchronized(&self) -> bool {
        let acknowledged = self.rcv_nxt.since(self.irs);
        self.syn_sent && self.acknowledges && acknowledged > 0 && acknowledged < FAR
    }

    /// Whether the peer has the stack's SYN and knows that the stack has its own.
    pub(super) fn open(&self) -> bool {
        self.heard.is_some() && self.acked.after(self.irs)
    }

    /// Whether both ends have closed, as far as the peer knows.
    pub(super) fn finished(&self) -> bool {
        self.fin.is_some_and(|fin| self.acked.after(fin))
            && self.stack_fin.is_some_and(|fin| self.received.after(fin))
    }

    /// Whether the timestamps option belongs on segments after the SYNs.
    pub(super) fn timestamps(&self) -> bool {
        self.syn.timestamps && self.stack_syn.timestamps
    }

    /// By how much the window fields of the peer and of the stack are shifted.
    fn shifts(&self) -> (u8, u8) {
        match (self.syn.window_scale, self.stack_syn.window_scale) {
            (Some(peer), Some(stack)) => (peer.min(MAX_SHIFT), stack.min(MAX_SHIFT)),
            (None, _) | (_, None) => (0, 0),
        }
    }

    /// The stack sent a segment.
    pub(super) fn saw(&mut self, segment: &Segment) {
        self.shown(segment);
        if self.faults.lose > 0 {
            self.faults.lose -= 1;
        } else {
            self.hear(segment);
        }
    }

    /// What the wire shows of the stack by a segment. A reset says nothing about its numbers.
    fn shown(&mut self, segment: &Segment) {
        if segment.flags.rst() {
            return;
        }
        if segment.flags.syn() && self.iss != Some(segment.seq) {
            self.iss = Some(segment.seq);
            self.snd_una = segment.seq;
            self.snd_nxt = segment.seq;
            self.acknowledges = false;
            self.stack_irs = None;
            self.max_window = match self.syn_sent {
                true => self.syn_window.into(),
                false => 0,
            };
        }
        if segment.flags.syn() {
            self.stack_syn = SynOptions::of(&segment.options);
        }
        if self.iss.is_none() {
            return;
        }
        self.snd_nxt = self.snd_nxt.later(segment.end());
        if segment.flags.ack() {
            self.note_stream(segment);
            self.acknowledged(segment);
        }
    }

    /// The stack acknowledged and advertised.
    fn acknowledged(&mut self, segment: &Segment) {
        let known = self.synchronized();
        if known && segment.ack.before(self.rcv_nxt) {
            return;
        }
        self.acknowledges = true;
        self.rcv_nxt = segment.ack;
        self.rcv_edge = segment.ack + self.advertised(segment);
        self.rcv_max = match known {
            true => self.rcv_max.later(self.rcv_edge),
            false => self.rcv_edge,
        };
    }

    /// The stack's window in octets, by one of its segments.
    fn advertised(&self, segment: &Segment) -> u32 {
        match segment.flags.syn() {
            true => segment.window.into(),
            false => u32::from(segment.window) << self.shifts().1,
        }
    }

    /// What the peer makes of a segment that reaches it.
    fn hear(&mut self, segment: &Segment) {
        let flags = segment.flags;
        if flags.rst() {
            if self.is_reset_by(segment) {
                self.begin();
            }
            return;
        }
        self.fresh = true;
        if flags.syn() && !self.hear_syn(segment) {
            return;
        }
        if self.heard.is_none() {
            // In SYN-SENT, an answer that knows of another connection (RFC 9293 section 3.5.1).
            if flags.ack() && self.syn_sent {
                self.refused = Some(segment.ack);
            }
            return;
        }
        let own = segment.ack.since(self.irs) < FAR;
        if flags.ack() && own && segment.ack.at_or_after(self.acked) {
            self.acked = segment.ack;
            self.next = self.next.later(segment.ack);
            self.edge = segment.ack + self.advertised(segment);
        }
        if let Some((value, _)) = segment.options.timestamps {
            self.ts_recent = value;
        }
        self.absorb(segment);
    }

    /// Whether a reset is for the peer's present connection.
    fn is_reset_by(&self, segment: &Segment) -> bool {
        match self.heard {
            Some(_) => segment
                .seq
                .within(self.received, u32::from(self.window).max(1)),
            None => self.syn_sent && segment.flags.ack() && segment.ack == self.irs + 1,
        }
    }

    /// Takes a SYN in; false when it is not for the peer's present connection.
    fn hear_syn(&mut self, segment: &Segment) -> bool {
        if self.heard == Some(segment.seq) {
            return true;
        }
        let answers = segment.ack.since(self.irs).wrapping_sub(1) < FAR;
        if segment.flags.ack() && !(self.syn_sent && answers) {
            self.refused = Some(segment.ack);
            return false;
        }
        if self.heard.is_some() && !segment.flags.ack() {
            self.begin();
            self.fresh = true;
        }
        self.heard = Some(segment.seq);
        self.received = segment.seq + 1;
        self.ahead.clear();
        self.stack_fin = None;
        true
    }

    /// Takes text and FIN in, as far as the peer's window reaches.
    fn absorb(&mut self, segment: &Segment) {
        let limit = self.received + (u32::from(self.window) << self.shifts().0);
        let start = segment.text_seq();
        if segment.flags.fin() && segment.end().at_or_before(limit) {
            self.stack_fin = Some(segment.end() - 1);
        }
        let end = segment.end().earlier(limit);
        if end.after(start) && end.after(self.received) {
            // With no room left it is as if the segment were lost.
            let _ = self.ahead.try_push((start, end));
        }
        while let Some(index) = self
            .ahead
            .iter()
            .position(|(start, _)| start.at_or_before(self.received))
        {
            let (_, end) = self.ahead.swap_remove(index);
            self.received = self.received.later(end);
        }
    }

    /// The peer sent a segment, whether or not it will arrive.
    pub(super) fn sent(&mut self, segment: &Segment) {
        let flags = segment.flags;
        if flags.rst() {
            return;
        }
        let synchronized = self.synchronized();
        if flags.syn() {
            if self.syns.is_full() {
                self.syns.remove(0);
            }
            self.syns.push((segment.seq, segment.end()));
            if !self.syn_sent || !synchronized {
                self.syn_sent = true;
                self.irs = segment.seq;
                self.next = segment.seq + 1;
                self.acked = segment.seq;
                self.edge = segment.seq;
                self.syn = SynOptions::of(&segment.options);
                self.syn_window = segment.window;
            }
            return;
        }
        let acceptable = flags.ack() && segment.ack.at_or_before(self.snd_nxt);
        if synchronized && acceptable && self.fin.is_none() {
            self.advance(segment);
        }
    }

    /// `next` moves over what continues the peer's stream inside the stack's window.
    fn advance(&mut self, segment: &Segment) {
        let end = segment.seq + segment.payload_len;
        if segment.seq.after(self.next) || end.before(self.next) {
            return;
        }
        let allowed = end.earlier(self.rcv_max).later(self.next);
        self.next = allowed;
        if segment.flags.fin() && allowed == end {
            self.fin = Some(end);
            self.next = end + 1;
        }
    }

    /// A segment of the peer arrived at the stack.
    pub(super) fn arrived(&mut self, segment: &Segment) {
        let flags = segment.flags;
        let acknowledges = flags.ack()
            && self.iss.is_some()
            && segment.ack.after(self.snd_una)
            && segment.ack.at_or_before(self.snd_nxt);
        if flags.rst() {
            let resets = match self.synchronized() {
                true => segment.seq == self.rcv_nxt,
                false => acknowledges,
            };
            if resets {
                self.begin();
            }
            return;
        }
        if acknowledges {
            self.snd_una = segment.ack;
        }
        if flags.syn() || flags.ack() {
            let shift = if flags.syn() { 0 } else { self.shifts().0 };
            self.max_window = self.max_window.max(u32::from(segment.window) << shift);
        }
    }
}
