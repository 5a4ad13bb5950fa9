//! Choices that the judgment of a trace has to make without knowing which is right.
//!
//! What belongs together over several sockets cannot be said by the states of each: which of two
//! listeners a segment reached, for instance, when the first may be closed by now. The trace is
//! then judged once for every way through it, each from the beginning, until one conforms. Most
//! traces have no choice to make, and are judged once.

use arrayvec::ArrayVec;

/// So many choices can be made on one way; what comes after them is decided as by default.
const DEPTH: usize = 24;

/// So many ways through one trace are tried.
pub(super) const WAYS: usize = 64;

/// One way through a trace: which option was taken at each choice, of how many.
#[derive(Default)]
pub(super) struct Choices {
    made: ArrayVec<(u8, u8), DEPTH>,
    next: usize,
    /// A choice came too late to be remembered, so not every way is tried.
    pub(super) overflowed: bool,
}

impl Choices {
    /// Forgets everything: the first way through a trace takes option 0 everywhere.
    pub(super) fn clear(&mut self) {
        self.made.clear();
        self.next = 0;
        self.overflowed = false;
    }

    /// The option to take here, of `options`.
    pub(super) fn take(&mut self, options: u8) -> u8 {
        let option = match self.made.get(self.next) {
            Some((option, _)) => *option,
            None => {
                self.overflowed |= self.made.try_push((0, options)).is_err();
                0
            }
        };
        self.next += 1;
        option
    }

    /// Turns to the next way, which differs from this one as late as possible; false when there
    /// is none.
    pub(super) fn turn(&mut self) -> bool {
        self.next = 0;
        while let Some((option, options)) = self.made.pop() {
            if option + 1 < options {
                self.made.push((option + 1, options));
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_is_taken_once() {
        let mut choices = Choices::default();
        let mut ways = Vec::new();
        loop {
            // A choice between three comes up only where the first option was taken before.
            let first = choices.take(2);
            let second = if first == 0 { choices.take(3) } else { 9 };
            ways.push((first, second));
            if !choices.turn() {
                break;
            }
        }
        assert_eq!(ways, [(0, 0), (0, 1), (0, 2), (1, 9)]);
    }

    #[test]
    fn a_choice_too_many_is_decided_by_default_and_told() {
        let mut choices = Choices::default();
        for _ in 0..DEPTH {
            assert_eq!(choices.take(2), 0);
        }
        assert!(!choices.overflowed);
        assert_eq!(choices.take(2), 0);
        assert!(choices.overflowed);
        choices.clear();
        assert!(!choices.overflowed && !choices.turn());
    }
}
