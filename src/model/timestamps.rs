//! What a connection knows of timestamps.

use crate::time::Instant;
use crate::wire::{Segment, SeqNumber};

/// Timestamps (RFC 7323 section 4.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Timestamps {
    /// Both SYNs carried the option.
    pub on: bool,
    /// TS.Recent.
    pub recent: u32,
    /// When TS.Recent was set.
    pub recent_at: Instant,
    /// Last.ACK.sent, by a segment that is no probe and no keep-alive.
    pub last_ack_sent: SeqNumber,
    /// TSval of the peer's SYN.
    pub of_syn: u32,
    /// The TSval last sent.
    sent: u32,
    /// When it was.
    sent_at: Instant,
    /// One was sent.
    has_sent: bool,
    /// The TSval of the stack's own SYN, when it was first sent.
    pub of_own_syn: u32,
    /// How much later it was in the last.
    pub span_of_own_syn: u16,
}

impl Timestamps {
    /// The TSval last sent, if any, and when.
    pub fn sent(&self) -> Option<(u32, Instant)> {
        self.has_sent.then_some((self.sent, self.sent_at))
    }

    /// Whether a segment begins at or before Last.ACK.sent, and ends there or behind.
    pub fn is_spanned_by(&self, seg: &Segment) -> bool {
        let acked = self.last_ack_sent;
        seg.seq.at_or_before(acked) && seg.end().at_or_after(acked)
    }

    /// Notes the TSval of a segment that is sent, if it has any.
    pub fn note_sent(&mut self, value: Option<u32>, now: Instant) {
        self.has_sent = value.is_some();
        self.sent = value.unwrap_or_default();
        self.sent_at = now;
    }

    /// Notes the TSval of the stack's SYN, which may have been sent before; to be told before
    /// [`note_sent`](Timestamps::note_sent).
    pub fn note_own_syn(&mut self, value: u32) {
        if !self.has_sent {
            self.of_own_syn = value;
        }
        let span = value.wrapping_sub(self.of_own_syn);
        self.span_of_own_syn = u16::try_from(span).unwrap_or(u16::MAX);
    }

    /// Whether the stack's SYN, if it had timestamps, may have had this TSval.
    pub fn was_on_own_syn(&self, value: u32) -> bool {
        value.wrapping_sub(self.of_own_syn) <= self.span_of_own_syn.into()
    }
}
