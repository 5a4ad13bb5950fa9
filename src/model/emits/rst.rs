//! A reset that the stack sends.

use super::{kind, miss};
use crate::model::tcb::{Branches, Forms, Reply, Tcb};
use crate::model::{Context, EventClass, Fault, Marks, State};
use crate::spec::{Req, req};
use crate::wire::Segment;

pub(super) fn step(
    tcb: Tcb,
    seg: &Segment,
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    let Some(reply) = tcb.due.reply.filter(|r| r.forms.allow(Forms::RST)) else {
        return Err(Fault::new(
            uncalled_for(&tcb),
            kind(seg),
            "no reset: nothing here calls for one",
        ));
    };
    let mut tcb = tcb;
    check(&mut tcb, seg, &reply, ctx)?;
    stamped(&mut tcb, seg, &reply, ctx);
    tcb.due.reply = None;
    out.push(tcb, reply.by);
    Ok(())
}

/// A reset in answer to a segment with timestamps should have some too, TSval 0 among them; and so
/// should that of a user who aborts a connection that has them (RFC 7323 sections 3.2 and 5.2).
fn stamped(tcb: &mut Tcb, seg: &Segment, reply: &Reply, ctx: &Context) {
    let arrives = matches!(tcb.input.class, EventClass::Segment(_)) && tcb.input.at == ctx.now;
    let answers = arrives && tcb.input.marks.intersects(Marks::STAMPED);
    let value = seg.options.timestamps.map(|(value, _)| value);
    if answers && ctx.profile.timestamps && value != Some(0) {
        miss(tcb, seg, ctx, req::RFC7323_5_2_2);
    } else if tcb.ts.on && reply.by == req::RFC9293_3_10_5_P01 && value.is_none() {
        miss(tcb, seg, ctx, req::RFC7323_3_2_6);
    }
}

/// The numbers of a reset (RFC 9293 sections 3.5.2 and 3.10.5).
fn check(tcb: &mut Tcb, seg: &Segment, reply: &Reply, ctx: &Context) -> Result<(), Fault> {
    let fault = |expected| Err(Fault::new(reply.by, kind(seg), expected).deep(4));
    if seg.flags.syn() || seg.flags.fin() {
        return fault("a reset without SYN or FIN");
    }
    let by_user = [
        req::RFC9293_3_10_5_P01,
        req::RFC9293_3_10_8_P01,
        req::RFC9293_SHLD_26,
        req::RFC9293_MUST_54,
    ]
    .contains(&reply.by);
    let lost = reply.by == req::RFC9293_SHLD_3;
    if seg.seq != reply.rst_seq {
        let in_flight = seg.seq.at_or_after(tcb.snd.una) && seg.seq.at_or_before(tcb.snd.nxt);
        if lost && seg.seq == tcb.snd.nxt {
            return Ok(());
        }
        if !(in_flight && by_user) {
            return fault("a reset whose SEQ is SEG.ACK, or SND.NXT when the stack aborts, or 0");
        }
        // The peer will not take it at its word, if it follows RFC 5961.
        miss(tcb, seg, ctx, reply.by);
    }
    match reply.rst_ack {
        // The answer to a segment without ACK has to carry one.
        Some(ack) if !by_user && (!seg.flags.ack() || seg.ack != ack) => {
            fault("a reset with ACK, acknowledging SEG.SEQ+SEG.LEN")
        }
        _ if seg.flags.ack() && seg.ack != reply.rst_end && seg.ack != tcb.rcv.nxt => {
            fault("a reset that acknowledges SEG.SEQ+SEG.LEN, RCV.NXT or nothing")
        }
        Some(_) | None => Ok(()),
    }
}

/// Which requirement a reset breaks that nothing calls for.
fn uncalled_for(tcb: &Tcb) -> Req {
    match tcb.input.class {
        EventClass::Segment(class) if class.flags().rst() => req::RFC9293_3_5_2_P01,
        EventClass::Close if tcb.state == State::Closed => req::RFC9293_3_10_4_P01,
        EventClass::Close if tcb.input.state == State::SynReceived => req::RFC9293_3_10_4_P02,
        EventClass::Abort if tcb.state == State::Closed => req::RFC9293_3_10_5_P02,
        EventClass::Segment(_)
        | EventClass::Icmp(_)
        | EventClass::Listen
        | EventClass::Connect
        | EventClass::Send
        | EventClass::Receive
        | EventClass::Close
        | EventClass::Abort
        | EventClass::Status
        | EventClass::Ask
        | EventClass::Time => match (tcb.state, tcb.due.reply) {
            (State::TimeWait, _) => req::RFC9293_MUST_13,
            (_, Some(reply)) => reply.by,
            (_, None) => tcb.due.tests.unwrap_or(req::RFC9293_3_5_2_P02),
        },
    }
}
