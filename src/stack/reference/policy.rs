//! What the reference stack does where the standard leaves a choice.
//!
//! A [`Policy`] is a set of [`Choice`]s. Without any the reference does the first thing that the
//! model allows; each choice makes it do one other thing, which is conforming as well. A choice
//! between states that may follow is made here, by the requirement that the branch rests on; a
//! choice of what to send, or when, is asked for where it is sent. What a stack has to declare
//! about itself follows from the policy.

use crate::model::Tcb;
use crate::model::tcb::Branches;
use crate::spec::{Req, req};
use crate::stack::{Broken, Profile};
use crate::time::Micros;

/// How long FIN-WAIT-2 lasts with [`Choice::FinWait2TimesOut`].
const FIN_WAIT_2: Micros = Micros::secs(20);
/// How long an orphan lasts with [`Choice::OrphansTimeOut`].
const ORPHAN: Micros = Micros::secs(30);
/// How long a handshake lasts with [`Choice::SynTimesOut`] (RFC9293-MUST-23).
const SYN_R2: Micros = Micros::secs(180);

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
    /// What it resets itself lingers in TIME-WAIT.
    LingersAfterReset = "lingers-after-reset";
    /// CLOSE ends receiving too; what is lost by it is told with a reset.
    HalfDuplexClose = "half-duplex-close";
    /// The peer's FIN is waited for no longer than [`FIN_WAIT_2`].
    FinWait2TimesOut = "fin-wait-2-times-out";
    /// After CLOSE a connection is given up when nothing is heard for [`ORPHAN`].
    OrphansTimeOut = "orphans-time-out";
    /// A handshake is given up after [`SYN_R2`].
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
    /// A segment without the timestamps that were agreed upon is accepted.
    TakesUnstamped = "takes-unstamped";
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
}

impl Choice {
    /// Whether this choice is for a branch that rests on this requirement.
    fn prefers(self, by: Req) -> bool {
        match self {
            Choice::ReopensTimeWait => by == req::RFC9293_MAY_2,
            Choice::IgnoresResetInTimeWait => by == req::RFC1337_3_P01,
            Choice::TakesBeyondWindow => by == req::RFC7323_2_4_2,
            Choice::RefusesAtEdge => by == req::RFC9293_3_5_2_P03,
            Choice::DropsMisplacedOptions => by == req::RFC9293_MUST_7,
            _ => false,
        }
    }

    /// Whether this choice is against a branch that rests on this requirement.
    fn avoids(self, by: Req) -> bool {
        match self {
            Choice::SkipsPaws | Choice::PredictsHeaders => by == req::RFC7323_5_3_2,
            Choice::TakesUnstamped => by == req::RFC7323_3_2_7,
            Choice::DropsAhead => by == req::RFC9293_MUST_59,
            Choice::IgnoresAckAtClosedWindow => by == req::RFC9293_3_10_7_4_P04,
            _ => false,
        }
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

    /// The policy that belongs to a seed: each choice once in four times, and none for seed 0.
    pub fn drawn(seed: u64) -> Policy {
        if seed == 0 {
            return Policy::PLAIN;
        }
        let bits = |salt: u64| seed.wrapping_add(salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (a, b) = (bits(1), bits(1 << 32));
        let all = (1u64 << (Choice::ALL.len() - 1)) * 2 - 1;
        Policy(a & b.rotate_left(32) & all)
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
    }

    /// Which of what the model allows is done: the first that a choice is for, else the first.
    pub(super) fn pick(self, branches: &Branches, what: &str) -> Result<Tcb, Broken> {
        let chosen = |(_, by): &&(Tcb, Req)| self.choices().any(|choice| choice.prefers(*by));
        let fine = |(_, by): &&(Tcb, Req)| !self.choices().any(|choice| choice.avoids(*by));
        let first = || branches.iter().next();
        // Where a reset is recommended, what comes after it is to be avoided.
        let reset = branches
            .iter()
            .position(|(_, by)| *by == req::RFC9293_SHLD_3);
        let open = || branches.iter().take(reset.map_or(usize::MAX, |at| at + 1));
        let other = || open().find(fine).or_else(first);
        let found = match self.0 {
            0 => first(),
            _ => open().find(chosen).or_else(other),
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
            assert!((700..=1_300).contains(&count), "{}: {count}", choice.name());
        }
        assert_eq!(Policy::drawn(0), Policy::PLAIN);
    }
}
