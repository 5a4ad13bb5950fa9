//! The transition tables, state by state, as snapshots to be reviewed: what the model permits.

use insta::Settings;
use tcprove::harness::StackJudge;
use tcprove::model::State;
use tcprove::oracle::KnownDeviations;
use tcprove::stack::reference::Reference;
use tcprove::table::{Maker, text};

/// Compares with a snapshot below `snapshots/`.
fn snapshot(directory: &str, name: &str, shown: &str) {
    let mut settings = Settings::clone_current();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots");
    settings.set_snapshot_path(format!("{root}/{directory}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

/// The name of a state's snapshot.
fn file(state: State) -> String {
    state.name().to_lowercase()
}

#[test]
fn what_the_model_permits() {
    let mut judge = StackJudge::new(Reference::new, KnownDeviations::default());
    let mut maker = Maker::new(&mut judge, KnownDeviations::default());
    for state in State::ALL {
        let table = maker.permitted(state);
        assert!(table.missed.is_empty(), "{:?}", table.missed);
        snapshot("model", &file(state), &text(&table));
    }
}
