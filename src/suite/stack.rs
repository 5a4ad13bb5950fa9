//! A stack, as the tests see it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::Trial;

use crate::cli::{NOT_COUNTED, StackEntry};
use crate::harness::{Judge, StackJudge};
use crate::oracle::KnownDeviations;
use crate::stack::Stack;

/// A stack of one's own, by its name: `fresh` makes one, as often as threads and broken ones ask.
pub fn entry<S: Stack + 'static>(
    name: &'static str,
    fresh: impl Fn() -> S + Copy + Send + Sync + 'static,
) -> StackEntry {
    let judge = move |known| -> Result<Box<dyn Judge>, String> {
        Ok(Box::new(StackJudge::new(fresh, known)))
    };
    let talker = move || -> Result<Box<dyn Stack>, String> { Ok(Box::new(fresh())) };
    StackEntry {
        name,
        about: "the stack of this crate",
        known: "",
        // There is one of them in a program.
        judge: Box::leak(Box::new(judge)),
        talker: Box::leak(Box::new(talker)),
        reached: NOT_COUNTED,
    }
}

/// How a stack stands on this machine.
pub(super) struct Stand {
    /// Which of them it is.
    id: usize,
    pub(super) stack: StackEntry,
    /// Whether it lives in real time, or why the machine cannot run it.
    live: Result<bool, String>,
    /// What is known of it, or what is wrong with the file.
    known: Result<KnownDeviations, String>,
    /// Whether it may miss no recommendation either.
    pub(super) strict: bool,
}

thread_local! {
    /// The judges of this thread, by the stand of their stack.
    static JUDGES: RefCell<HashMap<usize, Box<dyn Judge>>> = RefCell::default();
}

impl Stand {
    pub(super) fn of(stack: StackEntry, strict: bool) -> Stand {
        static STANDS: AtomicUsize = AtomicUsize::new(0);
        let known = stack.known.parse::<KnownDeviations>();
        let judge = (stack.judge)(KnownDeviations::default());
        Stand {
            id: STANDS.fetch_add(1, Ordering::Relaxed),
            stack,
            live: judge.map(|judge| judge.trials() > 1),
            known: known.map_err(|error| format!("the known deviations are wrong\n{error}")),
            strict,
        }
    }

    /// Why the machine cannot run it, if it cannot.
    pub(super) fn absent(&self) -> Option<&str> {
        self.live.as_ref().err().map(String::as_str)
    }

    /// Whether it lives in real time.
    pub(super) fn is_live(&self) -> bool {
        self.live == Ok(true)
    }

    pub(super) fn known(&self) -> Result<KnownDeviations, String> {
        self.known.clone()
    }

    /// A test, shown as ignored where the machine cannot run the stack.
    pub(super) fn trial(
        &self,
        name: &str,
        test: impl FnOnce() -> Result<(), String> + Send + 'static,
    ) -> Trial {
        let name = format!("{}::{name}", self.stack.name);
        let trial = Trial::test(name, || test().map_err(Into::into));
        match self.absent() {
            Some(why) => trial.with_ignored_flag(true).with_kind(why),
            None => trial,
        }
    }

    /// What `ask` gets from the judge of this thread.
    pub(super) fn judged<T>(
        &self,
        ask: impl FnOnce(&mut dyn Judge) -> Result<T, String>,
    ) -> Result<T, String> {
        JUDGES.with_borrow_mut(|judges| {
            let judge = match judges.entry(self.id) {
                Entry::Occupied(there) => there.into_mut(),
                Entry::Vacant(free) => free.insert((self.stack.judge)(self.known()?)?),
            };
            ask(judge)
        })
    }
}
