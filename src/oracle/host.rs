//! One host: its sockets, each with its model states, and what belongs to no socket.
//!
//! Sockets are followed apart from each other. A segment goes to the connection whose ports and
//! addresses it carries, else to a listener on its port, else to nobody.

use super::coverage::Coverage;
use super::known::{KnownDeviations, Then};
use super::tell;
use super::verdict::{Deviation, Judgment, Shape, Verdict};
use super::worlds::{Happening, Stepped, Worlds};
use crate::model::tcb::{Branches, Miss, Tcb};
use crate::model::{Context, EventClass, Fault, SegmentClass, State, arrives, emits, timeouts};
use crate::spec::{Req, req};
use crate::stack::SOCKETS;
use crate::time::Instant;
use crate::trace::{Event, Trace, What};
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
    /// Why the last arrival must not be answered at all.
    unanswerable: Option<Req>,
    isns: Vec<(u16, Endpoint, SeqNumber)>,
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
            unanswerable: None,
            isns: Vec::with_capacity(ISNS),
        }
    }

    fn reset(&mut self) {
        for worlds in &mut self.sockets {
            worlds.reset();
        }
        self.used.clear();
        self.isns.clear();
        self.unanswerable = None;
    }

    pub(super) fn judge(&mut self, trace: &Trace, coverage: &mut Coverage) -> Judgment {
        self.reset();
        for (index, event) in trace.events.iter().enumerate() {
            match self.event(trace, index, event, coverage) {
                End::Explained => {}
                End::Verdict(verdict) => return self.judgment(trace, verdict),
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
                let happening = Happening::Call(call, *outcome, trace.octets(*text));
                let socket = usize::from(socket.0).min(SOCKETS - 1);
                self.input(trace, &ctx, socket, happening, coverage)
            }
            What::Quiet => self.quiet(trace, &ctx, None, coverage),
            What::Broken(why) => End::Verdict(Verdict::Broken(why.clone())),
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
        self.unanswerable = match readable {
            None => Some(req::RFC9293_MUST_3),
            Some(seg) if arrives::addressed_properly(seg, stack) => None,
            Some(seg) if seg.dst.addr != stack => Some(req::RFC9293_MUST_57),
            Some(seg) if seg.flags.syn() => Some(req::RFC9293_MUST_63),
            // Only for SYNs is it said what an impossible source address comes to.
            Some(_) => None,
        };
        if let Some(requirement) = self.unanswerable {
            coverage.exercise(requirement);
            return self.quiet(trace, ctx, None, coverage);
        }
        let Some(seg) = readable else {
            return End::Explained;
        };
        let socket = self.route(seg.dst.port, seg.src);
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

    /// The socket that a segment from `remote` to `port` belongs to.
    fn route(&self, port: u16, remote: Endpoint) -> usize {
        let alive = |tcb: &Tcb| {
            !matches!(tcb.state, State::Closed | State::Listen) && tcb.matches(port, remote)
        };
        let listens = |tcb: &Tcb| {
            tcb.state == State::Listen
                && tcb.port == port
                && tcb.only.is_none_or(|only| only == remote)
        };
        self.find(alive)
            .or_else(|| self.find(listens))
            .unwrap_or(NOBODY)
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
        self.find(alive)
            .or_else(|| self.find(called))
            .or_else(|| self.find(|tcb| tcb.matches(port, remote)))
            .or_else(|| self.find(|tcb| tcb.port == port && tcb.due.reply_to == Some(remote)))
            .unwrap_or(NOBODY)
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
            return self.malformed(trace, ctx, req::RFC9293_MUST_2, why);
        };
        if seg.src.addr != ctx.profile.family.stack() {
            return self.malformed(
                trace,
                ctx,
                self.unanswerable.unwrap_or(req::RFC9293_MUST_45),
                "a segment from an address that is not the stack's",
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
    ) -> End {
        let fault = Fault::new(by, super::Instead::Other, expected);
        let tcb = self.sockets[0].now.first().copied().unwrap_or_default();
        self.deviates(trace, ctx, 0, &fault, &tcb)
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
        let worlds = &mut self.sockets[socket];
        match worlds.step(what, ctx, &self.known, &mut self.scratch, coverage) {
            Stepped::Explained => End::Explained,
            stepped => self.stumble(trace, ctx, socket, what, stepped, coverage),
        }
    }

    /// A step that did not come off: perhaps a known deviation helps.
    #[cold]
    fn stumble(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        what: Happening<'_>,
        mut stepped: Stepped,
        coverage: &mut Coverage,
    ) -> End {
        // One known deviation may be needed after another; each uses up an entry or a deadline.
        for _ in 0..8 {
            let (fault, tcb) = match stepped {
                Stepped::Explained => return End::Explained,
                Stepped::TooMany => {
                    return End::Verdict(Verdict::Inconclusive(format!(
                        "more than {} states explain what was seen",
                        super::worlds::MOST
                    )));
                }
                Stepped::Unexplained(fault, tcb) => (self.sharpen(fault, what), tcb),
            };
            match self.go_on(trace, ctx, socket, what, &fault, &tcb, coverage) {
                GoOn::Again => {}
                GoOn::Explained => return End::Explained,
                GoOn::Stop => return End::Verdict(Verdict::Conforms),
                GoOn::No if fault.requirement.level().is_recommended() => {
                    self.put_up(ctx, socket, &fault, &tcb);
                    if let Happening::Emission(..) | Happening::Call(..) = what {
                        return End::Explained;
                    }
                }
                GoOn::No => return self.deviates(trace, ctx, socket, &fault, &tcb),
            }
            let worlds = &mut self.sockets[socket];
            stepped = worlds.step(what, ctx, &self.known, &mut self.scratch, coverage);
        }
        End::Verdict(Verdict::Inconclusive(
            "known deviations that lead to each other without end".into(),
        ))
    }

    /// An answer to what must not be answered breaks that rule, whatever else it breaks.
    fn sharpen(&self, fault: Fault, what: Happening<'_>) -> Fault {
        match (self.unanswerable, what) {
            (Some(requirement), Happening::Emission(..)) if !fault.timed => Fault {
                requirement,
                ..fault
            },
            _ => fault,
        }
    }

    /// A recommendation is missed: that is noted, and what was owed is let off.
    fn put_up(&mut self, ctx: &Context<'_>, socket: usize, fault: &Fault, tcb: &Tcb) {
        let (state, event) = timeouts::class_of(tcb, fault);
        for tcb in &mut self.sockets[socket].now {
            forgive(tcb, ctx.now);
            tcb.miss(Miss {
                requirement: fault.requirement,
                state,
                event: coarse(event),
                instead: fault.instead,
                index: ctx.index,
            });
        }
    }

    /// Looks for a known deviation that explains the fault, and goes on from there.
    #[expect(
        clippy::too_many_arguments,
        reason = "one event and all that it is judged by"
    )]
    fn go_on(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        what: Happening<'_>,
        fault: &Fault,
        tcb: &Tcb,
        coverage: &mut Coverage,
    ) -> GoOn {
        let shape = shape(fault, tcb);
        let Some((entry, then)) = self.known.covers(&shape) else {
            return GoOn::No;
        };
        let bit = 1u64 << entry;
        let now = ctx.now;
        let worlds = &mut self.sockets[socket];
        match then {
            Then::Stop => {
                for tcb in &mut worlds.now {
                    tcb.known |= bit;
                }
                return GoOn::Stop;
            }
            Then::Ignored => {
                let Some(input) = worlds.input else {
                    return GoOn::No;
                };
                // The input had no effect: back to the states before it, then all that was seen
                // since.
                worlds.now.copy_from(&worlds.before);
                for tcb in &mut worlds.now {
                    tcb.known |= bit;
                    tcb.due.credit = false;
                    tcb.due.reply = None;
                }
                if !self.replay(trace, ctx, socket, input + 1, coverage) {
                    return GoOn::No;
                }
            }
            Then::Forgiven => {
                for tcb in &mut worlds.now {
                    forgive(tcb, now);
                    tcb.known |= bit;
                }
                if let Happening::Emission(..) | Happening::Call(..) = what {
                    return GoOn::Explained;
                }
            }
            Then::Closed => {
                for tcb in &mut worlds.now {
                    *tcb = Tcb {
                        known: tcb.known | bit,
                        ..tcb.severed()
                    };
                }
                if let Happening::Emission(..) = what {
                    return GoOn::Explained;
                }
            }
            Then::Adopt => {
                let Happening::Emission(seg, _) = what else {
                    return GoOn::No;
                };
                for tcb in &mut worlds.now {
                    adopt(tcb, seg, ctx);
                    tcb.known |= bit;
                }
            }
        }
        GoOn::Again
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
            };
            let what = Happening::Emission(seg, trace.octets(*text));
            let worlds = &mut self.sockets[socket];
            match worlds.step(what, &then, &self.known, &mut self.scratch, coverage) {
                Stepped::Explained => {}
                Stepped::Unexplained(..) | Stepped::TooMany => return false,
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
            shape(fault, tcb),
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
    /// Nothing more can be said of this trace.
    Stop,
    /// No entry fits.
    No,
}

/// By what a fault is known again.
fn shape(fault: &Fault, tcb: &Tcb) -> Shape {
    let (state, event) = timeouts::class_of(tcb, fault);
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

/// Takes over what the stack's segment says of itself.
fn adopt(tcb: &mut Tcb, seg: &Segment, ctx: &Context<'_>) {
    if seg.flags.ack() {
        tcb.rcv.nxt = seg.ack;
        tcb.rcv.acked = Some(seg.ack);
        tcb.rcv.edge = seg.ack + (u32::from(seg.window) << tcb.receive_shift());
        tcb.rcv.edge_max = tcb.rcv.edge_max.later(tcb.rcv.edge);
    }
    if let Some((value, echo)) = seg.options.timestamps {
        tcb.ts.sent = Some(value);
        tcb.ts.recent = echo;
        tcb.ts.recent_at = ctx.now;
    }
}
