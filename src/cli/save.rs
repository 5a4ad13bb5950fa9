//! `--save`: each finding as a scenario or a conversation, a recording, a capture and a text.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::harness::{Fault, Finding};
use crate::report::{Setting, Style, capture, file_stem, finding_text, recording, title};
use crate::trace::Trace;

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
        let title = title(&finding.fault);
        let setting = Setting {
            stack: self.stack,
            command: self.command,
            saved: Some(self.directory),
            counted: false,
            style: Style::default(),
        };
        self.keep(&Kept {
            file: self.directory.join(format!("{}.scn", file_stem(finding))),
            source: format!("# {title}\n{}", finding.scenario),
            text: finding_text(finding, &setting),
            trace: &finding.trace,
            mark: finding.event(),
            comment: comment(&finding.fault),
            title,
        })
    }

    /// Writes the four files of whatever was found.
    pub(super) fn keep(&self, kept: &Kept) -> Result<(), String> {
        let mark = kept.mark.map(|event| (event, kept.comment.as_str()));
        let capture = capture(kept.trace, &kept.title, mark);
        put(&kept.file, kept.source.as_bytes())?;
        let recording = recording(kept.trace);
        put(&kept.file.with_extension("rec"), recording.as_bytes())?;
        put(&kept.file.with_extension("pcapng"), &capture)?;
        put(&kept.file.with_extension("txt"), kept.text.as_bytes())
    }
}

/// What is kept of a finding.
pub(super) struct Kept<'a> {
    /// Where what shows it again goes; what else is kept lies beside it, with other endings.
    pub(super) file: PathBuf,
    /// What shows it again.
    pub(super) source: String,
    /// What the report says of it.
    pub(super) text: String,
    /// What was seen.
    pub(super) trace: &'a Trace,
    /// The event in question.
    pub(super) mark: Option<usize>,
    /// What stands at that event.
    pub(super) comment: String,
    /// What is wrong.
    pub(super) title: String,
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
