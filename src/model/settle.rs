//! After every step: what timers run, and what has to leave soon.

use super::emits::most_text;
use super::tcb::Tcb;
use super::{Context, SEND_DELAY, State, urgent};
use crate::time::{Instant, Micros};

/// Brings the obligations of sending up to date with the rest of the block.
pub fn settle(tcb: &mut Tcb, ctx: &Context) {
    let outstanding = tcb.snd.una != tcb.snd.nxt && sends(tcb.state);
    let unsent = unsent(tcb);
    let closed_window = tcb.snd.wnd == 0;
    let stuck = unsent && !outstanding && closed_window;
    let armed = outstanding || stuck;
    if armed && !tcb.rtx.armed {
        tcb.rtx.since = ctx.now;
        tcb.rtx.gap = Micros::ZERO;
        tcb.rtx.recovering = false;
        if stuck {
            tcb.rtx.probing = true;
        }
    }
    tcb.rtx.armed = armed;
    // A FIN that waits alone is no text that is lost by giving up.
    let fin_alone = tcb.snd.fin == Some(tcb.snd.una);
    let queued = unsent && tcb.queue_end().after(tcb.snd.nxt);
    let waits = (outstanding && !fin_alone) || queued || tcb.due.syn != Instant::NEVER;
    if !waits {
        tcb.rtx.waits_since = Instant::NEVER;
    } else if tcb.rtx.waits_since == Instant::NEVER {
        tcb.rtx.waits_since = ctx.now;
    }
    let due = unsent && !outstanding && !closed_window && !urgent::may_wait(tcb);
    sending(tcb, due, ctx);
}

/// By when what waits has to leave. Once the override timeout has passed, a deadline of another kind
/// runs on.
fn sending(tcb: &mut Tcb, due: bool, ctx: &Context) {
    tcb.snd.held &= due && waits_for_window(tcb, ctx);
    if tcb.snd.held {
        return;
    }
    tcb.due.send = match due {
        true => tcb.due.send.min(latest(tcb, ctx)),
        false => Instant::NEVER,
    };
}

/// By when what nothing holds back leaves, if that begins now.
fn latest(tcb: &Tcb, ctx: &Context) -> Instant {
    let pause = match tcb.ecn.pauses() {
        true => tcb.rtx.ceiling,
        false => Micros::ZERO,
    };
    ctx.now + SEND_DELAY + pause
}

/// What waits has more time from now on.
pub(super) fn sends_later(tcb: &mut Tcb, ctx: &Context) {
    if tcb.due.send != Instant::NEVER && !tcb.snd.held {
        tcb.due.send = tcb.due.send.max(latest(tcb, ctx));
    }
}

/// The window has room for a part of what waits, a FIN included, less than a segment. When that
/// leaves, RFC 9293 section 3.8.6.2.1 recommends.
pub fn waits_for_window(tcb: &Tcb, ctx: &Context) -> bool {
    let usable = tcb.send_edge().distance(tcb.snd.nxt).max(0) as u32;
    let fin = u32::from(tcb.snd.closed && tcb.snd.fin.is_none());
    let waiting = tcb.queue_end().distance(tcb.snd.nxt).max(0) as u32 + fin;
    waiting > usable && usable < most_text(tcb, ctx)
}

/// The states in which something may wait for its acknowledgment.
fn sends(state: State) -> bool {
    state.sends_text() || matches!(state, State::SynSent | State::SynReceived)
}

/// Whether something is queued that was never sent and may be sent in this state.
pub fn unsent(tcb: &Tcb) -> bool {
    let fin = tcb.snd.closed && tcb.snd.fin.is_none();
    tcb.state.sends_text() && (tcb.queue_end().after(tcb.snd.nxt) || fin)
}
