//! How a stack stands to each requirement, after it has been run on some scenarios.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::applies::Offers;
use super::{Condition, Conditions, broken};
use crate::harness::{Fault, Judge};
use crate::oracle::known::Known;
use crate::oracle::{Judgment, Verdict};
use crate::scenario::Scenario;
use crate::spec::{Req, RequirementSet};

/// How a stack stands to a requirement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Standing {
    /// It was put to the test, and kept.
    Conforms,
    /// It was broken, and that is not known.
    Deviates,
    /// It was broken, as is known.
    Known,
    /// Nothing has put it to the test.
    NotExercised,
    /// It is waived, or about something that the stack declares not to have.
    DoesNotApply,
    /// No deviation can be reported by it yet.
    NotJudged,
}

impl Standing {
    /// All of them with their names.
    pub const NAMES: [(Standing, &'static str); 6] = [
        (Standing::Conforms, "conforms"),
        (Standing::Deviates, "deviates"),
        (Standing::Known, "known"),
        (Standing::NotExercised, "not exercised"),
        (Standing::DoesNotApply, "does not apply"),
        (Standing::NotJudged, "not judged"),
    ];

    /// The name.
    pub const fn name(self) -> &'static str {
        Standing::NAMES[self as usize].1
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a deviation was first seen by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// Which scenario.
    pub scenario: String,
    /// The deviation: its shape, in words.
    pub what: String,
    /// It is no recommendation missed and no soft check.
    pub firm: bool,
}

/// What was seen of one stack.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// How many scenarios were run.
    pub scenarios: u64,
    /// How many of them were inconclusive.
    pub inconclusive: u64,
    /// The requirements that were broken, and where first.
    pub deviates: BTreeMap<Req, Evidence>,
    /// The requirements that were broken as is known, with the names of the known deviations.
    pub known: BTreeMap<Req, BTreeSet<String>>,
    /// The scenarios on which the stack broke, and what it said.
    pub broke: Vec<Evidence>,
    exercised: RequirementSet,
    offers: Offers,
}

impl Survey {
    /// Runs scenarios, each with what to call it. `judge` knows of the deviations in `entries`.
    pub fn of<'a>(
        judge: &mut impl Judge,
        entries: &[Known],
        scenarios: impl Iterator<Item = (&'a str, &'a Scenario)>,
    ) -> Survey {
        judge.note_stakes();
        let mut survey = Survey::default();
        for (name, scenario) in scenarios {
            survey.scenarios += 1;
            let judgment = judge.judge(scenario);
            let trace = judge.trace();
            survey.offers.see(&trace.profile, &trace.config);
            survey.inconclusive += u64::from(matches!(judgment.verdict, Verdict::Inconclusive(_)));
            survey.see_known(entries, &judgment, judge.excused());
            if survey.is_told(&judgment) {
                continue;
            }
            let firm = (1..judge.trials()).all(|_| same(&judge.judge(scenario), &judgment));
            if firm {
                survey.see(name, judgment);
            }
        }
        survey.exercised = judge.coverage().exercised().clone();
        survey
    }

    /// Whether a judgment says nothing new of what is broken, so that it need not show again.
    fn is_told(&self, judgment: &Judgment) -> bool {
        let breaks = matches!(judgment.verdict, Verdict::Broken(_));
        let told = |requirement: Req| self.deviates.contains_key(&requirement);
        !breaks && broken(judgment).iter().all(told)
    }

    fn see(&mut self, name: &str, judgment: Judgment) {
        for fault in Fault::all(judgment) {
            let firm = !matches!(fault, Fault::Missed(_));
            let evidence = |what: String| Evidence {
                scenario: name.to_owned(),
                what,
                firm,
            };
            match fault {
                Fault::Broken(why) => self.broke.push(evidence(why)),
                Fault::Deviation(deviation) | Fault::Missed(deviation) => {
                    for requirement in deviation.breaks() {
                        let what = deviation.shape.to_string();
                        self.deviates
                            .entry(requirement)
                            .or_insert_with(|| evidence(what));
                    }
                }
            }
        }
    }

    /// Known deviations were needed.
    fn see_known(&mut self, entries: &[Known], judgment: &Judgment, excused: &[(u16, Req)]) {
        for place in &judgment.known {
            let Some(known) = entries.get(usize::from(*place)) else {
                continue;
            };
            let seen = excused.iter().filter(|(entry, _)| entry == place);
            for requirement in seen.map(|(_, broken)| *broken).chain(known.breaks()) {
                let names = self.known.entry(requirement).or_default();
                if !names.contains(&known.name) {
                    names.insert(known.name.clone());
                }
            }
        }
    }

    /// Adds what was seen of the same stack in other scenarios, which come after these.
    pub fn merge(&mut self, other: Survey) {
        self.scenarios += other.scenarios;
        self.inconclusive += other.inconclusive;
        for (requirement, evidence) in other.deviates {
            self.deviates.entry(requirement).or_insert(evidence);
        }
        for (requirement, names) in other.known {
            self.known.entry(requirement).or_default().extend(names);
        }
        self.broke.extend(other.broke);
        self.exercised.absorb(&other.exercised);
        self.offers = self.offers.and(other.offers);
    }

    /// How the stack stands to a requirement.
    pub fn standing(&self, requirement: Req, conditions: &Conditions) -> Standing {
        match conditions.of(requirement) {
            _ if self.deviates.contains_key(&requirement) => Standing::Deviates,
            _ if self.known.contains_key(&requirement) => Standing::Known,
            Condition::Waived(_) => Standing::DoesNotApply,
            Condition::Judged | Condition::Exercised | Condition::Open
                if !self.offers.meet(requirement) =>
            {
                Standing::DoesNotApply
            }
            Condition::Exercised | Condition::Open => Standing::NotJudged,
            Condition::Judged if self.exercised.contains(requirement) => Standing::Conforms,
            Condition::Judged => Standing::NotExercised,
        }
    }
}

/// Whether two judgments find the same.
fn same(one: &Judgment, other: &Judgment) -> bool {
    broken(one) == broken(other)
}
