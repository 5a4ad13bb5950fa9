//! How scenarios are put together out of the vocabulary.
//!
//! A scenario has a beginning that reaches one of the eleven states by one of several ways, a
//! middle of single steps and short courses of events, and often an end that reads and closes
//! everything, so that what a call gives is seen. Whatever decides comes from a [`Source`].

use std::sync::LazyLock;

use arrayvec::ArrayVec;

use super::random::{Random, Source};
use super::vocabulary as words;
use super::{
    Address, CallStep, Flow, IcmpStep, OptionStep, PeerStep, Scenario, SegmentStep, SeqBase,
    SeqExpr, Step, Wait,
};
use crate::stack::Config;
use crate::wire::{Damage, Family, Flags, IcmpKind};

/// The scenario of number `index` under `seed`. The same numbers always give the same scenario.
/// Boundary values come first, and every state is reached often. `into` keeps its room.
pub fn generate(seed: u64, index: u64, into: &mut Scenario) {
    compose(&mut Random::new(seed, index), into);
}

/// As [`generate`], for a stack in real time: all but one in 256 scenarios wait for no
/// more than a moment, wherever they wait at all.
pub fn generate_brisk(seed: u64, index: u64, into: &mut Scenario) {
    generate(seed, index, into);
    if index % PATIENT == PATIENT - 1 {
        return;
    }
    for step in &mut into.steps {
        match step {
            Step::Wait(wait @ Wait::Timer) => *wait = Wait::Span(words::MOMENT),
            Step::Wait(Wait::Span(span)) => *span = words::MOMENT.min(*span),
            Step::Segment(_) | Step::Icmp(_) | Step::Call(..) | Step::Peer(..) => {}
        }
    }
}

/// Of so many scenarios for a stack in real time one keeps its waits.
const PATIENT: u64 = 256;

/// A whole scenario by the choices of a source. `into` keeps its room.
pub fn compose(source: &mut impl Source, into: &mut Scenario) {
    let [.., isn_odds] = words::ODDS;
    into.config = config(source);
    into.seed = source.below(1 << 16).into();
    into.peer_isn = source.once_in(isn_odds).then(|| source.one(words::ISNS));
    let steps = &mut into.steps;
    steps.clear();
    beginning(source, steps);
    let middle = steps.len() + 1 + source.below(10) as usize;
    while steps.len() < middle {
        if source.once_in(4) {
            choose_course(source, steps);
        } else {
            steps.push(choose_step(source));
        }
    }
    if source.once_in(2) {
        let end = &TABLES.ends[source.weighted(&TABLES.ends_by_weight)];
        let length = 1 + source.below(end.len() as u32) as usize;
        course_of(source, end, length, steps);
    }
}

/// One step by the choices of a source: one of the vocabulary, varied.
pub fn choose_step(source: &mut impl Source) -> Step {
    let mut step = TABLES.steps[source.weighted(&TABLES.steps_by_weight)].clone();
    vary(source, &mut step);
    step
}

/// Replaces some numbers of a step by values of the vocabulary; what kind of step it is stays.
pub fn vary(source: &mut impl Source, step: &mut Step) {
    match step {
        Step::Segment(segment) => vary_segment(source, segment),
        Step::Icmp(error) => vary_icmp(source, error),
        Step::Call(_, call) => vary_call(source, call),
        Step::Wait(Wait::Span(span)) => *span = source.one(words::WAITS),
        Step::Wait(Wait::Timer) => {}
        Step::Peer(flow, step) => {
            if source.once_in(32) {
                *flow = any_flow(source);
            }
            vary_peer_step(source, step);
        }
    }
}

/// What is asked of the stack.
pub(super) fn config(source: &mut impl Source) -> Config {
    let mut config = Config::default();
    let [
        family,
        mtu,
        receive,
        send,
        timestamps,
        nagle,
        delay,
        keep,
        user,
        congestion,
        _,
    ] = words::ODDS;
    if source.once_in(family) {
        config.family = Family::V6;
    }
    if source.once_in(mtu) {
        config.mtu = match config.family == Family::V4 && source.once_in(3) {
            true => words::LEAST_MTU_V4,
            false => source.one(words::MTUS),
        };
    }
    if source.once_in(receive) {
        config.receive_buffer = source.one(words::BUFFERS);
    }
    if source.once_in(send) {
        config.send_buffer = source.one(words::BUFFERS);
    }
    config.timestamps = source.once_in(timestamps);
    config.nagle = !source.once_in(nagle);
    if source.once_in(delay) {
        config.ack_delay = source.one(words::ACK_DELAYS);
    }
    if source.once_in(keep) {
        config.keep_alive = source.one(words::KEEP_ALIVES);
    }
    if source.once_in(user) {
        config.user_timeout = Some(source.one(words::USER_TIMEOUTS));
    }
    if source.once_in(congestion) {
        config.congestion = source.one(words::CONGESTIONS);
    }
    let mut rarely = |(odds, value)| source.once_in(odds).then_some(value);
    config.ttl = rarely(words::TTL);
    config.dscp = rarely(words::DSCP);
    config
}

/// The steps that reach some state.
fn beginning(source: &mut impl Source, steps: &mut Vec<Step>) {
    let ways = &TABLES.states[source.weighted(&TABLES.states_by_weight)];
    let way = &ways[source.below(ways.len() as u32) as usize];
    if way.opens {
        let opening = &TABLES.openings[source.weighted(&TABLES.openings_by_weight)];
        course_of(source, opening, usize::MAX, steps);
    }
    course_of(source, &way.steps, usize::MAX, steps);
}

/// Adds the first steps of a course, a few of them varied.
fn course_of(source: &mut impl Source, course: &[Step], length: usize, steps: &mut Vec<Step>) {
    for step in course.iter().take(length) {
        let mut step = step.clone();
        if source.once_in(words::COURSE_ODDS) {
            vary(source, &mut step);
        }
        steps.push(step);
    }
}

fn vary_segment(source: &mut impl Source, segment: &mut SegmentStep) {
    for (field, odds) in Field::ALL.into_iter().zip(words::SEGMENT_ODDS) {
        let odds = match field {
            // Text where there was none is another segment, so that is rarer.
            Field::Length if segment.len == 0 => 4 * odds,
            _ => odds,
        };
        if source.once_in(odds) {
            vary_field(source, segment, field);
        }
    }
}

/// The parts of a spelled-out segment, in the order of [`words::SEGMENT_ODDS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Field {
    Seq,
    Ack,
    Length,
    Window,
    Flags,
    Urgent,
    Ecn,
    Options,
    Ports,
    Source,
    Destination,
    Damage,
}

impl Field {
    pub(super) const ALL: [Field; 12] = [
        Field::Seq,
        Field::Ack,
        Field::Length,
        Field::Window,
        Field::Flags,
        Field::Urgent,
        Field::Ecn,
        Field::Options,
        Field::Ports,
        Field::Source,
        Field::Destination,
        Field::Damage,
    ];
}

/// Gives one part of a segment a value of the vocabulary.
pub(super) fn vary_field(source: &mut impl Source, segment: &mut SegmentStep, field: Field) {
    match field {
        Field::Seq => segment.seq = expr(source, words::SEQ_BASES),
        Field::Ack => segment.ack = expr(source, words::ACK_BASES),
        Field::Length => segment.len = source.one(words::LENGTHS),
        Field::Window => segment.window = Some(source.one(words::WINDOWS)),
        Field::Flags => segment.flags = other_flags(source, segment.flags),
        Field::Urgent => segment.urgent = source.one(words::URGENTS),
        Field::Ecn => segment.ecn = source.weighted(words::ECNS),
        Field::Options => {
            let index = source.below(TABLES.options.len() as u32) as usize;
            segment.options = Some(TABLES.options[index].clone());
        }
        Field::Ports => segment.flow = any_flow(source),
        Field::Source => segment.src = Some(source.one(&Address::NAMES).0),
        Field::Destination => segment.dst = Some(source.one(&Address::NAMES).0),
        Field::Damage => segment.damage = Some(source.one(&TABLES.damage)),
    }
}

/// Adds one of the short courses of the vocabulary, a few of its steps varied.
pub(super) fn choose_course(source: &mut impl Source, steps: &mut Vec<Step>) {
    let course = source.weighted(&TABLES.courses_by_weight);
    course_of(source, &TABLES.courses[course], usize::MAX, steps);
}

/// What kind of error it is varies most: the kinds differ in nothing else.
fn vary_icmp(source: &mut impl Source, error: &mut IcmpStep) {
    let [kind, mtu, seq, quote, ports] = words::ICMP_ODDS;
    if source.once_in(kind) {
        let (other, _) = source.one(&IcmpKind::NAMES);
        *error = IcmpStep {
            kind: other,
            mtu: IcmpStep::MTU,
            ..*error
        };
    }
    if error.kind == IcmpKind::TooBig && source.once_in(mtu) {
        error.mtu = source.one(words::NEXT_HOP_MTUS);
    }
    if source.once_in(seq) {
        error.seq = expr(source, words::ACK_BASES);
    }
    if source.once_in(quote) {
        error.quote = source.one(words::QUOTES);
    }
    if source.once_in(ports) {
        error.flow = any_flow(source);
    }
}

fn expr(source: &mut impl Source, bases: &[(u32, SeqBase)]) -> SeqExpr {
    SeqExpr {
        base: source.weighted(bases),
        offset: source.weighted(words::OFFSETS),
    }
}

/// One bit changed, or other flags altogether.
fn other_flags(source: &mut impl Source, flags: Flags) -> Flags {
    match source.below(2) {
        0 => Flags::from_bits(flags.bits() ^ 1 << source.below(12)),
        _ => source.one(words::FLAGS),
    }
}

fn any_flow(source: &mut impl Source) -> Flow {
    let ports = Flow::PORTS.into();
    Flow {
        local: source.below(ports) as u8,
        remote: source.below(ports) as u8,
    }
}

fn vary_call(source: &mut impl Source, call: &mut CallStep) {
    let port = |source: &mut _| Source::below(source, Flow::PORTS.into()) as u8;
    let octets = |source: &mut _| u32::from(Source::one(source, words::LENGTHS)).max(1);
    match call {
        CallStep::Listen { local, remote } => {
            if source.once_in(16) {
                *local = port(source);
            }
            if source.once_in(16) {
                *remote = Some(port(source));
            }
        }
        CallStep::Connect { local, remote, .. } => {
            if source.once_in(16) {
                *local = port(source);
                *remote = port(source);
            }
        }
        CallStep::Send(count) | CallStep::SendFlagged(count, _) | CallStep::Receive(count) => {
            if source.once_in(words::STEP_ODDS) {
                *count = octets(source);
            }
        }
        CallStep::Close
        | CallStep::Abort
        | CallStep::Status
        | CallStep::Ask(_)
        | CallStep::Set(_) => {}
    }
}

fn vary_peer_step(source: &mut impl Source, step: &mut PeerStep) {
    if !source.once_in(words::STEP_ODDS) {
        return;
    }
    match step {
        PeerStep::AckPart(octets) => *octets = source.one(words::LENGTHS),
        PeerStep::Data(octets) => *octets = source.one(words::LENGTHS).max(1),
        PeerStep::Window(window) => *window = source.one(words::WINDOWS),
        PeerStep::Lose(segments) => *segments = source.one(words::LOSSES),
        PeerStep::Handshake
        | PeerStep::Ack
        | PeerStep::Resend
        | PeerStep::Fin
        | PeerStep::Drop
        | PeerStep::Swap
        | PeerStep::Twice
        | PeerStep::Crash => {}
    }
}

/// The vocabulary, parsed.
struct Tables {
    openings: Vec<Vec<Step>>,
    openings_by_weight: Vec<(u32, usize)>,
    states: Vec<Vec<Way>>,
    states_by_weight: Vec<(u32, usize)>,
    steps: Vec<Step>,
    steps_by_weight: Vec<(u32, usize)>,
    courses: Vec<Vec<Step>>,
    courses_by_weight: Vec<(u32, usize)>,
    ends: Vec<Vec<Step>>,
    ends_by_weight: Vec<(u32, usize)>,
    options: Vec<ArrayVec<OptionStep, 6>>,
    damage: Vec<Damage>,
}

/// A way to some state.
struct Way {
    opens: bool,
    steps: Vec<Step>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    openings: courses(words::OPENINGS),
    openings_by_weight: weights(words::OPENINGS),
    states: words::STATES
        .iter()
        .map(|(.., ways)| ways_of(ways))
        .collect(),
    states_by_weight: by_weight(words::STATES.iter().map(|(weight, ..)| *weight)),
    steps: courses(words::STEPS).into_iter().flatten().collect(),
    steps_by_weight: weights(words::STEPS),
    courses: courses(words::COURSES),
    courses_by_weight: weights(words::COURSES),
    ends: courses(words::ENDS),
    ends_by_weight: weights(words::ENDS),
    options: words::OPTIONS
        .iter()
        .filter_map(|text| segment_with(text).options)
        .collect(),
    damage: words::DAMAGE
        .iter()
        .filter_map(|text| segment_with(text).damage)
        .collect(),
});

fn weights(table: &[(u32, &str)]) -> Vec<(u32, usize)> {
    by_weight(table.iter().map(|(weight, _)| *weight))
}

/// Each weight with its index.
fn by_weight(weights: impl Iterator<Item = u32>) -> Vec<(u32, usize)> {
    weights.zip(0..).collect()
}

fn courses(table: &[(u32, &str)]) -> Vec<Vec<Step>> {
    table.iter().map(|(_, text)| course(text)).collect()
}

fn ways_of(ways: &[&str]) -> Vec<Way> {
    let way = |text: &&str| match text.strip_prefix("OPEN") {
        Some(rest) => Way {
            opens: true,
            steps: course(rest.trim_start_matches("; ")),
        },
        None => Way {
            opens: false,
            steps: course(text),
        },
    };
    ways.iter().map(way).collect()
}

/// Steps that `; ` separates. The vocabulary is part of the program, so a mistake in it is one of
/// the program.
fn course(text: &str) -> Vec<Step> {
    let lines = text.split("; ").filter(|line| !line.is_empty());
    let step = |line: &str| match line.parse() {
        Ok(step) => step,
        Err(error) => panic!("the vocabulary says `{line}`: {error}"),
    };
    lines.map(step).collect()
}

/// A segment of which only one field is said.
fn segment_with(field: &str) -> SegmentStep {
    match course(&format!("< none {field}")).pop() {
        Some(Step::Segment(segment)) => segment,
        other => panic!("the vocabulary says `{field}`, which is {other:?}"),
    }
}
