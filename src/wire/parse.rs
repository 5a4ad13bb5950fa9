//! From the octets of an IP packet to a segment.

use super::Segment;

/// A segment read from a packet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parsed {
    /// The header.
    pub segment: Segment,
    /// Where in the packet the text stands.
    pub text: std::ops::Range<usize>,
    /// Why a receiver has to discard it unread, if it has to: a checksum is wrong.
    pub damaged: Option<&'static str>,
}

/// Why a packet is no readable TCP segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ParseError(pub &'static str);

/// Reads one IP packet.
///
/// # Errors
/// When it is no IPv4 or IPv6 packet, carries no TCP, is shorter than its lengths say, or its
/// data offset points before the end of the fixed header or beyond the segment.
pub fn parse(packet: &[u8]) -> Result<Parsed, ParseError> {
    let _ = packet;
    unimplemented!()
}
