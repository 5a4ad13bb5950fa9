//! The requirement catalogue: every rule of RFC 9293 and of the RFCs around it that the model, the
//! oracle and the reports speak of.
//!
//! A [`Req`] is a small number with a name; what the standard asks for stands in our own words, and
//! no sentence is copied from an RFC. The catalogue is data (`table/`), laid out by the compiler.
//! It knows nothing of stacks, segments or traces, and depends on no other part of tcprove.
//!
//! ```
//! use tcprove::spec::{Level, Req, req};
//!
//! assert_eq!(req::RFC9293_MUST_4.id(), "RFC9293-MUST-4");
//! assert_eq!(Req::from_id("rfc5961-3.2-4"), Some(req::RFC5961_3_2_4));
//! assert_eq!(req::RFC9293_SHLD_14.level(), Level::ShouldNot);
//! ```

mod explain;
mod facets;
mod find;
mod level;
mod set;
mod table;
mod waived;

pub use explain::explain;
#[cfg(feature = "cli")]
pub(crate) use explain::part;
pub use facets::{Observable, Origin, Role, Testability};
pub use find::suggestions;
pub use level::Level;
pub use set::RequirementSet;

use std::fmt;
use std::num::NonZeroU16;

/// A constant for every requirement, named by its id in upper case with `-` and `.` as `_`:
/// RFC9293-3.10.7.4-p01 is `RFC9293_3_10_7_4_P01`.
pub mod req {
    pub use super::table::names::*;
}

/// One requirement of the standards. Every value stands for a row of the catalogue.
///
/// Ids are stable and are what people, reports and files use; the order of values is the order of
/// the catalogue (RFC 9293 first) and may change between versions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Req(NonZeroU16);

impl Req {
    /// How many requirements there are.
    pub const COUNT: usize = table::COUNT;

    /// The one at a place in the catalogue. It is never zero inside, so that `Option<Req>` is no larger.
    const fn at(place: u16) -> Req {
        Req(NonZeroU16::MIN.saturating_add(place))
    }

    fn row(self) -> &'static table::Row {
        &table::ROWS[self.index()]
    }

    /// Every requirement, in the order of the catalogue.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        (0..Self::COUNT as u16).map(Self::at)
    }

    /// Its place in the catalogue, below [`Req::COUNT`]: good for arrays within one run, not for
    /// files.
    pub const fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    /// The id, such as `RFC9293-MUST-4`.
    ///
    /// The number of the RFC is followed by a label of RFC 9293's Appendix B (`MUST-4`), or by a
    /// section and a running number, with a `p` where the rule is stated in prose (`3.4-p01`).
    pub fn id(self) -> &'static str {
        self.row().id
    }

    /// The name of its constant in [`req`], such as `RFC9293_MUST_4`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// How strongly it binds.
    pub fn level(self) -> Level {
        self.row().level
    }

    /// The number of the RFC that states it, such as 9293.
    pub fn rfc(self) -> u16 {
        self.row().rfc
    }

    /// The section of that RFC, such as `3.10.7.4`, or `A` for an appendix.
    pub fn section(self) -> &'static str {
        self.row().section
    }

    /// What it asks for, in a few words.
    pub fn title(self) -> &'static str {
        self.row().title
    }

    /// What to do to a stack to see whether it complies.
    pub fn stimulus(self) -> &'static str {
        self.row().stimulus
    }

    /// What a stack that complies then does.
    pub fn expected(self) -> &'static str {
        self.row().expected
    }

    /// What a stack that does not comply would do. It begins with `Nothing` where no behaviour
    /// could break the requirement, as with most that say MAY.
    pub fn violation(self) -> &'static str {
        self.row().violation
    }

    /// Where keeping or breaking it can be seen.
    pub fn observable(self) -> Observable {
        self.row().observable
    }

    /// Which part of a TCP it binds.
    pub fn role(self) -> Role {
        self.row().role
    }

    /// How far a test from outside can decide it.
    pub fn testability(self) -> Testability {
        self.row().testability
    }

    /// How much it matters to a test of conformance: 1 (first) to 3 (last).
    pub fn priority(self) -> u8 {
        self.row().priority
    }

    /// How the standard states it, told by the form of its id.
    pub fn origin(self) -> Origin {
        let id = self.id();
        let last = id.rsplit('-').next().unwrap_or(id);
        if ["-MUST-", "-SHLD-", "-MAY-", "-REC-"]
            .iter()
            .any(|label| id.contains(label))
        {
            Origin::Label
        } else if last.starts_with('p') {
            Origin::Prose
        } else {
            Origin::Keyword
        }
    }

    /// Where the section that states it can be read.
    pub fn url(self) -> String {
        let (rfc, part, section) = (self.rfc(), self.part(), self.section());
        format!("https://www.rfc-editor.org/rfc/rfc{rfc}.html#{part}-{section}")
    }

    /// What to call its section: `section` in the body of the RFC, else `appendix`.
    pub(crate) fn part(self) -> &'static str {
        if self.section().starts_with(|c: char| c.is_ascii_digit()) {
            "section"
        } else {
            "appendix"
        }
    }
}

/// The id, padded as asked.
impl fmt::Display for Req {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// The id, as `Display` has it: a set of requirements in a failing test then reads as ids.
impl fmt::Debug for Req {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
