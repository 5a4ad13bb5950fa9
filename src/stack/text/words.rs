//! The words, and how they are read.

use std::net::SocketAddr;

use super::super::{AckRange, Admission, CallError, CongestionControl, HardErrors, RstRule};
use crate::time::Micros;
use crate::wire::{Endpoint, Family};

pub(crate) const ERRORS: [(CallError, &str); 9] = [
    (CallError::NoConnection, "no-connection"),
    (CallError::AlreadyExists, "already-exists"),
    (CallError::Closing, "closing"),
    (CallError::Reset, "reset"),
    (CallError::Refused, "refused"),
    (CallError::Unreachable, "unreachable"),
    (CallError::TimedOut, "timed-out"),
    (CallError::InvalidArgument, "invalid-argument"),
    (CallError::NoResources, "no-resources"),
];
pub(crate) const FAMILIES: [(Family, &str); 2] = [(Family::V4, "ipv4"), (Family::V6, "ipv6")];
pub(crate) const RST_RULES: [(RstRule, &str); 2] =
    [(RstRule::Rfc5961, "rfc5961"), (RstRule::Rfc793, "rfc793")];
pub(crate) const ACK_RANGES: [(AckRange, &str); 3] = [
    (AckRange::Undeclared, "undeclared"),
    (AckRange::Any, "any"),
    (AckRange::Checked, "checked"),
];
pub(crate) const ADMISSIONS: [(Admission, &str); 3] = [
    (Admission::Every, "every"),
    (Admission::Limited, "limited"),
    (Admission::Cookies, "cookies"),
];
pub(crate) const HARD_ERRORS: [(HardErrors, &str); 4] = [
    (HardErrors::Undeclared, "undeclared"),
    (HardErrors::Ignored, "ignored"),
    (HardErrors::Handshake, "handshake"),
    (HardErrors::Always, "always"),
];
pub(crate) const CONGESTION: [(CongestionControl, &str); 3] = [
    (CongestionControl::None, "none"),
    (CongestionControl::Reno, "reno"),
    (CongestionControl::Cubic, "cubic"),
];
pub(crate) const SWITCH: [(bool, &str); 2] = [(true, "yes"), (false, "no")];

/// The name of a value.
pub(crate) fn name<T: PartialEq>(names: &[(T, &'static str)], value: &T) -> &'static str {
    let entry = names.iter().find(|(known, _)| known == value);
    entry.map_or("?", |(_, name)| name)
}

/// The value of a name.
pub(crate) fn named<T: Copy>(names: &[(T, &str)], word: &str) -> Result<T, String> {
    let entry = names.iter().find(|(_, name)| *name == word);
    entry.map(|(value, _)| *value).ok_or_else(|| {
        let all: Vec<&str> = names.iter().map(|(_, name)| *name).collect();
        format!("{} is none of: {}", quoted(word), all.join(", "))
    })
}

/// A number within the range of its type.
pub(crate) fn number<T: std::str::FromStr>(word: &str) -> Result<T, String> {
    let plain = !word.is_empty() && word.bytes().all(|octet| octet.is_ascii_digit());
    let number = if plain { word.parse().ok() } else { None };
    number.ok_or_else(|| {
        format!(
            "{} is no number from 0 to the largest of {} bits",
            quoted(word),
            8 * size_of::<T>()
        )
    })
}

/// A span as it is printed: a number and `s`, `ms` or `us`.
pub(crate) fn span(word: &str) -> Result<Micros, String> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = word.split_at(digits);
    let micros = match unit {
        "s" => Some(1_000_000),
        "ms" => Some(1_000),
        "us" => Some(1),
        _ => None,
    };
    let count: Option<u64> = count.parse().ok();
    let span = count
        .zip(micros)
        .and_then(|(count, micros)| count.checked_mul(micros));
    span.map(Micros)
        .ok_or_else(|| format!("{} is no time, such as `10ms`", quoted(word)))
}

/// Octets in hexadecimal, or `-` for none.
pub(crate) fn octets(word: &str, into: &mut Vec<u8>) -> Result<(), String> {
    into.clear();
    if word == "-" {
        return Ok(());
    }
    let digit = |octet: u8| char::from(octet).to_digit(16);
    let (pairs, rest) = word.as_bytes().as_chunks::<2>();
    for (place, &[high, low]) in pairs.iter().enumerate() {
        let (Some(high), Some(low)) = (digit(high), digit(low)) else {
            return Err(format!("octet {place} of the packet is not hexadecimal"));
        };
        into.push((high << 4 | low) as u8);
    }
    if !rest.is_empty() || pairs.is_empty() {
        return Err("octets are two hexadecimal digits each, or `-` for none".to_owned());
    }
    Ok(())
}

/// A word of the text, cut when it is long, harmless to a terminal.
pub(crate) fn quoted(word: &str) -> String {
    const LONGEST: usize = 32;
    let mut quoted = String::from("`");
    quoted.extend(word.chars().take(LONGEST).flat_map(char::escape_debug));
    if word.chars().nth(LONGEST).is_some() {
        quoted.push('…');
    }
    quoted.push('`');
    quoted
}

/// A text as it was before Rust's escapes: `\n`, `\t`, `\r`, `\0`, `\\`, `\'`, `\"` and `\u{...}`.
pub(crate) fn unescaped(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let escaped = match chars.next() {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('0') => Some('\0'),
            Some(c @ ('\\' | '\'' | '"')) => Some(c),
            Some('u') => {
                let rest = chars.as_str().strip_prefix('{');
                rest.and_then(|rest| rest.split_once('}'))
                    .and_then(|(digits, after)| {
                        chars = after.chars();
                        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
                    })
            }
            _ => None,
        };
        out.push(escaped.ok_or("a backslash stands before none of n, t, r, 0, \\, ', \", u{...}")?);
    }
    Ok(out)
}

/// An address and a port.
pub(crate) fn endpoint(word: &str) -> Result<Endpoint, String> {
    let address: SocketAddr = word
        .parse()
        .map_err(|_| format!("{} is no address and port", quoted(word)))?;
    Ok(Endpoint {
        addr: address.ip(),
        port: address.port(),
    })
}
