//! What one thread has to say of one block of scenarios.

use std::collections::{BTreeMap, HashSet};

use super::{Check, Checked, Judge, Tally};
use crate::harness::finding::{Fault, Key};
use crate::model::State;
use crate::oracle::{Judgment, Verdict};
use crate::trace::Trace;

/// Verdicts and sightings of one block of scenarios.
pub(super) struct Block {
    pub(super) number: u64,
    pub(super) judged: u64,
    pub(super) corpus: Tally,
    pub(super) generated: Tally,
    pub(super) sightings: Vec<Sighting>,
    pub(super) left_out: u64,
    pub(super) inconclusive: Vec<(String, u64)>,
    pub(super) known: BTreeMap<u16, u64>,
    /// Known deviations that showed in their own witness, or whose witness was not carried out to its
    /// end: what it would have shown, nobody knows.
    pub(super) witnessed: Vec<u16>,
}

/// A fault in a block, with the number of the first scenario that showed it.
pub(super) struct Sighting {
    pub(super) key: Key,
    pub(super) item: u64,
    pub(super) count: u64,
    /// In which states, each once.
    pub(super) states: Vec<State>,
    /// What was seen: only from the first sighting of each thread, which is enough, because each
    /// thread takes its blocks in ascending order.
    pub(super) evidence: Option<Box<(Fault, Trace)>>,
}

impl Block {
    pub(super) fn new(number: u64) -> Block {
        Block {
            number,
            judged: 0,
            corpus: Tally::default(),
            generated: Tally::default(),
            sightings: Vec::new(),
            left_out: 0,
            inconclusive: Vec::new(),
            known: BTreeMap::new(),
            witnessed: Vec::new(),
        }
    }

    pub(super) fn count<F>(
        &mut self,
        item: u64,
        judgment: &Judgment,
        cut_off: bool,
        check: &Check<'_, F>,
    ) {
        self.judged += 1;
        if item < check.plan.corpus.len() as u64 {
            self.corpus.count(judgment, cut_off);
        } else {
            self.generated.count(judgment, cut_off);
        }
        if let Verdict::Inconclusive(why) = &judgment.verdict {
            match self.inconclusive.iter_mut().find(|(w, _)| w == why) {
                Some((_, count)) => *count += 1,
                None => self.inconclusive.push((why.clone(), 1)),
            }
        }
        if cut_off {
            let own = check.witnesses.iter().zip(0..);
            let unseen = own.filter(|(place, _)| **place == Some(item));
            self.witnessed.extend(unseen.map(|(_, entry)| entry));
        }
        for &entry in &judgment.known {
            *self.known.entry(entry).or_default() += 1;
            if check.witnesses.get(usize::from(entry)) == Some(&Some(item)) {
                self.witnessed.push(entry);
            }
        }
    }

    pub(super) fn sight(
        &mut self,
        item: u64,
        fault: Fault,
        judge: &impl Judge,
        seen: &mut HashSet<Key>,
    ) {
        let key = fault.key();
        let state = fault.deviation().map(|deviation| deviation.shape.state);
        if let Some(sighting) = self.sightings.iter_mut().find(|s| s.key == key) {
            sighting.count += 1;
            if let Some(state) = state.filter(|state| !sighting.states.contains(state)) {
                sighting.states.push(state);
            }
            return;
        }
        let new = !seen.contains(&key) && seen.len() <= Checked::MOST_FINDINGS;
        if new {
            seen.insert(key.clone());
        }
        let evidence = new.then(|| Box::new((fault, judge.trace().clone())));
        self.sightings.push(Sighting {
            key,
            item,
            count: 1,
            states: state.into_iter().collect(),
            evidence,
        });
    }
}
