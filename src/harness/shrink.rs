//! Shrinking: the smallest scenario found that still shows the same thing.
//!
//! Bounded in how often the scenario is run. It knows nothing of what is looked for; the caller
//! says whether a candidate still shows it.

use crate::scenario::{Scenario, Simplifier};

/// How often a scenario is run for the sake of shrinking it.
pub const SHRINK_RUNS: usize = 500;

/// The smallest scenario found for which `shows` is true, in at most `runs` questions. It is
/// taken for granted that `shows` is true of `scenario` itself.
pub fn shrink(
    scenario: &Scenario,
    runs: usize,
    mut shows: impl FnMut(&Scenario) -> bool,
) -> Scenario {
    let mut simplifier = Simplifier::new(scenario.clone());
    for _ in 0..runs {
        let Some(candidate) = simplifier.propose() else {
            break;
        };
        if shows(candidate) {
            simplifier.accept();
        }
    }
    simplifier.into_best()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{CallStep, Flow, PeerStep, SegmentStep, SeqBase, SeqExpr, Step, Wait};
    use crate::stack::{Config, Socket};
    use crate::time::Micros;
    use crate::wire::{Damage, Ecn, Flags};

    fn segment(offset: i32, len: u16) -> SegmentStep {
        let at = |base, offset| SeqExpr { base, offset };
        SegmentStep {
            flow: Flow {
                local: 1,
                remote: 1,
            },
            flags: Flags::ACK | Flags::PSH | Flags::URG,
            seq: at(SeqBase::RcvNxt, offset),
            ack: at(SeqBase::SndNxt, -3),
            len,
            window: Some(17),
            urgent: 4,
            ecn: Ecn::Ce,
            dscp: 46,
            options: None,
            src: None,
            dst: None,
            damage: Some(Damage::Checksum(1)),
        }
    }

    fn scenario(steps: Vec<Step>) -> Scenario {
        Scenario {
            config: Config {
                mtu: 600,
                nagle: false,
                ..Config::default()
            },
            seed: 99,
            peer_isn: Some(u32::MAX),
            steps,
        }
    }

    fn clutter(n: usize) -> Vec<Step> {
        let flow = Flow::of(Socket(0));
        let steps = [
            Step::Wait(Wait::Timer),
            Step::Peer(flow, PeerStep::Ack),
            Step::Call(Socket(1), CallStep::Close),
        ];
        steps.into_iter().cycle().take(n).collect()
    }

    #[test]
    fn nothing_is_left_but_what_it_takes() {
        let mut steps = clutter(20);
        steps.insert(3, Step::Segment(segment(-700, 900)));
        steps.insert(15, Step::Wait(Wait::Span(Micros(7_777_777))));
        let long_wait = |step: &Step| match step {
            Step::Wait(Wait::Span(span)) => *span >= Micros::secs(2),
            _ => false,
        };
        let below = |step: &Step| match step {
            Step::Segment(segment) => segment.seq.offset <= -5 && segment.len >= 2,
            _ => false,
        };
        let shrunk = shrink(&scenario(steps), SHRINK_RUNS, |candidate| {
            let first = candidate.steps.iter().position(below);
            first.is_some_and(|at| candidate.steps[at..].iter().any(long_wait))
                && !candidate.config.nagle
        });
        let mut least = segment(-5, 2);
        least.flow = Flow::default();
        least.flags = Flags::ACK;
        least.ack.offset = 0;
        least.window = None;
        least.urgent = 0;
        least.ecn = Ecn::NotEct;
        least.dscp = 0;
        least.damage = None;
        let expected = Scenario {
            config: Config {
                nagle: false,
                ..Config::default()
            },
            seed: 0,
            peer_isn: None,
            steps: vec![
                Step::Segment(least),
                Step::Wait(Wait::Span(Micros::secs(3))),
            ],
        };
        assert!(shrunk == expected);
    }

    #[test]
    fn a_hundred_steps_of_clutter_are_gone_in_few_runs() {
        let mut steps = clutter(100);
        steps.insert(61, Step::Call(Socket(0), CallStep::Abort));
        let mut runs = 0;
        let shrunk = shrink(&scenario(steps), SHRINK_RUNS, |candidate| {
            runs += 1;
            candidate
                .steps
                .contains(&Step::Call(Socket(0), CallStep::Abort))
        });
        assert!(shrunk.steps == [Step::Call(Socket(0), CallStep::Abort)]);
        assert!(runs < 50, "{runs} runs");
    }

    #[test]
    fn no_more_runs_than_asked_for() {
        for most in [0, 1, 7, 100] {
            let mut runs = 0;
            let whole = scenario(clutter(50));
            let shrunk = shrink(&whole, most, |candidate| {
                runs += 1;
                candidate.steps.len() == 50
            });
            assert!(runs <= most, "{runs} of {most}");
            assert_eq!(shrunk.steps.len(), 50);
        }
    }

    #[test]
    fn a_limit_is_found_in_few_questions() {
        for limit in [1, 2, 3, 699, 40_000, 65_534] {
            let mut runs = 0;
            let whole = scenario(vec![Step::Call(Socket(0), CallStep::Send(65_535))]);
            let shrunk = shrink(&whole, SHRINK_RUNS, |candidate| {
                runs += 1;
                matches!(candidate.steps[..], [Step::Call(_, CallStep::Send(n))] if n >= limit)
            });
            assert!(shrunk.steps == [Step::Call(Socket(0), CallStep::Send(limit))]);
            assert!(runs < 250, "{runs} runs for {limit}");
        }
    }
}
