//! Timeouts: every timer in every state in which it runs.

use super::ways::{Outstanding, Place, closed_windows, idle, places};
use super::{Case, Cell, cell, dashed};

/// Cases by name, their steps with `; ` between them.
type Named = &'static [(&'static str, &'static str)];

#[rustfmt::skip]
const RETRANSMISSION: Named = &[
    ("once", "wait timer"),
    ("thrice", "wait timer; wait timer; wait timer"),
    ("just-before", "wait 900ms"),
    ("acknowledged-in-part", "wait timer; peer ack 50; wait timer"),
    ("acknowledged", "wait timer; peer ack; wait 10s"),
    ("minutes", "wait 100s"),
    ("given-up", "wait 1h"),
];

#[rustfmt::skip]
const PROBE: Named = &[
    ("once", "wait timer"),
    ("thrice", "wait timer; wait timer; wait timer"),
    ("answered", "wait timer; peer window 0; wait timer; peer window 0; wait 10s"),
    ("opened-a-little", "wait timer; peer window 50; wait 10s; peer window 65535"),
    ("opened", "wait timer; peer window 65535"),
    ("minutes", "wait 10min; peer window 65535"),
];

#[rustfmt::skip]
const USER: Named = &[
    ("just-before", "wait 29s"),
    ("after", "wait 31s"),
    ("heard-of", "wait 20s; < ACK seq RCV.NXT ack SND.UNA; wait 20s"),
    ("acknowledged", "wait 20s; peer ack; wait 20s"),
    ("minutes", "wait 10min"),
];

#[rustfmt::skip]
const KEEP_ALIVE: Named = &[
    ("just-before", "wait 9s"),
    ("once", "wait 11s"),
    ("answered", "wait 11s; < ACK seq RCV.NXT ack SND.NXT; wait 11s"),
    ("unanswered", "wait 10min"),
    ("data-instead", "wait 9s; peer data 10; wait 9s"),
];

#[rustfmt::skip]
const ACKNOWLEDGMENT: Named = &[
    ("just-before", "peer data 10; wait 199ms"),
    ("after", "peer data 10; wait 201ms"),
    ("read-meanwhile", "peer data 10; wait 100ms; A: recv; wait 101ms"),
    ("piggybacked", "peer data 10; wait 100ms; A: send 10; wait 101ms"),
    ("two-full-segments", "peer data 1000; wait 1ms; A: recv; peer data 1000; wait 201ms"),
    ("of-fin", "peer fin; wait 201ms"),
];

#[rustfmt::skip]
const TIME_WAIT: Named = &[
    ("once", "wait timer"),
    ("half", "wait 5s; A: status"),
    ("fin-again", "wait 5s; peer fin; wait 6s; A: status; wait 5min"),
    ("ack-again", "wait 5s; peer ack; wait 6s; A: status; wait 5min"),
    ("reset", "< RST seq RCV.NXT; A: status; wait 5min"),
];

/// Whether the timer of user timeouts has a meaning in a state.
fn has_user(place: &Place) -> bool {
    !matches!(place.state, "CLOSED" | "LISTEN" | "TIME-WAIT")
}

/// Whether the stack takes text in a state.
fn receives(place: &Place) -> bool {
    matches!(place.state, "ESTABLISHED" | "FIN-WAIT-1" | "FIN-WAIT-2")
}

pub(super) fn cells() -> Vec<Cell> {
    let all = |fits: fn(&Place) -> bool| places().into_iter().filter(fits).collect();
    let rows: [(&str, &str, Vec<Place>, &str, Named); 6] = [
        (
            "retransmission",
            "Retransmission",
            all(|place| place.outstanding != Outstanding::Nothing),
            "rcv=1000",
            RETRANSMISSION,
        ),
        (
            "probe",
            "Probes of a closed window",
            closed_windows(),
            "rcv=1000",
            PROBE,
        ),
        (
            "user",
            "The user timeout",
            all(has_user),
            "rcv=1000 usertimeout=30s",
            USER,
        ),
        (
            "keep-alive",
            "Keep-alive",
            idle(),
            "rcv=1000 keepalive=10s",
            KEEP_ALIVE,
        ),
        (
            "ack",
            "The delayed acknowledgment",
            all(receives),
            "rcv=1000 ackdelay=200ms",
            ACKNOWLEDGMENT,
        ),
        (
            "time-wait",
            "The end of 2 MSL",
            all(|place| place.state == "TIME-WAIT"),
            "rcv=1000",
            TIME_WAIT,
        ),
    ];
    let mut cells = Vec::new();
    for (name, title, places, settings, cases) in rows {
        let cases: Vec<Case> = cases.iter().map(|(n, s)| Case::new(*n, *s)).collect();
        for place in places {
            let path = format!("timeout-{name}-{}/cases.scn", dashed(place.state));
            let about = format!("{title} in {}.", place.state);
            cells.push(cell(path, &about, &place, settings, &cases));
        }
    }
    cells
}
