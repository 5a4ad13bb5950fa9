//! One socket: a block of the model, the octets of both directions, and what arrives.
//!
//! What arrives is stepped through the model, as are the [calls](super::calls), and of what the
//! model allows the policy picks one. When to send is decided in [`super::transmit`].

use std::cell::Cell;

use super::congestion::Congestion;
use super::fault::Fault;
use super::isn::Secret;
use super::policy::Policy;
use super::reports::Noted;
use super::ring::Ring;
use super::scoreboard::Scoreboard;
use super::timer::Timer;
use super::twist;
use crate::model::tcb::Branches;
use crate::model::{Context, ErrorClass, State, Tcb, arrives, settle, timeouts};
use crate::stack::{Broken, CallError, Config, Profile};
use crate::time::{Instant, Micros};
use crate::wire::{Flags, IcmpError, Segment, SeqNumber};

/// What the sockets of one instance share.
pub(super) struct Shared {
    pub(super) profile: Profile,
    pub(super) config: Config,
    pub(super) secret: Secret,
    pub(super) fault: Option<Fault>,
    pub(super) policy: Policy,
    pub(super) now: Instant,
    /// How many initial sequence numbers were drawn.
    pub(super) drawn: Cell<u32>,
    /// When a reset last left.
    pub(super) reset_at: Cell<Option<Instant>>,
    /// How often something was picked.
    pub(super) steps: Cell<u32>,
    /// The octets are the user's own, and not those of the [streams](crate::stream) of scenarios.
    pub(super) any_text: bool,
}

impl Shared {
    /// What a step of the model has to know.
    pub(super) fn ctx(&self) -> Context<'_> {
        Context::new(self.now, &self.profile, 0)
    }

    /// Which of what the model allows is done.
    pub(super) fn pick(&self, branches: &Branches, what: &str) -> Result<Tcb, Broken> {
        let steps = self.steps.get().wrapping_add(1);
        self.steps.set(steps);
        self.policy.pick(branches, steps & 1 == 0, what)
    }

    /// Whether this fault is switched on.
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// What the model is shown of a text, to see that it is the right one.
    pub(super) fn shown<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        if self.any_text { &[] } else { text }
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
    pub(super) rx: Ring,
    pub(super) timer: Timer,
    pub(super) recovery: Option<Recovery>,
    pub(super) congestion: Congestion,
    pub(super) scoreboard: Scoreboard,
    dup_acks: u8,
    /// When a delayed acknowledgment leaves.
    pub(super) ack_at: Instant,
    /// When a small segment leaves that silly window avoidance holds back.
    pub(super) override_at: Instant,
    /// Since when something waits for an acknowledgment; for the user timeout.
    pub(super) waiting_since: Instant,
    /// When the last keep-alive left.
    pub(super) kept_alive_at: Instant,
    /// The congestion window was reduced, and the peer is not told of it yet.
    pub(super) reduced: bool,
    /// When something new may leave again after an ECE that met a window of one segment.
    pub(super) paused_until: Instant,
    /// How much the last SEND has queued, for a fault that sends it apart.
    pub(super) last_send: u32,
    /// TSval of the last segment that arrived, if it had one.
    pub(super) stamp: Option<u32>,
    /// The user has read since the window was last advertised.
    pub(super) has_read: bool,
    /// Where the text began that last arrived ahead of a gap.
    pub(super) latest: SeqNumber,
    /// A soft ICMP error was noted, which says more than a timeout (RFC9293-SHLD-25).
    pub(super) unreachable: bool,
    /// What is to be reported to the user.
    pub(super) noted: Noted,
    /// Why there is no connection any more.
    pub(super) error: CallError,
    /// A reset ended it when nothing was left to be received: what there is can still be read.
    pub(super) complete: bool,
    /// Where RECEIVE last began, for a fault that delivers twice.
    pub(super) redelivers: bool,
    /// Something was pushed, for a fault that waits for it.
    pub(super) pushed: bool,
}

impl Default for Endpoint {
    fn default() -> Endpoint {
        Endpoint {
            tcb: Tcb::default(),
            tx: Ring::default(),
            rx: Ring::default(),
            timer: Timer::default(),
            recovery: None,
            congestion: Congestion::default(),
            scoreboard: Scoreboard::default(),
            dup_acks: 0,
            ack_at: Instant::NEVER,
            override_at: Instant::NEVER,
            waiting_since: Instant::NEVER,
            kept_alive_at: Instant::START,
            reduced: false,
            paused_until: Instant::NEVER,
            last_send: 0,
            stamp: None,
            has_read: false,
            latest: SeqNumber::default(),
            unreachable: false,
            noted: Noted::default(),
            error: CallError::NoConnection,
            complete: false,
            redelivers: false,
            pushed: false,
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
        self.noted = Noted::default();
        self.forget();
    }

    /// Forgets what belongs to one connection, apart from its block.
    pub(super) fn forget(&mut self) {
        self.timer = Timer::default();
        self.recovery = None;
        self.congestion = Congestion::default();
        self.scoreboard = Scoreboard::default();
        self.dup_acks = 0;
        self.ack_at = Instant::NEVER;
        self.override_at = Instant::NEVER;
        self.waiting_since = Instant::NEVER;
        self.kept_alive_at = Instant::START;
        self.reduced = false;
        self.paused_until = Instant::NEVER;
        self.has_read = false;
        self.unreachable = false;
        self.complete = false;
        self.redelivers = false;
        self.pushed = false;
    }

    /// The number of the octet that the peer's stream begins with.
    fn stream_start(&self) -> SeqNumber {
        self.tcb.rcv.irs + 1
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
        self.stamp = seg.options.timestamps.map(|(value, _)| value);
        self.check_deadlines(shared)?;
        let before = self.tcb;
        scratch.branches.clear();
        arrives::step(&before, seg, &ctx, &mut scratch.branches);
        let mut after = shared.pick(&scratch.branches, "an arrival")?;
        if shared.any_text && is_echo(&before, seg, &ctx) {
            after.due.reply = None;
        }
        // URG is looked at whatever becomes of the text.
        after.urgent.settle();
        if let Some(fault) = shared.fault {
            twist::arrival(fault, &before, &mut after, seg, &ctx);
        }
        settle(&mut after, &ctx);
        self.pushed |= seg.flags.intersects(Flags::PSH | Flags::FIN);
        self.tcb = after;
        self.hold_no_more(&before);
        self.keep_text(&before, seg, text, shared);
        self.tcb.rcv.ahead.join();
        self.follow(&before, seg, shared);
        Ok(())
    }

    /// An ICMP error arrives about a segment of this socket.
    pub(super) fn icmp(
        &mut self,
        error: &IcmpError,
        shared: &Shared,
        scratch: &mut Scratch,
    ) -> Result<(), Broken> {
        let ctx = shared.ctx();
        self.check_deadlines(shared)?;
        let before = self.tcb;
        scratch.branches.clear();
        arrives::icmp::step(&before, error, &ctx, &mut scratch.branches);
        let mut after = shared.pick(&scratch.branches, "an ICMP error")?;
        // A connection that an error ends, ends without a reset.
        after.due.reply = None;
        if let Some(fault) = shared.fault {
            twist::icmp(fault, &before, &mut after, error, &ctx);
        }
        settle(&mut after, &ctx);
        self.tcb = after;
        let class = arrives::icmp::classify(&before, error, &ctx);
        self.unreachable |= class.error == ErrorClass::Soft;
        self.report_error(class, shared);
        if after.state == State::Listen {
            self.forget();
        }
        self.ended(&before, CallError::Unreachable);
        Ok(())
    }

    /// The model must not find anything overdue; that would be a bug in the policy.
    fn check_deadlines(&self, shared: &Shared) -> Result<(), Broken> {
        match timeouts::overdue(&self.tcb, true, &shared.ctx()) {
            Some(late) if shared.fault.is_none() => Err(Broken(
                format!(
                    "the reference stack is late: {} wants {}",
                    late.requirement, late.expected
                )
                .into(),
            )),
            Some(_) | None => Ok(()),
        }
    }

    /// What the model cannot remember any more is not held either.
    fn hold_no_more(&mut self, before: &Tcb) {
        if self.tcb.rcv.ahead.overflowed {
            self.tcb.rcv.ahead = before.rcv.ahead;
            self.tcb.rcv.fin_ahead = before.rcv.fin_ahead;
        }
    }

    /// Copies what the model has used of a segment's text, in order or ahead of a gap.
    fn keep_text(&mut self, before: &Tcb, seg: &Segment, text: &[u8], shared: &Shared) {
        if let Some(latest) = self.tcb.rcv.latest {
            self.latest = latest;
        }
        // Before the peer's SYN there is no number to compare with.
        let begins = seg.flags.syn()
            && matches!(before.state, State::Listen | State::SynSent)
            && !matches!(
                self.tcb.state,
                State::Closed | State::Listen | State::SynSent
            );
        let used =
            begins || self.tcb.rcv.nxt != before.rcv.nxt || self.tcb.rcv.ahead != before.rcv.ahead;
        let gone_back = self.tcb.state == State::Listen;
        if text.is_empty() || !used || gone_back {
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
            let at = from.since(self.stream_start());
            self.rx.write(at, &text[part]);
            let shifted = shared.has(Fault::MalformedOptionShiftsText) && seg.options.malformed;
            let urgent = seg.flags.contains(Flags::URG) && shared.has(Fault::UrgentOctetLost);
            if shifted || urgent {
                self.rx.write(at, &[!text[0]]);
            }
        }
    }

    /// After an arrival: the timer, duplicate acknowledgments, the end of a connection.
    fn follow(&mut self, before: &Tcb, seg: &Segment, shared: &Shared) {
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
                    self.complete = matches!(
                        before.state,
                        State::Closing | State::LastAck | State::TimeWait
                    );
                }
                return;
            }
            State::SynReceived if before.state == State::TimeWait => return self.forget(),
            State::TimeWait if self.tcb.severed && !before.severed => return self.forget(),
            state if state.synchronized() && !before.state.synchronized() => {
                if !shared.has(Fault::ThreeSecondsForgotten) {
                    self.timer.established();
                }
                let mss = self.effective_mss(shared);
                let lost = self.timer.syn_lost() && !shared.has(Fault::LostSynsIgnored);
                self.congestion.established(mss, lost);
            }
            _ => {}
        }
        if before.snd.iss.is_none() {
            return;
        }
        let (una, nxt) = (self.tcb.snd.una, self.tcb.snd.nxt);
        if una.after(before.snd.una) {
            self.advanced(before, seg.flags.contains(Flags::ECE), shared);
        }
        self.heed(before, shared);
        let news = self.is_told(seg);
        let again = una == before.snd.una && is_duplicate(before, &self.tcb, seg);
        // With SACK, what tells of something new is a duplicate whatever it acknowledges (RFC 6675
        // section 2).
        if una != nxt && (news || again) {
            self.duplicated(news, shared);
        }
        if before.snd.wnd == 0 && self.tcb.snd.wnd > 0 && before.state.synchronized() {
            self.timer.forget_backoff();
            self.timer.at = Instant::NEVER;
            if una != nxt {
                self.recover(2);
            }
        }
    }

    /// SND.UNA has advanced; `echo` when that tells of congestion, too.
    fn advanced(&mut self, before: &Tcb, echo: bool, shared: &Shared) {
        let (una, now) = (self.tcb.snd.una, shared.now);
        self.waiting_since = now;
        self.dup_acks = 0;
        self.scoreboard.acknowledged(una);
        let grows = !echo || !self.tcb.ecn.wanted() || shared.has(Fault::EchoKeepsWindow);
        if self.recovery.is_none() && before.state.synchronized() && grows {
            let mss = self.effective_mss(shared);
            let times = if shared.has(Fault::SlowStartTooFast) {
                4
            } else {
                1
            };
            for _ in 0..times {
                self.congestion.acknowledged(una.since(before.snd.una), mss);
            }
        }
        if shared.has(Fault::AmbiguousSampleTaken) && before.rtx.resent {
            self.timer = Timer::default();
        }
        if !shared.has(Fault::RoundTripIgnored) {
            self.timer.acknowledged(una, now);
        }
        if shared.has(Fault::TimeoutForgotten) {
            self.timer.forget_from_third();
        }
        if !shared.has(Fault::TimerNotRestarted) || una == self.tcb.snd.nxt {
            self.timer.at = Instant::NEVER;
        }
        if una != self.tcb.snd.nxt && self.timer.at == Instant::NEVER {
            self.timer.restart(now);
        }
        self.recover_further(una.since(before.snd.una) >= self.effective_mss(shared));
        self.twist_recovery(shared);
    }

    /// What faults make of an acknowledgment in recovery.
    fn twist_recovery(&mut self, shared: &Shared) {
        let Some(recovery) = &mut self.recovery else {
            return;
        };
        match shared.fault {
            Some(Fault::TimeoutGrowsFast) if recovery.step == 2 => recovery.allowance = 6,
            Some(Fault::PartialAckWaits) if recovery.step == 1 => recovery.allowance = 0,
            Some(_) | None => {}
        }
    }

    /// Duplicate acknowledgments in a row.
    pub(super) fn duplicates(&self) -> u8 {
        self.dup_acks
    }

    /// Whether a segment tells with SACK of anything new.
    fn is_told(&mut self, seg: &Segment) -> bool {
        let snd = &self.tcb.snd;
        // What the model has not used, it has not counted.
        let used = snd.una != snd.nxt && self.tcb.rtx.dup_acks >= 3;
        used && self.tcb.sack_agreed() && self.scoreboard.note(&seg.options, snd.una, snd.nxt)
    }

    /// An acknowledgment of nothing new, which may tell of something that has arrived.
    fn duplicated(&mut self, news: bool, shared: &Shared) {
        self.dup_acks = self.dup_acks.saturating_add(1);
        let mss = self.effective_mss(shared);
        let enough = match shared.has(Fault::RetransmitsAtOnce) {
            true => 1,
            false => 3,
        };
        let told = self.scoreboard.tells_loss(mss) && !shared.has(Fault::SackIgnored);
        let counted = self.dup_acks == enough && !shared.has(Fault::SackIgnored);
        if shared.has(Fault::NoFastRetransmit) {
            return;
        }
        if shared.has(Fault::FastRetransmitsAgain) && self.dup_acks.is_multiple_of(3) {
            self.recovery = None;
            return self.recover(1);
        }
        match &mut self.recovery {
            Some(recovery) if shared.has(Fault::RecoversAfterTimeout) && recovery.step == 2 => {
                self.recover(2);
            }
            None if counted || told => {
                let flight = self.tcb.snd.nxt.since(self.tcb.snd.una);
                self.congestion.lost(flight, mss);
                self.reduced = true;
                self.recover(1);
                let (una, nxt) = (self.tcb.snd.una, self.tcb.snd.nxt);
                // Where the peer has told of all that is outstanding, nothing is sent again before the
                // timer fires: it runs on.
                if self.scoreboard.missing(una, nxt).is_some() {
                    self.timer.restart(shared.now);
                }
                self.twist_loss(flight, mss, shared);
            }
            Some(recovery) if shared.has(Fault::RecoveryBursts) => recovery.allowance = 8,
            // Something has left the network.
            Some(recovery) if news => recovery.allowance = recovery.allowance.saturating_add(1),
            Some(_) | None => {}
        }
    }

    /// What faults make of the third duplicate.
    fn twist_loss(&mut self, flight: u32, mss: u32, shared: &Shared) {
        match (shared.fault, &mut self.recovery) {
            (Some(Fault::FastRetransmitsAll), Some(recovery)) => recovery.allowance = u8::MAX,
            (Some(Fault::RecoveryNotDeflated), _) => self.congestion.lost(8 * flight, mss),
            (Some(Fault::AvoidanceTooFast), _) => self.congestion.forget_threshold(),
            (Some(_) | None, _) => {}
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

    /// An acknowledgment, of a `whole` segment or of less, lets more be sent again, or ends it.
    fn recover_further(&mut self, whole: bool) {
        let una = self.tcb.snd.una;
        self.recovery = self.recovery.and_then(|known| {
            una.before(known.until).then_some(Recovery {
                next: known.next.later(una),
                allowance: if whole { known.step } else { 1 },
                ..known
            })
        });
    }

    /// Another socket has a new connection with the four-tuple of this one in TIME-WAIT.
    pub(super) fn replaced(&mut self) {
        let before = self.tcb;
        self.tcb = before.closed();
        self.ended(&before, CallError::NoConnection);
    }

    /// Whether the user or a timeout has just ended the connection.
    pub(super) fn ended(&mut self, before: &Tcb, error: CallError) {
        if self.tcb.state == State::Closed && before.state != State::Closed {
            self.error = error;
            self.forget();
        }
    }
}

/// A second within which only one answer is given to what is empty: both ends of a connection may
/// find each other's acknowledgments unacceptable, as when both have probed a closed window, and
/// would answer each other without end (RFC 5961 section 7).
const ECHO: Micros = Micros::secs(1);

/// An empty segment that may be the answer to an answer.
fn is_echo(before: &Tcb, seg: &Segment, ctx: &Context) -> bool {
    let ago = before.challenged(ctx.now);
    seg.is_empty() && ago.is_some_and(|ago| ago < ECHO)
}

/// A duplicate acknowledgment as RFC 5681 section 2 defines it, of a segment that was used.
fn is_duplicate(before: &Tcb, after: &Tcb, seg: &Segment) -> bool {
    seg.flags.ack()
        && seg.is_empty()
        && seg.ack == before.snd.una
        && before.snd.wnd == after.snd.wnd
        && after.rtx.dup_acks > before.rtx.dup_acks
}
