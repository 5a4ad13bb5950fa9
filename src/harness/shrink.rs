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
pub fn shrink(
    scenario: &Scenario,
    runs: usize,
    shows: impl FnMut(&Scenario) -> bool,
) -> Scenario {
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
        Step::Segment(segment) => simpler_segments(segment).into_iter().map(Step::Segment).collect(),
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
        CallStep::Listen { local, remote: Some(_) } => vec![CallStep::Listen {
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
        | PeerStep::Crash => Vec::new(),
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

/// Zero, one, the half, and one less: as far as they are smaller than `n`.
fn smaller(n: u32) -> Vec<u32> {
    let mut out: Vec<u32> = [0, 1, n / 2, n.saturating_sub(1)]
        .into_iter()
        .filter(|&m| m < n)
        .collect();
    out.dedup();
    out
}
