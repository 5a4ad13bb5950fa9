//! What known deviations may ask of an event, beside its class.

use super::State;
use super::tcb::{Origin, SizeBy, Tcb};
use crate::time::{Instant, Micros};
use crate::wire::{Segment, SeqNumber};

/// A rest that is longer than a round trip.
const REST: Micros = Micros::secs(1);

/// What is special about an event, a segment that arrives above all, seen from the connection that
/// it meets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Marks([u8; 3]);

impl Marks {
    /// Three octets and no alignment: every state of the oracle has some.
    const fn of_bits(bits: u32) -> Marks {
        let [low, middle, high, _] = bits.to_le_bytes();
        Marks([low, middle, high])
    }

    const fn bits(self) -> u32 {
        let [low, middle, high] = self.0;
        u32::from_le_bytes([low, middle, high, 0])
    }

    /// Nothing.
    pub const NONE: Marks = Marks::of_bits(0);
    /// TSval is older than TS.Recent.
    pub const OLDER: Marks = Marks::of_bits(1);
    /// TSval is one tick older than TS.Recent.
    pub const TICK_OLDER: Marks = Marks::of_bits(2);
    /// TSecr is not the TSval of the stack's SYN, nor between those of the first and the last
    /// where it was sent again.
    pub const OTHER_ECHO: Marks = Marks::of_bits(4);
    /// It begins where text or a FIN ends that came ahead of a gap.
    pub const SACK_EDGE: Marks = Marks::of_bits(8);
    /// It meets a simultaneous open: the SYNs have crossed.
    pub const CROSSED: Marks = Marks::of_bits(16);
    /// It has FIN, or one has come before, in sequence or ahead of a gap.
    pub const FIN: Marks = Marks::of_bits(32);
    /// The stack has taken the peer's segment size off another segment than its SYN.
    pub const RESIZED: Marks = Marks::of_bits(64);
    /// TS.Recent is 0, or was when the peer's SYN came.
    pub const ZERO: Marks = Marks::of_bits(128);
    /// The segment has timestamps.
    pub const STAMPED: Marks = Marks::of_bits(256);
    /// It begins or ends about half the number space away from RCV.NXT, where comparisons of numbers
    /// are no order.
    pub const OPPOSITE: Marks = Marks::of_bits(512);
    /// It offers a smaller window, and is not newer than the segment that SND.WND is from.
    pub const SMALLER: Marks = Marks::of_bits(1024);
    /// It offers a larger window, and acknowledges what the segment did that SND.WND is from.
    pub const LARGER: Marks = Marks::of_bits(2048);
    /// No text is in flight, and more waits than an initial window of RFC 3390 has room for.
    pub const BULK: Marks = Marks::of_bits(4096);
    /// More text waits than the window has room for, or than the window that the segment offers.
    pub const CRAMPED: Marks = Marks::of_bits(8192);
    /// SND.WND is from a SYN.
    pub const OF_SYN: Marks = Marks::of_bits(16384);
    /// Enough duplicates to send a segment again have come while the window did not reach SND.NXT, and
    /// nothing was acknowledged since.
    pub const BLOCKED: Marks = Marks::of_bits(32768);
    /// After an active OPEN a second or more has passed in which nothing arrived, and nothing of the
    /// text was acknowledged before.
    pub const RESTED: Marks = Marks::of_bits(65536);
    /// The peer's SYN has come again in SYN-RECEIVED, alone or with more.
    pub const SYN_AGAIN: Marks = Marks::of_bits(131_072);
    /// More is in flight than the peer's MSS by the time of the fault, and text may have been cut by
    /// another: by the default before the handshake, or by one of another segment than a SYN.
    pub const LONG: Marks = Marks::of_bits(262_144);
    /// What was not sent has been acknowledged, while something was in flight.
    pub const OVERSHOT: Marks = Marks::of_bits(524_288);
    /// The window was made larger while text waited and none was in flight, and nothing has left since.
    pub const REOPENED: Marks = Marks::of_bits(1_048_576);
    /// CWR has come with text whose acknowledgment was old, and neither CE nor another CWR since.
    pub const LATE_CWR: Marks = Marks::of_bits(2_097_152);
    /// The connection has ended by a timeout, and was not opened anew.
    pub const TIMED_OUT: Marks = Marks::of_bits(4_194_304);
    /// The peer has announced no MSS, or a larger one than the stack.
    pub const OTHER_MSS: Marks = Marks::of_bits(8_388_608);

    /// All of them with their names.
    pub const NAMES: [(Marks, &'static str); 24] = [
        (Marks::OLDER, "older"),
        (Marks::TICK_OLDER, "tick-older"),
        (Marks::OTHER_ECHO, "other-echo"),
        (Marks::SACK_EDGE, "sack-edge"),
        (Marks::CROSSED, "crossed"),
        (Marks::FIN, "fin"),
        (Marks::RESIZED, "resized"),
        (Marks::ZERO, "zero"),
        (Marks::STAMPED, "stamped"),
        (Marks::OPPOSITE, "opposite"),
        (Marks::SMALLER, "smaller"),
        (Marks::LARGER, "larger"),
        (Marks::BULK, "bulk"),
        (Marks::CRAMPED, "cramped"),
        (Marks::OF_SYN, "of-syn"),
        (Marks::BLOCKED, "blocked"),
        (Marks::RESTED, "rested"),
        (Marks::SYN_AGAIN, "syn-again"),
        (Marks::LONG, "long"),
        (Marks::OVERSHOT, "overshot"),
        (Marks::REOPENED, "reopened"),
        (Marks::LATE_CWR, "late-cwr"),
        (Marks::TIMED_OUT, "timed-out"),
        (Marks::OTHER_MSS, "other-mss"),
    ];

    /// Whether it is special in any of these ways.
    pub fn intersects(self, others: Marks) -> bool {
        self.bits() & others.bits() != 0
    }

    /// Those of either.
    #[must_use]
    pub fn with(self, others: Marks) -> Marks {
        Marks::of_bits(self.bits() | others.bits())
    }

    /// What is special about a segment.
    pub fn of(tcb: &Tcb, seg: &Segment, now: Instant) -> Marks {
        let handshake = matches!(tcb.state, State::SynSent | State::SynReceived);
        let mut marks = Marks::of_connection(tcb, now);
        let mut note = |holds: bool, mark: Marks| {
            if holds {
                marks = marks.with(mark);
            }
        };
        note(seg.options.timestamps.is_some(), Marks::STAMPED);
        if let Some((value, echo)) = seg.options.timestamps {
            let age = tcb.ts.recent.wrapping_sub(value);
            let agreed = tcb.timestamps_agreed();
            note(agreed && (age as i32) > 0, Marks::OLDER);
            note(agreed && age == 1, Marks::TICK_OLDER);
            let other =
                seg.options.duplicate || !tcb.ours.timestamps || !tcb.ts.was_on_own_syn(echo);
            note(handshake && other, Marks::OTHER_ECHO);
        }
        let ends_there = tcb.rcv.ahead.iter().any(|(_, to)| to == seg.seq);
        let behind_fin = tcb.rcv.fin_ahead.is_some_and(|fin| fin + 1 == seg.seq);
        let maybe = tcb.rcv.ahead.overflowed;
        note(ends_there || behind_fin || maybe, Marks::SACK_EDGE);
        let crossed = tcb.state == State::SynReceived && tcb.origin == Origin::Active;
        note(crossed, Marks::CROSSED);
        let again = seg.flags.syn() && seg.seq + 1 == tcb.rcv.nxt;
        note(again && tcb.state == State::SynReceived, Marks::SYN_AGAIN);
        let overshoots = seg.flags.ack() && seg.ack.after(tcb.snd.nxt);
        let outstanding = tcb.snd.una != tcb.snd.nxt;
        note(overshoots && outstanding, Marks::OVERSHOT);
        let opposite = |number: SeqNumber| {
            let off = number.since(tcb.rcv.nxt).abs_diff(1 << 31);
            off <= u32::from(u16::MAX)
        };
        note(opposite(seg.seq) || opposite(seg.end()), Marks::OPPOSITE);
        note(seg.flags.fin(), Marks::FIN);
        let window = tcb.offered(seg);
        let newer =
            tcb.snd.wl1.before(seg.seq) || (tcb.snd.wl1 == seg.seq && tcb.snd.wl2.before(seg.ack));
        let same = tcb.snd.wl2 == seg.ack;
        note(window < tcb.snd.wnd && !newer, Marks::SMALLER);
        note(window > tcb.snd.wnd && same, Marks::LARGER);
        note(tcb.snd.wnd_from_syn, Marks::OF_SYN);
        let offered = (seg.ack + window).later(tcb.snd.nxt);
        let cramped = seg.flags.ack() && tcb.queue_end().after(offered);
        note(cramped, Marks::CRAMPED);
        note(
            seg.flags.syn() && is_bulk(tcb, seg.options.mss),
            Marks::BULK,
        );
        marks
    }

    /// What is special about a connection when it does something wrong, whatever it met before.
    pub fn of_fault(tcb: &Tcb) -> Marks {
        let mss = u32::from(tcb.theirs.mss.unwrap_or(536));
        let flight = tcb.snd.nxt.distance(tcb.snd.una).max(0) as u32;
        let long = match tcb.theirs.size_by {
            SizeBy::Syn | SizeBy::Unsure => mss < 536 && flight > mss,
            SizeBy::Other => flight > mss,
            SizeBy::BeyondLink => true,
        };
        let known = [
            (long, Marks::LONG),
            (is_blocked(tcb), Marks::BLOCKED),
            (tcb.ecn.cwr_was_late(), Marks::LATE_CWR),
            (tcb.timed_out, Marks::TIMED_OUT),
            (
                tcb.theirs.mss.is_none_or(|mss| Some(mss) > tcb.ours.mss),
                Marks::OTHER_MSS,
            ),
        ];
        let those = known.iter().filter(|(holds, _)| *holds);
        those.fold(Marks::NONE, |marks, (_, mark)| marks.with(*mark))
    }

    /// What is special about a connection that a call or an ICMP error meets now.
    pub fn of_connection(tcb: &Tcb, now: Instant) -> Marks {
        let mut marks = Marks::NONE;
        if tcb.rcv.fin || tcb.rcv.fin_ahead.is_some() {
            marks = marks.with(Marks::FIN);
        }
        if matches!(tcb.theirs.size_by, SizeBy::Other | SizeBy::BeyondLink) {
            marks = marks.with(Marks::RESIZED);
        }
        if tcb.queue_end().after(tcb.send_edge().later(tcb.snd.nxt)) {
            marks = marks.with(Marks::CRAMPED);
        }
        if is_bulk(tcb, tcb.theirs.mss) {
            marks = marks.with(Marks::BULK);
        }
        let rested = tcb.snd.una == tcb.text_start() && now.since(tcb.arrived_at) >= REST;
        let before = tcb.input.marks.intersects(Marks::RESTED);
        if tcb.origin == Origin::Active && tcb.state.synchronized() && (rested || before) {
            marks = marks.with(Marks::RESTED);
        }
        let waits = tcb.snd.una == tcb.snd.nxt && tcb.queue_end().after(tcb.snd.nxt);
        let reopened = Marks::LARGER.with(Marks::REOPENED);
        if waits && tcb.input.marks.intersects(reopened) {
            marks = marks.with(Marks::REOPENED);
        }
        let again = tcb.input.marks.intersects(Marks::SYN_AGAIN);
        if again && tcb.state == State::SynReceived {
            marks = marks.with(Marks::SYN_AGAIN);
        }
        if tcb.state.synchronized() && tcb.input.marks.intersects(Marks::OVERSHOT) {
            marks = marks.with(Marks::OVERSHOT);
        }
        if is_blocked(tcb) {
            marks = marks.with(Marks::BLOCKED);
        }
        let zero = tcb.ts.recent == 0 || tcb.ts.of_syn == 0;
        if tcb.timestamps_agreed() && zero {
            marks = marks.with(Marks::ZERO);
        }
        marks
    }
}

/// Whether enough duplicates have come, and the window had no room for what is in flight.
fn is_blocked(tcb: &Tcb) -> bool {
    let shrunk = tcb.send_edge().before(tcb.snd.nxt);
    tcb.rtx.dup_acks >= 3 && (shrunk || tcb.input.marks.intersects(Marks::BLOCKED))
}

/// Whether more text waits than an initial window of RFC 3390 has room for, if the peer's segment size
/// is this, and none is in flight.
fn is_bulk(tcb: &Tcb, mss: Option<u16>) -> bool {
    let mss = u32::from(mss.unwrap_or(536));
    let idle =
        tcb.snd.una == tcb.snd.nxt || matches!(tcb.state, State::SynSent | State::SynReceived);
    let waits = tcb.queue_end().distance(tcb.snd.nxt).max(0) as u32;
    idle && waits > (4 * mss).min(4_380.max(2 * mss))
}
