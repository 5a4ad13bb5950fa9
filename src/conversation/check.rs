//! Judges many conversations on several threads.
//!
//! What it says depends on the seed and the number of cases, and on nothing else: of every flaw the
//! conversation with the lowest number counts.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::judge::{Finding, Flaw, Judge, Key};
use super::{Conversation, generate, generate_live, simplify};
use crate::harness::maker;
use crate::oracle::{KnownDeviations, Verdict};
use crate::stack::Stack;
use crate::trace::Trace;

/// How often a conversation is run to make it simpler.
const RUNS: usize = 150;

/// In real time a finding has to show so often in a row to be firm.
const TRIALS: usize = 3;

/// So many findings are made simpler; a stack that has more has other worries.
const MOST_FINDINGS: usize = 40;

/// What is to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// How many conversations.
    pub cases: u64,
    /// The seed of the generator.
    pub seed: u64,
    /// On how many threads.
    pub jobs: NonZeroUsize,
    /// The known deviations.
    pub known: &'a KnownDeviations,
}

/// What a whole run found.
#[derive(Debug, Default)]
pub struct Checked {
    /// How many conversations went as they may, known deviations apart.
    pub conform: u64,
    /// How many did not.
    pub deviate: u64,
    /// Why nothing can be said, and the numbers of such conversations.
    pub inconclusive: BTreeMap<String, BTreeSet<u64>>,
    /// How many conversations needed each of the known deviations.
    pub known: Vec<u64>,
    /// What came of known deviations, by what it is and by which deviation.
    pub consequences: BTreeMap<(&'static str, u16), u64>,
    /// How many segments went by at the stack's interface.
    pub segments: u64,
    /// What is wrong, each once, in the order of the conversations that showed it first.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Of how many conversations nothing can be said.
    pub fn unclear(&self) -> u64 {
        let numbers = self.inconclusive.values();
        numbers.map(|numbers| numbers.len() as u64).sum()
    }
}

/// Makes the stack of one thread.
pub type MakeStack<'a> = dyn Fn() -> Result<Box<dyn Stack>, String> + Sync + 'a;

/// Carries out a plan.
pub struct Check<'a> {
    plan: Plan<'a>,
    make: &'static MakeStack<'static>,
}

/// A judge of whatever stack.
pub type Talker = Judge<Box<dyn Stack>>;

/// What one thread has seen.
#[derive(Default)]
struct Seen {
    checked: Checked,
    flaws: BTreeMap<Key, Shown>,
}

/// A flaw: the first conversation that showed it, how many did, and, in real time, what was seen of
/// the first.
struct Shown {
    index: u64,
    count: u64,
    flaw: Flaw,
    trace: Option<Box<Trace>>,
}

impl<'a> Check<'a> {
    /// A run of `plan` in which every thread makes itself a stack.
    pub fn new(plan: Plan<'a>, make: &'static MakeStack<'static>) -> Check<'a> {
        Check { plan, make }
    }

    /// A judge.
    ///
    /// # Errors
    /// Says why this machine cannot run the stack.
    pub fn judge(&self) -> Result<Talker, String> {
        judge(self.make, self.plan.known.clone())
    }

    /// Judges everything; `progress` is told now and then how many are done.
    ///
    /// # Errors
    /// When a stack cannot be made, or a thread panics.
    pub fn run(&self, mut progress: impl FnMut(u64)) -> Result<Checked, String> {
        let mut judge = self.judge()?;
        let next = AtomicU64::new(0);
        let seen = thread::scope(|scope| {
            let workers: Vec<_> = (0..self.plan.jobs.get())
                .map(|_| scope.spawn(|| self.work(&next)))
                .collect();
            while workers.iter().any(|worker| !worker.is_finished()) {
                thread::sleep(std::time::Duration::from_millis(20));
                progress(next.load(Ordering::Relaxed).min(self.plan.cases));
            }
            let mut all = Seen::default();
            all.checked.known = vec![0; self.plan.known.entries().len()];
            for worker in workers {
                let seen = worker.join();
                all.add(seen.map_err(|_| "a thread of the harness itself panicked".to_owned())??);
            }
            Ok::<Seen, String>(all)
        })?;
        let Seen { mut checked, flaws } = seen;
        let mut flaws: Vec<(Key, Shown)> = flaws.into_iter().collect();
        flaws.sort_by_key(|(_, shown)| shown.index);
        if judge.is_live() {
            checked.findings = self.repeated(flaws)?;
            return Ok(checked);
        }
        for (key, shown) in flaws {
            let found = self.finding(&mut judge, &key, shown, checked.findings.len());
            checked.findings.push(found);
        }
        Ok(checked)
    }

    /// One thread: one conversation after the other until there is none.
    fn work(&self, next: &AtomicU64) -> Result<Seen, String> {
        let mut judge = self.judge()?;
        let mut seen = Seen::default();
        seen.checked.known = vec![0; self.plan.known.entries().len()];
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= self.plan.cases {
                return Ok(seen);
            }
            let judged = judge.judge(&self.conversation(&judge, index));
            let segments = judge.trace().events.iter();
            seen.checked.segments += segments.filter(|event| event.is_segment()).count() as u64;
            for entry in &judged.judgment.known {
                seen.checked.known[usize::from(*entry)] += 1;
            }
            for complaint in &judged.known {
                for entry in &judged.judgment.known {
                    let key = (complaint.what, *entry);
                    *seen.checked.consequences.entry(key).or_default() += 1;
                }
            }
            let flaws = judged.flaws();
            match judged.judgment.verdict {
                Verdict::Inconclusive(why) => {
                    seen.checked
                        .inconclusive
                        .entry(why)
                        .or_default()
                        .insert(index);
                }
                _ if flaws.iter().any(|flaw| flaw.counts(false)) => seen.checked.deviate += 1,
                _ => seen.checked.conform += 1,
            }
            for flaw in flaws {
                let trace = || judge.is_live().then(|| Box::new(judge.trace().clone()));
                let entry = seen.flaws.entry(flaw.key());
                entry
                    .and_modify(|shown| shown.count += 1)
                    .or_insert_with(|| Shown {
                        index,
                        count: 1,
                        flaw,
                        trace: trace(),
                    });
            }
        }
    }

    /// A finding, with the simplest conversation that shows it.
    fn finding(&self, judge: &mut Talker, key: &Key, shown: Shown, before: usize) -> Finding {
        let mut conversation = self.conversation(judge, shown.index);
        if before < MOST_FINDINGS {
            conversation = simplify(&conversation, RUNS, |candidate| {
                let flaws = judge.judge(candidate).flaws();
                flaws.iter().any(|flaw| flaw.key() == *key)
            });
        }
        let flaws = judge.judge(&conversation).flaws();
        let again = flaws.into_iter().find(|flaw| flaw.key() == *key);
        Finding {
            flaw: again.unwrap_or(shown.flaw),
            index: shown.index,
            count: shown.count,
            conversation,
            trace: judge.trace().clone(),
            repeatable: true,
        }
    }

    /// In real time: the findings, each held again to see whether it is firm, and none made simpler.
    /// All wait together.
    fn repeated(&self, flaws: Vec<(Key, Shown)>) -> Result<Vec<Finding>, String> {
        thread::scope(|scope| {
            let workers: Vec<_> = (flaws.into_iter())
                .map(|(key, shown)| scope.spawn(move || self.held_again(&key, shown)))
                .collect();
            let joined = workers.into_iter().map(|worker| {
                let found = worker.join();
                found.map_err(|_| "a thread of the harness itself panicked".to_owned())?
            });
            joined.collect()
        })
    }

    /// In real time: a finding, and whether its conversation shows it each time.
    fn held_again(&self, key: &Key, shown: Shown) -> Result<Finding, String> {
        let mut judge = self.judge()?;
        let conversation = self.conversation(&judge, shown.index);
        let shows = |judge: &mut Talker| {
            let flaws = judge.judge(&conversation).flaws();
            flaws.iter().any(|flaw| flaw.key() == *key)
        };
        let repeatable = (0..TRIALS).all(|_| shows(&mut judge));
        let trace = shown.trace.map(|trace| *trace);
        Ok(Finding {
            flaw: shown.flaw,
            index: shown.index,
            count: shown.count,
            conversation,
            trace: trace.unwrap_or_else(|| judge.trace().clone()),
            repeatable,
        })
    }

    /// The conversation of this number.
    fn conversation(&self, judge: &Talker, index: u64) -> Conversation {
        match judge.is_live() {
            true => generate_live(self.plan.seed, index),
            false => generate(self.plan.seed, index),
        }
    }
}

/// A judge of the stacks that `make` gives.
///
/// # Errors
/// Says why this machine cannot run the stack.
pub fn judge(make: &'static MakeStack<'static>, known: KnownDeviations) -> Result<Talker, String> {
    Ok(Judge::new(maker(make)?, known))
}

impl Seen {
    fn add(&mut self, other: Seen) {
        self.checked.conform += other.checked.conform;
        self.checked.deviate += other.checked.deviate;
        self.checked.segments += other.checked.segments;
        for (why, numbers) in other.checked.inconclusive {
            self.checked
                .inconclusive
                .entry(why)
                .or_default()
                .extend(numbers);
        }
        for (key, count) in other.checked.consequences {
            *self.checked.consequences.entry(key).or_default() += count;
        }
        for (all, more) in self.checked.known.iter_mut().zip(other.checked.known) {
            *all += more;
        }
        for (key, mut shown) in other.flaws {
            let Some(mine) = self.flaws.get_mut(&key) else {
                self.flaws.insert(key, shown);
                continue;
            };
            shown.count += mine.count;
            match shown.index < mine.index {
                true => *mine = shown,
                false => mine.count = shown.count,
            }
        }
    }
}
