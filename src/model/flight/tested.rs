//! Which requirements a flight has put to the test, and was allowed by: with text that has left, or
//! with none.
//!
//! A limit is put to the test where it is what keeps more from leaving.

use super::{Cause, Flight, Sent};
use crate::model::{Context, Tcb};
use crate::spec::{Req, RequirementSet, req};
use crate::stack::CongestionControl;
use crate::time::Micros;
use crate::wire::Segment;

impl Flight {
    /// What a segment with text has put to the test, as this explanation has it.
    pub fn tested(&self, tcb: &Tcb, seg: &Segment, ctx: &Context) -> RequirementSet {
        let mut tested = RequirementSet::new();
        let Some(text) = self.subject(tcb, seg, ctx) else {
            return tested;
        };
        if ctx.profile.congestion != CongestionControl::None && !self.small.path_narrowed {
            tested.extend(self.tested_window(&text, tcb, ctx));
            if self.echo.pauses() && !text.again {
                tested.insert(req::RFC3168_6_1_2_2);
            }
        }
        match text.cause {
            _ if !text.again => {}
            Cause::Timer if !tcb.sack_agreed() => tested.extend(self.tested_by_timer(&text, tcb)),
            Cause::Arrival if tcb.sack_agreed() => {
                tested.extend(self.tested_by_sack(&text, tcb, ctx));
            }
            Cause::Arrival => tested.extend(self.tested_by_duplicates(&text)),
            Cause::Timer | Cause::Unclear => {}
        }
        tested
    }

    /// What the last arrival has put to the test, if nothing has left for it.
    pub fn tested_by_silence(&self, tcb: &Tcb, ctx: &Context) -> RequirementSet {
        let mut tested = RequirementSet::new();
        let answers = self.heard_at >= self.sent_at && !self.vague && !tcb.mute;
        if !answers || tcb.snd.una != self.una || super::probing(tcb) {
            return tested;
        }
        let loss = &self.loss;
        if ctx.profile.recovers_by_sack && tcb.sack_agreed() {
            if loss.keeps_back() && self.congestion.is_open() {
                tested.insert(req::RFC3042_2_2);
            }
            if loss.is_cut_short() {
                tested.insert(req::RFC6675_5_1_1);
            }
        }
        if !tcb.sack_agreed() && loss.hints() {
            tested.insert(req::RFC5681_3_2_P01);
        }
        if !tcb.sack_agreed() && loss.tells() && loss.is_of_same_window(self.una) {
            tested.insert(req::RFC6582_3_2_P01);
        }
        tested
    }

    fn tested_window(&self, text: &Sent, tcb: &Tcb, ctx: &Context) -> Vec<Req> {
        let congestion = &self.congestion;
        let una = tcb.snd.una;
        let more = |window: u32| {
            let (queued, edge) = (tcb.queue_end().distance(una), tcb.send_edge().distance(una));
            i64::from(queued.min(edge)) > i64::from(window)
        };
        if congestion.is_open() {
            let begins = text.first && text.signalled && more(2 * text.full);
            let binds = congestion.binds() && text.end.after(tcb.snd.nxt);
            let bound = binds && more(congestion.window(text.full));
            let limited = congestion.has_duplicates() && text.end.after(tcb.snd.nxt);
            let restarts = congestion.restarts(self.idle_since(), text.full, tcb, ctx);
            let restarted = binds && self.una == self.nxt && restarts.is_some_and(more);
            return [
                begins.then_some(req::RFC5681_3_2_6),
                bound.then(|| congestion.excess()),
                restarted.then_some(req::RFC5681_4_1_1),
                limited.then_some(req::RFC3042_2_1),
            ]
            .into_iter()
            .flatten()
            .collect();
        }
        let first_timed = text.first && text.cause == Cause::Timer;
        let by = match (congestion.timed_out(), congestion.is_answered()) {
            _ if first_timed && more(2 * text.full) => Some(req::RFC5681_3_1_9),
            _ if text.cause == Cause::Timer || text.perhaps_timed => None,
            (true, true) => Some(req::RFC5681_3_1_1),
            (true, false) => None,
            (false, true) => Some(req::RFC5681_3_2_7),
            (false, false) => Some(req::RFC5681_3_2_6),
        };
        by.into_iter().collect()
    }

    fn tested_by_timer(&self, text: &Sent, tcb: &Tcb) -> Vec<Req> {
        let loss = &self.loss;
        if !text.first {
            return Vec::new();
        }
        if loss.advances() {
            return vec![req::RFC6298_5_2];
        }
        let mut tested = Vec::new();
        if loss.is_clean() && self.congestion.is_timed_as_syn(tcb) {
            tested.push(req::RFC6298_5_5);
        }
        if loss.is_clean() && loss.shortest_trip() > Micros::ZERO {
            tested.push(req::RFC6298_3_2);
        }
        tested
    }

    fn tested_by_sack(&self, text: &Sent, tcb: &Tcb, ctx: &Context) -> Vec<Req> {
        let told = self.loss.octets_told(tcb.snd.una, tcb.snd.nxt);
        let mut tested = Vec::new();
        if told > 0 {
            tested.push(req::RFC2018_5_1);
        }
        if !ctx.profile.recovers_by_sack {
            return tested;
        }
        if told > 2 * text.full {
            tested.push(req::RFC6675_4_2);
            if text.first && self.congestion.is_open() {
                tested.push(req::RFC6675_5_1);
            }
        }
        if self.loss.is_cut_short() {
            tested.push(req::RFC6675_5_1_1);
        }
        tested
    }

    fn tested_by_duplicates(&self, text: &Sent) -> Vec<Req> {
        let surely = text.first && text.surely && !text.resent_before;
        if surely && self.congestion.is_open() {
            let by = req::RFC5681_3_2_3;
            return match self.loss.has_recovered() {
                true => vec![by, req::RFC6582_3_2_P01],
                false => vec![by],
            };
        }
        let answers = self.congestion.is_partial(self.una) && !self.loss.tells();
        match text.first && answers {
            true => vec![req::RFC6582_3_2_P02],
            false => Vec::new(),
        }
    }
}
