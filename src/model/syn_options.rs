//! What one side has put on its SYN, as far as the other goes by it.

/// What one side put on its SYN.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SynOptions {
    /// Maximum segment size.
    pub mss: Option<u16>,
    /// Window scale, as sent.
    pub window_scale: Option<u8>,
    /// SACK permitted.
    pub sack: bool,
    /// Timestamps.
    pub timestamps: bool,
    /// Explicit congestion notification: ECE and CWR on a SYN.
    pub ecn: bool,
    /// What that segment size comes from.
    pub size_by: SizeBy,
}

/// What the peer's segment size, as the stack has it, comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SizeBy {
    /// The SYN.
    #[default]
    Syn,
    /// A SYN that says two things of it, or cannot be read to its end.
    Unsure,
    /// Another segment, which the stack is known to have taken it off.
    Other,
    /// The same, and it is more than the link carries: it counts without regard to that.
    BeyondLink,
}
