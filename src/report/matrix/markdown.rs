//! The matrix as a page of Markdown.

use std::fmt::Write;

use super::{Column, Matrix, section};
use crate::proof::{Condition, Standing};
use crate::spec::{Level, Req};

/// The matrix as tables, one for each level, with what is known and what is new below.
pub fn markdown(matrix: &Matrix<'_>) -> String {
    let mut out = String::new();
    summary(matrix, &mut out);
    for level in Level::ALL {
        let _ = writeln!(out, "\n## {level}\n");
        head(
            matrix,
            "| requirement | where | what it asks |",
            "|---|---|---|",
            &mut out,
        );
        for requirement in Req::all().filter(|req| req.level() == level) {
            let (id, url) = (requirement.id(), requirement.url());
            let (place, title) = (section(requirement), requirement.title());
            let title = title.replace('|', "\\|");
            let _ = write!(out, "| [{id}]({url}) | {place} | {title} |");
            for column in matrix.columns {
                let standing = matrix.standing(column, requirement);
                let _ = write!(out, " {} |", word(standing));
            }
            out.push('\n');
        }
    }
    for column in matrix.columns {
        details(column, &mut out);
    }
    waivers(matrix, &mut out);
    out
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Deviates => "**deviates**",
        Standing::DoesNotApply => "–",
        Standing::NotExercised => "not exercised",
        Standing::NotJudged => "*not judged*",
        Standing::Conforms | Standing::Known => standing.name(),
    }
}

fn head(matrix: &Matrix<'_>, names: &str, rule: &str, out: &mut String) {
    out.push_str(names);
    for column in matrix.columns {
        let _ = write!(out, " {} |", column.stack);
    }
    let _ = write!(out, "\n{rule}");
    for _ in matrix.columns {
        out.push_str("---|");
    }
    out.push('\n');
}

fn summary(matrix: &Matrix<'_>, out: &mut String) {
    head(matrix, "| |", "|---|", out);
    for (standing, name) in Standing::NAMES {
        let _ = write!(out, "| {name} |");
        for column in matrix.columns {
            let _ = write!(out, " {} |", matrix.count(column, standing, |_| true));
        }
        out.push('\n');
    }
}

/// What is new in a stack, and what is known of it, requirement by requirement.
fn details(column: &Column, out: &mut String) {
    let survey = &column.survey;
    if !survey.deviates.is_empty() {
        let _ = writeln!(out, "\n## New in {}\n", column.stack);
        for (requirement, evidence) in &survey.deviates {
            let (what, scenario) = (&evidence.what, &evidence.scenario);
            let _ = writeln!(out, "- {requirement}: {what}, in {scenario}");
        }
    }
    if !survey.known.is_empty() {
        let _ = writeln!(out, "\n## Known of {}\n", column.stack);
        for (requirement, names) in &survey.known {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let _ = writeln!(out, "- {requirement}: {}", names.join("; "));
        }
    }
}

/// Why some requirements are not judged.
fn waivers(matrix: &Matrix<'_>, out: &mut String) {
    let _ = writeln!(out, "\n## Not to be judged\n");
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for requirement in Req::all() {
        let Condition::Waived(reason) = matrix.conditions.of(requirement) else {
            continue;
        };
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, ids)) => ids.push(requirement.id()),
            None => reasons.push((reason, vec![requirement.id()])),
        }
    }
    for (reason, ids) in reasons {
        let _ = writeln!(out, "- {}: {reason}.", ids.join(", "));
    }
}
