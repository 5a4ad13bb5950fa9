//! Timeouts (RFC 9293 section 3.10.8), and every other deadline.

use super::settle::{unsent, waits_for_window};
use super::tcb::{Branches, Forms, Miss, Origin, Reply, Tcb};
use super::{Context, EventClass, Fault, SILLY_DELAY, State, reports};
use crate::oracle::Instead;
use crate::spec::req;
use crate::stack::Admission;
use crate::time::{Instant, Micros};

/// Lets time pass until `ctx.now`. Before an `input` the stack has had all the time up to that
/// instant; before something that it sends, only the time before it.
///
/// # Errors
/// When something was due that did not come. To have given up before that is an alternative, which
/// is then in `out`.
pub fn step(tcb: &Tcb, input: bool, ctx: &Context, out: &mut Branches) -> Result<(), Fault> {
    let mut tcb = *tcb;
    if tcb.state == State::TimeWait {
        time_wait(tcb, ctx, out);
        if tcb.time_wait.1 < ctx.now || (input && tcb.time_wait.1 == ctx.now) {
            return Ok(());
        }
    }
    soft_deadline(&mut tcb, input, ctx);
    override_timeout(&mut tcb, input, ctx);
    let late = overdue(&tcb, input, ctx);
    let surely = give_up(&tcb, input, ctx, out);
    match late {
        _ if surely => Ok(()),
        None => {
            out.push(tcb, req::RFC9293_3_10_8_P02);
            Ok(())
        }
        Some(fault) => Err(fault),
    }
}

/// Whether [`step`] would change anything: a cheap look before the careful one.
pub fn nothing_due(tcb: &Tcb, input: bool, ctx: &Context) -> bool {
    tcb.state != State::TimeWait
        && tcb.due.soft_ack().is_none()
        && ctx.owed.is_none()
        && !may_give_up(tcb, ctx)
        && (owes_nothing_yet(tcb, ctx) || overdue(tcb, input, ctx).is_none())
}

fn may_give_up(tcb: &Tcb, ctx: &Context) -> bool {
    let ripe = |way: &GivingUp| ctx.now >= way.from;
    ctx.profile.gives_up() && giving_up(tcb, ctx).iter().flatten().any(ripe)
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

/// One of the ways to give a connection up because nothing is heard.
struct GivingUp {
    /// It may happen from this instant on.
    from: Instant,
    /// By this instant it has to have happened; [`Instant::NEVER`] when it need not.
    by_then: Instant,
    /// A handshake is given up that has not lasted for three minutes (RFC9293-MUST-23).
    hasty: bool,
}

/// The shortest time after which a handshake may be given up (RFC9293-MUST-23).
const SYN_R2: Micros = Micros::secs(180);

/// Which of them a stack that declares some may come to in this state.
fn giving_up(tcb: &Tcb, ctx: &Context) -> [Option<GivingUp>; 2] {
    let profile = ctx.profile;
    // What a stack counts from is its own affair: SEND, the first transmission, the last arrival;
    // and a call may begin the count anew. But text counts only the time that it has waited
    // itself (RFC 9293 section 3.9.1.1, RFC 5482 section 2). Of a FIN alone they say nothing.
    let heard = match tcb.rtx.waits_since {
        Instant::NEVER => tcb.arrived_at.min(tcb.rtx.flight_at),
        since => since,
    };
    let latest = tcb.rtx.flight_at.max(tcb.input.at);
    let outstanding = tcb.rtx.armed && tcb.snd.una != tcb.snd.nxt;
    let after = |span: Option<Micros>, from: Instant, latest: Instant, surely: bool| {
        span.map(|span| GivingUp {
            from: (from + span) - profile.slack,
            by_then: match surely && !profile.counts_retransmissions {
                true => latest + span,
                false => Instant::NEVER,
            },
            hasty: false,
        })
    };
    // Who counts retransmissions has to have something to retransmit, or a window to probe.
    let waits = !profile.counts_retransmissions || tcb.rtx.armed;
    let user = |from| {
        let span = profile.user_timeout.filter(|_| waits);
        after(span, from, latest, outstanding)
    };
    match tcb.state {
        State::Closed | State::Listen => [None, None],
        State::SynSent | State::SynReceived => {
            let begun = tcb.rtx.flight_at;
            let own = after(profile.syn_timeout, begun, latest, outstanding);
            let hasty = ctx.now.since(begun) + profile.slack < SYN_R2;
            [user(heard), own.map(|own| GivingUp { hasty, ..own })]
        }
        State::Established | State::CloseWait => [user(heard), None],
        State::FinWait1 | State::Closing | State::LastAck => {
            let own = after(profile.orphan_timeout, heard, latest, outstanding);
            [user(heard), own]
        }
        State::FinWait2 => {
            let entered = tcb.time_wait.0;
            let own = after(
                profile.fin_wait_2_timeout,
                entered,
                entered.max(tcb.input.at),
                true,
            );
            [user(heard), own]
        }
        State::TimeWait => {
            let begun = tcb.time_wait.0 - profile.msl.times(2);
            [user(heard.min(begun)), None]
        }
    }
}

/// USER TIMEOUT (RFC9293-3.10.8-p01), and what else lets a stack give up. Returns whether it has
/// to have given up by now.
fn give_up(tcb: &Tcb, input: bool, ctx: &Context, out: &mut Branches) -> bool {
    if !ctx.profile.gives_up() {
        return false;
    }
    let mut surely = false;
    for way in giving_up(tcb, ctx).into_iter().flatten() {
        if ctx.now < way.from {
            continue;
        }
        // Who has not done in time what came before cannot have given up after that.
        let due = retransmission_due(tcb, ctx);
        if due < way.from && passed(due, input, ctx) {
            continue;
        }
        surely |= passed(way.by_then, input, ctx);
        let mut given_up = tcb.severed();
        given_up.timed_out = true;
        reports::given_up(tcb, &mut given_up, way.from, ctx);
        with_last_reset(&mut given_up, tcb, ctx);
        if way.hasty {
            given_up.miss(Miss {
                requirement: req::RFC9293_MUST_23,
                state: tcb.state,
                event: EventClass::Time,
                instead: Instead::Silence,
                index: ctx.index,
            });
        }
        out.push(given_up, req::RFC9293_3_10_8_P01);
        if tcb.state == State::SynReceived && tcb.origin == Origin::Passive {
            let mut listening = tcb.listens_again();
            with_last_reset(&mut listening, tcb, ctx);
            listening.misses = given_up.misses;
            out.push(listening, req::RFC9293_3_10_8_P01);
        }
    }
    surely
}

/// Whoever gives up may say so with a reset.
fn with_last_reset(given_up: &mut Tcb, tcb: &Tcb, ctx: &Context) {
    given_up.due.reply = Some(Reply {
        forms: Forms::RST,
        required: false,
        by: req::RFC9293_3_10_8_P01,
        rst_seq: tcb.snd.nxt,
        rst_ack: Some(tcb.rcv.nxt),
        rst_end: tcb.rcv.nxt,
    });
    given_up.due.reply_at = ctx.now;
    given_up.due.reply_to = tcb.remote;
}

/// Whether `deadline` has passed.
fn passed(deadline: Instant, input: bool, ctx: &Context) -> bool {
    let deadline = deadline + ctx.profile.slack;
    deadline < ctx.now || (input && deadline == ctx.now)
}

fn soft_deadline(tcb: &mut Tcb, input: bool, ctx: &Context) {
    if let Some((at, by)) = tcb.due.soft_ack()
        && passed(at, input, ctx)
    {
        tcb.due.owe_soft_ack(None);
        tcb.miss_in_answer(by, Instead::Silence, ctx);
    }
}

/// What waits for a larger window should leave when the override timeout has passed, and has to leave
/// in the end.
fn override_timeout(tcb: &mut Tcb, input: bool, ctx: &Context) {
    if passed(tcb.due.send, input, ctx) && !tcb.snd.held && waits_for_window(tcb, ctx) {
        tcb.snd.held = true;
        tcb.due.send += SILLY_DELAY;
        tcb.miss(Miss {
            requirement: req::RFC1122_4_2_3_4_P01,
            state: tcb.state,
            event: EventClass::Time,
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
    if let Some(owed) = ctx.owed.filter(|owed| owed.binds(tcb)) {
        return silence(owed.by, owed.expected);
    }
    match passed(retransmission_due(tcb, ctx), input, ctx) {
        true => not_retransmitted(tcb),
        false => None,
    }
}

/// By when something has to be sent again, or a closed window probed, if the timer for it runs.
fn retransmission_due(tcb: &Tcb, ctx: &Context) -> Instant {
    let forgotten = tcb.state == State::SynReceived
        && tcb.origin == Origin::Passive
        && ctx.profile.admission == Admission::Cookies;
    match tcb.rtx.armed && !forgotten {
        true => retransmission_deadline(tcb, ctx),
        false => Instant::NEVER,
    }
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
            } else if tcb.rtx.probing && tcb.snd.una != tcb.snd.nxt {
                (
                    req::RFC9293_MUST_34,
                    "what is not acknowledged again, now that the window is open",
                )
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
