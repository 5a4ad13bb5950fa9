//! A table as aligned text, for a terminal and for snapshots.

use std::fmt::Write;

use super::grid::{Grid, grids};
use super::rows::Table;

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
    let (grids, notes) = grids(table);
    for grid in &grids {
        text.push('\n');
        text.push_str(&aligned(grid));
    }
    if !notes.is_empty() {
        text.push('\n');
    }
    for (mark, note) in &notes {
        let _ = writeln!(text, "{mark} {note}");
    }
    text
}

/// Columns two spaces apart, the heading underlined.
fn aligned(grid: &Grid) -> String {
    let width = |n: usize| {
        let cells = grid.lines.iter().map(|line| line[n].chars().count());
        cells.max().unwrap_or(0).max(grid.heading[n].len())
    };
    let widths: Vec<usize> = (0..grid.heading.len()).map(width).collect();
    let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let heading = grid.heading.iter().map(|cell| (*cell).to_owned()).collect();
    let mut text = String::new();
    for line in [heading, rules].iter().chain(&grid.lines) {
        let padded = line.iter().zip(&widths);
        let cells: Vec<String> = padded
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}
