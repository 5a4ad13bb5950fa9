//! A TCP segment without its text.

use super::{Ecn, Endpoint, Flags, Options, SeqNumber};

/// The header of a TCP segment, its addresses, and the length of its text.
///
/// The text itself stays where the octets are; what it ought to be follows from the sequence
/// number (see [`crate::stream`]).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Segment {
    /// Where it comes from.
    pub src: Endpoint,
    /// Where it goes.
    pub dst: Endpoint,
    /// SEG.SEQ.
    pub seq: SeqNumber,
    /// SEG.ACK; meaningful when ACK is set.
    pub ack: SeqNumber,
    /// Control and reserved bits.
    pub flags: Flags,
    /// The window field as it travels, unscaled.
    pub window: u16,
    /// The urgent pointer as it travels.
    pub urgent: u16,
    /// The options as a careful reader understands them.
    pub options: Options,
    /// The ECN field of the IP header.
    pub ecn: Ecn,
    /// The differentiated services codepoint of the IP header, 0 to 63.
    pub dscp: u8,
    /// Time to live, or hop limit.
    pub hops: u8,
    /// Octets of text.
    pub payload_len: u32,
}

impl Segment {
    /// SEG.LEN: octets of text, plus one for SYN and one for FIN.
    pub fn len(&self) -> u32 {
        self.payload_len + self.flags.sequence_length()
    }

    /// Whether the segment takes up no sequence space.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The sequence number after the segment's last: SEG.SEQ+SEG.LEN.
    pub fn end(&self) -> SeqNumber {
        self.seq + self.len()
    }

    /// The sequence number of the first octet of text: after SYN when SYN is set.
    pub fn text_seq(&self) -> SeqNumber {
        self.seq + self.flags.syn() as u32
    }
}
