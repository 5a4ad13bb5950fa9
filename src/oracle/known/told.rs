//! What known deviations may ask of the segment that came instead, beside its kind.

use std::ops::BitOr;

use super::{FromName, choose};
use crate::model::Tcb;
use crate::oracle::worlds::Happening;
use crate::wire::{Segment, SeqNumber};

/// What is special about a segment that the stack sends, seen from the connection that it is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Told(u8);

impl Told {
    /// Nothing.
    pub const NONE: Told = Told(0);
    /// It advertises a window of zero.
    pub const SHUT: Told = Told(1);
    /// It acknowledges more than the peer's FIN.
    pub const BEYOND_FIN: Told = Told(2);
    /// Each SACK block is of what has come: what waits, what it acknowledges, or what lies behind the
    /// peer's FIN.
    pub const CAME: Told = Told(4);

    /// All of them with their names.
    pub const NAMES: [(Told, &'static str); 3] = [
        (Told::SHUT, "shut"),
        (Told::BEYOND_FIN, "beyond-fin"),
        (Told::CAME, "came"),
    ];

    /// Whether it is special in all of these ways.
    pub fn contains(self, others: Told) -> bool {
        self.0 & others.0 == others.0
    }

    /// What is special about what happens, if it is a segment that the stack sends.
    pub(in crate::oracle) fn by(tcb: &Tcb, what: Happening<'_>) -> Told {
        let Happening::Emission(seg, _) = what else {
            return Told::NONE;
        };
        let note = |holds: bool, told: Told| if holds { told } else { Told::NONE };
        let beyond = tcb.rcv.fin && seg.flags.ack() && seg.ack.after(tcb.rcv.nxt);
        note(seg.window == 0, Told::SHUT)
            | note(beyond, Told::BEYOND_FIN)
            | note(blocks_came(tcb, seg), Told::CAME)
    }
}

impl BitOr for Told {
    type Output = Told;

    fn bitor(self, other: Told) -> Told {
        Told(self.0 | other.0)
    }
}

impl FromName for Told {
    fn from_name(name: &str) -> Result<Told, String> {
        choose("word for a segment that came instead", name, &Told::NAMES)
    }
}

/// Whether each SACK block is of something that has come. What lies behind the FIN is no part of the
/// stream, and not remembered: there it is enough that the window had room for it.
fn blocks_came(tcb: &Tcb, seg: &Segment) -> bool {
    let fin = match tcb.rcv.fin {
        true => Some(tcb.rcv.nxt),
        false => tcb.rcv.fin_ahead,
    };
    let came = |&(left, right): &(u32, u32)| {
        let (left, right) = (SeqNumber(left), SeqNumber(right));
        let acknowledged = left.at_or_after(tcb.rcv.irs) && right.at_or_before(seg.ack);
        let stream = fin.map_or(right, |fin| right.earlier(fin));
        let waits = right.at_or_before(tcb.rcv.edge_max) && tcb.rcv.ahead.covers(left, stream);
        left.before(right) && (acknowledged || waits)
    };
    seg.options.sack.iter().all(came)
}
