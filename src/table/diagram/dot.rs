//! A diagram in the language of Graphviz.

use std::fmt::Write;

use super::{Diagram, Edge};
use crate::model::State;

/// The diagram for `dot`. What only a deviation does is red.
pub fn dot(diagram: &Diagram) -> String {
    let mut text = format!(
        "digraph \"{}\" {{\n  node [shape=box, style=rounded];\n",
        diagram.title
    );
    for state in State::ALL {
        let _ = writeln!(text, "  \"{state}\";");
    }
    for edge in &diagram.edges {
        for deviates in [false, true] {
            arrow(&mut text, edge, deviates);
        }
    }
    text.push_str("}\n");
    text
}

/// The labels of an edge that deviate, or those that do not.
fn arrow(text: &mut String, edge: &Edge, deviates: bool) {
    let labels = edge
        .labels
        .iter()
        .filter(|label| label.deviates == deviates);
    let labels: Vec<String> = labels.map(super::Label::text).collect();
    if labels.is_empty() {
        return;
    }
    let colour = if deviates {
        ", color=\"#c62828\", fontcolor=\"#c62828\""
    } else {
        ""
    };
    let _ = writeln!(
        text,
        "  \"{}\" -> \"{}\" [label=\"{}\"{colour}];",
        edge.from,
        edge.to,
        labels.join("\\n")
    );
}
