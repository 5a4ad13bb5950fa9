//! What else a deviation breaks.
//!
//! A check of the model reports one requirement: the one that it rests on. Often the standard
//! says the same more than once, in an appendix, in another RFC, for this state in particular;
//! whoever breaks the one then breaks the others. The rows here say which, and on what occasion.
//! They are looked at when something deviates, or when it is asked what a run has put to the
//! test, and never on the way of a scenario that conforms.

mod arrivals;
mod closing;
mod congestion;
mod handshake;
mod occasion;
mod options;
mod reports;
mod resets;
mod sending;
mod timers;
mod times;
mod windows;

pub(in crate::oracle) use occasion::Occasion;

use super::verdict::Instead;
use crate::model::EventClass;
use crate::model::State;
use crate::model::Tcb;
use crate::spec::{Req, RequirementSet};
use crate::trace::Trace;

/// On an occasion, whoever breaks one of the first requirements breaks all of the others.
struct Row {
    by: &'static [Req],
    when: fn(&Occasion<'_>) -> bool,
    also: &'static [Req],
}

const fn row(by: &'static [Req], when: fn(&Occasion<'_>) -> bool, also: &'static [Req]) -> Row {
    Row { by, when, also }
}

/// On every occasion.
fn always(_: &Occasion<'_>) -> bool {
    true
}

const TABLES: [&[Row]; 11] = [
    handshake::ROWS,
    resets::ROWS,
    arrivals::ROWS,
    closing::ROWS,
    windows::ROWS,
    sending::ROWS,
    timers::ROWS,
    options::ROWS,
    times::ROWS,
    congestion::ROWS,
    reports::ROWS,
];

/// What else is at stake where `by` is.
fn also(by: Req, occasion: &Occasion<'_>) -> RequirementSet {
    let rows = TABLES.iter().flat_map(|table| table.iter());
    let fits = |row: &&Row| row.by.contains(&by) && (row.when)(occasion);
    let mut all: RequirementSet = rows
        .filter(fits)
        .flat_map(|row| row.also.iter().copied())
        .collect();
    all.remove(by);
    all
}

/// Where something is to be looked at: an event of a trace and the connection before it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) trace: &'a Trace,
    pub(super) index: usize,
    pub(super) tcb: &'a Tcb,
    pub(super) kin: Option<&'a Tcb>,
    pub(super) state: State,
    pub(super) event: EventClass,
}

/// What else a deviation breaks, beside `by`, in the order of the catalogue.
pub(super) fn broken(by: Req, instead: Instead, place: Place<'_>) -> Vec<Req> {
    also(by, &occasion(place, Some(instead))).iter().collect()
}

/// What else is kept, beside `by`.
pub(super) fn kept(by: Req, place: Place<'_>) -> RequirementSet {
    also(by, &occasion(place, None))
}

fn occasion(place: Place<'_>, instead: Option<Instead>) -> Occasion<'_> {
    let Place {
        trace,
        index,
        tcb,
        kin,
        state,
        event,
    } = place;
    let timed = event == EventClass::Time;
    Occasion {
        trace,
        index,
        tcb,
        kin,
        state,
        event: if timed { tcb.input.class } else { event },
        timed,
        instead,
    }
}
