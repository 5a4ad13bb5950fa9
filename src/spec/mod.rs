//! The requirement catalogue: typed ids, level, section, title, in our own words.

use std::fmt;

/// One requirement of the standards, by its place in the catalogue.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Req(pub(crate) u16);

impl Req {
    /// The id, such as `RFC9293-MUST-4`.
    pub fn id(self) -> &'static str {
        "?"
    }
}

impl fmt::Display for Req {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl fmt::Debug for Req {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
