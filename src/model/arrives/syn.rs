//! Fourth check: SYN (RFC 9293 section 3.10.7.4, RFC 5961 section 4.2, RFC 6191).
//!
//! The third check, security and compartment, applies to no stack of today.

use super::{ack, acknowledge, reset_for, silently, synchronize};
use crate::model::tcb::{Branches, Forms, Origin, Tcb};
use crate::model::{Context, State};
use crate::oracle::Instead;
use crate::spec::req;
use crate::stack::RstRule;
use crate::time::Micros;
use crate::wire::{Flags, Segment};

/// The segment has passed the sequence check, and is no reset.
pub(super) fn step(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    if !seg.flags.syn() {
        return ack::step(tcb, seg, ctx, out);
    }
    match tcb.state {
        State::SynReceived => in_syn_received(*tcb, seg, ctx, out),
        State::TimeWait => {
            let first = out.len();
            synchronized(*tcb, seg, ctx, out);
            reopen(*tcb, seg, ctx, first, out);
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

/// A SYN in TIME-WAIT may begin a new incarnation, or be dropped silently (RFC 6191). The branches
/// from `first` on refuse it.
pub(super) fn reopen(tcb: Tcb, seg: &Segment, ctx: &Context, first: usize, out: &mut Branches) {
    if seg.flags.ack() {
        return;
    }
    drop_silently(tcb, out);
    for (refused, _) in out.iter_mut(first) {
        refuses(&tcb, refused, seg, ctx);
    }
    if ctx.listened && ctx.profile.admission.limits() {
        // A listener with limits has taken it, and dropped it.
        let mut taken = silently(tcb);
        taken.due.credit = taken.due.credit.saturating_sub(1);
        out.push(taken, req::RFC6191_2_6);
    }
    if tcb.origin == Origin::Passive && opens_anew(&tcb, seg, ctx) {
        let mut again = tcb.listens_again();
        again.reopened_above = Some(tcb.snd.nxt);
        again.told = tcb.told.known().anew().kept();
        again.due.reply_at = ctx.now;
        synchronize(&mut again, seg, ctx);
        again.state = State::SynReceived;
        again.rtx.ceiling = Micros(again.rtx.ceiling.0.max(ctx.profile.rto_initial.0));
        again.due.syn = ctx.now;
        let by = match should_open_anew(&tcb, seg, ctx) {
            true => req::RFC9293_SHLD_4,
            false => req::RFC9293_MAY_2,
        };
        out.push(again, by);
    }
}

/// A SYN in TIME-WAIT that opens nothing may be dropped silently, whatever is wrong with it.
pub(super) fn drop_silently(tcb: Tcb, out: &mut Branches) {
    let mut dropped = silently(tcb);
    dropped.due.credit = dropped.due.credit.max(1);
    out.push(dropped, req::RFC6191_2_6);
}

/// A segment has changed nothing: if it is a SYN that should have opened a new incarnation, that is a
/// recommendation missed.
pub fn refuses(before: &Tcb, after: &mut Tcb, seg: &Segment, ctx: &Context) {
    if !should_open_anew(before, seg, ctx) {
        return;
    }
    let instead = match after.due.reply {
        Some(reply) if reply.forms.allow(Forms::RST) => Instead::Rst,
        Some(_) => Instead::Ack,
        None => Instead::Silence,
    };
    after.miss_in_answer(req::RFC9293_SHLD_4, instead, ctx);
}

/// How a SYN stands to the connection in TIME-WAIT that it is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Its timestamp is newer, or it has one where there was none.
    Newer,
    /// Its number is higher, and its timestamp no older.
    Higher,
    /// Neither.
    Stale,
}

/// RFC 6191 section 2. Where the stack has no timestamps, those of the SYN do not count.
fn standing(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Standing {
    let by_number = match seg.seq.after(tcb.rcv.nxt - 1) {
        true => Standing::Higher,
        false => Standing::Stale,
    };
    let stamped = seg.options.timestamps.filter(|_| ctx.profile.timestamps);
    match (stamped, tcb.ts.on) {
        (Some((value, _)), true) => match value.wrapping_sub(tcb.ts.recent) as i32 {
            1.. => Standing::Newer,
            0 => by_number,
            _ => Standing::Stale,
        },
        (Some(_), false) => Standing::Newer,
        (None, _) => by_number,
    }
}

/// Whether a segment may open a new incarnation of a connection in TIME-WAIT (RFC9293-MAY-2).
pub fn opens_anew(tcb: &Tcb, seg: &Segment, ctx: &Context) -> bool {
    let bits = seg.flags;
    let syn = bits.syn() && !bits.intersects(Flags::ACK | Flags::RST | Flags::FIN);
    tcb.state == State::TimeWait && syn && standing(tcb, seg, ctx) != Standing::Stale
}

/// Whether it should, by its timestamp, for somebody listens (RFC9293-SHLD-4). What may be dropped
/// for something else that it has need not.
pub fn should_open_anew(tcb: &Tcb, seg: &Segment, ctx: &Context) -> bool {
    let options = &seg.options;
    let plain = seg.payload_len == 0 && !seg.flags.intersects(Flags::URG | Flags::PSH);
    let clear = !options.malformed && !options.duplicate && options.sack.is_empty();
    let newer = || standing(tcb, seg, ctx) == Standing::Newer;
    opens_anew(tcb, seg, ctx) && ctx.listened && !tcb.severed && plain && clear && newer()
}
