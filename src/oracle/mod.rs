//! The oracle: follows the model along a trace and says whether the stack conforms.
//!
//! It keeps every model state that explains all that was seen, steps each on every event, and
//! drops those that cannot explain what the stack did. It knows no stack and no scenario: it
//! judges a trace, live or recorded.

mod coverage;
mod excuse;
mod host;
pub mod known;
mod route;
mod tell;
mod verdict;
mod worlds;

pub use coverage::{Coverage, EventKind};
pub use known::KnownDeviations;
pub use verdict::{Allowed, Deviation, Instead, Judgment, Shape, Verdict};

use host::Host;

use crate::trace::Trace;

/// Judges traces, one after the other.
pub struct Oracle {
    host: Host,
    coverage: Coverage,
}

impl Oracle {
    /// An oracle that knows of these deviations.
    pub fn new(known: KnownDeviations) -> Oracle {
        Oracle {
            host: Host::new(known),
            coverage: Coverage::default(),
        }
    }

    /// Judges one trace.
    pub fn judge(&mut self, trace: &Trace) -> Judgment {
        self.host.judge(trace, &mut self.coverage)
    }

    /// What all the traces judged so far have reached.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The known deviations, in the order of [`Judgment::known`].
    pub fn known(&self) -> &KnownDeviations {
        &self.host.known
    }
}
