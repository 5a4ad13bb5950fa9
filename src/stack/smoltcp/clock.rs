//! The clock of the TCP timestamps option.
//!
//! smoltcp takes it as a bare function pointer, so its hand has to stand where a function
//! without arguments can read it: one for each thread, set before every poll.

use std::cell::Cell;

use crate::time::Instant;

thread_local! {
    static TSVAL: Cell<u32> = const { Cell::new(0) };
}

/// The value of the timestamps clock, in milliseconds.
pub(super) fn tsval() -> u32 {
    TSVAL.get()
}

/// Sets the clock of this thread: it showed `origin` when the scenario began.
pub(super) fn set(origin: u32, now: Instant) {
    TSVAL.set(origin.wrapping_add((now.0 / 1_000) as u32));
}
