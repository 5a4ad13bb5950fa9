//! ICMP errors: which sockets they reach, and what is held against them.

use super::coverage::Coverage;
use super::host::{End, Host, NOBODY};
use super::worlds::Happening;
use crate::model::tcb::{Input, Suspect, Tcb};
use crate::model::{Context, EventClass, Fault, Marks, QuoteClass, State, arrives};
use crate::oracle::Instead;
use crate::spec::req;
use crate::stack::{Outcome, SOCKETS};
use crate::trace::{Call, Trace};
use crate::wire::IcmpError;

impl Host {
    /// An error arrives: it concerns the connection whose segment it quotes and no other
    /// (RFC9293-MUST-54).
    pub(super) fn icmp(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        error: &IcmpError,
        coverage: &mut Coverage,
    ) -> End {
        self.unanswerable = None;
        if let end @ End::Verdict(_) = self.quiet(trace, ctx, None, coverage) {
            return end;
        }
        self.last = NOBODY;
        for socket in 0..SOCKETS {
            let here =
                |tcb: &Tcb| arrives::icmp::classify(tcb, error, ctx).quote != QuoteClass::Elsewhere;
            if !self.sockets[socket].now.iter().any(here) {
                self.passes(ctx, socket, error);
                continue;
            }
            self.last = socket;
            let what = Happening::Icmp(error);
            self.reached(ctx, socket, &what, coverage);
            if let end @ End::Verdict(_) = self.step(trace, ctx, socket, what, coverage) {
                return end;
            }
        }
        if self.last == NOBODY {
            self.reached(ctx, NOBODY, &Happening::Icmp(error), coverage);
            for tcb in self.sockets[NOBODY].touch() {
                let class = arrives::icmp::classify(tcb, error, ctx);
                tcb.due.reply = None;
                tcb.input = Input {
                    state: State::Closed,
                    class: EventClass::Icmp(class),
                    marks: Marks::NONE,
                    at: ctx.now,
                };
            }
        }
        End::Explained
    }

    /// An error passes a socket by that it does not concern.
    fn passes(&mut self, ctx: &Context<'_>, socket: usize, error: &IcmpError) {
        let connected = |tcb: &Tcb| arrives::icmp::connected(tcb.state);
        if !self.sockets[socket].now.iter().any(connected) {
            return;
        }
        for tcb in self.sockets[socket].touch() {
            if connected(tcb) && tcb.suspect.is_none() {
                tcb.suspect = Some(Suspect {
                    by: req::RFC9293_MUST_54,
                    state: tcb.state,
                    class: arrives::icmp::classify(tcb, error, ctx),
                    index: ctx.index,
                });
            }
        }
    }
}

/// The same fault, held against the ICMP error that must not have ended the connection: what the
/// stack does is what it would do if the connection were gone.
pub(super) fn suspected(fault: &Fault, tcb: &Tcb, what: Happening<'_>) -> Option<Fault> {
    let error = tcb.suspect?;
    let answers_segment = match tcb.input.class {
        EventClass::Segment(class) => !class.flags().rst(),
        EventClass::Icmp(_)
        | EventClass::Listen
        | EventClass::Connect
        | EventClass::Send
        | EventClass::Receive
        | EventClass::Close
        | EventClass::Abort
        | EventClass::Status
        | EventClass::Ask
        | EventClass::Time => false,
    };
    let as_if_gone = match what {
        _ if fault.instead == Instead::Silence => fault.timed || !answers_segment,
        Happening::Emission(seg, _) => seg.flags.rst() && answers_segment,
        Happening::Call(call, outcome, _) => match outcome {
            Outcome::Done => matches!(call, Call::Listen { .. } | Call::Connect { .. }),
            Outcome::Failed(_) => true,
            Outcome::Status(state) => matches!(state, State::Closed | State::Listen),
            Outcome::Sent(_)
            | Outcome::Received(_)
            | Outcome::Empty
            | Outcome::EndOfStream
            | Outcome::Urgent(_)
            | Outcome::Reports(_)
            | Outcome::Dscp(_)
            | Outcome::Unsupported => false,
        },
        Happening::Arrival(_) | Happening::Icmp(_) | Happening::Quiet => false,
    };
    as_if_gone.then_some(Fault {
        requirement: error.by,
        expected: "the connection goes on: this ICMP error must not end it",
        ..*fault
    })
}
