//! What a stack is known to do otherwise where nothing shows it at once.

use super::known::Then;
use super::worlds::Happening;
use crate::model::tcb::{Branches, Input};
use crate::model::{Context, Entries, Tcb, arrives};
use crate::wire::Segment;

/// Adds the branches on which the stack silently does what it is known for.
pub(super) fn known_silently<K: Iterator<Item = (u16, Then)>>(
    before: &Tcb,
    what: Happening<'_>,
    known: impl Fn(Input) -> K,
    ctx: &Context<'_>,
    out: &mut Branches,
) {
    if before.mute || !what.is_remembered() {
        return;
    }
    let Some((&Tcb { input, .. }, &by)) = out.iter().next() else {
        return;
    };
    let unchanged = |entry: u16| {
        let mut tcb = Tcb {
            input,
            known: before.known | Entries::one(entry),
            ..*before
        };
        tcb.due.reply = None;
        tcb.rcv.latest = None;
        if let Happening::Arrival(seg) = what {
            arrives::refuses(before, &mut tcb, seg, ctx);
        }
        tcb
    };
    let apart = known(input).find(|(_, then)| *then == Then::Apart);
    for (entry, then) in known(input) {
        match (then, what) {
            (Then::Ignored, _) => out.push(unchanged(entry), by),
            (Then::Refused, _) => {
                let mut refused = unchanged(entry);
                refused.due.credit = refused.due.credit.max(1);
                out.push(refused, by);
            }
            (Then::Closed, _) => out.push(unchanged(entry).reset(), by),
            (Then::Stop, _) => out.push(unchanged(entry).muted(), by),
            (Then::Accepted, Happening::Arrival(seg)) => {
                arrives::unchecked(&unchanged(entry), seg, ctx, out);
            }
            (Then::Apart, Happening::Arrival(seg)) => {
                arrives::apart(&unchanged(entry), seg, ctx, out);
            }
            (Then::Narrow, Happening::Arrival(seg)) => {
                arrives::narrowly(&unchanged(entry), seg, ctx, out);
            }
            (Then::Wide, Happening::Arrival(seg)) => {
                let mut wide = unchanged(entry);
                arrives::widely(&wide, seg, ctx, out);
                if let Some((also, _)) = apart {
                    wide.known |= Entries::one(also);
                    arrives::widely_apart(&wide, seg, ctx, out);
                }
            }
            (Then::Overheard, Happening::Arrival(seg)) => {
                let mut overheard = unchanged(entry);
                arrives::overhear(&mut overheard, seg, ctx);
                out.push(overheard, by);
            }
            (Then::Recent, Happening::Arrival(seg)) => {
                let Some((value, _)) = seg.options.timestamps else {
                    continue;
                };
                let spans = before.ts.is_spanned_by(seg) || before.rcv.acked.is_none();
                otherwise(entry, out, |tcb| match spans {
                    true => tcb.ts.recent = value,
                    false => tcb.ts = before.ts,
                });
            }
            (Then::Past, Happening::Arrival(_)) => {
                otherwise(entry, out, |tcb| tcb.ts = before.ts);
            }
            _ => {}
        }
    }
    // What becomes of the options and of the window comes on top of what becomes of the segment.
    for (entry, then) in known(input) {
        match (then, what) {
            (Then::Options, Happening::Arrival(seg)) => {
                otherwise(entry, out, |tcb| arrives::overhear(tcb, seg, ctx));
            }
            (Then::Window, Happening::Arrival(seg)) => take_window_anyway(entry, seg, out),
            (Then::Kept, Happening::Arrival(_)) => keep_window(entry, before, out),
            _ => {}
        }
    }
}

/// Adds to each branch the one that a change makes of it, if it makes any difference.
fn otherwise(entry: u16, out: &mut Branches, change: impl Fn(&mut Tcb)) {
    for place in 0..out.len() {
        let Some((tcb, &by)) = out.get(place) else {
            continue;
        };
        let mut changed = *tcb;
        change(&mut changed);
        if changed != *tcb && !tcb.mute {
            changed.known |= Entries::one(entry);
            out.push(changed, by);
        }
    }
}

/// The window of a segment whose acknowledgment is in range is taken, though the segment is older
/// than the one that the window is from.
fn take_window_anyway(entry: u16, seg: &Segment, out: &mut Branches) {
    if !seg.flags.ack() || seg.flags.rst() {
        return;
    }
    for place in 0..out.len() {
        let Some((tcb, by)) = out.get(place) else {
            continue;
        };
        let in_range = seg.ack.at_or_after(tcb.snd.una) && seg.ack.at_or_before(tcb.snd.nxt);
        let window = tcb.offered(seg);
        // What the next segment may change depends on which this one was.
        let changes = window != tcb.snd.wnd || seg.seq.before(tcb.snd.wl1);
        if in_range && changes && !tcb.mute {
            let (mut tcb, by) = (*tcb, *by);
            tcb.take_window(window, seg);
            tcb.rtx.probing |= window == 0 && tcb.snd.una == tcb.snd.nxt;
            tcb.known |= Entries::one(entry);
            out.push(tcb, by);
        }
    }
}

/// The window stays as it was before the segment.
fn keep_window(entry: u16, before: &Tcb, out: &mut Branches) {
    for place in 0..out.len() {
        let Some((tcb, by)) = out.get(place) else {
            continue;
        };
        if tcb.snd.wnd != before.snd.wnd && !tcb.mute {
            let (mut tcb, by) = (*tcb, *by);
            tcb.snd.wnd = before.snd.wnd;
            tcb.snd.wl1 = before.snd.wl1;
            tcb.snd.wl2 = before.snd.wl2;
            tcb.snd.edge_max = before.snd.edge_max;
            tcb.rtx.since = before.rtx.since;
            tcb.rtx.probing = before.rtx.probing;
            tcb.rtx.gap = before.rtx.gap;
            tcb.known |= Entries::one(entry);
            out.push(tcb, by);
        }
    }
}
