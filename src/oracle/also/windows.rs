//! Windows, of either side (RFC 9293 sections 3.7 and 3.8.6; RFC 7323 section 2). Data only.

use super::occasion::Occasion;
use super::{Row, always, row};
use crate::model::AckClass;
use crate::oracle::Instead;
use crate::spec::req::*;
use crate::wire::{Flags, Segment};

/// Some segment offered a window that reaches further than the one that counts.
fn offered_more(o: &Occasion<'_>) -> bool {
    let (edge, shift) = (o.tcb.send_edge(), o.tcb.send_shift());
    let further = |seg: &Segment| {
        let scaled = u32::from(seg.window) << if seg.flags.syn() { 0 } else { shift };
        seg.flags.ack() && !seg.flags.rst() && (seg.ack + scaled).after(edge)
    };
    o.tcb.state.synchronized() && o.met(further)
}

/// The peer closed its window, and the stack probes it.
fn probes(o: &Occasion<'_>) -> bool {
    o.tcb.snd.wnd == 0 && o.tcb.rtx.probing && o.tcb.state.synchronized()
}

/// The peer took back a part of its window, over numbers in flight.
fn shrunk(o: &Occasion<'_>) -> bool {
    o.tcb.send_edge().before(o.tcb.snd.nxt) && o.tcb.state.synchronized()
}

/// The stack's own window is closed, for the user has not read.
fn unread(o: &Occasion<'_>) -> bool {
    o.tcb.rcv.edge.at_or_before(o.tcb.rcv.nxt) && o.tcb.unread() > 0
}

/// A reset ends the connection, and nothing but an ordinary acknowledgment has asked for one.
fn ends_by_itself(o: &Occasion<'_>) -> bool {
    let odd = Flags::SYN.with(Flags::FIN).with(Flags::RST);
    let plain = o.flags(Flags::ACK, odd) && o.ack(&[AckClass::Current, AckClass::New]);
    o.came(&[Instead::Rst]) && (o.timed || plain)
}

/// One side has offered to scale its windows and the other has not, and the stack scales one of
/// them all the same.
fn only_one_scales(o: &Occasion<'_>) -> bool {
    let tcb = o.tcb;
    let (ours, theirs) = (tcb.ours.window_scale, tcb.theirs.window_scale);
    let Some(shift) = ours.xor(theirs).filter(|shift| *shift > 0 && *shift < 15) else {
        return false;
    };
    let free = o.trace.profile.receive_buffer.saturating_sub(tcb.unread());
    let own = |seg: &Segment| u32::from(seg.window) == free >> shift;
    let of_peer = |seg: &Segment| seg.end().at_or_before(tcb.snd.una + (tcb.snd.wnd << shift));
    o.instead.is_none() || ours.is_some() && o.sends(own) || theirs.is_some() && o.sends(of_peer)
}

pub(super) const ROWS: &[Row] = &[
    row(
        &[RFC9293_MUST_60, RFC9293_3_10_2_P02],
        |o| o.tcb.send_shift() == 0 && o.tcb.snd.wnd >= 0x8000,
        &[RFC9293_MUST_1],
    ),
    row(
        &[RFC9293_MUST_60, RFC9293_3_10_2_P02],
        |o| o.tcb.snd.wnd > 65_535 && o.tcb.snd.wnd & 0xffff == 0,
        &[RFC9293_REC_1],
    ),
    row(
        &[RFC9293_3_8_P02],
        offered_more,
        &[RFC9293_3_8_6_P01, RFC9293_3_10_7_4_P17],
    ),
    row(
        &[RFC9293_3_8_P02],
        |o| o.tcb.send_shift() > 0,
        &[RFC7323_2_4_4],
    ),
    row(
        &[RFC9293_3_8_6_1_P01, RFC9293_3_8_P02, RFC9293_3_10_7_4_P23],
        only_one_scales,
        &[RFC7323_2_2_3, RFC7323_2_3_2],
    ),
    row(
        &[RFC9293_3_8_P02, RFC9293_3_10_2_P02],
        |o| o.tcb.theirs.window_scale.is_some_and(|shift| shift > 14) && o.tcb.send_shift() > 0,
        &[RFC7323_2_3_5],
    ),
    row(
        &[
            RFC9293_3_8_P02,
            RFC7323_2_2_6,
            RFC9293_3_10_2_P02,
            RFC9293_MUST_60,
        ],
        |o| o.tcb.snd.wnd_from_syn,
        &[RFC9293_3_10_7_3_P10, RFC1122_4_2_2_20_P01],
    ),
    row(&[RFC7323_2_4_2], always, &[RFC7323_2_4_1, RFC7323_2_4_3]),
    row(&[RFC9293_SHLD_14], always, &[RFC9293_3_10_7_4_P24]),
    row(
        &[RFC9293_SHLD_15, RFC9293_3_8_P02],
        |o| o.tcb.send_shift() > 0,
        &[RFC7323_2_4_4],
    ),
    row(
        &[RFC9293_3_10_8_P02, RFC9293_MUST_34, RFC9293_MUST_35],
        |o| shrunk(o) && o.came(&[Instead::Silence]),
        &[RFC9293_MUST_34],
    ),
    row(
        &[RFC9293_3_10_8_P02, RFC9293_MUST_34],
        |o| shrunk(o) && o.tcb.snd.wnd > 0 && o.came(&[Instead::Silence]),
        &[RFC9293_SHLD_16],
    ),
    row(
        &[RFC9293_3_10_8_P02, RFC9293_MUST_34, RFC9293_MUST_35],
        |o| shrunk(o) && o.tcb.send_shift() > 0 && o.came(&[Instead::Silence]),
        &[RFC7323_2_4_5],
    ),
    row(
        &[RFC9293_3_5_2_P02],
        |o| probes(o) && ends_by_itself(o),
        &[RFC9293_MUST_37, RFC6429_4_1],
    ),
    row(
        &[RFC9293_3_8_6_1_P01, RFC9293_3_5_2_P02],
        |o| unread(o) && o.came(&[Instead::Rst]) && (o.timed || o.flags(Flags::ACK, Flags::RST)),
        &[RFC9293_MAY_8],
    ),
    // What was sent before may come again beyond the edge, and nothing new.
    row(
        &[RFC9293_3_8_P02],
        |o| shrunk(o) && o.may_send(|seg| seg.seq.at_or_after(o.tcb.snd.nxt)),
        &[RFC9293_MAY_7],
    ),
    row(
        &[RFC9293_3_5_2_P02],
        |o| shrunk(o) && ends_by_itself(o),
        &[RFC9293_SHLD_17],
    ),
];
