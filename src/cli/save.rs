//! `--save`: each finding as a scenario, a recording, a capture and a text, written as it is found.

use std::fs;
use std::io;
use std::path::Path;

use crate::harness::{Fault, Finding};
use crate::report::{Setting, Style, capture, file_stem, finding_text, recording, title};

/// A directory for findings.
pub(super) struct Save<'a> {
    directory: &'a Path,
    stack: &'a str,
    command: &'a str,
}

impl<'a> Save<'a> {
    /// Makes the directory where there is none.
    pub(super) fn new(
        directory: &'a Path,
        stack: &'a str,
        command: &'a str,
    ) -> io::Result<Save<'a>> {
        fs::create_dir_all(directory)?;
        Ok(Save {
            directory,
            stack,
            command,
        })
    }

    /// Where findings go.
    pub(super) fn directory(&self) -> &'a Path {
        self.directory
    }

    /// Writes the four files of a finding.
    pub(super) fn write(&self, finding: &Finding) -> Result<(), String> {
        let scenario = self.directory.join(format!("{}.scn", file_stem(finding)));
        let title = title(&finding.fault);
        let setting = Setting {
            stack: self.stack,
            command: self.command,
            saved: Some(self.directory),
            counted: false,
            style: Style::default(),
        };
        let text = finding_text(finding, &setting);
        let comment = comment(&finding.fault);
        let mark = finding.event().map(|event| (event, comment.as_str()));
        let capture = capture(&finding.trace, &title, mark);
        let commented = format!("# {title}\n{}", finding.scenario);
        put(&scenario, commented.as_bytes())?;
        let recording = recording(&finding.trace);
        put(&scenario.with_extension("rec"), recording.as_bytes())?;
        put(&scenario.with_extension("pcapng"), &capture)?;
        put(&scenario.with_extension("txt"), text.as_bytes())
    }
}

fn put(path: &Path, octets: &[u8]) -> Result<(), String> {
    fs::write(path, octets).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// What stands at the packet in question.
pub(super) fn comment(fault: &Fault) -> String {
    let title = title(fault);
    match fault.deviation() {
        Some(deviation) => {
            let mut comment = format!("{title}\ninstead: {}", deviation.instead);
            for allowed in &deviation.allowed {
                comment.push_str(&format!(
                    "\nallowed: {} [{}]",
                    allowed.what, allowed.requirement
                ));
            }
            comment
        }
        None => title,
    }
}
