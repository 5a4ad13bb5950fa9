//! What tells of a loss, and what is sent again for it (RFC 5681 section 3.2, RFC 6298 section 5,
//! RFC 6582, RFC 6675, RFC 2018 section 5).

use super::{Cause, Flight, Owed, Sent, passes};
use crate::model::ahead::lies_in;
use crate::model::emits::{kind, miss};
use crate::model::{Context, Fault, State, Tcb};
use crate::spec::req;
use crate::time::{Instant, Micros};
use crate::wire::{Flags, Segment, SeqNumber};

/// So many duplicates tell of a loss.
const THRESHOLD: u8 = 3;
/// The timeout for text after a lost SYN, before there is a sample: three seconds (RFC6298-5-5),
/// less a tick of half a second, which is the longest in use, and a little more.
const AFTER_LOST_SYN: Micros = Micros::millis(2_400);
/// A retransmission that SACK calls for may wait as long as reordering is put up with
/// (RFC 8985 section 6.2).
const REORDERING: Micros = Micros::millis(500);

/// What tells of a loss, and what was sent again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Loss {
    /// Duplicate acknowledgments in a row, with nothing else between them.
    duplicates: u8,
    /// The last window field.
    window: Option<u16>,
    /// How far text has been sent again, of what is outstanding.
    resent_to: Option<SeqNumber>,
    /// SND.NXT when something was last called lost.
    recover: Option<SeqNumber>,
    /// The timer has fired in fast recovery, and has sent the first segment again; nothing else has
    /// left since, and nothing was acknowledged.
    cut_short: bool,
    /// When SND.UNA last advanced, with something left outstanding.
    advanced_at: Instant,
    /// When the flight began.
    flight_at: Instant,
    /// Nothing of this flight was sent again.
    clean: bool,
    /// All of this flight left at once.
    burst: bool,
    /// The last two round trips of flights that left at once and were acknowledged at once.
    trips: [Micros; 2],
    /// What SACK has told of last.
    told: [(u32, u32); 4],
    /// The end of all that it has told of.
    told_to: SeqNumber,
    /// The last arrival has told of something beyond that.
    told_more: bool,
    /// When a duplicate came that told of nothing though SACK is agreed on.
    bare_at: Instant,
    /// Text waited before the last arrival.
    held: bool,
    /// The same, before the arrival that is being looked at.
    was_held: bool,
}

impl Default for Loss {
    fn default() -> Loss {
        Loss {
            duplicates: 0,
            window: None,
            resent_to: None,
            recover: None,
            cut_short: false,
            advanced_at: Instant::NEVER,
            flight_at: Instant::START,
            clean: true,
            burst: true,
            trips: [Micros::ZERO; 2],
            told: [(0, 0); 4],
            told_to: SeqNumber::default(),
            told_more: false,
            bare_at: Instant::NEVER,
            held: false,
            was_held: false,
        }
    }
}

impl Loss {
    /// Whether three duplicates in a row have come.
    pub(super) fn tells(&self) -> bool {
        self.duplicates >= THRESHOLD
    }

    /// Something of this flight was acknowledged, and nothing was sent again.
    pub(super) fn advances(&self) -> bool {
        let untouched = self.resent_to.is_none() && self.duplicates == 0;
        untouched && self.advanced_at != Instant::NEVER
    }

    /// Nothing of this flight was sent again.
    pub(super) fn is_clean(&self) -> bool {
        self.clean
    }

    /// The shorter of the last two round trips; zero where one is not known.
    pub(super) fn shortest_trip(&self) -> Micros {
        self.trips[0].min(self.trips[1])
    }

    /// The timer has cut fast recovery short, and nothing has come of it yet.
    pub(super) fn is_cut_short(&self) -> bool {
        self.cut_short
    }

    /// Something was found lost before.
    pub(super) fn has_recovered(&self) -> bool {
        self.recover.is_some()
    }

    /// Duplicates have come, and too few.
    pub(super) fn hints(&self) -> bool {
        (1..THRESHOLD).contains(&self.duplicates)
    }

    /// A duplicate has come that tells of nothing, and text waits as it did before.
    pub(super) fn keeps_back(&self) -> bool {
        self.bare_at != Instant::NEVER && self.was_held
    }

    /// What was last called lost is not acknowledged with what was sent up to then.
    pub(super) fn is_of_same_window(&self, una: SeqNumber) -> bool {
        self.recover
            .is_some_and(|recover| una.at_or_before(recover))
    }

    pub(super) fn forget(&mut self) {
        self.duplicates = 0;
        self.clean = false;
        self.advanced_at = Instant::NEVER;
        self.trips = [Micros::ZERO; 2];
    }

    /// Whether what begins here was sent again, and is outstanding still.
    pub(super) fn has_resent(&self, number: SeqNumber) -> bool {
        self.resent_to.is_some_and(|to| to.after(number))
    }

    /// The user has called: what leaves now may leave for that.
    pub(super) fn called(&mut self) {
        self.bare_at = Instant::NEVER;
    }

    pub(super) fn held_back(&mut self, waits: bool) {
        self.was_held = self.held;
        self.held = waits;
    }

    /// A duplicate acknowledgment as RFC 5681 section 2 defines it, of text, and in sequence.
    pub(super) fn is_duplicate(&self, seg: &Segment, tcb: &Tcb, una: SeqNumber) -> bool {
        let outstanding = tcb.snd.una != tcb.snd.nxt && tcb.snd.fin != Some(tcb.snd.una);
        outstanding
            && seg.flags.ack()
            && seg.is_empty()
            && !seg.flags.intersects(Flags::SYN | Flags::FIN | Flags::RST)
            && seg.ack == una
            && tcb.snd.una == una
            && seg.seq == tcb.rcv.nxt
            && self.window == Some(seg.window)
    }

    /// Something has arrived.
    pub(super) fn heard(
        &mut self,
        seg: &Segment,
        duplicate: bool,
        acked: u32,
        tcb: &Tcb,
        ctx: &Context,
    ) {
        self.duplicates = match duplicate {
            true => self.duplicates.saturating_add(1),
            false => 0,
        };
        let una = tcb.snd.una;
        let taken = tcb.snd.wl1 == seg.seq && tcb.snd.wl2 == seg.ack;
        let plain =
            seg.flags.ack() && !seg.flags.syn() && seg.ack == una && taken && seg.is_empty();
        self.window = plain.then_some(seg.window);
        if acked > 0 {
            self.cut_short = false;
            let all = una == tcb.snd.nxt;
            let at_once = self.burst && self.advanced_at == Instant::NEVER;
            // Any other may have been timed by a part that was answered sooner.
            self.trips = match all && self.clean && at_once {
                true => [self.trips[1], ctx.now.since(self.flight_at)],
                false => Default::default(),
            };
            self.advanced_at = if all { Instant::NEVER } else { ctx.now };
            self.resent_to = self.resent_to.filter(|to| to.after(una));
        }
        self.bare_at = Instant::NEVER;
        self.told_more = false;
        if !tcb.sack_agreed() {
            return;
        }
        let outstanding = |block: &&(u32, u32)| {
            let (left, right) = (SeqNumber(block.0), SeqNumber(block.1));
            right.after(una) && left.before(right) && right.at_or_before(tcb.snd.nxt)
        };
        let blocks = seg.options.sack.iter().filter(outstanding);
        let known = self.told_to.later(una);
        let ends = blocks.clone().map(|block| SeqNumber(block.1));
        self.told_to = ends.fold(self.told_to, SeqNumber::later);
        // What lies ahead of a gap may be kept for later, and what it tells with it.
        if seg.seq.after(tcb.rcv.nxt) {
            return;
        }
        self.told_more = taken && self.told_to.after(known);
        if !seg.options.sack.is_empty() {
            self.told = [(0, 0); 4];
            for (place, block) in self.told.iter_mut().zip(blocks.filter(|_| taken)) {
                *place = *block;
            }
        } else if duplicate {
            self.bare_at = ctx.now;
        }
    }

    /// Text has left; `nxt` was SND.NXT, `idle` whether nothing was outstanding, and `recovering`
    /// whether this was fast recovery.
    pub(super) fn sent(&mut self, text: &Sent, nxt: SeqNumber, idle: bool, recovering: bool) {
        let timed = text.first && text.cause == Cause::Timer;
        self.cut_short = timed && (recovering || self.cut_short);
        if idle {
            self.flight_at = text.now;
            self.told_to = text.seq;
            self.clean = true;
            self.burst = true;
            self.duplicates = 0;
            self.resent_to = None;
            self.advanced_at = Instant::NEVER;
        }
        self.burst &= text.now == self.flight_at;
        if !text.again {
            return;
        }
        self.clean = false;
        let to = text.end.earlier(nxt);
        self.resent_to = Some(self.resent_to.map_or(to, |known| known.later(to)));
        if text.first && (text.cause == Cause::Timer || text.signalled) {
            self.recover = Some(nxt);
        }
        if text.cause == Cause::Timer || text.first && text.cause == Cause::Unclear {
            // After a timeout the peer may have thrown away what it told of.
            self.told = [(0, 0); 4];
        }
    }

    /// Whether the peer has thrown away what it told of (RFC 2018 section 8), or contradicts itself: it
    /// acknowledges no more than what lies before, or a part. Then it has told of nothing.
    pub(super) fn is_thrown_away(&self, una: SeqNumber) -> bool {
        self.told.iter().any(|&(left, right)| {
            let (left, right) = (SeqNumber(left), SeqNumber(right));
            left.at_or_before(una) && una.before(right)
        })
    }

    /// Whether SACK has told of all of this, and still holds.
    fn was_told(&self, text: &Sent, una: SeqNumber) -> bool {
        if self.is_thrown_away(una) {
            return false;
        }
        self.told.iter().any(|&(left, right)| {
            let (left, right) = (SeqNumber(left), SeqNumber(right));
            left.before(right) && lies_in((text.seq, text.end), (left, right))
        })
    }

    /// How many octets beyond `una` SACK has told of.
    pub(super) fn octets_told(&self, una: SeqNumber, nxt: SeqNumber) -> u32 {
        if self.is_thrown_away(una) {
            return 0;
        }
        let mut octets = 0u32;
        for (n, &(left, right)) in self.told.iter().enumerate() {
            let (from, to) = (SeqNumber(left), SeqNumber(right));
            let outstanding = from.after(una) && from.before(to) && to.at_or_before(nxt);
            let repeated = self.told[..n].contains(&(left, right));
            if outstanding && !repeated {
                octets = octets.saturating_add(to.since(from));
            }
        }
        octets
    }
}

impl Flight {
    /// What is sent again, and when.
    pub(super) fn check_loss(
        &self,
        tcb: &mut Tcb,
        text: &Sent,
        seg: &Segment,
        ctx: &Context,
    ) -> Result<(), Fault> {
        if !text.again {
            return self.check_bare(tcb, text, seg, ctx);
        }
        match text.cause {
            Cause::Timer => self.check_timed(tcb, text, seg, ctx),
            Cause::Arrival => self.check_signalled(tcb, text, seg, ctx),
            Cause::Unclear => Ok(()),
        }
    }

    /// New text must not be set going by a duplicate that tells of nothing, where it would not
    /// have left without (RFC3042-2-2). Where there may have been room, it may have waited for some
    /// other reason.
    fn check_bare(
        &self,
        tcb: &Tcb,
        text: &Sent,
        seg: &Segment,
        ctx: &Context,
    ) -> Result<(), Fault> {
        let by_sack = ctx.profile.recovers_by_sack && tcb.sack_agreed();
        let held = self.loss.bare_at == text.now && self.loss.was_held;
        let flight = text.end.since(tcb.snd.una);
        let room = flight <= self.congestion.window(text.full);
        if !by_sack || !held || room || !self.congestion.is_open() {
            return Ok(());
        }
        passes(
            req::RFC3042_2_2,
            kind(seg),
            "nothing new for a duplicate that SACK says nothing with",
            ctx,
        )
    }

    fn check_timed(
        &self,
        tcb: &mut Tcb,
        text: &Sent,
        seg: &Segment,
        ctx: &Context,
    ) -> Result<(), Fault> {
        // With SACK a probe of the tail may come before the timeout (RFC 8985 section 7).
        if tcb.sack_agreed() {
            return Ok(());
        }
        if !text.first {
            // What goes with an acknowledgment that was delayed, the timer of that sets going.
            // What follows something that was sent again goes on with it, whenever it leaves.
            let goes_on = |to: SeqNumber| to.after(tcb.snd.una) && to.at_or_after(text.seq);
            let goes_on = self.loss.resent_to.is_some_and(goes_on);
            if self.acked == Some(seg.ack) && !goes_on {
                miss(tcb, seg, ctx, req::RFC6298_5_3);
            }
            return Ok(());
        }
        let loss = &self.loss;
        let since = |at: Instant| text.now.since(at) + ctx.profile.slack;
        if loss.advances() {
            if since(loss.advanced_at) < ctx.profile.rto_min {
                miss(tcb, seg, ctx, req::RFC6298_5_2);
            }
            return Ok(());
        }
        let waited = since(loss.flight_at);
        if loss.clean && self.congestion.is_timed_as_syn(tcb) && waited < AFTER_LOST_SYN {
            passes(
                req::RFC6298_5_5,
                kind(seg),
                "three seconds to the first retransmission, for the SYN had to be sent again",
                ctx,
            )?;
        }
        let shortest = loss.shortest_trip();
        if loss.clean && waited < Micros(shortest.0 / 10 * 9).min(ctx.profile.rto_max) {
            passes(
                req::RFC6298_3_2,
                kind(seg),
                "a timeout that has followed the round trips",
                ctx,
            )?;
        }
        Ok(())
    }

    fn check_signalled(
        &self,
        tcb: &mut Tcb,
        text: &Sent,
        seg: &Segment,
        ctx: &Context,
    ) -> Result<(), Fault> {
        let loss = &self.loss;
        if tcb.sack_agreed() {
            if loss.was_told(text, tcb.snd.una) && !self.congestion.timed_out() {
                miss(tcb, seg, ctx, req::RFC2018_5_1);
            }
            return match ctx.profile.recovers_by_sack {
                true => self.check_by_sack(tcb, text, seg, ctx),
                false => Ok(()),
            };
        }
        let same_window = loss.is_of_same_window(self.una);
        let again = loss.resent_to.is_some_and(|to| to.after(text.seq));
        if text.first && loss.tells() && same_window && again && !tcb.timestamps_agreed() {
            miss(tcb, seg, ctx, req::RFC6582_3_2_P01);
        }
        Ok(())
    }

    /// What SACK tells to be lost is sent again from the first on, and once (RFC 6675).
    fn check_by_sack(
        &self,
        tcb: &Tcb,
        text: &Sent,
        seg: &Segment,
        ctx: &Context,
    ) -> Result<(), Fault> {
        let loss = &self.loss;
        let fault = |by, expected| passes(by, kind(seg), expected, ctx);
        if text.first && loss.cut_short && !text.perhaps_timed {
            fault(
                req::RFC6675_5_1_1,
                "no second recovery before what a timeout has cut short is acknowledged",
            )?;
        }
        let una = tcb.snd.una;
        let lost = loss.octets_told(una, tcb.snd.nxt) > 2 * text.full;
        let outside = tcb.send_edge().before(tcb.snd.nxt);
        let passed_over = text.seq.after(una) && !loss.has_resent(una);
        if lost && passed_over && !outside && !loss.cut_short {
            fault(
                req::RFC6675_4_2,
                "of what SACK tells to be lost, the first first",
            )?;
        }
        Ok(())
    }

    /// What an arrival makes the stack owe.
    pub(super) fn owed_again(
        &self,
        duplicate: bool,
        acked: u32,
        full: u32,
        tcb: &Tcb,
        ctx: &Context,
    ) -> Option<Owed> {
        let loss = &self.loss;
        let una = tcb.snd.una;
        let outstanding = una != tcb.snd.nxt && tcb.snd.fin != Some(una);
        // In CLOSING and LAST-ACK, what does not acknowledge the FIN may be dropped.
        let heeds = !matches!(tcb.state, State::Closing | State::LastAck);
        // What the window has no room for any more need not be sent again.
        let outside = tcb.send_edge().before(tcb.snd.nxt);
        if !outstanding || outside || !heeds || loss.resent_to.is_some() {
            return None;
        }
        let owed = |at, by, expected| Owed {
            at,
            by,
            expected,
            again: Some(una),
        };
        let later = loss.recover.is_none_or(|recover| una.after(recover));
        if tcb.sack_agreed() {
            let lost = loss.octets_told(una, tcb.snd.nxt) > 2 * full;
            // What tells of nothing new is no duplicate (RFC 6675 section 2).
            let tells = ctx.profile.recovers_by_sack
                && lost
                && loss.told_more
                && self.congestion.is_open()
                && later;
            let expected = "what lies below three segments that SACK has told of, again";
            return tells.then(|| owed(ctx.now + REORDERING, req::RFC6675_5_1, expected));
        }
        if duplicate && loss.duplicates == THRESHOLD && self.congestion.is_open() && later {
            let expected = "at the third duplicate acknowledgment, what is not acknowledged, again";
            return Some(owed(ctx.now, req::RFC5681_3_2_3, expected));
        }
        let answers = acked > 0 && self.congestion.is_partial(una);
        let expected = "at a partial acknowledgment, what is not acknowledged, again";
        answers.then(|| owed(ctx.now, req::RFC6582_3_2_P02, expected))
    }
}
