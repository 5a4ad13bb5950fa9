//! Damage: what no builder can say, done to the octets of a finished packet.
//!
//! Damage is total: whatever the octets are, it does what it can and leaves alone what is not
//! there. It is written for packets that [`build`](super::build()) made.

use std::ops::Range;

use super::checksum::{self, IPV4_FIELD, TCP_FIELD};
use super::layers::Layers;

/// One way to spoil a packet, or to make it unusual without spoiling it.
///
/// Beside each stands what [`parse`](super::parse()) then makes of a packet that was right before.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Damage {
    /// The TCP checksum is exclusive-or'ed with this value, which is not 0. Where that would
    /// exchange the two zeros of ones' complement, which are the same checksum, it is
    /// exclusive-or'ed with 1 instead.
    ///
    /// Read, and damaged.
    Checksum(u16),
    /// The data offset field says so many 32-bit words; the checksum is made right again. Only
    /// the low four bits of the value count.
    ///
    /// An error below 5 and beyond the segment's end. Between them it is read undamaged, with
    /// some options taken for text or some text for options.
    DataOffset(u8),
    /// Only so many octets of the TCP part remain; the IP length and the checksum fit them.
    /// Nothing happens when there are not more.
    ///
    /// An error when the header is cut. Otherwise it is read undamaged, with less text.
    Cut(u16),
    /// So many octets of the IP packet's end are missing while the IP length still counts them.
    ///
    /// An error, unless the value is 0.
    Truncate(u16),
    /// The IPv4 header checksum is exclusive-or'ed with this value, as for
    /// [`Checksum`](Damage::Checksum). Nothing happens to IPv6, which has none.
    ///
    /// Read, and damaged.
    Ipv4Checksum(u16),
    /// An IPv4 option of a kind that is for experiments only (RFC 4727) takes up so many 32-bit
    /// words, at most as many as there is room for; lengths and checksum fit it. Nothing happens
    /// to IPv6.
    ///
    /// Read undamaged as before: the option has to be ignored (RFC9293-MUST-50).
    Ipv4Options(u8),
    /// So many octets that are not zero follow the IP packet and are not counted by its length,
    /// as a link layer's padding would.
    ///
    /// Read undamaged as before.
    Trailer(u8),
}

/// Spoils a finished packet. Octets that are no TCP packet are left as they are, except by
/// [`Damage::Truncate`] and [`Damage::Trailer`], which shorten and lengthen anything.
pub fn damage(packet: &mut Vec<u8>, damage: Damage) {
    let layers = Layers::find(packet).ok();
    match (damage, layers) {
        (Damage::Checksum(mask), Some(layers)) => {
            flip(&mut packet[layers.tcp], TCP_FIELD, mask);
        }
        (Damage::DataOffset(words), Some(layers)) => set_data_offset(packet, layers, words),
        (Damage::Cut(len), Some(layers)) => cut(packet, layers, usize::from(len)),
        (Damage::Truncate(octets), layers) => {
            let end = layers.map_or(packet.len(), |layers| layers.tcp.end);
            packet.truncate(end.saturating_sub(usize::from(octets)));
        }
        (Damage::Ipv4Checksum(mask), Some(layers)) if layers.is_v4() => {
            flip(&mut packet[..layers.ip_header_len], IPV4_FIELD, mask);
        }
        (Damage::Ipv4Options(words), Some(layers)) if layers.is_v4() => {
            insert_ipv4_option(packet, layers, usize::from(words));
        }
        (Damage::Trailer(octets), _) => {
            packet.resize(packet.len() + usize::from(octets), TRAILER);
        }
        (
            Damage::Checksum(_)
            | Damage::DataOffset(_)
            | Damage::Cut(_)
            | Damage::Ipv4Checksum(_)
            | Damage::Ipv4Options(_),
            _,
        ) => {}
    }
}

/// What a trailer consists of.
const TRAILER: u8 = 0xee;

/// The kind of IPv4 option that is inserted: not copied on fragmentation, for experiments.
const EXPERIMENT: u8 = 30;

/// Makes a checksum wrong that was right; a mask of 0 does nothing.
fn flip(octets: &mut [u8], field: Range<usize>, mask: u16) {
    let Some(field) = octets.get_mut(field) else {
        return;
    };
    let old = u16::from_be_bytes([field[0], field[1]]);
    let new = match old ^ mask {
        0 | 0xffff if matches!(old, 0 | 0xffff) && mask != 0 => old ^ 1,
        new => new,
    };
    field.copy_from_slice(&new.to_be_bytes());
}

fn set_data_offset(packet: &mut [u8], layers: Layers, words: u8) {
    let part = &mut packet[layers.tcp];
    if let Some(octet) = part.get_mut(12) {
        *octet = words << 4 | *octet & 0x0f;
        checksum::put_tcp(layers.src, layers.dst, part);
    }
}

fn cut(packet: &mut Vec<u8>, layers: Layers, len: usize) {
    if len >= layers.tcp.len() {
        return;
    }
    packet.truncate(layers.tcp.start + len);
    checksum::put_tcp(layers.src, layers.dst, &mut packet[layers.tcp.start..]);
    if layers.is_v4() {
        set_ipv4_length(packet, layers.ip_header_len, layers.tcp.start + len);
    } else {
        let payload = layers.tcp.start + len - layers.ip_header_len;
        packet[4..6].copy_from_slice(&(payload as u16).to_be_bytes());
    }
}

fn insert_ipv4_option(packet: &mut Vec<u8>, layers: Layers, words: usize) {
    const FIXED: usize = etherparse::Ipv4Header::MIN_LEN;
    let header_room = etherparse::Ipv4Header::MAX_LEN - layers.ip_header_len;
    let packet_room = usize::from(u16::MAX) - layers.tcp.end;
    let len = 4 * words.min(header_room / 4).min(packet_room / 4);
    if len == 0 {
        return;
    }
    // Before any other option, as those may end in an end-of-options octet.
    packet.splice(FIXED..FIXED, std::iter::repeat_n(0, len));
    packet[FIXED] = EXPERIMENT;
    packet[FIXED + 1] = len as u8;
    packet[0] += (len / 4) as u8;
    set_ipv4_length(packet, layers.ip_header_len + len, layers.tcp.end + len);
}

/// Sets the IPv4 total length and makes the header checksum right.
fn set_ipv4_length(packet: &mut [u8], header_len: usize, total: usize) {
    packet[2..4].copy_from_slice(&(total as u16).to_be_bytes());
    checksum::put_ipv4(&mut packet[..header_len]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Endpoint, Family, Flags, Options, Segment, SeqNumber, build, parse};

    fn packet(family: Family, text: &[u8]) -> Vec<u8> {
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
            flags: Flags::ACK,
            window: 3,
            urgent: 0,
            options: Options::default(),
            ecn: Default::default(),
            dscp: 0,
            hops: crate::wire::HOP_LIMIT,
            payload_len: 0,
        };
        let mut packet = Vec::new();
        build(&segment, &[], text, &mut packet);
        packet
    }

    #[test]
    fn ipv4_options_take_the_room_there_is() {
        // Octets of text, words asked for, words inserted.
        let rows = [
            (0, 1, 1),
            (0, 10, 10),
            (0, 11, 10),
            (65_495, 1, 0),
            (65_492, 1, 0),
            (65_491, 1, 1),
            (65_480, 10, 3),
        ];
        for (len, words, inserted) in rows {
            let whole = packet(Family::V4, &vec![7; len]);
            let mut packet = whole.clone();
            damage(&mut packet, Damage::Ipv4Options(words));
            assert_eq!(packet.len(), whole.len() + 4 * inserted, "{len}, {words}");
            assert_eq!(usize::from(packet[0] & 0x0f), 5 + inserted);
            assert_eq!(parse(&packet).unwrap().damaged, None);
        }
    }

    #[test]
    fn a_second_ipv4_option_stands_before_the_first() {
        let mut packet = packet(Family::V4, b"text");
        damage(&mut packet, Damage::Ipv4Options(9));
        damage(&mut packet, Damage::Ipv4Options(9));
        assert_eq!(packet[20..26], [EXPERIMENT, 4, 0, 0, EXPERIMENT, 36]);
        assert_eq!(parse(&packet).unwrap().damaged, None);
    }

    #[test]
    fn truncation_begins_where_the_ip_packet_ends() {
        for family in [Family::V4, Family::V6] {
            let whole = packet(family, b"text");
            let mut packet = whole.clone();
            damage(&mut packet, Damage::Trailer(9));
            assert_eq!(packet.len(), whole.len() + 9);
            damage(&mut packet, Damage::Truncate(1));
            assert_eq!(packet, whole[..whole.len() - 1]);
            // What is no packet any longer can still be shortened.
            damage(&mut packet, Damage::Truncate(2));
            assert_eq!(packet, whole[..whole.len() - 3]);
        }
    }

    #[test]
    fn what_is_no_tcp_packet_is_left_alone() {
        let mut udp = packet(Family::V4, b"text");
        udp[9] = 17;
        let rows = [
            Damage::Checksum(1),
            Damage::DataOffset(9),
            Damage::Cut(3),
            Damage::Ipv4Checksum(1),
            Damage::Ipv4Options(1),
        ];
        for whole in [Vec::new(), vec![0x45; 10], udp] {
            for row in rows {
                let mut packet = whole.clone();
                damage(&mut packet, row);
                assert_eq!(packet, whole, "{row:?}");
            }
        }
    }
}
