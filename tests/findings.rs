//! `docs/findings.md` tells maintainers what is wrong with their stacks: each finding is a known
//! deviation, and still seen.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tcprove::cli::built_in;
use tcprove::oracle::known::Known;
use tcprove::oracle::{Deviation, KnownDeviations, Verdict};
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

/// A row of the tables that end the part of a stack: the same again, or a recommendation.
#[derive(Debug)]
struct Row {
    /// The title of the finding that it is the same as, in the table of those.
    same_as: Option<String>,
    requirement: Req,
    scenario: String,
}

/// The rows of the tables in the part of this stack.
fn rows(part: &str) -> Vec<Row> {
    let mut again = false;
    let mut rows = Vec::new();
    for line in part.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            again = heading == "The same again";
        }
        let Some((before, scenario)) = line
            .strip_suffix("` |")
            .and_then(|row| row.rsplit_once('`'))
        else {
            continue;
        };
        let mut ids = before.split(['(', ')']).filter_map(Req::from_id);
        let cell = before.split('|').nth(1).map(str::trim).expect(line);
        rows.push(Row {
            same_as: again.then(|| cell.to_owned()),
            requirement: ids.next_back().expect(line),
            scenario: scenario.to_owned(),
        });
    }
    rows
}

/// The part of the page that is about this stack.
fn part<'a>(page: &'a str, stack: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("\n## {stack}\n")).expect(stack);
    rest.split("\n## ").next().expect(stack)
}

/// What is known of a stack without the entry of this name.
fn all_but(known: &str, name: &str) -> KnownDeviations {
    let name = format!("name = \"{name}\"\n");
    let others = known
        .split("[[deviation]]")
        .filter(|entry| !entry.contains(&name));
    let others: Vec<&str> = others.collect();
    others
        .join("[[deviation]]")
        .parse()
        .expect("known deviations")
}

/// Whether a run that does not know of this would say that a recommendation was not followed, or that
/// a soft check failed, and no more.
fn is_light(stack: &str, known: &Known) -> bool {
    let entry = built_in().into_iter().find(|entry| entry.name == stack);
    let entry = entry.expect(stack);
    let judge = (entry.judge)(all_but(entry.known, &known.name));
    let text = fs::read_to_string(root().join("corpus").join(&known.witness));
    let scenario: Scenario = text.expect(&known.name).parse().expect(&known.name);
    let judgment = judge.expect(stack).judge(&scenario);
    let noted = |missed: &Deviation| known.breaks().any(|req| req == missed.shape.requirement);
    judgment.verdict == Verdict::Conforms && judgment.missed.iter().any(noted)
}

/// Of smoltcp and lwIP all of them are told: each has a finding of its own, or stands in a table, as
/// the same again of a finding that is there, or as a recommendation or a check that is soft.
#[test]
fn every_known_deviation_of_smoltcp_is_told() {
    all_are_told("smoltcp", &["smoltcp"]);
}

#[test]
#[cfg_attr(
    not(lwip_built),
    ignore = "lwIP is not built in: run .ci/lwip and build again"
)]
fn every_known_deviation_of_lwip_is_told() {
    all_are_told("lwIP", &["lwip", "lwip-full"]);
}

/// Holds what is known of these stacks against the part of the page under this heading.
fn all_are_told(heading: &str, stacks: &[&str]) {
    let page = fs::read_to_string(root().join("docs/findings.md")).expect("docs/findings.md");
    let all = told();
    let rows = rows(part(&page, heading));
    let told: Vec<&Told> = (all.iter())
        .filter(|told| stacks.contains(&told.stack.as_str()))
        .collect();
    let mut needed: BTreeSet<&str> = rows.iter().map(|row| row.scenario.as_str()).collect();
    // On one of the stacks: on another something else may be known of the same scenario.
    let mut light: BTreeSet<&str> = BTreeSet::new();
    for entry in built_in() {
        if !stacks.contains(&entry.name) {
            continue;
        }
        let known: KnownDeviations = entry.known.parse().expect("known deviations");
        for known in known.entries() {
            let is = |scenario: &str, by: Req| {
                known.witness == scenario && known.breaks().any(|req| req == by)
            };
            let found = told.iter().any(|told| is(&told.scenario, told.requirement));
            let row = rows.iter().find(|row| is(&row.scenario, row.requirement));
            assert!(
                found || row.is_some(),
                "{heading}: not told: {}",
                known.name
            );
            assert!(
                !found || row.is_none(),
                "{heading}: told twice: {}",
                known.name
            );
            let Some(row) = row else { continue };
            needed.remove(row.scenario.as_str());
            match &row.same_as {
                Some(title) => {
                    let same = told.iter().any(|told| told.title == *title);
                    assert!(same, "{heading}: no such finding: {row:?}");
                }
                None if is_light(entry.name, known) => {
                    light.insert(&row.scenario);
                }
                None => {}
            }
        }
    }
    let known = |row: &&Row| row.same_as.is_none() && !needed.contains(row.scenario.as_str());
    for row in rows.iter().filter(known) {
        let is_light = light.contains(row.scenario.as_str());
        assert!(is_light, "{heading}: a finding: {row:?}");
    }
    let built = built_in().iter().any(|entry| stacks.contains(&entry.name));
    assert!(
        !built || needed.is_empty(),
        "{heading}: not known: {needed:?}"
    );
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
