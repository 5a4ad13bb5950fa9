//! What lies between the two: one way each, with a delay, and faults until it is good.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::scenario::{Random, Source};
use crate::time::{Instant, Micros};

/// What a link does to packets. Of what is said as a number it is done once in so many packets,
/// and never when the number is 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// How long a packet takes, one way.
    pub delay: Micros,
    /// The least time between two packets, one way.
    pub spacing: Micros,
    /// Loses a packet.
    pub loses: u32,
    /// Delivers a packet a second time.
    pub repeats: u32,
    /// Lets later packets overtake one.
    pub reorders: u32,
    /// Turns one bit over.
    pub corrupts: u32,
    /// From here on it loses everything,
    pub dark: Micros,
    /// until here.
    pub until: Micros,
    /// From here on it does nothing of all that, and nobody throws anything in.
    pub good: Micros,
}

impl Default for Link {
    fn default() -> Link {
        Link {
            delay: Micros::millis(10),
            spacing: Micros::ZERO,
            loses: 0,
            repeats: 0,
            reorders: 0,
            corrupts: 0,
            dark: Micros::ZERO,
            until: Micros::ZERO,
            good: Micros::secs(30),
        }
    }
}

impl Link {
    /// Whether it is good from this instant on.
    pub(super) fn is_good(&self, now: Instant) -> bool {
        now.since(Instant::START) >= self.good
    }

    fn is_dark(&self, now: Instant) -> bool {
        let now = now.since(Instant::START);
        now >= self.dark && now < self.until && now < self.good
    }
}

/// A packet under way.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct UnderWay {
    /// When it arrives, and which it is of those that arrive then.
    at: Instant,
    number: u64,
    /// What was sent.
    pub(super) packet: Vec<u8>,
    /// A bit that is turned over on the way, from the end of the packet.
    pub(super) spoilt: Option<u32>,
}

/// One direction.
pub(super) struct Way {
    link: Link,
    random: Random,
    queue: BinaryHeap<Reverse<UnderWay>>,
    sent: u64,
    free_at: Instant,
}

/// A packet that is overtaken takes longer by up to so many times the delay.
const OVERTAKEN: u32 = 4;

impl Way {
    pub(super) fn new(link: Link, random: Random) -> Way {
        Way {
            link,
            random,
            queue: BinaryHeap::new(),
            sent: 0,
            free_at: Instant::START,
        }
    }

    fn happens(&mut self, once_in: u32) -> bool {
        once_in > 0 && self.random.once_in(once_in)
    }

    /// Takes a packet over.
    pub(super) fn send(&mut self, now: Instant, packet: &[u8]) {
        let link = self.link;
        let left = now.max(self.free_at);
        self.free_at = left + link.spacing;
        let arrives = left + link.delay;
        if link.is_good(now) {
            return self.put(arrives, packet, None);
        }
        if link.is_dark(now) || self.happens(link.loses) {
            return;
        }
        let spoilt = self
            .happens(link.corrupts)
            .then(|| self.random.below(8 * (packet.len() as u32 - 20)));
        let late = match self.happens(link.reorders) {
            true => self.span(OVERTAKEN),
            false => Micros::ZERO,
        };
        self.put(arrives + late, packet, spoilt);
        if self.happens(link.repeats) {
            let late = self.span(OVERTAKEN);
            self.put(arrives + late, packet, None);
        }
    }

    /// Up to so many times the delay.
    fn span(&mut self, times: u32) -> Micros {
        let most = (self.link.delay.0 as u32).saturating_mul(times).max(1);
        Micros(u64::from(self.random.below(most)))
    }

    fn put(&mut self, at: Instant, packet: &[u8], spoilt: Option<u32>) {
        self.sent += 1;
        self.queue.push(Reverse(UnderWay {
            at,
            number: self.sent,
            packet: packet.to_vec(),
            spoilt,
        }));
    }

    /// When the next packet arrives.
    pub(super) fn next(&self) -> Option<Instant> {
        self.queue.peek().map(|Reverse(next)| next.at)
    }

    /// The next packet that has arrived.
    pub(super) fn arrived(&mut self, now: Instant) -> Option<UnderWay> {
        match self.next() {
            Some(at) if at <= now => self.queue.pop().map(|Reverse(packet)| packet),
            Some(_) | None => None,
        }
    }

    /// Forgets what is under way.
    pub(super) fn cut(&mut self) {
        self.queue.clear();
    }
}
