//! The heart of every fuzz target, without the fuzzer.
//!
//! `fuzz/` is a crate of its own, as cargo fuzz wants it, and holds a few lines for each target.
//! What they call is here, so `cargo test` tests it. An input is text, a scenario; what is wrong
//! with it comes back as the report that a person reads. `docs/fuzzing.md` says how to run them.

mod guidance;
mod input;
mod octets;
mod prove;

pub use guidance::Guidance;
pub use input::{Faulty, Input, cross_text, mutate_text};
pub use octets::{notation, recording, wire};
pub use prove::{FaultyProver, Prover};
