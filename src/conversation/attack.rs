//! Somebody who throws in segments of his own: old ones, and such as a blind attacker would send.
//!
//! He knows the addresses, the ports, and about where the windows are. What he throws in is never
//! such that a TCP would have to take it for the other's.

use crate::scenario::{Random, Source};
use crate::wire::{self, Endpoint, Flags, Options, Segment, SeqNumber};

/// So many packets are remembered, to be delivered again.
const REMEMBERED: usize = 64;

/// So many are thrown in by one of them. Each may be answered, and the answers bring him on again:
/// without a bound there would soon be nothing else on the link.
const MOST_THROWN: u32 = 2_000;

/// One direction, as it is seen on the way.
pub(super) struct Intruder {
    random: Random,
    /// Who it claims to be, and whom it is after.
    from: Endpoint,
    to: Endpoint,
    /// The buffer of the one that it is after.
    buffer: u32,
    /// What the one that it claims to be has sent.
    seen: Vec<Vec<u8>>,
    count: usize,
    thrown: u32,
    /// The acknowledgment that the one it claims to be has sent last. To take it for its own does
    /// no harm to what is under way.
    acknowledged: Option<SeqNumber>,
    /// What the one that it is after has last said of itself: SND.NXT and RCV.NXT, about.
    numbers: Option<(SeqNumber, SeqNumber)>,
}

/// What is thrown in.
#[derive(Clone, Copy)]
enum Kind {
    /// What was sent before.
    Old,
    /// A reset somewhere outside the window.
    Reset,
    /// A reset somewhere in the window.
    ResetInside,
    /// A SYN with any number.
    Syn,
    /// An acknowledgment of what was not sent yet.
    Unsent,
    /// Text beyond the window.
    Beyond,
}

const KINDS: [(u32, Kind); 6] = [
    (4, Kind::Old),
    (1, Kind::Reset),
    (1, Kind::ResetInside),
    (1, Kind::Syn),
    (1, Kind::Unsent),
    (1, Kind::Beyond),
];

impl Intruder {
    pub(super) fn new(random: Random, from: Endpoint, to: Endpoint, buffer: u32) -> Intruder {
        Intruder {
            random,
            from,
            to,
            buffer,
            seen: Vec::new(),
            count: 0,
            thrown: 0,
            acknowledged: None,
            numbers: None,
        }
    }

    /// The one that it claims to be has sent this.
    pub(super) fn sees(&mut self, packet: &[u8], segment: Option<&Segment>) {
        if let Some(segment) = segment.filter(|segment| segment.flags.ack()) {
            self.acknowledged = Some(segment.ack);
        }
        if self.seen.len() < REMEMBERED {
            self.seen.push(packet.to_vec());
        } else {
            let slot = &mut self.seen[self.count % REMEMBERED];
            slot.clear();
            slot.extend_from_slice(packet);
        }
        self.count += 1;
    }

    /// The one that it is after has sent this.
    pub(super) fn overhears(&mut self, segment: &Segment) {
        if segment.flags.ack() && !segment.flags.rst() {
            self.numbers = Some((segment.end(), segment.ack));
        }
    }

    /// Throws in a segment once in so many times.
    pub(super) fn throws(&mut self, once_in: u32) -> Option<Vec<u8>> {
        if once_in == 0 || !self.random.once_in(once_in) || self.seen.is_empty() {
            return None;
        }
        if self.thrown == MOST_THROWN {
            return None;
        }
        self.thrown += 1;
        let kind = self.random.weighted(&KINDS);
        let Some((next, expects)) = self.numbers else {
            return Some(self.old());
        };
        // Whatever has arrived since, and whatever was read: no window reaches so far.
        let outside = expects + 2 * self.buffer + self.random.below(1 << 28);
        let mut segment = Segment {
            src: self.from,
            dst: self.to,
            seq: expects,
            ack: self.acknowledged.unwrap_or(next),
            flags: Flags::ACK,
            window: 1_000,
            urgent: 0,
            options: Options::default(),
            ecn: Default::default(),
            dscp: 0,
            hops: crate::wire::HOP_LIMIT,
            payload_len: 0,
        };
        let mut text: &[u8] = &[];
        match kind {
            Kind::Old => return Some(self.old()),
            Kind::Reset => {
                segment.flags = Flags::RST;
                segment.seq = outside;
            }
            Kind::ResetInside => {
                segment.flags = Flags::RST;
                segment.seq = expects + 1 + self.random.below(self.buffer.max(2) - 1);
            }
            Kind::Syn => {
                segment.flags = Flags::SYN;
                segment.seq = SeqNumber(self.random.bits() as u32);
            }
            Kind::Unsent => segment.ack = next + (1 << 28) + self.random.below(1 << 28),
            Kind::Beyond => {
                segment.seq = outside;
                text = &[0; 100];
            }
        }
        let mut packet = Vec::new();
        wire::build(&segment, &[], text, &mut packet);
        Some(packet)
    }

    fn old(&mut self) -> Vec<u8> {
        let which = self.random.below(self.seen.len() as u32) as usize;
        self.seen[which].clone()
    }
}
