//! A stack, its peer and an oracle together: runs a conversation and judges what is seen.

use super::Conversation;
use super::ends::Complaint;
use super::talk::Talk;
use crate::harness::{Fault, FaultKey};
use crate::oracle::{Judgment, KnownDeviations, Oracle, Verdict};
use crate::stack::Stack;
use crate::trace::Trace;

/// Runs conversations on one stack and judges them.
pub struct Judge<S> {
    talk: Talk<S>,
    oracle: Oracle,
}

/// What is said of a conversation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judged {
    /// What the oracle says of the trace.
    pub judgment: Judgment,
    /// What is wrong with what the users got.
    pub complaints: Vec<Complaint>,
    /// The same, of a conversation in which the stack has deviated as it is known to, or of which
    /// nothing can be said: what came of that is no news.
    pub known: Vec<Complaint>,
}

/// Something that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Flaw {
    /// The oracle says so.
    Fault(Fault),
    /// A user does.
    Complaint(Complaint),
}

/// By what a flaw is known again.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Key {
    Fault(FaultKey),
    Complaint(&'static str),
}

/// A flaw that a run brought to light, once, with the conversation that shows it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What is wrong.
    pub flaw: Flaw,
    /// The number of the conversation that showed it first.
    pub index: u64,
    /// How many showed it.
    pub count: u64,
    /// The conversation, made simpler as far as it still shows it.
    pub conversation: Conversation,
    /// What was seen of it.
    pub trace: Trace,
    /// It showed again whenever the conversation was held again; where time is real, what did not
    /// counts with `strict` only.
    pub repeatable: bool,
}

impl Finding {
    /// Whether it fails a run.
    pub fn counts(&self, strict: bool) -> bool {
        self.flaw.counts(strict) && (self.repeatable || strict)
    }
}

impl Flaw {
    /// The event of the trace to point at.
    pub fn event(&self, trace: &Trace) -> Option<usize> {
        match self {
            Flaw::Fault(fault) => fault.event(trace),
            Flaw::Complaint(complaint) => Some(complaint.event),
        }
    }

    /// Whether it fails a run; with `strict`, what is only recommended does too.
    pub fn counts(&self, strict: bool) -> bool {
        match self {
            Flaw::Fault(Fault::Missed(_)) => strict,
            Flaw::Fault(Fault::Deviation(_) | Fault::Broken(_)) | Flaw::Complaint(_) => true,
        }
    }

    pub(super) fn key(&self) -> Key {
        match self {
            Flaw::Fault(fault) => Key::Fault(fault.key()),
            Flaw::Complaint(complaint) => Key::Complaint(complaint.what),
        }
    }
}

impl Judged {
    /// Everything that is wrong: what the oracle says first.
    pub fn flaws(&self) -> Vec<Flaw> {
        let faults = Fault::all(self.judgment.clone()).into_iter();
        let complaints = self.complaints.iter().cloned().map(Flaw::Complaint);
        faults.map(Flaw::Fault).chain(complaints).collect()
    }

    /// Why nothing can be said, if that is so.
    pub fn inconclusive(&self) -> Option<&str> {
        match &self.judgment.verdict {
            Verdict::Inconclusive(why) => Some(why),
            Verdict::Conforms | Verdict::Deviates(_) | Verdict::Broken(_) => None,
        }
    }
}

impl<S: Stack> Judge<S> {
    /// A judge of the stacks that `make` gives, which knows of these deviations.
    pub fn new(make: impl FnMut() -> S + 'static, known: KnownDeviations) -> Judge<S> {
        Judge {
            talk: Talk::new(make),
            oracle: Oracle::new(known),
        }
    }

    /// Runs and judges one conversation.
    pub fn judge(&mut self, conversation: &Conversation) -> Judged {
        let told = self.talk.run(conversation);
        let mut judgment = self.oracle.judge(self.talk.trace());
        if told.held_up {
            judgment.verdict = Verdict::Inconclusive("something else held it up".into());
        } else if told.cut_off && judgment.verdict == Verdict::Conforms {
            judgment.verdict = Verdict::Inconclusive("too much happens in it".into());
        }
        let unclear = matches!(judgment.verdict, Verdict::Inconclusive(_));
        let (complaints, known) = match judgment.known.is_empty() && !unclear {
            true => (told.complaints, Vec::new()),
            false => (Vec::new(), told.complaints),
        };
        Judged {
            judgment,
            complaints,
            known,
        }
    }

    /// Whether the stack lives in real time.
    pub fn is_live(&self) -> bool {
        self.talk.is_live()
    }

    /// What was seen in the last conversation.
    pub fn trace(&self) -> &Trace {
        self.talk.trace()
    }
}
