//! In what condition each requirement is: derived, counted, and reviewed when it changes.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use insta::{assert_snapshot, with_settings};
use tcprove::cli::corpus_files;
use tcprove::proof::{Condition, Conditions, Stimulus};
use tcprove::spec::{Level, Origin, Req, RequirementSet};

/// What the corpus puts to the test.
fn exercised() -> RequirementSet {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let files = corpus_files(&directory).expect("the corpus");
    let cases = files.iter().flat_map(|file| &file.cases);
    Stimulus::of_all(cases.map(|case| &case.scenario))
}

/// Of each priority: how many are in which condition.
fn counted(conditions: &Conditions) -> String {
    let mut text = String::new();
    let names = ["judged", "exercised only", "waived", "open"];
    let _ = writeln!(
        text,
        "{:24}{}",
        "",
        names.map(|name| format!("{name:>15}")).concat()
    );
    let mut line = |what: String, of: &dyn Fn(Req) -> bool| {
        let all: Vec<Req> = Req::all().filter(|req| of(*req)).collect();
        let _ = write!(text, "{what:20}{:4}", all.len());
        for name in names {
            let found = all.iter().filter(|req| conditions.of(**req).name() == name);
            let _ = write!(text, "{:>15}", found.count());
        }
        text.push('\n');
    };
    for priority in 1..=3 {
        line(format!("priority {priority}"), &|req| {
            req.priority() == priority
        });
    }
    for level in Level::ALL {
        line(level.to_string(), &|req| req.level() == level);
    }
    line("Appendix B".to_owned(), &|req| {
        req.origin() == Origin::Label
    });
    line("all".to_owned(), &|_| true);
    text
}

fn table(conditions: &Conditions) -> String {
    let mut text = counted(conditions);
    text.push('\n');
    for req in Req::all() {
        let condition = conditions.of(req);
        let (level, priority) = (req.level(), req.priority());
        let proof = match condition {
            Condition::Judged => {
                let faults = conditions.proofs.of(req);
                let more = match faults.len() - 1 {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                format!("{}{more}", faults[0].name())
            }
            Condition::Waived(reason) => reason.to_owned(),
            Condition::Exercised | Condition::Open => String::new(),
        };
        let line = format!("{req:24}{level:11}{priority}  {condition:16}{proof}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

#[test]
fn the_condition_of_every_requirement_is_reviewed() {
    let conditions = Conditions::new(exercised());
    with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/requirements"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        assert_snapshot!("conditions", table(&conditions));
    });
}

/// What is judged cannot be waived, and each has one reason.
#[test]
fn no_waiver_is_for_what_is_judged() {
    let conditions = Conditions::new(RequirementSet::new());
    let mut seen = BTreeSet::new();
    for req in Req::waived() {
        assert!(seen.insert(req), "{req} is waived twice");
        assert!(conditions.proofs.of(req).is_empty(), "{req} is judged");
        let firm = req.priority() > 1;
        assert!(firm, "{req} is of the first priority");
    }
}

/// What has to be judged is.
#[test]
fn as_much_is_judged_as_was_promised() {
    let conditions = Conditions::new(RequirementSet::new());
    let judged = |req: &Req| conditions.of(*req) == Condition::Judged;
    for (priority, percent) in [(1, 100), (2, 95), (3, 70)] {
        let of: Vec<Req> = Req::all()
            .filter(|req| req.priority() == priority)
            .collect();
        let found = of.iter().filter(|req| judged(req)).count();
        let enough = found * 100 >= of.len() * percent;
        assert!(enough, "priority {priority}: {found} of {}", of.len());
        // What is not judged has a reason that holds for every stack.
        let open = of
            .iter()
            .find(|req| conditions.of(**req) == Condition::Open);
        assert_eq!(open, None, "priority {priority}");
    }
}

#[test]
fn the_readme_counts_what_is_judged() {
    let conditions = Conditions::new(RequirementSet::new());
    let judged = |req: &Req| conditions.of(*req) == Condition::Judged;
    let found = Req::all().filter(judged).count();
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
    let readme = readme.expect("README.md").replace("\n ", "");
    let said = [
        format!(
            "Of the {} requirements of the catalogue {found} can fail",
            Req::COUNT
        ),
        format!("The other {} are waived", Req::COUNT - found),
    ];
    for said in said {
        assert!(readme.contains(&said), "README.md does not say: {said}");
    }
}
