//! What a user may ask of a connection beside opening, sending, receiving and closing it: none of it
//! is needed to talk, and an interface need not have each.

use std::fmt;

/// What SEND says of its octets (RFC 9293 section 3.9.1.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SendFlag {
    /// They are not to wait for more.
    Push,
    /// They are urgent; the last of them is the last urgent octet.
    Urgent,
}

impl SendFlag {
    /// Both with their names.
    pub const NAMES: [(SendFlag, &'static str); 2] =
        [(SendFlag::Push, "push"), (SendFlag::Urgent, "urgent")];

    /// The name by which scenarios and recordings call it.
    pub fn name(self) -> &'static str {
        SendFlag::NAMES[self as usize].1
    }
}

/// What the user asks to be told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Query {
    /// How much is still to be received up to the end of urgent data (RFC9293-MUST-33).
    Urgent,
    /// What has been reported since this was last asked (RFC 9293 section 3.9.1.8).
    Reports,
    /// The differentiated services codepoint that arrived last (RFC9293-MAY-9).
    Dscp,
}

impl Query {
    /// All of them with their names.
    pub const NAMES: [(Query, &'static str); 3] = [
        (Query::Urgent, "urgent"),
        (Query::Reports, "reports"),
        (Query::Dscp, "dscp"),
    ];

    /// The name by which scenarios and recordings call it.
    pub fn name(self) -> &'static str {
        Query::NAMES[self as usize].1
    }
}

/// What the user has changed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Setting {
    /// Whether there are to be reports (RFC9293-SHLD-20).
    Reports(bool),
    /// The differentiated services codepoint of what is sent, 0 to 63 (RFC9293-MUST-48).
    Dscp(u8),
}

impl Setting {
    /// The largest codepoint: it has six bits (RFC 2474).
    pub const DSCP_MOST: u8 = 63;
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Setting::Reports(true) => f.write_str("reports on"),
            Setting::Reports(false) => f.write_str("reports off"),
            Setting::Dscp(dscp) => write!(f, "dscp {dscp}"),
        }
    }
}

/// Conditions of which the user is told without a call that failed (RFC 9293 section 3.9.1.8).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Reports(u8);

impl Reports {
    /// Nothing.
    pub const NONE: Reports = Reports(0);
    /// An ICMP error that ended nothing has come (RFC9293-SHLD-25).
    pub const ICMP: Reports = Reports(1);
    /// Text has been sent again more often than R1 (RFC9293-SHLD-9).
    pub const RETRANSMISSION: Reports = Reports(1 << 1);
    /// There is urgent data, or more of it than before (RFC9293-MUST-32).
    pub const URGENT: Reports = Reports(1 << 2);

    /// All of them with their names.
    pub const NAMES: [(Reports, &'static str); 3] = [
        (Reports::ICMP, "icmp"),
        (Reports::RETRANSMISSION, "retransmission"),
        (Reports::URGENT, "urgent"),
    ];

    /// These and `other`.
    #[must_use]
    pub const fn with(self, other: Reports) -> Reports {
        Reports(self.0 | other.0)
    }

    /// These but for `other`.
    #[must_use]
    pub const fn without(self, other: Reports) -> Reports {
        Reports(self.0 & !other.0)
    }

    /// Whether every one of `other` is among these.
    pub const fn contains(self, other: Reports) -> bool {
        self.0 & other.0 == other.0
    }
}

impl fmt::Debug for Reports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Reports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for (report, name) in Reports::NAMES {
            if self.contains(report) {
                write!(f, "{between}{name}")?;
                between = ",";
            }
        }
        match *self {
            Reports::NONE => f.write_str("none"),
            _ => Ok(()),
        }
    }
}
