//! Fields of the IP header in which the user has a say: time to live, or hop limit, and the
//! differentiated services codepoint (RFC 9293 sections 3.9.1.9 and 3.9.2).

use super::emits::{kind, miss};
use super::tcb::{Branches, Origin, Tcb};
use super::{Context, Fault, State, calls};
use crate::spec::{Req, req};
use crate::stack::Outcome;
use crate::wire::{Flags, Segment};

/// What is known of them for one connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Service {
    /// The codepoint that the user has set on this connection, if any, and the one before.
    changed: Option<(u8, u8)>,
    /// The codepoint that arrived last.
    heard: u8,
}

impl Service {
    /// A segment arrives.
    pub(super) fn hear(&mut self, seg: &Segment) {
        self.heard = seg.dscp;
    }

    /// The codepoint that segments have to carry, where the user has a say in it.
    pub fn dscp(&self, ctx: &Context) -> Option<u8> {
        let changed = self.changed.map(|(to, _)| to);
        changed.or(ctx.profile.dscp)
    }

    /// The codepoint that arrived last.
    pub fn heard(&self) -> u8 {
        self.heard
    }

    /// Whether the user has changed the codepoint of this connection.
    pub fn has_changed(&self) -> bool {
        self.changed.is_some()
    }

    /// What of this a segment breaks though it only should not.
    fn misses(&self, seg: &Segment, ctx: &Context) -> Option<Req> {
        let wanted = self.dscp(ctx)?;
        match self.changed {
            _ if seg.dscp == wanted => None,
            Some((_, before)) if seg.dscp == before => Some(req::RFC9293_SHLD_21),
            _ => Some(req::RFC9293_SHLD_22),
        }
    }
}

/// Whether a segment is one of a connection that the user has, and not of a listener's handshake that
/// comes before, or of what is left after.
pub fn is_asked_of(tcb: &Tcb, seg: &Segment, ctx: &Context) -> bool {
    let listeners = tcb.origin == Origin::Passive && ctx.profile.listener_resets;
    match tcb.state {
        State::SynReceived => !seg.flags.intersects(Flags::SYN | Flags::RST) && !listeners,
        State::SynSent
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck => !seg.flags.rst(),
        State::Closed | State::Listen | State::TimeWait => false,
    }
}

/// A segment is sent.
///
/// # Errors
/// It is not what the user has asked for.
pub(super) fn check(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    if !is_asked_of(tcb, seg, ctx) {
        return Ok(());
    }
    if ctx.profile.ttl.is_some_and(|ttl| ttl != seg.hops) {
        let expected = "the time to live, or hop limit, that was asked for";
        ctx.unless_pardoned(Fault::new(req::RFC9293_MUST_49, kind(seg), expected).deep(10))?;
    }
    let asked = ctx.profile.dscp.is_some_and(|dscp| dscp != 0);
    if asked && seg.dscp == 0 && !tcb.service.has_changed() {
        let expected = "the differentiated services codepoint that was asked for";
        ctx.unless_pardoned(Fault::new(req::RFC9293_MUST_48, kind(seg), expected).deep(10))?;
    }
    Ok(())
}

/// What a segment misses, noted in all that explains it.
pub(super) fn note(tcb: &Tcb, seg: &Segment, ctx: &Context, after: &mut Tcb) {
    if let Some(by) = tcb
        .service
        .misses(seg, ctx)
        .filter(|_| is_asked_of(tcb, seg, ctx))
    {
        miss(after, seg, ctx, by);
    }
}

/// The user sets the codepoint.
///
/// # Errors
/// The outcome is none of this call.
pub(super) fn set(
    mut tcb: Tcb,
    dscp: u8,
    outcome: Outcome,
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    match outcome {
        Outcome::Done => {
            let before = tcb.service.dscp(ctx).unwrap_or(0);
            tcb.service.changed = Some((dscp, before));
            out.push(tcb, req::RFC9293_MUST_48);
        }
        Outcome::Unsupported => out.push(tcb, req::RFC9293_3_10_6_P01),
        Outcome::Failed(_) => {
            if tcb.state.synchronized() && tcb.state != State::TimeWait {
                tcb.miss_in_answer(req::RFC9293_SHLD_21, calls::kind(outcome), ctx);
            }
            out.push(tcb, req::RFC9293_3_10_6_P01);
        }
        Outcome::Sent(_)
        | Outcome::Received(_)
        | Outcome::Empty
        | Outcome::EndOfStream
        | Outcome::Status(_)
        | Outcome::Urgent(_)
        | Outcome::Reports(_)
        | Outcome::Dscp(_) => {
            let expected = "a codepoint is set, or the call fails";
            return Err(Fault::new(
                req::RFC9293_MUST_48,
                calls::kind(outcome),
                expected,
            ));
        }
    }
    Ok(())
}

/// The user asks which codepoint arrived last: if it is told, it is that one (RFC9293-MAY-9).
///
/// # Errors
/// It is another.
pub(super) fn told(tcb: Tcb, outcome: Outcome, out: &mut Branches) -> Result<(), Fault> {
    let right = match outcome {
        Outcome::Dscp(dscp) => dscp == tcb.service.heard && tcb.state != State::Closed,
        Outcome::Failed(_) | Outcome::Unsupported => {
            out.push(tcb, req::RFC9293_3_10_6_P01);
            return Ok(());
        }
        Outcome::Done
        | Outcome::Sent(_)
        | Outcome::Received(_)
        | Outcome::Empty
        | Outcome::EndOfStream
        | Outcome::Status(_)
        | Outcome::Urgent(_)
        | Outcome::Reports(_) => false,
    };
    if !right {
        let expected = "the differentiated services codepoint that arrived last";
        return Err(Fault::new(
            req::RFC9293_MAY_9,
            calls::kind(outcome),
            expected,
        ));
    }
    out.push(tcb, req::RFC9293_MAY_9);
    Ok(())
}
