//! The user's calls (RFC 9293 section 3.10): what each gives here, stepped through the model.

use super::endpoint::{Endpoint, Scratch, Shared};
use super::fault::Fault;
use super::policy::Choice;
use super::reports::Noted;
use super::twist;
use crate::model::arrives::is_host;
use crate::model::{State, calls, settle};
use crate::stack::{CallError, Outcome, Query, SendFlag, Setting};
use crate::trace::Call;

impl Endpoint {
    /// Octets of the send buffer that nothing is in.
    fn send_room(&self, shared: &Shared) -> u32 {
        let kept = match self.tcb.state.synchronized() {
            true => self.tcb.queue_end().distance(self.tcb.snd.una).max(0) as u32,
            false => self.tcb.snd.queued,
        };
        shared.config.send_buffer.saturating_sub(kept)
    }

    /// A call whose outcome is already decided; `text` is what RECEIVE delivers.
    pub(super) fn decide(
        &mut self,
        call: Call,
        outcome: Outcome,
        text: &[u8],
        shared: &Shared,
        scratch: &mut Scratch,
    ) -> Outcome {
        let ctx = shared.ctx();
        scratch.branches.clear();
        let text = shared.shown(text);
        let stepped = calls::step(&self.tcb, &call, outcome, text, &ctx, &mut scratch.branches);
        if let (Ok(()), Ok(after)) = (stepped, shared.pick(&scratch.branches, "a call")) {
            self.tcb = after;
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
        let possible = possible || shared.has(Fault::OpensTwice);
        let group = matches!(call, Call::Connect { remote, .. } if !is_host(remote));
        let refused = if group && !shared.has(Fault::GroupOpened) {
            Some(CallError::InvalidArgument)
        } else if !(free && possible) {
            Some(CallError::AlreadyExists)
        } else {
            None
        };
        if let Some(error) = refused {
            return self.decide(call, Outcome::Failed(error), &[], shared, scratch);
        }
        if !again {
            self.forget();
            self.noted = Noted::default();
            self.error = CallError::NoConnection;
        }
        self.decide(call, Outcome::Done, &[], shared, scratch)
    }

    /// SEND, with a flag or without.
    pub(super) fn send(
        &mut self,
        octets: &[u8],
        flag: Option<SendFlag>,
        shared: &Shared,
        scratch: &mut Scratch,
    ) -> Outcome {
        let len = octets.len() as u32;
        let call = flag.map_or(Call::Send(len), |flag| Call::SendFlagged(len, flag));
        let error = match self.tcb.state {
            State::Closed => Some(self.error),
            State::Listen if self.tcb.only.is_none() => Some(CallError::InvalidArgument),
            State::Listen => None,
            State::SynSent | State::SynReceived if shared.policy.has(Choice::SendsNothingEarly) => {
                Some(CallError::NoResources)
            }
            State::TimeWait => Some(CallError::Closing),
            State::CloseWait if shared.has(Fault::SendRefused) => Some(CallError::Closing),
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
                if taken > 0 {
                    self.last_send = taken;
                }
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
        let outcome = self.receivable(asked, shared);
        let outcome = match outcome {
            Outcome::Received(_) if shared.has(Fault::DeliversPushedOnly) && !self.pushed => {
                Outcome::Empty
            }
            outcome => twist::receive(shared.fault, &self.tcb, outcome),
        };
        let mut text: &[u8] = &[];
        if let Outcome::Received(len) = outcome {
            let part = &mut into[..len as usize];
            let at = match self.redelivers && shared.has(Fault::OctetsTwice) {
                true => 0,
                false => self.tcb.rcv.read,
            };
            self.redelivers = true;
            self.rx.read(at, part);
            let first = self.tcb.rcv.irs + 1 + at;
            if shared.has(Fault::OctetWrongAfterWrap) && first.0 < self.tcb.rcv.irs.0 {
                part[0] ^= 1;
            }
            self.has_read = true;
            text = part;
        }
        self.decide(Call::Receive(asked), outcome, text, shared, scratch)
    }

    /// What RECEIVE gives now, at most `asked` octets.
    fn receivable(&self, asked: u32, shared: &Shared) -> Outcome {
        let unread = self.tcb.unread();
        match self.tcb.state {
            State::Closed
                if self.tcb.severed
                    && unread > 0
                    && asked > 0
                    && shared.policy.has(Choice::ReadsAfterReset) =>
            {
                Outcome::Received(unread.min(asked))
            }
            State::Closed if self.tcb.severed && !self.complete => Outcome::Failed(self.error),
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
            | State::TimeWait
                if shared.policy.has(Choice::ClosesTwice) =>
            {
                Outcome::Done
            }
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
        if let Some(fault) = shared.fault {
            twist::abort(fault, &before, &mut self.tcb, &shared.ctx());
        }
        if self.tcb.severed && self.tcb.state == State::TimeWait {
            self.forget();
        }
        self.ended(&before, CallError::NoConnection);
        outcome
    }

    /// Tells what the user asks.
    pub(super) fn ask(&mut self, query: Query, shared: &Shared, scratch: &mut Scratch) -> Outcome {
        let told = match query {
            Query::Reports => return self.reports(shared, scratch),
            _ if self.tcb.state == State::Closed => Outcome::Failed(self.error),
            Query::Urgent => Outcome::Urgent(twist::urgent_left(shared.fault, &self.tcb)),
            Query::Dscp => Outcome::Dscp(twist::dscp_told(shared.fault, &self.tcb)),
        };
        self.decide(Call::Ask(query), told, &[], shared, scratch)
    }

    /// STATUS.
    pub(super) fn status(&mut self, shared: &Shared, scratch: &mut Scratch) -> Outcome {
        let told = Outcome::Status(twist::status(shared.fault, self.tcb.state));
        self.decide(Call::Status, told, &[], shared, scratch)
    }

    /// What the user has changed.
    pub(super) fn set(
        &mut self,
        setting: Setting,
        shared: &Shared,
        scratch: &mut Scratch,
    ) -> Outcome {
        let outcome = match setting {
            Setting::Reports(on) => return self.switch_reports(on, shared, scratch),
            _ if self.tcb.state == State::Closed => Outcome::Failed(self.error),
            Setting::Dscp(_) => Outcome::Done,
        };
        self.decide(Call::Set(setting), outcome, &[], shared, scratch)
    }
}
