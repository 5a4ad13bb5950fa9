//! `corpus`: writes the systematic part of the corpus, or the whole of it one case a file.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::args::CorpusArgs;
use super::matrix::{Cell, cells};
use super::{CONFORMS, Environment, Failure, corpus};

pub(super) fn corpus(args: &CorpusArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let said = match &args.split {
        Some(into) => split(&corpus::directory(args.directory.as_deref())?, into)?,
        None => fill(args.directory.as_deref().unwrap_or(Path::new("corpus")))?,
    };
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

/// Writes every case of the corpus into a file of its own, named for it.
fn split(directory: &Path, into: &Path) -> Result<String, Failure> {
    let corpus = corpus::load(directory)?;
    for case in &corpus {
        let name = case.path.replace(".scn", "").replace("::", "/");
        let place = into.join(format!("{}.scn", name.replace('/', "--")));
        put(&place, &format!("# {}\n{}", case.path, case.scenario))?;
    }
    let (n, name) = (corpus.len(), into.display());
    Ok(format!("{n} scenarios written into {name}\n"))
}

fn put(path: &Path, text: &str) -> Result<(), Failure> {
    let parent = path.parent().unwrap_or(Path::new("."));
    let written = fs::create_dir_all(parent).and_then(|()| fs::write(path, text));
    written.map_err(|error| Failure::Run(format!("cannot write {}: {error}", path.display())))
}
