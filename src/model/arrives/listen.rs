//! LISTEN (RFC 9293 section 3.10.7.2).

use super::{reset_for, silently, synchronize};
use crate::model::tcb::{Branches, Tcb};
use crate::model::{Context, State, Unsaid};
use crate::spec::req;
use crate::stack::Admission;
use crate::time::Micros;
use crate::wire::{Flags, Segment};

pub(super) fn step(tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    // First, a reset: it can belong to nothing here.
    if seg.flags.rst() {
        return out.push(silently(tcb), req::RFC9293_3_10_7_2_P01);
    }
    // Second, an acknowledgment: of nothing that was ever sent.
    if seg.flags.ack() {
        let by = req::RFC9293_3_10_7_2_P02;
        out.push(reset_for(tcb, seg, ctx, by), by);
        if ctx.profile.admission == Admission::Cookies && !seg.flags.syn() {
            // It may prove a handshake of which only the peer's numbers tell.
            let mut proven = tcb.unsaid(Unsaid::Cookie);
            proven.state = State::Established;
            proven.remote = Some(seg.src);
            out.push(proven, by);
        }
        return;
    }
    // Third, a SYN.
    if seg.flags.syn() {
        return syn(tcb, seg, ctx, out);
    }
    // Fourth, anything else.
    let mut tcb = silently(tcb);
    tcb.due.revoke();
    out.push(tcb, req::RFC9293_3_10_7_2_P05);
}

fn syn(tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let mut dropped = silently(tcb);
    dropped.due.revoke();
    let mut tcb = dropped;
    synchronize(&mut tcb, seg, ctx);
    tcb.state = State::SynReceived;
    tcb.rtx.ceiling = Micros(tcb.rtx.ceiling.0.max(ctx.profile.rto_initial.0));
    tcb.due.syn = ctx.now;
    ride_along(tcb, seg, ctx, out);
    // A SYN with other control bits may be dropped whole, and any by a listener with limits.
    let limited = ctx.profile.admission.limits();
    if limited || seg.flags.intersects(Flags::FIN | Flags::URG | Flags::PSH) {
        out.push(dropped, req::RFC9293_3_10_7_2_P05);
    }
    if limited {
        let by = req::RFC9293_3_5_2_P02;
        out.push(reset_for(dropped, seg, ctx, by), by);
    }
}

/// Text and FIN on a SYN are kept for later, or dropped and sent again by the peer. The
/// acknowledgment number of the SYN,ACK will tell which.
fn ride_along(tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    out.push(tcb, req::RFC9293_3_10_7_2_P03);
    if seg.payload_len == 0 && !seg.flags.fin() {
        return;
    }
    out.push(kept(tcb, seg, ctx), req::RFC9293_3_10_7_2_P04);
}

/// What came with a SYN is kept, as far as the buffer has room.
pub(super) fn kept(mut tcb: Tcb, seg: &Segment, ctx: &Context) -> Tcb {
    let len = seg.payload_len.min(ctx.profile.receive_buffer);
    tcb.rcv.nxt += len;
    let whole = len == seg.payload_len;
    tcb.rcv.pushed |= whole && seg.flags.contains(Flags::PSH);
    tcb.rcv.fin_ahead = (whole && seg.flags.fin()).then_some(tcb.rcv.nxt);
    tcb.rcv.edge = tcb.rcv.nxt;
    tcb.rcv.edge_max = tcb.rcv.nxt;
    tcb
}
