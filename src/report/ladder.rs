//! The ladder: a trace as a diagram in plain text, peer on the left, stack on the right.
//!
//! Times in seconds, arrows, numbers relative to each side's ISN, the user's calls on the stack's
//! side, and `!!` where the deviation is. A hundred columns wide. It shows what was seen and
//! judges nothing.

use std::fmt::Write;

use super::relative::{Numbers, Relative};
use crate::stack::{CallError, Outcome, Socket};
use crate::time::Instant;
use crate::trace::{Call, Event, Range, Trace, What};
use crate::wire::Segment;

/// Columns between the two sides.
const LANE: usize = 54;
/// Columns to the right of the stack's side.
const MARGIN: usize = 29;
/// More events than this are not all drawn: the beginning, and what stands around the mark.
const MOST: usize = 120;

/// Draws a trace. `mark` is the index of the event to be marked; `steps` are the lines of the
/// scenario, shown beside the first event of each step as far as they fit.
pub fn ladder(trace: &Trace, mark: Option<usize>, steps: &[String]) -> String {
    let mut drawing = Drawing {
        numbers: Numbers::survey(trace),
        trace,
        steps,
        out: String::new(),
        last_step: None,
        last_at: Instant::START,
        absolute: false,
    };
    drawing.head();
    let (head, tail) = drawn(trace.events.len(), mark);
    for (index, event) in trace.events.iter().enumerate() {
        let label = drawing.label(index, event);
        let marked = mark == Some(index);
        if index == head && tail > head {
            let gap = tail - head;
            drawing.row(
                "",
                None,
                Lane::Note(format!("... {gap} more events ...")),
                "",
            );
        }
        if index < head || index >= tail {
            drawing.event(event, label, marked);
        }
    }
    drawing.foot();
    drawing.out
}

/// Which events are drawn: those below the first number and those from the second one on.
fn drawn(events: usize, mark: Option<usize>) -> (usize, usize) {
    if events <= MOST {
        return (events, events);
    }
    let head = MOST / 2;
    let around = mark.map_or(events, |mark| (mark + MOST / 4).min(events));
    (head, around.saturating_sub(MOST / 2).max(head))
}

struct Drawing<'a> {
    numbers: Numbers,
    trace: &'a Trace,
    steps: &'a [String],
    out: String,
    last_step: Option<u32>,
    last_at: Instant,
    absolute: bool,
}

/// What stands between the two sides.
enum Lane {
    /// Nothing.
    Empty,
    /// Words, centred.
    Note(String),
    /// An arrow to the right; with `false`, it reaches the stack only to be discarded.
    Right(String, bool),
    /// An arrow to the left.
    Left(String),
}

impl Drawing<'_> {
    fn head(&mut self) {
        let width = LANE - "stack".len();
        let _ = writeln!(self.out, "{:>13} peer{:width$} stack", "time", "");
    }

    fn foot(&mut self) {
        if self.absolute {
            self.out
                .push_str("   (#n: a number as it travelled; nothing gives its zero point)\n");
        }
    }

    /// The arrow of a segment, `None` for other events. Called for every event in order, drawn or
    /// not, since each may move the zero points.
    fn label(&mut self, index: usize, event: &Event) -> Option<Lane> {
        match &event.what {
            What::Arrival {
                segment,
                damaged,
                packet,
                ..
            } => {
                let text = match segment {
                    Some(segment) => {
                        let relative = self.numbers.arrival(index, segment);
                        self.segment(segment, &relative)
                    }
                    None => self.unreadable(*packet),
                };
                Some(Lane::Right(with_damage(text, *damaged), damaged.is_none()))
            }
            What::Emission {
                segment,
                damaged,
                packet,
                ..
            } => {
                let text = match segment {
                    Some(segment) => {
                        let relative = self.numbers.emission(segment);
                        self.segment(segment, &relative)
                    }
                    None => self.unreadable(*packet),
                };
                Some(Lane::Left(with_damage(text, *damaged)))
            }
            What::Call { .. } | What::Quiet | What::Broken(_) => None,
        }
    }

    fn event(&mut self, event: &Event, arrow: Option<Lane>, marked: bool) {
        let mark = if marked { "!!" } else { "" };
        let line = self.step_line(event.step);
        match (&event.what, arrow) {
            (_, Some(arrow)) => self.row(mark, Some(event.at), arrow, &line),
            (
                What::Call {
                    socket,
                    call,
                    outcome,
                    ..
                },
                _,
            ) => {
                let call = call_line(*socket, *call, *outcome);
                self.row(mark, Some(event.at), Lane::Empty, &call);
            }
            (What::Quiet, _) => self.quiet(event, marked, &line),
            (What::Broken(why), _) => {
                let note = Lane::Note("the stack broke".to_owned());
                self.row(mark, Some(event.at), note, why);
            }
            (What::Arrival { .. } | What::Emission { .. }, None) => {}
        }
        self.last_step = Some(event.step);
        self.last_at = event.at;
    }

    /// A silence is drawn when time has passed in it, or when it is what is wrong.
    fn quiet(&mut self, event: &Event, marked: bool, line: &str) {
        if marked {
            let note = Lane::Note("nothing".to_owned());
            self.row("!!", Some(event.at), note, line);
        } else if event.at > self.last_at {
            self.row("", Some(event.at), Lane::Empty, line);
        }
    }

    fn step_line(&self, step: u32) -> String {
        if self.last_step == Some(step) {
            return String::new();
        }
        let line = self.steps.get(step as usize).map_or("", String::as_str);
        shortened(line, MARGIN)
    }

    /// One row of the diagram, or several where its words need more room.
    fn row(&mut self, mark: &str, at: Option<Instant>, lane: Lane, margin: &str) {
        let time = at.map_or_else(String::new, |at| at.to_string());
        let lanes = lane.rows();
        let margins = wrapped(margin, MARGIN);
        for row in 0..lanes.len().max(margins.len()) {
            let (mark, time) = if row == 0 {
                (mark, time.as_str())
            } else {
                ("", "")
            };
            let lane = lanes.get(row).map_or("", String::as_str);
            let margin = margins.get(row).map_or("", String::as_str);
            let line = format!("{mark:<2}{time:>11} |{lane:LANE$}| {margin}");
            let _ = writeln!(self.out, "{}", line.trim_end());
        }
    }

    fn segment(&mut self, segment: &Segment, relative: &Relative) -> String {
        let mut text = String::new();
        if relative.flow > 0 {
            let _ = write!(text, "{}>{}: ", segment.src.port, segment.dst.port);
        }
        let foreign = self.foreign_address(segment);
        let _ = write!(text, "{foreign}{} seq {}", segment.flags, relative.seq);
        if segment.flags.ack() {
            let _ = write!(text, " ack {}", relative.ack);
        }
        if segment.payload_len > 0 {
            let _ = write!(text, " len {}", segment.payload_len);
        }
        let _ = write!(text, " win {}", segment.window);
        if relative.shift > 0 {
            let _ = write!(text, "<<{}", relative.shift);
        }
        if segment.flags.urg() {
            let _ = write!(text, " urg {}", segment.urgent);
        }
        let options = options(segment, relative);
        if !options.is_empty() {
            let _ = write!(text, " <{options}>");
        }
        self.absolute |= text.contains('#');
        text
    }

    /// The addresses of a segment that does not travel between the two hosts.
    fn foreign_address(&self, segment: &Segment) -> String {
        let family = self.trace.config.family;
        let (peer, stack) = (family.peer(), family.stack());
        let mut ends = [segment.src.addr, segment.dst.addr];
        ends.sort();
        let mut usual = [peer, stack];
        usual.sort();
        if ends == usual {
            String::new()
        } else {
            format!("{} to {}: ", segment.src.addr, segment.dst.addr)
        }
    }

    fn unreadable(&self, packet: Range) -> String {
        let octets = self.trace.octets(packet);
        let mut text = format!("unreadable, {} octets:", octets.len());
        for octet in octets.iter().take(24) {
            let _ = write!(text, " {octet:02x}");
        }
        if octets.len() > 24 {
            text.push_str(" ...");
        }
        text
    }
}

impl Lane {
    fn rows(self) -> Vec<String> {
        let inner = LANE - 6;
        match self {
            Lane::Empty => Vec::new(),
            Lane::Note(text) => vec![format!("{:^LANE$}", shortened(&text, LANE))],
            Lane::Left(text) => arrows(&text, inner, |first, rest, line| {
                if first {
                    format!("<-- {line} {:-<rest$}", "")
                } else {
                    format!("    {line}")
                }
            }),
            Lane::Right(text, arrives) => arrows(&text, inner, |first, rest, line| {
                let tip = if arrives { '>' } else { 'x' };
                if first {
                    format!("--- {line} {:-<width$}{tip}", "", width = rest - 1)
                } else {
                    format!("    {line}")
                }
            }),
        }
    }
}

/// The rows of an arrow: the first with its shaft, the others with what did not fit.
fn arrows(text: &str, inner: usize, draw: impl Fn(bool, usize, &str) -> String) -> Vec<String> {
    let lines = wrapped(text, inner);
    let row = |(n, line): (usize, &String)| {
        let rest = LANE - 5 - line.chars().count();
        draw(n == 0, rest, line)
    };
    lines.iter().enumerate().map(row).collect()
}

fn with_damage(text: String, damaged: Option<&'static str>) -> String {
    match damaged {
        Some(why) => format!("{text} [{why}]"),
        None => text,
    }
}

fn options(segment: &Segment, relative: &Relative) -> String {
    let options = &segment.options;
    let mut words: Vec<String> = Vec::new();
    if let Some(mss) = options.mss {
        words.push(format!("mss {mss}"));
    }
    if let Some(shift) = options.window_scale {
        words.push(format!("wscale {shift}"));
    }
    if options.sack_permitted {
        words.push("sackok".to_owned());
    }
    if let Some((value, echo)) = options.timestamps {
        words.push(format!("ts {value} {echo}"));
    }
    for &(left, right) in &options.sack {
        let (left, right) = (relative.acknowledged(left), relative.acknowledged(right));
        words.push(format!("sack {left}..{right}"));
    }
    for (is, word) in [
        (options.unknown, "unknown"),
        (options.duplicate, "repeated"),
        (options.malformed, "malformed"),
        (options.nonzero_padding, "padding not zero"),
    ] {
        if is {
            words.push(word.to_owned());
        }
    }
    words.join(", ")
}

/// A call and its outcome in one line, as the stack's user sees them.
pub(crate) fn call_line(socket: Socket, call: Call, outcome: Outcome) -> String {
    let name = char::from(b'A' + socket.0.min(25));
    let call = match call {
        Call::Listen { port, remote: None } => format!("listen port {port}"),
        Call::Listen {
            port,
            remote: Some(remote),
        } => format!("listen port {port} from {remote}"),
        Call::Connect { port, remote } => format!("connect port {port} to {remote}"),
        Call::Send(n) => format!("send {n}"),
        Call::Receive(n) => format!("recv {n}"),
        Call::Close => "close".to_owned(),
        Call::Abort => "abort".to_owned(),
        Call::Status => "status".to_owned(),
    };
    format!("{name} {call}: {}", outcome_words(outcome))
}

/// The outcome of a call in words.
pub(crate) fn outcome_words(outcome: Outcome) -> String {
    match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Sent(n) => format!("took {n}"),
        Outcome::Received(n) => format!("got {n}"),
        Outcome::Empty => "nothing yet".to_owned(),
        Outcome::EndOfStream => "end of stream".to_owned(),
        Outcome::Status(state) => state.to_string(),
        Outcome::Failed(error) => format!("failed, {}", error_words(error)),
        Outcome::Unsupported => "not offered".to_owned(),
    }
}

fn error_words(error: CallError) -> &'static str {
    match error {
        CallError::NoConnection => "no connection",
        CallError::AlreadyExists => "already exists",
        CallError::Closing => "closing",
        CallError::Reset => "reset",
        CallError::Refused => "refused",
        CallError::TimedOut => "timed out",
        CallError::InvalidArgument => "invalid argument",
        CallError::NoResources => "no resources",
    }
}

/// At most `width` characters of a line, the cut shown by dots.
fn shortened(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let kept: String = line.chars().take(width.saturating_sub(3)).collect();
    format!("{}...", kept.trim_end())
}

/// A text in lines of at most `width` characters, broken between words where that is possible.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word = word;
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        while word.chars().count() > width {
            let cut = word
                .char_indices()
                .nth(width)
                .map_or(word.len(), |(at, _)| at);
            lines.push(word[..cut].to_owned());
            word = &word[cut..];
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}
