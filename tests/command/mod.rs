//! The command line in this process, as several tests ask it.

use std::ffi::OsString;
use std::io;

use tcprove::cli::{Environment, StackEntry, run};
use tcprove::report::Style;

/// What became of a command.
#[allow(dead_code, reason = "not every test asks for all of it")]
pub(crate) struct Ran {
    /// Its exit status.
    pub(crate) status: u8,
    /// What it printed.
    pub(crate) out: String,
    /// What it said beside.
    pub(crate) err: String,
}

/// Runs a command on these stacks; `command` is how it is shown to people.
pub(crate) fn ran<A: Into<OsString>>(
    stacks: &[StackEntry],
    command: &str,
    args: impl IntoIterator<Item = A>,
) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut environment = Environment {
        stacks,
        command,
        input: &mut io::empty(),
        out: &mut out,
        err: &mut err,
        style: Style::default(),
        watched: false,
    };
    let args = args.into_iter().map(Into::into);
    let args = std::iter::once("tcprove".into()).chain(args);
    let status = run(args, &mut environment);
    let text = |octets| String::from_utf8(octets).expect("text");
    Ran {
        status,
        out: text(out),
        err: text(err),
    }
}
