//! Who may run: as many threads as there are processors, of the many that mostly wait.
//!
//! Many scenarios run at once because most of their time is spent waiting for timers. A thread
//! that runs one holds a turn, gives it away while it waits, and gets one back before those that
//! have yet to begin: so that what comes after a wait comes in time, whatever else there is to do.

use std::num::NonZeroUsize;
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};

struct Turns {
    state: Mutex<State>,
    /// Whoever comes back from a wait waits here for a turn.
    returning: Condvar,
    /// Whoever has yet to begin waits here.
    beginning: Condvar,
}

struct State {
    /// Turns that nobody has.
    free: usize,
    /// Threads that come back from a wait.
    returning: usize,
}

static TURNS: LazyLock<Turns> = LazyLock::new(|| Turns {
    state: Mutex::new(State {
        free: std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
        returning: 0,
    }),
    returning: Condvar::new(),
    beginning: Condvar::new(),
});

impl Turns {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes one thread for a turn that is free: of hundreds that wait all others sleep on.
    fn wake(&self, state: &State) {
        if state.free == 0 {
            return;
        }
        match state.returning {
            0 => self.beginning.notify_one(),
            _ => self.returning.notify_one(),
        }
    }
}

/// The right to run; given back when dropped.
pub(super) struct Turn(());

impl Turn {
    /// Waits for a turn to begin with something.
    pub(super) fn begin() -> Turn {
        let mut state = TURNS.lock();
        while state.free == 0 || state.returning > 0 {
            state = wait(&TURNS.beginning, state);
        }
        state.free -= 1;
        TURNS.wake(&state);
        Turn(())
    }

    /// Waits for a turn to go on with what was begun.
    pub(super) fn resume() -> Turn {
        let mut state = TURNS.lock();
        state.returning += 1;
        while state.free == 0 {
            state = wait(&TURNS.returning, state);
        }
        state.returning -= 1;
        state.free -= 1;
        TURNS.wake(&state);
        Turn(())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = TURNS.lock();
        state.free += 1;
        TURNS.wake(&state);
    }
}

fn wait<'a>(until: &Condvar, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
    until.wait(state).unwrap_or_else(PoisonError::into_inner)
}
