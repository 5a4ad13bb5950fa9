//! What the stack sends, explained: as the answer to what arrived, a SYN, new data, a
//! retransmission, an acknowledgment, a window update, a FIN, a probe, a keep-alive, a reset. Or
//! it cannot be explained, and then it is known which requirement stands against it.

mod empty;
mod header;
mod keep_alive;
mod rst;
mod syn;
mod text;
mod window;

pub(super) use text::most_text;

use super::tcb::{Branches, Miss, Tcb};
use super::{Context, Fault, State, ecn, reports, service, urgent};
use crate::oracle::Instead;
use crate::spec::{Req, req};
use crate::wire::Segment;

/// Explains a segment that the stack sends.
///
/// # Errors
/// When the standard does not allow it here.
pub fn step(
    tcb: &Tcb,
    seg: &Segment,
    text: &[u8],
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    header::check(tcb, seg, ctx)?;
    let first = out.len();
    explain(tcb, seg, text, ctx, out)?;
    ecn::check(tcb, seg, ctx)?;
    if let Some(by) = service::check(tcb, seg, ctx)? {
        for (after, _) in out.iter_mut(first) {
            miss(after, seg, ctx, by);
        }
    }
    urgent::check(tcb, seg, ctx)?;
    if tcb.urgent.concerns_sending() {
        for (after, _) in out.iter_mut(first) {
            urgent::departed(tcb, after, seg);
        }
    }
    for (after, _) in out.iter_mut(first) {
        reports::departed(tcb, after, seg);
    }
    if ecn::is_noted(tcb, seg) {
        for (after, _) in out.iter_mut(first) {
            ecn::departed(tcb, after, seg, ctx);
        }
    }
    Ok(())
}

/// What the segment is for.
fn explain(
    tcb: &Tcb,
    seg: &Segment,
    text: &[u8],
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    if seg.flags.rst() {
        return rst::step(*tcb, seg, ctx, out);
    }
    if seg.flags.syn() {
        return syn::step(*tcb, seg, text, ctx, out);
    }
    match tcb.state {
        State::Closed | State::Listen | State::SynSent => {
            let unasked = match tcb.state {
                State::SynSent => req::RFC9293_3_10_7_3_P07,
                _ => req::RFC9293_3_10_7_1_P03,
            };
            let by = tcb.due.reply.map_or(unasked, |reply| reply.by);
            let fault = Fault::new(by, kind(seg), "nothing but a reset, if anything");
            ctx.unless_pardoned(fault)?;
            // It is passed over, and what is owed stays owed.
            out.push(*tcb, by);
            Ok(())
        }
        State::SynReceived
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait => text::step(tcb, seg, text, ctx, out),
    }
}

/// The kind of a segment, as shapes name it.
pub fn kind(seg: &Segment) -> Instead {
    if seg.flags.rst() {
        Instead::Rst
    } else if seg.flags.syn() {
        if seg.flags.ack() {
            Instead::SynAck
        } else {
            Instead::Syn
        }
    } else if seg.flags.fin() {
        Instead::Fin
    } else if seg.payload_len > 0 {
        Instead::Text
    } else if seg.flags.ack() {
        Instead::Ack
    } else {
        Instead::Other
    }
}

/// Notes that this segment misses a recommendation, or fails a soft check.
pub(super) fn miss(tcb: &mut Tcb, seg: &Segment, ctx: &Context, by: Req) {
    let (state, event) = tcb.occasion(ctx.now);
    tcb.miss(Miss {
        requirement: by,
        state,
        event,
        instead: kind(seg),
        index: ctx.index,
    });
}
