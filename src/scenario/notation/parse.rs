//! From text to scenarios.
//!
//! Total: every text gives a scenario or an error that says where and what to write instead.
//! Every number is checked against the range of its field.

use std::str::FromStr;

use arrayvec::ArrayVec;

use super::segment::{icmp, segment};
use super::words::{Word, Words};
use super::{CONGESTION_NAMES, ParseError, quote};
use crate::scenario::{Address, CallStep, Flow, PeerStep, Scenario, Step, Wait};
use crate::stack::{Config, KeepAlive, Query, SOCKETS, SendFlag, Setting, Socket};
use crate::time::Micros;
use crate::wire::Family;

type Result<T> = std::result::Result<T, ParseError>;

/// The largest buffer that a scenario asks for; with more, memory would be what is tested.
const MOST_BUFFER: u64 = 16 << 20;
/// The least MTU that each version of IP has to carry (RFC 1122 section 3.3.2, RFC 8200).
const LEAST_MTU: [(Family, u16); 2] = [(Family::V4, 576), (Family::V6, 1_280)];

impl FromStr for Scenario {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Scenario> {
        let mut part = Part::default();
        for (index, line) in text.lines().enumerate() {
            let mut words = Words::new(index + 1, line);
            let Some(first) = words.next() else { continue };
            if SECTIONS.contains(&first.text) {
                let message = format!(
                    "`{}` belongs to a text of several cases; a single scenario is wanted here",
                    first.text
                );
                return Err(words.error(first, message));
            }
            part.line(&mut words, first)?;
        }
        Ok(part.scenario)
    }
}

/// The first words of the lines that part a text of several cases.
pub(super) const SECTIONS: [&str; 3] = ["before", "case", "after"];

/// Lines of a scenario that stand together.
#[derive(Clone, Default)]
pub(super) struct Part {
    pub(super) scenario: Scenario,
    /// Which of [`HEADER`] are given, here or in what stands before.
    pub(super) given: [bool; 3],
    /// Whether a step stands before these lines.
    pub(super) late: bool,
}

impl Part {
    /// Takes in a line that is not empty.
    pub(super) fn line(&mut self, words: &mut Words<'_>, first: Word<'_>) -> Result<()> {
        let scenario = &mut self.scenario;
        let Some(kind) = HEADER.iter().position(|name| *name == first.text) else {
            scenario.steps.push(step(words, first)?);
            return Ok(());
        };
        if std::mem::replace(&mut self.given[kind], true) {
            return Err(words.error(first, format!("`{}` is given twice", first.text)));
        }
        if self.late || !scenario.steps.is_empty() {
            let message = format!("`{}` has to stand before the first step", first.text);
            return Err(words.error(first, message));
        }
        match kind {
            0 => scenario.config = config(words)?,
            1 => scenario.seed = words.number("seed", 0..=u64::MAX)?,
            _ => scenario.peer_isn = Some(words.number("isn", 0..=u32::MAX.into())? as u32),
        }
        words.end()
    }

    /// What may follow these lines: nothing that is given already.
    pub(super) fn follower(&self) -> Part {
        Part {
            scenario: Scenario {
                steps: Vec::new(),
                ..self.scenario.clone()
            },
            given: self.given,
            late: self.late || !self.scenario.steps.is_empty(),
        }
    }
}

/// The first words of the lines that stand before the steps.
const HEADER: [&str; 3] = ["stack", "seed", "isn"];

impl FromStr for Step {
    type Err = ParseError;

    /// One line, which has to hold a step.
    fn from_str(text: &str) -> Result<Step> {
        let mut words = Words::new(1, text.lines().next().unwrap_or(""));
        let first = words.expect("a step")?;
        step(&mut words, first)
    }
}

/// The step of a line.
fn step(words: &mut Words<'_>, first: Word<'_>) -> Result<Step> {
    let step = match first.text {
        "<" if words.peek().is_some_and(|word| word.text == "icmp") => Step::Icmp(icmp(words)?),
        "<" => Step::Segment(segment(words)?),
        "wait" => Step::Wait(wait(words)?),
        "peer" => peer_step(words)?,
        name if name.ends_with(':') => {
            let socket = socket(words, first)?;
            Step::Call(socket, user_call(words, socket)?)
        }
        _ => {
            let message = format!(
                "{} begins no step; a line begins with `<`, `A:`, `B:`, `C:`, `wait`, `peer`, or before the steps with `stack`, `seed`, `isn`",
                quote(first.text)
            );
            return Err(words.error(first, message));
        }
    };
    words.end()?;
    Ok(step)
}

// The `stack` line.

fn config(words: &mut Words<'_>) -> Result<Config> {
    let mut config = Config::default();
    let mut given: ArrayVec<&str, { SETTINGS.len() }> = ArrayVec::new();
    let mut mtu = None;
    while let Some(word) = words.next() {
        let (name, value) = match word.text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word.text, None),
        };
        let Some(setting) = SETTINGS.into_iter().find(|setting| *setting == name) else {
            let setting = Word { text: name, ..word };
            return Err(words.unknown(setting, "setting of the stack", SETTINGS.into_iter()));
        };
        let topic = if setting == "ipv4" { "ipv6" } else { setting };
        if given.contains(&topic) {
            return Err(words.error(word, format!("{} is given twice", quote(name))));
        }
        given.push(topic);
        let bare = matches!(setting, "ipv4" | "ipv6" | "ts");
        let value = match (bare, value) {
            (true, None) => Word { text: "", ..word },
            (true, Some(_)) => {
                return Err(words.error(word, format!("`{setting}` stands alone, without `=`")));
            }
            (false, None) => {
                let message = format!("`{setting}` needs a value, as in `{setting}=...`");
                return Err(words.error(word, message));
            }
            (false, Some(text)) => Word {
                text,
                at: word.at + name.len() + 1,
            },
        };
        let number = |range| words.number_in(value, setting, range);
        let time = |or| words.time(value, setting, or);
        let span = || match time(", or `off`")? {
            Micros::ZERO => {
                let message = format!("`{setting}` is longer than nothing; say `off` for none");
                Err(words.error(value, message))
            }
            span => Ok(Some(span)),
        };
        let delay = || match time("")? {
            // RFC9293-MUST-40. What a stack is told to do is no fault of its own.
            delay if delay >= LEAST_WRONG_DELAY => {
                let message = "an acknowledgment may be delayed by less than 500ms".to_owned();
                Err(words.error(value, message))
            }
            delay => Ok(delay),
        };
        match setting {
            "ipv4" => config.family = Family::V4,
            "ipv6" => config.family = Family::V6,
            "ts" => config.timestamps = true,
            "mtu" => mtu = Some(value),
            "rcv" => config.receive_buffer = number(1..=MOST_BUFFER)? as u32,
            "snd" => config.send_buffer = number(1..=MOST_BUFFER)? as u32,
            "nagle" => config.nagle = words.named(value, "switch", &SWITCH)?,
            "ackdelay" => config.ack_delay = delay()?,
            "keepalive" if value.text == "off" => config.keep_alive = KeepAlive::Off,
            "keepalive" if value.text == "default" => config.keep_alive = KeepAlive::ByDefault,
            "keepalive" => config.keep_alive = span()?.map_or(KeepAlive::Off, KeepAlive::Every),
            "usertimeout" if value.text == "off" => config.user_timeout = None,
            "usertimeout" => config.user_timeout = span()?,
            "ttl" => config.ttl = Some(number(1..=u8::MAX.into())? as u8),
            "dscp" => config.dscp = Some(number(0..=Setting::DSCP_MOST.into())? as u8),
            _ => config.congestion = words.named(value, "algorithm", &CONGESTION_NAMES)?,
        }
    }
    // What the least MTU is depends on the version of IP, which may come later in the line.
    if let Some(value) = mtu {
        let least = LEAST_MTU
            .iter()
            .find(|(family, _)| *family == config.family);
        let least = least.map_or(0, |(_, mtu)| u64::from(*mtu));
        config.mtu = words.number_in(value, "mtu", least..=u16::MAX.into())? as u16;
    }
    Ok(config)
}

/// From here on, a delay of acknowledgments breaks RFC9293-MUST-40.
const LEAST_WRONG_DELAY: Micros = Micros::millis(500);

const SETTINGS: [&str; 13] = [
    "ipv4",
    "ipv6",
    "mtu",
    "rcv",
    "snd",
    "ts",
    "nagle",
    "ackdelay",
    "keepalive",
    "usertimeout",
    "congestion",
    "ttl",
    "dscp",
];

const SWITCH: [(bool, &str); 2] = [(true, "on"), (false, "off")];

// Calls, time, and the peer.

fn socket(words: &Words<'_>, word: Word<'_>) -> Result<Socket> {
    let index = match word.text.as_bytes() {
        [letter, b':'] => letter.wrapping_sub(b'A'),
        _ => u8::MAX,
    };
    if usize::from(index) < SOCKETS {
        return Ok(Socket(index));
    }
    let message = format!(
        "{} is no socket; the sockets are `A:`, `B:`, `C:`",
        quote(word.text)
    );
    Err(words.error(word, message))
}

/// Where nobody can be connected to.
const GROUPS: [(Address, &str); 2] = [
    (Address::Broadcast, "broadcast"),
    (Address::Multicast, "multicast"),
];

fn user_call(words: &mut Words<'_>, socket: Socket) -> Result<CallStep> {
    const CALLS: [&str; 10] = [
        "listen", "connect", "send", "recv", "close", "abort", "status", "urgent", "reports",
        "dscp",
    ];
    let usual = Flow::of(socket);
    let word = words.expect("the call")?;
    Ok(match word.text {
        "listen" => {
            let (local, remote, _) = ports(words, "from", &[])?;
            CallStep::Listen {
                local: local.unwrap_or(usual.local),
                remote,
            }
        }
        "connect" => {
            let (local, remote, dst) = ports(words, "to", &GROUPS)?;
            CallStep::Connect {
                local: local.unwrap_or(usual.local),
                remote: remote.unwrap_or(usual.remote),
                dst,
            }
        }
        "send" => send(words)?,
        "recv" if words.peek().is_none() => CallStep::Receive(CallStep::MOST),
        "recv" => CallStep::Receive(octets(words, "recv")?),
        "close" => CallStep::Close,
        "abort" => CallStep::Abort,
        "status" => CallStep::Status,
        "urgent" => CallStep::Ask(Query::Urgent),
        "reports" if words.peek().is_none() => CallStep::Ask(Query::Reports),
        "reports" => CallStep::Set(Setting::Reports(switch(words)?)),
        "dscp" if words.peek().is_none() => CallStep::Ask(Query::Dscp),
        "dscp" => CallStep::Set(Setting::Dscp(dscp(words)?)),
        _ => return Err(words.unknown(word, "call", CALLS.into_iter())),
    })
}

fn switch(words: &mut Words<'_>) -> Result<bool> {
    let word = words.expect("on or off")?;
    words.named(word, "switch", &SWITCH)
}

/// A differentiated services codepoint.
pub(super) fn dscp(words: &mut Words<'_>) -> Result<u8> {
    Ok(words.number("dscp", 0..=Setting::DSCP_MOST.into())? as u8)
}

/// `send N [FLAG]`.
fn send(words: &mut Words<'_>) -> Result<CallStep> {
    let count = octets(words, "send")?;
    if words.peek().is_none() {
        return Ok(CallStep::Send(count));
    }
    let word = words.expect("the flag of SEND")?;
    let flag = words.named(word, "flag of SEND", &SendFlag::NAMES)?;
    Ok(CallStep::SendFlagged(count, flag))
}

fn octets(words: &mut Words<'_>, field: &str) -> Result<u32> {
    Ok(words.number(field, 1..=CallStep::MOST.into())? as u32)
}

/// The local port, the peer's, and an address, as far as they are said.
type Ports = (Option<u8>, Option<u8>, Option<Address>);

/// `port N`, `from N` (or `to N`), and `dst ADDRESS` where there is one to choose from, up to the end
/// of the line, in any order.
fn ports(
    words: &mut Words<'_>,
    remote_word: &'static str,
    addresses: &[(Address, &'static str)],
) -> Result<Ports> {
    let (mut local, mut remote, mut dst) = (None, None, None);
    while let Some(word) = words.next() {
        let twice = match word.text {
            "port" => local.replace(port(words, "port")?).is_some(),
            text if text == remote_word => remote.replace(port(words, remote_word)?).is_some(),
            "dst" if !addresses.is_empty() => {
                let name = words.expect("an address")?;
                let address = words.named(name, "address to connect to", addresses)?;
                dst.replace(address).is_some()
            }
            _ => {
                let also = if addresses.is_empty() { "" } else { ", dst" };
                let message = format!(
                    "{} does not fit here; choose from: port, {remote_word}{also}",
                    quote(word.text)
                );
                return Err(words.error(word, message));
            }
        };
        if twice {
            return Err(words.error(word, format!("`{}` is given twice", word.text)));
        }
    }
    Ok((local, remote, dst))
}

fn wait(words: &mut Words<'_>) -> Result<Wait> {
    let word = words.expect("a time, or `timer`,")?;
    if word.text == "timer" {
        return Ok(Wait::Timer);
    }
    Ok(Wait::Span(words.time(word, "wait", ", or `timer`")?))
}

fn peer_step(words: &mut Words<'_>) -> Result<Step> {
    const KINDS: [&str; 11] = [
        "handshake",
        "ack",
        "data",
        "resend",
        "fin",
        "window",
        "lose",
        "drop",
        "swap",
        "twice",
        "crash",
    ];
    let word = words.expect("an act of the peer")?;
    let begins_with_digit = |word: Word<'_>| word.text.as_bytes()[0].is_ascii_digit();
    let step = match word.text {
        "handshake" => PeerStep::Handshake,
        "ack" if words.peek().is_some_and(begins_with_digit) => {
            PeerStep::AckPart(u16_number(words, "peer ack", 0)?)
        }
        "ack" => PeerStep::Ack,
        "data" => PeerStep::Data(u16_number(words, "peer data", 1)?),
        "resend" => PeerStep::Resend,
        "fin" => PeerStep::Fin,
        "window" => PeerStep::Window(u16_number(words, "peer window", 0)?),
        "lose" => PeerStep::Lose(words.number("peer lose", 1..=255)? as u8),
        "drop" => PeerStep::Drop,
        "swap" => PeerStep::Swap,
        "twice" => PeerStep::Twice,
        "crash" => PeerStep::Crash,
        _ => return Err(words.unknown(word, "act of the peer", KINDS.into_iter())),
    };
    let (local, remote, _) = ports(words, "from", &[])?;
    let flow = Flow {
        local: local.unwrap_or(0),
        remote: remote.unwrap_or(0),
    };
    Ok(Step::Peer(flow, step))
}

/// The next word as a number of 16 bits.
pub(super) fn u16_number(words: &mut Words<'_>, field: &str, least: u64) -> Result<u16> {
    Ok(words.number(field, least..=u16::MAX.into())? as u16)
}

/// The next word as one of the few ports.
pub(super) fn port(words: &mut Words<'_>, field: &str) -> Result<u8> {
    Ok(words.number(field, 0..=u64::from(Flow::PORTS) - 1)? as u8)
}
