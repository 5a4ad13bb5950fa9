//! One trace and what the judge says of it, as `replay` and `judge` show it.

use std::fmt::Write;

use super::save::comment;
use super::{CONFORMS, FINDING, NOT_CARRIED_OUT};
use crate::harness::{Fault, Kind};
use crate::oracle::known::Known;
use crate::oracle::{Judgment, Verdict};
use crate::report::{Style, capture, fault_text, ladder, title};
use crate::scenario::Step;
use crate::trace::Trace;

/// A trace that was judged.
pub(super) struct Judged<'a> {
    name: &'a str,
    /// The lines of the scenario that led to it, where they are known.
    steps: &'a [Step],
    judgment: Judgment,
    faults: Vec<Fault>,
    trace: &'a Trace,
    known: &'a [Known],
}

impl<'a> Judged<'a> {
    pub(super) fn new(
        name: &'a str,
        steps: &'a [Step],
        judgment: Judgment,
        trace: &'a Trace,
        known: &'a [Known],
    ) -> Judged<'a> {
        Judged {
            name,
            steps,
            faults: Fault::all(judgment.clone()),
            judgment,
            trace,
            known,
        }
    }

    /// The verdict, and each fault with the ladder; of what is fine, when `brief`, the verdict
    /// alone.
    pub(super) fn text(&self, brief: bool, style: Style) -> String {
        let mut text = format!("{}: {}\n", self.name, self.verdict(style));
        if let Verdict::Inconclusive(why) = &self.judgment.verdict {
            let _ = writeln!(text, "  because {why}");
        }
        for &entry in &self.judgment.known {
            if let Some(entry) = self.known.get(usize::from(entry)) {
                let (requirement, name) = (entry.requirement.0, &entry.name);
                let _ = writeln!(text, "  known deviation: {requirement}: {name}");
            }
        }
        let fine = matches!(self.judgment.verdict, Verdict::Conforms) && self.faults.is_empty();
        if brief && fine {
            return text;
        }
        for fault in &self.faults {
            let _ = writeln!(text, "\n{}", title(fault));
            text.push_str(&fault_text(fault, self.trace));
        }
        let mark = self
            .faults
            .first()
            .and_then(|fault| fault.event(self.trace));
        let steps: Vec<String> = self.steps.iter().map(ToString::to_string).collect();
        text.push('\n');
        text.push_str(&ladder(self.trace, mark, &steps));
        text.push('\n');
        text
    }

    fn verdict(&self, style: Style) -> String {
        let of = |kind| self.faults.iter().any(|fault| fault.kind() == kind);
        match &self.judgment.verdict {
            Verdict::Conforms if of(Kind::Soft) => style.odd("conforms, with soft checks failed"),
            Verdict::Conforms if of(Kind::Missed) => {
                style.odd("conforms, with recommendations missed")
            }
            Verdict::Conforms if !self.judgment.known.is_empty() => {
                style.good("conforms, but for known deviations")
            }
            Verdict::Conforms => style.good("conforms"),
            Verdict::Deviates(_) => style.bad("deviates"),
            Verdict::Inconclusive(_) => style.odd("inconclusive"),
            Verdict::Broken(_) => style.bad("broken"),
        }
    }

    /// The capture, with what is at fault at its packet.
    pub(super) fn capture(&self) -> Vec<u8> {
        let comments = self.faults.first().and_then(|fault| {
            let event = fault.event(self.trace)?;
            Some((event, comment(fault)))
        });
        let mark = comments
            .as_ref()
            .map(|(event, text)| (*event, text.as_str()));
        let verdict = format!("{}: {}", self.name, self.verdict(Style::default()));
        capture(self.trace, &verdict, mark)
    }

    /// The exit status; with `strict`, what is only recommended counts too.
    pub(super) fn status(&self, strict: bool) -> u8 {
        match self.judgment.verdict {
            Verdict::Conforms if strict && !self.judgment.missed.is_empty() => FINDING,
            Verdict::Conforms => CONFORMS,
            Verdict::Deviates(_) | Verdict::Broken(_) => FINDING,
            Verdict::Inconclusive(_) => NOT_CARRIED_OUT,
        }
    }
}

/// The exit status of two judgments: a finding weighs more than what nothing can be said of.
pub(super) fn worse(one: u8, other: u8) -> u8 {
    match (one, other) {
        (FINDING, _) | (_, FINDING) => FINDING,
        (one, other) => one.max(other),
    }
}
