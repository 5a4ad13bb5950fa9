//! `table`: the transitions of the model, or of a stack.

use std::thread;

use super::args::{Format, TableArgs};
use super::check::cannot_run;
use super::{CONFORMS, Environment, Failure, StackEntry, known};
use crate::harness::{Judge, StackJudge};
use crate::model::State;
use crate::oracle::KnownDeviations;
use crate::stack::reference::Reference;
use crate::table::{Diagram, MODEL, Maker, Table, dot, json, markdown, svg, text};
use crate::time::Micros;

/// In real time a table is made of what happens within so long: retransmissions and keep-alives are
/// seen, a user timeout and the end of TIME-WAIT are not.
const PATIENCE: Micros = Micros::secs(5);

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
    let stack = environment.stack(name)?;
    let (mut judge, known) = judge_of(&stack)?;
    Ok(Maker::new(&mut judge, known).done_diagram(states, name))
}

/// The stack that leads the model to its states.
pub(super) fn of_model() -> StackJudge<Reference> {
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
    let stack = environment.stack(name)?;
    let against = match args.against.as_deref() {
        None => Against::Nobody,
        Some(MODEL) => Against::Model,
        Some(other) => Against::Stack(environment.stack(other)?),
    };
    let (judge, _) = judge_of(&stack)?;
    let live = judge.trials() > 1;
    drop(judge);
    // In real time the states wait together.
    let at_once = if live { 1 } else { states.len() };
    let made: Vec<Result<Vec<Table>, Failure>> = thread::scope(|scope| {
        let parts = states.chunks(at_once);
        let makers: Vec<_> = parts
            .map(|part| scope.spawn(|| of_states(&stack, &against, part)))
            .collect();
        let made = makers.into_iter().map(|maker| maker.join());
        made.map(|tables| tables.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut tables = Vec::new();
    for part in made {
        tables.extend(part?);
    }
    if !matches!(against, Against::Nobody) {
        tables.retain(|table| !table.rows.is_empty() || !table.missed.is_empty());
    }
    Ok(tables)
}

/// With what a stack is compared.
enum Against {
    Nobody,
    Model,
    Stack(StackEntry),
}

/// The tables of these states, one after the other.
fn of_states(
    stack: &StackEntry,
    against: &Against,
    states: &[State],
) -> Result<Vec<Table>, Failure> {
    let (mut judge, known) = judge_of(stack)?;
    let mut maker = Maker::new(&mut judge, known);
    Ok(match against {
        Against::Nobody => states.iter().map(|state| maker.done(*state)).collect(),
        Against::Model => states
            .iter()
            .map(|state| maker.against_model(*state, stack.name))
            .collect(),
        Against::Stack(other) => {
            let (mut judge, known) = judge_of(other)?;
            let mut others = Maker::new(&mut judge, known);
            let names = [stack.name, other.name];
            states
                .iter()
                .map(|state| maker.against(&mut others, *state, names))
                .collect()
        }
    })
}

/// A judge of a stack, and what is known of it.
fn judge_of(stack: &StackEntry) -> Result<(Box<dyn Judge>, KnownDeviations), Failure> {
    let known = known::load(None, Some(stack))?;
    let mut judge = (stack.judge)(known.clone()).map_err(|why| cannot_run(stack.name, &why))?;
    judge.set_patience(PATIENCE);
    Ok((judge, known))
}
