//! Every segment that the wire can carry, correct or not: built, read back, and spoilt.
//!
//! etherparse's own reader and checksums are the second opinion.

mod given;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use etherparse::{IpSlice, TcpSlice};
use given::{
    any_damage, between, built, field, number, options, packet, segment, special_v4, special_v6,
    text,
};
use proptest::prelude::*;
use tcprove::wire::{
    Damage, Family, Flags, OptionBytes, Options, Parsed, Segment, SeqNumber, damage, parse,
    put_mss, put_nop, put_raw, put_sack, put_sack_permitted, put_timestamps, put_window_scale,
};

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..Default::default()
    }
}

/// Parses what must be readable and checks that what is said of the text holds together.
fn read(packet: &[u8]) -> Parsed {
    let parsed = parse(packet).unwrap_or_else(|error| panic!("{error}: {packet:02x?}"));
    assert_eq!(parsed.text.len(), parsed.segment.payload_len as usize);
    assert!(parsed.text.end <= packet.len());
    parsed
}

/// The header of a packet as etherparse reads it, and the right checksum of its TCP part.
fn second_opinion(packet: &[u8]) -> (TcpSlice<'_>, u16) {
    let ip = IpSlice::from_slice(packet).unwrap();
    let tcp = TcpSlice::from_slice(ip.payload().payload).unwrap();
    let checksum = match &ip {
        IpSlice::Ipv4(ip) => {
            let header = ip.header();
            assert_eq!(
                header.header_checksum(),
                header.to_header().calc_header_checksum()
            );
            tcp.calc_checksum_ipv4(header.source(), header.destination())
        }
        IpSlice::Ipv6(ip) => {
            tcp.calc_checksum_ipv6(ip.header().source(), ip.header().destination())
        }
    };
    (tcp, checksum.unwrap())
}

/// The ECN field as etherparse reads it.
fn second_ecn(packet: &[u8]) -> u8 {
    match &IpSlice::from_slice(packet).unwrap() {
        IpSlice::Ipv4(ip) => ip.header().ecn().value(),
        IpSlice::Ipv6(ip) => ip.header().traffic_class() & 3,
    }
}

// Sequence numbers (RFC 9293 section 3.4).
proptest! {
    #![proptest_config(config())]

    #[test]
    fn seq_since_undoes_add(start in number(), n in number()) {
        let start = SeqNumber(start);
        prop_assert_eq!((start + n).since(start), n);
        prop_assert_eq!(start + n - n, start);
        prop_assert_eq!(start - n + n, start);
        let mut sum = start;
        sum += n;
        prop_assert_eq!(sum, start + n);
    }

    #[test]
    fn seq_add_is_associative(start in number(), a in number(), b in number()) {
        let start = SeqNumber(start);
        prop_assert_eq!(start + a + b, start + a.wrapping_add(b));
    }

    #[test]
    fn seq_order_is_antisymmetric_within_half_the_circle(a in number(), n in 1..=0x7fff_ffff_u32) {
        let (a, b) = (SeqNumber(a), SeqNumber(a) + n);
        prop_assert!(a.before(b) && !b.before(a));
        prop_assert!(b.after(a) && !a.after(b));
        prop_assert!(a.at_or_before(b) && !b.at_or_before(a));
        prop_assert!(b.at_or_after(a) && !a.at_or_after(b));
        prop_assert_eq!(b.distance(a), n as i32);
        prop_assert_eq!(a.distance(b), -(n as i32));
        prop_assert_eq!((a.later(b), b.later(a)), (b, b));
        prop_assert_eq!((a.earlier(b), b.earlier(a)), (a, a));
    }

    #[test]
    fn seq_order_is_transitive_within_half_the_circle(
        a in number(), n in 1..=0x3fff_ffff_u32, m in 1..=0x3fff_ffff_u32,
    ) {
        let (a, b, c) = (SeqNumber(a), SeqNumber(a) + n, SeqNumber(a) + n + m);
        prop_assert!(a.before(b) && b.before(c) && a.before(c));
    }

    #[test]
    fn seq_order_does_not_depend_on_where_zero_is(a in number(), b in number(), shift in number()) {
        let (a, b) = (SeqNumber(a), SeqNumber(b));
        prop_assert_eq!(a.before(b), (a + shift).before(b + shift));
        prop_assert_eq!(a.after(b), (a + shift).after(b + shift));
        prop_assert_eq!(a.distance(b), (a + shift).distance(b + shift));
    }

    #[test]
    fn seq_within_is_the_stretch_itself(start in number(), n in number(), len in number()) {
        let start = SeqNumber(start);
        prop_assert_eq!((start + n).within(start, len), n < len);
        prop_assert!(!start.within(start, 0));
        if len > 0 {
            prop_assert!(start.within(start, len));
            prop_assert!((start + (len - 1)).within(start, len));
            prop_assert!(!(start + len).within(start, len));
        }
    }
}

#[test]
fn seq_numbers_that_are_equal_or_opposite() {
    for a in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff].map(SeqNumber) {
        assert!(!a.before(a) && !a.after(a) && a.at_or_before(a) && a.at_or_after(a));
        // Half the circle apart neither is the earlier one; both answers are the same.
        let b = a + 0x8000_0000;
        assert!(a.before(b) && b.before(a) && !a.after(b) && !b.after(a));
    }
    assert_eq!(SeqNumber(0xffff_ffff) + 1, SeqNumber(0));
    assert_eq!(SeqNumber(0) - 1, SeqNumber(0xffff_ffff));
    assert!(SeqNumber(0xffff_ffff).before(SeqNumber(0)));
    assert!(SeqNumber(2).within(SeqNumber(0xffff_fffe), 5));
}

// Building and parsing.
proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_built_is_read_back(segment in segment(), options in options(), text in text()) {
        let packet = built(&segment, &options, &text);
        let parsed = read(&packet);
        let mut padded = options.clone();
        padded.resize(options.len().next_multiple_of(4), 0);
        let expected = Segment {
            options: Options::parse(&padded),
            payload_len: text.len() as u32,
            ..segment
        };
        prop_assert_eq!(parsed.damaged, None);
        prop_assert_eq!(&packet[parsed.text.clone()], &text[..]);
        prop_assert_eq!(parsed.text.end, packet.len());
        prop_assert_eq!(&packet[parsed.text.start - padded.len()..parsed.text.start], &padded[..]);
        prop_assert_eq!(parsed.segment, expected);
    }

    #[test]
    fn etherparse_reads_the_same(segment in segment(), options in options(), text in text()) {
        let packet = built(&segment, &options, &text);
        let (tcp, checksum) = second_opinion(&packet);
        prop_assert_eq!(tcp.checksum(), checksum);
        prop_assert_eq!(tcp.payload(), &text[..]);
        prop_assert_eq!(tcp.source_port(), segment.src.port);
        prop_assert_eq!(tcp.destination_port(), segment.dst.port);
        prop_assert_eq!(tcp.sequence_number(), segment.seq.0);
        prop_assert_eq!(tcp.acknowledgment_number(), segment.ack.0);
        prop_assert_eq!(tcp.window_size(), segment.window);
        prop_assert_eq!(tcp.urgent_pointer(), segment.urgent);
        prop_assert_eq!(second_ecn(&packet), segment.ecn as u8);
        let flags = [
            (Flags::FIN, tcp.fin()), (Flags::SYN, tcp.syn()), (Flags::RST, tcp.rst()),
            (Flags::PSH, tcp.psh()), (Flags::ACK, tcp.ack()), (Flags::URG, tcp.urg()),
            (Flags::ECE, tcp.ece()), (Flags::CWR, tcp.cwr()), (Flags::from_bits(0x100), tcp.ns()),
        ];
        for (flag, set) in flags {
            prop_assert_eq!(segment.flags.contains(flag), set, "{}", flag);
        }
        prop_assert_eq!((tcp.slice()[12] & 0x0e) >> 1, (segment.flags.bits() >> 9) as u8);
    }

    #[test]
    fn mixed_families_become_ipv6(segment in segment(), v4 in any::<Ipv4Addr>(), v6 in any::<Ipv6Addr>()) {
        let mut segment = segment;
        segment.src.addr = v4.into();
        segment.dst.addr = v6.into();
        let parsed = read(&built(&segment, &[], b"text"));
        prop_assert_eq!(parsed.damaged, None);
        prop_assert_eq!(parsed.segment.src.addr, IpAddr::from(v4.to_ipv6_mapped()));
        prop_assert_eq!(parsed.segment.dst.addr, segment.dst.addr);
    }

    #[test]
    fn any_octets_are_read_or_refused(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(parsed) = parse(&octets) {
            prop_assert!(parsed.text.end <= octets.len());
        }
    }

    #[test]
    fn spoilt_octets_are_read_or_refused(
        packet in packet(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        within in 1..100_usize,
    ) {
        let mut packet = packet;
        let within = within.min(packet.len());
        for (place, octet) in changes {
            packet[place.index(within)] = octet;
        }
        if let Ok(parsed) = parse(&packet) {
            prop_assert!(parsed.text.end <= packet.len());
            prop_assert_eq!(parsed.text.len(), parsed.segment.payload_len as usize);
        }
    }

    #[test]
    fn options_of_any_octets_have_a_reading(field in proptest::collection::vec(any::<u8>(), 0..300)) {
        let options = Options::parse(&field);
        prop_assert_eq!(usize::from(options.octets), field.len().min(255));
        // Reading ends in one place only.
        prop_assert!(!(options.malformed && options.nonzero_padding));
    }

    #[test]
    fn options_that_are_put_are_read(
        mss in field(), shift in any::<u8>(), ts in (number(), number()),
        blocks in proptest::collection::vec((number(), number()), 1..=2), kind in 100..=255_u8,
    ) {
        let mut field = OptionBytes::new();
        put_nop(&mut field).unwrap();
        put_sack(&mut field, &blocks).unwrap();
        put_timestamps(&mut field, ts.0, ts.1).unwrap();
        put_mss(&mut field, mss).unwrap();
        put_window_scale(&mut field, shift).unwrap();
        put_sack_permitted(&mut field).unwrap();
        put_raw(&mut field, &[kind, 2]).unwrap();
        let options = Options::parse(&field);
        prop_assert_eq!(options.sack.as_slice(), &blocks[..]);
        prop_assert_eq!(options.timestamps, Some(ts));
        prop_assert_eq!(options.mss, Some(mss));
        prop_assert_eq!(options.window_scale, Some(shift));
        prop_assert!(options.sack_permitted);
        prop_assert!(options.unknown);
        prop_assert!(!options.malformed && !options.duplicate);
    }
}

#[test]
fn special_addresses_survive() {
    for (addresses, family) in [(special_v4(), Family::V4), (special_v6(), Family::V6)] {
        for addr in addresses {
            for (src, dst) in [(addr, family.stack()), (family.peer(), addr), (addr, addr)] {
                let segment = between(src, dst);
                let packet = built(&segment, &[], &[]);
                let (tcp, checksum) = second_opinion(&packet);
                assert_eq!(tcp.checksum(), checksum);
                let parsed = read(&packet);
                assert_eq!((parsed.segment, parsed.damaged), (segment, None));
            }
        }
    }
}

// Damage.
proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_damage_to_any_octets_is_survived(
        octets in prop_oneof![packet(), proptest::collection::vec(any::<u8>(), 0..120)],
        damages in proptest::collection::vec(any_damage(), 1..6),
    ) {
        let mut packet = octets;
        for one in damages {
            damage(&mut packet, one);
            if let Ok(parsed) = parse(&packet) {
                prop_assert!(parsed.text.end <= packet.len());
            }
        }
    }

    #[test]
    fn a_wrong_checksum_is_noticed(whole in packet(), mask in 1_u16..) {
        let plain = read(&whole);
        let mut packet = whole.clone();
        damage(&mut packet, Damage::Checksum(mask));
        let expected = Parsed { damaged: Some("wrong TCP checksum"), ..plain.clone() };
        prop_assert_eq!(read(&packet), expected);

        let mut packet = whole.clone();
        damage(&mut packet, Damage::Ipv4Checksum(mask));
        let damaged = plain.segment.src.addr.is_ipv4().then_some("wrong IPv4 header checksum");
        prop_assert_eq!(read(&packet), Parsed { damaged, ..plain });
    }

    #[test]
    fn a_lying_data_offset_is_refused_or_believed(whole in packet(), words in 0..=15_u8) {
        let plain = read(&whole);
        let options = usize::from(plain.segment.options.octets);
        let part = 20 + options + plain.text.len();
        let start = plain.text.start - 20 - options;
        let mut packet = whole.clone();
        damage(&mut packet, Damage::DataOffset(words));
        let offset = 4 * usize::from(words);
        if offset < 20 || offset > part {
            prop_assert!(parse(&packet).is_err());
        } else {
            let parsed = read(&packet);
            prop_assert_eq!(parsed.damaged, None);
            prop_assert_eq!(parsed.text, start + offset..start + part);
            let options = Options::parse(&whole[start + 20..start + offset]);
            let payload_len = (part - offset) as u32;
            prop_assert_eq!(parsed.segment, Segment { options, payload_len, ..plain.segment });
        }
    }

    #[test]
    fn a_cut_segment_has_less_text_or_no_header(whole in packet(), len in 0..=100_u16) {
        let plain = read(&whole);
        let header = 20 + usize::from(plain.segment.options.octets);
        let start = plain.text.start - header;
        let mut packet = whole.clone();
        damage(&mut packet, Damage::Cut(len));
        let len = usize::from(len);
        prop_assert_eq!(packet.len(), whole.len().min(start + len));
        if len < header {
            prop_assert!(parse(&packet).is_err());
        } else {
            let parsed = read(&packet);
            let payload_len = plain.text.len().min(len - header) as u32;
            prop_assert_eq!(parsed.damaged, None);
            prop_assert_eq!(&packet[parsed.text], &whole[plain.text.start..packet.len()]);
            prop_assert_eq!(parsed.segment, Segment { payload_len, ..plain.segment });
        }
    }

    #[test]
    fn a_truncated_packet_is_refused(whole in packet(), octets in 1_u16..) {
        let mut packet = whole.clone();
        damage(&mut packet, Damage::Truncate(octets));
        prop_assert_eq!(packet.len(), whole.len().saturating_sub(usize::from(octets)));
        prop_assert!(parse(&packet).is_err());
    }

    #[test]
    fn what_must_be_ignored_changes_nothing(whole in packet(), words in any::<u8>(), octets in any::<u8>()) {
        let plain = read(&whole);
        let mut packet = whole.clone();
        damage(&mut packet, Damage::Ipv4Options(words));
        damage(&mut packet, Damage::Trailer(octets));
        let is_v4 = plain.segment.src.addr.is_ipv4();
        let longer = if is_v4 { 4 * usize::from(words.min(10)) } else { 0 };
        prop_assert_eq!(packet.len(), whole.len() + longer + usize::from(octets));
        let parsed = read(&packet);
        prop_assert_eq!(&packet[parsed.text.clone()], &whole[plain.text.clone()]);
        prop_assert_eq!(parsed.text.start, plain.text.start + longer);
        prop_assert_eq!((parsed.segment, parsed.damaged), (plain.segment, None));
        let (tcp, checksum) = second_opinion(&packet);
        prop_assert_eq!(tcp.checksum(), checksum);
    }
}

#[test]
fn the_two_zeros_of_a_checksum_are_not_damage() {
    // Whatever the other fields are, some urgent pointer makes the checksum 0x0000.
    let zero = (0..=0xffff).find_map(|urgent| {
        let segment = Segment {
            urgent,
            ..between(Family::V4.peer(), Family::V4.stack())
        };
        let packet = built(&segment, &[], &[]);
        (packet[36..38] == [0, 0]).then_some(packet)
    });
    let whole = zero.expect("some urgent pointer gives a checksum of zero");
    let mut packet = whole.clone();
    packet[36..38].copy_from_slice(&[0xff, 0xff]);
    assert_eq!(read(&packet).damaged, None);
    let mut packet = whole.clone();
    damage(&mut packet, Damage::Checksum(0xffff));
    assert_eq!(read(&packet).damaged, Some("wrong TCP checksum"));
}

#[test]
fn damage_that_says_nothing_does_nothing() {
    let segment = between(Family::V4.peer(), Family::V4.stack());
    let whole = built(&segment, &[], b"text");
    let rows = [
        Damage::Checksum(0),
        Damage::DataOffset(5),
        Damage::Cut(24),
        Damage::Cut(0xffff),
        Damage::Truncate(0),
        Damage::Ipv4Checksum(0),
        Damage::Ipv4Options(0),
        Damage::Trailer(0),
    ];
    for row in rows {
        let mut packet = whole.clone();
        damage(&mut packet, row);
        assert_eq!(packet, whole, "{row:?}");
    }
}

#[test]
fn every_combination_of_flags_has_a_name_of_its_own() {
    for bits in 0..=0xfff {
        let flags = Flags::from_bits(bits);
        assert_eq!(flags.bits(), bits);
        assert_eq!(flags.to_string().parse(), Ok(flags), "{flags}");
    }
    assert_eq!(Flags::from_bits(0xf000), Flags::NONE);
    assert_eq!((Flags::SYN | Flags::ACK).to_string(), "SYN,ACK");
    for wrong in ["", "syn", "SYN,", "SYN ACK", "none,SYN"] {
        assert!(wrong.parse::<Flags>().is_err(), "{wrong:?}");
    }
}

#[test]
fn sequence_space_of_a_segment() {
    let both = Flags::SYN | Flags::FIN;
    // Flags, octets of text, SEG.LEN, sequence number of the text when SEG.SEQ is 0xffffffff.
    let rows = [
        (Flags::ACK, 0, 0, 0xffff_ffff),
        (Flags::ACK, 9, 9, 0xffff_ffff),
        (Flags::SYN, 0, 1, 0),
        (Flags::FIN, 0, 1, 0xffff_ffff),
        (both, 9, 11, 0),
        (Flags::ALL.without(both), 9, 9, 0xffff_ffff),
    ];
    for (flags, payload_len, len, text) in rows {
        let segment = Segment {
            seq: SeqNumber(0xffff_ffff),
            flags,
            payload_len,
            ..between(Family::V4.peer(), Family::V4.stack())
        };
        assert_eq!(segment.len(), len, "{flags} {payload_len}");
        assert_eq!(segment.is_empty(), len == 0);
        assert_eq!(segment.end().since(segment.seq), len);
        assert_eq!(segment.text_seq(), SeqNumber(text));
    }
}
