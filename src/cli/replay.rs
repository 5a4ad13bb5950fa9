//! `replay`: scenarios from files, each with its ladder and the verdict.

use std::fs;
use std::path::Path;

use super::args::ReplayArgs;
use super::check::cannot_run;
use super::judged::{Judged, worse};
use super::{CONFORMS, Environment, Failure, corpus, known};
use crate::harness::Judge;
use crate::report::recording;

pub(super) fn replay(args: &ReplayArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let stack = environment.stack(&args.stack)?;
    let known = known::load(args.known.as_deref(), Some(&stack))?;
    let options = [(&args.pcap, "--pcap"), (&args.record, "--record")];
    let one_by_one = |what: &str| match options.iter().find(|(path, _)| path.is_some()) {
        Some((_, option)) => Err(Failure::Input(format!(
            "{option} takes what was seen of one scenario; replay the {what} one by one"
        ))),
        None => Ok(()),
    };
    if args.files.len() > 1 {
        one_by_one("files")?;
    }
    let mut scenarios = Vec::new();
    for file in &args.files {
        let named = corpus::named(file, environment.input).map_err(Failure::Input)?;
        // Of many cases the ladders of those that conform would bury the others.
        let brief = named.len() > 1;
        scenarios.extend(named.into_iter().map(|named| (named, brief)));
    }
    if scenarios.len() > 1 {
        one_by_one("cases")?;
    }
    let mut judge = (stack.judge)(known.clone()).map_err(|why| cannot_run(stack.name, &why))?;
    judge.set_patience(args.patience);
    let mut status = CONFORMS;
    for ((name, scenario), brief) in &scenarios {
        let judgment = judge.judge(scenario);
        let (trace, known) = (judge.trace(), known.entries());
        let judged = Judged::new(name, &scenario.steps, judgment, trace, known);
        environment.print(&judged.text(*brief, environment.style))?;
        if let Some(path) = &args.pcap {
            put(path, &judged.capture())?;
        }
        if let Some(path) = &args.record {
            put(path, recording(trace).as_bytes())?;
        }
        status = worse(status, judged.status(args.strict));
    }
    Ok(status)
}

fn put(path: &Path, octets: &[u8]) -> Result<(), Failure> {
    fs::write(path, octets)
        .map_err(|error| Failure::Run(format!("cannot write {}: {error}", path.display())))
}
