//! A table as a grid of cells, which text and Markdown print each in their way.

use std::collections::BTreeSet;

use super::rows::{Content, Row, Section, Table};
use super::words::{self, Line};
use crate::model::State;

/// One section of a table: a heading, and lines under it.
pub(super) struct Grid {
    pub heading: Vec<&'static str>,
    pub lines: Vec<Vec<String>>,
}

/// What is said below a table, each once: the mark by which lines refer to it, and the note.
pub(super) type Notes = BTreeSet<(String, String)>;

/// The sections of a table that have a row, and the notes to all of them.
pub(super) fn grids(table: &Table) -> (Vec<Grid>, Notes) {
    let mut notes = Notes::new();
    let sections = [
        Section::Segment,
        Section::Options,
        Section::Icmp,
        Section::Call,
        Section::Timeout,
    ];
    let grids = sections.into_iter().filter_map(|section| {
        let rows: Vec<&Row> = table
            .rows
            .iter()
            .filter(|row| row.section == section)
            .collect();
        (!rows.is_empty()).then(|| grid(table, &rows, section, &mut notes))
    });
    (grids.collect(), notes)
}

fn grid(table: &Table, rows: &[&Row], section: Section, notes: &mut Notes) -> Grid {
    let numbered = |row: &&Row| !row.seq.is_empty() || !row.ack.is_empty();
    let numbers = rows.iter().any(numbered);
    let sides = !table.sides.is_empty();
    let mut heading = match section {
        Section::Segment if numbers => vec!["segment", "seq", "ack"],
        Section::Segment => vec!["segment"],
        Section::Options => vec!["segment with options"],
        Section::Icmp => vec!["ICMP error"],
        Section::Call => vec!["call"],
        Section::Timeout => vec!["timeout"],
    };
    let named = heading.len();
    if sides {
        heading.push("by");
    }
    if section == Section::Call {
        heading.push("result");
    }
    heading.extend(["next", "sends", "requirement"]);
    let mut lines = Vec::new();
    for row in rows {
        let mut first = name(row, named);
        for (side, line) in of_row(row, table) {
            let mut cells = std::mem::replace(&mut first, vec![String::new(); named]);
            if sides {
                cells.push(side);
            }
            if section == Section::Call {
                cells.push(line.outcome.clone());
            }
            cells.extend([line.next.clone(), line.sent.clone(), basis(&line, notes)]);
            lines.push(cells);
        }
    }
    Grid { heading, lines }
}

/// What a row is about: one cell, or three where the numbers matter.
fn name(row: &Row, cells: usize) -> Vec<String> {
    let event = match row.ways.as_slice() {
        [] => row.event.clone(),
        ways => format!("{} [{}]", row.event, ways.join(", ")),
    };
    match cells {
        1 => vec![event],
        _ => vec![event, row.seq.clone(), row.ack.clone()],
    }
}

/// The lines of a row, each with whose it is.
fn of_row(row: &Row, table: &Table) -> Vec<(String, Line)> {
    let contents = [Some(&row.content), row.other.as_ref()];
    let mut all = Vec::new();
    for (n, content) in contents.into_iter().flatten().enumerate() {
        let side = table.sides.get(n).cloned().unwrap_or_default();
        all.extend(
            of_content(content, table.state)
                .into_iter()
                .map(|line| (side.clone(), line)),
        );
    }
    all
}

/// The lines of one side.
pub(super) fn of_content(content: &Content, from: State) -> Vec<Line> {
    match content {
        Content::Permits(branches) => branches
            .iter()
            .map(|branch| words::branch(branch, from))
            .collect(),
        Content::Does(did) => vec![words::did(did, from)],
    }
}

/// The requirement with its level, and the mark of the note to it.
fn basis(line: &Line, notes: &mut Notes) -> String {
    let by = line.by.map(|by| format!("{by} {}", by.level()));
    if line.remark.is_empty() {
        return by.unwrap_or_default();
    }
    notes.insert((line.mark.clone(), line.remark.clone()));
    by.map_or(line.mark.clone(), |by| format!("{by} {}", line.mark))
}
