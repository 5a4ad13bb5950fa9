//! A case of the corpus on a stack.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::Trial;

use super::{Read, Shared, failed};
use crate::cli::CorpusFile;
use crate::harness::{Check, Checked, CorpusScenario, Judge, Plan, Unwatched};
use crate::model::State;
use crate::oracle::Verdict;
use crate::report::{Setting, Style, findings_text, ladder};
use crate::scenario::{Case, Step, Wait, generate};
use crate::spec::RequirementSet;
use crate::stack::{Outcome, Socket};
use crate::time::Micros;
use crate::trace::{Call, Trace, What};

/// How many passed only because of known deviations.
static WITH_KNOWN: AtomicUsize = AtomicUsize::new(0);

/// In real time a scenario that waits for longer is for `check`.
const TIMELY: Micros = Micros::millis(300);

/// How many cases passed only because of known deviations.
pub(super) fn with_known() -> usize {
    WITH_KNOWN.load(Ordering::Relaxed)
}

/// The tests of a file on a stack. Of a file that cannot be read, one that says so, under the name
/// that was asked for if it was.
pub(super) fn add(shared: &Shared, file: &Read, exact: Option<&str>, trials: &mut Vec<Trial>) {
    let stand = &shared.stand;
    let stem = file.path.trim_end_matches(".scn");
    let file = match &file.content {
        Ok(file) => file,
        Err(why) => {
            let name = format!("{}::{stem}", stand.stack.name);
            let asked = exact.filter(|asked| asked.starts_with(&name));
            let name = asked.map_or(name.clone(), str::to_owned);
            trials.push(failed(name, why.clone()));
            return;
        }
    };
    for case in &file.cases {
        if stand.is_live() && !is_timely(case) {
            continue;
        }
        let name = match case.name.as_str() {
            "" => stem.to_owned(),
            case => format!("{stem}::{case}"),
        };
        let test = Test::new(shared.clone(), file, case);
        trials.push(stand.trial(&name, move || test.run()));
    }
}

/// Whether a scenario is over in a moment of real time.
fn is_timely(case: &Case) -> bool {
    let mut waits = Micros::ZERO;
    for step in &case.scenario.steps {
        match step {
            Step::Wait(Wait::Span(span)) => waits = waits + *span,
            Step::Wait(Wait::Timer) => return false,
            Step::Segment(_) | Step::Icmp(_) | Step::Call(..) | Step::Peer(..) => {}
        }
    }
    waits <= TIMELY
}

/// The state that a file of cases says it reaches, or what is wrong with its header.
fn reached(file: &CorpusFile) -> Result<State, String> {
    let header = file.text.lines().take_while(|line| line.starts_with('#'));
    let mut named = header.filter_map(|line| line.strip_prefix("# reaches "));
    let (Some(name), None) = (named.next(), named.next()) else {
        return Err("a file of cases says once in its header `# reaches STATE`".to_owned());
    };
    let state = State::ALL.into_iter().find(|state| state.name() == name);
    state.ok_or_else(|| format!("`{name}` is no state; write it as RFC 9293 does"))
}

struct Test {
    shared: Shared,
    /// `FILE:LINE`.
    place: String,
    case: CorpusScenario,
    prologue: usize,
    /// What the prologue has to reach, if anything is said of it.
    state: Result<Option<State>, String>,
}

impl Test {
    fn new(shared: Shared, file: &CorpusFile, case: &Case) -> Test {
        let state = match case.name.is_empty() {
            true => Ok(None),
            false => reached(file).map(Some),
        };
        let place = shared.corpus.join(&file.path);
        Test {
            shared,
            place: format!("{}:{}", place.display(), case.line),
            case: CorpusScenario {
                path: file.path_of(case),
                scenario: case.scenario.clone(),
            },
            prologue: case.prologue,
            state,
        }
    }

    fn run(&self) -> Result<(), String> {
        self.shared.stand.judged(|judge| self.judged_by(judge))
    }

    fn judged_by(&self, judge: &mut dyn Judge) -> Result<(), String> {
        let place = &self.place;
        let state = self.state.clone();
        let state = state.map_err(|why| format!("{place}: {why}"))?;
        let judgment = judge.judge(&self.case.scenario);
        // A stack that is known to deviate may come to another state by that.
        let as_known = judgment.verdict == Verdict::Conforms && !judgment.known.is_empty();
        if let Some(state) = state.filter(|_| !as_known) {
            self.reaches(state, judge.trace())?;
        }
        let missed = self.shared.stand.strict && !judgment.missed.is_empty();
        match &judgment.verdict {
            Verdict::Conforms if !missed => {
                let known = usize::from(!judgment.known.is_empty());
                WITH_KNOWN.fetch_add(known, Ordering::Relaxed);
                Ok(())
            }
            Verdict::Inconclusive(why) => {
                let text = format!("inconclusive, because {why}");
                Err(self.told(&text, judge.trace()))
            }
            Verdict::Conforms | Verdict::Deviates(_) | Verdict::Broken(_) => {
                let found = self.findings()?;
                Err(format!("{place}:\n{found}\n{}", self.replay()))
            }
        }
    }

    /// Whether STATUS told the state at the end of the prologue. A stack that has no such call is
    /// taken at its word.
    fn reaches(&self, state: State, trace: &Trace) -> Result<(), String> {
        let last = trace.events.iter().find_map(|event| match event.what {
            What::Call {
                socket: Socket(0),
                call: Call::Status,
                outcome,
                ..
            } if event.step as usize + 1 == self.prologue => Some(outcome),
            _ => None,
        });
        match last {
            Some(Outcome::Unsupported) => Ok(()),
            Some(Outcome::Status(found)) if found == state => Ok(()),
            Some(outcome) => {
                let found = match outcome {
                    Outcome::Status(found) => found.name().to_owned(),
                    other => format!("{other:?}"),
                };
                let text = format!("reaches {found}, but the header says {}", state.name());
                Err(self.told(&text, trace))
            }
            None => Err(self.told("its way to begin has to end in `A: status`", trace)),
        }
    }

    /// What is wrong, the whole case, and how to see it again.
    fn told(&self, what: &str, trace: &Trace) -> String {
        let seen = ladder(trace, None, &self.case.scenario.lines());
        format!("{}: {what}\n\n{seen}\n{}", self.place, self.replay())
    }

    fn replay(&self) -> String {
        let (path, stack) = (&self.case.path, self.shared.stand.stack.name);
        let path = self.shared.corpus.join(path);
        let (path, command) = (path.display(), &self.shared.command);
        format!("the whole case:\n{command} replay {path} --stack {stack}\n")
    }

    /// The findings, shrunk, as `check` tells them.
    fn findings(&self) -> Result<String, String> {
        let corpus = std::slice::from_ref(&self.case);
        let checked = self.shared.check(corpus, 0, 0)?;
        Ok(self.shared.told(&checked))
    }
}

impl Shared {
    /// Judges on one thread.
    pub(super) fn check(
        &self,
        corpus: &[CorpusScenario],
        cases: u64,
        seed: u64,
    ) -> Result<Checked, String> {
        let known = self.stand.known()?;
        let plan = Plan {
            corpus,
            cases,
            seed,
            generate,
            jobs: NonZeroUsize::MIN,
            known: known.entries(),
            only: &RequirementSet::full(),
        };
        let check = Check::new(plan, || (self.stand.stack.judge)(known.clone()));
        let checked = check.run(&mut Unwatched);
        checked.map_err(|error| error.to_string())
    }

    /// The findings, as `check` tells them.
    pub(super) fn told(&self, checked: &Checked) -> String {
        let setting = Setting {
            stack: self.stand.stack.name,
            command: &self.command,
            saved: None,
            counted: true,
            style: Style::default(),
        };
        findings_text(&checked.findings, &setting)
    }
}
