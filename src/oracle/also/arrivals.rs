//! Sequence numbers, acknowledgments and text that arrive (RFC 9293 sections 3.4, 3.8 and
//! 3.10.7.4). Data only.

use super::occasion::Occasion;
use super::{Row, always, row};
use crate::model::{AckClass, EventClass, SeqClass, State};
use crate::oracle::Instead;
use crate::spec::req::*;
use crate::wire::{Flags, Segment};

/// In order, with ACK and nothing unusual but what the row says: it has to be taken.
const NOT_TAKEN: &[crate::spec::Req] = &[RFC9293_MUST_40, RFC9293_3_10_7_4_P23];

const RECEIVES: &[State] = &[State::Established, State::FinWait1, State::FinWait2];
const HALF_CLOSED: &[State] = &[State::FinWait1, State::FinWait2];

/// Text that is to be taken, and is not, as far as it shows.
fn text_in_order(o: &Occasion<'_>) -> bool {
    o.untaken()
        && o.text()
        && o.flags(Flags::ACK, Flags::SYN.with(Flags::RST))
        && o.within(RECEIVES)
}

/// The numbers of the peer have passed the end of the space.
fn wrapped(o: &Occasion<'_>) -> bool {
    o.tcb.rcv.nxt.0 < o.tcb.rcv.irs.0
}

/// The last segment is urgent.
fn urgent(seg: &Segment) -> bool {
    seg.flags.contains(Flags::URG)
}

pub(super) const ROWS: &[Row] = &[
    row(NOT_TAKEN, text_in_order, &[RFC9293_3_10_7_4_P23]),
    row(
        NOT_TAKEN,
        |o| text_in_order(o) && o.within(HALF_CLOSED),
        &[RFC9293_3_6_P05],
    ),
    row(
        NOT_TAKEN,
        |o| text_in_order(o) && o.ack(&[AckClass::Current]) && o.tcb.snd.una != o.tcb.snd.nxt,
        &[RFC9293_3_10_7_4_P15],
    ),
    row(&[RFC9293_MUST_40], always, &[RFC5681_4_2_2]),
    row(
        &[RFC9293_MUST_40],
        |o| o.text() && o.tcb.snd.nxt != o.tcb.text_start(),
        &[RFC9293_3_10_7_4_P25],
    ),
    row(
        &[RFC9293_MUST_40, RFC9293_3_10_7_4_P28],
        |o| {
            o.flags(Flags::FIN, Flags::SYN.with(Flags::RST))
                && o.within(&[State::SynReceived, State::Established])
                && o.untaken()
        },
        &[RFC9293_3_10_7_4_P28],
    ),
    row(
        &[
            RFC9293_MUST_40,
            RFC9293_3_10_7_4_P23,
            RFC9293_3_8_P01,
            RFC9293_3_4_P04,
        ],
        |o| wrapped(o) && o.untaken(),
        &[RFC9293_3_4_P01],
    ),
    row(&[RFC9293_SHLD_19], always, &[RFC5681_4_2_3]),
    row(
        &[RFC5681_4_2_4, RFC9293_MUST_59],
        always,
        &[RFC9293_MUST_58],
    ),
    row(
        &[RFC9293_3_5_2_P03],
        |o| {
            let outside = [
                SeqClass::Old,
                SeqClass::Beyond,
                SeqClass::Closed,
                SeqClass::Crossing,
            ];
            o.seq(&outside)
        },
        &[RFC9293_3_4_P02, RFC9293_3_10_7_4_P01],
    ),
    row(
        &[RFC9293_3_8_6_1_P01, RFC9293_3_10_7_4_P01],
        always,
        &[RFC9293_3_4_P02],
    ),
    row(
        &[RFC9293_3_8_6_1_P01],
        |o| o.seq(&[SeqClass::Closed]),
        &[RFC9293_3_10_7_4_P01],
    ),
    row(
        &[RFC9293_3_4_P04],
        |o| o.text() && o.seq(&[SeqClass::Crossing, SeqClass::Beyond, SeqClass::Overlap]),
        &[RFC9293_3_10_7_4_P03, RFC9293_3_4_P02],
    ),
    row(
        &[RFC9293_3_4_P04, RFC9293_MUST_12],
        |o| {
            let ahead = |seg: &Segment| seg.flags.fin() && seg.seq.after(o.tcb.rcv.nxt);
            o.arrival(ahead) || o.tcb.rcv.fin_ahead.is_some()
        },
        &[RFC9293_3_10_7_4_P27],
    ),
    row(
        &[RFC9293_3_4_P04, RFC9293_3_5_2_P03, RFC9293_3_10_7_4_P26],
        |o| {
            let after = [State::CloseWait, State::Closing, State::LastAck];
            o.flags(Flags::FIN, Flags::SYN.with(Flags::RST)) && o.within(&after)
        },
        &[RFC9293_3_10_7_4_P31],
    ),
    row(
        &[RFC9293_3_10_7_4_P14],
        |o| o.tcb.rcv.edge.at_or_before(o.tcb.rcv.nxt),
        &[RFC9293_3_10_7_4_P04],
    ),
    // Urgent data is data like any other, and its pointer harms nothing.
    row(
        &[RFC9293_2_2_P01],
        |o| o.event == EventClass::Receive && o.met(urgent),
        &[RFC9293_MUST_31, RFC6093_2_P01, RFC9293_3_8_5_P01],
    ),
    row(
        &[RFC9293_MUST_40, RFC9293_3_10_7_4_P23, RFC9293_3_5_2_P02],
        |o| o.arrival(urgent) && o.tcb.state.synchronized() && o.untaken(),
        &[RFC9293_3_8_5_P01],
    ),
    row(
        &[RFC9293_3_10_7_4_P23],
        |o| {
            let pushed = |seg: &Segment| seg.flags.contains(Flags::PSH) || seg.flags.fin();
            o.event == EventClass::Receive && o.came(&[Instead::Empty]) && !o.met(pushed)
        },
        &[RFC1122_4_2_2_2_1, RFC9293_MAY_17],
    ),
    row(
        &[RFC9293_2_2_P01, RFC9293_3_10_7_4_P23],
        |o| o.event == EventClass::Receive && o.met(|seg| seg.options.malformed),
        &[RFC9293_MUST_7],
    ),
];
