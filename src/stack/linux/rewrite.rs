//! Addresses of a scenario, which are always the same, to and from those of its run in the
//! namespace, which no other run has.
//!
//! Checksums are updated by the difference alone (RFC 1624), so one that is wrong on purpose stays
//! wrong by as much. Addresses that a scenario chooses for being impossible, loopback, broadcast
//! and the like, travel as they are. Only the fields named here are ever touched, and only where
//! the packet is long enough to have them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use crate::wire::Family;

/// So many runs have addresses of their own before the first ones come again.
pub(super) const RUNS: u32 = 1 << 22;

/// The last part of the address of another host on the network, as scenarios have it.
const OTHER: u8 = 3;

const TCP: u8 = 6;
const ICMP: u8 = 1;
const ICMPV6: u8 = 58;

/// Who an address of a run belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Host {
    /// The stack itself.
    Stack,
    /// The peer.
    Peer,
    /// Another host.
    Other,
}

impl Host {
    pub(super) const ALL: [Host; 3] = [Host::Stack, Host::Peer, Host::Other];

    /// Its address in a scenario.
    pub(super) fn in_scenario(self, family: Family) -> IpAddr {
        match (self, family) {
            (Host::Stack, family) => family.stack(),
            (Host::Peer, family) => family.peer(),
            (Host::Other, Family::V4) => Ipv4Addr::new(192, 0, 2, OTHER).into(),
            (Host::Other, Family::V6) => {
                Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, OTHER.into()).into()
            }
        }
    }

    /// Its address in the run of this number.
    pub(super) fn in_run(self, family: Family, run: u32) -> IpAddr {
        let run = run % RUNS;
        match family {
            Family::V4 => {
                let part = match self {
                    Host::Stack => 0,
                    Host::Peer => 1,
                    Host::Other => 2,
                };
                Ipv4Addr::from_bits(10 << 24 | part << 22 | run).into()
            }
            Family::V6 => {
                let part = match self {
                    Host::Stack => 1,
                    Host::Peer => 2,
                    Host::Other => 3,
                };
                let [high, low] = [(run >> 16) as u16, run as u16];
                Ipv6Addr::new(0x2001, 0xdb8, part, 0, 0, 0, high, low).into()
            }
        }
    }

    /// The prefix that holds its address in every run.
    pub(super) fn prefix(self, family: Family) -> (IpAddr, u8) {
        let len = match family {
            Family::V4 => 10,
            Family::V6 => 64,
        };
        (self.in_run(family, 0), len)
    }
}

/// The addresses of one run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addresses {
    family: Family,
    run: u32,
}

impl Addresses {
    pub(super) fn new(family: Family, run: u32) -> Addresses {
        Addresses { family, run }
    }

    /// The address of a host in this run.
    pub(super) fn of(&self, host: Host) -> IpAddr {
        host.in_run(self.family, self.run)
    }

    /// Turns a packet of the scenario into one of the run.
    pub(super) fn inward(&self, packet: &mut [u8]) {
        if let Some(layout) = Layout::of(packet) {
            let hosts = |addr: &[u8]| {
                let found = Host::ALL.into_iter();
                let mut found = found.filter(|host| is(host.in_scenario(self.family), addr));
                found.next().map(|host| host.in_run(self.family, self.run))
            };
            rewrite(packet, &layout, &hosts);
        }
    }

    /// Turns a packet of the run into one of the scenario. Gives whom it goes to, if that is
    /// anybody here, and its TCP part; `None` when it is none of this run's stack, or carries no
    /// TCP.
    pub(super) fn outward(&self, packet: &mut [u8]) -> Option<(Option<Host>, Range<usize>)> {
        let layout = Layout::of(packet)?;
        let own = is(self.of(Host::Stack), &packet[layout.src.clone()]);
        if !own || layout.protocol != TCP {
            return None;
        }
        let whose = |addr: &[u8]| Host::ALL.into_iter().find(|host| is(self.of(*host), addr));
        let to = whose(&packet[layout.dst.clone()]);
        let hosts = |addr: &[u8]| whose(addr).map(|host| host.in_scenario(self.family));
        rewrite(packet, &layout, &hosts);
        Some((to, layout.body..packet.len()))
    }
}

/// Where in a packet the fields stand.
struct Layout {
    src: Range<usize>,
    dst: Range<usize>,
    /// The checksum of the IP header.
    header_sum: Option<usize>,
    protocol: u8,
    /// Where what follows the IP header begins.
    body: usize,
    /// Whether the checksum of the body covers the addresses, in a pseudo-header.
    covered: bool,
}

impl Layout {
    fn of(packet: &[u8]) -> Option<Layout> {
        match packet.first()? >> 4 {
            4 if packet.len() >= 20 => Some(Layout {
                src: 12..16,
                dst: 16..20,
                header_sum: Some(10),
                protocol: packet[9],
                body: usize::from(packet[0] & 0x0f) * 4,
                covered: packet[9] == TCP,
            }),
            6 if packet.len() >= 40 => Some(Layout {
                src: 8..24,
                dst: 24..40,
                header_sum: None,
                protocol: packet[6],
                body: 40,
                covered: matches!(packet[6], TCP | ICMPV6),
            }),
            _ => None,
        }
    }

    /// Where the checksum of the body stands.
    fn body_sum(&self) -> Option<usize> {
        match self.protocol {
            TCP => Some(self.body + 16),
            ICMP | ICMPV6 => Some(self.body + 2),
            _ => None,
        }
    }
}

fn is(addr: IpAddr, octets: &[u8]) -> bool {
    match addr {
        IpAddr::V4(addr) => addr.octets() == octets,
        IpAddr::V6(addr) => addr.octets() == octets,
    }
}

/// Puts other addresses into a packet, and into the one that an ICMP error quotes.
fn rewrite(packet: &mut [u8], layout: &Layout, hosts: &dyn Fn(&[u8]) -> Option<IpAddr>) {
    let mut body = Difference::default();
    for place in [layout.src.clone(), layout.dst.clone()] {
        let change = exchange(packet, place, hosts);
        if let Some(at) = layout.header_sum {
            change.apply(packet, at);
        }
        if layout.covered {
            body.add(change);
        }
    }
    if matches!(layout.protocol, ICMP | ICMPV6) {
        let quote = layout.body + 8;
        let inner = packet.get(quote..).and_then(Layout::of);
        if let Some(inner) = inner {
            let shifted = |range: Range<usize>| quote + range.start..quote + range.end;
            for place in [inner.src, inner.dst] {
                let change = exchange(packet, shifted(place), hosts);
                // Addresses and header checksum cancel each other out.
                match inner.header_sum {
                    Some(at) => change.apply(packet, quote + at),
                    None => body.add(change),
                }
            }
        }
    }
    if let Some(at) = layout.body_sum() {
        body.apply(packet, at);
    }
}

/// Exchanges one address, if it is one that is to be exchanged.
fn exchange(
    packet: &mut [u8],
    place: Range<usize>,
    hosts: &dyn Fn(&[u8]) -> Option<IpAddr>,
) -> Difference {
    let Some(field) = packet.get_mut(place) else {
        return Difference::default();
    };
    let mut change = Difference::default();
    if let Some(addr) = hosts(field) {
        change.take(field);
        match addr {
            IpAddr::V4(addr) => field.copy_from_slice(&addr.octets()),
            IpAddr::V6(addr) => field.copy_from_slice(&addr.octets()),
        }
        change.give(field);
    }
    change
}

/// By how much a sum of words has changed.
#[derive(Clone, Copy, Default)]
struct Difference(u32);

impl Difference {
    fn take(&mut self, field: &[u8]) {
        for word in field.chunks_exact(2) {
            self.0 += u32::from(!u16::from_be_bytes([word[0], word[1]]));
        }
    }

    fn give(&mut self, field: &[u8]) {
        for word in field.chunks_exact(2) {
            self.0 += u32::from(u16::from_be_bytes([word[0], word[1]]));
        }
    }

    fn add(&mut self, other: Difference) {
        self.0 += other.0;
    }

    /// Updates the checksum that stands at `at`, if there is one.
    fn apply(self, packet: &mut [u8], at: usize) {
        if self.0 == 0 {
            return;
        }
        let Some(field) = packet.get_mut(at..at + 2) else {
            return;
        };
        let mut sum = u32::from(!u16::from_be_bytes([field[0], field[1]])) + self.0;
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        field.copy_from_slice(&(!(sum as u16)).to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{
        Damage, Endpoint, Flags, IcmpKind, Options, Segment, SeqNumber, build, build_icmp, damage,
        parse, parse_icmp,
    };

    fn segment(family: Family, src: IpAddr, dst: IpAddr) -> Segment {
        let _ = family;
        Segment {
            src: Endpoint {
                addr: src,
                port: 40_000,
            },
            dst: Endpoint {
                addr: dst,
                port: 80,
            },
            seq: SeqNumber(0x1234_5678),
            ack: SeqNumber(0x9abc_def0),
            flags: Flags::ACK,
            window: 1_000,
            urgent: 0,
            options: Options::default(),
            ecn: Default::default(),
            dscp: 0,
            hops: crate::wire::HOP_LIMIT,
            payload_len: 0,
        }
    }

    /// Runs whose addresses are small, large, and in between.
    const SOME: [u32; 5] = [1, 2, 0xffff, 0x1_0000, RUNS - 1];

    #[test]
    fn a_packet_comes_back_as_it_went() {
        for family in [Family::V4, Family::V6] {
            for run in SOME {
                let addresses = Addresses::new(family, run);
                let mut packet = Vec::new();
                let sent = segment(family, family.stack(), family.peer());
                build(&sent, &[], b"odd", &mut packet);
                let before = packet.clone();
                addresses.inward(&mut packet);
                let there = parse(&packet).unwrap();
                assert_eq!(there.damaged, None, "{family:?}, {run}");
                assert_eq!(there.segment.src.addr, addresses.of(Host::Stack));
                assert_eq!(there.segment.dst.addr, addresses.of(Host::Peer));
                assert!(addresses.outward(&mut packet).is_some());
                assert_eq!(parse(&packet), parse(&before));
                addresses.inward(&mut packet);
                let another = Addresses::new(family, run - 1);
                assert_eq!(another.outward(&mut packet), None, "another run's");
            }
        }
    }

    #[test]
    fn what_is_wrong_stays_wrong_and_what_is_cut_is_no_panic() {
        let spoils = [
            Damage::Checksum(1),
            Damage::Checksum(0xffff),
            Damage::Ipv4Checksum(0x100),
        ];
        for family in [Family::V4, Family::V6] {
            for run in SOME {
                for spoil in spoils {
                    let mut packet = Vec::new();
                    let sent = segment(family, family.peer(), family.stack());
                    build(&sent, &[], b"hey", &mut packet);
                    damage(&mut packet, spoil);
                    let before = parse(&packet).unwrap().damaged;
                    Addresses::new(family, run).inward(&mut packet);
                    assert_eq!(parse(&packet).unwrap().damaged, before);
                }
                for octets in 0..64 {
                    let mut packet = Vec::new();
                    let sent = segment(family, family.peer(), family.stack());
                    build(&sent, &[], b"hey", &mut packet);
                    damage(&mut packet, Damage::Truncate(octets));
                    Addresses::new(family, run).inward(&mut packet);
                }
            }
        }
    }

    #[test]
    fn an_icmp_error_reads_as_before_but_for_its_addresses() {
        for family in [Family::V4, Family::V6] {
            for kind in [IcmpKind::Port, IcmpKind::TooBig] {
                let addresses = Addresses::new(family, 0x2_0001);
                let quoted = segment(family, family.stack(), family.peer());
                let mut packet = Vec::new();
                let other = Host::Other.in_scenario(family);
                let error = build_icmp(kind, 1_300, other, &quoted, 8, &mut packet).unwrap();
                addresses.inward(&mut packet);
                let read = parse_icmp(&packet).unwrap();
                assert_eq!((read.kind, read.mtu), (error.kind, error.mtu));
                assert_eq!(read.from, addresses.of(Host::Other));
                assert_eq!(read.src.addr, addresses.of(Host::Stack));
                assert_eq!(read.dst.addr, addresses.of(Host::Peer));
                assert_eq!(read.seq, error.seq);
            }
        }
    }

    #[test]
    fn impossible_addresses_travel_as_they_are() {
        let (family, loopback) = (Family::V4, IpAddr::from([127, 0, 0, 1]));
        let mut packet = Vec::new();
        build(
            &segment(family, loopback, family.stack()),
            &[],
            b"",
            &mut packet,
        );
        Addresses::new(family, 9).inward(&mut packet);
        let read = parse(&packet).unwrap();
        assert_eq!((read.segment.src.addr, read.damaged), (loopback, None));
    }
}
