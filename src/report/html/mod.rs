//! The report of a run as one page of HTML, which needs nothing beside it.
//!
//! It says what the text says, and more of it: the findings with their ladders as pictures, how the
//! stack stands to every requirement, what was reached, and links between them. What it looks like is
//! `page.html`.

use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde::Serialize;

use super::finding::{Setting, place, replay_lines, seen, title, when};
use super::ladder::ladder_svg;
use super::matrix::{Column, Matrix, by_section};
use super::style::Style;
use super::summary::Run;
use crate::harness::{Fault, Finding, Kind, KnownUse, Tally};
use crate::model::State;
use crate::oracle::known::Known;
use crate::oracle::{Coverage, Deviation, EventKind};
use crate::proof::Standing;
use crate::spec::{Level, Req};

const PAGE: &str = include_str!("page.html");

/// What a page shows.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The run.
    pub run: &'a Run<'a>,
    /// How the stack stands to the requirements, on the corpus.
    pub matrix: Matrix<'a>,
    /// The states and their transitions, as an SVG element.
    pub diagram: &'a str,
    /// The command line that stands before `replay`.
    pub command: &'a str,
}

/// The report as a page.
pub fn html(page: &Page<'_>) -> String {
    let mut environment = Environment::new();
    let added = environment.add_template("page.html", PAGE);
    let rendered = added.and_then(|()| {
        let template = environment.get_template("page.html")?;
        template.render(context! { report => Serde(report(page)) })
    });
    // The template and what is shown in it are both of this program.
    rendered.expect("a page of plain data")
}

#[derive(Serialize)]
struct Report<'a> {
    version: &'static str,
    declared: &'a str,
    seed: u64,
    passed: bool,
    verdicts: Vec<Verdict>,
    inconclusive: Vec<(&'a str, u64)>,
    findings: Vec<FindingCard>,
    unkept: u64,
    known: Vec<KnownRow<'a>>,
    kinds: Vec<&'static str>,
    reached: Vec<ReachedRow>,
    pairs: usize,
    all_pairs: usize,
    diagram: &'a str,
    standings: Vec<Count>,
    levels: Vec<LevelTable>,
}

#[derive(Serialize)]
struct Verdict {
    name: &'static str,
    class: &'static str,
    corpus: u64,
    generated: u64,
}

#[derive(Serialize)]
struct FindingCard {
    number: usize,
    kind: &'static str,
    title: String,
    deviation: Option<DeviationCard>,
    why: Option<String>,
    seen: String,
    ladder: String,
    replay: String,
}

#[derive(Serialize)]
struct DeviationCard {
    requirement: &'static str,
    source: String,
    url: String,
    also: Vec<&'static str>,
    place: String,
    when: String,
    allowed: Vec<(String, &'static str)>,
    instead: String,
}

#[derive(Serialize)]
struct KnownRow<'a> {
    name: &'a str,
    requirement: &'static str,
    reason: &'a str,
    witness: &'a str,
    reported: Option<&'a str>,
    count: u64,
    stale: bool,
}

#[derive(Serialize)]
struct ReachedRow {
    state: &'static str,
    counts: Vec<u64>,
}

#[derive(Serialize)]
struct Count {
    name: &'static str,
    class: String,
    count: usize,
}

#[derive(Serialize)]
struct LevelTable {
    level: &'static str,
    counts: Vec<Count>,
    rows: Vec<RequirementRow>,
}

#[derive(Serialize)]
struct RequirementRow {
    id: &'static str,
    url: String,
    place: String,
    title: &'static str,
    standing: &'static str,
    class: String,
    /// The findings against it.
    findings: Vec<usize>,
    /// What is known of it.
    known: Vec<String>,
}

fn report<'a>(page: &Page<'a>) -> Report<'a> {
    let run = page.run;
    let checked = run.checked;
    let setting = Setting {
        stack: run.stack,
        command: page.command,
        saved: None,
        counted: true,
        style: Style::default(),
    };
    let card = |finding| finding_card(finding, &setting);
    let column = page.matrix.columns.first();
    Report {
        version: env!("CARGO_PKG_VERSION"),
        declared: run.declared,
        seed: run.seed,
        passed: checked.passes(run.strict),
        verdicts: verdicts(checked.corpus, checked.generated),
        inconclusive: checked
            .inconclusive
            .iter()
            .map(|(why, n)| (why.as_str(), *n))
            .collect(),
        findings: checked.findings.iter().map(card).collect(),
        unkept: checked.unkept,
        known: run
            .known
            .iter()
            .zip(&checked.known)
            .map(known_row)
            .collect(),
        kinds: EventKind::NAMES.map(|(_, name)| name).to_vec(),
        reached: State::ALL
            .map(|state| reached(&checked.coverage, state))
            .into(),
        pairs: checked.coverage.pairs(),
        all_pairs: State::ALL.len() * EventKind::NAMES.len(),
        diagram: page.diagram,
        standings: column.map_or_else(Vec::new, |column| counts(&page.matrix, column, None)),
        levels: match column {
            Some(column) => Level::ALL
                .map(|level| level_table(page, column, level))
                .into(),
            None => Vec::new(),
        },
    }
}

fn verdicts(corpus: Tally, generated: Tally) -> Vec<Verdict> {
    type Part = fn(&Tally) -> u64;
    let rows: [(&str, &str, Part); 6] = [
        ("conform", "conforms", |tally| {
            tally.conforms - tally.with_known
        }),
        ("conform but for known deviations", "known", |tally| {
            tally.with_known
        }),
        ("conform as far as they went", "conforms", |tally| {
            tally.cut_off
        }),
        ("deviate", "deviates", |tally| tally.deviates),
        ("broke the stack", "deviates", |tally| tally.broken),
        ("inconclusive", "not-judged", |tally| tally.inconclusive),
    ];
    let row = |(name, class, part): (_, _, Part)| Verdict {
        name,
        class,
        corpus: part(&corpus),
        generated: part(&generated),
    };
    let rows = rows.into_iter().map(row);
    // Only of a stack in real time is a scenario cut off.
    rows.filter(|row| row.corpus + row.generated > 0 || row.name.starts_with("d"))
        .collect()
}

fn finding_card(finding: &Finding, setting: &Setting<'_>) -> FindingCard {
    let kind = match finding.fault.kind() {
        Kind::Deviation => "deviation",
        Kind::Broken => "breakage",
        Kind::Missed => "missed recommendation",
        Kind::Soft => "soft check",
    };
    FindingCard {
        number: finding.number,
        kind,
        title: title(&finding.fault),
        deviation: finding
            .fault
            .deviation()
            .map(|deviation| deviation_card(deviation, finding)),
        why: match &finding.fault {
            Fault::Broken(why) => Some(why.clone()),
            Fault::Deviation(_) | Fault::Missed(_) => None,
        },
        seen: seen(finding, true),
        ladder: ladder_svg(&finding.trace, finding.event(), &finding.scenario.lines()),
        replay: replay_lines(finding, setting),
    }
}

fn deviation_card(deviation: &Deviation, finding: &Finding) -> DeviationCard {
    let requirement = deviation.shape.requirement;
    let allowed = deviation.allowed.iter();
    DeviationCard {
        requirement: requirement.id(),
        source: super::matrix::section(requirement),
        url: requirement.url(),
        also: deviation.also.iter().map(|also| also.id()).collect(),
        place: place(deviation),
        when: when(deviation, &finding.trace),
        allowed: allowed
            .map(|allowed| (allowed.what.clone(), allowed.requirement.id()))
            .collect(),
        instead: deviation.instead.clone(),
    }
}

fn known_row<'a>((known, found): (&'a Known, &KnownUse)) -> KnownRow<'a> {
    KnownRow {
        name: &known.name,
        requirement: known.requirement.0.id(),
        reason: &known.reason,
        witness: &known.witness,
        reported: known.reported.as_deref(),
        count: found.count,
        stale: found.stale,
    }
}

fn reached(coverage: &Coverage, state: State) -> ReachedRow {
    ReachedRow {
        state: state.name(),
        counts: EventKind::NAMES
            .map(|(kind, _)| coverage.reached(state, kind))
            .to_vec(),
    }
}

fn counts(matrix: &Matrix<'_>, column: &Column, level: Option<Level>) -> Vec<Count> {
    let of = |req: Req| level.is_none_or(|level| req.level() == level);
    let count = |(standing, name): (Standing, &'static str)| Count {
        name,
        class: class(name),
        count: matrix.count(column, standing, of),
    };
    Standing::NAMES.into_iter().map(count).collect()
}

/// The name of a standing as a class of the page.
fn class(name: &str) -> String {
    name.replace(' ', "-")
}

fn level_table(page: &Page<'_>, column: &Column, level: Level) -> LevelTable {
    let groups = by_section(level).into_iter();
    let rows = groups.flat_map(|(place, requirements)| {
        let row = move |requirement| requirement_row(page, column, &place, requirement);
        requirements.into_iter().map(row).collect::<Vec<_>>()
    });
    LevelTable {
        level: level.keyword(),
        counts: counts(&page.matrix, column, Some(level)),
        rows: rows.collect(),
    }
}

fn requirement_row(
    page: &Page<'_>,
    column: &Column,
    place: &str,
    requirement: Req,
) -> RequirementRow {
    let standing = page.matrix.standing(column, requirement).name();
    let against = |finding: &&Finding| {
        let deviation = finding.fault.deviation();
        deviation.is_some_and(|found| {
            found.shape.requirement == requirement || found.also.contains(&requirement)
        })
    };
    let findings = page.run.checked.findings.iter().filter(against);
    let known = column.survey.known.get(&requirement);
    RequirementRow {
        id: requirement.id(),
        url: requirement.url(),
        place: place.to_owned(),
        title: requirement.title(),
        standing,
        class: class(standing),
        findings: findings.map(|finding| finding.number).collect(),
        known: known.into_iter().flatten().cloned().collect(),
    }
}
