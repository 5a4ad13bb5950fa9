//! What a step of the model leads to.
//!
//! The room for it is made once and used at every step, so nothing is allocated on the way.

use arrayvec::ArrayVec;

use super::Tcb;
use crate::spec::Req;

/// What a step of the model leads to: every state that is possible afterwards, each by the
/// requirement it rests on.
#[derive(Default)]
pub struct Branches {
    list: ArrayVec<(Tcb, Req), { Branches::MAX }>,
    /// More were possible than fit.
    pub overflowed: bool,
}

impl Branches {
    /// So many are kept.
    pub const MAX: usize = 24;

    /// Adds one.
    pub fn push(&mut self, tcb: Tcb, by: Req) {
        if self.list.try_push((tcb, by)).is_err() {
            self.overflowed = true;
        }
    }

    /// Those that are there.
    pub fn iter(&self) -> impl Iterator<Item = &(Tcb, Req)> {
        self.list.iter()
    }

    /// Those that are there, to be brought up to date.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut (Tcb, Req)> {
        self.list.iter_mut()
    }

    /// The one at a place, counted from 0.
    pub fn get(&self, place: usize) -> Option<&(Tcb, Req)> {
        self.list.get(place)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.list.clear();
        self.overflowed = false;
    }
}
