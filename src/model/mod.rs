//! The reference state machine of RFC 9293: a labelled transition system, not a simulator.
//!
//! It says what a conforming endpoint may do after everything seen so far. Inputs are segments
//! that arrive, user calls and the passing of time; what the stack sends is an event too, which
//! the model can explain or cannot. One file for each heading of section 3.10.

mod class;
mod state;

pub use class::{AckClass, EventClass, SegmentClass, SeqClass};
pub use state::State;
