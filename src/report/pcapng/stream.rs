//! A capture that is written while the packets travel: packets alone, no verdict and no recording.

use std::io::{self, Write};

use super::{INBOUND, OUTBOUND, enhanced_packet, interface, section_header};
use crate::time::Instant;

/// Writes a capture, packet by packet.
pub struct PacketCapture<W> {
    to: W,
    /// One block.
    block: Vec<u8>,
}

impl<W: Write> PacketCapture<W> {
    /// Begins a capture of what a stack of this name sends and gets.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(mut to: W, name: &str) -> io::Result<PacketCapture<W>> {
        let mut block = Vec::new();
        section_header(&mut block, &["", ""]);
        interface(&mut block, name);
        to.write_all(&block)?;
        Ok(PacketCapture { to, block })
    }

    /// Adds a packet that arrives at the stack, or leaves it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn packet(&mut self, at: Instant, packet: &[u8], arrives: bool) -> io::Result<()> {
        self.block.clear();
        let direction = if arrives { INBOUND } else { OUTBOUND };
        enhanced_packet(&mut self.block, at.0, packet, direction, &["", ""]);
        self.to.write_all(&self.block)
    }

    /// Lets nothing wait to be written.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::capture;
    use crate::report::testing::{PEER, Tape};

    /// What `octets` has without the comments that a capture of a trace carries: its blocks'
    /// kinds and fixed parts.
    fn kinds(mut octets: &[u8]) -> Vec<u32> {
        let mut kinds = Vec::new();
        while let [a, b, c, d, e, f, g, h, ..] = *octets {
            kinds.push(u32::from_le_bytes([a, b, c, d]));
            octets = &octets[u32::from_le_bytes([e, f, g, h]) as usize..];
        }
        kinds
    }

    #[test]
    fn has_the_blocks_of_a_capture_of_the_same_packets() {
        let mut tape = Tape::new();
        tape.arrives(1, "SYN", PEER, 0, 3);
        let packet = tape.packet(true, "SYN", (PEER, 0, 3), &[]);
        let mut stream = PacketCapture::new(Vec::new(), "reference").unwrap();
        stream.packet(Instant(1_000), &packet, true).unwrap();
        assert_eq!(kinds(&stream.to), kinds(&capture(&tape.trace, "", None)));
        let found = stream.to.windows(packet.len()).any(|part| part == packet);
        assert!(found, "the packet stands in it");
    }
}
