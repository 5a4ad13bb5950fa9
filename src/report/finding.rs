//! One finding as text: what is required, what was allowed, what came, and how to see it again.

use std::fmt::Write;

use super::ladder::ladder;
use super::style::Style;
use super::words::{counted, wrapped};
use crate::harness::{Fault, Finding, Origin};
use crate::oracle::Deviation;
use crate::trace::{Trace, What};

/// Columns of the names before the facts.
const NAMES: usize = 10;
/// Columns that a line may fill.
const WIDTH: usize = 100;

/// What a text needs to know beside the finding.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The name by which the stack was asked for.
    pub stack: &'a str,
    /// The command line that stands before `replay`, such as `cargo run --release --`.
    pub command: &'a str,
    /// The file that holds the scenario, if it was written to one.
    pub file: Option<&'a str>,
    /// Whether the count of scenarios is final and may be told.
    pub counted: bool,
    /// Colours.
    pub style: Style,
}

/// A finding in one line: what is not met, and where. Without a newline.
pub fn title(fault: &Fault) -> String {
    match fault {
        Fault::Deviation(deviation) | Fault::Missed(deviation) => {
            let requirement = deviation.shape.requirement;
            format!(
                "{requirement} ({}): {}",
                requirement.level(),
                requirement.title()
            )
        }
        Fault::Broken(why) => {
            let first = why.lines().next().unwrap_or("no reason given");
            format!("the stack broke: {first}")
        }
    }
}

/// A finding as text of several lines.
pub fn finding_text(finding: &Finding, setting: &Setting) -> String {
    let mut text = Text::default();
    let title = format!("{}. {}", finding.number, title(&finding.fault));
    let style = setting.style;
    let heading = match &finding.fault {
        Fault::Deviation(_) | Fault::Broken(_) => style.bad(&title),
        Fault::Missed(_) => style.odd(&title),
    };
    let _ = writeln!(text.out, "{heading}");
    text.facts(&finding.fault, &finding.trace);
    text.fact("seen", &seen(finding, setting.counted));
    let steps: Vec<String> = finding
        .scenario
        .steps
        .iter()
        .map(ToString::to_string)
        .collect();
    text.out.push('\n');
    for line in ladder(&finding.trace, finding.event(), &steps).lines() {
        let marked = line.starts_with("!!");
        let line = if marked {
            style.bad(line)
        } else {
            line.to_owned()
        };
        let _ = writeln!(text.out, "{line}");
    }
    text.out.push('\n');
    text.out.push_str(&replay_lines(finding, setting));
    text.out
}

/// What is wrong, fact by fact: what was allowed, what came instead, where and when.
pub fn fault_text(fault: &Fault, trace: &Trace) -> String {
    let mut text = Text::default();
    text.facts(fault, trace);
    text.out
}

/// The command that runs the scenario again, and the scenario itself.
fn replay_lines(finding: &Finding, setting: &Setting) -> String {
    let (command, stack) = (setting.command, setting.stack);
    let scenario = finding.scenario.to_string();
    match setting.file {
        Some(file) => {
            let mut out = String::new();
            for line in scenario.lines() {
                let _ = writeln!(out, "    {line}");
            }
            let file = shell_word(file);
            let _ = writeln!(out, "\n{command} replay {file} --stack {stack}");
            out
        }
        None => format!("{command} replay - --stack {stack} <<'EOF'\n{scenario}EOF\n"),
    }
}

/// A path as a word of the shell.
fn shell_word(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// How often it was seen, and where first.
fn seen(finding: &Finding, counted_all: bool) -> String {
    let mut text = if counted_all {
        format!("in {}, first in ", counted(finding.count, "scenario"))
    } else {
        "first in ".to_owned()
    };
    let _ = match &finding.origin {
        Origin::Corpus(path) => write!(text, "{path} of the corpus"),
        Origin::Generated { seed, index } => write!(text, "number {index} of seed {seed}"),
    };
    let (now, first) = (finding.scenario.steps.len(), finding.steps_at_first);
    if now < first {
        let _ = write!(text, "; {} of {first} left", counted(now as u64, "step"));
    }
    if !finding.repeatable {
        text.push_str("; it did not show again when the scenario was run a second time");
    }
    text
}

#[derive(Default)]
struct Text {
    out: String,
}

impl Text {
    fn facts(&mut self, fault: &Fault, trace: &Trace) {
        match fault {
            Fault::Deviation(deviation) => self.deviation(deviation, trace),
            Fault::Missed(deviation) => {
                self.fact("kind", "a recommendation that was not followed");
                self.deviation(deviation, trace);
            }
            Fault::Broken(why) => self.fact("why", why),
        }
    }

    fn deviation(&mut self, deviation: &Deviation, trace: &Trace) {
        let requirement = deviation.shape.requirement;
        let (rfc, section) = (requirement.rfc(), requirement.section());
        self.fact(
            "source",
            &format!("RFC {rfc}, {} {section}", requirement.part()),
        );
        self.fact("where", &place(deviation));
        let mut when = format!("{} s", deviation.at);
        if let Some(cause) = deviation.cause.and_then(|at| trace.events.get(at)) {
            let input = match cause.what {
                What::Arrival { .. } => "segment",
                What::Call { .. } => "call",
                What::Emission { .. } | What::Quiet | What::Broken(_) => "event",
            };
            let _ = write!(when, ", after the {input} at {} s", cause.at);
        }
        self.fact("when", &when);
        self.allowed(deviation);
        self.fact("instead", &deviation.instead);
    }

    fn allowed(&mut self, deviation: &Deviation) {
        if deviation.allowed.is_empty() {
            self.fact("allowed", "nothing");
        }
        for (n, allowed) in deviation.allowed.iter().enumerate() {
            let name = if n == 0 { "allowed" } else { "or" };
            self.fact(name, &format!("{} [{}]", allowed.what, allowed.requirement));
        }
    }

    /// A name and what is to be said of it, in as many lines as it takes.
    fn fact(&mut self, name: &str, what: &str) {
        let lines = wrapped(what, WIDTH - NAMES - 2);
        let first = lines.first().map_or("", String::as_str);
        let _ = writeln!(self.out, "  {name:NAMES$}{first}");
        for line in lines.iter().skip(1) {
            let _ = writeln!(self.out, "  {:NAMES$}{line}", "");
        }
    }
}

/// In which state, and on what. Where several states were possible, all of them.
fn place(deviation: &Deviation) -> String {
    let shape = deviation.shape;
    let mut text = format!("{}, {}", shape.state, shape.event);
    let others: Vec<&str> = deviation
        .states
        .iter()
        .filter(|state| **state != shape.state)
        .map(|state| state.name())
        .collect();
    if !others.is_empty() {
        let _ = write!(text, " (or {}, as far as can be told)", others.join(" or "));
    }
    text
}
