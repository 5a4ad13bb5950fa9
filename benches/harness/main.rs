//! How fast the harness is, beside the bare stack that is fed the same packets in the same run.
//!
//! `cargo bench` prints a table in Markdown, `cargo bench -- --quick` a rougher one in a second.
//! A segment is one that travels in either direction: delivered to the stack, or sent by it.
//! The bare stack is smoltcp with what it needs to run at all: a fresh interface and fresh sockets
//! for every scenario, packets that were built beforehand, the same user calls, the same clock.
//! Nobody reads what it sends.
//!
//! All rows are measured in turn, round after round, each in stretches of well under a
//! millisecond, so that whatever else the machine does falls on all of them, and on few stretches.
//! Of each stretch the median over the rounds counts.

mod bare;

use std::hint::black_box;
use std::ops::Range;
use std::process::ExitCode;
use std::time::Instant;

use bare::{Recording, Room};
use tcprove::harness::{Judge, Runner, StackJudge};
use tcprove::oracle::{KnownDeviations, Oracle};
use tcprove::scenario::{Scenario, generate};
use tcprove::stack::smoltcp::Smoltcp;
use tcprove::trace::{Trace, What};

/// Handshake, text both ways, and a close by four segments: eight in all, four each way.
const EIGHT_SEGMENTS: &str = "\
A: listen
< SYN seq IRS
< ACK len 100
A: recv
A: send 100
< FIN,ACK
A: close
< ACK
";

/// The seed of the generated scenarios.
const SEED: u64 = 1;

/// One scenario, and what was seen of it.
struct Case {
    /// Its number, if it was generated.
    index: u64,
    scenario: Scenario,
    trace: Trace,
    recording: Recording,
}

/// What all rows are measured with.
struct Work {
    cases: Vec<Case>,
    /// Segments in all of them.
    segments: usize,
    runner: Runner<Smoltcp>,
    oracle: Oracle,
    judge: StackJudge<Smoltcp>,
    bare: Smoltcp,
    room: Room,
    scenario: Scenario,
}

/// One row of the table: what it is called, and what it does with some of the cases.
struct Row {
    name: &'static str,
    run: fn(&mut Work, Range<usize>),
}

/// The first row of each table is what the others are compared with.
const ROWS: [Row; 4] = [
    Row {
        name: "bare smoltcp",
        run: |work, cases| {
            for case in &work.cases[cases] {
                let played = case.recording.play(&mut work.bare, &mut work.room);
                black_box(played).expect("it was played before");
            }
        },
    },
    Row {
        name: "run: scenario to trace",
        run: |work, cases| {
            for case in &work.cases[cases] {
                black_box(work.runner.run(&case.scenario));
            }
        },
    },
    Row {
        name: "judge: trace to verdict",
        run: |work, cases| {
            for case in &work.cases[cases] {
                black_box(work.oracle.judge(&case.trace));
            }
        },
    },
    Row {
        name: "run and judge",
        run: |work, cases| {
            for case in &work.cases[cases] {
                black_box(work.judge.judge(&case.scenario));
            }
        },
    },
];

const GENERATED_ROWS: [Row; 2] = [
    Row {
        name: "generate",
        run: |work, cases| {
            for case in &work.cases[cases] {
                generate(SEED, case.index, &mut work.scenario);
                black_box(&work.scenario);
            }
        },
    },
    Row {
        name: "generate, run and judge",
        run: |work, cases| {
            for case in &work.cases[cases] {
                generate(SEED, case.index, &mut work.scenario);
                black_box(work.judge.judge(&work.scenario));
            }
        },
    },
];

impl Work {
    /// Work with these scenarios; those that break the stack are left out, as the bare stack has
    /// nobody to catch it.
    fn new(scenarios: impl Iterator<Item = Scenario>) -> Result<Work, String> {
        let known = include_str!("../../src/stack/smoltcp/known.toml");
        let known: KnownDeviations = known.parse().map_err(|error| format!("{error}"))?;
        let mut work = Work {
            cases: Vec::new(),
            segments: 0,
            runner: Runner::new(Smoltcp::new),
            oracle: Oracle::new(known.clone()),
            judge: StackJudge::new(Smoltcp::new, known),
            bare: Smoltcp::new(),
            room: Room::default(),
            scenario: Scenario::default(),
        };
        for (scenario, index) in scenarios.zip(0..) {
            let trace = work.runner.run(&scenario).clone();
            if let Some(What::Broken(_)) = trace.events.last().map(|event| &event.what) {
                continue;
            }
            work.segments += segments(&trace);
            work.cases.push(Case {
                index,
                recording: Recording::of(&scenario, &trace),
                scenario,
                trace,
            });
        }
        Ok(work)
    }
}

/// How many segments travelled.
fn segments(trace: &Trace) -> usize {
    let travels = |what: &What| matches!(what, What::Arrival { .. } | What::Emission { .. });
    let events = trace.events.iter();
    events.filter(|event| travels(&event.what)).count()
}

/// So many cases are one stretch.
const STRETCH: usize = 20;

/// Measures rows in turn; gives the nanoseconds of all cases once, by row.
fn measure<'r>(
    rows: impl Iterator<Item = &'r Row> + Clone,
    work: &mut Work,
    rounds: usize,
    repeat: usize,
) -> Vec<f64> {
    let mut sums = vec![0.0; rows.clone().count()];
    for start in (0..work.cases.len()).step_by(STRETCH) {
        let stretch = start..work.cases.len().min(start + STRETCH);
        let mut times = vec![Vec::with_capacity(rounds); sums.len()];
        // The first rounds warm everything up.
        for round in 0..rounds + 2 {
            for (row, times) in rows.clone().zip(&mut times) {
                let begin = Instant::now();
                for _ in 0..repeat {
                    (row.run)(work, stretch.clone());
                }
                if round >= 2 {
                    times.push(begin.elapsed().as_nanos() as f64 / repeat as f64);
                }
            }
        }
        for (sum, times) in sums.iter_mut().zip(times) {
            *sum += median(times);
        }
    }
    sums
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints one table.
fn table<'r>(title: &str, rows: impl Iterator<Item = &'r Row>, work: &Work, times: &[f64]) {
    println!("| {title} | scenarios/s | segments/s | ns/segment | to bare |");
    println!("|:---|---:|---:|---:|---:|");
    let count = work.cases.len() as f64;
    let segments = work.segments as f64;
    let Some(bare) = times.first() else { return };
    for (row, time) in rows.zip(times) {
        println!(
            "| {} | {} | {} | {:.0} | {:.2} |",
            row.name,
            grouped(count * 1e9 / time),
            grouped(segments * 1e9 / time),
            time / segments,
            time / bare,
        );
    }
    println!();
}

/// A number in thousands, as people read it.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn bench(quick: bool, only: Option<&str>) -> Result<(), String> {
    let (rounds, cases) = if quick { (9, 400) } else { (41, 2_000) };
    let scenario: Scenario = EIGHT_SEGMENTS.parse().map_err(|e| format!("{e}"))?;
    let mut eight = Work::new(std::iter::once(scenario))?;
    if eight.segments != 8 {
        let found = eight.segments;
        return Err(format!("the scenario of eight segments has {found}"));
    }
    let wanted = |row: &&Row| only.is_none_or(|only| row.name == only);
    let rows = ROWS.iter().filter(wanted);
    let times = measure(rows.clone(), &mut eight, 20 * rounds, 40);
    table("eight segments", rows, &eight, &times);

    let generated = (0..cases).map(|index| {
        let mut scenario = Scenario::default();
        generate(SEED, index, &mut scenario);
        scenario
    });
    let mut work = Work::new(generated)?;
    let each = work.segments as f64 / work.cases.len() as f64;
    let title = format!("generated, {each:.1} segments each");
    let rows = ROWS.iter().chain(&GENERATED_ROWS).filter(wanted);
    let times = measure(rows.clone(), &mut work, rounds, 1);
    table(&title, rows, &work, &times);
    Ok(())
}

fn main() -> ExitCode {
    let mut quick = false;
    let mut only = None;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            // Cargo says so of itself.
            "--bench" => {}
            "--quick" => quick = true,
            row if !row.starts_with('-') => only = Some(argument),
            _ => {
                eprintln!(
                    "cargo bench: cannot make sense of {argument}; there is --quick, and the name of a row"
                );
                return ExitCode::from(2);
            }
        }
    }
    match bench(quick, only.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("cargo bench: {why}");
            ExitCode::FAILURE
        }
    }
}
