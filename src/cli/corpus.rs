//! Scenarios from files: the corpus, and what `replay` is given.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::Failure;
use crate::harness::CorpusScenario;
use crate::scenario::{Case, Cases, Scenario};

/// No file of scenarios is longer than so many octets.
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

/// A file of the corpus.
#[derive(Clone, Debug)]
pub struct CorpusFile {
    /// Its path below the corpus, with `/` between the parts.
    pub path: String,
    /// What stands in it.
    pub text: String,
    /// Its cases; a file that is a single scenario has one without a name.
    pub cases: Vec<Case>,
}

impl CorpusFile {
    /// The path of a case: that of the file, and the name after `::` if it has one.
    pub fn path_of(&self, case: &Case) -> String {
        with_case(&self.path, case)
    }
}

/// The paths of every `.scn` file below a directory, in their order, each relative to it and with
/// `/` between the parts.
///
/// # Errors
/// Says which directory cannot be read, and why.
pub fn corpus_paths(directory: &Path) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    collect(directory, "", &mut paths, MOST_LEVELS)
        .map_err(|(path, error)| format!("{}: {error}", path.display()))?;
    paths.sort();
    Ok(paths)
}

/// Every `.scn` file below a directory, in the order of their paths.
///
/// # Errors
/// Says of the first files that are wrong what is wrong and where.
pub fn corpus_files(directory: &Path) -> Result<Vec<CorpusFile>, String> {
    let paths = corpus_paths(directory)?;
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        match corpus_file(directory, &path) {
            Ok(file) => files.push(file),
            Err(message) => errors.push(message),
        }
    }
    if errors.is_empty() {
        return Ok(files);
    }
    let more = errors.len().saturating_sub(MOST_ERRORS);
    errors.truncate(MOST_ERRORS);
    if more > 0 {
        errors.push(format!("and {more} more files are wrong"));
    }
    Err(errors.join("\n"))
}

/// One file of the corpus, by its path below it.
///
/// # Errors
/// Says what is wrong and where.
pub fn corpus_file(directory: &Path, path: &str) -> Result<CorpusFile, String> {
    let place = directory.join(path);
    let (text, cases) = read_cases(open(&place)?, &place.display().to_string())?;
    Ok(CorpusFile {
        path: path.to_owned(),
        text,
        cases,
    })
}

/// Every case of the corpus.
pub(super) fn load(directory: &Path) -> Result<Vec<CorpusScenario>, Failure> {
    let files = corpus_files(directory).map_err(Failure::Input)?;
    let mut corpus = Vec::new();
    for CorpusFile { path, cases, .. } in files {
        corpus.extend(cases.into_iter().map(|case| CorpusScenario {
            path: with_case(&path, &case),
            scenario: case.scenario,
        }));
    }
    Ok(corpus)
}

fn with_case(path: &str, case: &Case) -> String {
    match case.name.as_str() {
        "" => path.to_owned(),
        name => format!("{path}::{name}"),
    }
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

/// A file that is to be replayed: the file itself, and the name of a case.
fn parted(word: &Path) -> (PathBuf, Option<&str>) {
    let parts = word.to_str().and_then(|text| text.rsplit_once("::"));
    match parts {
        Some((file, case)) if !word.exists() => (PathBuf::from(file), Some(case)),
        Some(_) | None => (word.to_owned(), None),
    }
}

/// The scenarios that are meant by `FILE` or `FILE::CASE`, each with what to call it. `-` is
/// `input`. An error names the file.
pub(super) fn named(word: &Path, input: &mut dyn Read) -> Result<Vec<(String, Scenario)>, String> {
    let (file, wanted) = parted(word);
    let (name, (_, cases)) = if file == Path::new("-") {
        let name = "standard input".to_owned();
        let read = read_cases(input, &name)?;
        (name, read)
    } else {
        let name = file.display().to_string();
        let read = read_cases(open(&file)?, &name)?;
        (name, read)
    };
    let meant = |case: &&Case| wanted.is_none_or(|wanted| case.is_called(wanted));
    let found: Vec<_> = cases
        .iter()
        .filter(meant)
        .map(|case| (with_case(&name, case), case.scenario.clone()))
        .collect();
    if found.is_empty() {
        return Err(no_case(&name, wanted.unwrap_or_default(), &cases));
    }
    Ok(found)
}

/// What to say when a file has no case of this name.
fn no_case(file: &str, wanted: &str, cases: &[Case]) -> String {
    let mut names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    names.retain(|name| !name.is_empty());
    let more = names.len().saturating_sub(MOST_ERRORS);
    names.truncate(MOST_ERRORS);
    let told = match (names.is_empty(), more) {
        (true, _) => "it is a single scenario".to_owned(),
        (false, 0) => format!("it has: {}", names.join(", ")),
        (false, more) => format!("it has: {} and {more} more", names.join(", ")),
    };
    format!("{file}: there is no case `{wanted}`; {told}")
}

fn open(path: &Path) -> Result<File, String> {
    File::open(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The text that `source` holds and its cases; `name` is what to call it in an error.
fn read_cases(source: impl Read, name: &str) -> Result<(String, Vec<Case>), String> {
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
    let text = String::from_utf8(octets).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|&&octet| octet == b'\n').count();
        format!("{name}:{line}: this is no text in UTF-8, so it is no scenario")
    })?;
    match text.parse::<Cases>() {
        Ok(cases) => Ok((text, cases.0)),
        Err(error) => Err(error.render(name, &text)),
    }
}
