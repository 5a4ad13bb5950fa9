//! Scenarios: what the harness does to a stack.
//!
//! Steps, their text form, the generator, and one file that holds vocabulary and weights. A
//! scenario's `Debug` and `Display` are its text, which `docs/scenarios.md` teaches. This room
//! depends on [`crate::wire`], [`crate::time`] and the stack's configuration; it knows no stack,
//! no model, and nothing of what became of a scenario.

mod generate;
mod mutate;
mod notation;
mod random;
mod simplify;
mod step;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use generate::{choose_step, compose, generate, generate_brisk, vary};
pub use mutate::{MOST_STEPS, cross, mutate};
pub use notation::{Case, Cases, ParseError};
pub use random::{Random, Source};
pub use simplify::Simplifier;
pub use step::{
    Address, CallStep, Flow, IcmpStep, OptionStep, PeerStep, Scenario, SegmentStep, SeqBase,
    SeqExpr, Step, Wait,
};
