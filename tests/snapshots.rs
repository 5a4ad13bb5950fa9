//! Every snapshot is asked for by a test: none is stale, none is left over.
//!
//! The head of a snapshot says which file compares with it. That file has to be there, and to
//! name the snapshot; the snapshots of states are named for the states.

use std::fs;
use std::path::{Path, PathBuf};

use tcprove::model::State;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where there is a snapshot for each state.
const OF_STATES: [&str; 4] = ["linux", "lwip", "model", "smoltcp"];

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn part(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .expect("a name in UTF-8")
}

/// What is wrong with a snapshot, if anything: `directory/name.snap`, and its text.
fn wrong(directory: &str, file: &str, text: &str) -> Option<String> {
    let Some(name) = file.strip_suffix(".snap") else {
        return Some("it is no accepted snapshot".to_owned());
    };
    let mut head = text.lines().take_while(|line| !line.is_empty());
    let Some(source) = head.find_map(|line| line.strip_prefix("source: ")) else {
        return Some("its head names no source".to_owned());
    };
    let Ok(code) = fs::read_to_string(root().join(source)) else {
        return Some(format!("{source} is no more"));
    };
    let named =
        |word: &str| code.contains(&format!("\"{word}\"")) || code.contains(&format!("/{word}\""));
    let of_state = OF_STATES.contains(&directory)
        && State::ALL
            .iter()
            .any(|state| state.name().to_lowercase() == name);
    if !named(directory) {
        return Some(format!("{source} does not name its directory"));
    }
    (!of_state && !named(name)).then(|| format!("{source} does not name it"))
}

#[test]
fn every_snapshot_is_asked_for() {
    let mut found = Vec::new();
    files(&root().join("snapshots"), &mut found);
    assert!(found.len() > 2 * State::ALL.len(), "{found:?}");
    for path in &found {
        let directory = part(path.parent().expect("a directory"));
        let text = fs::read_to_string(path).expect("a snapshot is text");
        let wrong = wrong(directory, part(path), &text);
        assert_eq!(wrong, None, "{}", path.display());
    }
    for directory in OF_STATES {
        for state in State::ALL {
            let name = format!("{directory}/{}.snap", state.name().to_lowercase());
            let path = root().join("snapshots").join(name);
            assert!(found.contains(&path), "{} is missing", path.display());
        }
    }
}

#[test]
fn what_is_left_over_is_found() {
    let head = "---\nsource: tests/tables.rs\n---\n";
    let rows = [
        ("model", "closed.snap", head, true),
        ("model", "closing-soon.snap", head, false),
        ("model", "closed.snap.new", head, false),
        ("smoltcp", "divergence.snap", head, true),
        ("smoltcp", "gone.snap", head, false),
        ("plan9", "closed.snap", head, false),
        (
            "model",
            "closed.snap",
            "---\nsource: tests/gone.rs\n---\n",
            false,
        ),
        ("model", "closed.snap", "no head", false),
    ];
    for (directory, file, text, good) in rows {
        assert_eq!(
            wrong(directory, file, text).is_none(),
            good,
            "{directory}/{file}"
        );
    }
}
