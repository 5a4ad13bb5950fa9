//! STATUS (RFC 9293 section 3.10.6).

use crate::model::calls::kind;
use crate::model::tcb::{Branches, Tcb};
use crate::model::{Fault, State};
use crate::spec::req;
use crate::stack::Outcome;

pub(super) fn step(tcb: Tcb, outcome: Outcome, out: &mut Branches) -> Result<(), Fault> {
    let by = req::RFC9293_3_10_6_P01;
    match outcome {
        Outcome::Status(state) if agrees(&tcb, state) => {
            out.push(tcb, by);
            Ok(())
        }
        Outcome::Failed(_) | Outcome::Unsupported => {
            out.push(tcb, by);
            Ok(())
        }
        Outcome::Status(_)
        | Outcome::Done
        | Outcome::Sent(_)
        | Outcome::Received(_)
        | Outcome::Empty
        | Outcome::EndOfStream
        | Outcome::Urgent(_)
        | Outcome::Reports(_)
        | Outcome::Dscp(_) => Err(Fault::new(
            by,
            kind(outcome),
            "STATUS names the state that everything seen so far leads to",
        )),
    }
}

/// In SYN-RECEIVED after CLOSE, FIN-WAIT-1 may be entered at once or with the handshake's end.
fn agrees(tcb: &Tcb, told: State) -> bool {
    let early = tcb.state == State::SynReceived && tcb.snd.closed && told == State::FinWait1;
    told == tcb.state || early
}
