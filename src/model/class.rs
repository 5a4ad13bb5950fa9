//! Event classes: how an event stands to the connection it meets, coarse enough to count.

use std::fmt;

use crate::wire::Flags;

/// An event, as coverage tables and known deviations name it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum EventClass {
    /// A segment arrives.
    Segment(SegmentClass),
    /// An ICMP error arrives.
    Icmp(IcmpClass),
    /// OPEN, passive.
    Listen,
    /// OPEN, active.
    Connect,
    /// SEND.
    Send,
    /// RECEIVE.
    Receive,
    /// CLOSE.
    Close,
    /// ABORT.
    Abort,
    /// STATUS.
    Status,
    /// The user asks to be told of something else, or has a setting changed.
    Ask,
    /// Time passes, and something becomes due.
    Time,
}

/// A segment that arrives, seen from the connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SegmentClass {
    /// SYN, FIN, RST, PSH, ACK and URG of the segment; no others.
    flags: u8,
    /// Whether it carries text.
    pub text: bool,
    /// Where its sequence numbers lie.
    pub seq: SeqClass,
    /// Where its acknowledgment lies.
    pub ack: AckClass,
}

/// Where a segment's sequence numbers lie.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum SeqClass {
    /// There is no receive window to compare with.
    Any,
    /// Wholly before RCV.NXT.
    Old,
    /// Begins before RCV.NXT and reaches into the window.
    Overlap,
    /// Begins at RCV.NXT, ends inside the window.
    Next,
    /// Begins at RCV.NXT while the window is closed.
    Closed,
    /// Begins after RCV.NXT, ends inside the window.
    Ahead,
    /// Begins in the window and ends beyond it.
    Crossing,
    /// Begins at or beyond the right edge.
    Beyond,
    /// Reaches into the part of the window that only a probe or keep-alive advertised.
    Probed,
    /// Begins before a right edge that was advertised earlier, and reaches beyond the last one,
    /// where windows are scaled.
    Retracted,
    /// It is addressed to another than the stack, or from an impossible source.
    Elsewhere,
    /// Begins beyond the right edge that a SYN advertised, but inside it if it were scaled.
    Unscaled,
    /// Is empty, and lies as far ahead of a closed window as a number can.
    Opposite,
}

/// Where a segment's acknowledgment number lies.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum AckClass {
    /// ACK is not set, or there is nothing to compare with.
    Any,
    /// Below SND.UNA by more than the largest window the peer advertised.
    Ancient,
    /// Below SND.UNA.
    Old,
    /// At SND.UNA.
    Current,
    /// Above SND.UNA, up to SND.NXT.
    New,
    /// Above SND.NXT.
    Unsent,
}

/// An ICMP error that arrives, seen from the connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct IcmpClass {
    /// How RFC 9293 section 3.9.2.2 classes it.
    pub error: ErrorClass,
    /// Which segment it is about.
    pub quote: QuoteClass,
}

/// How RFC 9293 section 3.9.2.2 classes an ICMP error.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum ErrorClass {
    /// A soft error, which ends no connection.
    Soft,
    /// A hard error, which should end the connection.
    Hard,
    /// The segment was too big: the path's MTU is smaller.
    TooBig,
    /// A source quench, which is discarded.
    Quench,
    /// Neither called soft nor hard.
    Open,
}

/// Which segment an ICMP error is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum QuoteClass {
    /// One that was sent and is not acknowledged.
    InFlight,
    /// One that begins at SND.NXT.
    Next,
    /// One that was never sent, or is acknowledged.
    Outside,
    /// One of another connection, or of none.
    Elsewhere,
}

impl ErrorClass {
    /// All of them with their names.
    pub const NAMES: [(ErrorClass, &'static str); 5] = [
        (ErrorClass::Soft, "soft"),
        (ErrorClass::Hard, "hard"),
        (ErrorClass::TooBig, "too-big"),
        (ErrorClass::Quench, "quench"),
        (ErrorClass::Open, "open"),
    ];
}

impl QuoteClass {
    /// All of them with their names.
    pub const NAMES: [(QuoteClass, &'static str); 4] = [
        (QuoteClass::InFlight, "in-flight"),
        (QuoteClass::Next, "next"),
        (QuoteClass::Outside, "outside"),
        (QuoteClass::Elsewhere, "elsewhere"),
    ];
}

impl SegmentClass {
    /// The class of a segment with these flags.
    pub fn new(flags: Flags, text: bool, seq: SeqClass, ack: AckClass) -> SegmentClass {
        let kept = Flags::SYN | Flags::FIN | Flags::RST | Flags::PSH | Flags::ACK | Flags::URG;
        SegmentClass {
            flags: (flags.bits() & kept.bits()) as u8,
            text,
            seq,
            ack,
        }
    }

    /// SYN, FIN, RST, PSH, ACK and URG of the segment.
    pub fn flags(self) -> Flags {
        Flags::from_bits(u16::from(self.flags))
    }
}

impl SeqClass {
    /// All of them with their names.
    pub const NAMES: [(SeqClass, &'static str); 13] = [
        (SeqClass::Any, "any"),
        (SeqClass::Old, "old"),
        (SeqClass::Overlap, "overlap"),
        (SeqClass::Next, "next"),
        (SeqClass::Ahead, "ahead"),
        (SeqClass::Crossing, "crossing"),
        (SeqClass::Beyond, "beyond"),
        (SeqClass::Closed, "closed"),
        (SeqClass::Retracted, "retracted"),
        (SeqClass::Elsewhere, "elsewhere"),
        (SeqClass::Probed, "probed"),
        (SeqClass::Unscaled, "unscaled"),
        (SeqClass::Opposite, "opposite"),
    ];
}

impl AckClass {
    /// All of them with their names.
    pub const NAMES: [(AckClass, &'static str); 6] = [
        (AckClass::Any, "any"),
        (AckClass::Ancient, "ancient"),
        (AckClass::Old, "old"),
        (AckClass::Current, "current"),
        (AckClass::New, "new"),
        (AckClass::Unsent, "unsent"),
    ];
}

impl fmt::Display for EventClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventClass::Segment(class) => class.fmt(f),
            EventClass::Icmp(class) => class.fmt(f),
            EventClass::Listen => f.write_str("passive OPEN"),
            EventClass::Connect => f.write_str("active OPEN"),
            EventClass::Send => f.write_str("SEND"),
            EventClass::Receive => f.write_str("RECEIVE"),
            EventClass::Close => f.write_str("CLOSE"),
            EventClass::Abort => f.write_str("ABORT"),
            EventClass::Status => f.write_str("STATUS"),
            EventClass::Ask => f.write_str("a question or setting"),
            EventClass::Time => f.write_str("time"),
        }
    }
}

impl fmt::Display for IcmpClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, error) = ErrorClass::NAMES[self.error as usize];
        let (_, quote) = QuoteClass::NAMES[self.quote as usize];
        write!(f, "ICMP {error} {quote}")
    }
}

impl fmt::Display for SegmentClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.flags())?;
        if self.text {
            f.write_str("+text")?;
        }
        let name = SeqClass::NAMES.iter().find(|(class, _)| *class == self.seq);
        if let (Some((_, name)), false) = (name, self.seq == SeqClass::Any) {
            write!(f, " seq {name}")?;
        }
        let name = AckClass::NAMES.iter().find(|(class, _)| *class == self.ack);
        if let (Some((_, name)), false) = (name, self.ack == AckClass::Any) {
            write!(f, " ack {name}")?;
        }
        Ok(())
    }
}
