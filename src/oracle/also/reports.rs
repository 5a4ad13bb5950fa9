//! What the user is told of a connection that goes on (RFC 9293 section 3.9.1.8). Data only.

use super::{Row, always, row};
use crate::spec::req::*;

pub(super) const ROWS: &[Row] = &[
    row(
        &[RFC9293_MUST_47],
        always,
        &[RFC9293_SHLD_25, RFC9293_3_9_1_8_1],
    ),
    row(
        &[RFC9293_3_9_1_8_1],
        |o| o.tcb.told.known().untold,
        &[RFC9293_SHLD_9],
    ),
];
