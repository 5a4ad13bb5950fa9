//! Options, damage and addresses of what arrives (RFC 9293 sections 3.1, 3.2 and 3.9.2; RFC 2018;
//! RFC 3168). Data only.

use super::occasion::Occasion;
use super::{Row, always, row};
use crate::model::State;
use crate::oracle::Instead;
use crate::spec::req::*;
use crate::wire::{Flags, Segment, SeqNumber};

/// What is reported when a segment is not taken that has to be.
const NOT_TAKEN: &[crate::spec::Req] = &[
    RFC9293_MUST_40,
    RFC9293_3_10_7_2_P03,
    RFC9293_3_10_7_3_P05,
    RFC9293_3_10_7_4_P23,
    RFC9293_3_5_2_P02,
    RFC9293_3_10_7_4_P28,
    RFC7323_2_2_5,
    RFC7323_3_2_9,
];

/// The last segment is no SYN, and has an option that it needs not.
fn odd_option(o: &Occasion<'_>) -> bool {
    let odd = |seg: &Segment| {
        let options = &seg.options;
        let stamped = options.timestamps.is_some() && !o.tcb.ts.on;
        !seg.flags.syn()
            && !options.malformed
            && (options.unknown || options.window_scale.is_some() || stamped)
    };
    o.arrival(odd)
}

/// The ECN bits of the peer's SYN.
fn ecn_of_syn(o: &Occasion<'_>) -> Option<Flags> {
    let bits = Flags::ECE.with(Flags::CWR);
    let syn = o.last(|seg| seg.flags.syn())?;
    Some(Flags::from_bits(syn.flags.bits() & bits.bits()))
}

fn half_ecn_syn(o: &Occasion<'_>) -> bool {
    ecn_of_syn(o).is_some_and(|bits| bits == Flags::ECE || bits == Flags::CWR)
}

/// The first block lies below what is acknowledged, as one does that tells of a duplicate.
fn tells_of_duplicate(o: &Occasion<'_>) -> bool {
    let below = |seg: &Segment| {
        let first = seg.options.sack.iter().next();
        first.is_some_and(|&(_, right)| SeqNumber(right).at_or_before(seg.ack))
    };
    o.may_send(below)
}

pub(super) const ROWS: &[Row] = &[
    row(
        NOT_TAKEN,
        |o| odd_option(o) && o.untaken(),
        &[RFC9293_MUST_5],
    ),
    row(
        NOT_TAKEN,
        |o| o.arrival(|seg| seg.options.unknown && !seg.options.malformed) && o.untaken(),
        &[RFC9293_MUST_6],
    ),
    row(
        NOT_TAKEN,
        |o| o.ip_options() && o.untaken(),
        &[RFC9293_MUST_50],
    ),
    row(
        NOT_TAKEN,
        |o| o.arrival(|seg| seg.flags.intersects(Flags::RESERVED)) && o.untaken(),
        &[RFC9293_3_1_P01],
    ),
    row(&[RFC2018_4_3], always, &[RFC2018_4_2]),
    row(
        &[RFC5681_3_2_1, RFC2018_4_3],
        |o| o.tcb.sack_agreed(),
        &[RFC2018_4_7],
    ),
    row(
        &[RFC2018_3_P01],
        |o| o.tcb.theirs.sack && tells_of_duplicate(o),
        &[RFC2883_4_P01],
    ),
    row(
        &[RFC9293_3_10_7_2_P03, RFC3168_6_1_1_1],
        |o| {
            half_ecn_syn(o) && o.within(&[State::Listen])
                || half_ecn_syn(o) && o.came(&[Instead::SynAck])
        },
        &[RFC3168_6_1_1_8],
    ),
    row(&[RFC3168_6_1_1_7], always, &[RFC3168_6_1_1_2]),
];
