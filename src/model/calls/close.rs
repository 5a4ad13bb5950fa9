//! CLOSE (RFC 9293 section 3.10.4).

use crate::model::calls::abort::reset_by_user;
use crate::model::calls::kind;
use crate::model::tcb::{Branches, Miss, Tcb};
use crate::model::{Context, Fault, State};
use crate::oracle::Instead;
use crate::spec::req;
use crate::stack::Outcome;

pub(super) fn step(
    tcb: Tcb,
    outcome: Outcome,
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    match outcome {
        Outcome::Done => {
            done(tcb, ctx, out);
            Ok(())
        }
        Outcome::Failed(_) => failed(tcb, outcome, out),
        Outcome::Unsupported => {
            out.push(tcb, req::RFC9293_3_10_4_P03);
            Ok(())
        }
        Outcome::Sent(_)
        | Outcome::Received(_)
        | Outcome::Empty
        | Outcome::EndOfStream
        | Outcome::Status(_)
        | Outcome::Urgent(_)
        | Outcome::Reports(_)
        | Outcome::Dscp(_) => Err(Fault::new(
            req::RFC9293_3_10_4_P03,
            kind(outcome),
            "CLOSE is accepted or fails",
        )),
    }
}

fn done(mut tcb: Tcb, ctx: &Context, out: &mut Branches) {
    text_lost(&mut tcb, ctx, out);
    match tcb.state {
        // Nothing to close; whether that is an error is the interface's choice.
        State::Closed => out.push(tcb, req::RFC9293_3_10_4_P01),
        State::Listen | State::SynSent => {
            let by = req::RFC9293_3_10_4_P01;
            out.push(tcb.closed(), by);
        }
        State::SynReceived => {
            // FIN now, or once the handshake is complete: both are one FIN after all that is
            // queued, and the state it is sent in is FIN-WAIT-1.
            tcb.snd.closed = true;
            out.push(tcb, req::RFC9293_3_10_4_P02);
        }
        State::Established => {
            tcb.snd.closed = true;
            tcb.state = State::FinWait1;
            out.push(tcb, req::RFC9293_3_10_4_P03);
        }
        State::CloseWait => {
            tcb.snd.closed = true;
            tcb.state = State::LastAck;
            out.push(tcb, req::RFC9293_3_10_4_P04);
        }
        State::FinWait1 | State::FinWait2 | State::Closing | State::LastAck | State::TimeWait => {
            out.push(tcb, req::RFC9293_3_10_4_P05)
        }
    }
}

/// A CLOSE that ends receiving too, with text unread, is no orderly end: a reset in place of the
/// FIN tells the peer what is lost (RFC9293-MAY-1, RFC9293-SHLD-3). To go on with a FIN misses a
/// recommendation; text ahead of a gap may count, or not.
fn text_lost(tcb: &mut Tcb, ctx: &Context, out: &mut Branches) {
    let open = matches!(tcb.state, State::Established | State::CloseWait);
    let unread = tcb.unread() > 0;
    if !(open && ctx.profile.half_duplex_close && (unread || !tcb.rcv.ahead.is_empty())) {
        return;
    }
    let mut reset = reset_by_user(*tcb, true, req::RFC9293_SHLD_3, ctx);
    reset.snd.closed = true;
    out.push(reset, req::RFC9293_SHLD_3);
    if unread {
        tcb.miss(Miss {
            requirement: req::RFC9293_SHLD_3,
            state: tcb.state,
            event: tcb.input.class,
            instead: Instead::Fin,
            index: ctx.index,
        });
    }
}

fn failed(tcb: Tcb, outcome: Outcome, out: &mut Branches) -> Result<(), Fault> {
    match tcb.state {
        State::Closed
        | State::FinWait1
        | State::FinWait2
        | State::Closing
        | State::LastAck
        | State::TimeWait => {
            out.push(tcb, req::RFC9293_3_10_4_P05);
            Ok(())
        }
        State::Listen
        | State::SynSent
        | State::SynReceived
        | State::Established
        | State::CloseWait => Err(Fault::new(
            req::RFC9293_3_10_4_P03,
            kind(outcome),
            "CLOSE of an open connection is accepted",
        )),
    }
}
