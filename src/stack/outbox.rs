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
    /// So many packets may be sent between two inputs; more is a stack without end. A send
    /// buffer of 2 MiB that leaves in segments of 36 octets stays below it.
    pub const MAX_PACKETS: usize = 65_536;

    /// So many octets may be sent between two inputs; more is a stack without end.
    pub const MAX_OCTETS: usize = 64 << 20;

    /// What an octet holds before it is written. Drivers hand out memory that was used before,
    /// so an octet that a stack forgets to write must not happen to be zero.
    const UNWRITTEN: u8 = 0xa5;

    /// Adds one IP packet.
    ///
    /// # Errors
    /// When the stack has sent more since the last input than [`Outbox::MAX_PACKETS`] and
    /// [`Outbox::MAX_OCTETS`] allow.
    pub fn push(&mut self, at: Instant, packet: &[u8]) -> Result<(), Broken> {
        self.room(at, packet.len())?.copy_from_slice(packet);
        Ok(())
    }

    /// Adds one IP packet of `len` octets, to be written in place. The room is not zero
    /// beforehand.
    ///
    /// # Errors
    /// As [`Outbox::push`].
    pub fn room(&mut self, at: Instant, len: usize) -> Result<&mut [u8], Broken> {
        let start = self.octets.len();
        if self.packets.len() >= Self::MAX_PACKETS || start + len > Self::MAX_OCTETS {
            return Err(self.without_end());
        }
        self.octets.resize(start + len, Self::UNWRITTEN);
        self.packets.push((at, start as u32, len as u32));
        Ok(&mut self.octets[start..])
    }

    /// How many packets there are.
    pub fn len(&self) -> usize {
        self.packets.len()
    }

    /// The packets, oldest first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Instant, &[u8])> {
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

    /// What to say of a stack that sends more than fits in here.
    fn without_end(&self) -> Broken {
        Broken(
            format!(
                "sent {} packets of {} octets together in answer to one input, without end",
                self.packets.len(),
                self.octets.len()
            )
            .into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_packets_back_in_order() {
        let mut outbox = Outbox::default();
        for round in 0..2 {
            outbox.push(Instant(3), b"abc").unwrap();
            let room = outbox.room(Instant(5), 2).unwrap();
            assert_eq!(room, [Outbox::UNWRITTEN; 2], "round {round}");
            room.copy_from_slice(b"de");
            let packets: Vec<_> = outbox.iter().collect();
            assert_eq!(packets, [(Instant(3), &b"abc"[..]), (Instant(5), b"de")]);
            outbox.clear();
            assert!(outbox.is_empty());
        }
    }

    #[test]
    fn ends_where_the_bounds_are() {
        let mut outbox = Outbox::default();
        for _ in 0..Outbox::MAX_PACKETS {
            outbox.push(Instant::START, &[]).unwrap();
        }
        let Broken(reason) = outbox.push(Instant::START, &[]).unwrap_err();
        assert!(reason.contains("65536 packets"), "{reason}");
        outbox.clear();
        let big = vec![0; Outbox::MAX_OCTETS];
        outbox.push(Instant::START, &big).unwrap();
        outbox.push(Instant::START, &[1]).unwrap_err();
        assert_eq!(outbox.len(), 1);
    }
}
