//! Second check: RST (RFC 9293 section 3.10.7.4, RFC 5961 section 3.2, RFC 1337).

use super::{acknowledge, reset_for, silently, syn};
use crate::model::tcb::{Branches, Miss, Origin, Tcb};
use crate::model::{Context, State, Unsaid};
use crate::oracle::Instead;
use crate::spec::{Req, req};
use crate::stack::RstRule;
use crate::wire::Segment;

/// The segment has passed the sequence check.
pub(super) fn step(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    if !seg.flags.rst() {
        return syn::step(tcb, seg, ctx, out);
    }
    if seg.seq == tcb.rcv.nxt {
        reset(*tcb, out);
    } else {
        misplaced(tcb, seg, ctx, out);
    }
    if may_be_refused(tcb, seg) {
        let mut refused = silently(*tcb);
        refused.due.grant(true);
        out.push(refused, req::RFC7323_5_2_6);
    }
}

/// Inside the window, but not where it is expected.
fn misplaced(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    match ctx.profile.rst {
        RstRule::Rfc5961 => {
            let by = req::RFC9293_3_10_7_4_2;
            let mut challenged = acknowledge(*tcb, ctx, by);
            challenged.due.grant(true);
            out.push(challenged, by);
            if tcb.state == State::TimeWait {
                // It may ignore every reset.
                out.push(silently(*tcb), req::RFC1337_3_P01);
            }
            // Once the text before RCV.NXT is trimmed away, it begins there.
            let text_end = seg.text_seq() + seg.payload_len;
            if seg.seq.before(tcb.rcv.nxt) && text_end.after(tcb.rcv.nxt) {
                reset(*tcb, out);
            }
        }
        RstRule::Rfc793 => {
            tcb.miss(Miss {
                requirement: req::RFC5961_3_2_1,
                state: tcb.state,
                event: tcb.input.class,
                instead: Instead::Silence,
                index: ctx.index,
            });
            reset(*tcb, out);
        }
    }
}

/// A stack may want TSecr of a reset to be what it has sent (RFC7323-5.2-6): of its SYN, as long as
/// that is not acknowledged, and at least the latest after that.
pub(super) fn may_be_refused(tcb: &Tcb, seg: &Segment) -> bool {
    let Some((_, echo)) = seg.options.timestamps else {
        return false;
    };
    let sent = match tcb.state.synchronized() {
        false => tcb.ts.was_on_own_syn(echo),
        true => tcb.ts.sent().is_some_and(|(latest, _)| latest == echo),
    };
    tcb.ours.timestamps && (seg.options.duplicate || !sent)
}

/// What a reset does in each state.
fn reset(tcb: Tcb, out: &mut Branches) {
    let tcb = silently(tcb);
    match tcb.state {
        State::SynReceived => match tcb.origin {
            // The SYN that opened it anew from TIME-WAIT was stale: back to there, of which too
            // little is remembered, or to LISTEN.
            Origin::Passive if tcb.reopened_above.is_some() => {
                out.push(tcb.listens_again(), req::RFC9293_3_10_7_4_P05);
                let mut returned = tcb.unsaid(Unsaid::StaleSyn);
                returned.state = State::TimeWait;
                out.push(returned, req::RFC9293_MAY_2);
            }
            Origin::Passive => out.push(tcb.listens_again(), req::RFC9293_3_10_7_4_P05),
            Origin::Active => out.push(tcb.severed(), req::RFC9293_3_10_7_4_P06),
        },
        State::Established | State::FinWait1 | State::FinWait2 | State::CloseWait => {
            out.push(tcb.severed(), by(&tcb));
        }
        State::Closing | State::LastAck => {
            out.push(tcb.severed(), req::RFC9293_3_10_7_4_P08);
        }
        State::TimeWait => {
            out.push(tcb.severed(), req::RFC9293_3_10_7_4_P08);
            out.push(tcb, req::RFC1337_3_P01);
        }
        State::Closed | State::Listen | State::SynSent => {
            out.push(tcb, req::RFC9293_3_10_7_4_P02);
        }
    }
}

fn by(tcb: &Tcb) -> Req {
    if tcb.rcv.edge.at_or_before(tcb.rcv.nxt) {
        req::RFC9293_MUST_66
    } else {
        req::RFC9293_3_10_7_4_1
    }
}

/// Text that arrives after a CLOSE that has ended receiving too is lost, and a reset says so
/// (RFC9293-SHLD-3). To take it all the same misses a recommendation. The block goes on so.
pub(super) fn text_after_close(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let new = (seg.text_seq() + seg.payload_len).after(tcb.rcv.nxt);
    if !(ctx.profile.half_duplex_close && tcb.snd.closed && new) {
        return;
    }
    let by = req::RFC9293_SHLD_3;
    let mut lost = tcb.after_own_reset(ctx);
    lost.due.reply = reset_for(*tcb, seg, ctx, by).due.reply;
    lost.due.reply_at = ctx.now;
    lost.due.reply_to = tcb.remote;
    out.push(lost, by);
    tcb.miss_in_answer(by, Instead::Ack, ctx);
}
