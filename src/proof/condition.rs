//! In what condition a requirement is.

use std::fmt;

use super::Proofs;
use crate::spec::{Req, RequirementSet};

/// How far a requirement is judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Condition {
    /// A deviation can be reported by it, and at least one seeded fault is.
    Judged,
    /// Scenarios put it to the test, but no fault is caught by it.
    Exercised,
    /// It is not judged, and why that is right.
    Waived(&'static str),
    /// It is not judged, and should be.
    Open,
}

impl Condition {
    /// The condition in a word or two.
    pub const fn name(self) -> &'static str {
        match self {
            Condition::Judged => "judged",
            Condition::Exercised => "exercised only",
            Condition::Waived(_) => "waived",
            Condition::Open => "open",
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The condition of every requirement.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// What proves those that are judged.
    pub proofs: Proofs,
    exercised: RequirementSet,
}

impl Conditions {
    /// Finds the proofs; `exercised` is what scenarios have put to the test.
    pub fn new(exercised: RequirementSet) -> Conditions {
        Conditions {
            proofs: Proofs::find(),
            exercised,
        }
    }

    /// The condition of one requirement.
    pub fn of(&self, requirement: Req) -> Condition {
        let proven = !self.proofs.of(requirement).is_empty();
        match requirement.waiver() {
            _ if proven => Condition::Judged,
            Some(reason) => Condition::Waived(reason),
            None if self.exercised.contains(requirement) => Condition::Exercised,
            None => Condition::Open,
        }
    }
}
