//! Urgent data, of either direction, and text that is pushed (RFC 9293 sections 3.8.5 and 3.9.1.2).
//!
//! SND.UP and RCV.UP are not kept as sequence numbers: the one is counted in octets that SEND has
//! taken over, the other in octets that RECEIVE has still to deliver. Whether a segment was used
//! that arrived ahead of a gap, or that is not acceptable, is not known, and so RCV.UP is a band.

use super::emits::kind;
use super::{Context, Fault, State, Tcb};
use crate::spec::req;
use crate::stack::SendFlag;
use crate::wire::{Flags, Segment, SeqNumber};

/// The furthest that an urgent pointer reaches.
const FAR: u32 = u16::MAX as u32;

/// What was special about the urgent pointer that arrived last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Pointer {
    /// Nothing: it moved RCV.UP forward, or there was none.
    #[default]
    Usual,
    /// It pointed to before RCV.UP.
    Receding,
    /// It came while the window was closed.
    AtClosedWindow,
}

/// Urgent data and pushed text of one connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Urgent {
    /// Octets that RECEIVE has to deliver up to RCV.UP, at most.
    most: u32,
    /// SND.UP: octets that SEND had taken over with the last that were urgent.
    up: u32,
    /// Octets that SEND had taken over with the last that were pushed.
    pushed: u32,
    /// What was special about the last pointer.
    pub pointer: Pointer,
    state: u8,
    /// By how much RCV.UP may lie before that.
    unsure: u16,
}

/// Urgent data is on its way to the peer.
const SENDS: u8 = 1;
/// Pushed text was not sent yet.
const PUSHES: u8 = 1 << 1;
/// SEND is known to take the PUSH flag.
const TAKES_PUSH: u8 = 1 << 2;
/// Urgent data may be reported to the user.
const MAY_REPORT: u8 = 1 << 3;
/// It has to be.
const HAS_TO_REPORT: u8 = 1 << 4;
/// More than one SEND was urgent while urgent data has been on its way.
const SENDS_MORE: u8 = 1 << 5;

impl Urgent {
    fn is(&self, bit: u8) -> bool {
        self.state & bit != 0
    }

    fn put(&mut self, bits: u8, on: bool) {
        self.state = (self.state & !bits) | if on { bits } else { 0 };
    }

    /// Octets that RECEIVE has to deliver up to RCV.UP, at least.
    pub fn least(&self) -> u32 {
        self.most - u32::from(self.unsure)
    }

    /// The same, at most.
    pub fn most(&self) -> u32 {
        self.most
    }

    /// RCV.UP lies between these; where it may lie anywhere, not everything before is remembered.
    fn put_left(&mut self, least: u32, most: u32) {
        self.most = most.max(least);
        self.unsure = u16::try_from(self.most - least).unwrap_or(u16::MAX);
    }

    /// RCV.UP is there.
    pub fn put_exactly(&mut self, left: u32) {
        self.put_left(left, left);
    }

    /// The stack has told that so many are left: none before are meant.
    pub(super) fn told(&mut self, left: u32) {
        self.put_left(self.least().max(left), self.most);
    }

    /// SEND has taken over octets with a flag, `queued` since OPEN.
    pub(super) fn taken(&mut self, flag: SendFlag, queued: u32) {
        match flag {
            SendFlag::Push => {
                self.pushed = queued;
                self.put(PUSHES | TAKES_PUSH, true);
            }
            SendFlag::Urgent => {
                self.put(SENDS_MORE, self.is(SENDS));
                self.up = queued;
                self.put(SENDS, true);
            }
        }
    }

    /// RECEIVE has delivered so many octets. Beside what it delivers it may tell that more of it is
    /// urgent (RFC 9293 section 3.10.3).
    pub(super) fn delivered(&mut self, octets: u32) {
        let least = self.least().saturating_sub(octets);
        self.put_left(least, self.most.saturating_sub(octets));
        if self.most > 0 {
            self.put(MAY_REPORT, true);
        }
        if least == 0 {
            self.put(HAS_TO_REPORT, false);
        }
    }

    /// Whether the user may be told that there is urgent data.
    pub fn reportable(&self) -> bool {
        self.is(MAY_REPORT)
    }

    /// Whether the user has to be.
    pub fn reports(&self) -> bool {
        self.is(HAS_TO_REPORT)
    }

    /// The user has been told, if `told`; of what came before, nothing has to be any more.
    pub(super) fn reported(&mut self, told: bool) {
        self.put(HAS_TO_REPORT, false);
        if told {
            self.put(MAY_REPORT, false);
        }
    }

    /// Whether SEND is known to take the PUSH flag: text without it may wait for more
    /// (RFC9293-MAY-16).
    pub fn takes_push(&self) -> bool {
        self.is(TAKES_PUSH)
    }

    /// RCV.UP is as far as it may be: whoever says so has looked at everything that arrived.
    pub fn settle(&mut self) {
        if self.unsure > 0 {
            self.unsure = 0;
            self.put(MAY_REPORT | HAS_TO_REPORT, true);
        }
    }

    /// Whether urgent data is on its way to the peer, or something pushed waits.
    pub(super) fn concerns_sending(&self) -> bool {
        self.is(SENDS | PUSHES)
    }

    /// What two explanations allow together.
    pub(super) fn wider(&self, other: &Urgent) -> Urgent {
        let may = (self.state | other.state) & (MAY_REPORT | TAKES_PUSH);
        let both = self.state & other.state & HAS_TO_REPORT;
        let own = self.state & (SENDS | SENDS_MORE | PUSHES);
        let mut wider = Urgent {
            pointer: match self.pointer == other.pointer {
                true => self.pointer,
                false => Pointer::Usual,
            },
            state: own | may | both,
            ..*self
        };
        let least = self.least().min(other.least());
        wider.put_left(least, self.most.max(other.most));
        wider
    }
}

/// SND.UP, while it lies ahead of SND.UNA.
pub fn send_pointer(tcb: &Tcb) -> Option<SeqNumber> {
    let up = tcb.text_start() + tcb.urgent.up;
    let ahead = tcb.snd.iss.is_none() || up.after(tcb.snd.una);
    (tcb.urgent.is(SENDS) && ahead).then_some(up)
}

/// Whether the last octet of what was pushed last is among these octets, and was not sent yet.
pub fn ends_push(tcb: &Tcb, seq: SeqNumber, len: u32) -> bool {
    let end = tcb.text_start() + tcb.urgent.pushed;
    tcb.urgent.is(PUSHES) && (end - 1).within(seq, len)
}

/// Whether all that waits to be sent is text that may wait for more: the stack is known to have a
/// PUSH flag, and this lacks it (RFC9293-MAY-16).
pub(super) fn may_wait(tcb: &Tcb) -> bool {
    tcb.urgent.takes_push() && !tcb.urgent.concerns_sending() && !tcb.snd.closed
}

/// The sixth check of a segment: the URG bit (RFC 9293 section 3.10.7.4). `surely` where it is certain
/// that the stack comes to it.
pub(super) fn arrived(tcb: &mut Tcb, seg: &Segment, surely: bool) {
    match tcb.state {
        State::Established | State::FinWait1 | State::FinWait2 if seg.flags.urg() => {}
        State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait
        | State::Closed
        | State::Listen
        | State::SynSent
        | State::SynReceived => return,
    }
    let ahead = pointed_ahead(tcb, seg);
    let urgent = &mut tcb.urgent;
    if ahead > urgent.most {
        urgent.put(MAY_REPORT, true);
        urgent.put(HAS_TO_REPORT, surely || urgent.reports());
    } else if ahead > urgent.least() {
        urgent.put(MAY_REPORT, true);
    }
    let (mut least, most) = (urgent.least(), urgent.most.max(ahead));
    if surely {
        urgent.pointer = match ahead < least {
            true => Pointer::Receding,
            false => Pointer::Usual,
        };
        least = least.max(ahead);
    }
    urgent.put_left(least, most);
}

/// URG beside text that begins in order is surely looked at; what lies ahead of a gap may be thrown
/// away, and so may what crosses the edge of the window.
pub(super) fn with_text(tcb: &mut Tcb, seg: &Segment) {
    if !seg.flags.urg() {
        return;
    }
    let end = seg.text_seq() + seg.payload_len;
    let begins = seg.text_seq().at_or_before(tcb.rcv.nxt);
    let fits = end.at_or_before(tcb.honoured_edge());
    arrived(tcb, seg, begins && fits && !seg.flags.syn());
}

/// URG of a segment that is not acceptable. While the window is closed, that of one at RCV.NXT counts
/// (RFC9293-MUST-66).
pub(super) fn unacceptable(tcb: &mut Tcb, seg: &Segment) {
    if !seg.flags.urg() || seg.flags.syn() {
        return;
    }
    let closed = tcb.honoured_edge().at_or_before(tcb.rcv.nxt) && seg.seq == tcb.rcv.nxt;
    let current =
        seg.flags.ack() && seg.ack.at_or_after(tcb.snd.una) && seg.ack.at_or_before(tcb.snd.nxt);
    arrived(tcb, seg, closed && current);
    if closed && current {
        tcb.urgent.pointer = Pointer::AtClosedWindow;
    }
}

/// URG of a SYN may count once the connection is established, and from the SYN's number or from that
/// of the text behind it.
pub(super) fn with_syn(tcb: &mut Tcb, seg: &Segment) {
    if seg.flags.urg() && seg.urgent > 0 {
        tcb.urgent.put_left(0, u32::from(seg.urgent));
        tcb.urgent.put(MAY_REPORT, true);
    }
}

/// How many octets RECEIVE has to deliver up to where a segment's urgent pointer points.
pub fn pointed_ahead(tcb: &Tcb, seg: &Segment) -> u32 {
    let up = seg.seq + u32::from(seg.urgent);
    let next = tcb.rcv.irs + 1 + tcb.rcv.read;
    up.distance(next).max(0) as u32
}

/// What a segment says of urgent data, and of what is pushed.
///
/// # Errors
/// It points to where no urgent data ends; or the end of urgent data or of what was pushed leaves
/// unmarked.
pub(super) fn check(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    if seg.flags.rst() {
        return Ok(());
    }
    let up = send_pointer(tcb);
    match up {
        _ if seg.flags.urg() => points_right(tcb, up, seg, ctx)?,
        Some(up) if (up - 1).within(seg.text_seq(), seg.payload_len) => {
            ctx.unless_pardoned(
                Fault::new(
                    req::RFC9293_MUST_30,
                    kind(seg),
                    "URG on the segment that has the last urgent octet",
                )
                .deep(8),
            )?;
        }
        Some(_) | None => {}
    }
    let new = seg.end().after(tcb.snd.nxt);
    let marked = seg.flags.intersects(Flags::PSH | Flags::FIN) || tcb.snd.wnd == 0;
    if new && !marked && ends_push(tcb, seg.seq, seg.payload_len) {
        ctx.unless_pardoned(
            Fault::new(
                req::RFC9293_MAY_15,
                kind(seg),
                "PSH on the segment that has the last octet of what was pushed",
            )
            .deep(8),
        )?;
    }
    Ok(())
}

/// The pointer is the number after the last urgent octet (RFC9293-MUST-62). Where SEND was called more
/// than once, which one is not insisted upon; and where that is too far away to be told, the pointer may
/// be as large as it can.
fn points_right(
    tcb: &Tcb,
    up: Option<SeqNumber>,
    seg: &Segment,
    ctx: &Context,
) -> Result<(), Fault> {
    let fault = |expected| {
        ctx.unless_pardoned(Fault::new(req::RFC9293_MUST_62, kind(seg), expected).deep(8))
    };
    let Some(mut up) = up else {
        return fault("no URG where no urgent data is on its way");
    };
    if tcb.snd.iss.is_none() {
        up = seg.seq + 1 + tcb.urgent.up;
    }
    let pointed = seg.seq + u32::from(seg.urgent);
    let earlier = tcb.urgent.is(SENDS_MORE) && pointed.after(seg.seq) && pointed.before(up);
    let right = pointed == up || earlier;
    let far = up.distance(seg.seq).max(0) as u32 > FAR && u32::from(seg.urgent) == FAR;
    if right || far {
        return Ok(());
    }
    fault("an urgent pointer to the octet after the last urgent one")
}

/// A segment has left: what it has carried is no more to be marked.
pub(super) fn departed(before: &Tcb, after: &mut Tcb, seg: &Segment) {
    if send_pointer(before).is_none() {
        after.urgent.put(SENDS, false);
    }
    if ends_push(before, seg.seq, seg.payload_len) {
        after.urgent.put(PUSHES, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_urgent_no_more() {
        let mut urgent = Urgent::default();
        urgent.put_left(3, 5);
        urgent.delivered(4);
        assert_eq!((urgent.least(), urgent.most()), (0, 1));
        assert!(urgent.reportable() && !urgent.reports());
        urgent.settle();
        assert_eq!(urgent.least(), 1);
        assert!(urgent.reports());
        urgent.reported(true);
        assert!(!urgent.reportable() && !urgent.reports());
    }

    #[test]
    fn two_explanations_allow_what_either_does() {
        let mut known = Urgent::default();
        known.put(MAY_REPORT | HAS_TO_REPORT, true);
        known.put_exactly(2);
        let none = Urgent::default();
        let both = known.wider(&none);
        assert_eq!((both.least(), both.most()), (0, 2));
        assert!(both.reportable() && !both.reports());
        assert_eq!(both, none.wider(&known));
    }
}
