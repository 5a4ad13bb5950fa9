//! The text form of scenarios: what printing and parsing have in common, and what is said to a
//! person whose text is no scenario.
//!
//! The notation is packetdrill's in flavour: one step a line, `#` begins a comment. Whatever has
//! its usual value is not printed. `docs/scenarios.md` teaches it by example. Printing is in
//! `print.rs`; parsing is in `cases.rs` for texts of several scenarios, in `parse.rs` for lines, in
//! `segment.rs` for segments and ICMP errors, and in `words.rs` for the words they are made of.

mod cases;
mod parse;
mod print;
mod segment;
mod words;

pub use cases::{Case, Cases};

use std::fmt;

use crate::stack::CongestionControl;

/// Why a text is no scenario: what is wrong, where, and what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

impl ParseError {
    /// The error as a person wants to see it: `file:line:column: message`, then the line itself
    /// with a caret under the place. `source` is the text that was parsed. No newline at the end.
    pub fn render(&self, file: &str, source: &str) -> String {
        let line = source.lines().nth(self.line.saturating_sub(1));
        let (shown, caret) = excerpt(line.unwrap_or(""), self.column.saturating_sub(1));
        format!("{file}:{self}\n    {shown}\n    {:caret$}^", "")
    }
}

/// `line:column: message`.
impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ParseError {}

/// A line longer than this is shown in part.
const WIDTH: usize = 100;

/// What to show of a line, and how many characters of it stand before the character of index
/// `at`. Tabs become spaces, and what a terminal might obey is replaced.
fn excerpt(line: &str, at: usize) -> (String, usize) {
    let harmless = |c: char| match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    let total = line.chars().count();
    let from = if total <= WIDTH {
        0
    } else {
        at.saturating_sub(WIDTH / 2)
    };
    let mut shown = String::new();
    if from > 0 {
        shown.push('…');
    }
    let before = shown.chars().count();
    shown.extend(line.chars().skip(from).take(WIDTH).map(harmless));
    if total > from + WIDTH {
        shown.push('…');
    }
    let end = shown.trim_end().len();
    shown.truncate(end);
    (shown, before + at.min(total) - from.min(total))
}

/// A word of the text between backquotes: cut when it is long, and harmless to a terminal.
fn quote(word: &str) -> String {
    const LONGEST: usize = 32;
    let mut quoted = String::from("`");
    quoted.extend(word.chars().take(LONGEST).flat_map(char::escape_debug));
    if word.chars().nth(LONGEST).is_some() {
        quoted.push('…');
    }
    quoted.push('`');
    quoted
}

/// The names of the congestion control algorithms.
const CONGESTION_NAMES: [(CongestionControl, &str); 3] = [
    (CongestionControl::None, "none"),
    (CongestionControl::Reno, "reno"),
    (CongestionControl::Cubic, "cubic"),
];

/// The name of a value in a table of names.
fn name_of<T: PartialEq>(names: &[(T, &'static str)], value: &T) -> &'static str {
    let entry = names.iter().find(|(known, _)| known == value);
    entry.map_or("?", |(_, name)| name)
}
