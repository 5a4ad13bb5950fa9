//! A SYN for a connection in TIME-WAIT, where another socket listens.
//!
//! It may open the connection anew, and whose the new one is, nobody says: the socket's that held
//! the old one, or the listener's, as interfaces of listeners have it.

use super::coverage::Coverage;
use super::host::{End, Host};
use super::worlds::Happening;
use crate::model::{Context, State, Tcb, arrives};
use crate::stack::SOCKETS;
use crate::trace::Trace;
use crate::wire::Segment;

/// Whether a socket listens to what a segment is for.
fn listens(tcb: &Tcb, seg: &Segment) -> bool {
    !tcb.mute && tcb.listens_to(seg.dst.port, seg.src)
}

impl Host {
    /// A SYN arrives that is for this socket.
    pub(super) fn syn_arrives(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        syn: &Segment,
        coverage: &mut Coverage,
    ) -> End {
        let ctx = &Context {
            listened: self.listened(socket, syn),
            ..*ctx
        };
        match self.handed_over(trace, ctx, socket, syn, coverage) {
            Some(end) => end,
            None => self.meets(trace, ctx, socket, Happening::Arrival(syn), coverage),
        }
    }

    /// Whether another socket than this one surely listens to what a segment is for.
    fn listened(&self, socket: usize, seg: &Segment) -> bool {
        let surely = |other: usize| {
            let now = &self.sockets[other].now;
            !now.is_empty() && now.iter().all(|tcb| listens(tcb, seg))
        };
        (0..SOCKETS).any(|other| other != socket && surely(other))
    }

    /// The listener that takes a segment which was for the connection of `socket`: it opens that
    /// anew, and the old one is over.
    fn handed_over(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        seg: &Segment,
        coverage: &mut Coverage,
    ) -> Option<End> {
        let anew = |tcb: &Tcb| !tcb.mute && arrives::opens_anew(tcb, seg, ctx);
        let above = self.sockets[socket]
            .now
            .iter()
            .find(|tcb| anew(tcb))?
            .snd
            .nxt;
        let may = |host: &Host, other: usize| {
            let now = &host.sockets[other].now;
            now.iter().any(|tcb| listens(tcb, seg))
        };
        let listener = (0..SOCKETS).find(|&other| other != socket && may(self, other))?;
        if self.choices.take(2) == 0 {
            return None;
        }
        let old = self.sockets[socket].touch();
        old.retain(|tcb| anew(tcb));
        for tcb in old {
            *tcb = tcb.closed();
        }
        let new = self.sockets[listener].touch();
        new.retain(|tcb| listens(tcb, seg));
        let end = self.meets(trace, ctx, listener, Happening::Arrival(seg), coverage);
        for tcb in &mut self.sockets[listener].now {
            if tcb.state == State::SynReceived {
                tcb.reopened_above = Some(above);
            }
        }
        Some(end)
    }
}
