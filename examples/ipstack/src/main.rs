//! tcprove's command line for ipstack.

use std::process::ExitCode;

use tcprove::cli::{self, StackEntry};
use tcprove::suite;
use tcprove_ipstack::{Ipstack, KNOWN};

fn main() -> ExitCode {
    cli::main_with(&[StackEntry {
        about: "ipstack 1.0.1, in this process, on virtual time",
        known: KNOWN,
        ..suite::entry("ipstack", Ipstack::fresh)
    }])
}
