//! The two bits of the IP header that tell of congestion (RFC 3168 section 5).

/// What the ECN field of the IP header says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub enum Ecn {
    /// The sender is not capable of ECN, or not for this packet.
    #[default]
    NotEct,
    /// The sender is capable: ECT(1).
    Ect1,
    /// The sender is capable: ECT(0).
    Ect0,
    /// A router has met with congestion.
    Ce,
}

impl Ecn {
    /// All of them with their names, in the order of their bits.
    pub const NAMES: [(Ecn, &'static str); 4] = [
        (Ecn::NotEct, "not-ect"),
        (Ecn::Ect1, "ect1"),
        (Ecn::Ect0, "ect0"),
        (Ecn::Ce, "ce"),
    ];

    /// The name by which scenarios and ladders call it.
    pub fn name(self) -> &'static str {
        Ecn::NAMES[self as usize].1
    }

    /// Whether the sender says that it is capable of ECN.
    pub const fn is_ect(self) -> bool {
        matches!(self, Ecn::Ect0 | Ecn::Ect1)
    }

    /// What this octet of the IP header says: type of service, or traffic class.
    pub(super) fn of(service: u8) -> Ecn {
        Ecn::NAMES[usize::from(service & 3)].0
    }
}
