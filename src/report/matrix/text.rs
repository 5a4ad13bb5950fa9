//! The matrix in aligned columns.

use std::fmt::Write;

use super::{Matrix, by_section};
use crate::proof::Standing;
use crate::report::Style;
use crate::spec::Level;

/// Columns of an id.
const ID: usize = 24;
/// Columns of a standing.
const STANDING: usize = 16;

/// The matrix as text, grouped by level and section, and how many of each there are.
pub fn text(matrix: &Matrix<'_>, style: Style) -> String {
    let mut out = String::new();
    for level in Level::ALL {
        let mut heading = format!("{:ID$}", level.keyword());
        for column in matrix.columns {
            let _ = write!(heading, "{:STANDING$}", column.stack);
        }
        let _ = writeln!(out, "{}", style.heading(heading.trim_end()));
        for (section, group) in by_section(level) {
            let _ = writeln!(out, "{section}");
            for requirement in group {
                let _ = write!(out, "  {:width$}", requirement.id(), width = ID - 2);
                for column in matrix.columns {
                    let standing = matrix.standing(column, requirement);
                    let padded = format!("{standing:STANDING$}");
                    out.push_str(&match standing {
                        Standing::Deviates => style.bad(&padded),
                        Standing::Known => style.odd(&padded),
                        _ => padded,
                    });
                }
                let _ = writeln!(out, "{}", requirement.title());
            }
        }
        out.push('\n');
    }
    out.push_str(&counts(matrix));
    out.push_str(&breakages(matrix));
    out
}

fn counts(matrix: &Matrix<'_>) -> String {
    let mut out = String::new();
    for (standing, name) in Standing::NAMES {
        let _ = write!(out, "{name:ID$}");
        for column in matrix.columns {
            let count = matrix.count(column, standing, |_| true);
            let _ = write!(out, "{count:<STANDING$}");
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    out
}

fn breakages(matrix: &Matrix<'_>) -> String {
    let mut out = String::new();
    for column in matrix.columns {
        for broke in &column.survey.broke {
            let first = broke.what.lines().next().unwrap_or_default();
            let _ = writeln!(out, "{} broke on {}: {first}", column.stack, broke.scenario);
        }
    }
    out
}
