//! The packets that the peer has sent and that are to be delivered to the stack.

use std::ops::Range;

use crate::wire::Segment;

/// One packet on its way to the stack, and what it is.
#[derive(Clone, Debug, Default)]
pub struct Packet {
    /// The header as it was meant, or, of a packet that was damaged and is readable still, as it
    /// reads; `None` when the packet is no readable TCP segment.
    pub segment: Option<Segment>,
    /// Whether and why the stack has to discard the packet unread.
    pub damaged: Option<&'static str>,
    /// The IP packet.
    pub octets: Vec<u8>,
    /// Where its text stands in `octets`; empty when it cannot be read.
    pub text: Range<usize>,
}

/// Packets in the order in which they arrive. One queue serves many runs: its room is kept.
#[derive(Debug, Default)]
pub struct Packets {
    slots: Vec<Packet>,
    len: usize,
}

impl Packets {
    /// An empty queue.
    pub const fn new() -> Packets {
        Packets {
            slots: Vec::new(),
            len: 0,
        }
    }

    /// The packets, first to arrive first.
    pub fn iter(&self) -> std::slice::Iter<'_, Packet> {
        self.slots[..self.len].iter()
    }

    /// How many packets there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets all packets and keeps the room.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// A slot at the end, with whatever was last in it.
    pub(super) fn push(&mut self) -> &mut Packet {
        if self.len == self.slots.len() {
            self.slots.push(Packet::default());
        }
        self.len += 1;
        &mut self.slots[self.len - 1]
    }

    /// The last packet.
    pub(super) fn last(&mut self) -> Option<&mut Packet> {
        self.slots[..self.len].last_mut()
    }

    /// Takes the last packet off.
    pub(super) fn pop(&mut self) {
        self.len = self.len.saturating_sub(1);
    }

    /// Takes the last packet off and leaves it in `into`.
    pub(super) fn pop_into(&mut self, into: &mut Packet) {
        if self.len > 0 {
            self.len -= 1;
            std::mem::swap(&mut self.slots[self.len], into);
        }
    }

    /// Whether the last packet is a SYN.
    pub(super) fn ends_with_syn(&self) -> bool {
        let last = self.slots[..self.len].last();
        let segment = last.and_then(|packet| packet.segment.as_ref());
        segment.is_some_and(|segment| segment.flags.syn())
    }

    /// Lets the last two packets change places.
    pub(super) fn exchange_last(&mut self) {
        if self.len > 1 {
            self.slots.swap(self.len - 2, self.len - 1);
        }
    }

    /// Adds the last packet a second time.
    pub(super) fn repeat_last(&mut self) {
        if self.len == 0 {
            return;
        }
        self.push();
        let (before, last) = self.slots[..self.len].split_at_mut(self.len - 1);
        let (original, copy) = (&before[before.len() - 1], &mut last[0]);
        copy.segment.clone_from(&original.segment);
        copy.damaged = original.damaged;
        copy.octets.clone_from(&original.octets);
        copy.text = original.text.clone();
    }
}

impl<'a> IntoIterator for &'a Packets {
    type Item = &'a Packet;
    type IntoIter = std::slice::Iter<'a, Packet>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
