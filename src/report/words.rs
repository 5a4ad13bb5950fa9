//! Small words that several parts of a report share: calls, outcomes, counts, line breaks.

use crate::scenario::{CallStep, Flow};
use crate::stack::{CallError, Outcome, Socket};
use crate::trace::Call;

/// A call and its outcome in one line, as the stack's user sees them.
pub(crate) fn call_line(socket: Socket, call: Call, outcome: Outcome) -> String {
    let name = char::from(b'A' + socket.0.min(25));
    let call = call_words(call, Flow::of(socket));
    format!("{name}: {call} -> {}", outcome_words(outcome))
}

/// A call as a scenario writes it: ports only where they are not the socket's usual ones.
fn call_words(call: Call, usual: Flow) -> String {
    let port = |word: &str, port: u16, usual: u16| {
        if port == usual {
            String::new()
        } else {
            format!(" {word} :{port}")
        }
    };
    let local = |n| port("port", n, usual.local_port());
    match call {
        Call::Listen { port: n, remote } => {
            let from = remote.map(|remote| format!(" from :{}", remote.port));
            format!("listen{}{}", local(n), from.unwrap_or_default())
        }
        Call::Connect { port: n, remote } => {
            let to = port("to", remote.port, usual.remote_port());
            format!("connect{}{to}", local(n))
        }
        Call::Send(n) => format!("send {n}"),
        Call::SendFlagged(n, flag) => format!("send {n} {}", flag.name()),
        Call::Receive(CallStep::MOST) => "recv".to_owned(),
        Call::Receive(n) => format!("recv {n}"),
        Call::Close => "close".to_owned(),
        Call::Abort => "abort".to_owned(),
        Call::Status => "status".to_owned(),
        Call::Ask(query) => query.name().to_owned(),
        Call::Set(setting) => setting.to_string(),
    }
}

/// The outcome of a call in words.
fn outcome_words(outcome: Outcome) -> String {
    match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Sent(n) => format!("took {n}"),
        Outcome::Received(n) => format!("got {n}"),
        Outcome::Empty => "nothing yet".to_owned(),
        Outcome::EndOfStream => "end of stream".to_owned(),
        Outcome::Status(state) => state.to_string(),
        Outcome::Urgent(0) => "nothing urgent".to_owned(),
        Outcome::Urgent(n) => format!("{n} urgent"),
        Outcome::Reports(reports) => reports.to_string(),
        Outcome::Dscp(dscp) => format!("dscp {dscp}"),
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
        CallError::Unreachable => "unreachable",
        CallError::TimedOut => "timed out",
        CallError::InvalidArgument => "invalid argument",
        CallError::NoResources => "no resources",
    }
}

/// At most `width` characters of a line, the cut shown by dots.
pub(crate) fn shortened(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let kept: String = line.chars().take(width.saturating_sub(3)).collect();
    format!("{}...", kept.trim_end())
}

/// A space at which no line is broken.
pub(crate) const FIXED_SPACE: &str = "\u{a0}";

/// A text in lines of at most `width` characters, broken between words where that is possible.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_ascii_whitespace() {
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

/// A text as it stands in XML or HTML; what XML has no room for is left out.
#[cfg(feature = "cli")]
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A number and its noun: `1 step`, `2 steps`.
pub(crate) fn counted(n: u64, noun: &str) -> String {
    if n == 1 {
        format!("1 {noun}")
    } else {
        format!("{n} {noun}s")
    }
}

/// A count in at most four characters: `999`, `12k`, `3M`.
pub(crate) fn rounded(n: u64) -> String {
    match n {
        0..=9_999 => n.to_string(),
        10_000..=9_999_999 => format!("{}k", n / 1_000),
        10_000_000..=9_999_999_999 => format!("{}M", n / 1_000_000),
        _ => format!("{}G", n / 1_000_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_rounded_down_to_four_characters() {
        let rows = [
            (0, "0"),
            (9_999, "9999"),
            (10_000, "10k"),
            (999_999, "999k"),
            (9_999_999, "9999k"),
            (10_000_000, "10M"),
            (12_345_678_901, "12G"),
        ];
        for (n, text) in rows {
            assert_eq!(rounded(n), text);
        }
    }

    #[test]
    fn words_are_broken_where_they_can_be() {
        let rows: [(&str, usize, &[&str]); 4] = [
            ("", 5, &[]),
            ("one two", 7, &["one two"]),
            ("one two", 6, &["one", "two"]),
            (
                "incomprehensibilities",
                9,
                &["incompreh", "ensibilit", "ies"],
            ),
        ];
        for (text, width, expected) in rows {
            assert_eq!(wrapped(text, width), expected, "{text}");
        }
    }
}
