//! Sixth: the URG bit. Seventh: the segment text (RFC 9293 section 3.10.7.4).

use super::{fin, rst, sequence};
use crate::model::tcb::{Branches, Miss, ReceiveSpace, Tcb};
use crate::model::{ACK_DELAY, Context, State, Unsaid, urgent};
use crate::oracle::Instead;
use crate::spec::{Req, req};
use crate::wire::{Flags, Segment, SeqNumber};

/// The acknowledgment is dealt with.
pub(super) fn step(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    urgent::with_text(tcb, seg);
    if seg.payload_len == 0 {
        return fin::step(tcb, seg, ctx, out);
    }
    match tcb.state {
        State::Established => arrive(tcb, seg, ctx, out),
        State::FinWait1 | State::FinWait2 => {
            rst::text_after_close(tcb, seg, ctx, out);
            arrive(tcb, seg, ctx, out);
        }
        // After the peer's FIN there is no text; what claims to be some is ignored.
        State::CloseWait | State::Closing | State::LastAck | State::TimeWait => {
            out.push(*tcb, req::RFC9293_3_10_7_4_P26);
        }
        State::Closed | State::Listen | State::SynSent | State::SynReceived => {
            out.push(*tcb, req::RFC9293_3_10_7_4_P12);
        }
    }
}

/// How much of the text is used: all that lies in the window. Where the window ends is known
/// only as a band, and what crosses it may also be refused whole.
fn arrive(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let from = seg.text_seq();
    let to = from + seg.payload_len;
    let near = tcb.rcv.edge.later(tcb.rcv.nxt);
    let far = sequence::furthest_edge(tcb, ctx);
    if to.at_or_before(tcb.honoured_edge()) {
        return take(tcb, from, to, seg, ctx, out, req::RFC9293_3_10_7_4_P23);
    }
    // The part inside the window as last advertised.
    if from.before(near) && near.after(tcb.rcv.nxt) {
        take(
            &mut { *tcb },
            from,
            near,
            seg,
            ctx,
            out,
            req::RFC9293_3_10_7_4_P03,
        );
    }
    // The part inside the furthest window.
    let up_to = to.earlier(far);
    if up_to.after(near) && from.before(up_to) {
        take(
            &mut { *tcb },
            from,
            up_to,
            seg,
            ctx,
            out,
            req::RFC7323_2_4_2,
        );
    }
    let unscaled = sequence::unscaled_edge(tcb);
    for between in [Some(tcb.rcv.edge_max), unscaled].into_iter().flatten() {
        if between.after(near) && between.before(up_to) && from.before(between) {
            take(
                &mut { *tcb },
                from,
                between,
                seg,
                ctx,
                out,
                req::RFC7323_2_4_2,
            );
        }
    }
    // None of it, with an acknowledgment.
    let by = req::RFC9293_3_10_7_4_P03;
    out.push(super::acknowledge(*tcb, ctx, by), req::RFC9293_3_5_2_P03);
}

/// The octets `[from, to)` are used.
fn take(
    tcb: &mut Tcb,
    from: SeqNumber,
    to: SeqNumber,
    seg: &Segment,
    ctx: &Context,
    out: &mut Branches,
    by: Req,
) {
    let whole = to == seg.text_seq() + seg.payload_len;
    if from.after(tcb.rcv.nxt) {
        return keep_ahead(tcb, (from, to), whole && seg.flags.fin(), seg, ctx, out);
    }
    if to.at_or_before(tcb.rcv.nxt) {
        // Nothing new in it.
        return after_text(tcb, whole, seg, ctx, out, by);
    }
    if let Some(fin) = tcb.rcv.fin_ahead
        && to.after(fin)
    {
        // An octet has the number of a FIN that was held: the peer contradicts itself, and the FIN
        // may count behind the text.
        tcb.rcv.fin_ahead = Some(to);
        take_text(&mut { *tcb }, to, whole, seg, ctx, out, by);
        tcb.rcv.fin_ahead = Some(fin);
    }
    take_text(tcb, to, whole, seg, ctx, out, by);
}

/// The octets up to `to` are used, and begin at RCV.NXT or before.
fn take_text(
    tcb: &mut Tcb,
    to: SeqNumber,
    whole: bool,
    seg: &Segment,
    ctx: &Context,
    out: &mut Branches,
    by: Req,
) {
    let filled = !tcb.rcv.ahead.is_empty();
    acknowledge_every_second(tcb, ctx);
    tcb.rcv.nxt = to;
    tcb.rcv.pushed |= whole && seg.flags.contains(Flags::PSH);
    owe_acknowledgment(tcb, ctx, by);
    if tcb.rcv.fin_ahead.is_some_and(|fin| fin.at_or_before(to)) {
        reach_fin(tcb, ctx, out);
    }
    if filled {
        soft(tcb, ctx, req::RFC5681_3_2_2);
    }
    // What is not remembered may be held as well.
    if filled || tcb.rcv.ahead.overflowed {
        return fill_gap(tcb, whole, seg, ctx, out);
    }
    after_text(tcb, whole, seg, ctx, out, by);
}

/// Text reaches the FIN that arrived ahead of it, which counts if it was held; or runs past it, and
/// then there is none.
fn reach_fin(tcb: &mut Tcb, ctx: &Context, out: &mut Branches) {
    if tcb.rcv.fin_ahead == Some(tcb.rcv.nxt) {
        fin::take(&mut { *tcb }, ctx, out);
    }
    tcb.rcv.fin_ahead = None;
}

fn after_text(
    tcb: &mut Tcb,
    whole: bool,
    seg: &Segment,
    ctx: &Context,
    out: &mut Branches,
    by: Req,
) {
    if whole && seg.flags.fin() {
        if tcb.rcv.nxt.at_or_after(tcb.rcv.edge) {
            // The FIN itself lies beyond the window.
            out.push(*tcb, req::RFC9293_3_10_7_4_P03);
        }
        return fin::step(tcb, seg, ctx, out);
    }
    // The FIN that came ahead of the gap is next, or was not held.
    if tcb.rcv.fin_ahead == Some(tcb.rcv.nxt) {
        fin::take(&mut { *tcb }, ctx, out);
    }
    out.push(*tcb, by);
}

/// Text ahead of a gap is held, or not (RFC9293-SHLD-31); RCV.NXT stays.
fn keep_ahead(
    tcb: &mut Tcb,
    (from, to): (SeqNumber, SeqNumber),
    fin: bool,
    seg: &Segment,
    ctx: &Context,
    out: &mut Branches,
) {
    if !to.after(tcb.rcv.nxt) {
        // It ends half the number space away, where comparisons are no order: not remembered.
        return out.push(*tcb, req::RFC9293_SHLD_31);
    }
    if let Some(held) = tcb.rcv.fin_ahead
        && to.after(held)
        && !fin
    {
        // As in `take`: the FIN may count behind the text.
        let mut behind = *tcb;
        behind.rcv.fin_ahead = None;
        keep_ahead(&mut behind, (from, to), true, seg, ctx, out);
    }
    tcb.rcv.ahead.add(from, to);
    tcb.rcv.ahead.pushed |= seg.flags.contains(Flags::PSH);
    // What could not be remembered, no stack that is modelled on this can tell of.
    tcb.rcv.latest = (!tcb.rcv.ahead.overflowed).then_some(from);
    if fin {
        if tcb.rcv.fin_ahead.is_some_and(|held| held != to) {
            // Of two that contradict each other either may count.
            out.push(*tcb, req::RFC9293_SHLD_31);
        }
        tcb.rcv.fin_ahead = Some(to);
    }
    soft(tcb, ctx, req::RFC5681_3_2_1);
    out.push(*tcb, req::RFC9293_SHLD_31);
}

/// A gap is filled: RCV.NXT jumps over what was held, which may be any part of what arrived.
fn fill_gap(tcb: &mut Tcb, whole: bool, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let base = tcb.rcv.nxt;
    let only_one = tcb.rcv.ahead.iter().count() == 1 && !tcb.rcv.ahead.overflowed;
    let unclear = tcb.rcv.ahead.may_reach(base).is_some();
    tcb.rcv.ahead.forget_before(base);
    if unclear {
        // More arrived than could be remembered: where RCV.NXT lands, the stack will tell.
        let lands = Tcb {
            rcv: ReceiveSpace {
                lands: true,
                ..tcb.rcv
            },
            ..*tcb
        };
        let tells = tcb.rcv.fin_ahead.is_none() && !ctx.profile.acks_may_lag;
        let after = if tells {
            lands
        } else {
            tcb.unsaid(Unsaid::Ahead)
        };
        out.push(after, req::RFC9293_MUST_59);
    }
    if tcb.rcv.ahead.next_boundary(base).is_none() {
        return after_text(tcb, whole, seg, ctx, out, req::RFC9293_3_10_7_4_P23);
    }
    jump(tcb, base, ctx, out);
    // Where a FIN has the number of what is held, the peer contradicts itself.
    let ends = whole && seg.flags.fin();
    if only_one && ctx.profile.holds_out_of_order && !ends {
        tcb.miss(Miss {
            requirement: req::RFC9293_SHLD_31,
            state: tcb.state,
            event: tcb.input.class,
            instead: Instead::Ack,
            index: ctx.index,
        });
    }
    after_text(tcb, whole, seg, ctx, out, req::RFC9293_SHLD_31);
}

/// RCV.NXT jumps over everything that follows without a gap; or stops at any boundary before,
/// where something was not held.
fn jump(tcb: &Tcb, base: SeqNumber, ctx: &Context, out: &mut Branches) {
    let Some(boundary) = tcb.rcv.ahead.next_boundary(base) else {
        return;
    };
    jump(tcb, boundary, ctx, out);
    if let Some(fin) = tcb.rcv.fin_ahead
        && fin.at_or_after(base)
        && fin.before(boundary)
    {
        // Held text has the number of a FIN that was held too: as in `take`, the FIN may count.
        let mut ended = *tcb;
        ended.rcv.nxt = fin;
        fin::take(&mut ended, ctx, out);
    }
    let mut jumped = *tcb;
    jumped.rcv.nxt = boundary;
    jumped.rcv.ahead.forget_before(boundary);
    jumped.rcv.pushed |= tcb.rcv.ahead.pushed && jumped.rcv.ahead.is_empty();
    if jumped
        .rcv
        .fin_ahead
        .is_some_and(|fin| fin.at_or_before(boundary))
    {
        reach_fin(&mut jumped, ctx, out);
    }
    out.push(jumped, req::RFC9293_MUST_59);
}

/// RCV.NXT has advanced: it has to be acknowledged within half a second.
pub(super) fn owe_acknowledgment(tcb: &mut Tcb, ctx: &Context, _by: Req) {
    let by_then = ctx.now + ACK_DELAY;
    if by_then < tcb.due.ack {
        tcb.due.ack = by_then;
    }
    tcb.due.credit = tcb.due.credit.max(1);
}

/// More arrives, although two full segments wait for their acknowledgment (RFC9293-SHLD-19).
fn acknowledge_every_second(tcb: &mut Tcb, ctx: &Context) {
    let Some(acked) = tcb.rcv.acked else {
        return;
    };
    let full = tcb.receive_mss(ctx.profile.family.default_mss());
    if tcb.rcv.nxt.since(acked) >= 2 * full {
        tcb.miss_in_answer(req::RFC9293_SHLD_19, Instead::Silence, ctx);
    }
}

fn soft(tcb: &mut Tcb, ctx: &Context, by: Req) {
    if tcb.due.soft_ack().is_none() {
        tcb.due.owe_soft_ack(Some((ctx.now, by)));
    }
}
