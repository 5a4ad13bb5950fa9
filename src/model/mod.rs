//! The reference state machine of RFC 9293: a labelled transition system, not a simulator.
//!
//! It says what a conforming endpoint may do after everything seen so far. Inputs are segments
//! that [arrive](arrives), [user calls](calls) and the [passing of time](timeouts); what the
//! stack [sends](emits) is an event too, which the model can explain or cannot. One file for each
//! heading of section 3.10.

mod ahead;
pub mod arrives;
mod branches;
pub mod calls;
mod class;
mod ecn;
pub mod emits;
mod entries;
mod fault;
mod flight;
pub mod invariants;
pub mod lands;
mod marks;
mod mute;
pub mod reports;
mod retransmission;
mod service;
mod settle;
mod state;
mod syn_options;
pub mod tcb;
pub mod timeouts;
mod timestamps;
mod urgent;
mod widen;
mod window;

pub use class::{AckClass, ErrorClass, EventClass, IcmpClass, QuoteClass, SegmentClass, SeqClass};
pub use ecn::Ecn;
pub use entries::Entries;
pub use fault::Fault;
pub use flight::{Flight, Owed, initial_window};
pub use marks::Marks;
pub use mute::Unsaid;
pub use service::{Service, is_asked_of};
pub use settle::{settle, unsent, waits_for_window};
pub use state::State;
pub use tcb::Tcb;
pub use urgent::{Pointer, Urgent, ends_push, pointed_ahead, send_pointer};

use crate::spec::Req;
use crate::stack::Profile;
use crate::time::{Instant, Micros};

/// An acknowledgment may be delayed for less than half a second (RFC9293-MUST-40): this is the
/// last microsecond.
pub const ACK_DELAY: Micros = Micros(499_999);

/// Data that nothing holds back leaves within this time. It is the longest override timeout that is
/// recommended for silly window avoidance (RFC 1122 section 4.2.3.4) too.
pub const SEND_DELAY: Micros = Micros::secs(1);

/// Data that waits for a larger window leaves within this time: longer is for ever (RFC9293-MUST-60).
pub const SILLY_DELAY: Micros = Micros::secs(60);

/// What a step of the model needs to know besides the connection.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Now.
    pub now: Instant,
    /// What the stack declares about itself.
    pub profile: &'a Profile,
    /// The index of the event in the trace.
    pub index: u32,
    /// These requirements are not insisted upon: the stack is known not to meet them here.
    pub pardoned: [Option<Req>; 3],
    /// What the wire has shown of how the connection sends; none where that is not looked at.
    pub flight: Option<&'a Flight>,
    /// What was due, by that, and has not come.
    pub owed: Option<Owed>,
    /// Another socket surely listens to what arrives, and would take it if there were no connection.
    pub listened: bool,
}

impl<'a> Context<'a> {
    /// What a step at this event needs to know, if nothing is known of the stack and of how the
    /// connection sends.
    pub fn new(now: Instant, profile: &'a Profile, index: u32) -> Context<'a> {
        Context {
            now,
            profile,
            index,
            pardoned: [None; 3],
            flight: None,
            owed: None,
            listened: false,
        }
    }

    /// The fault, unless what it is about is pardoned.
    ///
    /// # Errors
    /// The fault.
    pub fn unless_pardoned(&self, fault: Fault) -> Result<(), Fault> {
        if self.pardoned.contains(&Some(fault.requirement)) {
            return Ok(());
        }
        Err(fault)
    }
}
