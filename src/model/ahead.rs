//! What arrived ahead of a gap, as far as it is remembered.

use crate::wire::SeqNumber;

/// Stretches of the receive sequence space that arrived ahead of a gap, the latest last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ahead {
    stretches: [(SeqNumber, SeqNumber); Ahead::MAX],
    len: u8,
    /// More arrived than could be remembered.
    pub overflowed: bool,
    /// Stretches that touch were joined to make room: where one ended within is forgotten.
    pub coarse: bool,
    /// Some of it was pushed.
    pub pushed: bool,
    /// Behind all that arrived and could not be remembered.
    furthest: SeqNumber,
}

/// Whether a stretch lies in another.
pub(in crate::model) fn lies_in(
    inner: (SeqNumber, SeqNumber),
    outer: (SeqNumber, SeqNumber),
) -> bool {
    inner.0.at_or_after(outer.0) && inner.1.at_or_before(outer.1)
}

impl Ahead {
    /// How many stretches are remembered.
    pub const MAX: usize = 8;

    /// Remembers `[from, to)`. Nothing is joined while there is room: of two stretches that overlap
    /// or touch a stack may have held one and not the other.
    pub fn add(&mut self, from: SeqNumber, to: SeqNumber) {
        let held = &mut self.stretches[..self.len as usize];
        if let Some(again) = held.iter().position(|stretch| *stretch == (from, to)) {
            held[again..].rotate_left(1);
            return;
        }
        if self.len as usize == Self::MAX {
            self.join();
            self.coarse |= (self.len as usize) < Self::MAX;
        }
        if (self.len as usize) < Self::MAX {
            self.stretches[self.len as usize] = (from, to);
            self.len += 1;
        } else {
            let far = self
                .stretches
                .iter()
                .map(|(_, to)| *to)
                .fold(to, SeqNumber::later);
            self.furthest = match self.overflowed {
                true => self.furthest.later(far),
                false => far,
            };
            self.overflowed = true;
        }
    }

    /// How far what is held may reach from `base` on without a gap, where that is not known from
    /// stretch to stretch.
    pub fn may_reach(&self, base: SeqNumber) -> Option<SeqNumber> {
        if self.overflowed {
            let ends = self.iter().map(|(_, to)| to);
            return Some(ends.fold(self.furthest, SeqNumber::later));
        }
        let mut end = base;
        while let Some(boundary) = self.next_boundary(end) {
            end = boundary;
        }
        (self.coarse && end.after(base)).then_some(end)
    }

    /// Joins the stretches that overlap or touch, for who knows that all of them are held.
    pub fn join(&mut self) {
        if self.len < 2 {
            return;
        }
        let mut joined = Ahead::default();
        for (mut from, mut to) in self.iter() {
            let mut kept = 0;
            for i in 0..joined.len as usize {
                let (start, end) = joined.stretches[i];
                if start.at_or_before(to) && end.at_or_after(from) {
                    (from, to) = (from.earlier(start), to.later(end));
                } else {
                    joined.stretches[kept] = (start, end);
                    kept += 1;
                }
            }
            joined.stretches[kept..].fill(Default::default());
            joined.stretches[kept] = (from, to);
            joined.len = kept as u8 + 1;
        }
        joined.overflowed = self.overflowed;
        joined.coarse = self.coarse;
        joined.pushed = self.pushed;
        joined.furthest = self.furthest;
        *self = joined;
    }

    /// The nearest end of a stretch behind `base`, if the octet there is held and all up to that
    /// end. It may be the end of a stretch within another: of the two a stack may have trimmed the
    /// longer.
    pub fn next_boundary(&self, base: SeqNumber) -> Option<SeqNumber> {
        let holds = |(from, to): &(SeqNumber, SeqNumber)| from.at_or_before(base) && to.after(base);
        if !self.iter().any(|stretch| holds(&stretch)) {
            return None;
        }
        let ends = self.iter().map(|(_, to)| to);
        ends.filter(|to| to.after(base)).reduce(SeqNumber::earlier)
    }

    /// Whether `[left, right)` lies in what arrived.
    pub fn covers(&self, left: SeqNumber, right: SeqNumber) -> bool {
        let mut reached = left;
        while reached.before(right) {
            match self.next_boundary(reached) {
                Some(boundary) => reached = boundary,
                None => return false,
            }
        }
        true
    }

    /// What lies in `[left, right)` was told of: it stands behind all that was told of before.
    pub fn told(&mut self, left: SeqNumber, right: SeqNumber) {
        let inside = |stretch: (SeqNumber, SeqNumber)| lies_in(stretch, (left, right));
        let held = *self;
        let others = held.iter().filter(|stretch| !inside(*stretch));
        let order = others.chain(held.iter().filter(|stretch| inside(*stretch)));
        for (place, stretch) in self.stretches.iter_mut().zip(order) {
            *place = stretch;
        }
    }

    /// Forgets all that lies before `nxt`.
    pub fn forget_before(&mut self, nxt: SeqNumber) {
        let mut kept = 0;
        for i in 0..self.len as usize {
            let stretch = self.stretches[i];
            if stretch.1.after(nxt) {
                self.stretches[kept] = stretch;
                kept += 1;
            }
        }
        self.stretches[kept..].fill(Default::default());
        self.len = kept as u8;
        self.coarse &= kept > 0;
        self.pushed &= kept > 0;
        if self.overflowed && self.furthest.at_or_before(nxt) {
            self.overflowed = false;
        }
        if !self.overflowed {
            self.furthest = SeqNumber::default();
        }
    }

    /// The stretches.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (SeqNumber, SeqNumber)> {
        self.stretches[..self.len as usize].iter().copied()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_of_stands_behind() {
        let stretch = |from: u32| (SeqNumber(from), SeqNumber(from + 1));
        let mut ahead = Ahead::default();
        for from in [2, 4, 6] {
            let (from, to) = stretch(from);
            ahead.add(from, to);
        }
        ahead.told(SeqNumber(2), SeqNumber(3));
        assert!(ahead.iter().eq([4, 6, 2].map(stretch)));
        // What lies in no stretch changes nothing, and of a longer block all is told.
        ahead.told(SeqNumber(8), SeqNumber(9));
        assert!(ahead.iter().eq([4, 6, 2].map(stretch)));
        ahead.told(SeqNumber(4), SeqNumber(7));
        assert!(ahead.iter().eq([2, 4, 6].map(stretch)));
    }
}
