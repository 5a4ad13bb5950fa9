//! Where an adapter puts what its stack sends.

use super::Broken;
use crate::time::Instant;

/// Packets sent by a stack, each with its instant, in the order of sending.
///
/// One buffer, reused from scenario to scenario. It is bounded: a stack that goes on sending
/// without end is stopped here, not by the machine's memory.
#[derive(Default)]
pub struct Outbox {
    octets: Vec<u8>,
    packets: Vec<(Instant, u32, u32)>,
}

impl Outbox {
    /// So many packets may be sent between two inputs; more is a stack without end.
    pub const MAX_PACKETS: usize = 4_096;

    /// Adds one IP packet.
    ///
    /// # Errors
    /// When the stack has sent [`Outbox::MAX_PACKETS`] since the last input.
    pub fn push(&mut self, at: Instant, packet: &[u8]) -> Result<(), Broken> {
        self.push_with(at, packet.len(), |room| room.copy_from_slice(packet))
    }

    /// Adds one IP packet of `len` octets that `fill` writes in place.
    ///
    /// # Errors
    /// As [`Outbox::push`].
    pub fn push_with(
        &mut self,
        at: Instant,
        len: usize,
        fill: impl FnOnce(&mut [u8]),
    ) -> Result<(), Broken> {
        if self.packets.len() >= Self::MAX_PACKETS {
            return Err(Broken(format!(
                "sent {} packets in answer to one input, without end",
                Self::MAX_PACKETS
            )));
        }
        let start = self.octets.len();
        self.octets.resize(start + len, 0);
        fill(&mut self.octets[start..]);
        self.packets.push((at, start as u32, len as u32));
        Ok(())
    }

    /// The packets, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (Instant, &[u8])> {
        self.packets
            .iter()
            .map(|&(at, start, len)| (at, &self.octets[start as usize..(start + len) as usize]))
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// Forgets all packets and keeps the room.
    pub fn clear(&mut self) {
        self.octets.clear();
        self.packets.clear();
    }
}
