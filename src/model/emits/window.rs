//! The window that the stack advertises (RFC 9293 section 3.8.6, RFC 7323 section 2).

use super::kind;
use crate::model::tcb::{Miss, Tcb};
use crate::model::{Context, Fault, State};
use crate::spec::{Req, req};
use crate::wire::Segment;

/// The window of a SYN, which is never scaled.
pub(super) fn of_syn(tcb: &mut Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    let window = u32::from(seg.window);
    let free = ctx.profile.receive_buffer.saturating_sub(kept_text(tcb));
    let wrong = if ctx.profile.window_is_free_buffer {
        window != free.min(65_535)
    } else {
        window > ctx.profile.receive_buffer
    };
    if wrong {
        return Err(Fault::new(
            req::RFC7323_2_2_6,
            kind(seg),
            "the window of a SYN is that of the buffer, not scaled",
        )
        .deep(6));
    }
    tcb.rcv.edge = tcb.rcv.nxt + window;
    tcb.rcv.edge_max = tcb.rcv.edge;
    tcb.rcv.firm_edge = tcb.rcv.edge;
    tcb.rcv.edge_of_syn = true;
    Ok(())
}

/// Text that came with the peer's SYN and was kept.
fn kept_text(tcb: &Tcb) -> u32 {
    match tcb.state {
        State::SynReceived => tcb.unread(),
        _ => 0,
    }
}

/// The window of any other segment.
pub(super) fn of_segment(tcb: &mut Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    let shift = tcb.receive_shift();
    let window = u32::from(seg.window) << shift;
    let free = ctx.profile.receive_buffer.saturating_sub(tcb.unread());
    let too_large: Req = if shift > 0 {
        req::RFC7323_2_3_4
    } else {
        req::RFC9293_3_4_P02
    };
    // Rounding must not promise what the buffer does not have.
    if window > free {
        return Err(Fault::new(
            too_large,
            kind(seg),
            "no more window than there is room in the buffer",
        )
        .deep(6));
    }
    let declared = (free >> shift).min(65_535);
    if ctx.profile.window_is_free_buffer && u32::from(seg.window) != declared {
        return Err(Fault::new(
            if shift > 0 {
                req::RFC7323_2_3_4
            } else {
                req::RFC9293_3_8_6_1_P01
            },
            kind(seg),
            "the window that the stack declares to advertise: all that is free in the buffer",
        )
        .deep(6));
    }
    let edge = seg.ack + window;
    let rounding = 1u32 << shift;
    if (edge + (rounding - 1)).before(tcb.rcv.edge) {
        let (state, event) = tcb.occasion(ctx.now);
        tcb.miss(Miss {
            requirement: req::RFC9293_SHLD_14,
            state,
            event,
            instead: kind(seg),
            index: ctx.index,
        });
    }
    tcb.rcv.edge = edge;
    tcb.rcv.edge_max = tcb.rcv.edge_max.later(edge);
    Ok(())
}
