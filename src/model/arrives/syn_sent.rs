//! SYN-SENT (RFC 9293 section 3.10.7.3).

use super::{established, fin, listen, reset_for, rst, silently, synchronize, text};
use crate::model::tcb::{Branches, Tcb};
use crate::model::{Context, State};
use crate::spec::req;
use crate::wire::Segment;

pub(super) fn step(tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let mut tcb = silently(tcb);
    tcb.due.revoke();
    // First, the acknowledgment.
    let acceptable = seg.flags.ack() && acknowledges_syn(&tcb, seg);
    if seg.flags.ack() && !acceptable {
        if seg.flags.rst() {
            return out.push(tcb, req::RFC9293_3_10_7_3_P02);
        }
        let by = req::RFC9293_3_10_7_3_P01;
        return out.push(reset_for(tcb, seg, ctx, by), by);
    }
    // Second, a reset.
    if seg.flags.rst() {
        return reset(tcb, seg, acceptable, out);
    }
    // Fourth, a SYN (the third check, security, does not apply). With a FIN beside it, it may be
    // dropped whole.
    if seg.flags.syn() {
        if seg.flags.fin() {
            out.push(tcb, req::RFC9293_3_10_7_3_P08);
        }
        return if acceptable {
            syn_ack(tcb, seg, ctx, out)
        } else {
            syn(tcb, seg, ctx, out)
        };
    }
    // Fifth, neither.
    out.push(tcb, req::RFC9293_3_10_7_3_P07);
}

/// SND.UNA < SEG.ACK =< SND.NXT, where the SYN is all that was sent.
fn acknowledges_syn(tcb: &Tcb, seg: &Segment) -> bool {
    tcb.snd.iss.is_some() && seg.ack.after(tcb.snd.una) && seg.ack.at_or_before(tcb.snd.nxt)
}

fn reset(tcb: Tcb, seg: &Segment, acceptable: bool, out: &mut Branches) {
    if !acceptable {
        return out.push(tcb, req::RFC9293_3_10_7_3_P04);
    }
    out.push(tcb.severed(), req::RFC9293_3_10_7_3_P03);
    if rst::may_be_refused(&tcb, seg) {
        out.push(tcb, req::RFC7323_5_2_6);
    }
    // RFC 5961 wants SEG.SEQ to be RCV.NXT, which is not defined yet; a stack that insists on
    // some number other than the 0 of an ordinary refusal cannot be blamed.
    if seg.seq.0 != 0 {
        out.push(tcb, req::RFC9293_3_10_7_3_1);
    }
}

fn syn_ack(mut tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    tcb.snd.una = seg.ack;
    tcb.snd.edge_max = seg.ack;
    synchronize(&mut tcb, seg, ctx);
    established(&mut tcb, ctx);
    // Text that rode on our SYN and is not acknowledged may be sent again at once.
    tcb.rtx.recovering = tcb.snd.una != tcb.snd.nxt;
    tcb.due.grant(true);
    tcb.due.ack = if seg.payload_len > 0 || seg.flags.fin() {
        ctx.now + super::super::ACK_DELAY
    } else {
        ctx.now
    };
    // Text and FIN that ride along are used, or left for the peer to send again.
    if seg.payload_len == 0 && !seg.flags.fin() {
        return out.push(tcb, req::RFC9293_3_10_7_3_P05);
    }
    out.push(tcb, req::RFC9293_3_10_7_3_P08);
    if seg.payload_len == 0 {
        fin::step(&mut tcb, seg, ctx, out);
    } else {
        let mut used = tcb;
        used.rcv.edge = used.rcv.nxt + ctx.profile.receive_buffer;
        used.rcv.edge_max = used.rcv.edge;
        let first = out.len();
        text::step(&mut used, seg, ctx, out);
        for (used, by) in out.iter_mut(first) {
            used.rcv.edge = tcb.rcv.edge;
            used.rcv.edge_max = tcb.rcv.edge_max;
            *by = req::RFC9293_3_10_7_3_P05;
        }
    }
}

fn syn(mut tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    synchronize(&mut tcb, seg, ctx);
    tcb.state = State::SynReceived;
    tcb.due.syn = ctx.now;
    out.push(tcb, req::RFC9293_3_10_7_3_P06);
    // Text and FIN that ride along may be kept.
    if seg.payload_len > 0 || seg.flags.fin() {
        out.push(listen::kept(tcb, seg, ctx), req::RFC9293_3_10_7_2_P04);
    }
}
