//! What lwIP declares about itself; each figure as its source has it.

use super::Variant;
use super::library::Figures;
use crate::stack::{AckRange, Admission, Config, CongestionControl, HardErrors, Profile, RstRule};
use crate::time::Micros;

/// `TCP_TMR_INTERVAL`: what is delayed waits for a tick of this timer.
const FAST_TICK: Micros = Micros::millis(250);

/// What lwIP, so configured, declares about itself.
pub(super) fn declare(variant: Variant, config: &Config, figures: Figures) -> Profile {
    let full = variant == Variant::Full;
    Profile {
        name: match variant {
            Variant::Usual => concat!("lwIP ", env!("LWIP_VERSION")).into(),
            Variant::Full => concat!("lwIP ", env!("LWIP_VERSION"), ", everything on").into(),
        },
        family: config.family,
        mtu: config.mtu,
        rst: RstRule::Rfc5961,
        syn: RstRule::Rfc5961,
        ack_range: AckRange::Any,
        window_scale: full.then_some(2),
        timestamps: full,
        paws: false,
        predicts_headers: false,
        sack: full,
        ecn: false,
        listener_resets: false,
        uses_old: false,
        holds_out_of_order: true,
        mss_floor: 1,
        receive_buffer: figures.window,
        window_is_free_buffer: false,
        reads_while_closing: true,
        send_buffer: figures.send_buffer,
        msl: Micros::millis(figures.msl_ms.into()),
        // LWIP_TCP_RTO_TIME, of which the first tick may come at once.
        rto_initial: Micros::secs(3),
        rto_min: Micros::secs(1),
        // 128 times what it was at first; a round trip of some seconds is the most that is tried.
        rto_max: Micros::secs(1_800),
        acks_may_lag: false,
        ack_delay: FAST_TICK,
        keep_alive: None,
        keep_alive_default: false,
        ttl: config.ttl,
        dscp: config.dscp,
        reports_urgent: false,
        // Twelve probes of a closed window take longer, and so do twelve retransmissions; LAST-ACK
        // lasts for 2 MSL.
        user_timeout: Some(Micros::millis(2 * u64::from(figures.msl_ms))),
        // Six retransmissions of a SYN; a SYN,ACK has twenty seconds.
        syn_timeout: Some(Micros::secs(18)),
        fin_wait_2_timeout: None,
        orphan_timeout: None,
        nagle: config.nagle,
        congestion: CongestionControl::Reno,
        recovers_by_sack: false,
        challenge_quiet: Micros::ZERO,
        reset_quiet: Micros::ZERO,
        half_duplex_close: false,
        lingers_after_reset: false,
        admission: Admission::Every,
        text_on_syn: false,
        hard_errors: HardErrors::Ignored,
        icmp_in_flight: false,
        counts_retransmissions: true,
        slack: Micros::ZERO,
    }
}
