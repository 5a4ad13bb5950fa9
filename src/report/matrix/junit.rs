//! The matrix as JUnit's XML: a suite for each stack, a case for each requirement.
//!
//! What deviates is a failure; what broke the stack is an error; what was not put to the test, or
//! does not apply, is skipped.

use std::fmt::Write;

use super::{Column, Matrix};
use crate::proof::Standing;
use crate::report::words::escaped;
use crate::spec::Req;

/// The matrix as a document.
pub fn junit(matrix: &Matrix<'_>) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let totals = |of: &dyn Fn(&Column) -> usize| matrix.columns.iter().map(of).sum::<usize>();
    let _ = writeln!(
        out,
        "<testsuites name=\"tcprove\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
        totals(&tests),
        totals(&|column| failures(matrix, column)),
        totals(&|column| column.survey.broke.len()),
        totals(&|column| skipped(matrix, column)),
    );
    for column in matrix.columns {
        suite(matrix, column, &mut out);
    }
    out.push_str("</testsuites>\n");
    out
}

fn tests(column: &Column) -> usize {
    Req::COUNT + column.survey.broke.len()
}

fn failures(matrix: &Matrix<'_>, column: &Column) -> usize {
    matrix.count(column, Standing::Deviates, |_| true)
}

fn skipped(matrix: &Matrix<'_>, column: &Column) -> usize {
    let standings = [
        Standing::NotExercised,
        Standing::DoesNotApply,
        Standing::NotJudged,
    ];
    standings
        .into_iter()
        .map(|standing| matrix.count(column, standing, |_| true))
        .sum()
}

fn suite(matrix: &Matrix<'_>, column: &Column, out: &mut String) {
    let _ = writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
        escaped(&column.stack),
        tests(column),
        failures(matrix, column),
        column.survey.broke.len(),
        skipped(matrix, column),
    );
    for requirement in Req::all() {
        case(matrix, column, requirement, out);
    }
    for broke in &column.survey.broke {
        let (stack, scenario) = (escaped(&column.stack), escaped(&broke.scenario));
        let first = broke.what.lines().next().unwrap_or_default();
        let _ = writeln!(
            out,
            "    <testcase classname=\"{stack}\" name=\"{scenario}\"><error type=\"broken\" \
             message=\"{}\">{}</error></testcase>",
            escaped(first),
            escaped(&broke.what),
        );
    }
    out.push_str("  </testsuite>\n");
}

fn case(matrix: &Matrix<'_>, column: &Column, requirement: Req, out: &mut String) {
    let (stack, level) = (escaped(&column.stack), requirement.level());
    let (rfc, section) = (requirement.rfc(), requirement.section().replace('.', "_"));
    let name = escaped(&format!("{requirement} {}", requirement.title()));
    let _ = write!(
        out,
        "    <testcase classname=\"{stack}.{level}.RFC{rfc}-{section}\" name=\"{name}\">",
    );
    let standing = matrix.standing(column, requirement);
    match standing {
        Standing::Conforms => {}
        Standing::Deviates => {
            let seen = column.survey.deviates.get(&requirement);
            let (what, scenario) = seen.map_or(("", ""), |seen| (&seen.what, &seen.scenario));
            let _ = write!(
                out,
                "<failure type=\"deviates\" message=\"{}\">{}</failure>",
                escaped(what),
                escaped(scenario),
            );
        }
        Standing::Known => {
            let names = column.survey.known.get(&requirement).into_iter().flatten();
            let names: Vec<&str> = names.map(String::as_str).collect();
            let _ = write!(
                out,
                "<system-out>known: {}</system-out>",
                escaped(&names.join("; "))
            );
        }
        Standing::NotExercised | Standing::DoesNotApply | Standing::NotJudged => {
            let _ = write!(out, "<skipped message=\"{standing}\"/>");
        }
    }
    out.push_str("</testcase>\n");
}
