//! `corpus`: writes the systematic part of the corpus.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::args::CorpusArgs;
use super::matrix::{Cell, cells};
use super::{CONFORMS, Environment, Failure};

pub(super) fn corpus(args: &CorpusArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let said = fill(args.directory.as_deref().unwrap_or(Path::new("corpus")))?;
    environment.print(&said)?;
    Ok(CONFORMS)
}

/// Writes every file of the matrix that is not there, and says which.
fn fill(directory: &Path) -> Result<String, Failure> {
    let (mut said, mut written, mut there) = (String::new(), 0, 0);
    for Cell { path, text } in cells() {
        let place = directory.join(&path);
        if place.exists() {
            there += 1;
            continue;
        }
        put(&place, &text)?;
        written += 1;
        let _ = writeln!(said, "{path}");
    }
    let name = directory.display();
    let _ = writeln!(
        said,
        "{written} files written into {name}, {there} were there"
    );
    Ok(said)
}

fn put(path: &Path, text: &str) -> Result<(), Failure> {
    let parent = path.parent().unwrap_or(Path::new("."));
    let written = fs::create_dir_all(parent).and_then(|()| fs::write(path, text));
    written.map_err(|error| Failure::Run(format!("cannot write {}: {error}", path.display())))
}
