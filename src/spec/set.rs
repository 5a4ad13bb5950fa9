//! A set of requirements, as counting coverage needs it: one bit each, no allocation.

use super::Req;
use std::fmt;

const WORD: usize = u64::BITS as usize;
const WORDS: usize = Req::COUNT.div_ceil(WORD);

/// A set of requirements, in about fifty octets.
///
/// It is not `Copy`, so that a set which is meant to grow is not grown in a copy by mistake.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct RequirementSet {
    words: [u64; WORDS],
}

impl RequirementSet {
    /// The empty set.
    pub const fn new() -> Self {
        Self { words: [0; WORDS] }
    }

    /// Every requirement of the catalogue.
    pub fn full() -> Self {
        Req::all().collect()
    }

    /// Adds a requirement, and says whether it was not there before.
    pub const fn insert(&mut self, req: Req) -> bool {
        let (word, bit) = (req.index() / WORD, 1 << (req.index() % WORD));
        let is_new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        is_new
    }

    /// Takes a requirement out.
    pub const fn remove(&mut self, req: Req) {
        self.words[req.index() / WORD] &= !(1 << (req.index() % WORD));
    }

    /// Whether it holds a requirement.
    pub const fn contains(&self, req: Req) -> bool {
        self.words[req.index() / WORD] >> (req.index() % WORD) & 1 == 1
    }

    /// How many requirements it holds.
    pub fn len(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// What it holds, in the order of the catalogue.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Req> + Clone + '_ {
        Req::all().filter(|&req| self.contains(req))
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.absorb(other);
        both
    }

    /// What is here and not in `other`: what is left to cover.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        for (word, taken) in rest.words.iter_mut().zip(other.words) {
            *word &= !taken;
        }
        rest
    }

    /// Adds all that `other` holds, and says whether any of it was new.
    pub fn absorb(&mut self, other: &Self) -> bool {
        let mut is_new = false;
        for (word, more) in self.words.iter_mut().zip(other.words) {
            is_new |= more & !*word != 0;
            *word |= more;
        }
        is_new
    }
}

impl FromIterator<Req> for RequirementSet {
    fn from_iter<I: IntoIterator<Item = Req>>(reqs: I) -> Self {
        let mut set = Self::new();
        set.extend(reqs);
        set
    }
}

impl Extend<Req> for RequirementSet {
    fn extend<I: IntoIterator<Item = Req>>(&mut self, reqs: I) {
        for req in reqs {
            self.insert(req);
        }
    }
}

/// The ids, in braces.
impl fmt::Debug for RequirementSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
