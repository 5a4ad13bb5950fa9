//! CLOSED (RFC 9293 section 3.10.7.1): everything but a reset is answered by a reset.

use super::{reset_for, silently};
use crate::model::Context;
use crate::model::tcb::{Branches, Tcb};
use crate::spec::req;
use crate::wire::Segment;

pub(super) fn step(tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    if seg.flags.rst() {
        return out.push(silently(tcb), req::RFC9293_3_10_7_1_P01);
    }
    let by = if seg.flags.ack() {
        req::RFC9293_3_10_7_1_P03
    } else {
        req::RFC9293_3_10_7_1_P02
    };
    out.push(reset_for(tcb, seg, ctx, by), by);
}
