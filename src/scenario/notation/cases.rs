//! A text of several cases: ways to begin, what is done in each case, and what follows.
//!
//! Every way to begin is joined to every case, so that a file can hold one cell of a matrix and
//! say each thing once.

use std::str::FromStr;

use super::parse::{Part, SECTIONS};
use super::words::{Word, Words};
use super::{ParseError, quote};
use crate::scenario::Scenario;

type Result<T> = std::result::Result<T, ParseError>;

/// A text holds no more cases than this.
const MOST_CASES: usize = 10_000;
/// The longest name of a case, in octets.
const LONGEST_NAME: usize = 60;

/// One of the cases of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// `BEFORE/CASE`, or what there is of it; empty when the text is a single scenario.
    pub name: String,
    /// The line that begins it, from 1.
    pub line: usize,
    /// How many of the steps lead up to the case: those at the head of the text and those of its
    /// way to begin.
    pub prologue: usize,
    /// All of it.
    pub scenario: Scenario,
}

impl Case {
    /// Whether it is meant by `name`: its own, or one half of it.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.name.split('/').any(|half| half == name)
    }
}

/// The cases of a text, in its order: the first way to begin with every case, then the next.
///
/// A text without `case` is a single scenario and has one case without a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cases(pub Vec<Case>);

impl FromStr for Cases {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Cases> {
        let mut sections = Sections::default();
        let mut number = 0;
        for line in text.lines() {
            number += 1;
            let mut words = Words::new(number, line);
            let Some(first) = words.next() else { continue };
            match SECTIONS.iter().position(|name| *name == first.text) {
                Some(0) => sections.before(&mut words, first, number)?,
                Some(1) => sections.case(&mut words, first, number)?,
                Some(_) => sections.after(&mut words, first)?,
                None => sections.current().line(&mut words, first)?,
            }
        }
        sections.join(Words::new(number.max(1), ""))
    }
}

/// Lines under a name.
struct Named {
    name: String,
    line: usize,
    part: Part,
}

/// The text, parted.
#[derive(Default)]
struct Sections {
    head: Part,
    before: Vec<Named>,
    cases: Vec<Named>,
    after: Option<Part>,
}

impl Sections {
    /// The lines to which the next one belongs.
    fn current(&mut self) -> &mut Part {
        match (
            &mut self.after,
            self.cases.last_mut(),
            self.before.last_mut(),
        ) {
            (Some(after), _, _) => after,
            (None, Some(case), _) => &mut case.part,
            (None, None, Some(before)) => &mut before.part,
            (None, None, None) => &mut self.head,
        }
    }

    fn before(&mut self, words: &mut Words<'_>, first: Word<'_>, line: usize) -> Result<()> {
        if !self.cases.is_empty() || self.after.is_some() {
            let message = "`before` has to stand before the first `case`".to_owned();
            return Err(words.error(first, message));
        }
        let name = name(words, &self.before)?;
        let part = self.head.follower();
        self.before.push(Named { name, line, part });
        Ok(())
    }

    fn case(&mut self, words: &mut Words<'_>, first: Word<'_>, line: usize) -> Result<()> {
        if self.after.is_some() {
            let message = "`case` has to stand before `after`".to_owned();
            return Err(words.error(first, message));
        }
        let name = name(words, &self.cases)?;
        let mut part = self.head.follower();
        for before in &self.before {
            let follower = before.part.follower();
            part.late |= follower.late;
            for (given, there) in part.given.iter_mut().zip(follower.given) {
                *given |= there;
            }
        }
        self.cases.push(Named { name, line, part });
        if self.cases.len() * self.before.len().max(1) > MOST_CASES {
            let message = format!("more than {MOST_CASES} cases; part them into several files");
            return Err(words.error(first, message));
        }
        Ok(())
    }

    fn after(&mut self, words: &mut Words<'_>, first: Word<'_>) -> Result<()> {
        if self.after.is_some() {
            return Err(words.error(first, "`after` is given twice".to_owned()));
        }
        if self.cases.is_empty() {
            let message = "`after` has to stand after the last `case`".to_owned();
            return Err(words.error(first, message));
        }
        words.end()?;
        self.after = Some(Part {
            late: true,
            ..Part::default()
        });
        Ok(())
    }

    /// Every way to begin with every case. `end` is where the text ends.
    fn join(self, end: Words<'_>) -> Result<Cases> {
        if self.cases.is_empty() {
            if !self.before.is_empty() {
                let message = "there is `before`, but no `case` follows".to_owned();
                return Err(end.error_at_end(message));
            }
            let scenario = self.head.scenario;
            return Ok(Cases(vec![Case {
                name: String::new(),
                line: 1,
                prologue: 0,
                scenario,
            }]));
        }
        let after = self.after.unwrap_or_default().scenario.steps;
        let head = &self.head.scenario.steps;
        let mut cases = Vec::new();
        let only = Named {
            name: String::new(),
            line: 0,
            part: self.head.follower(),
        };
        let ways = match self.before.is_empty() {
            true => std::slice::from_ref(&only),
            false => &self.before,
        };
        for before in ways {
            for case in &self.cases {
                let way = &before.part;
                let own = &case.part.scenario.steps;
                let steps = [head, &way.scenario.steps, own, &after];
                let steps = steps.into_iter().flatten().cloned().collect();
                let mut scenario = settings(way, &case.part);
                scenario.steps = steps;
                let name = match before.name.is_empty() {
                    true => case.name.clone(),
                    false => format!("{}/{}", before.name, case.name),
                };
                cases.push(Case {
                    name,
                    line: case.line,
                    prologue: head.len() + way.scenario.steps.len(),
                    scenario,
                });
            }
        }
        Ok(Cases(cases))
    }
}

/// What stands before the steps: where the way to begin does not say it, the case does.
fn settings(way: &Part, case: &Part) -> Scenario {
    let said = |kind: usize| match way.given[kind] {
        true => &way.scenario,
        false => &case.scenario,
    };
    Scenario {
        config: said(0).config,
        seed: said(1).seed,
        peer_isn: said(2).peer_isn,
        steps: Vec::new(),
    }
}

/// The name that a line gives, one that none of `taken` has.
fn name(words: &mut Words<'_>, taken: &[Named]) -> Result<String> {
    let word = words.expect("a name")?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c);
    if !word.text.chars().all(fits) || word.text.len() > LONGEST_NAME {
        let message = format!(
            "{} is no name; it takes at most {LONGEST_NAME} of a to z, 0 to 9, `-`, `+`, `.`",
            quote(word.text)
        );
        return Err(words.error(word, message));
    }
    if let Some(other) = taken.iter().find(|other| other.name == word.text) {
        let message = format!(
            "{} is the name of line {} already",
            quote(word.text),
            other.line
        );
        return Err(words.error(word, message));
    }
    words.end()?;
    Ok(word.text.to_owned())
}
