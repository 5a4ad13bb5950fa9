//! What text the peer has sent, where it matters whose fault wrong octets are.
//!
//! A peer that sent two SYNs cannot always know which of them the stack took, and numbers its text
//! from the wrong one then.

use crate::model::Tcb;
use crate::stream::{Direction, first_difference};
use crate::trace::{Event, Trace, What};
use crate::wire::Segment;

/// Whether the peer itself sent other octets than those of the stream where the next `len` are
/// read. `until` is the index of the event that reads them.
pub(super) fn differs(trace: &Trace, until: usize, tcb: &Tcb, len: u32) -> bool {
    let Some(remote) = tcb.remote else {
        return false;
    };
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
    events[first..].iter().any(|event| {
        let What::Arrival {
            segment: Some(seg),
            damaged: None,
            text,
            ..
        } = &event.what
        else {
            return false;
        };
        let start = seg.text_seq();
        let from = start.later(begin);
        let to = (start + seg.payload_len).earlier(begin + len);
        if !ours(seg) || !from.before(to) {
            return false;
        }
        let part = from.since(start) as usize..to.since(start) as usize;
        let octets = trace.octets(*text).get(part).unwrap_or_default();
        let offset = from.since(tcb.rcv.irs + 1);
        first_difference(Direction::ToStack, ports, offset, octets).is_some()
    })
}
