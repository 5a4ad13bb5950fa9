//! Finds out what one event leads to in one state: what the model permits there, and what a
//! stack did.
//!
//! A scenario leads to the state; the oracle says from the trace alone which model states explain
//! it. The event is tried on the model from those, and on the stack in a scenario that goes on
//! with it. Where the connection stands afterwards the oracle says again; STATUS, asked last,
//! narrows that down and must not contradict it.

use super::events::{Event, Place};
use super::permitted::{Branch, branches, same_outcome, tellable};
use super::sent::{Sent, sent};
use crate::harness::Judge;
use crate::model::{Context, State, Tcb};
use crate::oracle::{Instead, Judgment, KnownDeviations, Oracle, Verdict};
use crate::scenario::{CallStep, Scenario, Step, Wait};
use crate::spec::Req;
use crate::stack::{HardErrors, Outcome, Profile, Socket};
use crate::time::{Instant, Micros};
use crate::trace::{Call, Event as Traced, Trace, What};

/// All scenarios are about this socket.
const SOCKET: Socket = Socket(0);

/// By then everything that is due has been sent, retransmissions apart.
const PATIENCE: Micros = Micros::secs(1);

/// A run that grants more than this to every instant is made anew, so often.
const PUNCTUAL: Micros = Micros::millis(100);
const LATE_RUNS: u32 = 4;

/// Why a way is not taken when a call on it is not offered, which says nothing of TCP.
pub const NOT_OFFERED: &str = "the interface does not offer it";

/// What a stack did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Did {
    /// What the call gave back, if it was a call.
    pub outcome: Option<Outcome>,
    /// In which state the connection is then: what the trace tells, narrowed by STATUS. Several
    /// when neither tells.
    pub next: Vec<State>,
    /// What STATUS says, where it contradicts the trace or is all there is.
    pub status: Option<State>,
    /// What was sent, in order; on a timeout each form once.
    pub sent: Vec<Sent>,
    /// What the oracle says of it.
    pub verdict: Said,
    /// The requirement that it rests on, or that it does not meet.
    pub by: Option<Req>,
}

/// What the oracle says of an event's outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// It is permitted.
    Conforms,
    /// It is permitted, but not what is recommended.
    Misses,
    /// It is known to deviate: the entries, by their number in the file, from 1, and their names.
    Known(Vec<(u16, String)>),
    /// It is not permitted.
    Deviates,
    /// Nothing can be said of it, and why.
    Inconclusive(String),
    /// The stack broke, and how.
    Broken(String),
    /// It would have had to wait for longer than there is patience for, in real time.
    NotWaitedFor,
}

/// One event in one state.
pub(super) struct Explored {
    /// What the model permits to this stack, as it is configured.
    pub permitted: Vec<Branch>,
    /// What the stack did.
    pub did: Did,
}

/// Leads one stack to where it is to be seen.
pub(super) struct Explorer<'a> {
    judge: &'a mut dyn Judge,
    oracle: Oracle,
    /// What the stack declares of hard ICMP errors is left out of account.
    pub(super) errors_open: bool,
    /// The last ways that were taken, and where they led.
    taken: Vec<(Scenario, Result<Reached, String>)>,
}

/// Where a prologue leads.
#[derive(Clone)]
struct Reached {
    states: Vec<Tcb>,
    known: Vec<u16>,
}

impl<'a> Explorer<'a> {
    pub(super) fn new(judge: &'a mut dyn Judge, known: KnownDeviations) -> Explorer<'a> {
        Explorer {
            judge,
            oracle: Oracle::new(known),
            errors_open: false,
            taken: Vec::new(),
        }
    }

    /// Runs a scenario.
    fn run(&mut self, scenario: &Scenario) -> Trace {
        self.judge.judge(scenario);
        self.judge.trace().clone()
    }

    /// Runs a scenario, and anew where time is real and the machine was late: what may be said of
    /// instants then is less.
    fn run_punctually(&mut self, scenario: &Scenario) -> Trace {
        let mut trace = self.run(scenario);
        for _ in 0..LATE_RUNS {
            if trace.profile.slack <= PUNCTUAL {
                break;
            }
            trace = self.run(scenario);
        }
        trace
    }

    /// Where a way into a state leads; the error says how the state is missed.
    fn reached(&mut self, place: &Place, prologue: &Scenario) -> Result<Reached, String> {
        if let Some((_, reached)) = self.taken.iter().find(|(taken, _)| taken == prologue) {
            return reached.clone();
        }
        let reached = self.lead(place.state, prologue);
        self.taken.push((prologue.clone(), reached.clone()));
        reached
    }

    fn lead(&mut self, state: State, prologue: &Scenario) -> Result<Reached, String> {
        let asked = self.run(&then(prologue, &[status()]));
        let told = told(&asked);
        let trace = without_status(&asked);
        if offers_too_little(&trace) {
            return Err(NOT_OFFERED.to_owned());
        }
        let judgment = self.oracle.judge(&trace);
        match judgment.verdict {
            Verdict::Conforms => {}
            Verdict::Deviates(deviation) => {
                return Err(format!(
                    "the way there deviates: {}",
                    deviation.shape.requirement
                ));
            }
            Verdict::Inconclusive(why) => return Err(format!("nothing can be said: {why}")),
            Verdict::Broken(why) => return Err(format!("the stack broke: {why}")),
        }
        let states: Vec<Tcb> = self.oracle.explanations(SOCKET).copied().collect();
        if let Some(other) = states.iter().find(|tcb| tcb.state != state) {
            return Err(format!("the way there leads to {}", other.state));
        }
        if let Some(other) = told.filter(|told| *told != state) {
            return Err(format!("STATUS says {other} after the way there"));
        }
        Ok(Reached {
            states,
            known: judgment.known,
        })
    }

    /// Lets an event happen in a state that was reached on this way. The error says how the state
    /// is missed.
    pub(super) fn explore(
        &mut self,
        place: &Place,
        way: usize,
        event: Event,
    ) -> Result<Explored, String> {
        let prologue = place.prologue(way, event);
        let reached = self.reached(place, &prologue)?;
        let scenario = place.scenario(way, event);
        let step = prologue.steps.len() as u32;
        let mut seen = self.seen(&scenario, step);
        let mut awaited = Vec::new();
        if seen.quiet && !seen.owes.is_empty() {
            let patience = self.patience(&seen.trace.profile);
            let later = self.seen(&then(&scenario, &[Step::Wait(patience)]), step);
            if !later.cut_off {
                awaited = std::mem::replace(&mut seen, later).owes;
            }
        }
        let what = match event {
            Event::Timeout(_) => Some((&What::Quiet, seen.end)),
            Event::Segment(..) | Event::Options(_) | Event::Error(_) | Event::Call(_) => {
                seen.event(step)
            }
        };
        let Some((what, now)) = what else {
            return Err("the stack broke before the event".to_owned());
        };
        let mut profile = seen.trace.profile.clone();
        if self.errors_open {
            profile.hard_errors = HardErrors::Undeclared;
        }
        let ctx = Context::new(now, &profile, 0);
        let with_options = matches!(event, Event::Options(_));
        let permitted = match self.judge.trials() {
            1 => branches(&reached.states, what, with_options, &ctx),
            // No two runs have the same numbers.
            _ => {
                let states = self.states_before(&seen.trace, step, now);
                branches(&states, what, with_options, &ctx)
            }
        };
        let sent = sent(&seen.trace, step, event, &awaited);
        let did = self.did(&seen, &reached, step, sent, &permitted);
        Ok(Explored { permitted, did })
    }

    /// What explains a trace up to a step, which was at `now`.
    fn states_before(&mut self, trace: &Trace, step: u32, now: Instant) -> Vec<Tcb> {
        let mut before = trace.clone();
        before.events.retain(|event| event.step < step);
        before.events.push(Traced {
            at: now,
            step,
            what: What::Quiet,
        });
        self.oracle.judge(&before);
        self.oracle.explanations(SOCKET).copied().collect()
    }

    /// How long to wait for what is due. In real time no longer than the stack says it delays.
    fn patience(&self, profile: &Profile) -> Wait {
        let delay = profile.ack_delay + profile.slack.times(2);
        Wait::Span(match self.judge.trials() {
            1 => PATIENCE,
            _ => delay.min(PATIENCE),
        })
    }

    /// Runs a scenario, asks for the state, and judges without that question and with it.
    fn seen(&mut self, scenario: &Scenario, step: u32) -> Seen {
        let asked = self.run_punctually(&then(scenario, &[status()]));
        let cut_off = self.judge.was_cut_off();
        let told = told(&asked);
        let narrowed = self.oracle.judge(&asked);
        let trace = without_status(&asked);
        let judgment = self.oracle.judge(&trace);
        let end = trace.events.last().map_or(Instant::START, |event| event.at);
        let ctx = Context::new(end, &trace.profile, 0);
        let mut states = Vec::new();
        let mut owes = Vec::new();
        for tcb in self.oracle.explanations(SOCKET) {
            states.extend(tellable(tcb, &ctx));
            if tcb.due.ack != Instant::NEVER {
                owes.push(Instead::Ack);
            }
            // In real time an answer is due a little later than at once.
            if tcb.due.reply.is_some_and(|reply| reply.required) {
                owes.push(Instead::Ack);
            }
            if tcb.due.send != Instant::NEVER {
                owes.extend([Instead::Text, Instead::Fin]);
            }
        }
        states.sort_unstable();
        states.dedup();
        let quiet = !trace
            .events
            .iter()
            .any(|event| event.step >= step && matches!(event.what, What::Emission { .. }));
        Seen {
            contradicts: judgment.verdict == Verdict::Conforms
                && narrowed.verdict != Verdict::Conforms,
            trace,
            judgment,
            states,
            told,
            end,
            owes,
            quiet,
            cut_off,
        }
    }

    fn did(
        &self,
        seen: &Seen,
        reached: &Reached,
        step: u32,
        sent: Vec<Sent>,
        permitted: &[Branch],
    ) -> Did {
        let outcome = match seen.event(step) {
            Some((What::Call { outcome, .. }, _)) => Some(*outcome),
            _ => None,
        };
        let judged = &seen.judgment;
        let first = seen.first(step);
        let missed = judged.missed.iter().find(|missed| missed.event >= first);
        let entries = self.oracle.known().entries();
        let known: Vec<_> = (judged.known.iter())
            .filter(|entry| !reached.known.contains(entry))
            .filter_map(|entry| Some((entry + 1, entries.get(usize::from(*entry))?)))
            .collect();
        let explained = |next: State| {
            let branches = permitted.iter();
            let explain = branches.filter(|branch| branch.explains(outcome, next, &sent));
            // The one that would have had the least besides.
            let branch = explain.min_by_key(|branch| branch.sent.len());
            branch.map(|branch| branch.by)
        };
        let next = match seen.told {
            Some(told) if seen.states.contains(&told) => vec![told],
            Some(_) | None => seen.states.clone(),
        };
        let by = next.first().and_then(|next| explained(*next));
        let (verdict, by) = match &judged.verdict {
            Verdict::Conforms if seen.cut_off => (Said::NotWaitedFor, None),
            Verdict::Conforms if seen.contradicts => {
                (Said::Deviates, Some(crate::spec::req::RFC9293_3_10_6_P01))
            }
            Verdict::Conforms if !known.is_empty() => {
                let names = known.iter().map(|(n, entry)| (*n, entry.name.clone()));
                (Said::Known(names.collect()), Some(known[0].1.requirement.0))
            }
            Verdict::Conforms => match missed {
                Some(missed) => (Said::Misses, Some(missed.shape.requirement)),
                None => (Said::Conforms, by),
            },
            Verdict::Deviates(deviation) => (Said::Deviates, Some(deviation.shape.requirement)),
            Verdict::Inconclusive(why) => (Said::Inconclusive(why.clone()), None),
            Verdict::Broken(why) => (Said::Broken(why.clone()), None),
        };
        let conforms = judged.verdict == Verdict::Conforms && !seen.contradicts;
        let next = match verdict {
            Said::NotWaitedFor => Vec::new(),
            _ => next,
        };
        Did {
            outcome,
            next,
            status: seen.told.filter(|_| !conforms),
            sent,
            verdict,
            by,
        }
    }
}

/// What was seen of one event.
struct Seen {
    trace: Trace,
    judgment: Judgment,
    /// In which states the connection may be at the end, by the trace alone.
    states: Vec<State>,
    /// What STATUS says.
    told: Option<State>,
    /// STATUS says what the trace rules out.
    contradicts: bool,
    end: Instant,
    /// What is due.
    owes: Vec<Instead>,
    /// Nothing was sent.
    quiet: bool,
    /// The scenario ended before its last step.
    cut_off: bool,
}

impl Seen {
    /// The index of the first event of a step.
    fn first(&self, step: u32) -> usize {
        let events = &self.trace.events;
        let first = events.iter().position(|event| event.step >= step);
        first.unwrap_or(events.len())
    }

    /// What was done in a step, and when.
    fn event(&self, step: u32) -> Option<(&What, Instant)> {
        let event = self.trace.events.get(self.first(step))?;
        (event.step == step).then_some((&event.what, event.at))
    }
}

fn status() -> Step {
    Step::Call(SOCKET, CallStep::Status)
}

/// A scenario that goes on.
fn then(scenario: &Scenario, steps: &[Step]) -> Scenario {
    let mut longer = scenario.clone();
    longer.steps.extend_from_slice(steps);
    longer
}

/// Where the STATUS that was asked last stands in the trace.
fn last_status(trace: &Trace) -> Option<usize> {
    let is_status = |what: &What| {
        matches!(
            what,
            What::Call {
                call: Call::Status,
                ..
            }
        )
    };
    let last = trace
        .events
        .iter()
        .rposition(|event| is_status(&event.what))?;
    let steps = trace.events.last().map(|event| event.step);
    (steps == Some(trace.events[last].step)).then_some(last)
}

/// Whether a call was made that the stack does not offer.
fn offers_too_little(trace: &Trace) -> bool {
    let not_offered = |what: &What| {
        matches!(
            what,
            What::Call {
                outcome: Outcome::Unsupported,
                ..
            }
        )
    };
    trace.events.iter().any(|event| not_offered(&event.what))
}

/// What STATUS said in the end.
fn told(trace: &Trace) -> Option<State> {
    match trace.events[last_status(trace)?].what {
        What::Call {
            outcome: Outcome::Status(state),
            ..
        } => Some(state),
        _ => None,
    }
}

/// The trace as if STATUS had not been asked in the end.
fn without_status(trace: &Trace) -> Trace {
    let mut trace = trace.clone();
    if let Some(last) = last_status(&trace) {
        trace.events.remove(last);
    }
    trace
}

impl Did {
    /// Whether there was the patience to see it.
    pub(super) fn was_seen(&self) -> bool {
        self.verdict != Said::NotWaitedFor
    }

    /// Whether it is what another stack did. Why a call failed does not count, nor which
    /// requirement it rests on.
    pub(super) fn is_like(&self, other: &Did) -> bool {
        same_outcome(self.outcome, other.outcome)
            && self.next == other.next
            && self.status == other.status
            && self.sent == other.sent
            && (self.verdict == Said::Conforms) == (other.verdict == Said::Conforms)
    }
}
