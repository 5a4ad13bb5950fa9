//! Two blocks made one that allows what either of them does.
//!
//! Where many explanations stand side by side, most of them differ only in when something was
//! heard, or in how much is permitted. Such blocks are made one when room is short: it permits the
//! more, and asks for what is due the later, so that nothing is called a deviation that one of the
//! two would have allowed. What is lost is that only one of them may have been right.

use super::branches::are_twins;
use super::tcb::{Retransmission, Sample, Tcb};
use crate::time::Instant;

/// So many duplicate acknowledgments let a segment be sent again at once; more change nothing.
const ENOUGH: u8 = 3;

impl Tcb {
    /// Makes alike what makes no difference any more.
    pub fn level(&mut self, now: Instant) {
        self.rtx.dup_acks = self.rtx.dup_acks.min(ENOUGH);
        if self.due.reply.is_none() && self.due.reply_at < now {
            self.due.reply_at = Instant::START;
        }
    }

    /// Takes up another block that differs in nothing but how much it allows; false when it
    /// differs in anything else.
    pub fn absorb(&mut self, other: &Tcb) -> bool {
        // As a rule they differ in one of these, which is soon seen.
        let numbers = |tcb: &Tcb| (tcb.snd.una, tcb.snd.wnd, tcb.snd.wl1, tcb.rcv.nxt, tcb.mute);
        if numbers(self) != numbers(other) || self.rcv.ahead != other.rcv.ahead {
            return false;
        }
        let wider = self.wider(other);
        if !are_twins(&wider, &other.wider(self)) {
            return false;
        }
        let cheaper = match other.cost() < self.cost() {
            true => *other,
            false => *self,
        };
        *self = Tcb {
            unsaid: cheaper.unsaid,
            known: cheaper.known,
            misses: cheaper.misses,
            ..wider
        };
        true
    }

    /// This block with whatever the other allows beyond it.
    fn wider(&self, other: &Tcb) -> Tcb {
        let mut wider = *self;
        wider.arrived_at = self.arrived_at.min(other.arrived_at);
        // Two edges of one sender lie within a window of each other.
        wider.snd.edge_max = self.snd.edge_max.later(other.snd.edge_max);
        wider.rcv.again = self.rcv.again || other.rcv.again;
        wider.rcv.pushed = self.rcv.pushed && other.rcv.pushed;
        wider.rcv.answers_first = self.rcv.answers_first || other.rcv.answers_first;
        wider.due.credit = self.due.credit.max(other.due.credit);
        wider.due.idle_credit = self.due.idle_credit && other.due.idle_credit;
        wider.rtx = self.rtx.wider(&other.rtx);
        wider.urgent = self.urgent.wider(&other.urgent);
        wider
    }
}

impl Retransmission {
    /// A timer that may run out no earlier than one of the two, and no later than the other.
    fn wider(&self, other: &Retransmission) -> Retransmission {
        Retransmission {
            since: self.since.max(other.since),
            ceiling: self.ceiling.max(other.ceiling),
            rtt: self.rtt.max(other.rtt),
            sample: match self.sample == other.sample {
                true => self.sample,
                false => Sample::Several,
            },
            ambiguous: self.ambiguous && other.ambiguous,
            dup_acks: self.dup_acks.max(other.dup_acks),
            ..*self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Entries;
    use crate::time::Micros;

    const LATER: Instant = Instant(9);

    type Change = fn(&mut Tcb);

    /// A block to which something is done.
    fn with(change: fn(&mut Tcb)) -> Tcb {
        let mut tcb = Tcb::default();
        change(&mut tcb);
        tcb
    }

    #[test]
    fn what_one_of_two_allows_their_union_allows() {
        let more: [Change; 10] = [
            |tcb| tcb.snd.edge_max += 5,
            |tcb| tcb.rcv.again = true,
            |tcb| tcb.rcv.answers_first = true,
            |tcb| tcb.due.credit = 2,
            |tcb| tcb.rtx.since = LATER,
            |tcb| tcb.rtx.ceiling = Micros::secs(7),
            |tcb| tcb.rtx.rtt = Micros::secs(7),
            |tcb| tcb.rtx.sample = Sample::Several,
            |tcb| tcb.rtx.dup_acks = ENOUGH,
            |tcb| tcb.misses = [None; 3],
        ];
        for (row, change) in more.iter().enumerate() {
            let (lax, strict) = (with(*change), Tcb::default());
            for (one, other) in [(lax, strict), (strict, lax)] {
                let mut union = one;
                assert!(union.absorb(&other), "row {row}");
                assert_eq!(union, lax, "row {row}");
            }
        }
        let less: [Change; 4] = [
            |tcb| tcb.rcv.pushed = true,
            |tcb| tcb.arrived_at = LATER,
            |tcb| tcb.due.idle_credit = true,
            |tcb| tcb.rtx.ambiguous = true,
        ];
        for (row, change) in less.iter().enumerate() {
            let mut union = with(*change);
            assert!(union.absorb(&Tcb::default()), "row {row}");
            assert_eq!(union, Tcb::default(), "row {row}");
        }
    }

    #[test]
    fn what_differs_in_anything_else_stays_apart() {
        let other: [Change; 6] = [
            |tcb| tcb.snd.una += 1,
            |tcb| tcb.snd.wnd = 1,
            |tcb| tcb.rcv.nxt += 1,
            |tcb| tcb.rtx.gap = Micros(1),
            |tcb| tcb.rtx.probing = true,
            |tcb| tcb.due.ack = LATER,
        ];
        for (row, change) in other.iter().enumerate() {
            let mut union = Tcb::default();
            assert!(!union.absorb(&with(*change)), "row {row}");
            assert_eq!(union, Tcb::default(), "row {row}");
        }
    }

    #[test]
    fn of_two_the_cheaper_history_is_kept() {
        let dear = with(|tcb| {
            tcb.known = Entries::one(3);
            tcb.rtx.since = LATER;
        });
        for (one, other) in [(dear, Tcb::default()), (Tcb::default(), dear)] {
            let mut union = one;
            assert!(union.absorb(&other));
            assert_eq!((union.known, union.rtx.since), (Entries::NONE, LATER));
        }
    }

    #[test]
    fn what_makes_no_difference_is_made_alike() {
        let mut tcb = with(|tcb| {
            tcb.rtx.dup_acks = 7;
            tcb.due.reply_at = Instant(5);
        });
        tcb.level(Instant(5));
        assert_eq!((tcb.rtx.dup_acks, tcb.due.reply_at), (ENOUGH, Instant(5)));
        tcb.level(LATER);
        assert_eq!(tcb.due.reply_at, Instant::START);
    }
}
