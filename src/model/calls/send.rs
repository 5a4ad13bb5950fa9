//! SEND (RFC 9293 section 3.10.2).

use crate::model::calls::{kind, open};
use crate::model::tcb::{Branches, Tcb};
use crate::model::{Context, Fault, State};
use crate::spec::req;
use crate::stack::{Outcome, SendFlag};

pub(super) fn step(
    tcb: Tcb,
    asked: u32,
    outcome: Outcome,
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    let by = match tcb.state {
        State::SynSent | State::SynReceived => req::RFC9293_3_10_2_P01,
        State::Established | State::CloseWait => req::RFC9293_3_10_2_P02,
        State::Listen => req::RFC9293_3_10_1_P03,
        State::Closed
        | State::FinWait1
        | State::FinWait2
        | State::Closing
        | State::LastAck
        | State::TimeWait => req::RFC9293_3_10_2_P03,
    };
    match outcome {
        Outcome::Sent(n) if n > asked => Err(Fault::new(
            by,
            kind(outcome),
            "SEND takes over no more octets than it was given",
        )),
        Outcome::Sent(n) => taken(tcb, n, ctx, out),
        Outcome::Failed(_) | Outcome::Unsupported => refused(tcb, outcome, out),
        Outcome::Done
        | Outcome::Received(_)
        | Outcome::Empty
        | Outcome::EndOfStream
        | Outcome::Status(_)
        | Outcome::Urgent(_)
        | Outcome::Reports(_)
        | Outcome::Dscp(_) => Err(Fault::new(by, kind(outcome), "SEND is accepted or fails")),
    }
}

/// SEND with its PUSH or URGENT flag (RFC 9293 section 3.9.1.2).
pub(super) fn flagged(
    tcb: Tcb,
    asked: u32,
    flag: SendFlag,
    outcome: Outcome,
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    let first = out.len();
    step(tcb, asked, outcome, ctx, out)?;
    if let Outcome::Sent(1..) = outcome {
        for (after, _) in out.iter_mut(first) {
            after.urgent.taken(flag, after.snd.queued);
        }
    }
    Ok(())
}

fn taken(mut tcb: Tcb, n: u32, ctx: &Context, out: &mut Branches) -> Result<(), Fault> {
    match tcb.state {
        State::Established | State::CloseWait | State::SynSent | State::SynReceived
            if !tcb.snd.closed || n == 0 =>
        {
            tcb.snd.queued = tcb.snd.queued.wrapping_add(n);
            out.push(tcb, req::RFC9293_3_10_2_P02);
            Ok(())
        }
        State::Listen => match tcb.only {
            Some(remote) => {
                let mut opened = open::syn_sent(tcb, tcb.port, remote, ctx);
                opened.snd.queued = n;
                out.push(opened, req::RFC9293_3_10_1_P03);
                Ok(())
            }
            None if n == 0 => {
                out.push(tcb, req::RFC9293_3_10_1_P03);
                Ok(())
            }
            None => Err(Fault::new(
                req::RFC9293_3_10_1_P03,
                kind(Outcome::Sent(n)),
                "SEND in LISTEN without a peer fails",
            )),
        },
        State::Closed
        | State::FinWait1
        | State::FinWait2
        | State::Closing
        | State::LastAck
        | State::TimeWait
        | State::Established
        | State::CloseWait
        | State::SynSent
        | State::SynReceived => {
            if n == 0 {
                out.push(tcb, req::RFC9293_3_10_2_P03);
                return Ok(());
            }
            Err(Fault::new(
                req::RFC9293_3_10_2_P03,
                kind(Outcome::Sent(n)),
                "SEND after CLOSE, or without a connection, fails",
            ))
        }
    }
}

fn refused(tcb: Tcb, outcome: Outcome, out: &mut Branches) -> Result<(), Fault> {
    match tcb.state {
        // Nothing stands in the way of queueing. An error is one of resources only.
        State::Established | State::CloseWait if outcome != Outcome::Unsupported => {
            Err(Fault::new(
                req::RFC9293_3_10_2_P02,
                kind(outcome),
                "SEND is taken over, in whole or in part",
            ))
        }
        State::Established
        | State::CloseWait
        | State::SynSent
        | State::SynReceived
        | State::Closed
        | State::Listen
        | State::FinWait1
        | State::FinWait2
        | State::Closing
        | State::LastAck
        | State::TimeWait => {
            out.push(tcb, req::RFC9293_3_10_2_P03);
            Ok(())
        }
    }
}
