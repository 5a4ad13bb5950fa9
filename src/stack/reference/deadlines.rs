//! When something is due, and the timeouts that end a connection (RFC 9293 section 3.10.8).

use super::endpoint::{Endpoint, Scratch, Shared};
use super::fault::Fault;
use super::policy::Choice;
use super::twist;
use crate::model::{State, timeouts, unsent};
use crate::stack::{Broken, CallError};
use crate::time::{Instant, Micros};

impl Endpoint {
    /// When something is due next; not before it has to be, and never in the past.
    pub(super) fn next_timer(&self, shared: &Shared) -> Instant {
        match self.tcb.state {
            State::Closed | State::Listen => return Instant::NEVER,
            State::TimeWait => return self.time_wait_end(shared).min(self.ack_at),
            State::SynSent
            | State::SynReceived
            | State::Established
            | State::FinWait1
            | State::FinWait2
            | State::CloseWait
            | State::Closing
            | State::LastAck => {}
        }
        self.timer
            .at
            .min(self.ack_at)
            .min(self.override_at)
            .min(self.paused_until)
            .min(self.give_up_at(shared))
            .min(self.keep_alive_at(shared))
    }

    /// TIME-WAIT TIMEOUT and USER TIMEOUT (RFC 9293 section 3.10.8).
    pub(super) fn time_out(
        &mut self,
        shared: &Shared,
        scratch: &mut Scratch,
    ) -> Result<(), Broken> {
        let over = match self.tcb.state {
            State::TimeWait => shared.now >= self.time_wait_end(shared),
            _ => shared.now >= self.give_up_at(shared),
        };
        if !over {
            return Ok(());
        }
        let before = self.tcb;
        if before.state == State::TimeWait {
            self.tcb = before.closed();
        } else if shared.has(Fault::GivesUpEarly) {
            self.tcb = twist::reset_itself(&before, &shared.ctx());
        } else {
            scratch.branches.clear();
            // Giving up is the first that it offers.
            let _ = timeouts::step(&before, true, &shared.ctx(), &mut scratch.branches);
            self.tcb = shared.pick(&scratch.branches, "a timeout")?;
        }
        if before.state == State::SynSent || shared.policy.has(Choice::GivesUpSilently) {
            self.tcb.due.reply = None;
        }
        let error = match self.unreachable {
            true => CallError::Unreachable,
            false => CallError::TimedOut,
        };
        self.ended(&before, error);
        Ok(())
    }

    /// When TIME-WAIT ends: a FIN that came again has started the 2 MSL anew.
    fn time_wait_end(&self, shared: &Shared) -> Instant {
        if shared.has(Fault::TimeWaitForever) {
            return Instant::NEVER;
        }
        if shared.has(Fault::TimeWaitCutShort) {
            return self.tcb.time_wait.1 - shared.profile.msl;
        }
        if shared.policy.has(Choice::TimeWaitRunsOn) {
            return self.tcb.time_wait.0;
        }
        self.tcb.time_wait.1
    }

    /// Something is sent, or wants to be, and is not acknowledged.
    fn waits(&self) -> bool {
        match self.tcb.state {
            State::SynSent | State::SynReceived => true,
            State::Closed | State::Listen | State::TimeWait => false,
            State::Established
            | State::FinWait1
            | State::FinWait2
            | State::CloseWait
            | State::Closing
            | State::LastAck => self.tcb.snd.una != self.tcb.snd.nxt || unsent(&self.tcb),
        }
    }

    /// When the connection is given up: by the user timeout, or by what the policy has beside it.
    fn give_up_at(&self, shared: &Shared) -> Instant {
        let profile = &shared.profile;
        let heard = match self.waiting_since {
            Instant::NEVER => Instant::NEVER,
            since => since.max(self.tcb.arrived_at),
        };
        let user = match shared.has(Fault::UserTimeoutIgnored) {
            true => None,
            false => profile.user_timeout,
        };
        let after = |from: Instant, span: Option<Micros>| match span {
            Some(span) if from != Instant::NEVER => from + span,
            Some(_) | None => Instant::NEVER,
        };
        let own = match self.tcb.state {
            State::SynSent | State::SynReceived => {
                after(self.tcb.rtx.flight_at, profile.syn_timeout)
            }
            State::FinWait1 | State::Closing | State::LastAck => {
                after(heard, profile.orphan_timeout)
            }
            State::FinWait2 => {
                let entered = self.tcb.time_wait.0;
                after(entered.max(self.tcb.arrived_at), profile.fin_wait_2_timeout)
            }
            State::Closed
            | State::Listen
            | State::Established
            | State::CloseWait
            | State::TimeWait => Instant::NEVER,
        };
        let wrongly = shared.fault.map(|fault| twist::gives_up_at(fault, heard));
        own.min(after(heard, user))
            .min(wrongly.unwrap_or(Instant::NEVER))
    }

    pub(super) fn keep_alive_at(&self, shared: &Shared) -> Instant {
        let interval = twist::keep_alive(shared.fault, shared.profile.keep_alive);
        let open = matches!(
            self.tcb.state,
            State::Established | State::CloseWait | State::FinWait2
        );
        match interval {
            Some(interval) if open && !self.waits() => {
                self.tcb.arrived_at.max(self.kept_alive_at) + interval.max(Micros(1))
            }
            Some(_) | None => Instant::NEVER,
        }
    }

    /// Starts and stops the timers according to what is outstanding.
    pub(super) fn arm(&mut self, shared: &Shared) {
        let now = shared.now;
        if !self.tcb.rtx.armed {
            self.timer.at = Instant::NEVER;
        } else if self.timer.at == Instant::NEVER {
            self.timer.restart(now);
        }
        if shared.has(Fault::RetransmitsEarly) && self.timer.at != Instant::NEVER {
            self.timer.at = self.timer.at.min(now + Micros::millis(200));
        }
        if !self.waits() {
            self.waiting_since = Instant::NEVER;
        } else if self.waiting_since == Instant::NEVER {
            self.waiting_since = now;
        }
    }
}
