//! Sequence numbers (RFC 9293 section 3.4): arithmetic modulo 2^32, and no total order.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// A 32-bit sequence number.
///
/// There is no `Ord`: of two numbers neither is the smaller one in general. The comparisons here
/// look at the signed distance, which is what section 3.4 means by them, and are meaningful for
/// numbers less than 2^31 apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SeqNumber(pub u32);

impl SeqNumber {
    /// The number of octets from `earlier` up to `self`, modulo 2^32.
    pub const fn since(self, earlier: SeqNumber) -> u32 {
        self.0.wrapping_sub(earlier.0)
    }

    /// The signed distance from `other` to `self`; positive when `self` is later.
    pub const fn distance(self, other: SeqNumber) -> i32 {
        self.0.wrapping_sub(other.0) as i32
    }

    /// `self < other`.
    pub const fn before(self, other: SeqNumber) -> bool {
        self.distance(other) < 0
    }

    /// `self =< other`.
    pub const fn at_or_before(self, other: SeqNumber) -> bool {
        self.distance(other) <= 0
    }

    /// `self > other`.
    pub const fn after(self, other: SeqNumber) -> bool {
        self.distance(other) > 0
    }

    /// `self >= other`.
    pub const fn at_or_after(self, other: SeqNumber) -> bool {
        self.distance(other) >= 0
    }

    /// Whether `start =< self < start + len`.
    pub const fn within(self, start: SeqNumber, len: u32) -> bool {
        self.since(start) < len
    }

    /// The later of two numbers.
    pub const fn later(self, other: SeqNumber) -> SeqNumber {
        if self.before(other) { other } else { self }
    }

    /// The earlier of two numbers.
    pub const fn earlier(self, other: SeqNumber) -> SeqNumber {
        if self.after(other) { other } else { self }
    }
}

impl Add<u32> for SeqNumber {
    type Output = SeqNumber;
    fn add(self, n: u32) -> SeqNumber {
        SeqNumber(self.0.wrapping_add(n))
    }
}

impl AddAssign<u32> for SeqNumber {
    fn add_assign(&mut self, n: u32) {
        *self = *self + n;
    }
}

impl Sub<u32> for SeqNumber {
    type Output = SeqNumber;
    fn sub(self, n: u32) -> SeqNumber {
        SeqNumber(self.0.wrapping_sub(n))
    }
}

impl fmt::Display for SeqNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for SeqNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
