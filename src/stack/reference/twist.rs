//! How the seeded faults are done: what arrived is understood wrongly, a segment is changed or
//! withheld on its way out, a call gives something else.
//!
//! Nothing here is reached without a fault. The model is stepped rightly first, and what came of
//! it is twisted, so that a fault stays the one thing that is wrong.

mod arrivals;
mod congestion;
mod departures;
mod urgent;

pub(super) use arrivals::gives_up_at;
pub(super) use departures::{dscp_told, isn, keep_alive, send_edge};
pub(super) use urgent::{left as urgent_left, report as urgent_report};

use super::endpoint::Shared;
use super::fault::Fault;
use crate::model::tcb::{Branches, Forms, Origin, Reply};
use crate::model::{Context, ErrorClass, QuoteClass, State, Tcb, arrives};
use crate::spec::{Req, req};
use crate::stack::{CallError, Outcome};
use crate::time::Instant;
use crate::wire::{self, Flags, IcmpError, OptionBytes, SackBlocks, Segment, SeqNumber};

/// What becomes of a segment on its way out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Departure {
    /// It leaves.
    Once,
    /// It is withheld.
    Never,
    /// It leaves twice.
    Twice,
    /// It leaves twice; the first acknowledges no more than half.
    InPieces,
    /// Its last octet changes after the checksum was taken.
    Damaged,
}

/// A segment on its way out.
pub(super) struct Parts<'a> {
    pub(super) segment: &'a mut Segment,
    pub(super) options: &'a mut OptionBytes,
    pub(super) text: &'a mut Vec<u8>,
}

/// After an arrival: `after` is what the model makes of it.
pub(super) fn arrival(fault: Fault, before: &Tcb, after: &mut Tcb, seg: &Segment, ctx: &Context) {
    arrivals::arrival(fault, before, after, seg, ctx);
    urgent::arrival(fault, before, after, seg);
    if seg.flags.rst() {
        resets(fault, before, after, seg, ctx);
    } else if !before.state.synchronized() {
        handshake(fault, before, after, seg, ctx);
    } else {
        connected(fault, before, after, seg, ctx);
    }
}

/// After an ICMP error: `after` is what the model makes of it.
pub(super) fn icmp(fault: Fault, before: &Tcb, after: &mut Tcb, error: &IcmpError, ctx: &Context) {
    let class = arrives::icmp::classify(before, error, ctx);
    let aborts = match fault {
        Fault::SoftErrorAborts => class.error == ErrorClass::Soft,
        Fault::QuenchAborts => class.error == ErrorClass::Quench,
        Fault::QuoteUnchecked => class.quote == QuoteClass::Outside,
        Fault::ForeignErrorAborts => class.quote == QuoteClass::Elsewhere,
        _ => false,
    };
    match fault {
        _ if aborts => *after = before.severed(),
        Fault::HardErrorIgnored if class.error == ErrorClass::Hard => *after = *before,
        Fault::ErrorAnswered => *after = with_reset(after, before.snd.nxt, None, ctx),
        _ => {}
    }
}

/// The connection ends with a reset that nothing has called for.
pub(super) fn reset_itself(tcb: &Tcb, ctx: &Context) -> Tcb {
    with_reset(&tcb.severed(), tcb.snd.nxt, None, ctx)
}

/// A reset is due, or nothing else.
fn with_reset(tcb: &Tcb, seq: SeqNumber, ack: Option<SeqNumber>, ctx: &Context) -> Tcb {
    let mut tcb = *tcb;
    tcb.due.reply = Some(Reply {
        forms: Forms::RST,
        required: true,
        by: req::RFC9293_3_5_2_P02,
        rst_seq: seq,
        rst_ack: ack,
        rst_end: SeqNumber::default(),
    });
    tcb.due.reply_at = ctx.now;
    tcb.due.reply_to = tcb.remote;
    tcb
}

fn resets(fault: Fault, before: &Tcb, after: &mut Tcb, seg: &Segment, ctx: &Context) {
    let open = before.state.synchronized();
    let challenged = after.due.reply.is_some();
    let silently_dropped = open && after.state == before.state && !challenged;
    match fault {
        Fault::ResetAnswersReset if matches!(before.state, State::Closed | State::Listen) => {
            *after = with_reset(after, seg.ack, None, ctx);
            after.due.reply_to = Some(seg.src);
        }
        Fault::OutsideResetAccepted if silently_dropped => *after = after.severed(),
        Fault::InWindowResetAccepted if open && challenged => {
            after.due.reply = None;
            *after = after.severed();
        }
        Fault::ExactResetIgnored if open && after.state == State::Closed => *after = *before,
        Fault::RefusedByBareReset if before.state == State::SynSent && !seg.flags.ack() => {
            *after = after.severed();
        }
        Fault::PassiveResetCloses
            if before.state == State::SynReceived && after.state == State::Listen =>
        {
            *after = before.severed();
        }
        _ => {}
    }
}

fn handshake(fault: Fault, before: &Tcb, after: &mut Tcb, seg: &Segment, ctx: &Context) {
    let crossing = before.state == State::SynSent && seg.flags.syn() && !seg.flags.ack();
    match fault {
        Fault::SynDropped if before.state == State::Listen && seg.flags.syn() => *after = *before,
        Fault::SimultaneousOpenReset if crossing => {
            *after = with_reset(before, SeqNumber(0), Some(seg.end()), ctx);
        }
        Fault::SimultaneousOpenIgnored if crossing => *after = *before,
        Fault::BadAckEstablishes
            if before.state == State::SynSent && seg.flags.syn() && seg.flags.ack() =>
        {
            let mut right = seg.clone();
            right.ack = before.snd.nxt;
            again(before, after, &right, ctx);
        }
        Fault::SynWindowScaled if seg.flags.syn() => {
            after.snd.wnd <<= after.theirs.window_scale.unwrap_or(0).min(14);
        }
        _ => {}
    }
}

fn connected(fault: Fault, before: &Tcb, after: &mut Tcb, seg: &Segment, ctx: &Context) {
    let next = seg.seq == before.rcv.nxt && !seg.flags.syn();
    let accept = |after: &mut Tcb| {
        after.rcv.nxt = before.rcv.nxt + seg.payload_len;
        after.due.ack = ctx.now;
    };
    match fault {
        Fault::SynResets if seg.flags.syn() => {
            *after = with_reset(&after.severed(), seg.ack, None, ctx);
        }
        Fault::ClosedWindowAccepts if next && asks(after, req::RFC9293_3_8_6_1_P01) => {
            accept(after)
        }
        Fault::AncientAckTaken if next && asks(after, req::RFC9293_3_10_7_4_7) => accept(after),
        Fault::CrossingAccepted if next && !after.rcv.nxt.at_or_after(seg.end()) => accept(after),
        Fault::HeldForgotten if next && after.rcv.nxt.after(seg.end()) => {
            after.rcv.nxt = seg.end();
            after.rcv.ahead.forget_before(seg.end() + (1 << 20));
        }
        Fault::RetractedRefused if after.due.tests == Some(req::RFC7323_2_4_2) => {
            refuse(before, after);
        }
        Fault::OutdatedRejected if after.due.tests == Some(req::RFC7323_5_5_1) => {
            refuse(before, after);
        }
        Fault::ScaledTextDropped if after.due.tests == Some(req::RFC7323_2_2_5) => *after = *before,
        Fault::StampedTextDropped if after.due.tests == Some(req::RFC7323_3_2_9) => {
            *after = *before;
        }
        Fault::UnstampedTaken if after.due.tests == Some(req::RFC7323_3_2_8) => {
            let mut stamped = seg.clone();
            stamped.options.timestamps = Some((before.ts.recent, 0));
            again(before, after, &stamped, ctx);
        }
        Fault::UnstampedResets if after.due.tests == Some(req::RFC7323_3_2_8) => {
            *after = with_reset(&before.severed(), before.snd.nxt, None, ctx);
        }
        Fault::AnswersWithoutAck if !seg.flags.intersects(Flags::ACK | Flags::SYN) => {
            answer(after);
        }
        Fault::AcksOfAcks if next && seg.is_empty() && seg.flags.ack() => answer(after),
        Fault::MssOfDataTaken if seg.options.mss.is_some() => after.theirs.mss = seg.options.mss,
        Fault::TextWithoutAckAccepted if next && !seg.flags.ack() => accept(after),
        Fault::TextAfterFinAccepted if next && before.rcv.fin => accept(after),
        Fault::FinAboveGap => {
            if let Some(fin) = after.rcv.fin_ahead {
                after.rcv.nxt = fin + 1;
                after.rcv.fin = true;
                after.state = State::CloseWait;
                after.due.ack = ctx.now;
            }
        }
        Fault::OldWindowTaken if seg.flags.ack() => {
            after.snd.wnd = after.offered(seg);
        }
        Fault::EchoPolluted => {
            if let Some((value, _)) = seg.options.timestamps {
                after.ts.recent = value;
            }
        }
        Fault::PawsSkipped if asks(after, req::RFC7323_5_3_2) => {
            let mut plain = *before;
            plain.ts.on = false;
            plain.theirs.timestamps = false;
            again(&plain, after, seg, ctx);
            after.ts.on = before.ts.on;
            after.theirs.timestamps = true;
        }
        Fault::ReopensByOldSyn | Fault::ReopensBelow
            if before.state == State::TimeWait && seg.flags == Flags::SYN =>
        {
            again(&before.listens_again(), after, seg, ctx);
        }
        Fault::LastAckClosedByAny if before.state == State::LastAck && seg.flags.ack() => {
            *after = after.closed();
        }
        Fault::ClosingSkipped if after.state == State::Closing => {
            after.state = State::TimeWait;
            let end = ctx.now + ctx.profile.msl.times(2);
            after.time_wait = (end, end);
        }
        _ => {}
    }
}

/// An empty acknowledgment is due.
fn answer(tcb: &mut Tcb) {
    tcb.due.reply = Some(Reply {
        forms: Forms::ACK,
        required: true,
        by: req::RFC9293_3_5_2_P03,
        rst_seq: SeqNumber::default(),
        rst_ack: None,
        rst_end: SeqNumber::default(),
    });
}

/// Nothing was accepted, and an empty acknowledgment says so.
fn refuse(before: &Tcb, after: &mut Tcb) {
    after.rcv = before.rcv;
    after.due.ack = before.due.ack;
    after.due.owe_soft_ack(None);
    answer(after);
}

/// Lets another segment arrive instead.
fn again(before: &Tcb, after: &mut Tcb, seg: &Segment, ctx: &Context) {
    let mut branches = Branches::default();
    arrives::step(before, seg, ctx, &mut branches);
    if let Some((tcb, _)) = branches.iter().next() {
        *after = *tcb;
    }
}

/// Whether an answer is due by this requirement.
fn asks(tcb: &Tcb, by: Req) -> bool {
    tcb.due.reply.is_some_and(|reply| reply.by == by)
}

/// A segment on its way out; `before` is the block as it was before the model consented.
pub(super) fn emission(
    fault: Fault,
    before: &Tcb,
    parts: &mut Parts<'_>,
    shared: &Shared,
) -> Departure {
    congestion::emission(fault, before, parts);
    urgent::emission(fault, before, parts);
    let flags = parts.segment.flags;
    if departures::emission(fault, before, parts, shared) == Departure::Never {
        return Departure::Never;
    }
    if flags.rst() {
        return reset_out(fault, before, parts);
    }
    if flags.syn() {
        return syn_out(fault, before, parts, shared);
    }
    if withheld(fault, before, parts.segment) {
        return Departure::Never;
    }
    header_out(fault, before, parts);
    options_out(fault, before, parts);
    if parts.segment.is_empty() {
        empty_out(fault, before, parts)
    } else {
        text_out(fault, before, parts)
    }
}

fn reset_out(fault: Fault, before: &Tcb, parts: &mut Parts<'_>) -> Departure {
    match fault {
        Fault::ResetAckWrong => {
            parts.segment.flags |= Flags::ACK;
            parts.segment.ack = parts.segment.seq + 7;
        }
        Fault::WrongResetNumber => parts.segment.seq += 1,
        Fault::ResetWithoutAck => parts.segment.flags = Flags::RST,
        Fault::ListenerSilent if before.state == State::Listen => return Departure::Never,
        Fault::AbortSilent if asks(before, req::RFC9293_3_10_5_P01) => return Departure::Never,
        _ => {}
    }
    Departure::Once
}

fn syn_out(fault: Fault, before: &Tcb, parts: &mut Parts<'_>, shared: &Shared) -> Departure {
    let again = before.due.syn == Instant::NEVER;
    let answers = parts.segment.flags.ack();
    let active = before.origin == Origin::Active;
    match fault {
        Fault::SynNotSent if active => return Departure::Never,
        Fault::NoSynRetransmission if again && !answers => return Departure::Never,
        Fault::NoSynAckRetransmission if again && answers => return Departure::Never,
        Fault::SynAgainIgnored if before.due.reply.is_some() => return Departure::Never,
        Fault::TextOnSynAgain if again && !answers => parts.text.extend(b"text"),
        Fault::CrossingOffersMore if answers && active => {
            let _ = wire::put_timestamps(parts.options, 1, before.ts.recent);
        }
        Fault::SynAckNumberWrong if answers => parts.segment.ack = parts.segment.ack - 1,
        Fault::WindowScaledOnSyn => parts.segment.window >>= 1,
        Fault::MssTooLarge => {
            parts.options.clear();
            let _ = wire::put_mss(parts.options, shared.profile.mtu);
        }
        Fault::ScaleUnasked if answers && before.theirs.window_scale.is_none() => {
            let _ = wire::put_nop(parts.options);
            let _ = wire::put_window_scale(parts.options, 0);
        }
        Fault::TimestampsUnasked if answers && !before.theirs.timestamps => {
            let _ = wire::put_timestamps(parts.options, 1, 0);
        }
        Fault::SynAckEchoWrong if answers => {
            if let Some((value, echo)) = parts.segment.options.timestamps {
                parts.options.clear();
                let _ = wire::put_timestamps(parts.options, value, echo.wrapping_add(1));
            }
        }
        Fault::ReservedBits => parts.segment.flags |= Flags::from_bits(0x800),
        _ => {}
    }
    Departure::Once
}

/// What is sent again, and what is sent in answer, that stays away.
fn withheld(fault: Fault, before: &Tcb, seg: &Segment) -> bool {
    let again = !seg.is_empty() && seg.seq.before(before.snd.nxt);
    let answer = seg.is_empty();
    match fault {
        Fault::NoChallengeForSyn => answer && asks(before, req::RFC9293_3_10_7_4_4),
        Fault::NoChallengeForReset => answer && asks(before, req::RFC9293_3_10_7_4_2),
        Fault::NoAckForOldSegment => answer && asks(before, req::RFC9293_3_5_2_P03),
        Fault::NoAckForUnsentAck => answer && asks(before, req::RFC9293_3_10_7_4_P16),
        Fault::ProbeUnanswered => answer && asks(before, req::RFC9293_3_8_6_1_P01),
        Fault::TimeWaitFinIgnored => answer && asks(before, req::RFC9293_MUST_13),
        Fault::HandshakeUnfinished => before.rcv.acked.is_none(),
        Fault::FinNotRetransmitted => again && seg.flags.fin(),
        Fault::NoRetransmission => again && seg.payload_len > 0,
        Fault::NoProbe => before.snd.wnd == 0 && !seg.is_empty(),
        Fault::TextHeldBack => !seg.is_empty() && !seg.flags.fin(),
        _ => false,
    }
}

fn header_out(fault: Fault, before: &Tcb, parts: &mut Parts<'_>) {
    let seg = &mut *parts.segment;
    match fault {
        Fault::ScaledWindowTooLarge if before.receive_shift() > 0 => seg.window += 1,
        Fault::WindowTooLarge => seg.window = seg.window.saturating_add(1),
        Fault::EdgeShrinks if before.rcv.acked.is_some() => seg.window /= 2,
        Fault::ReservedBits => seg.flags |= Flags::from_bits(0x800),
        _ => {}
    }
}

fn options_out(fault: Fault, before: &Tcb, parts: &mut Parts<'_>) {
    let start = parts.segment.ack.0.wrapping_add(100);
    let invented = [(start, start.wrapping_add(100))];
    match fault {
        Fault::TimestampsMissing if before.ts.on => parts.options.clear(),
        Fault::TimestampsRunBackwards => {
            if let Some((value, echo)) = parts.segment.options.timestamps {
                parts.options.clear();
                let _ = wire::put_timestamps(parts.options, value.wrapping_sub(10_000), echo);
            }
        }
        Fault::TimestampsUnaligned if !parts.segment.flags.syn() => {
            if let Some((value, echo)) = parts.segment.options.timestamps {
                parts.options.clear();
                let _ = wire::put_timestamps(parts.options, value, echo);
            }
        }
        Fault::OptionCutShort => put(parts.options, &[253, 9, 0, 0]),
        Fault::PaddingNotZero => put(parts.options, &[0, 1, 1, 1]),
        Fault::ScaleOnData if parts.segment.payload_len > 0 => {
            put(parts.options, &[1, 3, 3, 1]);
        }
        Fault::SackPermittedOnData if parts.segment.payload_len > 0 => {
            put(parts.options, &[1, 1, 4, 2]);
        }
        Fault::SackOnce if before.rcv.reports => parts.options.clear(),
        Fault::SackLatestLast => {
            let blocks: SackBlocks = parts.segment.options.sack.iter().rev().copied().collect();
            parts.options.clear();
            put(parts.options, &[1, 1]);
            let _ = wire::put_sack(parts.options, &blocks);
        }
        Fault::SackBeforeStream if before.theirs.sack => {
            let start = before.rcv.irs.0.wrapping_sub(100);
            let _ = wire::put_sack(parts.options, &[(start, start.wrapping_add(50))]);
        }
        Fault::MssOnData if parts.segment.payload_len > 0 => {
            let _ = wire::put_mss(parts.options, 1_000);
        }
        Fault::DuplicateToldAgain
            if before.theirs.sack && before.rcv.nxt.since(before.rcv.irs) > 9 =>
        {
            let first = before.rcv.irs.0.wrapping_add(1);
            let _ = wire::put_sack(parts.options, &[(first, first.wrapping_add(4))]);
        }
        Fault::SackOneBlock => {
            if let Some(&block) = parts.segment.options.sack.first() {
                parts.options.clear();
                let _ = wire::put_sack(parts.options, &[block]);
            }
        }
        Fault::SackInvented if before.theirs.sack => {
            let _ = wire::put_sack(parts.options, &invented);
        }
        Fault::SackUnasked if !before.theirs.sack => {
            let _ = wire::put_sack(parts.options, &invented);
        }
        _ => {}
    }
}

/// Adds octets to the options field, which has room for them.
fn put(options: &mut OptionBytes, octets: &[u8]) {
    let _ = options.try_extend_from_slice(octets);
}

fn empty_out(fault: Fault, before: &Tcb, parts: &mut Parts<'_>) -> Departure {
    let seg = &mut *parts.segment;
    let news = before.rcv.acked.is_some_and(|acked| seg.ack.after(acked));
    match fault {
        Fault::AckBeyondReceived if news => seg.ack += 1,
        Fault::TwoAcks if news => return Departure::Twice,
        Fault::AcksInPieces if news => return Departure::InPieces,
        Fault::AckNumberedAhead if news => seg.seq += 1,
        _ => {}
    }
    Departure::Once
}

fn text_out(fault: Fault, before: &Tcb, parts: &mut Parts<'_>) -> Departure {
    let again = parts.segment.seq.before(before.snd.nxt);
    let seg = &mut *parts.segment;
    match fault {
        Fault::AckRegresses => seg.ack = seg.ack - 1,
        Fault::AckBitMissing => seg.flags = seg.flags.without(Flags::ACK),
        Fault::PushMissing => seg.flags = seg.flags.without(Flags::PSH),
        Fault::FinUnasked => seg.flags |= Flags::FIN,
        Fault::FinBeforeData if before.snd.closed && seg.payload_len > 0 => {
            parts.text.clear();
            seg.flags = Flags::FIN | Flags::ACK;
        }
        Fault::FinTwice if again && seg.flags.fin() => {
            parts.text.clear();
            seg.seq = seg.end() - 2;
        }
        Fault::TextAfterFin if again && seg.flags.fin() => {
            seg.seq = seg.end();
            seg.flags = Flags::ACK | Flags::PSH;
            parts.text.clear();
            parts.text.push(0);
        }
        Fault::OctetAltered if !again => alter(parts.text),
        Fault::OctetAlteredOnRetransmission if again => alter(parts.text),
        Fault::RetransmitsAcknowledged if before.snd.una.after(before.text_start()) => {
            seg.seq = before.text_start();
        }
        Fault::ChecksumWrong => return Departure::Damaged,
        _ => {}
    }
    Departure::Once
}

fn alter(text: &mut [u8]) {
    if let Some(octet) = text.first_mut() {
        *octet ^= 1;
    }
}

/// The text that one segment carries, where a fault has it otherwise; `most` is what the peer and
/// the link allow before `options` are deducted.
pub(super) fn effective_mss(
    fault: Option<Fault>,
    tcb: &Tcb,
    most: u32,
    options: u32,
) -> Option<u32> {
    match fault? {
        Fault::MssIgnored => Some(1_460 - options),
        Fault::OptionsNotDeducted => Some(most),
        Fault::DefaultMssTooLarge if tcb.theirs.mss.is_none() => Some(1_460 - options),
        _ => None,
    }
}

/// What RECEIVE gives.
pub(super) fn receive(fault: Option<Fault>, tcb: &Tcb, outcome: Outcome) -> Outcome {
    let octets = matches!(outcome, Outcome::Received(_));
    match fault {
        Some(Fault::UnreadLost) if tcb.snd.closed && octets => {
            Outcome::Failed(CallError::NoConnection)
        }
        Some(Fault::DeliversEarly) if tcb.state == State::SynReceived => Outcome::Received(1),
        Some(Fault::SynTextLost | Fault::SynAckTextLost) if octets => Outcome::Empty,
        Some(Fault::EndUntold) if outcome == Outcome::EndOfStream => Outcome::Empty,
        Some(Fault::EarlyEnd) if tcb.rcv.fin && octets => Outcome::EndOfStream,
        Some(Fault::EndBeforeGap) if tcb.rcv.fin_ahead.is_some() && !octets => Outcome::EndOfStream,
        Some(_) | None => outcome,
    }
}

/// What STATUS says.
pub(super) fn status(fault: Option<Fault>, state: State) -> State {
    match fault {
        Some(Fault::StatusWrong) => State::Established,
        Some(_) | None => state,
    }
}

/// Whether SEND takes octets although the user has called CLOSE.
pub(super) fn takes_after_close(fault: Option<Fault>, tcb: &Tcb) -> bool {
    fault == Some(Fault::SendAfterClose) && tcb.snd.closed
}

/// After ABORT.
pub(super) fn abort(fault: Fault, before: &Tcb, after: &mut Tcb, ctx: &Context) {
    if (fault, before.state) == (Fault::AbortResets, State::SynSent) {
        *after = with_reset(after, before.snd.nxt, None, ctx);
    }
}

/// After CLOSE.
pub(super) fn close(fault: Fault, before: &Tcb, after: &mut Tcb, ctx: &Context) {
    match (fault, before.state) {
        (Fault::CloseResets, State::SynSent) => {
            *after = with_reset(after, before.snd.nxt, None, ctx);
        }
        (Fault::CloseForgotten, State::SynReceived) => after.snd.closed = false,
        (Fault::CloseResetsHandshake, State::SynReceived) => {
            *after = with_reset(&before.severed(), before.snd.nxt, None, ctx);
        }
        (Fault::SecondCloseSendsFin, State::FinWait1) => after.snd.fin = None,
        (Fault::LossUntold, State::Established) => {
            *after = *before;
            after.snd.closed = true;
            after.state = State::FinWait1;
        }
        _ => {}
    }
}
