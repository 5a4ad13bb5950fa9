//! What the docs say of the kernel beside other stacks: `docs/differences.md` has the rows in which
//! it differs from smoltcp and lwIP, `docs/matrix-linux.md` how it stands to each requirement. Both
//! are of the series that they name, and on a kernel of another they are not held against it.
//! `INSTA_UPDATE=always` writes the rows anew, here and in `snapshots/linux/`.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::{env, fs, thread};

use insta::Settings;
use libtest_mimic::{Failed, Trial};
use tcprove::cli::{StackEntry, built_in};
use tcprove::harness::Judge;
use tcprove::model::State;
use tcprove::oracle::KnownDeviations;
use tcprove::table::{Maker, Table, markdown, text};

use super::command::ran;
use super::{TABLE_PATIENCE, TABLES, heading, unless};

const DIFFERENCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/differences.md");
const MATRIX: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/matrix-linux.md");

/// With which stacks the kernel is compared, and what the snapshot is called.
const OTHERS: [(&str, &str); 2] = [("smoltcp", "against-smoltcp"), ("lwip", "against-lwip")];

/// So often rows are made: what a busy machine makes late may differ from what was kept.
const TIMES: usize = 4;

/// The tests, or why they are ignored.
pub(crate) fn trials(missing: Option<&str>) -> Vec<Trial> {
    // Two tests must not write the page at a time.
    static PAGE: Mutex<()> = Mutex::new(());
    let mut trials = Vec::new();
    for (other, snapshot) in OTHERS {
        let entry = built_in().into_iter().find(|stack| stack.name == other);
        let lacking = missing
            .map(str::to_owned)
            .or_else(|| other_series(DIFFERENCES))
            .or_else(|| match entry.map(|entry| judge(&entry).err()) {
                None => Some(format!("{other} is not in this build")),
                Some(why) => why,
            });
        let test = move || {
            let _alone = PAGE.lock();
            differs(other, snapshot)
        };
        trials.push(unless(
            lacking.as_deref(),
            format!("differs::{other}"),
            test,
        ));
    }
    let lacking = missing.map(str::to_owned).or_else(|| other_series(MATRIX));
    let name = "the_page_says_how_it_stands".to_owned();
    trials.push(unless(lacking.as_deref(), name, stands));
    trials
}

/// Why this kernel is not held against a page, if that is of another series.
fn other_series(page: &str) -> Option<String> {
    let own = heading();
    let page = fs::read_to_string(page).unwrap_or_default();
    let (_, told) = page.split_once("<!-- kernel -->\n")?;
    let told = told.lines().next().unwrap_or_default();
    (told != own).then(|| format!("the page is of {told}, and this is {own}"))
}

fn judge(stack: &StackEntry) -> Result<Box<dyn Judge>, String> {
    let mut judge = (stack.judge)(stack.known.parse().map_err(|_| "known deviations")?)?;
    judge.set_patience(TABLE_PATIENCE);
    Ok(judge)
}

/// The rows in which the kernel and another stack differ, of every state that has some.
fn rows(other: &'static str) -> Result<Vec<Table>, String> {
    let stacks = built_in();
    let find = |name| stacks.iter().find(|stack| stack.name == name);
    let (Some(linux), Some(other)) = (find("linux"), find(other)) else {
        return Err("it is not in this build".to_owned());
    };
    let of_state = |state: State| -> Result<Table, String> {
        let known = |stack: &StackEntry| -> KnownDeviations {
            stack.known.parse().expect("known deviations")
        };
        let (mut ours, mut theirs) = (judge(linux)?, judge(other)?);
        let mut maker = Maker::new(&mut ours, known(linux));
        let mut others = Maker::new(&mut theirs, known(other));
        Ok(maker.against(&mut others, state, [linux.name, other.name]))
    };
    let made: Vec<Result<Table, String>> = thread::scope(|scope| {
        let makers = State::ALL.map(|state| scope.spawn(move || of_state(state)));
        let made = makers.into_iter().map(|maker| maker.join());
        made.map(|table| table.unwrap_or_else(|_| Err("it panicked".to_owned())))
            .collect()
    });
    let mut tables = made.into_iter().collect::<Result<Vec<_>, _>>()?;
    tables.retain(|table| !table.rows.is_empty() || !table.missed.is_empty());
    Ok(tables)
}

fn joined(tables: &[Table], write: fn(&Table) -> String) -> String {
    let texts: Vec<String> = tables.iter().map(write).collect();
    texts.join("\n")
}

/// The page has these rows, and so has the snapshot.
fn differs(other: &'static str, snapshot: &str) -> Result<(), Failed> {
    let page = fs::read_to_string(DIFFERENCES)?;
    let opened = format!("<!-- linux and {other} -->\n");
    let (before, rest) = page.split_once(&opened).ok_or(opened.as_str())?;
    let (told, after) = rest.split_once("\n<!-- end -->\n").ok_or("no end")?;
    let updates = env::var("INSTA_UPDATE").is_ok_and(|value| value == "always");
    let mut first = None;
    for time in 1..=TIMES {
        let tables = rows(other)?;
        let found = joined(&tables, markdown).replace("## ", "### ");
        let found = found.trim_end();
        if told != found && !updates {
            let line = told.lines().zip(found.lines()).find(|(a, b)| a != b);
            first = Some(format!("{line:?}"));
            if time < TIMES {
                continue;
            }
            break;
        }
        if told != found {
            fs::write(
                DIFFERENCES,
                format!("{before}{opened}{found}\n<!-- end -->\n{after}"),
            )?;
        }
        let mut settings = Settings::clone_current();
        settings.set_snapshot_path(TABLES);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let kept = format!("{}\n\n{}", heading(), joined(&tables, text));
        settings.bind(|| insta::assert_snapshot!(snapshot, kept));
        return Ok(());
    }
    Err(format!(
        "docs/differences.md is wrong about linux and {other}; write it anew by \
         `INSTA_UPDATE=always cargo test --test linux differs`. First: {first:?}"
    )
    .into())
}

/// How the kernel stands to each requirement, as the tables of a page say.
fn standings(page: &str) -> BTreeMap<&str, &str> {
    let rows = page.lines().filter(|line| line.starts_with("| [RFC"));
    rows.filter_map(|line| {
        let id = line.split(['[', ']']).nth(1)?;
        let standing = line.trim_end_matches(" |").rsplit(" | ").next()?;
        Some((id, standing))
    })
    .collect()
}

/// Nothing that shows in a moment is told otherwise. The page is of a run that has patience, so it
/// may say more: that something is known, or deviates, which conforms in a moment.
fn stands() -> Result<(), Failed> {
    let page = fs::read_to_string(MATRIX)?;
    let args = ["matrix", "--stack", "linux", "--format", "md"];
    let args = args
        .into_iter()
        .chain(["--patience", "40ms", "--jobs", "64"]);
    let ran = ran(&built_in(), "tcprove", args);
    if ran.status > 1 {
        return Err(ran.err.into());
    }
    let (told, found) = (standings(&page), standings(&ran.out));
    if found.len() < 397 {
        return Err(format!("{} requirements", found.len()).into());
    }
    let may = |told: &str, found: &str| match found {
        "not exercised" => matches!(
            told,
            "not exercised" | "conforms" | "known" | "**deviates**"
        ),
        "conforms" => matches!(told, "conforms" | "known" | "**deviates**"),
        "known" => matches!(told, "known" | "**deviates**"),
        found => told == found,
    };
    let wrong: Vec<String> = found
        .iter()
        .filter(|(id, found)| told.get(*id).is_none_or(|told| !may(told, found)))
        .map(|(id, found)| format!("{id}: {found}, told {:?}", told.get(id)))
        .collect();
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "docs/matrix-linux.md is wrong; write it anew as it says:\n{}",
            wrong.join("\n")
        )
        .into()),
    }
}
