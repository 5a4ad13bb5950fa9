//! What goes on between the two sides while a conversation lasts.

use super::attack::Intruder;
use super::ends::Complaint;
use super::link::Way;
use super::places::{Who, intruder, user};
use super::user::User;
use super::{Closes, Conversation};
use crate::scenario::Random;
use crate::stack::Outcome;
use crate::time::{Instant, Micros};
use crate::trace::Call;
use crate::wire;

/// After so long without anything new, the side that was not told of a failure looks whether
/// anybody is there, and so often.
const PROBE: Micros = Micros::secs(10);
const PROBES: u32 = 4;

/// A silence is told after this time, and whenever it has lasted twice as long.
const SILENCE: Micros = Micros::secs(1);

/// What became of a conversation, beside its trace.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Told {
    /// What is wrong with what the users got.
    pub complaints: Vec<Complaint>,
    /// It was ended for want of patience, and nothing can be said.
    pub cut_off: bool,
    /// In real time something was held up, and the order of what was seen is not sure.
    pub held_up: bool,
}

/// What goes on between the two.
pub(super) struct Room {
    pub(super) of: Conversation,
    pub(super) now: Instant,
    pub(super) to_stack: Way,
    pub(super) to_peer: Way,
    after_stack: Intruder,
    after_peer: Intruder,
    pub(super) users: [User; 2],
    /// When something last came forward.
    pub(super) progress: Instant,
    pub(super) turns: u32,
    /// Since when nothing has passed the stack's interface, and how long that may last before it
    /// is told.
    silent_since: Instant,
    silent_for: Micros,
    pub(super) crashed: bool,
    probes: u32,
    pub(super) outcome: Told,
}

impl Room {
    /// Nothing has happened yet.
    pub(super) fn new(of: &Conversation) -> Room {
        Room {
            of: *of,
            now: Instant::START,
            to_stack: Way::new(of.link, Random::new(of.seed, 1)),
            to_peer: Way::new(of.link, Random::new(of.seed, 2)),
            after_stack: intruder(of, Who::Stack),
            after_peer: intruder(of, Who::Peer),
            users: [user(of, Who::Stack), user(of, Who::Peer)],
            progress: Instant::START,
            turns: 0,
            silent_since: Instant::START,
            silent_for: SILENCE,
            crashed: false,
            probes: 0,
            outcome: Told::default(),
        }
    }

    /// Something passes the stack's interface.
    pub(super) fn stirs(&mut self) {
        (self.silent_since, self.silent_for) = (self.now, SILENCE);
    }

    /// It was told that nothing passes.
    pub(super) fn is_silent(&mut self) {
        self.silent_for = self.silent_for.times(2);
    }

    /// The earliest of these times and of what arrives. What was due by now is done, but for what
    /// arrives now.
    pub(super) fn next_of(&self, times: &[Option<Instant>]) -> Option<Instant> {
        let later = times.iter().flatten().copied().filter(|at| *at > self.now);
        let arrives = [self.to_stack.next(), self.to_peer.next()];
        let arrives = arrives.into_iter().flatten().map(|at| at.max(self.now));
        later.chain(arrives).min()
    }

    /// When it has to be told that nothing has happened: what a stack has to do by then must not
    /// be forgiven for what it may do later.
    pub(super) fn quiet_at(&self) -> Instant {
        self.silent_since + self.silent_for
    }

    pub(super) fn user(&mut self, who: Who) -> &mut User {
        &mut self.users[who as usize]
    }

    /// Whether one user knows that the connection is gone, and the other may not.
    fn one_knows(&self) -> bool {
        let [mine, other] = &self.users;
        (mine.is_gone() && !other.is_done()) || (other.is_gone() && !mine.is_done())
    }

    /// When the side that was not told looks whether anybody is there.
    pub(super) fn probes_at(&self) -> Option<Instant> {
        (self.probes < PROBES && self.one_knows()).then_some(self.progress + PROBE)
    }

    /// It does.
    pub(super) fn probe(&mut self) {
        self.probes += 1;
        self.progress = self.now;
        let waiting = self.users.iter_mut().filter(|user| !user.is_done());
        waiting.for_each(User::probe);
    }

    /// Whether a user waits for the link to be good.
    pub(super) fn waits_for_good(&self) -> bool {
        let waits = matches!(
            self.of.closes,
            Closes::StackAborts | Closes::PeerAborts | Closes::PeerCrashes
        );
        waits && !self.of.link.is_good(self.now)
    }

    /// Whether the peer's host crashes now.
    pub(super) fn crashes(&self) -> bool {
        let other = &self.users[1];
        self.of.closes == Closes::PeerCrashes
            && !self.crashed
            && other.alive
            && other.has_written_all()
            && !other.is_done()
            && self.of.link.is_good(self.now)
    }

    /// One side has sent a packet.
    pub(super) fn sends(&mut self, who: Who, at: Instant, packet: &[u8]) {
        let (way, own, other) = match who {
            Who::Stack => (
                &mut self.to_peer,
                &mut self.after_stack,
                &mut self.after_peer,
            ),
            Who::Peer => (
                &mut self.to_stack,
                &mut self.after_peer,
                &mut self.after_stack,
            ),
        };
        let segment = wire::parse(packet).ok().map(|parsed| parsed.segment);
        if let Some(segment) = &segment {
            own.overhears(segment);
        }
        other.sees(packet, segment.as_ref());
        way.send(at, packet);
        if !self.of.link.is_good(at)
            && let Some(thrown) = other.throws(self.of.intrudes)
        {
            way.send(at, &thrown);
        }
    }

    /// What a call of a user came to.
    pub(super) fn told(&mut self, who: Who, call: Call, outcome: Outcome, text: &[u8]) {
        let most = match who {
            Who::Stack => self.users[1].written,
            Who::Peer => self.users[0].written,
        };
        let now = self.now;
        let user = self.user(who);
        let before = (user.read, user.written, user.ended, user.closed);
        user.told(now, call, outcome, text, most);
        let after = (user.read, user.written, user.ended, user.closed);
        if before != after || user.is_done() {
            self.progress = now;
        }
    }
}
