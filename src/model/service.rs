//! Fields of the IP header in which the user has a say: time to live, or hop limit, and the
//! differentiated services codepoint (RFC 9293 sections 3.9.1.9 and 3.9.2).

use super::emits::kind;
use super::tcb::{Branches, Origin, Tcb};
use super::{Context, Fault, State};
use crate::oracle::Instead;
use crate::spec::{Req, req};
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

/// Whether the user has asked for anything, and a segment is one of a connection that the user has, and
/// not of a listener's handshake that comes before, or of what is left after.
pub fn is_asked_of(tcb: &Tcb, seg: &Segment, ctx: &Context) -> bool {
    if ctx.profile.ttl.is_none() && tcb.service.dscp(ctx).is_none() {
        return false;
    }
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

/// A segment is sent. Gives the recommendation that it misses, if it misses one.
///
/// # Errors
/// It is not what the user has asked for.
pub(super) fn check(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Result<Option<Req>, Fault> {
    if !is_asked_of(tcb, seg, ctx) {
        return Ok(None);
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
    Ok(tcb.service.misses(seg, ctx))
}

/// The user has set the codepoint.
pub(super) fn set(mut tcb: Tcb, dscp: u8, ctx: &Context, out: &mut Branches) {
    let before = tcb.service.dscp(ctx).unwrap_or(0);
    tcb.service.changed = Some((dscp, before));
    out.push(tcb, req::RFC9293_MUST_48);
}

/// The user could not set the codepoint, as a connection should let him until he has closed it.
pub(super) fn refused(tcb: &mut Tcb, instead: Instead, ctx: &Context) {
    if matches!(tcb.state, State::Established | State::CloseWait) {
        tcb.miss_in_answer(req::RFC9293_SHLD_21, instead, ctx);
    }
}

/// The user is told which codepoint arrived last, and it is that one (RFC9293-MAY-9).
///
/// # Errors
/// It is another.
pub(super) fn told(tcb: Tcb, dscp: u8, instead: Instead, out: &mut Branches) -> Result<(), Fault> {
    let by = req::RFC9293_MAY_9;
    if dscp != tcb.service.heard || tcb.state == State::Closed {
        let expected = "the differentiated services codepoint that arrived last";
        return Err(Fault::new(by, instead, expected));
    }
    out.push(tcb, by);
    Ok(())
}
