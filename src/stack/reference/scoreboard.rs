//! What the peer has told of with SACK (RFC 2018 section 5), and what that says of the rest
//! (RFC 6675).

use crate::model::tcb::Ahead;
use crate::wire::{Options, SeqNumber};

/// So many segments beyond a missing one tell that it is lost.
const THRESHOLD: u32 = 3;

/// Outstanding numbers that have arrived.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Scoreboard {
    held: Ahead,
}

impl Scoreboard {
    /// Forgets what is acknowledged.
    pub(super) fn acknowledged(&mut self, una: SeqNumber) {
        self.held.forget_before(una);
    }

    /// Notes what an acknowledgment tells of what is outstanding, `[una, nxt)`. Returns whether
    /// anything of it is new.
    pub(super) fn note(&mut self, options: &Options, una: SeqNumber, nxt: SeqNumber) -> bool {
        let mut news = false;
        for &(left, right) in &options.sack {
            let (left, right) = (SeqNumber(left), SeqNumber(right));
            let outstanding = left.after(una) && left.before(right) && right.at_or_before(nxt);
            if outstanding && !self.held.covers(left, right) {
                self.held.add(left, right);
                self.held.join();
                // What there is no room for is sent again, and no harm is done.
                self.held.overflowed = false;
                news = true;
            }
        }
        news
    }

    /// Whether so much has arrived beyond `una` that what begins there is lost.
    pub(super) fn tells_loss(&self, mss: u32) -> bool {
        let stretches = self.held.iter().count() as u32;
        let octets: u32 = self.held.iter().map(|(from, to)| to.since(from)).sum();
        stretches >= THRESHOLD || octets > (THRESHOLD - 1) * mss
    }

    /// Of `[from, to)`, what is to be sent again first: what lies before something that has
    /// arrived; everything, where nothing is told.
    pub(super) fn missing(&self, from: SeqNumber, to: SeqNumber) -> Option<(SeqNumber, SeqNumber)> {
        if self.held.is_empty() {
            return from.before(to).then_some((from, to));
        }
        let mut from = from;
        while let Some(end) = self.held.next_boundary(from) {
            from = end;
        }
        let starts = self.held.iter().map(|(start, _)| start);
        let end = starts
            .filter(|start| start.after(from))
            .reduce(SeqNumber::earlier);
        end.filter(|_| from.before(to))
            .map(|end| (from, end.earlier(to)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNA: SeqNumber = SeqNumber(1_000);
    const NXT: SeqNumber = SeqNumber(9_000);

    fn sack(blocks: &[(u32, u32)]) -> Options {
        Options {
            sack: blocks.iter().copied().collect(),
            ..Options::default()
        }
    }

    #[test]
    fn holes_are_what_lies_before_what_has_arrived() {
        let mut board = Scoreboard::default();
        assert_eq!(board.missing(UNA, NXT), Some((UNA, NXT)));
        assert!(board.note(&sack(&[(4_000, 5_000), (2_000, 3_000)]), UNA, NXT));
        assert!(!board.note(&sack(&[(2_000, 3_000)]), UNA, NXT));
        let hole = |from| {
            board
                .missing(SeqNumber(from), NXT)
                .map(|(from, to)| (from.0, to.0))
        };
        assert_eq!(hole(1_000), Some((1_000, 2_000)));
        assert_eq!(hole(1_500), Some((1_500, 2_000)));
        assert_eq!(hole(2_000), Some((3_000, 4_000)));
        assert_eq!(hole(4_500), None);
        assert_eq!(hole(6_000), None);
        assert!(board.note(&sack(&[(3_000, 4_000)]), UNA, NXT));
        assert_eq!(board.missing(SeqNumber(2_500), NXT), None);
        board.acknowledged(NXT);
        assert_eq!(board, Scoreboard::default());
    }

    #[test]
    fn what_was_never_sent_or_is_acknowledged_is_not_believed() {
        let mut board = Scoreboard::default();
        let lies = [(500, 900), (1_000, 2_000), (8_000, 9_001), (3_000, 2_000)];
        assert!(!board.note(&sack(&lies), UNA, NXT));
        assert_eq!(board, Scoreboard::default());
    }

    #[test]
    fn three_stretches_or_more_than_two_segments_tell_of_a_loss() {
        let rows: [(&[(u32, u32)], bool); 4] = [
            (&[(2_000, 4_000)], false),
            (&[(2_000, 4_001)], true),
            (&[(2_000, 2_001), (3_000, 3_001)], false),
            (&[(2_000, 2_001), (3_000, 3_001), (4_000, 4_001)], true),
        ];
        for (blocks, lost) in rows {
            let mut board = Scoreboard::default();
            board.note(&sack(blocks), UNA, NXT);
            assert_eq!(board.tells_loss(1_000), lost, "{blocks:?}");
        }
    }
}
