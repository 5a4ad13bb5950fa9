//! One host: its sockets, each with its model states, and what belongs to no socket.
//!
//! Sockets are followed apart from each other. A segment goes to the connection whose ports and
//! addresses it carries, else to a listener on its port, else to nobody.

use super::choices::{Choices, WAYS};
use super::coverage::Coverage;
use super::excuse::{coarse, shape};
use super::isns::{Isns, Shows};
use super::known::{Aside, KnownDeviations, Then};
use super::tell;
use super::verdict::{Judgment, Shape, Verdict};
use super::worlds::{Happening, Worlds};
use crate::model::tcb::{Branches, Input, Miss, Origin, Tcb};
use crate::model::{
    AckClass, Context, Entries, EventClass, Fault, Flight, Marks, SegmentClass, SeqClass, State,
    arrives, emits,
};
use crate::spec::{Req, req};
use crate::stack::{Outcome, SOCKETS};
use crate::time::{Instant, Micros};
use crate::trace::{Call, Event, Trace, What};
use crate::wire::Segment;

/// The place of what belongs to no socket.
pub(super) const NOBODY: usize = SOCKETS;

/// The host under judgment.
pub(super) struct Host {
    pub(super) known: KnownDeviations,
    pub(super) sockets: [Worlds; SOCKETS + 1],
    /// How the connections of the sockets send.
    pub(super) flights: [Flight; SOCKETS],
    pub(super) scratch: Box<Branches>,
    pub(super) used: Vec<u16>,
    /// What known deviations break is noted.
    pub(super) noting: bool,
    /// What known deviations have broken in this trace, each with its entry.
    pub(super) excused: Vec<(u16, Req)>,
    /// The socket that met the last input.
    pub(super) last: usize,
    /// What was chosen where it cannot be known what is right.
    pub(super) choices: Choices,
    /// Why the last arrival must not be answered at all.
    pub(super) unanswerable: Option<(Req, Instant)>,
    isns: Isns,
}

/// By what a missed recommendation is known again.
fn missed_shape(miss: &Miss) -> Shape {
    Shape {
        requirement: miss.requirement,
        state: miss.state,
        event: miss.event,
        instead: miss.instead,
    }
}

/// How the judgment of one event ended.
pub(super) enum End {
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
            flights: Default::default(),
            scratch: Box::default(),
            used: Vec::new(),
            noting: false,
            excused: Vec::new(),
            last: 0,
            choices: Choices::default(),
            unanswerable: None,
            isns: Isns::default(),
        }
    }

    fn reset(&mut self) {
        for worlds in &mut self.sockets {
            worlds.reset();
        }
        self.flights = Default::default();
        self.used.clear();
        self.excused.clear();
        self.last = 0;
        self.isns.clear();
        self.unanswerable = None;
    }

    /// Judges a trace on every way through it, until one is without fault. Of ways that all have
    /// some, that one is told which comes furthest.
    pub(super) fn judge(&mut self, trace: &Trace, coverage: &mut Coverage) -> Judgment {
        self.choices.clear();
        let mut best = self.judge_one_way(trace, coverage);
        if best.is_clean() || !self.choices.turn() {
            return best;
        }
        // What was reached is counted on the first way only.
        let mut uncounted = Coverage::default();
        for _ in 1..WAYS {
            let next = self.judge_one_way(trace, &mut uncounted);
            if next.rank() < best.rank() {
                best = next;
            }
            if best.is_clean() {
                return best;
            }
            if !self.choices.turn() {
                if self.choices.overflowed && best.verdict != Verdict::Conforms {
                    break;
                }
                return best;
            }
        }
        if best.verdict != Verdict::Conforms {
            best.verdict = Verdict::Inconclusive(
                "there are more ways through the trace than are tried".into(),
            );
        }
        best
    }

    fn judge_one_way(&mut self, trace: &Trace, coverage: &mut Coverage) -> Judgment {
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
    fn judgment(&mut self, trace: &Trace, mut verdict: Verdict) -> Judgment {
        let mut missed = Vec::new();
        if let Verdict::Deviates(_) = verdict
            && self.sockets.iter().any(|worlds| worlds.dropped)
        {
            verdict = super::worlds::too_many();
        }
        for worlds in &self.sockets {
            let reused = worlds.reused();
            // What is known is no reason to prefer something else that is new.
            let new = |tcb: &Tcb| {
                let misses = tcb.misses.iter().flatten();
                let known = |miss: &Miss| self.known.covers_miss(&missed_shape(miss), reused);
                misses.filter(|miss| known(miss).is_none()).count()
            };
            let dear = |tcb: &&Tcb| (new(tcb), tcb.unsaid.is_some(), tcb.cost());
            let Some(best) = worlds.now.iter().min_by_key(dear) else {
                continue;
            };
            if let (Verdict::Conforms, Some(unsaid)) = (&verdict, best.unsaid) {
                verdict = Verdict::Inconclusive(unsaid.why().to_owned());
            }
            self.used.extend(best.known.iter());
            for miss in best.misses.iter().flatten() {
                let shape = missed_shape(miss);
                match self.known.covers_miss(&shape, reused) {
                    Some(entry) => {
                        self.used.push(entry);
                        if self.noting {
                            let missed = tell::missed(trace, miss, shape, best);
                            self.excused
                                .extend(missed.breaks().map(|broken| (entry, broken)));
                        }
                    }
                    // What was dropped, or stands beside what nobody knows, may have missed nothing.
                    None if worlds.dropped || best.unsaid.is_some() => {}
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
        let ctx = Context::new(event.at, &trace.profile, index as u32);
        match &event.what {
            What::Arrival {
                segment, damaged, ..
            } => self.arrival(trace, &ctx, segment.as_ref(), damaged.is_some(), coverage),
            What::Icmp { error, .. } => self.icmp(trace, &ctx, error, coverage),
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
                if let (Call::Listen { .. } | Call::Connect { .. }, Outcome::Done) =
                    (call, *outcome)
                {
                    self.sockets[socket].opens();
                }
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
        self.meets(trace, ctx, socket, what, coverage)
    }

    /// Something done to one socket, when time has passed for all others.
    pub(super) fn meets(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        socket: usize,
        what: Happening<'_>,
        coverage: &mut Coverage,
    ) -> End {
        self.last = socket;
        self.reached(ctx, socket, &what, coverage);
        self.step(trace, ctx, socket, what, coverage)
    }

    /// Counts what met which state.
    pub(super) fn reached(
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
            Happening::Icmp(error) => EventClass::Icmp(arrives::icmp::classify(tcb, error, ctx)),
            Happening::Call(call, ..) => crate::model::calls::class(call),
            Happening::Emission(..) | Happening::Quiet => EventClass::Time,
        };
        coverage.reach(tcb.state, class);
    }

    /// Lets time pass for every socket but one.
    pub(super) fn quiet(
        &mut self,
        trace: &Trace,
        ctx: &Context<'_>,
        but: Option<usize>,
        coverage: &mut Coverage,
    ) -> End {
        for socket in 0..=NOBODY {
            let overdue = |flight: &Flight| flight.is_overdue(ctx);
            let owes = self.flights.get(socket).is_some_and(overdue);
            if Some(socket) == but || (self.sockets[socket].is_idle(ctx) && !owes) {
                continue;
            }
            // Time counts where something was to come of it.
            self.reached(ctx, socket, &Happening::Quiet, coverage);
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
        let socket = self.route(seg.dst.port, seg.src);
        if socket == NOBODY {
            for tcb in self.sockets[NOBODY].touch() {
                tcb.port = seg.dst.port;
                tcb.remote = Some(seg.src);
            }
        }
        let end = match seg.flags.syn() && socket != NOBODY {
            true => self.syn_arrives(trace, ctx, socket, seg, coverage),
            false => self.meets(trace, ctx, socket, Happening::Arrival(seg), coverage),
        };
        if !arrives::addressed_properly(seg, stack) || seg.src.addr == stack {
            self.tolerate_address(ctx, socket);
        }
        if socket == NOBODY && !seg.flags.ack() && self.backlog_is_full(ctx, seg.dst.port) {
            // The listener has it, and drops it.
            for tcb in self.sockets[NOBODY].touch() {
                if let Some(reply) = &mut tcb.due.reply {
                    reply.required = false;
                }
            }
        }
        end
    }

    /// Whether a listener that takes one connection at a time is at one that has yet to be
    /// established, as far as can be told.
    fn backlog_is_full(&self, ctx: &Context<'_>, port: u16) -> bool {
        let embryonic = |tcb: &Tcb| {
            tcb.port == port && tcb.state == State::SynReceived && tcb.origin == Origin::Passive
        };
        let limited = ctx.profile.admission.limits();
        limited
            && self.sockets[..SOCKETS]
                .iter()
                .any(|worlds| worlds.now.iter().any(embryonic))
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
                marks: Marks::NONE,
                at: ctx.now,
            };
        }
        // What it must do to nobody, a stack may be known to let it do to a listener.
        for worlds in &mut self.sockets[..SOCKETS] {
            let aside = Aside {
                reused: worlds.reused(),
                ..Aside::default()
            };
            for i in 0..worlds.now.len() {
                let tcb = worlds.now[i];
                if tcb.state != State::Listen || tcb.port != seg.dst.port {
                    continue;
                }
                for (entry, then) in self.known.silent(State::Listen, class, aside) {
                    let after = match then {
                        Then::Closed => tcb.severed(),
                        Then::Stop => tcb.muted(),
                        _ => continue,
                    };
                    worlds.now.add(Tcb {
                        known: tcb.known | Entries::one(entry),
                        ..after
                    });
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
            worlds.now.add(worlds.before[i]);
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
        let mut socket = self.sender(seg);
        if let Some(rival) = self.rival(socket, seg, ctx.now)
            && self.choices.take(2) == 1
        {
            socket = rival;
        }
        if seg.flags.syn() {
            self.sockets[socket].sends_syn(seg.seq);
            self.divert(socket, seg.src.port);
        }
        let end = self.step(trace, ctx, socket, Happening::Emission(seg, text), coverage);
        if seg.flags.rst() && ctx.profile.reset_quiet > Micros::ZERO {
            self.resets_are_limited(ctx);
        }
        if seg.flags.syn() {
            self.isn(ctx, socket, seg, coverage);
        }
        end
    }

    /// A limit on resets is one for all sockets.
    fn resets_are_limited(&mut self, ctx: &Context<'_>) {
        for worlds in &mut self.sockets {
            for tcb in worlds.touch() {
                tcb.challenged_at = ctx.now;
            }
        }
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
        let aside = Aside::of(self.sockets[self.last].reused(), &tcb);
        if let Some((entry, then)) = self.known.covers(&shape(&fault, &tcb, ctx), aside) {
            self.used.push(entry);
            if let (Then::Stop, Some(seg)) = (then, segment) {
                self.mute_listeners(seg.src.port, Entries::one(entry));
            }
            return End::Explained;
        }
        self.deviates(trace, ctx, self.last, &fault, &tcb)
    }

    /// Holds an initial sequence number against those before it.
    fn isn(&mut self, ctx: &Context<'_>, socket: usize, seg: &Segment, coverage: &mut Coverage) {
        let shows = self.isns.see(seg.src.port, seg.dst, seg.seq, ctx.now);
        let worlds = &mut self.sockets[socket].now;
        match shows {
            Shows::Nothing => {}
            Shows::Kept(kept) => {
                for tcb in worlds.iter().take(1) {
                    kept.iter().for_each(|by| coverage.keep(tcb, *by, ctx));
                }
            }
            Shows::Missed(requirement) => {
                for tcb in worlds {
                    tcb.miss(Miss {
                        requirement,
                        state: tcb.state,
                        event: EventClass::Time,
                        instead: emits::kind(seg),
                        index: ctx.index,
                    });
                }
            }
        }
    }
}
