//! `table`: the transitions of the model, or of a stack.

use super::args::TableArgs;
use super::check::cannot_run;
use super::{CONFORMS, Environment, Failure, known};
use crate::harness::{Judge, StackJudge};
use crate::model::State;
use crate::oracle::KnownDeviations;
use crate::stack::reference::Reference;
use crate::table::{Maker, text};

pub(super) fn table(args: &TableArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let states = if args.state.is_empty() {
        State::ALL.as_slice()
    } else {
        args.state.as_slice()
    };
    let (mut judge, known) = match &args.stack {
        Some(name) => judge_of(name, environment)?,
        None => {
            let judge: Box<dyn Judge> =
                Box::new(StackJudge::new(Reference::new, KnownDeviations::default()));
            (judge, KnownDeviations::default())
        }
    };
    let mut maker = Maker::new(&mut judge, known);
    let tables = states.iter().map(|state| match args.stack {
        Some(_) => maker.done(*state),
        None => maker.permitted(*state),
    });
    let texts: Vec<String> = tables.map(|table| text(&table)).collect();
    environment.print(&texts.join("\n"))?;
    Ok(CONFORMS)
}

/// A judge of the stack of this name, and what is known of it.
fn judge_of(
    name: &str,
    environment: &Environment,
) -> Result<(Box<dyn Judge>, KnownDeviations), Failure> {
    let stack = environment.stack(name)?;
    let known = known::load(None, &stack)?;
    let judge = (stack.judge)(known.clone()).map_err(|why| cannot_run(stack.name, &why))?;
    Ok((judge, known))
}
