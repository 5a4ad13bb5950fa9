//! What the peer's echo of congestion calls for: a smaller window, or a pause (RFC 3168 section
//! 6.1.2).

use super::{Flight, Sent, passes};
use crate::model::emits::kind;
use crate::model::{Context, Fault, Tcb};
use crate::spec::req;
use crate::stack::CongestionControl;
use crate::time::Instant;
use crate::wire::{Flags, Segment, SeqNumber};

/// What ECE has called for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Echo {
    /// SND.NXT when the window was last to be reduced: before that is acknowledged, ECE calls for
    /// nothing more.
    reacted: Option<SeqNumber>,
    /// When it has met a window of one segment; [`Instant::NEVER`] once something new has left or
    /// was acknowledged.
    paused_at: Instant,
}

impl Default for Echo {
    fn default() -> Echo {
        Echo {
            reacted: None,
            paused_at: Instant::NEVER,
        }
    }
}

impl Echo {
    /// Nothing new may leave before the retransmission timer has run out.
    pub(super) fn pauses(&self) -> bool {
        self.paused_at != Instant::NEVER
    }

    /// Text has left.
    pub(super) fn sent(&mut self) {
        self.paused_at = Instant::NEVER;
    }
}

impl Flight {
    /// Something has arrived that acknowledges so many octets. Returns whether it tells of
    /// congestion.
    pub(super) fn hears_echo(
        &mut self,
        seg: &Segment,
        acked: u32,
        full: u32,
        tcb: &Tcb,
        ctx: &Context,
    ) -> bool {
        if acked > 0 {
            self.echo.paused_at = Instant::NEVER;
        }
        let says = seg.flags.contains(Flags::ACK.with(Flags::ECE));
        if self.vague || acked == 0 || !says || !tcb.ecn.used() {
            return false;
        }
        let settled = self.echo.reacted.is_some_and(|to| self.una.before(to));
        if settled || !self.congestion.binds() {
            return true;
        }
        if self.congestion.is_fresh() && self.congestion.window(full) <= full {
            self.echo.paused_at = ctx.now;
        }
        self.echo.reacted = Some(tcb.snd.nxt);
        self.congestion.echoed(full, tcb, ctx);
        true
    }

    /// A window of one segment cannot be halved: the timer has to run out before the next.
    pub(super) fn check_echo(
        &self,
        text: &Sent,
        seg: &Segment,
        ctx: &Context,
    ) -> Result<(), Fault> {
        let paused_at = self.echo.paused_at;
        let controlled = ctx.profile.congestion != CongestionControl::None;
        if !self.echo.pauses() || text.again || !controlled {
            return Ok(());
        }
        if text.now.since(paused_at) + ctx.profile.slack >= ctx.profile.rto_min {
            return Ok(());
        }
        passes(
            req::RFC3168_6_1_2_2,
            kind(seg),
            "nothing new before the retransmission timer has run out, for ECE has met a congestion \
             window of one segment",
            ctx,
        )
    }
}
