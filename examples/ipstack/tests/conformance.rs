//! tcprove's suite for ipstack, each case a test by its name.

use tcprove_ipstack::{Ipstack, KNOWN};

tcprove::conformance_tests! {
    "ipstack", Ipstack::fresh,
    known = KNOWN,
    // What opens a connection passively: more has not been looked into.
    only = &[
        "open/listener", "open/lost-ack", "open/lost-syn", "open/mss-of", "open/no-options",
        "open/options-passive", "open/second-listener", "open/three-way-passive",
    ],
    // Nothing generated, for the same reason; and no `snapshots`, because ipstack takes turns at
    // random between its tasks, and a table is one of many.
    batches = 0,
}
