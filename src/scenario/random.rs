//! Choices: where they come from, and a small generator of them.
//!
//! Whatever makes a scenario asks a [`Source`]. A seeded generator is one; octets from a fuzzer,
//! or proptest, can be another, so the vocabulary is written once.

/// Where choices come from.
pub trait Source {
    /// A number below `n`; 0 when `n` is 0 or 1.
    fn below(&mut self, n: u32) -> u32;

    /// Whether a thing that happens once in `n` times happens now.
    fn once_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    /// One of `items`, all alike; `items` is not empty.
    fn one<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }

    /// One of `items` by its weight; some weight is not 0.
    fn weighted<T: Copy>(&mut self, items: &[(u32, T)]) -> T {
        let total = items.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(total);
        for (weight, item) in items {
            if left < *weight {
                return *item;
            }
            left -= weight;
        }
        items[0].1
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): one addition and a mix for each 64 bits. Every seed is
/// as good as any other, and equal seeds give equal choices everywhere.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The choices that belong to a pair of numbers.
    pub fn new(seed: u64, index: u64) -> Random {
        Random(mix(seed) ^ index.wrapping_mul(0xd134_2543_de82_ef95))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }
}

impl Source for Random {
    fn below(&mut self, n: u32) -> u32 {
        // The high half of a product: no division, and a bias that no scenario feels.
        (((self.bits() >> 32) * u64::from(n)) >> 32) as u32
    }
}

/// SplitMix64's finisher: every bit of the result depends on every bit of `x`.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
