//! How fast the harness is, beside the bare stack that is fed the same packets in the same run.
//!
//! `cargo bench` prints a table in Markdown, `cargo bench -- --quick` a rougher one in a second.
//! A segment is one that travels in either direction: delivered to the stack, or sent by it.
//! The bare stack is smoltcp with what it needs to run at all: a fresh interface and fresh sockets
//! for every scenario, packets that were built beforehand, the same user calls, the same clock.
//! Nobody reads what it sends.
//!
//! All rows are measured in turn, round after round, so that whatever else the machine does
//! falls on all of them. A figure is the median over the rounds, and a ratio is the median of the
//! ratios within each round.

mod bare;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use bare::{Recording, Room};
use tcprove::harness::{Judge, Runner, StackJudge};
use tcprove::oracle::{KnownDeviations, Oracle, Verdict};
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

/// What all rows are measured with.
struct Work {
    /// The scenarios of one batch, each with what was seen of it.
    scenarios: Vec<(Scenario, Trace, Recording)>,
    /// Segments in all of them.
    segments: usize,
    runner: Runner<Smoltcp>,
    oracle: Oracle,
    judge: StackJudge<Smoltcp>,
    bare: Smoltcp,
    room: Room,
    scenario: Scenario,
    /// The number of the next scenario to be generated.
    next: u64,
}

/// One row of the table: what it is called, and what it does with one batch.
struct Row {
    name: &'static str,
    run: fn(&mut Work),
}

/// The first row of each table is what the others are compared with.
const ROWS: [Row; 4] = [
    Row {
        name: "bare smoltcp",
        run: |work| {
            for (_, _, recording) in &work.scenarios {
                black_box(recording.play(&mut work.bare, &mut work.room))
                    .expect("it was played before");
            }
        },
    },
    Row {
        name: "run: scenario to trace",
        run: |work| {
            for (scenario, ..) in &work.scenarios {
                black_box(work.runner.run(scenario));
            }
        },
    },
    Row {
        name: "judge: trace to verdict",
        run: |work| {
            for (_, trace, _) in &work.scenarios {
                black_box(work.oracle.judge(trace));
            }
        },
    },
    Row {
        name: "run and judge",
        run: |work| {
            for (scenario, ..) in &work.scenarios {
                black_box(work.judge.judge(scenario));
            }
        },
    },
];

const GENERATED_ROWS: [Row; 2] = [
    Row {
        name: "generate",
        run: |work| {
            for _ in 0..work.scenarios.len() {
                generate(SEED, work.next, &mut work.scenario);
                work.next += 1;
            }
        },
    },
    Row {
        name: "generate, run and judge",
        run: |work| {
            for (scenario, ..) in &work.scenarios {
                generate(SEED, work.next, &mut work.scenario);
                work.next += 1;
                black_box(work.judge.judge(scenario));
            }
        },
    },
];

impl Work {
    /// A batch of these scenarios; those that break the stack are left out.
    fn new(scenarios: impl Iterator<Item = Scenario>) -> Result<Work, String> {
        let known = include_str!("../../src/stack/smoltcp/known.toml");
        let known: KnownDeviations = known.parse().map_err(|error| format!("{error}"))?;
        let mut work = Work {
            scenarios: Vec::new(),
            segments: 0,
            runner: Runner::new(Smoltcp::new),
            oracle: Oracle::new(known.clone()),
            judge: StackJudge::new(Smoltcp::new, known),
            bare: Smoltcp::new(),
            room: Room::default(),
            scenario: Scenario::default(),
            next: 0,
        };
        for scenario in scenarios {
            let trace = work.runner.run(&scenario).clone();
            if let Verdict::Broken(_) = work.oracle.judge(&trace).verdict {
                continue;
            }
            let recording = Recording::of(&scenario, &trace);
            work.segments += segments(&trace);
            work.scenarios.push((scenario, trace, recording));
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

/// Measures rows in turn; gives the nanoseconds of each batch, by row and round.
fn measure<'r>(
    rows: impl Iterator<Item = &'r Row> + Clone,
    work: &mut Work,
    rounds: usize,
    repeat: usize,
) -> Vec<Vec<f64>> {
    let mut times = vec![Vec::with_capacity(rounds); rows.clone().count()];
    for round in 0..rounds + 2 {
        for (row, times) in rows.clone().zip(&mut times) {
            let begin = Instant::now();
            for _ in 0..repeat {
                (row.run)(work);
            }
            let nanos = begin.elapsed().as_nanos() as f64 / repeat as f64;
            // The first rounds warm everything up.
            if round >= 2 {
                times.push(nanos);
            }
        }
    }
    times
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints one table.
fn table<'r>(title: &str, rows: impl Iterator<Item = &'r Row>, work: &Work, times: &[Vec<f64>]) {
    println!("| {title} | scenarios/s | segments/s | ns/segment | to bare |");
    println!("|:---|---:|---:|---:|---:|");
    let count = work.scenarios.len() as f64;
    let segments = work.segments as f64;
    let Some(bare) = times.first() else { return };
    for (row, times) in rows.zip(times) {
        let batch = median(times.iter().copied());
        let ratio = median(times.iter().zip(bare).map(|(time, bare)| time / bare));
        println!(
            "| {} | {} | {} | {:.0} | {ratio:.2} |",
            row.name,
            grouped(count * 1e9 / batch),
            grouped(segments * 1e9 / batch),
            batch / segments,
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
    let (rounds, cases) = if quick { (15, 300) } else { (101, 2_000) };
    let scenario: Scenario = EIGHT_SEGMENTS.parse().map_err(|e| format!("{e}"))?;
    let mut eight = Work::new(std::iter::once(scenario))?;
    if eight.segments != 8 {
        let found = eight.segments;
        return Err(format!("the scenario of eight segments has {found}"));
    }
    let wanted = |row: &&Row| only.is_none_or(|only| row.name == only);
    let rows = ROWS.iter().filter(wanted);
    let times = measure(rows.clone(), &mut eight, rounds, 500);
    table("eight segments", rows, &eight, &times);

    let generated = (0..cases).map(|index| {
        let mut scenario = Scenario::default();
        generate(SEED, index, &mut scenario);
        scenario
    });
    let mut work = Work::new(generated)?;
    let each = work.segments as f64 / work.scenarios.len() as f64;
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
