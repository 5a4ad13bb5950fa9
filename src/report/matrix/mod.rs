//! Requirements and stacks: how each stack stands to each requirement, as text, Markdown, JSON and
//! JUnit.

mod json;
mod junit;
mod markdown;
mod text;

pub use json::json;
pub use junit::junit;
pub use markdown::markdown;
pub use text::text;

use crate::proof::{Conditions, Standing, Survey};
use crate::spec::{Level, Req};

/// One stack in a matrix.
#[derive(Clone, Debug)]
pub struct Column {
    /// The name by which it was asked for.
    pub stack: String,
    /// What it calls itself.
    pub declared: String,
    /// What was seen of it.
    pub survey: Survey,
}

/// Requirements and stacks.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    /// In what condition each requirement is.
    pub conditions: &'a Conditions,
    /// The stacks.
    pub columns: &'a [Column],
}

impl Matrix<'_> {
    /// How a stack stands to a requirement.
    pub(super) fn standing(&self, column: &Column, requirement: Req) -> Standing {
        column.survey.standing(requirement, self.conditions)
    }

    /// How many requirements of these a stack stands so to.
    pub(super) fn count(
        &self,
        column: &Column,
        standing: Standing,
        of: impl Fn(Req) -> bool,
    ) -> usize {
        Req::all()
            .filter(|req| of(*req) && self.standing(column, *req) == standing)
            .count()
    }
}

/// Where a requirement is stated.
pub(super) fn section(requirement: Req) -> String {
    let (rfc, part, section) = (requirement.rfc(), requirement.part(), requirement.section());
    format!("RFC {rfc}, {part} {section}")
}

/// Every requirement of a level, those of one section together.
pub(super) fn by_section(level: Level) -> Vec<(String, Vec<Req>)> {
    let mut groups: Vec<(String, Vec<Req>)> = Vec::new();
    for requirement in Req::all().filter(|req| req.level() == level) {
        let name = section(requirement);
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, group)) => group.push(requirement),
            None => groups.push((name, vec![requirement])),
        }
    }
    groups
}
