//! First check: the sequence number (RFC 9293 section 3.10.7.4, with PAWS of RFC 7323 section
//! 5.3 before it).
//!
//! The window of which the standard speaks is the stack's own variable. What is known of it from
//! outside is a band: it reaches at least to the edge last advertised, and at most to the
//! furthest edge ever advertised or to the end of the buffer. In between either is allowed.

use super::{acknowledge, challenge_is_due, rst, silently};
use crate::model::tcb::{Branches, Forms, Origin, Reply, Tcb};
use crate::model::{Context, State, urgent};
use crate::oracle::Instead;
use crate::spec::{Req, req};
use crate::time::{Instant, Micros};
use crate::wire::{Flags, Segment, SeqNumber};

/// TS.Recent is out of date after so long an idle time (RFC7323-5.5-1).
const TS_RECENT_VALID: Micros = Micros::secs(24 * 24 * 3_600);

/// A SYN,ACK that left within this time need not be sent again because the SYN comes again.
const JUST_SENT: Micros = Micros::secs(1);

/// What the sequence check may come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Acceptable {
    /// It is acceptable.
    Yes,
    /// It is not.
    No,
    /// The standard, or what can be known, leaves it open.
    Either,
}

/// From here to the last check the block is handed on to be changed; nobody needs it afterwards.
pub(super) fn step(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    if fails_paws(tcb, seg, ctx) {
        let by = req::RFC7323_5_3_2;
        let mut refused = acknowledge(*tcb, ctx, by);
        may_reset_as_listener(&mut refused, seg, ctx, by);
        out.push(refused, by);
        if tcb.state == State::TimeWait && seg.flags.syn() && !seg.flags.ack() {
            super::syn::drop_silently(*tcb, out);
        }
        let before_paws = ctx.profile.predicts_headers && is_predicted(tcb, seg);
        // Of two values half the space apart neither is the older.
        if ctx.profile.paws && !before_paws && !half_apart(tcb, seg) {
            return;
        }
    }
    let verdict = acceptable(tcb, seg, ctx);
    match verdict {
        Acceptable::Yes => accepted(tcb, seg, ctx, out),
        Acceptable::No => unacceptable(*tcb, seg, ctx, out),
        Acceptable::Either => {
            accepted(&mut { *tcb }, seg, ctx, out);
            unacceptable(*tcb, seg, ctx, out);
        }
    }
}

/// The PAWS test. Whoever does not do it may accept the segment.
fn fails_paws(tcb: &Tcb, seg: &Segment, ctx: &Context) -> bool {
    let stamped = seg.options.timestamps;
    is_older(tcb, stamped) && !seg.flags.rst() && !is_outdated(tcb, stamped, ctx)
}

/// Its timestamp is older than TS.Recent.
fn is_older(tcb: &Tcb, stamped: Option<(u32, u32)>) -> bool {
    let older = |(value, _): (u32, u32)| (value.wrapping_sub(tcb.ts.recent) as i32) < 0;
    tcb.timestamps_agreed() && stamped.is_some_and(older)
}

/// Its timestamp is older than TS.Recent, but that is out of date.
pub(super) fn is_outdated(tcb: &Tcb, stamped: Option<(u32, u32)>, ctx: &Context) -> bool {
    let idle = ctx.now.since(tcb.ts.recent_at.max(tcb.arrived_at));
    is_older(tcb, stamped) && idle > TS_RECENT_VALID
}

/// The next segment in order with nothing special about it. A stack that predicts headers may
/// take it before it looks at the timestamp (RFC 7323 section 5.6).
fn is_predicted(tcb: &Tcb, seg: &Segment) -> bool {
    let plain = seg.flags.without(Flags::PSH) == Flags::ACK;
    plain && seg.seq == tcb.rcv.nxt && seg.end().at_or_before(tcb.rcv.edge)
}

/// Whether SEG.TSval and TS.Recent lie half the space apart.
fn half_apart(tcb: &Tcb, seg: &Segment) -> bool {
    let value = seg.options.timestamps.map(|(value, _)| value);
    value.is_some_and(|value| value.wrapping_sub(tcb.ts.recent) == 1 << 31)
}

pub(super) fn accepted(tcb: &mut Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    // A segment without the timestamps that were agreed upon should be dropped, or is accepted.
    if tcb.ts.on && seg.options.timestamps.is_none() && !seg.flags.rst() {
        out.push(silently(*tcb), req::RFC7323_3_2_7);
        tcb.miss_in_answer(req::RFC7323_3_2_7, Instead::Silence, ctx);
    }
    let before = tcb.ts;
    note_timestamp(tcb, seg, ctx);
    if half_apart(tcb, seg) && may_be_noted(tcb, seg) {
        let mut noted = *tcb;
        note(&mut noted, seg, ctx);
        rst::step(&mut noted, seg, ctx, out);
    }
    if tcb.ts.recent != before.recent && dropped_later(tcb, seg) {
        // Noted before that is known, or not at all.
        rst::step(&mut Tcb { ts: before, ..*tcb }, seg, ctx, out);
    }
    rst::step(tcb, seg, ctx, out);
}

/// Whoever is known to take a segment that is older than TS.Recent may note that time too.
pub(super) fn accepted_with_its_time(
    mut tcb: Tcb,
    seg: &Segment,
    ctx: &Context,
    out: &mut Branches,
) {
    if is_older(&tcb, seg.options.timestamps) && may_be_noted(&tcb, seg) {
        note(&mut tcb, seg, ctx);
        rst::step(&mut tcb, seg, ctx, out);
    }
}

/// A check after this one drops the segment, whatever it carries.
fn dropped_later(tcb: &Tcb, seg: &Segment) -> bool {
    let ahead = seg.flags.ack() && seg.ack.after(tcb.snd.nxt);
    let ancient = seg.flags.ack() && seg.ack.before(tcb.snd.una);
    let misfits = tcb.state == State::SynReceived && !super::ack::acknowledges_new(tcb, seg);
    !seg.flags.ack() || seg.flags.syn() || ahead || ancient || misfits
}

/// TS.Recent follows segments that begin at or before the last acknowledgment sent.
fn note_timestamp(tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
    let value = seg.options.timestamps.map_or(0, |(value, _)| value);
    let newer = (value.wrapping_sub(tcb.ts.recent) as i32) >= 0
        || ctx.now.since(tcb.ts.recent_at) > TS_RECENT_VALID;
    if newer && may_be_noted(tcb, seg) {
        note(tcb, seg, ctx);
    }
}

/// It has a timestamp, and begins at or before the last acknowledgment sent.
fn may_be_noted(tcb: &Tcb, seg: &Segment) -> bool {
    let stamped = seg.options.timestamps.is_some() && tcb.timestamps_agreed();
    let early = tcb
        .rcv
        .acked
        .is_some_and(|acked| seg.seq.at_or_before(acked));
    stamped && early && !seg.flags.rst()
}

fn note(tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
    if let Some((value, _)) = seg.options.timestamps {
        tcb.ts.recent = value;
        tcb.ts.recent_at = ctx.now;
    }
}

/// The furthest edge that the stack may have in mind: what it advertised, or what its buffer
/// could still take.
pub(super) fn furthest_edge(tcb: &Tcb, ctx: &Context) -> SeqNumber {
    let free = ctx.profile.receive_buffer.saturating_sub(tcb.unread());
    tcb.rcv
        .edge_max
        .later(tcb.rcv.nxt + free)
        .later(tcb.rcv.nxt)
}

/// The furthest edge that a window without a scale can reach, whatever the buffer could take.
pub(super) fn unscaled_edge(tcb: &Tcb) -> Option<SeqNumber> {
    let wnd = u32::from(u16::MAX).saturating_sub(tcb.unread());
    (tcb.receive_shift() == 0).then_some(tcb.rcv.nxt + wnd)
}

/// The four cases of RFC 9293 section 3.4, over the band of possible windows.
pub(super) fn acceptable(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Acceptable {
    let near = tcb.honoured_edge();
    let far = furthest_edge(tcb, ctx);
    let with_near = in_window(tcb.rcv.nxt, near, seg);
    let with_far = in_window(tcb.rcv.nxt, far, seg);
    let grey = at_open_edge(tcb, near, far, seg);
    match (with_near, with_far, grey) {
        (true, true, false) => Acceptable::Yes,
        (false, false, false) => Acceptable::No,
        _ => Acceptable::Either,
    }
}

/// The acceptability test of RFC 9293 section 3.4 for one window `[nxt, edge)`.
fn in_window(nxt: SeqNumber, edge: SeqNumber, seg: &Segment) -> bool {
    let wnd = edge.since(nxt);
    match (seg.len(), wnd) {
        (0, 0) => seg.seq == nxt,
        (0, _) => seg.seq.within(nxt, wnd),
        (_, 0) => false,
        (len, _) => seg.seq.within(nxt, wnd) || (seg.seq + (len - 1)).within(nxt, wnd),
    }
}

/// Points where stacks differ, and may: an empty segment right at an edge; a segment that spans
/// the whole window; a FIN alone at a closed window, and text there when a FIN follows nothing.
fn at_open_edge(tcb: &Tcb, near: SeqNumber, far: SeqNumber, seg: &Segment) -> bool {
    let nxt = tcb.rcv.nxt;
    let end = seg.end();
    let empty_at_edge = seg.is_empty() && seg.seq.at_or_after(near) && seg.seq.at_or_before(far);
    // By length, not by order: what begins half the space away spans nothing.
    let spans = seg.seq.before(nxt) && seg.len() > near.since(seg.seq);
    let fin_at_closed = seg.payload_len == 0 && seg.flags.fin() && seg.seq == nxt && near == nxt;
    // Counting the FIN or not makes the difference at the right edge of a full window.
    let fin_at_edge = seg.flags.fin() && seg.seq == near && near != nxt;
    // A RST is judged by its number alone where the text behind it would decide otherwise.
    let spanning = seg.seq.before(nxt) && end.after(nxt);
    let rst_with_text =
        seg.flags.rst() && (spanning || (!seg.is_empty() && seg.seq == nxt && near == nxt));
    empty_at_edge && seg.seq != nxt || spans || fin_at_closed || fin_at_edge || rst_with_text
}

/// An unacceptable segment: an acknowledgment goes back, unless it is a reset.
fn unacceptable(mut tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    if seg.flags.rst() {
        return out.push(silently(tcb), req::RFC9293_3_10_7_4_P02);
    }
    urgent::unacceptable(&mut tcb, seg);
    let by = reason(&tcb, seg);
    match tcb.state {
        State::SynReceived => in_syn_received(tcb, seg, ctx, out),
        State::TimeWait => in_time_wait(tcb, seg, ctx, out),
        State::Closed
        | State::Listen
        | State::SynSent
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck => {
            at_closed_window(&tcb, seg, ctx, by, out);
            at_left_edge(&tcb, seg, ctx, by, out);
            out.push(answer(tcb, seg, ctx, by), by);
        }
    }
}

/// The acknowledgment of a segment that is not acceptable. How soon it has to come is not said. So where
/// one is owed already for what lies there, it answers both, and may be delayed as long as that
/// (RFC9293-MUST-40).
fn answer(tcb: Tcb, seg: &Segment, ctx: &Context, by: Req) -> Tcb {
    let acked = tcb.rcv.acked.unwrap_or(tcb.rcv.nxt);
    let unacknowledged = seg.end().after(acked) || (seg.is_empty() && seg.seq == acked);
    let behind = seg.seq.before(tcb.rcv.nxt) && seg.end().at_or_before(tcb.rcv.nxt);
    let owed = tcb.due.ack != Instant::NEVER && !seg.flags.syn();
    let mut answered = acknowledge(tcb, ctx, by);
    if let Some(reply) = &mut answered.due.reply {
        reply.required &= !(owed && behind && unacknowledged);
    }
    answered
}

/// Which requirement asks for the acknowledgment.
fn reason(tcb: &Tcb, seg: &Segment) -> Req {
    let probe = seg.seq == tcb.rcv.nxt && tcb.rcv.edge.at_or_before(tcb.rcv.nxt);
    if seg.flags.syn() && tcb.state.synchronized() {
        req::RFC9293_3_10_7_4_4
    } else if probe {
        req::RFC9293_3_8_6_1_P01
    } else if tcb.state.synchronized() {
        req::RFC9293_3_5_2_P03
    } else {
        req::RFC9293_3_10_7_4_P01
    }
}

/// At a closed window the acknowledgment of an unacceptable segment is still used, or not.
fn at_closed_window(tcb: &Tcb, seg: &Segment, ctx: &Context, by: Req, out: &mut Branches) {
    let closed = tcb.rcv.edge.at_or_before(tcb.rcv.nxt);
    let useful = seg.flags.ack() && !seg.flags.syn() && seg.seq == tcb.rcv.nxt;
    let changes = seg.ack.after(tcb.snd.una) || super::ack::updates_window(tcb, seg);
    if !(closed && useful && changes) || seg.ack.after(tcb.snd.nxt) {
        return;
    }
    use_and_answer(&mut { *tcb }, seg, ctx, by, out);
}

/// Of a segment that ends at the left edge the acknowledgment is used, by a stack that declares it
/// (RFC 9293 appendix A.2).
fn at_left_edge(tcb: &Tcb, seg: &Segment, ctx: &Context, by: Req, out: &mut Branches) {
    let acked = tcb.rcv.acked.unwrap_or(tcb.rcv.nxt);
    let at_edge = seg.end().at_or_after(acked) && seg.end().at_or_before(tcb.rcv.nxt);
    let plain = seg.flags.ack() && !seg.flags.syn() && seg.seq.before(tcb.rcv.nxt);
    if !(ctx.profile.uses_old && at_edge && plain) || seg.ack.after(tcb.snd.nxt) {
        return;
    }
    let mut used = *tcb;
    note_timestamp(&mut used, seg, ctx);
    if half_apart(tcb, seg) && may_be_noted(tcb, seg) {
        let mut noted = *tcb;
        note(&mut noted, seg, ctx);
        use_and_answer(&mut noted, seg, ctx, by, out);
    }
    use_and_answer(&mut used, seg, ctx, by, out);
}

/// The acknowledgment of an unacceptable segment is used, and the segment answered.
fn use_and_answer(tcb: &mut Tcb, seg: &Segment, ctx: &Context, by: Req, out: &mut Branches) {
    let first = out.len();
    super::ack::use_acknowledgment(tcb, seg, ctx, out);
    for (used, rests_on) in out.iter_mut(first) {
        *used = match used.state {
            // It acknowledged the FIN in LAST-ACK: there is nothing left that could answer.
            State::Closed => silently(*used),
            _ => answer(*used, seg, ctx, by),
        };
        *rests_on = req::RFC9293_3_10_7_4_P04;
    }
}

/// The peer's SYN again draws the SYN,ACK again, or an acknowledgment, or nothing if that was
/// just sent; its SYN,ACK in a simultaneous open establishes, or draws an acknowledgment.
fn in_syn_received(tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let by = req::RFC9293_3_10_7_4_P01;
    let again = seg.flags.syn() && seg.seq == tcb.rcv.irs;
    let mut answered = tcb;
    // Silence is for a SYN that comes again while the answer is still on its way.
    let on_its_way = ctx.now.since(tcb.rtx.sent_at) <= ctx.profile.challenge_quiet.max(JUST_SENT);
    let may_wait = again && (on_its_way || tcb.origin == Origin::Active);
    answered.due.reply = Some(Reply {
        forms: Forms::ACK.or(Forms::SYN_ACK),
        required: !may_wait && challenge_is_due(&tcb, ctx),
        by,
        rst_seq: SeqNumber::default(),
        rst_ack: None,
        rst_end: SeqNumber::default(),
    });
    may_reset_as_listener(&mut answered, seg, ctx, by);
    out.push(answered, by);
    // Whether what the second of two crossing SYNs offers counts is not said.
    let mut renewed = tcb;
    if again && tcb.origin == Origin::Active && tcb.rcv.edge_of_syn {
        super::take_options(&mut renewed, seg, ctx);
    }
    let differs = renewed.theirs != tcb.theirs;
    if differs {
        renewed.due.reply = answered.due.reply;
        out.push(renewed, req::RFC9293_MUST_10);
    }
    if again && seg.flags.ack() && super::ack::acknowledges_new(&tcb, seg) {
        let mut crossing = tcb;
        super::take_window_of_syn(&mut crossing, seg);
        // Whether its timestamp counts is not said.
        let mut stamped = crossing;
        note_timestamp(&mut stamped, seg, ctx);
        if half_apart(&tcb, seg) && may_be_noted(&tcb, seg) {
            note(&mut stamped, seg, ctx);
        }
        if stamped.ts.recent != tcb.ts.recent {
            super::ack::step(&mut stamped, seg, ctx, out);
        }
        super::ack::step(&mut crossing, seg, ctx, out);
        if differs {
            let mut crossing = Tcb {
                due: tcb.due,
                ..renewed
            };
            super::take_window_of_syn(&mut crossing, seg);
            super::ack::step(&mut crossing, seg, ctx, out);
        }
    }
}

/// Where a listener keeps the handshakes that are under way, a segment whose acknowledgment fits
/// none of them is one to the listener, who answers it with a reset.
fn may_reset_as_listener(answered: &mut Tcb, seg: &Segment, ctx: &Context, by: Req) {
    let embryo = answered.state == State::SynReceived;
    let kept = answered.origin == Origin::Passive && ctx.profile.listener_resets;
    // Or its acknowledgment is looked at, though it lies before the window, and that asks for one.
    let looked_at = ctx.profile.uses_old && seg.end() == answered.rcv.nxt;
    let misfits = seg.flags.ack() && !super::ack::acknowledges_new(answered, seg);
    if !(embryo && (kept || looked_at) && misfits) {
        return;
    }
    let reset = super::reset_for(*answered, seg, ctx, by).due.reply;
    if let (Some(reply), Some(reset)) = (&mut answered.due.reply, reset) {
        *reply = Reply {
            forms: reply.forms.or(reset.forms),
            required: reply.required,
            ..reset
        };
    }
}

/// A segment in TIME-WAIT is acknowledged, and may start the 2 MSL anew. A SYN may begin a new
/// connection.
fn in_time_wait(tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let by = if seg.flags.fin() {
        req::RFC9293_MUST_13
    } else {
        req::RFC9293_3_5_2_P03
    };
    let mut restarted = acknowledge(tcb, ctx, by);
    restarted.time_wait.1 = super::fin::time_wait_from(ctx).1;
    let first = out.len();
    out.push(restarted, by);
    if seg.flags.syn() {
        super::syn::reopen(tcb, seg, ctx, first, out);
    }
}
