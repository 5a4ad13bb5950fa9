//! How fine the oracle's eye is: what the reference sends and answers, altered in one respect, and
//! how often that is noticed, and as what.
//!
//! Some alterations no standard allows, wherever they stand; the others are allowed here and
//! there. The snapshot has the figures of all of them: what makes the model laxer or stricter, or
//! has it name another requirement, moves them.

use std::collections::BTreeMap;
use std::fmt::Write;

use insta::Settings;
use tcprove::harness::Runner;
use tcprove::model::State;
use tcprove::oracle::{Judgment, Oracle, Verdict};
use tcprove::report::ladder;
use tcprove::scenario::{Scenario, generate};
use tcprove::stack::reference::Reference;
use tcprove::stack::smoltcp::{KNOWN, Smoltcp};
use tcprove::stack::{CallError, Outcome, Stack};
use tcprove::stream::{self, Direction};
use tcprove::time::Micros;
use tcprove::trace::{Trace, What};
use tcprove::wire::{Flags, OptionBytes, Options, Segment, put_sack};

/// How many generated scenarios are altered.
const SCENARIOS: u64 = 3_000;

/// What is done to a segment that the stack sends. False where it cannot be done.
type OfSegment = fn(&mut Segment) -> bool;

/// What is done to the outcome of a call.
type OfOutcome = fn(Outcome) -> Option<Outcome>;

#[derive(Clone, Copy)]
enum Alteration {
    /// Another header.
    Segment(OfSegment),
    /// The text is longer by so many octets of the stream, or shorter.
    Length(i32),
    /// One octet of the text is another.
    Octet,
    /// It is not sent.
    Missing,
    /// It is sent twice.
    Twice,
    /// It, and all that follows, comes later.
    Later(Micros),
    /// It, and all that follows, comes as soon as what is before it.
    Sooner,
    /// The call has another outcome.
    Outcome(OfOutcome),
}

use Alteration::{
    Later, Length, Missing, Octet, Outcome as Answer, Segment as Header, Sooner, Twice,
};

/// Each with whether no standard allows it, wherever it stands.
#[rustfmt::skip]
const ALTERATIONS: &[(&str, bool, Alteration)] = &[
    ("not sent", false, Missing),
    ("sent twice", false, Twice),
    ("1 us later", false, Later(Micros(1))),
    ("600 ms later", false, Later(Micros(600_000))),
    ("2 min later", false, Later(Micros(120_000_000))),
    ("at once", false, Sooner),
    ("SEQ-1", false, Header(|seg| shift(seg, -1, 0))),
    ("SEQ+1", false, Header(|seg| shift(seg, 1, 0))),
    ("SEQ+100000", false, Header(|seg| shift(seg, 100_000, 0))),
    ("ACK-1", false, Header(|seg| seg.flags.ack() && shift(seg, 0, -1))),
    ("ACK+1", false, Header(|seg| seg.flags.ack() && shift(seg, 0, 1))),
    ("ACK+100000", true, Header(|seg| seg.flags.ack() && !seg.flags.rst() && shift(seg, 0, 100_000))),
    ("window 0", false, Header(|seg| window(seg, 0))),
    ("window 1 less", false, Header(|seg| window(seg, seg.window.saturating_sub(1)))),
    ("window 1 more", false, Header(|seg| window(seg, seg.window.saturating_add(1)))),
    ("window 65535", false, Header(|seg| window(seg, 65_535))),
    ("without ACK", false, Header(|seg| without(seg, Flags::ACK))),
    ("without SYN", true, Header(|seg| without(seg, Flags::SYN))),
    ("without FIN", false, Header(|seg| without(seg, Flags::FIN))),
    ("without RST", false, Header(|seg| without(seg, Flags::RST))),
    ("without PSH", false, Header(|seg| without(seg, Flags::PSH))),
    ("with ACK", false, Header(|seg| with(seg, Flags::ACK))),
    ("with SYN", true, Header(|seg| with(seg, Flags::SYN))),
    ("with FIN", false, Header(|seg| with(seg, Flags::FIN))),
    ("with RST", false, Header(|seg| with(seg, Flags::RST))),
    ("with reserved bits", true, Header(|seg| with(seg, Flags::RESERVED))),
    ("from another port", false, Header(|seg| { seg.src.port ^= 1; true })),
    ("to another port", false, Header(|seg| { seg.dst.port ^= 1; true })),
    ("malformed option", true, Header(|seg| { seg.options.malformed = true; true })),
    ("padding not zero", true, Header(|seg| { seg.options.nonzero_padding = true; true })),
    ("MSS", false, Header(|seg| { seg.options.mss.replace(500).is_none() })),
    ("MSS 65535", false, Header(|seg| seg.options.mss.replace(65_535).is_some())),
    ("no MSS", false, Header(|seg| seg.options.mss.take().is_some())),
    ("scale", false, Header(|seg| seg.options.window_scale.replace(2).is_none())),
    ("scale 15", true, Header(|seg| seg.options.window_scale.replace(15).is_some())),
    ("no scale", false, Header(|seg| seg.options.window_scale.take().is_some())),
    ("SACK permitted", false, Header(|seg| !std::mem::replace(&mut seg.options.sack_permitted, true))),
    ("SACK not permitted", false, Header(|seg| std::mem::replace(&mut seg.options.sack_permitted, false))),
    ("timestamps", false, Header(|seg| seg.options.timestamps.replace((1, 1)).is_none())),
    ("no timestamps", false, Header(|seg| seg.options.timestamps.take().is_some())),
    ("TSval-1", false, Header(|seg| stamp(seg, -1, 0))),
    ("TSval+1", false, Header(|seg| stamp(seg, 1, 0))),
    ("TSecr+1", false, Header(|seg| stamp(seg, 0, 1))),
    ("SACK of the stream", false, Header(|seg| { let ack = seg.ack.0; sack(seg, |blocks| blocks.insert(0, (ack, ack.wrapping_add(1)))) })),
    ("SACK left-1", false, Header(|seg| sacked(seg) && sack(seg, |blocks| blocks[0].0 = blocks[0].0.wrapping_sub(1)))),
    ("SACK right+1", false, Header(|seg| sacked(seg) && sack(seg, |blocks| blocks[0].1 = blocks[0].1.wrapping_add(1)))),
    ("SACK turned round", true, Header(|seg| sacked(seg) && sack(seg, |blocks| blocks[0] = (blocks[0].1, blocks[0].0)))),
    ("SACK in another order", false, Header(|seg| seg.options.sack.len() > 1 && sack(seg, |blocks| blocks.reverse()))),
    ("no SACK", false, Header(|seg| sacked(seg) && sack(seg, Vec::clear))),
    ("text 1 shorter", false, Length(-1)),
    ("text 1 longer", false, Length(1)),
    ("text 3000 longer", false, Length(3_000)),
    ("octet altered", true, Octet),
    ("OPEN, CLOSE, ABORT fails", false, Answer(|o| (o == Outcome::Done).then_some(Outcome::Failed(CallError::Reset)))),
    ("fails as timed out", false, Answer(|o| matches!(o, Outcome::Failed(_)).then_some(Outcome::Failed(CallError::TimedOut)))),
    ("fails as reset", false, Answer(|o| matches!(o, Outcome::Failed(_)).then_some(Outcome::Failed(CallError::Reset)))),
    ("failed call is done", false, Answer(|o| matches!(o, Outcome::Failed(_)).then_some(Outcome::Done))),
    ("SEND takes 1 less", false, Answer(|o| sent(o, |n| n.checked_sub(1)))),
    ("SEND takes 1 more", false, Answer(|o| sent(o, |n| n.checked_add(1)))),
    ("RECEIVE gives 1 less", false, Answer(|o| received(o, |n| n.checked_sub(1).filter(|n| *n > 0)))),
    ("RECEIVE finds nothing", false, Answer(|o| received(o, |_| Some(0)).map(|_| Outcome::Empty))),
    ("RECEIVE ends", false, Answer(|o| matches!(o, Outcome::Received(_) | Outcome::Empty).then_some(Outcome::EndOfStream))),
    ("RECEIVE goes on", false, Answer(|o| (o == Outcome::EndOfStream).then_some(Outcome::Empty))),
    ("STATUS tells CLOSED", false, Answer(|o| state(o, State::Closed))),
    ("STATUS tells ESTABLISHED", false, Answer(|o| state(o, State::Established))),
    ("STATUS tells CLOSE-WAIT", false, Answer(|o| state(o, State::CloseWait))),
    ("STATUS tells TIME-WAIT", false, Answer(|o| state(o, State::TimeWait))),
];

fn shift(seg: &mut Segment, seq: i32, ack: i32) -> bool {
    seg.seq.0 = seg.seq.0.wrapping_add_signed(seq);
    seg.ack.0 = seg.ack.0.wrapping_add_signed(ack);
    true
}

fn window(seg: &mut Segment, window: u16) -> bool {
    std::mem::replace(&mut seg.window, window) != window
}

fn without(seg: &mut Segment, flag: Flags) -> bool {
    let has = seg.flags.intersects(flag);
    seg.flags = seg.flags.without(flag);
    has
}

fn with(seg: &mut Segment, flag: Flags) -> bool {
    let has = seg.flags.intersects(flag);
    seg.flags |= flag;
    !has
}

fn stamp(seg: &mut Segment, value: i32, echo: i32) -> bool {
    let Some((val, ecr)) = &mut seg.options.timestamps else {
        return false;
    };
    *val = val.wrapping_add_signed(value);
    *ecr = ecr.wrapping_add_signed(echo);
    true
}

fn sacked(seg: &Segment) -> bool {
    !seg.options.sack.is_empty()
}

fn sack(seg: &mut Segment, alter: impl Fn(&mut Vec<(u32, u32)>)) -> bool {
    let mut blocks = seg.options.sack.to_vec();
    alter(&mut blocks);
    let mut field = OptionBytes::default();
    if put_sack(&mut field, &blocks).is_err() {
        return false;
    }
    seg.options.sack = Options::parse(&field).sack;
    true
}

fn sent(outcome: Outcome, alter: impl Fn(u32) -> Option<u32>) -> Option<Outcome> {
    match outcome {
        Outcome::Sent(n) => alter(n).map(Outcome::Sent),
        _ => None,
    }
}

fn received(outcome: Outcome, alter: impl Fn(u32) -> Option<u32>) -> Option<Outcome> {
    match outcome {
        Outcome::Received(n) => alter(n).map(Outcome::Received),
        _ => None,
    }
}

fn state(outcome: Outcome, other: State) -> Option<Outcome> {
    match outcome {
        Outcome::Status(state) if state != other => Some(Outcome::Status(other)),
        _ => None,
    }
}

/// The trace with one event altered, if that can be done.
fn altered(trace: &Trace, place: usize, alteration: Alteration) -> Option<Trace> {
    let mut trace = trace.clone();
    match alteration {
        Alteration::Segment(alter) => {
            let (seg, _) = emission(&mut trace, place)?;
            if !alter(seg) {
                return None;
            }
        }
        Alteration::Length(by) => {
            let (seg, _) = emission(&mut trace, place)?;
            let len = seg.payload_len.checked_add_signed(by)?;
            // Only text lies in the stream, whose octets are known; it begins at ISS+1.
            if seg.payload_len == 0 || seg.flags.syn() {
                return None;
            }
            seg.payload_len = len;
            let (from, ports) = (seg.seq, (seg.src.port, seg.dst.port));
            let offset = from.since(initial(&trace, place)? + 1);
            let octets = stream::octets(Direction::ToPeer, ports, offset, len as usize);
            let stored = trace.store(octets);
            *emission(&mut trace, place)?.1 = stored;
        }
        Alteration::Octet => {
            let text = *emission(&mut trace, place)?.1;
            let mut octets = trace.octets(text).to_vec();
            *octets.last_mut()? ^= 1;
            let stored = trace.store(&octets);
            *emission(&mut trace, place)?.1 = stored;
        }
        Alteration::Missing => {
            emission(&mut trace, place)?;
            trace.events.remove(place);
        }
        Alteration::Twice => {
            emission(&mut trace, place)?;
            let again = trace.events[place].clone();
            trace.events.insert(place, again);
        }
        Alteration::Later(span) => {
            emission(&mut trace, place)?;
            for event in &mut trace.events[place..] {
                event.at += span;
            }
        }
        Alteration::Sooner => {
            emission(&mut trace, place)?;
            let before = place.checked_sub(1).map(|before| trace.events[before].at)?;
            let gap = trace.events[place].at.since(before);
            if gap == Micros::ZERO {
                return None;
            }
            for event in &mut trace.events[place..] {
                event.at = event.at - gap;
            }
        }
        Alteration::Outcome(alter) => {
            let What::Call { outcome, text, .. } = &mut trace.events[place].what else {
                return None;
            };
            *outcome = alter(*outcome)?;
            let len = match outcome {
                Outcome::Received(len) => *len as usize,
                _ => 0,
            };
            *text = text.slice(0, len);
        }
    }
    Some(trace)
}

/// A segment that the stack sent, and its text.
fn emission(trace: &mut Trace, place: usize) -> Option<(&mut Segment, &mut tcprove::trace::Range)> {
    match &mut trace.events[place].what {
        What::Emission {
            segment: Some(segment),
            text,
            ..
        } => Some((segment, text)),
        _ => None,
    }
}

/// The number of the last SYN that the connection of the segment at `place` has sent.
fn initial(trace: &Trace, place: usize) -> Option<tcprove::wire::SeqNumber> {
    let segment = |at: usize| match &trace.events[at].what {
        What::Emission {
            segment: Some(segment),
            ..
        } => Some(segment),
        _ => None,
    };
    let of = segment(place)?;
    let same = |seg: &&Segment| (seg.src, seg.dst) == (of.src, of.dst) && seg.flags.syn();
    (0..place)
        .rev()
        .filter_map(segment)
        .find(same)
        .map(|syn| syn.seq)
}

/// What the oracle makes of it, in a word.
fn noticed(judgment: &Judgment) -> String {
    match (&judgment.verdict, judgment.missed.first()) {
        (Verdict::Deviates(deviation), _) => deviation.shape.requirement.id().to_owned(),
        (Verdict::Conforms, Some(missed)) => format!("{} missed", missed.shape.requirement.id()),
        (Verdict::Conforms, None) if !judgment.known.is_empty() => "known".to_owned(),
        (Verdict::Conforms, None) => "allowed".to_owned(),
        (Verdict::Inconclusive(_), _) => "inconclusive".to_owned(),
        (Verdict::Broken(_), _) => "broken".to_owned(),
    }
}

/// Alters what a stack does in generated scenarios, and shows what is noticed.
fn figures(make: impl Fn() -> Box<dyn Stack> + 'static, known: &str) -> String {
    let mut runner = Runner::new(make);
    let mut oracle = Oracle::new(known.parse().expect("known deviations"));
    let mut scenario: Scenario = "".parse().expect("an empty scenario");
    let mut passed = Vec::new();
    let mut figures = vec![BTreeMap::<String, u32>::new(); ALTERATIONS.len()];
    for index in 0..SCENARIOS {
        generate(11, index, &mut scenario);
        let trace = runner.run(&scenario).clone();
        // In what conforms, nothing before the alteration hides it.
        if noticed(&oracle.judge(&trace)) != "allowed" {
            continue;
        }
        let places = |kind: fn(&What) -> bool| -> Vec<usize> {
            let events = trace.events.iter().enumerate();
            let of_kind = events.filter(|(_, event)| kind(&event.what));
            of_kind.map(|(place, _)| place).collect()
        };
        let emissions = places(|what| matches!(what, What::Emission { .. }));
        let calls = places(|what| matches!(what, What::Call { .. }));
        for (n, (name, never, alteration)) in ALTERATIONS.iter().enumerate() {
            let places = match alteration {
                Alteration::Outcome(_) => &calls,
                _ => &emissions,
            };
            // One place for each alteration, another in every scenario.
            let Some(place) = places.get((index as usize * 7 + n) % places.len().max(1)) else {
                continue;
            };
            let Some(altered) = altered(&trace, *place, *alteration) else {
                continue;
            };
            let verdict = noticed(&oracle.judge(&altered));
            if *never && verdict == "allowed" {
                let ladder = ladder(&altered, Some(*place), &[]);
                passed.push(format!("{name}\n{scenario}\n{ladder}"));
            }
            *figures[n].entry(verdict).or_default() += 1;
        }
    }
    assert!(
        passed.is_empty(),
        "{} may not pass\n{}",
        passed.len(),
        passed[0]
    );
    let mut shown = String::new();
    for ((name, ..), figures) in ALTERATIONS.iter().zip(&figures) {
        let all: u32 = figures.values().sum();
        let allowed = figures.get("allowed").copied().unwrap_or_default();
        let _ = writeln!(shown, "{name}: {} of {all} noticed", all - allowed);
        for (verdict, n) in figures {
            let _ = writeln!(shown, "  {n:5} {verdict}");
        }
    }
    shown
}

/// Compares with `snapshots/altered/<name>.snap`.
fn snapshot(name: &str, shown: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/altered"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

#[test]
fn what_the_reference_may_not_do_is_noticed() {
    let figures = figures(|| Box::new(Reference::drawn()), "");
    assert!(!figures.contains(" of 0 noticed"), "{figures}");
    snapshot("reference", &figures);
}

#[test]
fn what_smoltcp_may_not_do_is_noticed() {
    snapshot("smoltcp", &figures(|| Box::new(Smoltcp::new()), KNOWN));
}
