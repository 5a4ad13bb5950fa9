//! What README.md and docs/ say is so: commands and options exist, scenarios parse, links lead
//! somewhere, and the finding is printed to the letter.

#![cfg(all(feature = "cli", feature = "smoltcp"))]

mod command;

use std::fs;
use std::path::{Path, PathBuf};

use command::ran;
use tcprove::cli::built_in;
use tcprove::harness::{StackJudge, inspect};
use tcprove::model::{AckClass, SeqClass, State};
use tcprove::oracle::{Instead, KnownDeviations};
use tcprove::report::{Setting, Style, finding_text};
use tcprove::scenario::Cases;
use tcprove::stack::reference::{Fault, Reference};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README.md and every page in docs/, by path.
fn pages() -> Vec<(String, String)> {
    let mut paths = vec!["README.md".to_owned()];
    for entry in fs::read_dir(root().join("docs")).expect("docs") {
        let name = entry.expect("an entry of docs").file_name();
        paths.push(format!("docs/{}", name.to_string_lossy()));
    }
    paths.sort();
    let pages = paths.into_iter().map(|path| {
        let text = fs::read_to_string(root().join(&path)).expect("a page is text");
        (path, text)
    });
    pages.collect()
}

/// The blocks of code in one language, each with the line before it.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<(&'a str, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    let mut before = "";
    while let Some(line) = lines.next() {
        if let Some(opened) = line.strip_prefix("```") {
            let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if opened == language {
                blocks.push((before, inside.join("\n")));
            }
        }
        before = line;
    }
    blocks
}

/// What the command line prints for these arguments on standard output.
fn prints(args: &[&str]) -> String {
    ran(&built_in(), "cargo run --release --", args).out
}

fn help(command: &str) -> String {
    prints(&[command, "--help"])
}

const COMMANDS: [&str; 11] = [
    "check", "replay", "converse", "judge", "table", "list", "explain", "corpus", "matrix",
    "serve", "connect",
];

/// Commands whose arguments are not ours.
const OTHERS: [&str; 3] = [
    "cargo fuzz run -s none ",
    "cargo test --test properties ",
    "cargo run --release --manifest-path fuzz/Cargo.toml --example seeds",
];

/// What plants the fault that the examples find.
const PLANTING: &str = "TCPROVE_FAULT=fin-above-gap ";

/// Whether help tells of an option.
fn has_option(help: &str, option: &str) -> bool {
    help.split(|c: char| !c.is_alphanumeric() && c != '-')
        .any(|word| word == option)
}

#[test]
fn commands_and_their_options_exist() {
    let mut seen = 0;
    for (path, page) in pages() {
        let blocks = blocks(&page, "sh");
        for line in blocks.iter().flat_map(|(_, block)| block.lines()) {
            let Some((cargo, args)) = line.split_once(" -- ") else {
                continue;
            };
            let cargo = cargo.strip_prefix(PLANTING).unwrap_or(cargo);
            if OTHERS.iter().any(|other| cargo.starts_with(other)) {
                continue;
            }
            // A suite takes the same commands after a word.
            let args = args.strip_prefix("tcprove ").unwrap_or(args);
            let ways = ["cargo run --release", "cargo test --test conformance"];
            let runs = ways.iter().any(|way| cargo.starts_with(way));
            assert!(runs, "{path}: {line}");
            // What comes after a second one is another program's.
            let args = args.split(" -- ").next().unwrap_or_default();
            let mut words = args.split_whitespace();
            let command = words.next().unwrap_or_default();
            assert!(COMMANDS.contains(&command), "{path}: {line}");
            let help = help(command);
            for option in words.filter(|word| word.starts_with("--")) {
                assert!(
                    has_option(&help, option),
                    "{path}: {command} has no {option}"
                );
            }
            seen += 1;
        }
    }
    assert!(seen >= 5, "only {seen} commands");
}

#[test]
fn options_in_the_text_exist() {
    let helps: Vec<String> = COMMANDS.into_iter().map(help).collect();
    let of_cargo = [
        "--cfg",
        "--config",
        "--locked",
        "--no-cfg-fuzzing",
        "--release",
    ];
    for (path, page) in pages() {
        for (_, rest) in page
            .match_indices("`--")
            .map(|(at, _)| page.split_at(at + 1))
        {
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '-')
                .unwrap_or(rest.len());
            let option = &rest[..end];
            let known = helps.iter().any(|help| has_option(help, option));
            assert!(
                known || of_cargo.contains(&option),
                "{path}: there is no {option}"
            );
        }
    }
}

#[test]
fn scenarios_parse() {
    for (path, page) in pages() {
        for (_, block) in blocks(&page, "scn") {
            if let Err(error) = block.parse::<Cases>() {
                panic!("{}", error.render(&path, &block));
            }
        }
    }
}

#[test]
fn links_lead_somewhere() {
    for (path, page) in pages() {
        let from = root().join(&path);
        let from = from.parent().expect("a page is in a directory");
        for (at, _) in page.match_indices("](") {
            let target = page[at + 2..].split([')', '#']).next().unwrap_or_default();
            if !target.starts_with("http") && !target.is_empty() {
                assert!(from.join(target).exists(), "{path}: {target}");
            }
        }
        for (at, _) in page.match_indices("`src/") {
            let target = page[at + 1..].split('`').next().unwrap_or_default();
            assert!(root().join(target).exists(), "{path}: {target}");
        }
        for (at, _) in page.match_indices("corpus/") {
            // Of the fuzzer, which makes it.
            if page[..at].ends_with('/') {
                continue;
            }
            let end = |c: char| c.is_whitespace() || "`\"),:".contains(c);
            let target = page[at..].split(end).next().unwrap_or_default();
            assert!(root().join(target).exists(), "{path}: {target}");
        }
    }
}

/// A directory of its own below the target directory, empty.
fn empty_directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a directory of one's own");
    path
}

#[test]
fn the_finding_is_printed_as_shown() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let blocks = blocks(&readme, "text");
    let (_, shown) = blocks
        .iter()
        .find(|(before, _)| *before == "<!-- finding -->")
        .expect("a finding");
    // The corpus is the one scenario, and nothing is known.
    let scenario = "rcv-fin-established/text-crosses-window.scn";
    let corpus = empty_directory("readme");
    let copy = corpus.join(scenario);
    fs::create_dir_all(copy.parent().expect("a directory")).expect("a directory");
    fs::copy(root().join("corpus").join(scenario), copy).expect("a copy");
    let known = corpus.join("none.toml");
    fs::write(&known, "").expect("an empty file");
    let [corpus, known] = [&corpus, &known].map(|path| path.to_str().expect("a path in UTF-8"));
    let printed = prints(&[
        "check", "--known", known, "--corpus", corpus, "--cases", "0",
    ]);
    assert!(
        printed.contains(shown.as_str()),
        "README.md shows\n{shown}\nbut this is printed\n{printed}"
    );
}

#[test]
fn the_planted_fault_is_told_of_as_shown() {
    let page = fs::read_to_string(root().join("docs/daily.md")).expect("the page");
    let blocks = blocks(&page, "text");
    let (_, shown) = blocks
        .iter()
        .find(|(before, _)| *before == "<!-- planted fin-above-gap -->")
        .expect("a report");
    let scenario = shown.split("<<'EOF'\n").nth(1).expect("a scenario");
    let scenario = scenario
        .trim_end_matches("EOF")
        .parse()
        .expect("a scenario");
    let make = || Reference::with_fault(Fault::FinAboveGap);
    let mut judge = StackJudge::new(make, KnownDeviations::default());
    let finding = inspect(&mut judge, &scenario).expect("a finding");
    let command = format!("{PLANTING}cargo run --release --");
    let setting = Setting {
        stack: "reference",
        command: &command,
        saved: None,
        counted: true,
        style: Style::default(),
    };
    assert_eq!(finding_text(&finding, &setting).trim_end(), shown);
}

/// A block of text below `<!-- $ ARGUMENTS -->` is what the command line prints for these, whole.
#[test]
fn excerpts_are_printed_as_shown() {
    let mut seen = 0;
    for (path, page) in pages() {
        for (before, shown) in blocks(&page, "text") {
            let Some(command) = before.strip_prefix("<!-- $ ") else {
                continue;
            };
            let args = command.strip_suffix(" -->").expect("a closed comment");
            let args: Vec<&str> = args.split_whitespace().collect();
            let printed = prints(&args);
            assert_eq!(printed.trim_end(), shown, "{path}: {before}");
            seen += 1;
        }
    }
    assert!(seen >= 2, "only {seen} excerpts");
}

#[test]
fn pictures_are_drawn_as_shown() {
    let rows: [(&str, &[&str]); 2] = [
        ("docs/states.svg", &[]),
        ("docs/states-smoltcp.svg", &["--stack", "smoltcp"]),
    ];
    for (path, args) in rows {
        let drawn = prints(&[&["table", "--format", "svg"], args].concat());
        let shown = fs::read_to_string(root().join(path)).expect("a picture");
        assert!(
            drawn == shown,
            "{path} is not what is drawn now: cargo run -- table --format svg {} > {path}",
            args.join(" ")
        );
    }
}

#[test]
fn the_page_on_known_deviations_names_all_that_there_is() {
    let page = fs::read_to_string(root().join("docs/known-deviations.md")).expect("the page");
    let names = SeqClass::NAMES.iter().map(|(_, name)| *name);
    let names = names.chain(AckClass::NAMES.iter().map(|(_, name)| *name));
    let names = names.chain(Instead::NAMES.iter().map(|(_, name)| *name));
    for name in names {
        assert!(page.contains(&format!("`{name}`")), "`{name}` is missing");
    }
    let examples = blocks(&page, "toml");
    assert!(!examples.is_empty());
    for (_, example) in examples {
        let known: KnownDeviations = match example.parse() {
            Ok(known) => known,
            Err(error) => panic!("{error}"),
        };
        for entry in known.entries() {
            let file = entry.witness.split("::").next().unwrap_or_default();
            let witness = root().join("corpus").join(file);
            assert!(witness.exists(), "{}", entry.witness);
        }
    }
}

#[test]
fn headers_of_scenarios_are_explained() {
    let page = fs::read_to_string(root().join("docs/scenarios.md")).expect("the page");
    for word in ["# passes", "# on smoltcp", State::SynReceived.name()] {
        assert!(
            page.contains(word),
            "docs/scenarios.md does not say what `{word}` is"
        );
    }
}
