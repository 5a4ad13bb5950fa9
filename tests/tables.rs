//! The transition tables, state by state, as snapshots to be reviewed: what the model permits,
//! what a stack did, and where the two part.

use std::fmt::Write;

use insta::Settings;
use tcprove::harness::{Judge, StackJudge};
use tcprove::model::State;
use tcprove::oracle::KnownDeviations;
use tcprove::spec::{Req, req};
use tcprove::stack::Outcome;
use tcprove::stack::reference::{Fault, Reference};
use tcprove::table::{Content, Did, Maker, NOT_OFFERED, Said, Table, text};

/// Compares with `snapshots/<directory>/<name>.snap`.
fn snapshot(directory: &str, name: &str, shown: &str) {
    let mut settings = Settings::clone_current();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots");
    settings.set_snapshot_path(format!("{root}/{directory}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

/// The snapshot of one state. Every way there has to lead there, but for those that it `lacks`.
fn snapshot_of_state(directory: &str, table: &Table, lacks: &[(State, &str)]) {
    for (way, why) in &table.missed {
        let lacking = lacks.contains(&(table.state, way));
        assert!(
            why == NOT_OFFERED || lacking,
            "{}: {way}: {why}",
            table.state
        );
    }
    let name = table.state.name().to_lowercase();
    snapshot(directory, &name, &text(table));
}

fn reference(fault: Option<Fault>) -> StackJudge<Reference> {
    let make = move || fault.map_or_else(Reference::new, Reference::with_fault);
    StackJudge::new(make, KnownDeviations::default())
}

#[test]
fn what_the_model_permits() {
    let mut judge = reference(None);
    let mut maker = Maker::new(&mut judge, KnownDeviations::default());
    for state in State::ALL {
        snapshot_of_state("model", &maker.permitted(state), &[]);
    }
}

/// What a stack did, row by row.
fn done(table: &Table) -> impl Iterator<Item = (String, &Did)> {
    table.rows.iter().map(|row| match &row.content {
        Content::Does(did) => (row.event.clone(), did),
        Content::Permits(_) => panic!("{}: no stack did this", row.scenario),
    })
}

/// What a stack did and the oracle lets pass is among what the table of the model permits.
fn agrees(table: &Table) {
    for (event, did) in done(table) {
        let known = did.verdict != Said::Conforms || did.outcome == Some(Outcome::Unsupported);
        assert!(
            known || did.by.is_some(),
            "{} in {}: nothing that the model permits is {did:?}",
            event,
            table.state
        );
    }
}

#[test]
fn the_reference_does_what_the_model_permits() {
    let mut judge = reference(None);
    let mut maker = Maker::new(&mut judge, KnownDeviations::default());
    for state in State::ALL {
        agrees(&maker.done(state));
        let odd = maker.against_model(state, "reference");
        assert!(
            odd.rows.is_empty() && odd.missed.is_empty(),
            "{}",
            text(&odd)
        );
    }
}

/// Where a fault of the reference has to show, and nowhere else: state and event.
const FAULTS: [(Fault, &[&str]); 16] = [
    (Fault::ListenerSilent, &["LISTEN: any with ACK without RST"]),
    (Fault::RefusedByBareReset, &["SYN-SENT: RST"]),
    (Fault::CloseResets, &["SYN-SENT: A: close"]),
    (
        Fault::NoSynRetransmission,
        &[
            "SYN-SENT: USER TIMEOUT: wait 2min",
            "SYN-SENT: RETRANSMISSION TIMEOUT: wait 4s",
        ],
    ),
    (
        Fault::SimultaneousOpenIgnored,
        &["SYN-SENT: SYN", "SYN-RECEIVED: active is not reached"],
    ),
    (
        Fault::NoChallengeForSyn,
        &[
            "ESTABLISHED: SYN | SYN,FIN | SYN,ACK",
            "FIN-WAIT-1: SYN | SYN,FIN | SYN,ACK",
            "FIN-WAIT-2: SYN | SYN,FIN | SYN,ACK",
            "CLOSE-WAIT: SYN | SYN,FIN | SYN,ACK",
            "CLOSING: SYN | SYN,FIN | SYN,ACK",
            "LAST-ACK: SYN | SYN,FIN | SYN,ACK",
            "TIME-WAIT: SYN,ACK",
        ],
    ),
    (
        Fault::NoChallengeForReset,
        &[
            "SYN-RECEIVED: any with RST",
            "ESTABLISHED: any with RST",
            "FIN-WAIT-1: any with RST",
            "FIN-WAIT-2: any with RST",
            "CLOSE-WAIT: any with RST",
            "CLOSING: any with RST",
            "LAST-ACK: any with RST",
        ],
    ),
    (
        Fault::SendAfterClose,
        &[
            "FIN-WAIT-1: A: send 10",
            "FIN-WAIT-2: A: send 10",
            "CLOSING: A: send 10",
            "LAST-ACK: A: send 10",
            "TIME-WAIT: A: send 10",
        ],
    ),
    (
        Fault::AbortSilent,
        &[
            "CLOSED: aborted is not reached",
            "SYN-RECEIVED: A: abort",
            "ESTABLISHED: A: abort",
            "FIN-WAIT-1: A: abort",
            "FIN-WAIT-2: A: abort",
            "CLOSE-WAIT: A: abort",
        ],
    ),
    // The answer is the same in CLOSING and in TIME-WAIT: only STATUS tells.
    (
        Fault::ClosingSkipped,
        &[
            "FIN-WAIT-1: FIN,ACK | FIN,PSH,ACK len 10",
            "CLOSING: passive is not reached",
            "CLOSING: active is not reached",
        ],
    ),
    (
        Fault::FinNotRetransmitted,
        &[
            "FIN-WAIT-1: USER TIMEOUT: wait 2min",
            "FIN-WAIT-1: RETRANSMISSION TIMEOUT: wait 4s",
            "FIN-WAIT-1: ZERO-WINDOW PROBE: < ACK ack SND.UNA win 0; wait 2min",
            "CLOSING: USER TIMEOUT: wait 2min",
            "CLOSING: RETRANSMISSION TIMEOUT: wait 4s",
            "CLOSING: ZERO-WINDOW PROBE: < ACK ack SND.UNA win 0; wait 2min",
            "LAST-ACK: USER TIMEOUT: wait 2min",
            "LAST-ACK: RETRANSMISSION TIMEOUT: wait 4s",
            "LAST-ACK: ZERO-WINDOW PROBE: < ACK ack SND.UNA win 0; wait 2min",
        ],
    ),
    (Fault::ResetWithoutAck, &["CLOSED: any without RST, ACK"]),
    (
        Fault::PawsSkipped,
        &[
            "ESTABLISHED: PSH,ACK len 10 <ts -1000 0>",
            "FIN-WAIT-1: PSH,ACK len 10 <ts -1000 0>",
            "FIN-WAIT-2: PSH,ACK len 10 <ts -1000 0>",
            "CLOSE-WAIT: PSH,ACK len 10 <ts -1000 0>",
            "CLOSING: PSH,ACK len 10 <ts -1000 0>",
            "LAST-ACK: PSH,ACK len 10 <ts -1000 0>",
            "TIME-WAIT: PSH,ACK len 10 <ts -1000 0>",
        ],
    ),
    (
        Fault::SoftErrorAborts,
        &[
            "SYN-SENT: icmp host-unreachable",
            "SYN-RECEIVED: icmp host-unreachable",
            "ESTABLISHED: icmp host-unreachable",
            "FIN-WAIT-1: icmp host-unreachable",
            "FIN-WAIT-2: icmp host-unreachable",
            "CLOSE-WAIT: icmp host-unreachable",
            "CLOSING: icmp host-unreachable",
            "LAST-ACK: icmp host-unreachable",
            "TIME-WAIT: icmp host-unreachable",
        ],
    ),
    (
        Fault::NoProbe,
        &[
            "ESTABLISHED: ZERO-WINDOW PROBE: peer window 0; A: send 10; wait 2min",
            "FIN-WAIT-1: ZERO-WINDOW PROBE: < ACK ack SND.UNA win 0; wait 2min",
            "CLOSE-WAIT: ZERO-WINDOW PROBE: peer window 0; A: send 10; wait 2min",
            "CLOSING: ZERO-WINDOW PROBE: < ACK ack SND.UNA win 0; wait 2min",
            "LAST-ACK: ZERO-WINDOW PROBE: < ACK ack SND.UNA win 0; wait 2min",
        ],
    ),
    (
        Fault::TimeWaitFinIgnored,
        &["TIME-WAIT: any with FIN without SYN"],
    ),
];

#[test]
fn a_fault_shows_in_its_row_and_only_there() {
    for (fault, rows) in FAULTS {
        let mut judge = reference(Some(fault));
        let mut maker = Maker::new(&mut judge, KnownDeviations::default());
        let mut found = Vec::new();
        for state in State::ALL {
            let table = maker.against_model(state, "reference");
            for (way, _) in &table.missed {
                found.push(format!("{state}: {way} is not reached"));
            }
            for (event, did) in done(&table) {
                found.push(format!("{state}: {event}"));
                assert_eq!(did.verdict, Said::Deviates, "{}", text(&table));
                // A FIN that is in flight is what probes the closed window.
                let told = [
                    fault.requirement(),
                    req::RFC9293_3_10_6_P01,
                    req::RFC9293_MUST_35,
                ];
                assert!(
                    did.by.is_some_and(|by| told.contains(&by)),
                    "{}",
                    text(&table)
                );
            }
        }
        assert_eq!(found, rows, "{}", fault.name());
    }
}

#[test]
fn two_stacks_are_compared_where_they_differ() {
    let (mut one, mut other) = (reference(None), reference(Some(Fault::ListenerSilent)));
    let mut sound = Maker::new(&mut one, KnownDeviations::default());
    let mut faulty = Maker::new(&mut other, KnownDeviations::default());
    for state in State::ALL {
        let table = sound.against(&mut faulty, state, ["sound", "faulty"]);
        let events: Vec<String> = done(&table).map(|(event, _)| event).collect();
        match state {
            State::Listen => assert_eq!(events, ["any with ACK without RST"]),
            _ => assert!(events.is_empty(), "{}", text(&table)),
        }
    }
}

/// The snapshots of a stack with known deviations: each state, unless the ways that it lacks are not
/// said, where it does what is not permitted, and what had a say.
fn snapshots_of(
    name: &str,
    lacks: Option<&[(State, &str)]>,
    judge: &mut dyn Judge,
    known: KnownDeviations,
) {
    let mut maker = Maker::new(judge, known);
    let mut divergence = String::new();
    for state in State::ALL {
        let table = maker.done(state);
        agrees(&table);
        if let Some(lacks) = lacks {
            snapshot_of_state(name, &table, lacks);
        }
        let odd = maker.against_model(state, name);
        if !odd.rows.is_empty() {
            let _ = writeln!(divergence, "{}", text(&odd));
        }
    }
    snapshot(name, "divergence", &divergence);
    snapshot(name, "coverage", &coverage(judge));
}

/// The requirements that had a say in any of the tables.
fn coverage(judge: &dyn Judge) -> String {
    let exercised = judge.coverage().exercised();
    let count = exercised.iter().count();
    let mut text = format!("{count} of {} requirements had a say\n\n", Req::COUNT);
    for requirement in exercised.iter() {
        let (level, title) = (requirement.level(), requirement.title());
        let _ = writeln!(text, "{requirement:22} {level:10} {title}");
    }
    text
}

#[cfg(feature = "smoltcp")]
#[test]
fn what_smoltcp_does() {
    use tcprove::stack::smoltcp::{KNOWN, Smoltcp};
    let known: KnownDeviations = KNOWN.parse().expect("known deviations");
    let mut judge = StackJudge::new(Smoltcp::new, known.clone());
    snapshots_of("smoltcp", Some(&[]), &mut judge, known);
}

#[cfg(feature = "lwip")]
#[test]
#[cfg_attr(
    not(lwip_built),
    ignore = "lwIP is not built in: run .ci/lwip and build again"
)]
fn what_lwip_does() {
    use tcprove::stack::lwip::Variant;
    for (variant, name) in [(Variant::Usual, "lwip"), (Variant::Full, "lwip-full")] {
        let known: KnownDeviations = variant.known().parse().expect("known deviations");
        let make = move || variant.instance(&[]).expect("lwIP runs here");
        let mut judge = StackJudge::new(make, known.clone());
        // In its states the full configuration differs little: docs/differences.md has how.
        // There is no simultaneous open.
        let lacks = [(State::SynReceived, "active")];
        let lacks = (variant == Variant::Usual).then_some(&lacks[..]);
        snapshots_of(name, lacks, &mut judge, known);
    }
}
