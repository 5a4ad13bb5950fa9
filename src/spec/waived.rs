//! Requirements that are not judged, each with a reason that holds for every stack. Data only.

use super::Req;
use super::req::*;

/// Reasons, and what they are the reasons for.
const ROWS: &[(&str, &[Req])] = &[
    (
        "it leaves a choice free, and either is right",
        &[
            RFC9293_MAY_1,
            RFC9293_MAY_3,
            RFC9293_MAY_4,
            RFC9293_MAY_5,
            RFC9293_MAY_10,
            RFC9293_MAY_11,
            RFC9293_MAY_12,
            RFC9293_MAY_13,
            RFC9293_3_10_1_P03,
            RFC5961_5_2_1,
            RFC7323_2_2_1,
            RFC7323_2_4_6,
            RFC7323_4_1_2,
            RFC7323_5_2_6,
            RFC6298_5_6,
            RFC6675_6_1,
            RFC1337_3_P01,
            RFC1122_4_2_2_20_P02,
            RFC3168_6_1_1_1_1,
        ],
    ),
    (
        "the standard contradicts itself, or leaves undefined what it would take to follow it, so \
         that either is right",
        &[RFC9293_3_5_2_P04, RFC9293_3_10_7_3_1, RFC6928_2_2],
    ),
    (
        "an acknowledgment at once is never wrong, so that a stack which delays none cannot be \
         blamed",
        &[RFC9293_SHLD_18, RFC5681_4_2_1],
    ),
    (
        "it binds the applications that use a TCP, and not the TCP",
        &[RFC9293_SHLD_13, RFC9293_SHLD_23, RFC6093_6_1],
    ),
    (
        "it is about a parameter of OPEN that there is not: a local address",
        &[RFC9293_MUST_43],
    ),
    (
        "it is about a setting that there is no call for: of the limit of challenge ACKs",
        &[RFC5961_7_2],
    ),
    (
        "it is about a call, or a parameter of one, that the standard leaves to the stack, and there \
         is none here",
        &[RFC9293_MAY_14],
    ),
    (
        "source routes are obsolete: routers and hosts drop packets that have one (RFC 7126, RFC 5095)",
        &[
            RFC9293_MUST_51,
            RFC9293_MUST_52,
            RFC9293_MUST_53,
            RFC9293_SHLD_24,
        ],
    ),
    (
        "it is about what happens inside the stack, and nothing of it is seen from outside",
        &[RFC9293_3_10_7_4_P09],
    ),
    (
        "it is about the weight of single samples in an estimate, of which only the bounds show: which \
         round trips are timed, and how finely, the stack may choose",
        &[RFC7323_4_2_1, RFC6298_2_3, RFC6298_2_4, RFC6298_4_1],
    ),
    (
        "slow start may be as slow as it likes, for a segment for each acknowledgment is the most that \
         the window may grow by: where the threshold begins does not show",
        &[RFC5681_3_1_5],
    ),
    (
        "it asks for a limit and says of no number that it is too large",
        &[RFC5961_7_1],
    ),
    (
        "it takes a host that loses its memory, or an interface whose MTU changes",
        &[RFC9293_3_4_3_P01, RFC9293_SHLD_6],
    ),
    (
        "it is about a receiver that gives up what it has acknowledged with SACK, and nothing that \
         is done to a stack from outside makes it do so",
        &[RFC2018_8_2, RFC2018_8_3],
    ),
    (
        "a block that is less than what arrived may tell of what arrived twice, or of what is held: which, \
         nobody can tell who does not know what the stack has thrown away, as it may",
        &[RFC2883_4_P03],
    ),
    (
        "it asks that there be path MTU discovery, by ICMP errors or by what is lost, and not that every \
         packet has DF, which a host may clear where it has found out enough",
        &[RFC7323_5_7_1],
    ),
];

impl Req {
    /// Why it is not judged, if that is right.
    pub fn waiver(self) -> Option<&'static str> {
        let row = ROWS.iter().find(|(_, reqs)| reqs.contains(&self));
        row.map(|(reason, _)| *reason)
    }

    /// Every requirement that has a [waiver](Req::waiver), as often as it has one.
    pub fn waived() -> impl Iterator<Item = Req> {
        ROWS.iter().flat_map(|(_, reqs)| reqs.iter().copied())
    }
}
