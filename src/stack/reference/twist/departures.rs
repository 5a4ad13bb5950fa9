//! Segments that leave otherwise than they should, or stay away.

use super::{Departure, Parts};
use crate::model::{State, Tcb};
use crate::spec::req;
use crate::stack::reference::endpoint::Shared;
use crate::stack::reference::fault::Fault;
use crate::time::{Instant, Micros};
use crate::wire::{self, Flags, SeqNumber};

/// A segment on its way out; `before` is the block as it was before the model consented.
pub(in crate::stack::reference) fn emission(
    fault: Fault,
    before: &Tcb,
    parts: &mut Parts<'_>,
    shared: &Shared,
) -> Departure {
    let flags = parts.segment.flags;
    let seg = &mut *parts.segment;
    let new = !seg.is_empty() && !seg.seq.before(before.snd.nxt);
    let keep_alive = seg.is_empty() && seg.seq == before.snd.nxt - 1 && !flags.syn();
    match fault {
        Fault::TtlIgnored => seg.hops = wire::HOP_LIMIT,
        Fault::DscpIgnored => seg.dscp = 0,
        Fault::DscpFixed if before.service.has_changed() => seg.dscp = 0,
        Fault::DscpAltered => seg.dscp ^= 1,
        Fault::WrongSource if !flags.rst() => seg.src.addr = other(seg.src.addr),
        Fault::NoResetForBadAck
            if flags.rst()
                && before
                    .due
                    .reply
                    .is_some_and(|r| r.by == req::RFC9293_3_10_7_4_P13) =>
        {
            return Departure::Never;
        }
        Fault::FinWithheld if flags.fin() && before.state == State::LastAck => {
            return Departure::Never;
        }
        Fault::SackedForgotten if !new && seg.payload_len > 0 && before.rtx.dup_acks >= 3 => {
            return Departure::Never;
        }
        // The furthest edge tells that the window has opened.
        Fault::ReopeningMissed
            if before.snd.wnd == 0
                && before.snd.edge_max.after(before.snd.una)
                && !seg.is_empty()
                && before.state.synchronized() =>
        {
            return Departure::Never;
        }
        Fault::SecondCloseSendsFin if flags.fin() && before.snd.nxt.after(seg.seq) => {
            seg.seq = before.snd.nxt;
        }
        Fault::ProbeEmpty if before.snd.wnd == 0 && seg.payload_len > 0 => {
            parts.text.clear();
            seg.seq = before.snd.una;
            seg.flags = Flags::ACK;
        }
        Fault::ResetUnstamped if flags.rst() => parts.options.clear(),
        Fault::ClockTooFast => too_fast(parts, shared.now),
        Fault::KeepAliveCarriesText if keep_alive => parts.text.push(0),
        Fault::KeepAliveTooLong if keep_alive => parts.text.extend([0, 0]),
        Fault::MssOmitted if flags.syn() => parts.options.clear(),
        Fault::EcnUninvited if flags.syn() && flags.ack() => seg.flags = flags.with(Flags::ECE),
        Fault::EcnReflected if flags.syn() && flags.ack() && before.theirs.ecn => {
            seg.flags = flags.with(Flags::ECE).with(Flags::CWR);
        }
        Fault::ScaleNotOffered if flags.syn() && !flags.ack() => unscaled(parts, 1_460),
        Fault::ScaleNotAnswered if flags.syn() && flags.ack() => unscaled(parts, 1_460),
        Fault::MssLessOptions if flags.syn() => {
            if let Some((value, echo)) = seg.options.timestamps {
                unscaled(parts, 1_448);
                let _ = wire::put_timestamps(parts.options, value, echo);
            }
        }
        Fault::SynEchoes if flags.syn() && !flags.ack() => {
            if let Some((value, _)) = seg.options.timestamps {
                parts.options.clear();
                let _ = wire::put_mss(parts.options, 1_460);
                let _ = wire::put_timestamps(parts.options, value, 7);
            }
        }
        Fault::ScalesAlone
            if !flags.intersects(Flags::SYN | Flags::RST)
                && before.theirs.window_scale.is_none() =>
        {
            let free = shared.profile.receive_buffer - before.unread();
            seg.window = (free >> before.ours.window_scale.unwrap_or(0)) as u16;
        }
        _ => {}
    }
    Departure::Once
}

/// The timestamp of a clock that ticks every nanosecond.
fn too_fast(parts: &mut Parts<'_>, now: Instant) {
    let Some((value, _)) = parts.segment.options.timestamps else {
        return;
    };
    let stamp = [&[8, 10][..], &value.to_be_bytes()].concat();
    let place = parts.options.windows(6).position(|found| found == stamp);
    if let Some(place) = place {
        let fast = (now.0 as u32).wrapping_mul(1_000).to_be_bytes();
        parts.options[place + 2..place + 6].copy_from_slice(&fast);
    }
}

/// The options of a SYN without a window scale.
fn unscaled(parts: &mut Parts<'_>, mss: u16) {
    parts.options.clear();
    let _ = wire::put_mss(parts.options, mss);
}

/// Another address of the same network.
fn other(addr: std::net::IpAddr) -> std::net::IpAddr {
    match addr {
        std::net::IpAddr::V4(addr) => {
            let mut octets = addr.octets();
            octets[3] ^= 0x40;
            octets.into()
        }
        std::net::IpAddr::V6(addr) => {
            let mut octets = addr.octets();
            octets[15] ^= 0x40;
            octets.into()
        }
    }
}

/// The right edge of the peer's window, as a fault has it.
pub(in crate::stack::reference) fn send_edge(fault: Option<Fault>, tcb: &Tcb) -> SeqNumber {
    let held = match fault {
        Some(Fault::WindowSigned) if tcb.send_shift() == 0 && tcb.snd.wnd >= 0x8000 => 0,
        Some(Fault::WindowInSixteenBits) => tcb.snd.wnd & 0xffff,
        Some(Fault::OctetsBeyondWindow) => tcb.snd.wnd + 1_000,
        Some(Fault::ShrunkWindowOverrun) => return tcb.snd.edge_max,
        Some(_) | None => tcb.snd.wnd,
    };
    tcb.snd.una + held
}

/// The initial sequence number, as a fault has it.
pub(in crate::stack::reference) fn isn(
    fault: Option<Fault>,
    right: SeqNumber,
    now: Instant,
) -> SeqNumber {
    match fault {
        Some(Fault::IsnGoesBack) => SeqNumber(0x1000_0000) - (now.0 / 1_000) as u32,
        Some(Fault::IsnShared) => SeqNumber((now.0 / 4) as u32),
        Some(Fault::IsnLeaps) => right + (now.0 as u32).wrapping_mul(1_000),
        Some(_) | None => right,
    }
}

/// The interval of keep-alives, as a fault has it.
pub(in crate::stack::reference) fn keep_alive(
    fault: Option<Fault>,
    interval: Option<Micros>,
) -> Option<Micros> {
    match (fault, interval) {
        (Some(Fault::KeepAliveUnasked), None) => Some(Micros::secs(2)),
        (Some(Fault::KeepAliveEarly), Some(interval)) => Some(Micros(interval.0 / 2)),
        (_, interval) => interval,
    }
}

/// The codepoint that arrived last, as a fault has it.
pub(in crate::stack::reference) fn dscp_told(fault: Option<Fault>, tcb: &Tcb) -> u8 {
    match fault {
        Some(Fault::DscpMistold) => 0,
        Some(_) | None => tcb.service.heard(),
    }
}
