//! `docs/findings.md` tells maintainers what is wrong with their stacks: each finding is a known
//! deviation, and still seen.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tcprove::cli::built_in;
use tcprove::oracle::{KnownDeviations, Verdict};
use tcprove::scenario::Scenario;
use tcprove::spec::Req;

/// What the page says of one finding.
#[derive(Debug)]
struct Told {
    title: String,
    requirement: Req,
    scenario: String,
    stack: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The findings of the page. Each has a title, what was expected, with the requirement in brackets,
/// and the command that shows it.
fn told() -> Vec<Told> {
    let page = fs::read_to_string(root().join("docs/findings.md")).expect("docs/findings.md");
    let findings = page.split("\n#### ").skip(1).map(|finding| {
        let (title, rest) = finding.split_once('\n').expect("a title");
        let part = |name: &str| {
            let (_, part) = rest.split_once(&format!("- **{name}**: ")).expect(title);
            let end = part.find("\n-").or(part.find("\n\n")).expect(title);
            part[..end].split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert!(!part("stimulus").is_empty(), "{title}");
        let seen = rest.split_once("- **seen**: ").map(|(_, seen)| seen.trim());
        assert!(seen.is_some_and(|seen| !seen.is_empty()), "{title}");
        let expected = part("expected");
        let (_, requirement) = expected.rsplit_once('(').expect(title);
        let requirement = requirement.trim_end_matches(')');
        let command = "cargo run --release -- replay corpus/";
        let (_, command) = rest.split_once(command).expect(title);
        let words: Vec<&str> = command.split_whitespace().take(5).collect();
        let [scenario, "--stack", stack, "--pcap", _] = words[..] else {
            panic!("{title}: {words:?}");
        };
        Told {
            title: title.to_owned(),
            requirement: Req::from_id(requirement).expect(title),
            scenario: scenario.to_owned(),
            stack: stack.to_owned(),
        }
    });
    findings.collect()
}

/// Each is shown by the witness of a known deviation from that very requirement.
#[test]
fn what_is_told_to_maintainers_is_known_and_still_seen() {
    let told = told();
    let stacks: BTreeSet<&str> = told.iter().map(|told| told.stack.as_str()).collect();
    assert!(stacks.contains("smoltcp") && stacks.contains("lwip"));
    for stack in stacks {
        let entry = built_in().into_iter().find(|entry| entry.name == stack);
        // Built without it, or another system.
        let Some(entry) = entry else { continue };
        let known: KnownDeviations = entry.known.parse().expect("known deviations");
        // In real time it is judged by tests of its own.
        let live = stack == "linux";
        let mut judge = (entry.judge)(known.clone()).ok().filter(|_| !live);
        for told in told.iter().filter(|told| told.stack == stack) {
            let entries = known.entries().iter().zip(0..);
            let about = entries.filter(|(known, _)| {
                known.witness == told.scenario && known.breaks().any(|req| req == told.requirement)
            });
            let about: Vec<u16> = about.map(|(_, entry)| entry).collect();
            assert!(!about.is_empty(), "no known deviation: {told:?}");
            let text = fs::read_to_string(root().join("corpus").join(&told.scenario));
            let scenario: Scenario = text.expect(&told.title).parse().expect(&told.title);
            let Some(judge) = &mut judge else { continue };
            let judgment = judge.judge(&scenario);
            let seen = about.iter().any(|entry| judgment.known.contains(entry));
            assert!(seen, "no longer seen: {told:?}");
            assert_eq!(judgment.verdict, Verdict::Conforms, "{told:?}");
        }
    }
}

/// Of Linux all of them are told: what the stack that the world agrees on does is worth knowing.
#[test]
fn every_known_deviation_of_linux_is_told() {
    let known = include_str!("../src/stack/linux/known.toml");
    let known: KnownDeviations = known.parse().expect("known deviations");
    let told = told();
    let untold: Vec<&str> = (known.entries().iter())
        .filter(|entry| told.iter().all(|told| told.scenario != entry.witness))
        .map(|entry| entry.name.as_str())
        .collect();
    assert!(untold.is_empty(), "{untold:#?}");
    assert!(told.len() > known.entries().len());
}
