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
    let expected = "the question is answered or fails";
    let wrong = |by| Err(Fault::new(by, kind(outcome), expected));
    match (query, outcome) {
        (Query::Dscp, Outcome::Dscp(dscp)) => service::told(tcb, dscp, kind(outcome), out),
        (Query::Urgent, Outcome::Urgent(left)) => urgent::remaining(tcb, left, ctx, out),
        (Query::Reports, Outcome::Reports(told)) => reports::told(tcb, told, ctx, out),
        (_, Outcome::Failed(_) | Outcome::Unsupported) => {
            out.push(tcb, by);
            Ok(())
        }
        (Query::Urgent | Query::Reports, _) => wrong(by),
        (Query::Dscp, _) => wrong(req::RFC9293_MAY_9),
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
    let expected = "the setting is accepted or fails";
    let wrong = |by| Err(Fault::new(by, kind(outcome), expected));
    match (setting, outcome) {
        (Setting::Dscp(dscp), Outcome::Done) => {
            service::set(tcb, dscp, ctx, out);
            Ok(())
        }
        (Setting::Reports(on), Outcome::Done) => {
            tcb.told.change(|known| known.switch(on));
            urgent::reports_set(&mut tcb);
            out.push(tcb, by);
            Ok(())
        }
        (Setting::Dscp(_), Outcome::Failed(_)) => {
            service::refused(&mut tcb, kind(outcome), ctx);
            out.push(tcb, by);
            Ok(())
        }
        (Setting::Reports(_), Outcome::Failed(_)) | (_, Outcome::Unsupported) => {
            out.push(tcb, by);
            Ok(())
        }
        (Setting::Reports(_), _) => wrong(by),
        (Setting::Dscp(_), _) => wrong(req::RFC9293_MUST_48),
    }
}
