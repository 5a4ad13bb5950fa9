//! What the user is told of urgent data (RFC 9293 section 3.8.5).

use crate::model::calls::kind;
use crate::model::tcb::{Branches, Tcb};
use crate::model::{Context, Fault, Pointer, State};
use crate::spec::{Req, req};
use crate::stack::{Outcome, Reports};

/// Asked how much is left up to the end of urgent data, the stack answers `left`.
pub(super) fn remaining(
    mut tcb: Tcb,
    left: u32,
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    let least = at_least(&tcb, ctx);
    if left < least || left > tcb.urgent.most() {
        return Err(Fault::new(
            misunderstood(&tcb, left),
            kind(Outcome::Urgent(left)),
            "so many octets as are to be delivered up to the one that the urgent pointer designates",
        ));
    }
    tcb.urgent.told(left);
    out.push(tcb, req::RFC9293_MUST_33);
    Ok(())
}

/// So many octets are left at least: none where nothing can be received any more, and no more than there
/// are once the peer has closed, wherever it pointed to.
fn at_least(tcb: &Tcb, ctx: &Context) -> u32 {
    match tcb.state {
        State::FinWait1 | State::FinWait2 if ctx.profile.half_duplex_close => 0,
        State::Established | State::FinWait1 | State::FinWait2 => tcb.urgent.least(),
        State::CloseWait => tcb.urgent.least().min(tcb.unread()),
        State::Closed
        | State::Listen
        | State::SynSent
        | State::SynReceived
        | State::Closing
        | State::LastAck
        | State::TimeWait => 0,
    }
}

/// Which requirement a wrong number breaks.
fn misunderstood(tcb: &Tcb, left: u32) -> Req {
    let urgent = &tcb.urgent;
    if left > urgent.most() {
        return match urgent.most() {
            // It counts a pointer that came after the FIN.
            _ if tcb.rcv.fin => req::RFC9293_3_10_7_4_P22,
            // It takes the pointer for that of the last urgent octet.
            most if most > 0 && left == most + 1 => req::RFC9293_MUST_62,
            _ => req::RFC9293_MUST_33,
        };
    }
    match urgent.pointer {
        Pointer::Receding => req::RFC9293_3_10_7_4_P22,
        Pointer::AtClosedWindow => req::RFC9293_MUST_66,
        Pointer::Usual => req::RFC9293_MUST_33,
    }
}

/// Asked what there was to report, the stack tells of urgent data, or does not; `wanted` while the user
/// has not declined reports.
///
/// It has to when there was none before, and when there is more of it (RFC9293-MUST-32). Beside what
/// RECEIVE delivers it may tell again; but not out of nothing.
///
/// # Errors
/// When it tells what it must not, or does not tell what it has to.
pub(super) fn reported(tcb: &mut Tcb, reports: Reports, wanted: bool) -> Result<(), Fault> {
    let told = reports.contains(Reports::URGENT);
    let fault = |by: Req, expected| Err(Fault::new(by, kind(Outcome::Reports(reports)), expected));
    if told && !tcb.urgent.reportable() {
        return fault(
            req::RFC9293_3_10_7_4_P22,
            "urgent data is reported once for each pointer that goes further",
        );
    }
    let alive = match tcb.state {
        State::Established | State::FinWait1 | State::FinWait2 | State::CloseWait => true,
        State::Closed
        | State::Listen
        | State::SynSent
        | State::SynReceived
        | State::Closing
        | State::LastAck
        | State::TimeWait => false,
    };
    if wanted && alive && !told && tcb.urgent.reports() {
        return fault(
            req::RFC9293_MUST_32,
            "a report that there is urgent data, or more of it than before",
        );
    }
    tcb.urgent.reported(told);
    Ok(())
}

/// The user has declined reports, or wants them again: what came before then need not be reported.
pub(super) fn reports_set(tcb: &mut Tcb) {
    tcb.urgent.reported(false);
}
