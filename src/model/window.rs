//! The window that the peer offers (RFC 9293 section 3.8.6, RFC 7323 section 2).

use super::Tcb;
use crate::wire::{Segment, SeqNumber};

impl Tcb {
    /// The right edge of the send window.
    pub fn send_edge(&self) -> SeqNumber {
        self.snd.una + self.snd.wnd
    }

    /// The shift to apply to the windows that the peer advertises outside SYNs.
    pub fn send_shift(&self) -> u8 {
        match (self.ours.window_scale, self.theirs.window_scale) {
            (Some(_), Some(theirs)) => theirs.min(14),
            (Some(_) | None, _) => 0,
        }
    }

    /// The window that a segment of the peer offers, in octets, if it is no SYN.
    pub fn offered(&self, seg: &Segment) -> u32 {
        u32::from(seg.window) << self.send_shift()
    }

    /// Takes over a window that the peer offers.
    pub fn take_window(&mut self, wnd: u32, seg: &Segment) {
        let edge = self.send_edge();
        self.snd.wnd = wnd;
        let text = self.snd.nxt.after(self.text_start());
        if text && edge.before(self.snd.nxt) && self.send_edge().after(edge) {
            // What it had no room for may be sent again at once.
            self.rtx.dup_acks = self.rtx.dup_acks.max(3);
        }
        self.snd.wl1 = seg.seq;
        self.snd.wl2 = seg.ack;
        self.snd.wnd_from_syn = seg.flags.syn();
        self.snd.max_wnd = self.snd.max_wnd.max(wnd);
        if seg.flags.ack() {
            // Where what was never sent is acknowledged, the window counts from SND.UNA.
            let from = match seg.ack.after(self.snd.nxt) {
                true => self.snd.una,
                false => seg.ack,
            };
            self.snd.edge_max = self.snd.edge_max.later(from + wnd);
        }
    }
}
