//! RECEIVE (RFC 9293 section 3.10.3).
//!
//! A call here returns at once; where the RFC has the request wait in a queue, it gives
//! [`Outcome::Empty`].

use crate::model::calls::kind;
use crate::model::tcb::{Branches, Tcb};
use crate::model::{Context, Fault, State};
use crate::spec::req;
use crate::stack::Outcome;
use crate::stream::{Direction, first_difference};

pub(super) fn step(
    tcb: Tcb,
    asked: u32,
    outcome: Outcome,
    text: &[u8],
    ctx: &Context,
    out: &mut Branches,
) -> Result<(), Fault> {
    match outcome {
        Outcome::Received(n) => delivered(tcb, asked, n, text, out),
        Outcome::Empty => nothing_yet(tcb, asked, ctx, out),
        Outcome::EndOfStream => end_of_stream(tcb, out),
        Outcome::Failed(_) => failed(tcb, outcome, ctx, out),
        Outcome::Unsupported => {
            out.push(tcb, req::RFC9293_3_10_3_P01);
            Ok(())
        }
        Outcome::Done
        | Outcome::Sent(_)
        | Outcome::Status(_)
        | Outcome::Urgent(_)
        | Outcome::Reports(_)
        | Outcome::Dscp(_) => Err(Fault::new(
            req::RFC9293_3_10_3_P01,
            kind(outcome),
            "RECEIVE delivers, waits, ends or fails",
        )),
    }
}

/// Octets may be delivered once the connection is established, and by a stack that keeps them
/// also after it has ended.
fn may_deliver(tcb: &Tcb) -> bool {
    match tcb.state {
        State::Listen | State::SynSent | State::SynReceived => false,
        State::Closed
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait => true,
    }
}

fn delivered(
    mut tcb: Tcb,
    asked: u32,
    n: u32,
    text: &[u8],
    out: &mut Branches,
) -> Result<(), Fault> {
    let octets = Outcome::Received(n);
    if !may_deliver(&tcb) {
        return Err(Fault::new(
            req::RFC9293_3_5_P01,
            kind(octets),
            "nothing is delivered before the connection is established",
        ));
    }
    if n == 0 || n > asked || n > tcb.unread() {
        return Err(Fault::new(
            if tcb.rcv.fin {
                req::RFC9293_3_10_7_4_P26
            } else {
                req::RFC9293_2_2_P01
            },
            kind(octets),
            "no more is delivered than was received in order",
        ));
    }
    if let Some(remote) = tcb.remote {
        let ports = (tcb.port, remote.port);
        if first_difference(Direction::ToStack, ports, tcb.rcv.read, text).is_some() {
            return Err(Fault::new(
                req::RFC9293_2_2_P01,
                kind(octets),
                "the octets delivered are those that the peer sent, in order and once",
            )
            .deep(9));
        }
    }
    tcb.rcv.read = tcb.rcv.read.wrapping_add(n);
    tcb.urgent.delivered(n);
    // What is left behind less than was asked for may not have been pushed.
    tcb.rcv.pushed &= tcb.unread() > 0 && n == asked;
    out.push(tcb, req::RFC9293_3_10_7_4_P23);
    Ok(())
}

fn nothing_yet(tcb: Tcb, asked: u32, ctx: &Context, out: &mut Branches) -> Result<(), Fault> {
    let empty = kind(Outcome::Empty);
    match tcb.state {
        State::Closed => {
            // No more can come. What is there is to be delivered, or is lost with the rest.
            if tcb.unread() > 0 && !tcb.severed {
                return Err(lost(&tcb, Outcome::Empty));
            }
            if tcb.timed_out {
                return Err(Fault::new(
                    req::RFC9293_3_10_8_P01,
                    empty,
                    "the user is told that the connection was given up",
                ));
            }
        }
        State::Listen | State::SynSent | State::SynReceived => {}
        State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait => {
            let given_up = tcb.severed || half_closed(&tcb, ctx);
            if has_to_deliver(&tcb, asked) && !given_up {
                return Err(Fault::new(
                    req::RFC9293_3_10_7_4_P23,
                    empty,
                    "octets received in order are delivered",
                ));
            }
            if tcb.rcv.fin {
                return Err(Fault::new(
                    req::RFC9293_3_6_P06,
                    empty,
                    "the user is told that the peer has closed",
                ));
            }
        }
    }
    out.push(tcb, req::RFC9293_3_10_7_4_P23);
    Ok(())
}

/// Whether there is something that RECEIVE may not keep back until more arrives: it was pushed, it is all
/// that was asked for, or no more can come (RFC 9293 section 3.9.1.3).
fn has_to_deliver(tcb: &Tcb, asked: u32) -> bool {
    let shut = tcb.rcv.edge.at_or_before(tcb.rcv.nxt);
    let enough = tcb.unread() >= asked || shut;
    asked > 0 && tcb.unread() > 0 && (tcb.rcv.pushed || tcb.rcv.fin || enough)
}

fn end_of_stream(tcb: Tcb, out: &mut Branches) -> Result<(), Fault> {
    let end = kind(Outcome::EndOfStream);
    if !tcb.rcv.fin {
        return Err(Fault::new(
            req::RFC9293_MUST_12,
            end,
            "the stream ends only after the peer's FIN was received in sequence",
        ));
    }
    if tcb.unread() > 0 && !tcb.severed {
        return Err(Fault::new(
            req::RFC9293_3_10_3_P01,
            end,
            "the stream ends only after its last octet is delivered",
        ));
    }
    out.push(tcb, req::RFC9293_3_10_3_P01);
    Ok(())
}

fn failed(tcb: Tcb, outcome: Outcome, ctx: &Context, out: &mut Branches) -> Result<(), Fault> {
    match tcb.state {
        State::Closed => {
            if tcb.unread() > 0 && !tcb.severed {
                return Err(lost(&tcb, outcome));
            }
        }
        State::Listen | State::SynSent | State::SynReceived => {}
        State::FinWait1 | State::FinWait2 | State::Closing | State::LastAck | State::TimeWait
            if tcb.severed || half_closed(&tcb, ctx) => {}
        State::Closing | State::LastAck | State::TimeWait => {
            if tcb.unread() > 0 && ctx.profile.reads_while_closing {
                return Err(lost(&tcb, outcome));
            }
        }
        State::Established | State::FinWait1 | State::FinWait2 => {
            return Err(Fault::new(
                if tcb.state == State::Established {
                    req::RFC9293_3_10_7_4_P23
                } else {
                    req::RFC9293_3_6_P05
                },
                kind(outcome),
                "RECEIVE delivers what there is, or waits for more",
            ));
        }
        State::CloseWait => {
            if tcb.unread() > 0 {
                return Err(lost(&tcb, outcome));
            }
        }
    }
    out.push(tcb, req::RFC9293_3_10_3_P02);
    Ok(())
}

/// CLOSE has ended receiving too (RFC9293-MAY-1).
fn half_closed(tcb: &Tcb, ctx: &Context) -> bool {
    tcb.snd.closed && ctx.profile.half_duplex_close
}

/// Octets that were acknowledged to the peer, and that no reset, ABORT or timeout has given up,
/// do not reach the user.
fn lost(tcb: &Tcb, outcome: Outcome) -> Fault {
    Fault::new(
        if tcb.snd.closed {
            req::RFC9293_3_6_P05
        } else {
            req::RFC9293_2_2_P01
        },
        kind(outcome),
        "octets that were acknowledged to the peer are delivered",
    )
}
