//! User calls: every call in every state.

use super::ways::places;
use super::{Case, Cell, cell, dashed};

/// A call, what it is called in RFC 9293, and its cases.
type Call = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

#[rustfmt::skip]
const CALLS: [Call; 7] = [
    ("listen", "Passive OPEN", &[
        ("same-port", "A: listen"),
        ("for-one-peer", "A: listen from 0"),
        ("another-port", "A: listen port 1"),
        ("beside", "B: listen port 0"),
    ]),
    ("connect", "Active OPEN", &[
        ("same-peer", "A: connect"),
        ("another-peer", "A: connect to 1"),
        ("beside", "B: connect port 0 to 0"),
    ]),
    ("send", "SEND", &[
        ("one", "A: send 1"),
        ("two-segments", "A: send 2000"),
        ("too-much", "A: send 65535"),
        ("twice", "A: send 10; A: send 10"),
    ]),
    ("recv", "RECEIVE", &[
        ("nothing", "A: recv"),
        ("all", "< PSH,ACK seq RCV.NXT len 10; A: recv; A: recv"),
        ("part", "< PSH,ACK seq RCV.NXT len 10; A: recv 4; A: recv 4; A: recv"),
        ("before-fin", "< FIN,PSH,ACK seq RCV.NXT len 10; A: recv 4; A: recv; A: recv"),
        ("full", "peer data 1000; wait 1s; < PSH,ACK seq RCV.NXT len 1; A: recv; A: recv"),
        ("ahead", "< PSH,ACK seq RCV.NXT+10 len 10; A: recv; peer data 10; A: recv"),
    ]),
    ("close", "CLOSE", &[
        ("once", "A: close"),
        ("twice", "A: close; A: close"),
        ("after-send", "A: send 10; A: close"),
        ("unread", "< PSH,ACK seq RCV.NXT len 10; A: close"),
        ("then-send", "A: close; A: send 10"),
    ]),
    ("abort", "ABORT", &[
        ("once", "A: abort"),
        ("twice", "A: abort; A: abort"),
        ("after-send", "A: send 10; A: abort"),
        ("unread", "< PSH,ACK seq RCV.NXT len 10; A: abort"),
    ]),
    ("status", "STATUS", &[
        ("once", "A: status"),
        ("after-timer", "wait timer; A: status"),
        ("of-another", "B: status"),
    ]),
];

pub(super) fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for place in places() {
        let state = place.state;
        for (name, title, cases) in CALLS {
            let path = format!("call-{name}-{}/cases.scn", dashed(state));
            let about = format!("{title} in {state}.");
            let cases: Vec<Case> = cases.iter().map(|(n, s)| Case::new(*n, *s)).collect();
            cells.push(cell(path, &about, &place, "rcv=1000", &cases));
        }
    }
    cells
}
