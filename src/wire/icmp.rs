//! ICMP and ICMPv6 error messages about segments of the stack (RFC 792, RFC 1191, RFC 4443).
//!
//! A message quotes the IP header and the first octets of the segment that it is about; ports and
//! sequence number are among them. One table says what each error is called on the wire of either
//! version of IP.

use std::net::IpAddr;

use arrayvec::ArrayVec;
use etherparse::{
    Icmpv4Header, Icmpv4Slice, Icmpv4Type, Icmpv6Header, Icmpv6Slice, Icmpv6Type, IpSlice,
    Ipv4Header, Ipv4HeaderSlice, Ipv6Header, Ipv6HeaderSlice, ip_number,
};

use super::addr::v6_octets;
use super::build::{HOP_LIMIT, build, put};
use super::layers::words;
use super::{Endpoint, Family, ParseError, Segment, SeqNumber, checksum};

/// What an error message says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum IcmpKind {
    /// Network unreachable; ICMPv6: no route to destination.
    Net,
    /// Host unreachable; ICMPv6: address unreachable.
    Host,
    /// Protocol unreachable; ICMPv6: unrecognized next header, which is a parameter problem.
    Protocol,
    /// Port unreachable.
    Port,
    /// Source route failed; ICMPv6: error in source routing header.
    SourceRoute,
    /// Communication administratively prohibited.
    Prohibited,
    /// Fragmentation needed and DF set; ICMPv6: packet too big.
    TooBig,
    /// Time to live, or hop limit, exceeded in transit.
    Transit,
    /// Fragment reassembly time exceeded.
    Reassembly,
    /// Parameter problem; ICMPv6: erroneous header field.
    Parameter,
    /// Source quench, which ICMPv6 does not have.
    Quench,
}

impl IcmpKind {
    /// All of them with their names.
    pub const NAMES: [(IcmpKind, &'static str); 11] = [
        (IcmpKind::Net, "net-unreachable"),
        (IcmpKind::Host, "host-unreachable"),
        (IcmpKind::Protocol, "protocol-unreachable"),
        (IcmpKind::Port, "port-unreachable"),
        (IcmpKind::SourceRoute, "source-route-failed"),
        (IcmpKind::Prohibited, "prohibited"),
        (IcmpKind::TooBig, "too-big"),
        (IcmpKind::Transit, "time-exceeded"),
        (IcmpKind::Reassembly, "reassembly-exceeded"),
        (IcmpKind::Parameter, "parameter-problem"),
        (IcmpKind::Quench, "source-quench"),
    ];

    /// The name by which scenarios and ladders call it.
    pub fn name(self) -> &'static str {
        IcmpKind::NAMES[self as usize].1
    }

    /// Whether it comes from the host that the segment was sent to; the others come from a router.
    pub const fn from_host(self) -> bool {
        match self {
            IcmpKind::Protocol | IcmpKind::Port | IcmpKind::Reassembly | IcmpKind::Parameter => {
                true
            }
            IcmpKind::Net
            | IcmpKind::Host
            | IcmpKind::SourceRoute
            | IcmpKind::Prohibited
            | IcmpKind::TooBig
            | IcmpKind::Transit
            | IcmpKind::Quench => false,
        }
    }

    /// Type and code on the wire, if this version of IP has such a message.
    const fn numbers(self, family: Family) -> Option<(u8, u8)> {
        let (v4, v6) = match self {
            IcmpKind::Net => ((3, 0), Some((1, 0))),
            IcmpKind::Host => ((3, 1), Some((1, 3))),
            IcmpKind::Protocol => ((3, 2), Some((4, 1))),
            IcmpKind::Port => ((3, 3), Some((1, 4))),
            IcmpKind::TooBig => ((3, 4), Some((2, 0))),
            IcmpKind::SourceRoute => ((3, 5), Some((1, 7))),
            IcmpKind::Prohibited => ((3, 13), Some((1, 1))),
            IcmpKind::Transit => ((11, 0), Some((3, 0))),
            IcmpKind::Reassembly => ((11, 1), Some((3, 1))),
            IcmpKind::Parameter => ((12, 0), Some((4, 0))),
            IcmpKind::Quench => ((4, 0), None),
        };
        match family {
            Family::V4 => Some(v4),
            Family::V6 => v6,
        }
    }

    fn from_numbers(family: Family, numbers: (u8, u8)) -> Option<IcmpKind> {
        let mut kinds = IcmpKind::NAMES.into_iter().map(|(kind, _)| kind);
        kinds.find(|kind| kind.numbers(family) == Some(numbers))
    }

    /// What stands after the checksum: the MTU of the next hop, or where the header is wrong.
    fn rest(self, family: Family, mtu: u16) -> [u8; 4] {
        match (self, family) {
            (IcmpKind::TooBig, _) => u32::from(mtu).to_be_bytes(),
            // The next header field of IPv6.
            (IcmpKind::Protocol, Family::V6) => [0, 0, 0, 6],
            _ => [0; 4],
        }
    }
}

/// An error message about a segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IcmpError {
    /// What it says.
    pub kind: IcmpKind,
    /// MTU of the next hop in octets, with [`IcmpKind::TooBig`]; otherwise 0.
    pub mtu: u16,
    /// Who says it.
    pub from: IpAddr,
    /// Source of the segment it is about.
    pub src: Endpoint,
    /// Destination of the segment it is about.
    pub dst: Endpoint,
    /// SEG.SEQ of the segment it is about.
    pub seq: SeqNumber,
}

/// The fewest octets of a TCP header that a message quotes (RFC 792).
pub const LEAST_QUOTE: u8 = 8;
/// Octets of a TCP header without options.
pub const MOST_QUOTE: u8 = 20;

/// Writes the IP packet that brings an error about `segment` to its sender into `out`, which is
/// cleared first: IP header, ICMP header, the segment's IP header, and the first `quoted` octets of
/// its TCP header, at least [`LEAST_QUOTE`] and at most [`MOST_QUOTE`]. Gives what a receiver reads
/// in it; `None`, and an empty packet, when this version of IP has no such message.
pub fn build_icmp(
    kind: IcmpKind,
    mtu: u16,
    from: IpAddr,
    segment: &Segment,
    quoted: u8,
    out: &mut Vec<u8>,
) -> Option<IcmpError> {
    let family = match segment.src.addr {
        IpAddr::V4(_) => Family::V4,
        IpAddr::V6(_) => Family::V6,
    };
    out.clear();
    let (type_u8, code_u8) = kind.numbers(family)?;
    build(segment, &[], &[], out);
    let quoted = quoted.clamp(LEAST_QUOTE, MOST_QUOTE);
    let len = family.header_len() as usize + usize::from(quoted);
    let quote: ArrayVec<u8, 60> = out.iter().take(len).copied().collect();
    out.clear();
    let bytes5to8 = kind.rest(family, mtu);
    match (from, segment.src.addr) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let ip = Ipv4Header {
                total_len: (Ipv4Header::MIN_LEN + ICMP_HEADER + quote.len()) as u16,
                time_to_live: HOP_LIMIT,
                protocol: ip_number::ICMP,
                source: from.octets(),
                destination: to.octets(),
                ..Ipv4Header::default()
            };
            put(ip.write_raw(out));
            checksum::put_ipv4(out);
            let kind = Icmpv4Type::Unknown {
                type_u8,
                code_u8,
                bytes5to8,
            };
            put(Icmpv4Header::with_checksum(kind, &quote).write(out));
        }
        (from, to) => {
            let ip = Ipv6Header {
                payload_length: (ICMP_HEADER + quote.len()) as u16,
                next_header: ip_number::IPV6_ICMP,
                hop_limit: HOP_LIMIT,
                source: v6_octets(from),
                destination: v6_octets(to),
                ..Ipv6Header::default()
            };
            put(ip.write(out));
            let kind = Icmpv6Type::Unknown {
                type_u8,
                code_u8,
                bytes5to8,
            };
            let header = Icmpv6Header::with_checksum(kind, ip.source, ip.destination, &quote);
            put(header.ok()?.write(out));
        }
    }
    out.extend_from_slice(&quote);
    Some(IcmpError {
        kind,
        mtu: if kind == IcmpKind::TooBig { mtu } else { 0 },
        from,
        src: segment.src,
        dst: segment.dst,
        seq: segment.seq,
    })
}

/// Octets of the header of an error message.
const ICMP_HEADER: usize = 8;

/// Reads one IP packet as an error message about a TCP segment.
///
/// # Errors
/// When it is no IPv4 or IPv6 packet, is a fragment, carries no such message, has a wrong checksum,
/// or quotes too little of a segment.
pub fn parse_icmp(packet: &[u8]) -> Result<IcmpError, ParseError> {
    let ip = IpSlice::from_slice(packet).map_err(|error| ParseError(words(&error)))?;
    if ip.is_fragmenting_payload() {
        return Err(ParseError("it is a fragment"));
    }
    let part = ip.payload().payload;
    let short = |_| ParseError("it ends within the ICMP header");
    let (family, numbers, rest, quote) = match &ip {
        IpSlice::Ipv4(_) if ip.payload_ip_number() == ip_number::ICMP => {
            if !checksum::ipv4_is_right(part) {
                return Err(ParseError("wrong ICMP checksum"));
            }
            let icmp = Icmpv4Slice::from_slice(part).map_err(short)?;
            let numbers = (icmp.type_u8(), icmp.code_u8());
            (Family::V4, numbers, icmp.bytes5to8(), icmp.payload())
        }
        IpSlice::Ipv6(header) if ip.payload_ip_number() == ip_number::IPV6_ICMP => {
            let icmp = Icmpv6Slice::from_slice(part).map_err(short)?;
            let (from, to) = (header.header().source(), header.header().destination());
            if !icmp.is_checksum_valid(from, to) {
                return Err(ParseError("wrong ICMP checksum"));
            }
            let numbers = (icmp.type_u8(), icmp.code_u8());
            (Family::V6, numbers, icmp.bytes5to8(), icmp.payload())
        }
        IpSlice::Ipv4(_) | IpSlice::Ipv6(_) => return Err(ParseError("it carries no ICMP")),
    };
    let kind = IcmpKind::from_numbers(family, numbers)
        .ok_or(ParseError("it is no ICMP error that concerns TCP"))?;
    let mtu = match kind {
        IcmpKind::TooBig => u16::from_be_bytes([rest[2], rest[3]]),
        _ => 0,
    };
    let (src, dst, tcp) = quoted(family, quote)?;
    let [a, b, c, d, e, f, g, h] = *tcp
        .first_chunk()
        .ok_or(ParseError("it quotes less than 8 octets of a segment"))?;
    Ok(IcmpError {
        kind,
        mtu,
        from: ip.source_addr(),
        src: Endpoint {
            addr: src,
            port: u16::from_be_bytes([a, b]),
        },
        dst: Endpoint {
            addr: dst,
            port: u16::from_be_bytes([c, d]),
        },
        seq: SeqNumber(u32::from_be_bytes([e, f, g, h])),
    })
}

/// The addresses of the packet that is quoted, and what there is of its TCP header.
fn quoted(family: Family, quote: &[u8]) -> Result<(IpAddr, IpAddr, &[u8]), ParseError> {
    let unreadable = ParseError("the IP header that it quotes is unreadable");
    let (src, dst, protocol, len) = match family {
        Family::V4 => {
            let ip = Ipv4HeaderSlice::from_slice(quote).map_err(|_| unreadable)?;
            let (src, dst) = (ip.source_addr().into(), ip.destination_addr().into());
            (src, dst, ip.protocol(), ip.slice().len())
        }
        Family::V6 => {
            let ip = Ipv6HeaderSlice::from_slice(quote).map_err(|_| unreadable)?;
            let (src, dst) = (ip.source_addr().into(), ip.destination_addr().into());
            (src, dst, ip.next_header(), ip.slice().len())
        }
    };
    if protocol != ip_number::TCP {
        return Err(ParseError("it is about a packet that carries no TCP"));
    }
    Ok((src, dst, &quote[len..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Flags, Options};

    fn syn(family: Family) -> Segment {
        let end = |addr, port| Endpoint { addr, port };
        Segment {
            src: end(family.stack(), 80),
            dst: end(family.peer(), 40_000),
            seq: SeqNumber(0x0102_0304),
            ack: SeqNumber(0),
            flags: Flags::SYN,
            window: 0,
            urgent: 0,
            options: Options::default(),
            ecn: Default::default(),
            dscp: 0,
            hops: crate::wire::HOP_LIMIT,
            payload_len: 0,
        }
    }

    #[test]
    fn every_octet_of_a_port_unreachable() {
        let mut out = vec![9; 3];
        let from = Family::V4.peer();
        build_icmp(IcmpKind::Port, 0, from, &syn(Family::V4), 8, &mut out).unwrap();
        #[rustfmt::skip]
        let expected = [
            0x45, 0, 0, 56, 0, 0, 0x40, 0, 64, 1, 0xb6, 0xc1, 192, 0, 2, 2, 192, 0, 2, 1,
            3, 3, 0x5c, 0x66, 0, 0, 0, 0,
            0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0xb6, 0xcc, 192, 0, 2, 1, 192, 0, 2, 2,
            0, 80, 0x9c, 0x40, 1, 2, 3, 4,
        ];
        assert_eq!(out, expected);
    }

    #[test]
    fn what_is_built_is_read() {
        let mut out = Vec::new();
        for family in [Family::V4, Family::V6] {
            for (kind, name) in IcmpKind::NAMES {
                for quoted in [LEAST_QUOTE, 13, MOST_QUOTE] {
                    let from = family.peer();
                    let built = build_icmp(kind, 1_280, from, &syn(family), quoted, &mut out);
                    let none = kind == IcmpKind::Quench && family == Family::V6;
                    assert_eq!(built.is_none(), none, "{name}");
                    assert_eq!(parse_icmp(&out).ok(), built, "{name}, {family:?}");
                    assert_eq!(out.is_empty(), none);
                }
            }
        }
    }

    #[test]
    fn names_stand_in_the_order_of_the_kinds() {
        for (n, (kind, name)) in IcmpKind::NAMES.into_iter().enumerate() {
            assert_eq!((kind as usize, kind.name()), (n, name));
        }
    }

    #[test]
    #[rustfmt::skip]
    fn errors() {
        use Family::{V4, V6};
        type Row = (Family, fn(&mut Vec<u8>), &'static str);
        let rows: &[Row] = &[
            (V4, |p| p.clear(), "it is empty"),
            (V4, |p| p[6] = 0x20, "it is a fragment"),
            (V4, |p| p[9] = 6, "it carries no ICMP"),
            (V6, |p| p[6] = 6, "it carries no ICMP"),
            (V4, |p| p[22] ^= 1, "wrong ICMP checksum"),
            (V6, |p| p[42] ^= 1, "wrong ICMP checksum"),
            (V6, |p| { p[5] = 7; p.truncate(47); }, "it ends within the ICMP header"),
            (V4, |p| { p[20] = 8; p[22] -= 5; }, "it is no ICMP error that concerns TCP"),
            (V4, |p| { p[28] = 0x44; p[22] += 1; }, "the IP header that it quotes is unreadable"),
            (V4, |p| { p[37] = 17; p[23] -= 11; }, "it is about a packet that carries no TCP"),
        ];
        for (row, (family, spoil, expected)) in rows.iter().enumerate() {
            let mut packet = Vec::new();
            build_icmp(IcmpKind::Port, 0, family.peer(), &syn(*family), 20, &mut packet);
            spoil(&mut packet);
            assert_eq!(parse_icmp(&packet), Err(ParseError(expected)), "row {row}");
        }
    }

    #[test]
    fn a_quote_that_is_cut_short_is_no_error_message() {
        let mut packet = Vec::new();
        build_icmp(
            IcmpKind::Port,
            0,
            Family::V4.peer(),
            &syn(Family::V4),
            8,
            &mut packet,
        );
        // The last two octets are 0x0304: without them the sum of the rest is larger by as much.
        packet.truncate(packet.len() - 2);
        packet[3] -= 2;
        let sum = u16::from_be_bytes([packet[22], packet[23]]) + 0x0304;
        packet[22..24].copy_from_slice(&sum.to_be_bytes());
        let short = ParseError("it quotes less than 8 octets of a segment");
        assert_eq!(parse_icmp(&packet), Err(short));
    }
}
