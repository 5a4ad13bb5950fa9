//! A finding: one thing that a run brought to light, with the scenario and trace that show it.

use crate::model::State;
use crate::oracle::{Deviation, EventKind, Instead, Judgment, Shape, Verdict};
use crate::scenario::Scenario;
use crate::spec::Req;
use crate::trace::{Event, Trace, What};

/// One thing that a run brought to light, once, however often it was seen.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Counted from 1, in the order of the scenarios that showed it first.
    pub number: usize,
    /// What is wrong.
    pub fault: Fault,
    /// Which scenario showed it first.
    pub origin: Origin,
    /// How many scenarios of the run showed it.
    pub count: u64,
    /// In which states of the connection they showed it, in the order of [`State::ALL`]; empty
    /// for a breakage.
    pub states: Vec<State>,
    /// The scenario, shrunk.
    pub scenario: Scenario,
    /// How many steps the scenario had at first.
    pub steps_at_first: usize,
    /// What was seen when the shrunk scenario ran.
    pub trace: Trace,
    /// Whether it showed again when the same scenario was run a second time.
    pub repeatable: bool,
}

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Something that the standard does not allow.
    Deviation(Box<Deviation>),
    /// A recommendation (SHOULD) that was not followed, or a soft check: a requirement whose
    /// breach is noted but does not fail a run. The level of the requirement tells them apart.
    Missed(Box<Deviation>),
    /// The stack panicked, hung or polled without end, or its adapter failed.
    Broken(String),
}

/// The kinds of fault.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// See [`Fault::Deviation`].
    Deviation,
    /// See [`Fault::Missed`]: a recommendation.
    Missed,
    /// See [`Fault::Missed`]: a requirement that binds (MUST, MUST NOT).
    Soft,
    /// See [`Fault::Broken`].
    Broken,
}

/// Where a scenario came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A file of the corpus, by its path below it.
    Corpus(String),
    /// The generator, under this seed and number.
    Generated {
        /// The seed of the run.
        seed: u64,
        /// The number of the scenario, from 0.
        index: u64,
    },
    /// Whoever asked for this one scenario to be judged.
    Given,
}

/// By what a fault is known again. Deviations: by the coarse part of their shape, so that one bug
/// that shows in five states and at three edges is one finding. Breakage: by its message less its
/// numbers.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Key {
    Deviation(Req, EventKind, Instead),
    Missed(Req),
    Broken(String),
}

impl Fault {
    /// Of which kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Fault::Deviation(_) => Kind::Deviation,
            Fault::Missed(missed) if missed.shape.requirement.level().is_absolute() => Kind::Soft,
            Fault::Missed(_) => Kind::Missed,
            Fault::Broken(_) => Kind::Broken,
        }
    }

    /// The deviation, unless the stack broke.
    pub fn deviation(&self) -> Option<&Deviation> {
        match self {
            Fault::Deviation(deviation) | Fault::Missed(deviation) => Some(deviation),
            Fault::Broken(_) => None,
        }
    }

    /// The event of the trace to point at: the one that cannot be explained, or the breakage.
    pub fn event(&self, trace: &Trace) -> Option<usize> {
        let broken = |event: &Event| matches!(event.what, What::Broken(_));
        match self {
            Fault::Deviation(deviation) | Fault::Missed(deviation) => Some(deviation.event),
            Fault::Broken(_) => trace.events.iter().position(broken),
        }
    }

    /// Every fault that a judgment names: breakage or deviation first, then what was missed. A
    /// requirement that was missed several times is named once.
    pub fn all(judgment: Judgment) -> Vec<Fault> {
        let mut faults = Vec::new();
        match judgment.verdict {
            Verdict::Deviates(deviation) => faults.push(Fault::Deviation(deviation)),
            Verdict::Broken(why) => faults.push(Fault::Broken(why)),
            Verdict::Conforms | Verdict::Inconclusive(_) => {}
        }
        for missed in judgment.missed {
            let same = |fault: &Fault| match fault {
                Fault::Missed(before) => before.shape.requirement == missed.shape.requirement,
                Fault::Deviation(_) | Fault::Broken(_) => false,
            };
            if !faults.iter().any(same) {
                faults.push(Fault::Missed(Box::new(missed)));
            }
        }
        faults
    }

    pub(crate) fn key(&self) -> Key {
        match self {
            Fault::Deviation(deviation) => {
                let Shape {
                    requirement,
                    event,
                    instead,
                    ..
                } = deviation.shape;
                Key::Deviation(requirement, EventKind::of(event), instead)
            }
            Fault::Missed(deviation) => Key::Missed(deviation.shape.requirement),
            Fault::Broken(why) => Key::Broken(without_numbers(why)),
        }
    }
}

impl Finding {
    /// The event of the trace to point at.
    pub fn event(&self) -> Option<usize> {
        self.fault.event(&self.trace)
    }
}

/// A message with every run of digits replaced by `#`, so that addresses, lengths and sequence
/// numbers in a panic do not make many findings out of one.
pub(super) fn without_numbers(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    for c in message.chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_a_message_do_not_tell_breakages_apart() {
        let rows = [
            ("", ""),
            ("no digits", "no digits"),
            ("index 17 of 4", "index # of #"),
            ("tcp.rs:1203:9: 0x7f", "tcp.rs:#:#: #x#f"),
        ];
        for (message, key) in rows {
            assert_eq!(without_numbers(message), key);
        }
    }
}
