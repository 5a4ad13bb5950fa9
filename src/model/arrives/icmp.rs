//! ICMP messages (RFC 9293 section 3.9.2.2, RFC 5461): the network reports an error about a
//! segment that the stack has sent.
//!
//! The connection goes on, or it ends. Which of the two is required, recommended or left open
//! depends on the error, on the state, on whether the number that it quotes is in flight, and on
//! what the stack declares. No segment answers an error.

use crate::model::tcb::{Branches, Forms, Input, Miss, Origin, Reply, Suspect, Tcb};
use crate::model::{Context, ErrorClass, EventClass, IcmpClass, Marks, QuoteClass, State, reports};
use crate::oracle::Instead;
use crate::spec::{Req, req};
use crate::stack::HardErrors;
use crate::wire::{Family, IcmpError, IcmpKind};

/// Lets an error arrive, whichever connection it is about.
pub fn step(tcb: &Tcb, error: &IcmpError, ctx: &Context, out: &mut Branches) {
    let class = classify(tcb, error, ctx);
    let mut tcb = *tcb;
    tcb.input = Input {
        state: tcb.state,
        class: EventClass::Icmp(class),
        marks: Marks::of_connection(&tcb, ctx.now),
        at: ctx.now,
    };
    tcb.due.reply = None;
    reports::error(&mut tcb, class, error.kind);
    let forbidden = must_go_on(&tcb, class, ctx);
    let by = forbidden.unwrap_or(allowing(class.error));
    let expected = should_end(&tcb, class, ctx);
    if forbidden.is_none() && expected {
        ended(tcb, by, ctx, out);
    }
    out.push(gone_on(tcb, class, forbidden, expected, ctx), by);
    if forbidden.is_none() && !expected {
        ended(tcb, by, ctx, out);
    }
}

/// How an error stands to the connection.
pub fn classify(tcb: &Tcb, error: &IcmpError, ctx: &Context) -> IcmpClass {
    IcmpClass {
        error: classify_error(error.kind, ctx.profile.family),
        quote: classify_quote(tcb, error, ctx),
    }
}

/// Soft and hard, as section 3.9.2.2 has them. It names no hard error of ICMPv6, and nothing of
/// the codes that are younger than RFC 792.
fn classify_error(kind: IcmpKind, family: Family) -> ErrorClass {
    match (kind, family) {
        (
            IcmpKind::Net
            | IcmpKind::Host
            | IcmpKind::Transit
            | IcmpKind::Reassembly
            | IcmpKind::Parameter,
            Family::V4 | Family::V6,
        )
        | (IcmpKind::SourceRoute, Family::V4)
        | (IcmpKind::Protocol, Family::V6) => ErrorClass::Soft,
        (IcmpKind::Protocol | IcmpKind::Port, Family::V4) => ErrorClass::Hard,
        (IcmpKind::TooBig, Family::V4 | Family::V6) => ErrorClass::TooBig,
        (IcmpKind::Quench, Family::V4 | Family::V6) => ErrorClass::Quench,
        (IcmpKind::Prohibited, Family::V4 | Family::V6)
        | (IcmpKind::Port | IcmpKind::SourceRoute, Family::V6) => ErrorClass::Open,
    }
}

fn classify_quote(tcb: &Tcb, error: &IcmpError, ctx: &Context) -> QuoteClass {
    let own = error.src.addr == ctx.profile.family.stack();
    if !own || !connected(tcb.state) || !tcb.matches(error.src.port, error.dst) {
        return QuoteClass::Elsewhere;
    }
    let sent = tcb.snd.iss.is_some() && error.seq.at_or_after(tcb.snd.una);
    if sent && error.seq.before(tcb.snd.nxt) {
        QuoteClass::InFlight
    } else if sent && error.seq == tcb.snd.nxt {
        QuoteClass::Next
    } else {
        QuoteClass::Outside
    }
}

/// Whether there is a connection, or an attempt at one, whose segments an error can be about.
pub fn connected(state: State) -> bool {
    match state {
        State::Closed | State::Listen => false,
        State::SynSent
        | State::SynReceived
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait => true,
    }
}

/// By which requirement the connection has to go on, if it has to.
fn must_go_on(tcb: &Tcb, class: IcmpClass, ctx: &Context) -> Option<Req> {
    match (class.quote, class.error) {
        (QuoteClass::Elsewhere, _) => return Some(req::RFC9293_MUST_54),
        (_, ErrorClass::Quench) => return Some(req::RFC9293_MUST_55),
        (_, ErrorClass::Soft) => return Some(req::RFC9293_MUST_56),
        // What was never sent, or is acknowledged, was not caused by this connection. Whether a
        // stack looks is its own affair.
        (QuoteClass::Outside, _) if ctx.profile.icmp_in_flight => {
            return Some(req::RFC9293_MUST_54);
        }
        (QuoteClass::Outside | QuoteClass::Next | QuoteClass::InFlight, _) => {}
    }
    let declared_away = match ctx.profile.hard_errors {
        HardErrors::Undeclared | HardErrors::Always => false,
        HardErrors::Handshake => tcb.state.synchronized(),
        HardErrors::Ignored => true,
    };
    declared_away.then_some(req::RFC9293_SHLD_26)
}

/// By which requirement either is allowed.
fn allowing(error: ErrorClass) -> Req {
    match error {
        ErrorClass::Hard => req::RFC9293_SHLD_26,
        ErrorClass::Soft | ErrorClass::TooBig | ErrorClass::Quench | ErrorClass::Open => {
            req::RFC9293_MUST_54
        }
    }
}

/// Whether SHLD-26 recommends that the connection ends. In synchronized states RFC 5461 finds
/// that nobody does so, and only a stack that says it does is held to it.
fn should_end(tcb: &Tcb, class: IcmpClass, ctx: &Context) -> bool {
    let always = ctx.profile.hard_errors == HardErrors::Always;
    class.error == ErrorClass::Hard
        && class.quote == QuoteClass::InFlight
        && (tcb.state == State::SynSent || always)
}

/// The connection goes on.
fn gone_on(
    mut tcb: Tcb,
    class: IcmpClass,
    forbidden: Option<Req>,
    expected: bool,
    ctx: &Context,
) -> Tcb {
    let state = tcb.state;
    if let (Some(by), true) = (forbidden, connected(state)) {
        tcb.suspect = Some(Suspect {
            by,
            state,
            class,
            index: ctx.index,
        });
    }
    if expected {
        tcb.miss(Miss {
            requirement: req::RFC9293_SHLD_26,
            state,
            event: EventClass::Icmp(class),
            instead: Instead::Silence,
            index: ctx.index,
        });
    }
    let heeded =
        class.quote != QuoteClass::Elsewhere && ctx.profile.hard_errors != HardErrors::Ignored;
    match class.error {
        ErrorClass::TooBig if heeded => {
            // What was too big may be sent again in smaller segments, at once (RFC 1191).
            tcb.rtx.quiet = false;
            tcb.rtx.recovering = true;
        }
        ErrorClass::Soft | ErrorClass::Hard | ErrorClass::Open if heeded => {
            // A backoff that a lack of connectivity has caused may be taken back (RFC 6069).
            tcb.rtx.quiet = false;
        }
        ErrorClass::TooBig
        | ErrorClass::Quench
        | ErrorClass::Soft
        | ErrorClass::Hard
        | ErrorClass::Open => {}
    }
    tcb
}

/// The connection ends, as by ABORT: with a reset or without, but for SYN-SENT, where ABORT sends
/// none.
fn ended(tcb: Tcb, by: Req, ctx: &Context, out: &mut Branches) {
    out.push(with_reset(tcb.severed(), &tcb, by, ctx), by);
    if tcb.state == State::SynReceived && tcb.origin == Origin::Passive {
        out.push(with_reset(tcb.reset(), &tcb, by, ctx), by);
    }
}

fn with_reset(mut after: Tcb, before: &Tcb, by: Req, ctx: &Context) -> Tcb {
    if before.state == State::SynSent {
        return after;
    }
    after.due.reply = Some(Reply {
        forms: Forms::RST,
        required: false,
        by,
        rst_seq: before.snd.nxt,
        rst_ack: Some(before.rcv.nxt),
        rst_end: before.rcv.nxt,
    });
    after.due.reply_at = ctx.now;
    after.due.reply_to = before.remote;
    after
}
