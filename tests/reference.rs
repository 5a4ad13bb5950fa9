//! The reference stack without a fault conforms on everything: the harness's own test.
//!
//! `TCPROVE_SEED` chooses other scenarios, `TCPROVE_CASES` more of them.

use std::path::{Path, PathBuf};

use tcprove::harness::Runner;
use tcprove::oracle::{Judgment, KnownDeviations, Oracle, Verdict};
use tcprove::report::ladder;
use tcprove::scenario::{Scenario, generate};
use tcprove::stack::reference::Reference;
use tcprove::trace::Trace;

/// A number from the environment, or the usual one.
fn number(name: &str, usual: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Where the trouble shows, if there is any.
fn trouble(judgment: &Judgment) -> Option<Option<usize>> {
    match (&judgment.verdict, judgment.missed.first()) {
        (Verdict::Deviates(deviation), _) => Some(Some(deviation.event)),
        (Verdict::Conforms, Some(missed)) => Some(Some(missed.event)),
        (Verdict::Conforms, None) => None,
        (Verdict::Inconclusive(_) | Verdict::Broken(_), _) => Some(None),
    }
}

fn story(index: u64, scenario: &Scenario, trace: &Trace, judgment: &Judgment) -> String {
    let mark = trouble(judgment).flatten();
    let ladder = ladder(trace, mark, &[]);
    format!("scenario {index}\n{scenario}\n{ladder}\n{judgment:#?}")
}

#[test]
fn conforms_on_what_the_generator_makes() {
    let seed = number("TCPROVE_SEED", 1);
    let cases = number("TCPROVE_CASES", 20_000);
    let first = number("TCPROVE_FIRST", 0);
    let mut runner = Runner::new(Reference::new);
    let mut oracle = Oracle::new(KnownDeviations::default());
    let mut scenario = Scenario {
        config: Default::default(),
        seed: 0,
        peer_isn: None,
        steps: Vec::new(),
    };
    let mut failed = 0;
    let mut shown = 0;
    let mut undecided = 0;
    for index in first..first + cases {
        generate(seed, index, &mut scenario);
        let trace = runner.run(&scenario);
        let judgment = oracle.judge(trace);
        if let Verdict::Inconclusive(_) = judgment.verdict {
            undecided += 1;
        } else if trouble(&judgment).is_some() {
            failed += 1;
            if shown < number("TCPROVE_SHOW", 1) {
                shown += 1;
                eprintln!("{}", story(index, &scenario, trace, &judgment));
            }
        }
    }
    assert_eq!(failed, 0, "of {cases} scenarios");
    let most = 1 + cases / 200;
    assert!(undecided <= most, "{undecided} of {cases} undecided");
}

/// Every scenario of a directory and those below it.
fn scenarios(directory: &Path, into: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(directory).expect("a directory of scenarios");
    for entry in entries {
        let path = entry.expect("an entry of a directory").path();
        if path.is_dir() {
            scenarios(&path, into);
        } else if path.extension().is_some_and(|it| it == "scn") {
            into.push(path);
        }
    }
}

#[test]
fn conforms_on_the_corpus() {
    let mut paths = Vec::new();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    scenarios(&corpus, &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "no scenario in {}", corpus.display());
    let mut runner = Runner::new(Reference::new);
    let mut oracle = Oracle::new(KnownDeviations::default());
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a scenario");
        let scenario: Scenario = text.parse().expect("a scenario");
        let trace = runner.run(&scenario);
        let judgment = oracle.judge(trace);
        let fine = trouble(&judgment).is_none();
        let place = path.display();
        assert!(fine, "{place}\n{}", story(0, &scenario, trace, &judgment));
    }
}
