//! What holds for the header of every segment, whatever it is for.

use super::{kind, miss};
use crate::model::ahead::lies_in;
use crate::model::tcb::{Ahead, Miss, Tcb};
use crate::model::{Context, EventClass, Fault, SegmentClass, SeqClass, State};
use crate::spec::{Req, req};
use crate::time::Micros;
use crate::wire::{Flags, Segment, SeqNumber};

/// The fastest clock that is allowed goes half round in this time (RFC 7323 section 5.4): after
/// that, what looks earlier may be later.
const HALF_CIRCLE: Micros = Micros::secs(126);
/// So many ticks at most in a microsecond, if half the circle takes that long.
const TICKS: u64 = (1 << 31) / HALF_CIRCLE.0 + 1;

pub(super) fn check(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    let fault = |by: Req, expected| Err(Fault::new(by, kind(seg), expected));
    if seg.flags.intersects(Flags::RESERVED) {
        return fault(req::RFC9293_3_1_P01, "reserved bits are zero");
    }
    let options = &seg.options;
    if options.malformed {
        return fault(req::RFC9293_MUST_68, "every option has its right length");
    }
    if options.nonzero_padding {
        return fault(req::RFC9293_MUST_69, "what follows the last option is zero");
    }
    if !seg.flags.syn() {
        if options.mss.is_some() {
            return fault(req::RFC9293_MUST_65, "MSS stands only on SYN segments");
        }
        if options.sack_permitted {
            return fault(
                req::RFC2018_2_1,
                "SACK-permitted stands only on SYN segments",
            );
        }
        if options.window_scale.is_some() {
            return fault(
                req::RFC7323_2_2_4,
                "window scale stands only on SYN segments",
            );
        }
    }
    timestamps(tcb, seg, ctx)
}

/// The values of timestamps lie where a reader can take them as words of 32 bits (RFC7323-A-p01).
pub(super) fn alignment(tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
    if seg.options.unaligned && tcb.ts.on {
        miss(tcb, seg, ctx, req::RFC7323_A_P01);
    }
}

/// SACK blocks only where permitted, and of what really arrived (RFC 2018).
pub(super) fn sack(tcb: &mut Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    if seg.options.sack.is_empty() {
        report_missing(tcb, seg, ctx);
        return Ok(());
    }
    if !tcb.theirs.sack {
        return Err(Fault::new(
            req::RFC2018_4_1,
            kind(seg),
            "no SACK where the peer has not permitted it",
        ));
    }
    for (place, &(left, right)) in seg.options.sack.iter().enumerate() {
        let (left, right) = (SeqNumber(left), SeqNumber(right));
        // What arrived twice may be told of, first of all (RFC 2883 section 4): the SYN too, and
        // whatever numbers the segment had that is answered.
        let sent = left.at_or_after(tcb.rcv.irs) || tcb.rcv.again || answers_old(tcb, ctx);
        let duplicate = place == 0 && sent && right.at_or_before(seg.ack);
        // A FIN ahead of a gap has its number like any octet.
        let text_end = match tcb.rcv.fin_ahead {
            Some(fin) if right == fin + 1 => fin,
            Some(_) | None => right,
        };
        let arrived = tcb.rcv.ahead.overflowed || tcb.rcv.ahead.covers(left, text_end);
        // What has filled the gap may not be looked at yet, when its acknowledgment sets text going.
        let ahead = |number: SeqNumber| number.since(seg.ack);
        let filled = ahead(left).max(ahead(right)) <= ahead(tcb.rcv.nxt);
        if !left.before(right) || !(duplicate || arrived || filled) {
            ctx.unless_pardoned(
                Fault::new(
                    req::RFC2018_3_P01,
                    kind(seg),
                    "every SACK block covers what arrived ahead of the acknowledgment",
                )
                .deep(3),
            )?;
        }
    }
    tcb.rcv.reports = true;
    latest_first(tcb, seg, ctx)?;
    told_well(tcb, seg, ctx);
    // What has just arrived is told of next, if not now.
    if let Some((left, right)) = block(seg, 0)
        && tcb.rcv.latest.is_none()
    {
        tcb.rcv.ahead.told(left, right);
    }
    Ok(())
}

/// What arrived twice is told of once (RFC 2883 section 4), and of what lies ahead of gaps as much
/// as fits (RFC 2018 section 4).
fn told_well(tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
    let first = seg.options.sack.first().copied().unwrap_or_default();
    let twice = SeqNumber(first.1).at_or_before(seg.ack);
    if twice && seg.is_empty() && !tcb.rcv.again && !answers_old(tcb, ctx) {
        miss(tcb, seg, ctx, req::RFC2883_4_P02);
    }
    let answers = seg.is_empty() && tcb.input.at == ctx.now && tcb.rcv.latest.is_some();
    // Whoever has seen the peer's FIN holds nothing behind it.
    let known = !(tcb.rcv.ahead.overflowed || tcb.rcv.ahead.coarse || tcb.rcv.fin_ahead.is_some());
    if !(answers && known && ctx.profile.holds_out_of_order) {
        return;
    }
    let mut ahead = tcb.rcv.ahead;
    ahead.join();
    let fits = match seg.options.timestamps {
        Some(_) => 3,
        None => 4,
    };
    let told = seg.options.sack.len();
    if told < ahead.iter().count().min(fits) {
        miss(tcb, seg, ctx, req::RFC2018_4_5);
    } else if !repeats_latest(tcb, &ahead, seg) {
        miss(tcb, seg, ctx, req::RFC2018_4_6);
    }
}

/// A block of the SACK option.
fn block(seg: &Segment, place: usize) -> Option<(SeqNumber, SeqNumber)> {
    let (left, right) = seg.options.sack.get(place)?;
    Some((SeqNumber(*left), SeqNumber(*right)))
}

/// Whether a block has the octet of this number.
fn has((left, right): (SeqNumber, SeqNumber), number: SeqNumber) -> bool {
    number.within(left, right.since(left))
}

/// Where there is more than fits, the blocks told of are those that were told of first not long ago
/// (RFC 2018 section 4). Where an arrival was not acknowledged, or not told of, nobody knows which
/// these are.
fn repeats_latest(tcb: &Tcb, ahead: &Ahead, seg: &Segment) -> bool {
    let unheard = |miss: &Miss| miss.requirement == req::RFC5681_3_2_1;
    let blocks = || (0..seg.options.sack.len()).filter_map(|place| block(seg, place));
    let latest = |number: SeqNumber| blocks().any(|block| has(block, number));
    if tcb.misses.iter().flatten().any(unheard) || !tcb.rcv.latest.is_some_and(latest) {
        return true;
    }
    let told = |held: &(SeqNumber, SeqNumber)| blocks().any(|block| lies_in(block, *held));
    let count = ahead.iter().filter(told).count();
    ahead.iter().rev().take(count).all(|held| told(&held))
}

/// Whether what is answered begins before RCV.NXT.
fn answers_old(tcb: &Tcb, ctx: &Context) -> bool {
    let old = |class: SegmentClass| matches!(class.seq, SeqClass::Old | SeqClass::Overlap);
    tcb.input.at == ctx.now && matches!(tcb.input.class, EventClass::Segment(class) if old(class))
}

/// An acknowledgment that a segment ahead of a gap has triggered tells of that segment first; of
/// what arrived twice before that (RFC 2018 section 4, RFC 2883 section 4). Text and a FIN are sent
/// for other reasons, such as a window that the segment opens, though it be thrown away itself.
fn latest_first(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    let answers = seg.is_empty() && tcb.input.at == ctx.now;
    let Some(latest) = tcb.rcv.latest.filter(|_| answers) else {
        return Ok(());
    };
    let holds = |block| has(block, latest);
    let (first, second) = (block(seg, 0), block(seg, 1));
    let twice = match (first, second) {
        (Some((_, right)), _) if right.at_or_before(seg.ack) => true,
        (Some(first), Some(second)) => lies_in(first, second),
        (Some(_) | None, _) => false,
    };
    if first.is_some_and(holds) || (twice && second.is_some_and(holds)) {
        return Ok(());
    }
    ctx.unless_pardoned(
        Fault::new(
            req::RFC2018_4_4,
            kind(seg),
            "the first SACK block covers the segment that is answered",
        )
        .deep(3),
    )
}

/// A stack that has told of what lies ahead of a gap should do so whenever it may
/// (RFC2018-4-3).
fn report_missing(tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
    let answers = tcb.rcv.latest.is_some() && tcb.input.at == ctx.now && seg.is_empty();
    if answers && tcb.rcv.reports && tcb.theirs.sack {
        miss(tcb, seg, ctx, req::RFC2018_4_3);
    }
}

/// Timestamps where they were agreed upon, echoing TS.Recent (RFC 7323).
fn timestamps(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    if seg.flags.rst() || seg.flags.syn() || tcb.state == State::Closed {
        return Ok(());
    }
    let Some((value, echo)) = seg.options.timestamps else {
        if tcb.ts.on {
            ctx.unless_pardoned(
                Fault::new(
                    req::RFC7323_3_2_5,
                    kind(seg),
                    "timestamps on every segment once both SYNs had them",
                )
                .deep(2),
            )?;
        }
        return Ok(());
    };
    // Between its SYN and the handshake's end the stack may already use what it has answered.
    let answered = tcb.ours.timestamps && tcb.theirs.timestamps;
    if !tcb.ts.on && !answered {
        ctx.unless_pardoned(
            Fault::new(
                req::RFC7323_3_2_4,
                kind(seg),
                "no timestamps unless both SYNs had them",
            )
            .deep(2),
        )?;
    }
    if let Some((sent, at)) = tcb.ts.sent()
        && ctx.now.since(at) < HALF_CIRCLE
        && (value.wrapping_sub(sent) as i32) < 0
    {
        ctx.unless_pardoned(
            Fault::new(
                req::RFC7323_4_1_1,
                kind(seg),
                "the timestamp clock does not run backwards",
            )
            .deep(2),
        )?;
    }
    too_fast(tcb, seg, value, ctx)?;
    if (tcb.ts.on || answered) && echo != tcb.ts.recent {
        ctx.unless_pardoned(Fault::new(
            req::RFC7323_4_3_P01,
            kind(seg),
            "TSecr is TS.Recent: the TSval of the last segment that began at or before the last acknowledgment sent",
        )
        .deep(2))?;
    }
    Ok(())
}

/// A clock that goes half round within the lifetime of a segment protects against nothing
/// (RFC 7323 section 5.4). How slow it is nobody can tell who does not send 2^31 octets.
fn too_fast(tcb: &Tcb, seg: &Segment, value: u32, ctx: &Context) -> Result<(), Fault> {
    let Some((sent, at)) = tcb.ts.sent() else {
        return Ok(());
    };
    let passed = ctx.now.since(at) + ctx.profile.slack + Micros::secs(1);
    let ticks = u64::from(value.wrapping_sub(sent));
    if passed >= HALF_CIRCLE || ticks <= passed.0 * TICKS {
        return Ok(());
    }
    ctx.unless_pardoned(
        Fault::new(
            req::RFC7323_5_4_1,
            kind(seg),
            "a timestamp clock that takes longer than a segment lives to go half round",
        )
        .deep(2),
    )
}
