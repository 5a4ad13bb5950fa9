//! Every case of the corpus is a test, on every stack of this build.
//!
//! A test is called `STACK::FILE` or `STACK::FILE::CASE`, as in
//! `smoltcp::rcv-rst-established/edges::passive-ipv4/seq-left`; `docs/corpus.md` says what the
//! names mean. A case passes when what the stack does conforms, known deviations apart. On the
//! reference stack, which is the model itself, no recommendation may be missed either.
//!
//! Of the stack that lives in real time only those scenarios are run that are over in a moment;
//! where the machine cannot run a stack its cases are shown as ignored, with the reason.

use std::process::ExitCode;

use tcprove::cli::built_in;
use tcprove::suite::Suite;

fn main() -> ExitCode {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
    let suite = Suite::new(built_in()).corpus(root);
    // Those that are generated are for `tests/check.rs` and the properties.
    let suite = suite.strict(&["reference"]).batches(0);
    suite.command("cargo run --release --").main()
}
