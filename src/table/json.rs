//! Tables for a machine. Every row carries a whole scenario, ready to be replayed.

use serde_json::{Value, json};

use super::grid::of_content;
use super::rows::{Content, Row, Section, Table};
use crate::model::State;

/// Tables as JSON, indented, ending with a newline.
pub fn json(tables: &[Table]) -> String {
    let tables: Vec<Value> = tables.iter().map(table).collect();
    let mut text = format!("{:#}", json!({ "tables": tables }));
    text.push('\n');
    text
}

fn table(table: &Table) -> Value {
    let way = |(name, steps): &(&str, &str)| json!({ "name": name, "steps": steps });
    let missed = |(name, why): &(&str, String)| json!({ "name": name, "why": why });
    json!({
        "state": table.state.name(),
        "ways": table.ways.iter().map(way).collect::<Vec<_>>(),
        "missed": table.missed.iter().map(missed).collect::<Vec<_>>(),
        "compared": table.sides,
        "rows": table.rows.iter().map(|of| row(of, table.state)).collect::<Vec<_>>(),
    })
}

fn row(row: &Row, from: State) -> Value {
    let mut value = json!({
        "kind": match row.section {
            Section::Segment => "segment",
            Section::Options => "options",
            Section::Icmp => "icmp",
            Section::Call => "call",
            Section::Timeout => "timeout",
        },
        "event": row.event,
        "seq": row.seq,
        "ack": row.ack,
        "ways": row.ways,
        "scenario": row.scenario.to_string(),
        "scenarios": row.scenarios,
        "outcomes": outcomes(&row.content, from),
    });
    if let Some(other) = &row.other {
        value["other"] = outcomes(other, from);
    }
    value
}

fn outcomes(content: &Content, from: State) -> Value {
    let lines = of_content(content, from).into_iter().map(|line| {
        json!({
            "result": line.outcome,
            "next": line.next,
            "sends": line.sent,
            "requirement": line.by.map(|by| by.id()),
            "level": line.by.map(|by| by.level().keyword()),
            "remark": line.remark,
        })
    });
    lines.collect()
}
