//! Every fault that can be switched on in the reference stack is caught by the oracle, by the right
//! requirement, on a scenario of a few lines on which the faultless stack conforms.

use std::path::{Path, PathBuf};

use tcprove::harness::Runner;
use tcprove::oracle::{Judgment, KnownDeviations, Oracle, Verdict};
use tcprove::report::ladder;
use tcprove::scenario::{Case, Cases, Scenario};
use tcprove::spec::Req;
use tcprove::stack::reference::{Fault, Reference};

/// Faults, and what to do to a stack to see them; `|` stands between steps.
#[rustfmt::skip]
const ROWS: &[(Fault, &str)] = &[
    (Fault::WrongResetNumber, "< ACK"),
    (Fault::ResetWithoutAck, "< SYN"),
    (Fault::ResetAnswersReset, "< RST,ACK"),
    (Fault::OutsideResetAccepted, "A: listen | peer handshake | < RST seq RCV.EDGE+100 | peer data 10"),
    (Fault::InWindowResetAccepted, "A: listen | peer handshake | < RST seq RCV.NXT+1"),
    (Fault::ExactResetIgnored, "A: listen | peer handshake | < RST seq RCV.NXT | < PSH,ACK seq RCV.NXT len 10"),
    (Fault::PassiveResetCloses, "A: listen | < SYN | < RST | < SYN seq NEXT+100"),
    (Fault::NoChallengeForSyn, "A: listen | peer handshake | < SYN"),
    (Fault::NoChallengeForReset, "A: listen | peer handshake | < RST seq RCV.NXT+1"),
    (Fault::NoAckForOldSegment, "A: listen | peer handshake | peer data 10 | < PSH,ACK seq RCV.NXT-10 len 10"),
    (Fault::NoAckForUnsentAck, "A: listen | peer handshake | < ACK ack SND.NXT+1"),
    (Fault::ProbeUnanswered, "stack rcv=10 | A: listen | peer handshake | peer data 10 | wait 1s | < PSH,ACK seq RCV.NXT len 1"),
    (Fault::SynResets, "A: listen | peer handshake | < SYN seq RCV.NXT"),
    (Fault::ListenerSilent, "A: listen | < ACK ack 5"),
    (Fault::SynDropped, "A: listen | < SYN"),
    (Fault::SynAckNumberWrong, "A: listen | < SYN"),
    (Fault::HandshakeUnfinished, "A: connect | peer handshake"),
    (Fault::BadAckEstablishes, "A: connect | < SYN,ACK ack SND.NXT+1"),
    (Fault::RefusedByBareReset, "A: connect | < RST | wait 2s"),
    (Fault::SimultaneousOpenReset, "A: connect | < SYN"),
    (Fault::SimultaneousOpenIgnored, "A: connect | < SYN"),
    (Fault::SynNotSent, "A: connect"),
    (Fault::NewIssOnRetransmission, "A: connect | wait 2s"),
    (Fault::NoSynRetransmission, "A: connect | wait 2s"),
    (Fault::NoSynAckRetransmission, "A: listen | < SYN | wait 2s"),
    (Fault::AckBeyondReceived, "A: listen | peer handshake | peer data 10 | wait 1s"),
    (Fault::AckRegresses, "A: listen | peer handshake | A: send 10"),
    (Fault::NoAckInTime, "A: listen | peer handshake | peer data 10 | wait 1s"),
    (Fault::TwoAcks, "A: listen | peer handshake | peer data 10 | wait 1s"),
    (Fault::AckBitMissing, "A: listen | peer handshake | A: send 10"),
    (Fault::TextWithoutAckAccepted, "A: listen | peer handshake | < PSH seq RCV.NXT len 10 | wait 1s"),
    (Fault::TextAfterFinAccepted, "A: listen | peer handshake | peer fin | < PSH,ACK seq RCV.NXT len 10"),
    (Fault::FinAboveGap, "A: listen | peer handshake | < FIN,ACK seq RCV.NXT+10"),
    (Fault::EndBeforeGap, "A: listen | peer handshake | < FIN,ACK seq RCV.NXT+10 | A: recv"),
    (Fault::FinBeforeData, "A: listen | < SYN win 0 | < ACK win 0 | A: send 10 | A: close | peer window 1000"),
    (Fault::FinTwice, "A: listen | peer handshake | A: send 10 | A: close | wait 2s"),
    (Fault::FinNotRetransmitted, "A: listen | peer handshake | A: close | wait 2s"),
    (Fault::FinUnasked, "A: listen | peer handshake | A: send 10"),
    (Fault::OctetAltered, "A: listen | peer handshake | A: send 10"),
    (Fault::OctetAlteredOnRetransmission, "A: listen | peer handshake | A: send 10 | wait 2s"),
    (Fault::OctetsBeyondWindow, "A: listen | < SYN <mss 1460> | < ACK win 100 | A: send 500"),
    (Fault::WindowTooLarge, "A: listen | peer handshake | peer data 10 | wait 1s"),
    (Fault::WindowScaledOnSyn, "A: connect"),
    (Fault::SynWindowScaled, "A: connect | < SYN,ACK win 100 <mss 1460, wscale 4> | A: send 400"),
    (Fault::OldWindowTaken, "A: listen | < SYN win 100 <mss 1460> | < ACK win 100 | < PSH,ACK len 10 win 100 | wait 1s | < ACK seq RCV.NXT-5 win 65535 | A: send 500"),
    (Fault::EdgeShrinks, "A: listen | peer handshake | peer data 10 | wait 1s"),
    (Fault::MssIgnored, "A: listen | < SYN win 65535 <mss 600> | < ACK | A: send 1000"),
    (Fault::OptionsNotDeducted, "stack ts | A: listen | < SYN win 65535 <mss 600, ts 0 0> | < ACK | A: send 1000"),
    (Fault::DefaultMssTooLarge, "A: listen | < SYN win 65535 <> | < ACK | A: send 1000"),
    (Fault::MssTooLarge, "A: connect"),
    (Fault::MssOnData, "A: listen | peer handshake | A: send 10"),
    (Fault::ScaleUnasked, "A: listen | < SYN <mss 1460>"),
    (Fault::TimestampsUnasked, "stack ts | A: listen | < SYN <mss 1460>"),
    (Fault::TimestampsMissing, "stack ts | A: listen | < SYN <mss 1460, ts 0 0> | < ACK | peer data 10 | wait 1s"),
    (Fault::TimestampsRunBackwards, "stack ts | A: listen | < SYN <mss 1460, ts 0 0> | < ACK | peer data 10 | wait 1s"),
    (Fault::SynAckEchoWrong, "stack ts | A: listen | < SYN <mss 1460, ts 0 0>"),
    (Fault::EchoPolluted, "stack ts | A: listen | < SYN <mss 1460, ts 0 0> | < ACK | < ACK seq RCV.NXT+10 len 10 <ts 5 0>"),
    (Fault::PawsSkipped, "stack ts | A: listen | < SYN <mss 1460, ts 0 0> | < ACK | wait 500h | < PSH,ACK seq RCV.NXT len 10 <ts -1800000100 0>"),
    (Fault::SackInvented, "A: listen | < SYN <mss 1460, sackok> | < ACK | peer data 10 | wait 1s"),
    (Fault::SackUnasked, "A: listen | < SYN <mss 1460> | < ACK | peer data 10 | wait 1s"),
    (Fault::RetransmitsEarly, "A: listen | peer handshake | A: send 10 | wait 1s"),
    (Fault::GapsDoNotDouble, "A: listen | peer handshake | A: send 10 | wait 5s"),
    (Fault::NoRetransmission, "A: listen | peer handshake | A: send 10 | wait 2s"),
    (Fault::RetransmitsAcknowledged, "A: listen | peer handshake | A: send 10 | peer ack | A: send 10"),
    (Fault::NoProbe, "A: listen | peer handshake | peer window 0 | A: send 10 | wait 2min"),
    (Fault::TextHeldBack, "A: listen | peer handshake | A: send 10 | wait 2s"),
    (Fault::PushMissing, "A: listen | peer handshake | A: send 10"),
    (Fault::LastAckClosedByAny, "A: listen | peer handshake | peer fin | A: close | < ACK ack SND.UNA | wait 2s"),
    (Fault::ClosingSkipped, "A: listen | peer handshake | A: close | < FIN,ACK ack SND.UNA | wait 2s"),
    (Fault::TimeWaitCutShort, "A: listen | peer handshake | A: close | peer ack | peer fin | wait 6s | peer fin"),
    (Fault::TimeWaitFinIgnored, "A: listen | peer handshake | A: close | peer ack | peer fin | wait 1s | peer fin"),
    (Fault::UnreadLost, "A: listen | peer handshake | peer data 10 | A: close | A: recv"),
    (Fault::EarlyEnd, "A: listen | peer handshake | peer data 10 | peer fin | A: recv"),
    (Fault::OctetsTwice, "A: listen | peer handshake | peer data 10 | A: recv 5 | A: recv 5"),
    (Fault::SendAfterClose, "A: listen | peer handshake | A: close | A: send 10"),
    (Fault::AbortSilent, "A: listen | peer handshake | A: abort"),
    (Fault::CloseResets, "A: connect | A: close"),
    (Fault::CloseForgotten, "A: listen | < SYN | A: close | < ACK | wait 2s"),
    (Fault::StatusWrong, "A: listen | A: status"),
    (Fault::ChecksumIgnored, "A: listen | < SYN damage checksum 0x1"),
    (Fault::ChecksumWrong, "A: listen | peer handshake | A: send 10"),
    (Fault::ReservedBits, "A: connect"),
    (Fault::KeepAliveUnasked, "A: listen | peer handshake | wait 5s"),
    (Fault::UserTimeoutIgnored, "stack usertimeout=10s | A: listen | peer handshake | A: send 10 | wait 20s"),
    (Fault::SoftErrorAborts, "A: connect | < icmp host-unreachable | wait 2s"),
    (Fault::QuenchAborts, "A: listen | peer handshake | < icmp source-quench | peer data 10"),
    (Fault::HardErrorIgnored, "A: connect | < icmp port-unreachable | wait 2s"),
    (Fault::QuoteUnchecked, "A: connect | < icmp port-unreachable seq ISS+100 | wait 2s"),
    (Fault::ForeignErrorAborts, "A: connect | < icmp port-unreachable from 1 | wait 2s"),
    (Fault::ErrorAnswered, "A: listen | peer handshake | < icmp host-unreachable"),
    (Fault::ClosedWindowAccepts, "stack rcv=10 | A: listen | peer handshake | peer data 10 | wait 1s | < PSH,ACK seq RCV.NXT len 1"),
    (Fault::CrossingAccepted, "stack rcv=100 | A: listen | peer handshake | < PSH,ACK len 101 | wait 1s"),
    (Fault::RetractedRefused, "stack mtu=65535 rcv=65539 | A: listen | peer handshake | < PSH,ACK len 65001 | wait 1s | < PSH,ACK len 1 | wait 1s | < PSH,ACK len 537"),
    (Fault::HeldForgotten, "A: listen | peer handshake | < PSH,ACK seq RCV.NXT+10 len 10 | peer data 10 | wait 1s"),
    (Fault::AnswersWithoutAck, "A: listen | peer handshake | < PSH seq RCV.NXT len 10"),
    (Fault::AncientAckTaken, "A: listen | < SYN win 1000 <mss 1460> | < ACK win 1000 | < PSH,ACK len 10 win 1000 ack SND.OLD-70000 | wait 1s"),
    (Fault::UnstampedResets, "stack ts | A: listen | < SYN <mss 1460, ts 0 0> | < ACK | < PSH,ACK len 10 <>"),
    (Fault::OutdatedRejected, "stack ts | A: listen | < SYN <mss 1460, ts 0 0> | < ACK | wait 600h | < PSH,ACK len 10"),
    (Fault::ScaledTextDropped, "A: listen | peer handshake | < PSH,ACK len 10 <wscale 3> | wait 1s"),
    (Fault::StampedTextDropped, "A: listen | < SYN <mss 1460> | < ACK | < PSH,ACK len 10 <ts 0 0> | wait 1s"),
    (Fault::MssOfDataTaken, "A: listen | < SYN win 65535 <mss 600> | < ACK | < ACK <mss 1400> | A: send 1000"),
    (Fault::StretchedAcks, "stack rcv=65535 | A: listen | peer handshake | peer data 5000 | wait 1s"),
    (Fault::DuplicateAckLate, "A: listen | peer handshake | < PSH,ACK seq RCV.NXT+10 len 10 | wait 1s"),
    (Fault::FilledGapAckLate, "A: listen | peer handshake | < PSH,ACK seq RCV.NXT+10 len 10 | peer data 10 | wait 1s"),
    (Fault::AcksInPieces, "A: listen | peer handshake | < PSH,ACK seq RCV.NXT+10 len 10 | < PSH,ACK seq RCV.NXT+20 len 20 | < PSH,ACK seq RCV.NXT len 20"),
    (Fault::AcksOfAcks, "A: listen | peer handshake | < ACK | < ACK | < ACK | < ACK | < ACK"),
    (Fault::AckNumberedAhead, "A: listen | peer handshake | peer data 10 | wait 1s"),
    (Fault::SackLatestLast, "A: listen | < SYN <mss 1460, sackok> | < ACK | < PSH,ACK seq RCV.NXT+10 len 10 | < PSH,ACK seq RCV.NXT+30 len 10"),
    (Fault::SackOnce, "A: listen | < SYN <mss 1460, sackok> | < ACK | < PSH,ACK seq RCV.NXT+10 len 10 | < PSH,ACK seq RCV.NXT+30 len 10"),
    (Fault::SackBeforeStream, "A: listen | < SYN <mss 1460, sackok> | < ACK | peer data 10 | wait 1s"),
    (Fault::SillyWindow, "stack rcv=1000 | A: listen | peer handshake | peer data 1000 | wait 1s | A: recv 1"),
    (Fault::ScaledWindowTooLarge, "stack rcv=100000 | A: listen | peer handshake | peer data 10 | wait 1s"),
    (Fault::OptionCutShort, "A: listen | peer handshake | peer data 10 | wait 1s"),
    (Fault::PaddingNotZero, "A: listen | peer handshake | peer data 10 | wait 1s"),
    (Fault::ScaleOnData, "A: listen | peer handshake | A: send 10"),
    (Fault::SackPermittedOnData, "A: listen | peer handshake | A: send 10"),
    (Fault::TextAfterFin, "A: listen | peer handshake | A: close | wait 2s"),
    (Fault::AbortResets, "A: connect | A: abort"),
    (Fault::ResetAckWrong, "< ACK"),
    (Fault::ReopensByOldSyn, "A: listen | peer handshake | A: close | peer ack | peer fin | < SYN seq RCV.NXT-100 <mss 1460>"),
    (Fault::ReopensBelow, "A: listen | peer handshake | A: close | peer ack | peer fin | < SYN seq RCV.NXT+100"),
    (Fault::DeliversEarly, "A: listen | < SYN len 10 | A: recv"),
    (Fault::TextOnSynAgain, "A: connect | wait 2s"),
    (Fault::CrossingOffersMore, "A: connect | < SYN <mss 1460>"),
    (Fault::SynAgainIgnored, "A: listen | < SYN | wait 2900ms | < SYN seq IRS"),
    (Fault::AnswersBroadcast, "< ACK dst broadcast"),
];

/// The scenario of a row.
fn scenario(steps: &str) -> Scenario {
    match steps.replace(" | ", "\n").parse() {
        Ok(scenario) => scenario,
        Err(error) => panic!("{steps}: {error}"),
    }
}

/// What the oracle says of a stack on a scenario, and the ladder of it.
fn judged(fault: Option<Fault>, scenario: &Scenario) -> (Judgment, String) {
    let mut runner = Runner::new(move || stack(fault));
    let trace = runner.run(scenario);
    let judgment = Oracle::new(KnownDeviations::default()).judge(trace);
    (judgment, ladder(trace, None, &[]))
}

fn stack(fault: Option<Fault>) -> Reference {
    fault.map_or_else(Reference::new, Reference::with_fault)
}

/// The requirements that are not met, musts first.
fn caught(judgment: &Judgment) -> Vec<Req> {
    let deviation = match &judgment.verdict {
        Verdict::Deviates(deviation) => Some(deviation.shape.requirement),
        Verdict::Conforms | Verdict::Inconclusive(_) | Verdict::Broken(_) => None,
    };
    let missed = judgment
        .missed
        .iter()
        .map(|missed| missed.shape.requirement);
    deviation.into_iter().chain(missed).collect()
}

#[test]
fn every_fault_is_caught_by_its_requirement() {
    let mut wrong = Vec::new();
    for &(fault, steps) in ROWS {
        let (judgment, ladder) = judged(Some(fault), &scenario(steps));
        if caught(&judgment) != [fault.requirement()] {
            wrong.push(format!(
                "{}: {:?} instead of {}, {:?}\n{ladder}",
                fault.name(),
                caught(&judgment),
                fault.requirement(),
                judgment.verdict,
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} faults:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn without_the_fault_the_same_conforms() {
    for &(fault, steps) in ROWS {
        let (judgment, ladder) = judged(None, &scenario(steps));
        let fine = judgment.verdict == Verdict::Conforms && judgment.missed.is_empty();
        assert!(fine, "{}: {judgment:#?}\n{ladder}", fault.name());
    }
}

#[test]
fn every_fault_has_a_row_and_a_name_of_its_own() {
    for fault in Fault::ALL {
        let rows = ROWS.iter().filter(|(named, _)| named == fault);
        assert_eq!(rows.count(), 1, "{}", fault.name());
        assert_eq!(Fault::from_name(fault.name()), Some(*fault));
    }
}

/// Faults that the matrix of the corpus does not show, because they are about what no case of it
/// has: options that are left out, out of place or scale the window, numbers of the past, damage, other
/// addresses, ICMP.
const BESIDE_THE_MATRIX: &[Fault] = &[
    Fault::SynWindowScaled,
    Fault::OldWindowTaken,
    Fault::DefaultMssTooLarge,
    Fault::PawsSkipped,
    Fault::UnstampedResets,
    Fault::OutdatedRejected,
    Fault::ScaledTextDropped,
    Fault::StampedTextDropped,
    Fault::MssOfDataTaken,
    Fault::ScaledWindowTooLarge,
    Fault::ChecksumIgnored,
    Fault::SoftErrorAborts,
    Fault::QuenchAborts,
    Fault::HardErrorIgnored,
    Fault::QuoteUnchecked,
    Fault::ForeignErrorAborts,
    Fault::ErrorAnswered,
    Fault::AnswersBroadcast,
];

/// Every case of the matrix.
fn matrix() -> Vec<Case> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let directories = std::fs::read_dir(corpus).expect("the corpus");
    let paths = directories.map(|directory| directory.expect("an entry").path());
    let mut files: Vec<PathBuf> = paths
        .flat_map(|path| ["edges.scn", "cases.scn"].map(|name| path.join(name)))
        .filter(|path| path.exists())
        .collect();
    files.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("a text");
        text.parse::<Cases>().expect("a text of cases").0
    };
    files.iter().flat_map(read).collect()
}

#[test]
fn the_matrix_of_the_corpus_shows_nine_of_ten_faults_that_are_about_it() {
    let cases = matrix();
    let mut oracle = Oracle::new(KnownDeviations::default());
    let about = |fault: &&Fault| !BESIDE_THE_MATRIX.contains(fault);
    let (mut asked, mut unseen) = (0, Vec::new());
    for fault in Fault::ALL.iter().filter(about) {
        asked += 1;
        let mut runner = Runner::new(|| Reference::with_fault(*fault));
        let shown = cases.iter().any(|case| {
            let judgment = oracle.judge(runner.run(&case.scenario));
            matches!(judgment.verdict, Verdict::Deviates(_)) || !judgment.missed.is_empty()
        });
        if !shown {
            unseen.push(fault.name());
        }
    }
    assert!(
        unseen.len() <= asked / 10,
        "of {asked} faults no case shows {unseen:?}"
    );
}
