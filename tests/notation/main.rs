//! The text form of scenarios: what is printed parses back, what is wrong is told to a person,
//! and what the documentation shows is true.

mod given;

use std::fmt::Debug;
use std::str::FromStr;

use given::{nonsense, scenario};
use proptest::prelude::*;
use tcprove::scenario::{Case, Cases, ParseError, Scenario, SeqBase, Step, generate};
use tcprove::stack::{Config, CongestionControl, KeepAlive};
use tcprove::time::Micros;
use tcprove::wire::{Family, IcmpKind};

fn settings(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(settings(600))]

    #[test]
    fn what_is_printed_parses_back(scenario in scenario()) {
        let text = scenario.to_string();
        let back = text.parse::<Scenario>();
        prop_assert_eq!(&back, &Ok(scenario), "\n{}", text);
    }

    #[test]
    fn any_text_is_a_scenario_or_an_error_with_its_place(
        text in prop_oneof![nonsense(), any::<String>()]
    ) {
        if let Err(error) = text.parse::<Scenario>() {
            let lines = text.lines().count();
            prop_assert!((1..=lines).contains(&error.line), "{error} in {lines} lines");
            let line = text.lines().nth(error.line - 1).unwrap_or("");
            prop_assert!((1..=line.chars().count() + 1).contains(&error.column));
            prop_assert_eq!(error.render("x.scn", &text).lines().count(), 3);
        }
    }
}

#[test]
fn generated_scenarios_parse_back() {
    let mut scenario = Scenario::default();
    for index in 0..3_000 {
        generate(7, index, &mut scenario);
        let text = scenario.to_string();
        assert_eq!(text.parse().as_ref(), Ok(&scenario), "\n{text}");
    }
}

/// Each text, how it is printed again when that is not the same.
const SAME: &[(&str, Option<&str>)] = &[
    ("< SYN", None),
    ("< SYN win 65535 <mss 1460, wscale 7, sackok, ts 0 0>", None),
    ("< SYN seq NEXT ack 0 <>", Some("< SYN <>")),
    ("< ACK ack SND.NXT", Some("< ACK")),
    ("< PSH,ACK seq RCV.NXT+5 len 10", None),
    ("< ACK,PSH len 0x10", Some("< PSH,ACK len 16")),
    ("< RST seq 4294967295", None),
    (
        "< RST,ACK seq RCV.EDGE-1 ack SND.OLD+0",
        Some("< RST,ACK seq RCV.EDGE-1 ack SND.OLD"),
    ),
    ("< none seq 0x10", Some("< none seq 16")),
    (
        "< ACK urg 5 <nop,nop,sack NEXT+10..NEXT+20>",
        Some("< ACK urg 5 <nop, nop, sack NEXT+10..NEXT+20>"),
    ),
    (
        "< SYN <raw 0204ffFF, eol>",
        Some("< SYN <raw 0204ffff, eol>"),
    ),
    (
        "< ACK port 1 from 2 src broadcast dst multicast damage checksum 0x1",
        None,
    ),
    ("< ACK damage offset 3", None),
    ("< ACK damage cut 10", None),
    ("< ACK damage truncate 4", None),
    ("< icmp port-unreachable", None),
    (
        "<icmp port-unreachable seq SND.UNA quote 20",
        Some("< icmp port-unreachable"),
    ),
    ("< icmp too-big mtu 1280", Some("< icmp too-big")),
    ("< icmp too-big mtu 0 seq ISS+1 quote 8 port 1 from 2", None),
    (
        "< icmp source-quench from 3 port 1 seq 5",
        Some("< icmp source-quench seq 5 port 1 from 3"),
    ),
    ("A: listen port 0", Some("A: listen")),
    ("B: listen port 0 from 2", None),
    ("B:connect port 1 to 1", Some("B: connect")),
    ("C: connect to 0 port 1", Some("C: connect port 1 to 0")),
    (
        "C: connect dst multicast to 0",
        Some("C: connect to 0 dst multicast"),
    ),
    ("A: recv 65535", Some("A: recv")),
    ("A: recv 10", None),
    ("A: send 100", None),
    ("wait 1000us", Some("wait 1ms")),
    ("wait 4min", Some("wait 240s")),
    ("wait timer   # until something happens", Some("wait timer")),
    (
        "peer handshake from 1 port 1",
        Some("peer handshake port 1 from 1"),
    ),
    ("peer ack", None),
    ("peer ack 0 port 3", None),
    ("peer data 100", None),
];

#[test]
fn one_step_has_one_canonical_text() {
    for (text, printed) in SAME {
        let step: Step = text
            .parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(step.to_string(), printed.unwrap_or(text));
        assert_eq!(format!("{step:?}"), step.to_string());
    }
}

#[test]
fn the_header_holds_what_is_unusual() {
    let text = "# a comment\n\nstack ipv6 mtu=1400 rcv=1 snd=2 ts nagle=off ackdelay=0s \
        keepalive=2s usertimeout=30s congestion=reno ttl=3 dscp=46\nseed 18446744073709551615\nisn 4294967295\n";
    let scenario: Scenario = text.parse().unwrap();
    let expected = Config {
        family: Family::V6,
        mtu: 1_400,
        receive_buffer: 1,
        send_buffer: 2,
        timestamps: true,
        nagle: false,
        ack_delay: Micros::ZERO,
        keep_alive: KeepAlive::Every(Micros::secs(2)),
        user_timeout: Some(Micros::secs(30)),
        congestion: CongestionControl::Reno,
        ttl: Some(3),
        dscp: Some(46),
    };
    assert_eq!(scenario.config, expected);
    assert_eq!(
        (scenario.seed, scenario.peer_isn),
        (u64::MAX, Some(u32::MAX))
    );
    assert_eq!(scenario.to_string(), text.split_once("\n\n").unwrap().1);

    let usual = "stack ipv4 nagle=on keepalive=off usertimeout=off\nseed 0\n";
    let usual: Scenario = usual.parse().unwrap();
    assert_eq!(usual, Scenario::default());
    assert_eq!(usual.to_string(), "");
}

/// Texts that are no scenario, one mistake each.
const MISTAKES: &[&str] = &[
    "A: listen\nlisten",
    "A: listen\n    A: lisen port 1\npeer handshake",
    "D: listen",
    "A:",
    "A: listen port 4",
    "A: listen to 1",
    "A: connect port 1 port 1",
    "A: connect dst other",
    "A: listen dst multicast",
    "A: send",
    "A: send 65536",
    "A: send 0",
    "A: recv ten",
    "A: close now",
    "stack ipv6 mtu=1000",
    "stack mtu=70000",
    "stack rcv=0",
    "stack rcv=99999999999999999999",
    "stack buffers=5",
    "stack rcv",
    "stack ts=on",
    "stack nagle=maybe",
    "stack ipv4 ipv6",
    "stack ackdelay=10",
    "stack ackdelay=500ms",
    "stack usertimeout=0s",
    "stack keepalive=never",
    "stack congestion=bbr",
    "seed",
    "seed -1",
    "isn 4294967296",
    "seed 1\nseed 2",
    "A: listen\nstack ipv6",
    "<",
    "< syn",
    "< SYN,,ACK",
    "< SYN,none",
    "< SYN seq",
    "< SYN seq RCV.NEXT",
    "< SYN seq RCV.NXT+99999999999",
    "< SYN seq RCV.NXT+-1",
    "< SYN seq 4294967296",
    "< ACK len -1",
    "< ACK win 65536",
    "< ACK len 1 len 2",
    "< ACK size 1",
    "< ACK from 4",
    "< ACK src elsewhere",
    "< ACK damage",
    "< ACK damage checksum 0",
    "< ACK damage offset 16",
    "< ACK damage flags 1",
    "< SYN <mss",
    "< SYN <mss 1460",
    "< SYN <mss 1460,>",
    "< SYN <mss 1460 wscale 7>",
    "< SYN <tfo 1>",
    "< SYN <wscale 256>",
    "< SYN <ts 1>",
    "< SYN <sack 1-2>",
    "< SYN <sack NEXT..NXT>",
    "< SYN <raw 1>",
    "< SYN <raw 0102030405060708090a0b0c0d>",
    "< SYN <nop, nop, nop, nop, nop, nop, nop>",
    "< SYN> ",
    "< icmp",
    "< icmp, port-unreachable",
    "< icmp unreachable",
    "< icmp too-big mtu",
    "< icmp too-big mtu 65536",
    "< icmp port-unreachable mtu 1280",
    "< icmp port-unreachable quote 7",
    "< icmp port-unreachable seq",
    "< icmp port-unreachable len 5",
    "< icmp port-unreachable from 1 from 1",
    "wait",
    "wait 5",
    "wait 1.5s",
    "wait 1001h",
    "wait 5 s",
    "peer",
    "peer sleep",
    "peer data",
    "peer data 0",
    "peer ack 65536",
    "peer lose 256",
    "peer fin 3",
    "\t\u{1b}[2J # not obeyed by a terminal",
    "naïve «word» that is unheard of: ÄÖÜ, and, what is more, followed by so much that the line is very long",
    "A: close                                                                                               again",
];

/// How it is explained that each of these is no text of that kind.
fn explained<T: FromStr<Err = ParseError> + Debug>(texts: &[&str]) -> String {
    let mut shown = String::new();
    for text in texts {
        let error = text.parse::<T>().expect_err(text);
        shown.push_str(&error.render("x.scn", text));
        shown.push_str("\n\n");
    }
    shown
}

#[test]
fn mistakes_are_explained() {
    snapshot("mistakes", &explained::<Scenario>(MISTAKES));
}

/// Texts that are no texts of cases, and how they read.
const CASE_MISTAKES: &[&str] = &[
    "before one\nA: listen\n",
    "case one\ncase one\n",
    "before one\nbefore one\ncase two\n",
    "case one\nbefore two\n",
    "after\n",
    "case one\nafter\ncase two\n",
    "case one\nafter\nafter\n",
    "case one\nafter all\n",
    "case\n",
    "case One\n",
    "case one/two\n",
    "case one two\n",
    "case an-unheard-of-name-that-is-longer-than-any-name-has-to-be-to-be-read\n",
    "seed 1\nbefore one\nseed 2\ncase two\n",
    "before one\nseed 1\ncase two\nseed 2\n",
    "before one\nA: listen\ncase two\nseed 2\n",
    "A: listen\nbefore one\nstack ts\ncase two\n",
    "case one\nafter\nseed 1\n",
    "case one\nA: lisen\n",
];

#[test]
fn mistakes_in_texts_of_cases_are_explained() {
    let mut shown = explained::<Cases>(CASE_MISTAKES);
    let text = "A: listen\ncase one\n";
    let error = text.parse::<Scenario>().expect_err("more than a scenario");
    shown.push_str(&error.render("x.scn", text));
    shown.push('\n');
    snapshot("case-mistakes", &shown);
}

#[test]
fn every_way_to_begin_is_joined_to_every_case() {
    // Text, and the name, line, prologue and scenario of each case.
    type Row<'a> = (&'a str, &'a [(&'a str, usize, usize, &'a str)]);
    let rows: &[Row] = &[
        ("", &[("", 1, 0, "")]),
        ("seed 3\nA: listen\n", &[("", 1, 0, "seed 3\nA: listen\n")]),
        (
            "seed 3\nA: listen\ncase one\n< SYN\ncase two\nafter\nwait 1s\n",
            &[
                ("one", 3, 1, "seed 3\nA: listen\n< SYN\nwait 1s\n"),
                ("two", 5, 1, "seed 3\nA: listen\nwait 1s\n"),
            ],
        ),
        (
            "seed 3\nbefore a\nstack ts\nA: listen\nbefore b\nA: connect\nA: status\n\
             case x\n< SYN\ncase y\n< ACK\nafter\nwait 1s\n",
            &[
                ("a/x", 8, 1, "stack ts\nseed 3\nA: listen\n< SYN\nwait 1s\n"),
                (
                    "a/y",
                    10,
                    1,
                    "stack ts\nseed 3\nA: listen\n< ACK\nwait 1s\n",
                ),
                (
                    "b/x",
                    8,
                    2,
                    "seed 3\nA: connect\nA: status\n< SYN\nwait 1s\n",
                ),
                (
                    "b/y",
                    10,
                    2,
                    "seed 3\nA: connect\nA: status\n< ACK\nwait 1s\n",
                ),
            ],
        ),
        (
            "before a\nstack ts\ncase x\nseed 4\nisn 5\nA: listen\ncase y\nA: connect\n",
            &[
                ("a/x", 3, 0, "stack ts\nseed 4\nisn 5\nA: listen\n"),
                ("a/y", 7, 0, "stack ts\nA: connect\n"),
            ],
        ),
    ];
    for (text, expected) in rows {
        let cases = text.parse::<Cases>().expect("a text of cases").0;
        let told = |case: &Case| {
            let Case {
                name,
                line,
                prologue,
                scenario,
            } = case.clone();
            (name, line, prologue, scenario.to_string())
        };
        let told: Vec<_> = cases.iter().map(told).collect();
        let rows = expected.iter().map(|(name, line, prologue, scenario)| {
            ((*name).to_owned(), *line, *prologue, (*scenario).to_owned())
        });
        assert_eq!(told, rows.collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn a_case_is_called_by_its_name_or_half_of_it() {
    let text = "before a\nbefore a-b\ncase x\ncase x+1\n";
    let cases = text.parse::<Cases>().expect("a text of cases").0;
    let rows: [(&str, &[&str]); 6] = [
        ("a/x", &["a/x"]),
        ("a", &["a/x", "a/x+1"]),
        ("x+1", &["a/x+1", "a-b/x+1"]),
        ("b", &[]),
        ("", &[]),
        ("a/", &[]),
    ];
    for (name, expected) in rows {
        let called = cases.iter().filter(|case| case.is_called(name));
        let called: Vec<&str> = called.map(|case| case.name.as_str()).collect();
        assert_eq!(called, expected, "{name}");
    }
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/notation"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The fenced blocks of the documentation that hold a scenario, each with its first line.
fn documented() -> Vec<(usize, String)> {
    let text = include_str!("../../docs/scenarios.md");
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        match &mut open {
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some((_, block)) => {
                block.push_str(line);
                block.push('\n');
            }
            None if line == "```scn" => open = Some((index + 2, String::new())),
            None => {}
        }
    }
    blocks
}

#[test]
fn the_documentation_is_true() {
    let blocks = documented();
    assert!(blocks.len() >= 8, "only {} examples found", blocks.len());
    let mut words = String::new();
    for (line, block) in blocks {
        match block.parse::<Cases>() {
            Ok(Cases(cases)) => {
                for Case { scenario, .. } in cases {
                    let back = scenario.to_string().parse();
                    assert_eq!(back, Ok(scenario), "docs/scenarios.md:{line}");
                }
            }
            Err(error) => panic!(
                "docs/scenarios.md:{line}:\n{}",
                error.render("example", &block)
            ),
        }
        words.push_str(&block);
    }
    // Nothing is left untaught.
    for (_, name) in SeqBase::NAMES.iter().skip(1) {
        assert!(words.contains(name), "no example has {name}");
    }
    for (_, name) in IcmpKind::NAMES {
        assert!(words.contains(name), "no example has {name}");
    }
    let every = "icmp mtu quote stack seed isn listen connect send recv close abort status handshake ack data \
        resend fin window lose drop swap twice crash seq win len urg port from to src dst damage \
        checksum offset cut truncate ipv4checksum ipv4options trailer mss wscale sackok ts sack nop eol raw timer \
        before case after";
    for word in every.split_whitespace() {
        assert!(words.contains(word), "no example has {word}");
    }
}
