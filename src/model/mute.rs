//! Connections of which nothing more is said, until they are opened anew.

use super::Tcb;
use super::reports::Reporting;
use super::tcb::Due;

/// Why the model says nothing more of a connection, where no known deviation is to blame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unsaid {
    /// More stretches of text arrived ahead of a gap than are remembered.
    Ahead,
    /// An option stood twice.
    OptionTwice,
    /// It was opened by an ACK, as with SYN cookies.
    Cookie,
    /// A stale SYN had opened it anew from TIME-WAIT, and it went back to there.
    StaleSyn,
}

impl Unsaid {
    /// The reason in words.
    pub const fn why(self) -> &'static str {
        match self {
            Unsaid::Ahead => "more text than is remembered arrived ahead of a gap",
            Unsaid::OptionTwice => "an option stood twice, and either of the two may count",
            Unsaid::Cookie => "a connection was opened by an ACK that may hold a SYN cookie",
            Unsaid::StaleSyn => "a connection that a stale SYN opened anew is in TIME-WAIT again",
        }
    }
}

impl Tcb {
    /// The connection as one of which nothing more is said, because of a known deviation.
    pub fn muted(mut self) -> Tcb {
        self.mute = true;
        self.due = Due::default();
        self.rtx.armed = false;
        self.told = Reporting::UNKNOWN.kept();
        self
    }

    /// The connection as one of which the model cannot say more: where no other explanation is
    /// left, the verdict is inconclusive.
    pub fn unsaid(mut self, why: Unsaid) -> Tcb {
        self.unsaid = Some(why);
        self.muted()
    }
}
