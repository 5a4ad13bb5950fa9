//! How much may be in flight, and what calls for a retransmission (RFC 5681, RFC 6582, RFC 6675).
//! Data only.

use super::{Row, always, row};
use crate::spec::req::*;

pub(super) const ROWS: &[Row] = &[row(
    &[RFC5681_2_1],
    always,
    &[RFC5681_3_1, RFC9293_MUST_19, RFC9293_MAY_18],
)];
