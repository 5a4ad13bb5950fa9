//! The mutator: changes a scenario a little, as a coverage-guided fuzzer asks for.
//!
//! It works on steps and not on octets, so whatever it makes is a scenario. Values come from the
//! vocabulary, as those of the generator do; numbers also move by one, so that an edge which no
//! table names is found by walking.

use super::generate::{Field, choose_course, config, vary_field};
use super::vocabulary as words;
use super::{CallStep, PeerStep, Scenario, Source, Step, Wait, choose_step, compose, vary};
use crate::time::Micros;

/// No scenario grows beyond so many steps.
pub const MOST_STEPS: usize = 64;

/// The kinds of change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Change {
    Insert,
    InsertCourse,
    Delete,
    Swap,
    Duplicate,
    Splice,
    Vary,
    Nudge,
    Setting,
    Seed,
    Anew,
}

/// Each with its weight.
const CHANGES: [(u32, Change); 11] = [
    (12, Change::Insert),
    (4, Change::InsertCourse),
    (8, Change::Delete),
    (4, Change::Swap),
    (4, Change::Duplicate),
    (6, Change::Splice),
    (16, Change::Vary),
    (8, Change::Nudge),
    (4, Change::Setting),
    (1, Change::Seed),
    (1, Change::Anew),
];

/// Changes a scenario in one thing, and once in three times in another as well. `other` is one
/// that steps may be taken from.
pub fn mutate(source: &mut impl Source, scenario: &mut Scenario, other: Option<&Scenario>) {
    loop {
        change(source, scenario, other);
        scenario.steps.truncate(MOST_STEPS);
        if !source.once_in(3) {
            break;
        }
    }
}

/// The first steps of one scenario and the last of another, under the settings of the first.
pub fn cross(source: &mut impl Source, first: &Scenario, second: &Scenario) -> Scenario {
    let mut made = first.clone();
    made.steps.truncate(below(source, first.steps.len() + 1));
    let from = below(source, second.steps.len() + 1);
    made.steps.extend_from_slice(&second.steps[from..]);
    made.steps.truncate(MOST_STEPS);
    made
}

fn change(source: &mut impl Source, scenario: &mut Scenario, other: Option<&Scenario>) {
    let steps = &mut scenario.steps;
    let change = match source.weighted(&CHANGES) {
        Change::Splice if other.is_none() => Change::InsertCourse,
        // There has to be something to work on.
        change if steps.is_empty() && change.needs_steps() => Change::Insert,
        change => change,
    };
    match change {
        Change::Insert => {
            let at = below(source, steps.len() + 1);
            steps.insert(at, choose_step(source));
        }
        Change::InsertCourse => {
            let mut course = Vec::new();
            choose_course(source, &mut course);
            insert(source, steps, &course);
        }
        Change::Delete => {
            let (from, to) = stretch(source, steps.len());
            steps.drain(from..to);
        }
        Change::Swap => {
            let (a, b) = (below(source, steps.len()), below(source, steps.len()));
            steps.swap(a, b);
        }
        Change::Duplicate => {
            let (from, to) = stretch(source, steps.len());
            let again = steps[from..to].to_vec();
            insert(source, steps, &again);
        }
        Change::Splice => {
            let other = other.map_or(&[][..], |other| &other.steps);
            let (from, to) = stretch(source, other.len());
            let part = other[from..to].to_vec();
            insert(source, steps, &part);
        }
        Change::Vary => {
            let at = below(source, steps.len());
            vary_somehow(source, &mut steps[at]);
        }
        Change::Nudge => {
            let at = below(source, steps.len());
            nudge(source, &mut steps[at]);
        }
        Change::Setting => change_setting(source, scenario),
        Change::Seed => scenario.seed = source.below(1 << 16).into(),
        Change::Anew => compose(source, scenario),
    }
}

impl Change {
    fn needs_steps(self) -> bool {
        match self {
            Change::Delete | Change::Swap | Change::Duplicate | Change::Vary | Change::Nudge => {
                true
            }
            Change::Insert
            | Change::InsertCourse
            | Change::Splice
            | Change::Setting
            | Change::Seed
            | Change::Anew => false,
        }
    }
}

/// A place in a list of this length; 0 when it is empty.
fn below(source: &mut impl Source, len: usize) -> usize {
    source.below(len as u32) as usize
}

/// A stretch of a list of this length: one element mostly, else up to eight.
fn stretch(source: &mut impl Source, len: usize) -> (usize, usize) {
    let from = below(source, len);
    let most = if source.once_in(2) { 1 } else { 8 };
    let count = 1 + below(source, most);
    (from, (from + count).min(len))
}

fn insert(source: &mut impl Source, steps: &mut Vec<Step>, more: &[Step]) {
    let at = below(source, steps.len() + 1);
    steps.splice(at..at, more.iter().cloned());
}

/// Gives one thing of a step another value of the vocabulary. A step without numbers becomes
/// another one.
fn vary_somehow(source: &mut impl Source, step: &mut Step) {
    let before = step.clone();
    match step {
        Step::Segment(segment) => {
            let field = source.one(&Field::ALL);
            if source.once_in(8) {
                // The usual value again, which the vocabulary need not name.
                usual(segment, field);
            } else {
                vary_field(source, segment, field);
            }
        }
        Step::Icmp(_) | Step::Call(..) | Step::Wait(_) | Step::Peer(..) => vary(source, step),
    }
    if *step == before {
        *step = choose_step(source);
    }
}

/// Gives one part of a segment the value that it has when nothing is said.
fn usual(segment: &mut super::SegmentStep, field: Field) {
    let usual = super::SegmentStep::new(segment.flags);
    match field {
        Field::Seq => segment.seq = usual.seq,
        Field::Ack => segment.ack = usual.ack,
        Field::Length => segment.len = usual.len,
        Field::Window => segment.window = usual.window,
        Field::Flags => segment.flags = crate::wire::Flags::ACK,
        Field::Urgent => segment.urgent = usual.urgent,
        Field::Ecn => segment.ecn = usual.ecn,
        Field::Options => segment.options = usual.options,
        Field::Ports => segment.flow = usual.flow,
        Field::Source => segment.src = usual.src,
        Field::Destination => segment.dst = usual.dst,
        Field::Damage => segment.damage = usual.damage,
    }
}

/// Moves one number of a step by one, or doubles or halves it.
fn nudge(source: &mut impl Source, step: &mut Step) {
    match step {
        Step::Segment(segment) => match source.below(5) {
            0 => segment.seq.offset = near(source, segment.seq.offset),
            1 => segment.ack.offset = near(source, segment.ack.offset),
            2 => segment.len = moved(source, segment.len.into(), 0, u16::MAX.into()) as u16,
            3 => {
                let window = segment.window.unwrap_or(u16::MAX);
                segment.window = Some(moved(source, window.into(), 0, u16::MAX.into()) as u16);
            }
            _ => segment.urgent = moved(source, segment.urgent.into(), 0, u16::MAX.into()) as u16,
        },
        Step::Icmp(error) => error.seq.offset = near(source, error.seq.offset),
        Step::Call(_, CallStep::Send(n) | CallStep::SendFlagged(n, _) | CallStep::Receive(n)) => {
            *n = moved(source, (*n).into(), 1, CallStep::MOST.into()) as u32;
        }
        Step::Wait(Wait::Span(span)) => {
            *span = Micros(moved(source, span.0, 0, Wait::LONGEST.0));
        }
        Step::Peer(_, PeerStep::Data(n)) => *n = moved(source, (*n).into(), 1, 65_535) as u16,
        Step::Peer(_, PeerStep::AckPart(n) | PeerStep::Window(n)) => {
            *n = moved(source, (*n).into(), 0, 65_535) as u16;
        }
        Step::Peer(_, PeerStep::Lose(n)) => *n = moved(source, (*n).into(), 1, 255) as u8,
        // Without a number.
        Step::Call(..) | Step::Wait(Wait::Timer) | Step::Peer(..) => vary_somehow(source, step),
    }
}

/// An offset beside this one.
fn near(source: &mut impl Source, offset: i32) -> i32 {
    match source.below(4) {
        0 => offset.wrapping_add(1),
        1 => offset.wrapping_sub(1),
        2 => offset.wrapping_neg(),
        _ => offset.wrapping_mul(2),
    }
}

/// A number beside this one, at least `least` and at most `most`.
fn moved(source: &mut impl Source, n: u64, least: u64, most: u64) -> u64 {
    let moved = match source.below(4) {
        0 => n.saturating_add(1),
        1 => n.saturating_sub(1),
        2 => n / 2,
        _ => n.saturating_mul(2),
    };
    moved.clamp(least, most)
}

/// Draws the settings anew, or only the peer's first sequence number.
fn change_setting(source: &mut impl Source, scenario: &mut Scenario) {
    match source.below(4) {
        0 => scenario.peer_isn = None,
        1 => scenario.peer_isn = Some(source.one(words::ISNS)),
        _ => scenario.config = config(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Random;

    fn scenario(text: &str) -> Scenario {
        text.parse().expect(text)
    }

    #[test]
    fn whatever_it_makes_is_a_scenario() {
        let other = scenario("A: connect\npeer handshake\nwait timer");
        let mut made = Scenario::default();
        for n in 0..30_000 {
            let mut source = Random::new(1, n);
            if n % 500 == 0 {
                made = Scenario::default();
            }
            let before = made.clone();
            mutate(&mut source, &mut made, (n % 2 == 0).then_some(&other));
            let text = made.to_string();
            assert_eq!(text.parse(), Ok(made.clone()), "from {before}");
            assert!(made.steps.len() <= MOST_STEPS);
            let crossed = cross(&mut source, &before, &made);
            let text = crossed.to_string();
            assert_eq!(text.parse(), Ok(crossed));
        }
    }

    /// How often each of these is what becomes of a scenario in one round of changes.
    #[test]
    fn every_change_is_made() {
        let whole =
            scenario("A: listen\npeer handshake\n< PSH,ACK seq RCV.NXT+7 len 100\nwait 3s\n");
        let other = scenario("C: abort\n");
        let sorted = |scenario: &Scenario| {
            let mut lines = scenario.lines();
            lines.sort();
            lines
        };
        type Made<'a> = &'a dyn Fn(&Scenario) -> bool;
        let has = |made: &Scenario, line: &str| made.lines().iter().any(|it| it == line);
        let rows: [(&str, Made); 14] = [
            ("inserted", &|made| made.steps.len() == 5),
            ("course", &|made| made.steps.len() > 5),
            ("deleted", &|made| made.steps.len() < 4),
            ("swapped", &|made| {
                *made != whole && sorted(made) == sorted(&whole)
            }),
            ("duplicated", &|made| {
                made.lines()
                    .iter()
                    .filter(|line| *line == "wait 3s")
                    .count()
                    == 2
            }),
            ("spliced", &|made| has(made, "C: abort")),
            ("walked up", &|made| {
                has(made, "< PSH,ACK seq RCV.NXT+8 len 100")
            }),
            ("walked down", &|made| {
                has(made, "< PSH,ACK seq RCV.NXT+7 len 99")
            }),
            ("to an edge", &|made| {
                has(made, "< PSH,ACK seq RCV.EDGE-1 len 100")
            }),
            ("flag", &|made| {
                has(made, "< FIN,PSH,ACK seq RCV.NXT+7 len 100")
            }),
            ("option", &|made| {
                has(made, "< PSH,ACK seq RCV.NXT+7 len 100 <mss 0>")
            }),
            ("made usual", &|made| has(made, "< PSH,ACK seq RCV.NXT+7")),
            ("setting", &|made| {
                made.config != whole.config && made.lines() == whole.lines()
            }),
            ("seed", &|made| {
                made.seed != 0 && made.lines() == whole.lines()
            }),
        ];
        for (name, is_made) in rows {
            let made = (0..20_000).filter(|&n| {
                let mut made = whole.clone();
                mutate(&mut Random::new(2, n), &mut made, Some(&other));
                is_made(&made)
            });
            assert!(made.count() > 0, "{name} never");
        }
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let rows = [
            ("A: send 1", "A: send 2"),
            ("A: send 65535", "A: send 65534"),
            ("peer lose 255", "peer lose 127"),
            ("wait 1000h", "wait 3599999999999us"),
            ("< ACK len 65535", "< ACK len 32767"),
        ];
        for (text, reached) in rows {
            let mut seen = false;
            for n in 0..200 {
                let mut step: Step = text.parse().expect(text);
                nudge(&mut Random::new(3, n), &mut step);
                let printed = step.to_string();
                assert_eq!(printed.parse(), Ok(step), "{printed}");
                seen |= printed == reached;
            }
            assert!(seen, "{text} never becomes {reached}");
        }
    }
}
