//! `matrix` and `explain`: how stacks stand to requirements, and what there is to say of one.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::num::NonZeroUsize;
use std::thread;

use super::args::{ExplainArgs, MatrixArgs, MatrixFormat};
use super::check::{MANY, all_cores, cannot_run, with_suggestions};
use super::corpus;
use super::{CONFORMS, Environment, FINDING, Failure, StackEntry, known};
use crate::harness::{CorpusScenario, Judge};
use crate::oracle::KnownDeviations;
use crate::proof::{Condition, Conditions, Standing, Stimulus, Survey, witnesses};
use crate::report::matrix::{self, Column, Matrix};
use crate::scenario::{Scenario, generate, generate_brisk};
use crate::spec::{self, Req};
use crate::time::Micros;

/// So many scenarios of the corpus are named.
const NAMED: usize = 5;
/// So many faults are named.
const FAULTS: usize = 6;
/// A stack is run on no more scenarios than so many for one requirement.
const MOST: usize = 500;
/// So many scenarios a thread takes at a time: small enough that no thread has all that wait long.
const BLOCK: usize = 16;

pub(super) fn matrix(args: &MatrixArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let directory = corpus::directory(args.corpus.as_deref())?;
    let corpus = corpus::load(&directory)?;
    let conditions = conditions(&corpus);
    let mut columns = Vec::new();
    for name in std::iter::once(&args.stack).chain(&args.against) {
        let stack = environment.stack(name)?;
        columns.push(column(&stack, &corpus, args)?);
    }
    let shown = Matrix {
        conditions: &conditions,
        columns: &columns,
    };
    let text = match args.format {
        MatrixFormat::Text => matrix::text(&shown, environment.style),
        MatrixFormat::Md => matrix::markdown(&shown),
        MatrixFormat::Json => matrix::json(&shown),
        MatrixFormat::Junit => matrix::junit(&shown),
    };
    environment.print(&text)?;
    let fails = |column: &Column| {
        let survey = &column.survey;
        let hard = |(_, evidence): (_, &crate::proof::Evidence)| evidence.firm || args.strict;
        !survey.broke.is_empty() || survey.deviates.iter().any(hard)
    };
    Ok(match columns.iter().any(fails) {
        true => FINDING,
        false => CONFORMS,
    })
}

/// In what condition each requirement is, by what this corpus puts to the test.
pub(super) fn conditions(corpus: &[CorpusScenario]) -> Conditions {
    let scenarios = corpus.iter().map(|entry| &entry.scenario);
    Conditions::new(Stimulus::of_all(scenarios))
}

/// How a stack stands after these scenarios.
pub(super) fn surveyed(
    stack: &StackEntry,
    declared: String,
    scenarios: &[&CorpusScenario],
    known: &KnownDeviations,
    (jobs, patience): (NonZeroUsize, Micros),
) -> Result<Column, Failure> {
    Ok(Column {
        stack: stack.name.to_owned(),
        declared,
        survey: survey(stack, scenarios, known, jobs, patience)?,
    })
}

/// Runs a stack on the corpus and on what is generated.
fn column(
    stack: &StackEntry,
    corpus: &[CorpusScenario],
    args: &MatrixArgs,
) -> Result<Column, Failure> {
    let judge = (stack.judge)(KnownDeviations::default());
    let judge = judge.map_err(|why| cannot_run(stack.name, &why))?;
    let declared = judge.trace().profile.name.clone().into_owned();
    let live = judge.trials() > 1;
    drop(judge);
    let make = if live { generate_brisk } else { generate };
    let mut generated: Vec<CorpusScenario> = Vec::new();
    for index in 0..args.cases {
        let mut scenario = Scenario::default();
        make(args.seed, index, &mut scenario);
        generated.push(CorpusScenario {
            path: format!("number {index} of seed {}", args.seed),
            scenario,
        });
    }
    let all: Vec<&CorpusScenario> = corpus.iter().chain(&generated).collect();
    let jobs = args.jobs.unwrap_or(if live { MANY } else { all_cores() });
    let known = known::load(None, Some(stack))?;
    surveyed(stack, declared, &all, &known, (jobs, args.patience))
}

/// Runs a stack on scenarios, on several threads, which take blocks of them in turn; what is seen is
/// merged in the order of the scenarios.
fn survey(
    stack: &StackEntry,
    scenarios: &[&CorpusScenario],
    known: &KnownDeviations,
    jobs: NonZeroUsize,
    patience: Micros,
) -> Result<Survey, Failure> {
    let blocks: Vec<&[&CorpusScenario]> = scenarios.chunks(BLOCK).collect();
    let jobs = jobs.get().min(blocks.len()).max(1);
    let work = |first: usize| -> Result<Vec<(usize, Survey)>, String> {
        let mut judge = (stack.judge)(known.clone())?;
        judge.set_patience(patience);
        let own = blocks.iter().enumerate().skip(first).step_by(jobs);
        let seen = own.map(|(number, block)| {
            let named = block
                .iter()
                .map(|entry| (entry.path.as_str(), &entry.scenario));
            (number, Survey::of(&mut judge, known.entries(), named))
        });
        Ok(seen.collect())
    };
    let work = &work;
    let parts: Vec<Result<_, String>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs)
            .map(|first| scope.spawn(move || work(first)))
            .collect();
        let join = |worker: thread::ScopedJoinHandle<'_, _>| {
            let panicked = |_| Err("a thread of the harness itself panicked".to_owned());
            worker.join().unwrap_or_else(panicked)
        };
        workers.into_iter().map(join).collect()
    });
    let mut seen = BTreeMap::new();
    for part in parts {
        seen.extend(part.map_err(|why| cannot_run(stack.name, &why))?);
    }
    let mut whole = Survey::default();
    for (_, part) in seen {
        whole.merge(part);
    }
    Ok(whole)
}

pub(super) fn explain(args: &ExplainArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let mut requirements = Vec::new();
    for id in &args.ids {
        let requirement = Req::from_id(id);
        requirements.push(requirement.ok_or_else(|| {
            let problem = format!("there is no requirement `{id}`");
            Failure::Input(with_suggestions(&problem, id))
        })?);
    }
    let directory = corpus::directory(args.corpus.as_deref())?;
    let corpus = corpus::load(&directory)?;
    let mut stimulus = Stimulus::default();
    let stimulated: Vec<_> = corpus
        .iter()
        .map(|entry| stimulus.of(&entry.scenario))
        .collect();
    let exercised = stimulated.iter().flat_map(|set| set.iter()).collect();
    let conditions = Conditions::new(exercised);
    let mut pages = Vec::new();
    for requirement in requirements {
        let entries: Vec<&CorpusScenario> = corpus
            .iter()
            .zip(&stimulated)
            .filter(|(_, set)| set.contains(requirement))
            .map(|(entry, _)| entry)
            .collect();
        pages.push(page(requirement, &entries, &conditions, environment)?);
    }
    environment.print(&pages.join("\n"))?;
    Ok(CONFORMS)
}

/// Everything that there is to say of a requirement.
fn page(
    requirement: Req,
    entries: &[&CorpusScenario],
    conditions: &Conditions,
    environment: &Environment,
) -> Result<String, Failure> {
    let mut page = spec::explain(requirement);
    page.push('\n');
    let condition = conditions.of(requirement);
    let told = match condition {
        Condition::Judged => condition.name().to_owned(),
        Condition::Waived(reason) => format!("waived: {reason}"),
        Condition::Exercised => {
            "exercised only: scenarios put it to the test, and nothing can be reported by it".into()
        }
        Condition::Open => "open: nothing can be reported by it yet".to_owned(),
    };
    spec::part(&mut page, "Condition", &told);
    proofs(requirement, conditions, &mut page);
    corpus_part(entries, &mut page);
    for stack in environment.stacks {
        let told = fares(stack, requirement, entries, conditions)?;
        spec::part(&mut page, stack.name, &told);
    }
    Ok(page)
}

/// The faults that prove it, and how to see the first.
fn proofs(requirement: Req, conditions: &Conditions, page: &mut String) {
    let faults = conditions.proofs.of(requirement);
    let Some(first) = faults.first() else {
        return;
    };
    let names: Vec<&str> = faults
        .iter()
        .take(FAULTS)
        .map(|fault| fault.name())
        .collect();
    let more = match faults.len().saturating_sub(FAULTS) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    spec::part(page, "Proven by", &format!("{}{more}", names.join(", ")));
    let of = |witness: &crate::proof::Witness| witness.fault == *first;
    let own = witnesses().find(|witness| of(witness) && witness.requirement == requirement);
    if let Some(witness) = own.or_else(|| witnesses().find(of)) {
        spec::part(page, "seen on", witness.steps);
    }
}

fn corpus_part(entries: &[&CorpusScenario], page: &mut String) {
    let count = match entries.len() {
        0 => "no scenario of the corpus".to_owned(),
        1 => "one scenario of the corpus".to_owned(),
        many => format!("{many} scenarios of the corpus, such as"),
    };
    spec::part(page, "Exercised", &count);
    // From all over it, rather than the first.
    let step = entries.len().div_ceil(NAMED).max(1);
    for entry in entries.iter().step_by(step).take(NAMED) {
        spec::part(page, "", &entry.path);
    }
}

/// How a stack stands to it on the scenarios that are about it.
fn fares(
    stack: &StackEntry,
    requirement: Req,
    entries: &[&CorpusScenario],
    conditions: &Conditions,
) -> Result<String, Failure> {
    let known = known::load(None, Some(stack))?;
    let names: Vec<&str> = known
        .entries()
        .iter()
        .filter(|known| known.breaks().any(|broken| broken == requirement))
        .map(|known| known.name.as_str())
        .collect();
    if entries.is_empty() {
        return Ok(match names.is_empty() {
            true => Standing::NotExercised.name().to_owned(),
            false => format!("known: {}", names.join("; ")),
        });
    }
    let judge = (stack.judge)(KnownDeviations::default());
    let in_process = judge.as_ref().is_ok_and(|judge| judge.trials() == 1);
    if !in_process {
        return Ok(match names.is_empty() {
            true => "not asked: nothing is known of it".to_owned(),
            false => format!("known: {}", names.join("; ")),
        });
    }
    let step = entries.len().div_ceil(MOST).max(1);
    let some: Vec<&CorpusScenario> = entries.iter().step_by(step).copied().collect();
    let survey = survey(stack, &some, &known, all_cores(), Micros::FOREVER)?;
    let standing = survey.standing(requirement, conditions);
    let mut told = standing.name().to_owned();
    if standing == Standing::Known {
        let seen = survey.known.get(&requirement).into_iter().flatten();
        let seen: Vec<&str> = seen.map(String::as_str).collect();
        let _ = write!(told, ": {}", seen.join("; "));
    } else if let Some(evidence) = survey.deviates.get(&requirement) {
        let _ = write!(told, ": {}, in {}", evidence.what, evidence.scenario);
    } else if !names.is_empty() {
        let _ = write!(told, "; known elsewhere: {}", names.join("; "));
    }
    Ok(told)
}
