//! One finding as text: what is required, what was allowed, what came, and how to see it again.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use super::ladder::ladder;
use super::style::Style;
use super::words::{counted, wrapped};
use crate::harness::{Fault, Finding, Kind, Origin};
use crate::oracle::Deviation;
use crate::spec::Req;
use crate::trace::{Trace, What};

/// Columns of the names before the facts.
const NAMES: usize = 10;
/// Columns that a line may fill.
const WIDTH: usize = 100;
/// So many findings against one requirement are told in full.
const IN_FULL: usize = 3;

/// What a text needs to know beside the finding.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The name by which the stack was asked for.
    pub stack: &'a str,
    /// The command line that stands before `replay`, such as `cargo run --release --`.
    pub command: &'a str,
    /// The directory in which findings were saved, if they were.
    pub saved: Option<&'a Path>,
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
            let soft = match fault.kind() {
                Kind::Soft => ", soft check",
                Kind::Deviation | Kind::Missed | Kind::Broken => "",
            };
            format!(
                "{requirement} ({}{soft}): {}",
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

/// The name of a finding's files without their endings: its number and its requirement.
pub fn file_stem(finding: &Finding) -> String {
    let what = match finding.fault.deviation() {
        Some(deviation) => deviation.shape.requirement.id().to_ascii_lowercase(),
        None => "broken".to_owned(),
    };
    format!("{:02}-{what}", finding.number)
}

/// All findings of a run: of those against one requirement the first few in full, the others in
/// brief.
pub fn findings_text(findings: &[Finding], setting: &Setting) -> String {
    let mut out = String::new();
    let mut told: BTreeMap<(Kind, Option<Req>), usize> = BTreeMap::new();
    let mut brief = String::new();
    for finding in findings {
        let requirement = finding.fault.deviation().map(|d| d.shape.requirement);
        let before = told.entry((finding.fault.kind(), requirement)).or_default();
        *before += 1;
        if *before <= IN_FULL {
            let _ = writeln!(out, "{}", finding_text(finding, setting));
        } else {
            brief.push_str(&in_brief(finding));
        }
    }
    if !brief.is_empty() {
        let heading = "More of the same, in other states or on other events";
        let _ = writeln!(out, "{}", setting.style.heading(heading));
        out.push_str(&brief);
        let hint = match setting.saved {
            Some(directory) => format!("Each is in {} in full.", directory.display()),
            None => "Give --save DIR to see each in full.".to_owned(),
        };
        let _ = writeln!(out, "{hint}\n");
    }
    out
}

/// A finding in one line, or as many as its words take.
fn in_brief(finding: &Finding) -> String {
    let what = match finding.fault.deviation() {
        Some(deviation) => deviation.shape.to_string(),
        None => title(&finding.fault),
    };
    let text = format!("{what}; {}", seen(finding, true));
    let mut out = String::new();
    for (n, line) in wrapped(&text, WIDTH - 6).iter().enumerate() {
        let number = if n == 0 {
            format!("{:>4}. ", finding.number)
        } else {
            " ".repeat(6)
        };
        let _ = writeln!(out, "{number}{line}");
    }
    out
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
    text.out.push('\n');
    for line in ladder(&finding.trace, finding.event(), &finding.scenario.lines()).lines() {
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
pub(super) fn replay_lines(finding: &Finding, setting: &Setting) -> String {
    let (command, stack) = (setting.command, shell_word(setting.stack));
    let scenario = finding.scenario.to_string();
    match setting.saved {
        Some(directory) => {
            let mut out = String::new();
            for line in scenario.lines() {
                let _ = writeln!(out, "    {line}");
            }
            let file = directory.join(format!("{}.scn", file_stem(finding)));
            let file = shell_word(&file.display().to_string());
            let _ = writeln!(out, "\n{command} replay {file} --stack {stack}");
            out
        }
        None => format!("{command} replay - --stack {stack} <<'EOF'\n{scenario}EOF\n"),
    }
}

/// A path, or the name of a stack, as a word of the shell.
fn shell_word(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// How often it was seen, and where first.
pub(super) fn seen(finding: &Finding, counted_all: bool) -> String {
    let mut text = if counted_all {
        format!("in {}, first in ", counted(finding.count, "scenario"))
    } else {
        "first in ".to_owned()
    };
    let _ = match &finding.origin {
        Origin::Corpus(path) => write!(text, "{path} of the corpus"),
        Origin::Generated { seed, index } => write!(text, "number {index} of seed {seed}"),
        Origin::Given => write!(text, "the one that was judged"),
    };
    let told = finding.fault.deviation().map(|d| d.shape.state);
    let states = finding.states.iter().filter(|state| Some(**state) != told);
    let states: Vec<&str> = states.map(|state| state.name()).collect();
    if counted_all && !states.is_empty() {
        let _ = write!(text, "; also in {}", states.join(", "));
    }
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
                let kind = match fault.kind() {
                    Kind::Soft => "a soft check: it binds, but fails a run with --strict only",
                    _ => "a recommendation that was not followed",
                };
                self.fact("kind", kind);
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
        let also: Vec<&str> = deviation.also.iter().map(|also| also.id()).collect();
        if !also.is_empty() {
            self.fact("also", &also.join(", "));
        }
        self.fact("where", &place(deviation));
        let when = when(deviation, trace);
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

/// At which time, and after what.
pub(super) fn when(deviation: &Deviation, trace: &Trace) -> String {
    let mut when = format!("{} s", deviation.at);
    if let Some(cause) = deviation.cause.and_then(|at| trace.events.get(at)) {
        let input = match cause.what {
            What::Arrival { .. } => "segment",
            What::Icmp { .. } => "ICMP error",
            What::Call { .. } => "call",
            What::Emission { .. } | What::Quiet | What::Broken(_) => "event",
        };
        let _ = write!(when, ", after the {input} at {} s", cause.at);
    }
    when
}

/// In which state, and on what. Where several states were possible, all of them.
pub(super) fn place(deviation: &Deviation) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EventClass, State};
    use crate::oracle::{Instead, Shape};
    use crate::report::testing::Tape;
    use crate::scenario::Scenario;
    use crate::spec::req;
    use crate::time::Instant;

    fn finding(number: usize, requirement: Req) -> Finding {
        let deviation = Deviation {
            shape: Shape {
                requirement,
                state: State::ALL[number],
                event: EventClass::Send,
                instead: Instead::Silence,
            },
            also: Vec::new(),
            at: Instant::START,
            event: 0,
            cause: None,
            allowed: Vec::new(),
            instead: "nothing".to_owned(),
            states: Vec::new(),
        };
        Finding {
            number,
            fault: Fault::Deviation(Box::new(deviation)),
            origin: Origin::Generated { seed: 1, index: 9 },
            count: 2,
            states: vec![State::ALL[number]],
            scenario: Scenario::default(),
            steps_at_first: 0,
            trace: Tape::new().trace,
            repeatable: number != 2,
        }
    }

    fn setting(saved: Option<&Path>) -> Setting<'_> {
        Setting {
            stack: "smoltcp",
            command: "tcprove",
            saved,
            counted: true,
            style: Style::default(),
        }
    }

    #[test]
    fn the_fourth_finding_against_a_requirement_is_told_in_brief() {
        let mut findings: Vec<Finding> = (1..=5).map(|n| finding(n, req::RFC9293_MUST_4)).collect();
        findings.push(finding(6, req::RFC9293_MUST_13));
        let text = findings_text(&findings, &setting(None));
        let in_full = text
            .lines()
            .filter(|line| line.contains("(MUST): "))
            .count();
        assert_eq!(in_full, 4, "{text}");
        let tail = text
            .split("More of the same")
            .nth(1)
            .expect("the rest in brief");
        let expected = ", in other states or on other events
   4. RFC9293-MUST-4: SEND in ESTABLISHED, silence; in 2 scenarios, first in number 9 of seed 1
   5. RFC9293-MUST-4: SEND in FIN-WAIT-1, silence; in 2 scenarios, first in number 9 of seed 1
Give --save DIR to see each in full.

";
        assert_eq!(tail, expected);
    }

    #[test]
    fn kinds_are_told_apart_and_further_states_are_named() {
        let deviation = |fault| match fault {
            Fault::Deviation(deviation) => deviation,
            other => panic!("{other:?}"),
        };
        let missed = |requirement| {
            let mut missed = finding(1, requirement);
            missed.fault = Fault::Missed(deviation(missed.fault));
            missed.states = vec![State::Listen, State::SynReceived, State::Established];
            missed
        };
        let rows = [
            (finding(1, req::RFC9293_MUST_8), "MUST-8 (MUST): "),
            (missed(req::RFC9293_MUST_8), "MUST-8 (MUST, soft check): "),
            (missed(req::RFC9293_MUST_8), "kind a soft check: it binds"),
            (missed(req::RFC9293_SHLD_14), "SHLD-14 (SHOULD NOT): "),
            (missed(req::RFC9293_SHLD_14), "kind a recommendation that"),
            (
                missed(req::RFC9293_SHLD_14),
                "of seed 1; also in SYN-RECEIVED, ESTABLISHED ",
            ),
        ];
        for (finding, says) in rows {
            let text = finding_text(&finding, &setting(None));
            let words: Vec<&str> = text.split_whitespace().collect();
            assert!(words.join(" ").contains(says), "{says}: {text}");
        }
        let once = finding_text(&finding(1, req::RFC9293_MUST_8), &setting(None));
        assert!(!once.contains("also in"), "{once}");
    }

    #[test]
    fn a_finding_that_does_not_repeat_says_so() {
        for (number, says) in [(1, false), (2, true)] {
            let text = finding_text(&finding(number, req::RFC9293_MUST_4), &setting(None));
            let joined: Vec<&str> = text.split_whitespace().collect();
            assert_eq!(
                joined.join(" ").contains("did not show again"),
                says,
                "{text}"
            );
        }
    }

    #[test]
    fn the_command_names_the_saved_file_as_the_shell_wants_it() {
        let rows = [
            ("found", "found/01-rfc9293-must-4.scn"),
            ("my finds", "'my finds/01-rfc9293-must-4.scn'"),
            ("it's", r"'it'\''s/01-rfc9293-must-4.scn'"),
        ];
        for (directory, word) in rows {
            let setting = setting(Some(Path::new(directory)));
            let text = finding_text(&finding(1, req::RFC9293_MUST_4), &setting);
            let command = format!("tcprove replay {word} --stack smoltcp");
            assert_eq!(text.lines().last(), Some(command.as_str()));
        }
    }
}
