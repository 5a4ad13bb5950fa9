//! Probes of a closed window: when the first comes, and how the gaps grow (RFC 9293 section
//! 3.8.6.1).

use crate::model::emits::miss;
use crate::model::{Context, Tcb};
use crate::spec::req;
use crate::time::{Instant, Micros};
use crate::wire::Segment;

/// Gaps need not grow beyond this: what the limit is, an implementation chooses.
const LIMIT: Micros = Micros::secs(10);

/// The probes of a window that was found closed when nothing was in flight.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Probes {
    /// Since when text has waited for the window to open.
    since: Option<Instant>,
    /// When the last probe left.
    last: Option<Instant>,
    /// The gap before it, if there was one before.
    gap: Micros,
    /// The explanations did not agree: nothing is said until the window opens.
    void: bool,
}

impl Probes {
    /// Begins to count when text waits at a closed window with nothing in flight, and stops when
    /// it opens.
    pub(super) fn settle(&mut self, tcb: &Tcb, unsent: bool, ctx: &Context) {
        let waits = unsent && tcb.snd.una == tcb.snd.nxt;
        if tcb.mute || !tcb.state.synchronized() {
            self.forget();
        } else if tcb.snd.wnd > 0 {
            // A window that has room for a part only may be waited out, by a timer that runs on.
            match waits && tcb.queue_end().after(tcb.snd.nxt + tcb.snd.wnd) {
                true => self.forget(),
                false => *self = Probes::default(),
            }
        } else if self.since.is_none() && !self.void && waits {
            self.since = Some(ctx.now);
        }
    }

    /// What was seen of a window that is closed counts no more.
    pub(super) fn forget(&mut self) {
        *self = Probes {
            void: true,
            ..Probes::default()
        };
    }

    /// Looks at one.
    pub(super) fn check(&self, tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
        let closed = tcb.snd.wnd == 0 && ctx.profile.keep_alive.is_none();
        let Some(since) = self.since.filter(|_| closed) else {
            return;
        };
        let slack = ctx.profile.slack;
        let Some(last) = self.last else {
            let waited = ctx.now.since(since);
            let latest = tcb.rtx.ceiling.max(ctx.profile.rto_initial).times(4);
            if seg.payload_len == 0 {
                return;
            }
            if waited + slack < ctx.profile.rto_min || waited > latest + slack {
                miss(tcb, seg, ctx, req::RFC9293_SHLD_29);
            }
            return;
        };
        let gap = ctx.now.since(last) + slack;
        if self.gap < LIMIT && gap.times(2) < self.gap.times(3) {
            miss(tcb, seg, ctx, req::RFC9293_SHLD_30);
        }
    }

    /// A probe has left. What arrived at `heard_at` may have been an answer, and have begun the gap
    /// anew.
    pub(super) fn sent(&mut self, tcb: &Tcb, heard_at: Instant, ctx: &Context) {
        if self.since.is_none() || tcb.snd.wnd != 0 {
            return;
        }
        if let Some(last) = self.last {
            self.gap = ctx.now.since(last.max(heard_at));
        }
        self.last = Some(ctx.now);
    }
}
