//! Who may name whom: keeps the rooms of the source apart, as `docs/design.md` draws them.
//!
//! It reads the source as text: every `crate::` path and every path into another crate outside
//! comments and unit tests. A room that has to name another one more is a decision about the
//! design: change the row here and `docs/design.md` with it.

mod rooms;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rooms::{ANYWHERE, CRATES, IMPURE, ROOMS};

/// Files longer than this are hard to read; tables of the specification are not read through.
const MOST_LINES: usize = 600;
const TABLES: &str = "spec/table/";

/// A file of the source.
struct Source {
    /// Its path below `src`, with `/` between the parts.
    path: String,
    /// What stands in it, without comments and unit tests.
    code: String,
    lines: usize,
    documented: bool,
}

impl Source {
    /// The room that it belongs to: the longest that fits.
    fn room(&self) -> Option<&'static str> {
        let inside = |room: &str| {
            self.path == format!("{room}.rs") || self.path.starts_with(&format!("{room}/"))
        };
        let rooms = ROOMS.iter().map(|(room, _)| *room);
        rooms
            .filter(|room| inside(room))
            .max_by_key(|room| room.len())
    }

    /// Whether everything in it is for unit tests.
    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name == "tests.rs" || name == "testing.rs" || self.path.contains("/tests/")
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let sources = paths.iter().map(|path| {
        let text = fs::read_to_string(path).expect("a source is text");
        let below = path.strip_prefix(&root).expect("collected below src");
        Source {
            path: below.to_string_lossy().replace('\\', "/"),
            code: code(&text),
            lines: text.lines().count(),
            documented: text.starts_with("//!"),
        }
    });
    sources.collect()
}

fn collect(directory: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("src is a directory") {
        let path = entry.expect("an entry of src").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// A source without its comments, and without what follows `#[cfg(test)]` on a module of tests,
/// which stands last in a file.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let next = lines.peek().copied().unwrap_or_default();
        if line == "#[cfg(test)]" && next.starts_with("mod ") && next.ends_with('{') {
            break;
        }
        if !line.trim_start().starts_with("//") {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}

/// Every path that begins with `first`, groups in braces taken apart.
fn paths_from(code: &str, first: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let head = format!("{first}::");
    for (at, _) in code.match_indices(&head) {
        let before = code[..at].chars().next_back().unwrap_or(' ');
        if before.is_alphanumeric() || before == '_' || before == ':' {
            continue;
        }
        take_tree(&code[at..], "", &mut paths);
    }
    paths
}

/// Reads one tree of a `use`, or a plain path, at the start of `code`; gives what comes after.
fn take_tree<'a>(code: &'a str, prefix: &str, paths: &mut BTreeSet<String>) -> &'a str {
    let code = code.trim_start();
    if let Some(mut rest) = code.strip_prefix('{') {
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('}') {
                return after;
            }
            let after = take_tree(rest, prefix, paths).trim_start();
            rest = after.strip_prefix(',').unwrap_or(after);
            if rest.is_empty() || rest.len() == code.len() {
                return rest;
            }
        }
    }
    let end = code
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(code.len());
    let (word, rest) = match end {
        0 if code.starts_with('*') => ("*", &code[1..]),
        0 => return code,
        _ => code.split_at(end),
    };
    let path = if prefix.is_empty() {
        word.to_owned()
    } else {
        format!("{prefix}::{word}")
    };
    match rest.strip_prefix("::") {
        Some(rest) => take_tree(rest, &path, paths),
        None => {
            paths.insert(path);
            let rest = rest.trim_start();
            // `as` gives it another name here.
            match rest.strip_prefix("as ") {
                Some(renamed) => renamed
                    .trim_start()
                    .trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'),
                None => rest,
            }
        }
    }
}

/// Whether `path` is `allowed`, or something in it.
fn covers(allowed: &str, path: &str) -> bool {
    path.strip_prefix(allowed)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// What a room names of the crate without leave.
fn overreach(room: &str, code: &str) -> Vec<String> {
    let (_, allowed) = ROOMS
        .iter()
        .find(|(name, _)| *name == room)
        .expect("a room");
    let own: Vec<String> = room
        .split('/')
        .scan(String::new(), |path, part| {
            *path = if path.is_empty() {
                part.to_owned()
            } else {
                format!("{path}::{part}")
            };
            Some(path.clone())
        })
        .collect();
    let named = paths_from(code, "crate").into_iter();
    let paths = named.map(|path| path["crate::".len()..].to_owned());
    let beyond = paths.filter(|path| {
        let own = own.iter().any(|own| covers(own, path));
        let macros = path.starts_with("__");
        !own && !macros && !allowed.iter().any(|allowed| covers(allowed, path))
    });
    beyond.collect()
}

#[test]
fn every_file_is_in_a_room_and_every_room_has_a_file() {
    let sources = sources();
    for source in &sources {
        assert!(
            source.room().is_some(),
            "src/{}: no room for it; give it one in ROOMS",
            source.path
        );
    }
    for (room, _) in ROOMS {
        assert!(
            sources.iter().any(|source| source.room() == Some(room)),
            "nothing in {room}"
        );
    }
}

#[test]
fn rooms_name_only_rooms_below_them() {
    let mut report = String::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        let Some(room) = source.room() else { continue };
        for path in overreach(room, &source.code) {
            report.push_str(&format!(
                "src/{}: {room} may not name crate::{path}\n",
                source.path
            ));
        }
        // At the top of a room `super` is the crate, and would hide whom it names.
        let top = [format!("{room}.rs"), format!("{room}/mod.rs")];
        if !room.contains('/')
            && top.contains(&source.path)
            && source.code.contains("\nuse super::")
        {
            report.push_str(&format!("src/{}: write crate:: for super::\n", source.path));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn the_oracle_and_the_model_name_no_adapter() {
    for source in sources() {
        let room = source.room().unwrap_or_default();
        let above = [
            "cli",
            // The peer is the reference stack.
            "conversation",
            "fuzzing",
            "live",
            "proof",
            "stack/smoltcp",
            "stack/linux",
            "stack/reference",
        ]
        .contains(&room);
        for adapter in ["smoltcp", "linux", "reference"] {
            let path = format!("crate::stack::{adapter}");
            let names = paths_from(&source.code, "crate");
            let named = names.iter().any(|name| covers(&path, name));
            assert!(above || !named, "src/{} names {path}", source.path);
        }
    }
}

#[test]
fn every_dependency_has_its_rooms() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    let manifest: toml::Table = manifest.expect("a manifest").parse().expect("TOML");
    let dependencies = manifest["dependencies"].as_table().expect("dependencies");
    let on_linux = &manifest["target"]["cfg(target_os = \"linux\")"]["dependencies"];
    let on_linux = on_linux.as_table().expect("dependencies on Linux");
    let declared = dependencies.keys().chain(on_linux.keys());
    let declared: BTreeSet<String> = declared.map(|name| name.replace('-', "_")).collect();
    let placed: BTreeSet<String> = CRATES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(declared, placed, "give each dependency its rooms in CRATES");
    let sources = sources();
    let placed = CRATES.iter().filter(|(_, rooms)| *rooms != ANYWHERE);
    for &(name, rooms) in placed {
        let mut used = BTreeSet::new();
        for source in sources.iter().filter(|source| !source.is_test()) {
            if !paths_from(&source.code, name).is_empty() {
                let room = source.room().unwrap_or_default();
                assert!(
                    rooms.contains(&room),
                    "src/{}: only {rooms:?} may name {name}",
                    source.path
                );
                used.insert(room);
            }
        }
        assert_eq!(
            used,
            BTreeSet::from_iter(rooms.iter().copied()),
            "{name} has rooms to spare"
        );
    }
}

#[test]
fn no_clock_thread_or_file_decides_what_a_run_says() {
    for source in sources().iter().filter(|source| !source.is_test()) {
        for path in paths_from(&source.code, "std") {
            for (impure, files) in IMPURE {
                let whole = covers(impure, &path) || path.starts_with(impure);
                let allowed = files.iter().any(|file| source.path.starts_with(file));
                assert!(
                    !whole || allowed,
                    "src/{}: {path} may stand in {files:?} only",
                    source.path
                );
            }
        }
        for word in [
            "unsafe ",
            "Instant::now",
            "SystemTime",
            "RandomState",
            "thread_rng",
        ] {
            let allowed = match word {
                // lwIP is C, and is called from one file; so are calls of the kernel that no
                // crate has.
                "unsafe " => {
                    ["stack/lwip/library.rs", "tun/sys.rs"].contains(&source.path.as_str())
                }
                _ => {
                    source.path.starts_with("cli/")
                        || source.path == "harness/check.rs"
                        || source.path.starts_with("live/")
                        || source.path.starts_with("stack/linux/")
                }
            };
            assert!(
                allowed || !source.code.contains(word),
                "src/{}: {word}",
                source.path
            );
        }
    }
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut report = String::new();
    for source in sources() {
        let (path, lines) = (&source.path, source.lines);
        let short = lines <= MOST_LINES || path.starts_with(TABLES);
        if !short {
            report.push_str(&format!(
                "src/{path} has {lines} lines, more than {MOST_LINES}: part it\n"
            ));
        }
        let main = ["main.rs", "lib.rs"].contains(&path.as_str());
        if !main && !source.documented {
            report.push_str(&format!("src/{path}: begin with what it is, after //!\n"));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn names_are_found_wherever_they_stand() {
    let rows = [
        ("use crate::model::State;", "crate::model::State"),
        ("fn f(x: &crate::wire::Segment) {}", "crate::wire::Segment"),
        (
            "use crate::{model, oracle::{Known, Verdict as V}};",
            "crate::model crate::oracle::Known crate::oracle::Verdict",
        ),
        (
            "use crate::wire::{\n    Flags,\n    options::{self, *},\n};",
            "crate::wire::Flags crate::wire::options::* crate::wire::options::self",
        ),
        ("pub(in crate::model) fn f() {}", "crate::model"),
        ("my_crate::model::State", ""),
        ("$crate::model::State", "crate::model::State"),
        ("use crate::model::{}", ""),
        ("use crate::{", ""),
    ];
    for (code, names) in rows {
        let found: Vec<String> = paths_from(code, "crate").into_iter().collect();
        assert_eq!(found.join(" "), names, "{code}");
    }
}

#[test]
fn who_reaches_too_far_is_told() {
    let rows = [
        ("wire", "use crate::time::Micros;", ""),
        ("wire", "use crate::model::State;", "model::State"),
        ("stack/smoltcp", "use crate::model::State;", ""),
        (
            "stack/smoltcp",
            "use crate::model::{State, Tcb};",
            "model::Tcb",
        ),
        ("stack/smoltcp", "use crate::stack::Config;", ""),
        (
            "stack",
            "use crate::model::StateOfAnother;",
            "model::StateOfAnother",
        ),
        ("oracle", "use crate::scenario::Step;", "scenario::Step"),
        (
            "model",
            "use crate::oracle::{Instead, KnownDeviations};",
            "oracle::KnownDeviations",
        ),
    ];
    for (room, code, told) in rows {
        assert_eq!(overreach(room, code).join(" "), told, "{room}: {code}");
    }
    let text = "//! crate::a\nuse x; // crate::b\n/// [`crate::c`]\nfn f() {}\n#[cfg(test)]\nmod tests {\n    use crate::d;\n}\n";
    assert_eq!(code(text), "use x; // crate::b\nfn f() {}\n");
}
