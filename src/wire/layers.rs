//! Where in an IP packet the TCP part stands: what parsing and damaging both have to know first.
//!
//! etherparse slices the IP layer, IPv4 options and IPv6 extension headers included; this turns
//! its answer into plain numbers and its errors into words. Nothing in here looks into the TCP
//! part.

use std::net::IpAddr;
use std::ops::Range;

use etherparse::err::ip::{HeaderError, HeadersError, SliceError};
use etherparse::err::{Layer, LenError};
use etherparse::{IpSlice, Ipv6Header, LenSource, ip_number};

use super::ParseError;

/// The layers of one packet.
pub(super) struct Layers {
    /// The source address of the IP header.
    pub(super) src: IpAddr,
    /// The destination address of the IP header.
    pub(super) dst: IpAddr,
    /// Octets of the IP header: IPv4 options count, IPv6 extension headers do not.
    pub(super) ip_header_len: usize,
    /// Where the TCP part stands; it ends where the IP length says, and may be of any length.
    pub(super) tcp: Range<usize>,
}

impl Layers {
    /// Finds the TCP part of a packet.
    pub(super) fn find(packet: &[u8]) -> Result<Layers, ParseError> {
        let ip = IpSlice::from_slice(packet).map_err(|error| ParseError(words(&error)))?;
        if ip.is_fragmenting_payload() {
            return Err(ParseError("it is a fragment"));
        }
        if ip.payload_ip_number() != ip_number::TCP {
            return Err(ParseError("it carries no TCP"));
        }
        let (ip_header_len, end) = match &ip {
            IpSlice::Ipv4(ip) => (
                ip.header().slice().len(),
                usize::from(ip.header().total_len()),
            ),
            IpSlice::Ipv6(ip) => match usize::from(ip.header().payload_length()) {
                // etherparse takes the packet for a jumbogram; without that option it is empty.
                0 => return Err(ParseError("the IPv6 payload length is 0")),
                len => (Ipv6Header::LEN, Ipv6Header::LEN + len),
            },
        };
        Ok(Layers {
            src: ip.source_addr(),
            dst: ip.destination_addr(),
            ip_header_len,
            tcp: end - ip.payload().payload.len()..end,
        })
    }

    /// Whether the packet is an IPv4 packet.
    pub(super) fn is_v4(&self) -> bool {
        self.src.is_ipv4()
    }
}

/// What is wrong with the IP layer, for a person.
pub(super) fn words(error: &SliceError) -> &'static str {
    match error {
        SliceError::Len(error) => length_words(error),
        SliceError::IpHeaders(HeadersError::Ip(HeaderError::UnsupportedIpVersion { .. })) => {
            "it is neither IPv4 nor IPv6"
        }
        SliceError::IpHeaders(HeadersError::Ip(
            HeaderError::Ipv4HeaderLengthSmallerThanHeader { .. },
        )) => "the IPv4 header length is less than 20 octets",
        SliceError::IpHeaders(HeadersError::Ipv4Ext(_) | HeadersError::Ipv6Ext(_)) => {
            "an IP extension header is malformed"
        }
    }
}

/// What is too short, for a person.
fn length_words(error: &LenError) -> &'static str {
    match (error.layer, error.len_source) {
        (Layer::IpHeader, _) => "it is empty",
        (Layer::Ipv4Header, _) => "it ends within the IPv4 header",
        (Layer::Ipv4Packet, LenSource::Ipv4HeaderTotalLen) => {
            "the IPv4 total length is less than the IPv4 header"
        }
        (Layer::Ipv4Packet, _) => "it is shorter than the IPv4 total length",
        (Layer::Ipv6Header, _) => "it ends within the IPv6 header",
        (Layer::Ipv6Packet, _) => "it is shorter than the IPv6 payload length",
        _ => "an IP extension header runs past the end of the packet",
    }
}
