//! When to send: the policy that the model leaves to an endpoint.
//!
//! Everything that is due at one instant is sent in a fixed order: the answer to what arrived, a
//! SYN, what has to be sent again, new text and FIN, a keep-alive, and an acknowledgment if
//! nothing before has carried it.

use super::emit::Outgoing;
use super::endpoint::{Endpoint, Scratch, Shared};
use super::fault::Fault;
use super::policy::Choice;
use super::scoreboard::Scoreboard;
use super::timer::RTO_MAX;
use super::twist;
use crate::model::tcb::{Forms, Origin, Reply};
use crate::model::{EventClass, State, ends_push, unsent};
use crate::spec::req;
use crate::stack::{Broken, Outbox};
use crate::time::{Instant, Micros};
use crate::wire::{Flags, SeqNumber};

/// How long silly window avoidance holds back a small segment when nothing is outstanding
/// (RFC 1122 section 4.2.3.4).
const OVERRIDE: Micros = Micros::millis(200);

/// The longest that an acknowledgment is delayed, whatever is asked for (RFC9293-MUST-40).
pub(super) const MAX_ACK_DELAY: Micros = Micros::millis(400);

impl Endpoint {
    /// Does everything that is due now.
    ///
    /// # Errors
    /// When the model does not allow what the policy sends: a bug in one of the two.
    pub(super) fn transmit(
        &mut self,
        shared: &Shared,
        scratch: &mut Scratch,
        out: &mut Outbox,
    ) -> Result<(), Broken> {
        if self.tcb.state == State::Closed && self.tcb.due.reply.is_none() {
            return Ok(());
        }
        self.time_out(shared, scratch)?;
        self.reply(shared, scratch, out)?;
        match self.tcb.state {
            State::Closed | State::Listen => return Ok(()),
            State::SynSent | State::SynReceived => self.syn(shared, scratch, out)?,
            State::Established
            | State::FinWait1
            | State::FinWait2
            | State::CloseWait
            | State::Closing
            | State::LastAck
            | State::TimeWait => {
                let third = self.tcb.rcv.acked.is_none() && self.tcb.due.ack <= shared.now;
                if third && shared.policy.has(Choice::BareThirdSegment) {
                    self.emit_ack(shared, scratch, out)?;
                }
                self.retransmit(shared, scratch, out)?;
                self.send_new(shared, scratch, out)?;
                self.keep_alive(shared, scratch, out)?;
            }
        }
        self.acknowledge(shared, scratch, out)?;
        self.arm(shared);
        Ok(())
    }

    /// The answer that the last arrival, or the user's ABORT, calls for.
    fn reply(
        &mut self,
        shared: &Shared,
        scratch: &mut Scratch,
        out: &mut Outbox,
    ) -> Result<(), Broken> {
        let Some(reply) = self.tcb.due.reply else {
            return Ok(());
        };
        let policy = shared.policy;
        let aborts = reply.by == req::RFC9293_3_10_5_P01;
        let optional = reply.by == req::RFC9293_3_10_8_P01
            || (aborts && policy.has(Choice::AbortsAloud))
            || (reply.forms.allow(Forms::SYN_ACK) && !policy.has(Choice::IgnoresSynAgain));
        let limited = reply.forms.allow(Forms::RST) && self.holds_back_reset(&reply, shared);
        if limited || !(reply.required || optional) {
            self.tcb.due.reply = None;
            return Ok(());
        }
        let acks = reply.forms.allow(Forms::ACK) && policy.has(Choice::AcksBadAck);
        if reply.forms.allow(Forms::RST) && !acks {
            let ack = match reply.rst_ack {
                None if policy.has(Choice::ResetsAcknowledge) => Flags::ACK,
                Some(_) if aborts && policy.has(Choice::AbortsWithoutAck) => Flags::NONE,
                Some(_) => Flags::ACK,
                None => Flags::NONE,
            };
            let mut reset = Outgoing::new(Flags::RST | ack, reply.rst_seq);
            reset.ack = reply
                .rst_ack
                .or(Some(reply.rst_end))
                .filter(|_| reset.flags.ack());
            return self.emit(reset, shared, scratch, out);
        }
        let repeats = reply.forms.allow(Forms::SYN_ACK) && !policy.has(Choice::AcksSynAgain);
        if repeats && self.answers_syn() {
            let iss = self.tcb.snd.iss.unwrap_or_default();
            self.timer.sent_again();
            self.timer.restart(shared.now);
            return self.emit(
                Outgoing::new(Flags::SYN | Flags::ACK, iss),
                shared,
                scratch,
                out,
            );
        }
        self.emit_ack(shared, scratch, out)
    }

    /// Whether a reset left so recently that the next may stay away.
    fn holds_back_reset(&self, reply: &Reply, shared: &Shared) -> bool {
        let of_its_own = reply.by == req::RFC9293_3_10_5_P01
            || reply.by == req::RFC9293_3_10_8_P01
            || reply.by == req::RFC9293_SHLD_3;
        let recent = |at| shared.now.since(at) < shared.profile.reset_quiet;
        !of_its_own && shared.reset_at.get().is_some_and(recent)
    }

    /// The last input was a SYN.
    fn answers_syn(&self) -> bool {
        match self.tcb.input.class {
            EventClass::Segment(class) => class.flags().syn() && !class.flags().ack(),
            _ => false,
        }
    }

    /// A SYN or SYN,ACK, for the first time or again.
    fn syn(
        &mut self,
        shared: &Shared,
        scratch: &mut Scratch,
        out: &mut Outbox,
    ) -> Result<(), Broken> {
        let first = self.tcb.due.syn != Instant::NEVER;
        let again = self.timer.at <= shared.now;
        let passive = self.tcb.origin == Origin::Passive;
        if passive && !first && again && shared.policy.has(Choice::ForgetsHandshakes) {
            self.timer.restart(shared.now);
            return Ok(());
        }
        if self.tcb.state == State::SynReceived
            && !first
            && self.tcb.snd.closed
            && self.tcb.snd.queued == 0
            && self.tcb.snd.fin.is_none()
            && shared.policy.has(Choice::ClosesEarly)
        {
            let fin = Outgoing::new(Flags::FIN | Flags::ACK, self.tcb.queue_end());
            return self.emit(fin, shared, scratch, out);
        }
        if !(first || again) {
            return Ok(());
        }
        let Some(remote) = self.tcb.remote else {
            return Ok(());
        };
        if !first {
            self.back_off(shared);
            self.timer.syn_again();
        }
        let iss = match self.tcb.snd.iss {
            Some(iss) if shared.has(Fault::NewIssOnRetransmission) && !first => iss + 4_000,
            Some(iss) => iss,
            None => {
                let drawn = shared.drawn.replace(shared.drawn.get() + 1);
                let secret = shared.secret;
                let isn = |drawn| {
                    let right = secret.isn(self.tcb.port, remote, shared.now, drawn);
                    twist::isn(shared.fault, right, shared.now)
                };
                match self.tcb.reopened_above {
                    _ if shared.has(Fault::ReopensBelow) => isn(0),
                    Some(above) => isn(drawn).later(above),
                    None => isn(drawn),
                }
            }
        };
        let flags = match self.tcb.state {
            State::SynSent => Flags::SYN,
            _ => Flags::SYN | Flags::ACK,
        };
        // A SYN,ACK for a SYN that crosses repeats the own SYN: it cannot be timed (RFC6298-3-1).
        if first && self.tcb.snd.iss.is_none() {
            self.timer.sent(iss + 1, shared.now);
        }
        self.timer.restart(shared.now);
        let rides = shared.policy.has(Choice::TextOnSyn) || shared.has(Fault::PartialAckResets);
        let mut syn = Outgoing::new(flags, iss);
        let unsent = first && self.tcb.snd.iss.is_none();
        if flags == Flags::SYN && unsent && rides {
            syn.text = self
                .tcb
                .snd
                .queued
                .min(u32::from(shared.profile.family.default_mss()) - 40);
        }
        self.emit(syn, shared, scratch, out)
    }

    fn back_off(&mut self, shared: &Shared) {
        if shared.has(Fault::GapsDoNotDouble) {
            self.timer.sent_again();
        } else {
            self.timer.back_off(match shared.has(Fault::CeilingLow) {
                true => Micros::secs(4),
                false => RTO_MAX,
            });
        }
    }

    /// Sends again what the timer or duplicate acknowledgments call lost; probes a closed window.
    fn retransmit(
        &mut self,
        shared: &Shared,
        scratch: &mut Scratch,
        out: &mut Outbox,
    ) -> Result<(), Broken> {
        if self.timer.at <= shared.now {
            self.timer.at = Instant::NEVER;
            if !(shared.has(Fault::ProbesConstant) && self.tcb.snd.wnd == 0) {
                self.back_off(shared);
            }
            if self.tcb.snd.una != self.tcb.snd.nxt {
                let again = self.recovery.is_some_and(|known| known.step == 2);
                let flight = self.tcb.snd.nxt.since(self.tcb.snd.una);
                let mss = self.effective_mss(shared);
                let again = again || shared.has(Fault::ThresholdHigh);
                self.congestion.timed_out(flight, mss, again);
                self.reduced = true;
                // The peer may have thrown away what it told of (RFC2018-5-2).
                self.scoreboard = Scoreboard::default();
                self.recover(2);
                self.twist_timeout(mss, shared);
            } else if unsent(&self.tcb) {
                // Nothing is outstanding: the window is closed, and is probed.
                self.timer.restart(shared.now);
                self.emit_text(self.tcb.snd.nxt, 1, shared, scratch, out)?;
            }
        }
        while let Some(mut recovery) = self.recovery {
            if recovery.allowance == 0 {
                break;
            }
            let (from, to) = (recovery.next, recovery.until);
            let missing = match shared.has(Fault::SackedResent) {
                true => from.before(to).then_some((from, to)),
                false => self.scoreboard.missing(from, to),
            };
            let Some((mut before, end)) = missing else {
                break;
            };
            if shared.has(Fault::HoleFromItsEnd) && recovery.step == 1 {
                before = before.later(end - self.effective_mss(shared));
            }
            let most = end.since(before);
            let window = self.tcb.snd.wnd.max(1);
            self.timer.sent_again();
            self.timer.restart(shared.now);
            let sent = self.emit_text_upto(before, most.min(window), shared, scratch, out)?;
            recovery.next = before + sent.max(1);
            recovery.allowance -= 1;
            self.recovery = Some(recovery);
        }
        Ok(())
    }

    /// What faults make of a timeout.
    fn twist_timeout(&mut self, mss: u32, shared: &Shared) {
        let Some(recovery) = &mut self.recovery else {
            return;
        };
        if shared.has(Fault::TimeoutKeepsWindow) {
            recovery.allowance = u8::MAX;
        }
        let last = recovery.until - mss;
        if shared.has(Fault::ResendsLastFirst) && last.after(recovery.next) {
            recovery.next = last;
        }
    }

    /// New text, then FIN, as the window, Nagle and silly window avoidance let them.
    fn send_new(
        &mut self,
        shared: &Shared,
        scratch: &mut Scratch,
        out: &mut Outbox,
    ) -> Result<(), Broken> {
        if self.paused_until <= shared.now {
            self.paused_until = Instant::NEVER;
        }
        while unsent(&self.tcb) && self.paused_until == Instant::NEVER {
            let recovering = |known: super::endpoint::Recovery| known.next.before(known.until);
            if self.recovery.is_some_and(recovering) {
                self.override_at = Instant::NEVER;
                break;
            }
            let Some(len) = self.next_length(shared) else {
                break;
            };
            let next = self.tcb.snd.nxt;
            let idle = self.tcb.snd.una == next;
            let paused = shared.now.since(self.tcb.rtx.sent_at) > self.timer.timeout();
            if idle && paused && !shared.has(Fault::PauseKeepsWindow) {
                self.congestion.idle(self.effective_mss(shared));
            }
            self.emit_text(next, len, shared, scratch, out)?;
            self.timer.sent(self.tcb.snd.nxt, shared.now);
            if idle {
                self.timer.restart(shared.now);
            }
            self.override_at = Instant::NEVER;
            if self.tcb.snd.nxt == next {
                break;
            }
        }
        if !unsent(&self.tcb) {
            self.override_at = Instant::NEVER;
        }
        Ok(())
    }

    /// How many numbers the next new segment takes up, FIN included; none while it has to wait.
    fn next_length(&mut self, shared: &Shared) -> Option<u32> {
        let tcb = &self.tcb;
        let mss = match shared.fault {
            Some(Fault::SmallSegments) => self.effective_mss(shared) / 3,
            Some(Fault::SendsApart) => self.effective_mss(shared).min(self.last_send),
            Some(_) | None => self.effective_mss(shared),
        };
        let idle = tcb.snd.una == tcb.snd.nxt;
        if shared.has(Fault::ProbesAtOnce) && idle && tcb.snd.wnd == 0 {
            return Some(1);
        }
        let edge = twist::send_edge(shared.fault, tcb);
        let flight = self.congestion.window(shared.config.congestion, mss);
        let flight = match shared.fault {
            Some(Fault::InitialWindowLarge) => 2 * flight,
            Some(Fault::HandshakeGrowsWindow) => flight + mss,
            Some(Fault::BareDuplicateSends) => flight + u32::from(self.duplicates()) * mss,
            Some(Fault::DuplicatesSendMore) => flight + 4 * u32::from(self.duplicates()) * mss,
            Some(_) | None => flight,
        };
        let edge = edge.earlier(tcb.snd.una + flight);
        let usable = edge.distance(tcb.snd.nxt).max(0) as u32;
        let queued = tcb.queue_end().since(tcb.snd.nxt);
        let text = queued.min(usable).min(mss);
        let fin = tcb.snd.closed && text == queued && usable > text;
        if text == 0 && !fin {
            self.override_at = Instant::NEVER;
            return None;
        }
        let nagle = match shared.fault {
            Some(Fault::NagleMissing) => false,
            Some(Fault::NagleAlways) => true,
            Some(_) | None => shared.config.nagle,
        };
        let small_is_fine = idle || !nagle || queued == 0;
        let goes = text == mss
            || shared.has(Fault::SillySegments)
            || (small_is_fine && text == queued)
            || (small_is_fine && text >= tcb.snd.max_wnd / 2)
            || (idle && shared.now >= self.override_at);
        if goes {
            return Some(text + u32::from(fin));
        }
        if idle && self.override_at == Instant::NEVER {
            self.override_at = shared.now + OVERRIDE;
        }
        if !idle {
            self.override_at = Instant::NEVER;
        }
        None
    }

    /// Sends `len` numbers from `seq` on, text and then FIN.
    fn emit_text(
        &mut self,
        seq: SeqNumber,
        len: u32,
        shared: &Shared,
        scratch: &mut Scratch,
        out: &mut Outbox,
    ) -> Result<(), Broken> {
        self.emit_text_upto(seq, len, shared, scratch, out)?;
        Ok(())
    }

    /// Sends at most `most` numbers from `seq` on, and says how many.
    fn emit_text_upto(
        &mut self,
        seq: SeqNumber,
        most: u32,
        shared: &Shared,
        scratch: &mut Scratch,
        out: &mut Outbox,
    ) -> Result<u32, Broken> {
        let end = self.tcb.queue_end();
        let queued = end.distance(seq).max(0) as u32;
        let text = queued.min(most).min(self.effective_mss(shared));
        let fin = self.tcb.snd.closed && text == queued && most > text;
        let mut flags = Flags::ACK;
        let pushed = text == queued || ends_push(&self.tcb, seq, text);
        if text > 0 && (pushed || shared.has(Fault::SendsApart)) {
            flags |= Flags::PSH;
        }
        if fin {
            flags |= Flags::FIN;
        }
        let mut segment = Outgoing::new(flags, seq);
        segment.text = text;
        if shared.policy.has(Choice::NeverPiggybacks) {
            segment.ack = self.tcb.rcv.acked;
        }
        self.emit(segment, shared, scratch, out)?;
        Ok(text + u32::from(fin))
    }

    /// A keep-alive: empty, at SND.NXT-1.
    fn keep_alive(
        &mut self,
        shared: &Shared,
        scratch: &mut Scratch,
        out: &mut Outbox,
    ) -> Result<(), Broken> {
        if shared.now < self.keep_alive_at(shared) {
            return Ok(());
        }
        if shared.has(Fault::KeepAliveEnds) && self.kept_alive_at > self.tcb.arrived_at {
            self.tcb = twist::reset_itself(&self.tcb, &shared.ctx());
            return self.reply(shared, scratch, out);
        }
        self.kept_alive_at = shared.now;
        let probe = Outgoing::new(Flags::ACK, self.tcb.snd.nxt - 1);
        self.emit(probe, shared, scratch, out)
    }

    /// An acknowledgment that nothing else has carried, or a window that has opened.
    fn acknowledge(
        &mut self,
        shared: &Shared,
        scratch: &mut Scratch,
        out: &mut Outbox,
    ) -> Result<(), Broken> {
        let owed = self.tcb.due.ack != Instant::NEVER || self.tcb.due.soft_ack().is_some();
        if !owed {
            self.ack_at = Instant::NEVER;
        } else if self.hurries(shared) {
            self.ack_at = shared.now;
        } else if self.ack_at == Instant::NEVER {
            self.ack_at = shared.now + shared.profile.ack_delay;
        }
        if shared.has(Fault::NoAckInTime) && self.tcb.due.soft_ack().is_none() {
            self.ack_at = Instant::NEVER;
        }
        if (owed && self.ack_at <= shared.now) || self.opens_window(shared) {
            self.ack_at = Instant::NEVER;
            return self.emit_ack(shared, scratch, out);
        }
        Ok(())
    }

    /// Whether what is to be acknowledged cannot wait.
    fn hurries(&self, shared: &Shared) -> bool {
        let rcv = &self.tcb.rcv;
        let two_segments = 2 * u32::from(super::emit::announced_mss(&shared.profile));
        let stretches = shared.has(Fault::StretchedAcks);
        let delays = |by| match by {
            req::RFC5681_3_2_1 => shared.has(Fault::DuplicateAckLate),
            req::RFC5681_3_2_2 => shared.has(Fault::FilledGapAckLate),
            _ => false,
        };
        let patient = shared.policy.has(Choice::DelaysAcksLong);
        (rcv.fin && !patient)
            || self.tcb.due.soft_ack().is_some_and(|(_, by)| !delays(by))
            || rcv
                .acked
                .is_none_or(|acked| rcv.nxt.since(acked) >= two_segments && !stretches)
    }

    /// Whether the user has read so much that the window's edge is worth telling
    /// (RFC9293-MUST-39).
    fn opens_window(&mut self, shared: &Shared) -> bool {
        let silent = shared.policy.has(Choice::NeverUpdatesWindow);
        if silent || !self.has_read || !self.tcb.state.receives_text() {
            return false;
        }
        let edge = self.tcb.rcv.nxt + self.window(shared);
        let gain = edge.distance(self.tcb.rcv.edge).max(0) as u32;
        let mss = u32::from(super::emit::announced_mss(&shared.profile));
        let step = match shared.has(Fault::SillyWindow) {
            true => 1,
            false => (shared.profile.receive_buffer / 2).min(mss).max(1),
        };
        gain >= step
    }

    fn emit_ack(
        &mut self,
        shared: &Shared,
        scratch: &mut Scratch,
        out: &mut Outbox,
    ) -> Result<(), Broken> {
        self.emit(
            Outgoing::new(Flags::ACK, self.tcb.snd.nxt),
            shared,
            scratch,
            out,
        )
    }
}
