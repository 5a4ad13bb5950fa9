//! One socket: a block of the model, the octets of both directions, and the user's calls.
//!
//! What arrives and what the user asks for is stepped through the model, and of what the model
//! allows the first is done. When to send is decided in [`super::transmit`].

use std::cell::Cell;

use super::fault::Fault;
use super::isn::Secret;
use super::ring::Ring;
use super::timer::Timer;
use super::twist;
use crate::model::tcb::Branches;
use crate::model::{Context, State, Tcb, arrives, calls, settle, timeouts};
use crate::stack::{Broken, CallError, Config, Outcome, Profile};
use crate::time::Instant;
use crate::trace::Call;
use crate::wire::{Segment, SeqNumber};

/// What the sockets of one instance share.
pub(super) struct Shared {
    pub(super) profile: Profile,
    pub(super) config: Config,
    pub(super) secret: Secret,
    pub(super) fault: Option<Fault>,
    pub(super) now: Instant,
    /// How many initial sequence numbers were drawn.
    pub(super) drawn: Cell<u32>,
}

impl Shared {
    /// What a step of the model has to know.
    pub(super) fn ctx(&self) -> Context<'_> {
        Context {
            now: self.now,
            profile: &self.profile,
            index: 0,
            pardoned: Default::default(),
        }
    }

    /// Whether this fault is switched on.
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }
}

/// Room that is used again and again.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) branches: Branches,
    pub(super) packet: Vec<u8>,
    pub(super) text: Vec<u8>,
}

/// Outstanding numbers that are being sent again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recovery {
    /// The next number to be sent again.
    pub(super) next: SeqNumber,
    /// SND.NXT when it began: it ends there.
    pub(super) until: SeqNumber,
    /// So many segments may leave before the next acknowledgment.
    pub(super) allowance: u8,
    /// How many each acknowledgment adds: one after duplicates, two after a timeout.
    pub(super) step: u8,
}

/// One socket.
pub(super) struct Endpoint {
    pub(super) tcb: Tcb,
    pub(super) tx: Ring,
    rx: Ring,
    pub(super) timer: Timer,
    pub(super) recovery: Option<Recovery>,
    dup_acks: u8,
    /// When a delayed acknowledgment leaves.
    pub(super) ack_at: Instant,
    /// When a small segment leaves that silly window avoidance holds back.
    pub(super) override_at: Instant,
    /// Since when something waits for an acknowledgment; for the user timeout.
    pub(super) waiting_since: Instant,
    /// When the last keep-alive left.
    pub(super) kept_alive_at: Instant,
    /// The user has read since the window was last advertised.
    pub(super) has_read: bool,
    /// Where the text began that last arrived ahead of a gap.
    pub(super) latest: SeqNumber,
    /// Why there is no connection any more.
    error: CallError,
    /// Where RECEIVE last began, for a fault that delivers twice.
    pub(super) redelivers: bool,
}

impl Default for Endpoint {
    fn default() -> Endpoint {
        Endpoint {
            tcb: Tcb::default(),
            tx: Ring::default(),
            rx: Ring::default(),
            timer: Timer::default(),
            recovery: None,
            dup_acks: 0,
            ack_at: Instant::NEVER,
            override_at: Instant::NEVER,
            waiting_since: Instant::NEVER,
            kept_alive_at: Instant::START,
            has_read: false,
            latest: SeqNumber::default(),
            error: CallError::NoConnection,
            redelivers: false,
        }
    }
}

impl Endpoint {
    /// As if it had never been used, but for the room of its buffers.
    pub(super) fn reset(&mut self, config: &Config, receive_buffer: u32) {
        self.tx.reset(config.send_buffer);
        self.rx.reset(receive_buffer);
        self.tcb = Tcb::default();
        self.error = CallError::NoConnection;
        self.forget();
    }

    /// Forgets what belongs to one connection, apart from its block.
    fn forget(&mut self) {
        self.timer = Timer::default();
        self.recovery = None;
        self.dup_acks = 0;
        self.ack_at = Instant::NEVER;
        self.override_at = Instant::NEVER;
        self.waiting_since = Instant::NEVER;
        self.kept_alive_at = Instant::START;
        self.has_read = false;
        self.redelivers = false;
    }

    /// The number of the octet that the peer's stream begins with.
    fn stream_start(&self) -> SeqNumber {
        self.tcb.rcv.irs + 1
    }

    /// Octets of the send buffer that nothing is in.
    fn send_room(&self, shared: &Shared) -> u32 {
        let acked = match self.tcb.snd.iss {
            Some(_) => self.tcb.snd.una.distance(self.tcb.text_start()).max(0) as u32,
            None => 0,
        };
        let kept = self.tcb.snd.queued - acked.min(self.tcb.snd.queued);
        shared.config.send_buffer.saturating_sub(kept)
    }

    /// A segment arrives; it is addressed to this socket, and not damaged.
    pub(super) fn arrive(
        &mut self,
        seg: &Segment,
        text: &[u8],
        shared: &Shared,
        scratch: &mut Scratch,
    ) -> Result<(), Broken> {
        let ctx = shared.ctx();
        self.check_deadlines(shared)?;
        let before = self.tcb;
        scratch.branches.clear();
        arrives::step(&before, seg, &ctx, &mut scratch.branches);
        let mut after = first(&scratch.branches, "an arrival")?;
        if let Some(fault) = shared.fault {
            twist::arrival(fault, &before, &mut after, seg, &ctx);
        }
        settle(&mut after, &ctx);
        self.tcb = after;
        self.keep_text(&before, seg, text, shared);
        self.follow(&before, seg, shared);
        Ok(())
    }

    /// The model must not find anything overdue; that would be a bug in the policy.
    fn check_deadlines(&self, shared: &Shared) -> Result<(), Broken> {
        match timeouts::overdue(&self.tcb, true, &shared.ctx()) {
            Some(late) if shared.fault.is_none() => Err(Broken(format!(
                "the reference stack is late: {} wants {}",
                late.requirement, late.expected
            ))),
            Some(_) | None => Ok(()),
        }
    }

    /// Copies what the model has used of a segment's text, in order or ahead of a gap.
    fn keep_text(&mut self, before: &Tcb, seg: &Segment, text: &[u8], shared: &Shared) {
        let used = self.tcb.rcv.nxt != before.rcv.nxt || self.tcb.rcv.ahead != before.rcv.ahead;
        if text.is_empty() || !used {
            return;
        }
        let known = match before.state {
            State::Closed | State::Listen | State::SynSent => self.stream_start(),
            State::SynReceived
            | State::Established
            | State::FinWait1
            | State::FinWait2
            | State::CloseWait
            | State::Closing
            | State::LastAck
            | State::TimeWait => before.rcv.nxt,
        };
        let room_end = self.stream_start() + self.tcb.rcv.read + shared.profile.receive_buffer;
        let start = seg.text_seq();
        let from = start.later(known);
        let to = (start + seg.payload_len).earlier(room_end);
        if from.before(to) {
            let part = from.since(start) as usize..to.since(start) as usize;
            self.rx.write(from.since(self.stream_start()), &text[part]);
        }
        if self.tcb.rcv.ahead != before.rcv.ahead {
            self.latest = from;
        }
    }

    /// After an arrival: the timer, duplicate acknowledgments, the end of a connection.
    fn follow(&mut self, before: &Tcb, seg: &Segment, shared: &Shared) {
        let now = shared.now;
        match self.tcb.state {
            State::Listen if before.state != State::Listen => return self.forget(),
            State::Closed => {
                if before.state != State::Closed {
                    self.error = if before.state == State::SynSent {
                        CallError::Refused
                    } else {
                        CallError::Reset
                    };
                    self.forget();
                }
                return;
            }
            State::Established if !before.state.synchronized() => self.timer.established(),
            _ => {}
        }
        if before.snd.iss.is_none() {
            return;
        }
        let outstanding = self.tcb.snd.una != self.tcb.snd.nxt;
        if self.tcb.snd.una.after(before.snd.una) {
            self.waiting_since = now;
            self.dup_acks = 0;
            self.timer.acknowledged(self.tcb.snd.una, now);
            self.timer.at = Instant::NEVER;
            if outstanding {
                self.timer.restart(now);
            }
            self.recover_further();
        } else if outstanding && is_duplicate(before, &self.tcb, seg) {
            self.dup_acks = self.dup_acks.saturating_add(1);
            if self.dup_acks == 3 && self.recovery.is_none() {
                self.recover(1);
                self.timer.restart(now);
            }
        }
        if before.snd.wnd == 0 && self.tcb.snd.wnd > 0 && before.state.synchronized() {
            self.timer.forget_backoff();
            self.timer.at = Instant::NEVER;
            if outstanding {
                self.recover(2);
            }
        }
    }

    /// Begins to send again what is outstanding.
    pub(super) fn recover(&mut self, step: u8) {
        self.timer.sent_again();
        self.recovery = Some(Recovery {
            next: self.tcb.snd.una,
            until: self.tcb.snd.nxt,
            allowance: 1,
            step,
        });
    }

    /// An acknowledgment lets more be sent again, or ends it.
    fn recover_further(&mut self) {
        let una = self.tcb.snd.una;
        self.recovery = self.recovery.and_then(|known| {
            una.before(known.until).then_some(Recovery {
                next: known.next.later(una),
                allowance: known.step,
                ..known
            })
        });
    }

    /// A call whose outcome is already decided; `text` is what RECEIVE delivers.
    fn decide(
        &mut self,
        call: Call,
        outcome: Outcome,
        text: &[u8],
        shared: &Shared,
        scratch: &mut Scratch,
    ) -> Outcome {
        let ctx = shared.ctx();
        scratch.branches.clear();
        let stepped = calls::step(&self.tcb, &call, outcome, text, &ctx, &mut scratch.branches);
        if let (Ok(()), Some((after, _))) = (stepped, scratch.branches.iter().next()) {
            self.tcb = *after;
            settle(&mut self.tcb, &ctx);
        } else {
            debug_assert!(
                shared.fault.is_some(),
                "{call:?} gives {outcome:?} in {}",
                self.tcb.state
            );
        }
        outcome
    }

    /// OPEN; `free` says whether no other socket stands in the way.
    pub(super) fn open(
        &mut self,
        call: Call,
        free: bool,
        shared: &Shared,
        scratch: &mut Scratch,
    ) -> Outcome {
        let again = matches!(call, Call::Listen { port, remote }
            if self.tcb.state == State::Listen && self.tcb.port == port && self.tcb.only == remote);
        let possible = match (self.tcb.state, call) {
            (State::Closed, _) => true,
            (State::Listen, Call::Connect { .. }) => true,
            _ => again,
        };
        if !(free && possible) {
            let failed = Outcome::Failed(CallError::AlreadyExists);
            return self.decide(call, failed, &[], shared, scratch);
        }
        if !again {
            self.forget();
            self.error = CallError::NoConnection;
        }
        self.decide(call, Outcome::Done, &[], shared, scratch)
    }

    /// SEND.
    pub(super) fn send(
        &mut self,
        octets: &[u8],
        shared: &Shared,
        scratch: &mut Scratch,
    ) -> Outcome {
        let call = Call::Send(octets.len() as u32);
        let error = match self.tcb.state {
            State::Closed => Some(self.error),
            State::Listen if self.tcb.only.is_none() => Some(CallError::InvalidArgument),
            State::Listen => None,
            _ if self.tcb.snd.closed => Some(CallError::Closing),
            _ => None,
        };
        let queued = match self.tcb.state {
            State::Listen => 0,
            _ => self.tcb.snd.queued,
        };
        match error {
            Some(_) if twist::takes_after_close(shared.fault, &self.tcb) => {
                Outcome::Sent(octets.len() as u32)
            }
            Some(error) => self.decide(call, Outcome::Failed(error), &[], shared, scratch),
            None => {
                let taken = self.send_room(shared).min(octets.len() as u32);
                self.tx.write(queued, &octets[..taken as usize]);
                self.decide(call, Outcome::Sent(taken), &[], shared, scratch)
            }
        }
    }

    /// RECEIVE.
    pub(super) fn receive(
        &mut self,
        into: &mut [u8],
        shared: &Shared,
        scratch: &mut Scratch,
    ) -> Outcome {
        let asked = into.len() as u32;
        let outcome = self.receivable(asked);
        let outcome = twist::receive(shared.fault, &self.tcb, outcome);
        let mut text: &[u8] = &[];
        if let Outcome::Received(len) = outcome {
            let part = &mut into[..len as usize];
            let at = match self.redelivers && shared.has(Fault::OctetsTwice) {
                true => 0,
                false => self.tcb.rcv.read,
            };
            self.redelivers = true;
            self.rx.read(at, part);
            self.has_read = true;
            text = part;
        }
        self.decide(Call::Receive(asked), outcome, text, shared, scratch)
    }

    /// What RECEIVE gives now, at most `asked` octets.
    fn receivable(&self, asked: u32) -> Outcome {
        let unread = self.tcb.unread();
        match self.tcb.state {
            State::Closed if self.tcb.severed => Outcome::Failed(self.error),
            State::Closed if unread == 0 && !self.tcb.rcv.fin => Outcome::Failed(self.error),
            State::Listen | State::SynSent | State::SynReceived => Outcome::Empty,
            State::Closed
            | State::Established
            | State::FinWait1
            | State::FinWait2
            | State::CloseWait
            | State::Closing
            | State::LastAck
            | State::TimeWait => match (unread, asked) {
                (0, _) if self.tcb.rcv.fin => Outcome::EndOfStream,
                (0, _) | (_, 0) => Outcome::Empty,
                _ => Outcome::Received(unread.min(asked)),
            },
        }
    }

    /// CLOSE.
    pub(super) fn close(&mut self, shared: &Shared, scratch: &mut Scratch) -> Outcome {
        let outcome = match self.tcb.state {
            State::Closed => Outcome::Failed(self.error),
            State::Listen
            | State::SynSent
            | State::SynReceived
            | State::Established
            | State::CloseWait => Outcome::Done,
            State::FinWait1
            | State::FinWait2
            | State::Closing
            | State::LastAck
            | State::TimeWait => Outcome::Failed(CallError::Closing),
        };
        let before = self.tcb;
        let outcome = self.decide(Call::Close, outcome, &[], shared, scratch);
        if let Some(fault) = shared.fault {
            twist::close(fault, &before, &mut self.tcb, &shared.ctx());
        }
        self.ended(&before, CallError::NoConnection);
        outcome
    }

    /// ABORT.
    pub(super) fn abort(&mut self, shared: &Shared, scratch: &mut Scratch) -> Outcome {
        let before = self.tcb;
        let outcome = match before.state {
            State::Closed => Outcome::Failed(self.error),
            _ => Outcome::Done,
        };
        let outcome = self.decide(Call::Abort, outcome, &[], shared, scratch);
        self.ended(&before, CallError::NoConnection);
        outcome
    }

    /// STATUS.
    pub(super) fn status(&mut self, shared: &Shared, scratch: &mut Scratch) -> Outcome {
        let told = Outcome::Status(twist::status(shared.fault, self.tcb.state));
        self.decide(Call::Status, told, &[], shared, scratch)
    }

    /// Whether the user or a timeout has just ended the connection.
    pub(super) fn ended(&mut self, before: &Tcb, error: CallError) {
        if self.tcb.state == State::Closed && before.state != State::Closed {
            self.error = error;
            self.forget();
        }
    }
}

/// The first of what the model allows.
pub(super) fn first(branches: &Branches, what: &str) -> Result<Tcb, Broken> {
    match branches.iter().next() {
        Some((tcb, _)) => Ok(*tcb),
        None => Err(Broken(format!("the model has no answer to {what}"))),
    }
}

/// A duplicate acknowledgment as RFC 5681 section 2 defines it, of a segment that was used.
fn is_duplicate(before: &Tcb, after: &Tcb, seg: &Segment) -> bool {
    seg.flags.ack()
        && seg.is_empty()
        && seg.ack == before.snd.una
        && before.snd.wnd == after.snd.wnd
        && after.rtx.dup_acks > before.rtx.dup_acks
}
