//! How strongly a requirement binds, in the words of RFC 2119.

use std::fmt;

/// The requirement level of RFC 2119.
///
/// Where an RFC states a rule in prose, without a capitalised word, the level is our reading of
/// its force; [`Req::origin`](super::Req::origin) tells the two apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Binding: to do otherwise is a violation.
    Must,
    /// Binding: to do it is a violation.
    MustNot,
    /// To be done unless there is a good reason not to.
    Should,
    /// To be left undone unless there is a good reason to do it.
    ShouldNot,
    /// A free choice, which the other side must be able to live with.
    May,
}

impl Level {
    /// Every level, the most binding first.
    pub const ALL: [Self; 5] = [
        Self::Must,
        Self::MustNot,
        Self::Should,
        Self::ShouldNot,
        Self::May,
    ];

    /// The capitalised words: `MUST`, `MUST NOT`, `SHOULD`, `SHOULD NOT` or `MAY`.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::MustNot => "MUST NOT",
            Self::Should => "SHOULD",
            Self::ShouldNot => "SHOULD NOT",
            Self::May => "MAY",
        }
    }

    /// Whether it is a MUST or a MUST NOT: breaking it always counts against a stack.
    pub const fn is_absolute(self) -> bool {
        matches!(self, Self::Must | Self::MustNot)
    }

    /// Whether it is a SHOULD or a SHOULD NOT: missing it is reported, apart from violations.
    pub const fn is_recommended(self) -> bool {
        matches!(self, Self::Should | Self::ShouldNot)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.keyword())
    }
}
