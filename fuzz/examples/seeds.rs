//! Writes seeds for every target, made from the corpus: `seeds CORPUS INTO`.
//!
//! libFuzzer passes over what it cannot decode, in silence; so each scenario of the corpus becomes
//! one file, and the targets that read octets are given what some of the scenarios look like as text,
//! as packets, as recordings and as captures.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use tcprove::harness::Runner;
use tcprove::report::{capture, recording};
use tcprove::scenario::{Cases, ParseError, Scenario};
use tcprove::stack::reference::Reference;
use tcprove::stack::smoltcp::KNOWN;
use tcprove::trace::What;

/// What only reads is given one scenario of so many: the cells of the matrix read alike.
const READ_ODDS: usize = 8;

fn main() {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [corpus, into] = &arguments[..] else {
        eprintln!("usage: seeds CORPUS INTO");
        process::exit(2);
    };
    match write_all(corpus, into) {
        Ok(count) => println!("{count} scenarios made into seeds below {}", into.display()),
        Err(message) => {
            eprintln!("{message}");
            process::exit(1);
        }
    }
}

/// Writes the seeds, and gives the number of scenarios they are made of.
fn write_all(corpus: &Path, into: &Path) -> Result<usize, String> {
    let mut runner = Runner::new(Reference::new);
    let mut packets = BTreeSet::new();
    let scenarios = scenarios(corpus)?;
    for (number, (name, scenario)) in scenarios.iter().enumerate() {
        let text = scenario.to_string();
        for target in ["smoltcp", "lwip", "reference"] {
            put(&into.join(target), name, text.as_bytes())?;
        }
        if number % READ_ODDS != 0 {
            continue;
        }
        put(&into.join("notation"), name, text.as_bytes())?;
        let trace = runner.run(scenario);
        let octets = match number / READ_ODDS % 4 {
            0 => capture(trace, "", None),
            _ => recording(trace).into_bytes(),
        };
        put(&into.join("recording"), name, &octets)?;
        for event in &trace.events {
            if let What::Arrival { packet, .. } | What::Emission { packet, .. } = &event.what {
                packets.insert(trace.octets(*packet).to_vec());
            }
        }
    }
    put(&into.join("notation"), "known.toml", KNOWN.as_bytes())?;
    // A packet of each length is enough, and long ones only slow the search.
    let mut lengths = BTreeSet::new();
    for packet in packets
        .iter()
        .filter(|packet| packet.len() < 300 && lengths.insert(packet.len()))
    {
        put(
            &into.join("wire"),
            &format!("packet-{}", packet.len()),
            packet,
        )?;
    }
    Ok(scenarios.len())
}

fn put(directory: &Path, name: &str, octets: &[u8]) -> Result<(), String> {
    let written =
        fs::create_dir_all(directory).and_then(|()| fs::write(directory.join(name), octets));
    written.map_err(|error| format!("cannot write {name} in {}: {error}", directory.display()))
}

/// Every scenario below a directory, with a name made of its path.
fn scenarios(corpus: &Path) -> Result<Vec<(String, Scenario)>, String> {
    let mut found = Vec::new();
    let mut directories = vec![corpus.to_owned()];
    while let Some(directory) = directories.pop() {
        let entries = fs::read_dir(&directory);
        let entries = entries.map_err(|error| format!("{}: {error}", directory.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|ending| ending == "scn") {
                found.extend(read(corpus, &path)?);
            }
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(found)
}

/// The cases of one file.
fn read(corpus: &Path, path: &Path) -> Result<Vec<(String, Scenario)>, String> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
    let Cases(cases) = text
        .parse()
        .map_err(|error: ParseError| error.render(&shown, &text))?;
    let below = path.strip_prefix(corpus).unwrap_or(path).to_string_lossy();
    let name = |case: &str| format!("{below}-{case}").replace(['/', '\\'], "-");
    let cases = cases.into_iter();
    Ok(cases
        .map(|case| (name(&case.name), case.scenario))
        .collect())
}
