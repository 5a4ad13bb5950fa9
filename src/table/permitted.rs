//! What the model permits: every branch that an event leads to.
//!
//! The next state, what has to be sent and what may be, and the requirement that it rests on are
//! read off the block after the step: off what is owed there.

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
    pub forms: Vec<Instead>,
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

/// Every branch from any of these blocks; one that differs in its requirement alone is left out.
pub(super) fn branches(from: &[Tcb], what: &What, ctx: &Context) -> Vec<Branch> {
    let mut all = Vec::new();
    for tcb in from.iter().filter(|tcb| !tcb.mute) {
        match what {
            What::Arrival {
                segment: Some(segment),
                ..
            } => {
                let mut out = Branches::default();
                arrives::step(tcb, segment, ctx, &mut out);
                collect(&out, None, true, ctx, &mut all);
            }
            What::Icmp { error, .. } => {
                let mut out = Branches::default();
                arrives::icmp::step(tcb, error, ctx, &mut out);
                collect(&out, None, false, ctx, &mut all);
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
            collect(&out, Some(outcome), false, ctx, all);
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
        Call::Send(len) => vec![Outcome::Sent(*len), Outcome::Sent(0), failed],
        Call::Receive(len) => {
            let all = tcb.unread().min(*len);
            let mut outcomes = vec![Outcome::Empty, Outcome::EndOfStream, failed];
            if all > 0 {
                outcomes.insert(0, Outcome::Received(all));
            }
            outcomes
        }
        Call::Status => {
            let states = State::ALL.map(Outcome::Status);
            states.into_iter().chain([failed]).collect()
        }
    }
}

/// What follows when nothing more happens until `ctx.now`.
fn time_branches(tcb: &Tcb, ctx: &Context, all: &mut Vec<Branch>) {
    let mut out = Branches::default();
    let late = timeouts::step(tcb, true, ctx, &mut out).err();
    let mut ended = Vec::new();
    collect(&out, None, false, ctx, &mut ended);
    for mut branch in ended {
        if tcb.rtx.armed {
            branch.sent.insert(0, permitted(outstanding(tcb)));
        }
        add(branch, all);
    }
    // What was due in the meantime is sent, and the connection goes on.
    if let Some(fault) = late.or_else(|| timeouts::overdue(tcb, true, ctx)) {
        all.retain(|branch| branch.next != tcb.state);
        add(
            Branch {
                outcome: None,
                next: tcb.state,
                sent: vec![required(&[outstanding(tcb)])],
                by: fault.requirement,
            },
            all,
        );
    }
}

/// What the retransmission timer sends again.
fn outstanding(tcb: &Tcb) -> Instead {
    match tcb.state {
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
    }
}

fn collect(
    out: &Branches,
    outcome: Option<Outcome>,
    arrival: bool,
    ctx: &Context,
    all: &mut Vec<Branch>,
) {
    for (tcb, by) in out.iter().filter(|(tcb, _)| !tcb.mute) {
        let mut tcb = *tcb;
        settle(&mut tcb, ctx);
        let read = matches!(outcome, Some(Outcome::Received(_)));
        let sent = sent(&tcb, arrival, read, ctx);
        for next in tellable(&tcb, ctx) {
            let branch = Branch {
                outcome,
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
fn sent(tcb: &Tcb, arrival: bool, read: bool, ctx: &Context) -> Vec<Answer> {
    let mut sent = Vec::new();
    let mut acknowledges = false;
    if let Some(reply) = tcb.due.reply {
        let forms = [
            (Forms::ACK, Instead::Ack),
            (Forms::RST, Instead::Rst),
            (Forms::SYN_ACK, Instead::SynAck),
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
            State::SynSent => Instead::Syn,
            _ => Instead::SynAck,
        };
        sent.push(required(&[synchronizes]));
        acknowledges = true;
    }
    if !acknowledges && tcb.due.ack != Instant::NEVER {
        sent.push(Answer {
            within: later(tcb.due.ack, ctx),
            ..required(&[Instead::Ack])
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
            forms: vec![first],
            required: due,
            within: later(tcb.due.send, ctx).filter(|_| due),
        });
    }
    // One empty acknowledgment for each arrival, and one when the window opens.
    if !acknowledges && (read || (arrival && tcb.due.credit > 0)) {
        sent.push(permitted(Instead::Ack));
    }
    sent
}

fn required(forms: &[Instead]) -> Answer {
    Answer {
        forms: forms.to_vec(),
        required: true,
        within: None,
    }
}

fn permitted(form: Instead) -> Answer {
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
    pub(super) fn explains(&self, outcome: Option<Outcome>, next: State, sent: &[Instead]) -> bool {
        same_outcome(self.outcome, outcome)
            && self.next == next
            && self.sent.iter().all(|answer| answer.met_by(sent))
            && sent
                .iter()
                .all(|kind| self.sent.iter().any(|answer| answer.is(*kind)))
    }
}

impl Answer {
    /// Whether a segment of this kind is this answer. Text and FIN acknowledge as well.
    fn is(&self, kind: Instead) -> bool {
        let acknowledges = matches!(kind, Instead::Text | Instead::Fin);
        self.forms.contains(&kind) || (acknowledges && self.forms.contains(&Instead::Ack))
    }

    fn met_by(&self, sent: &[Instead]) -> bool {
        !self.required || sent.iter().any(|kind| self.is(*kind))
    }
}

/// The same outcome; why a call failed does not count.
pub(super) fn same_outcome(one: Option<Outcome>, other: Option<Outcome>) -> bool {
    match (one, other) {
        (Some(Outcome::Failed(_)), Some(Outcome::Failed(_))) => true,
        (one, other) => one == other,
    }
}
