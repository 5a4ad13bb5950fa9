//! What the user asks or sets beside the calls that move a connection (RFC 9293 section 3.9.1).

use crate::model::calls::{kind, reports};
use crate::model::tcb::{Branches, Tcb};
use crate::model::{Context, Fault};
use crate::spec::req;
use crate::stack::{Outcome, Query, Setting};

/// A question.
pub(super) fn query(
    tcb: Tcb,
    query: Query,
    outcome: Outcome,
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    let by = req::RFC9293_3_10_6_P01;
    match (query, outcome) {
        (Query::Reports, Outcome::Reports(told)) => reports::told(tcb, told, ctx, out),
        (_, Outcome::Failed(_) | Outcome::Unsupported)
        | (Query::Urgent, Outcome::Urgent(_))
        | (Query::Dscp, Outcome::Dscp(_)) => {
            out.push(tcb, by);
            Ok(())
        }
        (Query::Urgent | Query::Reports | Query::Dscp, _) => Err(Fault::new(
            by,
            kind(outcome),
            "the question is answered or fails",
        )),
    }
}

/// A setting.
pub(super) fn set(
    tcb: Tcb,
    setting: Setting,
    outcome: Outcome,
    out: &mut Branches,
) -> Result<(), Fault> {
    let by = req::RFC9293_3_10_6_P01;
    match (setting, outcome) {
        (Setting::Reports(on), Outcome::Done) => {
            let mut tcb = tcb;
            tcb.told.change(|known| known.switch(on));
            out.push(tcb, by);
            Ok(())
        }
        (_, Outcome::Done | Outcome::Failed(_) | Outcome::Unsupported) => {
            out.push(tcb, by);
            Ok(())
        }
        (Setting::Reports(_) | Setting::Dscp(_), _) => Err(Fault::new(
            by,
            kind(outcome),
            "the setting is accepted or fails",
        )),
    }
}
