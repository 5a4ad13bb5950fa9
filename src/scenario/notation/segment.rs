//! From text to what arrives: segments with their flags, fields and options, and ICMP errors.

use arrayvec::ArrayVec;

use super::parse::{dscp, port, u16_number};
use super::words::{Word, Words};
use super::{ParseError, quote};
use crate::scenario::{Address, IcmpStep, OptionStep, SegmentStep, SeqBase, SeqExpr};
use crate::wire::{Damage, Ecn, Flags, IcmpKind, LEAST_QUOTE, MOST_QUOTE};

type Result<T> = std::result::Result<T, ParseError>;

const FIELDS: [&str; 15] = [
    "seq", "ack", "len", "win", "urg", "ect0", "ect1", "ce", "dscp", "<", "port", "from", "src",
    "dst", "damage",
];

/// What follows `<`.
pub(super) fn segment(words: &mut Words<'_>) -> Result<SegmentStep> {
    let mut segment = SegmentStep::new(flags(words)?);
    let mut given: ArrayVec<&str, { FIELDS.len() }> = ArrayVec::new();
    while let Some(word) = words.next() {
        let Some(field) = FIELDS.iter().find(|field| **field == word.text) else {
            return Err(words.unknown(word, "field of a segment", FIELDS.into_iter()));
        };
        if given.contains(field) {
            return Err(words.error(word, format!("`{field}` is given twice")));
        }
        given.push(field);
        match *field {
            "seq" => segment.seq = seq_expr(words, "seq")?,
            "ack" => segment.ack = seq_expr(words, "ack")?,
            "len" => segment.len = u16_number(words, "len", 0)?,
            "win" => segment.window = Some(u16_number(words, "win", 0)?),
            "urg" => segment.urgent = u16_number(words, "urg", 0)?,
            "ect0" => ecn(&mut segment, words, word, Ecn::Ect0)?,
            "ect1" => ecn(&mut segment, words, word, Ecn::Ect1)?,
            "ce" => ecn(&mut segment, words, word, Ecn::Ce)?,
            "dscp" => segment.dscp = dscp(words)?,
            "<" => segment.options = Some(options(words)?),
            "port" => segment.flow.local = port(words, "port")?,
            "from" => segment.flow.remote = port(words, "from")?,
            "src" => segment.src = Some(address(words)?),
            "dst" => segment.dst = Some(address(words)?),
            _ => segment.damage = Some(damage(words)?),
        }
    }
    Ok(segment)
}

/// The ECN field, which has one value.
fn ecn(segment: &mut SegmentStep, words: &Words<'_>, word: Word<'_>, ecn: Ecn) -> Result<()> {
    if segment.ecn != Ecn::NotEct {
        let message = format!("`{}` stands there already", segment.ecn.name());
        return Err(words.error(word, message));
    }
    segment.ecn = ecn;
    Ok(())
}

/// What follows `<` when `icmp` does.
pub(super) fn icmp(words: &mut Words<'_>) -> Result<IcmpStep> {
    const FIELDS: [&str; 5] = ["seq", "mtu", "quote", "port", "from"];
    words.expect("`icmp`")?;
    let word = words.expect("an ICMP error")?;
    let kind = words.named(word, "ICMP error", &IcmpKind::NAMES)?;
    let mut error = IcmpStep::new(kind);
    let mut given: ArrayVec<&str, { FIELDS.len() }> = ArrayVec::new();
    while let Some(word) = words.next() {
        let Some(field) = FIELDS.iter().find(|field| **field == word.text) else {
            return Err(words.unknown(word, "field of an ICMP error", FIELDS.into_iter()));
        };
        if given.contains(field) {
            return Err(words.error(word, format!("`{field}` is given twice")));
        }
        given.push(field);
        match *field {
            "seq" => error.seq = seq_expr(words, "seq")?,
            "mtu" if kind != IcmpKind::TooBig => {
                let message = format!("only `{}` tells an `mtu`", IcmpKind::TooBig.name());
                return Err(words.error(word, message));
            }
            "mtu" => error.mtu = u16_number(words, "mtu", 0)?,
            "quote" => {
                let range = u64::from(LEAST_QUOTE)..=u64::from(MOST_QUOTE);
                error.quote = words.number("quote", range)? as u8;
            }
            "port" => error.flow.local = port(words, "port")?,
            _ => error.flow.remote = port(words, "from")?,
        }
    }
    Ok(error)
}

fn flags(words: &mut Words<'_>) -> Result<Flags> {
    const CHOICES: &str =
        "SYN, FIN, RST, PSH, ACK, URG, ECE, CWR, AE, R1, R2, R3, joined by commas, or `none`";
    let Some(word) = words.next_with_commas() else {
        let message = format!("the flags are missing after `<`: {CHOICES}");
        return Err(words.error_at_end(message));
    };
    if word.text == "none" {
        return Ok(Flags::NONE);
    }
    let mut flags = Flags::NONE;
    let mut at = word.at;
    for name in word.text.split(',') {
        match name.parse::<Flags>() {
            Ok(flag) if flag != Flags::NONE => flags |= flag,
            _ => {
                let message = format!("{} is no flag; choose from: {CHOICES}", quote(name));
                return Err(words.error(Word { text: name, at }, message));
            }
        }
        at += name.len() + 1;
    }
    Ok(flags)
}

fn address(words: &mut Words<'_>) -> Result<Address> {
    let word = words.expect("an address")?;
    words.named(word, "address", &Address::NAMES)
}

fn seq_expr(words: &mut Words<'_>, field: &str) -> Result<SeqExpr> {
    let word = words.expect(&format!("the number for `{field}`"))?;
    seq_in(words, word, field)
}

/// A sequence number: a name and perhaps a distance, or a plain number.
fn seq_in(words: &Words<'_>, word: Word<'_>, field: &str) -> Result<SeqExpr> {
    if word.text.starts_with(|c: char| c.is_ascii_digit()) {
        let number = words.number_in(word, field, 0..=u32::MAX.into())? as u32;
        return Ok(SeqExpr {
            base: SeqBase::Zero,
            offset: number as i32,
        });
    }
    let split = word.text.find(['+', '-']).unwrap_or(word.text.len());
    let (name, distance) = word.text.split_at(split);
    let Some((base, _)) = SeqBase::NAMES[1..].iter().find(|(_, known)| *known == name) else {
        let names: Vec<_> = SeqBase::NAMES[1..].iter().map(|(_, name)| *name).collect();
        let message = format!(
            "{} is no sequence number; write a number, or one of {} and perhaps a distance, as in RCV.NXT+5",
            quote(word.text),
            names.join(", ")
        );
        return Err(words.error(word, message));
    };
    let offset = if distance.is_empty() {
        Ok(0)
    } else {
        distance.parse()
    };
    let offset = offset.map_err(|_| {
        let at = word.at + split;
        let message = format!(
            "a distance is a number from {} to +{}, not {}",
            i32::MIN,
            i32::MAX,
            quote(distance)
        );
        words.error(Word { text: distance, at }, message)
    })?;
    Ok(SeqExpr {
        base: *base,
        offset,
    })
}

fn damage(words: &mut Words<'_>) -> Result<Damage> {
    const KINDS: [(u8, &str); 7] = [
        (0, "checksum"),
        (1, "offset"),
        (2, "cut"),
        (3, "truncate"),
        (4, "ipv4checksum"),
        (5, "ipv4options"),
        (6, "trailer"),
    ];
    let word = words.expect("the kind of damage")?;
    let kind = words.named(word, "kind of damage", &KINDS)?;
    Ok(match kind {
        0 => Damage::Checksum(u16_number(words, word.text, 1)?),
        1 => Damage::DataOffset(words.number(word.text, 0..=15)? as u8),
        2 => Damage::Cut(u16_number(words, word.text, 0)?),
        3 => Damage::Truncate(u16_number(words, word.text, 1)?),
        4 => Damage::Ipv4Checksum(u16_number(words, word.text, 1)?),
        5 => Damage::Ipv4Options(words.number(word.text, 1..=10)? as u8),
        _ => Damage::Trailer(words.number(word.text, 1..=255)? as u8),
    })
}

fn options(words: &mut Words<'_>) -> Result<ArrayVec<OptionStep, 6>> {
    let mut list = ArrayVec::new();
    let mut word = words.expect("an option or `>`")?;
    if word.text == ">" {
        return Ok(list);
    }
    loop {
        let option = option(words, word)?;
        if list.try_push(option).is_err() {
            let message = format!("a segment takes at most {} options", list.capacity());
            return Err(words.error(word, message));
        }
        let separator = words.expect("`,` or `>`")?;
        match separator.text {
            ">" => return Ok(list),
            "," => word = words.expect("an option")?,
            other => {
                let message = format!("`,` or `>` has to stand here, not {}", quote(other));
                return Err(words.error(separator, message));
            }
        }
    }
}

fn option(words: &mut Words<'_>, word: Word<'_>) -> Result<OptionStep> {
    const KINDS: [&str; 8] = ["mss", "wscale", "sackok", "ts", "sack", "nop", "eol", "raw"];
    Ok(match word.text {
        "mss" => OptionStep::Mss(u16_number(words, "mss", 0)?),
        "wscale" => OptionStep::WindowScale(words.number("wscale", 0..=255)? as u8),
        "sackok" => OptionStep::SackPermitted,
        "ts" => OptionStep::Timestamps(words.signed("ts")?, words.signed("ts")?),
        "sack" => {
            let block = words.expect("the block for `sack`")?;
            let Some((left, right)) = block.text.split_once("..") else {
                let message = format!(
                    "`sack` takes a block, as in NEXT+10..NEXT+20, not {}",
                    quote(block.text)
                );
                return Err(words.error(block, message));
            };
            let at = block.at + left.len() + 2;
            let left = seq_in(
                words,
                Word {
                    text: left,
                    ..block
                },
                "sack",
            )?;
            OptionStep::Sack(left, seq_in(words, Word { text: right, at }, "sack")?)
        }
        "nop" => OptionStep::Nop,
        "eol" => OptionStep::Eol,
        "raw" => {
            let octets = words.expect("the octets for `raw`")?;
            OptionStep::Raw(hex(octets.text).ok_or_else(|| {
                let message = format!(
                    "`raw` takes 1 to 12 octets as pairs of hexadecimal digits, as in 0102ff, not {}",
                    quote(octets.text)
                );
                words.error(octets, message)
            })?)
        }
        _ => return Err(words.unknown(word, "option", KINDS.into_iter())),
    })
}

fn hex(text: &str) -> Option<ArrayVec<u8, 12>> {
    let digit = |c: u8| char::from(c).to_digit(16).map(|digit| digit as u8);
    let mut octets = ArrayVec::new();
    for pair in text.as_bytes().chunks(2) {
        let octet = digit(pair[0])? << 4 | digit(*pair.get(1)?)?;
        octets.try_push(octet).ok()?;
    }
    (!octets.is_empty()).then_some(octets)
}
