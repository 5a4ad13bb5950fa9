//! What the octets of a byte stream are: the octet at offset *n* is a function of *n*.
//!
//! No payload is ever stored. Both ends write [`octets`], and whoever reads compares with them,
//! so content is checked at any size by arithmetic. The pattern has the prime period
//! [`PERIOD`], so a stream shifted by any power of two differs from itself.

use std::sync::LazyLock;

/// After so many octets the pattern begins again. A prime close to 2^16.
pub const PERIOD: usize = 65_521;

/// Which of the two streams of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// Written by the peer, read by the stack's user.
    ToStack,
    /// Written by the stack's user, read by the peer.
    ToPeer,
}

static PATTERN: LazyLock<Box<[u8]>> = LazyLock::new(|| {
    let octet = |n: usize| {
        let mixed = ((n % PERIOD) as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 56
    };
    (0..2 * PERIOD + 65_536).map(|n| octet(n) as u8).collect()
});

/// The octets `[offset, offset + len)` of a stream; `len` is at most 65,535.
///
/// `ports` are the stack's and the peer's port: two connections never share their octets.
pub fn octets(direction: Direction, ports: (u16, u16), offset: u32, len: usize) -> &'static [u8] {
    let salt = match direction {
        Direction::ToStack => 7_919,
        Direction::ToPeer => 40_009,
    };
    let salt = salt + usize::from(ports.0) * 31 + usize::from(ports.1) * 17;
    let start = (offset as usize % PERIOD + salt) % PERIOD;
    &PATTERN[start..start + len.min(65_535)]
}

/// The index of the first octet of `text` that differs from the stream at `offset`, if any.
pub fn first_difference(
    direction: Direction,
    ports: (u16, u16),
    offset: u32,
    text: &[u8],
) -> Option<usize> {
    let mut done = 0;
    for chunk in text.chunks(32_768) {
        let expected = octets(
            direction,
            ports,
            offset.wrapping_add(done as u32),
            chunk.len(),
        );
        if chunk != expected {
            let at = chunk.iter().zip(expected).position(|(a, b)| a != b);
            return Some(done + at.unwrap_or(0));
        }
        done += chunk.len();
    }
    None
}
