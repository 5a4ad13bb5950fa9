//! Shrinking: the smallest scenario found that still shows the same thing.
//!
//! Deletes steps, many at once and then one by one, simplifies what is left, and begins again
//! until nothing gets smaller. Deterministic, and bounded in how often the scenario is run. It
//! knows nothing of what is looked for; the caller says whether a candidate still shows it.

use arrayvec::ArrayVec;

use crate::scenario::{CallStep, Flow, PeerStep, Scenario, SegmentStep, SeqExpr, Step, Wait};
use crate::stack::{Config, Socket};
use crate::time::Micros;
use crate::wire::Flags;

/// How often a scenario is run for the sake of shrinking it.
pub const SHRINK_RUNS: usize = 500;

/// The smallest scenario found for which `shows` is true, in at most `runs` questions. It is
/// taken for granted that `shows` is true of `scenario` itself.
pub fn shrink(scenario: &Scenario, runs: usize, shows: impl FnMut(&Scenario) -> bool) -> Scenario {
    let mut shrinker = Shrinker {
        best: scenario.clone(),
        runs,
        shows,
    };
    loop {
        let before = shrinker.best.clone();
        shrinker.delete();
        shrinker.simplify_steps();
        shrinker.simplify_setting();
        if shrinker.runs == 0 || shrinker.best == before {
            return shrinker.best;
        }
    }
}

struct Shrinker<F> {
    best: Scenario,
    runs: usize,
    shows: F,
}

impl<F: FnMut(&Scenario) -> bool> Shrinker<F> {
    /// Whether the candidate still shows it; then it is the best one.
    fn accepts(&mut self, candidate: Scenario) -> bool {
        if self.runs == 0 || candidate == self.best {
            return false;
        }
        self.runs -= 1;
        let shows = (self.shows)(&candidate);
        if shows {
            self.best = candidate;
        }
        shows
    }

    /// Deletes steps, from the end, in ever smaller chunks.
    fn delete(&mut self) {
        let mut chunk = self.best.steps.len().div_ceil(2);
        while chunk > 0 {
            let mut end = self.best.steps.len();
            while end > 0 {
                let start = end.saturating_sub(chunk);
                let mut candidate = self.best.clone();
                candidate.steps.drain(start..end);
                self.accepts(candidate);
                end = start;
            }
            chunk /= 2;
        }
    }

    fn simplify_steps(&mut self) {
        for n in 0..self.best.steps.len() {
            // An accepted candidate is simpler in one thing only, so the step is asked again.
            while self.runs > 0 && self.simplify_step(n) {}
        }
    }

    fn simplify_step(&mut self, n: usize) -> bool {
        simpler(&self.best.steps[n]).into_iter().any(|step| {
            let mut candidate = self.best.clone();
            candidate.steps[n] = step;
            self.accepts(candidate)
        })
    }

    /// Makes the configuration and the seeds ordinary.
    fn simplify_setting(&mut self) {
        let mut candidate = self.best.clone();
        candidate.config = Config::default();
        if !self.accepts(candidate) {
            for set in SETTINGS {
                let mut candidate = self.best.clone();
                set(&mut candidate.config, Config::default());
                self.accepts(candidate);
            }
        }
        let mut candidate = self.best.clone();
        candidate.peer_isn = None;
        self.accepts(candidate);
        let mut candidate = self.best.clone();
        candidate.seed = 0;
        self.accepts(candidate);
    }
}

/// Each makes one setting ordinary.
const SETTINGS: [fn(&mut Config, Config); 10] = [
    |config, ordinary| config.family = ordinary.family,
    |config, ordinary| config.mtu = ordinary.mtu,
    |config, ordinary| config.receive_buffer = ordinary.receive_buffer,
    |config, ordinary| config.send_buffer = ordinary.send_buffer,
    |config, ordinary| config.timestamps = ordinary.timestamps,
    |config, ordinary| config.nagle = ordinary.nagle,
    |config, ordinary| config.ack_delay = ordinary.ack_delay,
    |config, ordinary| config.keep_alive = ordinary.keep_alive,
    |config, ordinary| config.user_timeout = ordinary.user_timeout,
    |config, ordinary| config.congestion = ordinary.congestion,
];

/// Steps that are simpler than this one in one thing, the simplest first. Following them always
/// comes to an end.
fn simpler(step: &Step) -> Vec<Step> {
    match step {
        Step::Segment(segment) => simpler_segments(segment)
            .into_iter()
            .map(Step::Segment)
            .collect(),
        Step::Call(socket, call) => simpler_calls(*call)
            .into_iter()
            .map(|call| Step::Call(*socket, call))
            .collect(),
        Step::Wait(Wait::Span(span)) => shorter_waits(*span).into_iter().map(Step::Wait).collect(),
        Step::Wait(Wait::Timer) => Vec::new(),
        Step::Peer(flow, peer) => simpler_peer_steps(*peer)
            .into_iter()
            .map(|peer| Step::Peer(*flow, peer))
            .collect(),
    }
}

fn simpler_segments(segment: &SegmentStep) -> Vec<SegmentStep> {
    let mut out = Vec::new();
    let mut with = |change: &dyn Fn(&mut SegmentStep)| {
        let mut candidate = segment.clone();
        change(&mut candidate);
        if candidate != *segment {
            out.push(candidate);
        }
    };
    with(&|s| s.damage = None);
    with(&|s| s.src = None);
    with(&|s| s.dst = None);
    with(&|s| s.options = None);
    with(&|s| s.urgent = 0);
    with(&|s| s.window = None);
    with(&|s| s.flow = Flow::of(Socket(0)));
    with(&|s| s.flags = s.flags.without(Flags::RESERVED | Flags::ECE | Flags::CWR));
    with(&|s| s.flags = s.flags.without(Flags::PSH));
    with(&|s| s.flags = s.flags.without(Flags::URG));
    for len in smaller(u32::from(segment.len)) {
        with(&|s| s.len = len as u16);
    }
    for offset in nearer(segment.seq) {
        with(&|s| s.seq.offset = offset);
    }
    for offset in nearer(segment.ack) {
        with(&|s| s.ack.offset = offset);
    }
    if let Some(options) = &segment.options {
        for left_out in 0..options.len() {
            let kept = options.iter().enumerate().filter(|(n, _)| *n != left_out);
            let kept: ArrayVec<_, 6> = kept.map(|(_, option)| option.clone()).collect();
            with(&|s| s.options = Some(kept.clone()));
        }
    }
    out
}

/// Offsets nearer to zero, on the same side of it.
fn nearer(expr: SeqExpr) -> Vec<i32> {
    let sign = expr.offset.signum();
    smaller(expr.offset.unsigned_abs())
        .into_iter()
        .map(|n| (n as i32).wrapping_mul(sign))
        .collect()
}

fn simpler_calls(call: CallStep) -> Vec<CallStep> {
    match call {
        CallStep::Listen {
            local,
            remote: Some(_),
        } => vec![CallStep::Listen {
            local,
            remote: None,
        }],
        CallStep::Send(n) => smaller(n).into_iter().map(CallStep::Send).collect(),
        CallStep::Listen { remote: None, .. }
        | CallStep::Connect { .. }
        | CallStep::Receive(_)
        | CallStep::Close
        | CallStep::Abort
        | CallStep::Status => Vec::new(),
    }
}

fn simpler_peer_steps(step: PeerStep) -> Vec<PeerStep> {
    match step {
        PeerStep::AckPart(n) => {
            let parts = smaller(u32::from(n)).into_iter();
            let parts = parts.map(|n| PeerStep::AckPart(n as u16));
            std::iter::once(PeerStep::Ack).chain(parts).collect()
        }
        PeerStep::Data(n) => smaller(u32::from(n))
            .into_iter()
            .map(|n| PeerStep::Data(n as u16))
            .collect(),
        PeerStep::Lose(n) if n > 1 => vec![PeerStep::Lose(1), PeerStep::Lose(n - 1)],
        PeerStep::Lose(_)
        | PeerStep::Handshake
        | PeerStep::Ack
        | PeerStep::Fin
        | PeerStep::Window(_)
        | PeerStep::Drop
        | PeerStep::Swap
        | PeerStep::Twice
        | PeerStep::Crash
        | PeerStep::Resend => Vec::new(),
    }
}

/// Round spans that are shorter, the shortest first.
fn shorter_waits(span: Micros) -> Vec<Wait> {
    const ROUND: [Micros; 9] = [
        Micros::millis(1),
        Micros::millis(10),
        Micros::millis(100),
        Micros::millis(500),
        Micros::secs(1),
        Micros::secs(3),
        Micros::secs(10),
        Micros::secs(60),
        Micros::secs(600),
    ];
    let shorter = ROUND.into_iter().filter(|round| *round < span);
    shorter.map(Wait::Span).collect()
}

/// Numbers smaller than `n`: zero, one, then half of it, a quarter less, an eighth less, down to
/// one less, so that a limit is found in few questions.
fn smaller(n: u32) -> Vec<u32> {
    let mut out: Vec<u32> = [0, 1].into_iter().filter(|&m| m < n).collect();
    let mut less = n / 2;
    while less > 0 {
        if n - less > 1 {
            out.push(n - less);
        }
        less /= 2;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::SeqBase;
    use crate::wire::Damage;

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
    fn simplifying_comes_to_an_end() {
        let all = [
            Step::Segment(segment(i32::MIN, u16::MAX)),
            Step::Segment(segment(i32::MAX, 1)),
            Step::Call(Socket(0), CallStep::Send(u32::MAX)),
            Step::Peer(Flow::default(), PeerStep::AckPart(u16::MAX)),
            Step::Peer(Flow::default(), PeerStep::Data(u16::MAX)),
            Step::Peer(Flow::default(), PeerStep::Lose(u8::MAX)),
            Step::Wait(Wait::Span(Micros::FOREVER)),
        ];
        for step in all {
            let (mut step, mut rounds) = (step, 0);
            while let Some(next) = simpler(&step).into_iter().next() {
                assert!(!simpler(&next).contains(&step), "there and back");
                step = next;
                rounds += 1;
                assert!(rounds < 50, "no end");
            }
        }
    }

    #[test]
    fn a_limit_is_found_in_few_questions() {
        for limit in [0, 1, 2, 3, 699, 40_000, 65_534] {
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
