//! Eighth: FIN (RFC 9293 section 3.10.7.4).

use super::text::owe_acknowledgment;
use crate::model::tcb::{Branches, Tcb};
use crate::model::{Context, State};
use crate::spec::{Req, req};
use crate::time::{Instant, Micros};
use crate::wire::Segment;

/// The text is dealt with.
pub(super) fn step(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    if !seg.flags.fin() {
        return out.push(*tcb, req::RFC9293_3_10_7_4_P14);
    }
    let number = seg.end() - 1;
    if number == tcb.rcv.nxt && !tcb.rcv.fin {
        return take(tcb, ctx, out);
    }
    if number.after(tcb.rcv.nxt) && !tcb.rcv.fin {
        // Of two that contradict each other either may count.
        if tcb.rcv.fin_ahead.is_some_and(|held| held != number) {
            out.push(*tcb, req::RFC9293_3_10_7_4_P27);
        }
        tcb.rcv.fin_ahead = Some(number);
        return out.push(*tcb, req::RFC9293_3_10_7_4_P27);
    }
    out.push(*tcb, req::RFC9293_3_10_7_4_P31);
}

/// The FIN is next in sequence.
pub(super) fn take(tcb: &mut Tcb, ctx: &Context, out: &mut Branches) {
    let by = taken(tcb, ctx);
    out.push(*tcb, by);
}

/// Takes the FIN, by the requirement that is returned.
pub(super) fn taken(tcb: &mut Tcb, ctx: &Context) -> Req {
    tcb.rcv.nxt += 1;
    tcb.rcv.ahead.forget_before(tcb.rcv.nxt);
    tcb.rcv.fin = true;
    tcb.rcv.fin_ahead = None;
    let by = match tcb.state {
        State::SynReceived | State::Established => {
            tcb.state = State::CloseWait;
            req::RFC9293_3_10_7_4_P28
        }
        State::FinWait1 => {
            if tcb.fin_acked() {
                enter_time_wait(tcb, ctx);
            } else {
                tcb.state = State::Closing;
            }
            req::RFC9293_3_10_7_4_P29
        }
        State::FinWait2 => {
            enter_time_wait(tcb, ctx);
            req::RFC9293_3_10_7_4_P30
        }
        State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait
        | State::Closed
        | State::Listen
        | State::SynSent => req::RFC9293_3_10_7_4_P31,
    };
    owe_acknowledgment(tcb, ctx, by);
    by
}

fn enter_time_wait(tcb: &mut Tcb, ctx: &Context) {
    tcb.state = State::TimeWait;
    tcb.time_wait = time_wait_from(ctx);
}

/// By so much a timer may be late that counts in ticks.
const TICK: Micros = Micros::secs(1);

/// When a TIME-WAIT that begins now ends: not before 2 MSL, and soon after.
pub(super) fn time_wait_from(ctx: &Context) -> (Instant, Instant) {
    let span = ctx.profile.msl.times(2);
    let end = ctx.now + span;
    let late = match ctx.profile.counts_retransmissions {
        true => TICK,
        false => ctx.profile.slack,
    };
    (end - ctx.profile.slack, end + late)
}
