//! What is sent, as far as the tables tell one segment from another: its kind, the numbers of a
//! reset, that a number is an old one, the options of a SYN,ACK.

use std::fmt;

use super::events::{Event, Timeout};
use crate::model::tcb::{Branches, Reply, Tcb};
use crate::model::{Context, emits};
use crate::oracle::Instead;
use crate::spec::Req;
use crate::trace::{Trace, What};
use crate::wire::{Endpoint, Flags, Options, Segment, SeqNumber};

/// One segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sent {
    /// Its kind.
    pub kind: Instead,
    /// What tells it from others of its kind.
    pub detail: Detail,
}

/// What tells a segment from others of its kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// Nothing that matters here.
    Plain,
    /// The SEQ of a reset, and whether it has ACK.
    Reset(ResetSeq, bool),
    /// SEQ=SND.NXT-1, which asks for an answer: a keep-alive, or a probe of a closed window.
    Old,
    /// The options of a SYN,ACK.
    Options(Carried),
}

/// Where the SEQ of a reset comes from (RFC 9293 sections 3.5.2 and 3.10.5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResetSeq {
    /// SEG.ACK of a segment with ACK.
    SegAck,
    /// Zero, because the segment has no ACK; the reset has it, ACK=SEG.SEQ+SEG.LEN.
    Zero,
    /// SND.NXT: no segment is answered.
    SndNxt,
    /// None of these.
    Other,
}

/// Which options a SYN,ACK carries, or may carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Carried {
    /// Maximum segment size.
    pub mss: bool,
    /// Window scale.
    pub window_scale: bool,
    /// SACK permitted.
    pub sack: bool,
    /// Timestamps.
    pub timestamps: bool,
}

impl Sent {
    /// A segment of which no more than its kind matters.
    pub(super) const fn plain(kind: Instead) -> Sent {
        Sent {
            kind,
            detail: Detail::Plain,
        }
    }

    /// The reset that the model has in mind: in answer to a segment, or of its own accord.
    pub(super) fn reset(reply: &Reply, answers: bool) -> Sent {
        let (seq, ack) = match reply.rst_ack {
            None => (ResetSeq::SegAck, false),
            Some(_) if answers && reply.rst_seq == SeqNumber(0) => (ResetSeq::Zero, true),
            Some(_) => (ResetSeq::SndNxt, false),
        };
        Sent {
            kind: Instead::Rst,
            detail: Detail::Reset(seq, ack),
        }
    }

    /// Whether this segment, which was seen, is of that form. A reset may have ACK without need;
    /// of the options each may be missing.
    pub(super) fn is(self, form: Sent) -> bool {
        self.kind == form.kind
            && match (self.detail, form.detail) {
                (Detail::Reset(seq, _), Detail::Reset(permitted, _)) => seq == permitted,
                (Detail::Options(seen), Detail::Options(permitted)) => seen.within(permitted),
                (Detail::Plain | Detail::Reset(..) | Detail::Old | Detail::Options(_), _) => {
                    self.detail == form.detail
                }
            }
    }
}

impl Carried {
    fn of(options: &Options) -> Carried {
        Carried {
            mss: options.mss.is_some(),
            window_scale: options.window_scale.is_some(),
            sack: options.sack_permitted,
            timestamps: options.timestamps.is_some(),
        }
    }

    fn within(self, permitted: Carried) -> bool {
        let Carried {
            mss,
            window_scale,
            sack,
            timestamps,
        } = self;
        (!mss || permitted.mss)
            && (!window_scale || permitted.window_scale)
            && (!sack || permitted.sack)
            && (!timestamps || permitted.timestamps)
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        let all = [
            (self.mss, "mss"),
            (self.window_scale, "wscale"),
            (self.sack, "sackok"),
            (self.timestamps, "ts"),
        ];
        all.into_iter()
            .filter(|(has, _)| *has)
            .map(|(_, name)| name)
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.detail {
            Detail::Plain => write!(f, "{}", self.kind),
            Detail::Reset(seq, ack) => {
                let flags = if ack { "RST,ACK" } else { "RST" };
                match seq {
                    ResetSeq::SegAck => write!(f, "{flags} SEQ=SEG.ACK"),
                    ResetSeq::Zero => write!(f, "{flags} SEQ=0"),
                    ResetSeq::SndNxt => write!(f, "{flags} SEQ=SND.NXT"),
                    ResetSeq::Other => write!(f, "{flags} SEQ=?"),
                }
            }
            Detail::Old => write!(f, "{} SEQ=SND.NXT-1", self.kind),
            Detail::Options(carried) => {
                let names: Vec<&str> = carried.names().collect();
                write!(f, "{} <{}>", self.kind, names.join(", "))
            }
        }
    }
}

/// What was sent in a step, and of `awaited` kinds after it; on a timeout each form once.
pub(super) fn sent(trace: &Trace, step: u32, event: Event, awaited: &[Instead]) -> Vec<Sent> {
    let once = matches!(event, Event::Timeout(_));
    let mut sent = Vec::new();
    let mut arrived = None;
    let mut next = None;
    for seen in &trace.events {
        let found = match &seen.what {
            What::Arrival { segment, .. } if seen.step == step => {
                arrived = segment.as_ref();
                continue;
            }
            What::Emission {
                segment: Some(segment),
                ..
            } => {
                let found = told(segment, event, arrived, next);
                if !segment.flags.rst() {
                    next = Some(next.map_or(segment.end(), |next| segment.end().later(next)));
                }
                found
            }
            What::Emission { segment: None, .. } => Sent::plain(Instead::Other),
            What::Arrival { .. }
            | What::Icmp { .. }
            | What::Call { .. }
            | What::Quiet
            | What::Broken(_) => continue,
        };
        let late = seen.step > step && !awaited.contains(&found.kind);
        let again = once && sent.contains(&found);
        if seen.step >= step && !late && !again {
            sent.push(found);
        }
    }
    sent
}

/// What there is to tell of a segment: `next` is SND.NXT before it, as the wire has shown it.
fn told(
    segment: &Segment,
    event: Event,
    arrived: Option<&Segment>,
    next: Option<SeqNumber>,
) -> Sent {
    let kind = emits::kind(segment);
    let old = next.is_some_and(|next| segment.seq == next - 1);
    let detail = match (kind, event) {
        (Instead::Rst, _) => {
            Detail::Reset(seq_of_reset(segment, arrived, next), segment.flags.ack())
        }
        (Instead::Ack, Event::Timeout(_)) | (Instead::Text, Event::Timeout(Timeout::KeepAlive))
            if old =>
        {
            Detail::Old
        }
        (Instead::SynAck, Event::Options(_)) => Detail::Options(Carried::of(&segment.options)),
        _ => Detail::Plain,
    };
    Sent { kind, detail }
}

fn seq_of_reset(reset: &Segment, arrived: Option<&Segment>, next: Option<SeqNumber>) -> ResetSeq {
    match arrived {
        Some(seg) if seg.flags.ack() && reset.seq == seg.ack => ResetSeq::SegAck,
        Some(seg) if !seg.flags.ack() && reset.seq == SeqNumber(0) => ResetSeq::Zero,
        Some(_) | None if next == Some(reset.seq) => ResetSeq::SndNxt,
        Some(_) | None => ResetSeq::Other,
    }
}

/// Whether the model lets an empty segment with SEQ=SND.NXT-1 pass that asks for an answer, by
/// which requirement, and what it is then: it is shown one.
pub(super) fn old_number(tcb: &Tcb, ctx: &Context) -> Option<(Tcb, Req)> {
    // With something in flight it is no such number.
    if tcb.snd.una != tcb.snd.nxt {
        return None;
    }
    let window = tcb.rcv.edge.since(tcb.rcv.nxt) >> tcb.receive_shift();
    let seq = tcb.snd.nxt - 1;
    shown(tcb, seq, Flags::ACK, window, Options::default(), ctx)
}

/// Which options the model lets a SYN,ACK carry: it is shown one with each.
pub(super) fn may_carry(tcb: &Tcb, ctx: &Context) -> Carried {
    let window = ctx.profile.receive_buffer.min(65_535);
    let passes = |options: Options| {
        let seq = tcb.snd.iss.unwrap_or_default();
        shown(tcb, seq, Flags::SYN | Flags::ACK, window, options, ctx).is_some()
    };
    let none = Options::default;
    Carried {
        mss: passes(Options {
            mss: Some(ctx.profile.family.default_mss()),
            ..none()
        }),
        window_scale: passes(Options {
            window_scale: Some(0),
            ..none()
        }),
        sack: passes(Options {
            sack_permitted: true,
            ..none()
        }),
        timestamps: ctx.profile.timestamps
            && passes(Options {
                timestamps: Some((0, tcb.ts.recent)),
                ..none()
            }),
    }
}

/// What the first explanation of a segment is that the model lets pass, and by which requirement.
fn shown(
    tcb: &Tcb,
    seq: SeqNumber,
    flags: Flags,
    window: u32,
    options: Options,
    ctx: &Context,
) -> Option<(Tcb, Req)> {
    let segment = Segment {
        src: Endpoint {
            addr: ctx.profile.family.stack(),
            port: tcb.port,
        },
        dst: tcb.remote?,
        seq,
        ack: tcb.rcv.nxt,
        flags,
        window: window.min(65_535) as u16,
        urgent: 0,
        options,
        ecn: Default::default(),
        dscp: 0,
        hops: crate::wire::HOP_LIMIT,
        payload_len: 0,
    };
    let mut out = Branches::default();
    emits::step(tcb, &segment, &[], ctx, &mut out).ok()?;
    out.iter().next().map(|(after, by)| (*after, *by))
}
