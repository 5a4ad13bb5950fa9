//! A diagram as a picture, readable on light and on dark ground.

use std::fmt::Write;

use super::layout::{Align, CLOSED_AGAIN, HALF, Point, Route, SIZE, middle, route};
use super::{Diagram, Edge, Label};
use crate::model::State;

/// What leads to CLOSED from nearly everywhere stands inside the state that it leaves.
const ANYWHERE: [&str; 4] = ["RST", "ICMP", "ABORT", "USER TIMEOUT"];

/// The distance of lines of text.
const LINE: i32 = 17;

/// Plain rules for light ground first: not every viewer knows variables or media queries.
const STYLE: &str = "\
  .ground { fill: #ffffff; stroke: #57606a; stroke-opacity: 0.4 }
  .state { fill: #ddf4ff; stroke: #0969da; stroke-width: 1.5 }
  .again { stroke-dasharray: 5 4 }
  .edge { fill: none; stroke: #57606a; stroke-width: 1.5; marker-end: url(#head) }
  .odd { stroke: #cf222e; marker-end: url(#odd-head) }
  .head { fill: #57606a }
  .odd-head { fill: #cf222e }
  text { font: 14px ui-sans-serif, system-ui, 'DejaVu Sans', sans-serif; fill: #1f2328 }
  .name { font-weight: 600; text-anchor: middle }
  .small { font-size: 11px; fill: #57606a; text-anchor: middle }
  .title { font-size: 17px; font-weight: 600 }
  .label { paint-order: stroke; stroke: #ffffff; stroke-width: 5px; stroke-linejoin: round }
  .bad { fill: #cf222e }
  .middle { text-anchor: middle }
  .end { text-anchor: end }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; stroke: #9198a1 }
    .state { fill: #121d2f; stroke: #4493f8 }
    .edge { stroke: #9198a1 }
    .odd { stroke: #ff7b72 }
    .head { fill: #9198a1 }
    .odd-head { fill: #ff7b72 }
    text { fill: #e6edf3 }
    .small { fill: #9198a1 }
    .label { stroke: #0d1117 }
    .bad { fill: #ff7b72 }
  }
";

/// What a picture in a page has beside: a transition that a run has not taken.
const UNTAKEN: &str = "\
  .untaken { opacity: 0.35; stroke-dasharray: 3 4 }
";

/// How often each transition was taken.
type Taken<'a> = &'a dyn Fn(State, State) -> u64;

/// The picture. What only a deviation does is red.
pub fn svg(diagram: &Diagram) -> String {
    picture(diagram, None, STYLE, "xmlns=\"http://www.w3.org/2000/svg\"")
}

/// The picture, to stand in a page of HTML, with what a run has not taken of it pale.
pub fn svg_taken(diagram: &Diagram, taken: Taken<'_>) -> String {
    let rules = STYLE.lines().chain(UNTAKEN.lines());
    let style = rules.map(scoped).collect::<String>();
    picture(diagram, Some(taken), &style, "class=\"states\"")
}

/// A rule that holds inside the picture alone, and not for the page around it.
fn scoped(line: &str) -> String {
    let rule = line.trim_start();
    match rule.contains('{') && !rule.starts_with('@') {
        true => format!("  .states {rule}\n"),
        false => format!("  {rule}\n"),
    }
}

fn picture(diagram: &Diagram, taken: Option<Taken<'_>>, style: &str, attribute: &str) -> String {
    let (width, height) = SIZE;
    let title = escaped(&diagram.title);
    let mut text = format!(
        "<svg {attribute} viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-label=\"The states of a TCP connection: {title}\">\n<style>\n{style}</style>\n"
    );
    text.push_str("<defs>\n");
    for name in ["head", "odd-head"] {
        let _ = writeln!(
            text,
            "<marker id=\"{name}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" \
             markerHeight=\"8\" orient=\"auto\"><path class=\"{name}\" d=\"M0,0 L10,5 L0,10 \
             Z\"/></marker>"
        );
    }
    text.push_str("</defs>\n");
    let _ = writeln!(
        text,
        "<rect class=\"ground\" x=\"1\" y=\"1\" width=\"{}\" height=\"{}\" rx=\"12\"/>",
        width - 2,
        height - 2
    );
    let _ = writeln!(
        text,
        "<text class=\"title\" x=\"28\" y=\"42\">{title}</text>"
    );
    let mut labels = diagram.edges.iter().flat_map(|edge| &edge.labels);
    let legend = match (labels.any(|label| label.deviates), taken) {
        (true, None) => "event / what is sent; red: only by a deviation",
        (false, None) => "event / what is sent; (may be left out)",
        (_, Some(_)) => "event / what is sent; pale: not taken",
    };
    let _ = writeln!(text, "<text x=\"28\" y=\"66\">{legend}</text>");
    let drawn = diagram.edges.iter().filter_map(drawn);
    let drawn: Vec<(Edge, Option<Route>)> = drawn.collect();
    for (edge, route) in &drawn {
        draw(&mut text, edge, route.as_ref(), taken);
    }
    for state in State::ALL {
        node(
            &mut text,
            middle(state),
            "state",
            state.name(),
            &inside(diagram, state),
        );
    }
    node(
        &mut text,
        CLOSED_AGAIN,
        "state again",
        State::Closed.name(),
        &[],
    );
    for (edge, route) in &drawn {
        label(&mut text, edge, route.as_ref(), taken);
    }
    text.push_str("</svg>\n");
    text
}

/// What of an edge is drawn as an arrow: all that does not stand inside the state.
fn drawn(edge: &Edge) -> Option<(Edge, Option<Route>)> {
    let outside =
        |label: &&Label| edge.to != State::Closed || !ANYWHERE.contains(&label.event.as_str());
    let labels: Vec<Label> = edge.labels.iter().filter(outside).cloned().collect();
    let part = Edge {
        labels,
        ..edge.clone()
    };
    (!part.labels.is_empty()).then(|| (part, route(edge.from, edge.to)))
}

/// What stands inside a state: by what it leads to CLOSED.
fn inside(diagram: &Diagram, state: State) -> Vec<(String, bool)> {
    let of_state = |edge: &&Edge| edge.from == state && edge.to == State::Closed;
    let edges = diagram.edges.iter().filter(of_state);
    let labels = edges.flat_map(|edge| &edge.labels);
    let labels = labels.filter(|label| ANYWHERE.contains(&label.event.as_str()));
    labels.map(|label| (label.text(), label.deviates)).collect()
}

fn node(text: &mut String, at: Point, class: &str, name: &str, inside: &[(String, bool)]) {
    let ((x, y), (half_width, half_height)) = (at, HALF);
    let _ = writeln!(
        text,
        "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"10\"/>",
        x - half_width,
        y - half_height,
        2 * half_width,
        2 * half_height
    );
    let lines = wrapped(inside);
    let name_at = y + [5, -2, -8][lines.len().min(2)];
    let _ = writeln!(
        text,
        "<text class=\"name\" x=\"{x}\" y=\"{name_at}\">{name}</text>"
    );
    for (n, line) in lines.iter().enumerate() {
        let at = name_at + 16 + 13 * n as i32;
        let _ = writeln!(
            text,
            "<text class=\"small\" x=\"{x}\" y=\"{at}\">{line}</text>"
        );
    }
}

/// What stands inside a state, in lines that fit.
fn wrapped(inside: &[(String, bool)]) -> Vec<String> {
    const FITS: usize = 32;
    let (mut lines, mut width) = (Vec::<String>::new(), 0);
    for (label, deviates) in inside {
        let shown = match deviates {
            true => format!("<tspan class=\"bad\">{}</tspan>", escaped(label)),
            false => escaped(label),
        };
        match lines.last_mut() {
            Some(line) if width + label.len() + 2 <= FITS => {
                let _ = write!(line, ", {shown}");
                width += label.len() + 2;
            }
            Some(line) => {
                line.push(',');
                lines.push(shown);
                width = label.len();
            }
            None => {
                lines.push(format!("\u{2192} CLOSED: {shown}"));
                width = label.len() + 10;
            }
        }
    }
    lines
}

/// Whether nothing but deviations takes an edge.
fn odd(edge: &Edge) -> bool {
    edge.labels.iter().all(|label| label.deviates)
}

/// The class of what was not taken.
fn untaken(edge: &Edge, taken: Option<Taken<'_>>) -> &'static str {
    match taken {
        Some(taken) if taken(edge.from, edge.to) == 0 => " untaken",
        Some(_) | None => "",
    }
}

fn draw(text: &mut String, edge: &Edge, route: Option<&Route>, taken: Option<Taken<'_>>) {
    let class = if odd(edge) { "edge odd" } else { "edge" };
    let pale = untaken(edge, taken);
    let path = match route {
        Some(route) => route.path.to_owned(),
        None => straight(middle(edge.from), middle(edge.to)),
    };
    let _ = writeln!(text, "<path class=\"{class}{pale}\" d=\"{path}\"/>");
}

/// From the border of one state to the border of another.
fn straight(from: Point, to: Point) -> String {
    let (start, end) = (border(from, to), border(to, from));
    format!("M{},{} L{},{}", start.0, start.1, end.0, end.1)
}

/// Where the line to another point leaves a state.
fn border(from: Point, to: Point) -> Point {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (across, down) = (dx.abs() * HALF.1, dy.abs() * HALF.0);
    if across > down {
        let x = HALF.0 * dx.signum();
        (from.0 + x, from.1 + dy * HALF.0 / dx.abs().max(1))
    } else {
        let y = HALF.1 * dy.signum();
        (from.0 + dx * HALF.1 / dy.abs().max(1), from.1 + y)
    }
}

fn label(text: &mut String, edge: &Edge, route: Option<&Route>, taken: Option<Taken<'_>>) {
    let pale = untaken(edge, taken);
    let ((x, y), align) = match route {
        Some(route) => (route.label, route.align),
        None => {
            let (from, to) = (middle(edge.from), middle(edge.to));
            (((from.0 + to.0) / 2, (from.1 + to.1) / 2), Align::Middle)
        }
    };
    let (class, turn) = match align {
        Align::Start => ("label", String::new()),
        Align::Middle => ("label middle", String::new()),
        Align::End => ("label end", String::new()),
        Align::Upwards => (
            "label middle",
            format!(" transform=\"rotate(-90 {x} {y})\""),
        ),
    };
    for (n, label) in edge.labels.iter().enumerate() {
        let bad = if label.deviates { " bad" } else { "" };
        let _ = writeln!(
            text,
            "<text class=\"{class}{bad}{pale}\" x=\"{x}\" y=\"{}\"{turn}>{}</text>",
            y + LINE * n as i32,
            escaped(&label.text())
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
