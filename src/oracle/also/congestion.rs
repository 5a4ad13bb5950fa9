//! How much may be in flight, and what calls for a retransmission (RFC 5681, RFC 6582, RFC 6675).
//! Data only.

use super::occasion::Occasion;
use super::{Row, always, row};
use crate::model::initial_window;
use crate::spec::req::*;

/// Of much that waits exactly one segment too many leaves, as if an acknowledgment of the SYN had let
/// it.
fn one_too_many(o: &Occasion<'_>) -> bool {
    let mss = u32::from(o.tcb.theirs.mss.unwrap_or(536));
    let una = o.tcb.snd.una;
    let most = una + (initial_window(mss) + mss);
    let waits = o.tcb.queue_end().after(most);
    o.instead.is_none() || waits && o.burst().all(|seg| !seg.end().after(most))
}

pub(super) const ROWS: &[Row] = &[
    // Any algorithm will do that is no more aggressive.
    row(
        &[
            RFC5681_2_1,
            RFC5681_3_1_1,
            RFC5681_3_1_2,
            RFC5681_3_1_7,
            RFC5681_3_1_8,
            RFC5681_3_1_9,
            RFC5681_3_2_6,
            RFC5681_3_2_7,
        ],
        always,
        &[RFC9293_MAY_18],
    ),
    row(
        &[RFC5681_3_1_2],
        always,
        &[RFC5681_2_1, RFC6928_2_1, RFC5681_3_1],
    ),
    row(&[RFC5681_3_1_2], one_too_many, &[RFC5681_3_1_3]),
    row(
        &[RFC5681_2_1],
        always,
        &[RFC5681_3_1, RFC5681_3_1_1, RFC5681_3_1_6, RFC9293_MUST_19],
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
    row(
        &[RFC2018_5_1],
        |o| o.trace.profile.recovers_by_sack,
        &[RFC6675_4_2],
    ),
    row(&[RFC3042_2_2], always, &[RFC5681_3_2_5]),
    row(&[RFC3042_2_1], always, &[RFC5681_3_2_4]),
];
