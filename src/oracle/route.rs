//! Which socket a segment belongs to, and which socket has sent one.

use super::excuse::shape;
use super::host::{End, Host, NOBODY};
use super::known::Aside;
use super::verdict::{Instead, Verdict};
use crate::model::tcb::{Input, Origin, Tcb};
use crate::model::{Context, EventClass, Fault, Marks, State};
use crate::spec::req;
use crate::stack::{Outcome, SOCKETS};
use crate::time::Instant;
use crate::trace::{Call, Trace};
use crate::wire::{Endpoint, Segment};

/// As what a socket may claim a segment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// As the connection of that name.
    Connection,
    /// As a listener on the port.
    Listener,
}

impl Claim {
    /// Whether a socket in this state takes a segment from `remote` to `port`; `None` when
    /// nothing is known of it.
    fn of(self, tcb: &Tcb, port: u16, remote: Endpoint) -> Option<bool> {
        let named = tcb.matches(port, remote);
        if tcb.mute {
            // It may listen, again or still.
            let passive = match tcb.state {
                State::Listen => true,
                State::SynReceived => tcb.origin == Origin::Passive,
                State::Closed
                | State::SynSent
                | State::Established
                | State::FinWait1
                | State::FinWait2
                | State::CloseWait
                | State::Closing
                | State::LastAck
                | State::TimeWait => false,
            };
            let possible = named && tcb.state != State::Closed || passive && tcb.port == port;
            return match (self, possible) {
                (Claim::Connection, true) => None,
                (Claim::Connection, false) | (Claim::Listener, _) => Some(false),
            };
        }
        Some(match (self, tcb.state) {
            (_, State::Closed) | (Claim::Connection, State::Listen) => false,
            (Claim::Connection, _) => named,
            (Claim::Listener, _) => tcb.listens_to(port, remote),
        })
    }
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
            (Call::Send(_) | Call::SendFlagged(..), Outcome::Sent(_)) => {
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
        // Of a connection of which nothing is said, nobody knows whether it is still there.
        let holds = |tcb: &Tcb| {
            let alive = !matches!(tcb.state, State::Closed | State::Listen);
            alive && !tcb.mute && tcb.matches(port, remote)
        };
        let other = (0..SOCKETS)
            .find(|&other| other != socket && self.sockets[other].now.iter().any(holds))?;
        if !self.sockets[other].now.iter().all(holds) {
            let held = self.choices.take(2) == 0;
            self.sockets[other].now.retain(|tcb| holds(tcb) == held);
            if !held {
                return self.opened_twice(trace, ctx, socket, port, remote);
            }
        }
        let known = self.sockets[other].now[0];
        let fault = Fault::new(
            req::RFC9293_3_10_1_P02,
            Instead::CallDone,
            "OPEN of a connection that exists fails",
        );
        let tcb = Tcb {
            input: Input {
                state: known.state,
                class: EventClass::Connect,
                marks: Marks::NONE,
                at: ctx.now,
            },
            ..known
        };
        let aside = Aside::of(self.sockets[other].reused(), &tcb);
        match self.known.covers(&shape(&fault, &tcb, ctx), aside) {
            Some((entry, _)) => {
                self.used.push(entry);
                Some(End::Verdict(Verdict::Conforms))
            }
            None => Some(self.deviates(trace, ctx, other, &fault, &tcb)),
        }
    }

    /// The socket that a segment from `remote` to `port` belongs to: the connection of that name,
    /// else the first listener, else nobody. Where some of a socket's states take the segment,
    /// others do not, and another socket would, a choice is made and the states that speak
    /// against it are dropped.
    pub(super) fn route(&mut self, port: u16, remote: Endpoint) -> usize {
        let takers = |host: &Host, socket: usize, claim: Claim| {
            let now = &host.sockets[socket].now;
            now.iter()
                .any(|tcb| claim.of(tcb, port, remote) != Some(false))
        };
        let claims = [Claim::Connection, Claim::Listener];
        let asked: [(usize, Claim); 2 * SOCKETS] =
            std::array::from_fn(|place| (place % SOCKETS, claims[place / SOCKETS]));
        for (place, &(socket, claim)) in asked.iter().enumerate() {
            if !takers(self, socket, claim) {
                continue;
            }
            let surely = |tcb: &Tcb| claim.of(tcb, port, remote) == Some(true);
            let sure = self.sockets[socket].now.iter().all(surely);
            if sure && claim == Claim::Connection {
                return socket;
            }
            let rival = asked[place + 1..]
                .iter()
                .any(|&(other, claim)| other != socket && takers(self, other, claim));
            if !rival {
                return socket;
            }
            if sure {
                // Which of several listeners gets it, nobody says.
                match self.choices.take(2) {
                    0 => return socket,
                    _ => continue,
                }
            }
            let takes = self.choices.take(2) == 0;
            if !takes && claim == Claim::Listener {
                // It may listen all the same: nobody says which of several listeners gets it.
                continue;
            }
            self.sockets[socket].now.retain(|tcb| {
                claim
                    .of(tcb, port, remote)
                    .is_none_or(|taken| taken == takes)
            });
            if takes {
                return socket;
            }
        }
        NOBODY
    }

    fn find(&self, test: impl Fn(&Tcb) -> bool) -> Option<usize> {
        (0..SOCKETS).find(|&socket| self.sockets[socket].now.iter().any(&test))
    }

    /// The socket that has sent a segment from `port` to `remote`.
    pub(super) fn sender(&self, seg: &Segment) -> usize {
        let (port, remote) = (seg.src.port, seg.dst);
        let answers = |tcb: &Tcb| tcb.due.reply.is_some();
        let has_to = |tcb: &Tcb| tcb.due.reply.is_some_and(|reply| reply.required);
        let nobody = &self.sockets[NOBODY].now;
        // Nobody sends but resets: what else comes before one that is due is of a connection. Where
        // another socket owes one too, it is of the one whose number it has.
        let owed = |tcb: &Tcb| tcb.matches(port, remote) && has_to(tcb);
        let exact = |tcb: &Tcb| {
            let number = tcb.due.reply.map(|reply| reply.rst_seq);
            owed(tcb) && number == Some(seg.seq)
        };
        if seg.flags.rst() && nobody.iter().any(owed) {
            return match self.find(exact) {
                Some(other) if !nobody.iter().any(exact) => other,
                Some(_) | None => NOBODY,
            };
        }
        let alive = |tcb: &Tcb| {
            !matches!(tcb.state, State::Closed | State::Listen) && tcb.matches(port, remote)
        };
        let called =
            |tcb: &Tcb| tcb.port == port && tcb.due.reply_to == Some(remote) && answers(tcb);
        let owes = |tcb: &Tcb| called(tcb) && tcb.due.reply.is_some_and(|reply| reply.required);
        // Where several owe one, it answers what has just come.
        let met = |last: &usize| self.sockets[*last].now.iter().any(owes);
        let last = Some(self.last).filter(|last| *last < SOCKETS && met(last));
        self.find(|tcb| alive(tcb) && !tcb.mute)
            .or(last)
            .or_else(|| self.find(owes))
            .or_else(|| self.find(alive))
            .or_else(|| self.find(called))
            .or_else(|| {
                let may = |tcb: &Tcb| tcb.matches(port, remote) && answers(tcb);
                nobody.iter().any(may).then_some(NOBODY)
            })
            .or_else(|| self.muted(port, remote))
            .or_else(|| self.remembers(port, remote))
            .or_else(|| self.find(|tcb| tcb.port == port && tcb.due.reply_to == Some(remote)))
            .or_else(|| self.find(|tcb| tcb.port == port && tcb.mute))
            .unwrap_or(NOBODY)
    }

    /// Another socket than `sender` that the segment may be from: one that holds a connection of
    /// the same name, as far as can be told, and of which nothing is said, or one that listened
    /// on the port when last something was said of it. Or nobody, where `sender` has no such
    /// connection and the segment answers what must not be answered, or where `sender` is closed
    /// and nobody may answer as well.
    pub(super) fn rival(&self, sender: usize, seg: &Segment, now: Instant) -> Option<usize> {
        let (port, remote) = (seg.src.port, seg.dst);
        let named = |tcb: &Tcb| tcb.matches(port, remote);
        let may = |tcb: &Tcb| Claim::Connection.of(tcb, port, remote).is_none();
        let holds = |socket: usize| self.sockets[socket].now.iter().any(may);
        let other = (0..SOCKETS).find(|&other| other != sender && holds(other));
        other.or_else(|| {
            let forbidden = self.unanswerable.is_some_and(|(_, at)| at == now);
            let guessed = sender != NOBODY && !self.sockets[sender].now.iter().any(named);
            let open = |tcb: &Tcb| tcb.state != State::Closed;
            let over = sender != NOBODY && !self.sockets[sender].now.iter().any(open);
            let mut nobody = self.sockets[NOBODY].now.iter();
            let answers = nobody.any(|tcb| named(tcb) && tcb.due.reply.is_some());
            (forbidden && guessed || over && answers).then_some(NOBODY)
        })
    }

    /// The socket that met the last input, if nothing is said of it and it may be the one.
    fn muted(&self, port: u16, remote: Endpoint) -> Option<usize> {
        let now = &self.sockets[self.last].now;
        let muted = |tcb: &Tcb| Claim::Connection.of(tcb, port, remote).is_none();
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
