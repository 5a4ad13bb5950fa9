//! What a step of the model leads to.
//!
//! The room for it is made once and used at every step, so nothing is allocated on the way. The
//! branches of several steps may stand in one list, one step behind the other, so that the states
//! of a set are stepped into the next set without being moved again.

use arrayvec::ArrayVec;

use super::Tcb;
use crate::spec::Req;

/// What a step of the model leads to: every state that is possible afterwards, each by the
/// requirement it rests on. States of earlier steps may stand before them; of those only
/// [`Branches::states`] tells.
#[derive(Clone, Default)]
pub struct Branches {
    states: ArrayVec<Tcb, { Branches::KEPT + Branches::MAX }>,
    /// What the last of them rest on: those of the present step.
    by: ArrayVec<Req, { Branches::MAX }>,
    /// More were possible than fit.
    pub overflowed: bool,
}

impl Branches {
    /// So many are kept of one step.
    pub const MAX: usize = 24;

    /// So many are kept of all steps before.
    pub const KEPT: usize = 96;

    /// Adds one.
    // Inlined, the block is copied into its place and nowhere else.
    #[inline(always)]
    pub fn push(&mut self, tcb: Tcb, by: Req) {
        match self.by.try_push(by) {
            Ok(()) => self.states.push(tcb),
            Err(_) => self.overflowed = true,
        }
    }

    /// Those of this step.
    pub fn iter(&self) -> impl Iterator<Item = (&Tcb, &Req)> {
        self.states[self.begin()..].iter().zip(&self.by)
    }

    /// Those of this step, from one place on, to be changed.
    pub fn iter_mut(&mut self, place: usize) -> impl Iterator<Item = (&mut Tcb, &mut Req)> {
        let begin = self.begin();
        let states = self.states[begin + place..].iter_mut();
        states.zip(&mut self.by[place..])
    }

    /// The one of this step at a place, counted from 0.
    pub fn get(&self, place: usize) -> Option<(&Tcb, &Req)> {
        Some((self.states.get(self.begin() + place)?, self.by.get(place)?))
    }

    /// How many of this step.
    pub fn len(&self) -> usize {
        self.by.len()
    }

    /// Whether there is none of this step.
    pub fn is_empty(&self) -> bool {
        self.by.is_empty()
    }

    /// Forgets all, of whatever step.
    pub fn clear(&mut self) {
        self.states.clear();
        self.by.clear();
        self.overflowed = false;
    }

    /// Forgets those of this step.
    pub fn take_back(&mut self) {
        self.states.truncate(self.begin());
        self.by.clear();
    }

    /// The states of all steps.
    pub fn states(&self) -> &[Tcb] {
        &self.states
    }

    /// The states of all steps, to be changed.
    pub fn states_mut(&mut self) -> &mut [Tcb] {
        &mut self.states
    }

    /// Adds a state to those of the steps before, unless it is there already; false when there is
    /// no room. No step is under way.
    pub fn add(&mut self, tcb: Tcb) -> bool {
        self.states.push(tcb);
        self.keep(self.states.len() - 1)
    }

    /// Keeps the states that pass the test. No step is under way.
    pub fn retain(&mut self, test: impl Fn(&Tcb) -> bool) {
        self.states.retain(|tcb| test(tcb));
    }

    /// Ends this step: its states go to those of the steps before, none of them twice. Gives
    /// false when there is no room for all.
    pub fn end_step(&mut self) -> bool {
        let begin = self.begin();
        self.by.clear();
        // As a rule a state has one successor.
        self.states.len() == 1 || self.keep(begin)
    }

    /// Where this step begins.
    fn begin(&self) -> usize {
        self.states.len() - self.by.len()
    }

    /// Of the states from `begin` on, keeps those that are not there before; of two that differ
    /// only in cost, the cheaper.
    fn keep(&mut self, begin: usize) -> bool {
        let mut kept = begin;
        let mut all = true;
        for place in begin..self.states.len() {
            let (before, rest) = self.states.split_at_mut(place);
            let tcb = &mut rest[0];
            let twin = before[..kept]
                .iter_mut()
                .find(|known| are_twins(known, tcb));
            match twin {
                Some(twin) if tcb.cost() < twin.cost() => std::mem::swap(twin, tcb),
                Some(_) => {}
                None if kept == Self::KEPT => all = false,
                None => {
                    if kept < place {
                        std::mem::swap(&mut before[kept], tcb);
                    }
                    kept += 1;
                }
            }
        }
        self.states.truncate(kept);
        all
    }
}

/// Whether two states differ in nothing but what their history cost.
fn are_twins(one: &Tcb, other: &Tcb) -> bool {
    let Tcb {
        state,
        origin,
        port,
        remote,
        only,
        snd,
        rcv,
        ours,
        theirs,
        ts,
        due,
        rtx,
        reopened_above,
        challenged_at,
        arrived_at,
        time_wait,
        severed,
        timed_out,
        input,
        suspect,
        mute,
        unsaid: _,
        known: _,
        misses: _,
    } = one;
    // What differs most often comes first.
    *state == other.state
        && *rcv == other.rcv
        && *snd == other.snd
        && *due == other.due
        && *rtx == other.rtx
        && *ts == other.ts
        && *input == other.input
        && *arrived_at == other.arrived_at
        && *time_wait == other.time_wait
        && *reopened_above == other.reopened_above
        && *challenged_at == other.challenged_at
        && (*severed, *timed_out, *mute) == (other.severed, other.timed_out, other.mute)
        && *suspect == other.suspect
        && (*origin, *port) == (other.origin, other.port)
        && (*remote, *only) == (other.remote, other.only)
        && (*ours, *theirs) == (other.ours, other.theirs)
}
