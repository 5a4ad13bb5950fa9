//! One host: its sockets, each with its model states, and what belongs to no socket.
//!
//! Sockets are followed apart from each other. A segment goes to the connection whose ports and
//! addresses it carries, else to a listener on its port, else to nobody.

use super::coverage::Coverage;
use super::known::{KnownDeviations, Then};
use super::tell;
use super::verdict::{Deviation, Judgment, Shape, Verdict};
use super::worlds::{Happening, Stepped, Worlds};
use crate::model::tcb::{Branches, Input, Miss, Tcb};
use crate::model::{
    AckClass, Context, EventClass, Fault, SegmentClass, SeqClass, State, arrives, emits, timeouts,
};
use crate::spec::{Req, req};
use crate::stack::{Outcome, SOCKETS};
use crate::time::Instant;
use crate::trace::{Call, Event, Trace, What};
use crate::wire::{Endpoint, Segment, SeqNumber};

/// The place of what belongs to no socket.
const NOBODY: usize = SOCKETS;

/// How many initial sequence numbers of earlier incarnations are remembered.
const ISNS: usize = 8;

/// The host under judgment.
pub(super) struct Host {
    pub(super) known: KnownDeviations,
    sockets: [Worlds; SOCKETS + 1],
    scratch: Box<[Branches; 2]>,
    used: Vec<u16>,
    /// The socket that met the last input.
    last: usize,
    /// A known deviation was one of several explanations, and not the one that was followed.
    passed_over: bool,
    /// Why the last arrival must not be answered at all.
    unanswerable: Option<(Req, Instant)>,
    isns: Vec<(u16, Endpoint, SeqNumber)>,
}

/// Where a segment goes.
enum Route {
    /// To this socket, or to nobody.
    To(usize),
    /// To one of several, as far as is known.
    Unknown,
}

/// How the judgment of one event ended.
enum End {
    /// Go on.
    Explained,
    /// Stop here.
    Verdict(Verdict),
}

impl Host {
    pub(super) fn new(known: KnownDeviations) -> Host {
        Host {
            known,
            sockets: Default::default(),
            scratch: Box::default(),
            used: Vec::new(),
            last: 0,
            passed_over: false,
            unanswerable: None,
            isns: Vec::with_capacity(ISNS),
        }
    }

    fn reset(&mut self) {
        for worlds in &mut self.sockets {
            worlds.reset();
        }
        self.used.clear();
        self.last = 0;
        self.passed_over = false;
        self.isns.clear();
        self.unanswerable = None;
    }

    pub(super) fn judge(&mut self, trace: &Trace, coverage: &mut Coverage) -> Judgment {
        self.reset();
        for (index, event) in trace.events.iter().enumerate() {
            match self.event(trace, index, event, coverage) {
                End::Explained => {}
                End::Verdict(verdict) => {
                    // A stack that broke in the end is broken, whatever it did on the way.
                    let verdict = match (&verdict, trace.events.last().map(|event| &event.what)) {
                        (Verdict::Deviates(_), Some(What::Broken(why))) => self.broken(why),
                        _ => End::Verdict(verdict),
                    };
                    if let End::Verdict(verdict) = verdict {
                        return self.judgment(trace, verdict);
                    }
                }
            }
        }
        self.judgment(trace, Verdict::Conforms)
    }

    /// The verdict together with what the cheapest explanation had to put up with.
    fn judgment(&mut self, trace: &Trace, verdict: Verdict) -> Judgment {
        let mut missed = Vec::new();
        for worlds in &self.sockets {
            let Some(best) = worlds.now.iter().min_by_key(|tcb| tcb.cost()) else {
                continue;
            };
            let mut known = best.known;
            while known != 0 {
                self.used.push(known.trailing_zeros() as u16);
                known &= known - 1;
            }
            for miss in best.misses.iter().flatten() {
                let shape = Shape {
                    requirement: miss.requirement,
                    state: miss.state,
                    event: miss.event,
                    instead: miss.instead,
                };
                match self.known.covers_miss(&shape) {
                    Some(entry) => self.used.push(entry),
                    None => missed.push(tell::missed(trace, miss, shape, best)),
                }
            }
        }
        self.used.sort_unstable();
        self.used.dedup();
        missed.sort_by_key(|deviation| deviation.event);
        Judgment {
            verdict,
            missed,
            known: self.used.clone(),
        }
    }

    fn event(
        &mut self,
        trace: &Trace,
        index: usize,
        event: &Event,
        coverage: &mut Coverage,
    ) -> End {
        let ctx = Context {
            now: event.at,
            profile: &trace.profile,
            index: index as u32,
            pardoned: [None; 2],
        };
        match &event.what {
            What::Arrival {
                segment, damaged, ..
            } => self.arrival(trace, &ctx, segment.as_ref(), damaged.is_some(), coverage),
            What::Emission {
                segment,
                damaged,
                text,
                ..
            } => {
                let text = trace.octets(*text);
                self.emission(trace, &ctx, segment.as_ref(), *damaged, text, coverage)
            }
            What::Call {
                socket,
                call,
                outcome,
                text,
            } => {
                self.unanswerable = None;
                let happening = Happening::Call(call, *outcome, trace.octets(*text));
                let socket = usize::from(socket.0).min(SOCKETS - 1);
                if let Some((port, remote)) = self.opens(socket, call, *outcome) {
                    // What the other sockets hold by now.
                    let end = self.quiet(trace, &ctx, Some(socket), coverage);
                    if let End::Verdict(_) = end {
                        return end;
                    }
                    if let Some(end) = self.opened_twice(trace, &ctx, socket, port, remote) {
                        return end;
                    }
                }
                self.input(trace, &ctx, socket, happening, coverage)
            }
            What::Quiet => self.quiet(trace, &ctx, None, coverage),
            What::Broken(why) => self.broken(why),
        }
    }

    /// The connection that a call opens actively, if it does: OPEN, or SEND where the socket
    /// listens for one peer.
    fn opens(&self, socket: usize, call: &Call, outcome: Outcome) -> Option<(u16, Endpoint)> {
        match (call, outcome) {
            (Call::Connect { port, remote }, Outcome::Done) => Some((*port, *remote)),
            (Call::Send(_), Outcome::Sent(_)) => {
                let now = &self.sockets[socket].now;
                let listens = |tcb: &&Tcb| tcb.state == State::Listen;
                let tcb = now.iter().find(listens)?;
                tcb.only.map(|remote| (tcb.port, remote))
            }
            _ => None,
        }
    }

    /// Two sockets cannot hold one connection: the second OPEN has to fail.
    fn opened_twice(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        port: u16,
        remote: Endpoint,
    ) -> Option<End> {
        let holds = |tcb: &Tcb| {
            !matches!(tcb.state, State::Closed | State::Listen) && tcb.matches(port, remote)
        };
        let other = (0..SOCKETS)
            .find(|&other| other != socket && self.sockets[other].now.iter().any(holds))?;
        let known: Vec<&Tcb> = self.sockets[other].now.iter().collect();
        if !known.iter().all(|tcb| holds(tcb)) {
            return Some(End::Verdict(Verdict::Inconclusive(
                "two sockets may hold the same connection".into(),
            )));
        }
        let fault = Fault::new(
            req::RFC9293_3_10_1_P02,
            super::Instead::CallDone,
            "OPEN of a connection that exists fails",
        );
        let tcb = Tcb {
            input: Input {
                state: known[0].state,
                class: EventClass::Connect,
                at: ctx.now,
            },
            ..*known[0]
        };
        match self.known.covers(&shape(&fault, &tcb, ctx)) {
            Some((entry, _)) => {
                self.used.push(entry);
                Some(End::Verdict(Verdict::Conforms))
            }
            None => Some(self.deviates(trace, ctx, other, &fault, &tcb)),
        }
    }

    /// The stack broke in answer to the last input.
    fn broken(&mut self, why: &str) -> End {
        let met = self.sockets[self.last].now.first();
        let known = met.and_then(|tcb| {
            let (state, class) = (tcb.input.state, coarse(tcb.input.class));
            self.known.covers_breakage(state, class, why)
        });
        match known {
            Some(entry) => {
                self.used.push(entry);
                End::Verdict(Verdict::Conforms)
            }
            None => End::Verdict(Verdict::Broken(why.to_owned())),
        }
    }

    /// Something done to one socket; to all others it is only that time has passed.
    fn input(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        what: Happening<'_>,
        coverage: &mut Coverage,
    ) -> End {
        if let end @ End::Verdict(_) = self.quiet(trace, ctx, Some(socket), coverage) {
            return end;
        }
        self.last = socket;
        self.reached(ctx, socket, &what, coverage);
        self.step(trace, ctx, socket, what, coverage)
    }

    /// Counts what met which state.
    fn reached(
        &self,
        ctx: &Context<'_>,
        socket: usize,
        what: &Happening<'_>,
        coverage: &mut Coverage,
    ) {
        let Some(tcb) = self.sockets[socket].now.first() else {
            return;
        };
        let class = match what {
            Happening::Arrival(seg) => EventClass::Segment(arrives::classify(tcb, seg, ctx)),
            Happening::Call(call, ..) => crate::model::calls::class(call),
            Happening::Emission(..) | Happening::Quiet => EventClass::Time,
        };
        coverage.reach(tcb.state, class);
    }

    /// Lets time pass for every socket but one.
    fn quiet(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        but: Option<usize>,
        coverage: &mut Coverage,
    ) -> End {
        for socket in 0..=NOBODY {
            if Some(socket) == but || self.sockets[socket].is_idle(ctx) {
                continue;
            }
            let end = self.step(trace, ctx, socket, Happening::Quiet, coverage);
            if let End::Verdict(_) = end {
                return end;
            }
        }
        End::Explained
    }

    fn arrival(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        segment: Option<&Segment>,
        damaged: bool,
        coverage: &mut Coverage,
    ) -> End {
        let stack = ctx.profile.family.stack();
        let readable = segment.filter(|_| !damaged);
        let unanswerable = match readable {
            None => Some(req::RFC9293_MUST_3),
            Some(seg) if arrives::addressed_properly(seg, stack) => None,
            Some(seg) if seg.dst.addr != stack => Some(req::RFC9293_MUST_57),
            Some(seg) if seg.flags.syn() => Some(req::RFC9293_MUST_63),
            // Only for SYNs is it said what an impossible source address comes to.
            Some(_) => None,
        };
        self.unanswerable = unanswerable.map(|requirement| (requirement, ctx.now));
        if let Some(requirement) = unanswerable {
            coverage.exercise(requirement);
            let end = self.quiet(trace, ctx, None, coverage);
            self.pass_by(ctx, readable);
            return end;
        }
        let Some(seg) = readable else {
            return End::Explained;
        };
        if let end @ End::Verdict(_) = self.quiet(trace, ctx, None, coverage) {
            return end;
        }
        let socket = match self.route(seg.dst.port, seg.src) {
            Route::To(socket) => socket,
            Route::Unknown => {
                return End::Verdict(Verdict::Inconclusive(
                    "which of two sockets a segment reaches cannot be known".into(),
                ));
            }
        };
        if socket == NOBODY {
            for tcb in self.sockets[NOBODY].touch() {
                tcb.port = seg.dst.port;
                tcb.remote = Some(seg.src);
            }
        }
        let end = self.input(trace, ctx, socket, Happening::Arrival(seg), coverage);
        if !arrives::addressed_properly(seg, stack) || seg.src.addr == stack {
            self.tolerate_address(ctx, socket);
        }
        end
    }

    /// A segment that belongs to no connection and must not be answered.
    fn pass_by(&mut self, ctx: &Context<'_>, segment: Option<&Segment>) {
        self.last = NOBODY;
        let Some(seg) = segment else {
            return;
        };
        let text = seg.payload_len > 0;
        let class = SegmentClass::new(seg.flags, text, SeqClass::Elsewhere, AckClass::Any);
        let class = coarse(EventClass::Segment(class));
        for tcb in self.sockets[NOBODY].touch() {
            tcb.input = Input {
                state: State::Closed,
                class,
                at: ctx.now,
            };
        }
        // What it must do to nobody, a stack may be known to let it do to a listener.
        for worlds in &mut self.sockets[..SOCKETS] {
            for i in 0..worlds.now.len() {
                let tcb = worlds.now[i];
                if tcb.state != State::Listen || tcb.port != seg.dst.port {
                    continue;
                }
                for (entry, then) in self.known.silent(State::Listen, class) {
                    if then == Then::Closed {
                        worlds.now.add(&Tcb {
                            known: tcb.known | 1 << entry,
                            ..tcb.severed()
                        });
                    }
                }
            }
        }
    }

    /// A segment that claims to come from the stack itself, or from no possible host, may be
    /// dropped, or treated as any.
    fn tolerate_address(&mut self, ctx: &Context<'_>, socket: usize) {
        let worlds = &mut self.sockets[socket];
        for tcb in &mut worlds.now {
            if let Some(reply) = &mut tcb.due.reply {
                reply.required = false;
            }
            if tcb.due.syn == ctx.now {
                tcb.due.syn = Instant::NEVER;
            }
        }
        for i in 0..worlds.before.len() {
            worlds.now.add(&worlds.before[i]);
        }
    }

    /// The socket that a segment from `remote` to `port` belongs to: the connection of that name,
    /// else the first listener, else nobody.
    fn route(&self, port: u16, remote: Endpoint) -> Route {
        let alive = |tcb: &Tcb| {
            !matches!(tcb.state, State::Closed | State::Listen) && tcb.matches(port, remote)
        };
        let listens = |tcb: &Tcb| {
            tcb.state == State::Listen
                && tcb.port == port
                && tcb.only.is_none_or(|only| only == remote)
        };
        let takes = |tcb: &Tcb| alive(tcb) || listens(tcb);
        let Some(first) = self.find(alive).or_else(|| self.find(listens)) else {
            return Route::To(NOBODY);
        };
        // If it may be that this socket does not take it, and another would, nobody can tell.
        let surely = |tcb: &Tcb| takes(tcb) && !tcb.mute;
        let surely = self.sockets[first].now.iter().all(surely);
        let other =
            (0..SOCKETS).any(|other| other != first && self.sockets[other].now.iter().any(takes));
        if !surely && other {
            return Route::Unknown;
        }
        Route::To(first)
    }

    fn find(&self, test: impl Fn(&Tcb) -> bool) -> Option<usize> {
        (0..SOCKETS).find(|&socket| self.sockets[socket].now.iter().any(&test))
    }

    /// The socket that has sent a segment from `port` to `remote`.
    fn sender(&self, port: u16, remote: Endpoint) -> usize {
        let answers = |tcb: &Tcb| tcb.due.reply.is_some();
        let nobody = &self.sockets[NOBODY].now;
        if nobody
            .iter()
            .any(|tcb| tcb.matches(port, remote) && answers(tcb))
        {
            return NOBODY;
        }
        let alive = |tcb: &Tcb| {
            !matches!(tcb.state, State::Closed | State::Listen) && tcb.matches(port, remote)
        };
        let called =
            |tcb: &Tcb| tcb.port == port && tcb.due.reply_to == Some(remote) && answers(tcb);
        let owes = |tcb: &Tcb| called(tcb) && tcb.due.reply.is_some_and(|reply| reply.required);
        self.find(alive)
            .or_else(|| self.find(owes))
            .or_else(|| self.find(called))
            .or_else(|| self.remembers(port, remote))
            .or_else(|| self.find(|tcb| tcb.port == port && tcb.due.reply_to == Some(remote)))
            .or_else(|| self.find(|tcb| tcb.port == port && tcb.mute))
            .unwrap_or(NOBODY)
    }

    /// The closed socket that was last connected so; the one that met the last input first.
    fn remembers(&self, port: u16, remote: Endpoint) -> Option<usize> {
        let matches = |tcb: &Tcb| tcb.matches(port, remote);
        let last = self.last < SOCKETS && self.sockets[self.last].now.iter().any(matches);
        match last {
            true => Some(self.last),
            false => self.find(matches),
        }
    }

    fn emission(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        segment: Option<&Segment>,
        damaged: Option<&'static str>,
        text: &[u8],
        coverage: &mut Coverage,
    ) -> End {
        coverage.exercise(req::RFC9293_MUST_2);
        let (Some(seg), None) = (segment, damaged) else {
            let why = damaged.unwrap_or("a packet that is no TCP segment");
            return self.malformed(trace, ctx, req::RFC9293_MUST_2, why, segment);
        };
        if seg.src.addr != ctx.profile.family.stack() {
            return self.malformed(
                trace,
                ctx,
                self.unanswerable.map_or(req::RFC9293_MUST_45, |(by, _)| by),
                "a segment from an address that is not the stack's",
                segment,
            );
        }
        let socket = self.sender(seg.src.port, seg.dst);
        let end = self.step(trace, ctx, socket, Happening::Emission(seg, text), coverage);
        if seg.flags.syn() {
            self.isn_advances(ctx, socket, seg);
        }
        end
    }

    /// A packet that is wrong by itself.
    fn malformed(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        by: Req,
        expected: &'static str,
        segment: Option<&Segment>,
    ) -> End {
        let fault = Fault::new(by, super::Instead::Other, expected);
        let tcb = self.sockets[self.last].now.first().copied();
        let tcb = tcb.unwrap_or_default();
        if let Some((entry, then)) = self.known.covers(&shape(&fault, &tcb, ctx)) {
            self.used.push(entry);
            if let (Then::Stop, Some(seg)) = (then, segment) {
                self.mute_listeners(seg.src.port, 1 << entry);
            }
            return End::Explained;
        }
        self.deviates(trace, ctx, self.last, &fault, &tcb)
    }

    /// The ISN of a later incarnation of one four-tuple is ahead of the earlier (RFC9293-MUST-8).
    fn isn_advances(&mut self, ctx: &Context<'_>, socket: usize, seg: &Segment) {
        let key = (seg.src.port, seg.dst);
        let seen = self
            .isns
            .iter()
            .position(|(port, remote, _)| (*port, *remote) == key);
        let Some(seen) = seen else {
            if self.isns.len() < ISNS {
                self.isns.push((key.0, key.1, seg.seq));
            }
            return;
        };
        let before = self.isns[seen].2;
        if seg.seq.before(before) {
            for tcb in &mut self.sockets[socket].now {
                tcb.miss(Miss {
                    requirement: req::RFC9293_MUST_8,
                    state: tcb.state,
                    event: EventClass::Time,
                    instead: emits::kind(seg),
                    index: ctx.index,
                });
            }
        }
        self.isns[seen].2 = seg.seq;
    }

    fn step(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        what: Happening<'_>,
        coverage: &mut Coverage,
    ) -> End {
        // One known deviation may be needed after another; each uses up an entry or a deadline.
        for _ in 0..8 {
            let worlds = &mut self.sockets[socket];
            match worlds.step(what, ctx, &self.known, &mut self.scratch, coverage) {
                Stepped::Explained => {
                    self.note_passed_over(ctx, socket, what);
                    return End::Explained;
                }
                Stepped::TooMany => {
                    return End::Verdict(Verdict::Inconclusive(format!(
                        "more than {} states explain what was seen",
                        super::worlds::MOST
                    )));
                }
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

    /// Some states were dropped that a known deviation would have saved; others were left. Should
    /// those not do in the end, it cannot be said what led there.
    fn note_passed_over(&mut self, ctx: &Context<'_>, socket: usize, what: Happening<'_>) {
        if self.known.is_empty() {
            return;
        }
        let faults = &self.sockets[socket].faults;
        self.passed_over |= faults.iter().any(|(fault, tcb)| {
            let fault = self.sharpen(*fault, what, ctx);
            self.known.covers(&shape(&fault, tcb, ctx)).is_some()
        });
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
        if self.passed_over {
            return End::Verdict(Verdict::Inconclusive(
                "a known deviation may have led here, or may not".into(),
            ));
        }
        let deepest = faults.iter().rev().max_by_key(|(fault, _)| fault.depth);
        match deepest {
            Some((fault, tcb)) => {
                let fault = self.sharpen(*fault, what, ctx);
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
        let sharp = |host: &Host, (fault, tcb): &(Fault, Tcb)| {
            let fault = host.sharpen(*fault, what, ctx);
            (fault, shape(&fault, tcb, ctx))
        };
        let known = faults.iter().find_map(|pair| {
            let (fault, shape) = sharp(self, pair);
            let (entry, then) = self.known.covers(&shape)?;
            Some((fault, entry, then))
        });
        let Some((fault, entry, then)) = known else {
            return self.put_up(ctx, socket, what, faults);
        };
        let mut covered = std::mem::take(&mut self.sockets[socket].now);
        covered.clear();
        for pair in faults {
            let (_, shape) = sharp(self, pair);
            if self.known.covers(&shape) == Some((entry, then)) {
                covered.add(&Tcb {
                    known: pair.1.known | 1 << entry,
                    ..pair.1
                });
            }
        }
        self.sockets[socket].now = covered;
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
            worlds.now.add(&tcb);
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
        let bit = 1u64 << entry;
        let now = ctx.now;
        let worlds = &mut self.sockets[socket];
        match then {
            Then::Stop => {
                if let Happening::Emission(seg, _) = what
                    && (socket == NOBODY || seg.flags.syn())
                {
                    self.mute_listeners(seg.src.port, bit);
                }
                if socket == NOBODY {
                    return GoOn::Explained;
                }
                let worlds = &mut self.sockets[socket];
                for tcb in &mut worlds.now {
                    *tcb = tcb.muted();
                }
            }
            Then::Pardoned => {
                let lenient = match ctx.pardoned {
                    [None, _] => [Some(fault.requirement), None],
                    [first, None] => [first, Some(fault.requirement)],
                    [Some(_), Some(_)] => return GoOn::No,
                };
                let ctx = Context {
                    pardoned: lenient,
                    ..*ctx
                };
                return match self.step(trace, &ctx, socket, what, coverage) {
                    End::Explained => GoOn::Explained,
                    End::Verdict(verdict) => GoOn::Stop(verdict),
                };
            }
            Then::Window => return GoOn::No,
            Then::Ignored | Then::Refused => {
                let Some(input) = worlds.input else {
                    return GoOn::No;
                };
                // The input had no effect: back to the states before it, then all that was seen
                // since.
                worlds.now.copy_from(&worlds.before);
                for tcb in &mut worlds.now {
                    tcb.known |= bit;
                    tcb.due.reply = None;
                    tcb.due.credit = then == Then::Refused;
                }
                if !self.replay(trace, ctx, socket, input + 1, coverage) {
                    return GoOn::No;
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
    fn mute_listeners(&mut self, port: u16, bit: u64) {
        for worlds in &mut self.sockets[..SOCKETS] {
            for tcb in &mut worlds.now {
                if tcb.state == State::Listen && tcb.port == port {
                    tcb.known |= bit;
                    *tcb = tcb.muted();
                }
            }
        }
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
            if self.sender(seg.src.port, seg.dst) != socket {
                continue;
            }
            let then = Context {
                now: event.at,
                profile: ctx.profile,
                index: index as u32,
                pardoned: [None; 2],
            };
            let what = Happening::Emission(seg, trace.octets(*text));
            let worlds = &mut self.sockets[socket];
            match worlds.step(what, &then, &self.known, &mut self.scratch, coverage) {
                Stepped::Explained => {}
                Stepped::Unexplained | Stepped::TooMany => return false,
            }
        }
        true
    }

    fn deviates(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        fault: &Fault,
        tcb: &Tcb,
    ) -> End {
        let deviation: Deviation = tell::deviation(
            trace,
            ctx,
            &self.sockets[socket],
            fault,
            tcb,
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
fn shape(fault: &Fault, tcb: &Tcb, ctx: &Context<'_>) -> Shape {
    let (state, event) = timeouts::class_of(tcb, fault, ctx);
    Shape {
        requirement: fault.requirement,
        state,
        event: coarse(event),
        instead: fault.instead,
    }
}

/// URG makes no difference to what a deviation is.
fn coarse(event: EventClass) -> EventClass {
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
        | EventClass::Time => event,
    }
}

/// Whether a fault is about what the stack did just now, not about what it had to do before.
fn answers(fault: &Fault, what: Happening<'_>) -> bool {
    match what {
        Happening::Emission(..) | Happening::Call(..) => fault.instead != super::Instead::Silence,
        Happening::Arrival(_) | Happening::Quiet => false,
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
