//! The report of a run as JSON, for machines.
//!
//! It says what the text says. Field order is the order of the structures here, and lists are
//! ordered as in the run, so the same run gives the same octets. Times are microseconds of virtual
//! time.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ladder::ladder;
use super::summary::{Run, exercised_of};
use crate::harness::{Fault, Finding, Kind, KnownUse, Origin, Tally};
use crate::model::State;
use crate::oracle::known::Known;
use crate::oracle::{Coverage, Deviation, EventKind};
use crate::spec::Level;

/// The number of this layout; it changes when a field changes its meaning or goes.
const LAYOUT: u32 = 1;

/// The report of a run as JSON, with a newline at the end.
pub fn json(run: &Run) -> String {
    let checked = run.checked;
    let report = Report {
        layout: LAYOUT,
        tcprove: env!("CARGO_PKG_VERSION"),
        stack: run.stack,
        declared: run.declared,
        seed: run.seed,
        strict: run.strict,
        passed: checked.passes(run.strict),
        corpus: verdicts(checked.corpus),
        generated: verdicts(checked.generated),
        inconclusive: &checked.inconclusive,
        faults_left_out: checked.left_out,
        faults_unkept: checked.unkept,
        findings: checked.findings.iter().map(finding).collect(),
        known: run.known.iter().zip(&checked.known).map(known).collect(),
        reached: reached(&checked.coverage),
        levels: Level::ALL
            .map(|level| level_row(&checked.coverage, level))
            .into(),
        exercised: checked
            .coverage
            .exercised()
            .iter()
            .map(|req| req.id())
            .collect(),
    };
    // Only maps with keys that are no strings and failing `Serialize` impls can go wrong here.
    let mut text = serde_json::to_string_pretty(&report).expect("a report of plain data");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Report<'a> {
    layout: u32,
    tcprove: &'static str,
    stack: &'a str,
    declared: &'a str,
    seed: u64,
    strict: bool,
    passed: bool,
    corpus: Verdicts,
    generated: Verdicts,
    inconclusive: &'a BTreeMap<String, u64>,
    faults_left_out: u64,
    faults_unkept: u64,
    findings: Vec<FindingRow<'a>>,
    known: Vec<KnownRow<'a>>,
    reached: Vec<Reached>,
    levels: Vec<LevelRow>,
    exercised: Vec<&'static str>,
}

#[derive(Serialize)]
struct Verdicts {
    scenarios: u64,
    conform: u64,
    with_known_deviations: u64,
    #[serde(skip_serializing_if = "is_zero")]
    cut_off: u64,
    deviate: u64,
    broken: u64,
    inconclusive: u64,
}

#[derive(Serialize)]
struct FindingRow<'a> {
    number: usize,
    kind: &'static str,
    count: u64,
    seen_in: Vec<&'static str>,
    origin: OriginRow<'a>,
    repeatable: bool,
    steps_at_first: usize,
    scenario: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deviation: Option<DeviationRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    ladder: String,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum OriginRow<'a> {
    Corpus(&'a str),
    Generated { seed: u64, index: u64 },
    Given,
}

#[derive(Serialize)]
struct DeviationRow<'a> {
    requirement: &'static str,
    also: Vec<&'static str>,
    level: &'static str,
    title: &'static str,
    rfc: u16,
    section: &'static str,
    state: &'static str,
    event: String,
    instead: String,
    in_words: &'a str,
    at: u64,
    states: Vec<&'static str>,
    allowed: Vec<AllowedRow<'a>>,
}

#[derive(Serialize)]
struct AllowedRow<'a> {
    requirement: &'static str,
    what: &'a str,
}

#[derive(Serialize)]
struct KnownRow<'a> {
    name: &'a str,
    requirement: &'static str,
    witness: &'a str,
    reported: Option<&'a str>,
    count: u64,
    stale: bool,
    witnessed: bool,
}

#[derive(Serialize)]
struct Reached {
    state: &'static str,
    event: &'static str,
    count: u64,
}

#[derive(Serialize)]
struct LevelRow {
    level: &'static str,
    exercised: usize,
    requirements: usize,
}

/// Of stacks in virtual time no scenario is cut off, so nothing is said of it.
fn is_zero(n: &u64) -> bool {
    *n == 0
}

fn verdicts(tally: Tally) -> Verdicts {
    Verdicts {
        scenarios: tally.total(),
        conform: tally.conforms,
        with_known_deviations: tally.with_known,
        cut_off: tally.cut_off,
        deviate: tally.deviates,
        broken: tally.broken,
        inconclusive: tally.inconclusive,
    }
}

fn finding(finding: &Finding) -> FindingRow<'_> {
    let (kind, why) = match &finding.fault {
        Fault::Deviation(_) => ("deviation", None),
        Fault::Missed(_) if finding.fault.kind() == Kind::Soft => ("soft check", None),
        Fault::Missed(_) => ("missed", None),
        Fault::Broken(why) => ("broken", Some(why.as_str())),
    };
    FindingRow {
        number: finding.number,
        kind,
        count: finding.count,
        seen_in: finding.states.iter().map(|state| state.name()).collect(),
        origin: match &finding.origin {
            Origin::Corpus(path) => OriginRow::Corpus(path),
            Origin::Given => OriginRow::Given,
            Origin::Generated { seed, index } => OriginRow::Generated {
                seed: *seed,
                index: *index,
            },
        },
        repeatable: finding.repeatable,
        steps_at_first: finding.steps_at_first,
        scenario: finding.scenario.to_string(),
        deviation: finding.fault.deviation().map(deviation),
        why,
        ladder: ladder(&finding.trace, finding.event(), &finding.scenario.lines()),
    }
}

fn deviation(deviation: &Deviation) -> DeviationRow<'_> {
    let shape = deviation.shape;
    let requirement = shape.requirement;
    DeviationRow {
        requirement: requirement.id(),
        also: deviation.also.iter().map(|also| also.id()).collect(),
        level: requirement.level().keyword(),
        title: requirement.title(),
        rfc: requirement.rfc(),
        section: requirement.section(),
        state: shape.state.name(),
        event: shape.event.to_string(),
        instead: shape.instead.to_string(),
        in_words: &deviation.instead,
        at: deviation.at.0,
        states: deviation.states.iter().map(|state| state.name()).collect(),
        allowed: deviation
            .allowed
            .iter()
            .map(|allowed| AllowedRow {
                requirement: allowed.requirement.id(),
                what: &allowed.what,
            })
            .collect(),
    }
}

fn known<'a>((entry, found): (&'a Known, &KnownUse)) -> KnownRow<'a> {
    KnownRow {
        name: &entry.name,
        requirement: entry.requirement.0.id(),
        witness: &entry.witness,
        reported: entry.reported.as_deref(),
        count: found.count,
        stale: found.stale,
        witnessed: !found.unwitnessed,
    }
}

fn reached(coverage: &Coverage) -> Vec<Reached> {
    let mut rows = Vec::new();
    for state in State::ALL {
        for (kind, event) in EventKind::NAMES {
            let count = coverage.reached(state, kind);
            if count > 0 {
                rows.push(Reached {
                    state: state.name(),
                    event,
                    count,
                });
            }
        }
    }
    rows
}

fn level_row(coverage: &Coverage, level: Level) -> LevelRow {
    let (exercised, requirements) = exercised_of(coverage, level);
    LevelRow {
        level: level.keyword(),
        exercised,
        requirements,
    }
}
