//! Runs one conversation, which gives a trace and what the two users were told.
//!
//! The clock goes from one thing to the next: a packet that arrives, a timer of either TCP, a user
//! who wants something. Everything that passes the stack's interface is in the trace; what the
//! link does beyond it is not.

use super::Conversation;
use super::ends;
use super::link::UnderWay;
use super::places::{SOCKET, Who, mirrored, near_wrap, spoilt};
use super::room::{Room, Told};
use crate::harness::guarded;
use crate::stack::reference::{Policy, Reference};
use crate::stack::{Broken, Config, Outbox, Outcome, Profile, Stack};
use crate::time::{Instant, Micros};
use crate::trace::{Call, Event, Trace, What};
use crate::wire;

/// So many things may happen in one conversation, and so many at the stack's interface: about twice
/// what ten million octets each way take.
const MOST_TURNS: u32 = 2_000_000;
const MOST_EVENTS: usize = 500_000;

/// When both users are through, so long is waited for what the two TCPs do after that; and in real
/// time, where somebody waits for it.
const AFTERWARDS: Micros = Micros::secs(300);
const AFTERWARDS_LIVE: Micros = Micros::secs(1);

/// In real time a conversation lasts no longer than this.
const LONGEST: Instant = Instant(100_000_000);

/// In real time the link is looked at no oftener than this, whatever its delay.
const STEP: Micros = Micros::millis(2);

/// In real time a conversation in which something was held up is held again, up to so often
/// altogether.
const RUNS: u32 = 3;

/// Runs conversations on one stack, one after the other.
pub struct Talk<S> {
    make: Box<dyn FnMut() -> S>,
    stack: S,
    peer: Reference,
    unconfigured: Profile,
    trace: Trace,
    out: Outbox,
    buffer: Vec<u8>,
    /// Whether the stack lives in real time.
    live: bool,
    /// The order of what was seen last is not sure.
    held_up: bool,
}

impl<S: Stack> Talk<S> {
    /// Conversations of the stack that `make` gives.
    pub fn new(mut make: impl FnMut() -> S + 'static) -> Talk<S> {
        let mut stack = make();
        let unconfigured = stack.profile().clone();
        let live = stack.clock().is_some();
        Talk {
            make: Box::new(make),
            live,
            held_up: false,
            stack,
            peer: Reference::for_users_with(Policy::PLAIN),
            trace: Trace::new(Config::default(), unconfigured.clone()),
            unconfigured,
            out: Outbox::default(),
            buffer: vec![0; 65_535],
        }
    }

    /// Whether the stack lives in real time.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// What was seen in the last conversation.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Runs one conversation from a fresh start. The same one always gives the same trace, on a
    /// stack that is itself repeatable.
    pub fn run(&mut self, of: &Conversation) -> Told {
        let mut told = self.run_once(of);
        for _ in 1..RUNS {
            if !self.held_up {
                break;
            }
            told = self.run_once(of);
        }
        told.held_up = self.held_up;
        told
    }

    fn run_once(&mut self, of: &Conversation) -> Told {
        self.trace.clear();
        self.trace.config = of.stack.config;
        self.out.clear();
        self.peer = Reference::for_users_with(Policy::drawn(of.policy).steady());
        let mut room = Room::new(of);
        match self.talk(&mut room) {
            Ok(()) => self.record(room.now, What::Quiet),
            Err(broken) => {
                for (at, packet) in self.out.iter().take(64) {
                    emission(&mut self.trace, at, packet);
                }
                self.record(room.now, What::Broken(broken.0.into()));
                self.stack = (self.make)();
            }
        }
        self.held_up = self.stack.was_held_up();
        let _ = guarded(|| self.stack.rest());
        self.trace.profile.slack = self.stack.profile().slack;
        room.outcome
    }

    fn talk(&mut self, room: &mut Room) -> Result<(), Broken> {
        let of = room.of;
        let seed = match of.stack.wraps {
            true => guarded(|| near_wrap(&mut self.stack, &of, Who::Stack))?,
            false => of.seed,
        };
        let reset = guarded(|| self.stack.reset(&of.stack.config, seed)).flatten();
        self.trace.profile.clone_from(match reset {
            Ok(()) => self.stack.profile(),
            Err(_) => &self.unconfigured,
        });
        reset?;
        let seed = match of.peer.wraps {
            true => near_wrap(&mut self.peer, &of, Who::Peer),
            false => of.seed,
        };
        let config = Config {
            family: of.stack.config.family,
            ..of.peer.config
        };
        self.peer.reset(&config, seed)?;
        self.stirred(room, Who::Stack)?;
        self.stirred(room, Who::Peer)?;
        while let Some(next) = self.next(room)? {
            room.turns += 1;
            if self.is_too_much(room) {
                room.outcome.cut_off = true;
                return Ok(());
            }
            self.turn(room, next)?;
            if ends::judge(room, self.trace.events.len(), self.patience()) {
                break;
            }
        }
        if !room.outcome.complaints.is_empty() {
            // Whether it has given up decides what it has done wrong.
            self.call(room, Who::Stack, Call::Status)?;
        }
        self.afterwards(room)
    }

    /// How long nothing need come forward.
    fn patience(&self) -> Micros {
        ends::patience(&self.trace.profile, self.live)
    }

    /// In real time, when to look at the link again: what the stack sends meanwhile arrives no sooner
    /// than the link takes.
    fn next_look(&self, room: &Room) -> Option<Instant> {
        self.live.then(|| room.now + room.of.link.delay.max(STEP))
    }

    fn is_too_much(&self, room: &Room) -> bool {
        let late = self.live && room.now > LONGEST;
        late || room.turns > MOST_TURNS || self.trace.events.len() > MOST_EVENTS
    }

    /// When something happens next, if anything does before patience ends.
    fn next(&mut self, room: &Room) -> Result<Option<Instant>, Broken> {
        let stack = guarded(|| self.stack.next_timer())?;
        let [mine, other] = &room.users;
        let patience = room.progress.max(Instant::START + room.of.link.good) + self.patience();
        let times = [
            self.next_look(room),
            stack,
            self.peer.next_timer(),
            mine.next_timer(),
            other.next_timer(),
            room.probes_at(),
            room.waits_for_good()
                .then_some(Instant::START + room.of.link.good),
            Some(room.quiet_at()),
            Some(patience),
        ];
        Ok(room.next_of(&times))
    }

    /// The clock goes on to `next`, and what is due then is done.
    fn turn(&mut self, room: &mut Room, next: Instant) -> Result<(), Broken> {
        room.now = next;
        let before = self.trace.events.len();
        self.advance(room, Who::Stack)?;
        self.catch_up(room)?;
        if self.trace.events.len() == before && room.now >= room.quiet_at() {
            self.record(room.now, What::Quiet);
            room.is_silent();
        }
        self.advance(room, Who::Peer)?;
        while let Some(packet) = room.to_stack.arrived(room.now) {
            self.deliver(room, packet)?;
        }
        while let Some(packet) = room.to_peer.arrived(room.now) {
            let packet = mirrored(spoilt(packet));
            self.peer.deliver(&packet, &mut self.out)?;
            self.advance(room, Who::Peer)?;
            room.users[1].stir();
            self.stirred(room, Who::Peer)?;
        }
        self.stirred(room, Who::Stack)?;
        self.stirred(room, Who::Peer)?;
        if room.probes_at().is_some_and(|at| room.now >= at) {
            room.probe();
            self.stirred(room, Who::Stack)?;
            self.stirred(room, Who::Peer)?;
        }
        Ok(())
    }

    /// In real time it is later by now; what the stack has done by then comes first.
    fn catch_up(&mut self, room: &mut Room) -> Result<(), Broken> {
        if !self.live {
            return Ok(());
        }
        if let Some(now) = guarded(|| self.stack.clock())? {
            room.now = room.now.max(now);
            self.advance(room, Who::Stack)?;
        }
        Ok(())
    }

    /// One packet reaches the stack.
    fn deliver(&mut self, room: &mut Room, packet: UnderWay) -> Result<(), Broken> {
        self.catch_up(room)?;
        room.stirs();
        let meant = wire::parse(&packet.packet).ok();
        let packet = spoilt(packet);
        let stored = self.trace.store(&packet);
        let (segment, damaged, text) = match wire::parse(&packet) {
            Ok(parsed) => {
                let text = stored.slice(parsed.text.start, parsed.text.len());
                (Some(parsed.segment), parsed.damaged, text)
            }
            Err(error) => (
                meant.map(|meant| meant.segment),
                Some(error.0),
                stored.slice(0, 0),
            ),
        };
        self.record(
            room.now,
            What::Arrival {
                segment,
                damaged,
                packet: stored,
                text,
            },
        );
        guarded(|| self.stack.deliver(&packet, &mut self.out)).flatten()?;
        self.advance(room, Who::Stack)?;
        room.users[0].stir();
        self.stirred(room, Who::Stack)
    }

    /// Lets one side do what it has to by now, and hands what it sends to the link.
    fn advance(&mut self, room: &mut Room, who: Who) -> Result<(), Broken> {
        match who {
            Who::Stack => {
                guarded(|| self.stack.advance(room.now, &mut self.out)).flatten()?;
                if !self.out.is_empty() {
                    room.stirs();
                }
                for (at, packet) in self.out.iter() {
                    emission(&mut self.trace, at, packet);
                    room.sends(Who::Stack, at, packet);
                }
            }
            Who::Peer => {
                self.peer.advance(room.now, &mut self.out)?;
                for (at, packet) in self.out.iter() {
                    room.sends(Who::Peer, at, &mirrored(packet.to_vec()));
                }
            }
        }
        self.out.clear();
        Ok(())
    }

    /// The user of one side does what it wants to do now.
    fn stirred(&mut self, room: &mut Room, who: Who) -> Result<(), Broken> {
        loop {
            if who == Who::Stack {
                self.catch_up(room)?;
            }
            let now = room.now;
            let good = room.of.link.is_good(now);
            let state = match who {
                Who::Stack => guarded(|| self.stack.status(SOCKET))?,
                Who::Peer => self.peer.status(SOCKET),
            };
            let state = match state {
                Outcome::Status(state) => Some(state),
                _ => None,
            };
            if who == Who::Peer && room.crashes() {
                self.crash(room)?;
            }
            let Some(call) = room.user(who).next(now, state, good) else {
                return Ok(());
            };
            self.call(room, who, call)?;
        }
    }

    /// One call of a user.
    fn call(&mut self, room: &mut Room, who: Who, call: Call) -> Result<(), Broken> {
        let octets = match call {
            Call::Send(len) | Call::SendFlagged(len, _) => room.user(who).octets(len),
            _ => &[],
        };
        let buffer = &mut self.buffer;
        let outcome = match who {
            Who::Stack => guarded(|| make(&mut self.stack, call, octets, buffer))?,
            Who::Peer => make(&mut self.peer, call, octets, buffer),
        };
        let len = match outcome {
            Outcome::Received(len) => (len as usize).min(self.buffer.len()),
            _ => 0,
        };
        if who == Who::Stack {
            let text = self.trace.store(&self.buffer[..len]);
            self.record(
                room.now,
                What::Call {
                    socket: SOCKET,
                    call,
                    outcome,
                    text,
                },
            );
        }
        room.told(who, call, outcome, &self.buffer[..len]);
        self.advance(room, who)
    }

    /// The peer's host forgets everything.
    fn crash(&mut self, room: &mut Room) -> Result<(), Broken> {
        room.crashed = true;
        room.progress = room.now;
        room.users[1].aborted = true;
        room.to_peer.cut();
        let config = Config {
            family: room.of.stack.config.family,
            ..room.of.peer.config
        };
        self.peer = Reference::for_users_with(Policy::PLAIN);
        self.peer.reset(&config, room.of.seed ^ 1)?;
        self.peer.advance(room.now, &mut self.out)
    }

    /// What the two TCPs do when their users are through.
    fn afterwards(&mut self, room: &mut Room) -> Result<(), Broken> {
        let until = match self.live {
            true => room.now + AFTERWARDS_LIVE,
            false => room.now + AFTERWARDS,
        };
        loop {
            let stack = guarded(|| self.stack.next_timer())?;
            let look = self.next_look(room);
            let next = room.next_of(&[look, stack, self.peer.next_timer(), Some(room.quiet_at())]);
            let next = next.unwrap_or(until);
            room.turns += 1;
            if next >= until || self.is_too_much(room) {
                break;
            }
            self.turn(room, next.max(room.now))?;
        }
        // In real time the last turn may have ended later than that.
        room.now = until.max(room.now);
        self.advance(room, Who::Stack)
    }

    /// Adds to the trace; while nothing happens, it is told now and then that nothing does.
    fn record(&mut self, at: Instant, what: What) {
        self.trace.events.push(Event { at, step: 0, what });
    }
}

/// Makes a call.
fn make<S: Stack>(stack: &mut S, call: Call, octets: &[u8], buffer: &mut [u8]) -> Outcome {
    match call {
        Call::Listen { port, remote } => stack.listen(SOCKET, port, remote),
        Call::Connect { port, remote } => stack.connect(SOCKET, port, remote),
        Call::Send(_) => stack.send(SOCKET, octets),
        Call::SendFlagged(_, flag) => stack.send_flagged(SOCKET, octets, flag),
        Call::Receive(len) => stack.receive(SOCKET, &mut buffer[..len as usize]),
        Call::Close => stack.close(SOCKET),
        Call::Abort => stack.abort(SOCKET),
        Call::Status => stack.status(SOCKET),
        Call::Ask(query) => stack.ask(SOCKET, query),
        Call::Set(setting) => stack.set(SOCKET, setting),
    }
}

/// Adds what the stack has sent to the trace.
fn emission(trace: &mut Trace, at: Instant, packet: &[u8]) {
    let stored = trace.store(packet);
    let (segment, damaged, text) = match wire::parse(packet) {
        Ok(parsed) => {
            let text = stored.slice(parsed.text.start, parsed.text.len());
            (Some(parsed.segment), parsed.damaged, text)
        }
        Err(error) => (None, Some(error.0), stored.slice(0, 0)),
    };
    trace.events.push(Event {
        at,
        step: 0,
        what: What::Emission {
            segment,
            damaged,
            packet: stored,
            text,
        },
    });
}
