//! Which socket a segment belongs to, and which socket has sent one.

use super::excuse::shape;
use super::host::{End, Host, NOBODY};
use super::verdict::{Instead, Verdict};
use crate::model::tcb::{Input, Tcb};
use crate::model::{Context, EventClass, Fault, State};
use crate::spec::req;
use crate::stack::{Outcome, SOCKETS};
use crate::trace::{Call, Trace};
use crate::wire::Endpoint;

/// Where a segment goes.
pub(super) enum Route {
    /// To this socket, or to nobody.
    To(usize),
    /// To one of several, as far as is known.
    Unknown,
}

impl Host {
    /// The connection that a call opens actively, if it does: OPEN, or SEND where the socket
    /// listens for one peer.
    pub(super) fn opens(
        &self,
        socket: usize,
        call: &Call,
        outcome: Outcome,
    ) -> Option<(u16, Endpoint)> {
        match (call, outcome) {
            (Call::Connect { port, remote }, Outcome::Done) => Some((*port, *remote)),
            (Call::Send(_), Outcome::Sent(_)) => {
                let now = &self.sockets[socket].now;
                let listens = |tcb: &&Tcb| tcb.state == State::Listen;
                let tcb = now.iter().find(listens)?;
                tcb.only.map(|remote| (tcb.port, remote))
            }
            _ => None,
        }
    }

    /// Two sockets cannot hold one connection: the second OPEN has to fail.
    pub(super) fn opened_twice(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        port: u16,
        remote: Endpoint,
    ) -> Option<End> {
        let holds = |tcb: &Tcb| {
            !matches!(tcb.state, State::Closed | State::Listen) && tcb.matches(port, remote)
        };
        let other = (0..SOCKETS)
            .find(|&other| other != socket && self.sockets[other].now.iter().any(holds))?;
        let known: Vec<&Tcb> = self.sockets[other].now.iter().collect();
        if !known.iter().all(|tcb| holds(tcb)) {
            return Some(End::Verdict(Verdict::Inconclusive(
                "two sockets may hold the same connection".into(),
            )));
        }
        let fault = Fault::new(
            req::RFC9293_3_10_1_P02,
            Instead::CallDone,
            "OPEN of a connection that exists fails",
        );
        let tcb = Tcb {
            input: Input {
                state: known[0].state,
                class: EventClass::Connect,
                at: ctx.now,
            },
            ..*known[0]
        };
        match self.known.covers(&shape(&fault, &tcb, ctx)) {
            Some((entry, _)) => {
                self.used.push(entry);
                Some(End::Verdict(Verdict::Conforms))
            }
            None => Some(self.deviates(trace, ctx, other, &fault, &tcb)),
        }
    }

    /// The socket that a segment from `remote` to `port` belongs to: the connection of that name,
    /// else the first listener, else nobody.
    pub(super) fn route(&self, port: u16, remote: Endpoint) -> Route {
        let alive = |tcb: &Tcb| {
            !matches!(tcb.state, State::Closed | State::Listen) && tcb.matches(port, remote)
        };
        let listens = |tcb: &Tcb| {
            tcb.state == State::Listen
                && tcb.port == port
                && tcb.only.is_none_or(|only| only == remote)
        };
        let takes = |tcb: &Tcb| alive(tcb) || listens(tcb);
        let Some(first) = self.find(alive).or_else(|| self.find(listens)) else {
            return Route::To(NOBODY);
        };
        // If it may be that this socket does not take it, and another would, nobody can tell.
        let surely = |tcb: &Tcb| takes(tcb) && !tcb.mute;
        let surely = self.sockets[first].now.iter().all(surely);
        let other =
            (0..SOCKETS).any(|other| other != first && self.sockets[other].now.iter().any(takes));
        if !surely && other {
            return Route::Unknown;
        }
        Route::To(first)
    }

    fn find(&self, test: impl Fn(&Tcb) -> bool) -> Option<usize> {
        (0..SOCKETS).find(|&socket| self.sockets[socket].now.iter().any(&test))
    }

    /// The socket that has sent a segment from `port` to `remote`.
    pub(super) fn sender(&self, port: u16, remote: Endpoint) -> usize {
        let answers = |tcb: &Tcb| tcb.due.reply.is_some();
        let nobody = &self.sockets[NOBODY].now;
        if nobody
            .iter()
            .any(|tcb| tcb.matches(port, remote) && answers(tcb))
        {
            return NOBODY;
        }
        let alive = |tcb: &Tcb| {
            !matches!(tcb.state, State::Closed | State::Listen) && tcb.matches(port, remote)
        };
        let called =
            |tcb: &Tcb| tcb.port == port && tcb.due.reply_to == Some(remote) && answers(tcb);
        let owes = |tcb: &Tcb| called(tcb) && tcb.due.reply.is_some_and(|reply| reply.required);
        self.find(alive)
            .or_else(|| self.find(owes))
            .or_else(|| self.find(called))
            .or_else(|| self.muted_listener(port))
            .or_else(|| self.remembers(port, remote))
            .or_else(|| self.find(|tcb| tcb.port == port && tcb.due.reply_to == Some(remote)))
            .or_else(|| self.find(|tcb| tcb.port == port && tcb.mute))
            .unwrap_or(NOBODY)
    }

    /// The socket that met the last input, if it listens and nothing is said of it.
    fn muted_listener(&self, port: u16) -> Option<usize> {
        let now = &self.sockets[self.last].now;
        let muted = |tcb: &Tcb| tcb.mute && tcb.state == State::Listen && tcb.port == port;
        (self.last < SOCKETS && now.iter().any(muted)).then_some(self.last)
    }

    /// The closed socket that was last connected so; the one that met the last input first.
    fn remembers(&self, port: u16, remote: Endpoint) -> Option<usize> {
        let matches = |tcb: &Tcb| tcb.matches(port, remote);
        let last = self.last < SOCKETS && self.sockets[self.last].now.iter().any(matches);
        match last {
            true => Some(self.last),
            false => self.find(matches),
        }
    }
}
