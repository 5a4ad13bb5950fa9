//! The text of a conversation: `name=value`, for each field that is not as usual, in one line.

use std::fmt;
use std::str::FromStr;

use super::{Closes, Conversation, Opens};
use crate::scenario::{Step, Wait};
use crate::stack::{CongestionControl, KeepAlive};
use crate::time::Micros;
use crate::wire::Family;

/// Why a text is no conversation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError(String);

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParseError {}

/// A value that a field may have.
trait Word: Sized {
    fn text(&self) -> String;
    fn read(text: &str) -> Result<Self, String>;
}

macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl Word for $kind {
            fn text(&self) -> String {
                self.to_string()
            }

            fn read(text: &str) -> Result<$kind, String> {
                let digits = text.replace('_', "");
                let number = digits.parse();
                number.map_err(|_| format!("takes a whole number from 0 to {}", <$kind>::MAX))
            }
        }
    )*};
}

numbers!(u16, u32, u64);

macro_rules! words {
    ($($kind:ty { $($value:expr => $name:literal),* })*) => {$(
        impl Word for $kind {
            fn text(&self) -> String {
                $(if *self == $value { return $name.to_owned(); })*
                unreachable!("every value has a name")
            }

            fn read(text: &str) -> Result<$kind, String> {
                $(if text == $name { return Ok($value); })*
                Err(format!("takes {}", [$($name),*].join(", ")))
            }
        }
    )*};
}

words! {
    bool { false => "no", true => "yes" }
    Family { Family::V4 => "4", Family::V6 => "6" }
    CongestionControl {
        CongestionControl::None => "none",
        CongestionControl::Reno => "reno",
        CongestionControl::Cubic => "cubic"
    }
    Opens { Opens::Peer => "peer", Opens::Stack => "stack", Opens::Both => "both" }
    Closes {
        Closes::Stack => "stack",
        Closes::Peer => "peer",
        Closes::Both => "both",
        Closes::StackAborts => "stack-aborts",
        Closes::PeerAborts => "peer-aborts",
        Closes::PeerCrashes => "peer-crashes"
    }
}

impl Word for Micros {
    fn text(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Result<Micros, String> {
        match format!("wait {text}").parse() {
            Ok(Step::Wait(Wait::Span(span))) => Ok(span),
            Ok(_) | Err(_) => {
                Err("takes a time such as 500ms; the units are us, ms, s, min, h".into())
            }
        }
    }
}

impl<T: Word> Word for Option<T> {
    fn text(&self) -> String {
        self.as_ref().map_or_else(|| "no".to_owned(), Word::text)
    }

    fn read(text: &str) -> Result<Option<T>, String> {
        match text {
            "no" => Ok(None),
            _ => T::read(text).map(Some),
        }
    }
}

impl Word for KeepAlive {
    fn text(&self) -> String {
        match self {
            KeepAlive::ByDefault => "default".to_owned(),
            KeepAlive::Off | KeepAlive::Every(_) => self.asked().text(),
        }
    }

    fn read(text: &str) -> Result<KeepAlive, String> {
        match text {
            "default" => Ok(KeepAlive::ByDefault),
            _ => Ok(Option::read(text)?.map_or(KeepAlive::Off, KeepAlive::Every)),
        }
    }
}

macro_rules! fields {
    ($($name:literal => $($part:ident).+;)*) => {
        const NAMES: &[&str] = &[$($name),*];

        fn write(of: &Conversation, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let usual = Conversation::default();
            $(if of.$($part).+ != usual.$($part).+ {
                write!(f, " {}={}", $name, of.$($part).+.text())?;
            })*
            Ok(())
        }

        fn set(of: &mut Conversation, name: &str, value: &str) -> Result<(), String> {
            match name {
                $($name => of.$($part).+ = Word::read(value)?,)*
                _ => return Err(format!("is no field; there are: {}", NAMES.join(", "))),
            }
            Ok(())
        }
    };
}

fields! {
    "seed" => seed;
    "ip" => stack.config.family;
    "mtu" => stack.config.mtu;
    "opens" => opens;
    "closes" => closes;
    "octets" => stack.octets;
    "rest" => stack.rest;
    "chunk" => stack.chunk;
    "pace" => stack.pace;
    "pause" => stack.pause;
    "wraps" => stack.wraps;
    "rcv" => stack.config.receive_buffer;
    "snd" => stack.config.send_buffer;
    "ts" => stack.config.timestamps;
    "nagle" => stack.config.nagle;
    "ackdelay" => stack.config.ack_delay;
    "keepalive" => stack.config.keep_alive;
    "usertimeout" => stack.config.user_timeout;
    "congestion" => stack.config.congestion;
    "peer.octets" => peer.octets;
    "peer.rest" => peer.rest;
    "peer.chunk" => peer.chunk;
    "peer.pace" => peer.pace;
    "peer.pause" => peer.pause;
    "peer.wraps" => peer.wraps;
    "peer.mtu" => peer.config.mtu;
    "peer.rcv" => peer.config.receive_buffer;
    "peer.snd" => peer.config.send_buffer;
    "peer.ts" => peer.config.timestamps;
    "peer.nagle" => peer.config.nagle;
    "peer.ackdelay" => peer.config.ack_delay;
    "peer.keepalive" => peer.config.keep_alive;
    "peer.usertimeout" => peer.config.user_timeout;
    "peer.congestion" => peer.config.congestion;
    "policy" => policy;
    "delay" => link.delay;
    "spacing" => link.spacing;
    "loses" => link.loses;
    "repeats" => link.repeats;
    "reorders" => link.reorders;
    "corrupts" => link.corrupts;
    "dark" => link.dark;
    "until" => link.until;
    "good" => link.good;
    "intrudes" => intrudes;
}

impl fmt::Display for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("talk")?;
        write(self, f)
    }
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Conversation {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Conversation, ParseError> {
        let mut words = text.split_whitespace();
        if words.next() != Some("talk") {
            return Err(ParseError("a conversation begins with `talk`".into()));
        }
        let mut read = Conversation::default();
        for word in words {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            let done = set(&mut read, name, value);
            done.map_err(|why| ParseError(format!("`{name}` {why}")))?;
        }
        Ok(read)
    }
}
