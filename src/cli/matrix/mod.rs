//! The systematic part of the corpus: every state with every segment, call and timer.
//!
//! One cell of the matrix is one file, whose cases go through the edges. It is text that is made
//! here, once; from then on the files speak for themselves. `docs/corpus.md` says how to read them.

mod calls;
mod segments;
mod timeouts;
mod ways;

use std::fmt::Write;

use ways::Place;

/// A file of the matrix.
pub(super) struct Cell {
    /// Its path below the corpus.
    pub(super) path: String,
    /// What stands in it.
    pub(super) text: String,
}

/// A case: its name, and its steps with `; ` between them.
struct Case {
    name: String,
    steps: String,
}

impl Case {
    fn new(name: impl Into<String>, steps: impl Into<String>) -> Case {
        let (name, steps) = (name.into(), steps.into());
        Case { name, steps }
    }
}

/// Every cell, in no order that matters.
pub(super) fn cells() -> Vec<Cell> {
    let mut cells = segments::cells();
    cells.extend(calls::cells());
    cells.extend(timeouts::cells());
    cells
}

/// Versions of IP, what they are called in a line `stack`, and the options of the peer's SYN.
/// Timestamps go with the second, so that both a bare header and a full one meet every case.
const VERSIONS: [(&str, &str, &str); 2] = [
    ("ipv4", "", "<mss 1460>"),
    ("ipv6", "ipv6 ts ", "<mss 1440, sackok, ts 0 0>"),
];

/// The file of a cell. `about` is its first line; `settings` are those of the stack beside the
/// version of IP.
fn cell(path: String, about: &str, place: &Place, settings: &str, cases: &[Case]) -> Cell {
    let mut text = format!("# {about}\n# reaches {}\n", place.state);
    for way in &place.ways {
        for (version, words, options) in VERSIONS {
            let _ = writeln!(text, "\nbefore {}-{version}", way.name);
            let _ = writeln!(text, "stack {words}{settings}");
            lines(&mut text, &way.steps.replace("OPTIONS", options));
            text.push_str("A: status\n");
        }
    }
    for Case { name, steps } in cases {
        let _ = writeln!(text, "\ncase {name}");
        lines(&mut text, steps);
    }
    text.push_str("\nafter\n");
    lines(&mut text, &place.after());
    Cell { path, text }
}

/// Steps, one a line.
fn lines(text: &mut String, steps: &str) {
    for step in steps.split("; ").filter(|step| !step.is_empty()) {
        text.push_str(step);
        text.push('\n');
    }
}

/// The name of a state as it stands in the name of a directory.
fn dashed(state: &str) -> String {
    state.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::scenario::Cases;

    #[test]
    fn every_cell_is_a_text_of_cases_in_the_corpus() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
        let mut paths = BTreeSet::new();
        for Cell { path, text } in cells() {
            if let Err(error) = text.parse::<Cases>() {
                panic!("{}", error.render(&path, &text));
            }
            assert!(corpus.join(&path).is_file(), "{path} is not in the corpus");
            assert!(paths.insert(path.clone()), "{path} is made twice");
        }
    }
}
