//! What a connection knows of timestamps.

use crate::time::Instant;

/// Timestamps (RFC 7323 section 4.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Timestamps {
    /// Both SYNs carried the option.
    pub on: bool,
    /// TS.Recent.
    pub recent: u32,
    /// When TS.Recent was set.
    pub recent_at: Instant,
    /// TSval of the peer's SYN.
    pub of_syn: u32,
    /// The TSval last sent, if any, and when.
    pub sent: Option<(u32, Instant)>,
    /// The TSval of the stack's own SYN, the first and the last.
    pub on_syn: Option<(u32, u32)>,
}

impl Timestamps {
    /// Whether the stack's SYN may have had this TSval.
    pub fn was_on_syn(&self, value: u32) -> bool {
        let (first, last) = self.on_syn.unwrap_or_default();
        self.on_syn.is_some() && value.wrapping_sub(first) <= last.wrapping_sub(first)
    }
}
