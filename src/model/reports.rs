//! What the user is to be told while a connection goes on (RFC 9293 section 3.9.1.8): that an ICMP
//! error has come, and that the same text was sent again and again.
//!
//! A report says that something has happened since reports were last asked for. Some must be there,
//! others may. An error that the network sends about a segment in flight must be; once the peer has
//! acknowledged something, the trouble may be over and the report taken back. Where R1 lies is the
//! stack's own affair, as long as it lies before R2.

use super::tcb::Tcb;
use super::{Context, ErrorClass, IcmpClass, QuoteClass, State};
use crate::time::{Instant, Micros};
use crate::wire::{IcmpKind, Segment};

/// R1 is at least so many retransmissions of one segment (RFC9293-SHLD-10).
pub const R1: u8 = 3;

/// R2 is at least so long (RFC9293-SHLD-11). Who gives up no earlier has come past R1.
const R2: Micros = Micros::secs(100);

/// Whether the user wants reports.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Wanted {
    /// They were never switched off, or were switched on again.
    #[default]
    Yes,
    /// They were switched off (RFC9293-SHLD-20).
    No,
    /// They were switched off for an earlier connection of this socket: nobody says for how long
    /// that holds.
    Unknown,
}

/// What there is to be told of ICMP errors.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Cause {
    /// Nothing.
    #[default]
    None,
    /// One came, while the user wanted no reports.
    Unwanted,
    /// One came that may be told of.
    May,
    /// One came that must be told of.
    Must,
}

/// What is known of the reports of one connection, as the block of the connection keeps it: in few
/// bits, for there are many blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Told(u16);

impl Told {
    /// What is known.
    pub fn known(self) -> Reporting {
        let two = |at: u32| (self.0 >> at & 3) as u8;
        let flag = |at: u32| self.0 >> at & 1 == 1;
        Reporting {
            wanted: [Wanted::Yes, Wanted::No, Wanted::Unknown, Wanted::Unknown]
                [usize::from(two(0))],
            icmp: [Cause::None, Cause::Unwanted, Cause::May, Cause::Must][usize::from(two(2))],
            again: two(4),
            most: two(6),
            surely: two(8),
            told: flag(10),
            left: flag(11),
            untold: flag(12),
        }
    }

    /// Changes what is known.
    pub fn change(&mut self, change: impl FnOnce(&mut Reporting)) {
        let mut known = self.known();
        change(&mut known);
        *self = known.kept();
    }
}

/// What is known of the reports of one connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reporting {
    /// Whether the user wants any.
    pub wanted: Wanted,
    /// ICMP errors since reports were last asked for.
    pub icmp: Cause,
    /// The most that a segment of this flight can have been sent again, up to [`R1`].
    pub again: u8,
    /// The same, of all flights since reports were last asked for.
    pub most: u8,
    /// The least that the first outstanding number was sent again since something last arrived, up to
    /// [`R1`], while the window was open.
    pub surely: u8,
    /// That is not to be told of any more: it was, or the user did not want it.
    pub told: bool,
    /// When the user switched reports off, something had been sent again that was not yet told of.
    pub left: bool,
    /// The connection was given up beyond R2, and that text was sent again was never told.
    pub untold: bool,
}

impl Reporting {
    /// The same, as a block keeps it.
    pub fn kept(self) -> Told {
        let two = [
            self.wanted as u8,
            self.icmp as u8,
            self.again,
            self.most,
            self.surely,
        ];
        let flags = [self.told, self.left, self.untold];
        let flags = flags
            .iter()
            .rev()
            .fold(0, |bits, flag| bits << 1 | u16::from(*flag));
        let bits = two.iter().rev();
        Told(bits.fold(flags, |bits, two| bits << 2 | u16::from(two & 3)))
    }

    /// Nothing is known.
    pub const UNKNOWN: Reporting = Reporting {
        wanted: Wanted::Unknown,
        icmp: Cause::None,
        again: 0,
        most: 0,
        surely: 0,
        told: true,
        left: false,
        untold: false,
    };

    /// What is left of this when the socket is opened anew, or for another connection.
    #[must_use]
    pub fn anew(self) -> Reporting {
        let wanted = match self.wanted {
            Wanted::Yes => Wanted::Yes,
            Wanted::No | Wanted::Unknown => Wanted::Unknown,
        };
        Reporting {
            wanted,
            ..self.again_listening()
        }
    }

    /// What is left when a listener that had a handshake goes back to LISTEN: what was not asked for
    /// may still be told.
    #[must_use]
    pub fn again_listening(self) -> Reporting {
        Reporting {
            wanted: self.wanted,
            icmp: self.icmp.min(Cause::May),
            most: self.most,
            left: self.left,
            told: self.wanted != Wanted::Yes,
            ..Reporting::default()
        }
    }

    /// The user has switched reports on or off.
    pub fn switch(&mut self, on: bool) {
        if on {
            self.wanted = Wanted::Yes;
            if self.icmp == Cause::Unwanted {
                self.icmp = Cause::May;
            }
            return;
        }
        self.wanted = Wanted::No;
        self.icmp = self.icmp.min(Cause::May);
        self.left = self.most > 0;
        self.told = true;
        self.untold = false;
    }

    /// The user has been told what there is, `retransmission` among it or not.
    pub fn read(&mut self, retransmission: bool) {
        self.icmp = Cause::None;
        self.most = self.again;
        self.left = false;
        self.told |= retransmission;
        self.untold = false;
    }

    /// Something is sent again, or may be; the first outstanding number `surely`.
    fn sent_again(&mut self, surely: bool) {
        self.again = (self.again + 1).min(R1);
        self.most = self.most.max(self.again);
        if surely {
            self.surely = (self.surely + 1).min(R1);
        }
    }

    /// Nothing was outstanding, and something leaves.
    fn flight_begins(&mut self) {
        self.again = 0;
        self.surely = 0;
        self.told = self.wanted != Wanted::Yes;
    }

    /// The connection is over: what was to be told of it may be forgotten.
    pub fn ends(&mut self) {
        self.icmp = self.icmp.min(Cause::May);
    }
}

/// An ICMP error arrives. What is asked of TCP is asked for those that IP passes up; that a fragment
/// was missed is the affair of IP as well, which may keep it to itself.
pub(super) fn error(tcb: &mut Tcb, class: IcmpClass, kind: IcmpKind) {
    let connected = tcb.state.synchronized() || tcb.state == State::SynSent;
    let binds = connected && kind != IcmpKind::Reassembly;
    let cause = match (class.error, class.quote) {
        // It belongs to nobody here, or has to be discarded silently (RFC9293-MUST-55).
        (_, QuoteClass::Elsewhere) | (ErrorClass::Quench, _) => return,
        (ErrorClass::Soft, QuoteClass::InFlight) if binds => Cause::Must,
        (
            ErrorClass::Soft | ErrorClass::Hard | ErrorClass::TooBig | ErrorClass::Open,
            QuoteClass::InFlight | QuoteClass::Next | QuoteClass::Outside,
        ) => Cause::May,
    };
    tcb.told.change(|known| {
        known.icmp = known.icmp.max(match known.wanted {
            Wanted::Yes => cause,
            Wanted::No => Cause::Unwanted,
            Wanted::Unknown => Cause::May,
        });
    });
}

/// A segment arrives: there is a way to the peer, and one back if it acknowledges.
pub(super) fn arrived(tcb: &mut Tcb, seg: &Segment) {
    tcb.told.change(|known| {
        known.surely = 0;
        if seg.flags.ack() {
            known.icmp = known.icmp.min(Cause::May);
        }
    });
}

/// The stack sends a segment, and the connection stands as `after` then.
pub(super) fn departed(before: &Tcb, after: &mut Tcb, seg: &Segment) {
    if seg.flags.rst() {
        return;
    }
    let snd = &before.snd;
    let nothing_out = snd.una == snd.nxt;
    if snd.iss.is_some() && seg.seq.before(snd.nxt) {
        let first = seg.seq.at_or_before(snd.una) && !nothing_out && !seg.is_empty();
        let open = (snd.wnd > 0 && !before.rtx.probing) || before.state == State::SynSent;
        after.told.change(|known| known.sent_again(first && open));
    } else if nothing_out && after.snd.nxt != snd.nxt {
        after.told.change(Reporting::flight_begins);
    }
}

/// The connection is given up, not before `from`.
pub(super) fn given_up(before: &Tcb, after: &mut Tcb, from: Instant, ctx: &Context) {
    let rtx = &before.rtx;
    let at = from.max(rtx.sent_at).min(ctx.now);
    let silent = at.since(before.arrived_at.max(rtx.flight_at));
    let binds = before.state.synchronized() || before.state == State::SynSent;
    let known = before.told.known();
    let untold = binds && silent >= R2 && known.surely == R1 && !known.told;
    after.told.change(|known| known.untold = untold);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_known() {
        for bits in 0..1 << 13 {
            let told = Told(bits);
            let known = told.known();
            assert_eq!(known.kept().known(), known);
            if bits & 3 != 3 {
                assert_eq!(known.kept(), told, "{bits:b}");
            }
        }
        assert_eq!(Reporting::default().kept(), Told::default());
    }

    #[test]
    fn what_was_pending_when_reports_end_may_still_be_told() {
        let mut known = Reporting {
            icmp: Cause::Must,
            most: 2,
            ..Reporting::default()
        };
        known.switch(false);
        assert_eq!((known.icmp, known.left), (Cause::May, true));
        assert_eq!(known.anew().wanted, Wanted::Unknown);
        assert_eq!(known.again_listening().wanted, Wanted::No);
        known.read(false);
        assert_eq!((known.icmp, known.left), (Cause::None, false));
        known.icmp = Cause::Unwanted;
        known.switch(true);
        assert_eq!((known.wanted, known.icmp), (Wanted::Yes, Cause::May));
    }

    #[test]
    fn each_flight_counts_for_itself_and_what_was_not_asked_for_remains() {
        let mut known = Reporting::default();
        for _ in 0..5 {
            known.sent_again(true);
        }
        assert_eq!((known.again, known.most, known.surely), (R1, R1, R1));
        known.flight_begins();
        assert_eq!((known.again, known.most, known.surely), (0, R1, 0));
        known.read(true);
        assert_eq!((known.most, known.told), (0, true));
        known.flight_begins();
        assert!(!known.told);
    }
}
