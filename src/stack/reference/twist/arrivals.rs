//! What arrives and is understood wrongly: a segment dropped that counts, or counted that is to be
//! dropped.

use super::{again, asks, with_reset};
use crate::model::tcb::Origin;
use crate::model::{Context, State, Tcb};
use crate::spec::req;
use crate::stack::reference::fault::Fault;
use crate::time::{Instant, Micros};
use crate::wire::{Flags, Options, Segment, SeqNumber};

/// After an arrival: `after` is what the model makes of it.
pub(in crate::stack::reference) fn arrival(
    fault: Fault,
    before: &Tcb,
    after: &mut Tcb,
    seg: &Segment,
    ctx: &Context,
) {
    if dropped(fault, before, after, seg) {
        *after = *before;
    } else if before.state.synchronized() {
        connected(fault, before, after, seg, ctx);
    } else {
        opening(fault, before, after, seg, ctx);
    }
}

/// Whether the segment is dropped although it counts.
fn dropped(fault: Fault, before: &Tcb, after: &Tcb, seg: &Segment) -> bool {
    let flags = seg.flags;
    let is = |state| before.state == state;
    let refuses = is(State::SynSent) && flags.rst() && after.state == State::Closed;
    let bits = Flags::from_bits(flags.bits() & Flags::ECE.with(Flags::CWR).bits());
    let text = seg.payload_len > 0 && before.state.synchronized();
    match fault {
        Fault::UnknownOptionDropped => seg.options.unknown,
        Fault::WrapForgotten => seg.end().0 < seg.seq.0,
        Fault::HandshakeResetIgnored => {
            is(State::SynReceived) && before.origin == Origin::Active && flags.rst()
        }
        Fault::RefusalIgnored => refuses,
        Fault::ThirdSegmentIgnored => is(State::SynReceived) && after.state.synchronized(),
        Fault::DuplicateAckDropsText => {
            text && seg.ack == before.snd.una && before.snd.una != before.snd.nxt
        }
        Fault::FinWaitDropsText => text && is(State::FinWait2),
        Fault::TextDropped => text && is(State::Established),
        Fault::FinDropped => flags.fin() && is(State::Established),
        Fault::LastAckLingers => is(State::LastAck) && after.state == State::Closed,
        Fault::ClosingLingers => is(State::Closing) && after.state == State::TimeWait,
        Fault::FinWaitLingers => is(State::FinWait1) && after.state == State::FinWait2,
        Fault::TimestampWrapForgotten => {
            let stamp = seg.options.timestamps;
            before.ts.on && stamp.is_some_and(|(value, _)| value < before.ts.recent)
        }
        Fault::SynEchoChecked => {
            let stamp = seg.options.timestamps;
            flags.syn() && stamp.is_some_and(|(_, echo)| echo != 0)
        }
        Fault::ClosedWindowIgnoresAcks => {
            before.state.synchronized() && before.rcv.edge == before.rcv.nxt
        }
        Fault::HalfEcnSynDropped => flags.syn() && (bits == Flags::ECE || bits == Flags::CWR),
        _ => false,
    }
}

fn opening(fault: Fault, before: &Tcb, after: &mut Tcb, seg: &Segment, ctx: &Context) {
    let is = |state| before.state == state;
    let syn = seg.flags.syn() && !seg.flags.rst();
    match fault {
        Fault::RefusedByBlindReset if is(State::SynSent) && seg.flags.rst() => {
            *after = before.severed();
        }
        Fault::BareAckEstablishes if is(State::SynSent) && seg.flags == Flags::ACK => {
            *after = *before;
            after.state = State::Established;
            after.snd.una = seg.ack;
            after.rcv.irs = seg.seq - 1;
            after.rcv.nxt = seg.seq;
            after.due.ack = ctx.now;
        }
        Fault::SynTextLost if is(State::Listen) && syn => count_text(after, seg),
        Fault::SynAckTextLost if is(State::SynSent) && syn && seg.flags.ack() => {
            count_text(after, seg);
        }
        Fault::PartialAckResets if is(State::SynSent) && seg.ack != before.snd.nxt && syn => {
            *after = with_reset(before, seg.ack, None, ctx);
        }
        Fault::ListenerAnswersNothing if is(State::Listen) && !answerable(seg) => {
            *after = with_reset(after, SeqNumber(0), Some(seg.end()), ctx);
            after.due.reply_to = Some(seg.src);
        }
        Fault::ListenerTakesFin if is(State::Listen) && seg.flags.fin() && !answerable(seg) => {
            after.remote = Some(seg.src);
            after.rcv.nxt = seg.end();
            super::answer(after);
        }
        Fault::NewSynTaken if is(State::SynReceived) && syn && seg.seq != before.rcv.irs => {
            again(&before.listens_again(), after, seg, ctx);
        }
        Fault::PaddedMssMissed if syn && is_padded(&seg.options) => {
            after.theirs.mss = Some(1_460);
        }
        Fault::ShiftUnlimited if after.state == State::Established => {
            let shift = after.theirs.window_scale.unwrap_or(0).min(16);
            after.snd.wnd = u32::from(seg.window) << shift;
        }
        _ => {}
    }
}

/// A listener has something to say to it.
fn answerable(seg: &Segment) -> bool {
    let bits = Flags::RST | Flags::ACK | Flags::SYN;
    seg.flags.intersects(bits)
}

/// What came with a SYN is counted.
fn count_text(after: &mut Tcb, seg: &Segment) {
    after.rcv.nxt = seg.end();
    after.rcv.edge = after.rcv.nxt;
    after.rcv.edge_max = after.rcv.nxt;
}

/// More octets of options than those that are known take up.
fn is_padded(options: &Options) -> bool {
    let mut known = 0;
    for (there, octets) in [
        (options.mss.is_some(), 4),
        (options.window_scale.is_some(), 3),
        (options.sack_permitted, 2),
        (options.timestamps.is_some(), 10),
    ] {
        known += if there { octets } else { 0 };
    }
    options.mss.is_some() && options.octets > known
}

fn connected(fault: Fault, before: &Tcb, after: &mut Tcb, seg: &Segment, ctx: &Context) {
    let is = |state| before.state == state;
    let next = seg.seq == before.rcv.nxt;
    let text = seg.payload_len > 0;
    match fault {
        Fault::MalformedOptionShiftsText if seg.options.malformed => {
            let clean = Segment {
                options: Options::default(),
                ..seg.clone()
            };
            again(before, after, &clean, ctx);
        }
        Fault::SecondFinCounted if seg.flags.fin() && before.rcv.fin => {
            after.rcv.nxt += 1;
            after.due.ack = ctx.now;
        }
        Fault::TimeWaitSkipped if is(State::FinWait2) && after.state == State::TimeWait => {
            let soon = ctx.now + Micros::millis(1);
            after.time_wait = (soon, soon);
        }
        Fault::ClosedWindowEnds if before.snd.wnd == 0 && seg.window == 0 && next => {
            *after = with_reset(&before.severed(), before.snd.nxt, None, ctx);
        }
        Fault::ReopeningMissed if before.state.synchronized() && before.snd.wnd == 0 => {
            after.snd.wnd = 0;
        }
        Fault::ShrunkWindowEnds if after.send_edge().before(after.snd.nxt) => {
            *after = with_reset(&before.severed(), before.snd.nxt, None, ctx);
        }
        Fault::UrgentPointerResets if u32::from(seg.urgent) > seg.payload_len => {
            *after = with_reset(&before.severed(), before.snd.nxt, None, ctx);
        }
        Fault::ClosedWindowResets if asks(after, req::RFC9293_3_8_6_1_P01) => {
            *after = with_reset(&before.severed(), before.snd.nxt, None, ctx);
        }
        Fault::ChallengedResetTextTaken if text && asks(after, req::RFC9293_3_10_7_4_2) => {
            after.rcv.nxt = before.rcv.nxt + seg.payload_len;
        }
        Fault::ChallengedSynTextTaken if text && asks(after, req::RFC9293_3_10_7_4_4) => {
            after.rcv.nxt = before.rcv.nxt + seg.payload_len;
        }
        Fault::WindowNotShifted if seg.flags.ack() && !seg.flags.syn() => {
            after.snd.wnd = u32::from(seg.window);
            after.snd.max_wnd = after.snd.wnd;
        }
        Fault::ShiftUnlimited if seg.flags.ack() => {
            let shift = after.theirs.window_scale.unwrap_or(0).min(16);
            after.snd.wnd = u32::from(seg.window) << shift;
        }
        _ => stamps(fault, before, after, seg, ctx),
    }
}

/// Which timestamp is to be echoed.
fn stamps(fault: Fault, before: &Tcb, after: &mut Tcb, seg: &Segment, _ctx: &Context) {
    let Some((value, _)) = seg.options.timestamps.filter(|_| before.ts.on) else {
        return;
    };
    let old = asks(after, req::RFC7323_5_3_2);
    match fault {
        Fault::EchoesLatest if seg.seq == before.rcv.nxt => after.ts.recent = value,
        Fault::FillerNotEchoed if after.rcv.nxt.after(seg.end()) => after.ts = before.ts,
        Fault::EchoGoesBack if old => after.ts.recent = value,
        Fault::ResetEchoed if seg.flags.rst() => after.ts.recent = value,
        _ => {}
    }
}

/// The instant at which a fault ends a connection on which nothing is heard, if it does.
pub(in crate::stack::reference) fn gives_up_at(fault: Fault, since: Instant) -> Instant {
    match fault {
        Fault::GivesUpEarly if since != Instant::NEVER => since + Micros::secs(30),
        _ => Instant::NEVER,
    }
}
