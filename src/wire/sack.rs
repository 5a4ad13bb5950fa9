//! The blocks of a SACK option (RFC 2018).

use std::ops::Deref;

/// SACK blocks, left and right edge each, in the order in which they travel.
///
/// Plain data, so that a segment is copied as one piece.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SackBlocks {
    /// Those beyond the length are zero.
    blocks: [(u32, u32); SackBlocks::MAX],
    len: u8,
}

impl SackBlocks {
    /// So many fit into one options field.
    pub const MAX: usize = 4;

    /// The blocks.
    pub fn as_slice(&self) -> &[(u32, u32)] {
        &self.blocks[..usize::from(self.len)]
    }
}

/// The first [`SackBlocks::MAX`]; there is no room for more.
impl FromIterator<(u32, u32)> for SackBlocks {
    fn from_iter<I: IntoIterator<Item = (u32, u32)>>(blocks: I) -> SackBlocks {
        let mut taken = SackBlocks::default();
        for (slot, block) in taken.blocks.iter_mut().zip(blocks) {
            *slot = block;
            taken.len += 1;
        }
        taken
    }
}

impl Deref for SackBlocks {
    type Target = [(u32, u32)];

    fn deref(&self) -> &[(u32, u32)] {
        self.as_slice()
    }
}

impl<'a> IntoIterator for &'a SackBlocks {
    type Item = &'a (u32, u32);
    type IntoIter = std::slice::Iter<'a, (u32, u32)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::fmt::Debug for SackBlocks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifth_block_is_left_out() {
        let blocks = [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10)];
        for len in 0..=blocks.len() {
            let taken: SackBlocks = blocks[..len].iter().copied().collect();
            assert_eq!(*taken, blocks[..len.min(SackBlocks::MAX)]);
        }
    }
}
