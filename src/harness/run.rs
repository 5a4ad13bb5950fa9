//! Runs one scenario on one stack, which gives a trace.
//!
//! The runner holds the clock, hands segments and calls to the stack one at a time, and after
//! each lets it finish what it has to do at that instant. It judges nothing. Whatever a stack
//! does to its own code, panics included, ends that one trace and no more.

use super::guard::guarded;
use super::users::Users;
use crate::model::State;
use crate::peer::{Packet, Packets, Peer};
use crate::scenario::{CallStep, Flow, IcmpStep, PeerStep, Scenario, Step, Wait};
use crate::stack::{Broken, Config, Outbox, Outcome, Profile, SOCKETS, Socket, Stack};
use crate::stream::{self, Direction};
use crate::time::{Instant, Micros};
use crate::trace::{Call, Event, Trace, What};
use crate::wire::{self, Endpoint};

/// No virtual clock goes beyond this instant; waits that would do nothing more.
pub const CEILING: Instant = Instant(Micros::secs(30 * 24 * 3_600).0);

/// So many timers may fire in one run. Then waits end early, wherever the clock stands: a
/// keep-alive each millisecond in a wait of a month would fill the machine.
const MAX_TIMERS: u32 = 20_000;

/// The most that one RECEIVE asks for, and one SEND hands over, in octets.
const MAX_CALL: u32 = 65_535;

/// Of an answer without end so many packets are kept for the reader.
const KEPT_OF_ENDLESS: usize = 64;

/// Runs scenarios on one stack, one after the other, and keeps all room from run to run.
pub struct Runner<S> {
    make: Box<dyn FnMut() -> S>,
    stack: S,
    peer: Peer,
    packets: Packets,
    /// Room for an ICMP error.
    error: Vec<u8>,
    outbox: Outbox,
    users: Users,
    buffer: Vec<u8>,
    trace: Trace,
    /// What the stack declares before it is configured.
    unconfigured: Profile,
    now: Instant,
    timers: u32,
    step: u32,
    /// Whether the stack lives in real time.
    live: bool,
    /// How long it may still wait in this run, and in any.
    left: Micros,
    patience: Micros,
    cut_off: bool,
}

/// So often a scenario is run where the machine had something else to do.
const RUNS: u32 = 3;

/// So long a scenario may wait in real time where nothing else is said.
const PATIENCE: Micros = Micros::secs(5);

impl<S: Stack> Runner<S> {
    /// A runner for the stack that `make` gives. A stack that panicked or hung is thrown away,
    /// and `make` is asked again.
    pub fn new(mut make: impl FnMut() -> S + 'static) -> Runner<S> {
        let mut stack = make();
        let live = stack.clock().is_some();
        let unconfigured = stack.profile().clone();
        let trace = Trace::new(Config::default(), unconfigured.clone());
        Runner {
            make: Box::new(make),
            stack,
            peer: Peer::default(),
            packets: Packets::default(),
            error: Vec::new(),
            outbox: Outbox::default(),
            users: Users::default(),
            buffer: vec![0; MAX_CALL as usize],
            trace,
            unconfigured,
            now: Instant::START,
            timers: 0,
            step: 0,
            live,
            left: Micros::ZERO,
            patience: PATIENCE,
            cut_off: false,
        }
    }

    /// Whether the stack lives in real time.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// A live stack is waited for no longer than this in one run, all waits together; where the
    /// next one would be longer, the run ends before it.
    pub fn set_patience(&mut self, patience: Micros) {
        self.patience = patience;
    }

    /// Whether the last run ended before its last step, for want of patience.
    pub fn was_cut_off(&self) -> bool {
        self.cut_off
    }

    /// Runs one scenario from a fresh start. The trace stays until the next run.
    ///
    /// The same scenario always gives the same trace, whatever ran before, on a stack that is
    /// itself repeatable.
    pub fn run(&mut self, scenario: &Scenario) -> &Trace {
        for _ in 0..RUNS {
            self.run_once(scenario);
            if !self.stack.was_held_up() {
                break;
            }
        }
        &self.trace
    }

    fn run_once(&mut self, scenario: &Scenario) {
        self.trace.clear();
        self.trace.config = scenario.config;
        self.packets.clear();
        self.outbox.clear();
        self.users = Users::default();
        self.now = Instant::START;
        self.timers = 0;
        self.step = 0;
        self.left = self.patience;
        self.cut_off = false;
        match self.steps(scenario) {
            Ok(()) => self.record(What::Quiet),
            Err(broken) => self.give_up(broken),
        }
        // A stack that broke is not to be touched again.
        let _ = guarded(|| self.stack.rest());
        // In real time it depends on the run by how much an instant may be late.
        self.trace.profile.slack = self.stack.profile().slack;
    }

    /// The trace of the last run.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The stack.
    pub fn stack(&mut self) -> &mut S {
        &mut self.stack
    }

    /// A fresh instance, then all steps.
    fn steps(&mut self, scenario: &Scenario) -> Result<(), Broken> {
        let Scenario { config, seed, .. } = scenario;
        let reset = guarded(|| self.stack.reset(config, *seed)).flatten();
        self.trace.profile.clone_from(match reset {
            Ok(()) => self.stack.profile(),
            Err(_) => &self.unconfigured,
        });
        reset?;
        self.peer.reset(config, *seed, scenario.peer_isn);
        for (number, step) in scenario.steps.iter().enumerate() {
            self.step = number as u32;
            self.catch_up()?;
            if let Step::Wait(wait) = step
                && self.is_too_long(*wait)?
            {
                self.cut_off = true;
                break;
            }
            match step {
                Step::Segment(segment) => {
                    self.packets.clear();
                    self.peer.segment(self.now, segment, &mut self.packets);
                    self.deliver_all()?;
                }
                Step::Icmp(error) => self.icmp(error)?,
                Step::Call(socket, call) => self.call(*socket, *call)?,
                Step::Wait(wait) => self.wait(*wait)?,
                Step::Peer(flow, act) => self.act(*flow, *act)?,
            }
        }
        self.catch_up()
    }

    /// On a live stack time has gone by since the last step.
    fn catch_up(&mut self) -> Result<(), Broken> {
        if !self.live {
            return Ok(());
        }
        match guarded(|| self.stack.clock())? {
            Some(at) => self.advance(at),
            None => Ok(()),
        }
    }

    /// Whether a wait takes longer than there is patience left for; else it is counted.
    fn is_too_long(&mut self, wait: Wait) -> Result<bool, Broken> {
        if !self.live {
            return Ok(false);
        }
        let span = match wait {
            Wait::Span(span) => span,
            Wait::Timer => {
                let next = guarded(|| self.stack.next_timer())?;
                next.map_or(Micros::ZERO, |at| at.since(self.now))
            }
        };
        let too_long = span > self.left;
        self.left = Micros(self.left.0.saturating_sub(span.0));
        Ok(too_long)
    }

    /// Ends a trace whose stack could not go on, and makes another stack.
    fn give_up(&mut self, broken: Broken) {
        self.collect(KEPT_OF_ENDLESS);
        self.record(What::Broken(broken.0.into()));
        self.stack = (self.make)();
    }

    /// The peer behaves as an ordinary endpoint.
    fn act(&mut self, flow: Flow, act: PeerStep) -> Result<(), Broken> {
        self.packets.clear();
        self.peer.act(self.now, flow, act, &mut self.packets);
        self.deliver_all()?;
        for _ in 1..act.rounds() {
            if self.packets.is_empty() {
                break;
            }
            self.packets.clear();
            self.peer.act_again(self.now, flow, act, &mut self.packets);
            self.deliver_all()?;
        }
        Ok(())
    }

    /// Delivers what the peer has sent, one packet at a time.
    fn deliver_all(&mut self) -> Result<(), Broken> {
        let packets = std::mem::take(&mut self.packets);
        let result = packets.iter().try_for_each(|packet| self.deliver(packet));
        self.packets = packets;
        result
    }

    /// Delivers one packet, and takes in the answer.
    fn deliver(&mut self, packet: &Packet) -> Result<(), Broken> {
        let stored = self.trace.store(&packet.octets);
        self.record(What::Arrival {
            segment: packet.segment.clone(),
            damaged: packet.damaged,
            packet: stored,
            text: stored.slice(packet.text.start, packet.text.len()),
        });
        self.hand_over(&packet.octets)
    }

    /// The network reports an error.
    fn icmp(&mut self, step: &IcmpStep) -> Result<(), Broken> {
        let mut packet = std::mem::take(&mut self.error);
        let result = match self.peer.icmp(step, &mut packet) {
            Some(error) => {
                let stored = self.trace.store(&packet);
                self.record(What::Icmp {
                    error,
                    packet: stored,
                });
                self.hand_over(&packet)
            }
            None => Ok(()),
        };
        self.error = packet;
        result
    }

    /// Lets the stack have a packet and do at once what it has to.
    fn hand_over(&mut self, packet: &[u8]) -> Result<(), Broken> {
        let (stack, outbox, now) = (&mut self.stack, &mut self.outbox, self.now);
        guarded(|| {
            stack.deliver(packet, outbox)?;
            stack.advance(now, outbox)
        })??;
        self.collect(usize::MAX);
        Ok(())
    }

    /// One user call.
    fn call(&mut self, socket: Socket, step: CallStep) -> Result<(), Broken> {
        if usize::from(socket.0) >= SOCKETS {
            return Ok(());
        }
        let call = self.resolve(step);
        let outcome = self.make_call(socket, call)?;
        let text = match outcome {
            Outcome::Received(len) => {
                let len = (len as usize).min(self.buffer.len());
                self.trace.store(&self.buffer[..len])
            }
            _ => self.trace.store(&[]),
        };
        self.record(What::Call {
            socket,
            call,
            outcome,
            text,
        });
        self.settle()
    }

    /// A call with its real arguments.
    fn resolve(&self, step: CallStep) -> Call {
        let local_port = |local| Flow { local, remote: 0 }.local_port();
        let peer = |remote| Endpoint {
            addr: self.trace.config.family.peer(),
            port: Flow { local: 0, remote }.remote_port(),
        };
        match step {
            CallStep::Listen { local, remote } => Call::Listen {
                port: local_port(local),
                remote: remote.map(peer),
            },
            CallStep::Connect { local, remote, dst } => {
                let family = self.trace.config.family;
                let peer = peer(remote);
                Call::Connect {
                    port: local_port(local),
                    remote: Endpoint {
                        addr: dst.map_or(peer.addr, |dst| dst.of(family)),
                        ..peer
                    },
                }
            }
            CallStep::Send(len) => Call::Send(len.min(MAX_CALL)),
            CallStep::SendFlagged(len, flag) => Call::SendFlagged(len.min(MAX_CALL), flag),
            CallStep::Receive(len) => Call::Receive(len.min(MAX_CALL)),
            CallStep::Close => Call::Close,
            CallStep::Abort => Call::Abort,
            CallStep::Status => Call::Status,
            CallStep::Ask(query) => Call::Ask(query),
            CallStep::Set(setting) => Call::Set(setting),
        }
    }

    /// Makes a call, and keeps the books of who writes what.
    fn make_call(&mut self, socket: Socket, call: Call) -> Result<Outcome, Broken> {
        let stack = &mut self.stack;
        let outcome = match call {
            Call::Listen { port, remote } => guarded(|| stack.listen(socket, port, remote))?,
            Call::Connect { port, remote } => guarded(|| stack.connect(socket, port, remote))?,
            Call::Send(len) | Call::SendFlagged(len, _) => {
                let (remote, state) = guarded(|| (stack.remote(socket), stack.status(socket)))?;
                if state == Outcome::Status(State::Listen) {
                    self.users.listens(socket);
                }
                let next = self.users.next(socket, remote.map(|remote| remote.port));
                let octets =
                    stream::octets(Direction::ToPeer, next.ports, next.offset, len as usize);
                match call {
                    Call::SendFlagged(_, flag) => {
                        guarded(|| stack.send_flagged(socket, octets, flag))?
                    }
                    _ => guarded(|| stack.send(socket, octets))?,
                }
            }
            Call::Receive(len) => {
                let room = &mut self.buffer[..len as usize];
                guarded(|| stack.receive(socket, room))?
            }
            Call::Close => guarded(|| stack.close(socket))?,
            Call::Abort => guarded(|| stack.abort(socket))?,
            Call::Status => guarded(|| stack.status(socket))?,
            Call::Ask(query) => guarded(|| stack.ask(socket, query))?,
            Call::Set(setting) => guarded(|| stack.set(socket, setting))?,
        };
        match (call, outcome) {
            (Call::Listen { port, remote }, Outcome::Done) => {
                let remote = remote.map(|remote| remote.port);
                self.users.opened(socket, port, remote);
            }
            (Call::Connect { port, remote }, Outcome::Done) => {
                self.users.opened(socket, port, Some(remote.port));
            }
            (Call::Send(_) | Call::SendFlagged(..), Outcome::Sent(len)) => {
                self.users.sent(socket, len)
            }
            _ => (),
        }
        Ok(outcome)
    }

    /// Lets time pass. The clock stops at every timer of the stack, so that all that is sent is
    /// seen at its own instant, and a stack that sends without end is told from a long wait.
    fn wait(&mut self, wait: Wait) -> Result<(), Broken> {
        match wait {
            Wait::Timer => match self.next_timer(CEILING)? {
                Some(at) => self.advance(at),
                None => Ok(()),
            },
            Wait::Span(span) => {
                let end = (self.now + span).min(CEILING);
                if self.live {
                    return self.advance(end);
                }
                while let Some(at) = self.next_timer(end)? {
                    self.advance(at)?;
                }
                if self.timers < MAX_TIMERS {
                    self.advance(end)?;
                }
                Ok(())
            }
        }
    }

    /// When the next timer fires, if that is after now and not after `end`, and if there are
    /// timers left in this run.
    fn next_timer(&mut self, end: Instant) -> Result<Option<Instant>, Broken> {
        if self.timers >= MAX_TIMERS {
            return Ok(None);
        }
        let at = guarded(|| self.stack.next_timer())?;
        let at = at.filter(|at| *at > self.now && *at <= end);
        self.timers += u32::from(at.is_some());
        Ok(at)
    }

    /// Lets the stack finish what it has to do at this instant.
    fn settle(&mut self) -> Result<(), Broken> {
        self.advance(self.now)
    }

    /// Moves the clock, and takes in what the stack sends.
    fn advance(&mut self, to: Instant) -> Result<(), Broken> {
        let to = to.max(self.now);
        guarded(|| self.stack.advance(to, &mut self.outbox))??;
        self.collect(usize::MAX);
        self.now = to.max(self.now);
        Ok(())
    }

    /// Takes in the first `limit` packets that the stack has sent; the others are lost.
    fn collect(&mut self, limit: usize) {
        for (at, packet) in self.outbox.iter().take(limit) {
            // On a live stack time goes by while we look.
            self.now = self.now.max(at);
            let stored = self.trace.store(packet);
            let (segment, damaged, text) = match wire::parse(packet) {
                Ok(parsed) => {
                    // What the peer's receiver discards, it does not know of.
                    if parsed.damaged.is_none() {
                        self.peer.saw(&parsed.segment);
                        self.users.saw(&parsed.segment);
                    }
                    let text = stored.slice(parsed.text.start, parsed.text.len());
                    (Some(parsed.segment), parsed.damaged, text)
                }
                Err(error) => (None, Some(error.0), stored.slice(0, 0)),
            };
            self.trace.events.push(Event {
                at,
                step: self.step,
                what: What::Emission {
                    segment,
                    damaged,
                    packet: stored,
                    text,
                },
            });
        }
        self.outbox.clear();
    }

    /// Adds what happened now.
    fn record(&mut self, what: What) {
        self.trace.events.push(Event {
            at: self.now,
            step: self.step,
            what,
        });
    }
}
