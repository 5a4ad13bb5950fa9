//! The summary at the end of a run: what was judged, what conforms, what was reached.

use std::fmt::Write;

use super::finding::title;
use super::style::Style;
use super::words::{counted, rounded, wrapped};
use crate::harness::{Checked, Finding, Kind};
use crate::model::State;
use crate::oracle::known::Known;
use crate::oracle::{Coverage, EventKind};
use crate::spec::{Level, Req};
use crate::stack::Reached;

/// A run that is over, with what its report needs beside the outcome.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The name by which the stack was asked for.
    pub stack: &'a str,
    /// The name and version that the stack declares.
    pub declared: &'a str,
    /// The seed of the generator.
    pub seed: u64,
    /// Whether a missed recommendation or a failed soft check fails the run.
    pub strict: bool,
    /// The known deviations, in the order of [`Checked::known`].
    pub known: &'a [Known],
    /// What came out.
    pub checked: &'a Checked,
    /// What was reached of the stack's own code, as far as that is counted.
    pub reached: &'a [Reached],
}

/// The summary as text.
pub fn summary(run: &Run, style: Style) -> String {
    let mut out = String::new();
    judged(&mut out, run, style);
    reached(&mut out, &run.checked.coverage, style);
    exercised(&mut out, &run.checked.coverage, style);
    for reached in run.reached {
        of_the_stack(&mut out, reached, style);
    }
    known(&mut out, run, style);
    recap(&mut out, run, style);
    out
}

fn judged(out: &mut String, run: &Run, style: Style) {
    let checked = run.checked;
    let tally = checked.tally();
    let (corpus, generated) = (checked.corpus.total(), checked.generated.total());
    let _ = writeln!(
        out,
        "{} {}: {corpus} of the corpus, {generated} generated with seed {}",
        style.heading("Judged"),
        counted(tally.total(), "scenario"),
        run.seed
    );
    let rows = [
        ("conform", tally.conforms),
        ("conform as far as they were carried out", tally.cut_off),
        ("deviate", tally.deviates),
        ("broke the stack", tally.broken),
        ("inconclusive", tally.inconclusive),
    ];
    for (name, n) in rows {
        if n == 0 && n == tally.cut_off && name.ends_with("carried out") {
            continue;
        }
        let _ = writeln!(out, "  {n:>9} {name}{}", share(n, tally.total()));
        if name == "conform" && tally.with_known > 0 {
            let known = tally.with_known;
            let _ = writeln!(out, "  {known:>9}   of them but for known deviations");
        }
    }
    for (why, n) in &checked.inconclusive {
        let _ = writeln!(out, "  {n:>9}   because {why}");
    }
    if checked.left_out > 0 {
        let n = checked.left_out;
        let _ = writeln!(
            out,
            "  {n:>9} faults against other requirements, not asked for"
        );
    }
    if checked.unkept > 0 {
        let (n, most) = (checked.unkept, Checked::MOST_FINDINGS);
        let _ = writeln!(
            out,
            "  {n:>9} faults of further kinds, after the first {most}"
        );
    }
    out.push('\n');
}

/// A share in per cent, rounded down, so that 100 % means all.
fn share(n: u64, total: u64) -> String {
    if n == 0 || total == 0 {
        return String::new();
    }
    let tenths = u128::from(n) * 1_000 / u128::from(total);
    format!(" ({}.{} %)", tenths / 10, tenths % 10)
}

fn reached(out: &mut String, coverage: &Coverage, style: Style) {
    let pairs = State::ALL.len() * EventKind::NAMES.len();
    let _ = writeln!(
        out,
        "{} {} of {pairs} pairs",
        style.heading("States x events reached:"),
        coverage.pairs()
    );
    let _ = write!(out, "  {:12}", "");
    for (_, name) in EventKind::NAMES {
        let _ = write!(out, " {name:>4}");
    }
    out.push('\n');
    for state in State::ALL {
        let _ = write!(out, "  {state:12}");
        for (kind, name) in EventKind::NAMES {
            let width = name.len().max(4);
            let n = match coverage.reached(state, kind) {
                0 => "-".to_owned(),
                n => rounded(n),
            };
            let _ = write!(out, " {n:>width$}");
        }
        out.push('\n');
    }
    out.push('\n');
}

fn exercised(out: &mut String, coverage: &Coverage, style: Style) {
    let all = coverage.exercised().len();
    let _ = writeln!(
        out,
        "{} {all} of {}",
        style.heading("Requirements exercised:"),
        Req::COUNT
    );
    for level in Level::ALL {
        let (n, of) = exercised_of(coverage, level);
        let _ = writeln!(out, "  {n:>9} of {of:>3} {level}");
    }
    out.push('\n');
}

/// What was reached of the stack's own code.
fn of_the_stack(out: &mut String, reached: &Reached, style: Style) {
    let all = reached.reached + reached.never.len();
    let heading = style.heading(&format!("{} reached:", reached.what));
    let _ = match all {
        0 => writeln!(out, "{heading} not counted"),
        _ => writeln!(out, "{heading} {} of {all}", reached.reached),
    };
    let never = format!("never: {}", reached.never.join(", "));
    let told = [
        (!reached.never.is_empty()).then_some(&*never),
        (!reached.remark.is_empty()).then_some(&*reached.remark),
    ];
    for text in told.into_iter().flatten() {
        for line in wrapped(text, 88) {
            let _ = writeln!(out, "          {line}");
        }
    }
    out.push('\n');
}

/// How many requirements of a level were exercised, and how many there are.
pub(super) fn exercised_of(coverage: &Coverage, level: Level) -> (usize, usize) {
    let of_level = Req::all().filter(|req| req.level() == level);
    let exercised = of_level
        .clone()
        .filter(|req| coverage.exercised().contains(*req));
    (exercised.count(), of_level.count())
}

fn known(out: &mut String, run: &Run, style: Style) {
    if run.known.is_empty() {
        return;
    }
    let seen = run.checked.known.iter().filter(|known| known.count > 0);
    let _ = writeln!(
        out,
        "{} {} of {} seen",
        style.heading("Known deviations:"),
        seen.count(),
        run.known.len()
    );
    for (entry, found) in run.known.iter().zip(&run.checked.known) {
        let n = found.count;
        let _ = writeln!(out, "  {n:>9} {}: {}", entry.requirement.0, entry.name);
        let witness = &entry.witness;
        if found.stale {
            let stale = style.bad("stale");
            let _ = writeln!(out, "            {stale}: {witness} no longer shows it");
        }
        if found.unwitnessed {
            let _ = writeln!(
                out,
                "            not checked: {witness} is not in the corpus"
            );
        }
    }
    out.push('\n');
}

/// Findings by what they are about, and the verdict on the run.
fn recap(out: &mut String, run: &Run, style: Style) {
    let checked = run.checked;
    let of = |kind: Kind| {
        let found = checked.findings.iter();
        found.filter(|f| f.fault.kind() == kind).count() as u64
    };
    for kind in [Kind::Broken, Kind::Deviation, Kind::Soft, Kind::Missed] {
        groups(out, checked, kind);
    }
    let mut stale = 0;
    for (entry, found) in run.known.iter().zip(&checked.known) {
        if found.stale {
            stale += 1;
            let name = &entry.name;
            let _ = writeln!(out, "  {}: {name}", style.bad("stale known deviation"));
            let _ = writeln!(out, "      {} no longer shows it", entry.witness);
        }
    }
    let mut parts = Vec::new();
    for (n, noun) in [
        (of(Kind::Deviation), "deviation"),
        (of(Kind::Broken), "breakage"),
        (of(Kind::Soft), "failed soft check"),
        (of(Kind::Missed), "missed recommendation"),
        (stale, "stale known deviation"),
    ] {
        if n > 0 {
            parts.push(counted(n, noun));
        }
    }
    let parts = if parts.is_empty() {
        "nothing unexpected".to_owned()
    } else {
        parts.join(", ")
    };
    let word = if checked.passes(run.strict) {
        style.good("passed")
    } else {
        style.bad("failed")
    };
    let _ = writeln!(out, "{} {word}: {parts}", run.declared);
}

/// The findings of a kind, those with the same title together, the oldest first.
fn groups(out: &mut String, checked: &Checked, kind: Kind) {
    let mut groups: Vec<(String, Vec<&Finding>)> = Vec::new();
    for finding in checked.findings.iter().filter(|f| f.fault.kind() == kind) {
        let title = title(&finding.fault);
        match groups.iter_mut().find(|(other, _)| *other == title) {
            Some((_, findings)) => findings.push(finding),
            None => groups.push((title, vec![finding])),
        }
    }
    for (title, findings) in groups {
        let numbers: Vec<String> = findings.iter().map(|f| f.number.to_string()).collect();
        for line in wrapped(&title, 98) {
            let _ = writeln!(out, "  {line}");
        }
        for line in wrapped(&format!("finding {}", numbers.join(", ")), 92) {
            let _ = writeln!(out, "      {line}");
        }
    }
}
