//! Which requirements the model has looked at in something that it then allowed.
//!
//! A branch names the requirement that it rests on; the checks that it has passed on its way name
//! theirs only when they fail. Here they are named for the other case. It is asked for when a
//! run wants to know what it has put to the test, and otherwise costs nothing.

use super::worlds::Happening;
use crate::model::reports::{Cause, R1};
use crate::model::tcb::Sample;
use crate::model::{
    Context, EventClass, Pointer, State, Tcb, ends_push, is_asked_of, send_pointer,
    waits_for_window,
};
use crate::spec::req::*;
use crate::spec::{Req, RequirementSet};
use crate::stack::{Outcome, Query, Reports};
use crate::time::{Instant, Micros};
use crate::trace::Call;
use crate::wire::{Flags, Segment, SeqNumber};

/// What was looked at when this happened to a connection.
pub(super) fn checked(tcb: &Tcb, what: Happening<'_>, ctx: &Context<'_>) -> RequirementSet {
    let mut checked = RequirementSet::new();
    if let Some(flight) = ctx.flight {
        let tested = match what {
            Happening::Emission(seg, _) => flight.tested(tcb, seg, ctx),
            _ => flight.tested_by_silence(tcb, ctx),
        };
        checked.extend(tested.iter());
    }
    match what {
        Happening::Emission(seg, _) => {
            emission(tcb, seg, ctx, &mut checked);
            if seg.seq == tcb.snd.nxt && seg.payload_len > 0 && waits_for_window(tcb, ctx) {
                checked.insert(RFC1122_4_2_3_4_P01);
            }
        }
        Happening::Call(call, outcome, _) => called(tcb, call, outcome, ctx, &mut checked),
        Happening::Quiet => quiet(tcb, ctx.now, &mut checked),
        Happening::Arrival(_) | Happening::Icmp(_) => {}
    }
    checked
}

/// A connection is idle for so long that a keep-alive would have shown.
const IDLE: Micros = Micros::secs(60);

fn quiet(tcb: &Tcb, now: Instant, checked: &mut RequirementSet) {
    if tcb.state == State::Established && now.since(tcb.arrived_at) >= IDLE && !tcb.rtx.armed {
        checked.insert(RFC9293_MUST_25);
    }
}

fn called(
    tcb: &Tcb,
    call: &Call,
    outcome: Outcome,
    ctx: &Context<'_>,
    checked: &mut RequirementSet,
) {
    match (call, outcome) {
        (Call::Ask(Query::Reports), Outcome::Reports(told)) => {
            if ctx.profile.reports_urgent {
                urgent_reported(tcb, told, checked);
            }
            reported(tcb, told, checked);
        }
        (Call::Receive(_), Outcome::EndOfStream) => {
            checked.extend([RFC9293_MUST_12, RFC9293_3_6_P06]);
        }
        (Call::Receive(_), Outcome::Received(_)) => {
            checked.insert(RFC9293_2_2_P01);
        }
        (Call::Ask(Query::Urgent), Outcome::Urgent(_)) => urgent(tcb, checked),
        (Call::Receive(_), Outcome::Empty) if !tcb.state.synchronized() => {
            checked.insert(RFC9293_3_5_P01);
        }
        _ => {}
    }
}

/// How much is left of urgent data has been told.
fn urgent(tcb: &Tcb, checked: &mut RequirementSet) {
    if tcb.urgent.most() > 0 {
        checked.extend([RFC9293_MUST_33, RFC9293_MUST_62]);
    }
    match tcb.urgent.pointer {
        Pointer::Receding => checked.insert(RFC9293_3_10_7_4_P22),
        Pointer::AtClosedWindow => checked.insert(RFC9293_MUST_66),
        Pointer::Usual => false,
    };
}

/// What the user was told of urgent data.
fn urgent_reported(tcb: &Tcb, told: Reports, checked: &mut RequirementSet) {
    if tcb.urgent.reports() {
        checked.insert(RFC9293_MUST_32);
    } else if tcb.urgent.most() > 0 && !told.contains(Reports::URGENT) {
        checked.insert(RFC9293_3_10_7_4_P22);
    }
}

/// What the user was told of a connection that goes on (RFC 9293 section 3.9.1.8).
fn reported(tcb: &Tcb, told: Reports, checked: &mut RequirementSet) {
    let known = tcb.told.known();
    match (told.contains(Reports::ICMP), known.icmp) {
        (true, Cause::Must) => checked.extend([RFC9293_MUST_47, RFC9293_SHLD_25]),
        (false, Cause::Unwanted) => checked.extend([RFC9293_SHLD_20]),
        (true | false, _) => {}
    }
    if told.contains(Reports::RETRANSMISSION) && known.most == R1 {
        checked.extend([RFC9293_SHLD_9, RFC9293_SHLD_10]);
    }
}

fn emission(tcb: &Tcb, seg: &Segment, ctx: &Context<'_>, checked: &mut RequirementSet) {
    checked.extend([RFC9293_MUST_2, RFC9293_3_1_P01, RFC9293_MUST_45]);
    if seg.options.octets > 0 {
        checked.extend([RFC9293_MUST_68, RFC9293_MUST_69]);
    }
    if let EventClass::Segment(class) = tcb.input.class
        && class.flags().rst()
        && !seg.flags.rst()
    {
        checked.insert(RFC9293_3_5_2_P01);
    }
    if seg.flags.rst() {
        if tcb.ts.on {
            checked.extend([RFC7323_3_2_6, RFC7323_5_2_3]);
        }
        return;
    }
    congestion(tcb, seg, checked);
    service(tcb, seg, ctx, checked);
    marked(tcb, seg, checked);
    if seg.flags.syn() {
        return syn(tcb, seg, checked);
    }
    checked.extend([RFC9293_MUST_65, RFC2018_2_1, RFC7323_2_2_4]);
    if tcb.state.synchronized() || tcb.state == State::SynReceived {
        header(tcb, seg, checked);
        owed(tcb, seg, ctx.now, checked);
        if seg.is_empty() {
            empty(tcb, seg, checked);
        } else {
            numbered(tcb, seg, checked);
        }
    }
}

/// What the user has asked for of the IP header.
fn service(tcb: &Tcb, seg: &Segment, ctx: &Context<'_>, checked: &mut RequirementSet) {
    if !is_asked_of(tcb, seg, ctx) {
        return;
    }
    if ctx.profile.ttl.is_some() {
        checked.insert(RFC9293_MUST_49);
    }
    if tcb.service.dscp(ctx).is_some() {
        checked.extend([RFC9293_MUST_48, RFC9293_SHLD_22]);
        if tcb.service.has_changed() {
            checked.insert(RFC9293_SHLD_21);
        }
    }
}

/// What is urgent or pushed leaves with this segment.
fn marked(tcb: &Tcb, seg: &Segment, checked: &mut RequirementSet) {
    let last = |up: SeqNumber| (up - 1).within(seg.text_seq(), seg.payload_len);
    if send_pointer(tcb).is_some_and(last) {
        checked.insert(RFC9293_MUST_30);
    }
    if seg.flags.urg() {
        checked.insert(RFC9293_MUST_62);
    }
    if ends_push(tcb, seg.seq, seg.payload_len) {
        checked.insert(RFC9293_MAY_15);
    }
}

/// What a segment may say of congestion (RFC 3168 section 6.1).
fn congestion(tcb: &Tcb, seg: &Segment, checked: &mut RequirementSet) {
    let ecn = tcb.ecn;
    if seg.flags.syn() {
        checked.insert(RFC3168_6_1_1_9);
        if seg.flags.ack() && tcb.theirs.ecn {
            checked.insert(RFC9293_SHLD_8);
        }
        return;
    }
    if seg.is_empty() {
        checked.insert(RFC3168_6_1_4_1);
        if ecn.echoes() {
            checked.extend([RFC3168_6_1_1_6, RFC3168_6_1_3_P01]);
        }
        if ecn.strays() && !ecn.echoes() {
            checked.insert(RFC3168_6_1_5_2);
        }
    }
    if seg.payload_len == 0 {
        return;
    }
    if seg.ecn.is_ect() {
        checked.insert(RFC3168_6_1_2_4);
    }
    if ecn.agreed() && seg.end().at_or_before(tcb.snd.nxt) {
        checked.insert(RFC3168_6_1_2_3);
    }
    if !ecn.agreed() {
        checked.insert(RFC3168_6_1_1_3);
    } else if !ecn.wanted() {
        checked.insert(RFC3168_6_1_1_4);
    } else if seg.end().at_or_before(tcb.snd.nxt) {
        checked.insert(RFC3168_6_1_5_1);
    } else if tcb.snd.wnd == 0 {
        checked.insert(RFC3168_6_1_6_1);
    }
    if ecn.owes() {
        checked.insert(RFC3168_6_1_1_5);
    }
}

fn syn(tcb: &Tcb, seg: &Segment, checked: &mut RequirementSet) {
    checked.extend([RFC9293_MUST_67, RFC9293_SHLD_5, RFC7323_2_2_6, RFC6691_2_1]);
    if seg.options.window_scale.is_some() {
        checked.extend([RFC7323_2_3_5, RFC7323_2_2_2]);
    }
    if seg.options.timestamps.is_some() {
        checked.insert(RFC6691_2_2);
    }
    let again = tcb.snd.iss.is_some();
    if again {
        checked.extend([RFC9293_3_8_P03, RFC6298_5_1]);
        if tcb.rtx.gap > Micros::ZERO {
            checked.insert(RFC6298_5_4);
        }
    }
    if !seg.flags.ack() {
        if again {
            checked.extend([RFC9293_MUST_22]);
        }
        if seg.options.timestamps.is_some() {
            checked.insert(RFC7323_3_2_1);
        }
        return;
    }
    checked.extend([RFC3168_6_1_1_1, RFC3168_6_1_1_7]);
    match tcb.theirs.window_scale {
        None => checked.insert(RFC7323_2_2_4),
        Some(_) => checked.insert(RFC7323_2_3_1),
    };
    if !tcb.theirs.timestamps {
        checked.insert(RFC7323_3_2_4);
    } else if seg.options.timestamps.is_some() {
        checked.insert(RFC7323_3_2_2);
    }
    if !tcb.theirs.sack {
        checked.insert(RFC2018_4_1);
    }
}

/// What every segment of a connection has to have.
fn header(tcb: &Tcb, seg: &Segment, checked: &mut RequirementSet) {
    checked.extend([RFC9293_3_8_P01, RFC9293_3_4_P04, RFC9293_SHLD_14]);
    checked.insert(match tcb.receive_shift() {
        0 => RFC9293_3_4_P02,
        _ => RFC7323_2_3_4,
    });
    if tcb.ts.on {
        checked.extend([RFC7323_3_2_5, RFC7323_4_1_1, RFC7323_4_3_P01, RFC7323_5_4_1]);
        checked.insert(RFC7323_A_P01);
    } else {
        checked.insert(RFC7323_3_2_4);
    }
    if !seg.options.sack.is_empty() {
        checked.extend([RFC2018_3_P01, RFC2883_4_P02, RFC2018_4_5]);
        if tcb.rcv.latest.is_some() {
            checked.insert(RFC2018_4_4);
            if tcb.rcv.ahead.iter().count() > seg.options.sack.len() {
                checked.insert(RFC2018_4_6);
            }
        }
        if tcb.rcv.reports {
            checked.insert(RFC2018_4_3);
        }
    } else if !tcb.theirs.sack && !tcb.rcv.ahead.is_empty() {
        checked.insert(RFC2018_4_1);
    }
}

/// What was owed, and comes with this segment.
fn owed(tcb: &Tcb, seg: &Segment, now: Instant, checked: &mut RequirementSet) {
    if tcb.due.ack != Instant::NEVER && seg.ack == tcb.rcv.nxt {
        checked.insert(match tcb.rcv.acked {
            None => RFC9293_3_10_7_3_P05,
            Some(_) => tcb.due.tests.unwrap_or(RFC9293_MUST_40),
        });
        let default = crate::wire::Family::V4.default_mss();
        let acked = tcb.rcv.acked.unwrap_or(tcb.rcv.nxt);
        if tcb.rcv.nxt.since(acked) >= 2 * tcb.receive_mss(default) {
            checked.insert(RFC9293_SHLD_19);
        }
    }
    if let Some((_, by)) = tcb.due.soft_ack()
        && tcb.input.at == now
    {
        checked.insert(by);
        if by == RFC5681_3_2_2 {
            checked.insert(RFC9293_MUST_59);
        }
    }
    if tcb.due.send != Instant::NEVER && !seg.is_empty() {
        checked.insert(match (tcb.state, seg.payload_len) {
            (State::LastAck, 0) => RFC9293_3_10_4_P04,
            (_, 0) => RFC9293_3_10_4_P03,
            _ => RFC9293_MUST_60,
        });
    }
    if tcb.state == State::TimeWait {
        checked.insert(RFC9293_MUST_13);
    }
}

fn empty(tcb: &Tcb, seg: &Segment, checked: &mut RequirementSet) {
    checked.extend([RFC5681_4_2_4, RFC9293_3_5_2_P03]);
    if tcb.input.class == EventClass::Receive {
        checked.insert(RFC9293_MUST_39);
    }
    if seg.seq == tcb.snd.nxt - 1 && tcb.snd.una == tcb.snd.nxt {
        checked.extend([RFC9293_MUST_26, RFC9293_MUST_28, RFC9293_SHLD_12]);
        // The same form serves to probe a closed window.
        if tcb.rtx.armed && tcb.snd.wnd == 0 {
            checked.extend([RFC9293_MUST_36, RFC9293_3_8_6_1_P02]);
        }
    }
    if tcb.due.idle_credit {
        checked.insert(RFC9293_3_4_P03);
    }
}

/// Text or FIN.
fn numbered(tcb: &Tcb, seg: &Segment, checked: &mut RequirementSet) {
    let again = seg.seq.before(tcb.snd.nxt);
    let new = seg.end().after(tcb.snd.nxt);
    if seg.payload_len > 0 {
        checked.extend([RFC9293_2_2_P01, RFC9293_3_10_2_P01]);
        checked.insert(match tcb.theirs.mss {
            None => RFC9293_MUST_15,
            Some(_) if seg.options.octets > 0 => RFC6691_2_3,
            Some(_) => RFC9293_MUST_16,
        });
    }
    if seg.flags.fin() {
        checked.extend([RFC9293_3_6_P01, RFC9293_3_10_4_P03]);
        if again {
            checked.extend([RFC9293_3_6_P03, RFC9293_3_8_P03]);
        }
    }
    if new && seg.payload_len > 0 {
        checked.insert(RFC9293_3_8_P02);
        if tcb.snd.wnd_from_syn && tcb.send_shift() > 0 {
            checked.insert(RFC7323_2_2_6);
        }
        if seg.flags.intersects(Flags::PSH) {
            checked.insert(RFC9293_MUST_61);
        }
        checked.extend([
            RFC9293_SHLD_28,
            RFC9293_SHLD_7,
            RFC9293_MUST_38,
            RFC5681_2_1,
        ]);
    }
    if tcb.snd.wnd == 0 {
        checked.insert(match tcb.snd.una == tcb.snd.nxt {
            true => RFC9293_MUST_36,
            false => RFC9293_MUST_35,
        });
        checked.insert(RFC9293_3_8_6_1_P02);
    }
    if again {
        sent_again(tcb, checked);
    }
}

fn sent_again(tcb: &Tcb, checked: &mut RequirementSet) {
    checked.extend([RFC9293_3_4_3_P02, RFC9293_3_10_7_4_P14, RFC6298_5_3]);
    if tcb.rtx.probing {
        checked.insert(RFC9293_MUST_34);
    }
    if !tcb.rtx.quiet || tcb.rtx.dup_acks >= 3 {
        return;
    }
    checked.insert(RFC6298_5_1);
    if tcb.rtx.gap > Micros::ZERO {
        checked.insert(RFC6298_5_4);
    }
    if matches!(tcb.rtx.sample, Sample::Only(_)) {
        checked.insert(RFC6298_2_2);
    }
}

/// A requirement was at stake where a connection stood so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Stake {
    pub(super) by: Req,
    pub(super) tcb: Tcb,
    pub(super) state: State,
    pub(super) event: EventClass,
    pub(super) index: u32,
}
