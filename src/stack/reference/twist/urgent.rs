//! What is understood, told and sent wrongly of urgent data, and of what is pushed.

use super::Parts;
use crate::model::{Tcb, ends_push, pointed_ahead, send_pointer};
use crate::stack::Reports;
use crate::stack::reference::fault::Fault;
use crate::wire::{Flags, Segment};

/// After an arrival: `after` is what the model makes of it.
pub(super) fn arrival(fault: Fault, before: &Tcb, after: &mut Tcb, seg: &Segment) {
    if !seg.flags.urg() || !before.state.synchronized() {
        return;
    }
    let ahead = pointed_ahead(after, seg);
    let closed = before.rcv.edge.at_or_before(before.rcv.nxt);
    match fault {
        Fault::UrgentGoesBack => after.urgent.put_exactly(ahead),
        Fault::UrgentAfterFin if before.rcv.fin => after.urgent.put_exactly(ahead),
        Fault::UrgentEndsLater if after.urgent.least() == ahead => {
            after.urgent.put_exactly(ahead + 1);
        }
        Fault::ClosedWindowNotUrgent if closed => after.urgent = before.urgent,
        _ => {}
    }
}

/// A segment on its way out; `before` is the block as it was before the model consented.
pub(super) fn emission(fault: Fault, before: &Tcb, parts: &mut Parts<'_>) {
    let seg = &mut *parts.segment;
    let flags = seg.flags;
    let text = seg.payload_len > 0 && !flags.intersects(Flags::SYN | Flags::RST);
    match fault {
        Fault::UrgentUnsent => {
            seg.flags = flags.without(Flags::URG);
            seg.urgent = 0;
        }
        Fault::UrgentPointsAtLast if flags.urg() => seg.urgent -= 1,
        Fault::UrgentForEver if text && send_pointer(before).is_none() => {
            seg.flags = flags | Flags::URG;
            seg.urgent = 1;
        }
        Fault::PushFlagIgnored if ends_push(before, seg.seq, seg.payload_len) => {
            seg.flags = flags.without(Flags::PSH);
        }
        _ => {}
    }
}

/// How much is left up to the end of urgent data.
pub(in crate::stack::reference) fn left(fault: Option<Fault>, tcb: &Tcb) -> u32 {
    match fault {
        Some(Fault::UrgentRemainderWrong) => tcb.urgent.least().min(tcb.unread()),
        Some(_) | None => tcb.urgent.least(),
    }
}

/// What is reported of urgent data.
pub(in crate::stack::reference) fn report(fault: Option<Fault>, tcb: &Tcb) -> Reports {
    let told = match fault {
        Some(Fault::UrgentUnreported) => false,
        Some(Fault::UrgentReportedAgain) => tcb.urgent.least() > 0,
        Some(_) | None => tcb.urgent.reportable(),
    };
    match told {
        true => Reports::URGENT,
        false => Reports::NONE,
    }
}
