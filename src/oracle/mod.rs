//! The oracle: follows the model along a trace and says whether the stack conforms.
//!
//! It keeps every model state that explains all that was seen, steps each on every event, and
//! drops those that cannot explain what the stack did. It knows no stack and no scenario: it
//! judges a trace, live or recorded.

mod verdict;

pub use verdict::{Allowed, Deviation, Instead, Judgment, Shape, Verdict};
