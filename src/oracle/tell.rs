//! A deviation, told: what was allowed, what came instead, where the connection stood.

use super::also::{self, Place};
use super::verdict::{Allowed, Deviation, Instead, Shape};
use super::worlds::Worlds;
use crate::model::tcb::{Forms, Miss, Tcb};
use crate::model::{Context, Fault, State};
use crate::spec::{Req, req};
use crate::time::Instant;
use crate::trace::{Call, Event, Trace, What};
use crate::wire::{Segment, SeqNumber};

/// Tells a deviation.
pub(super) fn deviation(
    trace: &Trace,
    ctx: &Context<'_>,
    worlds: &Worlds,
    fault: &Fault,
    tcb: &Tcb,
    kin: Option<&Tcb>,
    shape: Shape,
) -> Deviation {
    let index = ctx.index as usize;
    let mut states: Vec<State> = worlds.now.iter().map(|tcb| tcb.state).collect();
    states.sort_unstable();
    states.dedup();
    let place = Place {
        trace,
        index,
        tcb,
        kin,
        state: shape.state,
        event: shape.event,
    };
    Deviation {
        shape,
        also: also::broken(shape.requirement, shape.instead, place),
        at: ctx.now,
        event: index,
        cause: match tcb.suspect {
            Some(error) if error.by == fault.requirement => Some(error.index as usize),
            Some(_) | None => cause(trace, index, fault),
        },
        allowed: allowed(fault, tcb),
        instead: instead(trace, index, fault, tcb),
        states,
    }
}

/// Tells a recommendation missed.
pub(super) fn missed(trace: &Trace, miss: &Miss, shape: Shape, tcb: &Tcb) -> Deviation {
    let index = (miss.index as usize).min(trace.events.len().saturating_sub(1));
    let at = trace
        .events
        .get(index)
        .map_or(Instant::START, |event| event.at);
    let silence = miss.instead == Instead::Silence;
    let place = Place {
        trace,
        index,
        tcb,
        kin: None,
        state: miss.state,
        event: miss.event,
    };
    Deviation {
        shape,
        also: also::broken(shape.requirement, shape.instead, place),
        at,
        event: index,
        cause: last_input(trace, index),
        allowed: vec![Allowed {
            requirement: miss.requirement,
            what: miss.requirement.expected().to_owned(),
        }],
        instead: match trace.events.get(index) {
            Some(event) if !silence && shows(event) => describe(event, tcb),
            Some(_) | None => miss.requirement.violation().to_owned(),
        },
        states: vec![miss.state],
    }
}

/// Whether an event shows what the stack did.
fn shows(event: &Event) -> bool {
    match event.what {
        What::Emission { .. } | What::Call { .. } | What::Broken(_) => true,
        What::Arrival { .. } | What::Icmp { .. } | What::Quiet => false,
    }
}

/// The input that the fault is about: the last one before it, unless a deadline has passed.
fn cause(trace: &Trace, index: usize, fault: &Fault) -> Option<usize> {
    match trace.events.get(index).map(|event| &event.what) {
        Some(What::Call { .. }) if fault.instead != Instead::Silence => Some(index),
        _ => last_input(trace, index),
    }
}

fn last_input(trace: &Trace, index: usize) -> Option<usize> {
    trace.events[..index]
        .iter()
        .rposition(|event| event.what.is_input())
}

/// What was allowed: what the fault names first, then what else was owed or permitted.
fn allowed(fault: &Fault, tcb: &Tcb) -> Vec<Allowed> {
    let mut allowed = vec![Allowed {
        requirement: fault.requirement,
        what: fault.expected.to_owned(),
    }];
    let mut also = |requirement: Req, what: String| {
        if allowed.iter().all(|a| a.what != what) {
            allowed.push(Allowed { requirement, what });
        }
    };
    if let Some(reply) = tcb.due.reply {
        if reply.forms.allow(Forms::ACK) {
            also(
                reply.by,
                format!(
                    "<SEQ={}><ACK={}><CTL=ACK>",
                    ours(tcb, tcb.snd.nxt),
                    theirs(tcb, tcb.rcv.nxt)
                ),
            );
        }
        if reply.forms.allow(Forms::RST) {
            also(
                reply.by,
                match reply.rst_ack {
                    Some(ack) => format!(
                        "<SEQ={}><ACK={}><CTL=RST,ACK>",
                        ours(tcb, reply.rst_seq),
                        theirs(tcb, ack)
                    ),
                    None => format!("<SEQ={}><CTL=RST>", ours(tcb, reply.rst_seq)),
                },
            );
        }
        if reply.forms.allow(Forms::SYN_ACK) {
            also(reply.by, "the SYN,ACK again".to_owned());
        }
        if !reply.required {
            also(reply.by, "nothing".to_owned());
        }
    }
    if tcb.due.ack != Instant::NEVER {
        also(
            req::RFC9293_MUST_40,
            format!("ACK={} before {}", theirs(tcb, tcb.rcv.nxt), tcb.due.ack),
        );
    }
    allowed
}

/// A number of the stack's sequence space, relative to ISS.
fn ours(tcb: &Tcb, number: SeqNumber) -> String {
    match tcb.snd.iss {
        Some(iss) if number.0 != 0 => format!("ISS+{}", number.since(iss)),
        Some(_) | None => number.to_string(),
    }
}

/// A number of the peer's sequence space, relative to IRS.
fn theirs(tcb: &Tcb, number: SeqNumber) -> String {
    match tcb.state {
        State::Closed | State::Listen | State::SynSent => number.to_string(),
        State::SynReceived
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait => format!("IRS+{}", number.since(tcb.rcv.irs)),
    }
}

/// What came instead, in words.
fn instead(trace: &Trace, index: usize, fault: &Fault, tcb: &Tcb) -> String {
    let Some(event) = trace.events.get(index) else {
        return "nothing".to_owned();
    };
    if fault.instead == Instead::Silence {
        return format!("nothing until {}", event.at);
    }
    describe(event, tcb)
}

fn describe(event: &Event, tcb: &Tcb) -> String {
    match &event.what {
        What::Emission {
            segment: Some(seg), ..
        } => segment(seg, tcb),
        What::Emission { damaged, .. } => {
            format!(
                "a packet that cannot be read: {}",
                damaged.unwrap_or("no TCP segment")
            )
        }
        What::Call { call, outcome, .. } => format!("{} gave {outcome:?}", name(call)),
        What::Arrival { .. } | What::Icmp { .. } | What::Quiet => "nothing".to_owned(),
        What::Broken(why) => why.clone(),
    }
}

fn segment(seg: &Segment, tcb: &Tcb) -> String {
    let mut told = format!("<SEQ={}>", ours(tcb, seg.seq));
    if seg.flags.ack() {
        told += &format!("<ACK={}>", theirs(tcb, seg.ack));
    }
    told += &format!("<CTL={}><WND={}>", seg.flags, seg.window);
    if seg.payload_len > 0 {
        told += &format!(" with {} octets", seg.payload_len);
    }
    if let Some((value, echo)) = seg.options.timestamps {
        told += &format!(" TSval={value} TSecr={echo}");
    }
    told
}

fn name(call: &Call) -> String {
    match call {
        Call::Listen { .. } => "passive OPEN".to_owned(),
        Call::Connect { .. } => "active OPEN".to_owned(),
        Call::Send(n) | Call::SendFlagged(n, _) => format!("SEND of {n} octets"),
        Call::Receive(n) => format!("RECEIVE of up to {n} octets"),
        Call::Close => "CLOSE".to_owned(),
        Call::Abort => "ABORT".to_owned(),
        Call::Status => "STATUS".to_owned(),
        Call::Ask(query) => format!("the question: {}", query.name()),
        Call::Set(setting) => format!("the setting: {setting}"),
    }
}
