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

    /// Of more than these, those are made one that differ in little.
    const CROWD: usize = 32;

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

    /// Where there is a crowd, makes one of states that differ only in how much they allow. No step
    /// is under way.
    pub fn thin_out(&mut self) {
        if self.states.len() <= Self::CROWD {
            return;
        }
        let mut kept = 1;
        for place in 1..self.states.len() {
            let (before, rest) = self.states.split_at_mut(place);
            if !before[..kept]
                .iter_mut()
                .any(|known| known.absorb(&rest[0]))
            {
                if kept < place {
                    std::mem::swap(&mut before[kept], &mut rest[0]);
                }
                kept += 1;
            }
        }
        self.states.truncate(kept);
    }

    /// Where this step begins.
    fn begin(&self) -> usize {
        self.states.len() - self.by.len()
    }

    /// Of the states from `begin` on, keeps those that are not there before; of two that differ
    /// only in cost, the cheaper; where there is no room for all, some are made one, and of the
    /// rest the cheapest are kept.
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
                None if kept == Self::KEPT => {
                    if before[..kept].iter_mut().any(|known| known.absorb(tcb)) {
                        continue;
                    }
                    all = false;
                    if let Some(dearest) = before[..kept].iter_mut().max_by_key(|tcb| worth(tcb))
                        && worth(tcb) < worth(dearest)
                    {
                        std::mem::swap(dearest, tcb);
                    }
                }
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

/// By what it is chosen which states are kept: those of which more can be said, and of these the
/// cheaper.
fn worth(tcb: &Tcb) -> (bool, (u32, u32, bool)) {
    (tcb.rcv.lands || tcb.unsaid.is_some(), tcb.cost())
}

/// Whether two states differ in nothing but what their history cost.
pub(super) fn are_twins(one: &Tcb, other: &Tcb) -> bool {
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
        ecn,
        service,
        urgent,
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
        told,
        unsaid: _,
        known: _,
        misses: _,
    } = one;
    // What differs most often comes first, and what is soon compared.
    *state == other.state
        && (snd.una, snd.wnd, snd.wl1) == (other.snd.una, other.snd.wnd, other.snd.wl1)
        && (rtx.since, rtx.dup_acks) == (other.rtx.since, other.rtx.dup_acks)
        && (due.credit, *arrived_at) == (other.due.credit, other.arrived_at)
        && *rcv == other.rcv
        && *snd == other.snd
        && *due == other.due
        && *rtx == other.rtx
        && *ts == other.ts
        && *service == other.service
        && *input == other.input
        && *time_wait == other.time_wait
        && *reopened_above == other.reopened_above
        && *challenged_at == other.challenged_at
        && (*severed, *timed_out, *mute) == (other.severed, other.timed_out, other.mute)
        && *suspect == other.suspect
        && *told == other.told
        && (*origin, *port) == (other.origin, other.port)
        && (*remote, *only) == (other.remote, other.only)
        && (*ecn, *urgent) == (other.ecn, other.urgent)
        && (*ours, *theirs) == (other.ours, other.theirs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entries::Entries;
    use crate::model::tcb::{Origin, Suspect};
    use crate::model::{ErrorClass, IcmpClass, QuoteClass, State, Unsaid};
    use crate::spec::req;
    use crate::time::Instant;
    use crate::wire::Endpoint;

    const BY: Req = req::RFC9293_3_10_8_P02;
    const LATER: Instant = Instant(7);
    const END: Endpoint = Endpoint {
        addr: std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
        port: 1,
    };

    /// A state of its own for each number.
    fn state(port: u16) -> Tcb {
        Tcb {
            port,
            ..Tcb::default()
        }
    }

    /// The same, at the price of so many known deviations.
    fn dear(port: u16, entries: u16) -> Tcb {
        let mut dear = state(port);
        for entry in 0..entries {
            dear.known |= Entries::one(entry);
        }
        dear
    }

    fn ports<'a>(states: impl IntoIterator<Item = &'a Tcb>) -> Vec<u16> {
        states.into_iter().map(|tcb| tcb.port).collect()
    }

    #[test]
    fn a_step_stands_behind_those_before() {
        let mut branches = Branches::default();
        assert!(branches.add(state(1)) && branches.add(state(2)));
        assert!(branches.is_empty() && branches.get(0).is_none());
        for port in 3..6 {
            branches.push(state(port), BY);
        }
        assert_eq!((branches.len(), branches.is_empty()), (3, false));
        assert_eq!(ports(branches.iter().map(|(tcb, _)| tcb)), [3, 4, 5]);
        for (place, port) in (3..6).enumerate() {
            assert_eq!(branches.get(place), Some((&state(port), &BY)));
        }
        assert_eq!(branches.get(3), None);
        for (tcb, by) in branches.iter_mut(1) {
            tcb.port += 10;
            *by = req::RFC9293_3_10_8_P01;
        }
        assert_eq!(ports(branches.states()), [1, 2, 3, 14, 15]);
        assert_eq!(branches.get(0).map(|(_, by)| *by), Some(BY));
        let last = branches.get(2).map(|(_, by)| *by);
        assert_eq!(last, Some(req::RFC9293_3_10_8_P01));
        branches.take_back();
        assert_eq!((ports(branches.states()), branches.len()), (vec![1, 2], 0));
        branches.retain(|tcb| tcb.port == 2);
        assert_eq!(ports(branches.states()), [2]);
        branches.clear();
        assert!(branches.states().is_empty() && branches.is_empty());
    }

    #[test]
    fn of_twins_the_cheaper_is_kept() {
        let mut branches = Branches::default();
        for tcb in [dear(1, 1), state(2), dear(1, 2), state(1), dear(2, 1)] {
            assert!(branches.add(tcb));
        }
        let costs = |branches: &Branches| -> Vec<(u16, u32)> {
            let states = branches.states().iter();
            states.map(|tcb| (tcb.port, tcb.known.len())).collect()
        };
        assert_eq!(costs(&branches), [(1, 0), (2, 0)]);
        for tcb in [dear(3, 1), dear(2, 1), state(4), state(3)] {
            branches.push(tcb, BY);
        }
        assert!(branches.end_step());
        assert_eq!(costs(&branches), [(1, 0), (2, 0), (3, 0), (4, 0)]);
        assert!(branches.is_empty());
    }

    #[test]
    fn what_finds_no_room_is_told() {
        let mut branches = Branches::default();
        let kept = Branches::KEPT as u16;
        for port in 0..kept {
            assert!(branches.add(state(port)), "{port}");
        }
        assert!(branches.add(state(0)), "it is there already");
        assert!(!branches.add(state(kept)));
        assert_eq!(branches.states().len(), Branches::KEPT);
        for port in 0..Branches::MAX as u16 {
            branches.push(state(port), BY);
        }
        assert!(!branches.overflowed && branches.len() == Branches::MAX);
        branches.push(state(0), BY);
        assert!(branches.overflowed && branches.len() == Branches::MAX);
        assert!(branches.end_step(), "all are twins");
        branches.push(state(kept), BY);
        assert!(!branches.end_step());
        branches.clear();
        assert!(!branches.overflowed);
    }

    #[test]
    fn where_room_is_short_the_cheapest_are_kept() {
        let mut branches = Branches::default();
        for port in 0..Branches::KEPT as u16 {
            branches.add(dear(port, 1 + u16::from(port == 5)));
        }
        let has = |branches: &Branches, port| ports(branches.states()).contains(&port);
        assert!(!branches.add(dear(500, 2)) && !has(&branches, 500));
        assert!(!branches.add(state(501)) && has(&branches, 501));
        assert!(!has(&branches, 5), "the dearest made room");
        assert_eq!(branches.states().len(), Branches::KEPT);
    }

    #[test]
    fn states_that_differ_in_anything_but_their_cost_are_no_twins() {
        type Change = fn(&mut Tcb);
        let changes: [Change; 22] = [
            |tcb| tcb.state = State::Listen,
            |tcb| tcb.origin = Origin::Active,
            |tcb| tcb.port += 1,
            |tcb| tcb.remote = Some(END),
            |tcb| tcb.only = Some(END),
            |tcb| tcb.snd.queued += 1,
            |tcb| tcb.rcv.read += 1,
            |tcb| tcb.ours.sack = true,
            |tcb| tcb.theirs.sack = true,
            |tcb| tcb.ts.recent += 1,
            |tcb| tcb.due.credit += 1,
            |tcb| tcb.rtx.dup_acks += 1,
            |tcb| tcb.reopened_above = Some(Default::default()),
            |tcb| tcb.challenged_at = LATER,
            |tcb| tcb.arrived_at = LATER,
            |tcb| tcb.time_wait.1 = LATER,
            |tcb| tcb.severed = true,
            |tcb| tcb.timed_out = true,
            |tcb| tcb.input.at = LATER,
            |tcb| {
                tcb.suspect = Some(Suspect {
                    by: BY,
                    state: tcb.state,
                    class: IcmpClass {
                        error: ErrorClass::Soft,
                        quote: QuoteClass::Next,
                    },
                    index: 0,
                });
            },
            |tcb| tcb.mute = true,
            |tcb| tcb.told.change(|known| known.untold = true),
        ];
        for (row, change) in changes.iter().enumerate() {
            let mut other = Tcb::default();
            change(&mut other);
            assert!(!are_twins(&Tcb::default(), &other), "row {row}");
            assert!(are_twins(&other, &other), "row {row}");
        }
        let unsaid = Some(Unsaid::Cookie);
        let dearer = Tcb {
            unsaid,
            known: Entries::one(0),
            ..Tcb::default()
        };
        assert!(are_twins(&Tcb::default(), &dearer));
    }
}
