//! Puts the blocks of a run together, in their order, and shrinks what is new in them.

use std::collections::{BTreeMap, HashMap};

use super::block::{Block, Sighting};
use super::{Check, Checked, Judge, KnownUse, Progress, Tally, Watcher};
use crate::harness::finding::Key;
use crate::harness::inspect::investigate;
use crate::oracle::Coverage;
use crate::scenario::Scenario;

/// So many distinct reasons for being inconclusive are told apart.
const MOST_REASONS: usize = 50;

/// The whole run so far.
pub(super) struct Merger<'c, 'a, F, J> {
    check: &'c Check<'a, F>,
    judge: J,
    done: u64,
    places: HashMap<Key, usize>,
    witnessed: Vec<bool>,
    checked: Checked,
}

impl<'c, 'a, F, J> Merger<'c, 'a, F, J>
where
    F: Fn() -> Result<J, String> + Sync,
    J: Judge,
{
    pub(super) fn new(check: &'c Check<'a, F>, judge: J) -> Merger<'c, 'a, F, J> {
        let known = check.plan.known.len();
        let in_real_time = judge.trials() > 1;
        Merger {
            check,
            judge,
            done: 0,
            places: HashMap::new(),
            witnessed: vec![false; known],
            checked: Checked {
                corpus: Tally::default(),
                generated: Tally::default(),
                findings: Vec::new(),
                unkept: 0,
                left_out: 0,
                inconclusive: BTreeMap::new(),
                known: vec![KnownUse::default(); known],
                coverage: Coverage::default(),
                in_real_time,
            },
        }
    }

    pub(super) fn progress(&self) -> Progress {
        Progress {
            done: self.done,
            total: self.check.total(),
            findings: self.checked.findings.len(),
        }
    }

    pub(super) fn take(&mut self, block: Block, watcher: &mut dyn Watcher) -> Result<(), String> {
        let checked = &mut self.checked;
        self.done += block.judged;
        checked.corpus = checked.corpus.plus(block.corpus);
        checked.generated = checked.generated.plus(block.generated);
        checked.left_out += block.left_out;
        for (why, count) in block.inconclusive {
            count_reason(&mut checked.inconclusive, why, count);
        }
        for (entry, count) in block.known {
            if let Some(known) = checked.known.get_mut(usize::from(entry)) {
                known.count += count;
            }
        }
        for entry in block.witnessed {
            self.witnessed[usize::from(entry)] = true;
        }
        for sighting in block.sightings {
            self.sighting(sighting, watcher)?;
        }
        Ok(())
    }

    fn sighting(&mut self, sighting: Sighting, watcher: &mut dyn Watcher) -> Result<(), String> {
        if let Some(&place) = self.places.get(&sighting.key) {
            let finding = &mut self.checked.findings[place];
            finding.count += sighting.count;
            finding.states.extend(sighting.states);
            finding.states.sort_unstable();
            finding.states.dedup();
            return Ok(());
        }
        let number = self.checked.findings.len();
        let (Some(evidence), true) = (sighting.evidence, number < Checked::MOST_FINDINGS) else {
            self.checked.unkept += sighting.count;
            return Ok(());
        };
        let mut room = Scenario::default();
        let scenario = self.check.scenario(sighting.item, &mut room);
        let origin = self.check.origin(sighting.item);
        let mut finding = investigate(&mut self.judge, scenario, *evidence, origin);
        finding.number = number + 1;
        finding.count = sighting.count;
        finding.states = sighting.states;
        finding.states.sort_unstable();
        watcher.found(&finding)?;
        self.places.insert(sighting.key, number);
        self.checked.findings.push(finding);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Checked {
        self.try_witnesses_again();
        let plan = &self.check.plan;
        for (n, entry) in self.checked.known.iter_mut().enumerate() {
            let asked = plan.only.contains(plan.known[n].requirement.0);
            entry.unwitnessed = self.check.witnesses[n].is_none();
            entry.stale = asked && !entry.unwitnessed && !self.witnessed[n];
        }
        self.checked
    }

    /// In real time a witness that did not show its deviation may have come at a bad moment, when
    /// other scenarios ran beside it.
    fn try_witnesses_again(&mut self) {
        let plan = &self.check.plan;
        for (n, place) in self.check.witnesses.iter().enumerate() {
            let (Some(place), false) = (*place, self.witnessed[n]) else {
                continue;
            };
            let scenario = &plan.corpus[place as usize].scenario;
            let again = (1..self.judge.trials()).any(|_| {
                let judgment = self.judge.judge(scenario);
                judgment.known.contains(&(n as u16))
            });
            self.witnessed[n] = again;
        }
    }
}

fn count_reason(reasons: &mut BTreeMap<String, u64>, why: String, count: u64) {
    let known = reasons.len() < MOST_REASONS || reasons.contains_key(&why);
    let why = if known {
        why
    } else {
        "other reasons".to_owned()
    };
    *reasons.entry(why).or_default() += count;
}
