//! Where failing scenarios are kept: as text, so that they replay by name, whatever becomes of the
//! strategy that found them.

use std::any::Any;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::test_runner::{FailurePersistence, PersistedSeed};

use crate::scenario::Scenario;

/// A failure persistence for properties over scenarios: writes the smallest scenario that fails
/// into a directory, under the name of the property and a number that follows from the scenario.
/// It keeps no seeds, for a seed means something else as soon as the strategy changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Regressions {
    name: String,
    directory: PathBuf,
}

impl Regressions {
    /// For a property of this name.
    pub fn new(name: &str, directory: &Path) -> Regressions {
        Regressions {
            name: name.to_owned(),
            directory: directory.to_owned(),
        }
    }

    /// The file for a failing value, which is a scenario's text, or `name = ` and that text, as the
    /// macro `proptest!` shows its arguments.
    pub fn file(&self, shown: &str) -> Option<PathBuf> {
        let scenario = scenario_of(shown)?;
        let number = fnv(scenario.to_string().as_bytes());
        let file = format!("{}-{number:08x}.scn", self.name);
        Some(self.directory.join(file))
    }

    fn keep(&self, shown: &str) -> std::io::Result<()> {
        let (Some(scenario), Some(file)) = (scenario_of(shown), self.file(shown)) else {
            return Ok(());
        };
        fs::create_dir_all(&self.directory)?;
        let text = format!("# Fails the property `{}`.\n{scenario}", self.name);
        fs::write(file, text)
    }
}

fn scenario_of(shown: &str) -> Option<Scenario> {
    let bare = shown.parse().ok();
    bare.or_else(|| shown.split_once(" = ")?.1.parse().ok())
}

/// FNV-1a of 32 bits.
fn fnv(octets: &[u8]) -> u32 {
    octets.iter().fold(0x811c_9dc5, |hash, octet| {
        (hash ^ u32::from(*octet)).wrapping_mul(0x0100_0193)
    })
}

impl FailurePersistence for Regressions {
    fn load_persisted_failures2(&self, _: Option<&'static str>) -> Vec<PersistedSeed> {
        Vec::new()
    }

    fn save_persisted_failure2(
        &mut self,
        _: Option<&'static str>,
        _: PersistedSeed,
        shrunken_value: &dyn fmt::Debug,
    ) {
        // Whoever asks for the file afterwards sees whether it is there.
        let _ = self.keep(&format!("{shrunken_value:?}"));
    }

    fn box_clone(&self) -> Box<dyn FailurePersistence> {
        Box::new(self.clone())
    }

    fn eq(&self, other: &dyn FailurePersistence) -> bool {
        other.as_any().downcast_ref() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The scenarios that are kept in a directory, by the order of their names; none when there is no
/// such directory.
///
/// # Errors
/// When a file cannot be read or is no scenario: which, and why.
pub fn load(directory: &Path) -> Result<Vec<(PathBuf, Scenario)>, String> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Ok(Vec::new());
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "scn"));
    files.sort();
    let read = files.into_iter().map(|file| {
        let name = file.display().to_string();
        let text = fs::read_to_string(&file).map_err(|error| format!("{name}: {error}"))?;
        let scenario = text
            .parse()
            .map_err(|error: crate::scenario::ParseError| error.render(&name, &text))?;
        Ok((file, scenario))
    });
    read.collect()
}
