//! The options of the peer's segments: those of an ordinary endpoint, and those spelled out.

use super::connection::Connection;
use crate::scenario::{OptionStep, Random, Source};
use crate::time::Instant;
use crate::wire::{
    Family, Flags, OptionBytes, put_eol, put_mss, put_nop, put_raw, put_sack, put_sack_permitted,
    put_timestamps, put_window_scale,
};

/// Where the peer's timestamp clock begins: often such that it wraps, or changes its sign, soon.
const CLOCKS: [u32; 4] = [0, 1, 0xffff_fc00, 0x7fff_fc00];

/// What the peer is in one run, as far as options go.
#[derive(Clone, Copy, Default)]
pub(super) struct Habits {
    /// What it offers beside its MSS: all that a modern endpoint does, or nothing.
    modern: bool,
    shift: u8,
    clock: u32,
}

impl Habits {
    /// The habits that belong to a seed.
    pub(super) fn of(seed: u64) -> Habits {
        let mut random = Random::new(seed, u64::MAX);
        Habits {
            modern: random.once_in(2),
            shift: random.one(&[0, 1, 7, 14]),
            clock: match random.once_in(2) {
                true => random.one(&CLOCKS),
                false => random.bits() as u32,
            },
        }
    }

    /// The peer's timestamp clock, one tick a millisecond.
    fn tsval(self, now: Instant) -> u32 {
        self.clock.wrapping_add((now.0 / 1_000) as u32)
    }

    /// What an ordinary endpoint puts on a segment with these flags.
    pub(super) fn ordinary(
        self,
        connection: &Connection,
        flags: Flags,
        mss: u16,
        now: Instant,
    ) -> OptionBytes {
        let mut field = OptionBytes::new();
        // Everything here is known to fit, so nothing that is said about fitting matters.
        if !flags.syn() {
            if connection.timestamps() {
                let echo = if flags.ack() { connection.ts_recent } else { 0 };
                let _ = put_nop(&mut field);
                let _ = put_nop(&mut field);
                let _ = put_timestamps(&mut field, self.tsval(now), echo);
            }
            return field;
        }
        let _ = put_mss(&mut field, mss);
        let asked = connection.stack_syn;
        let answers = flags.ack();
        if self.modern && (!answers || asked.sack) {
            let _ = put_sack_permitted(&mut field);
        }
        if self.modern && (!answers || asked.timestamps) {
            let echo = if answers { connection.ts_recent } else { 0 };
            let _ = put_timestamps(&mut field, self.tsval(now), echo);
        }
        if self.modern && (!answers || asked.window_scale.is_some()) {
            let _ = put_nop(&mut field);
            let _ = put_window_scale(&mut field, self.shift);
        }
        field
    }

    /// The options of a list, without those for which there is no room.
    pub(super) fn spelled(
        self,
        connection: &Connection,
        list: &[OptionStep],
        now: Instant,
    ) -> OptionBytes {
        let mut field = OptionBytes::new();
        for option in list {
            // What does not fit is left out, as the notation says.
            let _ = match option {
                OptionStep::Mss(mss) => put_mss(&mut field, *mss),
                OptionStep::WindowScale(shift) => put_window_scale(&mut field, *shift),
                OptionStep::SackPermitted => put_sack_permitted(&mut field),
                OptionStep::Timestamps(value, echo) => {
                    let value = self.tsval(now).wrapping_add(*value as u32);
                    let echo = connection.ts_recent.wrapping_add(*echo as u32);
                    put_timestamps(&mut field, value, echo)
                }
                OptionStep::Sack(left, right) => {
                    let block = (connection.resolve(*left).0, connection.resolve(*right).0);
                    put_sack(&mut field, &[block])
                }
                OptionStep::Nop => put_nop(&mut field),
                OptionStep::Eol => put_eol(&mut field),
                OptionStep::Raw(octets) => put_raw(&mut field, octets),
            };
        }
        field
    }
}

/// The MSS that the peer announces: what its link lets through.
pub(super) fn link_mss(family: Family, mtu: u16) -> u16 {
    mtu.saturating_sub(family.header_len() as u16 + 20)
}
