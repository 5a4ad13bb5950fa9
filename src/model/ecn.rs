//! Explicit congestion notification (RFC 3168 section 6.1), as far as it is seen from outside.
//!
//! What the two SYNs have said, whether acknowledgments carry ECE, and whether a segment with CWR is
//! owed. It is brought up to date after the rest of a step, for nothing else depends on it.

use super::emits::{kind, miss};
use super::settle;
use super::tcb::Tcb;
use super::{Context, EventClass, Fault, SeqClass, State};
use crate::spec::{Req, req};
use crate::stack::Admission;
use crate::wire::{self, Flags, Segment, SeqNumber};

const BITS: Flags = Flags::ECE.with(Flags::CWR);
/// Flags by which something may change.
const NOTED: Flags = BITS.with(Flags::SYN);

/// Whether acknowledgments carry ECE (RFC 3168 section 6.1.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Echo {
    /// They must not: no congestion was met, or it is settled.
    #[default]
    Off,
    /// They have to: text with CE was taken, and no CWR has come.
    On,
    /// They may still: CWR has come, and no text after it.
    Ending,
    /// They may: CE, or CWR, has come on something of which nobody says whether it counts.
    Free,
}

/// What is known of it for one connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ecn {
    echo: Echo,
    known: Known,
    /// What was sent when CWR was last: what the peer has met with before that is settled.
    reduced: SeqNumber,
}

/// A set of facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Known(u16);

impl Known {
    /// The stack has sent an ECN-setup SYN, or SYN,ACK.
    const OFFERED: Known = Known(1);
    /// It has sent one that is none.
    const WITHHELD: Known = Known(2);
    /// The peer has sent one.
    const HEARD: Known = Known(4);
    /// The peer has sent one that is none.
    const REFUSED: Known = Known(8);
    /// The peer has sent a SYN that may or may not count.
    const DOUBTED: Known = Known(16);
    /// The stack has sent text with ECT.
    const USED: Known = Known(32);
    /// There may have been a reason to reduce the congestion window.
    const DISTURBED: Known = Known(64);
    /// There was: ECE has come for this window. The next new text carries CWR.
    const OWES: Known = Known(128);
    /// CE has come on text outside the window, which should be ignored.
    const STRAY: Known = Known(256);
    /// An acknowledgment with ECE has left since the last CE.
    const ECHOED: Known = Known(512);
    /// ECE has come, and no text has left since: where the congestion window is one segment, the
    /// next waits for the retransmission timer (RFC3168-6.1.2-2).
    const PAUSED: Known = Known(1024);
    /// CWR has come with text whose acknowledgment was old, and neither CE nor another CWR since.
    const LATE_CWR: Known = Known(2048);

    fn has(self, all: Known) -> bool {
        self.0 & all.0 == all.0
    }

    fn any(self, some: Known) -> bool {
        self.0 & some.0 != 0
    }

    fn note(&mut self, more: Known) {
        self.0 |= more.0;
    }

    fn forget(&mut self, those: Known) {
        self.0 &= !those.0;
    }
}

impl Ecn {
    /// Whether text may be sent with ECT (RFC3168-6.1.1-3).
    pub fn agreed(self) -> bool {
        let both = Known(Known::OFFERED.0 | Known::HEARD.0);
        self.known.has(both) && !self.known.has(Known::WITHHELD)
    }

    /// Whether text should be sent with ECT: it may, and no SYN of the peer is against it
    /// (RFC3168-6.1.1-4).
    pub fn wanted(self) -> bool {
        self.agreed() && !self.known.has(Known::REFUSED)
    }

    /// Whether acknowledgments have to carry ECE.
    pub fn echoes(self) -> bool {
        self.echo == Echo::On
    }

    /// Whether CE has come on text outside the window.
    pub fn strays(self) -> bool {
        self.known.has(Known::STRAY)
    }

    /// Whether the next new text has to carry CWR.
    pub fn owes(self) -> bool {
        self.known.has(Known::OWES)
    }

    /// Whether text was sent with ECT.
    pub fn used(self) -> bool {
        self.known.has(Known::USED)
    }

    /// Whether the CWR that came last has come with an old acknowledgment, and no CE after it.
    pub fn cwr_was_late(self) -> bool {
        self.known.has(Known::LATE_CWR)
    }

    /// Whether new text may wait for as long as the retransmission timer runs.
    pub fn pauses(self) -> bool {
        self.known.has(Known::PAUSED)
    }

    /// Whether CE on text counts: something was offered, and nothing refused (RFC3168-6.1.1-6).
    fn answers(self, ctx: &Context) -> bool {
        let doubts = Known(Known::REFUSED.0 | Known::DOUBTED.0);
        let forgets = ctx.profile.admission == Admission::Cookies;
        self.known.has(Known::OFFERED) && !self.known.any(doubts) && !forgets
    }

    /// ECE may be set, and need not.
    fn frees(&mut self) {
        if self.echo != Echo::On {
            self.echo = Echo::Free;
        }
    }
}

/// Whether a segment that arrives may change anything here: as a rule it does not.
pub(super) fn concerns(tcb: &Tcb, seg: &Segment) -> bool {
    let says = seg.flags.intersects(NOTED) || seg.ecn == wire::Ecn::Ce;
    (says || tcb.ecn.echo == Echo::Ending || tcb.ecn.known.has(Known::USED)) && !seg.flags.rst()
}

/// Whether a segment that leaves may change anything here.
pub(super) fn is_noted(tcb: &Tcb, seg: &Segment) -> bool {
    let says = seg.flags.intersects(NOTED) || seg.ecn != wire::Ecn::NotEct;
    (says || tcb.ecn.known.has(Known::USED)) && !seg.flags.rst()
}

/// A segment has arrived, and this is what it led to.
pub(super) fn arrived(before: &Tcb, after: &mut Tcb, seg: &Segment, ctx: &Context) {
    if matches!(after.state, State::Closed | State::Listen) {
        return;
    }
    if seg.flags.syn() {
        return heard_syn(before, after, seg);
    }
    let advances = after.rcv.nxt != before.rcv.nxt;
    let text = seg.payload_len > 0;
    let echo = after.ecn.echo;
    if seg.ecn == wire::Ecn::Ce {
        marked(after, seg, text, text && advances, ctx);
    } else if seg.flags.contains(Flags::CWR) {
        let late = seg.ack.before(before.snd.una);
        if !late {
            after.ecn.known.forget(Known::LATE_CWR);
        }
        match (echo, text && advances) {
            (Echo::Off, _) => {}
            (_, true) => {
                after.ecn.echo = Echo::Ending;
                after.ecn.known.forget(Known::ECHOED);
                if late {
                    after.ecn.known.note(Known::LATE_CWR);
                }
            }
            (_, false) => after.ecn.echo = Echo::Free,
        }
    } else if echo == Echo::Ending && text && advances {
        after.ecn.echo = Echo::Off;
    }
    answered(before, after, seg, ctx);
}

/// CE has come; `taken` when it has come on text that was taken in order.
fn marked(tcb: &mut Tcb, seg: &Segment, text: bool, taken: bool, ctx: &Context) {
    let outside = match tcb.input.class {
        EventClass::Segment(class) => matches!(
            class.seq,
            SeqClass::Old | SeqClass::Beyond | SeqClass::Elsewhere
        ),
        _ => false,
    };
    if taken && tcb.ecn.answers(ctx) {
        tcb.ecn.echo = Echo::On;
        tcb.ecn.known.forget(Known::ECHOED);
        tcb.ecn.known.forget(Known::LATE_CWR);
    } else if text && outside && !seg.flags.contains(Flags::CWR) {
        tcb.ecn.known.note(Known::STRAY);
    } else {
        tcb.ecn.frees();
    }
}

fn heard_syn(before: &Tcb, after: &mut Tcb, seg: &Segment) {
    let meets = match before.state {
        State::SynSent => after.state != State::SynSent,
        State::Listen | State::SynReceived | State::TimeWait => after.state == State::SynReceived,
        State::Closed
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck => false,
    };
    if !meets {
        return;
    }
    if seg.ecn == wire::Ecn::Ce {
        after.ecn.frees();
    }
    let known = &mut after.ecn.known;
    if seg.seq != after.rcv.irs {
        known.note(Known::DOUBTED);
    } else if is_setup(seg) {
        known.note(Known::HEARD);
    } else {
        known.note(Known::REFUSED);
    }
}

/// Whether it is an ECN-setup SYN, or SYN,ACK.
fn is_setup(seg: &Segment) -> bool {
    let bits = seg.flags.bits() & BITS.bits();
    bits == if seg.flags.ack() { Flags::ECE } else { BITS }.bits()
}

/// ECE of the peer: once for each window it calls for CWR (RFC 3168 section 6.1.2).
fn answered(before: &Tcb, after: &mut Tcb, seg: &Segment, ctx: &Context) {
    let ecn = &mut after.ecn;
    let una = after.snd.una;
    if after.rtx.dup_acks > 0 {
        ecn.known.note(Known::DISTURBED);
    }
    if !seg.flags.contains(Flags::ACK.with(Flags::ECE)) {
        return;
    }
    ecn.known.note(Known::DISTURBED);
    let fresh = ecn.reduced == SeqNumber::default() || una.at_or_after(ecn.reduced);
    if una.after(before.snd.una) && ecn.known.has(Known::USED) && fresh {
        ecn.known.note(Known::OWES);
    }
    if ecn.known.has(Known::USED) {
        ecn.known.note(Known::PAUSED);
        settle::sends_later(after, ctx);
    }
}

fn wrong(seg: &Segment, ctx: &Context, by: Req, expected: &'static str) -> Result<(), Fault> {
    ctx.unless_pardoned(Fault::new(by, kind(seg), expected).deep(9))
}

/// Looks at what a segment that leaves says of congestion.
pub(super) fn check(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    let marked = seg.ecn != wire::Ecn::NotEct;
    let says = marked || seg.flags.intersects(BITS);
    if !(says || tcb.ecn.echoes() || tcb.ecn.owes()) {
        return Ok(());
    }
    let fault = |by, expected| wrong(seg, ctx, by, expected);
    if seg.flags.syn() {
        return match marked {
            true => fault(req::RFC3168_6_1_1_9, "no ECT on a SYN"),
            false => Ok(()),
        };
    }
    if seg.flags.rst() || !(tcb.state.synchronized() || tcb.state == State::SynReceived) {
        return Ok(());
    }
    echo(tcb, seg, ctx)?;
    if seg.payload_len > 0 {
        return with_text(tcb, seg, marked, ctx);
    }
    if seg.flags.fin() {
        return Ok(());
    }
    if marked {
        fault(req::RFC3168_6_1_4_1, "no ECT without text")?;
    }
    let probes = tcb.snd.wnd == 0 && seg.seq == tcb.snd.una - 1;
    if probes && seg.flags.contains(Flags::CWR) {
        fault(req::RFC3168_6_1_6_1, "no CWR on a probe of a closed window")?;
    }
    Ok(())
}

/// ECE: on every acknowledgment that carries nothing else it has to be, where it has to be at all.
fn echo(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    let fault = |by, expected| wrong(seg, ctx, by, expected);
    let set = seg.flags.contains(Flags::ECE);
    // What was agreed upon is forgotten there (RFC 3168 section 6.1.1).
    if tcb.state == State::TimeWait {
        return Ok(());
    }
    let owed = tcb.ecn.echoes() && seg.is_empty() && seg.seq == tcb.snd.nxt;
    match (set, tcb.ecn.echo) {
        (false, _) if owed => fault(
            match tcb.ecn.known.has(Known::ECHOED) {
                false => req::RFC3168_6_1_1_6,
                true => req::RFC3168_6_1_3_P01,
            },
            "ECE on every acknowledgment of text with CE, until CWR comes",
        ),
        (true, Echo::Off) if !tcb.ecn.known.has(Known::STRAY) => fault(
            req::RFC3168_6_1_3_P01,
            "no ECE where no text with CE has come, or CWR since",
        ),
        (true | false, _) => Ok(()),
    }
}

/// ECT and CWR of a segment with text.
fn with_text(tcb: &Tcb, seg: &Segment, marked: bool, ctx: &Context) -> Result<(), Fault> {
    let fault = |by, expected| wrong(seg, ctx, by, expected);
    let new = seg.seq.at_or_after(tcb.snd.nxt);
    let cwr = seg.flags.contains(Flags::CWR);
    let probe = seg.payload_len == 1 && new && tcb.send_edge().at_or_before(tcb.snd.nxt);
    if marked && !tcb.ecn.agreed() {
        fault(
            req::RFC3168_6_1_1_3,
            "no ECT unless both SYNs have agreed on it",
        )?;
    }
    if probe && (marked || cwr) {
        fault(
            req::RFC3168_6_1_6_1,
            "neither ECT nor CWR on a probe of a closed window",
        )?;
    }
    if marked && seg.end().at_or_before(tcb.snd.nxt) {
        fault(req::RFC3168_6_1_5_1, "no ECT on what is sent again")?;
    }
    if !new || probe || !tcb.ecn.known.has(Known::USED) {
        return Ok(());
    }
    if !cwr && tcb.ecn.owes() {
        fault(
            req::RFC3168_6_1_1_5,
            "CWR on the first new text after ECE, for the window is reduced",
        )?;
    }
    let idle = ctx.now.since(tcb.rtx.sent_at) >= ctx.profile.rto_min;
    if cwr && !idle && !tcb.ecn.known.has(Known::DISTURBED) {
        fault(
            req::RFC3168_6_1_1_5,
            "no CWR while nothing has called for a smaller window",
        )?;
    }
    Ok(())
}

/// A segment has left, and was allowed.
pub(super) fn departed(before: &Tcb, tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
    if seg.flags.syn() {
        tcb.ecn.known.note(match is_setup(seg) {
            true => Known::OFFERED,
            false => Known::WITHHELD,
        });
        declined(before, tcb, seg, ctx);
        return;
    }
    if seg.flags.contains(Flags::ECE) {
        if tcb.ecn.echo == Echo::Off && tcb.ecn.known.has(Known::STRAY) {
            miss(tcb, seg, ctx, req::RFC3168_6_1_5_2);
            tcb.ecn.echo = Echo::Free;
        }
        tcb.ecn.known.note(Known::ECHOED);
    }
    if seg.payload_len == 0 {
        return;
    }
    tcb.ecn.known.forget(Known::PAUSED);
    if seg.ecn.is_ect() {
        tcb.ecn.known.note(Known::USED);
        if tcb.ecn.known.has(Known::REFUSED) {
            miss(tcb, seg, ctx, req::RFC3168_6_1_1_4);
        }
        if seg.ecn == wire::Ecn::Ect1 {
            miss(tcb, seg, ctx, req::RFC3168_6_1_2_4);
        }
    }
    if seg.seq.before(before.snd.nxt) {
        let again = seg.end().at_or_before(before.snd.nxt);
        if again && seg.flags.contains(Flags::CWR) {
            miss(tcb, seg, ctx, req::RFC3168_6_1_2_3);
        }
        tcb.ecn.known.note(Known::DISTURBED);
    } else if seg.flags.contains(Flags::CWR) {
        tcb.ecn.known.forget(Known::OWES);
        tcb.ecn.reduced = seg.end();
    }
}

/// A stack that is capable of ECN should agree to it (RFC9293-SHLD-8).
fn declined(before: &Tcb, tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
    let first = before.snd.iss.is_none();
    let asked = seg.flags.ack() && tcb.theirs.ecn;
    if ctx.profile.ecn && first && asked && !seg.flags.contains(Flags::ECE) {
        miss(tcb, seg, ctx, req::RFC9293_SHLD_8);
    }
}
