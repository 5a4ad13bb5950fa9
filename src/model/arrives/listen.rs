//! LISTEN (RFC 9293 section 3.10.7.2).

use super::{reset_for, silently, synchronize};
use crate::model::tcb::{Branches, Tcb};
use crate::model::{Context, State};
use crate::spec::req;
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
        return out.push(reset_for(tcb, seg, ctx, by), by);
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
    ride_along(tcb, seg, out);
    // A SYN with other control bits may be dropped whole.
    if seg.flags.intersects(Flags::FIN | Flags::URG | Flags::PSH) {
        out.push(dropped, req::RFC9293_3_10_7_2_P04);
    }
}

/// Text and FIN on a SYN are kept for later, or dropped and sent again by the peer. The
/// acknowledgment number of the SYN,ACK will tell which.
fn ride_along(tcb: Tcb, seg: &Segment, out: &mut Branches) {
    out.push(tcb, req::RFC9293_3_10_7_2_P03);
    if seg.payload_len == 0 && !seg.flags.fin() {
        return;
    }
    let mut kept = tcb;
    kept.rcv.nxt += seg.payload_len;
    kept.rcv.fin_ahead = seg.flags.fin().then_some(kept.rcv.nxt);
    kept.rcv.edge = kept.rcv.nxt;
    kept.rcv.edge_max = kept.rcv.nxt;
    out.push(kept, req::RFC9293_3_10_7_2_P04);
}
