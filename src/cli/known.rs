//! The file of a stack's known deviations.

use std::fs;
use std::path::{Path, PathBuf};

use super::Failure;
use crate::oracle::KnownDeviations;

/// The known deviations: of the file that is named, else of `known/STACK.toml` here, else of the
/// same file of the sources. A stack without such a file has none.
pub(super) fn load(named: Option<&Path>, stack: &str) -> Result<KnownDeviations, Failure> {
    let Some(path) = named.map(Path::to_owned).or_else(|| usual(stack)) else {
        return Ok(KnownDeviations::default());
    };
    let name = path.display();
    let text = fs::read_to_string(&path);
    let text = text.map_err(|error| Failure::Input(format!("{name}: {error}")))?;
    let known = text.parse();
    known.map_err(|error| Failure::Input(format!("{name} is no file of known deviations\n{error}")))
}

fn usual(stack: &str) -> Option<PathBuf> {
    let of_sources = concat!(env!("CARGO_MANIFEST_DIR"), "/known");
    let mut places = ["known", of_sources].into_iter();
    let file = |place| Path::new(place).join(format!("{stack}.toml"));
    places.find_map(|place| Some(file(place)).filter(|file| file.is_file()))
}
