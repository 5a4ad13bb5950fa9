//! Every fault that can be switched on in the reference stack is caught by the oracle, by the right
//! requirement, on a scenario of a few lines on which the faultless stack conforms.

use std::path::{Path, PathBuf};

use tcprove::harness::Runner;
use tcprove::oracle::{Judgment, KnownDeviations, Oracle, Verdict};
use tcprove::proof::{Witness, broken, witnesses};
use tcprove::report::ladder;
use tcprove::scenario::{Case, Cases, Scenario};
use tcprove::spec::Req;
use tcprove::stack::reference::{Fault, Reference};

/// The scenario of a witness.
fn scenario(witness: &Witness) -> Scenario {
    match witness.scenario() {
        Ok(scenario) => scenario,
        Err(error) => panic!("{}: {error}", witness.steps),
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

/// The requirements that the checks rest on which are not met, musts first.
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
    for witness in witnesses() {
        let Witness {
            fault, requirement, ..
        } = witness;
        let (judgment, ladder) = judged(Some(fault), &scenario(&witness));
        let right = match witness.directly {
            true => caught(&judgment) == [requirement],
            false => broken(&judgment).contains(requirement),
        };
        if !right {
            wrong.push(format!(
                "{}: {:?}, with {:?}, instead of {requirement}, {:?}\n{ladder}",
                fault.name(),
                caught(&judgment),
                broken(&judgment),
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
    let mut wrong = Vec::new();
    for witness in witnesses() {
        let (judgment, ladder) = judged(None, &scenario(&witness));
        if judgment.verdict != Verdict::Conforms || !judgment.missed.is_empty() {
            wrong.push(format!("{}: {judgment:#?}\n{ladder}", witness.fault.name()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fault_has_a_witness_and_a_name_of_its_own() {
    for fault in Fault::ALL {
        let own = fault.requirement();
        let mut found =
            witnesses().filter(|known| known.fault == *fault && known.requirement == own);
        assert!(found.next().is_some(), "{}", fault.name());
        assert_eq!(Fault::from_name(fault.name()), Some(*fault));
    }
}

/// Faults that the matrix of the corpus does not show, because they are about what no case of it
/// has: options that are left out, out of place or scale the window, numbers of the past, long round
/// trips, damage, other addresses, ICMP and other reports, ECN, flights of several segments and what is
/// lost of them, flags of SEND and what the user asks.
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
    Fault::UnknownOptionDropped,
    Fault::IpOptionsDropped,
    Fault::MalformedOptionShiftsText,
    Fault::WindowInSixteenBits,
    Fault::PaddedMssMissed,
    Fault::RoundTripIgnored,
    Fault::AmbiguousSampleTaken,
    Fault::FillerNotEchoed,
    Fault::EchoGoesBack,
    Fault::TimestampWrapForgotten,
    Fault::ScalesAlone,
    Fault::ShiftUnlimited,
    Fault::HalfEcnSynDropped,
    Fault::InitialWindowLarge,
    Fault::HandshakeGrowsWindow,
    Fault::SlowStartTooFast,
    Fault::LostSynsIgnored,
    Fault::TimeoutKeepsWindow,
    Fault::TimeoutGrowsFast,
    Fault::ThresholdHigh,
    Fault::NoFastRetransmit,
    Fault::FastRetransmitsAll,
    Fault::RecoveryBursts,
    Fault::RecoveryNotDeflated,
    Fault::AvoidanceTooFast,
    Fault::PartialAckWaits,
    Fault::FastRetransmitsAgain,
    Fault::PauseKeepsWindow,
    Fault::BareDuplicateSends,
    Fault::DuplicatesSendMore,
    Fault::SackIgnored,
    Fault::SackedResent,
    Fault::ThreeSecondsForgotten,
    Fault::TimeoutForgotten,
    Fault::NagleAlways,
    Fault::IsnShared,
    Fault::TtlIgnored,
    Fault::DscpIgnored,
    Fault::DscpFixed,
    Fault::DscpAltered,
    Fault::DscpMistold,
    Fault::UrgentUnsent,
    Fault::UrgentUnreported,
    Fault::UrgentReportedAgain,
    Fault::UrgentRemainderWrong,
    Fault::UrgentPointsAtLast,
    Fault::UrgentEndsLater,
    Fault::UrgentGoesBack,
    Fault::UrgentAfterFin,
    Fault::ClosedWindowNotUrgent,
    Fault::PushFlagIgnored,
    Fault::SoftErrorUnreported,
    Fault::RetransmissionUnreported,
    Fault::ReportWithoutCause,
    Fault::ReportsStayOn,
    Fault::ReportedTooEarly,
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
