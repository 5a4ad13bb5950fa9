//! Fifth check: ACK (RFC 9293 section 3.10.7.4, RFC 5961 section 5.2).

use super::{
    acknowledge, established, fin, reset_for, sample_round_trip, sequence, silently, text,
};
use crate::model::tcb::{Branches, Forms, Origin, Tcb};
use crate::model::{Context, Marks, State};
use crate::spec::req;
use crate::stack::AckRange;
use crate::wire::Segment;

/// Numbers further ahead than this may as well be behind.
pub(super) const AHEAD: u32 = (1 << 31) - (1 << 20);

/// The segment is neither reset nor SYN.
pub(super) fn step(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    if !seg.flags.ack() {
        return out.push(silently(*tcb), req::RFC9293_3_10_7_4_P11);
    }
    match tcb.state {
        State::SynReceived => in_syn_received(tcb, seg, ctx, out),
        State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait => range(tcb, seg, ctx, out),
        State::Closed | State::Listen | State::SynSent => out.push(*tcb, req::RFC9293_3_10_7_4_P11),
    }
}

/// SND.UNA < SEG.ACK =< SND.NXT.
pub(super) fn acknowledges_new(tcb: &Tcb, seg: &Segment) -> bool {
    seg.ack.after(tcb.snd.una) && seg.ack.at_or_before(tcb.snd.nxt)
}

fn in_syn_received(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    if !acknowledges_new(tcb, seg) {
        // A reset; an empty acknowledgment where the range check comes first.
        let by = req::RFC9293_3_10_7_4_P13;
        let mut answered = reset_for(*tcb, seg, ctx, by);
        if let Some(reply) = &mut answered.due.reply {
            reply.forms = Forms::RST.or(Forms::ACK);
        }
        out.push(answered, by);
        if tcb.origin == Origin::Passive && ctx.profile.admission.limits() {
            // Nothing was kept that the reset could leave as it is.
            let mut listening = tcb.listens_again();
            listening.due.reply = reset_for(*tcb, seg, ctx, by).due.reply;
            listening.due.reply_at = ctx.now;
            listening.due.reply_to = tcb.remote;
            out.push(listening, by);
        }
        return;
    }
    if tcb.origin == Origin::Passive && ctx.profile.admission.limits() {
        // The backlog is full, or the user waits for text: the SYN,ACK is sent again.
        out.push(silently(*tcb), req::RFC9293_3_8_3_1);
    }
    established(tcb, ctx);
    if !seg.flags.syn() {
        tcb.snd.edge_max = seg.ack;
        tcb.take_window(tcb.offered(seg), seg);
    }
    // A CLOSE made before the handshake was complete takes effect now.
    if tcb.snd.closed {
        tcb.state = State::FinWait1;
    }
    // A FIN that came with the SYN, and was kept, takes effect now.
    if tcb.rcv.fin_ahead == Some(tcb.rcv.nxt) {
        let mut kept = *tcb;
        fin::taken(&mut kept, ctx);
        use_acknowledgment(&mut kept, seg, ctx, out);
    }
    use_acknowledgment(tcb, seg, ctx, out);
}

/// Which acknowledgment numbers are looked at at all.
fn range(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    // Of something not yet sent.
    if seg.ack.after(tcb.snd.nxt) {
        let by = req::RFC9293_3_10_7_4_P16;
        let mut answered = acknowledge(*tcb, ctx, by);
        // Half the number space away, what is ahead for one is behind for another.
        if let Some(reply) = &mut answered.due.reply
            && seg.ack.since(tcb.snd.nxt) > AHEAD
        {
            reply.required = false;
        }
        return out.push(answered, by);
    }
    // Older than anything that the peer's window could have held back. What MAX.SND.WND counts
    // is the tracked maximum or the largest window there is, so there is a grey band.
    let old = tcb.snd.una.since(seg.ack);
    if seg.ack.before(tcb.snd.una) && old > tcb.snd.max_wnd {
        let by = req::RFC9293_3_10_7_4_6;
        let rejected = acknowledge(*tcb, ctx, req::RFC9293_3_10_7_4_7);
        let beyond_all = old > 65_535 << tcb.send_shift();
        match ctx.profile.ack_range {
            AckRange::Checked => {
                out.push(rejected, by);
                if beyond_all {
                    return;
                }
            }
            AckRange::Undeclared => out.push(rejected, req::RFC9293_MAY_12),
            AckRange::Any => {}
        }
    }
    use_acknowledgment(tcb, seg, ctx, out);
}

/// The window test of WL1 and WL2 (RFC9293-3.10.7.4-p17).
pub(super) fn updates_window(tcb: &Tcb, seg: &Segment) -> bool {
    let valid = tcb.snd.una.at_or_before(seg.ack) && seg.ack.at_or_before(tcb.snd.nxt);
    valid && is_newer(tcb, seg)
}

/// Whether it is no older than the segment that SND.WND is from.
fn is_newer(tcb: &Tcb, seg: &Segment) -> bool {
    tcb.snd.wl1.before(seg.seq) || (tcb.snd.wl1 == seg.seq && tcb.snd.wl2.at_or_before(seg.ack))
}

/// The acknowledgment is not beyond SND.NXT: it is used, and the remaining checks follow.
pub(super) fn use_acknowledgment(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    // LAST-ACK drops what does not acknowledge the FIN, so that need not count as heard.
    if tcb.state != State::LastAck || seg.ack.after(tcb.snd.una) {
        tcb.arrived_at = ctx.now;
    }
    if seg.ack.after(tcb.snd.una) {
        tcb.snd.una = seg.ack;
        sample_round_trip(tcb, ctx);
    } else if is_duplicate(tcb, seg) {
        tcb.rtx.dup_acks = tcb.rtx.dup_acks.saturating_add(1);
    }
    if !seg.options.sack.is_empty() {
        // A scoreboard may call segments lost sooner than three duplicates do.
        tcb.rtx.dup_acks = tcb.rtx.dup_acks.max(3);
    }
    if updates_window(tcb, seg) && !seg.flags.syn() {
        take_window(tcb, seg, ctx);
    }
    match tcb.state {
        State::FinWait1 if tcb.fin_acked() => {
            tcb.state = State::FinWait2;
            tcb.time_wait.0 = ctx.now;
            text::step(tcb, seg, ctx, out);
        }
        State::Closing if tcb.fin_acked() => {
            tcb.state = State::TimeWait;
            tcb.time_wait = fin::time_wait_from(ctx);
            out.push(*tcb, req::RFC9293_3_10_7_4_P19);
        }
        State::LastAck if tcb.fin_acked() => out.push(tcb.closed(), req::RFC9293_3_10_7_4_P20),
        State::TimeWait => {
            // A FIN again is acknowledged again, and may start the 2 MSL anew.
            tcb.time_wait.1 = fin::time_wait_from(ctx).1;
            out.push(*tcb, req::RFC9293_3_10_7_4_P21);
        }
        State::FinWait1
        | State::Closing
        | State::LastAck
        | State::Established
        | State::FinWait2
        | State::CloseWait
        | State::SynReceived
        | State::Closed
        | State::Listen
        | State::SynSent => text::step(tcb, seg, ctx, out),
    }
}

/// A duplicate acknowledgment as RFC 5681 section 2 defines it.
fn is_duplicate(tcb: &Tcb, seg: &Segment) -> bool {
    seg.ack == tcb.snd.una && tcb.snd.nxt != tcb.snd.una && seg.payload_len == 0 && !seg.flags.fin()
}

fn take_window(tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
    let before = tcb.snd.wnd;
    tcb.take_window(tcb.offered(seg), seg);
    if (before == 0) != (tcb.snd.wnd == 0) {
        tcb.rtx.since = ctx.now;
        tcb.rtx.probing = true;
        tcb.rtx.gap = crate::time::Micros::ZERO;
    }
}

/// The acknowledgment is used if it acknowledges anything, wherever the text lies; then, whatever
/// became of it, the text and the FIN, if their numbers are acceptable.
pub(super) fn apart(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let new = seg.flags.ack() && acknowledges_new(tcb, seg);
    let unsent = seg.flags.ack() && !new && seg.ack != tcb.snd.una;
    tcb.rcv.answers_first = unsent;
    if tcb.state == State::SynReceived {
        if !new {
            return;
        }
        established(tcb, ctx);
        tcb.snd.edge_max = seg.ack;
        if tcb.snd.closed {
            tcb.state = State::FinWait1;
        }
    }
    if new {
        tcb.snd.una = seg.ack;
        tcb.arrived_at = ctx.now;
        sample_round_trip(tcb, ctx);
        match tcb.state {
            State::FinWait1 if tcb.fin_acked() => {
                tcb.state = State::FinWait2;
                tcb.time_wait.0 = ctx.now;
            }
            State::Closing if tcb.fin_acked() => {
                tcb.state = State::TimeWait;
                tcb.time_wait = fin::time_wait_from(ctx);
                return out.push(*tcb, req::RFC9293_3_10_7_4_P19);
            }
            State::LastAck if tcb.fin_acked() => {
                return out.push(tcb.closed(), req::RFC9293_3_10_7_4_P20);
            }
            State::FinWait1
            | State::Closing
            | State::LastAck
            | State::Established
            | State::FinWait2
            | State::CloseWait
            | State::TimeWait
            | State::SynReceived
            | State::Closed
            | State::Listen
            | State::SynSent => {}
        }
    } else if seg.flags.ack() && is_duplicate(tcb, seg) {
        tcb.rtx.dup_acks = tcb.rtx.dup_acks.saturating_add(1);
    }
    if seg.flags.ack() {
        let newer = is_newer(tcb, seg);
        if tcb.snd.wnd_from_syn {
            // What SND.WL1 is after a SYN, stacks do not agree on.
            text_apart(&mut { *tcb }, seg, ctx, out);
        }
        if newer || tcb.snd.wnd_from_syn || tcb.input.marks.intersects(Marks::LARGER) {
            take_window(tcb, seg, ctx);
        }
    }
    text_apart(tcb, seg, ctx, out);
}

fn text_apart(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let acceptable = sequence::acceptable(tcb, seg, ctx);
    if acceptable != sequence::Acceptable::No {
        text::step(&mut { *tcb }, seg, ctx, out);
    }
    if acceptable != sequence::Acceptable::Yes {
        let by = req::RFC9293_3_5_2_P03;
        out.push(acknowledge(*tcb, ctx, by), by);
    }
}
