//! `table`: the transitions of the model, or of a stack.

use super::args::{Format, TableArgs};
use super::check::cannot_run;
use super::{CONFORMS, Environment, Failure, known};
use crate::harness::{Judge, StackJudge};
use crate::model::State;
use crate::oracle::KnownDeviations;
use crate::stack::reference::Reference;
use crate::table::{Diagram, MODEL, Maker, Table, dot, json, markdown, svg, text};
use crate::time::Micros;

pub(super) fn table(args: &TableArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let states = if args.state.is_empty() {
        State::ALL.as_slice()
    } else {
        args.state.as_slice()
    };
    let draw = match args.format {
        Format::Dot => Some(dot as fn(&Diagram) -> String),
        Format::Svg => Some(svg as fn(&Diagram) -> String),
        Format::Text | Format::Md | Format::Json => None,
    };
    if let Some(draw) = draw {
        environment.print(&draw(&diagram(args, states, environment)?))?;
        return Ok(CONFORMS);
    }
    let tables = tables(args, states, environment)?;
    let text = match args.format {
        Format::Text | Format::Md if tables.is_empty() => "No difference.\n".to_owned(),
        Format::Text => joined(&tables, text),
        Format::Md => joined(&tables, markdown),
        Format::Json | Format::Dot | Format::Svg => json(&tables),
    };
    environment.print(&text)?;
    Ok(CONFORMS)
}

/// The diagram that is asked for.
fn diagram(
    args: &TableArgs,
    states: &[State],
    environment: &Environment,
) -> Result<Diagram, Failure> {
    if args.against.is_some() {
        let message = "--against compares tables; leave it out, or take text, md or json";
        return Err(Failure::Input(message.to_owned()));
    }
    let Some(name) = &args.stack else {
        let mut judge = of_model();
        let mut maker = Maker::new(&mut judge, KnownDeviations::default());
        return Ok(maker.permitted_diagram(states));
    };
    let (mut judge, known) = judge_of(name, environment)?;
    Ok(Maker::new(&mut judge, known).done_diagram(states, name))
}

/// The stack that leads the model to its states.
fn of_model() -> StackJudge<Reference> {
    StackJudge::new(Reference::new, KnownDeviations::default())
}

fn joined(tables: &[Table], write: fn(&Table) -> String) -> String {
    let texts: Vec<String> = tables.iter().map(write).collect();
    texts.join("\n")
}

/// The tables that are asked for; of a comparison only those that show a difference.
fn tables(
    args: &TableArgs,
    states: &[State],
    environment: &Environment,
) -> Result<Vec<Table>, Failure> {
    let Some(name) = &args.stack else {
        let mut judge = of_model();
        let mut maker = Maker::new(&mut judge, KnownDeviations::default());
        return Ok(states.iter().map(|state| maker.permitted(*state)).collect());
    };
    let (mut judge, known) = judge_of(name, environment)?;
    let mut maker = Maker::new(&mut judge, known);
    let mut tables: Vec<Table> = match args.against.as_deref() {
        None => return Ok(states.iter().map(|state| maker.done(*state)).collect()),
        Some(MODEL) => states
            .iter()
            .map(|state| maker.against_model(*state, name))
            .collect(),
        Some(other) => {
            let (mut judge, known) = judge_of(other, environment)?;
            let mut others = Maker::new(&mut judge, known);
            let names = [name.as_str(), other];
            states
                .iter()
                .map(|state| maker.against(&mut others, *state, names))
                .collect()
        }
    };
    tables.retain(|table| !table.rows.is_empty() || !table.missed.is_empty());
    Ok(tables)
}

/// A judge of the stack of this name, and what is known of it.
fn judge_of(
    name: &str,
    environment: &Environment,
) -> Result<(Box<dyn Judge>, KnownDeviations), Failure> {
    let stack = environment.stack(name)?;
    let known = known::load(None, Some(&stack))?;
    let mut judge = (stack.judge)(known.clone()).map_err(|why| cannot_run(stack.name, &why))?;
    // In real time a table is made of what happens at once.
    judge.set_patience(Micros::millis(20));
    Ok((judge, known))
}
