//! Fourth check: SYN (RFC 9293 section 3.10.7.4, RFC 5961 section 4.2, RFC 6191).
//!
//! The third check, security and compartment, applies to no stack of today.

use super::{ack, acknowledge, reset_for, silently, synchronize};
use crate::model::tcb::{Branches, Origin, Tcb};
use crate::model::{Context, State};
use crate::spec::req;
use crate::stack::RstRule;
use crate::time::Micros;
use crate::wire::Segment;

/// The segment has passed the sequence check, and is no reset.
pub(super) fn step(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    if !seg.flags.syn() {
        return ack::step(tcb, seg, ctx, out);
    }
    match tcb.state {
        State::SynReceived => in_syn_received(*tcb, seg, ctx, out),
        State::TimeWait => {
            synchronized(*tcb, seg, ctx, out);
            reopen(*tcb, seg, ctx, out);
        }
        State::Closed
        | State::Listen
        | State::SynSent
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck => synchronized(*tcb, seg, ctx, out),
    }
}

fn in_syn_received(tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let by = req::RFC9293_3_10_7_4_P10;
    out.push(acknowledge(tcb, ctx, by), by);
    let reset = reset_for(tcb, seg, ctx, by);
    match tcb.origin {
        Origin::Passive => {
            out.push(silently(tcb).listens_again(), req::RFC9293_3_10_7_4_P05);
            // A reset that the stack itself does not act upon, or does.
            out.push(reset, req::RFC9293_3_5_2_P02);
            let mut listening = tcb.listens_again();
            listening.due = reset.due;
            listening.due.syn = crate::time::Instant::NEVER;
            out.push(listening, by);
        }
        Origin::Active => {
            out.push(reset, req::RFC9293_3_10_7_4_P13);
            let mut closed = tcb.severed();
            closed.due.reply = reset.due.reply;
            closed.due.reply_at = ctx.now;
            closed.due.reply_to = tcb.remote;
            out.push(closed, req::RFC9293_3_5_2_P02);
        }
    }
}

/// A challenge ACK, whatever the sequence number; a stack of before RFC 5961 resets.
fn synchronized(tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let by = req::RFC9293_3_10_7_4_4;
    match ctx.profile.syn {
        RstRule::Rfc5961 => out.push(acknowledge(tcb, ctx, by), by),
        RstRule::Rfc793 => {
            let reset = reset_for(tcb, seg, ctx, by);
            let mut closed = tcb.after_own_reset(ctx);
            closed.due.reply = reset.due.reply;
            closed.due.reply_at = ctx.now;
            closed.due.reply_to = tcb.remote;
            out.push(closed, by);
            if tcb.state == State::TimeWait {
                out.push(acknowledge(tcb, ctx, by), by);
            }
        }
    }
}

/// A SYN in TIME-WAIT may begin a new incarnation, or be dropped silently (RFC 6191).
pub(super) fn reopen(tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    if seg.flags.ack() {
        return;
    }
    let mut dropped = silently(tcb);
    dropped.due.credit = dropped.due.credit.max(1);
    out.push(dropped, req::RFC6191_2_6);
    let higher = seg.seq.after(tcb.rcv.nxt - 1);
    let newer = match (seg.options.timestamps, tcb.ts.on) {
        (Some((value, _)), true) => {
            let age = value.wrapping_sub(tcb.ts.recent) as i32;
            age > 0 || (age == 0 && higher)
        }
        (Some(_), false) => true,
        (None, _) => higher,
    };
    if tcb.origin == Origin::Passive && newer && !seg.flags.fin() {
        let mut again = tcb.listens_again();
        again.reopened_above = Some(tcb.snd.nxt);
        again.due.reply_at = ctx.now;
        synchronize(&mut again, seg, ctx);
        again.state = State::SynReceived;
        again.rtx.ceiling = Micros(again.rtx.ceiling.0.max(ctx.profile.rto_initial.0));
        again.due.syn = ctx.now;
        out.push(again, req::RFC9293_MAY_2);
    }
}
