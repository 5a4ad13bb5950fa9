//! The kernel's own TCP, live: the corpus as far as it goes in a moment, a directory a test; its
//! transition tables; that nobody else notices; and what is said where the machine cannot run it.
//!
//! Every scenario ends before the first wait that would exceed [`PATIENCE`]; what was seen by then
//! is judged. `tests/cases.rs` has those that are over by then, each by its name, and
//! `tcprove check --stack linux` has the patience for most others. Where the machine lacks
//! something the tests are shown as ignored, with the reason; so are the tables, and what the docs
//! say of them, on a kernel of another series than that whose tables are kept.

mod command;
#[path = "linux/pages.rs"]
mod pages;

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, ExitCode, Output};
use std::sync::OnceLock;
use std::thread;

use insta::Settings;
use libtest_mimic::{Arguments, Failed, Trial};
use tcprove::cli::{StackEntry, built_in, corpus_files};
use tcprove::conversation;
use tcprove::harness::{Check, CorpusScenario, Judge, Plan, Unwatched};
use tcprove::model::State;
use tcprove::oracle::KnownDeviations;
use tcprove::report::{Setting, Style, findings_text, read_recording, recording};
use tcprove::scenario::generate;
use tcprove::spec::RequirementSet;
use tcprove::stack::linux;
use tcprove::table::{Maker, text};
use tcprove::time::Micros;

/// So long a scenario may wait, all its waits together.
const PATIENCE: Micros = Micros::millis(40);

/// So many scenarios of a directory run at once, since most wait.
const JOBS: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// So many conversations, which all wait together.
const CONVERSATIONS: u64 = 24;

/// So long for a table: as `tcprove table` has it.
pub(crate) const TABLE_PATIENCE: Micros = Micros::secs(5);

/// Nobody's user and group.
const NOBODY: &str = "65534";

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let stacks = built_in();
    let Some(stack) = stacks.iter().find(|stack| stack.name == "linux") else {
        println!("linux:: is ignored: it is not in this build");
        return ExitCode::SUCCESS;
    };
    // Before there are other threads: it may take a user namespace.
    let missing = (stack.judge)(KnownDeviations::default()).err();
    let mut trials = Vec::new();
    match directories() {
        Ok(directories) => trials.extend(directories.into_iter().map(|(name, cases)| {
            let stack = *stack;
            let test = move || conforms(&stack, &cases);
            unless(missing.as_deref(), format!("corpus::{name}"), test)
        })),
        Err(why) => trials.push(Trial::test("corpus", move || Err(why.into()))),
    }
    for (n, state) in State::ALL.into_iter().enumerate() {
        let stack = *stack;
        let name = file_name(state);
        let lacking = missing.clone().or_else(|| other_series(&name));
        let test = move || table(&stack, n);
        trials.push(unless(lacking.as_deref(), format!("table::{name}"), test));
    }
    let stack = *stack;
    let run = move || converses(&stack);
    let name = "conversations_come_about".to_owned();
    trials.push(unless(missing.as_deref(), name, run));
    trials.extend(pages::trials(missing.as_deref()));
    trials.push(Trial::test("no_device_is_status_3", no_device));
    let lacking = lacking_users();
    let test = |name: &str, run: fn() -> Result<(), Failed>| {
        unless(lacking.as_deref(), name.to_owned(), run)
    };
    trials.push(test("a_device_of_root_alone_is_status_3", device_of_root));
    let lacking = lacking.clone().or_else(|| missing.clone());
    let run = nobody_in_a_user_namespace;
    let name = "nobody_runs_it_in_a_user_namespace".to_owned();
    trials.push(unless(lacking.as_deref(), name, run));
    let lacking = missing.clone().or_else(lacking_a_host);
    let test = |name: &str, run: fn() -> Result<(), Failed>| {
        unless(lacking.as_deref(), name.to_owned(), run)
    };
    trials.push(test("the_host_notices_nothing", host_notices_nothing));
    trials.push(test("a_host_would_notice", host_would_notice));
    libtest_mimic::run(&args, trials).exit_code()
}

/// A test, or why it is ignored.
pub(crate) fn unless(
    missing: Option<&str>,
    name: String,
    run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    match missing {
        None => Trial::test(name, run),
        Some(why) => Trial::test(name, || Ok(()))
            .with_kind(format!("linux: {why}"))
            .with_ignored_flag(true),
    }
}

/// The corpus by its directories.
fn directories() -> Result<BTreeMap<String, Vec<CorpusScenario>>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut directories: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for file in corpus_files(&root)? {
        let (directory, _) = file.path.split_once('/').unwrap_or(("", &file.path));
        let cases = directories.entry(directory.to_owned()).or_default();
        cases.extend(file.cases.iter().map(|case| CorpusScenario {
            path: file.path_of(case),
            scenario: case.scenario.clone(),
        }));
    }
    Ok(directories)
}

/// Nothing that shows every time is against the standard, but for what is known.
fn conforms(stack: &StackEntry, cases: &[CorpusScenario]) -> Result<(), Failed> {
    let known: KnownDeviations = stack.known.parse()?;
    let plan = Plan {
        corpus: cases,
        cases: 0,
        seed: 0,
        generate,
        jobs: JOBS,
        // None of their witnesses is looked for here: some take longer.
        known: &[],
        only: &RequirementSet::full(),
    };
    let make = || {
        let mut judge = (stack.judge)(known.clone())?;
        judge.set_patience(PATIENCE);
        Ok(judge)
    };
    let checked = Check::new(plan, make)
        .run(&mut Unwatched)
        .map_err(|error| error.to_string())?;
    if checked.passes(false) {
        return Ok(());
    }
    let setting = Setting {
        stack: stack.name,
        command: "cargo run --release --",
        saved: None,
        counted: true,
        style: Style::default(),
    };
    Err(findings_text(&checked.findings, &setting).into())
}

/// Conversations with the kernel come about, and as a rule go as they may; what does not, a run of
/// `tcprove converse` tells.
fn converses(stack: &StackEntry) -> Result<(), Failed> {
    let known: KnownDeviations = stack.known.parse()?;
    let plan = conversation::Plan {
        cases: CONVERSATIONS,
        seed: 3,
        jobs: JOBS,
        known: &known,
    };
    let check = conversation::Check::new(plan, stack.talker);
    // The turns of one that is over may overlap in real time; what is kept of it has to be read again.
    let mut judge = check.judge()?;
    judge.judge(&conversation::generate_live(3, 0));
    read_recording(&recording(judge.trace()))?;
    let checked = check.run(|_| ())?;
    // A link that carries nothing would show nothing either.
    let few = checked.segments < 50 * CONVERSATIONS;
    if few || checked.unclear() > CONVERSATIONS / 4 || checked.deviate > CONVERSATIONS / 8 {
        let flaws = checked.findings.iter().map(|finding| &finding.flaw);
        return Err(format!("{:#?}", flaws.collect::<Vec<_>>()).into());
    }
    Ok(())
}

/// The name of a state's table.
fn file_name(state: State) -> String {
    state.name().to_lowercase()
}

pub(crate) const TABLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/linux");

/// The first line of a table: which kernels do so.
pub(crate) fn heading() -> String {
    format!("Linux {}", linux::series())
}

/// Why this kernel is not held against the table that is kept, if it is of another series. What is
/// not there yet is one of this series.
fn other_series(name: &str) -> Option<String> {
    let kept = fs::read_to_string(format!("{TABLES}/{name}.snap")).ok()?;
    let kept = kept.lines().find(|line| line.starts_with("Linux "))?;
    let own = heading();
    (kept != own).then(|| format!("the table is of {kept}, and this is {own}"))
}

/// What the kernel does in the state of this number is what it did when the table was made.
fn table(stack: &StackEntry, number: usize) -> Result<(), Failed> {
    // All are made at once, since most of the time is spent waiting.
    static MADE: OnceLock<Result<Vec<String>, String>> = OnceLock::new();
    let made = MADE.get_or_init(|| tables(stack));
    let made = made.as_ref().map_err(String::clone)?;
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(TABLES);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(file_name(State::ALL[number]), made[number]));
    Ok(())
}

fn tables(stack: &StackEntry) -> Result<Vec<String>, String> {
    thread::scope(|scope| {
        let makers: Vec<_> = State::ALL
            .into_iter()
            .map(|state| scope.spawn(move || table_of(stack, state)))
            .collect();
        let made = makers.into_iter().map(|maker| maker.join());
        made.map(|table| table.unwrap_or_else(|_| Err("it panicked".to_owned())))
            .collect()
    })
}

fn table_of(stack: &StackEntry, state: State) -> Result<String, String> {
    let known: KnownDeviations = stack.known.parse().expect("known deviations");
    let mut judge = (stack.judge)(known.clone())?;
    judge.set_patience(TABLE_PATIENCE);
    let table = Maker::new(&mut judge, known).done(state);
    Ok(format!("{}\n\n{}", heading(), text(&table)))
}

/// Runs one scenario on the kernel, with its TUN device at `device`, by way of `through`.
fn replay(through: &[&str], device: &str) -> std::io::Result<Output> {
    let scenario = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/corpus/regressions/reset-for-a-segment-at-the-left-edge.scn"
    );
    let words = [env!("CARGO_BIN_EXE_tcprove"), "replay", scenario];
    let mut all = through.iter().chain(&words).chain(&["--stack", "linux"]);
    let mut command = Command::new(all.next().copied().unwrap_or_default());
    command.args(all).env("TCPROVE_TUN", device).output()
}

/// The status is 3, and the message has these words.
fn is_refused(output: &Output, words: &[&str]) -> Result<(), Failed> {
    let message = String::from_utf8_lossy(&output.stderr);
    let missing = words.iter().find(|word| !message.contains(**word));
    match (output.status.code(), missing) {
        (Some(3), None) => Ok(()),
        (status, _) => Err(format!("status {status:?}: {message}").into()),
    }
}

fn no_device() -> Result<(), Failed> {
    let output = replay(&[], "/nonexistent/tun")?;
    is_refused(&output, &["/nonexistent/tun is missing", "modprobe tun"])
}

/// `setpriv` as nobody.
const AS_NOBODY: [&str; 6] = [
    "setpriv",
    "--reuid",
    NOBODY,
    "--regid",
    NOBODY,
    "--clear-groups",
];

/// What keeps this machine from running the binary as nobody, with a device of the test's own.
fn lacking_users() -> Option<String> {
    let root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !root {
        return Some("only root can become nobody".to_owned());
    }
    let words = [
        &AS_NOBODY[1..],
        &[env!("CARGO_BIN_EXE_tcprove"), "list", "stacks"],
    ]
    .concat();
    match Command::new(AS_NOBODY[0]).args(words).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => return Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => return Some(format!("setpriv: {error}")),
    }
    let place = match device(0o400) {
        Ok(place) => place,
        Err(why) => return Some(why),
    };
    let opened = fs::File::open(&place);
    let _ = fs::remove_file(&place);
    opened
        .err()
        .map(|error| format!("{place} cannot be opened: {error}"))
}

/// Makes a TUN device of the test's own, with these permissions.
fn device(mode: u32) -> Result<String, String> {
    let name = format!("tcprove-tun-{}-{mode:o}", std::process::id());
    let place = std::env::temp_dir().join(name).display().to_string();
    let _ = fs::remove_file(&place);
    let made = Command::new("mknod")
        .args([&place, "c", "10", "200"])
        .status();
    match made {
        Ok(status) if status.success() => {}
        Ok(status) => return Err(format!("mknod: {status}")),
        Err(error) => return Err(format!("mknod: {error}")),
    }
    fs::set_permissions(&place, fs::Permissions::from_mode(mode))
        .map_err(|error| error.to_string())?;
    Ok(place)
}

fn device_of_root() -> Result<(), Failed> {
    let device = device(0o600)?;
    let output = replay(&AS_NOBODY, &device)?;
    fs::remove_file(&device)?;
    is_refused(&output, &["cannot be opened", "run as root", "chmod 666"])
}

fn nobody_in_a_user_namespace() -> Result<(), Failed> {
    let device = device(0o666)?;
    let replayed = replay(&AS_NOBODY, &device);
    // On many threads, each with a namespace of its own inside that of the user.
    let checked = Command::new(AS_NOBODY[0])
        .args(&AS_NOBODY[1..])
        .args(SHORT_CHECK)
        .env("TCPROVE_TUN", &device)
        .output();
    fs::remove_file(&device)?;
    for (output, said) in [(replayed?, ": conforms"), (checked?, "passed: ")] {
        let told = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || !told.contains(said) {
            let message = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{:?}: {told}\n{message}", output.status.code()).into());
        }
    }
    Ok(())
}

/// A run that meets all that a long one does: many namespaces, every call, both versions of IP.
const SHORT_CHECK: [&str; 8] = [
    env!("CARGO_BIN_EXE_tcprove"),
    "check",
    "--stack",
    "linux",
    "--corpus",
    concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/open"),
    "--cases",
    "300",
];

/// Looks at all that a host has of the network, before a command runs, while it does, and after;
/// prints what is not always the same.
const LOOK: &str = r#"
look() {
    sed 's/:.*//' /proc/net/dev
    cat /proc/net/route /proc/net/if_inet6
    find /proc/sys/net -type f | sort | xargs grep -Hs ''
}
before=$(look)
"$@" > /dev/null & command=$!
while [ -d /proc/$command ] && ! grep -qs 'State:.Z' /proc/$command/status; do
    during=$(look)
    [ "$during" = "$before" ] || { printf 'during:\n%s\n' "$during"; break; }
done
wait $command || echo "status $?"
after=$(look)
[ "$after" = "$before" ] || printf 'after:\n%s\n' "$after"
"#;

/// A command runs on a host that is a network namespace of its own; what is told is what it has
/// changed there, or that it failed.
fn changed_by(command: &[&str]) -> Result<String, Failed> {
    let host = ["--net", "sh", "-c", LOOK, "sh"];
    let output = Command::new("unshare").args(host).args(command).output()?;
    let message = String::from_utf8_lossy(&output.stderr);
    let told = String::from_utf8_lossy(&output.stdout);
    match output.status.success() {
        true => Ok(told.into_owned()),
        false => Err(format!("{told}{message}").into()),
    }
}

/// What keeps this machine from making a host for a test.
fn lacking_a_host() -> Option<String> {
    let tried = Command::new("unshare").args(["--net", "true"]).output();
    match tried {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Some(format!("unshare: {error}")),
    }
}

fn host_notices_nothing() -> Result<(), Failed> {
    match changed_by(&SHORT_CHECK)? {
        changed if changed.is_empty() => Ok(()),
        changed => Err(changed.into()),
    }
}

/// The test above can fail: for a setting, for an interface, while the command runs and after.
fn host_would_notice() -> Result<(), Failed> {
    let sysctl = "/proc/sys/net/ipv4/tcp_sack";
    let sets = format!("echo 0 > {sysctl}; sleep 1; echo 1 > {sysctl}");
    let changed = changed_by(&["sh", "-c", &sets])?;
    if !changed.contains("during:") || !changed.contains("tcp_sack:0") {
        return Err(format!("a setting for a moment: {changed}").into());
    }
    let changed = changed_by(&["sh", "-c", &format!("echo 0 > {sysctl}")])?;
    if !changed.contains("after:") {
        return Err(format!("a setting for good: {changed}").into());
    }
    let changed = changed_by(&["false"])?;
    match changed.contains("status 1") {
        true => Ok(()),
        false => Err(format!("a command that fails: {changed}").into()),
    }
}
