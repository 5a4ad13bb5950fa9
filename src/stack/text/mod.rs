//! The text of what a stack declares and answers: as recordings write it, and drivers say it.

mod outcome;
pub(crate) mod profile;
pub(crate) mod words;

use std::fmt::{self, Write};

pub(crate) use outcome::{read_outcome, write_outcome};

/// Octets in hexadecimal; `-` when there are none.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        if self.0.is_empty() {
            return f.write_str("-");
        }
        for octet in self.0 {
            f.write_char(DIGITS[usize::from(octet >> 4)].into())?;
            f.write_char(DIGITS[usize::from(octet & 15)].into())?;
        }
        Ok(())
    }
}
