//! Timeouts (RFC 9293 section 3.10.8), and every other deadline.

use super::settle::unsent;
use super::tcb::{Branches, Forms, Miss, Reply, Tcb};
use super::{Context, EventClass, Fault, State};
use crate::oracle::Instead;
use crate::spec::req;
use crate::time::{Instant, Micros};

/// Lets time pass until `ctx.now`. Before an `input` the stack has had all the time up to that
/// instant; before something that it sends, only the time before it.
///
/// # Errors
/// When something was due that did not come.
pub fn step(tcb: &Tcb, input: bool, ctx: &Context, out: &mut Branches) -> Result<(), Fault> {
    let mut tcb = *tcb;
    if tcb.state == State::TimeWait {
        time_wait(tcb, ctx, out);
        if tcb.time_wait.1 < ctx.now || (input && tcb.time_wait.1 == ctx.now) {
            return Ok(());
        }
    }
    soft_deadline(&mut tcb, input, ctx);
    let late = overdue(&tcb, input, ctx);
    user_timeout(&tcb, ctx, out);
    match late {
        None => {
            out.push(tcb, req::RFC9293_3_10_8_P02);
            Ok(())
        }
        // Giving up is an alternative to going on.
        Some(_) if !out.is_empty() => Ok(()),
        Some(fault) => Err(fault),
    }
}

/// Whether [`step`] would change anything: a cheap look before the careful one.
pub fn nothing_due(tcb: &Tcb, input: bool, ctx: &Context) -> bool {
    tcb.state != State::TimeWait
        && tcb.due.soft_ack.is_none()
        && ctx.profile.user_timeout.is_none()
        && (owes_nothing_yet(tcb, ctx) || overdue(tcb, input, ctx).is_none())
}

/// Whether nothing is owed before some later instant, retransmissions apart: then nothing can be
/// overdue.
fn owes_nothing_yet(tcb: &Tcb, ctx: &Context) -> bool {
    let due = &tcb.due;
    let soonest = due.syn.min(due.ack).min(due.send);
    soonest > ctx.now && !tcb.rtx.armed && due.reply.is_none_or(|reply| !reply.required)
}

/// TIME-WAIT TIMEOUT (RFC9293-3.10.8-p03).
fn time_wait(tcb: Tcb, ctx: &Context, out: &mut Branches) {
    if ctx.now >= tcb.time_wait.0 {
        out.push(tcb.closed(), req::RFC9293_3_10_8_P03);
    }
}

/// USER TIMEOUT (RFC9293-3.10.8-p01): a stack that has one may give up once nothing was heard
/// for so long, with a reset or without.
fn user_timeout(tcb: &Tcb, ctx: &Context, out: &mut Branches) {
    let Some(span) = ctx.profile.user_timeout else {
        return;
    };
    let running = match tcb.state {
        State::Closed | State::Listen => false,
        State::SynSent
        | State::SynReceived
        | State::TimeWait
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck => true,
    };
    // What a stack counts from is its own affair: the last arrival, or the first transmission of
    // what is outstanding, or the begin of TIME-WAIT.
    let mut from = tcb.arrived_at.min(tcb.rtx.flight_at);
    if tcb.state == State::TimeWait {
        from = from.min(tcb.time_wait.0 - ctx.profile.msl.times(2));
    }
    if running && ctx.now.since(from) + ctx.profile.slack >= span {
        let mut given_up = tcb.severed();
        given_up.due.reply = Some(Reply {
            forms: Forms::RST,
            required: false,
            by: req::RFC9293_3_10_8_P01,
            rst_seq: tcb.snd.nxt,
            rst_ack: Some(tcb.rcv.nxt),
        });
        given_up.due.reply_at = ctx.now;
        given_up.due.reply_to = tcb.remote;
        out.push(given_up, req::RFC9293_3_10_8_P01);
    }
}

/// Whether `deadline` has passed.
fn passed(deadline: Instant, input: bool, ctx: &Context) -> bool {
    let deadline = deadline + ctx.profile.slack;
    deadline < ctx.now || (input && deadline == ctx.now)
}

fn soft_deadline(tcb: &mut Tcb, input: bool, ctx: &Context) {
    if let Some((at, by)) = tcb.due.soft_ack
        && passed(at, input, ctx)
    {
        tcb.due.soft_ack = None;
        tcb.miss(Miss {
            requirement: by,
            state: tcb.input.state,
            event: tcb.input.class,
            instead: Instead::Silence,
            index: ctx.index,
        });
    }
}

/// What was due and did not come, if anything.
pub fn overdue(tcb: &Tcb, input: bool, ctx: &Context) -> Option<Fault> {
    let silence = |by, expected| Some(Fault::new(by, Instead::Silence, expected));
    if let Some(reply) = tcb.due.reply
        && reply.required
        && passed(tcb.due.reply_at, input, ctx)
    {
        return silence(
            reply.by,
            if reply.forms.allow(Forms::RST) {
                "a reset in answer, at once"
            } else {
                "an empty acknowledgment in answer, at once"
            },
        );
    }
    if passed(tcb.due.syn, input, ctx) {
        return match tcb.state {
            State::SynSent => silence(req::RFC9293_3_10_1_P01, "a SYN, at once"),
            State::SynReceived if tcb.snd.iss.is_some() => {
                silence(req::RFC9293_3_10_7_3_P06, "a SYN,ACK, at once")
            }
            State::SynReceived
            | State::Closed
            | State::Listen
            | State::Established
            | State::FinWait1
            | State::FinWait2
            | State::CloseWait
            | State::Closing
            | State::LastAck
            | State::TimeWait => silence(req::RFC9293_3_10_7_2_P03, "a SYN,ACK, at once"),
        };
    }
    if passed(tcb.due.ack, input, ctx) {
        return if tcb.rcv.acked.is_none() {
            silence(
                req::RFC9293_3_10_7_3_P05,
                "the acknowledgment of the SYN,ACK, at once",
            )
        } else {
            silence(
                tcb.due.tests.unwrap_or(req::RFC9293_MUST_40),
                "an acknowledgment within half a second",
            )
            .map(Fault::timed)
        };
    }
    if passed(tcb.due.send, input, ctx) {
        return unsent_in_time(tcb);
    }
    if tcb.rtx.armed && passed(retransmission_deadline(tcb, ctx), input, ctx) {
        return not_retransmitted(tcb);
    }
    None
}

fn unsent_in_time(tcb: &Tcb) -> Option<Fault> {
    let (by, expected) = if tcb.queue_end().after(tcb.snd.nxt) {
        (
            req::RFC9293_MUST_60,
            "queued octets leave within a second when nothing holds them back",
        )
    } else if tcb.state == State::LastAck {
        (req::RFC9293_3_10_4_P04, "the FIN leaves after CLOSE")
    } else {
        (req::RFC9293_3_10_4_P03, "the FIN leaves after CLOSE")
    };
    Some(Fault::new(by, Instead::Silence, expected).timed())
}

/// By when the next retransmission, or probe of a closed window, has to come.
pub fn retransmission_deadline(tcb: &Tcb, ctx: &Context) -> Instant {
    let longest = Micros(ctx.profile.rto_max.0.max(60_000_000));
    let span = if tcb.snd.wnd == 0 && tcb.state.synchronized() || tcb.rtx.probing {
        longest
    } else if tcb.rtx.gap > Micros::ZERO {
        // The next gap is about twice as long as this one.
        Micros((tcb.rtx.gap.0 * 5 / 2).min(longest.0))
    } else {
        tcb.rtx.ceiling
    };
    tcb.rtx.since + span + Micros(span.0 / 8)
}

fn not_retransmitted(tcb: &Tcb) -> Option<Fault> {
    let fin_only = tcb.snd.fin == Some(tcb.snd.una);
    let (by, expected) = match tcb.state {
        State::SynSent => (req::RFC9293_MUST_22, "the SYN again"),
        State::SynReceived => (req::RFC9293_3_10_8_P02, "the SYN,ACK again"),
        State::Closed
        | State::Listen
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait => {
            if tcb.snd.wnd == 0 && tcb.snd.una != tcb.snd.nxt {
                (
                    req::RFC9293_MUST_35,
                    "a probe of the window that was closed over data in flight",
                )
            } else if tcb.snd.wnd == 0 && unsent(tcb) {
                (req::RFC9293_MUST_36, "a probe of the closed window")
            } else if fin_only {
                (req::RFC9293_3_6_P03, "the FIN again")
            } else {
                (
                    req::RFC9293_3_10_8_P02,
                    "the first octets that are not acknowledged, again",
                )
            }
        }
    };
    Some(Fault::new(by, Instead::Silence, expected).timed())
}

/// The event class of a fault: the last input, or the passing of time since.
pub fn class_of(tcb: &Tcb, fault: &Fault, ctx: &Context) -> (State, EventClass) {
    let later = fault.instead != Instead::Silence && ctx.now > tcb.input.at;
    if fault.timed || later {
        (tcb.state, EventClass::Time)
    } else {
        (tcb.input.state, tcb.input.class)
    }
}
