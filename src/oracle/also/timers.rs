//! Retransmission and giving up (RFC 9293 sections 3.8.1, 3.8.3 and 3.10.8; RFC 6298). Data only.

use super::occasion::Occasion;
use super::{Row, always, row};
use crate::model::State;
use crate::oracle::Instead;
use crate::spec::req::*;
use crate::time::Micros;

/// What should at least have been waited for before giving up (RFC9293-SHLD-11).
const R2: Micros = Micros::secs(100);
/// The same for a SYN (RFC9293-MUST-23).
const SYN_R2: Micros = Micros::secs(180);
/// A ceiling of the timeout may not be lower (RFC6298-2-6).
const LOWEST_CEILING: Micros = Micros::secs(60);

fn gives_up_nothing(o: &Occasion<'_>) -> bool {
    o.timed && !o.trace.profile.gives_up() && o.tcb.rtx.armed
}

pub(super) const ROWS: &[Row] = &[
    row(
        &[RFC9293_3_10_8_P01],
        // A reset ends it too, if with a wrong number.
        |o| o.instead != Some(Instead::Rst),
        &[RFC9293_MUST_20, RFC9293_MUST_21],
    ),
    row(
        &[RFC9293_3_10_8_P02, RFC9293_3_5_2_P02],
        |o| {
            let early = o.outstanding_for() < R2;
            gives_up_nothing(o) && early && o.tcb.state.synchronized() && o.came(&[Instead::Rst])
        },
        &[RFC9293_SHLD_11],
    ),
    row(
        &[RFC9293_MUST_22],
        |o| {
            let opening = matches!(o.tcb.state, State::SynSent | State::SynReceived);
            gives_up_nothing(o) && opening && o.outstanding_for() < SYN_R2
        },
        &[RFC9293_MUST_23],
    ),
    row(&[RFC6298_5_4], always, &[RFC9293_MUST_19]),
    row(
        &[RFC6298_5_4],
        |o| o.tcb.rtx.gap > o.trace.profile.rto_min && o.tcb.rtx.gap < LOWEST_CEILING,
        &[RFC6298_2_6],
    ),
    row(&[RFC6298_5_1], always, &[RFC9293_MUST_18]),
    row(
        &[RFC6298_5_1],
        |o| o.tcb.state == State::SynSent,
        &[RFC6298_2_1],
    ),
    row(
        &[RFC6298_5_1],
        |o| o.tcb.state.synchronized(),
        &[RFC6298_2_5],
    ),
    row(&[RFC6298_2_2], always, &[RFC9293_MUST_18]),
    row(
        &[RFC6298_2_2],
        |o| !o.tcb.ts.on && o.tcb.rtx.ambiguous,
        &[RFC6298_3_1],
    ),
    row(
        &[RFC9293_3_10_8_P02],
        |o| {
            let una = o.tcb.snd.una;
            let covers = |seg: &crate::wire::Segment| {
                let mut blocks = seg.options.sack.iter();
                blocks.any(|&(left, right)| {
                    let left = crate::wire::SeqNumber(left);
                    una.within(left, crate::wire::SeqNumber(right).since(left))
                })
            };
            o.came(&[Instead::Silence]) && o.met(covers)
        },
        &[RFC2018_5_2, RFC2018_8_1, RFC6675_4_1],
    ),
];
