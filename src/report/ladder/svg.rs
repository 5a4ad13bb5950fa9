//! The ladder as a picture, to stand in a page that gives it its colours.

use std::fmt::Write;

use super::{Lane, Row, rows};
use crate::report::words::{FIXED_SPACE, escaped, wrapped};
use crate::trace::Trace;

/// The width of the picture, the lines of the two sides, and where words begin or end.
const WIDTH: i32 = 980;
const TIME: i32 = 104;
const PEER: i32 = 124;
const STACK: i32 = 684;
const MARGIN: i32 = 700;

/// How much stands in one line of the lane and of the margin.
const LANE_FITS: usize = 74;
const MARGIN_FITS: usize = 37;

/// The distance of lines of text, and of rows beyond that.
const LINE: i32 = 16;
const GAP: i32 = 12;

/// Draws a trace, as [`ladder`](super::ladder) does in text.
pub(crate) fn ladder_svg(trace: &Trace, mark: Option<usize>, steps: &[String]) -> String {
    let (rows, absolute) = rows(trace, mark, steps);
    let mut body = String::new();
    let mut y = 46;
    for row in &rows {
        y = draw(row, y, &mut body);
    }
    if absolute {
        let note = "#n: a number as it travelled; nothing gives its zero point";
        let _ = writeln!(body, "<text x=\"{PEER}\" y=\"{}\">{note}</text>", y + LINE);
    }
    let (height, end) = (y + 2 * LINE, y);
    let mut out = format!(
        "<svg class=\"ladder\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"What was sent and done, in order\">\n"
    );
    out.push_str(&body);
    for (x, name) in [(PEER, "peer"), (STACK, "stack")] {
        let _ = writeln!(
            out,
            "<text class=\"side\" x=\"{x}\" y=\"20\">{name}</text><line class=\"side\" x1=\"{x}\" \
             y1=\"28\" x2=\"{x}\" y2=\"{end}\"/>"
        );
    }
    out.push_str("</svg>\n");
    out
}

/// Draws a row that begins at `y`; gives where the next one begins.
fn draw(row: &Row, y: i32, out: &mut String) -> i32 {
    let lane = match &row.lane {
        Lane::Empty => Vec::new(),
        Lane::Note(text) | Lane::Left(text) | Lane::Right(text, _) => wrapped(text, LANE_FITS),
    };
    let margin = wrapped(&row.margin, MARGIN_FITS);
    let lines = lane.len().max(margin.len()).max(1) as i32;
    let end = y + lines * LINE + GAP;
    let class = if row.marked { " class=\"bad\"" } else { "" };
    let _ = writeln!(out, "<g{class}>");
    if row.marked {
        let height = end - y;
        let _ = writeln!(
            out,
            "<rect x=\"4\" y=\"{}\" width=\"{}\" height=\"{height}\" rx=\"6\"/>",
            y - 4,
            WIDTH - 8
        );
    }
    if let Some(at) = row.at {
        let _ = writeln!(
            out,
            "<text class=\"time\" x=\"{TIME}\" y=\"{}\">{at}</text>",
            y + 12
        );
    }
    words(&lane, (PEER + STACK) / 2, y, "lane", out);
    words(
        &margin,
        MARGIN,
        y,
        if row.is_step { "step" } else { "call" },
        out,
    );
    let at = y + 12 + (lane.len().max(1) as i32 - 1) * LINE + 7;
    match row.lane {
        Lane::Empty | Lane::Note(_) => {}
        Lane::Right(_, true) => arrow(PEER, STACK - 2, at, out),
        Lane::Left(_) => arrow(STACK, PEER + 2, at, out),
        Lane::Right(_, false) => {
            let x = STACK - 14;
            let (left, right, up, down) = (x - 5, x + 5, at - 5, at + 5);
            let _ = writeln!(
                out,
                "<path d=\"M{PEER},{at} H{x} M{left},{up} L{right},{down} M{left},{down} \
                 L{right},{up}\"/>"
            );
        }
    }
    out.push_str("</g>\n");
    end
}

fn words(lines: &[String], x: i32, y: i32, class: &str, out: &mut String) {
    for (n, line) in lines.iter().enumerate() {
        let (at, line) = (
            y + 12 + n as i32 * LINE,
            escaped(&line.replace(FIXED_SPACE, " ")),
        );
        let _ = writeln!(
            out,
            "<text class=\"{class}\" x=\"{x}\" y=\"{at}\">{line}</text>"
        );
    }
}

/// An arrow with its head.
fn arrow(from: i32, to: i32, at: i32, out: &mut String) {
    let back = if to > from { to - 8 } else { to + 8 };
    let _ = writeln!(
        out,
        "<path d=\"M{from},{at} H{to} M{back},{} L{to},{at} L{back},{}\"/>",
        at - 4,
        at + 4
    );
}
