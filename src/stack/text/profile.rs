//! What a stack declared, a field a line.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::{AckRange, Admission, CongestionControl, HardErrors, Profile, RstRule};
use super::words::{
    self, ACK_RANGES, ADMISSIONS, CONGESTION, FAMILIES, HARD_ERRORS, RST_RULES, SWITCH,
};
use crate::time::Micros;
use crate::wire::Family;

/// The fields as they were read: of each its line and its value.
#[derive(Default)]
pub(crate) struct Fields<'a>(BTreeMap<&'a str, (usize, &'a str)>);

impl<'a> Fields<'a> {
    /// Takes in one line, without its first word.
    pub(crate) fn add(&mut self, line: usize, text: &'a str) -> Result<(), String> {
        let (name, value) = text.split_once(' ').unwrap_or((text, ""));
        if !NAMES.contains(&name) {
            return Err(format!("no stack declares {}", words::quoted(name)));
        }
        match self.0.insert(name, (line, value)) {
            Some(_) => Err(format!("{} is declared twice", words::quoted(name))),
            None => Ok(()),
        }
    }

    /// The value of a field. The error comes with its line, if there is one.
    fn take<T: Value>(&mut self, name: &str) -> Result<T, (Option<usize>, String)> {
        let Some((line, text)) = self.0.remove(name) else {
            let message = format!("`profile {name}` is missing; write a line for it");
            return Err((None, message));
        };
        T::read(text).map_err(|why| (Some(line), format!("`{name}`: {why}")))
    }

    /// The value of a field, or else this one.
    fn take_or<T: Value>(&mut self, name: &str, other: T) -> Result<T, (Option<usize>, String)> {
        match self.0.contains_key(name) {
            true => self.take(name),
            false => Ok(other),
        }
    }
}

/// The profile, if its link has room for headers and text, as IP demands of every link; the MTU
/// stands in this line, if in any.
fn carries_segments(
    profile: Profile,
    line: Option<usize>,
) -> Result<Profile, (Option<usize>, String)> {
    let least = match profile.family {
        Family::V4 => 576,
        Family::V6 => 1_280,
    };
    match profile.mtu < least {
        true => {
            let mtu = profile.mtu;
            let why = format!("`mtu`: {mtu} octets are too few; a link has {least} or more");
            Err((line, why))
        }
        false => Ok(profile),
    }
}

macro_rules! fields {
    ($($name:ident),* $(,)?) => {
        /// What a stack declares.
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        /// Writes a profile.
        pub(crate) fn write(out: &mut String, profile: &Profile) {
            // Every field, so that a new one is not forgotten.
            let Profile { $($name),* } = profile;
            $(let _ = writeln!(out, "profile {} {}", stringify!($name), $name.text());)*
        }

        /// The profile of these fields. The error comes with its line, if there is one.
        pub(crate) fn read(mut fields: Fields<'_>) -> Result<Profile, (Option<usize>, String)> {
            let line = fields.0.get("mtu").map(|(line, _)| *line);
            let profile = Profile { $($name: fields.take(stringify!($name))?),* };
            carries_segments(profile, line)
        }

        /// A profile in which these fields stand in place of its own. The error is as in `read`.
        pub(crate) fn amend(
            profile: Profile,
            mut fields: Fields<'_>,
        ) -> Result<Profile, (Option<usize>, String)> {
            let line = fields.0.get("mtu").map(|(line, _)| *line);
            let profile = Profile { $($name: fields.take_or(stringify!($name), profile.$name)?),* };
            carries_segments(profile, line)
        }
    };
}

fields! {
    name, family, mtu, rst, syn, ack_range, window_scale, timestamps, paws, sack,
    holds_out_of_order, mss_floor, receive_buffer, window_is_free_buffer, reads_while_closing,
    send_buffer, msl, rto_initial, rto_min, rto_max, ack_delay, keep_alive, user_timeout, nagle,
    challenge_quiet, half_duplex_close, slack, predicts_headers, acks_may_lag,
    syn_timeout, fin_wait_2_timeout, orphan_timeout, reset_quiet, lingers_after_reset, admission,
    text_on_syn, hard_errors, icmp_in_flight, uses_old, listener_resets,
    counts_retransmissions, ecn, congestion, recovers_by_sack, keep_alive_default, ttl, dscp,
    reports_urgent,
}

/// A value of a profile as text.
trait Value: Sized {
    fn text(&self) -> String;
    fn read(text: &str) -> Result<Self, String>;
}

/// What has names.
macro_rules! by_name {
    ($($kind:ty = $names:ident),*) => {$(
        impl Value for $kind {
            fn text(&self) -> String {
                words::name(&$names, self).to_owned()
            }

            fn read(text: &str) -> Result<$kind, String> {
                words::named(&$names, text)
            }
        }
    )*};
}

by_name!(
    bool = SWITCH,
    Family = FAMILIES,
    RstRule = RST_RULES,
    AckRange = ACK_RANGES,
    Admission = ADMISSIONS,
    HardErrors = HARD_ERRORS,
    CongestionControl = CONGESTION
);

/// What is a number.
macro_rules! by_number {
    ($($kind:ty),*) => {$(
        impl Value for $kind {
            fn text(&self) -> String {
                self.to_string()
            }

            fn read(text: &str) -> Result<$kind, String> {
                words::number(text)
            }
        }
    )*};
}

by_number!(u8, u16, u32);

impl Value for Micros {
    fn text(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Result<Micros, String> {
        words::span(text)
    }
}

impl Value for Cow<'static, str> {
    fn text(&self) -> String {
        self.escape_debug().to_string()
    }

    fn read(text: &str) -> Result<Cow<'static, str>, String> {
        Ok(Cow::Owned(words::unescaped(text)?))
    }
}

impl<T: Value> Value for Option<T> {
    fn text(&self) -> String {
        self.as_ref().map_or("none".to_owned(), T::text)
    }

    fn read(text: &str) -> Result<Option<T>, String> {
        match text {
            "none" => Ok(None),
            text => T::read(text).map(Some),
        }
    }
}
