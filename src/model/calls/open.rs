//! OPEN (RFC 9293 section 3.10.1).

use crate::model::arrives::is_host;
use crate::model::calls::kind;
use crate::model::tcb::{Branches, Origin, SendSpace, Tcb};
use crate::model::{Context, Fault, State};
use crate::spec::req;
use crate::stack::Outcome;
use crate::wire::Endpoint;

pub(super) fn passive(
    tcb: Tcb,
    port: u16,
    only: Option<Endpoint>,
    outcome: Outcome,
    out: &mut Branches,
) -> Result<(), Fault> {
    let opened = Tcb {
        input: tcb.input,
        known: tcb.known,
        misses: tcb.misses,
        unsaid: tcb.unsaid,
        challenged_at: tcb.challenged_at,
        told: tcb.told.known().anew().kept(),
        ..Tcb::listening(port, only)
    };
    match (tcb.state, outcome) {
        (_, Outcome::Unsupported) => out.push(tcb, req::RFC9293_3_10_1_P01),
        (State::Closed, Outcome::Done) => out.push(opened, req::RFC9293_3_10_1_P01),
        // Listening again where one listens already: the same listener, a new one, or an error.
        (State::Listen, Outcome::Done) if tcb.port == port && tcb.only == only => {
            out.push(tcb, req::RFC9293_MUST_41);
        }
        // The port may be taken by another connection of this host.
        (_, Outcome::Failed(_)) => out.push(tcb, req::RFC9293_3_10_1_P02),
        (
            State::Closed
            | State::Listen
            | State::SynSent
            | State::SynReceived
            | State::Established
            | State::FinWait1
            | State::FinWait2
            | State::CloseWait
            | State::Closing
            | State::LastAck
            | State::TimeWait,
            other,
        ) => {
            return Err(Fault::new(
                req::RFC9293_3_10_1_P02,
                kind(other),
                "OPEN of a connection that exists fails",
            ));
        }
    }
    Ok(())
}

pub(super) fn active(
    tcb: Tcb,
    port: u16,
    remote: Endpoint,
    outcome: Outcome,
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    match (tcb.state, outcome) {
        (_, Outcome::Unsupported) => out.push(tcb, req::RFC9293_3_10_1_P03),
        (State::Closed | State::Listen, Outcome::Done) => {
            if !is_host(remote) {
                ctx.unless_pardoned(Fault::new(
                    req::RFC9293_MUST_46,
                    kind(outcome),
                    "OPEN to an address that is no host's fails",
                ))?;
            }
            out.push(syn_sent(tcb, port, remote, ctx), req::RFC9293_3_10_1_P01);
        }
        (_, Outcome::Failed(_)) if !is_host(remote) => out.push(tcb, req::RFC9293_MUST_46),
        (_, Outcome::Failed(_)) => out.push(tcb, req::RFC9293_3_10_1_P02),
        (
            State::Closed
            | State::Listen
            | State::SynSent
            | State::SynReceived
            | State::Established
            | State::FinWait1
            | State::FinWait2
            | State::CloseWait
            | State::Closing
            | State::LastAck
            | State::TimeWait,
            other,
        ) => {
            return Err(Fault::new(
                req::RFC9293_3_10_1_P02,
                kind(other),
                "OPEN of a connection that exists fails",
            ));
        }
    }
    Ok(())
}

/// A connection that is to be opened actively: its SYN is due now.
pub(super) fn syn_sent(tcb: Tcb, port: u16, remote: Endpoint, ctx: &Context) -> Tcb {
    let mut opened = Tcb {
        state: State::SynSent,
        origin: Origin::Active,
        port,
        remote: Some(remote),
        input: tcb.input,
        known: tcb.known,
        misses: tcb.misses,
        unsaid: tcb.unsaid,
        challenged_at: tcb.challenged_at,
        told: tcb.told.known().anew().kept(),
        snd: SendSpace::default(),
        ..Tcb::default()
    };
    opened.due.syn = ctx.now;
    opened.arrived_at = ctx.now;
    opened.rtx.flight_at = ctx.now;
    opened.rtx.ceiling = ctx.profile.rto_initial;
    opened
}
