//! The command line.
//!
//! Parses, dispatches, prints, and turns the outcome into an exit status: 0 when everything
//! conforms, or deviates only as known; 1 on a finding; 2 on bad usage or bad input; 3 when a run
//! could not be carried out. Standard output is the same for the same arguments; whatever depends
//! on the clock or the machine goes to standard error. It judges nothing itself.

mod args;
mod check;
mod converse;
mod corpus;
mod fill;
mod judge;
mod judged;
mod known;
mod list;
#[cfg(all(feature = "linux", target_os = "linux"))]
mod live;
mod matrix;
mod replay;
mod save;
mod stacks;
mod standing;
mod table;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fmt;
use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::report::Style;
use args::{Cli, Command};
pub use corpus::{CorpusFile, corpus_file, corpus_files, corpus_paths};
pub use stacks::{
    MakeJudge, MakeTalker, NO_TALKER, NOT_COUNTED, StackEntry, built_in, planted, planting,
};

/// Everything conforms, or deviates only as known.
pub const CONFORMS: u8 = 0;
/// An unexpected deviation, a broken stack, or a known deviation gone stale.
pub const FINDING: u8 = 1;
/// Bad usage or bad input.
pub const BAD_INPUT: u8 = 2;
/// The run could not be carried out, or nothing can be said.
pub const NOT_CARRIED_OUT: u8 = 3;

/// The world around a command.
pub struct Environment<'a> {
    /// The stacks that can be asked for, the usual one first.
    pub stacks: &'a [StackEntry],
    /// The command line that stands before the arguments where one is shown to people.
    pub command: &'a str,
    /// Standard input.
    pub input: &'a mut dyn Read,
    /// Standard output.
    pub out: &'a mut dyn Write,
    /// Standard error.
    pub err: &'a mut dyn Write,
    /// Colours on standard output.
    pub style: Style,
    /// Whether a person is watching standard error while the command runs.
    pub watched: bool,
}

/// Why a command came to nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Failure {
    /// Bad usage or bad input: what was wrong, where, and what to do.
    Input(String),
    /// The run could not be carried out.
    Run(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Input(message) | Failure::Run(message) => f.write_str(message),
        }
    }
}

/// Runs the command of this process, on the stacks of this build.
pub fn main() -> ExitCode {
    carry_out(std::env::args_os(), &built_in(), "cargo run --release --")
}

/// Runs the command of this process on other stacks, the usual one first: the whole of a program
/// that judges a stack of one's own.
pub fn main_with(stacks: &[StackEntry]) -> ExitCode {
    let program = std::env::args().next().unwrap_or_default();
    carry_out(std::env::args_os(), stacks, &program)
}

/// Runs the command of this process if the word `tcprove` stands before it: for a program that is
/// something else otherwise. `command` is how people call it.
pub fn main_after_name(stacks: &[StackEntry], command: &str) -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1).peekable();
    let asked = args.peek().is_some_and(|word| word == "tcprove");
    asked.then(|| carry_out(args, stacks, command))
}

fn carry_out(
    args: impl IntoIterator<Item = OsString>,
    stacks: &[StackEntry],
    command: &str,
) -> ExitCode {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let mut environment = Environment {
        stacks,
        command: &planting(command),
        input: &mut io::stdin(),
        out: &mut io::stdout(),
        err: &mut io::stderr(),
        style: Style {
            colours: io::stdout().is_terminal() && !no_color,
        },
        watched: io::stderr().is_terminal(),
    };
    ExitCode::from(run(args, &mut environment))
}

/// Runs one command, `args` beginning with the name of the program, and gives its exit status.
pub fn run(args: impl IntoIterator<Item = OsString>, environment: &mut Environment) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, environment),
    };
    let done = match cli.command.unwrap_or(Command::Check(cli.check)) {
        Command::Check(args) => check::check(&args, environment),
        Command::Replay(args) => replay::replay(&args, environment),
        Command::Converse(args) => converse::converse(&args, environment),
        Command::Judge(args) => judge::judge(&args, environment),
        Command::Table(args) => table::table(&args, environment),
        Command::List(args) => list::list(&args, environment),
        Command::Explain(args) => standing::explain(&args, environment),
        Command::Matrix(args) => standing::matrix(&args, environment),
        Command::Corpus(args) => fill::corpus(&args, environment),
        Command::Serve(args) => live::serve(&args, environment),
        Command::Connect(args) => live::connect(&args, environment),
    };
    let (status, failure) = match done {
        Ok(status) => return status,
        Err(failure @ Failure::Input(_)) => (BAD_INPUT, failure),
        Err(failure @ Failure::Run(_)) => (NOT_CARRIED_OUT, failure),
    };
    let _ = writeln!(environment.err, "tcprove: {failure}");
    status
}

/// Where there are no TUN devices.
#[cfg(not(all(feature = "linux", target_os = "linux")))]
mod live {
    use super::args::{ConnectArgs, ServeArgs};
    use super::{Environment, Failure};

    const MISSING: &str = "the reference stack goes live on Linux only, and in a build with the \
                           feature `linux`";

    pub(super) fn serve(_: &ServeArgs, _: &mut Environment) -> Result<u8, Failure> {
        Err(Failure::Run(MISSING.into()))
    }

    pub(super) fn connect(_: &ConnectArgs, _: &mut Environment) -> Result<u8, Failure> {
        Err(Failure::Run(MISSING.into()))
    }
}

/// What clap has to say: help and version on standard output, anything else on standard error.
fn usage(error: &clap::Error, environment: &mut Environment) -> u8 {
    let text = error.render();
    let text = if environment.style.colours {
        text.ansi().to_string()
    } else {
        text.to_string()
    };
    if error.use_stderr() {
        let _ = environment.err.write_all(text.as_bytes());
        BAD_INPUT
    } else {
        let _ = environment.out.write_all(text.as_bytes());
        CONFORMS
    }
}

impl Environment<'_> {
    /// Prints on standard output. A reader that has gone away is no error.
    fn print(&mut self, text: &str) -> Result<(), Failure> {
        let written = self.out.write_all(text.as_bytes());
        match written.and_then(|()| self.out.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Failure::Run(format!("cannot write the output: {error}")))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// The stack of this name.
    fn stack(&self, name: &str) -> Result<StackEntry, Failure> {
        let found = self.stacks.iter().find(|stack| stack.name == name);
        found
            .copied()
            .or_else(|| stacks::driven(name))
            .ok_or_else(|| {
                let names: Vec<&str> = self.stacks.iter().map(|stack| stack.name).collect();
                Failure::Input(format!(
                    "there is no stack `{name}` in this build; there are: {}, and `driver:COMMAND` \
                 for one behind a driver",
                    names.join(", ")
                ))
            })
    }
}
