//! The ladder in plain text, a hundred columns wide.

use std::fmt::Write;

use super::{Lane, Row, rows};
use crate::report::words::{FIXED_SPACE, shortened, wrapped};
use crate::trace::Trace;

/// Columns between the two sides.
const LANE: usize = 60;
/// Columns to the right of the stack's side.
const MARGIN: usize = 23;

/// Draws a trace. `mark` is the index of the event to be marked; `steps` are the lines of the
/// scenario, shown beside the first event of each step as far as they fit.
pub fn ladder(trace: &Trace, mark: Option<usize>, steps: &[String]) -> String {
    let width = LANE - "stack".len();
    let mut out = format!("{:>13} peer{:width$} stack\n", "time", "");
    let (rows, absolute) = rows(trace, mark, steps);
    for row in rows {
        draw(row, &mut out);
    }
    if absolute {
        out.push_str("   (#n: a number as it travelled; nothing gives its zero point)\n");
    }
    out
}

/// One row of the diagram, or several where its words need more room.
fn draw(row: Row, out: &mut String) {
    let mark = if row.marked { "!!" } else { "" };
    let time = row.at.map_or_else(String::new, |at| at.to_string());
    let lanes = lines(row.lane);
    let margins = match row.is_step {
        true => wrapped(&shortened(&row.margin, MARGIN), MARGIN),
        false => wrapped(&row.margin, MARGIN),
    };
    for row in 0..lanes.len().max(margins.len()) {
        let (mark, time) = if row == 0 {
            (mark, time.as_str())
        } else {
            ("", "")
        };
        let lane = lanes.get(row).map_or("", String::as_str);
        let margin = margins.get(row).map_or("", String::as_str);
        let line = format!("{mark:<2}{time:>11} |{lane:LANE$}| {margin}");
        let line = line.replace(FIXED_SPACE, " ");
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn lines(lane: Lane) -> Vec<String> {
    let inner = LANE - 6;
    match lane {
        Lane::Empty => Vec::new(),
        Lane::Note(text) => vec![format!("{:^LANE$}", shortened(&text, LANE))],
        Lane::Left(text) => arrows(&text, inner, |first, rest, line| {
            if first {
                format!("<-- {line} {:-<rest$}", "")
            } else {
                format!("    {line}")
            }
        }),
        Lane::Right(text, arrives) => arrows(&text, inner, |first, rest, line| {
            let tip = if arrives { '>' } else { 'x' };
            if first {
                format!("--- {line} {:-<width$}{tip}", "", width = rest - 1)
            } else {
                format!("    {line}")
            }
        }),
    }
}

/// The rows of an arrow: the first with its shaft, the others with what did not fit.
fn arrows(text: &str, inner: usize, draw: impl Fn(bool, usize, &str) -> String) -> Vec<String> {
    let lines = wrapped(text, inner);
    let row = |(n, line): (usize, &String)| {
        let rest = LANE - 5 - line.chars().count();
        draw(n == 0, rest, line)
    };
    lines.iter().enumerate().map(row).collect()
}
