//! How much may be in flight: an upper bound of the congestion window (RFC 5681, RFC 6928).
//!
//! The bound grows in slow start by all that is acknowledged, and by a segment at least; after a
//! loss it is what the standard leaves of it. While something is being sent again, what may leave
//! is counted out: each octet that is acknowledged frees its place, and lets the window grow.

use super::{Cause, Flight, Sent, may_undo, passes};
use crate::model::emits::miss;
use crate::model::{Context, EventClass, Fault, Tcb};
use crate::oracle::Instead;
use crate::spec::{Req, req};
use crate::stack::CongestionControl;
use crate::time::Instant;
use crate::wire::{Segment, SeqNumber};

/// What is being done about a loss.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Phase {
    /// Nothing was lost, as far as the stack knows.
    #[default]
    Open,
    /// The retransmission timer has fired.
    Timeout,
    /// Three duplicate acknowledgments have come.
    Recovery,
}

/// What the window is bounded by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Bound {
    /// The initial window.
    #[default]
    Initial,
    /// What was left after a timeout: so much.
    Timeout(u32),
    /// What was left after fast recovery: so much.
    Recovery(u32),
    /// What was left after the peer has told of congestion: so much.
    Echo(u32),
}

/// An upper bound of the congestion window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Congestion {
    bound: Bound,
    /// By so much it may have grown since.
    grown: u32,
    /// The slow start threshold; none before the first loss.
    threshold: Option<u32>,
    /// In congestion avoidance: the window when this round trip began, and how many octets were
    /// acknowledged since.
    round: (u32, u32),
    phase: Phase,
    /// So much text may leave until more is acknowledged, outside [`Phase::Open`].
    budget: u32,
    /// SND.NXT when the phase began: it ends there.
    recover: Option<SeqNumber>,
    /// Something was acknowledged in this phase.
    answered: bool,
    /// So many acknowledgments of something new have come in fast recovery.
    advances: u32,
    /// Three duplicates in a row have begun it.
    surely: bool,
    /// So many segments with text have left since nothing was outstanding.
    segments: u32,
    /// One of them was not full.
    mixed: bool,
    /// So many acknowledgments of nothing new have come since.
    duplicates: u32,
    /// Why something was sent again is not known: up to there the bound does not hold.
    loose: Option<SeqNumber>,
    /// So many SYNs were sent again by the timer.
    lost_syns: u8,
    /// Text was sent again, for whatever reason.
    lossy: bool,
    /// The window after a long pause, and how far it may have grown since.
    restarted: Option<u32>,
    /// The largest flight.
    largest: u32,
}

/// RFC6928-2: ten segments, of no more than 14600 octets unless they are large.
pub fn initial_window(mss: u32) -> u32 {
    (10 * mss).min(14_600.max(2 * mss))
}

impl Congestion {
    pub(super) fn syn_lost(&mut self) {
        self.lost_syns = self.lost_syns.saturating_add(1);
    }

    /// Nothing of the text was acknowledged yet, or lost.
    pub(super) fn is_fresh(&self) -> bool {
        self.bound == Bound::Initial && self.grown == 0 && self.is_open()
    }

    pub(super) fn is_open(&self) -> bool {
        self.phase == Phase::Open
    }

    /// Nothing is being done about a loss, and the bound holds.
    pub(super) fn binds(&self) -> bool {
        self.is_open() && self.loose.is_none()
    }

    pub(super) fn recovers(&self) -> bool {
        self.phase == Phase::Recovery && self.surely
    }

    /// In fast recovery, `una` is an acknowledgment of a part only.
    pub(super) fn is_partial(&self, una: SeqNumber) -> bool {
        self.recovers() && self.recover.is_some_and(|recover| una.before(recover))
    }

    /// The SYN had to be sent again, and no round trip was measured since.
    pub(super) fn is_timed_as_syn(&self, tcb: &Tcb) -> bool {
        self.is_fresh() && self.lost_syns > 0 && !tcb.timestamps_agreed()
    }

    /// Acknowledgments of nothing new have come since the flight began.
    pub(super) fn has_duplicates(&self) -> bool {
        self.duplicates > 0
    }

    /// Something was acknowledged since the loss.
    pub(super) fn is_answered(&self) -> bool {
        self.answered
    }

    pub(super) fn timed_out(&self) -> bool {
        self.phase == Phase::Timeout
    }

    /// One segment is outstanding, and it is the first flight, or all before it went well.
    pub(super) fn is_single(&self) -> bool {
        self.segments == 1 && !self.lossy && self.lost_syns == 0
    }

    /// Up to there the bound does not hold.
    pub(super) fn loosen(&mut self, nxt: SeqNumber) {
        self.phase = Phase::Open;
        self.loose = Some(self.loose.map_or(nxt, |known| known.later(nxt)));
    }

    /// The largest that the congestion window can be.
    pub(super) fn window(&self, full: u32) -> u32 {
        let begun = match self.bound {
            // Who has lost more than one SYN begins with one segment (RFC5681-3.1-4, RFC 6928
            // section 2).
            Bound::Initial if self.lost_syns > 1 => full,
            Bound::Initial => initial_window(full),
            Bound::Timeout(left) | Bound::Recovery(left) | Bound::Echo(left) => left,
        };
        begun.saturating_add(self.grown)
    }

    /// By how much the window may grow with one acknowledgment.
    fn growth(&mut self, acked: u32, full: u32, ctx: &Context) -> u32 {
        // Who counts segments counts small ones as well.
        let counted = match self.mixed {
            true => self.segments.saturating_mul(full),
            false => full,
        };
        let most = acked.max(counted);
        let window = self.window(full);
        let Some(threshold) = self.threshold.filter(|threshold| window >= *threshold) else {
            self.round = (0, 0);
            return most;
        };
        let growth = match ctx.profile.congestion {
            CongestionControl::Reno => self.linear(most, window, full),
            // RFC 9438 section 4.4: in a round trip by half at most.
            CongestionControl::Cubic | CongestionControl::None => most / 2 + 1,
        };
        // The window may be smaller than this bound, and its slow start last longer; and who counts
        // octets may have counted nearly a window of them.
        let slower = threshold.saturating_add(most).saturating_add(full);
        growth.max(slower.saturating_sub(window))
    }

    /// Congestion avoidance: a segment for each window, however that is counted.
    fn linear(&mut self, most: u32, window: u32, full: u32) -> u32 {
        let (begun, counted) = match self.round {
            (0, _) => (window, 0),
            round => round,
        };
        let counted = counted.saturating_add(most);
        self.round = match counted < begun {
            true => (begun, counted),
            false => (0, 0),
        };
        (u64::from(full) * u64::from(most) / u64::from(begun.max(1))) as u32 + 1
    }

    /// What is left of the window after a loss.
    fn reduced(&self, flight: u32, full: u32, ctx: &Context) -> u32 {
        let left = match ctx.profile.congestion {
            CongestionControl::Reno => flight / 2,
            // RFC 9438 section 4.6, and it may have been more than was in flight.
            CongestionControl::Cubic | CongestionControl::None => {
                let window = self
                    .window(full)
                    .min(self.largest.saturating_mul(2))
                    .max(flight);
                (u64::from(window) * 7 / 10) as u32
            }
        };
        left.max(2 * full)
    }

    /// The peer tells of congestion. What is outstanding still was sent before, and the window may be
    /// reduced bit by bit until that is acknowledged (RFC 6937).
    pub(super) fn echoed(&mut self, full: u32, tcb: &Tcb, ctx: &Context) {
        let window = u64::from(self.window(full));
        let left = match ctx.profile.congestion {
            CongestionControl::Reno => window / 2,
            // RFC 8511 section 3 lets it be as much as this.
            CongestionControl::Cubic | CongestionControl::None => window * 85 / 100,
        };
        let left = (left as u32).max(2 * full);
        self.threshold = Some(left);
        self.begins_with(Bound::Echo(left));
        if tcb.snd.una != tcb.snd.nxt {
            self.loosen(tcb.snd.nxt);
        }
    }

    /// Text has left; `closed` when the window is, or was in this flight, as far as can be told.
    pub(super) fn sent(
        &mut self,
        text: &Sent,
        flight: u32,
        nxt: SeqNumber,
        closed: bool,
        tcb: &Tcb,
        ctx: &Context,
    ) {
        self.lossy |= text.again;
        let timeout = text.first && text.cause == Cause::Timer && !closed;
        // What is sent again at an acknowledgment that follows a timeout may only go on with it.
        let goes_on = self.loose.is_some() && may_undo(tcb);
        let signalled = text.first && text.signalled && !goes_on;
        // Who does without NewReno ends fast recovery at the first acknowledgment of something new, and
        // begins it once more.
        let begins = self.phase != Phase::Recovery || self.advances > 0;
        let recovery = signalled && begins && !closed;
        if timeout {
            self.times_out(text, flight, nxt, tcb, ctx);
        } else if recovery {
            self.begins_recovery(text, flight, nxt, tcb, ctx);
        } else if text.again && (self.is_open() || text.perhaps_timed && !self.timed_out()) {
            self.loosen(nxt);
        } else if text.perhaps_timed {
            // If the timer has fired once more, that is the one segment.
            let left = self.budget.saturating_sub(text.text);
            self.budget = left.max(text.full.saturating_sub(text.beyond));
        } else {
            self.budget = self.budget.saturating_sub(text.text);
        }
        if text.end.after(nxt) {
            if flight == 0 {
                self.segments = 0;
                self.mixed = false;
                self.duplicates = 0;
            }
            self.segments = self.segments.saturating_add(1);
            self.mixed |= text.text + 60 < text.full;
            self.largest = self.largest.max(flight + text.text);
        }
    }

    fn times_out(&mut self, text: &Sent, flight: u32, nxt: SeqNumber, tcb: &Tcb, ctx: &Context) {
        if !may_undo(tcb) {
            if !self.timed_out() {
                let reduced = self.reduced(flight, text.full, ctx);
                // For what was sent again before, RFC 5681 section 3.1 holds it as it is.
                let held = self.threshold.filter(|_| text.resent_before).unwrap_or(0);
                self.threshold = Some(reduced.max(held));
            }
            self.begins_with(Bound::Timeout(text.full));
        }
        self.phase = Phase::Timeout;
        self.loose = None;
        self.recover = Some(nxt);
        self.answered = false;
        self.duplicates = 0;
        self.budget = text.full.saturating_sub(text.beyond);
    }

    fn begins_recovery(
        &mut self,
        text: &Sent,
        flight: u32,
        nxt: SeqNumber,
        tcb: &Tcb,
        ctx: &Context,
    ) {
        let before = match self.phase {
            Phase::Recovery => self.threshold.unwrap_or(0),
            Phase::Open | Phase::Timeout => 0,
        };
        let left = self.reduced(flight, text.full, ctx).max(before);
        if !may_undo(tcb) {
            self.threshold = Some(left);
        }
        // Of what was outstanding at a timeout, nothing counts any more.
        let una = nxt - flight;
        let outstanding = match self.recover {
            Some(recover) if una.before(recover) => 0,
            Some(_) | None => flight,
        };
        self.loose = None;
        self.recover = Some(nxt);
        self.answered = false;
        // The lost segment, and what three that have left the network make room for; with SACK
        // all that the smaller window has room for (RFC 6675 section 5).
        let inflated = text.full + (left.saturating_add(3 * text.full)).saturating_sub(outstanding);
        let most = match tcb.sack_agreed() {
            true => left.max(inflated),
            false => inflated,
        };
        self.budget = most.saturating_sub(text.text);
        self.surely = text.surely;
        self.advances = 0;
        self.phase = Phase::Recovery;
    }

    /// Something has arrived that acknowledges so many octets; `echo` when it tells of congestion.
    pub(super) fn heard(
        &mut self,
        acked: u32,
        una: SeqNumber,
        full: u32,
        echo: bool,
        tcb: &Tcb,
        ctx: &Context,
    ) {
        let growth = match acked {
            0 => 0,
            _ if echo && matches!(self.bound, Bound::Echo(_)) => 0,
            _ => self.growth(acked, full, ctx),
        };
        self.answered |= acked > 0 || self.phase == Phase::Recovery;
        if acked == 0 {
            self.duplicates = self.duplicates.saturating_add(1);
        }
        match self.phase {
            Phase::Open => self.grow(growth),
            Phase::Timeout if may_undo(tcb) => {
                self.grow(growth);
                self.loosen(tcb.snd.nxt);
            }
            Phase::Timeout => {
                // Who has sent two new segments to find out whether anything was lost may go on with
                // a third at the first duplicate (RFC 5682 section 2.1).
                let third = match acked == 0 && self.duplicates == 1 && self.answered {
                    true => full,
                    false => 0,
                };
                self.grow(growth);
                let more = acked.saturating_add(growth).saturating_add(third);
                self.budget = self.budget.saturating_add(more);
            }
            Phase::Recovery => {
                if may_undo(tcb) {
                    self.grow(growth);
                }
                self.advances = self.advances.saturating_add(u32::from(acked > 0));
                // What SACK tells of has left the network as well: what it is is not counted out.
                let told = match tcb.sack_agreed() {
                    true => self.largest,
                    false => 0,
                };
                self.budget = self
                    .budget
                    .saturating_add(acked)
                    .saturating_add(full)
                    .saturating_add(told);
            }
        }
        if !self.is_open() && self.recover.is_none_or(|recover| una.at_or_after(recover)) {
            self.ends_phase(full, tcb);
        }
        if super::probing(tcb) {
            self.loosen(tcb.snd.nxt);
        }
        self.loose = self.loose.filter(|until| una.before(*until));
    }

    /// So much is left, and has not grown yet.
    fn begins_with(&mut self, bound: Bound) {
        self.bound = bound;
        self.grown = 0;
        self.round = (0, 0);
        self.restarted = None;
    }

    fn grow(&mut self, by: u32) {
        self.grown = self.grown.saturating_add(by);
        self.restarted = self.restarted.map(|window| window.saturating_add(by));
    }

    /// All that was outstanding when the phase began is acknowledged.
    fn ends_phase(&mut self, full: u32, tcb: &Tcb) {
        if let (Phase::Recovery, Some(threshold), false) =
            (self.phase, self.threshold, may_undo(tcb))
        {
            // RFC 6582 section 3.2 lets it be a segment more than the threshold. RFC 5681 section 3.2
            // ends at the first acknowledgment of something new, and lets it grow from there.
            let each = u64::from(full) * u64::from(full) / u64::from(threshold.max(1));
            let grown = (each.max(1) * u64::from(self.advances)).min(threshold.into()) as u32;
            let left = threshold.saturating_add(full).saturating_add(grown);
            self.begins_with(Bound::Recovery(left));
        }
        self.phase = Phase::Open;
        self.duplicates = 0;
    }

    /// The window after a pause, and what it may have grown to since, if there was one: text leaves
    /// now, and nothing is outstanding.
    pub(super) fn restarts(
        &self,
        idle_since: Instant,
        full: u32,
        tcb: &Tcb,
        ctx: &Context,
    ) -> Option<u32> {
        let pause = ctx.now.since(idle_since);
        let timeout = tcb.rtx.ceiling.max(ctx.profile.rto_initial);
        match pause > timeout.times(2) && self.window(full) > initial_window(full) {
            true => Some(initial_window(full)),
            false => self.restarted,
        }
    }

    /// Text leaves now, and nothing is outstanding.
    pub(super) fn restart(&mut self, idle_since: Instant, full: u32, tcb: &Tcb, ctx: &Context) {
        self.restarted = self.restarts(idle_since, full, tcb, ctx);
    }

    /// Which rule is broken by so much in flight.
    pub(super) fn excess(&self) -> Req {
        match self.bound {
            Bound::Initial if self.grown > 0 => req::RFC5681_2_1,
            Bound::Initial if self.lost_syns > 1 => req::RFC5681_3_1_4,
            Bound::Initial => req::RFC5681_3_1_2,
            Bound::Timeout(_) => req::RFC5681_3_1_8,
            Bound::Recovery(_) if self.grown == 0 => req::RFC5681_3_2_7,
            Bound::Recovery(_) => req::RFC5681_3_1_7,
            Bound::Echo(_) => req::RFC3168_6_1_2_1,
        }
    }
}

impl Flight {
    /// How much is in flight.
    pub(super) fn check_congestion(
        &self,
        tcb: &mut Tcb,
        text: &Sent,
        seg: &Segment,
        ctx: &Context,
    ) -> Result<(), Fault> {
        // What is sent again for a smaller MTU tells of no congestion.
        if ctx.profile.congestion == CongestionControl::None || self.small.path_narrowed {
            return Ok(());
        }
        let congestion = &self.congestion;
        let fault = |by, expected| passes(by, Instead::Text, expected, ctx);
        match congestion.phase {
            Phase::Open => self.check_open(tcb, text, seg, ctx),
            _ if text.cause == Cause::Timer || text.perhaps_timed => Ok(()),
            _ if text.first && (text.signalled || text.cause == Cause::Unclear) => Ok(()),
            _ if text.text <= congestion.budget => Ok(()),
            // Limited transmit (RFC 3042).
            _ if !text.again && (1..=2).contains(&congestion.duplicates) => Ok(()),
            Phase::Timeout if congestion.answered => fault(
                req::RFC5681_3_1_1,
                "after a timeout two segments at most for each that is acknowledged",
            ),
            Phase::Timeout => fault(
                req::RFC5681_3_1_9,
                "after a timeout one segment, and no more until something is acknowledged",
            ),
            Phase::Recovery if congestion.answered => fault(
                req::RFC5681_3_2_7,
                "in fast recovery one segment at most for each that has left the network",
            ),
            Phase::Recovery => fault(
                req::RFC5681_3_2_6,
                "the lost segment again, and no more than the halved window has room for",
            ),
        }
    }

    fn check_open(
        &self,
        tcb: &mut Tcb,
        text: &Sent,
        seg: &Segment,
        ctx: &Context,
    ) -> Result<(), Fault> {
        let congestion = &self.congestion;
        if congestion.loose.is_some() || !text.end.after(tcb.snd.nxt) {
            return Ok(());
        }
        let flight = text.end.since(tcb.snd.una);
        let inflated = congestion.duplicates.saturating_mul(text.full);
        let most = congestion.window(text.full).saturating_add(inflated);
        let by_arrival = matches!(tcb.input.class, EventClass::Segment(_));
        if flight > most && congestion.duplicates > 0 && by_arrival {
            miss(tcb, seg, ctx, req::RFC3042_2_1);
        } else if flight > most && matches!(congestion.bound, Bound::Echo(_)) {
            // A loss since that was none may have brought back the window from before.
            if !(congestion.lossy && may_undo(tcb)) {
                miss(tcb, seg, ctx, congestion.excess());
            }
        } else if flight > most {
            passes(
                congestion.excess(),
                Instead::Text,
                "no more in flight than the congestion window can be by now",
                ctx,
            )?;
        }
        let restarted = match self.una == self.nxt {
            true => congestion.restarts(self.idle_since(), text.full, tcb, ctx),
            false => congestion.restarted,
        };
        if restarted.is_some_and(|most| flight > most.saturating_add(inflated)) {
            miss(tcb, seg, ctx, req::RFC5681_4_1_1);
        }
        Ok(())
    }

    /// Since when nothing of weight has happened, at the latest.
    pub(super) fn idle_since(&self) -> Instant {
        self.sent_at.max(self.heard_at)
    }
}
