//! A trace as a capture file: pcapng, raw IP, microseconds, with comments.
//!
//! The verdict stands in the section header, and again as the comment of the packet that is
//! wrong, so that any reader of captures shows it in place. Written by hand: three kinds of block
//! are all it takes. Format: draft-ietf-opsawg-pcapng.

use crate::trace::{Range, Trace, What};

/// LINKTYPE_RAW: packets begin with the IP header.
const LINKTYPE_RAW: u16 = 101;

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const ENHANCED_PACKET: u32 = 6;

const OPT_END: u16 = 0;
const OPT_COMMENT: u16 = 1;
const SHB_USERAPPL: u16 = 4;
const IF_NAME: u16 = 2;
const IF_TSRESOL: u16 = 9;
const EPB_FLAGS: u16 = 2;

/// Directions in the low two bits of a packet's flags, seen from the stack under test.
const INBOUND: u32 = 1;
const OUTBOUND: u32 = 2;

/// The octets of a capture file of `trace`.
///
/// `comment` goes into the section header; when empty there is none. With `mark`, the second
/// text becomes the comment of the packet of that event; of the last packet before it when the
/// event is none that travels, or of the first packet when there is none before.
pub fn capture(trace: &Trace, comment: &str, mark: Option<(usize, &str)>) -> Vec<u8> {
    let mut out = Vec::new();
    section_header(&mut out, comment);
    interface(&mut out, &trace.profile.name);
    let marked = mark.and_then(|(event, text)| Some((packet_of(trace, event)?, text)));
    for (index, event) in trace.events.iter().enumerate() {
        if let Some((packet, direction)) = packet(&event.what) {
            let comment = match marked {
                Some((at, text)) if at == index => text,
                _ => "",
            };
            let octets = trace.octets(packet);
            enhanced_packet(&mut out, event.at.0, octets, direction, comment);
        }
    }
    out
}

fn packet(what: &What) -> Option<(Range, u32)> {
    match what {
        What::Arrival { packet, .. } => Some((*packet, INBOUND)),
        What::Emission { packet, .. } => Some((*packet, OUTBOUND)),
        What::Call { .. } | What::Quiet | What::Broken(_) => None,
    }
}

/// The event whose packet carries the comment that belongs to `event`.
fn packet_of(trace: &Trace, event: usize) -> Option<usize> {
    let travels = |index: &usize| {
        let event = trace.events.get(*index);
        event.is_some_and(|event| packet(&event.what).is_some())
    };
    let before = (0..=event).rev().find(travels);
    before.or_else(|| (event..trace.events.len()).find(travels))
}

fn section_header(out: &mut Vec<u8>, comment: &str) {
    block(out, SECTION_HEADER, |out| {
        out.extend_from_slice(&0x1a2b_3c4d_u32.to_le_bytes());
        out.extend_from_slice(&1_u16.to_le_bytes());
        out.extend_from_slice(&0_u16.to_le_bytes());
        out.extend_from_slice(&u64::MAX.to_le_bytes());
        text_option(out, OPT_COMMENT, comment);
        text_option(out, SHB_USERAPPL, "tcprove");
        option(out, OPT_END, &[]);
    });
}

fn interface(out: &mut Vec<u8>, name: &str) {
    block(out, INTERFACE, |out| {
        out.extend_from_slice(&LINKTYPE_RAW.to_le_bytes());
        out.extend_from_slice(&0_u16.to_le_bytes());
        out.extend_from_slice(&0_u32.to_le_bytes());
        text_option(out, IF_NAME, name);
        option(out, IF_TSRESOL, &[6]);
        option(out, OPT_END, &[]);
    });
}

fn enhanced_packet(out: &mut Vec<u8>, micros: u64, octets: &[u8], direction: u32, comment: &str) {
    block(out, ENHANCED_PACKET, |out| {
        out.extend_from_slice(&0_u32.to_le_bytes());
        out.extend_from_slice(&((micros >> 32) as u32).to_le_bytes());
        out.extend_from_slice(&(micros as u32).to_le_bytes());
        out.extend_from_slice(&(octets.len() as u32).to_le_bytes());
        out.extend_from_slice(&(octets.len() as u32).to_le_bytes());
        padded(out, octets);
        text_option(out, OPT_COMMENT, comment);
        option(out, EPB_FLAGS, &direction.to_le_bytes());
        option(out, OPT_END, &[]);
    });
}

/// One block: its kind, its length before and after, and its body.
fn block(out: &mut Vec<u8>, kind: u32, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&kind.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    body(out);
    let length = ((out.len() - start + 4) as u32).to_le_bytes();
    out[start + 4..start + 8].copy_from_slice(&length);
    out.extend_from_slice(&length);
}

/// An option that is a text; none when the text is empty. A text that is too long for the
/// format is cut at a character.
fn text_option(out: &mut Vec<u8>, code: u16, text: &str) {
    if text.is_empty() {
        return;
    }
    let mut end = text.len().min(usize::from(u16::MAX));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    option(out, code, &text.as_bytes()[..end]);
}

fn option(out: &mut Vec<u8>, code: u16, value: &[u8]) {
    out.extend_from_slice(&code.to_le_bytes());
    out.extend_from_slice(&(value.len() as u16).to_le_bytes());
    padded(out, value);
}

fn padded(out: &mut Vec<u8>, octets: &[u8]) {
    out.extend_from_slice(octets);
    out.resize(out.len().next_multiple_of(4), 0);
}
