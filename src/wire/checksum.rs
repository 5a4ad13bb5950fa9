//! The two checksums of a packet: that of the TCP segment with its pseudo-header (RFC 9293
//! section 3.1) and that of the IPv4 header.
//!
//! etherparse adds the words up; what is here says which words, and where the sum stands. A sum
//! is right when all words, itself included, add up to zero in ones' complement; so of a
//! checksum field both zeros, 0x0000 and 0xffff, are right or both are wrong.

use std::net::IpAddr;

use etherparse::checksum::Sum16BitWords;

use super::addr::v6_octets;

/// Where the checksum stands in a TCP header.
pub(super) const TCP_FIELD: std::ops::Range<usize> = 16..18;

/// Where the checksum stands in an IPv4 header.
pub(super) const IPV4_FIELD: std::ops::Range<usize> = 10..12;

/// The protocol number of TCP.
const TCP: u8 = 6;

/// Whether the checksum of the TCP part of a packet is right.
pub(super) fn tcp_is_right(src: IpAddr, dst: IpAddr, part: &[u8]) -> bool {
    let sum = pseudo_header(src, dst, part.len()).add_slice(part);
    sum.ones_complement() == 0
}

/// Makes the checksum of the TCP part of a packet right. A part too short to hold one is left
/// as it is.
pub(super) fn put_tcp(src: IpAddr, dst: IpAddr, part: &mut [u8]) {
    let sum = pseudo_header(src, dst, part.len());
    put(sum, part, TCP_FIELD);
}

/// Whether the checksum of an IPv4 header is right. `header` ends where the header ends.
pub(super) fn ipv4_is_right(header: &[u8]) -> bool {
    Sum16BitWords::new().add_slice(header).ones_complement() == 0
}

/// Makes the checksum of an IPv4 header right. `header` ends where the header ends.
pub(super) fn put_ipv4(header: &mut [u8]) {
    put(Sum16BitWords::new(), header, IPV4_FIELD);
}

/// The sum of the pseudo-header. Addresses of two families count as IPv6, IPv4 ones mapped.
fn pseudo_header(src: IpAddr, dst: IpAddr, len: usize) -> Sum16BitWords {
    let sum = match (src, dst) {
        (IpAddr::V4(src), IpAddr::V4(dst)) => Sum16BitWords::new()
            .add_4bytes(src.octets())
            .add_4bytes(dst.octets()),
        (src, dst) => Sum16BitWords::new()
            .add_16bytes(v6_octets(src))
            .add_16bytes(v6_octets(dst)),
    };
    sum.add_2bytes([0, TCP])
        .add_4bytes((len as u32).to_be_bytes())
}

/// Adds up all octets but those of `field` and writes the complement there, if there is room.
fn put(sum: Sum16BitWords, octets: &mut [u8], field: std::ops::Range<usize>) {
    let Some(place) = octets.get_mut(field.clone()) else {
        return;
    };
    place.fill(0);
    // The sum is in the byte order of this machine, so its octets in memory are those to send.
    let checksum = sum.add_slice(octets).ones_complement();
    octets[field].copy_from_slice(&checksum.to_ne_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_ipv4_header() {
        let mut header = [
            0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0, 0, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0,
            0xc7,
        ];
        assert!(!ipv4_is_right(&header));
        put_ipv4(&mut header);
        assert_eq!(header[IPV4_FIELD], [0xb8, 0x61]);
        assert!(ipv4_is_right(&header));
    }

    #[test]
    fn both_zeros_are_one_checksum() {
        // The last word is chosen so that the sum without the checksum field is 0xffff.
        let (src, dst) = (IpAddr::from([0, 0, 0, 0]), IpAddr::from([0, 0, 0, 0]));
        let mut part = [0; 20];
        part[18..].copy_from_slice(&(0xffff_u16 - 6 - 20).to_be_bytes());
        put_tcp(src, dst, &mut part);
        assert_eq!(part[TCP_FIELD], [0, 0]);
        assert!(tcp_is_right(src, dst, &part));
        part[TCP_FIELD].copy_from_slice(&[0xff, 0xff]);
        assert!(tcp_is_right(src, dst, &part));
        part[TCP_FIELD].copy_from_slice(&[0, 1]);
        assert!(!tcp_is_right(src, dst, &part));
    }

    #[test]
    fn a_part_without_room_is_left_alone() {
        let any = IpAddr::from([10, 0, 0, 1]);
        for len in 0..18 {
            let mut part = [7; 18];
            put_tcp(any, any, &mut part[..len]);
            assert_eq!(part, [7; 18], "length {len}");
        }
    }
}
