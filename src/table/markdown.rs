//! A table as Markdown.

use std::fmt::Write;

use super::grid::{Grid, grids};
use super::rows::Table;

/// The table of one state, under a heading of the second level.
pub fn markdown(table: &Table) -> String {
    let mut text = format!("## {}\n\n", table.state);
    for (name, steps) in &table.ways {
        let _ = match *steps {
            "" => writeln!(text, "- {name}: nothing"),
            steps => writeln!(text, "- {name}: `{steps}`"),
        };
    }
    for (name, why) in &table.missed {
        let _ = writeln!(text, "- {name} is not reached: {why}");
    }
    let (grids, notes) = grids(table);
    for grid in &grids {
        text.push('\n');
        text.push_str(&piped(grid));
    }
    if !notes.is_empty() {
        text.push('\n');
    }
    for (mark, note) in &notes {
        let _ = writeln!(text, "- {mark} {}", escaped(note));
    }
    text
}

fn piped(grid: &Grid) -> String {
    let mut text = format!("| {} |\n|", grid.heading.join(" | "));
    text.push_str(&" --- |".repeat(grid.heading.len()));
    text.push('\n');
    for line in &grid.lines {
        let cells: Vec<String> = line.iter().map(|cell| escaped(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// A cell must not end itself, nor be taken for markup.
fn escaped(cell: &str) -> String {
    let mut text = String::new();
    for character in cell.chars() {
        if "|<>*_`\\".contains(character) {
            text.push('\\');
        }
        text.push(character);
    }
    text
}
