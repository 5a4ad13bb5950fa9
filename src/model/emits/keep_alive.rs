//! Keep-alives (RFC 9293 section 3.8.4).

use super::text::content;
use super::{kind, miss};
use crate::model::tcb::{Forms, Tcb};
use crate::model::{Context, Fault};
use crate::spec::req;
use crate::time::Micros;
use crate::wire::Segment;

/// The shortest interval that a stack may have by itself (RFC9293-MUST-28).
const LEAST_DEFAULT: Micros = Micros::secs(7_200);

/// Whether a segment is a keep-alive: SND.NXT-1 with at most one octet of anything.
///
/// # Errors
/// It is one that may not be sent, or not yet.
pub(super) fn is_one(
    tcb: &mut Tcb,
    seg: &Segment,
    text: &[u8],
    ctx: &Context,
) -> Result<bool, Fault> {
    let idle = tcb.snd.una == tcb.snd.nxt;
    if !idle && garbage(tcb, seg, text) && ctx.profile.keep_alive.is_some() {
        ctx.unless_pardoned(
            Fault::new(
                req::RFC9293_MUST_26,
                kind(seg),
                "no keep-alive while something is outstanding",
            )
            // More is said by that than by how another explanation reads the octet.
            .deep(10),
        )?;
        return Ok(true);
    }
    if seg.seq != tcb.snd.nxt - 1 || seg.payload_len > 1 || seg.flags.fin() || !idle {
        return Ok(false);
    }
    let answering = tcb.due.reply.is_some_and(|r| r.forms.allow(Forms::ACK));
    let answering = answering && tcb.due.reply_at == ctx.now;
    if answering && seg.payload_len == 0 {
        return Ok(false);
    }
    let fault = |by, expected| Err(Fault::new(by, kind(seg), expected).deep(7));
    // The same form serves to probe a closed window.
    let probing = tcb.rtx.probing && tcb.snd.wnd == 0;
    if probing && tcb.rtx.armed && seg.is_empty() {
        return Ok(true);
    }
    let Some(interval) = ctx.profile.keep_alive else {
        if probing {
            return Ok(true);
        }
        return fault(req::RFC9293_MUST_25, "no keep-alive unless switched on");
    };
    let (interval, by) = match ctx.profile.keep_alive_default {
        true => (interval.max(LEAST_DEFAULT), req::RFC9293_MUST_28),
        false => (interval, req::RFC9293_MUST_26),
    };
    if ctx.now.since(tcb.arrived_at) + ctx.profile.slack < interval {
        ctx.unless_pardoned(
            Fault::new(
                by,
                kind(seg),
                "no keep-alive before nothing has arrived for an interval",
            )
            .deep(7),
        )?;
    }
    if seg.payload_len > 0 {
        miss(tcb, seg, ctx, req::RFC9293_SHLD_12);
    }
    Ok(true)
}

/// Whether this is one octet that is none of the user's: below what is outstanding, or in place of
/// its last, or of the last before an octet that may have been a probe.
fn garbage(tcb: &Tcb, seg: &Segment, text: &[u8]) -> bool {
    let last = (1..=2).any(|back| seg.seq == tcb.snd.nxt - back);
    let foreign = || (seg.seq + 1).after(tcb.queue_end()) || content(tcb, seg, text).is_err();
    seg.payload_len == 1 && !seg.flags.fin() && (seg.seq == tcb.snd.una - 1 || (last && foreign()))
}
