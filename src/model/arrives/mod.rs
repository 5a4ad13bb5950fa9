//! SEGMENT ARRIVES (RFC 9293 section 3.10.7).
//!
//! The checks stand in the order of the RFC, one file each from the sequence check on. Every
//! function takes the block as it is after the checks before, and adds to `out` every block that
//! may follow. What an endpoint has to send in answer is not sent here: it becomes an obligation
//! in [`Due`].

mod ack;
mod closed;
mod fin;
pub mod icmp;
mod listen;
mod rst;
mod sequence;
mod syn;
mod syn_sent;
mod text;

pub use syn::{opens_anew, refuses, should_open_anew};

use super::tcb::{Branches, Due, Forms, Input, Reply, Sample, SizeBy, Tcb};
use super::{AckClass, Context, EventClass, Marks, SegmentClass, SeqClass, State, Unsaid};
use super::{ecn, reports, urgent};
use crate::spec::{Req, req};
use crate::stack::AckRange;
use crate::time::Micros;
use crate::wire::{Endpoint, Flags, Segment, SeqNumber};

/// Lets a segment arrive. It is addressed to this connection, and not damaged.
pub fn step(before: &Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let mut tcb = *before;
    tcb.input = Input {
        state: tcb.state,
        class: EventClass::Segment(classify(&tcb, seg, ctx)),
        marks: Marks::of(&tcb, seg, ctx.now),
        at: ctx.now,
    };
    tcb.service.hear(seg);
    tcb.due.reply = None;
    tcb.rcv.answers_first = false;
    reports::arrived(&mut tcb, seg);
    let numbered = tcb.state.synchronized() || tcb.state == State::SynReceived;
    let fin = tcb.rcv.fin_ahead;
    let held = |from: SeqNumber| {
        let text = tcb.rcv.ahead.iter().any(|(_, to)| from.before(to));
        text || fin.is_some_and(|fin| from.at_or_before(fin))
    };
    tcb.rcv.again |= numbered && (seg.seq.before(tcb.rcv.nxt) || held(seg.seq));
    tcb.due.reply_at = ctx.now;
    tcb.due.reply_to = Some(seg.src);
    permit_answer(&mut tcb, seg);
    if seg.options.malformed || seg.options.duplicate {
        // Any of ignoring the option, dropping the segment and resetting is tolerable.
        dropped_unread(tcb, seg, ctx, out);
    }
    if seg.options.duplicate && (seg.flags.syn() || tcb.timestamps_agreed()) {
        // Which of two values counts is anybody's guess, and so is all that follows.
        let mut unsure = tcb.unsaid(Unsaid::OptionTwice);
        if tcb.state == State::Listen {
            unsure.state = State::SynReceived;
            unsure.remote = Some(seg.src);
        }
        out.push(unsure, req::RFC9293_MUST_7);
    }
    tcb.rtx.quiet = false;
    tcb.rcv.latest = None;
    tcb.due.tests = rule_tested(&tcb, seg, ctx);
    let dropped = misplaced_option(&tcb, seg).then_some(tcb);
    let first = out.len();
    match tcb.state {
        State::Closed => closed::step(tcb, seg, ctx, out),
        State::Listen => listen::step(tcb, seg, ctx, out),
        State::SynSent => syn_sent::step(tcb, seg, ctx, out),
        State::SynReceived
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait => sequence::step(&mut tcb, seg, ctx, out),
    }
    if ecn::concerns(before, seg) {
        for (after, _) in out.iter_mut(first) {
            ecn::arrived(before, after, seg, ctx);
        }
    }
    if let Some(tcb) = dropped {
        dropped_unread(tcb, seg, ctx, out);
    }
}

/// Lets a segment arrive of which a stack is known to believe that it is acceptable.
pub fn unchecked(tcb: &Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let mut tcb = *tcb;
    tcb.due.reply = None;
    tcb.due.reply_at = ctx.now;
    tcb.due.reply_to = Some(seg.src);
    permit_answer(&mut tcb, seg);
    tcb.rtx.quiet = false;
    tcb.rcv.latest = None;
    sequence::accepted_with_its_time(tcb, seg, ctx, out);
    sequence::accepted(&mut tcb, seg, ctx, out);
}

/// Lets a segment arrive at a stack that is known to look at the acknowledgment and at the text
/// apart from each other: the one counts wherever the text lies, and the other whether or not there
/// is an acknowledgment, and whatever it acknowledges.
pub fn apart(tcb: &Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let mut tcb = *tcb;
    tcb.due.reply = None;
    tcb.due.reply_at = ctx.now;
    tcb.due.reply_to = Some(seg.src);
    permit_answer(&mut tcb, seg);
    tcb.rtx.quiet = false;
    tcb.rcv.latest = None;
    ack::apart(&mut tcb, seg, ctx, out);
}

/// Lets a segment arrive at a stack that is known to hold it against no window but the one of its
/// last acknowledgment.
pub fn narrowly(tcb: &Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let edge = tcb.rcv.firm_edge.later(tcb.rcv.nxt);
    against(edge, step, tcb, seg, ctx, out);
}

/// Lets a segment arrive at a stack that is known to take it to its end if it begins inside the
/// window.
pub fn widely(tcb: &Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let edge = tcb.rcv.edge_max.later(seg.end());
    against(edge, step, tcb, seg, ctx, out);
}

/// Both [`widely`] and [`apart`].
pub fn widely_apart(tcb: &Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let edge = tcb.rcv.edge_max.later(seg.end());
    against(edge, apart, tcb, seg, ctx, out);
}

/// Lets a segment arrive at a stack that holds it against another right edge than it advertised.
fn against(
    edge: SeqNumber,
    arrive: fn(&Tcb, &Segment, &Context, &mut Branches),
    tcb: &Tcb,
    seg: &Segment,
    ctx: &Context,
    out: &mut Branches,
) {
    let advertised = tcb.rcv;
    let mut other = *tcb;
    other.rcv.edge = edge;
    other.rcv.edge_max = edge;
    let first = out.len();
    arrive(&other, seg, ctx, out);
    // A listener has no window.
    let connected = |tcb: &Tcb| tcb.state != State::Listen;
    for (tcb, _) in out.iter_mut(first).filter(|(tcb, _)| connected(tcb)) {
        tcb.rcv.edge = advertised.edge;
        tcb.rcv.edge_max = advertised.edge_max;
    }
}

/// Lets a segment arrive that is for another connection than this one: nobody's, so it meets
/// CLOSED, and only the answer is remembered here.
pub fn stray(tcb: &Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    let first = out.len();
    let closed = Tcb {
        input: tcb.input,
        challenged_at: tcb.challenged_at,
        ..Tcb::default()
    };
    step(&closed, seg, ctx, out);
    for (answering, _) in out.iter_mut(first) {
        let due = Due {
            reply: answering.due.reply,
            reply_at: answering.due.reply_at,
            reply_to: answering.due.reply_to,
            ..tcb.due
        };
        *answering = Tcb {
            due,
            input: answering.input,
            ..*tcb
        };
    }
}

/// A reset asks for no answer; anything else may get one empty acknowledgment.
fn permit_answer(tcb: &mut Tcb, seg: &Segment) {
    if seg.flags.rst() {
        tcb.due.spare = tcb.due.spare.max(tcb.due.credit);
        tcb.due.revoke();
        return;
    }
    tcb.due.spare = 0;
    tcb.due.grant(!is_plain_acknowledgment(tcb, seg));
}

/// An empty acknowledgment with which nothing is wrong and that no one has to acknowledge: whoever
/// answers each of these, and meets his like, answers without end.
fn is_plain_acknowledgment(tcb: &Tcb, seg: &Segment) -> bool {
    let settled = match tcb.state {
        State::SynReceived => ack::acknowledges_new(tcb, seg),
        state => state.synchronized() && state != State::TimeWait,
    };
    let bare = seg.is_empty() && seg.flags.ack() && !seg.flags.intersects(Flags::URG | Flags::PSH);
    let acceptable = seg.seq == tcb.rcv.nxt && tcb.rcv.edge.after(tcb.rcv.nxt);
    let current = seg.ack.at_or_after(tcb.snd.una) && seg.ack.at_or_before(tcb.snd.nxt);
    settled && bare && acceptable && current && !seg.options.malformed
}

/// An option that has no business on this segment, and of which nobody says what it comes to.
/// Window scale and timestamps are not among these: they have to be ignored (RFC7323-2.2-5,
/// RFC7323-3.2-9).
fn misplaced_option(tcb: &Tcb, seg: &Segment) -> bool {
    let of_syn = seg.options.mss.is_some() || seg.options.sack_permitted;
    let blocks = !seg.options.sack.is_empty();
    // What the connection before this one agreed upon does not count.
    let connected = !matches!(tcb.state, State::Closed | State::Listen);
    let permitted = connected && tcb.ours.sack;
    if seg.flags.syn() {
        blocks
    } else {
        of_syn || (blocks && !permitted)
    }
}

/// The rule that this arrival puts to the test, if it is one of the special kind: it names what
/// is broken when the stack misjudges it.
fn rule_tested(tcb: &Tcb, seg: &Segment, ctx: &Context) -> Option<Req> {
    if !tcb.state.synchronized() || seg.flags.intersects(Flags::RST | Flags::SYN) {
        return None;
    }
    let stamped = seg.options.timestamps;
    if tcb.ts.on && stamped.is_none() {
        return Some(req::RFC7323_3_2_8);
    }
    if sequence::is_outdated(tcb, stamped, ctx) {
        return Some(req::RFC7323_5_5_1);
    }
    let EventClass::Segment(class) = tcb.input.class else {
        return None;
    };
    if class.seq == SeqClass::Retracted {
        return Some(req::RFC7323_2_4_2);
    }
    let old = matches!(class.ack, AckClass::Old | AckClass::Ancient);
    if old && ctx.profile.ack_range == AckRange::Checked {
        return Some(req::RFC5961_5_2_2);
    }
    if seg.options.window_scale.is_some() {
        return Some(req::RFC7323_2_2_5);
    }
    if stamped.is_some() && !tcb.ts.on {
        return Some(req::RFC7323_3_2_9);
    }
    None
}

/// The branch on which an unreadable options field has the whole segment dropped.
fn dropped_unread(tcb: Tcb, seg: &Segment, ctx: &Context, out: &mut Branches) {
    out.push(tcb, req::RFC9293_MUST_7);
    if !seg.flags.rst() && tcb.state != State::Closed {
        let reset = reset_for(tcb, seg, ctx, req::RFC9293_MUST_7);
        if tcb.state != State::Listen {
            // Of all that was owed only the reset is left.
            let mut severed = reset.severed();
            severed.due.reply = reset.due.reply;
            severed.due.reply_at = reset.due.reply_at;
            severed.due.reply_to = reset.due.reply_to;
            out.push(severed, req::RFC9293_MUST_7);
        }
    }
}

/// An empty acknowledgment is due in answer, unless one was sent so recently that the stack may
/// hold it back (oracle-notes B5 and B6).
fn acknowledge(mut tcb: Tcb, ctx: &Context, by: Req) -> Tcb {
    tcb.due.reply = Some(Reply {
        forms: Forms::ACK,
        required: challenge_is_due(&tcb, ctx),
        by,
        rst_seq: SeqNumber::default(),
        rst_ack: None,
        rst_end: SeqNumber::default(),
    });
    tcb
}

/// Whether enough time has passed since the last challenge ACK for the next to be required.
fn challenge_is_due(tcb: &Tcb, ctx: &Context) -> bool {
    is_due_again(tcb, ctx.profile.challenge_quiet, ctx)
}

/// Whether it has been quiet for so long that a limit of rate holds back no answer.
fn is_due_again(tcb: &Tcb, quiet: Micros, ctx: &Context) -> bool {
    tcb.challenged(ctx.now)
        .is_none_or(|ago| ago >= quiet + ctx.profile.slack)
}

/// A reset is due in answer: RSTa when the segment has an ACK, RSTb otherwise (RFC 9293 section
/// 3.5.2).
fn reset_for(mut tcb: Tcb, seg: &Segment, ctx: &Context, by: Req) -> Tcb {
    let acked = seg.flags.ack();
    tcb.due.reply = Some(Reply {
        forms: Forms::RST,
        required: is_due_again(&tcb, ctx.profile.reset_quiet, ctx),
        by,
        rst_seq: if acked { seg.ack } else { SeqNumber(0) },
        rst_ack: (!acked).then(|| seg.end()),
        rst_end: seg.end(),
    });
    tcb.due.revoke();
    tcb
}

/// Nothing is due, and nothing is sent.
fn silently(mut tcb: Tcb) -> Tcb {
    tcb.due.reply = None;
    tcb
}

/// How a segment stands to the connection.
pub fn classify(tcb: &Tcb, seg: &Segment, ctx: &Context) -> SegmentClass {
    let has_window = tcb.state.synchronized() || tcb.state == State::SynReceived;
    let seq = if has_window {
        classify_seq(tcb, seg, ctx)
    } else {
        SeqClass::Any
    };
    SegmentClass::new(seg.flags, seg.payload_len > 0, seq, classify_ack(tcb, seg))
}

fn classify_seq(tcb: &Tcb, seg: &Segment, _ctx: &Context) -> SeqClass {
    let (nxt, edge) = (tcb.rcv.nxt, tcb.rcv.edge.later(tcb.rcv.nxt));
    let end = seg.end();
    let firm = tcb.rcv.firm_edge.later(nxt);
    let reach = if seg.is_empty() { seg.seq + 1 } else { end };
    if seg.seq.before(nxt) && !end.after(nxt) {
        return SeqClass::Old;
    }
    let probed = seg.seq.before(edge) && edge.after(firm);
    if !tcb.rcv.edge_of_syn && probed && reach.after(firm) {
        return SeqClass::Probed;
    }
    let honoured = tcb.honoured_edge();
    if seg.seq.before(honoured) && honoured.after(edge) && reach.after(edge) {
        return SeqClass::Retracted;
    }
    if seg.seq.before(nxt) {
        return SeqClass::Overlap;
    }
    let scaled = tcb.rcv.edge_of_syn && tcb.receive_shift() > 0;
    if scaled && seg.seq.at_or_after(firm) && seg.seq.before(edge_if_scaled(tcb)) {
        return SeqClass::Unscaled;
    }
    if seg.seq == nxt && edge == nxt {
        return SeqClass::Closed;
    }
    if seg.is_empty() && edge == nxt && seg.seq.since(nxt) == i32::MAX as u32 {
        return SeqClass::Opposite;
    }
    if seg.seq == nxt {
        return if end.after(edge) {
            SeqClass::Crossing
        } else {
            SeqClass::Next
        };
    }
    match (seg.seq.before(edge), end.after(edge)) {
        (true, false) => SeqClass::Ahead,
        (true, true) => SeqClass::Crossing,
        (false, _) => SeqClass::Beyond,
    }
}

/// Where the edge that a SYN advertised would lie if its window were scaled.
fn edge_if_scaled(tcb: &Tcb) -> SeqNumber {
    let window = tcb.rcv.firm_edge.since(tcb.rcv.irs + 1);
    tcb.rcv.irs + 1 + (window << tcb.receive_shift()) + 1
}

fn classify_ack(tcb: &Tcb, seg: &Segment) -> AckClass {
    let comparable = match tcb.state {
        State::Closed | State::Listen => false,
        State::SynSent => tcb.snd.iss.is_some(),
        State::SynReceived
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait => true,
    };
    if !seg.flags.ack() || !comparable {
        AckClass::Any
    } else if seg.ack.after(tcb.snd.nxt) && seg.ack.since(tcb.snd.nxt) <= ack::AHEAD {
        AckClass::Unsent
    } else if seg.ack.after(tcb.snd.una) && seg.ack.at_or_before(tcb.snd.nxt) {
        AckClass::New
    } else if seg.ack == tcb.snd.una {
        AckClass::Current
    } else if seg.ack.after(tcb.snd.nxt)
        || seg.ack.before(tcb.snd.una - tcb.snd.max_wnd.min(1 << 30))
    {
        AckClass::Ancient
    } else {
        AckClass::Old
    }
}

/// Notes the peer's SYN: its number, its options, its window.
fn synchronize(tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
    tcb.remote = Some(seg.src);
    tcb.rcv.irs = seg.seq;
    tcb.rcv.nxt = seg.seq + 1;
    tcb.rcv.edge = seg.seq + 1;
    tcb.rcv.edge_max = seg.seq + 1;
    tcb.rcv.firm_edge = seg.seq + 1;
    tcb.rcv.read = 0;
    urgent::with_syn(tcb, seg);
    take_options(tcb, seg, ctx);
    take_window_of_syn(tcb, seg);
}

/// Lets a stack hear the options of a segment that is known to take them for the peer's, whatever
/// segment they come on. The first window scale stands; of the rest what comes last.
pub fn overhear(tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
    let heard = tcb.theirs;
    if let Some(mss) = seg.options.mss {
        tcb.theirs.mss = Some(mss);
        // One of nothing may be taken for anything, and so may one that stands there with another.
        let unsure = mss == 0 || seg.options.duplicate;
        if unsure || u32::from(mss) > ctx.profile.most_text() {
            tcb.theirs.size_by = SizeBy::BeyondLink;
        } else if tcb.theirs.mss != heard.mss {
            tcb.theirs.size_by = SizeBy::Other;
        }
    }
    if !seg.flags.syn() {
        return;
    }
    tcb.theirs.window_scale = heard.window_scale.or(seg.options.window_scale);
    tcb.theirs.sack |= seg.options.sack_permitted;
    if let Some((value, _)) = seg.options.timestamps {
        tcb.theirs.timestamps = true;
        tcb.ts.recent = value;
        tcb.ts.of_syn = value;
    }
    if tcb.state != State::SynReceived {
        return;
    }
    // It goes by what it would offer, not by what its SYN,ACK has offered.
    let (theirs, profile) = (tcb.theirs, ctx.profile);
    tcb.ours.window_scale = tcb.ours.window_scale.or(profile
        .window_scale
        .filter(|_| theirs.window_scale.is_some()));
    tcb.ours.sack |= profile.sack && theirs.sack;
    tcb.ours.timestamps |= profile.timestamps && theirs.timestamps;
}

/// What the peer's SYN, or its SYN,ACK, offers.
fn take_options(tcb: &mut Tcb, seg: &Segment, ctx: &Context) {
    let heard = match tcb.state {
        // What was overheard before the SYN counts beside it.
        State::SynSent => tcb.theirs,
        _ => super::tcb::SynOptions::default(),
    };
    tcb.theirs = super::tcb::SynOptions {
        mss: seg.options.mss.or(heard.mss),
        window_scale: heard.window_scale.or(seg.options.window_scale),
        sack: seg.options.sack_permitted || heard.sack,
        timestamps: seg.options.timestamps.is_some() || heard.timestamps,
        ecn: seg.flags.contains(Flags::ECE.with(Flags::CWR)),
        size_by: SizeBy::Syn,
    };
    if seg.options.malformed || seg.options.duplicate {
        // Which of several values counts is anybody's guess.
        tcb.theirs.mss = Some(u16::MAX);
        tcb.theirs.size_by = SizeBy::Unsure;
    }
    if let Some((value, _)) = seg.options.timestamps {
        tcb.ts.recent = value;
        tcb.ts.of_syn = value;
        tcb.ts.recent_at = ctx.now;
    }
}

/// The window of a SYN is never scaled (RFC7323-2.2-6).
fn take_window_of_syn(tcb: &mut Tcb, seg: &Segment) {
    tcb.take_window(u32::from(seg.window), seg);
}

/// Our SYN is acknowledged.
fn established(tcb: &mut Tcb, ctx: &Context) {
    tcb.state = State::Established;
    tcb.reopened_above = None;
    tcb.ts.on = tcb.ours.timestamps && tcb.theirs.timestamps;
    sample_round_trip(tcb, ctx);
}

/// SND.UNA advances: a round trip may have been measured, and the timer starts anew.
fn sample_round_trip(tcb: &mut Tcb, ctx: &Context) {
    let only_syn = tcb.snd.nxt == tcb.text_start();
    let rtx = &mut tcb.rtx;
    let rtt = Sample::Only((ctx.now.since(rtx.flight_at).0 / 1_000).min(u32::MAX.into()) as u32);
    rtx.sample = match rtx.sample {
        // With timestamps any echo may be taken for a sample.
        _ if tcb.ours.timestamps && tcb.theirs.timestamps => Sample::Several,
        sample if rtx.resent => sample,
        Sample::None | Sample::Only(_) if only_syn => rtt,
        Sample::None | Sample::Only(_) | Sample::Several => Sample::Several,
    };
    rtx.ambiguous |= rtx.resent;
    rtx.rtt = Micros(rtx.rtt.0.max(ctx.now.since(rtx.flight_at).0));
    let estimate = Micros(rtx.rtt.0.saturating_mul(5) + ctx.profile.rto_min.0.min(1_000_000));
    let estimate = estimate.0.max(ctx.profile.rto_min.0);
    let most = ctx.profile.rto_max.0.max(60_000_000);
    rtx.ceiling = Micros(rtx.ceiling.0.max(estimate).min(most));
    rtx.since = ctx.now;
    rtx.gap = Micros::ZERO;
    rtx.dup_acks = 0;
    if tcb.snd.una == tcb.snd.nxt {
        rtx.recovering = false;
        rtx.resent = false;
        rtx.probing = tcb.snd.wnd == 0;
    }
}

/// Whether two hosts may hold a connection: the source is somebody's own address, and the
/// destination is the stack's own (RFC9293-MUST-57, RFC9293-MUST-63).
pub fn addressed_properly(seg: &Segment, stack: std::net::IpAddr) -> bool {
    seg.dst.addr == stack && is_host(seg.src)
}

/// Whether an address can be that of a host.
pub fn is_host(end: Endpoint) -> bool {
    match end.addr {
        std::net::IpAddr::V4(a) => {
            !(a.is_unspecified() || a.is_loopback() || a.is_multicast() || a.octets()[0] >= 240)
        }
        std::net::IpAddr::V6(a) => !(a.is_unspecified() || a.is_loopback() || a.is_multicast()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Options;

    #[test]
    fn only_hosts_hold_connections() {
        let rows = [
            ("192.0.2.2", "192.0.2.1", true),
            ("192.0.2.2", "192.0.2.3", false),
            ("192.0.2.2", "192.0.2.255", false),
            ("0.0.0.0", "192.0.2.1", false),
            ("127.0.0.1", "192.0.2.1", false),
            ("223.255.255.254", "192.0.2.1", true),
            ("224.0.0.1", "192.0.2.1", false),
            ("239.255.255.255", "192.0.2.1", false),
            ("240.0.0.1", "192.0.2.1", false),
            ("255.255.255.255", "192.0.2.1", false),
            ("2001:db8::2", "2001:db8::1", true),
            ("2001:db8::2", "2001:db8::3", false),
            ("::", "2001:db8::1", false),
            ("::1", "2001:db8::1", false),
            ("ff02::1", "2001:db8::1", false),
        ];
        for (src, dst, proper) in rows {
            let end = |addr: &str| Endpoint {
                addr: addr.parse().expect("an address"),
                port: 1,
            };
            let stack = if src.contains(':') {
                "2001:db8::1"
            } else {
                "192.0.2.1"
            };
            let seg = Segment {
                src: end(src),
                dst: end(dst),
                seq: SeqNumber(0),
                ack: SeqNumber(0),
                flags: Flags::SYN,
                window: 0,
                urgent: 0,
                options: Options::default(),
                ecn: Default::default(),
                dscp: 0,
                hops: crate::wire::HOP_LIMIT,
                payload_len: 0,
            };
            let found = addressed_properly(&seg, end(stack).addr);
            assert_eq!(found, proper, "{src} to {dst}");
        }
    }
}
