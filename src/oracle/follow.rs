//! How each connection sends, followed beside its explanations.

use super::coverage::Coverage;
use super::host::{End, Host};
use super::worlds::Happening;
use crate::model::Context;
use crate::trace::Trace;

impl Host {
    /// Something happens to one socket; what its connection has in flight is followed.
    pub(super) fn step(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        what: Happening<'_>,
        coverage: &mut Coverage,
    ) -> End {
        let Some(flight) = self.flights.get_mut(socket) else {
            return self.explain(trace, ctx, socket, what, coverage);
        };
        let owed = match what {
            Happening::Emission(..) => None,
            _ => flight.take_overdue(ctx),
        };
        let before = flight.begun().then_some(*flight);
        let ctx = Context {
            flight: before.as_ref(),
            owed,
            ..*ctx
        };
        let end = self.explain(trace, &ctx, socket, what, coverage);
        if let End::Explained = end {
            self.follow(&ctx, socket, what);
        }
        end
    }

    /// Notes what an explained event shows of how a connection sends.
    fn follow(&mut self, ctx: &Context<'_>, socket: usize, what: Happening<'_>) {
        let flight = &mut self.flights[socket];
        let after = &self.sockets[socket].now;
        match what {
            Happening::Emission(seg, _) if seg.flags.rst() => {}
            Happening::Emission(seg, _) if seg.flags.syn() => flight.opens(seg, ctx),
            Happening::Emission(seg, _) => flight.leaves(seg, after, ctx),
            Happening::Arrival(seg) => flight.hears(seg, after, ctx),
            Happening::Icmp(_) => flight.errs(),
            Happening::Call(call, ..) => flight.called(call, after, ctx),
            Happening::Quiet => {}
        }
    }
}
