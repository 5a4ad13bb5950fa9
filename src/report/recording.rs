//! A trace as a text that reads back: what was seen of one run, to be judged again.
//!
//! One line is one event, in order, with its time in seconds and the number of its step. Packets
//! are whole IP packets in hexadecimal, so nothing is lost but what was meant with a packet that
//! no one can read. Before them stand the `stack` line of the notation, when anything in it is
//! unusual, and what the stack declared, a field a line. `#` begins a comment line. Reading is
//! total, and says what is wrong in which line. Captures for other tools are in `pcapng.rs`.

mod read;

use std::fmt::{self, Write};

use crate::scenario::Scenario;
use crate::stack::Socket;
use crate::stack::text::{Hex, profile, write_outcome};
use crate::trace::{Call, Event, Range, Trace, What};

pub use read::read_recording;

/// The first line; the number changes when old readers would misread what follows.
const TITLE: &str = "tcprove recording 1";

/// Why a text is no recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordingError {
    /// Line, from 1; one after the last when something is missing.
    pub line: usize,
    /// What is wrong, and what was expected.
    pub message: String,
}

/// `line: message`.
impl fmt::Display for RecordingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.message)
    }
}

impl std::error::Error for RecordingError {}

/// A trace as the text of a recording.
pub fn recording(trace: &Trace) -> String {
    let mut out = head(trace);
    for event in &trace.events {
        write_event(&mut out, trace, event);
        if let Some(packet) = packet(&event.what) {
            write_packet(&mut out, trace.octets(packet));
        }
        out.push('\n');
    }
    out
}

/// All lines that stand before the first event.
pub(super) fn head(trace: &Trace) -> String {
    let asked = Scenario {
        config: trace.config,
        ..Scenario::default()
    };
    let mut out = format!("{TITLE}\n{asked}");
    profile::write(&mut out, &trace.profile);
    out
}

/// The packet of what travels.
pub(super) fn packet(what: &What) -> Option<Range> {
    match what {
        What::Arrival { packet, .. } | What::Icmp { packet, .. } => Some(*packet),
        What::Emission { packet, .. } => Some(*packet),
        What::Call { .. } | What::Quiet | What::Broken(_) => None,
    }
}

/// The line of an event, but for its packet and the end of the line.
pub(super) fn write_event(out: &mut String, trace: &Trace, event: &Event) {
    // Writing to a string never fails.
    let _ = try_write_event(out, trace, event);
}

/// What ends the line of what travels.
pub(super) fn write_packet(out: &mut String, octets: &[u8]) {
    let _ = write!(out, " {}", Hex(octets));
}

fn try_write_event(out: &mut String, trace: &Trace, event: &Event) -> fmt::Result {
    write!(out, "{} {} ", event.at, event.step)?;
    match &event.what {
        What::Arrival { .. } | What::Icmp { .. } => out.write_str("in"),
        What::Emission { .. } => out.write_str("out"),
        What::Call {
            socket,
            call,
            outcome,
            text,
        } => {
            write_call(out, *socket, call)?;
            out.push_str(" -> ");
            write_outcome(out, *outcome, trace.octets(*text))
        }
        What::Quiet => out.write_str("quiet"),
        What::Broken(why) => write!(out, "broken {}", why.escape_debug()),
    }
}

fn write_call(out: &mut String, Socket(socket): Socket, call: &Call) -> fmt::Result {
    write!(out, "{}: ", char::from(b'A'.saturating_add(socket)))?;
    match call {
        Call::Listen { port, remote: None } => write!(out, "listen {port}"),
        Call::Listen {
            port,
            remote: Some(remote),
        } => write!(out, "listen {port} from {remote}"),
        Call::Connect { port, remote } => write!(out, "connect {port} to {remote}"),
        Call::Send(octets) => write!(out, "send {octets}"),
        Call::SendFlagged(octets, flag) => {
            write!(out, "send {octets} {}", flag.name())
        }
        Call::Receive(octets) => write!(out, "recv {octets}"),
        Call::Close => out.write_str("close"),
        Call::Abort => out.write_str("abort"),
        Call::Status => out.write_str("status"),
        Call::Ask(query) => out.write_str(query.name()),
        Call::Set(setting) => write!(out, "{setting}"),
    }
}
