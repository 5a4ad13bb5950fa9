//! The file of a stack's known deviations.

use std::fs;
use std::path::Path;

use super::{Failure, StackEntry};
use crate::oracle::KnownDeviations;

/// The known deviations: of the file that is named, else those that come with the stack, else
/// none.
pub(super) fn load(
    named: Option<&Path>,
    stack: Option<&StackEntry>,
) -> Result<KnownDeviations, Failure> {
    let (name, text) = match (named, stack) {
        (None, None) => return Ok(KnownDeviations::default()),
        (None, Some(stack)) => (
            format!("the file of {}", stack.name),
            stack.known.to_owned(),
        ),
        (Some(path), _) => {
            let name = path.display().to_string();
            let text = fs::read_to_string(path)
                .map_err(|error| Failure::Input(format!("{name}: {error}")))?;
            (name, text)
        }
    };
    let known = text.parse();
    known.map_err(|error| Failure::Input(format!("{name} is no file of known deviations\n{error}")))
}
