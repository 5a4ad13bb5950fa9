//! Whatever reads what others wrote: any octets are read or refused, and what is read is written
//! as it was.
//!
//! Each function takes any octets and gives what is wrong, which should be nothing.

use crate::oracle::{KnownDeviations, Oracle};
use crate::report;
use crate::scenario::Scenario;
use crate::trace::Trace;
use crate::wire::{self, Damage};

/// Any text as a scenario and as a file of known deviations.
///
/// # Errors
/// What is wrong with the parser or the printer.
pub fn notation(octets: &[u8]) -> Result<(), String> {
    let Ok(text) = std::str::from_utf8(octets) else {
        return Ok(());
    };
    match text.parse::<Scenario>() {
        Ok(scenario) => {
            let printed = scenario.to_string();
            if printed.parse().as_ref() != Ok(&scenario) {
                return Err(format!("printed, it is another scenario:\n{printed}"));
            }
        }
        Err(error) => {
            let lines = text.lines().count().max(1);
            let width = text
                .lines()
                .nth(error.line - 1)
                .map_or(0, |line| line.chars().count());
            let rendered = error.render("-", text);
            if error.line > lines || error.column > width + 1 || rendered.lines().count() != 3 {
                return Err(format!("the error points nowhere:\n{rendered}"));
            }
        }
    }
    if let Err(error) = text.parse::<KnownDeviations>()
        && error.to_string().is_empty()
    {
        return Err("an error about known deviations says nothing".to_owned());
    }
    Ok(())
}

/// Any octets as a packet; those that can be read are built again, and damaged.
///
/// # Errors
/// What is wrong with the parser or the builder.
pub fn wire(octets: &[u8]) -> Result<(), String> {
    if let Ok(parsed) = wire::parse(octets) {
        let text = &octets[parsed.text.clone()];
        let field = usize::from(parsed.segment.options.octets);
        let options = &octets[parsed.text.start - field..parsed.text.start];
        let mut again = Vec::new();
        wire::build(&parsed.segment, options, text, &mut again);
        let back = wire::parse(&again).map_err(|error| format!("built again: {error}"))?;
        let same = back.segment == parsed.segment && again[back.text.clone()] == *text;
        if !same || back.damaged.is_some() {
            return Err(format!("built again, it reads {back:?} for {parsed:?}"));
        }
    }
    let mut packet = octets.to_vec();
    for chunk in octets.chunks_exact(3).rev().take(4) {
        wire::damage(
            &mut packet,
            damage(chunk[0], u16::from_be_bytes([chunk[1], chunk[2]])),
        );
        if let Ok(parsed) = wire::parse(&packet)
            && packet.get(parsed.text.clone()).is_none()
        {
            return Err(format!("the text stands outside of the packet: {parsed:?}"));
        }
    }
    Ok(())
}

fn damage(kind: u8, n: u16) -> Damage {
    match kind % 7 {
        0 => Damage::Checksum(n),
        1 => Damage::DataOffset((n % 16) as u8),
        2 => Damage::Cut(n),
        3 => Damage::Truncate(n),
        4 => Damage::Ipv4Checksum(n),
        5 => Damage::Ipv4Options(n as u8),
        _ => Damage::Trailer(n as u8),
    }
}

/// Any octets as a recording or a capture; what can be read is written as both and read again,
/// and judged.
///
/// # Errors
/// What is wrong with a reader or a writer.
pub fn recording(octets: &[u8]) -> Result<(), String> {
    let Some(trace) = read(octets)? else {
        return Ok(());
    };
    let written = report::recording(&trace);
    let text = report::read_recording(&written)
        .map_err(|error| format!("written again, line {error}\n{written}"))?;
    let captured = report::read_capture(&report::capture(&trace, "", None))
        .map_err(|error| format!("as a capture, {error}\n{written}"))?;
    let mut oracle = Oracle::new(KnownDeviations::default());
    let first = oracle.judge(&trace);
    for again in [text, captured] {
        let same = again.config == trace.config && again.profile == trace.profile;
        if !same || again.events != trace.events {
            return Err(format!("written and read, it is another trace:\n{written}"));
        }
        let second = oracle.judge(&again);
        if first != second {
            return Err(format!(
                "judged twice: {first:?}, then {second:?}\n{written}"
            ));
        }
    }
    let _ = report::ladder(&trace, None, &[]);
    Ok(())
}

/// What octets hold, a recording or a capture, if any.
fn read(octets: &[u8]) -> Result<Option<Trace>, String> {
    if report::is_capture(octets) {
        return match report::read_capture(octets) {
            Err(error) if error.offset > octets.len() || error.message.is_empty() => {
                Err(format!("the error points nowhere: {error}"))
            }
            read => Ok(read.ok()),
        };
    }
    let Ok(text) = std::str::from_utf8(octets) else {
        return Ok(None);
    };
    match report::read_recording(text) {
        Err(error) if error.line > text.lines().count() + 1 || error.line == 0 => {
            Err(format!("the error points nowhere: {error}"))
        }
        read => Ok(read.ok()),
    }
}
