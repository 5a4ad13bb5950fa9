//! TCP options: their octets, and what a reader makes of them (RFC 9293 section 3.2).

use arrayvec::ArrayVec;

/// The octets of the options field, as they travel, padding included.
pub type OptionBytes = ArrayVec<u8, 40>;

/// SACK blocks, left and right edge each (RFC 2018).
pub type SackBlocks = ArrayVec<(u32, u32), 4>;

/// What a careful reader makes of the options field of one segment.
///
/// Of an option that occurs twice the first occurrence counts, and `duplicate` is set.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Options {
    /// Maximum segment size (kind 2).
    pub mss: Option<u16>,
    /// Window scale shift as sent, before any clamp to 14 (kind 3).
    pub window_scale: Option<u8>,
    /// SACK permitted (kind 4).
    pub sack_permitted: bool,
    /// Timestamps: TSval, TSecr (kind 8).
    pub timestamps: Option<(u32, u32)>,
    /// SACK blocks (kind 5).
    pub sack: SackBlocks,
    /// An option of no kind that is known here occurs, well formed.
    pub unknown: bool,
    /// An option occurs a second time.
    pub duplicate: bool,
    /// A length is 0 or 1, wrong for its kind, or runs past the end; reading stopped there.
    pub malformed: bool,
    /// Octets that are not zero follow an end-of-options octet (RFC9293-MUST-69).
    pub nonzero_padding: bool,
    /// The length of the options field in octets, padding included.
    pub octets: u8,
}
