//! What several tests share.

use crate::stack::{AckRange, Config, Profile};
use crate::time::Micros;

/// A profile that nobody looks at.
pub(crate) fn profile() -> Profile {
    Profile {
        name: "made by hand".into(),
        ack_range: AckRange::Any,
        receive_buffer: 1,
        reads_while_closing: true,
        send_buffer: 1,
        msl: Micros::secs(1),
        rto_max: Micros::secs(1),
        ack_delay: Micros::ZERO,
        nagle: false,
        challenge_quiet: Micros::ZERO,
        reset_quiet: Micros::ZERO,
        ..Profile::undeclared(&Config::default())
    }
}
