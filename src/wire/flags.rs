//! The control bits and the reserved bits of the header (RFC 9293 section 3.1).

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// Eight control bits and, above them, the four reserved bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(u16);

impl Flags {
    /// No bit set.
    pub const NONE: Flags = Flags(0);
    /// No more data from the sender.
    pub const FIN: Flags = Flags(0x001);
    /// Synchronise sequence numbers.
    pub const SYN: Flags = Flags(0x002);
    /// Reset the connection.
    pub const RST: Flags = Flags(0x004);
    /// Push.
    pub const PSH: Flags = Flags(0x008);
    /// The acknowledgment field is significant.
    pub const ACK: Flags = Flags(0x010);
    /// The urgent pointer is significant.
    pub const URG: Flags = Flags(0x020);
    /// ECN echo (RFC 3168).
    pub const ECE: Flags = Flags(0x040);
    /// Congestion window reduced (RFC 3168).
    pub const CWR: Flags = Flags(0x080);
    /// The four reserved bits.
    pub const RESERVED: Flags = Flags(0xf00);
    /// All twelve bits.
    pub const ALL: Flags = Flags(0xfff);

    /// The flags whose twelve bits are the low twelve of `bits`.
    pub const fn from_bits(bits: u16) -> Flags {
        Flags(bits & 0xfff)
    }

    /// The twelve bits.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether some bit of `other` is set.
    pub const fn intersects(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    /// These flags with those of `other` set.
    pub const fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    /// These flags with those of `other` cleared.
    pub const fn without(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }

    /// Whether FIN is set.
    pub const fn fin(self) -> bool {
        self.contains(Flags::FIN)
    }

    /// Whether SYN is set.
    pub const fn syn(self) -> bool {
        self.contains(Flags::SYN)
    }

    /// Whether RST is set.
    pub const fn rst(self) -> bool {
        self.contains(Flags::RST)
    }

    /// Whether ACK is set.
    pub const fn ack(self) -> bool {
        self.contains(Flags::ACK)
    }

    /// Whether URG is set.
    pub const fn urg(self) -> bool {
        self.contains(Flags::URG)
    }

    /// How many sequence numbers SYN and FIN take up together.
    pub const fn sequence_length(self) -> u32 {
        self.syn() as u32 + self.fin() as u32
    }
}

impl BitOr for Flags {
    type Output = Flags;
    fn bitor(self, other: Flags) -> Flags {
        self.with(other)
    }
}

impl BitOrAssign for Flags {
    fn bitor_assign(&mut self, other: Flags) {
        *self = self.with(other);
    }
}

/// The name of each bit, in the order in which they are written down.
pub(crate) const FLAG_NAMES: [(Flags, &str); 12] = [
    (Flags::SYN, "SYN"),
    (Flags::FIN, "FIN"),
    (Flags::RST, "RST"),
    (Flags::PSH, "PSH"),
    (Flags::ACK, "ACK"),
    (Flags::URG, "URG"),
    (Flags::ECE, "ECE"),
    (Flags::CWR, "CWR"),
    (Flags(0x100), "AE"),
    (Flags(0x200), "R1"),
    (Flags(0x400), "R2"),
    (Flags(0x800), "R3"),
];

/// Names joined by commas (`SYN,ACK`), or `none`.
impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("none");
        }
        let mut first = true;
        for (flag, name) in FLAG_NAMES {
            if self.contains(flag) {
                if !first {
                    f.write_str(",")?;
                }
                f.write_str(name)?;
                first = false;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Flags {
    type Err = String;

    fn from_str(text: &str) -> Result<Flags, String> {
        if text == "none" {
            return Ok(Flags::NONE);
        }
        let mut flags = Flags::NONE;
        for word in text.split(',') {
            match FLAG_NAMES.iter().find(|(_, name)| *name == word) {
                Some((flag, _)) => flags |= *flag,
                None => {
                    return Err(format!(
                        "no such flag `{word}`; the flags are SYN FIN RST PSH ACK URG ECE CWR AE R1 R2 R3, joined by commas, or `none`"
                    ));
                }
            }
        }
        Ok(flags)
    }
}
