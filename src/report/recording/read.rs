//! From the text of a recording to a trace.

use super::{RecordingError, TITLE};
use crate::scenario::Scenario;
use crate::stack::text::words::{self, endpoint, number, quoted, unescaped};
use crate::stack::text::{profile, read_outcome};
use crate::stack::{Config, Outcome, Query, SOCKETS, SendFlag, Setting, Socket};
use crate::time::Instant;
use crate::trace::{Call, Event, Range, Trace, What};
use crate::wire;

/// No recording has more octets; a trace counts its own with 32 bits.
const MOST_OCTETS: usize = 1 << 30;

/// What a line that should be an event looks like.
const EVENT: &str = "a time in seconds, the number of the step, and `in`, `out`, `A:`, `quiet` or `broken`, as in `0.000000 3 quiet`";

/// The trace of a recording.
///
/// # Errors
/// When the text is no recording: what is wrong, and in which line.
pub fn read_recording(text: &str) -> Result<Trace, RecordingError> {
    let mut reader = Reader::default();
    let mut count = 0;
    for (index, line) in text.lines().enumerate() {
        count = index + 1;
        let read = reader.line(count, line);
        read.map_err(|message| RecordingError {
            line: count,
            message,
        })?;
    }
    if text.len() > MOST_OCTETS {
        let message = format!("a recording has at most {MOST_OCTETS} octets");
        return Err(RecordingError { line: 1, message });
    }
    reader.finish().map_err(|(line, message)| RecordingError {
        line: line.unwrap_or(count + 1),
        message,
    })
}

#[derive(Default)]
struct Reader<'a> {
    titled: bool,
    config: Option<Config>,
    fields: profile::Fields<'a>,
    events: Vec<Read>,
    octets: Vec<u8>,
    room: Vec<u8>,
}

/// An event whose octets stand at a place of their own.
struct Read {
    at: Instant,
    step: u32,
    what: Happened,
}

/// What happened, before it is known what the octets are.
enum Happened {
    In(std::ops::Range<usize>),
    Out(std::ops::Range<usize>),
    Call(Socket, Call, Outcome, std::ops::Range<usize>),
    Quiet,
    Broken(String),
}

impl<'a> Reader<'a> {
    fn line(&mut self, number: usize, line: &'a str) -> Result<(), String> {
        if !self.titled {
            self.titled = line == TITLE;
            let message = format!("a recording begins with the line `{TITLE}`");
            return self.titled.then_some(()).ok_or(message);
        }
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        match first {
            "" if rest.is_empty() => Ok(()),
            "stack" | "profile" if !self.events.is_empty() => {
                Err(format!("`{first}` stands before the first event"))
            }
            "stack" => self.config(line),
            "profile" => self.fields.add(number, rest),
            comment if comment.starts_with('#') => Ok(()),
            _ => self.event(first, rest),
        }
    }

    fn config(&mut self, line: &str) -> Result<(), String> {
        let asked: Scenario = line
            .parse()
            .map_err(|error: crate::scenario::ParseError| error.message)?;
        match self.config.replace(asked.config) {
            Some(_) => Err("`stack` is given twice".to_owned()),
            None => Ok(()),
        }
    }

    fn event(&mut self, at: &str, rest: &str) -> Result<(), String> {
        let at = instant(at)?;
        if self.events.last().is_some_and(|last| last.at > at) {
            return Err("it happens before the event above it".to_owned());
        }
        let (step, rest) = rest
            .split_once(' ')
            .ok_or_else(|| format!("it ends too soon; an event is {EVENT}"))?;
        let step = number(step)?;
        let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let what = match word {
            "in" => Happened::In(self.octets(rest)?),
            "out" => Happened::Out(self.octets(rest)?),
            "quiet" if rest.is_empty() => Happened::Quiet,
            "broken" => Happened::Broken(unescaped(rest)?),
            _ if word.ends_with(':') => self.call(word, rest)?,
            _ => {
                let message = format!("{} is no event; an event is {EVENT}", quoted(word));
                return Err(message);
            }
        };
        self.events.push(Read { at, step, what });
        Ok(())
    }

    fn octets(&mut self, word: &str) -> Result<std::ops::Range<usize>, String> {
        words::octets(word, &mut self.room)?;
        let start = self.octets.len();
        self.octets.extend_from_slice(&self.room);
        Ok(start..self.octets.len())
    }

    fn call(&mut self, socket: &str, rest: &str) -> Result<Happened, String> {
        let index = match socket.as_bytes() {
            [letter, b':'] => letter.wrapping_sub(b'A'),
            _ => u8::MAX,
        };
        if usize::from(index) >= SOCKETS {
            return Err(format!("{} is no socket, such as `A:`", quoted(socket)));
        }
        let (made, outcome) = rest
            .split_once(" -> ")
            .ok_or("a call ends with ` -> ` and its outcome")?;
        let made = call(made)?;
        let (outcome, text) = match outcome.strip_prefix("received ") {
            Some(received) => {
                let (count, text) = received.split_once(' ').unwrap_or((received, ""));
                (Outcome::Received(number(count)?), self.octets(text)?)
            }
            None => (read_outcome(outcome)?, 0..0),
        };
        Ok(Happened::Call(Socket(index), made, outcome, text))
    }

    fn finish(self) -> Result<Trace, (Option<usize>, String)> {
        if !self.titled {
            let message = format!("it is empty; a recording begins with the line `{TITLE}`");
            return Err((None, message));
        }
        let profile = profile::read(self.fields)?;
        let mut trace = Trace::new(self.config.unwrap_or_default(), profile);
        for read in self.events {
            let Read { at, step, what } = read;
            let octets = |range: std::ops::Range<usize>| &self.octets[range];
            let what = match what {
                Happened::In(packet) => arrival(&mut trace, octets(packet)),
                Happened::Out(packet) => {
                    let (segment, damaged, packet, text) = packet_of(&mut trace, octets(packet));
                    What::Emission {
                        segment,
                        damaged,
                        packet,
                        text,
                    }
                }
                Happened::Call(socket, call, outcome, text) => What::Call {
                    socket,
                    call,
                    outcome,
                    text: trace.store(octets(text)),
                },
                Happened::Quiet => What::Quiet,
                Happened::Broken(why) => What::Broken(why),
            };
            trace.events.push(Event { at, step, what });
        }
        Ok(trace)
    }
}

/// What arrives with a packet: an ICMP error, or else a segment.
fn arrival(trace: &mut Trace, octets: &[u8]) -> What {
    if let Ok(error) = wire::parse_icmp(octets) {
        let packet = trace.store(octets);
        return What::Icmp { error, packet };
    }
    let (segment, damaged, packet, text) = packet_of(trace, octets);
    What::Arrival {
        segment,
        damaged,
        packet,
        text,
    }
}

/// A packet as a receiver without a connection reads it.
fn packet_of(
    trace: &mut Trace,
    octets: &[u8],
) -> (Option<wire::Segment>, Option<&'static str>, Range, Range) {
    let packet = trace.store(octets);
    match wire::parse(octets) {
        Ok(parsed) => {
            let text = packet.slice(parsed.text.start, parsed.text.len());
            (Some(parsed.segment), parsed.damaged, packet, text)
        }
        Err(error) => (None, Some(error.0), packet, packet.slice(0, 0)),
    }
}

/// An instant as it is printed: seconds, a point, six digits.
fn instant(word: &str) -> Result<Instant, String> {
    let parts = word.split_once('.').filter(|(_, after)| after.len() == 6);
    let instant = parts.and_then(|(seconds, after)| {
        let seconds: u64 = number(seconds).ok()?;
        let micros: u64 = number(after).ok()?;
        seconds.checked_mul(1_000_000)?.checked_add(micros)
    });
    match instant.map(Instant) {
        Some(instant) if instant <= Instant::NEVER => Ok(instant),
        _ => Err(format!(
            "{} begins no line; an event is {EVENT}",
            quoted(word)
        )),
    }
}

fn call(text: &str) -> Result<Call, String> {
    let words: Vec<&str> = text.split(' ').collect();
    Ok(match words[..] {
        ["listen", port] => Call::Listen {
            port: number(port)?,
            remote: None,
        },
        ["listen", port, "from", remote] => Call::Listen {
            port: number(port)?,
            remote: Some(endpoint(remote)?),
        },
        ["connect", port, "to", remote] => Call::Connect {
            port: number(port)?,
            remote: endpoint(remote)?,
        },
        ["send", octets] => Call::Send(number(octets)?),
        ["send", octets, flag] => {
            Call::SendFlagged(number(octets)?, words::named(&SendFlag::NAMES, flag)?)
        }
        ["recv", octets] => Call::Receive(number(octets)?),
        ["close"] => Call::Close,
        ["abort"] => Call::Abort,
        ["status"] => Call::Status,
        ["reports", "on"] => Call::Set(Setting::Reports(true)),
        ["reports", "off"] => Call::Set(Setting::Reports(false)),
        ["dscp", dscp] => Call::Set(Setting::Dscp(number(dscp)?)),
        [word @ ("urgent" | "reports" | "dscp")] => Call::Ask(words::named(&Query::NAMES, word)?),
        _ => {
            return Err(format!(
                "{} is no call; there are `listen PORT`, `listen PORT from ADDRESS:PORT`, `connect PORT to ADDRESS:PORT`, `send N`, `recv N`, `send N FLAG`, `close`, `abort`, `status`, `urgent`, `reports`, `reports on`, `reports off`, `dscp`, `dscp N`",
                quoted(text)
            ));
        }
    })
}
