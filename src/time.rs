//! Virtual time: instants and spans in microseconds.
//!
//! Nothing below the adapter of a live stack reads a clock; every instant comes from the harness.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// A span of time in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Micros(pub u64);

impl Micros {
    /// No time at all.
    pub const ZERO: Micros = Micros(0);
    /// A span no run ever reaches.
    pub const FOREVER: Micros = Micros(u64::MAX / 4);

    /// A span of `n` milliseconds.
    pub const fn millis(n: u64) -> Micros {
        Micros(n * 1_000)
    }

    /// A span of `n` seconds.
    pub const fn secs(n: u64) -> Micros {
        Micros(n * 1_000_000)
    }

    /// This span taken `n` times, saturating.
    pub const fn times(self, n: u64) -> Micros {
        Micros(self.0.saturating_mul(n))
    }
}

impl Add for Micros {
    type Output = Micros;
    fn add(self, other: Micros) -> Micros {
        Micros(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("0s"),
            n if n % 1_000_000 == 0 => write!(f, "{}s", n / 1_000_000),
            n if n % 1_000 == 0 => write!(f, "{}ms", n / 1_000),
            n => write!(f, "{n}us"),
        }
    }
}

impl fmt::Debug for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A point in virtual time: microseconds since the scenario began.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(pub u64);

impl Instant {
    /// The instant at which every scenario begins.
    pub const START: Instant = Instant(0);
    /// An instant no run ever reaches.
    pub const NEVER: Instant = Instant(u64::MAX / 2);

    /// The span since `earlier`, zero when `earlier` is in fact later.
    pub const fn since(self, earlier: Instant) -> Micros {
        Micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Micros> for Instant {
    type Output = Instant;
    fn add(self, span: Micros) -> Instant {
        Instant(self.0.saturating_add(span.0).min(Instant::NEVER.0))
    }
}

impl AddAssign<Micros> for Instant {
    fn add_assign(&mut self, span: Micros) {
        *self = *self + span;
    }
}

impl Sub<Micros> for Instant {
    type Output = Instant;
    fn sub(self, span: Micros) -> Instant {
        Instant(self.0.saturating_sub(span.0))
    }
}

/// Seconds with six decimals, as captures and ladders show them.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
