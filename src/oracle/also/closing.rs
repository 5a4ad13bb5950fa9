//! Closing a connection, and user calls (RFC 9293 sections 3.6 and 3.10.1 to 3.10.6). Data only.

use super::occasion::Occasion;
use super::{Row, always, row};
use crate::model::{EventClass, State};
use crate::oracle::Instead;
use crate::spec::req::*;
use crate::trace::Call;
use crate::wire::{Flags, Segment};

const CLOSED: &[State] = &[State::Closing, State::LastAck, State::TimeWait];

/// Our FIN was acknowledged before the peer's came.
fn waited_for_fin(o: &Occasion<'_>) -> bool {
    let Some(fin) = o.tcb.snd.fin else {
        return false;
    };
    o.met(|seg| seg.flags.ack() && !seg.flags.fin() && seg.ack.after(fin))
}

/// A connection that has ended in order.
fn ended(o: &Occasion<'_>) -> bool {
    let tcb = o.own();
    tcb.state == State::Closed && !tcb.severed && tcb.rcv.fin && tcb.fin_acked()
}

/// A connection that has ended in order is still there: what it sends is no reset.
fn lives_on(o: &Occasion<'_>) -> bool {
    ended(o) && o.instead != Some(Instead::Rst)
}

/// TIME-WAIT has not been entered: what arrives is reset. A SYN was reset there by RFC 793.
fn gone(o: &Occasion<'_>) -> bool {
    o.came(&[Instead::Rst]) && o.met(fin) && !o.flags(Flags::SYN, Flags::NONE)
}

/// A connection that TIME-WAIT has ended.
fn timed_out_of_time_wait(o: &Occasion<'_>) -> bool {
    ended(o) && o.own().time_wait.1 != crate::time::Instant::NEVER
}

fn fin(seg: &Segment) -> bool {
    seg.flags.fin()
}

pub(super) const ROWS: &[Row] = &[
    row(
        &[RFC9293_3_6_P03],
        |o| o.tcb.state == State::Closing,
        &[RFC9293_3_6_P04, RFC9293_3_10_7_4_P29],
    ),
    row(
        &[RFC9293_3_10_7_4_P18],
        |o| o.tcb.rcv.fin,
        &[RFC9293_3_10_7_4_P19],
    ),
    row(
        &[RFC9293_3_10_7_1_P03, RFC9293_3_8_P03, RFC9293_3_10_7_1_P02],
        |o| lives_on(o) && !timed_out_of_time_wait(o),
        &[RFC9293_3_10_7_4_P20],
    ),
    row(
        &[RFC9293_3_10_7_1_P03, RFC9293_3_10_7_1_P02],
        |o| lives_on(o) && timed_out_of_time_wait(o),
        &[RFC9293_3_10_8_P03],
    ),
    row(
        &[RFC9293_MUST_13],
        |o| o.flags(Flags::FIN, Flags::RST),
        &[RFC9293_3_10_7_4_P21],
    ),
    row(
        &[RFC9293_MUST_13],
        |o| waited_for_fin(o) && gone(o),
        &[RFC9293_3_10_7_4_P30],
    ),
    row(
        &[RFC9293_MUST_13],
        |o| !waited_for_fin(o) && gone(o),
        &[RFC9293_3_10_7_4_P19],
    ),
    row(
        &[RFC9293_3_8_P03, RFC9293_3_6_P02],
        |o| {
            let again = o.calls(|call| matches!(call, Call::Close)) > 1;
            again && o.sends(|seg| seg.flags.fin())
        },
        &[RFC9293_3_10_4_P05],
    ),
    row(
        &[RFC9293_3_6_P06, RFC9293_3_10_3_P01],
        |o| o.within(CLOSED),
        &[RFC9293_3_10_3_P02],
    ),
    row(&[RFC9293_3_6_P06], always, &[RFC9293_MUST_12]),
    row(
        &[RFC9293_3_6_P01],
        |o| o.within(&[State::SynReceived]),
        &[RFC9293_3_10_4_P02],
    ),
    row(
        &[RFC9293_3_6_P01, RFC9293_3_10_4_P03],
        |o| o.event == EventClass::Close || o.calls(|call| matches!(call, Call::Close)) > 0,
        &[RFC9293_3_10_4_P03],
    ),
];
