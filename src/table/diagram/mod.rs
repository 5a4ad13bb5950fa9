//! The state diagram: the transitions between the states as edges, labelled as RFC 9293 figure 5
//! has them, by the event and by what is sent.
//!
//! It is read off what the tables are made of: the model's permitted branches, or what a stack
//! did. An event that goes by several segments is told by the shortest.

mod dot;
mod layout;
mod svg;

pub use dot::dot;
pub use svg::{svg, svg_taken};

use super::events::{CALLS, Event, KINDS, Place, Timeout, flags};
use super::explore::{Did, Explored, Said};
use super::permitted::Branch;
use super::rows::Maker;
use super::sent::Sent;
use crate::model::State;
use crate::oracle::Instead;

/// A state diagram.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagram {
    /// Whose it is.
    pub title: String,
    /// Every pair of states with a transition between them, in the order of the RFC.
    pub edges: Vec<Edge>,
}

/// The transitions from one state to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge {
    /// From this state.
    pub from: State,
    /// To that.
    pub to: State,
    /// By these events, in the order of RFC 9293 section 3.10.
    pub labels: Vec<Label>,
}

/// One event that leads from one state to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The event.
    pub event: String,
    /// What is sent; in parentheses when it may be left out.
    pub sent: String,
    /// The ways into the state for which it holds; empty when it holds for all.
    pub ways: Vec<&'static str>,
    /// Only a deviation leads there.
    pub deviates: bool,
}

/// What an event may come to: the next state, what is sent, whether it deviates.
type Leads = (State, Vec<Instead>, bool);

/// One cell that leads to another state.
struct Transition {
    to: State,
    event: String,
    kind: usize,
    sent: Vec<Instead>,
    way: usize,
    deviates: bool,
}

impl Maker<'_> {
    /// The diagram of what the model permits, from these states.
    pub fn permitted_diagram(&mut self, states: &[State]) -> Diagram {
        self.with_errors_open(|maker| {
            maker.diagram(states, "RFC 9293", |explored, all| {
                for branch in &explored.permitted {
                    all.push((branch.next, required(branch), false));
                }
            })
        })
    }

    /// The diagram of what the stack of this name did, from these states.
    pub fn done_diagram(&mut self, states: &[State], name: &str) -> Diagram {
        self.diagram(states, name, |explored, all| {
            let did = &explored.did;
            if let [next] = did.next.as_slice() {
                let next = did.status.unwrap_or(*next);
                let sent = did.sent.iter().map(|sent| sent.kind).collect();
                all.push((next, sent, deviates(did)));
            }
        })
    }

    fn diagram(
        &mut self,
        states: &[State],
        title: &str,
        outcomes: fn(&Explored, &mut Vec<Leads>),
    ) -> Diagram {
        let mut edges = Vec::new();
        for state in states {
            let place = Place::of(*state);
            let (explored, missed) = self.explored(place);
            let mut transitions = Vec::new();
            // Segments with options go the ways of those without.
            let without = |event: &Event| !matches!(event, Event::Options(_));
            for ((way, event), explored) in explored.iter().filter(|((_, of), _)| without(of)) {
                let mut found = Vec::new();
                outcomes(explored, &mut found);
                let leaving = found.into_iter().filter(|(to, ..)| to != state);
                transitions.extend(leaving.map(|(to, sent, deviates)| Transition {
                    to,
                    event: trigger(place, *event),
                    kind: kind(*event),
                    sent: told(*event, sent),
                    way: *way,
                    deviates,
                }));
            }
            edges.extend(edges_from(
                place,
                &transitions,
                place.ways.len() - missed.len(),
            ));
        }
        Diagram {
            title: title.to_owned(),
            edges,
        }
    }
}

/// What a branch cannot do without sending, and the FIN, which may have to wait.
fn required(branch: &Branch) -> Vec<Instead> {
    let fin = [Sent::plain(Instead::Fin)];
    let told = branch.sent.iter();
    let told = told.filter(|answer| answer.required || answer.forms == fin);
    told.filter_map(|answer| answer.forms.first().map(|form| form.kind))
        .collect()
}

fn deviates(did: &Did) -> bool {
    match did.verdict {
        Said::Conforms | Said::Misses | Said::NotWaitedFor => false,
        Said::Known(_) | Said::Deviates | Said::Inconclusive(_) | Said::Broken(_) => true,
    }
}

/// What went out before a user timeout is no part of it.
fn told(event: Event, sent: Vec<Instead>) -> Vec<Instead> {
    match event {
        Event::Timeout(Timeout::User) => sent
            .into_iter()
            .filter(|kind| *kind == Instead::Rst)
            .collect(),
        Event::Segment(..)
        | Event::Options(_)
        | Event::Error(_)
        | Event::Call(_)
        | Event::Timeout(_) => sent,
    }
}

/// By which the shortest of several segments is known: kinds stand in the order of the checks.
fn kind(event: Event) -> usize {
    match event {
        Event::Segment(kind, ..) => kind,
        Event::Options(_) | Event::Error(_) | Event::Call(_) | Event::Timeout(_) => KINDS.len(),
    }
}

/// The name of an event in a diagram.
fn trigger(place: &Place, event: Event) -> String {
    match event {
        Event::Segment(kind, seq, ack) => segment_trigger(place, kind, seq, ack),
        Event::Call(call) => match CALLS[call].1 {
            "A: listen" => "passive OPEN".to_owned(),
            "A: connect" => "active OPEN".to_owned(),
            "A: send 10" => "SEND".to_owned(),
            "A: recv" => "RECEIVE".to_owned(),
            other => other.trim_start_matches("A: ").to_uppercase(),
        },
        Event::Options(_) | Event::Error(_) => "ICMP".to_owned(),
        Event::Timeout(timeout) => timeout.name().to_owned(),
    }
}

fn segment_trigger(place: &Place, kind: usize, seq: usize, ack: usize) -> String {
    let flags = flags(kind);
    let next = place.seqs[seq].starts_with("RCV.NXT") && !place.seqs[seq].contains(['+', 'L']);
    let all = place.acks.get(ack) == Some(&"SND.NXT");
    let acknowledged = match place.state {
        State::SynReceived => Some("SYN"),
        State::FinWait1 | State::Closing | State::LastAck => Some("FIN"),
        State::Closed
        | State::Listen
        | State::SynSent
        | State::Established
        | State::FinWait2
        | State::CloseWait
        | State::TimeWait => None,
    };
    let acknowledgment = acknowledged
        .filter(|_| all)
        .map(|of| format!("ACK of {of}"));
    if flags.rst() {
        return "RST".to_owned();
    }
    if flags.syn() {
        // Elsewhere the two come to the same.
        let crossing = place.state == State::SynReceived && place.seqs[seq] == "RCV.NXT-LEN";
        let answers = flags.ack() && (place.state == State::SynSent || crossing);
        return if answers { "SYN,ACK" } else { "SYN" }.to_owned();
    }
    if flags.fin() && next && !has_peer_closed(place.state) {
        return match acknowledgment.filter(|_| place.state == State::FinWait1) {
            Some(acknowledgment) => format!("FIN, {acknowledgment}"),
            None => "FIN".to_owned(),
        };
    }
    acknowledgment.unwrap_or_else(|| "ACK".to_owned())
}

/// Whether the peer's FIN was received before.
fn has_peer_closed(state: State) -> bool {
    matches!(
        state,
        State::CloseWait | State::Closing | State::LastAck | State::TimeWait
    )
}

/// The edges that leave a state, to which so many ways lead.
fn edges_from(place: &Place, transitions: &[Transition], ways: usize) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    for to in State::ALL {
        let mut labels: Vec<Label> = Vec::new();
        let there = || transitions.iter().filter(|transition| transition.to == to);
        for transition in there() {
            if labels.iter().any(|label| label.event == transition.event) {
                continue;
            }
            let alike = || there().filter(|other| other.event == transition.event);
            labels.push(label(place, alike().collect(), ways));
        }
        if !labels.is_empty() {
            edges.push(Edge {
                from: place.state,
                to,
                labels,
            });
        }
    }
    edges
}

/// One label for all that leads from one state to another by the same event.
fn label(place: &Place, alike: Vec<&Transition>, ways: usize) -> Label {
    let deviates = alike.iter().all(|transition| transition.deviates);
    let first = alike
        .iter()
        .filter(|transition| transition.deviates == deviates)
        .map(|transition| transition.kind)
        .min();
    let shown: Vec<&&Transition> = alike
        .iter()
        .filter(|transition| Some(transition.kind) == first && transition.deviates == deviates)
        .collect();
    let sends: Vec<String> = shown
        .iter()
        .map(|transition| {
            let kinds: Vec<String> = transition.sent.iter().map(Instead::to_string).collect();
            kinds.join(", ")
        })
        .collect();
    let something = sends.iter().find(|sent| !sent.is_empty());
    let sent = match something {
        None => String::new(),
        Some(sent) if sends.iter().all(|other| other == sent) => sent.clone(),
        Some(sent) => format!("({sent})"),
    };
    let mut taken: Vec<usize> = alike.iter().map(|transition| transition.way).collect();
    taken.sort_unstable();
    taken.dedup();
    let all = taken.len() >= ways;
    Label {
        event: shown
            .first()
            .map_or(String::new(), |transition| transition.event.clone()),
        sent,
        ways: if all {
            Vec::new()
        } else {
            taken.into_iter().map(|way| place.ways[way].0).collect()
        },
        deviates,
    }
}

impl Label {
    /// The label as figure 5 has it: the event, and after a stroke what is sent.
    pub(super) fn text(&self) -> String {
        let mut text = self.event.clone();
        if !self.ways.is_empty() {
            text = format!("{text} [{}]", self.ways.join(", "));
        }
        if !self.sent.is_empty() {
            text = format!("{text} / {}", self.sent);
        }
        text
    }
}
