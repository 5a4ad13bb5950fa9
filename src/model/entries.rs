//! A set of entries of a file of known deviations: one bit each, by their places in the file.

use std::ops::{BitAnd, BitOr, BitOrAssign};

const WORDS: usize = 2;

/// Entries of a file of known deviations. Two words, for a larger integer would be aligned more
/// strictly and make every state of a connection larger.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Entries([u64; WORDS]);

impl Entries {
    /// So many entries can be told apart.
    pub const MOST: usize = WORDS * u64::BITS as usize;

    /// No entry.
    pub const NONE: Entries = Entries([0; WORDS]);

    /// The one entry of that number, which is below [`Entries::MOST`].
    pub fn one(entry: u16) -> Entries {
        let mut one = Entries::NONE;
        one.0[usize::from(entry / 64)] = 1 << (entry % 64);
        one
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self == Entries::NONE
    }

    /// How many there are.
    pub fn len(self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// The numbers of the entries, the lowest first.
    pub fn iter(mut self) -> impl Iterator<Item = u16> {
        std::iter::from_fn(move || {
            let place = self.0.iter().position(|&word| word != 0)?;
            let word = &mut self.0[place];
            let bit = word.trailing_zeros() as u16;
            *word &= *word - 1;
            Some(place as u16 * 64 + bit)
        })
    }
}

impl BitOr for Entries {
    type Output = Entries;

    fn bitor(self, other: Entries) -> Entries {
        Entries(std::array::from_fn(|n| self.0[n] | other.0[n]))
    }
}

impl BitOrAssign for Entries {
    fn bitor_assign(&mut self, other: Entries) {
        *self = *self | other;
    }
}

impl BitAnd for Entries {
    type Output = Entries;

    fn bitand(self, other: Entries) -> Entries {
        Entries(std::array::from_fn(|n| self.0[n] & other.0[n]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_can_be_told_apart() {
        let mut all = Entries::NONE;
        for entry in 0..Entries::MOST as u16 {
            let one = Entries::one(entry);
            assert!((all & one).is_empty());
            assert_eq!(one.iter().collect::<Vec<_>>(), [entry]);
            all |= one;
            assert_eq!(all.len(), u32::from(entry) + 1);
        }
        assert!(all.iter().eq(0..Entries::MOST as u16));
        assert_eq!(Entries::NONE.iter().next(), None);
    }
}
