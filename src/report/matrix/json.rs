//! The matrix as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Column, Matrix};
use crate::proof::Evidence;
use crate::spec::Req;

/// The number of this layout; it changes when a field changes its meaning or goes.
const LAYOUT: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    layout: u32,
    tcprove: &'static str,
    stacks: Vec<Stack<'a>>,
    requirements: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Stack<'a> {
    stack: &'a str,
    declared: &'a str,
    scenarios: u64,
    inconclusive: u64,
    broke: Vec<Seen<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    requirement: &'static str,
    level: &'static str,
    rfc: u16,
    section: &'static str,
    title: &'static str,
    priority: u8,
    condition: &'static str,
    faults: Vec<&'static str>,
    standing: BTreeMap<&'a str, Standing<'a>>,
}

#[derive(Serialize)]
struct Standing<'a> {
    standing: &'static str,
    known: Vec<&'a str>,
    seen: Option<Seen<'a>>,
}

#[derive(Serialize)]
struct Seen<'a> {
    scenario: &'a str,
    what: &'a str,
}

/// The matrix as JSON, with a newline at the end.
pub fn json(matrix: &Matrix<'_>) -> String {
    let report = Report {
        layout: LAYOUT,
        tcprove: env!("CARGO_PKG_VERSION"),
        stacks: matrix.columns.iter().map(stack).collect(),
        requirements: Req::all()
            .map(|requirement| row(matrix, requirement))
            .collect(),
    };
    // Only maps with keys that are no strings and failing `Serialize` impls can go wrong here.
    let mut text = serde_json::to_string_pretty(&report).expect("a matrix of plain data");
    text.push('\n');
    text
}

fn stack(column: &Column) -> Stack<'_> {
    let survey = &column.survey;
    Stack {
        stack: &column.stack,
        declared: &column.declared,
        scenarios: survey.scenarios,
        inconclusive: survey.inconclusive,
        broke: survey.broke.iter().map(seen).collect(),
    }
}

fn seen(evidence: &Evidence) -> Seen<'_> {
    Seen {
        scenario: &evidence.scenario,
        what: &evidence.what,
    }
}

fn row<'a>(matrix: &Matrix<'a>, requirement: Req) -> Row<'a> {
    let faults = matrix.conditions.proofs.of(requirement);
    let standing = |column: &'a Column| {
        let survey = &column.survey;
        let names = survey.known.get(&requirement).into_iter().flatten();
        let standing = Standing {
            standing: matrix.standing(column, requirement).name(),
            known: names.map(String::as_str).collect(),
            seen: survey.deviates.get(&requirement).map(seen),
        };
        (column.stack.as_str(), standing)
    };
    Row {
        requirement: requirement.id(),
        level: requirement.level().keyword(),
        rfc: requirement.rfc(),
        section: requirement.section(),
        title: requirement.title(),
        priority: requirement.priority(),
        condition: matrix.conditions.of(requirement).name(),
        faults: faults.into_iter().map(|fault| fault.name()).collect(),
        standing: matrix.columns.iter().map(standing).collect(),
    }
}
