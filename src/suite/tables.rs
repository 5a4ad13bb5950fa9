//! The transition tables of a stack, as snapshots to be reviewed.

use std::path::{Path, PathBuf};

use insta::Settings;
use libtest_mimic::Trial;

use super::Shared;
use crate::model::State;
use crate::table::{Maker, text};
use crate::time::Micros;

/// In real time a table is made of what happens at once.
const PATIENCE: Micros = Micros::millis(20);

/// A test for each state, and of each where the stack parts with the model.
pub(super) fn add(shared: &Shared, directory: &Path, trials: &mut Vec<Trial>) {
    for state in State::ALL {
        let (of_state, directory) = (shared.clone(), directory.to_owned());
        let name = state.name().to_lowercase();
        let test = move || is_as_reviewed(&of_state, state, directory);
        trials.push(shared.stand.trial(&format!("table::{name}"), test));
    }
}

/// What the stack does in a state, and below it what of that the model does not permit.
fn is_as_reviewed(shared: &Shared, state: State, directory: PathBuf) -> Result<(), String> {
    let stand = &shared.stand;
    let known = stand.known()?;
    let mut judge = (stand.stack.judge)(known.clone())?;
    judge.set_patience(PATIENCE);
    let mut maker = Maker::new(&mut judge, known);
    let mut shown = text(&maker.done(state));
    let odd = maker.against_model(state, stand.stack.name);
    if !odd.rows.is_empty() {
        shown.push('\n');
        shown.push_str(&text(&odd));
    }
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(directory);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(state.name().to_lowercase(), shown));
    Ok(())
}
