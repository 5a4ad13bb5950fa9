//! Generated scenarios on a stack, a batch a test: the number of the batch is the seed.

use libtest_mimic::Trial;

use super::Shared;

/// A test for each batch. Of a stack in real time there are none: `check` waits with many at once.
pub(super) fn add(shared: &Shared, batches: u64, cases: u64, trials: &mut Vec<Trial>) {
    if shared.stand.is_live() {
        return;
    }
    for seed in 1..=batches {
        let of_batch = shared.clone();
        let name = format!("generated::{seed}");
        trials.push(
            shared
                .stand
                .trial(&name, move || conform(&of_batch, cases, seed)),
        );
    }
}

fn conform(shared: &Shared, cases: u64, seed: u64) -> Result<(), String> {
    let checked = shared.check(&[], cases, seed)?;
    let tally = checked.tally();
    match checked.passes(shared.stand.strict) {
        true if tally.conforms > 0 || cases == 0 => Ok(()),
        true => Err(format!(
            "nothing can be said of any of {} scenarios: {:?}",
            tally.total(),
            checked.inconclusive
        )),
        false => Err(shared.told(&checked)),
    }
}
