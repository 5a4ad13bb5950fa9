//! Addresses and ports of the two hosts of a scenario.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address of the stack under test, IPv4.
pub const STACK_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
/// The address of the peer, IPv4.
pub const PEER_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);
/// The address of the stack under test, IPv6.
pub const STACK_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
/// The address of the peer, IPv6.
pub const PEER_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2);

/// The version of IP.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Family {
    /// IPv4.
    #[default]
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// The address of the stack under test.
    pub const fn stack(self) -> IpAddr {
        match self {
            Family::V4 => IpAddr::V4(STACK_V4),
            Family::V6 => IpAddr::V6(STACK_V6),
        }
    }

    /// The address of the peer.
    pub const fn peer(self) -> IpAddr {
        match self {
            Family::V4 => IpAddr::V4(PEER_V4),
            Family::V6 => IpAddr::V6(PEER_V6),
        }
    }

    /// Octets of an IP header without options.
    pub const fn header_len(self) -> u32 {
        match self {
            Family::V4 => 20,
            Family::V6 => 40,
        }
    }

    /// What MSS to assume when the peer names none (RFC9293-MUST-15).
    pub const fn default_mss(self) -> u16 {
        match self {
            Family::V4 => 536,
            Family::V6 => 1220,
        }
    }
}

/// An address and a port.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// The address.
    pub addr: IpAddr,
    /// The port.
    pub port: u16,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.addr {
            IpAddr::V4(addr) => write!(f, "{addr}:{}", self.port),
            IpAddr::V6(addr) => write!(f, "[{addr}]:{}", self.port),
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The four-tuple of a connection, seen from the stack under test.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FlowAddr {
    /// The stack's end.
    pub local: Endpoint,
    /// The peer's end.
    pub remote: Endpoint,
}

/// An address as IPv6 writes it, an IPv4 one mapped.
pub(super) fn v6_octets(addr: IpAddr) -> [u8; 16] {
    match addr {
        IpAddr::V4(addr) => addr.to_ipv6_mapped().octets(),
        IpAddr::V6(addr) => addr.octets(),
    }
}
