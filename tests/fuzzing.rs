//! The heart of the fuzz targets: what they take, what they make of it, and when they end.

use arbitrary::{Arbitrary, Error, Unstructured};
use std::fs;
use std::path::Path;
use tcprove::fuzzing::{self, Faulty, FaultyProver, Prover, cross_text, mutate_text};
use tcprove::harness::Runner;
use tcprove::oracle::KnownDeviations;
use tcprove::report::{capture, recording};
use tcprove::scenario::{Cases, Scenario, generate};
use tcprove::stack::reference::{Fault, Reference};
use tcprove::stack::smoltcp::{KNOWN, Smoltcp};

/// The text of some two hundred cases of the corpus.
fn corpus() -> Vec<String> {
    let mut texts = Vec::new();
    let mut directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let text = fs::read_to_string(path).expect("a text");
                let Cases(cases) = text.parse().expect("cases");
                texts.extend(cases.iter().map(|case| case.scenario.to_string()));
            }
        }
    }
    // Enough of them, from everywhere.
    let every = texts.len().div_ceil(200);
    texts.into_iter().step_by(every).collect()
}

fn generated(seed: u64, count: u64) -> impl Iterator<Item = Scenario> {
    (0..count).map(move |index| {
        let mut scenario = Scenario::default();
        generate(seed, index, &mut scenario);
        scenario
    })
}

#[test]
fn an_input_is_text() {
    let rows = [
        ("", Ok(""), Ok("")),
        ("A:  listen # why\n", Ok("A: listen\n"), Ok("A: listen\n")),
        (
            "# fault no-probe\nA: listen\n",
            Ok("A: listen\n"),
            Ok("# fault no-probe\nA: listen\n"),
        ),
        (
            "# fault none\nwait 1s",
            Ok("wait 1s\n"),
            Err(Error::IncorrectFormat),
        ),
        (
            "A: hark",
            Err(Error::IncorrectFormat),
            Err(Error::IncorrectFormat),
        ),
        (
            "\u{fffd}",
            Err(Error::IncorrectFormat),
            Err(Error::IncorrectFormat),
        ),
    ];
    for (text, scenario, faulty) in rows {
        let octets = text.as_bytes();
        let read = Scenario::arbitrary_take_rest(Unstructured::new(octets));
        let shown = read.map(|scenario| format!("{scenario:?}"));
        assert_eq!(
            shown.map_err(|e| e.to_string()),
            scenario.map(str::to_owned).map_err(|e| e.to_string())
        );
        let read = Faulty::arbitrary_take_rest(Unstructured::new(octets));
        let shown = read.map(|faulty| format!("{faulty:?}"));
        assert_eq!(
            shown.map_err(|e| e.to_string()),
            faulty.map(str::to_owned).map_err(|e| e.to_string())
        );
    }
    let bad = Scenario::arbitrary_take_rest(Unstructured::new(&[0xff]));
    assert!(matches!(bad, Err(Error::IncorrectFormat)));
}

#[test]
fn choices_give_scenarios_too() {
    for length in [0, 1, 7, 100, 5_000] {
        let octets: Vec<u8> = (0..length).map(|n: u32| (n * 37 + n / 5) as u8).collect();
        let made = Scenario::arbitrary(&mut Unstructured::new(&octets)).expect("a scenario");
        assert!(!made.steps.is_empty());
        assert_eq!(made.to_string().parse(), Ok(made));
    }
}

#[test]
fn whatever_the_mutator_makes_of_the_corpus_can_be_read() {
    let mut data = vec![0; 4_096];
    let mut texts = corpus();
    texts.push("# fault fin-twice\nA: listen\n".to_owned());
    for (n, text) in texts.iter().enumerate() {
        for seed in 0..40 {
            let mut default_used = false;
            let most = [4_096, 300, 20][seed as usize % 3];
            let size = text.len().min(most);
            data[..size].copy_from_slice(&text.as_bytes()[..size]);
            let size = mutate_text::<Faulty>(&mut data, size, most, seed, |_, size, _| {
                default_used = true;
                size
            });
            assert!(size <= most);
            if !default_used {
                let made = std::str::from_utf8(&data[..size]).expect("text");
                let made: Result<Faulty, _> = made.parse();
                assert!(made.is_ok(), "{made:?}");
            }
            let second = texts[(n + 1) % texts.len()].as_bytes();
            let size = cross_text::<Faulty>(text.as_bytes(), second, &mut data[..most], seed);
            let made = std::str::from_utf8(&data[..size]).expect("text");
            assert!(made.parse::<Faulty>().is_ok(), "{made}");
        }
    }
}

#[test]
fn the_mutator_keeps_to_its_room_and_leaves_nonsense_to_the_fuzzer() {
    let count = |text: &str, most: usize| {
        let mut data = vec![0; 200];
        data[..text.len()].copy_from_slice(text.as_bytes());
        let used = (0..400).filter(|&seed| {
            let mut used = false;
            let size = mutate_text::<Scenario>(
                &mut data.clone(),
                text.len(),
                most,
                seed,
                |_, size, room| {
                    used = true;
                    assert!(size <= room && room <= most.min(200));
                    size
                },
            );
            assert!(size <= most);
            used
        });
        used.count()
    };
    let now_and_then = 5..60;
    assert!(now_and_then.contains(&count("A: listen\npeer handshake\n", 1_000)));
    assert_eq!(count("A: hark", 1_000), 400);
    assert!(now_and_then.contains(&count("", 2_000)));
    assert_eq!(
        cross_text::<Scenario>(b"A: hark", b"A: listen", &mut [0; 99], 1),
        0
    );
}

#[test]
fn faults_come_and_go() {
    let mut input = Faulty::default();
    let mut seen = std::collections::BTreeSet::new();
    let mut data = vec![0; 2_000];
    let mut size = 0;
    for seed in 0..40_000 {
        size = mutate_text::<Faulty>(&mut data, size.min(200), 2_000, seed, |_, _, _| 0);
        input = std::str::from_utf8(&data[..size])
            .expect("text")
            .parse()
            .unwrap_or_default();
        seen.insert(input.fault);
    }
    assert_eq!(seen.len(), Fault::ALL.len() + 1, "{input}");
}

#[test]
fn known_deviations_do_not_end_a_run_and_others_do() {
    let known: KnownDeviations = KNOWN.parse().expect("known deviations");
    let mut knowing = Prover::new("smoltcp", Smoltcp::new, known);
    let mut naive = Prover::new("smoltcp", Smoltcp::new, KnownDeviations::default());
    let mut reports = Vec::new();
    let mut numbers = 0;
    for text in corpus() {
        let Ok(scenario) = text.parse() else { continue };
        assert_eq!(
            knowing.prove(&scenario, &mut |_| numbers += 1),
            Ok(()),
            "{text}"
        );
        reports.extend(naive.prove(&scenario, &mut |_| {}).err());
    }
    assert!(reports.len() > 10 && numbers > 1_000, "{numbers}");
    for report in reports {
        let deviates = !report.starts_with("1. the stack broke");
        let facts = if deviates {
            &["  allowed   ", "  instead   "][..]
        } else {
            &["  why   "]
        };
        let always = ["time peer", "!!", "replay - --stack smoltcp <<'EOF'\n"];
        for part in facts.iter().chain(&always) {
            assert!(report.contains(part), "no {part} in\n{report}");
        }
    }
    let guidance = knowing.guidance();
    assert!(
        guidance.reached().len() > 150,
        "{}",
        guidance.reached().len()
    );
}

#[test]
fn a_fault_is_caught_or_nothing() {
    let mut prover = FaultyProver::default();
    for (scenario, fault) in generated(21, 2_000).zip(Fault::ALL.iter().cycle()) {
        let input = Faulty {
            fault: Some(*fault),
            scenario,
        };
        let proved = prover.prove(&input, &mut |_| {});
        assert_eq!(proved, Ok(()), "{input}");
    }
    // A deviation without a fault ends the run: here of a stack that is faulty all the time.
    let faulty = || Reference::with_fault(Fault::AckBeyondReceived);
    let mut prover = Prover::new("reference", faulty, KnownDeviations::default());
    let found = generated(21, 100).find_map(|scenario| prover.prove(&scenario, &mut |_| {}).err());
    let report = found.expect("a report");
    assert!(report.contains("RFC9293-3.4-p04"), "{report}");
}

#[test]
fn readers_read_what_was_written_and_anything_near_it() {
    let mut runner = Runner::new(Reference::new);
    let mut texts: Vec<String> = corpus();
    texts.push(KNOWN.to_owned());
    let (mut packets, mut captures) = (Vec::<Vec<u8>>::new(), Vec::new());
    for scenario in generated(31, 60) {
        let trace = runner.run(&scenario).clone();
        for event in &trace.events {
            if let tcprove::trace::What::Arrival { packet, .. } = &event.what {
                packets.push(trace.octets(*packet).to_vec());
            }
        }
        texts.push(recording(&trace));
        captures.push(capture(&trace, "", None));
    }
    for captured in &captures {
        for spoiled in near(captured, 20) {
            assert_eq!(fuzzing::recording(&spoiled), Ok(()));
        }
    }
    for text in &texts {
        for spoiled in near(text.as_bytes(), 20) {
            assert_eq!(fuzzing::notation(&spoiled), Ok(()));
            assert_eq!(fuzzing::recording(&spoiled), Ok(()));
        }
    }
    for packet in &packets {
        for spoiled in near(packet, 20) {
            assert_eq!(fuzzing::wire(&spoiled), Ok(()));
        }
    }
}

/// The octets themselves, then some of them changed, cut or doubled, the same ones each time.
fn near(octets: &[u8], count: usize) -> impl Iterator<Item = Vec<u8>> + '_ {
    let numbers = (1..=count).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as usize) >> 16);
    let spoiled = numbers.map(move |n| {
        let mut spoiled = octets.to_vec();
        let at = n % octets.len().max(1);
        match n % 5 {
            0 => spoiled.truncate(at),
            1 => spoiled[at] ^= 1 << (n % 8),
            2 => spoiled[at] = b'0' + (n % 10) as u8,
            3 => spoiled.insert(at, octets[at]),
            _ => drop(spoiled.drain(at..(at + n % 9).min(octets.len()))),
        }
        spoiled
    });
    std::iter::once(octets.to_vec()).chain(spoiled)
}
