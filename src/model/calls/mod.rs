//! User calls (RFC 9293 sections 3.10.1 to 3.10.6): what each may give back, and what follows.

mod abort;
mod ask;
mod close;
mod open;
mod receive;
mod reports;
mod send;
mod status;
mod urgent;

use super::tcb::{Branches, Input, Tcb};
use super::{Context, EventClass, Fault, Marks};
use crate::oracle::Instead;
use crate::stack::Outcome;
use crate::trace::Call;

/// Lets the user make a call that gave `outcome`; `text` is what RECEIVE delivered.
///
/// # Errors
/// When the standard does not allow that outcome.
pub fn step(
    tcb: &Tcb,
    call: &Call,
    outcome: Outcome,
    text: &[u8],
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    let mut tcb = *tcb;
    tcb.input = Input {
        state: tcb.state,
        class: class(call),
        marks: Marks::of_connection(&tcb, ctx.now),
        at: ctx.now,
    };
    tcb.due.reply = None;
    tcb.due.credit = tcb.due.credit.max(tcb.due.spare);
    tcb.due.spare = 0;
    tcb.due.tests = None;
    tcb.rcv.latest = None;
    match call {
        Call::Listen { port, remote } => open::passive(tcb, *port, *remote, outcome, out),
        Call::Connect { port, remote } => open::active(tcb, *port, *remote, outcome, ctx, out),
        Call::Send(asked) => send::step(tcb, *asked, outcome, ctx, out),
        Call::SendFlagged(asked, flag) => send::flagged(tcb, *asked, *flag, outcome, ctx, out),
        Call::Receive(asked) => receive::step(tcb, *asked, outcome, text, ctx, out),
        Call::Close => close::step(tcb, outcome, ctx, out),
        Call::Abort => abort::step(tcb, outcome, ctx, out),
        Call::Status => status::step(tcb, outcome, out),
        Call::Ask(query) => ask::query(tcb, *query, outcome, ctx, out),
        Call::Set(setting) => ask::set(tcb, *setting, outcome, ctx, out),
    }
}

/// The event class of a call.
pub fn class(call: &Call) -> EventClass {
    match call {
        Call::Listen { .. } => EventClass::Listen,
        Call::Connect { .. } => EventClass::Connect,
        Call::Send(_) | Call::SendFlagged(..) => EventClass::Send,
        Call::Receive(_) => EventClass::Receive,
        Call::Close => EventClass::Close,
        Call::Abort => EventClass::Abort,
        Call::Status => EventClass::Status,
        Call::Ask(_) | Call::Set(_) => EventClass::Ask,
    }
}

/// The kind of an outcome, as shapes name it.
pub(crate) fn kind(outcome: Outcome) -> Instead {
    match outcome {
        Outcome::Done
        | Outcome::Sent(_)
        | Outcome::Status(_)
        | Outcome::Urgent(_)
        | Outcome::Reports(_)
        | Outcome::Dscp(_)
        | Outcome::Unsupported => Instead::CallDone,
        Outcome::Received(_) => Instead::Octets,
        Outcome::Empty => Instead::Empty,
        Outcome::EndOfStream => Instead::EndOfStream,
        Outcome::Failed(_) => Instead::CallFailed,
    }
}
