//! The oracle: follows the model along a trace and says whether the stack conforms.
//!
//! It keeps every model state that explains all that was seen, steps each on every event, and
//! drops those that cannot explain what the stack did. It knows no stack and no scenario: it
//! judges a trace, live or recorded.

mod also;
mod anew;
mod arrived;
mod breakage;
mod checked;
mod choices;
mod coverage;
mod excuse;
mod follow;
mod host;
mod icmp;
mod isns;
pub mod known;
mod route;
mod silently;
mod tell;
mod transition;
mod verdict;
mod worlds;

pub use coverage::{BrokenInvariant, Coverage, EventKind};
pub use known::KnownDeviations;
pub use transition::Transition;
pub use verdict::{Allowed, Deviation, Instead, Judgment, Shape, Verdict};

use host::Host;

use crate::model::Tcb;
use crate::stack::{SOCKETS, Socket};
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
        let judgment = self.host.judge(trace, &mut self.coverage);
        self.coverage.settle_stakes(trace);
        judgment
    }

    /// The cheapest explanations of the last trace: every state that a socket's connection may be
    /// in at its end, or before the event that could not be explained. None for a socket that no
    /// scenario has.
    pub fn explanations(&self, socket: Socket) -> impl Iterator<Item = &Tcb> {
        let worlds = self.host.sockets[..SOCKETS].get(usize::from(socket.0));
        let states = worlds.map_or(&[][..], |worlds| &worlds.now);
        let least = states.iter().map(Tcb::cost).min();
        states.iter().filter(move |tcb| Some(tcb.cost()) == least)
    }

    /// Notes the transitions of the traces that are judged from now on.
    pub fn note_transitions(&mut self) {
        self.coverage.note_transitions();
    }

    /// The transitions noted since they were last asked for, in order, many of them repeatedly.
    pub fn transitions(&mut self) -> impl Iterator<Item = Transition> + '_ {
        self.coverage.transitions()
    }

    /// Counts from now on as exercised all requirements that are put to the test, and not only those
    /// that the branches of the model rest on. It takes several times as long.
    pub fn note_stakes(&mut self) {
        self.host.noting = true;
        self.coverage.note_stakes();
    }

    /// What the known deviations that were needed for the last trace have broken there, each with its
    /// place in [`KnownDeviations`]; noted after [`Oracle::note_stakes`] only.
    pub fn excused(&self) -> &[(u16, crate::spec::Req)] {
        &self.host.excused
    }

    /// The requirements that had a say since they were last asked for so.
    pub fn take_exercised(&mut self) -> crate::spec::RequirementSet {
        self.coverage.take_exercised()
    }

    /// Watches the [invariants](crate::model::invariants) of the model in all traces that are judged
    /// from now on.
    pub fn watch_invariants(&mut self) {
        self.coverage.watch_invariants();
    }

    /// The invariants broken since they were last asked for. Each is a fault of the model.
    pub fn broken_invariants(&mut self) -> Vec<BrokenInvariant> {
        self.coverage.broken_invariants()
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
