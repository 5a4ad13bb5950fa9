//! Scenarios from files: the corpus, and what `replay` is given.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::Failure;
use crate::harness::CorpusScenario;
use crate::scenario::Scenario;

/// No scenario is longer than so many octets.
const MOST_OCTETS: u64 = 1 << 20;

/// So many files that are wrong are told of at once.
const MOST_ERRORS: usize = 10;

/// Directories in the corpus nest no deeper than this.
const MOST_LEVELS: usize = 16;

/// Where the corpus is: as told, else `corpus` here, else that of the sources of this build.
pub(super) fn directory(told: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(told) = told {
        return if told.is_dir() {
            Ok(told.to_owned())
        } else {
            Err(Failure::Input(format!(
                "{}: no such directory",
                told.display()
            )))
        };
    }
    let of_sources = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
    let places = ["corpus", of_sources].map(PathBuf::from);
    places
        .into_iter()
        .find(|place| place.is_dir())
        .ok_or_else(|| {
            let message = "there is no directory `corpus` here; name one with --corpus DIR";
            Failure::Input(message.to_owned())
        })
}

/// Every `.scn` file below a directory, in the order of their paths.
pub(super) fn load(directory: &Path) -> Result<Vec<CorpusScenario>, Failure> {
    let mut paths = Vec::new();
    collect(directory, "", &mut paths, MOST_LEVELS)
        .map_err(|(path, error)| Failure::Input(format!("{}: {error}", path.display())))?;
    paths.sort();
    let (mut corpus, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        match read_file(&directory.join(&path)) {
            Ok(scenario) => corpus.push(CorpusScenario { path, scenario }),
            Err(message) => errors.push(message),
        }
    }
    if errors.is_empty() {
        return Ok(corpus);
    }
    let more = errors.len().saturating_sub(MOST_ERRORS);
    errors.truncate(MOST_ERRORS);
    if more > 0 {
        errors.push(format!("and {more} more files are wrong"));
    }
    Err(Failure::Input(errors.join("\n")))
}

/// Collects the paths below `directory`, each relative to it and with `/` between the parts.
fn collect(
    directory: &Path,
    prefix: &str,
    paths: &mut Vec<String>,
    levels: usize,
) -> Result<(), (PathBuf, io::Error)> {
    let failed = |error| (directory.to_owned(), error);
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let path = format!("{prefix}{}", name.to_string_lossy());
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() && levels > 0 {
            collect(&entry.path(), &format!("{path}/"), paths, levels - 1)?;
        } else if Path::new(&name).extension().is_some_and(|ext| ext == "scn") {
            paths.push(path);
        }
    }
    Ok(())
}

/// The scenario in a file. The error names the file.
pub(super) fn read_file(path: &Path) -> Result<Scenario, String> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| format!("{name}: {error}"))?;
    read(file, &name)
}

/// The scenario that `source` holds; `name` is what to call it in an error.
pub(super) fn read(source: impl Read, name: &str) -> Result<Scenario, String> {
    let mut octets = Vec::new();
    source
        .take(MOST_OCTETS + 1)
        .read_to_end(&mut octets)
        .map_err(|error| format!("{name}: {error}"))?;
    if octets.len() as u64 > MOST_OCTETS {
        return Err(format!(
            "{name}: too long for a scenario, which is text of at most {MOST_OCTETS} octets"
        ));
    }
    let text = std::str::from_utf8(&octets).map_err(|error| {
        let line = 1 + octets[..error.valid_up_to()]
            .iter()
            .filter(|&&octet| octet == b'\n')
            .count();
        format!("{name}:{line}: this is no text in UTF-8, so it is no scenario")
    })?;
    text.parse()
        .map_err(|error: crate::scenario::ParseError| error.render(name, text))
}
