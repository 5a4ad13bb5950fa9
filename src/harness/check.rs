//! The engine of `check`: judges the corpus, then generated scenarios, on several threads.
//!
//! What it says depends on the corpus, the seed and the number of cases, and on nothing else:
//! threads take scenarios in blocks, and the blocks are merged in order. It knows no stack and no
//! oracle; a [`Judge`] stands for both. Memory does not grow with the number of cases: kept are
//! counts, and one scenario for each distinct finding.

mod block;
mod merge;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use super::finding::{Fault, Finding, Origin};
use crate::oracle::known::Known;
use crate::oracle::{Coverage, Judgment, Verdict};
use crate::scenario::Scenario;
use crate::spec::{Req, RequirementSet};
use crate::time::Micros;
use crate::trace::Trace;
use block::Block;
use merge::Merger;

/// Runs scenarios on a stack and judges what is seen.
pub trait Judge {
    /// Runs and judges one scenario.
    fn judge(&mut self, scenario: &Scenario) -> Judgment;

    /// What was seen in the last scenario.
    fn trace(&self) -> &Trace;

    /// How often a fault has to show again, every time, before it is firm: more than once where
    /// time is real, and what else the machine does plays a part.
    fn trials(&self) -> u32 {
        1
    }

    /// In real time a scenario waits no longer than so long altogether, and ends there.
    fn set_patience(&mut self, patience: Micros) {
        let _ = patience;
    }

    /// Whether the last scenario ended before its last step, because it was to wait for longer.
    fn was_cut_off(&self) -> bool {
        false
    }

    /// Counts from now on all that is put to the test as exercised, and not only what branches of the
    /// model rest on; a judge that has no model of its own cannot tell them apart.
    fn note_stakes(&mut self) {}

    /// What the known deviations of the last scenario have broken there, each with its place in their
    /// file, once [`Judge::note_stakes`] was called.
    fn excused(&self) -> &[(u16, Req)] {
        &[]
    }

    /// What was reached in all scenarios so far.
    fn coverage(&self) -> &Coverage;
}

impl<J: Judge + ?Sized> Judge for Box<J> {
    fn judge(&mut self, scenario: &Scenario) -> Judgment {
        (**self).judge(scenario)
    }

    fn trace(&self) -> &Trace {
        (**self).trace()
    }

    fn trials(&self) -> u32 {
        (**self).trials()
    }

    fn set_patience(&mut self, patience: Micros) {
        (**self).set_patience(patience);
    }

    fn note_stakes(&mut self) {
        (**self).note_stakes();
    }

    fn excused(&self) -> &[(u16, Req)] {
        (**self).excused()
    }

    fn was_cut_off(&self) -> bool {
        (**self).was_cut_off()
    }

    fn coverage(&self) -> &Coverage {
        (**self).coverage()
    }
}

/// A scenario of the corpus.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CorpusScenario {
    /// Its path below the corpus, with `/` between the parts.
    pub path: String,
    /// The scenario.
    pub scenario: Scenario,
}

/// What is to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// The corpus, in order; it goes first.
    pub corpus: &'a [CorpusScenario],
    /// How many scenarios to generate.
    pub cases: u64,
    /// The seed of the generator.
    pub seed: u64,
    /// The generator.
    pub generate: fn(seed: u64, index: u64, into: &mut Scenario),
    /// On how many threads.
    pub jobs: NonZeroUsize,
    /// The known deviations, in the order of the indices in [`Judgment::known`].
    pub known: &'a [Known],
    /// Only faults against these requirements are reported; breakage always is.
    pub only: &'a RequirementSet,
}

/// What a whole run found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Verdicts on the corpus.
    pub corpus: Tally,
    /// Verdicts on what was generated.
    pub generated: Tally,
    /// What is wrong, each once, in the order of the scenarios that showed it first.
    pub findings: Vec<Finding>,
    /// Sightings of further distinct faults, after [`Checked::MOST_FINDINGS`] of them.
    pub unkept: u64,
    /// Sightings of faults that [`Plan::only`] leaves out.
    pub left_out: u64,
    /// Why scenarios were inconclusive, with how often, in alphabetical order.
    pub inconclusive: BTreeMap<String, u64>,
    /// The use of each known deviation, in the order of [`Plan::known`].
    pub known: Vec<KnownUse>,
    /// What was reached.
    pub coverage: Coverage,
    /// Whether time was real, so that a fault has to show several times to be firm.
    pub in_real_time: bool,
}

/// How many scenarios got which verdict.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Explained by what the model allows, known deviations apart.
    pub conforms: u64,
    /// Of these, how many needed a known deviation.
    pub with_known: u64,
    /// Explained by what the model allows, known deviations apart, as far as they were carried
    /// out; the rest would have had to wait for longer than there was patience for.
    pub cut_off: u64,
    /// Not allowed.
    pub deviates: u64,
    /// No statement was possible.
    pub inconclusive: u64,
    /// The stack broke.
    pub broken: u64,
}

/// What became of a known deviation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct KnownUse {
    /// How many scenarios needed it.
    pub count: u64,
    /// Whether its witness was judged and no longer shows it.
    pub stale: bool,
    /// Whether its witness is missing from the corpus.
    pub unwitnessed: bool,
}

/// How far a run has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Scenarios judged.
    pub done: u64,
    /// Scenarios to be judged.
    pub total: u64,
    /// Distinct findings.
    pub findings: usize,
}

/// Who is told while a run goes on.
pub trait Watcher {
    /// Called several times a second.
    fn progress(&mut self, progress: Progress);

    /// Called once for each finding, in order, as soon as it is shrunk. Its count is not final.
    ///
    /// # Errors
    /// An error ends the run; it says what could not be done.
    fn found(&mut self, finding: &Finding) -> Result<(), String>;
}

/// Nobody watches.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Watcher for Unwatched {
    fn progress(&mut self, _: Progress) {}

    fn found(&mut self, _: &Finding) -> Result<(), String> {
        Ok(())
    }
}

/// Why a run could not be carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckError(pub String);

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CheckError {}

impl Tally {
    /// How many scenarios there were.
    pub fn total(&self) -> u64 {
        self.conforms + self.cut_off + self.deviates + self.inconclusive + self.broken
    }

    /// The sum of two tallies.
    pub fn plus(self, other: Tally) -> Tally {
        Tally {
            conforms: self.conforms + other.conforms,
            with_known: self.with_known + other.with_known,
            cut_off: self.cut_off + other.cut_off,
            deviates: self.deviates + other.deviates,
            inconclusive: self.inconclusive + other.inconclusive,
            broken: self.broken + other.broken,
        }
    }

    fn count(&mut self, judgment: &Judgment, cut_off: bool) {
        match judgment.verdict {
            Verdict::Conforms if cut_off => self.cut_off += 1,
            Verdict::Conforms => {
                self.conforms += 1;
                self.with_known += u64::from(!judgment.known.is_empty());
            }
            Verdict::Deviates(_) => self.deviates += 1,
            Verdict::Inconclusive(_) => self.inconclusive += 1,
            Verdict::Broken(_) => self.broken += 1,
        }
    }
}

impl Checked {
    /// So many distinct findings are shrunk and kept; a stack that has more has other worries.
    pub const MOST_FINDINGS: usize = 200;

    /// Verdicts on everything.
    pub fn tally(&self) -> Tally {
        self.corpus.plus(self.generated)
    }

    /// Whether nothing happened but what was expected: no deviation, no breakage, no known
    /// deviation gone stale, and with `strict` no missed recommendation and no failed soft check
    /// either. What did not show again where time is real counts with `strict` only.
    pub fn passes(&self, strict: bool) -> bool {
        let harmless = |finding: &Finding| match finding.fault {
            Fault::Deviation(_) | Fault::Broken(_) => {
                self.in_real_time && !finding.repeatable && !strict
            }
            Fault::Missed(_) => !strict,
        };
        self.findings.iter().all(harmless) && !self.known.iter().any(|known| known.stale)
    }
}

/// Carries out a plan.
pub struct Check<'a, F> {
    plan: Plan<'a>,
    make: F,
    /// For each known deviation the place of its witness in the corpus.
    witnesses: Vec<Option<u64>>,
    block: u64,
}

impl<'a, F, J> Check<'a, F>
where
    F: Fn() -> Result<J, String> + Sync,
    J: Judge,
{
    /// A run of `plan` in which every thread makes itself a judge.
    pub fn new(plan: Plan<'a>, make: F) -> Check<'a, F> {
        let place = |entry: &Known| {
            let place = plan.corpus.iter().position(|s| s.path == entry.witness);
            place.map(|place| place as u64)
        };
        let total = plan.corpus.len() as u64 + plan.cases;
        Check {
            witnesses: plan.known.iter().map(place).collect(),
            block: (total / (plan.jobs.get() as u64 * 64)).clamp(1, 256),
            plan,
            make,
        }
    }

    /// Judges everything.
    ///
    /// # Errors
    /// When a judge cannot be made, when a thread panics, or when the watcher says so.
    pub fn run(&self, watcher: &mut dyn Watcher) -> Result<Checked, CheckError> {
        let judge = (self.make)().map_err(CheckError)?;
        let next = AtomicU64::new(0);
        thread::scope(|scope| {
            // Shrinking waits in real time, and nobody else is to wait for it.
            let blocks = self.total().div_ceil(self.block) as usize;
            let room = if judge.trials() > 1 { blocks } else { 64 };
            let (sender, receiver) = sync_channel(room);
            let workers: Vec<_> = (0..self.plan.jobs.get())
                .map(|_| {
                    let (sender, next) = (sender.clone(), &next);
                    scope.spawn(move || self.work(next, &sender))
                })
                .collect();
            drop(sender);
            let merged = self.merge(judge, receiver, watcher);
            let joined: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
            let mut checked = merged?;
            for reached in joined {
                let reached = reached.map_err(panicked)?.map_err(CheckError)?;
                checked.coverage.merge(&reached);
            }
            Ok(checked)
        })
    }

    fn total(&self) -> u64 {
        self.plan.corpus.len() as u64 + self.plan.cases
    }

    /// One thread: block after block until there is none, or nobody listens any more.
    fn work(&self, next: &AtomicU64, sender: &SyncSender<Block>) -> Result<Coverage, String> {
        let mut judge = (self.make)()?;
        let mut room = Scenario::default();
        let mut seen = HashSet::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let items = number.saturating_mul(self.block)..self.total();
            if items.is_empty() {
                break;
            }
            let mut block = Block::new(number);
            for item in items.take(self.block as usize) {
                let judgment = judge.judge(self.scenario(item, &mut room));
                block.count(item, &judgment, judge.was_cut_off(), self);
                for fault in Fault::all(judgment) {
                    if self.reports(&fault) {
                        block.sight(item, fault, &judge, &mut seen);
                    } else {
                        block.left_out += 1;
                    }
                }
            }
            if sender.send(block).is_err() {
                break;
            }
        }
        Ok(judge.coverage().clone())
    }

    /// The scenario of this number: the corpus first, then the generator's.
    fn scenario<'s>(&'s self, item: u64, room: &'s mut Scenario) -> &'s Scenario {
        match self.plan.corpus.get(item as usize) {
            Some(entry) => &entry.scenario,
            None => {
                let index = item - self.plan.corpus.len() as u64;
                (self.plan.generate)(self.plan.seed, index, room);
                room
            }
        }
    }

    fn origin(&self, item: u64) -> Origin {
        match self.plan.corpus.get(item as usize) {
            Some(entry) => Origin::Corpus(entry.path.clone()),
            None => Origin::Generated {
                seed: self.plan.seed,
                index: item - self.plan.corpus.len() as u64,
            },
        }
    }

    fn reports(&self, fault: &Fault) -> bool {
        let only = self.plan.only;
        fault
            .deviation()
            .is_none_or(|deviation| deviation.breaks().any(|broken| only.contains(broken)))
    }

    /// Takes the blocks in their order and shrinks what is new in them.
    fn merge(
        &self,
        judge: J,
        receiver: Receiver<Block>,
        watcher: &mut dyn Watcher,
    ) -> Result<Checked, CheckError> {
        let mut merger = Merger::new(self, judge);
        let mut waiting = BTreeMap::new();
        let mut due = 0;
        loop {
            match receiver.recv_timeout(Duration::from_millis(100)) {
                Ok(block) => {
                    waiting.insert(block.number, block);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            while let Some(block) = waiting.remove(&due) {
                due += 1;
                merger.take(block, watcher).map_err(CheckError)?;
            }
            watcher.progress(merger.progress());
        }
        Ok(merger.finish())
    }
}

fn panicked(payload: Box<dyn std::any::Any + Send>) -> CheckError {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    CheckError(format!(
        "a thread of the harness itself panicked: {}",
        text.unwrap_or("no message")
    ))
}
