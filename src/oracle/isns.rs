//! Initial sequence numbers of one run, held against each other (RFC 9293 section 3.4.1, RFC 6528).
//!
//! What the secret of a stack is cannot be seen, but that there is none can: where the numbers of
//! different connections follow from each other. Four of a stack that has a secret do so by chance
//! once in some ten million million runs that have four.

use crate::spec::{Req, req};
use crate::time::{Instant, Micros};
use crate::wire::{Endpoint, SeqNumber};

/// How many connections are remembered.
const ROOM: usize = 8;

/// The clock behind the numbers ticks no more often than this in a microsecond: RFC 6528 has it tick
/// once in four, and some kernels each 64 ns.
const TICKS: u64 = 16;

/// Beside its clock a generator may move on by this with each number that it draws.
const STEP: u64 = 1 << 17;

/// What may have been sent on a connection, above which the next one of its name begins.
const SENT: u64 = 1 << 27;

/// Numbers are drawn one after the other only as long as the clock has not moved far.
const TOGETHER: Micros = Micros::millis(1);

/// So many numbers in a row, each of another connection, are no chance any more.
const ROW: u32 = 4;

/// An initial sequence number, and whose it is.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    port: u16,
    remote: Endpoint,
    isn: SeqNumber,
    at: Instant,
}

/// What a number shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shows {
    /// Nothing, or nothing new.
    Nothing,
    /// These were put to the test, and are kept.
    Kept(&'static [Req]),
    /// This is missed.
    Missed(Req),
}

/// The initial sequence numbers that were seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Isns {
    known: Vec<Drawn>,
    latest: Option<Drawn>,
    /// How many connections have had numbers that follow from each other.
    row: u32,
}

impl Isns {
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.latest = None;
        self.row = 0;
    }

    /// A SYN has left.
    pub(super) fn see(
        &mut self,
        port: u16,
        remote: Endpoint,
        isn: SeqNumber,
        at: Instant,
    ) -> Shows {
        let drawn = Drawn {
            port,
            remote,
            isn,
            at,
        };
        let same = |seen: &&mut Drawn| (seen.port, seen.remote) == (port, remote);
        if let Some(seen) = self.known.iter_mut().find(same) {
            let before = std::mem::replace(seen, drawn);
            return again(before, drawn);
        }
        // A number that is not remembered would look new whenever it is sent again.
        if self.known.len() >= ROOM {
            return Shows::Nothing;
        }
        self.known.push(drawn);
        self.follows(drawn)
    }

    /// The number of a connection that had none before, against that of the one before it.
    fn follows(&mut self, drawn: Drawn) -> Shows {
        let Some(before) = self.latest.replace(drawn) else {
            self.row = 1;
            return Shows::Nothing;
        };
        let span = drawn.at.since(before.at);
        if span > TOGETHER {
            self.row = 1;
            return Shows::Nothing;
        }
        let follows = u64::from(drawn.isn.since(before.isn)) <= span.0 * TICKS + STEP;
        self.row = if follows { self.row + 1 } else { 1 };
        match self.row {
            ROW.. => Shows::Missed(req::RFC9293_MUST_9),
            _ if !follows => Shows::Kept(&[req::RFC9293_MUST_9]),
            _ => Shows::Nothing,
        }
    }
}

/// A later number of one connection: ahead of the earlier, and no further than a clock has gone. Behind
/// it, the peer may take what is new for what is old.
fn again(before: Drawn, now: Drawn) -> Shows {
    if now.isn == before.isn {
        return Shows::Nothing;
    }
    let ahead = u64::from(now.isn.since(before.isn));
    let clock = now.at.since(before.at).0.saturating_mul(TICKS);
    // A clock that may have gone half round says nothing: what is ahead looks as if it were behind.
    if clock > u64::from(u32::MAX / 2) {
        return Shows::Nothing;
    }
    if now.isn.before(before.isn) {
        return Shows::Missed(req::RFC9293_MUST_8);
    }
    match ahead <= clock + SENT {
        true => Shows::Kept(&[req::RFC9293_MUST_8, req::RFC9293_SHLD_1]),
        false => Shows::Missed(req::RFC9293_SHLD_1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Family;

    fn drawn(isns: &mut Isns, tuple: u16, isn: u32, micros: u64) -> Shows {
        let remote = Endpoint {
            addr: Family::V4.peer(),
            port: tuple,
        };
        isns.see(80, remote, SeqNumber(isn), Instant(micros))
    }

    #[test]
    fn numbers_that_follow_from_each_other_are_told_when_they_are_four() {
        for step in [0, 64_000] {
            let mut isns = Isns::default();
            for tuple in 0..3 {
                let isn = u32::MAX.wrapping_add(step * u32::from(tuple));
                assert_eq!(drawn(&mut isns, tuple, isn, 0), Shows::Nothing);
            }
            let isn = u32::MAX.wrapping_add(step * 3);
            let missed = Shows::Missed(req::RFC9293_MUST_9);
            assert_eq!(drawn(&mut isns, 3, isn, 0), missed, "{step}");
        }
    }

    #[test]
    fn numbers_that_do_not_follow_are_told_as_kept() {
        let mut isns = Isns::default();
        let kept = Shows::Kept(&[req::RFC9293_MUST_9]);
        assert_eq!(drawn(&mut isns, 0, 0, 0), Shows::Nothing);
        assert_eq!(drawn(&mut isns, 1, 0x7000_0000, 0), kept);
        assert_eq!(drawn(&mut isns, 2, 0x2000_0000, 0), kept);
        // Two that follow, and a pause, after which nothing is said.
        assert_eq!(drawn(&mut isns, 3, 0x2000_0001, 0), Shows::Nothing);
        assert_eq!(drawn(&mut isns, 4, 0x2000_0002, 2_000), Shows::Nothing);
        assert_eq!(drawn(&mut isns, 5, 0x2000_0003, 2_000), Shows::Nothing);
    }

    #[test]
    fn a_later_number_of_one_connection_is_ahead_as_far_as_the_clock_goes() {
        let later = |isn, micros| {
            let mut isns = Isns::default();
            drawn(&mut isns, 1, 1_000, 0);
            drawn(&mut isns, 1, isn, micros)
        };
        assert_eq!(later(1_000, 0), Shows::Nothing);
        assert_eq!(later(999, 10), Shows::Missed(req::RFC9293_MUST_8));
        let kept = Shows::Kept(&[req::RFC9293_MUST_8, req::RFC9293_SHLD_1]);
        assert_eq!(later(251_000, 1_000_000), kept);
        let far = 0x4000_0000;
        assert_eq!(later(far, 1_000_000), Shows::Missed(req::RFC9293_SHLD_1));
        assert_eq!(later(far, 60_000_000), kept);
        assert_eq!(later(far, 140_000_000), Shows::Nothing);
        assert_eq!(later(999, 10_800_000_000), Shows::Nothing);
    }

    #[test]
    fn a_number_sent_again_never_follows_itself() {
        let mut isns = Isns::default();
        for tuple in 0..ROOM as u16 {
            drawn(&mut isns, tuple, u32::from(tuple) * 0x1234_5678, 0);
        }
        for _ in 0..8 {
            assert_eq!(drawn(&mut isns, 99, 7, 0), Shows::Nothing);
        }
    }
}
