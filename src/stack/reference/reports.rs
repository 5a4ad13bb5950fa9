//! What the user is told while a connection goes on (RFC 9293 section 3.9.1.8).

use super::endpoint::{Endpoint, Scratch, Shared};
use super::fault::Fault;
use super::twist;
use crate::model::reports::R1;
use crate::model::{ErrorClass, IcmpClass, QuoteClass, State, Tcb};
use crate::stack::{Outcome, Query, Reports, Setting};
use crate::trace::Call;

/// What there is to report, and whether the user wants it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Noted {
    /// What has happened since the user last asked.
    pending: Reports,
    /// The user wants none.
    silent: bool,
}

impl Endpoint {
    /// Something is to be reported, if the user wants it.
    pub(super) fn report(&mut self, what: Reports, shared: &Shared) {
        if !self.noted.silent || shared.has(Fault::ReportsStayOn) {
            self.noted.pending = self.noted.pending.with(what);
        }
    }

    /// An ICMP error has come. What the stack has asked for itself, as it does by path MTU discovery,
    /// is no error to the user; and a source quench is discarded (RFC9293-MUST-55).
    pub(super) fn report_error(&mut self, class: IcmpClass, shared: &Shared) {
        let told = match class.error {
            ErrorClass::Soft => !shared.has(Fault::SoftErrorUnreported),
            ErrorClass::Hard | ErrorClass::Open => true,
            ErrorClass::TooBig | ErrorClass::Quench => false,
        };
        if told && class.quote != QuoteClass::Elsewhere {
            self.report(Reports::ICMP, shared);
        }
    }

    /// A segment has left. The stack's R1 is as small as it should be: three retransmissions of what
    /// is outstanding longest, while nothing is heard.
    pub(super) fn report_retransmission(&mut self, before: &Tcb, shared: &Shared) {
        let most = match shared.fault {
            Some(Fault::RetransmissionUnreported) => return,
            Some(Fault::ReportedTooEarly) => 1,
            Some(_) | None => R1,
        };
        if before.told.known().surely < most && self.tcb.told.known().surely >= most {
            self.report(Reports::RETRANSMISSION, shared);
        }
    }

    /// What has been reported since the user last asked.
    pub(super) fn reports(&mut self, shared: &Shared, scratch: &mut Scratch) -> Outcome {
        let call = Call::Ask(Query::Reports);
        if self.tcb.state == State::Closed && self.tcb.remote.is_none() {
            let failed = Outcome::Failed(self.error);
            return self.decide(call, failed, &[], shared, scratch);
        }
        let mut told = std::mem::take(&mut self.noted.pending);
        if shared.has(Fault::ReportWithoutCause) {
            told = told.with(Reports::ICMP);
        }
        if !self.noted.silent {
            told = told.with(twist::urgent_report(shared.fault, &self.tcb));
        }
        self.decide(call, Outcome::Reports(told), &[], shared, scratch)
    }

    /// Whether there are to be reports; what was noted before is not told any more.
    pub(super) fn switch_reports(
        &mut self,
        on: bool,
        shared: &Shared,
        scratch: &mut Scratch,
    ) -> Outcome {
        let call = Call::Set(Setting::Reports(on));
        if self.tcb.state == State::Closed {
            let failed = Outcome::Failed(self.error);
            return self.decide(call, failed, &[], shared, scratch);
        }
        self.noted.silent = !on;
        if !on {
            self.noted.pending = Reports::NONE;
        }
        self.decide(call, Outcome::Done, &[], shared, scratch)
    }
}
