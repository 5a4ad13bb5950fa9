//! The built binary: what it says of arguments and files that are wrong, and its help.
//!
//! Every row is wrong before anything is run, so that no stack has a say here.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A directory of one test, fresh.
fn place(name: &str) -> PathBuf {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}"));
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(place.join("corpus")).expect("a directory");
    place
}

/// Runs the binary in `place` and gives what a person sees.
fn run(place: &PathBuf, line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tcprove"))
        .args(line.split_whitespace())
        .current_dir(place)
        .env_remove("NO_COLOR")
        .output()
        .expect("the binary runs")
}

fn transcript(place: &PathBuf, line: &str) -> String {
    let output = run(place, line);
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).expect("UTF-8");
    let status = output.status.code().expect("a status");
    format!(
        "$ tcprove {line}\n{}{}--- exit status {status}\n",
        text(&output.stdout),
        text(&output.stderr)
    )
}

fn snapshot(name: &str, rows: &[String]) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/cli"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, rows.join("\n")));
}

#[test]
fn help() {
    let place = place("help");
    let rows = [
        "--help",
        "check --help",
        "replay --help",
        "judge --help",
        "corpus --help",
        "table --help",
        "list --help",
        "explain --help",
    ];
    snapshot("help", &rows.map(|line| transcript(&place, line)));
}

#[test]
fn malformed_arguments() {
    let place = place("arguments");
    let lines = [
        "frobnicate",
        "--frobnicate",
        "check --cases",
        "check --cases many",
        "check --cases -1",
        "check --cases 18446744073709551616",
        "check --seed 0x10",
        "check --jobs 0",
        "check --stack",
        "check --stack plan9",
        "check --only",
        "check --only MUST-4",
        "check --only RFC9293-MUST-4x",
        "check --corpus nowhere",
        "check --known nowhere.toml",
        "check --strict=yes",
        "--cases 5 replay a.scn",
        "replay",
        "replay nowhere.scn",
        "replay corpus",
        "replay --pcap both.pcapng a.scn b.scn",
        "replay --record both.rec a.scn b.scn",
        "judge",
        "judge nowhere.rec",
        "judge corpus",
        "table --state ESTAB",
        "table --stack plan9",
        "table --stack reference --against plan9",
        "table --against model",
        "table --stack reference --against model --format svg",
        "table --format png",
        "list everything",
        "list corpus --corpus nowhere",
        "explain",
        "explain RFC9293",
        "explain RFC9293-MUST-400",
    ];
    snapshot("arguments", &lines.map(|line| transcript(&place, line)));
}

#[test]
fn tables_in_every_format() {
    let place = place("tables");
    let rows = [
        "table --state listen",
        "table --state LISTEN --stack reference --format md",
        "table --state listen --format dot",
        "table --state time-wait --stack reference --against model",
        "table --state time-wait --stack reference --against reference --format json",
    ];
    snapshot("table", &rows.map(|line| transcript(&place, line)));

    // Every row of the JSON is a scenario that can be replayed as it is.
    let json = run(&place, "table --state fin-wait-1 --format json").stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let rows = json["tables"][0]["rows"].as_array().expect("rows");
    assert!(rows.len() > 30, "{}", rows.len());
    for row in rows {
        let scenario = row["scenario"].as_str().expect("a scenario");
        fs::write(place.join("row.scn"), scenario).expect("a file");
        let replayed = run(&place, "replay --stack reference row.scn");
        assert!(replayed.status.success(), "{scenario}");
    }
}

#[test]
fn malformed_scenarios() {
    let place = place("scenarios");
    let files: [(&str, &[u8]); 14] = [
        ("step", b"A: listen\npeer handshake\nfrobnicate\n"),
        ("call", b"A: lisen\n"),
        ("socket", b"D: listen\n"),
        ("flags", b"< SYN,AKC\n"),
        ("number", b"< ACK seq RCV.NXT+ len 5\n"),
        ("name", b"< ACK seq RCV.NEXT\n"),
        ("range", b"< ACK len 65536\n"),
        ("time", b"wait 5 minutes\n"),
        ("option", b"< SYN <mss 1460, wscale>\n"),
        ("unclosed", b"< SYN <mss 1460\n"),
        ("late", b"A: listen\nstack mtu=576\n"),
        ("setting", b"stack mtu=575\n"),
        ("latin1", b"A: listen # h\xf6ren\n"),
        (
            "binary",
            &[0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 0x1c, 0xff, 0xfe],
        ),
    ];
    let rows = files.map(|(name, octets)| {
        let file = format!("{name}.scn");
        fs::write(place.join(&file), octets).expect("a file");
        transcript(&place, &format!("replay {file}"))
    });
    snapshot("scenarios", &rows);
}

#[test]
fn malformed_recordings() {
    let place = place("recordings");
    let files: [(&str, &[u8]); 7] = [
        ("empty.rec", b""),
        ("text.rec", b"A: listen\n"),
        ("field.rec", b"tcprove recording 1\nprofile mtu 1\n"),
        ("latin1.rec", b"tcprove recording 1\n# h\xf6ren\n"),
        (
            "foreign.pcap",
            &[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0],
        ),
        (
            "foreign.pcapng",
            b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0",
        ),
        ("cut.pcapng", b"\x0a\x0d\x0d\x0a\x1c\0\0\0"),
    ];
    let rows = files.map(|(file, octets)| {
        fs::write(place.join(file), octets).expect("a file");
        transcript(&place, &format!("judge {file}"))
    });
    snapshot("recordings", &rows);
}

#[test]
fn what_was_recorded_is_judged_again_as_it_was_live() {
    let place = place("judge");
    let scenario = "stack rcv=100\nA: listen\npeer handshake\n< FIN,ACK len 101\nwait 10ms\n";
    fs::write(place.join("a.scn"), scenario).expect("a file");
    for (options, status) in [("", 0), ("--known /dev/null", 1)] {
        let line = format!("replay a.scn --record a.rec --pcap a.pcapng {options}");
        let live = run(&place, &line);
        assert_eq!(live.status.code(), Some(status));
        // What stands beside the ladder are steps, of which nothing is recorded.
        let told = |octets: &[u8]| {
            let text = String::from_utf8(octets.to_vec()).expect("UTF-8");
            let (_, text) = text.split_once(": ").expect("a verdict");
            text.split("\n\n         time").next().map(str::to_owned)
        };
        for file in ["a.rec", "a.pcapng"] {
            let again = run(&place, &format!("judge {file} {options}"));
            assert_eq!(again.status.code(), Some(status), "{file}");
            assert_eq!(told(&again.stdout), told(&live.stdout), "{file}");
        }
    }
    let known = transcript(&place, "judge a.rec a.pcapng");
    assert!(
        known.starts_with("$ tcprove judge a.rec a.pcapng\na.rec: conforms, but for known"),
        "{known}"
    );
}

#[test]
fn malformed_known_deviations() {
    let place = place("known");
    fs::write(place.join("corpus/a.scn"), "A: listen\n").expect("a file");
    let whole = r#"[[deviation]]
name = "RST draws an ACK"
requirement = "RFC9293-MUST-4"
state = ["ESTABLISHED"]
event = [{ on = "segment", set = "RST" }]
instead = ["ACK"]
then = "forgiven"
reason = "as line 17 of its source shows"
witness = "a.scn"
"#;
    let rows = [
        ("syntax", "[[deviation]", "[[deviation"),
        ("requirement", "RFC9293-MUST-4\"", "RFC9293-MUST4\""),
        ("state", "ESTABLISHED", "OPEN"),
        ("no-state", "[\"ESTABLISHED\"]", "[]"),
        ("event", "on = \"segment\"", "on = \"packet\""),
        ("flags", "set = \"RST\"", "set = \"RESET\""),
        ("instead", "[\"ACK\"]", "[\"an ACK\"]"),
        ("then", "forgiven", "forgotten"),
        ("field", "reason =", "reasons ="),
        ("no-reason", "as line 17 of its source shows", " "),
        ("no-witness", "witness = \"a.scn\"\n", ""),
    ];
    let rows = rows.map(|(name, good, bad)| {
        assert!(whole.contains(good), "{name}");
        let file = format!("{name}.toml");
        fs::write(place.join(&file), whole.replacen(good, bad, 1)).expect("a file");
        transcript(&place, &format!("check --known {file}"))
    });
    snapshot("known", &rows);
}

#[test]
fn lists_and_pages_go_to_standard_output() {
    let place = place("lists");
    for name in ["b.scn", "a/c.scn"] {
        let path = place.join("corpus").join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, "A: listen\n").expect("a file");
    }
    let rows = [
        "list stacks",
        "list corpus",
        "explain RFC9293-MUST-4 rfc5961-3.2-4",
    ];
    let mut texts = rows.map(|line| transcript(&place, line));
    // Which lwIP there is depends on what was brought.
    for stack in tcprove::cli::built_in() {
        if stack.name.starts_with("lwip") {
            texts[0] = texts[0].replace(stack.about, "...");
        }
    }
    snapshot("lists", &texts);

    let all = run(&place, "list");
    assert!(all.status.success());
    let text = String::from_utf8(all.stdout).expect("UTF-8");
    for part in ["Stacks\n", "\nRequirements\n", "\nCorpus\na/c.scn\nb.scn\n"] {
        assert!(text.contains(part), "{part}");
    }
    assert_eq!(
        text.lines().filter(|line| line.starts_with("RFC")).count(),
        tcprove::spec::Req::COUNT
    );
}

#[test]
fn the_same_seed_gives_the_same_output_whatever_the_number_of_threads() {
    let place = place("jobs");
    fs::write(
        place.join("corpus/a.scn"),
        "A: listen\npeer handshake\nA: close\n",
    )
    .expect("a file");
    let outcome = |seed: u32, jobs: u32| {
        let json = format!("{seed}-{jobs}.json");
        let output = run(
            &place,
            &format!("check --cases 300 --seed {seed} --jobs {jobs} --json {json}"),
        );
        let report = fs::read(place.join(json)).expect("a report");
        (output.status.code(), output.stdout, report)
    };
    let one = outcome(3, 1);
    assert!(!one.1.is_empty() && !one.2.is_empty());
    assert!(outcome(3, 4) == one, "another number of threads");
    assert!(outcome(4, 1).2 != one.2, "another seed");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::io::Read;
    use std::process::Stdio;
    let mut child = Command::new(env!("CARGO_BIN_EXE_tcprove"))
        .args(["list", "requirements"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    let mut said = String::new();
    let mut err = child.stderr.take().expect("a pipe");
    err.read_to_string(&mut said).expect("UTF-8");
    let status = child.wait().expect("an end");
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
}
