//! `check`: the corpus, then generated scenarios, then the report.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::args::CheckArgs;
use super::save::Save;
use super::standing::{conditions, surveyed};
use super::table::of_model;
use super::{BAD_INPUT, CONFORMS, Environment, FINDING, Failure, NOT_CARRIED_OUT, corpus, known};
use crate::harness::{Check, Checked, CorpusScenario, Finding, Judge, Plan, Progress, Watcher};
use crate::model::State;
use crate::oracle::KnownDeviations;
use crate::proof::Conditions;
use crate::report::matrix::{Column, Matrix};
use crate::report::{Page, Run, Setting, findings_text, html, json, summary};
use crate::scenario::{generate, generate_brisk};
use crate::spec::{Req, RequirementSet, suggestions};
use crate::table::{Maker, svg_taken};

pub(super) fn check(args: &CheckArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let stack = environment.stack(&args.stack)?;
    let only = only(&args.only)?;
    let directory = corpus::directory(args.corpus.as_deref())?;
    let corpus = corpus::load(&directory)?;
    if corpus.is_empty() && args.cases == 0 {
        return Err(Failure::Input(format!(
            "there is nothing to judge: no scenario in {}, and --cases 0",
            directory.display()
        )));
    }
    let known = known::load(args.known.as_deref(), Some(&stack))?;
    let save = args
        .save
        .as_deref()
        .map(|dir| new_save(dir, stack.name, environment.command))
        .transpose()?;
    let json_file = create("--json", args.json.as_deref())?;
    let html_file = create("--html", args.html.as_deref())?;
    let judge = (stack.judge)(known.clone()).map_err(|why| cannot_run(stack.name, &why))?;
    let declared = judge.trace().profile.name.clone();
    let live = judge.trials() > 1;
    drop(judge);
    let usual_jobs = match (live, corpus.is_empty()) {
        (false, _) => all_cores(),
        (true, false) => MANY,
        (true, true) => SOME,
    };
    let plan = Plan {
        corpus: &corpus,
        cases: args.cases,
        seed: args.seed,
        generate: if live { generate_brisk } else { generate },
        jobs: args.jobs.unwrap_or(usual_jobs),
        known: known.entries(),
        only: &only,
    };
    let mut watch = Watch::new(environment, save.as_ref());
    let make = || {
        let mut judge = (stack.judge)(known.clone())?;
        judge.set_patience(args.patience);
        Ok(judge)
    };
    let checked = Check::new(plan, make).run(&mut watch);
    watch.end();
    let checked = checked.map_err(|error| cannot_run(stack.name, &error.0))?;
    let reached = (stack.reached)();
    let run = Run {
        stack: stack.name,
        declared: &declared,
        seed: args.seed,
        strict: args.strict,
        known: known.entries(),
        checked: &checked,
        reached: &reached,
    };
    environment.print(&report(&run, save.as_ref(), environment))?;
    if let (Some(mut file), Some(path)) = (json_file, &args.json) {
        let written = file.write_all(json(&run).as_bytes());
        written.map_err(|error| cannot_write(path, &error))?;
    }
    if let (Some(mut file), Some(path)) = (html_file, &args.html) {
        let setting = (usual_jobs, args.patience);
        let scenarios: Vec<&CorpusScenario> = corpus.iter().collect();
        let column = surveyed(&stack, declared.to_string(), &scenarios, &known, setting)?;
        let page = page(&run, column, &conditions(&corpus), environment.command);
        let written = file.write_all(page.as_bytes());
        written.map_err(|error| cannot_write(path, &error))?;
    }
    status(&checked, args, environment)
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::Run(format!("cannot write {}: {error}", path.display()))
}

/// The report as a page of HTML.
fn page(run: &Run, column: Column, conditions: &Conditions, command: &str) -> String {
    let mut judge = of_model();
    let mut maker = Maker::new(&mut judge, KnownDeviations::default());
    let diagram = maker.permitted_diagram(State::ALL.as_slice());
    let coverage = &run.checked.coverage;
    html(&Page {
        run,
        matrix: Matrix {
            conditions,
            columns: &[column],
        },
        diagram: &svg_taken(&diagram, &|from, to| coverage.moved(from, to)),
        command,
    })
}

/// The findings in full, then the summary.
fn report(run: &Run, save: Option<&Save>, environment: &Environment) -> String {
    let style = environment.style;
    let mut text = String::new();
    let title = format!("tcprove: {} against RFC 9293", run.declared);
    let _ = writeln!(text, "{}\n", style.heading(&title));
    let setting = Setting {
        stack: run.stack,
        command: environment.command,
        saved: save.map(Save::directory),
        counted: true,
        style,
    };
    text.push_str(&findings_text(&run.checked.findings, &setting));
    text.push_str(&summary(run, style));
    text
}

fn status(
    checked: &Checked,
    args: &CheckArgs,
    environment: &mut Environment,
) -> Result<u8, Failure> {
    let tally = checked.tally();
    if !checked.passes(args.strict) {
        return Ok(FINDING);
    }
    if args.corpus.is_none()
        && let Some(n) = checked.known.iter().position(|known| known.unwitnessed)
    {
        let _ = writeln!(
            environment.err,
            "tcprove: known deviation {} names a witness that is not in the corpus",
            n + 1
        );
        return Ok(BAD_INPUT);
    }
    if tally.inconclusive == tally.total() {
        let _ = writeln!(
            environment.err,
            "tcprove: nothing can be said: all were inconclusive"
        );
        return Ok(NOT_CARRIED_OUT);
    }
    Ok(CONFORMS)
}

/// The requirements that are asked for; all of them when none is named.
fn only(prefixes: &[String]) -> Result<RequirementSet, Failure> {
    if prefixes.is_empty() {
        return Ok(RequirementSet::full());
    }
    let mut only = RequirementSet::new();
    for prefix in prefixes {
        Req::with_prefix(prefix).for_each(|requirement| {
            only.insert(requirement);
        });
        if prefix.is_empty() || Req::with_prefix(prefix).next().is_none() {
            let problem = format!("no requirement has an id that begins with `{prefix}`");
            return Err(Failure::Input(with_suggestions(&problem, prefix)));
        }
    }
    Ok(only)
}

/// What to say of an id that is none: `problem`, and which ones may have been meant.
pub(super) fn with_suggestions(problem: &str, wrong: &str) -> String {
    let mut text = problem.to_owned();
    let near = suggestions(wrong);
    if near.is_empty() {
        text.push_str("; `tcprove list requirements` shows them all");
    } else {
        text.push_str("; did you mean");
        for (n, requirement) in near.iter().enumerate() {
            let _ = write!(text, "{} {requirement}", if n == 0 { "" } else { "," });
        }
        text.push('?');
    }
    text
}

/// A run of this stack that cannot be.
pub(super) fn cannot_run(stack: &str, why: &str) -> Failure {
    Failure::Run(format!("{stack} cannot be judged: {why}"))
}

pub(super) fn new_save<'a>(
    directory: &'a Path,
    stack: &'a str,
    command: &'a str,
) -> Result<Save<'a>, Failure> {
    if directory.exists() && !directory.is_dir() {
        let file = directory.display();
        return Err(Failure::Input(format!("--save {file}: it is no directory")));
    }
    Save::new(directory, stack, command)
        .map_err(|error| Failure::Input(format!("--save {}: {error}", directory.display())))
}

/// Makes the file that an option asks for, before the run: what cannot be written is told at once.
fn create(option: &str, path: Option<&Path>) -> Result<Option<File>, Failure> {
    let Some(path) = path else {
        return Ok(None);
    };
    let file = File::create(path)
        .map_err(|error| Failure::Input(format!("{option} {}: {error}", path.display())))?;
    Ok(Some(file))
}

/// In real time most scenarios of the corpus wait, so many of them run at once; of those that are
/// generated few do.
pub(super) const SOME: NonZeroUsize = NonZeroUsize::new(64).unwrap();
pub(super) const MANY: NonZeroUsize = NonZeroUsize::new(512).unwrap();

pub(super) fn all_cores() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Saves findings as they come, and keeps a person informed.
struct Watch<'a, 'e> {
    environment: &'a mut Environment<'e>,
    save: Option<&'a Save<'a>>,
    begun: Instant,
    told: Option<Instant>,
    done: u64,
}

/// A person is told no oftener than this.
const PAUSE: Duration = Duration::from_millis(100);

impl<'a, 'e> Watch<'a, 'e> {
    fn new(environment: &'a mut Environment<'e>, save: Option<&'a Save<'a>>) -> Watch<'a, 'e> {
        Watch {
            environment,
            save,
            begun: Instant::now(),
            told: None,
            done: 0,
        }
    }

    fn rate(&self) -> u64 {
        (self.done as f64 / self.begun.elapsed().as_secs_f64().max(0.001)) as u64
    }

    /// Wipes the line of progress, and tells how long it took.
    fn end(&mut self) {
        let (seconds, rate) = (self.begun.elapsed().as_secs_f64(), self.rate());
        let done = self.done;
        let err = &mut self.environment.err;
        if self.told.is_some() {
            let _ = write!(err, "\r\x1b[K");
        }
        let _ = writeln!(err, "{done} scenarios in {seconds:.1} s, {rate} a second");
    }
}

impl Watcher for Watch<'_, '_> {
    fn progress(&mut self, progress: Progress) {
        self.done = progress.done;
        let soon = self.told.is_some_and(|told| told.elapsed() < PAUSE);
        if !self.environment.watched || soon {
            return;
        }
        self.told = Some(Instant::now());
        let rate = self.rate();
        let Progress {
            done,
            total,
            findings,
        } = progress;
        let _ = write!(
            self.environment.err,
            "\r{done} of {total} scenarios, {rate} a second, {findings} findings\x1b[K"
        );
        let _ = self.environment.err.flush();
    }

    fn found(&mut self, finding: &Finding) -> Result<(), String> {
        self.save.map_or(Ok(()), |save| save.write(finding))
    }
}
