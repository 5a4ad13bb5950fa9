//! Initial sequence numbers (RFC 6528), and the clock of timestamps.
//!
//! What RFC 6528 wants of a hash function is that nobody outside can compute it. Here the secret
//! comes from the scenario's seed, so that every run can be repeated; the mix is the finaliser
//! of a well-known generator, spread over the four-tuple, and no protection against anyone.

use std::net::IpAddr;

use crate::time::Instant;
use crate::wire::{Endpoint, SeqNumber};

/// By how much M moves on with each connection.
const PER_CONNECTION: u32 = 64_000;

/// The secret of one instance of the stack.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Secret(u64);

impl Secret {
    /// The secret that follows from a seed.
    pub(super) fn new(seed: u64) -> Secret {
        Secret(mix(seed, 0x7c_3a_41))
    }

    /// ISN = M + F(four-tuple, secret), where M ticks every four microseconds
    /// (RFC6528-3-1, RFC9293-MUST-8), and moves on with each of the ISNs `drawn` before it: virtual
    /// time may stand still between two incarnations.
    pub(super) fn isn(self, port: u16, remote: Endpoint, now: Instant, drawn: u32) -> SeqNumber {
        let ticks = ((now.0 / 4) as u32).wrapping_add(drawn.wrapping_mul(PER_CONNECTION));
        let ports = u64::from(port) << 16 | u64::from(remote.port);
        let (high, low) = match remote.addr {
            IpAddr::V4(addr) => (0, u64::from(addr.to_bits())),
            IpAddr::V6(addr) => ((addr.to_bits() >> 64) as u64, addr.to_bits() as u64),
        };
        let hash = mix(mix(mix(self.0, ports), high), low) as u32;
        SeqNumber(hash.wrapping_add(ticks))
    }

    /// TSval: a clock of one millisecond that begins anywhere (RFC7323-4.1-2).
    pub(super) fn timestamp(self, now: Instant) -> u32 {
        (mix(self.0, 1) as u32).wrapping_add((now.0 / 1_000) as u32)
    }
}

/// Mixes a word into a state; every bit of either reaches every bit of the result.
pub(super) fn mix(state: u64, word: u64) -> u64 {
    let mut x = (state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Family;

    fn remote(port: u16) -> Endpoint {
        Endpoint {
            addr: Family::V4.peer(),
            port,
        }
    }

    #[test]
    fn the_isn_ticks_every_four_microseconds() {
        let secret = Secret::new(7);
        let at = |us| secret.isn(80, remote(40_000), Instant(us), 0);
        assert_eq!(at(3), at(0));
        assert_eq!(at(4), at(0) + 1);
        assert_eq!(at(4_000_000), at(0) + 1_000_000);
        let next = secret.isn(80, remote(40_000), Instant::START, 1);
        assert_eq!(next, at(0) + PER_CONNECTION);
    }

    #[test]
    fn four_tuples_and_seeds_differ() {
        let isn = |seed, port, peer| Secret::new(seed).isn(port, remote(peer), Instant::START, 0);
        let all = [isn(1, 80, 1), isn(2, 80, 1), isn(1, 81, 1), isn(1, 80, 2)];
        for (i, one) in all.iter().enumerate() {
            assert!(!all[..i].contains(one), "{all:?}");
        }
        assert_eq!(isn(1, 80, 1), isn(1, 80, 1));
    }
}
