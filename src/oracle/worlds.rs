//! The model states of one socket that explain everything seen so far.

use std::ops::{Deref, DerefMut};

use super::coverage::Coverage;
use super::known::{Aside, KnownDeviations, Told};
use super::silently::known_silently;
use super::transition::Transition;
use super::verdict::{Instead, Verdict};
use crate::model::tcb::{Branches, Input};
use crate::model::{
    Context, EventClass, Fault, Marks, State, Tcb, Unsaid, arrives, calls, emits, lands, settle,
    timeouts,
};
use crate::stack::Outcome;
use crate::trace::Call;
use crate::wire::{IcmpError, Segment, SeqNumber};

/// So many states are kept for one socket; more is inconclusive.
const MOST: usize = Branches::KEPT;

/// What is said where states were dropped for want of room, and what is left does not explain it.
pub(super) fn too_many() -> Verdict {
    Verdict::Inconclusive(format!("more than {MOST} states explain what was seen"))
}

/// Model states, none twice. They stand apart from the set itself, so that two sets change places
/// without their states being moved.
#[derive(Clone, Default)]
pub(super) struct Set(Box<Branches>);

impl Set {
    /// Forgets all states.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Makes this a copy of another, in the room it has.
    pub(super) fn copy_from(&mut self, other: &Set) {
        self.0.clear();
        for tcb in other {
            self.0.add(*tcb);
        }
    }

    /// Keeps the states that pass the test.
    pub(super) fn retain(&mut self, test: impl Fn(&Tcb) -> bool) {
        self.0.retain(test);
    }

    /// Adds a state unless it is there already; false when there is no room.
    pub(super) fn add(&mut self, tcb: Tcb) -> bool {
        self.0.add(tcb)
    }
}

impl Deref for Set {
    type Target = [Tcb];

    fn deref(&self) -> &[Tcb] {
        self.0.states()
    }
}

impl DerefMut for Set {
    fn deref_mut(&mut self) -> &mut [Tcb] {
        self.0.states_mut()
    }
}

impl<'a> IntoIterator for &'a Set {
    type Item = &'a Tcb;
    type IntoIter = std::slice::Iter<'a, Tcb>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.states().iter()
    }
}

impl<'a> IntoIterator for &'a mut Set {
    type Item = &'a mut Tcb;
    type IntoIter = std::slice::IterMut<'a, Tcb>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.states_mut().iter_mut()
    }
}

/// What happens to a connection.
#[derive(Clone, Copy)]
pub(super) enum Happening<'a> {
    /// A segment arrives.
    Arrival(&'a Segment),
    /// An ICMP error arrives.
    Icmp(&'a IcmpError),
    /// The stack sends a segment with this text.
    Emission(&'a Segment, &'a [u8]),
    /// The user calls.
    Call(&'a Call, Outcome, &'a [u8]),
    /// Time has passed; the stack had all of it.
    Quiet,
}

impl Happening<'_> {
    /// Whether the harness did it, so that the stack had all the time before it.
    fn is_input(&self) -> bool {
        match self {
            Happening::Arrival(_) | Happening::Icmp(_) | Happening::Call(..) | Happening::Quiet => {
                true
            }
            Happening::Emission(..) => false,
        }
    }

    /// Whether it is done to the connection, so that what it met has to be remembered.
    pub(super) fn is_remembered(&self) -> bool {
        match self {
            Happening::Arrival(_) | Happening::Icmp(_) | Happening::Call(..) => true,
            Happening::Emission(..) | Happening::Quiet => false,
        }
    }

    /// Whether it shows that there is a connection.
    fn shows_life(&self) -> bool {
        match self {
            Happening::Emission(seg, _) => !seg.flags.rst(),
            Happening::Call(_, Outcome::Status(state), _) => {
                !matches!(state, State::Closed | State::Listen)
            }
            Happening::Call(_, Outcome::Sent(_), _) => true,
            Happening::Call(..) | Happening::Arrival(_) | Happening::Icmp(_) | Happening::Quiet => {
                false
            }
        }
    }
}

/// What the last step has moved.
#[derive(Clone, Copy)]
struct Step {
    input: Option<usize>,
    remembers: bool,
    timely: bool,
}

/// What became of a set of states.
pub(super) enum Stepped {
    /// Some are left.
    Explained,
    /// None is left; [`Worlds::faults`] says why of each.
    Unexplained,
}

/// The states of one socket, and those it had before the last input.
#[derive(Clone, Default)]
pub(super) struct Worlds {
    /// The states.
    pub(super) now: Set,
    /// The states before the last input, brought up to its time.
    pub(super) before: Set,
    /// The index of that input in the trace.
    pub(super) input: Option<usize>,
    /// Why the last event cannot be explained, and which state says so.
    pub(super) faults: Vec<(Fault, Tcb)>,
    /// Something has happened to it in this trace.
    touched: bool,
    /// The number of the SYN last sent.
    syn: Option<SeqNumber>,
    /// It was opened in this trace.
    opened: bool,
    /// It was opened, or sent a SYN, before the present connection.
    reused: bool,
    /// More explained what was seen than could be kept, so the dearest were dropped. What is left
    /// still explains; that nothing is left says nothing.
    pub(super) dropped: bool,
    /// How to take the last step back.
    last: Option<Step>,
    next: Set,
    next_before: Set,
}

impl Worlds {
    /// One socket that was never opened.
    pub(super) fn reset(&mut self) {
        if self.touched || self.now.is_empty() {
            self.now.clear();
            self.now.add(Tcb::default());
            self.before.clear();
            self.input = None;
            self.touched = false;
            self.syn = None;
            self.opened = false;
            self.reused = false;
            self.dropped = false;
        }
    }

    /// Whether this socket was used for a connection before the present one.
    pub(super) fn reused(&self) -> bool {
        self.reused
    }

    /// OPEN succeeds.
    pub(super) fn opens(&mut self) {
        self.touched = true;
        self.reused |= self.opened;
        self.opened = true;
    }

    /// The socket sends a SYN. One with another number begins another connection.
    pub(super) fn sends_syn(&mut self, seq: SeqNumber) {
        self.touched = true;
        self.reused |= self.syn.is_some_and(|before| before != seq);
        self.syn = Some(seq);
    }

    /// The states, for something that happens outside [`Worlds::step`].
    pub(super) fn touch(&mut self) -> &mut Set {
        self.touched = true;
        &mut self.now
    }

    /// Whether the passing of time changes nothing.
    pub(super) fn is_idle(&self, ctx: &Context<'_>) -> bool {
        let idle = |tcb: &Tcb| timeouts::nothing_due(tcb, true, ctx);
        !self.touched || self.now.iter().all(idle)
    }

    /// Steps every state.
    pub(super) fn step(
        &mut self,
        what: Happening<'_>,
        ctx: &Context<'_>,
        known: &KnownDeviations,
        timed: &mut Branches,
        coverage: &mut Coverage,
    ) -> Stepped {
        self.touched = true;
        let remembers = what.is_remembered();
        let input = what.is_input();
        // As a rule no deadline has passed, and every state meets what happens as it is.
        let unmoved = |tcb: &Tcb| tcb.mute || timeouts::nothing_due(tcb, input, ctx);
        let timely = self.now.iter().all(unmoved);
        self.next.clear();
        self.faults.clear();
        let mut sieve = Sieve {
            what,
            ctx,
            known,
            reused: self.reused,
            coverage,
            next: &mut self.next.0,
            faults: &mut self.faults,
            too_many: false,
        };
        if timely {
            for tcb in &self.now {
                sieve.put(tcb);
            }
        } else {
            self.next_before.clear();
            for tcb in &self.now {
                timed.clear();
                if unmoved(tcb) {
                    timed.push(*tcb, crate::spec::req::RFC9293_3_10_8_P02);
                } else if let Err(fault) = timeouts::step(tcb, input, ctx, timed) {
                    sieve.faults.push((fault, *tcb));
                }
                for (passed, _) in timed.iter() {
                    sieve.coverage.watch(tcb, passed, ctx);
                    if remembers {
                        self.next_before.add(*passed);
                    }
                    sieve.put(passed);
                }
            }
        }
        let too_many = sieve.too_many;
        self.next.0.thin_out();
        if self.next.is_empty() && !self.faults.is_empty() {
            for (fault, _) in &self.faults {
                coverage.exercise(fault.requirement);
            }
            return Stepped::Unexplained;
        }
        self.last = Some(Step {
            input: self.input,
            remembers,
            timely,
        });
        std::mem::swap(&mut self.now, &mut self.next);
        if remembers {
            self.input = Some(ctx.index as usize);
            let passed = match timely {
                true => &mut self.next,
                false => &mut self.next_before,
            };
            std::mem::swap(&mut self.before, passed);
        }
        self.dropped |= too_many;
        Stepped::Explained
    }

    /// Takes the last step back, if it was explained.
    pub(super) fn step_back(&mut self) {
        let Some(step) = self.last.take() else {
            return;
        };
        if step.remembers {
            self.input = step.input;
            let passed = match step.timely {
                true => &mut self.next,
                false => &mut self.next_before,
            };
            std::mem::swap(&mut self.before, passed);
        }
        std::mem::swap(&mut self.now, &mut self.next);
    }
}

/// What happens, and the states that can follow it.
struct Sieve<'a> {
    what: Happening<'a>,
    ctx: &'a Context<'a>,
    known: &'a KnownDeviations,
    reused: bool,
    coverage: &'a mut Coverage,
    next: &'a mut Branches,
    faults: &'a mut Vec<(Fault, Tcb)>,
    too_many: bool,
}

impl Sieve<'_> {
    /// Lets one state meet what happens.
    fn put(&mut self, tcb: &Tcb) {
        let out = &mut *self.next;
        if let Err(fault) = happen(tcb, self.what, self.ctx, out) {
            out.take_back();
            let met = meeting(tcb, self.what, self.ctx);
            return self.faults.push((fault, met));
        }
        if !self.known.is_empty() {
            let known = |input: Input| {
                let aside = Aside {
                    reused: self.reused,
                    // No silent entry asks.
                    held: false,
                    marks: input.marks,
                    told: Told::NONE,
                };
                self.known.silent(input.state, input.class, aside)
            };
            known_silently(tcb, self.what, known, self.ctx, out);
        }
        self.too_many |= out.overflowed;
        let lives = tcb.suspect.is_some() && self.what.shows_life();
        for (after, by) in out.iter_mut(0) {
            if lives {
                after.suspect = None;
            }
            self.coverage.exercise(*by);
            self.coverage.step(tcb.state, after.state);
            self.coverage.stake(tcb, after, *by, self.what, self.ctx);
            if !after.mute {
                settle(after, self.ctx);
            }
            after.level(self.ctx.now);
            self.coverage.watch(tcb, after, self.ctx);
            self.coverage
                .pass(|| Transition::between(tcb, after, sent(self.what), *by));
        }
        self.too_many |= !out.end_step();
    }
}

/// What the stack sent, if that is what happens.
fn sent(what: Happening<'_>) -> Option<Instead> {
    match what {
        Happening::Emission(seg, _) => Some(emits::kind(seg)),
        Happening::Arrival(_) | Happening::Icmp(_) | Happening::Call(..) | Happening::Quiet => None,
    }
}

fn happen(
    tcb: &Tcb,
    what: Happening<'_>,
    ctx: &Context<'_>,
    out: &mut Branches,
) -> Result<(), Fault> {
    if tcb.mute {
        return unheard(tcb, what, ctx, out);
    }
    if tcb.rcv.lands {
        return untold(tcb, what, ctx, out);
    }
    match what {
        Happening::Arrival(seg) => {
            if belongs(tcb, seg) {
                arrives::step(tcb, seg, ctx, out);
            } else {
                arrives::stray(tcb, seg, ctx, out);
            }
            Ok(())
        }
        Happening::Icmp(error) => {
            arrives::icmp::step(tcb, error, ctx, out);
            Ok(())
        }
        Happening::Emission(seg, text) => emits::step(tcb, seg, text, ctx, out),
        Happening::Call(call, outcome, text) => calls::step(tcb, call, outcome, text, ctx, out),
        Happening::Quiet => {
            out.push(*tcb, crate::spec::req::RFC9293_3_10_8_P02);
            Ok(())
        }
    }
}

/// Where RCV.NXT lies, what the stack sends next tells; what happens before that may leave nothing
/// to say.
fn untold(
    tcb: &Tcb,
    what: Happening<'_>,
    ctx: &Context<'_>,
    out: &mut Branches,
) -> Result<(), Fault> {
    match what {
        Happening::Emission(seg, text) => emits::step(&tcb.landed(seg), seg, text, ctx, out),
        Happening::Quiet => {
            out.push(*tcb, crate::spec::req::RFC9293_3_10_8_P02);
            Ok(())
        }
        Happening::Arrival(seg) if lands::arrives(tcb, seg, ctx, out) => Ok(()),
        Happening::Call(call, outcome, text) => lands::called(tcb, call, outcome, text, ctx, out),
        Happening::Arrival(_) | Happening::Icmp(_) => {
            unheard(&tcb.unsaid(Unsaid::Ahead), what, ctx, out)
        }
    }
}

/// Whether a segment is for this connection, if this is how the connection stands.
fn belongs(tcb: &Tcb, seg: &Segment) -> bool {
    match tcb.state {
        State::Closed => true,
        State::Listen => tcb.listens_to(seg.dst.port, seg.src),
        State::SynSent
        | State::SynReceived
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait => tcb.matches(seg.dst.port, seg.src),
    }
}

/// A connection of which nothing can be said explains everything. Opening it anew ends that.
fn unheard(
    tcb: &Tcb,
    what: Happening<'_>,
    ctx: &Context<'_>,
    out: &mut Branches,
) -> Result<(), Fault> {
    if let Happening::Call(call @ (Call::Listen { .. } | Call::Connect { .. }), Outcome::Done, _) =
        what
    {
        let anew = Tcb {
            known: tcb.known,
            misses: tcb.misses,
            unsaid: tcb.unsaid,
            challenged_at: tcb.challenged_at,
            told: tcb.told,
            ..Tcb::default()
        };
        return calls::step(&anew, call, Outcome::Done, &[], ctx, out);
    }
    let mut tcb = *tcb;
    if let Happening::Arrival(seg) = what {
        tcb.input = Input {
            state: tcb.state,
            class: EventClass::Segment(arrives::classify(&tcb, seg, ctx)),
            marks: Marks::of(&tcb, seg, ctx.now),
            at: ctx.now,
        };
    }
    out.push(tcb, crate::spec::req::RFC9293_3_10_6_P01);
    Ok(())
}

/// The state as it meets what happens: a call is an input even when its outcome is not allowed.
fn meeting(tcb: &Tcb, what: Happening<'_>, ctx: &Context<'_>) -> Tcb {
    match what {
        Happening::Call(call, ..) => Tcb {
            input: Input {
                state: tcb.state,
                class: calls::class(call),
                marks: Marks::of_connection(tcb, ctx.now),
                at: ctx.now,
            },
            ..*tcb
        },
        Happening::Arrival(_) | Happening::Icmp(_) | Happening::Emission(..) | Happening::Quiet => {
            *tcb
        }
    }
}
