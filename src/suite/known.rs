//! What is known of a stack is still true of it: every witness shows its deviation.

use libtest_mimic::Trial;

use super::Shared;
use crate::cli::corpus_file;
use crate::harness::CorpusScenario;

/// A test of the file of known deviations, where there is one.
pub(super) fn add(shared: &Shared, trials: &mut Vec<Trial>) {
    if shared.stand.stack.known.is_empty() || shared.stand.is_live() {
        return;
    }
    let of_stack = shared.clone();
    let test = move || are_shown(&of_stack);
    trials.push(shared.stand.trial("known-deviations", test));
}

fn are_shown(shared: &Shared) -> Result<(), String> {
    let known = shared.stand.known()?;
    let mut paths: Vec<&str> = known
        .entries()
        .iter()
        .map(|known| &*known.witness)
        .collect();
    paths.sort_unstable();
    paths.dedup();
    let mut witnesses = Vec::new();
    for path in paths {
        witnesses.push(witness(shared, path)?);
    }
    let checked = shared.check(&witnesses, 0, 0)?;
    let stale = known.entries().iter().zip(&checked.known);
    let stale: Vec<String> = stale
        .filter(|(_, found)| found.stale || found.unwitnessed)
        .map(|(known, _)| {
            format!(
                "{}: {} no longer shows it",
                known.requirement.0, known.witness
            )
        })
        .collect();
    match stale.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "known deviations that have gone stale; delete them, or name another witness\n{}",
            stale.join("\n")
        )),
    }
}

/// The scenario that is to show a known deviation.
fn witness(shared: &Shared, path: &str) -> Result<CorpusScenario, String> {
    let (file, name) = path.split_once("::").unwrap_or((path, ""));
    let read = corpus_file(&shared.corpus, file)?;
    let case = read.cases.iter().find(|case| case.name == name);
    let case = case.ok_or_else(|| format!("{path}: there is no such case"))?;
    Ok(CorpusScenario {
        path: path.to_owned(),
        scenario: case.scenario.clone(),
    })
}
