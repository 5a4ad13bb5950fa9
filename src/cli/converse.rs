//! `converse`: whole conversations with a stack, generated or given, and what came of them.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use super::args::ConverseArgs;
use super::check::{SOME, all_cores, cannot_run, new_save};
use super::save::{Kept, Save, comment};
use super::{CONFORMS, Environment, FINDING, Failure, NOT_CARRIED_OUT, StackEntry, known};
use crate::conversation::{
    Check, Checked, Complaint, Conversation, Finding, Flaw, Judged, Plan, generate, generate_live,
    judge,
};
use crate::oracle::KnownDeviations;
use crate::report::{Style, capture, fault_text, ladder, title};
use crate::spec::Req;
use crate::trace::Trace;

/// So many numbers of inconclusive conversations are told of each kind.
const NUMBERS: usize = 12;

/// How the names of files end that conversations are kept in.
const ENDING: &str = ".talk";

pub(super) fn converse(args: &ConverseArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let stack = environment.stack(&args.stack)?;
    if let Some(first) = args.list {
        let numbers = first..first.saturating_add(args.cases);
        let generate = match is_live(&stack)? {
            true => generate_live,
            false => generate,
        };
        let lines = numbers.map(|number| format!("{}\n", generate(args.seed, number)));
        environment.print(&lines.collect::<String>())?;
        return Ok(CONFORMS);
    }
    let known = known::load(args.known.as_deref(), Some(&stack))?;
    match args.line.is_empty() {
        true => check(args, &stack, &known, environment),
        false => replay(args, &stack, &known, environment),
    }
}

/// Whether a stack lives in real time.
fn is_live(stack: &StackEntry) -> Result<bool, Failure> {
    let made = judge(stack.talker, KnownDeviations::default());
    made.map(|judge| judge.is_live())
        .map_err(|why| cannot_run(stack.name, &why))
}

/// Generated conversations.
fn check(
    args: &ConverseArgs,
    stack: &StackEntry,
    known: &KnownDeviations,
    environment: &mut Environment,
) -> Result<u8, Failure> {
    // In real time most of a conversation is waiting.
    let jobs = match is_live(stack)? {
        true => SOME,
        false => all_cores(),
    };
    let plan = Plan {
        cases: args.cases,
        seed: args.seed,
        jobs: args.jobs.unwrap_or(jobs),
        known,
    };
    let save = args.save.as_deref();
    let save = save
        .map(|directory| new_save(directory, stack.name, environment.command))
        .transpose()?;
    let begun = Instant::now();
    let watched = environment.watched;
    let err = &mut environment.err;
    let checked = Check::new(plan, stack.talker).run(|done| {
        if watched {
            let _ = write!(err, "\r{done} of {} conversations\x1b[K", args.cases);
            let _ = err.flush();
        }
    });
    if watched {
        let _ = write!(environment.err, "\r\x1b[K");
    }
    let checked = checked.map_err(|why| cannot_run(stack.name, &why))?;
    let seconds = begun.elapsed().as_secs_f64();
    let _ = writeln!(
        environment.err,
        "{} conversations in {seconds:.1} s, {:.0} segments a second",
        args.cases,
        checked.segments as f64 / seconds.max(0.001)
    );
    let style = environment.style;
    let mut text = String::new();
    for (number, finding) in checked.findings.iter().enumerate() {
        let command = environment.command;
        let told = |style| finding_text(number + 1, finding, args, save.as_ref(), command, style);
        text.push_str(&told(style));
        if let Some(save) = &save {
            let kept = kept(number + 1, finding, save, told(Style::default()));
            save.keep(&kept).map_err(Failure::Run)?;
        }
    }
    text.push_str(&summary(&checked, known, style));
    environment.print(&text)?;
    let all_unclear = checked.unclear() == args.cases && args.cases > 0;
    let fails = |finding: &Finding| finding.counts(args.strict);
    Ok(match (checked.findings.iter().any(fails), all_unclear) {
        (true, _) => FINDING,
        (false, true) => NOT_CARRIED_OUT,
        (false, false) => CONFORMS,
    })
}

/// Conversations that are given.
fn replay(
    args: &ConverseArgs,
    stack: &StackEntry,
    known: &KnownDeviations,
    environment: &mut Environment,
) -> Result<u8, Failure> {
    let conversations = given(args, environment)?;
    if conversations.len() > 1 && args.pcap.is_some() {
        return Err(Failure::Input(
            "--pcap takes what was seen of one conversation; replay them one by one".into(),
        ));
    }
    let made = judge(stack.talker, known.clone());
    let mut judge = made.map_err(|why| cannot_run(stack.name, &why))?;
    let mut status = CONFORMS;
    for conversation in &conversations {
        let judged = judge.judge(conversation);
        let text = replayed(
            conversation,
            &judged,
            judge.trace(),
            known,
            environment.style,
        );
        environment.print(&text)?;
        if let Some(path) = &args.pcap {
            let mark = judged.flaws().into_iter().next();
            let mark = mark.map(|flaw| (flaw.event(judge.trace()), flaw_title(&flaw)));
            let mark = mark
                .as_ref()
                .and_then(|(event, title)| event.map(|event| (event, title.as_str())));
            let octets = capture(judge.trace(), &conversation.to_string(), mark);
            let written = fs::write(path, octets);
            written.map_err(|error| {
                Failure::Run(format!("cannot write {}: {error}", path.display()))
            })?;
        }
        let fails = judged.flaws().iter().any(|flaw| flaw.counts(args.strict));
        status = match (fails, judged.inconclusive(), status) {
            (true, ..) | (_, _, FINDING) => FINDING,
            (false, Some(_), _) => NOT_CARRIED_OUT,
            (false, None, before) => before,
        };
    }
    Ok(status)
}

/// The conversations of the command line, of files, or of standard input, one a line.
fn given(args: &ConverseArgs, environment: &mut Environment) -> Result<Vec<Conversation>, Failure> {
    let mut text = String::new();
    match args.line.as_slice() {
        [only] if only == "-" => {
            let read = environment.input.read_to_string(&mut text);
            read.map_err(|error| Failure::Input(format!("standard input: {error}")))?;
        }
        files if files.iter().all(|word| word.ends_with(ENDING)) => {
            for file in files {
                let read = fs::read_to_string(file);
                text += &read.map_err(|error| Failure::Input(format!("{file}: {error}")))?;
            }
        }
        words => text = words.join(" "),
    }
    let lines = text.lines().map(str::trim);
    let mut read = Vec::new();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let conversation = line.parse();
        read.push(
            conversation
                .map_err(|why| Failure::Input(format!("no conversation: {why}\n{line}")))?,
        );
    }
    Ok(read)
}

fn flaw_title(flaw: &Flaw) -> String {
    match flaw {
        Flaw::Fault(fault) => title(fault),
        Flaw::Complaint(complaint) => complaint_title(complaint),
    }
}

fn complaint_title(complaint: &Complaint) -> String {
    let requirement = complaint.requirement;
    format!(
        "{requirement} ({}): {}",
        requirement.level(),
        requirement.title()
    )
}

/// What is wrong, fact by fact.
fn facts(flaw: &Flaw, trace: &Trace) -> String {
    match flaw {
        Flaw::Fault(fault) => fault_text(fault, trace),
        Flaw::Complaint(complaint) => format!(
            "  when      {} s\n  instead   {}: {}\n",
            complaint.at, complaint.what, complaint.detail
        ),
    }
}

fn finding_text(
    number: usize,
    finding: &Finding,
    args: &ConverseArgs,
    save: Option<&Save>,
    command: &str,
    style: Style,
) -> String {
    let mut text = String::new();
    let title = format!("{number}. {}", flaw_title(&finding.flaw));
    let title = match finding.counts(false) {
        true => style.bad(&title),
        false => style.odd(&title),
    };
    let _ = writeln!(text, "{title}");
    text.push_str(&facts(&finding.flaw, &finding.trace));
    let _ = writeln!(
        text,
        "  seen      in {} of {} conversations, first in number {} of seed {}\n",
        finding.count, args.cases, finding.index, args.seed
    );
    if !finding.repeatable {
        text.push_str(
            "  firm      no: it did not show whenever the conversation was held again\n\n",
        );
    }
    let mark = finding.flaw.event(&finding.trace);
    text.push_str(&ladder(&finding.trace, mark, &[]));
    let again = match save {
        Some(save) => file(number, finding, save).display().to_string(),
        None => finding.conversation.to_string(),
    };
    let _ = writeln!(
        text,
        "\n{command} converse --stack {} {again}\n",
        args.stack
    );
    text
}

/// Where a conversation is kept that shows a finding again.
fn file(number: usize, finding: &Finding, save: &Save) -> PathBuf {
    let requirement = match &finding.flaw {
        Flaw::Fault(fault) => fault.deviation().map(|it| it.shape.requirement),
        Flaw::Complaint(complaint) => Some(complaint.requirement),
    };
    let what = requirement.map_or("broken", Req::id).to_ascii_lowercase();
    save.directory().join(format!("{number:02}-{what}{ENDING}"))
}

/// What is kept of a finding.
fn kept<'a>(number: usize, finding: &'a Finding, save: &Save, text: String) -> Kept<'a> {
    let title = flaw_title(&finding.flaw);
    Kept {
        file: file(number, finding, save),
        source: format!("# {title}\n{}\n", finding.conversation),
        text,
        trace: &finding.trace,
        mark: finding.flaw.event(&finding.trace),
        comment: match &finding.flaw {
            Flaw::Fault(fault) => comment(fault),
            Flaw::Complaint(complaint) => format!("{title}\ninstead: {}", complaint.detail),
        },
        title,
    }
}

fn summary(checked: &Checked, known: &KnownDeviations, style: Style) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", style.heading("Conversations"));
    let inconclusive = checked.unclear();
    for (count, what) in [
        (
            checked.conform,
            "went as they may, but for known deviations",
        ),
        (checked.deviate, "did not"),
        (inconclusive, "were inconclusive"),
    ] {
        let _ = writeln!(text, "{count:>10} {what}");
    }
    for (why, numbers) in &checked.inconclusive {
        let first: Vec<String> = numbers.iter().take(NUMBERS).map(u64::to_string).collect();
        let more = if numbers.len() > NUMBERS { ", ..." } else { "" };
        let _ = writeln!(
            text,
            "{:>14} because {why}: number {}{more}",
            numbers.len(),
            first.join(", ")
        );
    }
    let _ = writeln!(text, "{:>10} segments went by", checked.segments);
    let used = known.entries().iter().zip(&checked.known);
    let mut used: Vec<_> = used.filter(|(_, count)| **count > 0).collect();
    used.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    if !used.is_empty() {
        let _ = writeln!(text, "\n{}", style.heading("Known deviations seen"));
    }
    for (entry, count) in used {
        let _ = writeln!(text, "{count:>10} {}: {}", entry.requirement.0, entry.name);
    }
    if !checked.consequences.is_empty() {
        let heading = "What came of it, and which known deviations were seen there";
        let _ = writeln!(text, "\n{}", style.heading(heading));
    }
    for ((what, entry), count) in &checked.consequences {
        if let Some(entry) = known.entries().get(usize::from(*entry)) {
            let _ = writeln!(
                text,
                "{count:>10} {what}\n{:>14} {}: {}",
                "", entry.requirement.0, entry.name
            );
        }
    }
    text
}

fn replayed(
    conversation: &Conversation,
    judged: &Judged,
    trace: &Trace,
    known: &KnownDeviations,
    style: Style,
) -> String {
    let flaws = judged.flaws();
    let verdict = match judged.inconclusive() {
        Some(why) => style.odd(&format!("inconclusive, because {why}")),
        None if flaws.iter().any(|flaw| flaw.counts(false)) => style.bad("deviates"),
        None if !flaws.is_empty() => style.odd("conforms, with recommendations missed"),
        None => style.good("conforms"),
    };
    let mut text = format!("{conversation}\n  {verdict}\n");
    for &entry in &judged.judgment.known {
        if let Some(entry) = known.entries().get(usize::from(entry)) {
            let (requirement, name) = (entry.requirement.0, &entry.name);
            let _ = writeln!(text, "  known deviation: {requirement}: {name}");
        }
    }
    for flaw in &flaws {
        let _ = writeln!(text, "\n{}", flaw_title(flaw));
        text.push_str(&facts(flaw, trace));
    }
    let mark = flaws.first().and_then(|flaw| flaw.event(trace));
    text.push('\n');
    text.push_str(&ladder(trace, mark, &[]));
    text.push('\n');
    text
}
