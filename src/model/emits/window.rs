//! The window that the stack advertises (RFC 9293 section 3.8.6, RFC 7323 section 2).

use super::{kind, miss};
use crate::model::tcb::Tcb;
use crate::model::{Context, EventClass, Fault, State};
use crate::spec::{Req, req};
use crate::time::Instant;
use crate::wire::{Segment, SeqNumber};

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
    // A SYN,ACK that comes again takes back nothing that another segment has advertised meanwhile,
    // unless it takes back the scale with which that is to be read.
    let scaled = tcb.state == State::SynReceived && tcb.receive_shift() > 0;
    tcb.rcv.edge_max = match scaled {
        true => tcb.rcv.edge_max.later(tcb.rcv.edge),
        false => tcb.rcv.edge,
    };
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
    let rounding = 1u32 << shift;
    let free = ctx.profile.receive_buffer.saturating_sub(tcb.unread());
    // An acknowledgment that lags behind speaks of what follows it.
    let room = free + tcb.rcv.nxt.since(seg.ack);
    let edge = seg.ack + window;
    let too_large: Req = if shift > 0 {
        req::RFC7323_2_3_4
    } else {
        req::RFC9293_3_4_P02
    };
    // Rounding must not promise what the buffer does not have; but a stack that keeps some of it
    // back may round up, so that the edge stands still.
    let kept_still = !ctx.profile.window_is_free_buffer
        && window < room + rounding
        && edge.before(tcb.rcv.edge_max + rounding);
    if window > room && !kept_still {
        return Err(Fault::new(
            too_large,
            kind(seg),
            "no more window than there is room in the buffer",
        )
        .deep(6));
    }
    let declared = (room >> shift).min(65_535);
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
    if (edge + (rounding - 1)).before(tcb.rcv.edge_max) {
        miss(tcb, seg, ctx, req::RFC9293_SHLD_14);
    }
    if is_silly(tcb, seg, edge, ctx) {
        miss(tcb, seg, ctx, req::RFC9293_MUST_39);
    }
    tcb.rcv.edge = edge;
    tcb.rcv.edge_max = tcb.rcv.edge_max.later(edge);
    Ok(())
}

/// An update that the user's RECEIVE has drawn, and nothing else, moves the edge by less than the
/// recommended step: half the buffer or one segment (RFC 9293 section 3.8.6.2.2).
fn is_silly(tcb: &Tcb, seg: &Segment, edge: SeqNumber, ctx: &Context) -> bool {
    let read = tcb.input.class == EventClass::Receive && tcb.input.at == ctx.now;
    let owed = tcb.due.ack != Instant::NEVER || tcb.due.reply.is_some();
    if !read || owed || !seg.is_empty() || tcb.rcv.acked != Some(seg.ack) {
        return false;
    }
    let default = ctx.profile.family.default_mss();
    let theirs = u32::from(tcb.theirs.mss.unwrap_or(default));
    let segment = tcb.receive_mss(default).min(theirs);
    let step = (ctx.profile.receive_buffer / 2).min(segment);
    edge.after(tcb.rcv.edge) && edge.since(tcb.rcv.edge) < step
}
