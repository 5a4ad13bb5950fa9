//! Opening a connection (RFC 9293 sections 3.5, 3.10.1, 3.10.7.2 and 3.10.7.3). Data only.

use super::occasion::Occasion;
use super::{Row, always, row};
use crate::model::{AckClass, EventClass, SeqClass, State};
use crate::oracle::Instead;
use crate::spec::req::*;
use crate::trace::Call;
use crate::wire::{Flags, Segment, SeqNumber};

const OPENING: &[State] = &[State::SynSent, State::SynReceived];

/// A SYN without ACK meets a SYN: both sides open at once.
fn crossing(o: &Occasion<'_>) -> bool {
    o.within(&[State::SynSent]) && o.flags(Flags::SYN, Flags::ACK.with(Flags::RST))
}

/// A listener got a reset before what it is asked now.
fn listener_was_reset(o: &Occasion<'_>) -> bool {
    o.within(&[State::Listen])
        && o.flags(Flags::SYN, Flags::ACK.with(Flags::RST).with(Flags::FIN))
        && o.earlier(|seg| seg.flags.rst())
        && o.has_sent(|seg| seg.flags.syn() && seg.flags.ack())
}

/// Another peer's SYN came to the same port before, and nothing more from there.
fn second_handshake(o: &Occasion<'_>) -> bool {
    let Some(last) = o.arrived().filter(|seg| seg.flags.syn()) else {
        return false;
    };
    let rival = |seg: &Segment| seg.flags.syn() && seg.dst == last.dst && seg.src != last.src;
    let goes_on = |rival: &Segment| o.met(|seg| seg.src == rival.src && !seg.flags.syn());
    o.last(rival).is_some_and(|rival| !goes_on(rival))
}

/// An attempt was answered by a reset that must not end it.
fn blind_reset(o: &Occasion<'_>, acked: bool) -> bool {
    o.tcb.state == State::SynSent && o.met(|seg| seg.flags.rst() && seg.flags.ack() == acked)
}

/// What the stack acknowledges of the last segment is another number than this.
fn miscounts(o: &Occasion<'_>, end: impl Fn(&Segment) -> SeqNumber) -> bool {
    let right = o.arrived().map(end);
    o.may_send(|seg| seg.flags.ack() && Some(seg.ack) != right)
}

/// Text on the SYN that opened the connection was acknowledged.
fn text_came_with_syn(o: &Occasion<'_>, answers: bool) -> bool {
    let start = o.tcb.rcv.irs;
    o.met(|seg| {
        seg.flags.syn() && seg.flags.ack() == answers && seg.seq == start && seg.payload_len > 0
    })
}

pub(super) const ROWS: &[Row] = &[
    row(
        &[RFC9293_3_10_7_3_P06, RFC9293_3_5_2_P02, RFC9293_MUST_10],
        crossing,
        &[RFC9293_MUST_10, RFC9293_3_10_7_3_P06],
    ),
    row(
        &[RFC9293_3_5_2_P02, RFC9293_3_10_7_2_P03],
        listener_was_reset,
        &[RFC9293_MUST_11, RFC9293_3_10_7_4_P05, RFC9293_3_10_7_2_P03],
    ),
    row(
        &[RFC9293_3_10_7_2_P03, RFC9293_3_5_2_P02],
        second_handshake,
        &[RFC9293_MUST_42],
    ),
    row(
        &[RFC9293_3_10_7_2_P03],
        |o| o.came(&[Instead::SynAck]) && miscounts(o, |syn| syn.seq + 1),
        &[RFC9293_3_4_P03],
    ),
    row(
        &[RFC9293_3_10_7_1_P02],
        |o| o.came(&[Instead::Rst]) && miscounts(o, Segment::end),
        &[RFC9293_3_4_P03],
    ),
    row(&[RFC9293_3_10_7_3_P01], always, &[RFC9293_3_5_1_P01]),
    row(
        &[
            RFC9293_MUST_22,
            RFC9293_3_10_7_3_P04,
            RFC9293_3_10_7_3_P05,
            RFC9293_3_10_7_1_P03,
        ],
        |o| blind_reset(o, false),
        &[RFC9293_3_10_7_3_P04, RFC5961_3_2_6],
    ),
    row(
        &[
            RFC9293_MUST_22,
            RFC9293_3_10_7_3_P02,
            RFC9293_3_10_7_3_P05,
            RFC9293_3_10_7_1_P03,
        ],
        |o| blind_reset(o, true),
        &[RFC9293_3_10_7_3_P02, RFC5961_3_2_6],
    ),
    row(
        &[RFC9293_3_8_P03, RFC9293_3_10_7_3_P03, RFC9293_3_10_7_1_P03],
        |o| {
            o.tcb.severed
                && o.tcb.snd.una == o.tcb.text_start() - 1
                && o.met(|seg| seg.flags.rst() && seg.flags.ack())
        },
        &[RFC9293_3_10_7_3_P03],
    ),
    row(&[RFC9293_MUST_9], always, &[RFC6528_3_2]),
    row(&[RFC9293_SHLD_1], always, &[RFC6528_3_1]),
    row(&[RFC9293_MUST_22], always, &[RFC9293_3_8_3_1]),
    row(
        &[RFC6298_5_4],
        |o| o.within(OPENING) || matches!(o.tcb.state, State::SynSent | State::SynReceived),
        &[RFC9293_MUST_22, RFC9293_3_8_3_1, RFC1122_4_2_3_1_1],
    ),
    row(
        &[RFC9293_2_2_P01, RFC9293_3_10_7_4_P23],
        |o| text_came_with_syn(o, false) && o.came(&[Instead::Empty, Instead::CallFailed]),
        &[RFC9293_3_10_7_2_P04],
    ),
    row(
        &[RFC9293_2_2_P01, RFC9293_3_10_7_4_P23],
        |o| text_came_with_syn(o, true) && o.came(&[Instead::Empty, Instead::CallFailed]),
        &[RFC9293_3_10_7_3_P08],
    ),
    row(
        &[RFC9293_3_5_2_P02],
        |o| {
            o.within(&[State::Listen])
                && matches!(o.event, EventClass::Segment(_))
                && o.flags(Flags::NONE, Flags::RST.with(Flags::ACK).with(Flags::SYN))
        },
        &[RFC9293_3_10_7_2_P05],
    ),
    row(
        &[
            RFC9293_3_10_7_1_P03,
            RFC9293_3_10_7_2_P05,
            RFC9293_3_10_7_3_P07,
            RFC9293_3_5_2_P02,
        ],
        |o| {
            o.within(&[State::Closed, State::Listen, State::SynSent])
                && o.flags(Flags::FIN, Flags::SYN.with(Flags::RST))
                && o.came(&[Instead::Ack, Instead::Fin])
        },
        &[RFC9293_3_10_7_4_P32],
    ),
    row(
        &[RFC9293_3_5_2_P02, RFC9293_3_10_7_3_P05],
        |o| {
            o.within(&[State::SynSent])
                && o.flags(Flags::SYN.with(Flags::ACK), Flags::RST)
                && o.ack(&[AckClass::New])
                && o.tcb.snd.nxt != o.tcb.text_start()
        },
        &[RFC9293_3_10_7_3_P09],
    ),
    row(
        &[RFC9293_3_8_P03, RFC9293_3_10_7_4_P12],
        |o| {
            let again = o.may_send(|seg| seg.flags.syn());
            let answered = o.has_sent(|seg| seg.flags.syn() && seg.flags.ack());
            again && answered && o.tcb.state.synchronized()
        },
        &[RFC9293_3_10_7_4_P12],
    ),
    row(
        &[
            RFC9293_3_10_7_4_P10,
            RFC9293_3_10_7_2_P03,
            RFC9293_3_10_7_3_P06,
        ],
        |o| {
            o.within(&[State::SynReceived])
                && o.flags(Flags::SYN, Flags::RST)
                && o.seq(&[SeqClass::Next, SeqClass::Ahead, SeqClass::Crossing])
        },
        &[RFC9293_3_10_7_4_P10],
    ),
    row(
        &[RFC9293_3_5_2_P02, RFC9293_3_10_7_1_P03],
        |o| {
            let again = o.calls(|call| matches!(call, Call::Listen { .. })) > 1;
            again && o.came(&[Instead::Rst]) && o.tcb.state.synchronized()
        },
        &[RFC9293_MUST_41],
    ),
    row(
        &[RFC9293_MUST_45],
        |o| o.sends(|seg| seg.flags.syn() && !seg.flags.ack()),
        &[RFC9293_MUST_44],
    ),
];
