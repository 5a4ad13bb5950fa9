//! A requirement as a page of plain text, for a person who met its id in a report.

use super::{Origin, Req};

/// Columns that a line may fill.
const WIDTH: usize = 80;

/// Columns that the names of the parts take.
const INDENT: usize = 12;

/// What a requirement asks for, how to see whether a stack complies, and where to read more.
///
/// Plain ASCII, no line longer than 80 columns, with a newline at the end.
pub fn explain(req: Req) -> String {
    let mut page = format!("{req} ({})\n", req.level());
    wrap(&mut page, "", 0, req.title());
    page.push('\n');
    part(&mut page, "Stimulus", req.stimulus());
    part(&mut page, "Expected", req.expected());
    part(&mut page, "Violation", req.violation());
    page.push('\n');
    part(&mut page, "Binds", &req.role().to_string());
    part(&mut page, "Shows", &req.observable().to_string());
    part(&mut page, "Testable", &req.testability().to_string());
    part(&mut page, "Priority", &format!("{} of 3", req.priority()));
    part(&mut page, "Stated in", &whereabouts(req));
    part(&mut page, "", &req.url());
    page
}

/// The RFC, its section, and how firm the level is.
fn whereabouts(req: Req) -> String {
    let form = match req.origin() {
        Origin::Label => "labelled in Appendix B",
        Origin::Keyword => "in the capitalised words of RFC 2119",
        Origin::Prose => "in prose, so that the level is our reading of its force",
    };
    let (rfc, part, section) = (req.rfc(), req.part(), req.section());
    format!("RFC {rfc}, {part} {section}, {form}")
}

/// Adds a named part to a page, in lines of at most [`WIDTH`] columns.
pub(crate) fn part(page: &mut String, name: &str, text: &str) {
    wrap(page, name, INDENT, text);
}

/// Writes `text` in lines of at most [`WIDTH`], indented, with `name` before the first. A word
/// longer than a line stays whole.
fn wrap(page: &mut String, name: &str, indent: usize, text: &str) {
    let mut line = format!("{name:indent$}");
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.len() + 1 + word.len() > WIDTH {
            page.push_str(&line);
            page.push('\n');
            line = " ".repeat(indent);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    page.push_str(line.trim_end());
    page.push('\n');
}
