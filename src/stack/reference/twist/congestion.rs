//! What is said wrongly of congestion (RFC 3168 section 6.1).

use super::Parts;
use crate::model::Tcb;
use crate::stack::reference::fault::Fault;
use crate::wire::{Ecn, Flags};

/// A segment on its way out; `before` is the block as it was before the model consented.
pub(super) fn emission(fault: Fault, before: &Tcb, parts: &mut Parts<'_>) {
    let seg = &mut *parts.segment;
    let flags = seg.flags;
    if flags.rst() {
        return;
    }
    if flags.syn() {
        match fault {
            Fault::EcnDeclined => seg.flags = flags.without(Flags::ECE | Flags::CWR),
            Fault::EctOnSyn => seg.ecn = Ecn::Ect0,
            _ => {}
        }
        return;
    }
    let text = seg.payload_len > 0;
    let again = text && seg.end().at_or_before(before.snd.nxt);
    let new = text && !again;
    let probe = new && before.snd.wnd == 0;
    let echoed = before.rcv.acked == Some(seg.ack);
    match fault {
        Fault::EctUnasked | Fault::EctRefused if new => seg.ecn = Ecn::Ect0,
        Fault::EctOnAck if seg.is_empty() => seg.ecn = Ecn::Ect0,
        Fault::EctAgain if again => seg.ecn = Ecn::Ect0,
        Fault::EctOnProbe if probe => seg.ecn = Ecn::Ect0,
        Fault::CwrOnProbe if probe => seg.flags = flags.with(Flags::CWR),
        Fault::CeIgnored => seg.flags = flags.without(Flags::ECE),
        Fault::CeEchoedOnce if echoed => seg.flags = flags.without(Flags::ECE),
        Fault::EceAlways => seg.flags = flags.with(Flags::ECE),
        Fault::StrayCeEchoed if before.ecn.strays() => seg.flags = flags.with(Flags::ECE),
        Fault::CwrMissing => seg.flags = flags.without(Flags::CWR),
        Fault::CwrAlways if new => seg.flags = flags.with(Flags::CWR),
        Fault::CwrAgain if again => seg.flags = flags.with(Flags::CWR),
        Fault::EctOther if seg.ecn == Ecn::Ect0 => seg.ecn = Ecn::Ect1,
        _ => {}
    }
}
