//! The tables of choices and of invariants name what exists: requirements, choices of the reference
//! stack, faults, and each fault by the requirement that it is caught by.

use tcprove::spec::Req;
use tcprove::stack::reference::{Choice, Fault};

const CHOICES: &str = include_str!("../docs/choices.md");
const INVARIANTS: &str = include_str!("../docs/invariants.md");

/// The cells of every row of every table.
fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = page.lines().filter(|line| line.starts_with("| "));
    lines.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
}

/// What stands between backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The row of one choice: C1, D2.
fn row_of(name: &str) -> Vec<&'static str> {
    let begins = |cells: &Vec<&str>| cells[0].split(' ').next() == Some(name);
    let found: Vec<_> = rows(CHOICES).filter(begins).collect();
    let [row] = &found[..] else {
        panic!("{name} has {} rows", found.len())
    };
    row.clone()
}

#[test]
fn requirements_that_the_tables_name_exist() {
    let mut named = 0;
    for page in [CHOICES, INVARIANTS] {
        let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.');
        for word in page.split(ends).filter(|word| word.starts_with("RFC")) {
            let id = word.trim_end_matches('.');
            named += 1;
            assert!(Req::from_id(id).is_some() || !id.contains('-'), "{id}");
        }
    }
    assert!(named > 60, "{named}");
}

#[test]
fn each_choice_of_receiving_has_a_row_whose_proofs_exist() {
    for (group, last) in [("C", 14), ("D", 9), ("E", 3)] {
        for number in 1..=last {
            let name = format!("{group}{number}");
            let row = row_of(&name);
            assert_eq!(row.len(), 4, "{name}: {row:?}");
            let mut proofs = 0;
            for proof in quoted(row[3]).filter(|it| !it.starts_with("tests/")) {
                let choice = Choice::ALL.iter().any(|choice| choice.name() == proof);
                let fault = Fault::from_name(proof).is_some();
                assert!(choice || fault, "{name}: {proof}");
                proofs += 1;
            }
            assert!(proofs > 0, "{name}");
        }
    }
}

#[test]
fn each_invariant_is_shown_to_fail_by_its_fault() {
    let mut shown = 0;
    for row in rows(INVARIANTS).skip(1) {
        let [what, place, requirement, fault] = row[..] else {
            panic!("{row:?}")
        };
        let place = quoted(place).next().unwrap_or_default();
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let there = ["model", ""]
            .iter()
            .any(|room| source.join(room).join(place).is_file());
        assert!(there, "{what}: {place}");
        let name = quoted(fault).next().unwrap_or_default();
        let fault = Fault::from_name(name).unwrap_or_else(|| panic!("{what}: {name}"));
        assert_eq!(fault.requirement().id(), requirement, "{what}");
        shown += 1;
    }
    assert!(shown > 25, "{shown}");
}
