//! What the model permits: every branch that an event leads to.
//!
//! The next state, what has to be sent and what may be, and the requirement that it rests on are
//! read off the block after the step: off what is owed there.

use super::sent::{Detail, Sent, may_carry, old_number};
use crate::model::tcb::{Branches, Forms, Tcb};
use crate::model::{Context, State, arrives, calls, settle, timeouts, unsent};
use crate::oracle::Instead;
use crate::spec::Req;
use crate::stack::{CallError, Outcome};
use crate::stream::{Direction, octets};
use crate::time::{Instant, Micros};
use crate::trace::{Call, What};

/// Something that is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// In one of these forms.
    pub forms: Vec<Sent>,
    /// It has to be; otherwise it may be.
    pub required: bool,
    /// Within this time; at once when there is none.
    pub within: Option<Micros>,
}

/// One thing that may follow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Branch {
    /// What the call gives back, if it is a call.
    pub outcome: Option<Outcome>,
    /// The next state.
    pub next: State,
    /// What is sent.
    pub sent: Vec<Answer>,
    /// The requirement.
    pub by: Req,
}

/// What brought a branch about, as far as it says what may be sent.
#[derive(Clone, Copy, Default)]
struct Cause {
    /// What the call gave back, if it was a call.
    outcome: Option<Outcome>,
    /// A segment arrived.
    arrival: bool,
    /// The options of a SYN,ACK matter.
    options: bool,
}

/// Every branch from any of these blocks; one that differs in its requirement alone is left out.
/// `options`: those of a SYN,ACK are told.
pub(super) fn branches(from: &[Tcb], what: &What, options: bool, ctx: &Context) -> Vec<Branch> {
    let mut all = Vec::new();
    let arrival = Cause {
        arrival: true,
        options,
        ..Cause::default()
    };
    for tcb in from.iter().filter(|tcb| !tcb.mute) {
        match what {
            What::Arrival {
                segment: Some(segment),
                ..
            } => {
                let mut out = Branches::default();
                arrives::step(tcb, segment, ctx, &mut out);
                collect(&out, arrival, ctx, &mut all);
            }
            What::Icmp { error, .. } => {
                let mut out = Branches::default();
                arrives::icmp::step(tcb, error, ctx, &mut out);
                collect(&out, Cause::default(), ctx, &mut all);
            }
            What::Call { call, .. } => call_branches(tcb, call, ctx, &mut all),
            What::Quiet => time_branches(tcb, ctx, &mut all),
            What::Arrival { segment: None, .. } | What::Emission { .. } | What::Broken(_) => {}
        }
    }
    all
}

fn call_branches(tcb: &Tcb, call: &Call, ctx: &Context, all: &mut Vec<Branch>) {
    for outcome in outcomes(tcb, call) {
        let text = match (outcome, tcb.remote) {
            (Outcome::Received(len), Some(remote)) => {
                let ports = (tcb.port, remote.port);
                octets(Direction::ToStack, ports, tcb.rcv.read, len as usize)
            }
            _ => &[],
        };
        let mut out = Branches::default();
        if calls::step(tcb, call, outcome, text, ctx, &mut out).is_ok() {
            let cause = Cause {
                outcome: Some(outcome),
                ..Cause::default()
            };
            collect(&out, cause, ctx, all);
        }
    }
}

/// What a call might give back. That an interface does not offer it says nothing of TCP.
fn outcomes(tcb: &Tcb, call: &Call) -> Vec<Outcome> {
    let failed = Outcome::Failed(CallError::NoConnection);
    match call {
        Call::Listen { .. } | Call::Connect { .. } | Call::Close | Call::Abort => {
            vec![Outcome::Done, failed]
        }
        Call::Send(len) | Call::SendFlagged(len, _) => {
            vec![Outcome::Sent(*len), Outcome::Sent(0), failed]
        }
        Call::Receive(len) => {
            let all = tcb.unread().min(*len);
            let mut outcomes = vec![Outcome::Empty, Outcome::EndOfStream, failed];
            if all > 0 {
                outcomes.insert(0, Outcome::Received(all));
            }
            outcomes
        }
        // None of these moves a connection.
        Call::Ask(_) | Call::Set(_) => vec![failed],
        Call::Status => {
            let states = State::ALL.map(Outcome::Status);
            states.into_iter().chain([failed]).collect()
        }
    }
}

/// What follows when nothing more happens until `ctx.now`.
fn time_branches(tcb: &Tcb, ctx: &Context, all: &mut Vec<Branch>) {
    let mut out = Branches::default();
    // What was due in the meantime may have been sent.
    let mut punctual = *tcb;
    punctual.rtx.since = ctx.now;
    let late = timeouts::step(&punctual, true, ctx, &mut out).err();
    let mut ended = Vec::new();
    collect(&out, Cause::default(), ctx, &mut ended);
    let old = Sent {
        kind: Instead::Ack,
        detail: Detail::Old,
    };
    let with_old = old_number(tcb, ctx);
    for mut branch in ended {
        if tcb.rtx.armed {
            branch.sent.insert(0, permitted(outstanding(tcb)));
        } else if let Some((_, by)) = with_old {
            branch.sent.insert(0, permitted(old));
            branch.by = if branch.next == tcb.state {
                by
            } else {
                branch.by
            };
        }
        add(branch, all);
    }
    // What was due in the meantime is sent, and the connection goes on.
    if let Some(fault) = late.or_else(|| timeouts::overdue(tcb, true, ctx)) {
        all.retain(|branch| branch.next != tcb.state);
        let does = with_old.filter(|(after, _)| timeouts::overdue(after, true, ctx).is_none());
        let mut again = vec![outstanding(tcb)];
        again.extend(does.map(|_| old));
        add(
            Branch {
                outcome: None,
                next: tcb.state,
                sent: vec![required(&again)],
                by: fault.requirement,
            },
            all,
        );
    }
}

/// What the retransmission timer sends again.
fn outstanding(tcb: &Tcb) -> Sent {
    Sent::plain(match tcb.state {
        State::SynSent => Instead::Syn,
        State::SynReceived => Instead::SynAck,
        State::Closed
        | State::Listen
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck
        | State::TimeWait => {
            if tcb.snd.fin == Some(tcb.snd.una) {
                Instead::Fin
            } else {
                Instead::Text
            }
        }
    })
}

fn collect(out: &Branches, cause: Cause, ctx: &Context, all: &mut Vec<Branch>) {
    for (tcb, by) in out.iter().filter(|(tcb, _)| !tcb.mute) {
        let mut tcb = *tcb;
        settle(&mut tcb, ctx);
        let sent = sent(&tcb, cause, ctx);
        for next in tellable(&tcb, ctx) {
            let branch = Branch {
                outcome: cause.outcome,
                next,
                sent: sent.clone(),
                by: *by,
            };
            add(branch, all);
        }
    }
}

fn add(branch: Branch, all: &mut Vec<Branch>) {
    let same = |known: &Branch| {
        Branch {
            by: branch.by,
            ..known.clone()
        } == branch
    };
    if !all.iter().any(same) {
        all.push(branch);
    }
}

/// The states of which STATUS may speak.
pub(super) fn tellable(tcb: &Tcb, ctx: &Context) -> Vec<State> {
    let mut out = Branches::default();
    let may = |state: &State| {
        let told = Outcome::Status(*state);
        calls::step(tcb, &Call::Status, told, &[], ctx, &mut out).is_ok()
    };
    State::ALL.into_iter().filter(may).collect()
}

/// What has to be sent, and what may be.
fn sent(tcb: &Tcb, cause: Cause, ctx: &Context) -> Vec<Answer> {
    let mut sent = Vec::new();
    let mut acknowledges = false;
    if let Some(reply) = tcb.due.reply {
        let forms = [
            (Forms::ACK, Sent::plain(Instead::Ack)),
            (Forms::RST, Sent::reset(&reply, cause.arrival)),
            (Forms::SYN_ACK, Sent::plain(Instead::SynAck)),
        ];
        let forms = forms
            .into_iter()
            .filter(|(form, _)| reply.forms.allow(*form));
        sent.push(Answer {
            forms: forms.map(|(_, form)| form).collect(),
            required: reply.required,
            within: None,
        });
        acknowledges = true;
    }
    if tcb.due.syn != Instant::NEVER {
        let synchronizes = match tcb.state {
            State::SynSent => Sent::plain(Instead::Syn),
            _ if cause.options => Sent {
                kind: Instead::SynAck,
                detail: Detail::Options(may_carry(tcb, ctx)),
            },
            _ => Sent::plain(Instead::SynAck),
        };
        sent.push(required(&[synchronizes]));
        acknowledges = true;
    }
    if !acknowledges && tcb.due.ack != Instant::NEVER {
        sent.push(Answer {
            within: later(tcb.due.ack, ctx),
            ..required(&[Sent::plain(Instead::Ack)])
        });
        acknowledges = true;
    }
    if unsent(tcb) {
        let first = match tcb.queue_end().after(tcb.snd.nxt) {
            true => Instead::Text,
            false => Instead::Fin,
        };
        let due = tcb.due.send != Instant::NEVER;
        sent.push(Answer {
            forms: vec![Sent::plain(first)],
            required: due,
            within: later(tcb.due.send, ctx).filter(|_| due),
        });
    }
    // One empty acknowledgment for each arrival, and one when the window opens.
    let read = matches!(cause.outcome, Some(Outcome::Received(_)));
    if !acknowledges && (read || (cause.arrival && tcb.due.credit > 0)) {
        sent.push(permitted(Sent::plain(Instead::Ack)));
    }
    sent
}

fn required(forms: &[Sent]) -> Answer {
    Answer {
        forms: forms.to_vec(),
        required: true,
        within: None,
    }
}

fn permitted(form: Sent) -> Answer {
    Answer {
        required: false,
        ..required(&[form])
    }
}

/// How much later a deadline is than now.
fn later(deadline: Instant, ctx: &Context) -> Option<Micros> {
    let span = deadline.since(ctx.now);
    // Deadlines are the last microsecond before a limit, or the limit.
    let round = Micros(span.0.div_ceil(1_000) * 1_000);
    (round > Micros::ZERO).then_some(round)
}

impl Branch {
    /// Whether this is what was seen: the outcome of the call, the next state, what was sent.
    pub(super) fn explains(&self, outcome: Option<Outcome>, next: State, sent: &[Sent]) -> bool {
        same_outcome(self.outcome, outcome)
            && self.next == next
            && self.sent.iter().all(|answer| answer.met_by(sent))
            && sent
                .iter()
                .all(|seen| self.sent.iter().any(|answer| answer.is(*seen)))
    }
}

impl Answer {
    /// Whether a segment of this kind is this answer. Text and FIN acknowledge as well.
    fn is(&self, seen: Sent) -> bool {
        let acknowledges = matches!(seen.kind, Instead::Text | Instead::Fin);
        self.forms.iter().any(|form| seen.is(*form))
            || (acknowledges && self.forms.contains(&Sent::plain(Instead::Ack)))
    }

    fn met_by(&self, sent: &[Sent]) -> bool {
        !self.required || sent.iter().any(|seen| self.is(*seen))
    }
}

/// The same outcome; why a call failed does not count.
pub(super) fn same_outcome(one: Option<Outcome>, other: Option<Outcome>) -> bool {
    match (one, other) {
        (Some(Outcome::Failed(_)), Some(Outcome::Failed(_))) => true,
        (one, other) => one == other,
    }
}
