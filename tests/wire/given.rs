//! Arbitrary segments and what they are made of: numbers, addresses, options, text, damage.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use proptest::sample::select;
use tcprove::wire::{
    Damage, Ecn, Endpoint, Family, Flags, HOP_LIMIT, Options, Segment, SeqNumber, build,
};

/// Any 32-bit number, those near wrap and near half the circle more often.
pub(super) fn number() -> impl Strategy<Value = u32> {
    prop_oneof![
        any::<u32>(),
        (-3_i32..=3).prop_map(|n| n as u32),
        (0x7fff_fffd..=0x8000_0003_u32),
    ]
}

pub(super) fn field() -> impl Strategy<Value = u16> {
    prop_oneof![
        any::<u16>(),
        select(vec![0, 1, 0x7fff, 0x8000, 0xfffe, 0xffff])
    ]
}

/// Any address; the two hosts, and those that no connection may have, more often.
fn address(family: Family) -> BoxedStrategy<IpAddr> {
    let own = select(vec![family.stack(), family.peer()]);
    match family {
        Family::V4 => prop_oneof![
            own,
            select(special_v4()),
            any::<Ipv4Addr>().prop_map(IpAddr::V4),
        ]
        .boxed(),
        Family::V6 => prop_oneof![
            own,
            select(special_v6()),
            any::<Ipv6Addr>().prop_map(IpAddr::V6),
        ]
        .boxed(),
    }
}

/// Broadcast (limited and of a network), multicast, unspecified, loopback, reserved.
pub(super) fn special_v4() -> Vec<IpAddr> {
    let rows = [
        [255, 255, 255, 255],
        [192, 0, 2, 255],
        [224, 0, 0, 1],
        [239, 1, 2, 3],
        [0, 0, 0, 0],
        [127, 0, 0, 1],
        [240, 0, 0, 1],
    ];
    rows.map(IpAddr::from).to_vec()
}

/// Multicast (all nodes and another), unspecified, loopback, IPv4-mapped.
pub(super) fn special_v6() -> Vec<IpAddr> {
    let rows = ["ff02::1", "ff0e::1:2", "::", "::1", "::ffff:192.0.2.1"];
    rows.map(|addr| addr.parse().unwrap()).to_vec()
}

fn family() -> impl Strategy<Value = Family> {
    select(vec![Family::V4, Family::V6])
}

fn endpoint(family: Family) -> impl Strategy<Value = Endpoint> {
    (address(family), field()).prop_map(|(addr, port)| Endpoint { addr, port })
}

/// Any header. Its options and length of text are those of an empty segment.
pub(super) fn segment() -> impl Strategy<Value = Segment> {
    let ends = family().prop_flat_map(|family| (endpoint(family), endpoint(family)));
    let ecn = select(Ecn::NAMES.map(|(ecn, _)| ecn).to_vec());
    (
        ends,
        number(),
        number(),
        0..=0xfff_u16,
        field(),
        (field(), ecn, 0..64_u8, any::<u8>()),
    )
        .prop_map(
            |((src, dst), seq, ack, flags, window, (urgent, ecn, dscp, hops))| Segment {
                src,
                dst,
                seq: SeqNumber(seq),
                ack: SeqNumber(ack),
                flags: Flags::from_bits(flags),
                window,
                urgent,
                options: Options::default(),
                ecn,
                dscp,
                hops,
                payload_len: 0,
            },
        )
}

/// An options field: plain octets, or options that are well formed, repeated ones among them,
/// of which the last may be cut short where the field ends.
pub(super) fn options() -> impl Strategy<Value = Vec<u8>> {
    let option = prop_oneof![
        Just(vec![1]),
        Just(vec![0]),
        any::<[u8; 2]>().prop_map(|data| [&[2, 4], &data[..]].concat()),
        any::<u8>().prop_map(|shift| vec![3, 3, shift]),
        Just(vec![4, 2]),
        any::<[u8; 8]>().prop_map(|data| [&[5, 10], &data[..]].concat()),
        any::<[u8; 16]>().prop_map(|data| [&[5, 18], &data[..]].concat()),
        any::<[u8; 8]>().prop_map(|data| [&[8, 10], &data[..]].concat()),
        (any::<u8>(), 0..=12_u8).prop_map(|(kind, len)| vec![kind, len, 0, 1]),
    ];
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..=40),
        proptest::collection::vec(option, 0..=8).prop_map(|options| {
            let mut field = options.concat();
            field.truncate(40);
            field
        }),
    ]
}

pub(super) fn text() -> impl Strategy<Value = Vec<u8>> {
    let len = prop_oneof![Just(0), 0..=5_usize, 0..=1500_usize];
    len.prop_flat_map(|len| proptest::collection::vec(any::<u8>(), len))
}

pub(super) fn any_damage() -> impl Strategy<Value = Damage> {
    let short = || prop_oneof![0..=80_u16, field()];
    prop_oneof![
        field().prop_map(Damage::Checksum),
        any::<u8>().prop_map(Damage::DataOffset),
        short().prop_map(Damage::Cut),
        short().prop_map(Damage::Truncate),
        field().prop_map(Damage::Ipv4Checksum),
        any::<u8>().prop_map(Damage::Ipv4Options),
        any::<u8>().prop_map(Damage::Trailer),
    ]
}

/// A plain segment from one address to another.
pub(super) fn between(src: IpAddr, dst: IpAddr) -> Segment {
    Segment {
        src: Endpoint {
            addr: src,
            port: 40_000,
        },
        dst: Endpoint {
            addr: dst,
            port: 80,
        },
        seq: SeqNumber(1),
        ack: SeqNumber(2),
        flags: Flags::ACK,
        window: 3,
        urgent: 4,
        options: Options::default(),
        ecn: Default::default(),
        dscp: 0,
        hops: HOP_LIMIT,
        payload_len: 0,
    }
}

pub(super) fn packet() -> impl Strategy<Value = Vec<u8>> {
    (segment(), options(), text())
        .prop_map(|(segment, options, text)| built(&segment, &options, &text))
}

pub(super) fn built(segment: &Segment, options: &[u8], text: &[u8]) -> Vec<u8> {
    let mut out = vec![0xaa; 7];
    build(segment, options, text, &mut out);
    out
}
