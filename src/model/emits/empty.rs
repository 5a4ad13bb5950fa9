//! A segment without text, SYN and FIN: an acknowledgment, a window update, a probe, an answer.

use super::{kind, miss};
use crate::model::tcb::{Forms, Tcb};
use crate::model::{Context, EventClass, Fault, send_pointer};
use crate::spec::{Req, req};
use crate::time::Micros;
use crate::wire::{Flags, Segment, SeqNumber};

/// So many acknowledgments in a row, each within a second of the last, that nothing asked for are
/// put up with. Whoever goes on, and meets his like, floods the network.
const ECHOES: u8 = 3;

/// An empty segment: an acknowledgment, a window update, or an answer.
pub(super) fn step(
    tcb: &mut Tcb,
    seg: &Segment,
    edge_before: SeqNumber,
    ctx: &Context,
) -> Result<Req, Fault> {
    let fault = |by, expected| Err(Fault::new(by, kind(seg), expected).deep(7));
    let probe = seg.seq == tcb.snd.una - 1 && tcb.rtx.armed;
    if !probe && (seg.seq.before(tcb.snd.una) || seg.seq.after(tcb.snd.nxt)) {
        return fault(
            req::RFC9293_3_5_2_P03,
            "an empty acknowledgment has SEQ=SND.NXT",
        );
    }
    if tcb.due.reply.is_some_and(|r| r.forms.allow(Forms::ACK)) {
        tcb.challenged_at = ctx.now;
        return Ok(req::RFC9293_3_5_2_P03);
    }
    let news = tcb.rcv.acked.is_none_or(|acked| seg.ack.after(acked));
    if news {
        let nothing_acceptable = tcb.rcv.acked.is_some() && edge_before.at_or_before(tcb.rcv.nxt);
        if nothing_acceptable || maybe_challenge(tcb, ctx) {
            tcb.challenged_at = ctx.now;
        }
        tcb.due.revoke();
        return Ok(req::RFC9293_3_10_7_4_P23);
    }
    if tcb.rcv.edge.after(edge_before) {
        if maybe_challenge(tcb, ctx) {
            tcb.challenged_at = ctx.now;
        }
        return Ok(req::RFC9293_3_8_6_1_P01);
    }
    if probe {
        return Ok(req::RFC9293_3_8_6_1_P02);
    }
    if announces(tcb, seg) {
        return Ok(req::RFC9293_MUST_30);
    }
    if tcb.due.credit == 0 && tcb.rtx.armed && tcb.snd.wnd == 0 {
        return fault(
            req::RFC9293_3_8_6_1_P02,
            "a probe of the closed window that the peer has to answer: with an octet, or an old number",
        );
    }
    if tcb.due.credit == 0 {
        return fault(
            req::RFC5681_4_2_4,
            "no more than one acknowledgment for each segment that arrives",
        );
    }
    if answered_long_ago(tcb, ctx) {
        tcb.due.echoes = 0;
    }
    if tcb.due.idle_credit && tcb.due.echoes >= ECHOES {
        return fault(
            req::RFC9293_3_4_P03,
            "no acknowledgment of acknowledgments without end: they take up no sequence number",
        );
    }
    without_ack(tcb, seg, ctx);
    tcb.due.spend();
    tcb.challenged_at = ctx.now;
    Ok(req::RFC9293_MAY_13)
}

/// The urgent pointer gets through a closed window, where the octets do not (RFC9293-MUST-66).
fn announces(tcb: &Tcb, seg: &Segment) -> bool {
    let closed = tcb.rtx.armed && tcb.snd.wnd == 0;
    closed && seg.flags.urg() && send_pointer(tcb).is_some()
}

/// Whether the last answer lies so far back that another makes no flood of them.
fn answered_long_ago(tcb: &Tcb, ctx: &Context) -> bool {
    let limit = Micros::secs(1);
    tcb.challenged(ctx.now)
        .is_none_or(|ago| ago + ctx.profile.slack >= limit)
}

/// What lacks ACK is dropped, and an answer to it is put up with.
fn without_ack(tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
    let answers = match tcb.input.class {
        EventClass::Segment(class) => !class
            .flags()
            .intersects(Flags::ACK | Flags::SYN | Flags::RST),
        _ => false,
    };
    if answers && tcb.input.at == ctx.now && tcb.input.state.synchronized() {
        miss(tcb, seg, ctx, req::RFC9293_3_10_7_4_P11);
    }
}

/// Whether an acknowledgment that has something new to say may have been a challenge all the same:
/// it answers what has just arrived, and that brought nothing to acknowledge.
fn maybe_challenge(tcb: &Tcb, ctx: &Context) -> bool {
    let brought_nothing = match tcb.input.class {
        EventClass::Segment(class) => !class.text && !class.flags().fin(),
        EventClass::Icmp(_)
        | EventClass::Listen
        | EventClass::Connect
        | EventClass::Send
        | EventClass::Receive
        | EventClass::Close
        | EventClass::Abort
        | EventClass::Status
        | EventClass::Ask
        | EventClass::Time => false,
    };
    tcb.due.credit > 0 && tcb.input.at == ctx.now && brought_nothing
}
