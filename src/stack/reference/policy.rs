//! What the reference stack does where the standard leaves a choice.
//!
//! A [`Policy`] is a set of [`Choice`]s. Without any the reference does the first thing that the
//! model allows; each choice makes it do one other thing, which is conforming as well. A choice
//! between states that may follow is made here, by the requirement that the branch rests on; a
//! choice of what to send, or when, is asked for where it is sent. What a stack has to declare
//! about itself follows from the policy.

use super::isn::mix;
use crate::model::Tcb;
use crate::model::tcb::Branches;
use crate::spec::{Req, req};
use crate::stack::{Admission, Broken, Profile, RstRule};
use crate::time::Micros;

/// How long FIN-WAIT-2 lasts with [`Choice::FinWait2TimesOut`].
const FIN_WAIT_2: Micros = Micros::secs(20);
/// How long an orphan lasts with [`Choice::OrphansTimeOut`].
const ORPHAN: Micros = Micros::secs(30);
/// How long a handshake lasts with [`Choice::SynTimesOut`] (RFC9293-MUST-23).
const SYN_R2: Micros = Micros::secs(180);

/// The interval of [`Choice::LimitsChallenges`] and [`Choice::LimitsResets`].
const QUIET: Micros = Micros::secs(1);
/// The least MSS with [`Choice::RaisesSmallMss`].
const MSS_FLOOR: u16 = 256;

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// One thing that the reference stack does otherwise than it usually does, as it may.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Choice {
            $($(#[$doc])* $name,)*
        }

        impl Choice {
            /// All of them.
            pub const ALL: &'static [Choice] = &[$(Choice::$name),*];

            /// Its name, in kebab case.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Choice::$name => $text,)*
                }
            }
        }
    };
}

choices! {
    /// A SYN in TIME-WAIT opens a new incarnation where it may.
    ReopensTimeWait = "reopens-time-wait";
    /// A reset in TIME-WAIT is ignored (RFC 1337).
    IgnoresResetInTimeWait = "ignores-reset-in-time-wait";
    /// A reset that echoes another timestamp than was sent is ignored (RFC 7323 section 5.2).
    ChecksEchoOfResets = "checks-echo-of-resets";
    /// What it resets itself lingers in TIME-WAIT.
    LingersAfterReset = "lingers-after-reset";
    /// CLOSE ends receiving too; what is lost by it is told with a reset.
    HalfDuplexClose = "half-duplex-close";
    /// The peer's FIN is waited for no longer than `FIN_WAIT_2`.
    FinWait2TimesOut = "fin-wait-2-times-out";
    /// After CLOSE a connection is given up when nothing is heard for `ORPHAN`.
    OrphansTimeOut = "orphans-time-out";
    /// A handshake is given up after `SYN_R2`.
    SynTimesOut = "syn-times-out";
    /// Whoever gives up sends no reset.
    GivesUpSilently = "gives-up-silently";
    /// A second CLOSE is no error.
    ClosesTwice = "closes-twice";
    /// ABORT sends a reset in CLOSING, LAST-ACK and TIME-WAIT too.
    AbortsAloud = "aborts-aloud";
    /// ABORT's reset carries no ACK.
    AbortsWithoutAck = "aborts-without-ack";
    /// What was received before a reset can still be read.
    ReadsAfterReset = "reads-after-reset";
    /// SEND takes nothing before the connection is established.
    SendsNothingEarly = "sends-nothing-early";
    /// A hard ICMP error ends the connection in every state, not only in SYN-SENT.
    HardErrorsEndAll = "hard-errors-end-all";
    /// A window that grows with what has arrived, instead of all that is free.
    GrowsWindow = "grows-window";
    /// Text beyond such a window is taken as far as there is room.
    TakesBeyondWindow = "takes-beyond-window";
    /// What crosses an edge, or lies right at one, is refused whole.
    RefusesAtEdge = "refuses-at-edge";
    /// At a closed window the acknowledgment of text is not used.
    IgnoresAckAtClosedWindow = "ignores-ack-at-closed-window";
    /// Text ahead of a gap is reported, and then forgotten.
    DropsAhead = "drops-ahead";
    /// A segment is accepted however old its acknowledgment is.
    TakesAncientAcks = "takes-ancient-acks";
    /// Old timestamps are accepted.
    SkipsPaws = "skips-paws";
    /// The next segment in order is accepted before its timestamp is looked at.
    PredictsHeaders = "predicts-headers";
    /// A segment with an option that has no business there is dropped.
    DropsMisplacedOptions = "drops-misplaced-options";
    /// Every segment is acknowledged at once.
    AcksEverySegment = "acks-every-segment";
    /// An acknowledgment is delayed as long as may be, that of a FIN as well.
    DelaysAcksLong = "delays-acks-long";
    /// Text does not acknowledge what still waits for its own acknowledgment.
    NeverPiggybacks = "never-piggybacks";
    /// SACK is negotiated, and never used.
    NeverReports = "never-reports";
    /// No window update is sent when the user reads.
    NeverUpdatesWindow = "never-updates-window";
    /// Of answers to what is unacceptable only the first in `QUIET` is given.
    LimitsChallenges = "limits-challenges";
    /// Of resets in answer only the first in `QUIET` is sent.
    LimitsResets = "limits-resets";
    /// A reset in answer to an ACK acknowledges as well.
    ResetsAcknowledge = "resets-acknowledge";
    /// A reset whose text reaches into the window is trimmed, and then is exact.
    TrimsResets = "trims-resets";
    /// A SYN in the window resets the connection, as RFC 793 had it.
    SynResets = "syn-resets";
    /// A SYN in TIME-WAIT that opens nothing is dropped in silence (RFC 6191).
    DropsSynInTimeWait = "drops-syn-in-time-wait";
    /// What arrives in TIME-WAIT does not start it anew.
    TimeWaitRunsOn = "time-wait-runs-on";
    /// A SYN offers MSS and nothing else.
    PlainSyn = "plain-syn";
    /// The options of a SYN stand in another order, and end with an end of list.
    ReordersSynOptions = "reorders-syn-options";
    /// A SYN that comes again offers MSS only, and what was offered before counts no more.
    DropsSynOptions = "drops-syn-options";
    /// A SYN that comes again offers MSS only, and what was offered before still counts.
    HidesSynOptions = "hides-syn-options";
    /// A small MSS of the peer is taken for `MSS_FLOOR`.
    RaisesSmallMss = "raises-small-mss";
    /// Text and FIN on a SYN are kept until the handshake is complete.
    KeepsWhatSynCarries = "keeps-what-syn-carries";
    /// Text on a SYN,ACK is taken at once.
    TakesTextOfSynAck = "takes-text-of-syn-ack";
    /// A SYN with FIN, URG or PSH is dropped whole; and now and then any, as by a full backlog.
    DropsSyns = "drops-syns";
    /// Now and then a SYN is refused, as by a full backlog.
    RefusesSyns = "refuses-syns";
    /// Now and then the ACK of a SYN,ACK is ignored, as by a full backlog.
    IgnoresFinalAck = "ignores-final-ack";
    /// A SYN,ACK is not sent again, as with SYN cookies.
    ForgetsHandshakes = "forgets-handshakes";
    /// The SYN carries text.
    TextOnSyn = "text-on-syn";
    /// A SYN that comes again is answered by an ACK, and not by the SYN,ACK.
    AcksSynAgain = "acks-syn-again";
    /// A SYN that comes again right after the SYN,ACK is not answered.
    IgnoresSynAgain = "ignores-syn-again";
    /// A new SYN in SYN-RECEIVED leads back to LISTEN in silence.
    ReturnsToListen = "returns-to-listen";
    /// A new SYN in SYN-RECEIVED is answered by a reset.
    ResetsNewSyn = "resets-new-syn";
    /// A wrong acknowledgment in SYN-RECEIVED is answered by an ACK.
    AcksBadAck = "acks-bad-ack";
    /// What the second of two crossing SYNs offers counts.
    TakesOptionsOfSecondSyn = "takes-options-of-second-syn";
    /// The handshake ends with an ACK of its own, text or not.
    BareThirdSegment = "bare-third-segment";
    /// CLOSE in SYN-RECEIVED sends its FIN at once.
    ClosesEarly = "closes-early";
    /// A SYN offers ECN.
    OffersEcn = "offers-ecn";
    /// ECN is not agreed to.
    DeclinesEcn = "declines-ecn";
}

impl Choice {
    /// Whether this choice is for a branch that rests on this requirement.
    fn prefers(self, by: Req) -> bool {
        match self {
            Choice::ReopensTimeWait => by == req::RFC9293_MAY_2,
            Choice::IgnoresResetInTimeWait => by == req::RFC1337_3_P01,
            Choice::ChecksEchoOfResets => by == req::RFC7323_5_2_6,
            Choice::TakesBeyondWindow => by == req::RFC7323_2_4_2,
            Choice::RefusesAtEdge => by == req::RFC9293_3_5_2_P03,
            Choice::DropsMisplacedOptions => by == req::RFC9293_MUST_7,
            Choice::TrimsResets => by == req::RFC9293_3_10_7_4_1,
            Choice::DropsSynInTimeWait => by == req::RFC6191_2_6,
            Choice::HidesSynOptions => by == req::RFC7323_2_2_3,
            Choice::KeepsWhatSynCarries => by == req::RFC9293_3_10_7_2_P04,
            Choice::TakesTextOfSynAck => by == req::RFC9293_3_10_7_3_P05,
            Choice::DropsSyns => by == req::RFC9293_3_10_7_2_P05,
            Choice::RefusesSyns | Choice::ResetsNewSyn => by == req::RFC9293_3_5_2_P02,
            Choice::IgnoresFinalAck => by == req::RFC9293_3_8_3_1,
            Choice::ReturnsToListen => by == req::RFC9293_3_10_7_4_P05,
            Choice::TakesOptionsOfSecondSyn => by == req::RFC9293_MUST_10,
            _ => false,
        }
    }

    /// Whether this choice is against a branch that rests on this requirement.
    fn avoids(self, by: Req) -> bool {
        match self {
            Choice::SkipsPaws | Choice::PredictsHeaders => by == req::RFC7323_5_3_2,
            Choice::DropsAhead => by == req::RFC9293_MUST_59,
            Choice::IgnoresAckAtClosedWindow => by == req::RFC9293_3_10_7_4_P04,
            _ => false,
        }
    }
}

impl Choice {
    /// Whether it is about a listener with limits.
    fn limits_listener(self) -> bool {
        self.is_occasional() || self == Choice::ForgetsHandshakes
    }

    /// Whether it is made now and then only, for else nothing would ever come of a SYN.
    fn is_occasional(self) -> bool {
        matches!(
            self,
            Choice::DropsSyns | Choice::RefusesSyns | Choice::IgnoresFinalAck
        )
    }
}

/// A set of choices.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Policy(u64);

impl Policy {
    /// No choice at all.
    pub const PLAIN: Policy = Policy(0);

    /// This one choice.
    pub const fn only(choice: Choice) -> Policy {
        Policy(1 << choice as u32)
    }

    /// These choices, and those of another.
    pub const fn and(self, other: Policy) -> Policy {
        Policy(self.0 | other.0)
    }

    /// The policy that belongs to a seed: each choice once in four times, those of a listener with
    /// limits once in sixteen, and none for seed 0.
    pub fn drawn(seed: u64) -> Policy {
        if seed == 0 {
            return Policy::PLAIN;
        }
        let often = mix(seed, 1) & mix(seed, 2);
        let seldom = mix(seed, 3) & mix(seed, 4);
        let all = Choice::ALL.iter();
        let all = all.fold(0, |all, choice| all | Policy::only(*choice).0);
        let limits = Choice::ALL.iter().filter(|choice| choice.limits_listener());
        let limits = limits.fold(0, |set, choice| set | Policy::only(*choice).0);
        Policy(often & all & (seldom | !limits))
    }

    /// The same without what keeps a conversation from coming about, or from coming to its end: a
    /// listener with limits, a handshake that is begun anew or not answered, options that count for
    /// one side only or have a segment dropped, a connection that is given up while the other side
    /// has something to say.
    pub fn steady(self) -> Policy {
        let unsteady = [
            Choice::DropsSyns,
            Choice::RefusesSyns,
            Choice::IgnoresFinalAck,
            Choice::ForgetsHandshakes,
            Choice::ReturnsToListen,
            Choice::ResetsNewSyn,
            Choice::DropsSynOptions,
            Choice::HidesSynOptions,
            Choice::SynResets,
            Choice::IgnoresSynAgain,
            Choice::DropsMisplacedOptions,
            Choice::FinWait2TimesOut,
            Choice::OrphansTimeOut,
            Choice::SynTimesOut,
            Choice::HalfDuplexClose,
        ];
        let without = |policy, choice| Policy(policy & !Policy::only(choice).0);
        let left = unsteady.into_iter();
        left.fold(self, |policy, choice| without(policy.0, choice))
    }

    /// Whether it has this choice.
    pub const fn has(self, choice: Choice) -> bool {
        self.0 & 1 << choice as u32 != 0
    }

    /// The choices.
    pub fn choices(self) -> impl Iterator<Item = Choice> {
        Choice::ALL.iter().copied().filter(move |it| self.has(*it))
    }

    /// Whether it has this choice, as an interval: none without it.
    fn span(self, choice: Choice, span: Micros) -> Option<Micros> {
        self.has(choice).then_some(span)
    }

    /// What has to be declared because of it.
    pub(super) fn declare(self, profile: &mut Profile) {
        profile.lingers_after_reset = self.has(Choice::LingersAfterReset);
        profile.half_duplex_close = self.has(Choice::HalfDuplexClose);
        profile.fin_wait_2_timeout = self.span(Choice::FinWait2TimesOut, FIN_WAIT_2);
        profile.orphan_timeout = self.span(Choice::OrphansTimeOut, ORPHAN);
        profile.syn_timeout = self.span(Choice::SynTimesOut, SYN_R2);
        profile.challenge_quiet = self
            .span(Choice::LimitsChallenges, QUIET)
            .unwrap_or_default();
        profile.reset_quiet = self.span(Choice::LimitsResets, QUIET).unwrap_or_default();
        profile.text_on_syn = self.has(Choice::TextOnSyn);
        if self.has(Choice::SynResets) {
            profile.syn = RstRule::Rfc793;
        }
        if self.has(Choice::PlainSyn) {
            profile.window_scale = None;
        }
        if self.has(Choice::RaisesSmallMss) {
            profile.mss_floor = MSS_FLOOR;
        }
        let limits = [
            Choice::DropsSyns,
            Choice::RefusesSyns,
            Choice::IgnoresFinalAck,
        ];
        if self.has(Choice::ForgetsHandshakes) {
            profile.admission = Admission::Cookies;
        } else if limits.iter().any(|choice| self.has(*choice)) {
            profile.admission = Admission::Limited;
        }
    }

    /// Which of what the model allows is done: the first that a choice is for, else the first.
    /// `now` says whether what is done now and then is done.
    pub(super) fn pick(self, branches: &Branches, now: bool, what: &str) -> Result<Tcb, Broken> {
        let wants = |choice: Choice, by| (now || !choice.is_occasional()) && choice.prefers(by);
        let chosen = |(_, by): &(&Tcb, &Req)| self.choices().any(|choice| wants(choice, **by));
        let fine = |(_, by): &(&Tcb, &Req)| !self.choices().any(|choice| choice.avoids(**by));
        let first = || branches.iter().next();
        // Where a reset is recommended, what comes after it is to be avoided.
        let reset = branches
            .iter()
            .position(|(_, by)| *by == req::RFC9293_SHLD_3);
        let open = || branches.iter().take(reset.map_or(usize::MAX, |at| at + 1));
        let other = || open().find(fine).or_else(first);
        // What lacks the timestamps agreed upon is to be dropped, whatever else may be done with it.
        let unstamped = || branches.iter().find(|(_, by)| **by == req::RFC7323_3_2_7);
        let found = match self.0 {
            0 => first(),
            _ => unstamped().or_else(|| open().find(chosen)).or_else(other),
        };
        match found {
            Some((tcb, _)) => Ok(*tcb),
            None => Err(Broken(format!("the model has no answer to {what}").into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_each_choice_about_once_in_four_times() {
        for &choice in Choice::ALL {
            let drawn = (1..=4_000).filter(|seed| Policy::drawn(*seed).has(choice));
            let count = drawn.count();
            let about = match choice.limits_listener() {
                true => 250,
                false => 1_000,
            };
            let near = about * 7 / 10..=about * 13 / 10;
            assert!(near.contains(&count), "{}: {count}", choice.name());
        }
        assert_eq!(Policy::drawn(0), Policy::PLAIN);
    }
}
