//! What the stack sends: how much, and where to (RFC 9293 sections 3.7 and 3.9). Data only.

use super::occasion::{Occasion, place_of};
use super::{Row, always, row};
use crate::model::State;
use crate::oracle::Instead;
use crate::spec::req::*;
use crate::trace::Call;

/// The kind of the option MSS.
const MSS: u8 = 2;

/// A padding octet stands before the end of the peer's options.
fn padded(options: &[u8]) -> bool {
    let at = place_of(MSS, options);
    options.first() == Some(&1) || at.is_some_and(|at| options.get(at + 4).is_some_and(|o| *o < 2))
}

fn unaligned(options: &[u8]) -> bool {
    place_of(MSS, options).is_some_and(|at| at % 4 != 0)
}

/// Something unknown stands among the peer's options.
fn unknown_on_syn(o: &Occasion<'_>) -> bool {
    o.met(|seg| seg.flags.syn() && seg.options.unknown && !seg.options.malformed)
}

/// What is sent ends where the window would end if it were not scaled.
fn fills_unscaled_window(o: &Occasion<'_>) -> bool {
    let offered = o.last(|seg| seg.flags.ack() && !seg.flags.syn());
    let edge = offered.map(|seg| seg.ack + u32::from(seg.window));
    o.may_send(|seg| Some(seg.end()) == edge)
}

const SIZES: &[crate::spec::Req] = &[RFC9293_MUST_16, RFC9293_MUST_15, RFC9293_3_10_2_P02];

pub(super) const ROWS: &[Row] = &[
    row(
        &[RFC9293_MUST_16, RFC9293_SHLD_5],
        always,
        &[RFC9293_MUST_14],
    ),
    row(SIZES, |o| o.syn_options(padded), &[RFC9293_MUST_4]),
    row(SIZES, |o| o.syn_options(unaligned), &[RFC9293_MUST_64]),
    row(SIZES, unknown_on_syn, &[RFC9293_MUST_6]),
    row(
        &[RFC9293_3_10_7_4_P14, RFC9293_2_2_P01],
        |o| {
            let beyond_one =
                |seg: &crate::wire::Segment| seg.seq == o.tcb.snd.nxt - 1 && seg.payload_len > 1;
            o.trace.profile.keep_alive.is_some() && o.sends(beyond_one)
        },
        &[RFC9293_MAY_6],
    ),
    // Where SEND does not take the PUSH flag, what waits is as good as pushed.
    row(
        &[RFC9293_MUST_60],
        |o| o.came(&[Instead::Silence]) && o.tcb.queue_end().after(o.tcb.snd.nxt),
        &[RFC9293_MAY_16],
    ),
    row(&[RFC9293_MUST_25], always, &[RFC9293_MUST_24]),
    row(
        &[RFC9293_MUST_26],
        |o| o.tcb.snd.una == o.tcb.snd.nxt,
        &[RFC9293_MUST_27],
    ),
    row(
        &[RFC9293_3_5_2_P02],
        |o| {
            let una = o.tcb.snd.una;
            let probe = |seg: &crate::wire::Segment| seg.seq == una - 1 && !seg.flags.syn();
            let on = o.trace.profile.keep_alive.is_some();
            let reset = o.timed && o.came(&[Instead::Rst]) && o.tcb.state == State::Established;
            on && reset && o.has_sent(probe)
        },
        &[RFC9293_MUST_29],
    ),
    row(&[RFC9293_MUST_67], always, &[RFC6691_2_1]),
    row(&[RFC6691_2_1], always, &[RFC6691_2_2]),
    row(&[RFC6691_2_3], always, &[RFC9293_MUST_16]),
    row(
        &[RFC9293_SHLD_28],
        |o| {
            let sends = o.calls(|call| matches!(call, Call::Send(_) | Call::SendFlagged(..)));
            sends > 1 && o.may_send(|seg| seg.flags.intersects(crate::wire::Flags::PSH))
        },
        &[RFC9293_SHLD_27],
    ),
    row(
        &[RFC9293_SHLD_28],
        |o| o.tcb.send_shift() > 0 && fills_unscaled_window(o),
        &[RFC7323_2_3_3],
    ),
];
