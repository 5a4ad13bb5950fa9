//! A table as aligned text, for a terminal and for snapshots.

use std::fmt::Write;

use super::rows::{Content, Row, Section, Table};
use super::words::{self, Line};
use crate::model::State;

/// The table of one state. What is sent stands in parentheses when it may be left out.
pub fn text(table: &Table) -> String {
    let mut text = format!("{}\n", table.state);
    let width = table.ways.iter().map(|(name, _)| name.len()).max();
    for (name, steps) in &table.ways {
        let steps = if steps.is_empty() { "nothing" } else { steps };
        let _ = writeln!(text, "  {name:0$}  {steps}", width.unwrap_or(0));
    }
    for (name, why) in &table.missed {
        let _ = writeln!(text, "  {name} is not reached: {why}");
    }
    for section in [Section::Segment, Section::Call, Section::Timeout] {
        let rows: Vec<&Row> = table
            .rows
            .iter()
            .filter(|row| row.section == section)
            .collect();
        if !rows.is_empty() {
            text.push('\n');
            text.push_str(&aligned(&grid(&rows, section, table.state)));
        }
    }
    text
}

/// The cells of a section, its heading first.
pub(super) fn grid(rows: &[&Row], section: Section, from: State) -> Vec<Vec<String>> {
    let numbers = section == Section::Segment
        && rows
            .iter()
            .any(|row| !row.seq.is_empty() || !row.ack.is_empty());
    let mut heading = match section {
        Section::Segment if numbers => vec!["segment", "seq", "ack"],
        Section::Segment => vec!["segment"],
        Section::Call => vec!["call", "result"],
        Section::Timeout => vec!["timeout"],
    };
    heading.extend(["next", "sends", "requirement"]);
    let mut grid = vec![heading.iter().map(|cell| (*cell).to_owned()).collect()];
    for row in rows {
        for (n, line) in lines(&row.content, from).into_iter().enumerate() {
            grid.push(cells(row, section, numbers, n == 0, &line));
        }
    }
    grid
}

fn cells(row: &Row, section: Section, numbers: bool, first: bool, line: &Line) -> Vec<String> {
    let ways = match row.ways.as_slice() {
        [] => String::new(),
        ways => format!(" [{}]", ways.join(", ")),
    };
    let event = format!("{}{ways}", row.event);
    let mut cells = match section {
        Section::Segment if numbers => vec![event, row.seq.clone(), row.ack.clone()],
        Section::Segment | Section::Timeout | Section::Call => vec![event],
    };
    if !first {
        cells.iter_mut().for_each(String::clear);
    }
    if section == Section::Call {
        cells.push(line.outcome.clone());
    }
    cells.push(line.next.clone());
    cells.push(line.sent.clone());
    let mut by = line
        .by
        .map_or(String::new(), |by| format!("{by} {}", by.level()));
    if !line.remark.is_empty() {
        by = format!("{by} !! {}", line.remark);
    }
    cells.push(by);
    cells
}

pub(super) fn lines(content: &Content, from: State) -> Vec<Line> {
    match content {
        Content::Permits(branches) => branches
            .iter()
            .map(|branch| words::branch(branch, from))
            .collect(),
        Content::Does(did) => vec![words::did(did, from)],
    }
}

/// Columns two spaces apart, the heading underlined.
fn aligned(grid: &[Vec<String>]) -> String {
    let columns = grid.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|n| {
            grid.iter()
                .map(|row| row[n].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for (n, row) in grid.iter().enumerate() {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        let _ = writeln!(text, "{}", line.trim_end());
        if n == 0 {
            let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            let _ = writeln!(text, "{}", rule.join("  "));
        }
    }
    text
}
