//! `docs/differences.md` has the rows in which stacks differ, as `table --against` prints them.
//! `INSTA_UPDATE=always` writes them anew.
#![cfg(all(feature = "cli", feature = "smoltcp", feature = "lwip"))]

mod command;

use std::path::Path;
use std::{env, fs};

use command::ran;
use tcprove::cli::built_in;

/// What is compared: the line before what is printed names the command.
const COMPARED: [[&str; 2]; 2] = [["smoltcp", "lwip"], ["lwip", "lwip-full"]];

/// What the command line prints, its headings one deeper.
fn printed([stack, other]: [&str; 2]) -> String {
    let args = ["table", "--stack", stack, "--against", other];
    let args = args.into_iter().chain(["--format", "md"]);
    let ran = ran(&built_in(), "tcprove", args);
    assert_eq!(ran.status, 0, "{}", ran.err);
    ran.out.replace("## ", "### ").trim_end().to_owned()
}

#[test]
#[cfg_attr(
    not(lwip_built),
    ignore = "lwIP is not built in: run .ci/lwip and build again"
)]
fn the_page_says_where_the_stacks_differ() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/differences.md");
    let written = fs::read_to_string(&path).expect("docs/differences.md");
    let mut page = written.clone();
    for pair in COMPARED {
        let opened = format!("<!-- {} and {} -->\n", pair[0], pair[1]);
        let (before, rest) = page.split_once(&opened).expect(&opened);
        let (told, after) = rest.split_once("\n<!-- end -->\n").expect("an end");
        let found = printed(pair);
        if told == found {
            continue;
        }
        let line = told.lines().zip(found.lines()).find(|(a, b)| a != b);
        assert!(
            env::var("INSTA_UPDATE").is_ok_and(|value| value == "always"),
            "docs/differences.md is wrong about {pair:?}; write it anew by `INSTA_UPDATE=always \
             cargo test --test differences`. First: {line:?}"
        );
        page = format!("{before}{opened}{found}\n<!-- end -->\n{after}");
    }
    if page != written {
        fs::write(path, page).expect("docs/differences.md");
    }
}
