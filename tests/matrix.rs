//! The matrix of requirements and stacks: `docs/matrix.md` says how they stand, and each format what
//! the others say.

mod command;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use command::ran;
use tcprove::cli::built_in;

/// What the command line prints, and its exit status.
fn prints(args: &[&str]) -> (u8, String) {
    let ran = ran(&built_in(), "tcprove", args);
    assert!(ran.status < 2, "{}", ran.err);
    (ran.status, ran.out)
}

/// The stacks in one process that this build can judge.
fn stacks() -> Vec<&'static str> {
    let here = |name: &&str| {
        let found = built_in().into_iter().find(|stack| stack.name == *name);
        found.is_some_and(|stack| (stack.judge)(Default::default()).is_ok())
    };
    ["smoltcp", "reference", "lwip", "lwip-full"]
        .into_iter()
        .filter(here)
        .collect()
}

/// The cells of the tables of a page: of each requirement and stack, how they stand.
fn cells(page: &str) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    let mut stacks: Vec<String> = Vec::new();
    for line in page.lines() {
        let columns: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        match columns.as_slice() {
            ["requirement", "where", "what it asks", names @ ..] => {
                stacks = names.iter().map(|name| name.to_string()).collect();
            }
            [link, .., _] if link.starts_with("[RFC") => {
                let id = link
                    .trim_start_matches('[')
                    .split(']')
                    .next()
                    .unwrap_or_default();
                let from = columns.len() - stacks.len();
                for (stack, cell) in stacks.iter().zip(&columns[from..]) {
                    found.insert((id.to_owned(), stack.clone()), cell.to_string());
                }
            }
            _ => {}
        }
    }
    found
}

/// What is said of one stack below the tables.
fn known<'a>(page: &'a str, stack: &str) -> Vec<&'a str> {
    let heading = format!("## Known of {stack}");
    let lines = page.lines().skip_while(|line| *line != heading).skip(1);
    lines.take_while(|line| !line.starts_with('#')).collect()
}

#[test]
fn the_page_says_how_the_stacks_stand() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/matrix.md");
    let page = fs::read_to_string(page).expect("docs/matrix.md");
    let stacks = stacks();
    let mut args = vec![
        "matrix",
        "--format",
        "md",
        "--stack",
        stacks[0],
        "--against",
    ];
    args.extend(&stacks[1..]);
    let (_, printed) = prints(&args);
    let (told, found) = (cells(&page), cells(&printed));
    assert!(found.len() >= 2 * 397, "{}", found.len());
    let wrong: Vec<String> = found
        .iter()
        .filter(|(key, cell)| told.get(key) != Some(cell))
        .map(|((id, stack), cell)| format!("{id}: {stack} {cell}"))
        .collect();
    let how = "write it anew as its second paragraph says";
    assert!(
        wrong.is_empty(),
        "docs/matrix.md is wrong; {how}:\n{}",
        wrong.join("\n")
    );
    for stack in stacks {
        assert_eq!(
            known(&page, stack),
            known(&printed, stack),
            "docs/matrix.md: {how}"
        );
    }
}

/// Every format counts the same of a stack with a fault that nothing is known of.
#[test]
fn formats_agree_and_tell_failures_from_skips() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/open");
    let args = |format| {
        [
            "matrix",
            "--stack",
            "reference",
            "--corpus",
            corpus,
            "--format",
            format,
        ]
    };
    let (status, text) = prints(&args("text"));
    assert_eq!(status, 0, "nothing deviates");
    let (_, json) = prints(&args("json"));
    let (_, junit) = prints(&args("junit"));
    let (_, md) = prints(&args("md"));
    let count = |name: &str| -> usize {
        let line = text
            .lines()
            .rfind(|line| line.starts_with(name))
            .expect(name);
        line[name.len()..].trim().parse().expect("a number")
    };
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let rows = value["requirements"].as_array().expect("rows");
    for name in ["conforms", "not exercised", "does not apply", "not judged"] {
        let found = rows
            .iter()
            .filter(|row| row["standing"]["reference"]["standing"] == name);
        assert_eq!(found.count(), count(name), "{name}");
        // Everything is judged, or there is a reason why not.
        assert_eq!(count(name) > 0, name != "not judged", "{name}");
    }
    let skipped = count("not exercised") + count("does not apply") + count("not judged");
    assert_eq!(junit.matches("<skipped").count(), skipped);
    assert!(junit.contains(&format!("skipped=\"{skipped}\"")));
    assert_eq!(junit.matches("<testcase").count(), 397);
    assert_eq!(junit.matches("<failure").count(), 0);
    let conforming = cells(&md)
        .values()
        .filter(|cell| *cell == "conforms")
        .count();
    assert_eq!(conforming, count("conforms"));
}
