//! Properties: proptest's part in judging a stack.
//!
//! A strategy for scenarios, which draws from the same vocabulary as the generator, and a way to
//! check a property over them: failing cases are shrunk by steps, kept as text in a directory, and
//! checked first from then on. What a property says is a test's own matter.

mod regressions;
mod strategy;

use std::path::Path;

use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

pub use regressions::{Regressions, load};
pub use strategy::{ScenarioTree, Scenarios, scenarios};

use crate::scenario::Scenario;

/// So many simpler scenarios are tried when one fails, unless `PROPTEST_MAX_SHRINK_ITERS` says
/// otherwise.
const SHRINK_RUNS: u32 = 5_000;

/// Checks a property over what is kept in `directory`, then over new scenarios, as many as
/// `PROPTEST_CASES` says. `name` is the property's, for the files of what fails.
///
/// # Errors
/// A message for a person: what the property says of the smallest scenario found that fails, the
/// scenario, and the file in which it is kept.
pub fn check(
    name: &str,
    directory: &Path,
    property: impl Fn(&Scenario) -> Result<(), TestCaseError>,
) -> Result<(), String> {
    check_with(Config::default(), name, directory, property)
}

/// The same with a configuration of one's own, of which the failure persistence is not used.
///
/// # Errors
/// As [`check`].
pub fn check_with(
    config: Config,
    name: &str,
    directory: &Path,
    property: impl Fn(&Scenario) -> Result<(), TestCaseError>,
) -> Result<(), String> {
    for (file, scenario) in load(directory)? {
        if let Err(error) = property(&scenario) {
            return Err(format!("{} fails again\n\n{error}", file.display()));
        }
    }
    let regressions = Regressions::new(name, directory);
    let mut runner = TestRunner::new(Config {
        failure_persistence: Some(Box::new(regressions.clone())),
        max_shrink_iters: match config.max_shrink_iters {
            u32::MAX => SHRINK_RUNS,
            told => told,
        },
        ..config
    });
    match runner.run(&scenarios(), |scenario| property(&scenario)) {
        Ok(()) => Ok(()),
        Err(TestError::Fail(reason, scenario)) => {
            let kept = match regressions.file(&scenario.to_string()) {
                Some(file) if file.exists() => format!("kept in {}", file.display()),
                _ => format!("which could not be kept in {}", directory.display()),
            };
            let reason = reason.to_string();
            Err(format!(
                "{}\n\nthe scenario, {kept}:\n{scenario}",
                reason.trim_end()
            ))
        }
        Err(TestError::Abort(reason)) => Err(format!("given up: {reason}")),
    }
}
