//! From the octets of an IP packet to a segment.
//!
//! This is a careful receiver without a connection: it says what a packet carries, or why it
//! carries nothing that can be read. It judges no value of any field; that is the model's work.

use etherparse::TcpSlice;
use etherparse::err::tcp::{HeaderError, HeaderSliceError};

use super::layers::Layers;
use super::{Ecn, Endpoint, Flags, Options, Segment, SeqNumber, checksum};

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

/// Why a packet is no readable TCP segment: a phrase that follows "the packet is not readable:".
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ParseError(pub &'static str);

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for ParseError {}

/// Reads one IP packet.
///
/// Octets after the end that the IP length gives are ignored, as link layers add some. IPv4
/// options and IPv6 extension headers are skipped, and a source route among them is not
/// followed. A wrong checksum is no error; see [`Parsed::damaged`]. A data offset that lies but
/// stays within the segment cannot be told from a true one, so what it says holds.
///
/// # Errors
/// When it is no IPv4 or IPv6 packet, is a fragment, carries no TCP, is shorter than its lengths
/// say, or its data offset points before the end of the fixed header or beyond the segment.
pub fn parse(packet: &[u8]) -> Result<Parsed, ParseError> {
    let layers = Layers::find(packet)?;
    let part = &packet[layers.tcp.clone()];
    let tcp = TcpSlice::from_slice(part).map_err(|error| ParseError(words(&error)))?;
    let text = layers.tcp.start + tcp.header_len()..layers.tcp.end;
    let (service, hops) = service(packet);
    let segment = Segment {
        src: Endpoint {
            addr: layers.src,
            port: tcp.source_port(),
        },
        dst: Endpoint {
            addr: layers.dst,
            port: tcp.destination_port(),
        },
        seq: SeqNumber(tcp.sequence_number()),
        ack: SeqNumber(tcp.acknowledgment_number()),
        flags: Flags::from_bits(u16::from_be_bytes([part[12], part[13]])),
        window: tcp.window_size(),
        urgent: tcp.urgent_pointer(),
        options: Options::parse(tcp.options()),
        ecn: Ecn::of(service),
        dscp: service >> 2,
        hops,
        payload_len: text.len() as u32,
    };
    Ok(Parsed {
        segment,
        text,
        damaged: wrong_checksum(packet, &layers),
    })
}

/// The octet of the IP header that has codepoint and ECN field, and its time to live or hop limit; the
/// packet has a whole header.
fn service(packet: &[u8]) -> (u8, u8) {
    match packet[0] >> 4 {
        4 => (packet[1], packet[8]),
        _ => (packet[0] << 4 | packet[1] >> 4, packet[7]),
    }
}

/// Which checksum is wrong, if one is. A receiver meets that of the IPv4 header first.
fn wrong_checksum(packet: &[u8], layers: &Layers) -> Option<&'static str> {
    if layers.is_v4() && !checksum::ipv4_is_right(&packet[..layers.ip_header_len]) {
        return Some("wrong IPv4 header checksum");
    }
    if !checksum::tcp_is_right(layers.src, layers.dst, &packet[layers.tcp.clone()]) {
        return Some("wrong TCP checksum");
    }
    None
}

/// What is wrong with the TCP header, for a person.
fn words(error: &HeaderSliceError) -> &'static str {
    match error {
        HeaderSliceError::Content(HeaderError::DataOffsetTooSmall { .. }) => {
            "the data offset is less than 5 words"
        }
        // The only lengths required are the fixed header's and, after it, the data offset's.
        HeaderSliceError::Len(error) if error.len < etherparse::TcpHeader::MIN_LEN => {
            "it ends within the TCP header"
        }
        HeaderSliceError::Len(_) => "the data offset points beyond the segment",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Family, HOP_LIMIT, build};

    /// A segment with eight octets of options and three of text.
    fn packet(family: Family) -> Vec<u8> {
        let segment = Segment {
            src: Endpoint {
                addr: family.peer(),
                port: 40_000,
            },
            dst: Endpoint {
                addr: family.stack(),
                port: 80,
            },
            seq: SeqNumber(1),
            ack: SeqNumber(2),
            flags: Flags::ACK | Flags::PSH,
            window: 3,
            urgent: 4,
            options: Options::default(),
            ecn: Ecn::NotEct,
            dscp: 0,
            hops: HOP_LIMIT,
            payload_len: 0,
        };
        let mut packet = Vec::new();
        build(&segment, &[2, 4, 5, 0xb4, 4, 2], b"hey", &mut packet);
        packet
    }

    /// An IPv6 packet with extension headers between the IP header and the TCP part.
    fn extended(first: u8, extensions: &[u8]) -> Vec<u8> {
        let mut packet = packet(Family::V6);
        packet[5] += extensions.len() as u8;
        packet[6] = first;
        packet.splice(40..40, extensions.iter().copied());
        packet
    }

    const NO_EXTENSION: &[u8] = &[];
    /// Hop-by-hop options, then destination options, eight octets each.
    const TWO: &[u8] = &[60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0];
    const ATOMIC_FRAGMENT: &[u8] = &[6, 0, 0, 0, 0, 0, 0, 9];
    const FRAGMENT: &[u8] = &[6, 0, 0, 1, 0, 0, 0, 9];

    #[test]
    fn both_families_read_alike() {
        for (family, header_len) in [(Family::V4, 20), (Family::V6, 40)] {
            let packet = packet(family);
            let parsed = parse(&packet).unwrap();
            assert_eq!(parsed.damaged, None, "{family:?}");
            assert_eq!(parsed.text, header_len + 28..header_len + 31);
            assert_eq!(packet[parsed.text], *b"hey");
            assert_eq!(parsed.segment.options.mss, Some(1460));
            assert!(parsed.segment.options.sack_permitted);
            assert_eq!(parsed.segment.payload_len, 3);
        }
    }

    #[test]
    fn extension_headers_are_skipped() {
        let plain = parse(&packet(Family::V6)).unwrap();
        for (first, extensions) in [(6, NO_EXTENSION), (0, TWO), (44, ATOMIC_FRAGMENT)] {
            let packet = extended(first, extensions);
            let parsed = parse(&packet).unwrap();
            assert_eq!(parsed.segment, plain.segment);
            assert_eq!(parsed.damaged, None);
            assert_eq!(packet[parsed.text], *b"hey");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn errors() {
        use Family::{V4, V6};
        type Row = (Family, fn(&mut Vec<u8>), &'static str);
        let rows: &[Row] = &[
            (V4, |p| p.clear(), "it is empty"),
            (V4, |p| p[0] = 0x75, "it is neither IPv4 nor IPv6"),
            (V4, |p| p[0] = 0x44, "the IPv4 header length is less than 20 octets"),
            (V4, |p| p.truncate(19), "it ends within the IPv4 header"),
            (V4, |p| p[3] = 19, "the IPv4 total length is less than the IPv4 header"),
            (V4, |p| p[3] += 1, "it is shorter than the IPv4 total length"),
            (V4, |p| p[6] = 0x20, "it is a fragment"),
            (V4, |p| p[7] = 1, "it is a fragment"),
            (V4, |p| p[9] = 17, "it carries no TCP"),
            (V4, |p| { p[9] = 51; p[21] = 0; }, "an IP extension header is malformed"),
            (V4, |p| { p[9] = 51; p[21] = 99; }, "an IP extension header runs past the end of the packet"),
            (V4, |p| p[3] = 39, "it ends within the TCP header"),
            (V4, |p| p[3] = 20, "it ends within the TCP header"),
            (V4, |p| p[32] = 0x40, "the data offset is less than 5 words"),
            (V4, |p| p[32] = 0, "the data offset is less than 5 words"),
            (V4, |p| p[32] = 0xf0, "the data offset points beyond the segment"),
            (V4, |p| p[3] = 47, "the data offset points beyond the segment"),
            (V6, |p| p.truncate(39), "it ends within the IPv6 header"),
            (V6, |p| p[5] = 0, "the IPv6 payload length is 0"),
            (V6, |p| p[5] += 1, "it is shorter than the IPv6 payload length"),
            (V6, |p| p[6] = 59, "it carries no TCP"),
            (V6, |p| *p = extended(44, FRAGMENT), "it is a fragment"),
            (V6, |p| *p = extended(60, &[0, 0, 1, 4, 0, 0, 0, 0]), "an IP extension header is malformed"),
            (V6, |p| { p[6] = 60; p[41] = 200; }, "an IP extension header runs past the end of the packet"),
            (V6, |p| p[52] = 0xf0, "the data offset points beyond the segment"),
        ];
        for (row, (family, spoil, expected)) in rows.iter().enumerate() {
            let mut packet = packet(*family);
            spoil(&mut packet);
            assert_eq!(parse(&packet), Err(ParseError(expected)), "row {row}");
        }
    }

    #[test]
    fn one_flipped_bit_is_an_error_or_damage() {
        for family in [Family::V4, Family::V6] {
            let whole = packet(family);
            for bit in 0..whole.len() * 8 {
                let mut packet = whole.clone();
                packet[bit / 8] ^= 1 << (bit % 8);
                // No checksum covers IPv6's traffic class, flow label and hop limit.
                let unprotected =
                    family == Family::V6 && matches!((bit / 8, bit % 8), (0, ..4) | (1..4 | 7, _));
                match parse(&packet) {
                    Ok(parsed) => assert_eq!(
                        parsed.damaged.is_none(),
                        unprotected,
                        "{family:?}, bit {bit}"
                    ),
                    Err(_) => assert!(!unprotected, "{family:?}, bit {bit}"),
                }
            }
        }
    }
}
