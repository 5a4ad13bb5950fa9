//! How the parts of a row are put into words.

use super::events::{Event, KINDS, flags, has_text};
use super::explore::{Did, Said};
use super::permitted::{Answer, Branch};
use super::sent::Sent;
use crate::model::State;
use crate::spec::Req;
use crate::stack::Outcome;

/// What may be said of a kind of segment: a name, and whether it holds.
type Trait = (&'static str, fn(usize) -> bool);

/// What kinds of segments may have in common.
const TRAITS: [Trait; 5] = [
    ("RST", |kind| flags(kind).rst()),
    ("SYN", |kind| flags(kind).syn()),
    ("ACK", |kind| flags(kind).ack()),
    ("FIN", |kind| flags(kind).fin()),
    ("text", has_text),
];

/// A set of kinds of segments: by what they have in common, where that says it shorter than a
/// list.
pub(super) fn kinds(kinds: &[usize]) -> String {
    let list = listed(kinds);
    // The largest part that has something in common, then the rest.
    let inside =
        |choice: &usize| (0..KINDS.len()).all(|kind| !fits(*choice, kind) || kinds.contains(&kind));
    let size = |choice: usize| kinds.iter().filter(|kind| fits(choice, **kind)).count();
    let choices = (0..3_usize.pow(TRAITS.len() as u32)).filter(inside);
    let Some(choice) =
        choices.min_by_key(|choice| (usize::MAX - size(*choice), common(*choice).len()))
    else {
        return list;
    };
    let rest: Vec<usize> = kinds
        .iter()
        .copied()
        .filter(|kind| !fits(choice, *kind))
        .collect();
    let mut named = common(choice);
    if !rest.is_empty() {
        named = format!("{named} | {}", listed(&rest));
    }
    if size(choice) > 1 && named.len() < list.len() {
        named
    } else {
        list
    }
}

fn listed(kinds: &[usize]) -> String {
    let names = kinds.iter().map(|kind| kind_name(*kind));
    names.collect::<Vec<_>>().join(" | ")
}

/// For each trait: left open, asked for, excluded.
fn choices(choice: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..TRAITS.len()).map(move |n| (n, choice / 3_usize.pow(n as u32) % 3))
}

fn fits(choice: usize, kind: usize) -> bool {
    choices(choice).all(|(n, wanted)| match wanted {
        0 => true,
        wanted => (TRAITS[n].1)(kind) == (wanted == 1),
    })
}

/// What the kinds have in common that fit a choice.
fn common(choice: usize) -> String {
    let named = |wanted: usize| {
        let names = choices(choice).filter(move |(_, found)| *found == wanted);
        names.map(|(n, _)| TRAITS[n].0).collect::<Vec<_>>()
    };
    let mut text = "any".to_owned();
    if !named(1).is_empty() {
        text.push_str(&format!(" with {}", named(1).join(", ")));
    }
    if !named(2).is_empty() {
        text.push_str(&format!(" without {}", named(2).join(", ")));
    }
    text
}

fn kind_name(kind: usize) -> String {
    let (flags, rest) = KINDS[kind];
    match rest {
        "" => flags.to_owned(),
        _ => format!("{flags} {rest}"),
    }
}

/// Some of the places where SEG.ACK may lie; the last is that there is none.
pub(super) fn acknowledgments(all: &[&str], some: &[usize]) -> String {
    let some: Vec<usize> = some
        .iter()
        .copied()
        .filter(|place| *place < all.len())
        .collect();
    places(all, &some)
}

/// Whether these kinds would part at a later check than that of the sequence number: at that of
/// SYN, or at that of ACK.
pub(super) fn part_later(kinds: &[usize]) -> bool {
    let class = |kind: &usize| {
        let flags = flags(*kind);
        (flags.rst(), flags.syn(), flags.ack())
    };
    let others = kinds.iter().map(class).filter(|(rst, ..)| !rst);
    let mut classes: Vec<_> = others.collect();
    classes.sort_unstable();
    classes.dedup();
    classes.len() > 1
}

/// Some of the places where a number may lie: numbers on the same base share it.
pub(super) fn places(all: &[&str], some: &[usize]) -> String {
    if all.len() == 1 {
        return String::new();
    }
    if some.len() == all.len() {
        return "any".to_owned();
    }
    let left: Vec<usize> = (0..all.len())
        .filter(|place| !some.contains(place))
        .collect();
    if left.len() == 1 && all.len() > 3 {
        return format!("not {}", all[left[0]]);
    }
    let mut text = String::new();
    let mut last = "";
    for place in some {
        let (base, offset) =
            all[*place].split_at(all[*place].find(['+', '-']).unwrap_or(all[*place].len()));
        if base == last {
            text.push(',');
            text.push_str(if offset.is_empty() { "0" } else { offset });
        } else {
            if !text.is_empty() {
                text.push_str(" | ");
            }
            text.push_str(base);
            text.push_str(offset);
        }
        last = base;
    }
    text
}

/// A call, or a timeout with the step by which it comes about.
pub(super) fn plain(event: Event, before: &str, step: &str) -> String {
    match event {
        Event::Timeout(timeout) => format!("{}: {}", timeout.name(), joined(before, step)),
        Event::Options(_) | Event::Error(_) => step.trim_start_matches("< ").to_owned(),
        Event::Segment(..) | Event::Call(_) => joined(before, step),
    }
}

fn joined(before: &str, step: &str) -> String {
    match before {
        "" => step.to_owned(),
        before => format!("{before}; {step}"),
    }
}

/// What a call gave back.
pub(super) fn outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Sent(len) => format!("takes {len}"),
        Outcome::Received(len) => format!("gives {len}"),
        Outcome::Empty => "nothing yet".to_owned(),
        Outcome::EndOfStream => "end of stream".to_owned(),
        Outcome::Status(state) => state.name().to_owned(),
        Outcome::Urgent(n) => format!("urgent {n}"),
        Outcome::Reports(reports) => format!("reports {reports}"),
        Outcome::Dscp(dscp) => format!("dscp {dscp}"),
        Outcome::Failed(_) => "error".to_owned(),
        Outcome::Unsupported => "not offered".to_owned(),
    }
}

/// One line of a row: outcome of the call, next state, what is sent, requirement, remark.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Line {
    pub outcome: String,
    pub next: String,
    pub sent: String,
    pub by: Option<Req>,
    /// By what the remark is referred to. It does not depend on the other rows, so that it stays
    /// what it is when they change.
    pub mark: String,
    pub remark: String,
}

/// A branch of the model.
pub(super) fn branch(branch: &Branch, from: State) -> Line {
    let sent: Vec<String> = branch.sent.iter().map(answer).collect();
    Line {
        outcome: branch.outcome.map(outcome).unwrap_or_default(),
        next: state(branch.next, from),
        sent: or_nothing(sent.join(", ")),
        by: Some(branch.by),
        ..Line::default()
    }
}

/// What a stack did.
pub(super) fn did(did: &Did, from: State) -> Line {
    let next: Vec<String> = did.next.iter().map(|next| state(*next, from)).collect();
    let mut next = next.join(" or ");
    if !did.was_seen() {
        next.push_str("not waited for");
    }
    if let Some(told) = did.status.filter(|told| did.next != [*told]) {
        next = format!("{next}; STATUS {told}");
    }
    let sent: Vec<String> = did.sent.iter().map(Sent::to_string).collect();
    let (mark, remark) = remark(&did.verdict);
    Line {
        outcome: did.outcome.map(outcome).unwrap_or_default(),
        next,
        sent: or_nothing(sent.join(", ")),
        by: did.by,
        mark,
        remark,
    }
}

/// What the oracle has to say besides, and its mark.
fn remark(verdict: &Said) -> (String, String) {
    match verdict {
        Said::Conforms | Said::NotWaitedFor => (String::new(), String::new()),
        Said::Misses => ("!?".to_owned(), "recommendation missed".to_owned()),
        Said::Known(entries) => {
            let numbers = entries.iter().map(|(number, _)| number.to_string());
            let names = entries.iter().map(|(_, name)| name.as_str());
            (
                format!("!{}", numbers.collect::<Vec<_>>().join(",")),
                format!("known: {}", names.collect::<Vec<_>>().join("; ")),
            )
        }
        Said::Deviates => ("!!".to_owned(), "deviates".to_owned()),
        Said::Inconclusive(why) => ("!-".to_owned(), format!("inconclusive: {why}")),
        Said::Broken(why) => ("!!".to_owned(), format!("broken: {why}")),
    }
}

fn state(next: State, from: State) -> String {
    if next == from {
        "stays".to_owned()
    } else {
        next.name().to_owned()
    }
}

fn or_nothing(sent: String) -> String {
    if sent.is_empty() {
        "-".to_owned()
    } else {
        sent
    }
}

/// Something that is sent; in parentheses when it need not be.
fn answer(answer: &Answer) -> String {
    let forms: Vec<String> = answer.forms.iter().map(Sent::to_string).collect();
    let mut text = forms.join(" or ");
    if let Some(within) = answer.within {
        text.push_str(&format!(" in {within}"));
    }
    if answer.required {
        text
    } else {
        format!("({text})")
    }
}
