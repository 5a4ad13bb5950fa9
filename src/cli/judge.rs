//! `judge`: recordings and captures, judged again.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::args::JudgeArgs;
use super::judged::{Judged, worse};
use super::{CONFORMS, Environment, Failure, known};
use crate::oracle::{KnownDeviations, Oracle};
use crate::report::{is_capture, read_capture, read_recording};
use crate::trace::Trace;

pub(super) fn judge(args: &JudgeArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let mut status = CONFORMS;
    for file in &args.files {
        let (name, octets) = octets(file, environment)?;
        let trace = read(&name, &octets)?;
        let known = known_of(&trace, args.known.as_deref(), environment)?;
        let judgment = Oracle::new(known.clone()).judge(&trace);
        let judged = Judged::new(&name, &[], judgment, &trace, known.entries());
        environment.print(&judged.text(args.files.len() > 1, environment.style))?;
        status = worse(status, judged.status(args.strict));
    }
    Ok(status)
}

/// What a file holds, and what to call it.
fn octets(file: &Path, environment: &mut Environment) -> Result<(String, Vec<u8>), Failure> {
    let mut octets = Vec::new();
    let (name, read) = match file == Path::new("-") {
        true => (
            "standard input".to_owned(),
            environment.input.read_to_end(&mut octets),
        ),
        false => {
            let read = File::open(file).and_then(|mut file| file.read_to_end(&mut octets));
            (file.display().to_string(), read)
        }
    };
    match read {
        Ok(_) => Ok((name, octets)),
        Err(error) => Err(Failure::Input(format!("{name}: {error}"))),
    }
}

/// The trace of a recording or a capture.
fn read(name: &str, octets: &[u8]) -> Result<Trace, Failure> {
    if is_capture(octets) {
        return read_capture(octets).map_err(|error| Failure::Input(format!("{name}: {error}")));
    }
    let text = str::from_utf8(octets).map_err(|error| {
        Failure::Input(format!(
            "{name}: it is neither a recording nor a capture: octet {} is no character",
            error.valid_up_to()
        ))
    })?;
    read_recording(text).map_err(|error| Failure::Input(format!("{name}:{error}")))
}

/// The known deviations: of the file that is named, else those that come with the stack that the
/// recording is of, if it is one of ours.
fn known_of(
    trace: &Trace,
    named: Option<&Path>,
    environment: &Environment,
) -> Result<KnownDeviations, Failure> {
    let recorded = run_as(&trace.profile.name);
    let stack = environment.stacks.iter();
    let stack = stack.copied().find(|stack| stack.name == recorded);
    known::load(named, stack.as_ref())
}

/// What `--stack` calls the stack whose profile has this name.
fn run_as(profile: &str) -> String {
    let word = profile.split([' ', ',']).next().unwrap_or_default();
    let full = if profile.ends_with(", everything on") {
        "-full"
    } else {
        ""
    };
    word.to_ascii_lowercase() + full
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_names_the_stack_whose_deviations_are_known() {
        let rows = [
            ("smoltcp 0.14.0", "smoltcp"),
            ("lwIP 2.1.3", "lwip"),
            ("lwIP 2.1.3, everything on", "lwip-full"),
            ("Linux 6.18", "linux"),
            ("reference", "reference"),
        ];
        for (profile, name) in rows {
            assert_eq!(run_as(profile), name);
        }
    }
}
