//! A strategy for scenarios.
//!
//! What it makes is what the generator makes, by the same vocabulary and weights; it shrinks as
//! findings are shrunk, by deleting steps and simplifying what is left.

use proptest::prelude::Rng;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::scenario::{Random, Scenario, Simplifier, compose};

/// A strategy for scenarios.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scenarios;

/// Scenarios of every kind.
pub fn scenarios() -> Scenarios {
    Scenarios
}

impl Strategy for Scenarios {
    type Tree = ScenarioTree;
    type Value = Scenario;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Scenarios> {
        let mut choices = Random::new(runner.rng().next_u64(), runner.rng().next_u64());
        let mut scenario = Scenario::default();
        compose(&mut choices, &mut scenario);
        Ok(ScenarioTree(Simplifier::new(scenario)))
    }
}

/// A scenario on its way to the smallest one that fails.
#[derive(Clone, Debug)]
pub struct ScenarioTree(Simplifier);

impl ValueTree for ScenarioTree {
    type Value = Scenario;

    fn current(&self) -> Scenario {
        self.0.current().clone()
    }

    /// The present scenario fails, so it is the best.
    fn simplify(&mut self) -> bool {
        self.0.accept();
        self.0.propose().is_some()
    }

    /// The present scenario does not fail: another one.
    fn complicate(&mut self) -> bool {
        self.0.propose().is_some()
    }
}
