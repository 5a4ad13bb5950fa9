//! From a capture back to the trace that it was written of.
//!
//! Only captures that tcprove wrote can be read so: in their comments stands what others lack, the
//! user's calls with their results and what the stack declared. They may have gone through other
//! tools since, which may add blocks and comments, but no packet may be missing. Reading is total,
//! and says what is wrong at which octet.

use std::fmt;

use pcap_parser::nom;
use pcap_parser::pcapng::{
    Block, PcapNGOption, parse_block_be, parse_block_le, parse_sectionheaderblock,
};
use pcap_parser::traits::PcapNGPacketBlock;

use super::{LINKTYPE_RAW, MARK, MORE, OPT_COMMENT, SECTION_HEADER};
use crate::report::recording::{read_recording, write_packet};
use crate::trace::Trace;

/// What a pcap file of the elder format begins with: microseconds or nanoseconds, either way
/// round.
const PCAP: [u32; 4] = [0xa1b2_c3d4, 0xd4c3_b2a1, 0xa1b2_3c4d, 0x4d3c_b2a1];

/// What is missing in a capture that someone else wrote, and what to do.
const FOREIGN: &str = "it is a capture, but not one that tcprove wrote: the user's calls, their \
    results and what the stack declared are missing, without which nothing can be judged. Write a \
    recording of what you have seen; docs/recordings.md says how";

/// Why octets are no capture that can be judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaptureError {
    /// Where the block begins that is wrong, in octets from the beginning.
    pub offset: usize,
    /// What is wrong, and what was expected.
    pub message: String,
}

/// `at octet OFFSET: message`.
impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at octet {}: {}", self.offset, self.message)
    }
}

impl std::error::Error for CaptureError {}

/// Whether octets begin as a capture does, pcap or pcapng.
pub fn is_capture(octets: &[u8]) -> bool {
    begins(octets).is_some_and(|begins| begins == SECTION_HEADER || PCAP.contains(&begins))
}

fn begins(octets: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(octets.get(..4)?.try_into().ok()?))
}

/// The trace of a capture that tcprove wrote.
///
/// # Errors
/// When it is no such capture, or was changed: what is wrong, and where.
pub fn read_capture(octets: &[u8]) -> Result<Trace, CaptureError> {
    if begins(octets).is_some_and(|begins| PCAP.contains(&begins)) {
        return Err(CaptureError {
            offset: 0,
            message: FOREIGN.to_owned(),
        });
    }
    let mut reader = Reader::default();
    let mut offset = 0;
    while offset < octets.len() {
        let (block, len) = reader.block(&octets[offset..], offset)?;
        reader.take(block, offset)?;
        offset += len;
    }
    reader.finish(offset)
}

/// What was read so far.
#[derive(Default)]
struct Reader {
    big_endian: bool,
    /// The text of the recording.
    text: String,
    /// How many lines it has.
    lines: usize,
    /// From which line of it on it comes from the block at which octet.
    places: Vec<(usize, usize)>,
    /// How many packets there were at first; `None` before the section header.
    promised: Option<usize>,
    packets: usize,
}

impl Reader {
    /// The block at the beginning of `octets`, and its length.
    fn block<'a>(
        &self,
        octets: &'a [u8],
        offset: usize,
    ) -> Result<(Block<'a>, usize), CaptureError> {
        let parsed = match (self.promised, self.big_endian) {
            (None, _) => parse_sectionheaderblock(octets)
                .map(|(rest, header)| (rest, Block::SectionHeader(header))),
            (Some(_), false) => parse_block_le(octets),
            (Some(_), true) => parse_block_be(octets),
        };
        let message = match parsed {
            Ok((rest, block)) if rest.len() < octets.len() => {
                return Ok((block, octets.len() - rest.len()));
            }
            Ok(_) => "a block without length",
            Err(nom::Err::Incomplete(_)) => "it ends in the middle of a block",
            Err(nom::Err::Error(_) | nom::Err::Failure(_)) if self.promised.is_none() => {
                "it does not begin with the section header of a pcapng file"
            }
            Err(nom::Err::Error(_) | nom::Err::Failure(_)) => {
                "it is no block of a pcapng file: its lengths contradict each other"
            }
        };
        Err(wrong(offset, message))
    }

    fn take(&mut self, block: Block<'_>, offset: usize) -> Result<(), CaptureError> {
        match block {
            Block::SectionHeader(_) if self.promised.is_some() => Err(wrong(
                offset,
                "a second section begins; one capture is one run",
            )),
            Block::SectionHeader(header) => {
                self.big_endian = header.big_endian();
                let told = told(&header.options, offset)?;
                let (title, told) = told.split_once('\n').ok_or_else(|| wrong(0, FOREIGN))?;
                let promised = title.strip_suffix(" packets").and_then(|n| n.parse().ok());
                self.promised = Some(promised.ok_or_else(|| {
                    wrong(
                        offset,
                        "its comment does not say how many packets there are",
                    )
                })?);
                self.places.push((1, offset));
                self.lines = told.lines().count();
                self.text.push_str(told);
                Ok(())
            }
            Block::InterfaceDescription(interface) => {
                let link = interface.linktype.0;
                if link == i32::from(LINKTYPE_RAW) {
                    return Ok(());
                }
                let message = format!(
                    "an interface of link type {link}; tcprove writes raw IP, {LINKTYPE_RAW}"
                );
                Err(CaptureError { offset, message })
            }
            Block::EnhancedPacket(packet) if packet.truncated() => {
                Err(wrong(offset, "the packet was cut"))
            }
            Block::EnhancedPacket(packet) => {
                let told = told(&packet.options, offset)?;
                self.packet(&told, packet.packet_data(), offset)
            }
            Block::SimplePacket(_) => self.packet("", &[], offset),
            Block::NameResolution(_)
            | Block::InterfaceStatistics(_)
            | Block::SystemdJournalExport(_)
            | Block::DecryptionSecrets(_)
            | Block::ProcessInformation(_)
            | Block::Custom(_)
            | Block::Unknown(_) => Ok(()),
        }
    }

    /// A packet, and what stands at it: its number, its own line, and the lines up to the next
    /// packet.
    fn packet(&mut self, told: &str, octets: &[u8], offset: usize) -> Result<(), CaptureError> {
        self.packets += 1;
        let all = self.promised.unwrap_or_default();
        let title = format!("packet {} of {all}", self.packets);
        let lines = told.split_once('\n').filter(|(first, _)| *first == title);
        let Some((own, rest)) = lines.and_then(|(_, lines)| lines.split_once('\n')) else {
            let message = format!(
                "its comment is not that of {title}: packets were removed, added or put in another order, or their comments are lost"
            );
            return Err(CaptureError { offset, message });
        };
        self.places.push((self.lines + 1, offset));
        self.lines += 1 + rest.lines().count();
        self.text.push_str(own);
        write_packet(&mut self.text, octets);
        self.text.push('\n');
        self.text.push_str(rest);
        Ok(())
    }

    fn finish(self, end: usize) -> Result<Trace, CaptureError> {
        let Some(promised) = self.promised else {
            return Err(wrong(0, "it is empty"));
        };
        if self.packets != promised {
            let message = format!("it ends after {} packets of {promised}", self.packets);
            return Err(CaptureError {
                offset: end,
                message,
            });
        }
        read_recording(&self.text).map_err(|error| {
            let before = self.places.iter().rev();
            let place = before.clone().find(|(line, _)| *line <= error.line);
            CaptureError {
                offset: place.map_or(0, |(_, offset)| *offset),
                message: format!("its comment is no part of a recording: {}", error.message),
            }
        })
    }
}

fn wrong(offset: usize, message: &str) -> CaptureError {
    CaptureError {
        offset,
        message: message.to_owned(),
    }
}

/// What the comments say that are of the recording, in one piece; empty when there are none.
fn told(options: &[PcapNGOption], offset: usize) -> Result<String, CaptureError> {
    let mut told = String::new();
    for option in options.iter().filter(|option| option.code.0 == OPT_COMMENT) {
        let comment = option.as_bytes().unwrap_or_default();
        if !comment.starts_with(MARK.as_bytes()) {
            continue;
        }
        let comment = str::from_utf8(comment)
            .map_err(|_| wrong(offset, "its comment holds what is no character"))?;
        let more = comment.strip_prefix(MORE).filter(|_| !told.is_empty());
        told.push_str(more.unwrap_or_else(|| &comment[MARK.len()..]));
    }
    Ok(told)
}
