//! What text the peer has sent, where it matters whose fault wrong octets are.
//!
//! A peer that sent two SYNs cannot always know which of them the stack took, and numbers its text
//! from the wrong one then. One that sends text under the number of its FIN contradicts itself, and
//! where that text belongs nothing says.

use crate::model::Tcb;
use crate::stream::{Direction, first_difference};
use crate::trace::{Event, Trace, What};
use crate::wire::Segment;

/// Why the peer itself is to blame where the next `len` octets that are read are not those of the
/// stream, if it is. `until` is the index of the event that reads them.
pub(super) fn differs(trace: &Trace, until: usize, tcb: &Tcb, len: u32) -> Option<&'static str> {
    let remote = tcb.remote?;
    let begin = tcb.rcv.irs + 1 + tcb.rcv.read;
    let ports = (tcb.port, remote.port);
    let ours = |seg: &Segment| seg.src == remote && seg.dst.port == tcb.port;
    let opens = |event: &Event| match &event.what {
        What::Arrival {
            segment: Some(seg), ..
        } => ours(seg) && seg.flags.syn() && seg.seq == tcb.rcv.irs,
        _ => false,
    };
    let events = &trace.events[..until];
    let first = events.iter().rposition(opens).unwrap_or(0);
    events[first..].iter().find_map(|event| {
        let What::Arrival {
            segment: Some(seg),
            damaged: None,
            text,
            ..
        } = &event.what
        else {
            return None;
        };
        if !ours(seg) {
            return None;
        }
        let start = seg.text_seq();
        let end = start + seg.payload_len;
        if seg.flags.fin() && end.within(begin, len) {
            return Some("the peer sent text under the number of its FIN");
        }
        let from = start.later(begin);
        let to = end.earlier(begin + len);
        if !from.before(to) {
            return None;
        }
        let part = from.since(start) as usize..to.since(start) as usize;
        let octets = trace.octets(*text).get(part).unwrap_or_default();
        let offset = from.since(tcb.rcv.irs + 1);
        first_difference(Direction::ToStack, ports, offset, octets)
            .map(|_| "the peer numbered its text from another SYN than the stack took")
    })
}
