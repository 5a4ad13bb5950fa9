//! Transition tables: for each state and each event, the next state and what is sent, with the
//! requirement.
//!
//! Of the model, all that is permitted; of a stack, what it did, which is found by leading it to
//! the state and letting the event happen. Every row names its scenarios in their own notation.
//! Nothing is judged here but by the oracle; this room may name the harness and what lies below
//! it, and knows nothing of the command line.

mod diagram;
mod events;
mod explore;
mod grid;
mod group;
#[cfg(feature = "cli")]
mod json;
mod markdown;
mod permitted;
mod rows;
mod sent;
mod text;
mod words;

pub use diagram::{Diagram, Edge, Label, dot, svg, svg_taken};
pub use explore::{Did, NOT_OFFERED, Said};
#[cfg(feature = "cli")]
pub use json::json;
pub use markdown::markdown;
pub use permitted::{Answer, Branch};
pub use rows::{Content, MODEL, Maker, Missed, Row, Section, Table};
pub use sent::{Carried, Detail, ResetSeq, Sent};
pub use text::text;
