//! Transitions: the steps of the model that explanations of a trace take.
//!
//! They are finer than coverage and coarser than states: what a search is led by, so that it goes
//! for what the protocol has not shown yet and not only for what the stack's code has not run.

use super::coverage::EventKind;
use super::verdict::Instead;
use crate::model::{State, Tcb};
use crate::spec::Req;

/// One step of the model: a state, what happened in it, and which of its branches was possible.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Transition {
    /// The state before.
    pub from: State,
    /// The last input, this one included.
    pub event: EventKind,
    /// What the stack sent, if this is what happened.
    pub sent: Option<Instead>,
    /// The requirement that the branch rests on.
    pub by: Req,
    /// The state after.
    pub to: State,
}

impl Transition {
    /// The step from one state of a connection to another.
    pub(super) fn between(before: &Tcb, after: &Tcb, sent: Option<Instead>, by: Req) -> Transition {
        Transition {
            from: before.state,
            event: EventKind::of(after.input.class),
            sent,
            by,
            to: after.state,
        }
    }

    /// A number that is the same for the same transition in every run, and spread evenly.
    pub fn number(&self) -> u32 {
        let sent = self.sent.map_or(0, |sent| 1 + sent as u32);
        let parts = [
            self.from as u32,
            self.event as u32,
            sent,
            self.by.index() as u32,
            self.to as u32,
        ];
        // FNV-1a, a word at a time, and the high half of its last product folded in.
        let mixed = parts
            .into_iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, part| {
                (hash ^ u64::from(part)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        (mixed ^ mixed >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_are_spread() {
        let mut numbers = BTreeSet::new();
        let mut buckets = [0_u32; 64];
        let mut all = 0;
        for from in State::ALL {
            for to in State::ALL {
                for (event, _) in EventKind::NAMES {
                    for by in Req::all().step_by(29) {
                        let transition = Transition {
                            from,
                            event,
                            sent: (all % 2 == 0).then_some(Instead::Rst),
                            by,
                            to,
                        };
                        all += 1;
                        numbers.insert(transition.number());
                        buckets[transition.number() as usize % 64] += 1;
                    }
                }
            }
        }
        assert!(all - numbers.len() < 20, "{} of {all}", numbers.len());
        let even = all as u32 / 64;
        assert!(
            buckets.iter().all(|n| (even / 2..even * 2).contains(n)),
            "{buckets:?} of {all}"
        );
    }
}
