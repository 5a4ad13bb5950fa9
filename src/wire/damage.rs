//! Damage: what no builder can say, done to the octets of a finished packet.

/// One way to spoil a packet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Damage {
    /// The TCP checksum is exclusive-or'ed with this value, which is not 0.
    Checksum(u16),
    /// The data offset field says so many 32-bit words; the checksum is made right again.
    DataOffset(u8),
    /// Only so many octets of the TCP part remain; the IP length and the checksum fit them.
    Cut(u16),
    /// So many octets of the IP packet's end are missing while the IP length still counts them.
    Truncate(u16),
}

/// Spoils a finished packet.
pub fn damage(packet: &mut Vec<u8>, damage: Damage) {
    let _ = (packet, damage);
    unimplemented!()
}
