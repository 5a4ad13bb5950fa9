//! The command line of tcprove.

use std::process::ExitCode;

fn main() -> ExitCode {
    tcprove::cli::main()
}
