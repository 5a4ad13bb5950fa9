//! What a stack declares to have, as far as whole families of requirements are about it.

use crate::spec::Req;
use crate::spec::req::*;
use crate::stack::{AckRange, Config, CongestionControl, Profile, RstRule};

/// Something that a stack may do without.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Feature {
    Timestamps,
    WindowScale,
    Sack,
    SackRecovery,
    KeepAlive,
    AckRange,
    HalfDuplex,
    CongestionControl,
    Ecn,
    StrictResets,
    StrictSyns,
    KeepAliveByDefault,
    Ttl,
    Dscp,
}

/// Requirements that are about a feature, by the beginnings of their ids.
const FAMILIES: [(Feature, &[&str]); 14] = [
    (
        Feature::StrictResets,
        &[
            "RFC9293-3.10.7.4-2",
            "RFC9293-3.10.7.4-3",
            "RFC5961-3.2-4",
            "RFC5961-3.2-5",
        ],
    ),
    (
        Feature::StrictSyns,
        &["RFC9293-3.10.7.4-4", "RFC9293-3.10.7.4-5", "RFC5961-4.2"],
    ),
    (
        Feature::Timestamps,
        &[
            "RFC7323-3.2",
            "RFC7323-4",
            "RFC7323-5",
            "RFC7323-A",
            "RFC6191-2-1",
            "RFC6191-2-2",
            "RFC6191-2-4",
            "RFC9293-SHLD-4",
        ],
    ),
    (Feature::WindowScale, &["RFC7323-2"]),
    (Feature::Sack, &["RFC2018", "RFC2883"]),
    (
        Feature::SackRecovery,
        &["RFC6675", "RFC3042-2-2", "RFC5681-3.2-5"],
    ),
    (
        Feature::KeepAlive,
        &[
            "RFC9293-MUST-24",
            "RFC9293-MUST-26",
            "RFC9293-MUST-27",
            "RFC9293-MUST-29",
            "RFC9293-SHLD-12",
            "RFC9293-MAY-6",
        ],
    ),
    (
        Feature::AckRange,
        &[
            "RFC9293-MAY-12",
            "RFC9293-3.10.7.4-6",
            "RFC9293-3.10.7.4-7",
            "RFC5961-5.2",
        ],
    ),
    (Feature::HalfDuplex, &["RFC9293-SHLD-3", "RFC9293-MAY-1"]),
    (
        Feature::CongestionControl,
        &[
            "RFC5681-2-1",
            "RFC5681-3-1",
            "RFC5681-3.1",
            "RFC6928",
            "RFC9293-MAY-18",
        ],
    ),
    (Feature::Ecn, &["RFC3168", "RFC9293-SHLD-8"]),
    (Feature::KeepAliveByDefault, &["RFC9293-MUST-28"]),
    (Feature::Ttl, &["RFC9293-MUST-49"]),
    (
        Feature::Dscp,
        &[
            "RFC9293-MUST-48",
            "RFC9293-SHLD-21",
            "RFC9293-SHLD-22",
            "RFC9293-MAY-9",
        ],
    ),
];

/// What binds a stack that does without the feature as well.
const ALL_THE_SAME: &[Req] = &[
    RFC7323_2_2_4,
    RFC7323_2_2_5,
    RFC7323_3_2_4,
    RFC7323_3_2_9,
    RFC2018_2_1,
    RFC2018_4_1,
    RFC3168_6_1_1_1,
    RFC3168_6_1_1_2,
    RFC3168_6_1_1_3,
    RFC3168_6_1_1_7,
    RFC3168_6_1_1_8,
    RFC3168_6_1_1_9,
];

/// What a stack has declared to have, as it was configured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Offers(u16);

impl Offers {
    /// Adds what a profile declares.
    pub(super) fn see(&mut self, profile: &Profile, config: &Config) {
        let has = [
            (Feature::Timestamps, profile.timestamps),
            (Feature::WindowScale, profile.window_scale.is_some()),
            (Feature::Sack, profile.sack),
            (Feature::SackRecovery, profile.recovers_by_sack),
            (Feature::Ecn, profile.ecn),
            (Feature::StrictResets, profile.rst == RstRule::Rfc5961),
            (Feature::StrictSyns, profile.syn == RstRule::Rfc5961),
            (Feature::KeepAlive, profile.keep_alive.is_some()),
            (Feature::AckRange, profile.ack_range == AckRange::Checked),
            (Feature::HalfDuplex, profile.half_duplex_close),
            (Feature::KeepAliveByDefault, profile.keep_alive_default),
            (Feature::Ttl, profile.ttl.is_some()),
            (Feature::Dscp, profile.dscp.is_some()),
            (
                Feature::CongestionControl,
                config.congestion != CongestionControl::None,
            ),
        ];
        for (feature, has) in has {
            self.0 |= u16::from(has) << feature as u16;
        }
    }

    /// What either has.
    pub(super) fn and(self, other: Offers) -> Offers {
        Offers(self.0 | other.0)
    }

    /// Whether a requirement is about nothing that is missing.
    pub(super) fn meet(self, requirement: Req) -> bool {
        let missing = |feature: Feature| self.0 >> feature as u16 & 1 == 0;
        let about = |prefixes: &[&str]| {
            prefixes.iter().any(|prefix| {
                let mut all = Req::with_prefix(prefix);
                all.any(|found| found == requirement)
            })
        };
        ALL_THE_SAME.contains(&requirement)
            || FAMILIES
                .iter()
                .all(|(feature, prefixes)| !(missing(*feature) && about(prefixes)))
    }
}
