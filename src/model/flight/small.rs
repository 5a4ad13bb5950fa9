//! Small segments: the Nagle algorithm, silly window avoidance, and full segments where there is
//! enough for them (RFC 9293 sections 3.7.4, 3.8.6.2.1 and 3.9.1.2).

use super::{Cause, Flight, MOMENT, Owed, Sent, passes};
use crate::model::emits::{kind, miss};
use crate::model::tcb::{Origin, SizeBy};
use crate::model::{Context, Fault, Tcb};
use crate::spec::req;
use crate::time::{Instant, Micros};
use crate::wire::{Segment, SeqNumber};

/// So many small segments in a row are no accident of where a window ended.
const RUN: u8 = 4;
/// With Nagle off, what fits leaves at once; so much is put up with.
const AT_ONCE: Micros = Micros::millis(200);
/// The most that options take of a segment.
const OPTIONS: u32 = 40;

/// What small segments have left, and what waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Small {
    /// The end of the last small segment.
    end: Option<SeqNumber>,
    /// Small segments in a row, though there was text and window for full ones.
    run: u8,
    /// Since when text waits, or the last time that some left while more waited.
    since: Option<Instant>,
    /// The largest window that was offered by anything but a SYN.
    largest: u32,
    /// Where the text began that has left since the last input.
    burst: Option<SeqNumber>,
    /// An ICMP error may have told of a smaller MTU.
    pub(super) path_narrowed: bool,
}

impl Small {
    /// Whether text waits.
    pub(super) fn waits(&self) -> bool {
        self.since.is_some()
    }

    /// Something was done to the stack.
    pub(super) fn input(&mut self) {
        self.burst = None;
    }

    /// A segment has arrived; `after` is what explains it. Where an explanation has it that the
    /// segment was dropped, its window has not been offered for sure.
    pub(super) fn heard(&mut self, seg: &Segment, after: &[Tcb]) {
        let speaking = after.iter().filter(|tcb| !tcb.mute);
        let window = |tcb: &Tcb| match tcb.state.synchronized() {
            true => tcb.snd.wnd,
            false => 0,
        };
        if !seg.flags.syn() {
            let offered = speaking.map(window).min().unwrap_or(0);
            self.largest = self.largest.max(offered);
        }
    }

    /// Half of the largest window, or nearly: silly window avoidance takes it for worth sending.
    fn half(&self, tcb: &Tcb) -> u32 {
        let largest = match (self.largest, tcb.origin) {
            (0, Origin::Active) => tcb.snd.max_wnd,
            // Whether the window of the SYN counts is not said.
            (offered, _) => offered,
        };
        // Options may take of it as they do of a segment.
        let options = match tcb.timestamps_agreed() || tcb.sack_agreed() {
            true => OPTIONS,
            false => 0,
        };
        (largest / 2).saturating_sub(1 + options)
    }

    /// Less than half of what a segment can carry, and of the largest window. What a stack takes
    /// for a full segment may be somewhat less than it can be.
    fn calls_small(&self, text: &Sent, tcb: &Tcb) -> bool {
        text.text * 2 < worth(text, tcb) && text.text < self.half(tcb)
    }

    pub(super) fn waits_from(&mut self, waits: bool, now: Instant) {
        self.since = match waits {
            true => self.since.or(Some(now)),
            false => None,
        };
    }

    /// Text has left; `nxt` was SND.NXT.
    pub(super) fn sent(&mut self, text: &Sent, nxt: SeqNumber, tcb: &Tcb) {
        if !text.end.after(nxt) {
            return;
        }
        let left = tcb.queue_end().after(text.end);
        self.since = left.then_some(text.now);
        if self.calls_small(text, tcb) {
            self.end = Some(text.end);
        }
        self.burst.get_or_insert(text.seq);
        let undersized = text.text * 2 < possible(text, tcb);
        self.run = match undersized {
            true => self.run.saturating_add(1),
            false if text.text * 2 < full(text, tcb) => self.run,
            false => 0,
        };
    }
}

/// A full segment, which is no more than the stack has announced itself.
fn full(text: &Sent, tcb: &Tcb) -> u32 {
    let own = tcb.ours.mss.filter(|mss| *mss > 0);
    text.full.min(own.map_or(u32::MAX, u32::from))
}

/// What is taken for a full segment.
fn worth(text: &Sent, tcb: &Tcb) -> u32 {
    // What an MSS of nothing comes to, or one that is cut off, nobody says.
    match (tcb.theirs.size_by, tcb.theirs.mss) {
        (SizeBy::Unsure, _) => 1,
        (_, None | Some(0 | u16::MAX)) => text.full.min(536),
        (SizeBy::Syn | SizeBy::Other | SizeBy::BeyondLink, Some(_)) => full(text, tcb),
    }
}

/// The part of the window that is free from this number on.
fn room(from: SeqNumber, tcb: &Tcb) -> u32 {
    tcb.send_edge().distance(from).max(0) as u32
}

/// The full segment that could have been sent; none where there was not enough text or window for
/// it.
fn possible(text: &Sent, tcb: &Tcb) -> u32 {
    let full = full(text, tcb);
    let enough = room(text.seq, tcb).min(queued(text, tcb)) >= full;
    let sure = tcb.theirs.mss != Some(0) && tcb.theirs.size_by != SizeBy::Unsure;
    match enough && sure {
        true => full,
        false => 0,
    }
}

/// The octets that were there to be sent.
fn queued(text: &Sent, tcb: &Tcb) -> u32 {
    tcb.queue_end().distance(text.seq).max(0) as u32
}

impl Flight {
    /// Whether a small segment should have waited.
    pub(super) fn check_small(
        &self,
        tcb: &mut Tcb,
        text: &Sent,
        seg: &Segment,
        ctx: &Context,
    ) -> Result<(), Fault> {
        let fresh = !text.again && text.end.after(tcb.snd.nxt);
        let undersized = text.text * 2 < possible(text, tcb);
        let half = self.small.half(tcb);
        if !fresh || text.text >= half || self.small.path_narrowed {
            return Ok(());
        }
        if undersized && self.small.run + 1 >= RUN {
            miss(tcb, seg, ctx, req::RFC9293_SHLD_28);
        }
        if !self.small.calls_small(text, tcb) {
            return Ok(());
        }
        let waited = self
            .small
            .since
            .map_or(Micros::ZERO, |at| text.now.since(at));
        // What was read late may have left later than it seems.
        let at_once = waited + ctx.profile.slack < MOMENT && text.cause != Cause::Timer;
        let begun = self.small.burst.unwrap_or(text.seq);
        // Options take of a full segment too, as SACK blocks do while there is something to report.
        let options = u32::from(seg.options.octets);
        let silly = room(begun, tcb) < half.min(worth(text, tcb).saturating_sub(options));
        let last = self.small.end.filter(|end| end.after(tcb.snd.una));
        let all = text.text == queued(text, tcb);
        if all && ctx.profile.nagle && last.is_some() && at_once && !tcb.snd.closed {
            miss(tcb, seg, ctx, req::RFC9293_SHLD_7);
        }
        if !all && silly && text.text == room(text.seq, tcb) && at_once {
            passes(
                req::RFC9293_MUST_38,
                kind(seg),
                "a small window is left alone until it is worth a segment",
                ctx,
            )?;
        }
        Ok(())
    }

    /// With Nagle off, a second small segment does not wait for the first (RFC9293-MUST-17).
    pub(super) fn owed_anew(&self, tcb: &Tcb, ctx: &Context) -> Option<Owed> {
        let text = tcb.queue_end().distance(tcb.snd.nxt).max(0) as u32;
        let outstanding = tcb.snd.nxt.since(tcb.snd.una);
        let full = super::full(tcb, ctx);
        let fits = text > 0 && outstanding + text <= full && outstanding + text <= tcb.snd.wnd;
        let single = outstanding > 0 && self.congestion.is_single() && self.congestion.is_open();
        let quiet =
            !ctx.profile.nagle && tcb.state.sends_text() && !super::probing(tcb) && !self.vague;
        (fits && single && quiet).then_some(Owed {
            at: ctx.now + AT_ONCE,
            by: req::RFC9293_MUST_17,
            expected: "with the Nagle algorithm off, small text at once",
            again: None,
        })
    }
}
