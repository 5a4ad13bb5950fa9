//! What the user asks or sets beside the calls that move a connection (RFC 9293 section 3.9.1).

use crate::model::calls::{kind, reports, urgent};
use crate::model::tcb::{Branches, Tcb};
use crate::model::{Context, Fault, service};
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
        (Query::Dscp, _) => service::told(tcb, outcome, out),
        (Query::Urgent, Outcome::Urgent(left)) => urgent::remaining(tcb, left, ctx, out),
        (Query::Reports, Outcome::Reports(told)) => reports::told(tcb, told, ctx, out),
        (_, Outcome::Failed(_) | Outcome::Unsupported) => {
            out.push(tcb, by);
            Ok(())
        }
        (Query::Urgent | Query::Reports, _) => Err(Fault::new(
            by,
            kind(outcome),
            "the question is answered or fails",
        )),
    }
}

/// A setting.
pub(super) fn set(
    mut tcb: Tcb,
    setting: Setting,
    outcome: Outcome,
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    let by = req::RFC9293_3_10_6_P01;
    match (setting, outcome) {
        (Setting::Dscp(dscp), _) => service::set(tcb, dscp, outcome, ctx, out),
        (Setting::Reports(on), Outcome::Done) => {
            tcb.told.change(|known| known.switch(on));
            urgent::reports_set(&mut tcb);
            out.push(tcb, by);
            Ok(())
        }
        (_, Outcome::Failed(_) | Outcome::Unsupported) => {
            out.push(tcb, by);
            Ok(())
        }
        (Setting::Reports(_), _) => Err(Fault::new(
            by,
            kind(outcome),
            "the setting is accepted or fails",
        )),
    }
}
