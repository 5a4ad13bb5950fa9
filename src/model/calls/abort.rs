//! ABORT (RFC 9293 section 3.10.5).

use crate::model::calls::kind;
use crate::model::tcb::{Branches, Forms, Reply, Tcb};
use crate::model::{Context, Fault, State};
use crate::spec::{Req, req};
use crate::stack::Outcome;

pub(super) fn step(
    tcb: Tcb,
    outcome: Outcome,
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    match (tcb.state, outcome) {
        (State::Closed, Outcome::Done) => {
            // Whoever aborts gives up what was not read.
            out.push(
                Tcb {
                    severed: true,
                    ..tcb
                },
                req::RFC9293_3_10_5_P02,
            );
        }
        (State::Closed, Outcome::Failed(_)) | (_, Outcome::Unsupported) => {
            out.push(tcb, req::RFC9293_3_10_5_P02);
        }
        (State::Listen | State::SynSent, Outcome::Done) => {
            out.push(tcb.severed(), req::RFC9293_3_10_5_P02);
        }
        (
            State::SynReceived
            | State::Established
            | State::FinWait1
            | State::FinWait2
            | State::CloseWait,
            Outcome::Done,
        ) => {
            let by = req::RFC9293_3_10_5_P01;
            out.push(with_reset(tcb, true, ctx), by);
        }
        // No reset is called for in these, but none is forbidden.
        (State::Closing | State::LastAck | State::TimeWait, Outcome::Done) => {
            out.push(with_reset(tcb, false, ctx), req::RFC9293_3_10_5_P02);
        }
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
                req::RFC9293_3_10_5_P01,
                kind(other),
                "ABORT is accepted",
            ));
        }
    }
    Ok(())
}

fn with_reset(tcb: Tcb, required: bool, ctx: &Context) -> Tcb {
    reset_by_user(tcb, required, req::RFC9293_3_10_5_P01, ctx)
}

/// The stack ends the connection with a reset that no segment has called for.
pub(super) fn reset_by_user(tcb: Tcb, required: bool, by: Req, ctx: &Context) -> Tcb {
    let mut severed = tcb.after_own_reset(ctx);
    severed.due.reply = Some(Reply {
        forms: Forms::RST,
        required,
        by,
        rst_seq: tcb.snd.nxt,
        rst_ack: Some(tcb.rcv.nxt),
        rst_end: tcb.rcv.nxt,
    });
    severed.due.reply_at = ctx.now;
    severed.due.reply_to = tcb.remote;
    severed
}
