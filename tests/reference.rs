//! The reference stack without a fault conforms on everything, whatever its policy chooses: the
//! harness's own test.
//!
//! `TCPROVE_SEED` chooses other scenarios, `TCPROVE_CASES` more of them.

use std::path::{Path, PathBuf};

use tcprove::harness::Runner;
use tcprove::oracle::{Judgment, KnownDeviations, Oracle, Verdict};
use tcprove::report::ladder;
use tcprove::scenario::{Case, Cases, Scenario, generate};
use tcprove::stack::reference::{Choice, Policy, Reference};
use tcprove::stack::{CallError, Outcome};
use tcprove::trace::{Call, Trace, What};

/// A number from the environment, or the usual one.
fn number(name: &str, usual: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Where the trouble shows, if there is any.
fn trouble(judgment: &Judgment) -> Option<Option<usize>> {
    match (&judgment.verdict, judgment.missed.first()) {
        (Verdict::Deviates(deviation), _) => Some(Some(deviation.event)),
        (Verdict::Conforms, Some(missed)) => Some(Some(missed.event)),
        (Verdict::Conforms, None) => None,
        (Verdict::Inconclusive(_) | Verdict::Broken(_), _) => Some(None),
    }
}

fn story(index: u64, scenario: &Scenario, trace: &Trace, judgment: &Judgment) -> String {
    let mark = trouble(judgment).flatten();
    let ladder = ladder(trace, mark, &[]);
    format!("scenario {index}\n{scenario}\n{ladder}\n{judgment:#?}")
}

/// Runs so many generated scenarios, and judges each.
fn conforms(make: impl Fn() -> Reference + 'static, who: &str, cases: u64) {
    let seed = number("TCPROVE_SEED", 1);
    let first = number("TCPROVE_FIRST", 0);
    let mut runner = Runner::new(make);
    let mut oracle = Oracle::new(KnownDeviations::default());
    let mut scenario = blank();
    let mut failed = 0;
    let mut shown = 0;
    let mut undecided = 0;
    for index in first..first + cases {
        generate(seed, index, &mut scenario);
        let trace = runner.run(&scenario);
        let judgment = oracle.judge(trace);
        if let Verdict::Inconclusive(_) = judgment.verdict {
            undecided += 1;
        } else if trouble(&judgment).is_some() {
            failed += 1;
            if shown < number("TCPROVE_SHOW", 1) {
                shown += 1;
                eprintln!("{who}: {}", story(index, &scenario, trace, &judgment));
            }
        }
    }
    assert_eq!(failed, 0, "{who}, of {cases} scenarios");
    let most = 1 + cases / 100;
    assert!(undecided <= most, "{who}: {undecided} of {cases} undecided");
}

fn blank() -> Scenario {
    Scenario {
        config: Default::default(),
        seed: 0,
        peer_isn: None,
        steps: Vec::new(),
    }
}

#[test]
fn conforms_on_what_the_generator_makes() {
    conforms(Reference::new, "plain", number("TCPROVE_CASES", 20_000));
}

#[test]
fn conforms_with_the_policies_that_seeds_draw() {
    conforms(Reference::drawn, "drawn", number("TCPROVE_CASES", 20_000));
}

#[test]
fn conforms_with_each_choice() {
    let cases = number("TCPROVE_CASES", 20_000) / 20;
    for &choice in Choice::ALL {
        let make = move || Reference::with_policy(Policy::only(choice));
        conforms(make, choice.name(), cases);
    }
}

/// Choices, and what to do to a stack to see them; `|` stands between steps.
#[rustfmt::skip]
const ROWS: &[(Choice, &str)] = &[
    (Choice::ReopensTimeWait, "A: listen | peer handshake | A: close | peer ack | peer fin | < SYN seq RCV.NXT+100000"),
    (Choice::GrowsWindow, "A: listen | peer handshake | peer data 100 | wait 1s"),
    (Choice::TakesBeyondWindow, "A: listen | peer handshake | < PSH,ACK len 1200 | wait 1s"),
    (Choice::RefusesAtEdge, "stack rcv=100 | A: listen | peer handshake | < PSH,ACK len 101 | wait 1s"),
    (Choice::IgnoresAckAtClosedWindow, "stack rcv=10 | A: listen | peer handshake | peer data 10 | wait 500ms | A: send 10 | < PSH,ACK seq RCV.NXT len 1 | wait 2s"),
    (Choice::DropsAhead, "A: listen | peer handshake | < PSH,ACK seq RCV.NXT+10 len 10 | peer data 10 | wait 1s"),
    (Choice::TakesAncientAcks, "A: listen | < SYN win 1000 <mss 1460> | < ACK win 1000 | < PSH,ACK len 10 win 1000 ack SND.OLD-1 | wait 1s"),
    (Choice::SkipsPaws, "stack ts | A: listen | < SYN <mss 1460, ts 0 0> | < ACK | < FIN,ACK len 10 <ts -100 0> | wait 1s"),
    (Choice::PredictsHeaders, "stack ts | A: listen | < SYN <mss 1460, ts 0 0> | < ACK | < PSH,ACK len 10 <ts -100 0> | wait 1s"),
    (Choice::DropsMisplacedOptions, "A: listen | peer handshake | < PSH,ACK len 10 <mss 1000> | wait 1s"),
    (Choice::AcksEverySegment, "A: listen | peer handshake | peer data 10 | wait 1s"),
    (Choice::DelaysAcksLong, "A: listen | peer handshake | peer fin | wait 1s"),
    (Choice::NeverPiggybacks, "A: listen | peer handshake | peer data 10 | A: send 10 | wait 1s"),
    (Choice::NeverReports, "A: listen | < SYN <mss 1460, sackok> | < ACK | < PSH,ACK seq RCV.NXT+10 len 10"),
    (Choice::NeverUpdatesWindow, "stack rcv=1000 | A: listen | peer handshake | peer data 1000 | wait 1s | A: recv 1000 | wait 1s"),
    (Choice::ChecksEchoOfResets, "stack ts | A: listen | peer handshake | < RST seq RCV.NXT <ts 0 -1> | A: status | < RST seq RCV.NXT <ts 0 0> | A: status"),
    (Choice::IgnoresResetInTimeWait, "A: listen | peer handshake | A: close | peer ack | peer fin | < RST seq RCV.NXT | A: status"),
    (Choice::LingersAfterReset, "A: listen | peer handshake | A: abort | A: status"),
    (Choice::HalfDuplexClose, "A: listen | peer handshake | A: close | peer data 10"),
    (Choice::FinWait2TimesOut, "A: listen | peer handshake | A: close | peer ack | wait 30s | A: status"),
    (Choice::OrphansTimeOut, "A: listen | peer handshake | A: close | wait 2min | A: status"),
    (Choice::SynTimesOut, "A: connect | wait 5min | A: status"),
    (Choice::GivesUpSilently, "stack usertimeout=10s | A: listen | peer handshake | A: send 10 | wait 1min"),
    (Choice::ClosesTwice, "A: listen | peer handshake | A: close | A: close"),
    (Choice::AbortsAloud, "A: listen | peer handshake | peer fin | A: close | A: abort"),
    (Choice::AbortsWithoutAck, "A: listen | peer handshake | A: abort"),
    (Choice::ReadsAfterReset, "A: listen | peer handshake | peer data 10 | wait 1s | < RST seq RCV.NXT | A: recv"),
    (Choice::SendsNothingEarly, "A: connect | A: send 10"),
    (Choice::HardErrorsEndAll, "A: listen | peer handshake | A: send 10 | < icmp port-unreachable | A: status"),
    (Choice::LimitsChallenges, "A: listen | peer handshake | < SYN | < SYN | wait 2s | < SYN"),
    (Choice::LimitsResets, "< ACK | < ACK | wait 2s | < ACK"),
    (Choice::ResetsAcknowledge, "< ACK"),
    (Choice::TrimsResets, "A: listen | peer handshake | peer data 10 | wait 1s | < RST seq RCV.NXT-5 len 10 | A: status"),
    (Choice::SynResets, "A: listen | peer handshake | < SYN seq RCV.NXT"),
    (Choice::DropsSynInTimeWait, "A: listen | peer handshake | A: close | peer ack | peer fin | < SYN seq RCV.NXT-100 <mss 1460>"),
    (Choice::TimeWaitRunsOn, "A: listen | peer handshake | A: close | peer ack | peer fin | wait 5s | peer fin | wait 6s | A: status"),
    (Choice::PlainSyn, "A: connect"),
    (Choice::ReordersSynOptions, "A: connect"),
    (Choice::DropsSynOptions, "A: connect | wait 2s | < SYN,ACK win 100 <mss 1460, wscale 4> | < ACK win 100 | A: send 1000"),
    (Choice::HidesSynOptions, "A: connect | wait 2s | < SYN,ACK win 100 <mss 1460, wscale 4> | < ACK win 100 | A: send 1000"),
    (Choice::RaisesSmallMss, "A: listen | < SYN <mss 100> | < ACK | A: send 1000"),
    (Choice::KeepsWhatSynCarries, "A: listen | < SYN len 10 | < ACK | A: recv"),
    (Choice::TakesTextOfSynAck, "A: connect | < SYN,ACK len 10 | wait 1s"),
    (Choice::DropsSyns, "A: listen | < SYN | < SYN | < SYN"),
    (Choice::RefusesSyns, "A: listen | < SYN | < SYN | < SYN"),
    (Choice::IgnoresFinalAck, "A: listen | < SYN | < ACK | < ACK | wait 2s"),
    (Choice::ForgetsHandshakes, "A: listen | < SYN | wait 2s | < ACK | peer data 10 | wait 1s"),
    (Choice::TextOnSyn, "A: listen from 1 | A: send 10 | peer handshake"),
    (Choice::AcksSynAgain, "A: listen | < SYN | < SYN seq IRS"),
    (Choice::IgnoresSynAgain, "A: listen | < SYN | < SYN seq IRS"),
    (Choice::ReturnsToListen, "A: listen | < SYN | < SYN seq RCV.NXT+10"),
    (Choice::ResetsNewSyn, "A: listen | < SYN | < SYN seq RCV.NXT+10"),
    (Choice::AcksBadAck, "A: listen | < SYN | < ACK ack SND.NXT+10"),
    (Choice::TakesOptionsOfSecondSyn, "A: connect | < SYN <mss 1460> | < SYN,ACK seq IRS <mss 600> | < ACK seq IRS+1 | A: send 1000"),
    (Choice::BareThirdSegment, "A: connect | A: send 10 | peer handshake"),
    (Choice::ClosesEarly, "A: listen | < SYN | A: close"),
    (Choice::OffersEcn, "A: connect | < SYN,ACK,ECE | A: send 10 | < ACK,ECE | A: send 10"),
    (Choice::DeclinesEcn, "A: listen | < SYN,ECE,CWR | < ACK | A: send 10"),
];

/// Every packet that the stack sent, to the octet.
fn packets(trace: &Trace) -> Vec<&[u8]> {
    let sent = |what: &What| match what {
        What::Emission { packet, .. } => Some(*packet),
        _ => None,
    };
    let events = trace.events.iter();
    events
        .filter_map(|event| sent(&event.what).map(|packet| trace.octets(packet)))
        .collect()
}

#[test]
fn each_choice_shows_and_conforms_where_it_shows() {
    for &(choice, steps) in ROWS {
        let name = choice.name();
        let scenario: Scenario = match steps.replace(" | ", "\n").parse() {
            Ok(scenario) => scenario,
            Err(error) => panic!("{name}: {error}"),
        };
        let mut plain = Runner::new(Reference::new);
        let mut other = Runner::new(move || Reference::with_policy(Policy::only(choice)));
        let trace = other.run(&scenario);
        let judgment = Oracle::new(KnownDeviations::default()).judge(trace);
        let told = story(0, &scenario, trace, &judgment);
        assert!(trouble(&judgment).is_none(), "{name}: {told}");
        let usual = plain.run(&scenario);
        let same = usual.events == trace.events && packets(usual) == packets(trace);
        assert!(!same, "{name} does not show: {told}");
    }
    for &choice in Choice::ALL {
        let rows = ROWS.iter().filter(|(named, _)| *named == choice);
        assert_eq!(rows.count(), 1, "{}", choice.name());
    }
}

/// The peer's numbers are far from those of a listener, and the buffer is small.
#[test]
fn a_listener_that_has_gone_back_keeps_no_text() {
    let steps = "stack rcv=2\nisn 2147482624\nA: listen\n< SYN\n< SYN,FIN seq RCV.NXT len 1025";
    let scenario: Scenario = steps.parse().expect("a scenario");
    let policy = Policy::only(Choice::ReturnsToListen);
    let mut runner = Runner::new(move || Reference::with_policy(policy));
    let trace = runner.run(&scenario);
    let judgment = Oracle::new(KnownDeviations::default()).judge(trace);
    let told = story(0, &scenario, trace, &judgment);
    assert!(trouble(&judgment).is_none(), "{told}");
}

/// What RECEIVE gives in a scenario, in order.
fn received(steps: &str) -> Vec<Outcome> {
    let scenario: Scenario = steps.replace(" | ", "\n").parse().expect("a scenario");
    let mut runner = Runner::new(Reference::new);
    let trace = runner.run(&scenario);
    let judgment = Oracle::new(KnownDeviations::default()).judge(trace);
    let told = story(0, &scenario, trace, &judgment);
    assert!(trouble(&judgment).is_none(), "{told}");
    let outcome = |what: &What| match what {
        What::Call {
            call: Call::Receive(_),
            outcome,
            ..
        } => Some(*outcome),
        _ => None,
    };
    let events = trace.events.iter();
    events.filter_map(|event| outcome(&event.what)).collect()
}

/// Linux answers a FIN that comes again, to a connection that it has done with, by a reset.
#[test]
fn a_reset_takes_nothing_away_once_everything_has_arrived() {
    let open = "A: listen | peer handshake";
    let end = "wait 1s | < RST seq RCV.NXT | A: recv | A: recv";
    let reset = Outcome::Failed(CallError::Reset);
    let all = vec![Outcome::Received(10), Outcome::EndOfStream];
    let rows = [
        ("A: close | peer ack | peer data 10 | peer fin", all.clone()),
        ("peer data 10 | peer fin | A: close", all),
        ("peer data 10 | peer fin", vec![reset, reset]),
        ("peer data 10", vec![reset, reset]),
    ];
    for (middle, outcomes) in rows {
        let steps = format!("{open} | {middle} | {end}");
        assert_eq!(received(&steps), outcomes, "{steps}");
    }
}

/// Only a gap at the front of what arrived is told of, and one segment closes it.
#[test]
fn what_touches_is_told_of_as_one_and_no_gap_is_too_many() {
    let open = "A: listen | < SYN <mss 1460, sackok> | < ACK";
    let ahead: Vec<String> = (0..30)
        .map(|n| format!("< PSH,ACK seq RCV.NXT+{} len 10", 10 + 10 * n))
        .collect();
    let gaps: Vec<String> = (0..12)
        .map(|n| format!("< PSH,ACK seq RCV.NXT+{} len 10", 10 + 20 * n))
        .collect();
    let rows = [(ahead, 310), (gaps, 20)];
    for (segments, len) in rows {
        let steps = format!("{open} | {} | peer data 10 | A: recv", segments.join(" | "));
        let scenario: Scenario = steps.replace(" | ", "\n").parse().expect("a scenario");
        let mut runner = Runner::new(Reference::new);
        let trace = runner.run(&scenario);
        let mut calls = trace.events.iter().filter_map(|event| match &event.what {
            What::Call { outcome, .. } => Some(*outcome),
            _ => None,
        });
        assert_eq!(calls.next_back(), Some(Outcome::Received(len)), "{steps}");
        for event in &trace.events {
            if let What::Emission {
                segment: Some(segment),
                ..
            } = &event.what
            {
                let blocks = segment.options.sack.as_slice();
                let apart = |a: &(u32, u32), b: &(u32, u32)| a.1 < b.0 || b.1 < a.0;
                let all = blocks.iter().enumerate();
                let mut pairs = all.flat_map(|(n, a)| blocks[..n].iter().map(move |b| (a, b)));
                assert!(pairs.all(|(a, b)| apart(a, b)), "{segment:?}");
            }
        }
    }
}

/// Every scenario of a directory and those below it.
fn scenarios(directory: &Path, into: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(directory).expect("a directory of scenarios");
    for entry in entries {
        let path = entry.expect("an entry of a directory").path();
        if path.is_dir() {
            scenarios(&path, into);
        } else if path.extension().is_some_and(|it| it == "scn") {
            into.push(path);
        }
    }
}

#[test]
fn conforms_on_the_corpus() {
    let mut paths = Vec::new();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    scenarios(&corpus, &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "no scenario in {}", corpus.display());
    let plain = std::iter::once(Policy::PLAIN);
    let policies = plain.chain(Choice::ALL.iter().map(|choice| Policy::only(*choice)));
    let mut oracle = Oracle::new(KnownDeviations::default());
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("a file of the corpus");
        text.parse::<Cases>().expect("scenarios").0
    };
    let files: Vec<(&PathBuf, Vec<Case>)> = paths.iter().map(|path| (path, read(path))).collect();
    let cases = || {
        files
            .iter()
            .flat_map(|(path, cases)| cases.iter().map(move |case| (path, case)))
    };
    let (mut judged, mut undecided) = (0, 0);
    for policy in policies {
        let mut runner = Runner::new(move || Reference::with_policy(policy));
        let who: Vec<&str> = policy.choices().map(Choice::name).collect();
        for (path, Case { name, scenario, .. }) in cases() {
            let trace = runner.run(scenario);
            let judgment = oracle.judge(trace);
            judged += 1;
            if let Verdict::Inconclusive(_) = judgment.verdict {
                undecided += 1;
                continue;
            }
            let place = format!("{}::{name}", path.display());
            let told = || story(0, scenario, trace, &judgment);
            assert!(trouble(&judgment).is_none(), "{who:?}: {place}\n{}", told());
        }
    }
    assert!(
        undecided <= judged / 10_000,
        "{undecided} of {judged} undecided"
    );
}
