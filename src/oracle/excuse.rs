//! What becomes of an event that no state explains: a known deviation, a recommendation missed, or
//! a deviation.

use arrayvec::ArrayVec;

use super::also::{self, Place};
use super::arrived;
use super::coverage::Coverage;
use super::host::{End, Host, NOBODY};
use super::icmp::suspected;
use super::known::{Aside, Then};
use super::tell;
use super::verdict::{Deviation, Instead, Shape, Verdict};
use super::worlds::{Happening, Stepped, Worlds};
use crate::model::tcb::{Miss, Tcb};
use crate::model::{Context, Entries, EventClass, Fault, SegmentClass, State, timeouts};
use crate::spec::req;
use crate::stack::{Outcome, SOCKETS};
use crate::time::Instant;
use crate::trace::{Trace, What};

impl Host {
    /// Looks for what explains an event, a known deviation among it.
    pub(super) fn explain(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        what: Happening<'_>,
        coverage: &mut Coverage,
    ) -> End {
        let mut ctx = *ctx;
        // One known deviation may be needed after another; each uses up an entry or a deadline.
        for _ in 0..8 {
            let ctx_now = ctx;
            ctx.owed = None;
            let ctx = &ctx_now;
            let worlds = &mut self.sockets[socket];
            match worlds.step(what, ctx, &self.known, &mut self.scratch, coverage) {
                Stepped::Explained if self.keeps_to_the_explained(ctx, socket, what) => {
                    return End::Explained;
                }
                Stepped::Explained => self.sockets[socket].step_back(),
                Stepped::Unexplained => {}
            }
            let faults = std::mem::take(&mut self.sockets[socket].faults);
            let end = self.go_on(trace, ctx, socket, what, &faults, coverage);
            let done = match end {
                GoOn::Again => None,
                GoOn::Explained => Some(End::Explained),
                GoOn::Stop(verdict) => Some(End::Verdict(verdict)),
                GoOn::No => Some(self.unexplained(trace, ctx, socket, what, &faults)),
            };
            self.sockets[socket].faults = faults;
            if let Some(end) = done {
                return end;
            }
        }
        End::Verdict(Verdict::Inconclusive(
            "known deviations that lead to each other without end".into(),
        ))
    }

    /// Some states are left, and others were dropped that a known deviation would have saved.
    /// Which of them are right shows later: a choice. A silent deviation is none, for its states
    /// were there from the start.
    fn keeps_to_the_explained(
        &mut self,
        ctx: &Context<'_>,
        socket: usize,
        what: Happening<'_>,
    ) -> bool {
        if self.known.is_empty() {
            return true;
        }
        let worlds = &self.sockets[socket];
        let savable = worlds.faults.iter().any(|(fault, tcb)| {
            let shape = shape(&self.sharpen(*fault, what, ctx), tcb, ctx);
            let aside = Aside::met(worlds.reused(), tcb, what);
            self.known.covers(&shape, aside).is_some()
        });
        !savable || self.choices.take(2) == 0
    }

    /// No state explains what happened, and no known deviation either. Tells the fault of the
    /// state that came furthest.
    fn unexplained(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        what: Happening<'_>,
        faults: &[(Fault, Tcb)],
    ) -> End {
        let deepest = faults.iter().rev().max_by_key(|(fault, _)| fault.depth);
        match deepest {
            Some((fault, tcb)) => {
                if let Happening::Call(_, Outcome::Received(len), _) = what
                    && fault.requirement == req::RFC9293_2_2_P01
                    && let Some(why) = arrived::differs(trace, ctx.index as usize, tcb, len)
                {
                    return End::Verdict(Verdict::Inconclusive(why.into()));
                }
                let sharp = self.sharpen(*fault, what, ctx);
                let fault = suspected(fault, tcb, what).unwrap_or(sharp);
                self.deviates(trace, ctx, socket, &fault, tcb)
            }
            None => End::Verdict(Verdict::Inconclusive("no state is left".into())),
        }
    }

    /// An answer to what must not be answered breaks that rule, whatever else it breaks.
    fn sharpen(&self, fault: Fault, what: Happening<'_>, ctx: &Context<'_>) -> Fault {
        match (self.unanswerable, what) {
            (Some((requirement, at)), Happening::Emission(..)) if at == ctx.now => Fault {
                requirement,
                ..fault
            },
            _ => fault,
        }
    }

    /// Looks for a known deviation, or a recommendation missed, that explains one of the faults,
    /// and goes on from the states that it is the fault of.
    fn go_on(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        what: Happening<'_>,
        faults: &[(Fault, Tcb)],
        coverage: &mut Coverage,
    ) -> GoOn {
        let covering = |host: &Host, (fault, tcb): &(Fault, Tcb)| {
            let sharp = Some(host.sharpen(*fault, what, ctx));
            let ways = [sharp, suspected(fault, tcb, what)];
            ways.into_iter().flatten().find_map(|fault| {
                let aside = Aside::met(host.sockets[socket].reused(), tcb, what);
                let (entry, then) = host.known.covers(&shape(&fault, tcb, ctx), aside)?;
                Some((fault, entry, then))
            })
        };
        let mut known: ArrayVec<(Fault, u16, Then), 8> = ArrayVec::new();
        for way in faults.iter().filter_map(|pair| covering(self, pair)) {
            if known.iter().all(|(_, other, _)| *other != way.1) {
                // What finds no room is no choice.
                let _ = known.try_push(way);
            }
        }
        // Different states may be saved by different entries.
        let chosen = match known.len() {
            0 | 1 => 0,
            several => usize::from(self.choices.take(several as u8)),
        };
        let Some(&(fault, entry, then)) = known.get(chosen) else {
            return self.put_up(ctx, socket, what, faults);
        };
        let saved =
            |pair: &&(Fault, Tcb)| covering(self, pair).is_some_and(|(_, known, _)| known == entry);
        if self.noting
            && let Some((_, tcb)) = faults.iter().find(saved)
        {
            let tcb = *tcb;
            self.note_excused(trace, ctx, entry, &fault, &tcb);
        }
        self.sockets[socket].now.clear();
        for pair in faults {
            if covering(self, pair).is_some_and(|(_, known, _)| known == entry) {
                self.sockets[socket].now.add(Tcb {
                    known: pair.1.known | Entries::one(entry),
                    ..pair.1
                });
            }
        }
        self.known_then(trace, ctx, socket, what, &fault, entry, then, coverage)
    }

    /// A recommendation is missed: that is noted, and what was owed is let off.
    fn put_up(
        &mut self,
        ctx: &Context<'_>,
        socket: usize,
        what: Happening<'_>,
        faults: &[(Fault, Tcb)],
    ) -> GoOn {
        let recommended = |fault: &Fault| fault.requirement.level().is_recommended();
        if !faults.iter().any(|(fault, _)| recommended(fault)) {
            return GoOn::No;
        }
        let worlds = &mut self.sockets[socket];
        worlds.now.clear();
        for (fault, tcb) in faults.iter().filter(|(fault, _)| recommended(fault)) {
            let shape = shape(fault, tcb, ctx);
            let mut tcb = *tcb;
            forgive(&mut tcb, ctx.now);
            tcb.miss(Miss {
                requirement: fault.requirement,
                state: shape.state,
                event: shape.event,
                instead: fault.instead,
                index: ctx.index,
            });
            worlds.now.add(tcb);
        }
        match faults.iter().find(|(fault, _)| recommended(fault)) {
            Some((fault, _)) if answers(fault, what) => GoOn::Explained,
            Some(_) | None => GoOn::Again,
        }
    }

    /// Goes on after a known deviation, as its entry says.
    #[expect(
        clippy::too_many_arguments,
        reason = "one event and all that it is judged by"
    )]
    fn known_then(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        what: Happening<'_>,
        fault: &Fault,
        entry: u16,
        then: Then,
        coverage: &mut Coverage,
    ) -> GoOn {
        let one = Entries::one(entry);
        let now = ctx.now;
        let worlds = &mut self.sockets[socket];
        match then {
            Then::Stop => {
                if let Happening::Emission(seg, _) = what
                    && (socket == NOBODY || seg.flags.syn())
                {
                    self.mute_listeners(seg.src.port, one);
                }
                if socket == NOBODY {
                    return GoOn::Explained;
                }
                let shown = shown(what);
                let worlds = &mut self.sockets[socket];
                for tcb in &mut worlds.now {
                    if tcb.state == State::Closed {
                        tcb.state = shown.unwrap_or(tcb.state);
                    }
                    *tcb = tcb.muted();
                }
            }
            Then::Diverted => {
                let Happening::Emission(seg, _) = what else {
                    return GoOn::No;
                };
                if !self.mute_first_listener(seg.src.port, one) {
                    return GoOn::No;
                }
                for tcb in &mut self.sockets[socket].now {
                    *tcb = tcb.muted();
                }
            }
            Then::Pardoned => {
                let mut pardoned = ctx.pardoned;
                let Some(free) = pardoned.iter_mut().find(|slot| slot.is_none()) else {
                    return GoOn::No;
                };
                *free = Some(fault.requirement);
                let ctx = Context {
                    pardoned,
                    owed: None,
                    ..*ctx
                };
                return match self.explain(trace, &ctx, socket, what, coverage) {
                    End::Explained => GoOn::Explained,
                    End::Verdict(verdict) => GoOn::Stop(verdict),
                };
            }
            Then::Window
            | Then::Kept
            | Then::Accepted
            | Then::Apart
            | Then::Narrow
            | Then::Wide
            | Then::Overheard
            | Then::Options
            | Then::Recent
            | Then::Past => {
                return GoOn::No;
            }
            Then::Ignored | Then::Refused => {
                let Some(input) = worlds.input else {
                    return GoOn::No;
                };
                // The input had no effect: back to the states before it, then all that was seen
                // since.
                let met = worlds.now.first().map(|tcb| tcb.input);
                worlds.now.copy_from(&worlds.before);
                for tcb in &mut worlds.now {
                    tcb.known |= one;
                    tcb.input = met.unwrap_or(tcb.input);
                    tcb.due.reply = None;
                    // What is answered now is this input, not what came ahead of a gap before it.
                    tcb.rcv.latest = None;
                    if then == Then::Refused {
                        tcb.due.credit = tcb.due.credit.max(1);
                    }
                }
                if !self.replay(trace, ctx, socket, input + 1, coverage) {
                    return GoOn::No;
                }
                let reset = fault.instead == Instead::Rst && answers(fault, what);
                if then == Then::Refused && reset {
                    return GoOn::Explained;
                }
            }
            Then::Forgiven => {
                for tcb in &mut worlds.now {
                    forgive(tcb, now);
                }
                if answers(fault, what) {
                    return GoOn::Explained;
                }
            }
            Then::Closed => {
                for tcb in &mut worlds.now {
                    *tcb = tcb.severed();
                }
                if let (true, Happening::Emission(..)) = (answers(fault, what), what) {
                    return GoOn::Explained;
                }
            }
        }
        GoOn::Again
    }

    /// Some listener on a port has got a connection that it should not have: nothing is said of
    /// any of them.
    pub(super) fn mute_listeners(&mut self, port: u16, by: Entries) {
        for worlds in &mut self.sockets[..SOCKETS] {
            for tcb in &mut worlds.now {
                if tcb.state == State::Listen && tcb.port == port {
                    tcb.known |= by;
                    *tcb = tcb.muted();
                }
            }
        }
    }

    /// A connection opened anew from TIME-WAIT may have answered, or, as is known, the listener
    /// beside it: that shows only later, so one way goes on with either.
    pub(super) fn divert(&mut self, socket: usize, port: u16) {
        let anew = |tcb: &Tcb| tcb.reopened_above.is_some() && !tcb.mute;
        let listens = |tcb: &Tcb| tcb.state == State::Listen && tcb.port == port;
        let beside = |other: &Worlds| other.now.iter().any(listens);
        if !self.sockets[socket].now.iter().any(anew) || !self.sockets[..SOCKETS].iter().any(beside)
        {
            return;
        }
        let mut entries = self.known.entries().iter();
        let Some(entry) = entries.position(|known| known.then == Then::Diverted) else {
            return;
        };
        if self.choices.take(2) == 0 {
            return;
        }
        let one = Entries::one(entry as u16);
        self.mute_first_listener(port, one);
        for tcb in &mut self.sockets[socket].now {
            *tcb = tcb.muted();
            tcb.known |= one;
        }
        self.used.push(entry as u16);
    }

    /// Nothing more is said of the first listener on a port; false when there is none.
    fn mute_first_listener(&mut self, port: u16, by: Entries) -> bool {
        let listens = |tcb: &Tcb| tcb.state == State::Listen && tcb.port == port;
        let mut sockets = self.sockets[..SOCKETS].iter_mut();
        let Some(first) = sockets.find(|worlds| worlds.now.iter().any(listens)) else {
            return false;
        };
        for tcb in &mut first.now {
            if listens(tcb) {
                tcb.known |= by;
                *tcb = tcb.muted();
            }
        }
        true
    }

    /// Explains again what this socket sent since event `from`.
    fn replay(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        from: usize,
        coverage: &mut Coverage,
    ) -> bool {
        for (index, event) in trace.events[..ctx.index as usize]
            .iter()
            .enumerate()
            .skip(from)
        {
            let What::Emission {
                segment: Some(seg),
                text,
                ..
            } = &event.what
            else {
                continue;
            };
            if self.sender(seg) != socket {
                continue;
            }
            let then = Context::new(event.at, ctx.profile, index as u32);
            let what = Happening::Emission(seg, trace.octets(*text));
            let worlds = &mut self.sockets[socket];
            match worlds.step(what, &then, &self.known, &mut self.scratch, coverage) {
                Stepped::Explained => {}
                Stepped::Unexplained => return false,
            }
        }
        true
    }

    /// Notes what a known deviation breaks here.
    fn note_excused(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        entry: u16,
        fault: &Fault,
        tcb: &Tcb,
    ) {
        let shape = shape(fault, tcb, ctx);
        let kin = self.kin(trace, ctx, tcb);
        let place = Place {
            trace,
            index: ctx.index as usize,
            tcb,
            kin: kin.as_ref(),
            state: shape.state,
            event: shape.event,
        };
        let also = also::broken(fault.requirement, fault.instead, place);
        let all = std::iter::once(fault.requirement).chain(also);
        self.excused.extend(all.map(|broken| (entry, broken)));
    }

    /// What is left of a connection between the ends of the last segment that arrived, if some
    /// other socket holds it.
    fn kin(&self, trace: &Trace, ctx: &Context<'_>, tcb: &Tcb) -> Option<Tcb> {
        let upto = (ctx.index as usize + 1).min(trace.events.len());
        let last = trace.events[..upto]
            .iter()
            .rev()
            .find_map(|event| match &event.what {
                What::Arrival { segment, .. } => segment.as_ref(),
                _ => None,
            })?;
        let left =
            |known: &&Tcb| known.state == State::Closed && known.matches(last.dst.port, last.src);
        let sockets = self.sockets[..SOCKETS].iter();
        let kin = sockets.flat_map(|worlds| worlds.now.iter()).find(left);
        kin.filter(|_| tcb.remote != Some(last.src) || tcb.snd.iss.is_none())
            .copied()
    }

    pub(super) fn deviates(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        fault: &Fault,
        tcb: &Tcb,
    ) -> End {
        let kin = self.kin(trace, ctx, tcb);
        let deviation: Deviation = tell::deviation(
            trace,
            ctx,
            &self.sockets[socket],
            fault,
            tcb,
            kin.as_ref(),
            shape(fault, tcb, ctx),
        );
        End::Verdict(Verdict::Deviates(Box::new(deviation)))
    }
}

/// Whether a known deviation lets the judgment go on.
enum GoOn {
    /// Step again, from the states as they are now.
    Again,
    /// The event itself is explained.
    Explained,
    /// It ends here.
    Stop(Verdict),
    /// No entry fits.
    No,
}

/// By what a fault is known again.
pub(super) fn shape(fault: &Fault, tcb: &Tcb, ctx: &Context<'_>) -> Shape {
    let (state, event) = match tcb.suspect {
        Some(error) if error.by == fault.requirement => {
            (error.state, EventClass::Icmp(error.class))
        }
        Some(_) | None => timeouts::class_of(tcb, fault, ctx),
    };
    Shape {
        requirement: fault.requirement,
        state,
        event: coarse(event),
        instead: fault.instead,
    }
}

/// URG makes no difference to what a deviation is.
pub(super) fn coarse(event: EventClass) -> EventClass {
    match event {
        EventClass::Segment(class) => EventClass::Segment(SegmentClass::new(
            class.flags().without(crate::wire::Flags::URG),
            class.text,
            class.seq,
            class.ack,
        )),
        EventClass::Listen
        | EventClass::Connect
        | EventClass::Send
        | EventClass::Receive
        | EventClass::Close
        | EventClass::Abort
        | EventClass::Status
        | EventClass::Ask
        | EventClass::Time
        | EventClass::Icmp(_) => event,
    }
}

/// Whether a fault is about what the stack did just now, not about what it had to do before.
fn answers(fault: &Fault, what: Happening<'_>) -> bool {
    match what {
        Happening::Emission(..) | Happening::Call(..) => fault.instead != Instead::Silence,
        Happening::Arrival(_) | Happening::Icmp(_) | Happening::Quiet => false,
    }
}

/// What a segment shows of the connection that has sent it, though it should be no more: that it
/// goes on, and whether its handshake does.
fn shown(what: Happening<'_>) -> Option<State> {
    let Happening::Emission(seg, _) = what else {
        return None;
    };
    match (seg.flags.rst(), seg.flags.syn(), seg.flags.ack()) {
        (true, _, _) => None,
        (false, true, true) => Some(State::SynReceived),
        (false, true, false) => Some(State::SynSent),
        (false, false, _) => Some(State::Established),
    }
}

/// Everything that is overdue is let off.
fn forgive(tcb: &mut Tcb, now: Instant) {
    tcb.due.reply = None;
    for due in [&mut tcb.due.syn, &mut tcb.due.ack, &mut tcb.due.send] {
        if *due <= now {
            *due = Instant::NEVER;
        }
    }
    tcb.rtx.since = now;
    tcb.rtx.gap = crate::time::Micros::ZERO;
}
