//! A SYN or SYN,ACK that the stack sends (RFC 9293 sections 3.4.1, 3.5, 3.7.1; RFC 7323).

use super::{kind, miss, window};
use crate::model::tcb::{Branches, Forms, Origin, SizeBy, SynOptions, Tcb};
use crate::model::{Context, EventClass, Fault, State};
use crate::spec::{Req, req};
use crate::time::{Instant, Micros};
use crate::wire::{Flags, Segment};

/// Octets that timestamps take in every segment.
const STAMPED: u32 = 12;

pub(super) fn step(
    tcb: Tcb,
    seg: &Segment,
    text: &[u8],
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    let fault = |by: Req, expected| Err(Fault::new(by, kind(seg), expected));
    match tcb.state {
        State::SynSent if seg.flags.ack() => fault(req::RFC9293_3_10_1_P01, "a SYN without ACK"),
        State::SynReceived if !seg.flags.ack() => {
            fault(req::RFC9293_3_10_7_2_P03, "a SYN with ACK")
        }
        State::SynSent | State::SynReceived => {
            let mut tcb = tcb;
            let first = is_first(&tcb);
            let answers = !first && answers_syn(&tcb);
            let running = tcb.snd.iss.is_some();
            let offered = tcb.ours;
            numbers(&mut tcb, seg, ctx)?;
            riding(&tcb, seg, text, first, ctx)?;
            options(&mut tcb, seg, first, ctx)?;
            congestion_bits(&mut tcb, seg, ctx)?;
            window::of_syn(&mut tcb, seg, ctx)?;
            let runs = tcb.rtx;
            sent(&mut tcb, seg, first, running, ctx);
            let mut push = |tcb: &Tcb, by| {
                out.push(*tcb, by);
                if answers {
                    // A timer that runs need not be started anew (RFC 6298, 5.1).
                    let mut tcb = *tcb;
                    (tcb.rtx.sent_at, tcb.rtx.gap) = (runs.sent_at, runs.gap);
                    out.push(tcb, by);
                }
            };
            push(&tcb, req::RFC9293_3_10_1_P01);
            if running && offered != tcb.ours {
                // A SYN that comes again may offer less; what an earlier one has offered may
                // still count.
                tcb.ours = offered;
                push(&tcb, req::RFC7323_2_2_3);
            }
            Ok(())
        }
        // A crossing SYN,ACK may still be repeated right after a simultaneous open.
        State::Established
            if tcb.origin == Origin::Active && seg.flags.ack() && answers_at_once(&tcb, ctx) =>
        {
            if tcb.snd.iss != Some(seg.seq) || seg.payload_len > 0 {
                return fault(req::RFC9293_3_8_P03, "the same SYN,ACK as before");
            }
            if seg.ack != tcb.rcv.nxt {
                return fault(
                    req::RFC9293_3_8_P01,
                    "an acknowledgment of all that arrived in order",
                );
            }
            let mut tcb = tcb;
            tcb.due.spend();
            out.push(tcb, req::RFC9293_MUST_10);
            Ok(())
        }
        State::TimeWait if meets_syn(&tcb) => fault(
            req::RFC9293_MAY_2,
            "a SYN that opens a connection anew is newer than all of the last one",
        ),
        State::Closed
        | State::Listen
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait => fault(
            tcb.due.reply.map_or(req::RFC9293_3_8_P03, |reply| reply.by),
            "no SYN in this state",
        ),
    }
}

/// Something has just arrived that may be answered.
fn answers_at_once(tcb: &Tcb, ctx: &Context) -> bool {
    tcb.due.credit > 0 && ctx.now.since(tcb.input.at) <= ctx.profile.slack
}

fn numbers(tcb: &mut Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    let fault = |by: Req, expected| Err(Fault::new(by, kind(seg), expected).deep(4));
    if seg.flags.fin() {
        return fault(
            req::RFC9293_3_10_2_P01,
            "a SYN without FIN: it waits for the handshake",
        );
    }
    if seg.flags.ack() && seg.ack != tcb.rcv.nxt {
        return fault(
            req::RFC9293_3_10_7_2_P03,
            "a SYN,ACK that acknowledges the SYN, and what came with it",
        );
    }
    let first = is_first(tcb);
    match tcb.snd.iss {
        Some(iss) if iss != seg.seq => {
            return fault(
                if first {
                    req::RFC9293_3_10_7_3_P06
                } else {
                    req::RFC9293_3_8_P03
                },
                "the same ISS as before",
            );
        }
        Some(_) => {}
        None if tcb
            .reopened_above
            .is_some_and(|above| seg.seq.before(above)) =>
        {
            return fault(
                req::RFC9293_MAY_2,
                "an ISS above every number that the connection before has used",
            );
        }
        None => {
            tcb.snd.iss = Some(seg.seq);
            tcb.snd.una = seg.seq;
        }
    }
    if !first && !answers_syn(tcb) {
        super::text::retransmission_in_time(tcb, seg, ctx)?;
    }
    Ok(())
}

/// The SYN,ACK may come again in answer to the peer's SYN.
fn answers_syn(tcb: &Tcb) -> bool {
    let reply = tcb.due.reply;
    reply.is_some_and(|reply| reply.forms.allow(Forms::SYN_ACK))
}

/// The last input was a SYN without ACK.
fn meets_syn(tcb: &Tcb) -> bool {
    match tcb.input.class {
        EventClass::Segment(class) => class.flags().syn() && !class.flags().ack(),
        EventClass::Listen
        | EventClass::Connect
        | EventClass::Send
        | EventClass::Receive
        | EventClass::Close
        | EventClass::Abort
        | EventClass::Status
        | EventClass::Ask
        | EventClass::Icmp(_)
        | EventClass::Time => false,
    }
}

/// Text on a SYN: where SEND itself has opened the connection (RFC9293-3.10.1-p03), and where the
/// profile has it.
fn riding(tcb: &Tcb, seg: &Segment, text: &[u8], first: bool, ctx: &Context) -> Result<(), Fault> {
    if seg.payload_len == 0 {
        return Ok(());
    }
    let fault = |by: Req, expected| Err(Fault::new(by, kind(seg), expected).deep(4));
    let opened_by_send = first && tcb.state == State::SynSent && tcb.snd.queued > 0;
    let again = tcb.snd.nxt.after(seg.seq + 1) && tcb.snd.iss == Some(seg.seq) && !first;
    if !(opened_by_send || again || ctx.profile.text_on_syn) {
        return fault(
            req::RFC9293_3_10_2_P01,
            "a SYN without text: it waits for the handshake",
        );
    }
    if seg.payload_len > tcb.snd.queued {
        return fault(
            req::RFC9293_2_2_P01,
            "no octets but those that the user has sent",
        );
    }
    super::text::content(tcb, seg, text)?;
    // The peer's MSS may be remembered from before.
    let link = ctx.profile.most_text();
    if ctx.profile.text_on_syn && seg.payload_len + u32::from(seg.options.octets) <= link {
        return Ok(());
    }
    super::text::size(tcb, seg, ctx)
}

/// Whether this SYN, or SYN,ACK, is sent for the first time.
fn is_first(tcb: &Tcb) -> bool {
    tcb.due.syn != Instant::NEVER || tcb.snd.iss.is_none()
}

fn options(tcb: &mut Tcb, seg: &Segment, first: bool, ctx: &Context) -> Result<(), Fault> {
    let fault = |by: Req, expected| Err(Fault::new(by, kind(seg), expected).deep(5));
    let ours = &seg.options;
    let most = ctx.profile.most_text();
    if ours.mss.is_some_and(|mss| u32::from(mss) > most) {
        return fault(req::RFC9293_MUST_67, "an MSS that fits the link");
    }
    if ours.window_scale.is_some_and(|shift| shift > 14) {
        return fault(req::RFC7323_2_3_5, "a shift of at most 14");
    }
    // A SYN,ACK carries only what the peer's SYN did or, between crossing SYNs, our own.
    if seg.flags.ack() {
        let had = tcb.ours;
        let scale = tcb.theirs.window_scale.or(had.window_scale);
        if ours.window_scale.is_some() && scale.is_none() {
            return fault(
                req::RFC7323_2_2_4,
                "no window scale in answer to a SYN without",
            );
        }
        if ours.timestamps.is_some() && !(tcb.theirs.timestamps || had.timestamps) {
            return fault(
                req::RFC7323_3_2_4,
                "no timestamps in answer to a SYN without",
            );
        }
        if ours.sack_permitted && !(tcb.theirs.sack || had.sack) {
            return fault(
                req::RFC2018_4_1,
                "no SACK-permitted in answer to a SYN without",
            );
        }
    }
    if let Some((_, echo)) = ours.timestamps {
        if seg.flags.ack() && echo != tcb.ts.recent && echo != tcb.ts.of_syn {
            return fault(req::RFC7323_3_2_2, "TSecr of a SYN,ACK is the SYN's TSval");
        }
        if !seg.flags.ack() && echo != 0 {
            miss(tcb, seg, ctx, req::RFC7323_3_2_1);
        }
    }
    if ours.mss.is_none() && most != u32::from(ctx.profile.family.default_mss()) {
        miss(tcb, seg, ctx, req::RFC9293_SHLD_5);
    }
    // One that comes again may offer less, in the hope to be understood.
    let scales = ctx.profile.window_scale.is_some() && first;
    if scales && ours.window_scale.is_none() {
        match (seg.flags.ack(), tcb.theirs.window_scale) {
            (false, _) => miss(tcb, seg, ctx, req::RFC7323_2_2_2),
            (true, Some(_)) => miss(tcb, seg, ctx, req::RFC7323_2_3_1),
            (true, None) => {}
        }
    }
    let stamps = |mss: u16| most - STAMPED == u32::from(mss);
    if ours.timestamps.is_some() && ours.mss.is_some_and(stamps) {
        miss(tcb, seg, ctx, req::RFC6691_2_2);
    }
    tcb.ours = SynOptions {
        mss: ours.mss,
        window_scale: ours.window_scale,
        sack: ours.sack_permitted,
        timestamps: ours.timestamps.is_some(),
        ecn: false,
        size_by: SizeBy::Syn,
    };
    let value = ours.timestamps.map(|(value, _)| value);
    if let Some(value) = value {
        tcb.ts.note_own_syn(value);
    }
    tcb.ts.note_sent(value, ctx.now);
    Ok(())
}

/// The bits of a SYN,ACK that RFC 3168 has for negotiation: what the peer's SYN has not asked for is
/// not promised, and nothing is merely reflected.
fn congestion_bits(tcb: &mut Tcb, seg: &Segment, ctx: &Context) -> Result<(), Fault> {
    let bits = Flags::ECE.with(Flags::CWR);
    if !seg.flags.ack() || !seg.flags.intersects(bits) {
        return Ok(());
    }
    if seg.flags.contains(bits) {
        miss(tcb, seg, ctx, req::RFC3168_6_1_1_7);
    } else if seg.flags.contains(Flags::ECE) && !tcb.theirs.ecn {
        return Err(Fault::new(
            req::RFC3168_6_1_1_1,
            kind(seg),
            "no ECE in answer to a SYN without ECE and CWR",
        )
        .deep(5));
    }
    Ok(())
}

/// `running`: a SYN has left before, and its timer runs.
fn sent(tcb: &mut Tcb, seg: &Segment, first: bool, running: bool, ctx: &Context) {
    tcb.due.syn = Instant::NEVER;
    tcb.due.reply = None;
    if seg.flags.ack() {
        tcb.rcv.acked = Some(seg.ack);
        tcb.ts.last_ack_sent = seg.ack;
    }
    if first {
        tcb.rtx.gap = Micros::ZERO;
    }
    // A SYN,ACK that answers a crossing SYN is as good as the SYN again.
    tcb.rtx.resent = !first || running;
    tcb.snd.nxt = match running {
        true => tcb.snd.nxt.later(seg.end()),
        false => seg.end(),
    };
    if first && !running {
        tcb.rtx.flight_at = ctx.now;
    } else if !first {
        let gap = ctx.now.since(tcb.rtx.sent_at);
        tcb.rtx.gap = if tcb.rtx.quiet { gap } else { Micros::ZERO };
        let longest = ctx.profile.rto_max.0.max(60_000_000);
        tcb.rtx.ceiling = Micros((tcb.rtx.ceiling.0 * 2).max(3_000_000).min(longest));
    }
    tcb.rtx.since = ctx.now;
    if !(first && running) {
        // Where the SYN's timer runs already, the SYN,ACK does not start it anew.
        tcb.rtx.sent_at = ctx.now;
    }
    // The first gap after a SYN,ACK that took over the SYN's timer says nothing.
    tcb.rtx.quiet = !(first && running);
}
