//! A trace as a capture file: pcapng, raw IP, microseconds, with comments.
//!
//! The verdict stands in the section header, and again as the comment of the packet that is
//! wrong, so that any reader of captures shows it in place. What a recording has beside packets
//! stands in comments too, at the packet that comes before, so that the capture reads back as the
//! same trace. Written by hand: three kinds of block are all it takes. Format:
//! draft-ietf-opsawg-pcapng.

#[cfg(any(feature = "cli", feature = "fuzzing"))]
mod read;
mod stream;

use super::recording;
use crate::trace::{Trace, What};

pub use stream::PacketCapture;

#[cfg(any(feature = "cli", feature = "fuzzing"))]
pub use read::{CaptureError, is_capture, read_capture};

/// LINKTYPE_RAW: packets begin with the IP header.
const LINKTYPE_RAW: u16 = 101;

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const ENHANCED_PACKET: u32 = 6;

/// What a comment begins with that belongs to the recording and not to the reader.
const MARK: &str = "[tcprove] ";

/// What such a comment begins with that goes on where the one before it ends.
const MORE: &str = "[tcprove] more\n";

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
    let travels = |what: &What| recording::packet(what).is_some();
    let packets: Vec<usize> = (0..trace.events.len())
        .filter(|&index| travels(&trace.events[index].what))
        .collect();
    let first = packets.first().copied().unwrap_or(trace.events.len());
    let mut told = format!("{MARK}{} packets\n", packets.len());
    told.push_str(&recording::head(trace));
    tell(&mut told, trace, 0..first);
    section_header(&mut out, &[comment, &told]);
    interface(&mut out, &trace.profile.name);
    let marked = mark.and_then(|(event, text)| Some((packet_of(trace, event)?, text)));
    for (n, &index) in packets.iter().enumerate() {
        let event = &trace.events[index];
        let Some(packet) = recording::packet(&event.what) else {
            continue;
        };
        let comment = match marked {
            Some((at, text)) if at == index => text,
            _ => "",
        };
        let next = packets.get(n + 1).copied().unwrap_or(trace.events.len());
        told.clear();
        told.push_str(&format!("{MARK}packet {} of {}\n", n + 1, packets.len()));
        tell(&mut told, trace, index..next);
        let direction = match event.what.is_input() {
            true => INBOUND,
            false => OUTBOUND,
        };
        let octets = trace.octets(packet);
        enhanced_packet(&mut out, event.at.0, octets, direction, &[comment, &told]);
    }
    out
}

/// The lines of these events in a recording, those of packets without their octets.
fn tell(out: &mut String, trace: &Trace, events: std::ops::Range<usize>) {
    for event in &trace.events[events] {
        recording::write_event(out, trace, event);
        out.push('\n');
    }
}

/// The event whose packet carries the comment that belongs to `event`.
fn packet_of(trace: &Trace, event: usize) -> Option<usize> {
    let travels = |index: &usize| {
        let event = trace.events.get(*index);
        event.is_some_and(|event| recording::packet(&event.what).is_some())
    };
    let before = (0..=event).rev().find(travels);
    before.or_else(|| (event..trace.events.len()).find(travels))
}

fn section_header(out: &mut Vec<u8>, comments: &[&str; 2]) {
    block(out, SECTION_HEADER, |out| {
        out.extend_from_slice(&0x1a2b_3c4d_u32.to_le_bytes());
        out.extend_from_slice(&1_u16.to_le_bytes());
        out.extend_from_slice(&0_u16.to_le_bytes());
        out.extend_from_slice(&u64::MAX.to_le_bytes());
        write_comments(out, comments);
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

fn enhanced_packet(
    out: &mut Vec<u8>,
    micros: u64,
    octets: &[u8],
    direction: u32,
    comments: &[&str; 2],
) {
    block(out, ENHANCED_PACKET, |out| {
        out.extend_from_slice(&0_u32.to_le_bytes());
        out.extend_from_slice(&((micros >> 32) as u32).to_le_bytes());
        out.extend_from_slice(&(micros as u32).to_le_bytes());
        out.extend_from_slice(&(octets.len() as u32).to_le_bytes());
        out.extend_from_slice(&(octets.len() as u32).to_le_bytes());
        padded(out, octets);
        write_comments(out, comments);
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

/// What a person is told, and what the recording has; the latter in pieces that the format has
/// room for.
fn write_comments(out: &mut Vec<u8>, [comment, told]: &[&str; 2]) {
    text_option(out, OPT_COMMENT, comment);
    let (mut piece, mut rest) = cut(told, usize::from(u16::MAX));
    text_option(out, OPT_COMMENT, piece);
    while !rest.is_empty() {
        (piece, rest) = cut(rest, usize::from(u16::MAX) - MORE.len());
        text_option(out, OPT_COMMENT, &format!("{MORE}{piece}"));
    }
}

/// A text cut at a character into at most so many octets and the rest.
fn cut(text: &str, most: usize) -> (&str, &str) {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.split_at(end)
}

/// An option that is a text; none when the text is empty. A text that is too long for the
/// format is cut at a character.
fn text_option(out: &mut Vec<u8>, code: u16, text: &str) {
    if text.is_empty() {
        return;
    }
    let (text, _) = cut(text, usize::from(u16::MAX));
    option(out, code, text.as_bytes());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::{PEER, STACK, Tape};
    use crate::stack::Outcome;
    use crate::trace::Call;

    /// A block as read back: kind, fixed part, options.
    struct Read {
        kind: u32,
        fixed: Vec<u8>,
        options: Vec<(u16, Vec<u8>)>,
    }

    fn u32_at(octets: &[u8], at: usize) -> u32 {
        u32::from_le_bytes(octets[at..at + 4].try_into().expect("four octets"))
    }

    fn u16_at(octets: &[u8], at: usize) -> u16 {
        u16::from_le_bytes(octets[at..at + 2].try_into().expect("two octets"))
    }

    fn read(mut file: &[u8]) -> Vec<Read> {
        let mut blocks = Vec::new();
        while !file.is_empty() {
            let kind = u32_at(file, 0);
            let length = u32_at(file, 4) as usize;
            assert_eq!(length % 4, 0);
            assert_eq!(u32_at(file, length - 4) as usize, length, "both lengths");
            let body = &file[8..length - 4];
            let fixed = match kind {
                SECTION_HEADER => 16,
                INTERFACE => 8,
                _ => 20 + u32_at(body, 12).next_multiple_of(4) as usize,
            };
            blocks.push(Read {
                kind,
                fixed: body[..fixed].to_vec(),
                options: read_options(&body[fixed..]),
            });
            file = &file[length..];
        }
        blocks
    }

    fn read_options(mut octets: &[u8]) -> Vec<(u16, Vec<u8>)> {
        let mut options = Vec::new();
        loop {
            let (code, len) = (u16_at(octets, 0), usize::from(u16_at(octets, 2)));
            if code == OPT_END {
                assert_eq!((len, octets.len()), (0, 4), "the end is at the end");
                return options;
            }
            options.push((code, octets[4..4 + len].to_vec()));
            octets = &octets[4 + len.next_multiple_of(4)..];
        }
    }

    impl Read {
        fn comment(&self) -> Option<String> {
            let comments = self.options.iter().filter(|(code, _)| *code == OPT_COMMENT);
            comments
                .map(|(_, text)| String::from_utf8(text.clone()).expect("UTF-8"))
                .find(|text| !text.starts_with(MARK))
        }
    }

    fn tape() -> Tape {
        let mut tape = Tape::new();
        tape.call(0, Call::Status, Outcome::Unsupported);
        tape.arrives(1, "SYN", PEER, 0, 3);
        tape.leaves(5_000_000_000, "SYN,ACK", STACK, PEER + 1, 0);
        tape.event(5_000_000_001, What::Quiet);
        tape
    }

    #[test]
    fn a_capture_reads_back_as_the_packets_of_the_trace() {
        let tape = tape();
        let blocks = read(&capture(&tape.trace, "deviates: ünfug", None));
        let kinds: Vec<u32> = blocks.iter().map(|block| block.kind).collect();
        let expected = [SECTION_HEADER, INTERFACE, ENHANCED_PACKET, ENHANCED_PACKET];
        assert_eq!(kinds, expected);
        assert_eq!(u32_at(&blocks[0].fixed, 0), 0x1a2b_3c4d);
        assert_eq!(blocks[0].comment().as_deref(), Some("deviates: ünfug"));
        assert_eq!(u16_at(&blocks[1].fixed, 0), LINKTYPE_RAW);
        let rows = [
            (
                &blocks[2],
                1_000,
                INBOUND,
                tape.packet(true, "SYN", (PEER, 0, 3), &[]),
            ),
            (
                &blocks[3],
                5_000_000_000_000,
                OUTBOUND,
                tape.packet(false, "SYN,ACK", (STACK, PEER + 1, 0), &[]),
            ),
        ];
        for (block, micros, direction, packet) in rows {
            let high = u64::from(u32_at(&block.fixed, 4)) << 32;
            assert_eq!(high | u64::from(u32_at(&block.fixed, 8)), micros);
            let len = packet.len();
            assert_eq!(u32_at(&block.fixed, 12) as usize, len);
            assert_eq!(u32_at(&block.fixed, 16) as usize, len);
            assert_eq!(block.fixed[20..20 + len], packet);
            let flags = (EPB_FLAGS, direction.to_le_bytes().to_vec());
            assert_eq!(block.options.last(), Some(&flags));
            assert_eq!(block.comment(), None);
        }
    }

    #[test]
    fn the_comment_stands_at_the_packet_or_at_the_one_before() {
        let trace = tape().trace;
        // Events: a call, an arrival, an emission, a silence.
        for (event, packet) in [(0, 0), (1, 0), (2, 1), (3, 1), (99, 1)] {
            let blocks = read(&capture(&trace, "", Some((event, "here"))));
            assert_eq!(blocks[0].comment(), None);
            let commented: Vec<usize> = (0..2)
                .filter(|n| blocks[2 + n].comment().as_deref() == Some("here"))
                .collect();
            assert_eq!(commented, [packet], "event {event}");
        }
    }

    #[test]
    fn a_comment_too_long_for_the_format_is_cut_between_characters() {
        let long = "ü".repeat(40_000);
        let blocks = read(&capture(&tape().trace, &long, None));
        assert_eq!(blocks[0].comment(), Some("ü".repeat(32_767)));
    }

    #[test]
    fn a_trace_without_packets_is_a_capture_too() {
        let blocks = read(&capture(&Tape::new().trace, "", Some((0, "nowhere"))));
        assert_eq!(blocks.len(), 2);
    }
}
