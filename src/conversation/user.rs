//! The user of one side: what it calls next, and what it makes of the outcome.
//!
//! It is no more than a state: whoever runs it makes the calls. A user reads and writes when
//! something may have changed, as a program does that is woken by its socket.

use super::Side;
use crate::model::State;
use crate::stack::{CallError, Outcome};
use crate::stream::{self, Direction};
use crate::time::{Instant, Micros};
use crate::trace::Call;

/// When a user closes its direction of the connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum When {
    /// When it has written all.
    Written,
    /// When it has read the end of the other's stream, and written all.
    Ended,
    /// Never.
    Never,
    /// It aborts when it has written all, and the link is good.
    Aborts,
}

/// What a user got that it should not have got.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wrong {
    /// The octet at this offset of the stream is another.
    Octet(u32),
    /// More than was ever written.
    More,
}

/// After so long a user tries again to write where nothing was taken.
const AGAIN: Micros = Micros::secs(1);

/// A user.
pub(super) struct User {
    plan: Side,
    writes: Direction,
    ports: (u16, u16),
    open: Call,
    when: When,
    opened: bool,
    state: Option<State>,
    /// The connection has come about.
    pub(super) alive: bool,
    may_read: bool,
    may_write: bool,
    /// Not before this.
    reads_at: Instant,
    paused: bool,
    /// When it tries again to write where nothing was taken, and how much then.
    writes_at: Instant,
    tries: u32,
    /// More octets that it writes to see whether anybody is there.
    probes: u32,
    pub(super) written: u32,
    pub(super) read: u32,
    /// It was told that the other has closed.
    pub(super) ended: bool,
    pub(super) closed: bool,
    pub(super) aborted: bool,
    /// It was told that the connection has failed.
    pub(super) failed: Option<CallError>,
    pub(super) wrong: Option<Wrong>,
}

impl User {
    pub(super) fn new(
        plan: Side,
        writes: Direction,
        ports: (u16, u16),
        open: Call,
        when: When,
    ) -> User {
        User {
            plan,
            writes,
            ports,
            open,
            when,
            opened: false,
            state: None,
            alive: false,
            may_read: false,
            may_write: false,
            reads_at: Instant::START,
            paused: false,
            writes_at: Instant::NEVER,
            tries: plan.chunk,
            probes: 0,
            written: 0,
            read: 0,
            ended: false,
            closed: false,
            aborted: false,
            failed: None,
            wrong: None,
        }
    }

    /// Something may have changed.
    pub(super) fn stir(&mut self) {
        self.may_read = true;
        self.may_write = true;
    }

    /// It writes one octet more, to see whether anybody is there.
    pub(super) fn probe(&mut self) {
        self.probes += 1;
        self.stir();
    }

    /// How many octets it has to write by now.
    fn due(&self) -> u32 {
        let rest = if self.ended { self.plan.rest } else { 0 };
        self.plan.octets + rest + self.probes
    }

    /// Whether it has written all of what it had to.
    pub(super) fn has_written_all(&self) -> bool {
        self.written == self.due()
    }

    /// Whether it is through with the connection.
    pub(super) fn is_done(&self) -> bool {
        let over = self.failed.is_some() || self.aborted || self.wrong.is_some();
        over || (self.ended && self.closed)
    }

    /// Whether its connection is gone, and not because all went well: it may have been given up
    /// when nobody asked any more.
    pub(super) fn is_gone(&self) -> bool {
        let given_up = self.closed && self.state == Some(State::Closed);
        self.failed.is_some() || self.aborted || given_up
    }

    /// When it does something by itself, if nothing happens before.
    pub(super) fn next_timer(&self) -> Option<Instant> {
        if !self.alive || self.is_done() {
            return None;
        }
        let waits = self.may_read && !self.ended && self.reads_at > Instant::START;
        let reads_at = if waits { self.reads_at } else { Instant::NEVER };
        let next = reads_at.min(self.writes_at);
        (next < Instant::NEVER).then_some(next)
    }

    /// The next call. `state` is that of the connection, where the stack tells; `good` whether the
    /// link is.
    pub(super) fn next(&mut self, now: Instant, state: Option<State>, good: bool) -> Option<Call> {
        if !self.opened {
            return Some(self.open);
        }
        if self.state != state {
            self.state = state;
            self.stir();
        }
        if self.is_done() {
            return None;
        }
        match state {
            Some(State::Listen | State::SynSent | State::SynReceived) if !self.alive => {
                return None;
            }
            Some(_) => self.alive = true,
            None => {}
        }
        if self.may_read && !self.ended && now >= self.reads_at {
            return Some(Call::Receive(self.plan.chunk));
        }
        let left = self.due() - self.written;
        if (self.may_write || now >= self.writes_at) && !self.closed && left > 0 {
            return Some(Call::Send(left.min(self.tries)));
        }
        let closes = match self.when {
            When::Written => true,
            When::Ended => self.ended,
            When::Never => false,
            When::Aborts if good && left == 0 => return Some(Call::Abort),
            When::Aborts => false,
        };
        (closes && left == 0 && !self.closed && self.alive).then_some(Call::Close)
    }

    /// The octets of the next SEND.
    pub(super) fn octets(&self, len: u32) -> &'static [u8] {
        stream::octets(self.writes, self.ports, self.written, len as usize)
    }

    /// What a call came to. `most` is how much the other may have written.
    pub(super) fn told(
        &mut self,
        now: Instant,
        call: Call,
        outcome: Outcome,
        text: &[u8],
        most: u32,
    ) {
        match (call, outcome) {
            (Call::Listen { .. } | Call::Connect { .. }, outcome) => {
                self.opened = true;
                if outcome != Outcome::Done {
                    self.failed = Some(CallError::NoResources);
                }
            }
            (Call::Receive(_), Outcome::Received(_)) => self.reads(now, text, most),
            (Call::Receive(_), Outcome::EndOfStream) => {
                self.ended = true;
                self.stir();
            }
            (Call::Receive(_), Outcome::Empty) => self.may_read = false,
            (Call::Send(asked), Outcome::Sent(taken)) => {
                self.alive = true;
                self.written += taken.min(asked);
                self.may_write = taken >= asked;
                (self.tries, self.writes_at) = match taken {
                    // What is too much at once may be taken in parts.
                    0 => ((self.tries / 2).max(1), now + AGAIN),
                    _ => (self.plan.chunk, Instant::NEVER),
                };
            }
            (Call::Close, Outcome::Done) => self.closed = true,
            (Call::Abort, _) => self.aborted = true,
            (_, Outcome::Failed(CallError::NoConnection)) if !self.alive => {
                (self.may_read, self.may_write) = (false, false);
            }
            (_, Outcome::Failed(error)) => self.failed = Some(error),
            // No interface answers like that; nothing more is asked of it.
            _ => self.failed = Some(CallError::InvalidArgument),
        }
    }

    fn reads(&mut self, now: Instant, text: &[u8], most: u32) {
        let from = match self.writes {
            Direction::ToPeer => Direction::ToStack,
            Direction::ToStack => Direction::ToPeer,
        };
        let differs = stream::first_difference(from, self.ports, self.read, text);
        if let Some(at) = differs {
            self.wrong
                .get_or_insert(Wrong::Octet(self.read + at as u32));
        }
        let half = most / 2;
        let before = self.read;
        self.alive = true;
        self.read += text.len() as u32;
        if self.read > most {
            self.wrong.get_or_insert(Wrong::More);
        }
        if self.plan.pace > Micros::ZERO {
            self.reads_at = now + self.plan.pace;
        }
        if self.plan.pause > Micros::ZERO && !self.paused && before <= half && self.read >= half {
            self.paused = true;
            self.reads_at = now + self.plan.pause;
        }
    }
}
