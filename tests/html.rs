//! The report as a page: it stands by itself, its links lead somewhere, and it says what the run says.

mod command;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;

use command::ran;
use tcprove::cli::StackEntry;
use tcprove::harness::StackJudge;
use tcprove::model::State;
use tcprove::oracle::KnownDeviations;
use tcprove::stack::reference::{Fault, Reference};
use tcprove::suite::entry;
use tcprove::table::{Maker, svg_taken};

/// The page of a run on a part of the corpus, and the exit status.
fn page(stack: StackEntry, name: &str) -> (u8, String) {
    let file = std::env::temp_dir().join(format!("tcprove-{}-{name}.html", std::process::id()));
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/open");
    let args = ["check", "--stack", stack.name, "--cases", "200"];
    let args = args.into_iter().chain(["--corpus", corpus, "--html"]);
    let args = args.map(OsString::from).chain([file.clone().into()]);
    let status = ran(&[stack], "tcprove", args).status;
    let page = fs::read_to_string(&file)
        .expect("a page")
        .replace("&#x2f;", "/");
    let _ = fs::remove_file(&file);
    (status, page)
}

/// What stands in quotes after each of these.
fn quoted<'a>(page: &'a str, before: &str) -> Vec<&'a str> {
    let parts = page.split(before).skip(1);
    parts
        .map(|part| part.split('"').next().unwrap_or_default())
        .collect()
}

fn faulty() -> Reference {
    Reference::with_fault(Fault::NoSynRetransmission)
}

#[test]
fn a_page_needs_nothing_beside_it_and_its_links_lead_somewhere() {
    let (status, page) = page(entry("faulty", faulty), "faulty");
    assert_eq!(status, 1);
    let ids: Vec<&str> = quoted(&page, " id=\"");
    let set: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), set.len(), "an id stands twice");
    let links = quoted(&page, "href=\"");
    assert!(links.len() > 397, "{}", links.len());
    for link in links {
        let leads = match link.strip_prefix('#') {
            Some(id) => set.contains(id),
            None => link.starts_with("https://www.rfc-editor.org/rfc/rfc"),
        };
        assert!(leads, "{link} leads nowhere");
    }
    for outside in ["<script", "<link", "<img", "@import", "url(http"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn it_says_what_was_found() {
    let (_, page) = page(entry("faulty", faulty), "found");
    for part in [
        "Something unexpected was found.",
        "id=\"finding-1\"",
        Fault::NoSynRetransmission.requirement().id(),
        "class=\"ladder\"",
        "<g class=\"bad\">",
        "tcprove replay - --stack faulty &lt;&lt;&#x27;EOF&#x27;",
        "class=\"states\"",
    ] {
        assert!(page.contains(part), "no {part}");
    }
    // A step with a bracket is text in the page.
    assert!(!page.contains("\n< SYN"));
}

#[test]
fn of_a_sound_stack_there_is_nothing_to_find() {
    let (status, page) = page(entry("sound", Reference::new), "sound");
    assert_eq!(
        status,
        0,
        "{}",
        &page[page.find("<section id=\"judged").unwrap()..page.find("id=\"known").unwrap()]
    );
    for part in ["Nothing unexpected.", "<p>None.</p>", "Findings (0)"] {
        assert!(page.contains(part), "no {part}");
    }
    assert!(!page.contains("class=\"finding"), "a finding");
}

#[test]
fn what_was_never_taken_is_pale() {
    let mut judge = StackJudge::new(Reference::new, KnownDeviations::default());
    let mut maker = Maker::new(&mut judge, KnownDeviations::default());
    let diagram = maker.permitted_diagram(&[State::Closed, State::Listen]);
    let taken = |from, to| u64::from((from, to) == (State::Closed, State::Listen));
    let picture = svg_taken(&diagram, &taken);
    let paths = |class: &str| picture.matches(&format!("<path class=\"{class}\"")).count();
    assert_eq!(paths("edge"), 1, "{picture}");
    assert!(paths("edge untaken") >= 3, "{picture}");
}
