//! Simplifying: ever smaller scenarios, each one edit away from the best so far.
//!
//! Deletes steps, many at once and then one by one, simplifies what is left, and begins again
//! until nothing gets smaller. Deterministic. Whoever asks says of each candidate whether it will
//! do; so shrinking a finding and shrinking a property's counterexample are one thing.

use arrayvec::ArrayVec;

use super::{CallStep, Flow, IcmpStep, PeerStep, Scenario, SegmentStep, SeqExpr, Step, Wait};
use crate::stack::{Config, Socket};
use crate::time::Micros;
use crate::wire::{Ecn, Flags};

/// Proposes simpler scenarios, one after the other.
#[derive(Clone, Debug)]
pub struct Simplifier {
    best: Scenario,
    candidate: Option<Scenario>,
    next: Edit,
    /// Something of this round was accepted, so there will be another.
    accepted: bool,
}

/// The edit that is tried next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Edit {
    /// Leaves out so many steps that end before `end`.
    Delete { chunk: usize, end: usize },
    /// Lets the peer's ordinary handshake take the place of two steps that begin with a SYN.
    Join(usize),
    /// Makes one step simpler, in the way of this number.
    Step { step: usize, way: usize },
    /// Makes all settings ordinary.
    Settings,
    /// Makes one setting ordinary.
    Setting(usize),
    /// Leaves the peer's first sequence number open.
    PeerIsn,
    /// Makes the seed ordinary.
    Seed,
    /// The end of a round.
    Round,
}

/// After the last of the steps, however many there will be.
const LAST: usize = usize::MAX;

impl Simplifier {
    /// Begins with a scenario that will do.
    pub fn new(scenario: Scenario) -> Simplifier {
        Simplifier {
            next: Edit::first(&scenario),
            best: scenario,
            candidate: None,
            accepted: false,
        }
    }

    /// The next candidate, which is always another scenario than the best; `None` when nothing
    /// gets simpler any more. A candidate that is not accepted is given up.
    pub fn propose(&mut self) -> Option<&Scenario> {
        self.candidate = None;
        while self.candidate.is_none() {
            let edit = self.next.settled(&self.best);
            if edit == Edit::Round {
                if !std::mem::take(&mut self.accepted) {
                    return None;
                }
                self.next = Edit::first(&self.best);
                continue;
            }
            self.next = edit.after(&self.best);
            self.candidate = edit.of(&self.best).filter(|made| *made != self.best);
        }
        self.candidate.as_ref()
    }

    /// The candidate is the best from now on.
    pub fn accept(&mut self) {
        let Some(candidate) = self.candidate.take() else {
            return;
        };
        self.best = candidate;
        self.accepted = true;
        self.next = match self.next {
            // It is simpler in one thing only, so the same step is asked again.
            Edit::Step { step, way } if way > 0 => Edit::Step { step, way: 0 },
            Edit::Setting(0) => Edit::PeerIsn,
            next => next,
        };
    }

    /// The candidate, or the best when there is none.
    pub fn current(&self) -> &Scenario {
        self.candidate.as_ref().unwrap_or(&self.best)
    }

    /// The best so far.
    pub fn into_best(self) -> Scenario {
        self.best
    }
}

impl Edit {
    fn first(scenario: &Scenario) -> Edit {
        let end = scenario.steps.len();
        match end.div_ceil(2) {
            0 => Edit::Settings,
            chunk => Edit::Delete { chunk, end },
        }
    }

    /// The same edit, now that it is known how many steps are left.
    fn settled(self, best: &Scenario) -> Edit {
        match self {
            Edit::Delete { chunk, end: LAST } => Edit::Delete {
                chunk,
                end: best.steps.len(),
            },
            edit => edit,
        }
    }

    /// The edit to try after this one.
    fn after(self, best: &Scenario) -> Edit {
        match self {
            Edit::Delete { chunk, end } if end > chunk => Edit::Delete {
                chunk,
                end: end - chunk,
            },
            Edit::Delete { chunk: 0 | 1, .. } => Edit::Join(0),
            Edit::Delete { chunk, .. } => Edit::Delete {
                chunk: chunk / 2,
                end: LAST,
            },
            Edit::Join(at) if at + 1 < best.steps.len() => Edit::Join(at + 1),
            Edit::Join(_) => Edit::Step { step: 0, way: 0 },
            Edit::Step { step, .. } if step >= best.steps.len() => Edit::Settings,
            Edit::Step { step, way } if way < simpler(&best.steps[step]).len() => {
                Edit::Step { step, way: way + 1 }
            }
            Edit::Step { step, .. } => Edit::Step {
                step: step + 1,
                way: 0,
            },
            Edit::Settings => Edit::Setting(0),
            Edit::Setting(n) if n + 1 < SETTINGS.len() => Edit::Setting(n + 1),
            Edit::Setting(_) => Edit::PeerIsn,
            Edit::PeerIsn => Edit::Seed,
            Edit::Seed | Edit::Round => Edit::Round,
        }
    }

    /// What it makes of a scenario, if it applies.
    fn of(self, best: &Scenario) -> Option<Scenario> {
        let mut made = best.clone();
        match self {
            Edit::Delete { chunk, end } => {
                made.steps.drain(end.saturating_sub(chunk)..end);
            }
            Edit::Join(at) => {
                let handshake = handshake(best.steps.get(at..at + 2)?)?;
                made.steps.splice(at..at + 2, [handshake]);
            }
            Edit::Step { step, way } => {
                let simpler = simpler(best.steps.get(step)?).into_iter().nth(way)?;
                made.steps[step] = simpler;
            }
            Edit::Settings => made.config = Config::default(),
            Edit::Setting(n) => SETTINGS[n](&mut made.config, Config::default()),
            Edit::PeerIsn => made.peer_isn = None,
            Edit::Seed => made.seed = 0,
            Edit::Round => return None,
        }
        Some(made)
    }
}

/// The handshake that may take the place of a SYN and the segment after it.
fn handshake(steps: &[Step]) -> Option<Step> {
    match steps {
        [Step::Segment(first), Step::Segment(_)] if first.flags.syn() => {
            Some(Step::Peer(first.flow, PeerStep::Handshake))
        }
        _ => None,
    }
}

/// Each makes one setting ordinary.
const SETTINGS: [fn(&mut Config, Config); 12] = [
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
    |config, ordinary| config.ttl = ordinary.ttl,
    |config, ordinary| config.dscp = ordinary.dscp,
];

/// Steps that are simpler than this one in one thing, the simplest first. Following them always
/// comes to an end.
fn simpler(step: &Step) -> Vec<Step> {
    match step {
        Step::Segment(segment) => simpler_segments(segment)
            .into_iter()
            .map(Step::Segment)
            .collect(),
        Step::Icmp(error) => simpler_errors(*error).into_iter().map(Step::Icmp).collect(),
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
    with(&|s| s.ecn = Ecn::NotEct);
    with(&|s| s.dscp = 0);
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

/// The same ICMP error with less that is unusual.
fn simpler_errors(error: IcmpStep) -> Vec<IcmpStep> {
    let usual = IcmpStep::new(error.kind);
    let mut out = vec![
        IcmpStep {
            mtu: usual.mtu,
            ..error
        },
        IcmpStep {
            quote: usual.quote,
            ..error
        },
        IcmpStep {
            flow: usual.flow,
            ..error
        },
        IcmpStep {
            seq: usual.seq,
            ..error
        },
    ];
    let offsets = nearer(error.seq).into_iter();
    out.extend(offsets.map(|offset| IcmpStep {
        seq: SeqExpr {
            offset,
            ..error.seq
        },
        ..error
    }));
    out.retain(|simpler| *simpler != error);
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
        CallStep::Send(n) => fewer(n).map(CallStep::Send).collect(),
        CallStep::SendFlagged(n, flag) => {
            let fewer = fewer(n).map(|n| CallStep::SendFlagged(n, flag));
            std::iter::once(CallStep::Send(n)).chain(fewer).collect()
        }
        CallStep::Listen { remote: None, .. }
        | CallStep::Connect { .. }
        | CallStep::Receive(_)
        | CallStep::Close
        | CallStep::Abort
        | CallStep::Status
        | CallStep::Ask(_)
        | CallStep::Set(_) => Vec::new(),
    }
}

fn simpler_peer_steps(step: PeerStep) -> Vec<PeerStep> {
    match step {
        PeerStep::AckPart(n) => {
            let parts = smaller(u32::from(n)).into_iter();
            let parts = parts.map(|n| PeerStep::AckPart(n as u16));
            std::iter::once(PeerStep::Ack).chain(parts).collect()
        }
        PeerStep::Data(n) => fewer(n.into()).map(|n| PeerStep::Data(n as u16)).collect(),
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

/// Fewer octets of text, and not none: no step is about that.
fn fewer(n: u32) -> impl Iterator<Item = u32> {
    smaller(n).into_iter().filter(|&n| n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [&str; 8] = [
        "< PSH,ACK,URG seq RCV.NXT-2147483648 ack SND.NXT-3 len 65535 win 17 urg 4 <mss 1, nop, eol> port 1 from 1 src other dst multicast damage checksum 0x1",
        "< ACK,R1 seq RCV.EDGE+2147483647 len 1",
        "A: send 65535",
        "A: listen from 0",
        "peer ack 65535",
        "peer data 65535",
        "peer lose 255",
        "wait 1000h",
    ];

    #[test]
    fn a_step_is_simplified_to_an_end_and_never_back() {
        for text in STEPS {
            let (mut step, mut rounds): (Step, _) = (text.parse().expect(text), 0);
            while let Some(next) = simpler(&step).into_iter().next() {
                for simpler in simpler(&step) {
                    let text = simpler.to_string();
                    assert_eq!(text.parse().as_ref(), Ok(&simpler), "{text}");
                }
                assert!(!simpler(&next).contains(&step), "there and back: {step}");
                step = next;
                rounds += 1;
                assert!(rounds < 50, "no end: {step}");
            }
            assert!(rounds > 0, "{text}");
        }
    }

    #[test]
    fn a_handshake_spelled_out_becomes_an_ordinary_one() {
        let text = "A: listen\n< SYN from 1\n< ACK from 1\nA: close\n";
        let mut simplifier = Simplifier::new(text.parse().expect(text));
        let mut proposals = Vec::new();
        while let Some(candidate) = simplifier.propose() {
            proposals.push(candidate.to_string());
        }
        let joined = "A: listen\npeer handshake from 1\nA: close\n".to_owned();
        assert!(proposals.contains(&joined), "{proposals:#?}");
    }

    #[test]
    fn who_accepts_everything_is_left_with_nothing_and_who_accepts_nothing_with_all() {
        let text = format!("stack ipv6 rcv=1 ts\nseed 7\nisn 9\n{}\n", STEPS.join("\n"));
        let whole: Scenario = text.parse().expect("a scenario");
        let mut simplifier = Simplifier::new(whole.clone());
        while simplifier.propose().is_some() {
            simplifier.accept();
        }
        assert_eq!(simplifier.into_best(), Scenario::default());
        let mut simplifier = Simplifier::new(whole.clone());
        let mut proposals = 0;
        while let Some(candidate) = simplifier.propose() {
            assert_ne!(*candidate, whole);
            proposals += 1;
        }
        assert!((50..1_000).contains(&proposals), "{proposals}");
        assert_eq!(*simplifier.current(), whole);
    }
}
