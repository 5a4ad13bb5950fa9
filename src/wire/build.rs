//! From a segment to the octets of an IP packet.
//!
//! etherparse writes the headers. It has booleans for nine of the twelve bits beside the data
//! offset and none for the other three, and copies options about, so the data offset, all twelve
//! bits, and the options are written after it, before the checksum is taken.

use std::net::IpAddr;

use etherparse::{Ipv4Header, Ipv6Header, TcpHeader, ip_number};

use super::addr::v6_octets;
use super::{Segment, checksum};

/// Hop limit, or time to live, of what nobody has asked for another.
pub const HOP_LIMIT: u8 = 64;

/// The most octets that the options field holds.
const MAX_OPTIONS: usize = 40;

/// Writes the IP packet that carries `segment` into `out`, which is cleared first. The options
/// field is `options` padded with zeros to a multiple of four; `segment.options` and
/// `segment.payload_len` are not looked at. Checksums are right.
///
/// Of `options`, octets beyond the fortieth are left out, and of `text` those that no IP length
/// field can count. When one address is IPv4 and the other IPv6, the packet is IPv6 and the
/// IPv4 address is written as an IPv4-mapped one. IPv4 packets must not be fragmented.
pub fn build(segment: &Segment, options: &[u8], text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let options = &options[..options.len().min(MAX_OPTIONS)];
    let header_len = TcpHeader::MIN_LEN + options.len().next_multiple_of(4);
    let room = usize::from(u16::MAX) - header_len;
    let (src, dst) = (segment.src.addr, segment.dst.addr);
    let (start, text) = match (src, dst) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let text = &text[..text.len().min(room - Ipv4Header::MIN_LEN)];
            let ip = Ipv4Header {
                total_len: (Ipv4Header::MIN_LEN + header_len + text.len()) as u16,
                dont_fragment: true,
                time_to_live: segment.hops,
                protocol: ip_number::TCP,
                source: from.octets(),
                destination: to.octets(),
                ..Ipv4Header::default()
            };
            put(ip.write_raw(out));
            put_service(segment, out);
            checksum::put_ipv4(out);
            (Ipv4Header::MIN_LEN, text)
        }
        (from, to) => {
            let text = &text[..text.len().min(room)];
            let ip = Ipv6Header {
                payload_length: (header_len + text.len()) as u16,
                next_header: ip_number::TCP,
                hop_limit: segment.hops,
                source: v6_octets(from),
                destination: v6_octets(to),
                ..Ipv6Header::default()
            };
            put(ip.write(out));
            put_service(segment, out);
            (Ipv6Header::LEN, text)
        }
    };
    put(tcp_header(segment).write(out));
    out.extend_from_slice(options);
    out.resize(start + header_len, 0);
    out.extend_from_slice(text);
    let part = &mut out[start..];
    let [above, below] = segment.flags.bits().to_be_bytes();
    part[12] = (header_len as u8 / 4) << 4 | above;
    part[13] = below;
    checksum::put_tcp(src, dst, part);
}

/// Takes note of a header having been written; a `Vec` never refuses one.
pub(super) fn put(written: std::io::Result<()>) {
    debug_assert!(written.is_ok());
}

/// Writes codepoint and ECN field into an IPv6 packet, or an IPv4 packet whose checksum is not taken
/// yet.
fn put_service(segment: &Segment, packet: &mut [u8]) {
    let octet = segment.dscp << 2 | segment.ecn as u8;
    match packet[0] >> 4 {
        4 => packet[1] = octet,
        _ => {
            packet[0] = packet[0] & 0xf0 | octet >> 4;
            packet[1] = packet[1] & 0x0f | octet << 4;
        }
    }
}

/// The TCP header without its options, flags and checksum.
fn tcp_header(segment: &Segment) -> TcpHeader {
    TcpHeader {
        source_port: segment.src.port,
        destination_port: segment.dst.port,
        sequence_number: segment.seq.0,
        acknowledgment_number: segment.ack.0,
        window_size: segment.window,
        urgent_pointer: segment.urgent,
        ..TcpHeader::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Ecn, Endpoint, Family, Flags, Options, SeqNumber};

    fn syn(family: Family) -> Segment {
        Segment {
            src: Endpoint {
                addr: family.peer(),
                port: 40_000,
            },
            dst: Endpoint {
                addr: family.stack(),
                port: 80,
            },
            seq: SeqNumber(0x0102_0304),
            ack: SeqNumber(0x0506_0708),
            flags: Flags::SYN | Flags::from_bits(0xa00),
            window: 0x1122,
            urgent: 0x3344,
            options: Options::default(),
            ecn: Ecn::NotEct,
            dscp: 0,
            hops: HOP_LIMIT,
            payload_len: 0,
        }
    }

    #[test]
    fn every_octet_of_an_ipv4_packet() {
        let mut out = vec![9; 3];
        build(&syn(Family::V4), &[1, 1, 1, 3, 3], b"hey", &mut out);
        #[rustfmt::skip]
        let expected = [
            0x45, 0, 0, 51, 0, 0, 0x40, 0, 64, 6, 0xb6, 0xc1, 192, 0, 2, 2, 192, 0, 2, 1,
            0x9c, 0x40, 0, 80, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 0x02, 0x11, 0x22, 0x2a, 0x5f, 0x33, 0x44,
            1, 1, 1, 3, 3, 0, 0, 0, b'h', b'e', b'y',
        ];
        assert_eq!(out, expected);
    }

    #[test]
    fn the_ip_header_of_an_ipv6_packet() {
        let mut out = Vec::new();
        build(&syn(Family::V6), &[], b"hey", &mut out);
        assert_eq!(out[..8], [0x60, 0, 0, 0, 0, 23, 6, 64]);
        assert_eq!(out[8..24], super::super::PEER_V6.octets());
        assert_eq!(out[24..40], super::super::STACK_V6.octets());
        assert_eq!(out.len(), 63);
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut out = Vec::new();
        let text = vec![0; 70_000];
        for (family, len) in [(Family::V4, 65_535), (Family::V6, 65_575)] {
            build(&syn(family), &[1; 50], &text, &mut out);
            assert_eq!(out.len(), len, "{family:?}");
            let tcp = family.header_len() as usize;
            assert_eq!(out[tcp + 12] >> 4, 15, "{family:?}");
        }
    }

    #[test]
    fn a_warm_buffer_is_not_grown() {
        let mut out = Vec::new();
        build(&syn(Family::V6), &[1; 40], &[0; 1_000], &mut out);
        let (place, capacity) = (out.as_ptr(), out.capacity());
        for len in (0..=1_000).rev() {
            build(&syn(Family::V6), &[1; 40], &[0; 1_000][..len], &mut out);
            assert_eq!((out.as_ptr(), out.capacity()), (place, capacity));
        }
    }
}
