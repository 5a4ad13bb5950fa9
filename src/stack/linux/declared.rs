//! What the kernel declares about itself: what RFC 9293 leaves open, and what its buffers and timers
//! come to.

use std::borrow::Cow;

use super::{TICK, series, sockets};
use crate::stack::{AckRange, Admission, Config, CongestionControl, HardErrors, Profile, RstRule};
use crate::time::Micros;

/// What the kernel, so configured, declares about itself.
pub(super) fn declare(config: &Config) -> Profile {
    // The kernel doubles what is asked for, and keeps a part of it for its own books.
    let receive_buffer = (2 * config.receive_buffer).max(2_304);
    let space = receive_buffer / 2;
    let shift = space.ilog2().saturating_sub(15).min(14);
    Profile {
        name: Cow::Owned(format!("Linux {}", series())),
        family: config.family,
        mtu: config.mtu,
        rst: RstRule::Rfc5961,
        syn: RstRule::Rfc5961,
        ack_range: AckRange::Undeclared,
        window_scale: Some(shift as u8),
        timestamps: config.timestamps,
        paws: config.timestamps,
        predicts_headers: false,
        sack: true,
        ecn: true,
        listener_resets: true,
        uses_old: true,
        holds_out_of_order: true,
        mss_floor: 48,
        // A segment that crosses the right edge is taken whole while nothing is queued.
        receive_buffer: receive_buffer + 65_535,
        window_is_free_buffer: false,
        reads_while_closing: true,
        send_buffer: config.send_buffer,
        msl: Micros::secs(30),
        rto_initial: Micros::secs(1),
        rto_min: Micros::millis(200),
        rto_max: Micros::secs(120),
        acks_may_lag: false,
        ack_delay: Micros::millis(200),
        keep_alive: sockets::keep_alive(config),
        keep_alive_default: false,
        ttl: config.ttl,
        dscp: config.dscp,
        reports_urgent: false,
        user_timeout: sockets::user_timeout(config),
        syn_timeout: Some(Micros::secs(60)),
        fin_wait_2_timeout: None,
        orphan_timeout: None,
        nagle: config.nagle,
        congestion: match config.congestion {
            CongestionControl::None | CongestionControl::Reno => CongestionControl::Reno,
            CongestionControl::Cubic => CongestionControl::Cubic,
        },
        recovers_by_sack: true,
        challenge_quiet: Micros::ZERO,
        reset_quiet: Micros::ZERO,
        half_duplex_close: false,
        lingers_after_reset: false,
        admission: Admission::Limited,
        text_on_syn: false,
        hard_errors: HardErrors::Undeclared,
        icmp_in_flight: true,
        counts_retransmissions: false,
        slack: TICK,
    }
}
