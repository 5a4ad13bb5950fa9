//! SEGMENT ARRIVES: every kind of segment in every state, at the edges of the window and of what
//! may be acknowledged.

use super::ways::{Outstanding, Place, places};
use super::{Case, Cell, cell, dashed};

/// The kinds: name, flags, whether there is an acknowledgment, and the rest of the segment.
#[rustfmt::skip]
const SEGMENTS: [(&str, &str, bool, &str); 12] = [
    ("syn", "SYN", false, ""),
    ("syn-ack", "SYN,ACK", true, ""),
    ("syn-fin", "SYN,FIN", false, ""),
    ("ack", "ACK", true, ""),
    ("data", "PSH,ACK", true, " len 2"),
    ("fin", "FIN", false, ""),
    ("fin-ack", "FIN,ACK", true, ""),
    ("rst", "RST", false, ""),
    ("rst-ack", "RST,ACK", true, ""),
    ("urg", "ACK,URG", true, " len 2 urg 2"),
    ("none", "none", false, " len 2"),
    ("all", "SYN,FIN,RST,PSH,ACK,URG,ECE,CWR", true, " len 2 urg 2"),
];

/// A name for an edge, and the number there.
type Edge = (&'static str, &'static str);

/// The edges of the window; the usual one first.
const WINDOW: [Edge; 5] = [
    ("left", "RCV.NXT"),
    ("left-1", "RCV.NXT-1"),
    ("middle", "RCV.NXT+500"),
    ("right-1", "RCV.EDGE-1"),
    ("right", "RCV.EDGE"),
];

/// Where there is no window, every number is as good: those where an implementation may trip.
const NO_WINDOW: [Edge; 4] = [
    ("irs", "IRS"),
    ("zero", "0"),
    ("half", "2147483648"),
    ("last", "4294967295"),
];

/// The edges of what may be acknowledged in a state; the usual one first.
fn acknowledgments(place: &Place) -> Vec<Edge> {
    if place.state == "LISTEN" {
        return vec![("nxt", "SND.NXT"), ("zero", "0"), ("last", "4294967295")];
    }
    let mut edges = vec![
        ("nxt", "SND.NXT"),
        ("far-old", "SND.OLD-1"),
        ("una-1", "SND.UNA-1"),
    ];
    if place.outstanding != Outstanding::Nothing {
        edges.push(("una", "SND.UNA"));
    }
    match place.outstanding {
        Outstanding::Nothing | Outstanding::Syn => {}
        Outstanding::Text => edges.push(("middle", "SND.UNA+50")),
        Outstanding::TextAndFin => {
            edges.extend([("middle", "SND.UNA+50"), ("nxt-1", "SND.NXT-1")]);
        }
    }
    edges.push(("nxt+1", "SND.NXT+1"));
    edges
}

pub(super) fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for place in places() {
        let state = place.state;
        for (name, flags, acknowledges, rest) in SEGMENTS {
            let path = format!("rcv-{name}-{}/edges.scn", dashed(state));
            let upper = flags.to_uppercase();
            let at = match (place.has_window(), acknowledges) {
                (true, true) => "the edges of the window and of what may be acknowledged",
                (true, false) => "the edges of the window",
                (false, true) => "any number, and at the edges of what may be acknowledged",
                (false, false) => "any number",
            };
            let what = match name {
                "data" => "Text",
                "none" => "Text without any flag",
                "all" => "Every flag",
                _ => &upper,
            };
            let about = format!("{what} in {state}, at {at}.");
            let segment = Segment { flags, rest };
            let cases = segment.cases(&place, acknowledges);
            cells.push(cell(path, &about, &place, "rcv=1000", &cases));
        }
    }
    cells
}

/// A kind of segment, but for its numbers.
struct Segment {
    flags: &'static str,
    rest: &'static str,
}

impl Segment {
    fn cases(&self, place: &Place, acknowledges: bool) -> Vec<Case> {
        let window: &[Edge] = match place.has_window() {
            true => &WINDOW,
            false => &NO_WINDOW,
        };
        let (usual, _) = window.split_first().expect("a table with rows");
        let mut cases = Vec::new();
        if !acknowledges {
            for edge in window {
                cases.push(self.case(format!("seq-{}", edge.0), edge.1, None));
            }
            return cases;
        }
        let acks = acknowledgments(place);
        let (usual_ack, others) = acks.split_first().expect("a usual acknowledgment");
        for edge in window {
            cases.push(self.case(format!("seq-{}", edge.0), edge.1, Some(usual_ack.1)));
        }
        for edge in others {
            cases.push(self.case(format!("ack-{}", edge.0), usual.1, Some(edge.1)));
        }
        // Each with each: the order of the two checks shows.
        for seq in &window[1..] {
            for ack in others {
                let name = format!("seq-{}-ack-{}", seq.0, ack.0);
                cases.push(self.case(name, seq.1, Some(ack.1)));
            }
        }
        cases
    }

    fn case(&self, name: String, seq: &str, ack: Option<&str>) -> Case {
        let Segment { flags, rest } = self;
        let ack = ack.map(|ack| format!(" ack {ack}")).unwrap_or_default();
        Case::new(name, format!("< {flags} seq {seq}{ack}{rest}"))
    }
}
