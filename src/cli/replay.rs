//! `replay`: scenarios from files, each with its ladder and the verdict.

use std::fmt::Write;
use std::fs;

use super::args::ReplayArgs;
use super::check::cannot_run;
use super::save::comment;
use super::{CONFORMS, Environment, FINDING, Failure, NOT_CARRIED_OUT, corpus, known};
use crate::harness::{Fault, Judge, Kind};
use crate::oracle::known::Known;
use crate::oracle::{Judgment, Verdict};
use crate::report::{Style, capture, fault_text, ladder, title};
use crate::scenario::Scenario;
use crate::trace::Trace;

pub(super) fn replay(args: &ReplayArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let stack = environment.stack(&args.stack)?;
    let known = known::load(args.known.as_deref(), &stack)?;
    let one_by_one = |what: &str| {
        Failure::Input(format!(
            "--pcap takes what was seen of one scenario; replay the {what} one by one"
        ))
    };
    if args.pcap.is_some() && args.files.len() > 1 {
        return Err(one_by_one("files"));
    }
    let mut scenarios = Vec::new();
    for file in &args.files {
        let named = corpus::named(file, environment.input).map_err(Failure::Input)?;
        // Of many cases the ladders of those that conform would bury the others.
        let brief = named.len() > 1;
        scenarios.extend(named.into_iter().map(|named| (named, brief)));
    }
    if args.pcap.is_some() && scenarios.len() > 1 {
        return Err(one_by_one("cases"));
    }
    let mut judge = (stack.judge)(known.clone()).map_err(|why| cannot_run(stack.name, &why))?;
    judge.set_patience(args.patience);
    let mut status = CONFORMS;
    for ((name, scenario), brief) in &scenarios {
        let judgment = judge.judge(scenario);
        let replayed = Replayed {
            name,
            scenario,
            faults: Fault::all(judgment.clone()),
            judgment,
            trace: judge.trace(),
            known: known.entries(),
        };
        environment.print(&replayed.text(*brief, environment.style))?;
        if let Some(path) = &args.pcap {
            let written = fs::write(path, replayed.capture());
            written.map_err(|error| {
                Failure::Run(format!("cannot write {}: {error}", path.display()))
            })?;
        }
        // A finding weighs more than a scenario of which nothing can be said.
        status = match (status, replayed.status(args.strict)) {
            (FINDING, _) | (_, FINDING) => FINDING,
            (before, now) => before.max(now),
        };
    }
    Ok(status)
}

/// A scenario that was run and judged.
struct Replayed<'a> {
    name: &'a str,
    scenario: &'a Scenario,
    judgment: Judgment,
    faults: Vec<Fault>,
    trace: &'a Trace,
    known: &'a [Known],
}

impl Replayed<'_> {
    fn text(&self, brief: bool, style: Style) -> String {
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
        let steps: Vec<String> = self
            .scenario
            .steps
            .iter()
            .map(ToString::to_string)
            .collect();
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

    fn capture(&self) -> Vec<u8> {
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

    fn status(&self, strict: bool) -> u8 {
        match self.judgment.verdict {
            Verdict::Conforms if strict && !self.judgment.missed.is_empty() => FINDING,
            Verdict::Conforms => CONFORMS,
            Verdict::Deviates(_) | Verdict::Broken(_) => FINDING,
            Verdict::Inconclusive(_) => NOT_CARRIED_OUT,
        }
    }
}
