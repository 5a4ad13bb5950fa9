//! The words of one line of a scenario, with the place of each.
//!
//! A word ends at a space, after a colon, and before `<`, `>` and `,`, which are words of their
//! own; the list of flags is the one word that contains commas. Numbers and times are read here,
//! so that every complaint about them reads alike.

use std::ops::RangeInclusive;

use super::{ParseError, quote};
use crate::scenario::Wait;
use crate::time::Micros;

/// A word and where it begins, in octets from the start of the line.
#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

/// What is left of a line.
#[derive(Clone)]
pub(super) struct Words<'a> {
    line: &'a str,
    number: usize,
    at: usize,
}

type Result<T> = std::result::Result<T, ParseError>;

impl<'a> Words<'a> {
    /// The words of a line, its comment taken off. Lines are numbered from 1.
    pub(super) fn new(number: usize, line: &'a str) -> Words<'a> {
        let code = line.split('#').next().unwrap_or("");
        Words {
            line: code.trim_end(),
            number,
            at: 0,
        }
    }

    /// The next word, if there is one.
    pub(super) fn next(&mut self) -> Option<Word<'a>> {
        self.word(|c| c == ',')
    }

    /// The next word, commas included.
    pub(super) fn next_with_commas(&mut self) -> Option<Word<'a>> {
        self.word(|_| false)
    }

    /// The next word, which stays where it is.
    pub(super) fn peek(&self) -> Option<Word<'a>> {
        self.clone().next()
    }

    fn word(&mut self, separates: impl Fn(char) -> bool) -> Option<Word<'a>> {
        let left = &self.line[self.at..];
        let text = left.trim_start();
        self.at += left.len() - text.len();
        let alone = |c: char| c == '<' || c == '>' || separates(c);
        let mut end = 0;
        for c in text.chars() {
            if c.is_whitespace() || (end > 0 && alone(c)) {
                break;
            }
            end += c.len_utf8();
            if c == ':' || alone(c) {
                break;
            }
        }
        if end == 0 {
            return None;
        }
        let at = self.at;
        self.at += end;
        let text = &text[..end];
        Some(Word { text, at })
    }

    /// The next word, which has to be there.
    pub(super) fn expect(&mut self, expected: &str) -> Result<Word<'a>> {
        match self.next() {
            Some(word) => Ok(word),
            None => Err(self.error_at_end(format!("the line ends where {expected} is missing"))),
        }
    }

    /// Complains when there is another word.
    pub(super) fn end(&mut self) -> Result<()> {
        match self.next() {
            None => Ok(()),
            Some(word) => {
                let message = format!("{} is one word too many for this line", quote(word.text));
                Err(self.error(word, message))
            }
        }
    }

    /// A complaint about a word.
    pub(super) fn error(&self, word: Word<'_>, message: String) -> ParseError {
        ParseError {
            line: self.number,
            column: self.line[..word.at].chars().count() + 1,
            message,
        }
    }

    /// A complaint about what is missing at the end of the line.
    pub(super) fn error_at_end(&self, message: String) -> ParseError {
        ParseError {
            line: self.number,
            column: self.line.chars().count() + 1,
            message,
        }
    }

    /// The value whose name the word is.
    pub(super) fn named<T: Copy>(
        &self,
        word: Word<'a>,
        kind: &str,
        names: &[(T, &'static str)],
    ) -> Result<T> {
        match names.iter().find(|(_, name)| *name == word.text) {
            Some((value, _)) => Ok(*value),
            None => Err(self.unknown(word, kind, names.iter().map(|(_, name)| *name))),
        }
    }

    /// A complaint that a word is none of the choices.
    pub(super) fn unknown(
        &self,
        word: Word<'a>,
        kind: &str,
        choices: impl Iterator<Item = &'static str>,
    ) -> ParseError {
        let choices: Vec<_> = choices.collect();
        let message = format!(
            "{} is no {kind}; choose from: {}",
            quote(word.text),
            choices.join(", ")
        );
        self.error(word, message)
    }

    /// The next word as a number for `field`.
    pub(super) fn number(&mut self, field: &str, range: RangeInclusive<u64>) -> Result<u64> {
        let word = self.expect(&format!("the number for `{field}`"))?;
        self.number_in(word, field, range)
    }

    /// A word as a number for `field`, decimal or with `0x`.
    pub(super) fn number_in(
        &self,
        word: Word<'_>,
        field: &str,
        range: RangeInclusive<u64>,
    ) -> Result<u64> {
        unsigned(word.text)
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                let (low, high) = (range.start(), range.end());
                let message = format!(
                    "`{field}` takes a number from {low} to {high}, not {}",
                    quote(word.text)
                );
                self.error(word, message)
            })
    }

    /// The next word as a signed number for `field`.
    pub(super) fn signed(&mut self, field: &str) -> Result<i32> {
        let word = self.expect(&format!("the number for `{field}`"))?;
        word.text.parse().map_err(|_| {
            let message = format!(
                "`{field}` takes a number from {} to {}, not {}",
                i32::MIN,
                i32::MAX,
                quote(word.text)
            );
            self.error(word, message)
        })
    }

    /// A word as a span of time for `field`; `or` names what else is possible there.
    pub(super) fn time(&self, word: Word<'_>, field: &str, or: &str) -> Result<Micros> {
        span(word.text).ok_or_else(|| {
            let message = format!(
                "`{field}` takes a time such as 500ms{or}, not {}; the units are us, ms, s, min, h, the longest time is 1000h",
                quote(word.text)
            );
            self.error(word, message)
        })
    }
}

/// A number without sign, decimal or with `0x`.
fn unsigned(text: &str) -> Option<u64> {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    // from_str_radix would take a plus sign.
    if digits.starts_with('+') {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

/// A span of time with its unit, at most [`Wait::LONGEST`].
fn span(text: &str) -> Option<Micros> {
    const UNITS: [(&str, u64); 5] = [
        ("us", 1),
        ("ms", 1_000),
        ("s", 1_000_000),
        ("min", 60_000_000),
        ("h", 3_600_000_000),
    ];
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, micros) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let span = Micros(number.parse::<u64>().ok()?.checked_mul(*micros)?);
    (span <= Wait::LONGEST).then_some(span)
}
