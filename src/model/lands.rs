//! Connections of which it is not known where RCV.NXT has landed.
//!
//! A gap was filled over which more had arrived than is remembered. RCV.NXT lies between two bounds
//! then: the end of what has filled the gap, which the block has for RCV.NXT meanwhile, and the end
//! of all that arrived. The next acknowledgment tells where. Until then what arrives may be ahead,
//! or old, or next.

use super::tcb::{Branches, Due, Tcb};
use super::{Context, Fault, Unsaid, arrives, calls};
use crate::spec::req;
use crate::stack::{Outcome, RstRule};
use crate::trace::Call;
use crate::wire::{Segment, SeqNumber};

impl Tcb {
    /// Where RCV.NXT has landed, of a connection of which that is not known, as a segment tells that
    /// the stack sends; the same where it is known, or the segment does not tell.
    pub fn landed(&self, seg: &Segment) -> Tcb {
        let mut tcb = *self;
        if self.rcv.lands && seg.flags.ack() && seg.ack.after(self.rcv.nxt) {
            tcb.rcv.lands = false;
            tcb.land(seg.ack);
        }
        tcb
    }

    /// RCV.NXT lies here, or behind, if it may.
    fn land(&mut self, nxt: SeqNumber) {
        let far = self.rcv.ahead.may_reach(self.rcv.nxt);
        if far.is_some_and(|far| nxt.at_or_before(far)) {
            self.rcv.nxt = nxt;
            self.rcv.ahead.forget_before(nxt);
        }
    }
}

/// A segment arrives before that is known.
pub fn arrives(tcb: &Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) -> bool {
    let unclear = seg.options.malformed || seg.options.duplicate || matters(tcb, seg, ctx);
    if unclear || tcb.rcv.fin_ahead.is_some() || !tcb.state.receives_text() {
        return false;
    }
    let first = out.len();
    arrives::step(tcb, seg, ctx, out);
    let mut old = None;
    for (after, _) in out.iter_mut(first) {
        if after.mute {
            continue;
        }
        // It may be held, or next, or neither: nothing is to be said of a recommendation.
        after.rcv.lands = true;
        after.due.owe_soft_ack(None);
        after.misses = tcb.misses;
        if let Some(reply) = &mut after.due.reply {
            reply.required &= seg.end().at_or_before(tcb.rcv.nxt);
        }
        old.get_or_insert(*after);
    }
    // What lies before RCV.NXT is answered, and not used.
    let differs = |after: &Tcb| seg.seq.after(tcb.rcv.nxt) && after.snd != tcb.snd;
    if let Some(after) = old.filter(differs) {
        let due = Due {
            ack: tcb.due.ack,
            send: tcb.due.send,
            ..after.due
        };
        let unused = Tcb {
            due,
            input: after.input,
            ..*tcb
        };
        out.push(unused, req::RFC9293_3_5_2_P03);
    }
    true
}

/// Whether where RCV.NXT lies makes more of a difference than whether the segment is used.
fn matters(tcb: &Tcb, seg: &Segment, ctx: &Context) -> bool {
    let far = tcb.rcv.ahead.may_reach(tcb.rcv.nxt);
    let edge = tcb.rcv.edge_max.later(far.unwrap_or(tcb.rcv.nxt));
    let outside = seg.seq.before(tcb.rcv.nxt) || seg.seq.after(edge + ctx.profile.receive_buffer);
    match (seg.flags.rst(), seg.flags.syn()) {
        (true, _) => !outside,
        // Wherever it lies, it draws an acknowledgment.
        (false, true) => ctx.profile.syn != RstRule::Rfc5961,
        (false, false) => seg.flags.fin(),
    }
}

/// A call before that is known.
///
/// # Errors
/// The fault, where no landing explains its outcome.
pub fn called(
    tcb: &Tcb,
    call: &Call,
    outcome: Outcome,
    text: &[u8],
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    let mut tcb = *tcb;
    if let (Call::Receive(_), Outcome::Received(_)) = (call, outcome) {
        // What is delivered was received in order.
        let read = tcb.rcv.irs + 1 + tcb.rcv.read + text.len() as u32;
        if read.after(tcb.rcv.nxt) {
            tcb.land(read);
        }
    }
    if let Call::Abort = call {
        tcb = tcb.unsaid(Unsaid::Ahead);
        out.push(tcb, req::RFC9293_3_10_5_P01);
        return Ok(());
    }
    calls::step(&tcb, call, outcome, text, ctx, out)
}
