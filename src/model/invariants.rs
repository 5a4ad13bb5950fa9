//! What holds of every block and of every step of the model, whatever the stack does.
//!
//! Nothing here decides anything: these are checks of the model by itself, for tests and for
//! searches. A block of which nothing can be said, and a step that takes a known deviation for
//! granted, keep to none of them.

use super::{Context, State, Tcb};
use crate::spec::req;
use crate::time::Instant;
use crate::wire::SeqNumber;

/// An invariant of a block: its name, and whether it holds.
type OfBlock = (&'static str, fn(&Tcb, &Context) -> bool);

/// An invariant of a step of one connection, from the first block to the second.
type OfStep = (&'static str, fn(&Tcb, &Tcb) -> bool);

#[rustfmt::skip]
const BLOCK: [OfBlock; 16] = [
    ("ISS =< SND.UNA =< SND.NXT", |tcb, _| {
        tcb.snd.iss.is_none_or(|iss| iss.at_or_before(tcb.snd.una)) && tcb.snd.una.at_or_before(tcb.snd.nxt)
    }),
    ("the FIN is the last number, and CLOSE was called", |tcb, _| {
        tcb.snd.fin.is_none_or(|fin| {
            tcb.snd.closed && fin == tcb.queue_end() && tcb.snd.nxt == fin + 1
        })
    }),
    ("nothing is sent that the user did not give", |tcb, _| {
        let end = tcb.queue_end() + u32::from(tcb.snd.closed);
        tcb.snd.iss.is_none() || tcb.snd.nxt.at_or_before(end)
    }),
    ("a FIN belongs to the state", |tcb, _| fin_fits(tcb)),
    ("the peer's FIN belongs to the state", |tcb, _| peer_fin_fits(tcb)),
    ("SND.WND =< MAX.SND.WND", |tcb, _| tcb.snd.wnd <= tcb.snd.max_wnd),
    ("RCV.NXT is after IRS", |tcb, _| !connected(tcb) || tcb.rcv.nxt.after(tcb.rcv.irs)),
    ("no more is acknowledged than RCV.NXT", |tcb, _| {
        tcb.rcv.acked.is_none_or(|acked| acked.at_or_before(tcb.rcv.nxt))
    }),
    ("no edge is beyond the furthest", |tcb, _| {
        let furthest = tcb.rcv.edge_max;
        tcb.rcv.edge.at_or_before(furthest) && tcb.rcv.firm_edge.at_or_before(furthest)
    }),
    ("no more is read than was received", |tcb, _| !connected(tcb) || tcb.rcv.read <= tcb.received()),
    ("what lies ahead of a gap lies ahead", |tcb, _| {
        let ahead = |(from, to): (SeqNumber, SeqNumber)| from.before(to) && to.after(tcb.rcv.nxt);
        tcb.rcv.ahead.iter().all(ahead) && tcb.rcv.fin_ahead.is_none_or(|fin| fin.at_or_after(tcb.rcv.nxt))
    }),
    ("without a connection only an answer is owed", |tcb, _| {
        let due = [tcb.due.syn, tcb.due.ack, tcb.due.send];
        !matches!(tcb.state, State::Closed | State::Listen) || due == [Instant::NEVER; 3]
    }),
    ("no deadline has passed", |tcb, ctx| {
        let soft = tcb.due.soft_ack().map_or(Instant::NEVER, |(at, _)| at);
        let due = [tcb.due.syn, tcb.due.ack, tcb.due.send, soft];
        due.into_iter().all(|due| due == Instant::NEVER || due + ctx.profile.slack >= ctx.now)
    }),
    ("TIME-WAIT ends, and has not ended", |tcb, ctx| {
        let (first, last) = tcb.time_wait;
        tcb.state != State::TimeWait || (first <= last && last != Instant::NEVER && last >= ctx.now)
    }),
    ("what was has been", |tcb, ctx| {
        let rtx = &tcb.rtx;
        let instants = [
            tcb.input.at, tcb.arrived_at, rtx.since, rtx.sent_at, rtx.flight_at, tcb.ts.recent_at,
            tcb.due.reply_at,
        ];
        let challenged = tcb.challenged_at == Instant::NEVER || tcb.challenged_at <= ctx.now;
        challenged && instants.into_iter().all(|at| at <= ctx.now)
    }),
    ("what is outstanding was sent after its flight began", |tcb, _| {
        !tcb.rtx.armed || tcb.snd.una == tcb.snd.nxt || tcb.rtx.flight_at <= tcb.rtx.sent_at
    }),
];

#[rustfmt::skip]
const STEP: [OfStep; 12] = [
    ("the state changes along an edge", |before, after| {
        before.state == after.state || edges(before.state).contains(&after.state)
    }),
    ("SND.UNA never goes back", |before, after| !same(before, after) || after.snd.una.at_or_after(before.snd.una)),
    ("SND.NXT never goes back", |before, after| !same(before, after) || after.snd.nxt.at_or_after(before.snd.nxt)),
    ("what SEND took stays", |before, after| !same(before, after) || after.snd.queued >= before.snd.queued),
    ("CLOSE and FIN stay", |before, after| {
        let fin = before.snd.fin.is_none() || after.snd.fin == before.snd.fin;
        !same(before, after) || (fin && after.snd.closed >= before.snd.closed)
    }),
    ("RCV.NXT never goes back", |before, after| !same(before, after) || after.rcv.nxt.at_or_after(before.rcv.nxt)),
    ("the peer's FIN stays", |before, after| !same(before, after) || after.rcv.fin >= before.rcv.fin),
    ("no acknowledgment is taken back", |before, after| {
        let back = |before| after.rcv.acked.is_none_or(|acked| acked.before(before));
        !same(before, after) || !before.rcv.acked.is_some_and(back)
    }),
    ("the furthest edge never retreats, but on a SYN", |before, after| {
        !same(before, after) || after.rcv.edge_of_syn || after.rcv.edge_max.at_or_after(before.rcv.edge_max)
    }),
    ("an edge retreats by rounding, on a SYN, or as a missed recommendation", |before, after| {
        !same(before, after) || after.rcv.edge_of_syn || !retreats(before, after) || misses_shrinking(after)
    }),
    ("what RECEIVE delivered stays", |before, after| !same(before, after) || after.rcv.read >= before.rcv.read),
    ("what an explanation needed, it needs for good", |before, after| {
        let misses = before.misses.iter().zip(&after.misses);
        before.known | after.known == after.known && misses.into_iter().all(|(was, is)| was.is_none() || was == is)
    }),
];

/// The invariant that a block breaks, if any.
pub fn broken_by(tcb: &Tcb, ctx: &Context) -> Option<&'static str> {
    if tcb.mute {
        return None;
    }
    let broken = BLOCK.iter().find(|(_, holds)| !holds(tcb, ctx));
    broken.map(|(name, _)| *name)
}

/// The invariant that a step breaks, if any: of the step itself, or of what it leads to.
pub fn broken_between(before: &Tcb, after: &Tcb, ctx: &Context) -> Option<&'static str> {
    if before.mute || after.mute || before.known != after.known {
        return None;
    }
    let broken = STEP.iter().find(|(_, holds)| !holds(before, after));
    broken
        .map(|(name, _)| *name)
        .or_else(|| broken_by(after, ctx))
}

/// Where a connection may be after one step: RFC 9293 figure 5 and its notes, with the segments
/// that do two things at once.
const fn edges(state: State) -> &'static [State] {
    match state {
        State::Closed => &[State::Listen, State::SynSent],
        State::Listen => &[State::Closed, State::SynSent, State::SynReceived],
        // With its FIN on the SYN,ACK the peer closes at once.
        State::SynSent => &[
            State::Closed,
            State::SynReceived,
            State::Established,
            State::CloseWait,
        ],
        // The ACK of the SYN may carry a FIN. CLOSE may have been called before it came, and the FIN
        // sent: the model stays in SYN-RECEIVED as long as the SYN is not acknowledged.
        State::SynReceived => &[
            State::Closed,
            State::Listen,
            State::Established,
            State::FinWait1,
            State::FinWait2,
            State::CloseWait,
            State::Closing,
            State::TimeWait,
        ],
        // A connection that the stack itself resets may linger in TIME-WAIT (figure 5, note 3).
        State::Established => &[
            State::Closed,
            State::FinWait1,
            State::CloseWait,
            State::TimeWait,
        ],
        State::FinWait1 => &[
            State::Closed,
            State::FinWait2,
            State::Closing,
            State::TimeWait,
        ],
        State::FinWait2 | State::Closing | State::LastAck => &[State::Closed, State::TimeWait],
        State::CloseWait => &[State::Closed, State::LastAck, State::TimeWait],
        // A SYN may open it anew (RFC9293-MAY-2).
        State::TimeWait => &[State::Closed, State::SynReceived],
    }
}

/// Whether both numbers of a connection are known.
fn connected(tcb: &Tcb) -> bool {
    tcb.snd.iss.is_some() && (tcb.state == State::SynReceived || tcb.state.synchronized())
}

/// Whether a step leaves the connection what it is, so that its numbers go on.
fn same(before: &Tcb, after: &Tcb) -> bool {
    connected(before)
        && connected(after)
        && before.snd.iss == after.snd.iss
        && before.rcv.irs == after.rcv.irs
}

fn fin_fits(tcb: &Tcb) -> bool {
    match tcb.state {
        // Numbers of a connection that has ended, or none.
        State::Closed | State::Listen => true,
        State::SynSent | State::Established | State::CloseWait => tcb.snd.fin.is_none(),
        State::SynReceived => !tcb.fin_acked(),
        State::FinWait1 | State::Closing | State::LastAck => tcb.snd.closed && !tcb.fin_acked(),
        State::FinWait2 => tcb.fin_acked(),
        State::TimeWait => tcb.fin_acked() || tcb.severed,
    }
}

fn peer_fin_fits(tcb: &Tcb) -> bool {
    match tcb.state {
        State::Closed => true,
        State::Listen
        | State::SynSent
        | State::SynReceived
        | State::Established
        | State::FinWait1
        | State::FinWait2 => !tcb.rcv.fin,
        State::CloseWait | State::Closing | State::LastAck => tcb.rcv.fin,
        State::TimeWait => tcb.rcv.fin || tcb.severed,
    }
}

fn retreats(before: &Tcb, after: &Tcb) -> bool {
    let rounding = (1_u32 << after.receive_shift()) - 1;
    (after.rcv.edge + rounding).before(before.rcv.edge)
}

/// There is room for three misses; what would be a fourth is not kept.
fn misses_shrinking(tcb: &Tcb) -> bool {
    let shrinks = |requirement| requirement == req::RFC9293_SHLD_14;
    let mut misses = tcb.misses.iter();
    misses.all(|miss| miss.is_some())
        || tcb
            .misses
            .iter()
            .flatten()
            .any(|miss| shrinks(miss.requirement))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::tcb::Miss;
    use crate::model::{Entries, EventClass, tcb::Origin};
    use crate::oracle::Instead;
    use crate::stack::{Profile, Stack, reference::Reference};
    use crate::time::Micros;

    const NOW: Instant = Instant(10_000_000);

    fn profile() -> Profile {
        Profile {
            slack: Micros::ZERO,
            ..Reference::new().profile().clone()
        }
    }

    /// An open connection: ten octets are outstanding, ten more were taken, a hundred received.
    fn open() -> Tcb {
        let n = SeqNumber;
        let mut tcb = Tcb {
            state: State::Established,
            ..Tcb::default()
        };
        tcb.snd.iss = Some(n(u32::MAX));
        (tcb.snd.una, tcb.snd.nxt, tcb.snd.queued) = (n(1), n(10), 20);
        (tcb.snd.wnd, tcb.snd.max_wnd) = (500, 1_000);
        (tcb.rcv.irs, tcb.rcv.nxt, tcb.rcv.acked) = (n(99), n(200), Some(n(150)));
        (tcb.rcv.edge, tcb.rcv.firm_edge, tcb.rcv.edge_max) = (n(300), n(300), n(300));
        tcb.rcv.read = 50;
        tcb.rcv.ahead.add(n(210), n(220));
        tcb.rtx.armed = true;
        tcb
    }

    fn time_wait() -> Tcb {
        let mut tcb = open();
        tcb.state = State::TimeWait;
        (tcb.snd.una, tcb.snd.nxt, tcb.snd.fin) =
            (SeqNumber(21), SeqNumber(21), Some(SeqNumber(20)));
        (tcb.snd.closed, tcb.rcv.fin, tcb.rtx.armed) = (true, true, false);
        tcb.time_wait = (NOW, NOW + Micros(1));
        tcb
    }

    #[rustfmt::skip]
    #[test]
    fn each_invariant_of_a_block_can_break() {
        let profile = profile();
        let ctx = Context::new(NOW, &profile, 0);
        for sound in [Tcb::default(), Tcb::listening(80, None), open(), time_wait()] {
            assert_eq!(broken_by(&sound, &ctx), None, "{sound:?}");
        }
        type Spoil = fn(&mut Tcb);
        let rows: [(&str, Tcb, Spoil); 29] = [
            ("ISS =< SND.UNA =< SND.NXT", open(), |tcb| tcb.snd.una = SeqNumber(11)),
            ("ISS =< SND.UNA =< SND.NXT", open(), |tcb| tcb.snd.una = SeqNumber(u32::MAX - 1)),
            ("nothing is sent that the user did not give", open(), |tcb| tcb.snd.queued = 9),
            ("the FIN is the last number, and CLOSE was called", time_wait(), |tcb| tcb.snd.closed = false),
            ("the FIN is the last number, and CLOSE was called", time_wait(), |tcb| tcb.snd.queued = 21),
            ("a FIN belongs to the state", time_wait(), |tcb| tcb.state = State::CloseWait),
            ("a FIN belongs to the state", time_wait(), |tcb| tcb.state = State::LastAck),
            ("a FIN belongs to the state", open(), |tcb| tcb.state = State::FinWait2),
            ("the peer's FIN belongs to the state", open(), |tcb| tcb.state = State::CloseWait),
            ("the peer's FIN belongs to the state", open(), |tcb| tcb.rcv.fin = true),
            ("SND.WND =< MAX.SND.WND", open(), |tcb| tcb.snd.wnd = 1_001),
            ("RCV.NXT is after IRS", open(), |tcb| tcb.rcv.nxt = tcb.rcv.irs),
            ("no more is acknowledged than RCV.NXT", open(), |tcb| tcb.rcv.acked = Some(SeqNumber(201))),
            ("no edge is beyond the furthest", open(), |tcb| tcb.rcv.edge = SeqNumber(301)),
            ("no edge is beyond the furthest", open(), |tcb| tcb.rcv.firm_edge = SeqNumber(301)),
            ("no more is read than was received", open(), |tcb| tcb.rcv.read = 101),
            ("what lies ahead of a gap lies ahead", open(), |tcb| tcb.rcv.ahead.add(SeqNumber(190), SeqNumber(200))),
            ("what lies ahead of a gap lies ahead", open(), |tcb| tcb.rcv.fin_ahead = Some(SeqNumber(199))),
            ("without a connection only an answer is owed", Tcb::default(), |tcb| tcb.due.ack = NOW),
            ("without a connection only an answer is owed", Tcb::listening(80, None), |tcb| tcb.due.syn = NOW),
            ("no deadline has passed", open(), |tcb| tcb.due.ack = Instant(NOW.0 - 1)),
            ("no deadline has passed", open(), |tcb| tcb.due.owe_soft_ack(Some((Instant(NOW.0 - 1), req::RFC9293_MUST_40)))),
            ("TIME-WAIT ends, and has not ended", time_wait(), |tcb| tcb.time_wait.1 = Instant(NOW.0 - 1)),
            ("TIME-WAIT ends, and has not ended", time_wait(), |tcb| tcb.time_wait.1 = Instant::NEVER),
            ("TIME-WAIT ends, and has not ended", time_wait(), |tcb| tcb.time_wait.0 = NOW + Micros(2)),
            ("what was has been", open(), |tcb| tcb.arrived_at = NOW + Micros(1)),
            ("what was has been", open(), |tcb| tcb.rtx.sent_at = NOW + Micros(1)),
            ("what was has been", open(), |tcb| tcb.challenged_at = NOW + Micros(1)),
            ("what is outstanding was sent after its flight began", open(), |tcb| tcb.rtx.flight_at = NOW),
        ];
        for (name, mut tcb, spoil) in rows {
            spoil(&mut tcb);
            assert_eq!(broken_by(&tcb, &ctx), Some(name), "{tcb:?}");
            // Of what nothing is said, nothing has to hold.
            tcb.mute = true;
            assert_eq!(broken_by(&tcb, &ctx), None);
        }
        let spoiled: BTreeSet<&str> = rows.iter().map(|row| row.0).collect();
        assert_eq!(spoiled, BLOCK.iter().map(|row| row.0).collect());
    }

    #[rustfmt::skip]
    #[test]
    fn each_invariant_of_a_step_can_break() {
        let profile = profile();
        let ctx = Context::new(NOW, &profile, 0);
        let miss = |requirement| Miss {
            requirement, state: State::Established, event: EventClass::Time, instead: Instead::Ack, index: 0,
        };
        assert_eq!(broken_between(&open(), &open(), &ctx), None);
        type Spoil = fn(&mut Tcb);
        let rows: [(&str, Tcb, Spoil); 15] = [
            ("the state changes along an edge", open(), |tcb| tcb.state = State::Listen),
            ("the state changes along an edge", open(), |tcb| tcb.state = State::FinWait2),
            ("SND.UNA never goes back", open(), |tcb| tcb.snd.una = SeqNumber(0)),
            ("SND.NXT never goes back", open(), |tcb| tcb.snd.nxt = SeqNumber(9)),
            ("what SEND took stays", open(), |tcb| tcb.snd.queued = 19),
            ("CLOSE and FIN stay", time_wait(), |tcb| tcb.snd.closed = false),
            ("CLOSE and FIN stay", time_wait(), |tcb| tcb.snd.fin = Some(SeqNumber(19))),
            ("RCV.NXT never goes back", open(), |tcb| tcb.rcv.nxt = SeqNumber(199)),
            ("the peer's FIN stays", time_wait(), |tcb| tcb.rcv.fin = false),
            ("no acknowledgment is taken back", open(), |tcb| tcb.rcv.acked = Some(SeqNumber(149))),
            ("no acknowledgment is taken back", open(), |tcb| tcb.rcv.acked = None),
            ("the furthest edge never retreats, but on a SYN", open(), |tcb| tcb.rcv.edge_max = SeqNumber(299)),
            ("an edge retreats by rounding, on a SYN, or as a missed recommendation", open(), |tcb| tcb.rcv.edge = SeqNumber(299)),
            ("what RECEIVE delivered stays", open(), |tcb| tcb.rcv.read = 49),
            ("what an explanation needed, it needs for good", open(), |tcb| tcb.misses[0] = None),
        ];
        for (name, mut before, spoil) in rows {
            before.misses[0] = Some(miss(req::RFC9293_SHLD_31));
            let mut after = before;
            spoil(&mut after);
            assert_eq!(broken_between(&before, &after, &ctx), Some(name), "{after:?}");
        }
        let spoiled: BTreeSet<&str> = rows.iter().map(|row| row.0).collect();
        assert_eq!(spoiled, STEP.iter().map(|row| row.0).collect());

        // What may be: an edge that retreats and is told of, by rounding, on a SYN; another
        // connection; a block that is wrong although the step is not; a known deviation.
        let may: [Spoil; 5] = [
            |tcb| tcb.misses[1] = tcb.misses[0].map(|miss| Miss { requirement: req::RFC9293_SHLD_14, ..miss }),
            |tcb| (tcb.ours.window_scale, tcb.theirs.window_scale) = (Some(1), Some(0)),
            |tcb| tcb.rcv.edge_of_syn = true,
            |tcb| (tcb.snd.iss, tcb.origin) = (Some(SeqNumber(0)), Origin::Active),
            |tcb| tcb.known = Entries::one(0),
        ];
        for permit in may {
            let mut before = open();
            before.misses[0] = Some(miss(req::RFC9293_SHLD_31));
            let mut after = before;
            after.rcv.edge = SeqNumber(299);
            permit(&mut after);
            assert_eq!(broken_between(&before, &after, &ctx), None, "{after:?}");
        }
        let mut late = open();
        late.due.ack = Instant(NOW.0 - 1);
        assert_eq!(broken_between(&late, &late, &ctx), Some("no deadline has passed"));
    }
}
