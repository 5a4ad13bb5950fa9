//! After every step: what timers run, and what has to leave soon.

use super::tcb::Tcb;
use super::{Context, SEND_DELAY, State};
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
    let due = unsent && !outstanding && !closed_window;
    if !due {
        tcb.due.send = Instant::NEVER;
    } else if tcb.due.send == Instant::NEVER {
        tcb.due.send = ctx.now + SEND_DELAY;
    }
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
