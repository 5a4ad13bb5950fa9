//! One segment on its way out: options, window, the model's consent, and the packet.

use arrayvec::ArrayVec;

use super::endpoint::{Endpoint, Scratch, Shared};
use super::fault::Fault;
use super::policy::Choice;
use super::twist::{self, Departure};
use crate::model::tcb::Ahead;
use crate::model::{EventClass, State, Tcb, emits, send_pointer, settle};
use crate::stack::{Broken, Outbox, Profile};
use crate::time::Instant;
use crate::wire::{self, Endpoint as Address, Flags, OptionBytes, Options, Segment, SeqNumber};

/// What the policy wants to send.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outgoing {
    pub(super) flags: Flags,
    pub(super) seq: SeqNumber,
    /// The acknowledgment, where it is not RCV.NXT.
    pub(super) ack: Option<SeqNumber>,
    /// Octets of text.
    pub(super) text: u32,
}

impl Outgoing {
    pub(super) fn new(flags: Flags, seq: SeqNumber) -> Outgoing {
        Outgoing {
            flags,
            seq,
            ack: None,
            text: 0,
        }
    }
}

/// The window that a policy begins with that lets it grow.
const SMALL_WINDOW: u32 = 1_000;

/// The MSS that fits the link (RFC9293-MUST-67).
pub(super) fn announced_mss(profile: &Profile) -> u16 {
    profile.mtu - profile.family.header_len() as u16 - 20
}

/// Puts options into a field that has room for them.
fn put(result: Result<(), wire::OptionsFull>) {
    debug_assert!(result.is_ok());
}

impl Endpoint {
    /// The window to advertise, in octets: all that is free, rounded down by the scale.
    pub(super) fn window(&self, shared: &Shared) -> u32 {
        let shift = self.tcb.receive_shift();
        u32::from(self.window_field(self.tcb.rcv.nxt, shared)) << shift
    }

    /// The window field beside this acknowledgment.
    fn window_field(&self, ack: SeqNumber, shared: &Shared) -> u16 {
        let free = shared
            .profile
            .receive_buffer
            .saturating_sub(self.tcb.unread());
        let wanted = free.min(self.window_limit(shared)) + self.tcb.rcv.nxt.since(ack);
        (wanted >> self.tcb.receive_shift()).min(65_535) as u16
    }

    /// No more is advertised, whatever is free.
    fn window_limit(&self, shared: &Shared) -> u32 {
        let policy = shared.policy;
        match policy.has(Choice::GrowsWindow) || policy.has(Choice::TakesBeyondWindow) {
            true => SMALL_WINDOW + self.tcb.received(),
            false => u32::MAX,
        }
    }

    /// The text that one segment can carry (RFC9293-MUST-16, RFC6691-2.3).
    pub(super) fn effective_mss(&self, shared: &Shared) -> u32 {
        let announced = match self.tcb.theirs.mss {
            None | Some(0) => shared.profile.family.default_mss(),
            Some(mss) => mss.max(shared.profile.mss_floor),
        };
        let options = self.options(Flags::ACK, shared).len() as u32;
        let most = announced.min(announced_mss(&shared.profile));
        twist::effective_mss(shared.fault, &self.tcb, most.into(), options)
            .unwrap_or(u32::from(most).saturating_sub(options).max(1))
    }

    /// The options field, padded with no-operations to a multiple of four.
    fn options(&self, flags: Flags, shared: &Shared) -> OptionBytes {
        let mut field = OptionBytes::new();
        if flags.rst() {
            self.stamp_reset(shared, &mut field);
            return field;
        }
        if flags.syn() {
            self.syn_options(flags, shared, &mut field);
            return field;
        }
        let answered = self.tcb.ours.timestamps && self.tcb.theirs.timestamps;
        if self.tcb.ts.on || answered {
            self.put_timestamps(shared, &mut field);
        }
        let reports = !shared.policy.has(Choice::NeverReports);
        if self.tcb.sack_agreed() && reports {
            self.put_sack(shared, &mut field);
        }
        field
    }

    /// What a SYN offers, and a SYN,ACK answers or repeats.
    fn syn_options(&self, flags: Flags, shared: &Shared, field: &mut OptionBytes) {
        let (profile, policy) = (&shared.profile, shared.policy);
        let (ours, theirs) = (&self.tcb.ours, &self.tcb.theirs);
        let may = |offered: bool| !flags.ack() || offered;
        let scale = profile
            .window_scale
            .filter(|_| may(theirs.window_scale.is_some() || ours.window_scale.is_some()));
        let sack = profile.sack && may(theirs.sack || ours.sack);
        let timestamps = profile.timestamps && may(theirs.timestamps || ours.timestamps);
        let again = self.tcb.due.syn == Instant::NEVER;
        let fewer = policy.has(Choice::DropsSynOptions) || policy.has(Choice::HidesSynOptions);
        let plain = policy.has(Choice::PlainSyn) || (again && fewer);
        let turned = policy.has(Choice::ReordersSynOptions);
        if timestamps && turned && !plain {
            self.put_timestamps(shared, field);
        }
        put(wire::put_mss(field, announced_mss(profile)));
        if plain {
            return;
        }
        if let Some(shift) = scale {
            put(wire::put_window_scale(field, shift));
            put(if turned { Ok(()) } else { wire::put_nop(field) });
        }
        if sack {
            put(wire::put_sack_permitted(field));
        }
        while !field.len().is_multiple_of(4) {
            if turned {
                field.push(0);
            } else {
                put(wire::put_nop(field));
            }
        }
        if timestamps && !turned {
            self.put_timestamps(shared, field);
        }
    }

    fn put_timestamps(&self, shared: &Shared, field: &mut OptionBytes) {
        let value = shared.secret.timestamp(shared.now);
        put(wire::put_nop(field));
        put(wire::put_nop(field));
        put(wire::put_timestamps(field, value, self.tcb.ts.recent));
    }

    /// A reset that the user has asked for is stamped as any segment; one in answer has TSval 0, and
    /// echoes what it answers (RFC 7323 section 5.2).
    fn stamp_reset(&self, shared: &Shared, field: &mut OptionBytes) {
        let answers = matches!(self.tcb.input.class, EventClass::Segment(_));
        let stamped = self
            .stamp
            .filter(|_| answers && self.tcb.input.at == shared.now);
        if let Some(echo) = stamped.filter(|_| shared.profile.timestamps) {
            put(wire::put_nop(field));
            put(wire::put_nop(field));
            put(wire::put_timestamps(field, 0, echo));
        } else if self.tcb.ts.on {
            self.put_timestamps(shared, field);
        }
    }

    /// SACK blocks of what lies ahead of the gap, the latest first, and then what was told of last
    /// (RFC 2018 section 4).
    fn put_sack(&self, shared: &Shared, field: &mut OptionBytes) {
        let room = field.remaining_capacity().saturating_sub(4) / 8;
        let latest = |from: SeqNumber, to: SeqNumber| self.latest.within(from, to.since(from));
        let nxt = self.tcb.rcv.nxt;
        let mut held: ArrayVec<_, { Ahead::MAX }> = self.tcb.rcv.ahead.iter().collect();
        if !shared.has(Fault::SackOldestRepeated) {
            held.reverse();
        }
        let ahead = || held.iter().map(|&(from, to)| (from.later(nxt), to));
        let blocks: ArrayVec<(u32, u32), 4> = ahead()
            .filter(|&(from, to)| latest(from, to))
            .chain(ahead().filter(|&(from, to)| !latest(from, to)))
            .map(|(from, to)| (from.0, to.0))
            .take(room.min(4))
            .collect();
        if !blocks.is_empty() {
            put(wire::put_nop(field));
            put(wire::put_nop(field));
            put(wire::put_sack(field, &blocks));
        }
    }

    /// Sends one segment, with the model's consent.
    pub(super) fn emit(
        &mut self,
        what: Outgoing,
        shared: &Shared,
        scratch: &mut Scratch,
        out: &mut Outbox,
    ) -> Result<(), Broken> {
        let Some(remote) = self
            .tcb
            .due
            .reply_to
            .filter(|_| what.flags.rst())
            .or(self.tcb.remote)
        else {
            return Ok(());
        };
        let mut options = self.options(what.flags, shared);
        let mut segment = self.segment(&what, remote, &options, shared);
        scratch.text.resize(what.text as usize, 0);
        let offset = match what.flags.syn() {
            true => 0,
            false => what.seq.since(self.tcb.text_start()),
        };
        self.tx.read(offset, &mut scratch.text);

        let before = self.tcb;
        self.consent(&segment, shared, scratch)?;
        self.report_retransmission(&before, shared);
        if what.flags.ack() && !what.flags.rst() {
            self.has_read = false;
        }
        if what.flags.rst() {
            shared.reset_at.set(Some(shared.now));
        }
        self.reduced &= !segment.flags.contains(Flags::CWR) || what.flags.syn();
        let departure = match shared.fault {
            None => Departure::Once,
            Some(fault) => {
                let mut parts = twist::Parts {
                    segment: &mut segment,
                    options: &mut options,
                    text: &mut scratch.text,
                };
                twist::emission(fault, &before, &mut parts, shared)
            }
        };
        wire::build(&segment, &options, &scratch.text, &mut scratch.packet);
        match departure {
            Departure::Once => out.push(shared.now, &scratch.packet),
            Departure::Never => Ok(()),
            Departure::Twice => {
                out.push(shared.now, &scratch.packet)?;
                out.push(shared.now, &scratch.packet)
            }
            Departure::InPieces => {
                let whole = segment.clone();
                let held_back = segment.ack.since(before.rcv.acked.unwrap_or(segment.ack)) / 2;
                segment.ack = segment.ack - held_back;
                let more = (held_back >> before.receive_shift()) as u16;
                segment.window = segment.window.saturating_add(more);
                wire::build(&segment, &options, &scratch.text, &mut scratch.packet);
                out.push(shared.now, &scratch.packet)?;
                wire::build(&whole, &options, &scratch.text, &mut scratch.packet);
                out.push(shared.now, &scratch.packet)
            }
            Departure::Damaged => {
                if let Some(last) = scratch.packet.last_mut() {
                    *last ^= 1;
                }
                out.push(shared.now, &scratch.packet)
            }
        }
    }

    fn segment(
        &self,
        what: &Outgoing,
        remote: Address,
        options: &OptionBytes,
        shared: &Shared,
    ) -> Segment {
        let window = if what.flags.rst() {
            0
        } else if what.flags.syn() {
            let kept = match self.tcb.state {
                State::SynReceived => self.tcb.unread(),
                _ => 0,
            };
            let free = shared.profile.receive_buffer.saturating_sub(kept);
            free.min(self.window_limit(shared).min(65_535)) as u16
        } else {
            self.window_field(what.ack.unwrap_or(self.tcb.rcv.nxt), shared)
        };
        let (mut bits, ecn) = self.congestion_bits(what, shared);
        let urgent = self.urgent_pointer(what);
        if urgent.is_some() {
            bits |= Flags::URG;
        }
        let ack = match what.ack {
            Some(ack) => ack,
            None if what.flags.ack() => self.tcb.rcv.nxt,
            None => SeqNumber(0),
        };
        Segment {
            src: Address {
                addr: shared.profile.family.stack(),
                port: self.tcb.port,
            },
            dst: remote,
            seq: what.seq,
            ack,
            flags: what.flags | bits,
            window,
            urgent: urgent.unwrap_or(0),
            options: Options::parse(options),
            ecn,
            dscp: self.tcb.service.dscp(&shared.ctx()).unwrap_or(0),
            hops: shared.profile.ttl.unwrap_or(wire::HOP_LIMIT),
            payload_len: what.text,
        }
    }

    /// SND.UP as a distance from SEG.SEQ, while it lies ahead and not too far to be told.
    fn urgent_pointer(&self, what: &Outgoing) -> Option<u16> {
        let up = send_pointer(&self.tcb).filter(|up| up.after(what.seq))?;
        let marked = !what.flags.intersects(Flags::SYN | Flags::RST);
        marked.then(|| u16::try_from(up.since(what.seq)).ok())?
    }

    /// Steps the model over what is to be sent.
    fn consent(
        &mut self,
        segment: &Segment,
        shared: &Shared,
        scratch: &mut Scratch,
    ) -> Result<(), Broken> {
        let ctx = shared.ctx();
        scratch.branches.clear();
        let before = self.tcb;
        let stepped = emits::step(
            &before,
            segment,
            shared.shown(&scratch.text),
            &ctx,
            &mut scratch.branches,
        );
        match (stepped, shared.pick(&scratch.branches, "an emission")) {
            (Ok(()), Ok(after)) => self.tcb = after,
            (Err(fault), _) if shared.fault.is_none() => {
                return Err(Broken(
                    format!(
                        "the reference stack sends {} in {}, against {}: {}",
                        segment.flags, before.state, fault.requirement, fault.expected
                    )
                    .into(),
                ));
            }
            _ => force(&mut self.tcb, segment),
        }
        settle(&mut self.tcb, &ctx);
        Ok(())
    }
}

/// With a fault switched on the model does not consent to everything that is sent.
fn force(tcb: &mut Tcb, segment: &Segment) {
    tcb.due.reply = None;
    if segment.flags.rst() {
        return;
    }
    tcb.due.syn = Instant::NEVER;
    tcb.due.ack = Instant::NEVER;
    tcb.due.owe_soft_ack(None);
    if segment.flags.ack() {
        tcb.rcv.acked = Some(segment.ack);
    }
    if tcb.state != State::Closed && segment.end().after(tcb.snd.nxt) {
        tcb.snd.nxt = segment.end();
        if segment.flags.fin() {
            tcb.snd.fin = Some(segment.end() - 1);
        }
    }
}
