//! What a run has reached: events met in each state, and requirements exercised.
//!
//! Counts only. Merging is addition, so the sum does not depend on who counted what.

use std::fmt;

use super::also::{self, Place};
use super::checked::{Stake, checked};
use super::transition::Transition;
use super::worlds::Happening;
use crate::model::{Context, EventClass, State, Tcb, invariants};
use crate::spec::{Req, RequirementSet};
use crate::trace::Trace;

/// Events, coarser than [`EventClass`]: the columns of the coverage table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum EventKind {
    /// A segment with SYN and without ACK arrives.
    Syn,
    /// A segment with SYN and ACK arrives.
    SynAck,
    /// A segment with RST arrives.
    Rst,
    /// A segment with FIN arrives.
    Fin,
    /// A segment with text, and none of the above, arrives.
    Text,
    /// A segment that only acknowledges arrives.
    Ack,
    /// Any other segment arrives.
    Other,
    /// An ICMP error arrives.
    Icmp,
    /// OPEN, passive.
    Listen,
    /// OPEN, active.
    Connect,
    /// SEND.
    Send,
    /// RECEIVE.
    Receive,
    /// CLOSE.
    Close,
    /// ABORT.
    Abort,
    /// STATUS, and what else the user asks or sets.
    Status,
    /// Time passes, and something becomes due.
    Time,
}

impl EventKind {
    /// All of them with their names, in the order in which tables show them.
    pub const NAMES: [(EventKind, &'static str); 16] = [
        (EventKind::Syn, "SYN"),
        (EventKind::SynAck, "SYN,ACK"),
        (EventKind::Rst, "RST"),
        (EventKind::Fin, "FIN"),
        (EventKind::Text, "text"),
        (EventKind::Ack, "ACK"),
        (EventKind::Other, "other"),
        (EventKind::Icmp, "ICMP"),
        (EventKind::Listen, "listen"),
        (EventKind::Connect, "connect"),
        (EventKind::Send, "send"),
        (EventKind::Receive, "recv"),
        (EventKind::Close, "close"),
        (EventKind::Abort, "abort"),
        (EventKind::Status, "status"),
        (EventKind::Time, "time"),
    ];

    /// The kind of an event.
    pub fn of(class: EventClass) -> EventKind {
        match class {
            EventClass::Segment(segment) => {
                let flags = segment.flags();
                match () {
                    () if flags.rst() => EventKind::Rst,
                    () if flags.syn() && flags.ack() => EventKind::SynAck,
                    () if flags.syn() => EventKind::Syn,
                    () if flags.fin() => EventKind::Fin,
                    () if segment.text => EventKind::Text,
                    () if flags.ack() => EventKind::Ack,
                    () => EventKind::Other,
                }
            }
            EventClass::Icmp(_) => EventKind::Icmp,
            EventClass::Listen => EventKind::Listen,
            EventClass::Connect => EventKind::Connect,
            EventClass::Send => EventKind::Send,
            EventClass::Receive => EventKind::Receive,
            EventClass::Close => EventKind::Close,
            EventClass::Abort => EventKind::Abort,
            EventClass::Status | EventClass::Ask => EventKind::Status,
            EventClass::Time => EventKind::Time,
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(EventKind::NAMES[*self as usize].1)
    }
}

/// What was reached.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Coverage {
    reached: [[u64; EventKind::NAMES.len()]; State::ALL.len()],
    moved: [[u64; State::ALL.len()]; State::ALL.len()],
    exercised: RequirementSet,
    /// Transitions not yet asked for, when they are noted at all.
    transitions: Option<Vec<Transition>>,
    /// What was at stake in the present trace, when that is noted at all.
    stakes: Option<Vec<Stake>>,
    /// Invariants of the model that broke, when they are watched at all.
    broken: Option<Vec<BrokenInvariant>>,
}

/// An invariant of the model that an explanation of a trace breaks: a fault of the model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BrokenInvariant {
    /// Which.
    pub name: &'static str,
    /// The event of the trace.
    pub event: u32,
    /// The block before.
    pub before: Tcb,
    /// The block after.
    pub after: Tcb,
}

impl fmt::Display for BrokenInvariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = (&self.before, &self.after);
        let (from, to) = (before.state, after.state);
        write!(
            f,
            "event {} breaks `{}`, from {from} to {to}",
            self.event, self.name
        )?;
        for (when, tcb) in [("before", before), ("after", after)] {
            let Tcb {
                snd, rcv, due, rtx, ..
            } = tcb;
            write!(f, "\n{when}: {snd:?}\n{rcv:?}\n{due:?}\n{rtx:?}")?;
        }
        Ok(())
    }
}

impl Coverage {
    /// Watches the invariants of the model from now on.
    pub(super) fn watch_invariants(&mut self) {
        self.broken.get_or_insert_default();
    }

    /// Looks whether a step keeps the invariants, if they are watched.
    pub(super) fn watch(&mut self, before: &Tcb, after: &Tcb, ctx: &Context<'_>) {
        let Some(broken) = &mut self.broken else {
            return;
        };
        if let Some(name) = invariants::broken_between(before, after, ctx) {
            broken.push(BrokenInvariant {
                name,
                event: ctx.index,
                before: *before,
                after: *after,
            });
        }
    }

    /// The broken invariants seen since they were last asked for.
    pub(super) fn broken_invariants(&mut self) -> Vec<BrokenInvariant> {
        self.broken.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Counts as exercised from now on all that is at stake, not only what a branch rests on.
    pub(super) fn note_stakes(&mut self) {
        self.stakes.get_or_insert_default();
    }

    /// Notes what is at stake in a step, if that is noted: `by` is what its branch rests on.
    #[inline]
    pub(super) fn stake(
        &mut self,
        before: &Tcb,
        after: &Tcb,
        by: Req,
        what: Happening<'_>,
        ctx: &Context<'_>,
    ) {
        if self.stakes.is_some() {
            self.note_stake(before, after, by, what, ctx);
        }
    }

    #[cold]
    fn note_stake(
        &mut self,
        before: &Tcb,
        after: &Tcb,
        by: Req,
        what: Happening<'_>,
        ctx: &Context<'_>,
    ) {
        let Some(stakes) = &mut self.stakes else {
            return;
        };
        let (state, event) = match what {
            Happening::Emission(..) | Happening::Quiet => before.occasion(ctx.now),
            Happening::Arrival(_) | Happening::Icmp(_) | Happening::Call(..) => {
                (after.input.state, after.input.class)
            }
        };
        let mut all = checked(before, what, ctx);
        all.insert(by);
        stakes.extend(all.iter().map(|by| Stake {
            by,
            tcb: *before,
            state,
            event,
            index: ctx.index,
        }));
    }

    /// Notes that a requirement was kept which is about more than one connection, if that is noted.
    pub(super) fn keep(&mut self, tcb: &Tcb, by: Req, ctx: &Context<'_>) {
        if let Some(stakes) = &mut self.stakes {
            stakes.push(Stake {
                by,
                tcb: *tcb,
                state: tcb.state,
                event: EventClass::Time,
                index: ctx.index,
            });
        }
    }

    /// Counts what was at stake in a trace, and all that is broken with it.
    pub(super) fn settle_stakes(&mut self, trace: &Trace) {
        let Some(stakes) = &mut self.stakes else {
            return;
        };
        for stake in stakes.drain(..) {
            let place = Place {
                trace,
                index: stake.index as usize,
                tcb: &stake.tcb,
                kin: None,
                state: stake.state,
                event: stake.event,
            };
            self.exercised.insert(stake.by);
            self.exercised.absorb(&also::kept(stake.by, place));
        }
    }

    /// Notes transitions from now on.
    pub(super) fn note_transitions(&mut self) {
        self.transitions.get_or_insert_default();
    }

    /// Notes a transition, if they are noted.
    pub(super) fn pass(&mut self, transition: impl FnOnce() -> Transition) {
        if let Some(noted) = &mut self.transitions {
            noted.push(transition());
        }
    }

    /// The transitions noted since they were last asked for.
    pub(super) fn transitions(&mut self) -> impl Iterator<Item = Transition> + '_ {
        self.transitions
            .iter_mut()
            .flat_map(|noted| noted.drain(..))
    }

    /// Counts an event that met a connection in this state.
    pub fn reach(&mut self, state: State, event: EventClass) {
        self.reached[state as usize][EventKind::of(event) as usize] += 1;
    }

    /// Counts a step that may have led from one state to another.
    pub(super) fn step(&mut self, from: State, to: State) {
        if from != to {
            self.moved[from as usize][to as usize] += 1;
        }
    }

    /// How often a connection may have gone from one state to another in one step, as far as the
    /// model can tell.
    pub fn moved(&self, from: State, to: State) -> u64 {
        self.moved[from as usize][to as usize]
    }

    /// Notes that a requirement had a say in a judgment.
    pub fn exercise(&mut self, requirement: Req) {
        self.exercised.insert(requirement);
    }

    /// How often such an event met a connection in this state.
    pub fn reached(&self, state: State, event: EventKind) -> u64 {
        self.reached[state as usize][event as usize]
    }

    /// How many pairs of a state and a kind of event were reached.
    pub fn pairs(&self) -> usize {
        self.reached.iter().flatten().filter(|&&n| n > 0).count()
    }

    /// The requirements that had a say in some judgment.
    pub fn exercised(&self) -> &RequirementSet {
        &self.exercised
    }

    /// The requirements that had a say since they were last asked for so.
    pub(super) fn take_exercised(&mut self) -> RequirementSet {
        std::mem::take(&mut self.exercised)
    }

    /// Adds what another part of the run has reached.
    pub fn merge(&mut self, other: &Coverage) {
        let cells = self.reached.iter_mut().flatten();
        for (sum, n) in cells.zip(other.reached.iter().flatten()) {
            *sum += n;
        }
        let moves = self.moved.iter_mut().flatten();
        for (sum, n) in moves.zip(other.moved.iter().flatten()) {
            *sum += n;
        }
        self.exercised.absorb(&other.exercised);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AckClass, SegmentClass, SeqClass};
    use crate::spec::req;
    use crate::wire::Flags;

    #[test]
    fn names_stand_in_the_order_of_the_kinds() {
        for (n, (kind, _)) in EventKind::NAMES.into_iter().enumerate() {
            assert_eq!(kind as usize, n);
        }
        for (n, state) in State::ALL.into_iter().enumerate() {
            assert_eq!(state as usize, n);
        }
    }

    #[test]
    fn segments_count_by_their_weightiest_flag() {
        let rows = [
            ("SYN", false, EventKind::Syn),
            ("SYN,ACK", false, EventKind::SynAck),
            ("SYN,RST,ACK", true, EventKind::Rst),
            ("SYN,FIN", false, EventKind::Syn),
            ("FIN,ACK", true, EventKind::Fin),
            ("ACK", true, EventKind::Text),
            ("none", true, EventKind::Text),
            ("ACK,URG", false, EventKind::Ack),
            ("none", false, EventKind::Other),
        ];
        for (flags, text, kind) in rows {
            let parsed: Flags = flags.parse().expect(flags);
            let class = SegmentClass::new(parsed, text, SeqClass::Any, AckClass::Any);
            let found = EventKind::of(EventClass::Segment(class));
            assert_eq!(found, kind, "{flags} text {text}");
        }
    }

    #[test]
    fn merging_adds_counts_and_unites_requirements() {
        let (mut one, mut two) = (Coverage::default(), Coverage::default());
        one.reach(State::Listen, EventClass::Send);
        one.exercise(req::RFC9293_MUST_4);
        two.reach(State::Listen, EventClass::Send);
        two.reach(State::TimeWait, EventClass::Time);
        two.exercise(req::RFC5961_3_2_4);
        let mut both = one.clone();
        both.merge(&two);
        let mut swapped = two.clone();
        swapped.merge(&one);
        assert_eq!(both, swapped);
        assert_eq!(both.reached(State::Listen, EventKind::Send), 2);
        assert_eq!(both.pairs(), 2);
        let exercised: Vec<Req> = both.exercised().iter().collect();
        assert_eq!(exercised, [req::RFC9293_MUST_4, req::RFC5961_3_2_4]);
    }
}
