//! What is known from outside of a stack's retransmission timer.

use crate::time::{Instant, Micros};

/// What is known of the round trips that the stack has measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sample {
    /// There was none.
    #[default]
    None,
    /// There was this one only, of the handshake, in milliseconds.
    Only(u32),
    /// There were others.
    Several,
}

/// What is known of the retransmission timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retransmission {
    /// Something waits for an acknowledgment or for the window to open.
    pub armed: bool,
    /// The last instant at which the timer may have been started.
    pub since: Instant,
    /// When the oldest outstanding number was last sent.
    pub sent_at: Instant,
    /// When the present flight began.
    pub flight_at: Instant,
    /// Since when text or a SYN has been queued or in flight all the time; [`Instant::NEVER`]
    /// when nothing is, or a FIN alone.
    pub waits_since: Instant,
    /// An upper bound of the retransmission timeout.
    pub ceiling: Micros,
    /// The longest round trip that may have been measured.
    pub rtt: Micros,
    /// The round trips that were surely measured.
    pub sample: Sample,
    /// Something of this flight was sent more than once.
    pub resent: bool,
    /// Something was acknowledged that was sent more than once, so that no round trip may have been
    /// measured by it (RFC6298-3-1).
    pub ambiguous: bool,
    /// The gap before the last timed retransmission; zero when there was none.
    pub gap: Micros,
    /// Nothing has arrived since the last transmission.
    pub quiet: bool,
    /// Something of this flight was retransmitted already.
    pub recovering: bool,
    /// Duplicate acknowledgments in a row.
    pub dup_acks: u8,
    /// The window was found closed, or was probed, in this flight.
    pub probing: bool,
}

impl Default for Retransmission {
    fn default() -> Retransmission {
        Retransmission {
            armed: false,
            since: Instant::START,
            sent_at: Instant::START,
            flight_at: Instant::START,
            waits_since: Instant::NEVER,
            ceiling: Micros::secs(1),
            rtt: Micros::ZERO,
            sample: Sample::None,
            resent: false,
            ambiguous: false,
            gap: Micros::ZERO,
            quiet: false,
            recovering: false,
            dup_acks: 0,
            probing: false,
        }
    }
}
