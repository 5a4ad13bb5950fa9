//! What the wire has shown of how a connection sends: how much is in flight, what was lost, what
//! waits.
//!
//! It stands beside the [block](super::Tcb) and not in it, for it does not depend on which
//! explanation of a trace is right: there is one for all of them. Where they disagree, nothing is
//! judged. What is kept are limits, never an algorithm: who sends less, or later, breaks nothing
//! here.

mod congestion;
mod echo;
mod loss;
mod probes;
mod small;
mod tested;

use super::{Context, Fault, Tcb, emits, unsent};
use crate::oracle::Instead;
use crate::spec::Req;
use crate::time::{Instant, Micros};
use crate::trace::Call;
use crate::wire::{Segment, SeqNumber};

pub use congestion::initial_window;

use congestion::Congestion;
use echo::Echo;
use loss::Loss;
use probes::Probes;
use small::Small;

/// What a timer does comes no sooner after what set it going, and what an arrival sets going comes
/// no later: half of the least timeout in use.
const MOMENT: Micros = Micros::millis(100);

/// Something that the stack owes, beside what the block says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Owed {
    /// By when.
    pub at: Instant,
    /// By which requirement.
    pub by: Req,
    /// What, in words.
    pub expected: &'static str,
    /// It is to be sent again, from here on; otherwise it is new.
    again: Option<SeqNumber>,
}

impl Owed {
    /// Whether a connection as this explanation has it can still pay.
    pub fn binds(&self, tcb: &Tcb) -> bool {
        let stands = match self.again {
            Some(una) => tcb.snd.una == una && !probing(tcb),
            None => tcb.queue_end().since(tcb.snd.una) <= tcb.snd.wnd,
        };
        stands && !tcb.mute && tcb.state.sends_text()
    }
}

/// What set a transmission going.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Cause {
    /// A timer: nothing else has happened for a while.
    Timer,
    /// What arrived at the same time.
    Arrival,
    /// That cannot be told.
    Unclear,
}

/// A segment with text that has left.
#[derive(Clone, Copy, Debug)]
struct Sent {
    seq: SeqNumber,
    end: SeqNumber,
    text: u32,
    /// It begins with something that was sent before.
    again: bool,
    /// What it begins with is the first that is not acknowledged.
    first: bool,
    /// What it begins with was sent again before.
    resent_before: bool,
    cause: Cause,
    /// The retransmission timer may have fired, though something has just arrived.
    perhaps_timed: bool,
    /// Of its octets so many are not acknowledged.
    beyond: u32,
    /// Duplicates may have told of a loss, and it comes right after an arrival.
    signalled: bool,
    /// They have: three in a row.
    surely: bool,
    /// The most text that a segment can carry.
    full: u32,
    now: Instant,
}

/// How a connection sends, as far as the wire shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Flight {
    /// ISS.
    iss: Option<SeqNumber>,
    /// SND.UNA.
    una: SeqNumber,
    /// SND.NXT.
    nxt: SeqNumber,
    /// The explanations do not agree on these.
    vague: bool,
    /// Nor on whether the window is closed.
    ajar: bool,
    /// As one of the explanations has it, the window has no room for all that is outstanding.
    short: bool,
    /// The acknowledgment last sent.
    acked: Option<SeqNumber>,
    /// There is something to send.
    begun: bool,
    /// When something last arrived.
    heard_at: Instant,
    /// When the user last called.
    called_at: Instant,
    /// When a SYN or text last left.
    sent_at: Instant,
    congestion: Congestion,
    echo: Echo,
    loss: Loss,
    small: Small,
    probes: Probes,
    owed: Option<Owed>,
}

/// The most text that a segment of this connection can carry without options.
fn full(tcb: &Tcb, ctx: &Context) -> u32 {
    emits::most_text(tcb, ctx).max(1)
}

/// With SACK or timestamps a stack may find out that nothing was lost, and take back what it has
/// done about it (RFC 3522, RFC 3708).
fn may_undo(tcb: &Tcb) -> bool {
    tcb.sack_agreed() || tcb.timestamps_agreed()
}

/// A limit is passed.
///
/// # Errors
/// That, unless it is pardoned.
fn passes(by: Req, instead: Instead, expected: &'static str, ctx: &Context) -> Result<(), Fault> {
    ctx.unless_pardoned(Fault::new(by, instead, expected).deep(8))
}

/// The window is closed, or was in this flight: other rules hold.
fn probing(tcb: &Tcb) -> bool {
    tcb.snd.wnd == 0 || tcb.rtx.probing
}

impl Flight {
    /// Whether there is anything to look at.
    pub fn begun(&self) -> bool {
        self.begun
    }

    /// Whether what begins here was sent again since it was found lost.
    pub fn has_resent(&self, seq: SeqNumber) -> bool {
        self.loss.has_resent(seq)
    }

    /// Whether the peer has thrown away what SACK had told of, and what begins at `una` has to be sent
    /// again whatever the timer says.
    pub fn is_thrown_away(&self, una: SeqNumber) -> bool {
        self.loss.is_thrown_away(una)
    }

    /// Whether something was due that has not come; the stack had all the time until now.
    pub fn is_overdue(&self, ctx: &Context) -> bool {
        self.owed
            .is_some_and(|owed| ctx.now >= owed.at + ctx.profile.slack)
    }

    /// Takes out what was due and has not come.
    pub fn take_overdue(&mut self, ctx: &Context) -> Option<Owed> {
        match self.is_overdue(ctx) {
            true => self.owed.take(),
            false => None,
        }
    }

    /// Looks at text that the stack wants to send, as this explanation has it. A recommendation
    /// that is not followed is noted.
    ///
    /// # Errors
    /// When a limit is passed.
    pub fn check(&self, tcb: &mut Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
        let Some(text) = self.subject(tcb, seg, ctx) else {
            return Ok(());
        };
        self.check_echo(&text, seg, ctx)?;
        self.check_congestion(tcb, &text, seg, ctx)?;
        self.check_loss(tcb, &text, seg, ctx)?;
        self.check_small(tcb, &text, seg, ctx)
    }

    /// What is known of text that is to be judged; none where nothing is known for sure, or other
    /// rules hold.
    fn subject(&self, tcb: &Tcb, seg: &Segment, ctx: &Context) -> Option<Sent> {
        let sends = seg.payload_len > 0 && tcb.state.sends_text();
        if self.vague || tcb.mute || !sends || probing(tcb) {
            return None;
        }
        let text = self.about(seg, tcb, ctx);
        (text.beyond > 0 && tcb.snd.una == self.una).then_some(text)
    }

    /// Looks at anything that the stack sends while the window is closed.
    pub fn check_probe(&self, tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
        if !self.vague && !tcb.mute && self.is_probe(seg, tcb.snd.nxt, ctx) {
            self.probes.check(tcb, seg, ctx);
        }
    }

    /// Whether this, at a closed window, is there to be answered: an octet, or an old number, and
    /// no answer itself.
    fn is_probe(&self, seg: &Segment, nxt: SeqNumber, ctx: &Context) -> bool {
        let late = ctx.now.since(self.heard_at) > ctx.profile.slack;
        let empty = seg.seq.before(nxt) && self.acked == Some(seg.ack);
        let alone = self.cause(ctx) == Cause::Timer;
        seg.payload_len > 0 || (late && (!seg.is_empty() || (empty && alone)))
    }

    fn about(&self, seg: &Segment, tcb: &Tcb, ctx: &Context) -> Sent {
        let cause = self.cause(ctx);
        let again = seg.seq.before(self.nxt);
        let end = seg.seq + seg.payload_len;
        let first = again && seg.seq.at_or_before(self.una);
        let waited = ctx.now.since(self.sent_at) + ctx.profile.slack;
        let perhaps_timed = first && cause != Cause::Timer && waited >= ctx.profile.rto_min;
        // In real time a timer may fire right after an arrival.
        let by_arrival = cause == Cause::Arrival && !(perhaps_timed && ctx.now > self.heard_at);
        Sent {
            seq: seg.seq,
            end,
            text: seg.payload_len,
            again,
            first,
            resent_before: self.loss.has_resent(seg.seq),
            cause,
            perhaps_timed,
            beyond: end.distance(self.una).max(0) as u32,
            signalled: by_arrival && tcb.rtx.dup_acks >= 3,
            surely: by_arrival && self.loss.tells(),
            full: full(tcb, ctx),
            now: ctx.now,
        }
    }

    /// What set a transmission going that happens now.
    fn cause(&self, ctx: &Context) -> Cause {
        let heard = ctx.now.since(self.heard_at);
        let sent = ctx.now.since(self.sent_at);
        let called = ctx.now.since(self.called_at);
        if heard >= MOMENT && sent >= MOMENT && called >= MOMENT {
            Cause::Timer
        } else if heard <= ctx.profile.slack {
            Cause::Arrival
        } else {
            Cause::Unclear
        }
    }

    /// The stack sends a SYN.
    pub fn opens(&mut self, seg: &Segment, ctx: &Context) {
        if self.iss != Some(seg.seq) {
            *self = Flight {
                iss: Some(seg.seq),
                heard_at: self.heard_at,
                ..Flight::default()
            };
        } else if self.cause(ctx) == Cause::Timer {
            self.congestion.syn_lost();
        }
        self.sent_at = ctx.now;
    }

    /// An ICMP error arrives, which may tell of a smaller MTU.
    pub fn errs(&mut self) {
        self.small.path_narrowed = true;
    }

    /// What the explanations agree on, if they do.
    fn common<'a>(&mut self, all: &'a [Tcb]) -> Option<&'a Tcb> {
        let mut speaking = all.iter().filter(|tcb| !tcb.mute);
        let first = speaking.next()?;
        let agrees = |tcb: &Tcb| {
            tcb.snd.una == first.snd.una && tcb.snd.nxt == first.snd.nxt && tcb.state == first.state
        };
        let shut = |tcb: &Tcb| tcb.snd.wnd == 0;
        self.ajar = speaking.clone().any(|tcb| shut(tcb) != shut(first));
        let short = |tcb: &Tcb| tcb.send_edge().before(tcb.snd.nxt);
        self.short = speaking.clone().any(short) || short(first);
        self.vague = !speaking.all(agrees);
        self.doubt(first.snd.nxt);
        Some(first)
    }

    /// Where the explanations do not agree, what was seen of the flight counts no more, and what has
    /// just been noted of it neither.
    fn doubt(&mut self, nxt: SeqNumber) {
        if self.vague {
            self.owed = None;
            self.loss.forget();
            self.probes.forget();
        }
        if self.begun && (self.vague || self.short) {
            self.congestion.loosen(nxt);
        }
    }

    /// The stack has sent a segment that is neither SYN nor reset; `after` is what explains it.
    pub fn leaves(&mut self, seg: &Segment, after: &[Tcb], ctx: &Context) {
        let Some(tcb) = self.common(after) else {
            return;
        };
        // What was acknowledged may show only now; that of the SYN frees no room.
        let acked = tcb
            .snd
            .una
            .distance(self.una.later(tcb.text_start()))
            .max(0) as u32;
        if acked > 0 {
            let full = full(tcb, ctx);
            self.congestion
                .heard(acked, tcb.snd.una, full, false, tcb, ctx);
            self.loss.forget();
            self.congestion.loosen(self.nxt);
        }
        self.una = tcb.snd.una;
        if self.is_probe(seg, self.nxt, ctx) {
            self.probes.sent(tcb, self.heard_at, ctx);
        }
        let text = self.about(seg, tcb, ctx);
        // An octet of a keep-alive is no text.
        if text.beyond > 0 && seg.payload_len > 0 {
            self.begun = true;
            let flight = self.nxt.since(self.una);
            if flight == 0 {
                self.congestion
                    .restart(self.idle_since(), text.full, tcb, ctx);
            }
            let recovering = self.congestion.recovers();
            let closed = self.ajar || probing(tcb);
            self.congestion
                .sent(&text, flight, self.nxt, closed, tcb, ctx);
            self.echo.sent();
            self.loss
                .sent(&text, self.nxt, self.una == self.nxt, recovering);
            self.small.sent(&text, self.nxt, tcb);
            let pays = |owed: &Owed| match owed.again {
                Some(una) => text.seq.at_or_before(una) && text.end.after(una),
                None => text.end.after(self.nxt),
            };
            self.owed = self.owed.filter(|owed| !pays(owed));
            self.sent_at = ctx.now;
        }
        self.acked = Some(seg.ack);
        self.nxt = tcb.snd.nxt;
        if self.vague || self.short {
            // It may have been sent again by the timer of the window as well as by that of the text.
            self.congestion.loosen(self.nxt);
        }
    }

    /// A segment has arrived; `after` is what explains it.
    pub fn hears(&mut self, seg: &Segment, after: &[Tcb], ctx: &Context) {
        self.heard_at = ctx.now;
        self.small.input();
        let was_vague = self.vague;
        let Some(tcb) = self.common(after) else {
            return;
        };
        self.small.heard(seg, after);
        if !self.begun {
            self.loss.heard(seg, false, 0, tcb, ctx);
            self.doubt(tcb.snd.nxt);
            return self.settle(tcb, ctx);
        }
        let una = self.una.later(tcb.text_start());
        let now_una = tcb.snd.una.later(una);
        let acked = now_una.since(una);
        let full = full(tcb, ctx);
        self.owed = self.owed.filter(|owed| owed.again.is_some());
        let duplicate = !self.vague && !was_vague && self.loss.is_duplicate(seg, tcb, self.una);
        self.loss.heard(seg, duplicate, acked, tcb, ctx);
        if was_vague {
            // Some of it may have been acknowledged before.
            self.loss.forget();
        }
        let echo = self.hears_echo(seg, acked, full, tcb, ctx);
        self.congestion.heard(acked, now_una, full, echo, tcb, ctx);
        // What an answer of the window's end makes of the gaps, nobody says.
        if acked > 0 {
            self.probes.forget();
        }
        self.una = tcb.snd.una;
        self.nxt = tcb.snd.nxt;
        if !self.vague && tcb.state.sends_text() && !probing(tcb) {
            self.owed = self
                .owed_again(duplicate, acked, full, tcb, ctx)
                .or(self.owed);
        }
        self.doubt(tcb.snd.nxt);
        self.settle(tcb, ctx);
    }

    /// The user has called; `after` is what explains the outcome.
    pub fn called(&mut self, call: &Call, after: &[Tcb], ctx: &Context) {
        self.called_at = ctx.now;
        self.small.input();
        self.loss.called();
        let waited = self.small.waits();
        let Some(tcb) = self.common(after) else {
            return;
        };
        self.settle(tcb, ctx);
        self.doubt(tcb.snd.nxt);
        if let (Call::Send(_) | Call::SendFlagged(..), false) = (call, waited) {
            self.begun = true;
            self.owed = self.owed_anew(tcb, ctx).or(self.owed);
        }
    }

    /// What waits to be sent, and for how long.
    fn settle(&mut self, tcb: &Tcb, ctx: &Context) {
        if !self.begun {
            self.una = tcb.snd.una;
            self.nxt = tcb.snd.nxt;
        }
        let unsent = unsent(tcb);
        let waits = unsent && tcb.queue_end().after(tcb.snd.nxt);
        self.small.waits_from(waits || self.vague, ctx.now);
        self.loss.held_back(waits);
        match self.ajar {
            true => self.probes.forget(),
            false => self.probes.settle(tcb, unsent, ctx),
        }
    }
}
