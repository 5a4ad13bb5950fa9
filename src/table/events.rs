//! What is tried in each state: the ways that lead there, and the events that it meets, in the
//! order in which RFC 9293 section 3.10 treats them.
//!
//! All of it is notation. A segment is one of [`KINDS`] at one of the places of SEG.SEQ and one
//! of the places of SEG.ACK that mean something in the state; calls and timeouts stand alone.

use crate::model::State;
use crate::scenario::Scenario;
use crate::wire::Flags;

/// What is asked of the stack in every scenario: what it sends, it sends at once.
const STACK: &str = "stack ackdelay=0s";

/// Flags, and what else is unusual, of the segments that are tried, in the order of the checks.
pub(super) const KINDS: [(&str, &str); 13] = [
    ("RST", ""),
    ("RST,ACK", ""),
    ("SYN,FIN,RST,PSH,ACK,URG", ""),
    ("SYN", ""),
    ("SYN,FIN", ""),
    ("SYN,ACK", ""),
    ("none", ""),
    ("PSH", "len 10"),
    ("FIN", ""),
    ("ACK", ""),
    ("PSH,ACK", "len 10"),
    ("FIN,ACK", ""),
    ("FIN,PSH,ACK", "len 10"),
];

/// Segments that are told by their options, each with the states in which it is tried. The stack
/// offers timestamps, and so does the peer, whose clock is no more at 0 when it begins.
pub(super) const OPTIONS: [(Met, &str); 6] = [
    (Met::Listen, "< SYN <>"),
    (Met::Listen, "< SYN <mss 1460, wscale 7, sackok, ts 0 0>"),
    (Met::Synchronized, "< PSH,ACK len 10 <ts 0 0>"),
    (Met::Synchronized, "< PSH,ACK len 10 <ts -1000 0>"),
    (Met::Synchronized, "< PSH,ACK len 10 <>"),
    (Met::Synchronized, "< RST seq RCV.NXT <ts -1000 0>"),
];

/// In which states a segment of [`OPTIONS`] is tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Met {
    /// In LISTEN.
    Listen,
    /// In every state after the handshake.
    Synchronized,
}

/// ICMP errors that are tried: a hard one and a soft one, about SND.UNA.
pub(super) const ERRORS: [&str; 2] = ["< icmp port-unreachable", "< icmp host-unreachable"];

/// Calls that are tried, each after what has to be done before it.
pub(super) const CALLS: [(&str, &str); 8] = [
    ("", "A: listen"),
    ("", "A: connect"),
    ("", "A: send 10"),
    ("", "A: recv"),
    ("A: recv", "A: recv"),
    ("", "A: close"),
    ("", "A: abort"),
    ("", "A: status"),
];

/// One state, and what is tried in it.
pub(super) struct Place {
    /// The state.
    pub state: State,
    /// The ways that lead there: a name, and steps.
    pub ways: &'static [(&'static str, &'static str)],
    /// Where SEG.SEQ may lie.
    pub seqs: &'static [&'static str],
    /// Where SEG.ACK may lie.
    pub acks: &'static [&'static str],
    /// The timeouts.
    pub timeouts: &'static [Timeout],
}

/// A timeout of RFC 9293 section 3.10.8, or a timer of section 3.8.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Timeout {
    /// USER TIMEOUT.
    User,
    /// RETRANSMISSION TIMEOUT.
    Retransmission,
    /// TIME-WAIT TIMEOUT.
    TimeWait,
    /// Keep-alives are on, and nothing has arrived for their interval (section 3.8.4).
    KeepAlive,
    /// Something waits behind a closed window (section 3.8.6.1).
    Probe,
}

impl Timeout {
    /// What the standard calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Timeout::User => "USER TIMEOUT",
            Timeout::Retransmission => "RETRANSMISSION TIMEOUT",
            Timeout::TimeWait => "TIME-WAIT TIMEOUT",
            Timeout::KeepAlive => "KEEP-ALIVE",
            Timeout::Probe => "ZERO-WINDOW PROBE",
        }
    }

    /// The step by which it comes about.
    pub(super) fn step(self) -> &'static str {
        match self {
            Timeout::User | Timeout::Probe => "wait 2min",
            Timeout::Retransmission => "wait 4s",
            Timeout::TimeWait => "wait 10min",
            Timeout::KeepAlive => "wait 3s",
        }
    }

    /// What has to be done in a state so that the timer runs.
    fn before(self, state: State) -> &'static str {
        let sends = state.synchronized() && !state.user_closed();
        match self {
            Timeout::User | Timeout::Retransmission | Timeout::TimeWait => "",
            Timeout::KeepAlive if sends => "peer ack",
            Timeout::KeepAlive => "",
            Timeout::Probe if sends => "peer window 0; A: send 10",
            Timeout::Probe => "< ACK ack SND.UNA win 0",
        }
    }

    /// What is asked of the stack besides.
    fn stack(self) -> &'static str {
        match self {
            Timeout::User => " usertimeout=30s",
            Timeout::KeepAlive => " keepalive=2s",
            Timeout::Retransmission | Timeout::TimeWait | Timeout::Probe => "",
        }
    }
}

/// One event, ready to be tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Event {
    /// The segment of this kind, at these places of SEG.SEQ and SEG.ACK: all three are indices.
    /// Without ACK the last is the number of places.
    Segment(usize, usize, usize),
    /// The segment of [`OPTIONS`] of this index.
    Options(usize),
    /// The ICMP error of this index.
    Error(usize),
    /// The call of this index.
    Call(usize),
    /// A timeout.
    Timeout(Timeout),
}

/// Before the numbers of the other side are known, or where they do not matter.
const ANY_SEQ: &[&str] = &["NEXT"];
const ANY_ACK: &[&str] = &["SND.NXT"];

/// Around both edges of the window. `LEN` is SEG.LEN, at least 1; what ends in `-5` is tried with
/// text alone, of which five octets then lie on either side of the edge.
const EDGES: &[&str] = &[
    "RCV.NXT-LEN",
    "RCV.NXT-5",
    "RCV.NXT",
    "RCV.NXT+1",
    "RCV.EDGE-LEN",
    "RCV.EDGE-5",
    "RCV.EDGE",
    "RCV.EDGE+1",
];

/// Around what waits for an acknowledgment: more than one number, one number, none.
const MANY_SENT: &[&str] = &[
    "SND.OLD-1",
    "SND.UNA-1",
    "SND.UNA",
    "SND.UNA+1",
    "SND.NXT",
    "SND.NXT+1",
];
const ONE_SENT: &[&str] = &["SND.OLD-1", "SND.UNA-1", "SND.UNA", "SND.NXT", "SND.NXT+1"];
const NONE_SENT: &[&str] = &["SND.OLD-1", "SND.UNA-1", "SND.NXT", "SND.NXT+1"];

const OPENING: &[Timeout] = &[Timeout::User, Timeout::Retransmission];
const SENDING: &[Timeout] = &[
    Timeout::User,
    Timeout::Retransmission,
    Timeout::KeepAlive,
    Timeout::Probe,
];
const CLOSING: &[Timeout] = &[Timeout::User, Timeout::Retransmission, Timeout::Probe];

/// The eleven states, in the order of the RFC.
#[rustfmt::skip]
pub(super) const PLACES: [Place; 11] = [
    Place {
        state: State::Closed,
        ways: &[("never opened", ""), ("aborted", "A: listen; peer handshake; A: abort")],
        seqs: ANY_SEQ, acks: ANY_ACK, timeouts: &[],
    },
    Place {
        state: State::Listen,
        ways: &[("passive", "A: listen"), ("for one peer", "A: listen from 0")],
        seqs: ANY_SEQ, acks: ANY_ACK, timeouts: &[],
    },
    Place {
        state: State::SynSent,
        ways: &[("active", "A: connect")],
        seqs: &["0", "IRS"], acks: &["SND.UNA", "SND.NXT", "SND.NXT+1"], timeouts: OPENING,
    },
    Place {
        state: State::SynReceived,
        ways: &[("passive", "A: listen; < SYN"), ("active", "A: connect; < SYN")],
        seqs: EDGES, acks: ONE_SENT, timeouts: OPENING,
    },
    Place {
        state: State::Established,
        ways: &[
            ("passive", "A: listen; peer handshake; peer data 10; A: send 100"),
            ("active", "A: connect; peer handshake; peer data 10; A: send 100"),
        ],
        seqs: EDGES, acks: MANY_SENT, timeouts: SENDING,
    },
    Place {
        state: State::FinWait1,
        ways: &[
            ("passive", "A: listen; peer handshake; peer data 10; A: close"),
            ("active", "A: connect; peer handshake; peer data 10; A: close"),
        ],
        seqs: EDGES, acks: ONE_SENT, timeouts: CLOSING,
    },
    Place {
        state: State::FinWait2,
        ways: &[
            ("passive", "A: listen; peer handshake; peer data 10; A: close; peer ack"),
            ("active", "A: connect; peer handshake; peer data 10; A: close; peer ack"),
        ],
        seqs: EDGES, acks: NONE_SENT, timeouts: &[Timeout::User, Timeout::KeepAlive],
    },
    Place {
        state: State::CloseWait,
        ways: &[
            ("passive", "A: listen; peer handshake; peer data 10; peer fin; A: send 100"),
            ("active", "A: connect; peer handshake; peer data 10; peer fin; A: send 100"),
        ],
        seqs: EDGES, acks: MANY_SENT, timeouts: SENDING,
    },
    Place {
        state: State::Closing,
        ways: &[
            ("passive", "A: listen; peer handshake; peer data 10; A: close; < FIN,ACK ack SND.UNA"),
            ("active", "A: connect; peer handshake; peer data 10; A: close; < FIN,ACK ack SND.UNA"),
        ],
        seqs: EDGES, acks: ONE_SENT, timeouts: CLOSING,
    },
    Place {
        state: State::LastAck,
        ways: &[
            ("passive", "A: listen; peer handshake; peer data 10; peer fin; A: close"),
            ("active", "A: connect; peer handshake; peer data 10; peer fin; A: close"),
        ],
        seqs: EDGES, acks: ONE_SENT, timeouts: CLOSING,
    },
    Place {
        state: State::TimeWait,
        ways: &[
            ("passive", "A: listen; peer handshake; peer data 10; A: close; peer ack; peer fin"),
            ("active", "A: connect; peer handshake; peer data 10; A: close; peer ack; peer fin"),
        ],
        seqs: EDGES, acks: NONE_SENT, timeouts: &[Timeout::User, Timeout::TimeWait],
    },
];

impl Place {
    /// What is tried in a state.
    pub(super) fn of(state: State) -> &'static Place {
        &PLACES[state as usize]
    }

    /// Every event: segments in the order of the checks, ICMP errors, calls, timeouts.
    pub(super) fn events(&self) -> impl Iterator<Item = Event> + '_ {
        let segments = (0..KINDS.len()).flat_map(move |kind| {
            let seqs = (0..self.seqs.len()).filter(move |seq| self.has_place(kind, *seq));
            seqs.flat_map(move |seq| {
                let acks = match flags(kind).ack() {
                    true => 0..self.acks.len(),
                    false => self.acks.len()..self.acks.len() + 1,
                };
                acks.map(move |ack| Event::Segment(kind, seq, ack))
            })
        });
        // What was read already is read again only where there was something to read.
        let again = |call: &usize| !CALLS[*call].0.is_empty();
        let reads = self.state.synchronized();
        let calls = (0..CALLS.len()).filter(move |call| reads || !again(call));
        let calls = calls.map(Event::Call);
        let options = (0..OPTIONS.len()).filter(|option| self.meets(*option));
        let options = options.map(Event::Options);
        let errors = (0..ERRORS.len()).map(Event::Error);
        let timeouts = self.timeouts.iter().copied().map(Event::Timeout);
        let arrivals = segments.chain(options).chain(errors);
        arrivals.chain(calls).chain(timeouts)
    }

    /// Whether a segment of [`OPTIONS`] is tried.
    fn meets(&self, option: usize) -> bool {
        match OPTIONS[option].0 {
            Met::Listen => self.state == State::Listen,
            Met::Synchronized => self.state.synchronized(),
        }
    }

    /// Whether a kind of segment is tried at a place of SEG.SEQ.
    fn has_place(&self, kind: usize, seq: usize) -> bool {
        has_text(kind) || !self.seqs[seq].ends_with("-5")
    }

    /// The steps of an event, in notation, and what has to be done before it.
    pub(super) fn steps(&self, event: Event) -> (&'static str, String) {
        match event {
            Event::Segment(kind, seq, ack) => {
                let (flags, rest) = KINDS[kind];
                let acknowledgment = match self.acks.get(ack) {
                    Some(ack) => format!(" ack {ack}"),
                    None => String::new(),
                };
                let seq = self.seqs[seq].replace("LEN", &length(kind).to_string());
                let step = format!("< {flags} seq {seq}{acknowledgment} {rest}");
                ("", step.trim_end().to_owned())
            }
            Event::Call(call) => (CALLS[call].0, CALLS[call].1.to_owned()),
            Event::Options(option) => ("", OPTIONS[option].1.to_owned()),
            Event::Error(error) => ("", ERRORS[error].to_owned()),
            Event::Timeout(timeout) => (timeout.before(self.state), timeout.step().to_owned()),
        }
    }

    /// The scenario that leads to the state, and to where the event may happen.
    pub(super) fn prologue(&self, way: usize, event: Event) -> Scenario {
        let settings = match event {
            Event::Timeout(timeout) => timeout.stack(),
            Event::Options(_) => " ts",
            Event::Segment(..) | Event::Error(_) | Event::Call(_) => "",
        };
        let earlier = match event {
            Event::Options(_) => "wait 10ms",
            Event::Segment(..) | Event::Error(_) | Event::Call(_) | Event::Timeout(_) => "",
        };
        let (_, steps) = self.ways[way];
        let (before, _) = self.steps(event);
        scenario(settings, &[earlier, steps, before])
    }

    /// The whole scenario: prologue and event.
    pub(super) fn scenario(&self, way: usize, event: Event) -> Scenario {
        let mut scenario = self.prologue(way, event);
        let (_, step) = self.steps(event);
        scenario.steps.extend(self::scenario("", &[&step]).steps);
        scenario
    }
}

/// The flags of a kind of segment.
pub(super) fn flags(kind: usize) -> Flags {
    KINDS[kind].0.parse().unwrap_or_default()
}

/// Whether a kind of segment has text.
pub(super) fn has_text(kind: usize) -> bool {
    !KINDS[kind].1.is_empty()
}

/// SEG.LEN of a kind of segment, at least 1.
fn length(kind: usize) -> u32 {
    let text = if has_text(kind) { 10 } else { 0 };
    let flags = flags(kind);
    (text + u32::from(flags.syn()) + u32::from(flags.fin())).max(1)
}

/// A scenario of steps parted by semicolons. All of them stand in this file, and a test reads
/// them.
fn scenario(settings: &str, steps: &[&str]) -> Scenario {
    let mut text = format!("{STACK}{settings}\n");
    for step in steps.iter().flat_map(|steps| steps.split("; ")) {
        text.push_str(step);
        text.push('\n');
    }
    text.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_one() {
        for (n, place) in PLACES.iter().enumerate() {
            assert_eq!(place.state as usize, n);
            for way in 0..place.ways.len() {
                for event in place.events() {
                    let prologue = place.prologue(way, event);
                    let whole = place.scenario(way, event);
                    assert_eq!(whole.steps.len(), prologue.steps.len() + 1, "{event:?}");
                    assert_eq!(whole.config.ack_delay.0, 0, "{event:?}");
                    let bare = place.ways[way].1.is_empty();
                    assert!(bare || !prologue.steps.is_empty(), "{event:?}");
                }
            }
        }
    }

    #[test]
    fn flags_are_read_as_they_are_written() {
        for (kind, (name, _)) in KINDS.iter().enumerate() {
            assert_eq!(flags(kind).to_string(), *name);
        }
    }
}
