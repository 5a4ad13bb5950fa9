//! What the user is told of a connection that goes on (RFC 9293 section 3.9.1.8).

use crate::model::calls::{kind, urgent};
use crate::model::reports::{Cause, R1, Wanted};
use crate::model::tcb::{Branches, Tcb};
use crate::model::{Context, Fault};
use crate::spec::{Req, req};
use crate::stack::{Outcome, Reports};

/// The user asks what has been reported.
pub(super) fn told(
    mut tcb: Tcb,
    reports: Reports,
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    let instead = kind(Outcome::Reports(reports));
    let fault = |by: Req, expected| ctx.unless_pardoned(Fault::new(by, instead, expected));
    let uncaused = "no report of what has not happened";
    let known = tcb.told.known();
    let of_urgent = known.wanted == Wanted::Yes && ctx.profile.reports_urgent;
    urgent::reported(&mut tcb, reports, of_urgent)?;
    let mut missed = None;
    match (reports.contains(Reports::ICMP), known.icmp) {
        (true, Cause::None) => fault(req::RFC9293_3_9_1_8_1, uncaused)?,
        (true, Cause::Unwanted) => missed = Some(req::RFC9293_SHLD_20),
        (false, Cause::Must) => fault(
            req::RFC9293_3_9_1_8_1,
            "a report of the ICMP error that has come",
        )?,
        (true, Cause::May | Cause::Must) | (false, Cause::None | Cause::Unwanted | Cause::May) => {}
    }
    let retransmission = reports.contains(Reports::RETRANSMISSION);
    if retransmission {
        match known.most {
            0 => fault(req::RFC9293_3_9_1_8_1, uncaused)?,
            _ if known.wanted == Wanted::No && !known.left => missed = Some(req::RFC9293_SHLD_20),
            again if again < R1 => missed = missed.or(Some(req::RFC9293_SHLD_10)),
            _ => {}
        }
    } else if known.untold {
        fault(
            req::RFC9293_3_9_1_8_1,
            "a report of what was sent again and again, before the connection was given up",
        )?;
    }
    if let Some(by) = missed {
        tcb.miss_in_answer(by, instead, ctx);
    }
    tcb.told.change(|known| known.read(retransmission));
    let any = retransmission || reports.contains(Reports::ICMP);
    out.push(
        tcb,
        match any {
            true => req::RFC9293_3_9_1_8_1,
            false => req::RFC9293_3_10_6_P01,
        },
    );
    Ok(())
}
