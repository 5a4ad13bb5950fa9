//! How much may be in flight, and what calls for a retransmission (RFC 5681, RFC 6582, RFC 6675).
//! Data only.

use super::occasion::Occasion;
use super::{Row, always, row};
use crate::model::initial_window;
use crate::spec::req::*;

/// No more is in flight than one segment too much.
fn one_too_many(o: &Occasion<'_>) -> bool {
    let mss = u32::from(o.tcb.theirs.mss.unwrap_or(536));
    let flight = |seg: &crate::wire::Segment| seg.end().since(o.tcb.snd.una);
    o.sent()
        .is_none_or(|seg| flight(seg) <= initial_window(mss) + mss)
}

pub(super) const ROWS: &[Row] = &[
    row(
        &[RFC5681_3_1_2],
        always,
        &[RFC5681_2_1, RFC6928_2_1, RFC5681_3_1, RFC9293_MAY_18],
    ),
    row(&[RFC5681_3_1_2], one_too_many, &[RFC5681_3_1_3]),
    row(
        &[RFC5681_2_1],
        always,
        &[
            RFC5681_3_1,
            RFC5681_3_1_1,
            RFC5681_3_1_6,
            RFC9293_MUST_19,
            RFC9293_MAY_18,
        ],
    ),
    row(
        &[RFC5681_3_1_9],
        |o| o.tcb.rtx.dup_acks >= 3,
        &[RFC6582_3_2_P04],
    ),
    row(&[RFC5681_3_1_1, RFC5681_3_1_9], always, &[RFC5681_3_1]),
    row(&[RFC5681_3_2_6], always, &[RFC5681_4_3_1]),
    row(&[RFC5681_3_2_6], |o| o.tcb.sack_agreed(), &[RFC6675_5_2]),
    row(
        &[RFC5681_3_2_7],
        |o| !o.tcb.rtx.recovering,
        &[RFC6582_3_2_P03, RFC5681_4_3_1],
    ),
    row(&[RFC3042_2_2], always, &[RFC5681_3_2_5]),
    row(&[RFC3042_2_1], always, &[RFC5681_3_2_4]),
];
