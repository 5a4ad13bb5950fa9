//! A segment with ACK: text, FIN, acknowledgment, window update, probe, keep-alive.

use super::{empty, keep_alive, kind, miss, window};
use crate::model::flight::Flight;
use crate::model::tcb::{Branches, Forms, Sample, SizeBy, Tcb};
use crate::model::{ACK_DELAY, AckClass, Context, EventClass, Fault, State};
use crate::spec::{Req, req};
use crate::stream::{Direction, first_difference};
use crate::time::{Instant, Micros};
use crate::wire::{Flags, Segment, SeqNumber};

/// A round trip that is long against the tick of any clock (RFC 6298 section 4), in milliseconds.
const COARSE: u32 = 500;

pub(super) fn step(
    tcb: &Tcb,
    seg: &Segment,
    text: &[u8],
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    let lags = seg.ack.before(tcb.rcv.nxt) || tcb.due.credit == 0;
    let regresses = tcb.rcv.acked.is_some_and(|acked| seg.ack.before(acked));
    let answers = seg.is_empty() && seg.ack.at_or_before(tcb.rcv.nxt) && !regresses;
    if tcb.rcv.answers_first && tcb.input.at == ctx.now && answers && lags {
        let mut tcb = *tcb;
        tcb.rcv.answers_first = false;
        window::of_segment(&mut tcb, seg, ctx)?;
        advertised(&mut tcb, seg);
        tcb.rcv.acked = Some(seg.ack);
        out.push(tcb, req::RFC9293_MAY_13);
        return Ok(());
    }
    acknowledgment(tcb, seg, ctx)?;
    let mut tcb = *tcb;
    if let Some(flight) = ctx.flight {
        flight.check_probe(&mut tcb, seg, ctx);
    }
    super::header::alignment(&mut tcb, seg, ctx);
    super::header::sack(&mut tcb, seg, ctx)?;
    let edge_before = tcb.rcv.edge;
    window::of_segment(&mut tcb, seg, ctx)?;
    let by = if keep_alive::is_one(&mut tcb, seg, text, ctx)? {
        req::RFC9293_MAY_5
    } else if seg.is_empty() {
        empty::step(&mut tcb, seg, edge_before, ctx)?
    } else {
        sequence(&mut tcb, seg, text, ctx)?
    };
    if by != req::RFC9293_MAY_5 && !probes(&tcb, seg, ctx) {
        advertised(&mut tcb, seg);
    }
    acknowledged(&mut tcb, seg, ctx);
    out.push(tcb, by);
    Ok(())
}

/// The segment is no probe and no keep-alive: its edge and its acknowledgment are firm.
fn advertised(tcb: &mut Tcb, seg: &Segment) {
    tcb.rcv.firm_edge = tcb.rcv.edge;
    tcb.rcv.edge_of_syn = false;
    tcb.ts.last_ack_sent = seg.ack;
}

/// Whether this is a probe of the closed window: an octet; or an acknowledgment of nothing new that
/// nothing has asked for.
fn probes(tcb: &Tcb, seg: &Segment, ctx: &Context) -> bool {
    let unasked = ctx.now > tcb.input.at && tcb.rcv.acked == Some(seg.ack);
    let form = seg.payload_len == 1 || (seg.is_empty() && unasked);
    form && tcb.rtx.probing && tcb.snd.wnd == 0
}

/// ACK is set, and acknowledges what arrived: no more; and no less, unless the stack declares that
/// it may lag behind. It never goes back.
fn acknowledgment(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    if !seg.flags.ack() {
        return Err(Fault::new(
            req::RFC9293_3_8_P01,
            kind(seg),
            "ACK is set on every segment after the handshake",
        ));
    }
    if seg.ack.after(tcb.rcv.nxt) {
        return Err(Fault::new(
            // What lies behind the peer's FIN is no part of the stream.
            if !tcb.rcv.fin && tcb.rcv.ahead.covers(tcb.rcv.nxt, seg.ack) {
                req::RFC9293_MUST_59
            } else {
                beyond(tcb)
            },
            kind(seg),
            "an acknowledgment of no more than what arrived in order",
        )
        .deep(1));
    }
    let before = tcb.rcv.acked.is_some_and(|acked| seg.ack.before(acked));
    let lags = seg.ack != tcb.rcv.nxt && !set_going(tcb, seg, ctx);
    if before || (lags && !ctx.profile.acks_may_lag) {
        ctx.unless_pardoned(
            Fault::new(
                if before {
                    req::RFC9293_3_8_P01
                } else {
                    behind(tcb)
                },
                kind(seg),
                "an acknowledgment of all that arrived in order",
            )
            .deep(1),
        )?;
    }
    Ok(())
}

/// Whether what is sent was set going by the acknowledgment of the segment that has just arrived.
/// That is the fifth check; its text and its FIN, which are looked at in the seventh and the
/// eighth, are not acknowledged by it yet (RFC 9293 section 3.10.7.4).
fn set_going(tcb: &Tcb, seg: &Segment, ctx: &Context) -> bool {
    let EventClass::Segment(class) = tcb.input.class else {
        return false;
    };
    let brings = class.text || class.flags().fin();
    // Where SACK was agreed upon, an acknowledgment of nothing new may report what was lost; and what was
    // found lost before, and has not been sent again, may go with whatever comes.
    let lost = |flight: &Flight| seg.seq.before(tcb.snd.nxt) && !flight.has_resent(seg.seq);
    let goes_on = tcb.rtx.recovering && ctx.flight.is_some_and(lost);
    let tells = match class.ack {
        AckClass::New => true,
        AckClass::Current => tcb.sack_agreed() || goes_on,
        AckClass::Any | AckClass::Ancient | AckClass::Old | AckClass::Unsent => false,
    };
    let both = brings && tells && tcb.input.at == ctx.now;
    let acked = tcb
        .rcv
        .acked
        .is_some_and(|acked| seg.ack.at_or_after(acked));
    both && !seg.is_empty() && acked
}

/// Which requirement an acknowledgment beyond RCV.NXT breaks.
fn beyond(tcb: &Tcb) -> Req {
    match (tcb.input.class, tcb.input.state) {
        (
            EventClass::Segment(class),
            State::CloseWait | State::Closing | State::LastAck | State::TimeWait,
        ) if class.text => req::RFC9293_3_10_7_4_P26,
        (EventClass::Segment(class), state)
            if state.synchronized() && !class.flags().ack() && !class.flags().syn() =>
        {
            req::RFC9293_3_10_7_4_P11
        }
        (EventClass::Segment(class), state)
            if state.synchronized() && class.ack == AckClass::Unsent =>
        {
            req::RFC9293_3_10_7_4_P16
        }
        // What asked for an answer was not to be accepted.
        _ => tcb.due.reply.map_or(req::RFC9293_3_4_P04, |reply| reply.by),
    }
}

/// Which requirement an acknowledgment below RCV.NXT breaks.
fn behind(tcb: &Tcb) -> Req {
    if let Some(tested) = tcb.due.tests {
        return tested;
    }
    match tcb.input.class {
        EventClass::Segment(class) if class.flags().fin() && tcb.rcv.fin => {
            req::RFC9293_3_10_7_4_P28
        }
        EventClass::Segment(class) if class.text && tcb.input.state.receives_text() => {
            req::RFC9293_3_10_7_4_P23
        }
        _ => req::RFC9293_3_8_P01,
    }
}

/// A segment with text or FIN.
fn sequence(tcb: &mut Tcb, seg: &Segment, text: &[u8], ctx: &Context) -> Result<Req, Fault> {
    let fault = |by: Req, expected| Err(Fault::new(by, kind(seg), expected).deep(7));
    sending_state(tcb, seg)?;
    let end = seg.seq + seg.payload_len;
    if end.after(tcb.queue_end()) {
        return fault(
            if tcb.snd.closed {
                req::RFC9293_3_6_P02
            } else {
                req::RFC9293_2_2_P01
            },
            "no octets but those that the user has sent",
        );
    }
    if seg.flags.fin() {
        fin(tcb, seg, end)?;
    }
    if seg.seq.after(tcb.snd.nxt) {
        return fault(
            if seg.payload_len == 0 {
                req::RFC9293_3_6_P01
            } else {
                req::RFC9293_2_2_P01
            },
            "the octets leave in order, none left out",
        );
    }
    if seg.seq.before(tcb.snd.una) && seg.end().at_or_before(tcb.snd.una) {
        return fault(
            if seg.flags.fin() && seg.payload_len == 0 {
                req::RFC9293_3_10_7_4_P18
            } else {
                req::RFC9293_3_10_7_4_P14
            },
            "what is acknowledged is not sent again",
        );
    }
    content(tcb, seg, text)?;
    size(tcb, seg, ctx)?;
    let new = seg.end().after(tcb.snd.nxt);
    if new {
        in_window(tcb, seg, end, ctx)?;
        push(tcb, seg, end, ctx)?;
    }
    if let Some(flight) = ctx.flight {
        flight.check(tcb, seg, ctx)?;
    }
    if seg.seq.before(tcb.snd.nxt) {
        retransmitted(tcb, seg, new, ctx)?;
    }
    if new {
        sent_anew(tcb, seg, end, ctx);
        Ok(req::RFC9293_3_10_2_P02)
    } else {
        Ok(req::RFC9293_3_10_8_P02)
    }
}

/// In which states there is anything to send.
fn sending_state(tcb: &Tcb, seg: &Segment) -> Result<(), Fault> {
    match tcb.state {
        State::Established
        | State::CloseWait
        | State::FinWait1
        | State::Closing
        | State::LastAck => Ok(()),
        // CLOSE in SYN-RECEIVED may send its FIN at once.
        State::SynReceived if tcb.snd.closed && seg.payload_len == 0 && tcb.snd.queued == 0 => {
            Ok(())
        }
        State::SynReceived | State::Closed | State::Listen | State::SynSent => Err(Fault::new(
            req::RFC9293_3_10_2_P01,
            kind(seg),
            "text waits for the handshake to be complete",
        )
        .deep(7)),
        State::FinWait2 | State::TimeWait => Err(Fault::new(
            if seg.payload_len == 0 {
                req::RFC9293_3_10_7_4_P18
            } else {
                req::RFC9293_3_10_7_4_P14
            },
            kind(seg),
            "nothing is sent after an acknowledged FIN",
        )
        .deep(7)),
    }
}

/// The FIN stands after the last octet, and always at the same number.
fn fin(tcb: &Tcb, seg: &Segment, number: SeqNumber) -> Result<(), Fault> {
    let fault = |by: Req, expected| Err(Fault::new(by, kind(seg), expected).deep(8));
    if !tcb.snd.closed {
        return fault(
            req::RFC9293_3_10_4_P03,
            "no FIN before the user calls CLOSE",
        );
    }
    match tcb.snd.fin {
        Some(known) if known != number => {
            fault(req::RFC9293_3_8_P03, "the FIN at the same number as before")
        }
        None if number != tcb.queue_end() => fault(
            if tcb.state == State::SynReceived {
                req::RFC9293_3_10_4_P02
            } else {
                req::RFC9293_3_6_P01
            },
            "the FIN after all octets that were queued before CLOSE",
        ),
        Some(_) | None => Ok(()),
    }
}

pub(super) fn content(tcb: &Tcb, seg: &Segment, text: &[u8]) -> Result<(), Fault> {
    let Some(remote) = tcb.remote else {
        return Ok(());
    };
    let offset = seg.text_seq().since(tcb.text_start());
    let ports = (tcb.port, remote.port);
    if first_difference(Direction::ToPeer, ports, offset, text).is_none() {
        return Ok(());
    }
    let again = seg.seq.before(tcb.snd.nxt);
    Err(Fault::new(
        if again {
            req::RFC9293_3_4_3_P02
        } else {
            req::RFC9293_2_2_P01
        },
        kind(seg),
        "every sequence number carries the octet that the user put there",
    )
    .deep(9))
}

/// The most text in a segment without options.
pub(in crate::model) fn most_text(tcb: &Tcb, ctx: &Context) -> u32 {
    let local = match tcb.theirs.size_by {
        SizeBy::BeyondLink => u32::MAX,
        SizeBy::Syn | SizeBy::Unsure | SizeBy::Other => ctx.profile.most_text(),
    };
    let announced = match tcb.theirs.mss {
        None => ctx.profile.family.default_mss(),
        // What a size of nothing comes to, nobody says.
        Some(0) => u16::MAX,
        Some(mss) => mss.max(ctx.profile.mss_floor),
    };
    u32::from(announced).min(local)
}

/// Eff.snd.MSS (RFC9293-MUST-16, RFC6691-2.3).
pub(super) fn size(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    let whole = most_text(tcb, ctx);
    let options = u32::from(seg.options.octets);
    let most = whole.saturating_sub(options).max(1);
    if seg.payload_len <= most {
        return Ok(());
    }
    let by = if tcb.theirs.mss.is_none() {
        req::RFC9293_MUST_15
    } else if seg.payload_len + options > whole && seg.payload_len <= whole {
        req::RFC6691_2_3
    } else {
        req::RFC9293_MUST_16
    };
    ctx.unless_pardoned(
        Fault::new(by, kind(seg), "no more text than the effective send MSS").deep(8),
    )
}

/// New octets stay inside the window; one may probe a closed one.
fn in_window(tcb: &mut Tcb, seg: &Segment, end: SeqNumber, ctx: &Context) -> Result<(), Fault> {
    let edge = tcb.send_edge();
    if end.at_or_before(edge) || !end.after(tcb.snd.nxt) {
        return Ok(());
    }
    let probe = seg.payload_len <= 1 && edge.at_or_before(tcb.snd.nxt);
    if probe {
        tcb.rtx.probing = true;
        return Ok(());
    }
    if edge.before(tcb.snd.nxt) && end.at_or_before(tcb.snd.edge_max) {
        miss(tcb, seg, ctx, req::RFC9293_SHLD_15);
        return Ok(());
    }
    ctx.unless_pardoned(
        Fault::new(
            if tcb.snd.wnd_from_syn && tcb.send_shift() > 0 {
                req::RFC7323_2_2_6
            } else {
                req::RFC9293_3_8_P02
            },
            kind(seg),
            "no new octets beyond the window that the peer offers",
        )
        .deep(8),
    )
}

/// Without a push call, the segment that empties the queue is pushed (RFC9293-MUST-61).
fn push(tcb: &Tcb, seg: &Segment, end: SeqNumber, ctx: &Context) -> Result<(), Fault> {
    let empties = seg.payload_len > 0 && end == tcb.queue_end() && !tcb.urgent.takes_push();
    let probe = tcb.snd.wnd == 0;
    if !empties || probe || seg.flags.intersects(Flags::PSH | Flags::FIN) {
        return Ok(());
    }
    ctx.unless_pardoned(
        Fault::new(
            req::RFC9293_MUST_61,
            kind(seg),
            "PSH on the segment that empties the queue",
        )
        .deep(8),
    )
}

/// Not before its time, and with doubling gaps (RFC 6298 section 5).
pub(super) fn retransmission_in_time(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    let rtx = &tcb.rtx;
    let by_signal = rtx.dup_acks >= 3 || rtx.probing || (rtx.recovering && !rtx.quiet);
    let thrown_away = |flight: &Flight| flight.is_thrown_away(tcb.snd.una);
    if by_signal || ctx.flight.is_some_and(thrown_away) {
        return Ok(());
    }
    let from = if rtx.quiet {
        rtx.sent_at
    } else {
        rtx.flight_at
    };
    let waited = ctx.now.since(from) + ctx.profile.slack;
    if waited < ctx.profile.rto_min {
        ctx.unless_pardoned(
            Fault::new(
                if rtx.quiet {
                    req::RFC6298_5_1
                } else {
                    req::RFC5681_3_2_P01
                },
                kind(seg),
                "no retransmission before the retransmission timeout",
            )
            .deep(8),
        )?;
        // What is too early by the floor is so by all else.
        return Ok(());
    }
    if waited < sampled(tcb, ctx) {
        ctx.unless_pardoned(
            Fault::new(
                req::RFC6298_2_2,
                kind(seg),
                "a retransmission timeout of three times the one round trip that was measured",
            )
            .deep(8),
        )?;
    }
    let ceiling = match ctx.profile.counts_retransmissions {
        true => Micros::secs(60),
        false => ctx.profile.rto_max,
    };
    let capped = Micros(ceiling.0 * 9 / 10);
    if rtx.quiet && rtx.gap > Micros::ZERO && waited < Micros(rtx.gap.0 * 3 / 2).min(capped) {
        ctx.unless_pardoned(
            Fault::new(
                req::RFC6298_5_4,
                kind(seg),
                "each retransmission waits about twice as long as the one before",
            )
            .deep(8),
        )?;
    }
    Ok(())
}

/// After one sample the timeout is three times as long (RFC6298-2-2); of that two thirds are
/// insisted upon, for a clock may be coarse.
fn sampled(tcb: &Tcb, ctx: &Context) -> Micros {
    match tcb.rtx.sample {
        Sample::Only(rtt) if rtt >= COARSE && tcb.state.synchronized() => {
            Micros::millis(u64::from(rtt) * 2).min(ctx.profile.rto_max)
        }
        Sample::Only(_) | Sample::None | Sample::Several => Micros::ZERO,
    }
}

fn retransmitted(tcb: &mut Tcb, seg: &Segment, new: bool, ctx: &Context) -> Result<(), Fault> {
    let first = seg.seq.at_or_before(tcb.snd.una);
    // What is acknowledged already may come once more with what is new.
    let outstanding = tcb.snd.una != tcb.snd.nxt;
    if first && outstanding {
        retransmission_in_time(tcb, seg, ctx)?;
        let timed = tcb.rtx.quiet && tcb.rtx.dup_acks < 3 && !new;
        let waited = ctx.now.since(tcb.rtx.sent_at);
        tcb.rtx.gap = if timed { waited } else { Micros::ZERO };
        let longest = ctx.profile.rto_max.0.max(60_000_000);
        // The timer may have run out, even where duplicates would have let it be sent sooner.
        let next = (tcb.rtx.ceiling.0 * 2).max(waited.0 * 5 / 2);
        tcb.rtx.ceiling = Micros(next.min(longest));
        tcb.rtx.sent_at = ctx.now;
        tcb.rtx.quiet = true;
        tcb.rtx.recovering = true;
    }
    tcb.rtx.resent = true;
    tcb.rtx.since = ctx.now;
    Ok(())
}

fn sent_anew(tcb: &mut Tcb, seg: &Segment, end: SeqNumber, ctx: &Context) {
    if tcb.snd.una == tcb.snd.nxt {
        tcb.rtx.flight_at = ctx.now;
        tcb.rtx.sent_at = ctx.now;
        tcb.rtx.quiet = true;
        tcb.rtx.gap = Micros::ZERO;
        tcb.rtx.recovering = false;
        tcb.rtx.resent = false;
        tcb.rtx.dup_acks = 0;
        tcb.rtx.probing = tcb.snd.wnd == 0;
    }
    tcb.rtx.since = ctx.now;
    tcb.snd.nxt = seg.end();
    if seg.flags.fin() {
        tcb.snd.fin = Some(end);
    }
    tcb.due.send = Instant::NEVER;
}

/// What arrived is acknowledged by now, whatever else the segment is for.
fn acknowledged(tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
    let news = tcb.rcv.acked.is_none_or(|acked| seg.ack.after(acked));
    tcb.rcv.acked = Some(seg.ack);
    // Text may be parted on its way out, and then all of it has the options that it began with.
    tcb.rcv.again &= !seg.is_empty();
    if seg.ack == tcb.rcv.nxt {
        tcb.due.ack = Instant::NEVER;
    } else if news {
        // When the first of the rest arrived is not remembered: not later than now.
        tcb.due.ack = ctx.now + ACK_DELAY;
    }
    if news {
        tcb.due.echoes = 0;
    }
    tcb.due.owe_soft_ack(None);
    if tcb.due.reply.is_some_and(|r| r.forms.allow(Forms::ACK)) {
        tcb.due.reply = None;
        // Text that leaves at this moment is no acknowledgment sent for the sake of the arrival.
        if seg.is_empty() {
            tcb.due.spend();
        }
    }
    if let Some((value, _)) = seg.options.timestamps {
        tcb.ts.note_sent(Some(value), ctx.now);
    }
}
