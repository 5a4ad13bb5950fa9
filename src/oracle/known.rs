//! Known deviations: what a stack is known to do against the standard, as data.
//!
//! A file holds the deviations of one stack. Each entry is as narrow as the bug: requirement,
//! state, event and what came instead, and it says how the oracle goes on, so that one known bug
//! does not hide the next. Its witness is a scenario of the corpus; an entry whose witness no
//! longer shows it is stale.

mod silent;
mod told;

use std::fmt;

use serde::Deserialize;

pub use told::Told;

use super::verdict::{Instead, Shape};
use super::worlds::Happening;
use crate::model::{
    AckClass, Entries, ErrorClass, EventClass, Marks, QuoteClass, SeqClass, State, Tcb,
};
use crate::spec::{self, Req};
use crate::wire::Flags;

/// The known deviations of one stack, in the order of its file.
#[derive(Clone, Debug, Default)]
pub struct KnownDeviations {
    entries: Vec<Known>,
    silent: silent::Silent,
}

/// One known deviation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// A short name.
    pub name: String,
    /// The requirement that is not met.
    pub requirement: Named<Req>,
    /// Further requirements that the same behaviour breaks, in the same states and events.
    #[serde(default)]
    pub also: Vec<Named<Req>>,
    /// In which states.
    pub state: Vec<Named<State>>,
    /// In answer to what; any of these.
    pub event: Vec<EventPattern>,
    /// What came instead.
    pub instead: Vec<Named<Instead>>,
    /// How the oracle goes on.
    pub then: Then,
    /// What happened shows only later, in an answer to something else, so the oracle follows
    /// that possibility from the start, beside those that are allowed. `ignored`, `refused`,
    /// `closed` and `stop` may be silent; what changes no more than how a segment is taken always is.
    #[serde(default)]
    pub silently: bool,
    /// Only on a socket that was used before: it was opened twice, or sent SYNs with different
    /// numbers.
    #[serde(default)]
    pub reused: bool,
    /// Only while the stack may hold text back: some was queued and not sent, or has to be sent
    /// again.
    #[serde(default)]
    pub held: bool,
    /// What is special about the segment that came instead: all of these.
    #[serde(default)]
    pub told: Vec<Named<Told>>,
    /// With `instead = ["broken"]`: what the breakage says of itself contains this.
    #[serde(default)]
    pub message: Option<String>,
    /// What the stack does, against which requirement, and how that was confirmed.
    pub reason: String,
    /// Where it was reported, if it was.
    #[serde(default)]
    pub reported: Option<String>,
    /// The scenario that shows it, by its path below the corpus.
    pub witness: String,
}

/// Which events an entry is about. What is left out may be anything.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventPattern {
    /// `segment`, `icmp`, `time`, or a user call: `listen`, `connect`, `send`, `receive`, `close`,
    /// `abort`, `status`.
    on: On,
    /// Flags that are set, of SYN FIN RST ACK.
    #[serde(default)]
    set: Option<Named<Flags>>,
    /// Flags that are not set.
    #[serde(default)]
    clear: Option<Named<Flags>>,
    /// Whether there is text.
    #[serde(default)]
    text: Option<bool>,
    /// Where the sequence numbers lie.
    #[serde(default)]
    seq: Option<Vec<Named<SeqClass>>>,
    /// Where the acknowledgment lies.
    #[serde(default)]
    ack: Option<Vec<Named<AckClass>>>,
    /// What else is special about the event; any of these.
    #[serde(default)]
    marked: Option<Vec<Named<Marks>>>,
    /// What class an ICMP error is of.
    #[serde(default)]
    error: Option<Vec<Named<ErrorClass>>>,
    /// Which segment an ICMP error is about.
    #[serde(default)]
    quote: Option<Vec<Named<QuoteClass>>>,
}

/// The kind of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum On {
    Segment,
    Icmp,
    Listen,
    Connect,
    Send,
    Receive,
    Close,
    Abort,
    Status,
    Time,
}

/// What an entry is held against, beside the shape of what happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Aside {
    /// The socket was used before.
    pub reused: bool,
    /// The stack may hold text back.
    pub held: bool,
    /// What is special about the last input.
    pub marks: Marks,
    /// What is special about the segment that the stack sends.
    pub told: Told,
}

impl Aside {
    /// Of a connection on a socket that was used before, or not.
    pub fn of(reused: bool, tcb: &Tcb) -> Aside {
        let shrunk = tcb.send_edge().before(tcb.snd.nxt);
        let again = (tcb.rtx.recovering || shrunk) && tcb.snd.una != tcb.snd.nxt;
        Aside {
            reused,
            held: again || tcb.queue_end().after(tcb.snd.nxt),
            marks: tcb.input.marks.with(Marks::of_fault(tcb)),
            told: Told::NONE,
        }
    }

    /// Of such a connection to which something happens.
    pub(super) fn met(reused: bool, tcb: &Tcb, what: Happening<'_>) -> Aside {
        Aside {
            told: Told::by(tcb, what),
            ..Aside::of(reused, tcb)
        }
    }
}

/// How the oracle goes on after a known deviation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Then {
    /// The last input had no effect on the connection at all, and drew no answer.
    Ignored,
    /// The last input had no effect on the connection but to draw an acknowledgment, or the reset
    /// that came instead.
    Refused,
    /// What was owed is not owed any more; a segment that cannot be explained is passed over.
    /// The connection is otherwise as the model has it.
    Forgiven,
    /// The connection is gone.
    Closed,
    /// What the requirement asks of this one segment is not asked; all else is.
    Pardoned,
    /// The window that the segment offers is taken, though it must not be.
    Window,
    /// The window that the segment offers is not taken, though it must be.
    Kept,
    /// The segment is taken for acceptable, though it lies outside the window.
    Accepted,
    /// The acknowledgment counts wherever the text lies, and the text whatever is acknowledged.
    Apart,
    /// The segment is held against the window of the last acknowledgment alone, whatever edge was
    /// advertised before that, or by a probe or keep-alive.
    Narrow,
    /// The segment is taken to its end, wherever the window ends.
    Wide,
    /// The last input had no effect on the connection but that its options count, as if they had
    /// come on the peer's SYN.
    Overheard,
    /// The options of the segment count as if they had come on the peer's SYN.
    Options,
    /// TS.Recent follows the segment if it spans what was last acknowledged by anything but a probe or a
    /// keep-alive, and no other, as RFC 1323 had it.
    Recent,
    /// TS.Recent does not follow the segment though it must.
    Past,
    /// A listener on the same port took the segment. Nothing more is said of the connection and of
    /// that listener, until they are opened anew.
    Diverted,
    /// Nothing more is said of the connection, until it is opened anew.
    Stop,
}

impl Then {
    /// Whether an entry that goes on so may be silent, and whether it has to be.
    fn silence(self) -> (bool, bool) {
        match self {
            Then::Ignored | Then::Refused | Then::Closed | Then::Stop => (true, false),
            Then::Window
            | Then::Kept
            | Then::Accepted
            | Then::Apart
            | Then::Narrow
            | Then::Wide
            | Then::Overheard
            | Then::Options
            | Then::Recent
            | Then::Past => (true, true),
            Then::Forgiven | Then::Pardoned | Then::Diverted => (false, false),
        }
    }
}

/// A value that files write by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Named<T>(pub T);

/// Values that have names.
trait FromName: Sized {
    /// The value of that name, or what is wrong with it.
    fn from_name(name: &str) -> Result<Self, String>;
}

fn choose<T: Copy>(what: &str, name: &str, names: &[(T, &str)]) -> Result<T, String> {
    match names.iter().find(|(_, n)| *n == name) {
        Some((value, _)) => Ok(*value),
        None => {
            let all: Vec<&str> = names.iter().map(|(_, n)| *n).collect();
            Err(format!("no {what} `{name}`; there are: {}", all.join(", ")))
        }
    }
}

impl FromName for Req {
    fn from_name(name: &str) -> Result<Req, String> {
        Req::from_id(name).ok_or_else(|| {
            let near: Vec<&str> = spec::suggestions(name).iter().map(|r| r.id()).collect();
            match near.is_empty() {
                true => {
                    format!("no requirement `{name}`; `tcprove list requirements` has them all")
                }
                false => format!(
                    "no requirement `{name}`; did you mean {}?",
                    near.join(" or ")
                ),
            }
        })
    }
}

impl FromName for State {
    fn from_name(name: &str) -> Result<State, String> {
        choose(
            "state",
            name,
            &State::ALL.map(|state| (state, state.name())),
        )
    }
}

impl FromName for Instead {
    fn from_name(name: &str) -> Result<Instead, String> {
        choose("outcome", name, &Instead::NAMES)
    }
}

impl FromName for SeqClass {
    fn from_name(name: &str) -> Result<SeqClass, String> {
        choose("place of a sequence number", name, &SeqClass::NAMES)
    }
}

impl FromName for AckClass {
    fn from_name(name: &str) -> Result<AckClass, String> {
        choose("place of an acknowledgment", name, &AckClass::NAMES)
    }
}

impl FromName for Marks {
    fn from_name(name: &str) -> Result<Marks, String> {
        choose("mark", name, &Marks::NAMES)
    }
}

impl FromName for ErrorClass {
    fn from_name(name: &str) -> Result<ErrorClass, String> {
        choose("class of an ICMP error", name, &ErrorClass::NAMES)
    }
}

impl FromName for QuoteClass {
    fn from_name(name: &str) -> Result<QuoteClass, String> {
        choose("place of a quoted segment", name, &QuoteClass::NAMES)
    }
}

impl FromName for Flags {
    fn from_name(name: &str) -> Result<Flags, String> {
        name.parse()
    }
}

impl<'de, T: FromName> Deserialize<'de> for Named<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Named<T>, D::Error> {
        let name = String::deserialize(deserializer)?;
        T::from_name(&name)
            .map(Named)
            .map_err(serde::de::Error::custom)
    }
}

/// Why a text is no file of known deviations: the message points at the place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownError(String);

impl fmt::Display for KnownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for KnownError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    deviation: Vec<Known>,
}

impl std::str::FromStr for KnownDeviations {
    type Err = KnownError;

    /// Reads the TOML text of a file.
    fn from_str(text: &str) -> Result<KnownDeviations, KnownError> {
        let file: File =
            toml::from_str(text).map_err(|e| KnownError(e.to_string().trim_end().to_owned()))?;
        for known in &file.deviation {
            for (field, value) in [
                ("name", &known.name),
                ("reason", &known.reason),
                ("witness", &known.witness),
            ] {
                if value.trim().is_empty() {
                    return Err(KnownError(format!(
                        "the deviation `{}` ({}) has an empty {field}; say it in a sentence",
                        known.name, known.requirement.0
                    )));
                }
            }
            let breaks = known.instead.iter().any(|i| i.0 == Instead::Broken);
            if breaks != known.message.is_some() {
                return Err(KnownError(format!(
                    "the deviation `{}` has only one of instead = [\"broken\"] and message; say both",
                    known.name
                )));
            }
            let (may, must) = known.then.silence();
            if known.silently && !may || !known.silently && must {
                return Err(KnownError(format!(
                    "the deviation `{}` {} be silent; ignored, refused, closed and stop may be, window, \
                     kept, accepted, apart, narrow, wide, overheard, options, recent and past are, \
                     and no other is",
                    known.name,
                    if must { "has to" } else { "cannot" }
                )));
            }
            let asks = known.held || !known.told.is_empty();
            if asks && (known.silently || breaks) {
                return Err(KnownError(format!(
                    "the deviation `{}` has held = true, or told, which neither a silent one may have \
                     nor one by which the stack breaks",
                    known.name
                )));
            }
            if known.state.is_empty() || known.instead.is_empty() || known.event.is_empty() {
                return Err(KnownError(format!(
                    "the deviation `{}` names no state, no event, or nothing that came instead, so it covers nothing",
                    known.name
                )));
            }
        }
        if file.deviation.len() > KnownDeviations::MOST {
            return Err(KnownError(format!(
                "{} deviations are more than can be told apart; at most {}",
                file.deviation.len(),
                KnownDeviations::MOST
            )));
        }
        Ok(KnownDeviations {
            silent: silent::Silent::of(&file.deviation),
            entries: file.deviation,
        })
    }
}

impl Known {
    /// Every requirement that it is about.
    pub fn breaks(&self) -> impl Iterator<Item = Req> + '_ {
        let also = self.also.iter().map(|also| also.0);
        std::iter::once(self.requirement.0).chain(also)
    }
}

impl KnownDeviations {
    /// So many entries a file may have.
    pub const MOST: usize = Entries::MOST;

    /// The entries.
    pub fn entries(&self) -> &[Known] {
        &self.entries
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The first entry that covers a deviation of this shape on a socket that was used before or
    /// not, and how to go on from there.
    pub fn covers(&self, shape: &Shape, aside: Aside) -> Option<(u16, Then)> {
        let covers = |known: &Known| known.fits(aside) && known.covers(shape, aside.marks);
        let entry = self.entries.iter().position(covers)?;
        Some((entry as u16, self.entries[entry].then))
    }

    /// The entries by which the stack silently does something else with such an event in such a
    /// state, on a socket that was used before or not, and what it does.
    pub fn silent(
        &self,
        state: State,
        event: EventClass,
        aside: Aside,
    ) -> impl Iterator<Item = (u16, Then)> {
        let candidates = self.silent.candidates(state, event).iter();
        candidates
            .map(|entry| (entry, &self.entries[usize::from(entry)]))
            .filter(move |(_, known)| {
                known.fits(aside)
                    && known
                        .event
                        .iter()
                        .any(|pattern| pattern.covers(event, aside.marks))
            })
            .map(|(entry, known)| (entry, known.then))
    }

    /// The entry that covers a breakage in answer to such an event in such a state, or, where
    /// neither can be told any more, in any.
    pub fn covers_breakage(
        &self,
        at: Option<(State, EventClass)>,
        aside: Aside,
        why: &str,
    ) -> Option<u16> {
        let entry = self.entries.iter().position(|known| {
            let message = known.message.as_ref();
            known.fits(aside)
                && known.instead.iter().any(|i| i.0 == Instead::Broken)
                && message.is_some_and(|message| why.contains(message.as_str()))
                && at.is_none_or(|(state, event)| known.happens(state, event, aside.marks))
        })?;
        Some(entry as u16)
    }

    /// The first entry that covers a missed recommendation of this shape.
    pub fn covers_miss(&self, shape: &Shape, reused: bool) -> Option<u16> {
        // What was held back then is not remembered.
        let aside = Aside {
            reused,
            held: true,
            ..Aside::default()
        };
        self.covers(shape, aside).map(|(entry, _)| entry)
    }
}

impl Known {
    /// Whether it is about such a connection, on a socket that was used before or not.
    fn fits(&self, aside: Aside) -> bool {
        let told = self.told.iter().all(|told| aside.told.contains(told.0));
        told && (aside.reused || !self.reused) && (aside.held || !self.held)
    }

    /// Whether it is about such an event in such a state.
    fn happens(&self, state: State, event: EventClass, marks: Marks) -> bool {
        let mut patterns = self.event.iter();
        self.state.iter().any(|s| s.0 == state) && patterns.any(|p| p.covers(event, marks))
    }

    fn covers(&self, shape: &Shape, marks: Marks) -> bool {
        let requirement = self.requirement.0 == shape.requirement
            || self.also.iter().any(|also| also.0 == shape.requirement);
        requirement
            && !self.silently
            && self
                .instead
                .iter()
                .any(|instead| instead.0 == shape.instead)
            && self.happens(shape.state, shape.event, marks)
    }
}

impl EventPattern {
    fn covers(&self, event: EventClass, marks: Marks) -> bool {
        let class = match event {
            EventClass::Segment(class) => class,
            EventClass::Icmp(class) => {
                let (error, quote) = (self.error.as_ref(), self.quote.as_ref());
                return self.on == On::Icmp
                    && error.is_none_or(|error| error.iter().any(|e| e.0 == class.error))
                    && quote.is_none_or(|quote| quote.iter().any(|q| q.0 == class.quote));
            }
            EventClass::Listen
            | EventClass::Connect
            | EventClass::Send
            | EventClass::Receive
            | EventClass::Close
            | EventClass::Abort
            | EventClass::Status
            | EventClass::Ask
            | EventClass::Time => return self.on == On::of(event) && self.has_mark(marks),
        };
        let text = self.text.is_none_or(|text| text == class.text);
        self.on == On::Segment
            && self.has_flags(class.flags())
            && text
            && self.has_seq(class.seq)
            && self.has_ack(class.ack)
            && self.has_mark(marks)
    }

    fn has_flags(&self, flags: Flags) -> bool {
        let set = self.set.is_none_or(|set| flags.contains(set.0));
        set && self.clear.is_none_or(|clear| !flags.intersects(clear.0))
    }

    fn has_seq(&self, class: SeqClass) -> bool {
        let seq = self.seq.as_ref();
        seq.is_none_or(|seq| seq.iter().any(|s| s.0 == class))
    }

    fn has_mark(&self, marks: Marks) -> bool {
        let marked = self.marked.as_ref();
        marked.is_none_or(|marked| marked.iter().any(|m| marks.intersects(m.0)))
    }

    fn has_ack(&self, class: AckClass) -> bool {
        let ack = self.ack.as_ref();
        ack.is_none_or(|ack| ack.iter().any(|a| a.0 == class))
    }
}

impl On {
    const COUNT: usize = 10;

    const ALL: [On; On::COUNT] = [
        On::Segment,
        On::Icmp,
        On::Listen,
        On::Connect,
        On::Send,
        On::Receive,
        On::Close,
        On::Abort,
        On::Status,
        On::Time,
    ];

    fn of(event: EventClass) -> On {
        match event {
            EventClass::Segment(_) => On::Segment,
            EventClass::Icmp(_) => On::Icmp,
            EventClass::Listen => On::Listen,
            EventClass::Connect => On::Connect,
            EventClass::Send => On::Send,
            EventClass::Receive => On::Receive,
            EventClass::Close => On::Close,
            EventClass::Abort => On::Abort,
            EventClass::Status | EventClass::Ask => On::Status,
            EventClass::Time => On::Time,
        }
    }
}
