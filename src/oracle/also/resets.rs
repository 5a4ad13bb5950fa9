//! Resets and what is answered by a challenge ACK (RFC 9293 sections 3.5.2, 3.5.3 and 3.10.7.4;
//! RFC 5961). Data only.

use super::occasion::Occasion;
use super::{Row, always, row};
use crate::model::{AckClass, State};
use crate::oracle::Instead;
use crate::spec::req::*;
use crate::wire::Segment;

/// A connection that a reset has ended goes on all the same.
const GOES_ON: &[crate::spec::Req] = &[
    RFC9293_3_10_7_1_P03,
    RFC9293_3_10_7_1_P02,
    RFC9293_3_10_7_2_P02,
    RFC9293_3_10_7_2_P03,
    RFC9293_3_10_6_P01,
];

/// What a reset that is honoured rests on.
const KEPT: &[crate::spec::Req] = &[
    RFC9293_3_10_7_4_1,
    RFC9293_MUST_66,
    RFC9293_3_10_7_4_P05,
    RFC9293_3_10_7_4_P06,
    RFC9293_3_10_7_4_P08,
];

fn severed_in(o: &Occasion<'_>, states: &[State]) -> bool {
    o.severed_in().is_some_and(|state| states.contains(&state))
}

/// A reset that passes a test should have ended the connection, and what is sent is no reset: that
/// would be one of a connection that is gone, with a wrong number.
fn goes_on(o: &Occasion<'_>, test: impl Fn(&Segment) -> bool) -> bool {
    o.instead != Some(Instead::Rst) && o.reset_before(test)
}

/// An earlier reset lay outside the window, and must have had no effect.
fn outside_before(o: &Occasion<'_>) -> bool {
    let (nxt, edge) = (o.tcb.rcv.nxt, o.tcb.rcv.edge_max);
    let outside = |seg: &Segment| seg.flags.rst() && (seg.seq.before(nxt) || seg.seq.after(edge));
    o.tcb.state.synchronized() && o.earlier(outside)
}

/// The stack acknowledges text of a segment that only asked for a challenge.
fn took_text(o: &Occasion<'_>) -> bool {
    o.text() && o.may_send(|seg| seg.ack.after(o.tcb.rcv.nxt))
}

pub(super) const ROWS: &[Row] = &[
    row(
        GOES_ON,
        |o| goes_on(o, |_| true),
        &[RFC9293_3_10_7_4_1, RFC5961_3_2_3],
    ),
    row(
        KEPT,
        |o| o.instead.is_none(),
        &[RFC9293_3_10_7_4_1, RFC5961_3_2_3],
    ),
    row(
        KEPT,
        |o| o.instead.is_none() && !o.within(&[State::SynReceived, State::Closing, State::LastAck]),
        &[RFC9293_3_10_7_4_P07],
    ),
    row(KEPT, |o| o.instead.is_none() && o.text(), &[RFC9293_SHLD_2]),
    row(
        GOES_ON,
        |o| {
            let open = [
                State::Established,
                State::FinWait1,
                State::FinWait2,
                State::CloseWait,
            ];
            goes_on(o, |_| true) && severed_in(o, &open)
        },
        &[RFC9293_3_10_7_4_P07],
    ),
    row(
        GOES_ON,
        |o| goes_on(o, |_| true) && severed_in(o, &[State::Closing, State::LastAck]),
        &[RFC9293_3_10_7_4_P08],
    ),
    row(
        &[
            RFC9293_3_10_7_1_P03,
            RFC9293_3_10_7_1_P02,
            RFC9293_3_8_P03,
            RFC9293_3_10_7_4_P06,
        ],
        |o| goes_on(o, |_| true) && severed_in(o, &[State::SynReceived]),
        &[RFC9293_3_10_7_4_P06, RFC9293_MUST_11],
    ),
    row(
        GOES_ON,
        |o| goes_on(o, |seg| seg.payload_len > 0),
        &[RFC9293_SHLD_2],
    ),
    row(
        GOES_ON,
        |o| {
            let closed = o.own().rcv.edge.at_or_before(o.own().rcv.nxt);
            goes_on(o, |_| true) && closed
        },
        &[RFC9293_MUST_66],
    ),
    row(
        GOES_ON,
        |o| {
            let syn = |seg: &Segment| seg.flags.syn() && seg.seq != o.own().rcv.irs;
            goes_on(o, |_| true) && o.earlier(syn)
        },
        &[RFC5961_4_2_3],
    ),
    row(
        GOES_ON,
        |o| {
            let older = |seg: &Segment| {
                let stamp = seg.options.timestamps;
                stamp.is_some_and(|(value, _)| (value.wrapping_sub(o.own().ts.recent) as i32) < 0)
            };
            o.own().ts.on && goes_on(o, older)
        },
        &[RFC7323_5_2_4],
    ),
    row(
        GOES_ON,
        |o| o.own().ts.on && goes_on(o, |seg| seg.options.timestamps.is_none()),
        &[RFC7323_3_2_8],
    ),
    row(
        &[RFC9293_3_5_2_P02],
        |o| outside_before(o) && o.came(&[Instead::Rst]),
        &[RFC9293_3_5_3_P01, RFC9293_3_10_7_4_P02, RFC5961_3_2_2],
    ),
    row(
        &[RFC9293_3_5_2_P01],
        |o| o.within(&[State::Closed]),
        &[RFC9293_3_10_7_1_P01],
    ),
    row(
        &[RFC9293_3_5_2_P01],
        |o| o.within(&[State::Listen]),
        &[RFC9293_3_10_7_2_P01],
    ),
    row(
        &[RFC9293_3_10_7_4_2],
        always,
        &[RFC5961_3_2_1, RFC5961_3_2_4],
    ),
    row(
        &[RFC9293_3_10_7_4_2],
        took_text,
        &[RFC9293_3_10_7_4_3, RFC5961_3_2_5],
    ),
    row(
        &[RFC9293_3_10_7_4_4],
        always,
        &[RFC5961_4_2_1, RFC9293_3_5_1_P01],
    ),
    row(
        &[RFC9293_3_10_7_4_4],
        took_text,
        &[RFC9293_3_10_7_4_5, RFC5961_4_2_2],
    ),
    row(
        &[RFC9293_3_10_7_4_7, RFC9293_3_10_7_4_6],
        always,
        &[RFC9293_3_10_7_4_6, RFC5961_5_2_2, RFC5961_5_2_3],
    ),
    row(
        &[RFC5961_5_2_2],
        |o| o.ack(&[AckClass::Old]),
        &[RFC9293_3_10_7_4_6],
    ),
];
