//! TCP options: their octets, and what a reader makes of them (RFC 9293 section 3.2).
//!
//! Reading and writing are done here and not by etherparse, whose option elements know six kinds
//! and cannot say what is repeated, cut short or of an impossible length.

use std::fmt;

use arrayvec::ArrayVec;

use super::SackBlocks;

/// The octets of the options field, as they travel, padding included.
pub type OptionBytes = ArrayVec<u8, 40>;

/// The numbers of the kinds of option that are known here.
mod kind {
    pub(super) const EOL: u8 = 0;
    pub(super) const NOP: u8 = 1;
    pub(super) const MSS: u8 = 2;
    pub(super) const WINDOW_SCALE: u8 = 3;
    pub(super) const SACK_PERMITTED: u8 = 4;
    pub(super) const SACK: u8 = 5;
    pub(super) const TIMESTAMPS: u8 = 8;
}

/// What a careful reader makes of the options field of one segment.
///
/// Of an option that occurs twice the first occurrence counts, and `duplicate` is set.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Options {
    /// Maximum segment size (kind 2).
    pub mss: Option<u16>,
    /// Window scale shift as sent, before any clamp to 14 (kind 3).
    pub window_scale: Option<u8>,
    /// SACK permitted (kind 4).
    pub sack_permitted: bool,
    /// Timestamps: TSval, TSecr (kind 8).
    pub timestamps: Option<(u32, u32)>,
    /// The values of its timestamps do not begin on a boundary of 32 bits.
    pub unaligned: bool,
    /// SACK blocks (kind 5).
    pub sack: SackBlocks,
    /// An option of no kind that is known here occurs, well formed.
    pub unknown: bool,
    /// An option occurs a second time, well formed, of whatever kind that has a length.
    pub duplicate: bool,
    /// A length is 0 or 1, wrong for its kind, or runs past the end; reading stopped there.
    pub malformed: bool,
    /// Octets that are not zero follow an end-of-options octet (RFC9293-MUST-69).
    pub nonzero_padding: bool,
    /// The length of the options field in octets, padding included; 255 stands for more too.
    pub octets: u8,
}

impl Options {
    /// Reads an options field: everything between the fixed header and the text.
    ///
    /// Every sequence of octets has a reading. What was read before something malformed stays;
    /// what follows it is not looked at, and neither is what follows an end-of-options octet
    /// but for whether it is zero.
    pub fn parse(field: &[u8]) -> Options {
        let mut options = Options {
            octets: field.len().min(255) as u8,
            ..Options::default()
        };
        let mut seen = KindSet::default();
        let mut rest = field;
        while let Some((&kind, tail)) = rest.split_first() {
            match kind {
                kind::EOL => {
                    options.nonzero_padding = tail.iter().any(|&octet| octet != 0);
                    break;
                }
                kind::NOP => rest = tail,
                _ => match split_option(tail) {
                    Some((data, after)) if has_valid_length(kind, data) => {
                        if seen.insert(kind) {
                            options.take(kind, data);
                            let at = field.len() - after.len() - data.len();
                            options.unaligned |= kind == kind::TIMESTAMPS && !at.is_multiple_of(4);
                        } else {
                            options.duplicate = true;
                        }
                        rest = after;
                    }
                    _ => {
                        options.malformed = true;
                        break;
                    }
                },
            }
        }
        options
    }

    /// Takes over the value of an option whose length is valid.
    fn take(&mut self, kind: u8, data: &[u8]) {
        match (kind, data) {
            (kind::MSS, &[high, low]) => self.mss = Some(u16::from_be_bytes([high, low])),
            (kind::WINDOW_SCALE, &[shift]) => self.window_scale = Some(shift),
            (kind::SACK_PERMITTED, _) => self.sack_permitted = true,
            (kind::TIMESTAMPS, data) => self.timestamps = pairs(data).next(),
            (kind::SACK, data) => self.sack = pairs(data).collect(),
            _ => self.unknown = true,
        }
    }
}

/// Splits what follows a kind octet into the option's data and what comes after the option.
fn split_option(tail: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&len, body) = tail.split_first()?;
    // The length counts the kind octet and itself.
    body.split_at_checked(usize::from(len.checked_sub(2)?))
}

/// Whether so much data is right for a kind; for an unknown kind all is.
fn has_valid_length(kind: u8, data: &[u8]) -> bool {
    match kind {
        kind::MSS => data.len() == 2,
        kind::WINDOW_SCALE => data.len() == 1,
        kind::SACK_PERMITTED => data.is_empty(),
        kind::TIMESTAMPS => data.len() == 8,
        kind::SACK => matches!(data.len(), 8 | 16 | 24 | 32),
        _ => true,
    }
}

/// Octets read as pairs of 32-bit numbers.
fn pairs(data: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    let (blocks, _) = data.as_chunks::<8>();
    blocks.iter().map(|&[a, b, c, d, e, f, g, h]| {
        (
            u32::from_be_bytes([a, b, c, d]),
            u32::from_be_bytes([e, f, g, h]),
        )
    })
}

/// A set of kinds.
#[derive(Default)]
struct KindSet([u64; 4]);

impl KindSet {
    /// Adds a kind and says whether it is new.
    fn insert(&mut self, kind: u8) -> bool {
        let word = &mut self.0[usize::from(kind >> 6)];
        let bit = 1 << (kind & 63);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }
}

/// An option does not fit into the forty octets of the options field; nothing was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OptionsFull;

impl fmt::Display for OptionsFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the options take up more than 40 octets; leave one out")
    }
}

impl std::error::Error for OptionsFull {}

/// Appends a maximum segment size in octets (kind 2, RFC 9293 section 3.2).
///
/// # Errors
/// When it does not fit.
pub fn put_mss(field: &mut OptionBytes, mss: u16) -> Result<(), OptionsFull> {
    let [high, low] = mss.to_be_bytes();
    put_raw(field, &[kind::MSS, 4, high, low])
}

/// Appends a window scale shift, also one above 14 (kind 3, RFC 7323 section 2.2).
///
/// # Errors
/// When it does not fit.
pub fn put_window_scale(field: &mut OptionBytes, shift: u8) -> Result<(), OptionsFull> {
    put_raw(field, &[kind::WINDOW_SCALE, 3, shift])
}

/// Appends SACK permitted (kind 4, RFC 2018 section 2).
///
/// # Errors
/// When it does not fit.
pub fn put_sack_permitted(field: &mut OptionBytes) -> Result<(), OptionsFull> {
    put_raw(field, &[kind::SACK_PERMITTED, 2])
}

/// Appends TSval and TSecr (kind 8, RFC 7323 section 3.2).
///
/// # Errors
/// When it does not fit.
pub fn put_timestamps(field: &mut OptionBytes, val: u32, ecr: u32) -> Result<(), OptionsFull> {
    put_pairs(field, kind::TIMESTAMPS, &[(val, ecr)])
}

/// Appends SACK blocks, left and right edge each (kind 5, RFC 2018 section 3). Without a block
/// nothing is written.
///
/// # Errors
/// When it does not fit: there is never room for a fifth block.
pub fn put_sack(field: &mut OptionBytes, blocks: &[(u32, u32)]) -> Result<(), OptionsFull> {
    if blocks.is_empty() {
        return Ok(());
    }
    put_pairs(field, kind::SACK, blocks)
}

/// Appends a no-operation octet (kind 1).
///
/// # Errors
/// When it does not fit.
pub fn put_nop(field: &mut OptionBytes) -> Result<(), OptionsFull> {
    put_raw(field, &[kind::NOP])
}

/// Appends an end-of-options octet (kind 0).
///
/// # Errors
/// When it does not fit.
pub fn put_eol(field: &mut OptionBytes) -> Result<(), OptionsFull> {
    put_raw(field, &[kind::EOL])
}

/// Appends octets as they are.
///
/// # Errors
/// When they do not fit.
pub fn put_raw(field: &mut OptionBytes, octets: &[u8]) -> Result<(), OptionsFull> {
    field.try_extend_from_slice(octets).map_err(|_| OptionsFull)
}

/// Appends an option whose data is pairs of 32-bit numbers.
fn put_pairs(field: &mut OptionBytes, kind: u8, pairs: &[(u32, u32)]) -> Result<(), OptionsFull> {
    let len = pairs.len().saturating_mul(8).saturating_add(2);
    if len > field.remaining_capacity() {
        return Err(OptionsFull);
    }
    put_raw(field, &[kind, len as u8])?;
    for (first, second) in pairs {
        put_raw(field, &first.to_be_bytes())?;
        put_raw(field, &second.to_be_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reading with only these fields set.
    fn reading(field: &[u8], set: impl FnOnce(&mut Options)) -> Options {
        let mut options = Options {
            octets: field.len() as u8,
            ..Options::default()
        };
        set(&mut options);
        options
    }

    #[test]
    #[rustfmt::skip]
    fn readings() {
        type Row = (&'static str, &'static [u8], fn(&mut Options));
        let rows: &[Row] = &[
            ("nothing", &[], |_| {}),
            ("only NOP", &[1, 1, 1, 1], |_| {}),
            ("only EOL and padding", &[0, 0, 0, 0], |_| {}),
            ("padding not zero", &[1, 0, 0, 7], |o| o.nonzero_padding = true),
            ("after EOL nothing counts", &[0, 2, 4, 5], |o| o.nonzero_padding = true),
            ("MSS", &[2, 4, 0x05, 0xb4], |o| o.mss = Some(1460)),
            ("MSS after NOP", &[1, 2, 4, 0, 0, 0, 0, 0], |o| o.mss = Some(0)),
            ("MSS too short", &[2, 3, 0, 1], |o| o.malformed = true),
            ("MSS too long", &[2, 5, 0, 1, 0], |o| o.malformed = true),
            ("MSS cut short", &[1, 2, 4, 5], |o| o.malformed = true),
            ("kind without length", &[1, 1, 1, 2], |o| o.malformed = true),
            ("length 0", &[9, 0, 1, 1], |o| o.malformed = true),
            ("length 1", &[9, 1, 1, 1], |o| o.malformed = true),
            ("length 2, unknown", &[9, 2, 1, 1], |o| o.unknown = true),
            ("length past the end, unknown", &[9, 5, 1, 1], |o| o.malformed = true),
            ("length 255", &[9, 255, 1, 1], |o| o.malformed = true),
            ("kind 255", &[255, 4, 1, 1], |o| o.unknown = true),
            ("scale", &[3, 3, 255, 0], |o| o.window_scale = Some(255)),
            ("scale of wrong length", &[3, 4, 1, 1], |o| o.malformed = true),
            ("SACK permitted", &[4, 2, 1, 1], |o| o.sack_permitted = true),
            ("SACK permitted of wrong length", &[4, 3, 1, 1], |o| o.malformed = true),
            ("timestamps", &[1, 1, 8, 10, 0, 0, 0, 1, 0xff, 0, 0, 2],
                |o| o.timestamps = Some((1, 0xff00_0002))),
            ("timestamps of wrong length", &[8, 9, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1], |o| o.malformed = true),
            ("SACK", &[5, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1], |o| o.sack = [(1, 2)].into_iter().collect()),
            ("SACK without block", &[5, 2, 1, 1], |o| o.malformed = true),
            ("SACK with half a block", &[5, 6, 0, 0, 0, 1], |o| o.malformed = true),
            ("two MSS: the first counts", &[2, 4, 0, 1, 2, 4, 0, 2],
                |o| { o.mss = Some(1); o.duplicate = true; }),
            ("a second SACK permitted", &[4, 2, 4, 2], |o| { o.sack_permitted = true; o.duplicate = true; }),
            ("an unknown kind twice", &[200, 2, 200, 2], |o| { o.unknown = true; o.duplicate = true; }),
            ("three kinds that are 64 apart", &[72, 2, 136, 2, 200, 2], |o| o.unknown = true),
            ("a malformed second MSS", &[2, 4, 0, 1, 2, 3, 0, 2],
                |o| { o.mss = Some(1); o.malformed = true; }),
            ("what stands before a malformed option stays", &[4, 2, 9, 0, 2, 4, 0, 1],
                |o| { o.sack_permitted = true; o.malformed = true; }),
            ("an unknown option before a known one", &[254, 4, 0, 0, 2, 4, 0, 1],
                |o| { o.unknown = true; o.mss = Some(1); }),
        ];
        for (name, field, set) in rows {
            assert_eq!(Options::parse(field), reading(field, set), "{name}");
        }
    }

    #[test]
    fn every_writer_is_read_back() {
        let mut field = OptionBytes::new();
        put_mss(&mut field, 1460).unwrap();
        put_nop(&mut field).unwrap();
        put_window_scale(&mut field, 14).unwrap();
        put_sack_permitted(&mut field).unwrap();
        put_timestamps(&mut field, 1, 2).unwrap();
        put_sack(&mut field, &[]).unwrap();
        put_sack(&mut field, &[(3, 4)]).unwrap();
        put_raw(&mut field, &[99, 3, 7]).unwrap();
        put_eol(&mut field).unwrap();
        assert_eq!(field.len(), 34);
        let expected = reading(&field, |options| {
            options.mss = Some(1460);
            options.window_scale = Some(14);
            options.sack_permitted = true;
            options.timestamps = Some((1, 2));
            options.sack = [(3, 4)].into_iter().collect();
            options.unknown = true;
        });
        assert_eq!(Options::parse(&field), expected);
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        type Put = fn(&mut OptionBytes) -> Result<(), OptionsFull>;
        let rows: [(usize, Put); 8] = [
            (4, |field| put_mss(field, 1)),
            (3, |field| put_window_scale(field, 1)),
            (2, put_sack_permitted),
            (10, |field| put_timestamps(field, 1, 1)),
            (34, |field| put_sack(field, &[(1, 2); 4])),
            (1, put_nop),
            (1, put_eol),
            (5, |field| put_raw(field, &[9; 5])),
        ];
        for (row, (len, put)) in rows.into_iter().enumerate() {
            for used in 0..=40 {
                let mut field: OptionBytes = std::iter::repeat_n(1, used).collect();
                let fits = used + len <= 40;
                assert_eq!(put(&mut field).is_ok(), fits, "row {row}, {used} used");
                assert_eq!(field.len(), if fits { used + len } else { used });
            }
        }
        let mut field = OptionBytes::new();
        assert_eq!(put_sack(&mut field, &[(1, 2); 5]), Err(OptionsFull));
        assert_eq!(put_sack(&mut field, &[(1, 2); 100]), Err(OptionsFull));
        assert!(field.is_empty());
    }
}
