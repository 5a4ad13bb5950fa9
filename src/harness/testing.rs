//! What several tests share.

use crate::stack::{AckRange, Admission, HardErrors, Profile, RstRule};
use crate::time::Micros;
use crate::wire::Family;

/// A profile that nobody looks at.
pub(crate) fn profile() -> Profile {
    Profile {
        name: "made by hand".into(),
        family: Family::V4,
        mtu: 1500,
        rst: RstRule::Rfc5961,
        syn: RstRule::Rfc5961,
        ack_range: AckRange::Any,
        window_scale: None,
        timestamps: false,
        paws: false,
        predicts_headers: false,
        sack: false,
        paws_tolerance: 0,
        listener_resets: false,
        uses_old: false,
        holds_out_of_order: false,
        mss_floor: 1,
        receive_buffer: 1,
        window_is_free_buffer: false,
        reads_while_closing: true,
        send_buffer: 1,
        msl: Micros::secs(1),
        rto_initial: Micros::secs(1),
        rto_min: Micros::secs(1),
        rto_max: Micros::secs(1),
        acks_may_lag: false,
        ack_delay: Micros::ZERO,
        keep_alive: None,
        user_timeout: None,
        syn_timeout: None,
        fin_wait_2_timeout: None,
        orphan_timeout: None,
        nagle: false,
        challenge_quiet: Micros::ZERO,
        reset_quiet: Micros::ZERO,
        half_duplex_close: false,
        lingers_after_reset: false,
        admission: Admission::Every,
        text_on_syn: false,
        hard_errors: HardErrors::Undeclared,
        icmp_in_flight: false,
        counts_retransmissions: false,
        slack: Micros::ZERO,
    }
}
