//! Timestamps and PAWS (RFC 7323 sections 3 to 5; RFC 6191). Data only.

use super::occasion::Occasion;
use super::{Row, always, row};
use crate::model::{EventClass, SeqClass, State};
use crate::oracle::Instead;
use crate::spec::req::*;
use crate::wire::{Flags, Segment};

/// The TSval of the last segment, and how it stands to TS.Recent as the model has it.
fn age(o: &Occasion<'_>) -> Option<i32> {
    let (value, _) = o.arrived()?.options.timestamps?;
    Some(value.wrapping_sub(o.tcb.ts.recent) as i32)
}

/// The clock of the peer has passed the end of the space.
fn wrapped(o: &Occasion<'_>) -> bool {
    let value = o.arrived().and_then(|seg| seg.options.timestamps);
    value.is_some_and(|(value, _)| value < o.tcb.ts.of_syn)
}

fn stamped_syn(o: &Occasion<'_>) -> bool {
    o.arrival(|seg| seg.flags.syn() && seg.options.timestamps.is_some())
}

/// The stack echoes the TSval of the last segment.
fn echoes_last(o: &Occasion<'_>) -> bool {
    let last = o.arrived().and_then(value);
    o.may_send(|seg| echo(seg) == last)
}

/// The stack echoes what the peer has never sent.
fn echoes_nothing(o: &Occasion<'_>) -> bool {
    let came = |echo: u32| o.met(|seg| value(seg) == Some(echo));
    o.may_send(|seg| echo(seg).is_some_and(|echo| !came(echo)))
}

fn value(seg: &Segment) -> Option<u32> {
    seg.options.timestamps.map(|(value, _)| value)
}

fn echo(seg: &Segment) -> Option<u32> {
    seg.options.timestamps.map(|(_, echo)| echo)
}

/// What fills the gap has a later TSval than what was held, so that a second look finds that old.
fn outdated_meanwhile(o: &Occasion<'_>) -> bool {
    let Some(last) = o.arrived() else {
        return false;
    };
    let older = |held: &Segment| match (value(held), value(last)) {
        (Some(held), Some(last)) => (held.wrapping_sub(last) as i32) < 0,
        _ => false,
    };
    o.earlier(|seg| seg.payload_len > 0 && seg.seq.after(last.seq) && older(seg))
}

/// A segment that came before, and has filled a gap.
fn filled(o: &Occasion<'_>) -> bool {
    let Some(last) = o.arrived() else {
        return false;
    };
    o.earlier(|seg| seg.payload_len > 0 && seg.seq.after(last.seq))
}

pub(super) const ROWS: &[Row] = &[
    row(&[RFC7323_5_3_2], always, &[RFC7323_5_3_1]),
    row(
        &[RFC7323_4_3_P01],
        |o| o.seq(&[SeqClass::Ahead]),
        &[RFC7323_4_3_2],
    ),
    row(
        &[RFC7323_4_3_P01],
        |o| {
            let plain = o.text() && o.seq(&[SeqClass::Next]) && !filled(o);
            plain && o.arrival(|seg| o.tcb.rcv.acked.is_some_and(|acked| acked.before(seg.seq)))
        },
        &[RFC7323_4_3_1],
    ),
    row(
        &[RFC7323_4_3_P01],
        |o| o.text() && o.seq(&[SeqClass::Next]) && filled(o),
        &[RFC7323_4_3_3],
    ),
    row(
        &[RFC7323_4_3_P01],
        |o| age(o).is_some_and(|age| age < 0) && echoes_last(o),
        &[RFC7323_5_2_1],
    ),
    row(
        &[RFC7323_4_3_P01],
        |o| o.flags(Flags::RST, Flags::NONE) && echoes_last(o),
        &[RFC7323_5_2_5],
    ),
    row(&[RFC7323_4_3_P01], echoes_nothing, &[RFC7323_3_2_2]),
    row(
        &[RFC7323_3_2_6],
        |o| o.event == EventClass::Abort,
        &[RFC7323_5_2_3],
    ),
    row(&[RFC7323_5_2_2], |o| o.tcb.ts.on, &[RFC7323_3_2_6]),
    row(
        &[RFC9293_SHLD_31],
        |o| o.tcb.ts.on && outdated_meanwhile(o),
        &[RFC7323_5_3_3],
    ),
    row(
        &[RFC9293_MUST_40, RFC9293_3_10_7_4_P23, RFC7323_5_3_2],
        |o| o.tcb.ts.on && wrapped(o) && o.untaken(),
        &[RFC7323_5_3_P01],
    ),
    row(
        &[RFC9293_3_10_7_2_P03],
        |o| {
            let echoes = |seg: &Segment| seg.options.timestamps.is_some_and(|(_, echo)| echo != 0);
            stamped_syn(o) && o.arrival(echoes) && o.came(&[Instead::Silence, Instead::Rst])
        },
        &[RFC7323_3_2_3],
    ),
    row(
        &[RFC9293_MAY_2, RFC6191_2_6],
        |o| o.within(&[State::TimeWait]),
        &[RFC6191_2_6],
    ),
    row(
        &[RFC9293_MAY_2],
        |o| o.within(&[State::TimeWait]) && !o.tcb.ts.on && !stamped_syn(o),
        &[RFC6191_2_5],
    ),
    row(
        &[RFC9293_MAY_2],
        |o| o.within(&[State::TimeWait]) && o.tcb.ts.on && !stamped_syn(o),
        &[RFC6191_2_3],
    ),
    row(
        &[RFC9293_MAY_2],
        |o| {
            let equal = age(o) == Some(0);
            o.within(&[State::TimeWait]) && o.tcb.ts.on && stamped_syn(o) && equal
        },
        &[RFC6191_2_2],
    ),
    row(
        &[RFC9293_SHLD_4],
        |o| o.tcb.ts.on && stamped_syn(o),
        &[RFC6191_2_1],
    ),
    row(
        &[RFC9293_SHLD_4],
        |o| !o.tcb.ts.on && stamped_syn(o),
        &[RFC6191_2_4],
    ),
];
