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
use crate::stack::Broken;

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
}

impl Choice {
    /// Whether this choice is for a branch that rests on this requirement.
    fn prefers(self, by: Req) -> bool {
        match self {
            Choice::ReopensTimeWait => by == req::RFC9293_MAY_2,
            Choice::IgnoresResetInTimeWait => by == req::RFC1337_3_P01,
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

    /// Which of what the model allows is done: the first that a choice is for, else the first.
    pub(super) fn pick(self, branches: &Branches, what: &str) -> Result<Tcb, Broken> {
        let chosen = |(_, by): &&(Tcb, Req)| self.choices().any(|choice| choice.prefers(*by));
        let first = || branches.iter().next();
        let found = match self.0 {
            0 => first(),
            _ => branches.iter().find(chosen).or_else(first),
        };
        match found {
            Some((tcb, _)) => Ok(*tcb),
            None => Err(Broken(format!("the model has no answer to {what}"))),
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
