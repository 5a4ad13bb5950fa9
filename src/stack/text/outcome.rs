//! What a user call gave back.

use std::fmt::{self, Write};

use super::super::{Outcome, Reports};
use super::Hex;
use super::words::{self, ERRORS, number, quoted};
use crate::model::State;

/// Writes an outcome; `text` is what a RECEIVE delivered.
pub(crate) fn write_outcome(out: &mut String, outcome: Outcome, text: &[u8]) -> fmt::Result {
    match outcome {
        Outcome::Done => out.write_str("done"),
        Outcome::Sent(octets) => write!(out, "sent {octets}"),
        Outcome::Received(octets) => write!(out, "received {octets} {}", Hex(text)),
        Outcome::Empty => out.write_str("empty"),
        Outcome::EndOfStream => out.write_str("end of stream"),
        Outcome::Status(state) => write!(out, "status {state}"),
        Outcome::Urgent(octets) => write!(out, "urgent {octets}"),
        Outcome::Reports(reports) => write!(out, "reports {reports}"),
        Outcome::Dscp(dscp) => write!(out, "dscp {dscp}"),
        Outcome::Failed(error) => write!(out, "failed {}", words::name(&ERRORS, &error)),
        Outcome::Unsupported => out.write_str("unsupported"),
    }
}

/// Reads every outcome but that of octets received.
pub(crate) fn read_outcome(text: &str) -> Result<Outcome, String> {
    let words: Vec<&str> = text.split(' ').collect();
    Ok(match words[..] {
        ["done"] => Outcome::Done,
        ["sent", octets] => Outcome::Sent(number(octets)?),
        ["empty"] => Outcome::Empty,
        ["end", "of", "stream"] => Outcome::EndOfStream,
        ["status", state] => {
            let found = State::from_name(state);
            Outcome::Status(found.ok_or_else(|| format!("{} is no state", quoted(state)))?)
        }
        ["urgent", octets] => Outcome::Urgent(number(octets)?),
        ["reports", reports] => Outcome::Reports(read_reports(reports)?),
        ["dscp", dscp] => Outcome::Dscp(number(dscp)?),
        ["failed", why] => Outcome::Failed(words::named(&ERRORS, why)?),
        ["unsupported"] => Outcome::Unsupported,
        _ => {
            return Err(format!(
                "{} is no outcome; there are `done`, `sent N`, `received N OCTETS`, `empty`, `end of stream`, `status STATE`, `urgent N`, `reports WHAT`, `dscp N`, `failed WHY`, `unsupported`",
                quoted(text)
            ));
        }
    })
}

/// What was reported: names with commas between them, or `none`.
fn read_reports(text: &str) -> Result<Reports, String> {
    if text == "none" {
        return Ok(Reports::NONE);
    }
    text.split(',').try_fold(Reports::NONE, |reports, name| {
        Ok(reports.with(words::named(&Reports::NAMES, name)?))
    })
}
