//! What the user is told of a connection that goes on (RFC 9293 section 3.9.1.8). Data only.

use super::occasion::Occasion;
use super::{Row, row};
use crate::model::reports::Cause;
use crate::spec::req::*;
use crate::stack::{Outcome, Reports};
use crate::trace::What;

/// A soft ICMP error had to be told of.
fn soft_error(o: &Occasion<'_>) -> bool {
    o.tcb.told.known().icmp == Cause::Must
}

/// No ICMP error has been told of before.
fn never_told(o: &Occasion<'_>) -> bool {
    let tells = |what: &What| {
        matches!(what, What::Call { outcome: Outcome::Reports(told), .. }
            if told.contains(Reports::ICMP))
    };
    let mut before = o.trace.events.iter().take(o.index);
    !before.any(|event| tells(&event.what))
}

pub(super) const ROWS: &[Row] = &[
    row(&[RFC9293_3_9_1_8_1], soft_error, &[RFC9293_SHLD_25]),
    // Where some are told of, there is a mechanism.
    row(
        &[RFC9293_3_9_1_8_1],
        |o| soft_error(o) && never_told(o),
        &[RFC9293_MUST_47],
    ),
    row(
        &[RFC9293_3_9_1_8_1],
        |o| o.tcb.told.known().untold,
        &[RFC9293_SHLD_9],
    ),
];
