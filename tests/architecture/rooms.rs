//! The rooms of the source, and what each may name: of the others, of the crates that tcprove depends
//! on, and of the standard library.

/// A room and what it may name of the others: whole rooms, or single items.
pub(super) const ROOMS: [(&str, &[&str]); 28] = [
    ("time", &[]),
    ("stream", &[]),
    ("spec", &[]),
    ("wire", &["time"]),
    ("stack", &["model::State", "time", "wire"]),
    // An adapter knows packets, calls and a clock, and no RFC.
    ("stack/smoltcp", &["model::State", "time", "wire"]),
    ("stack/lwip", &["model::State", "stack", "time", "wire"]),
    ("stack/driver", &["time", "wire"]),
    // The one that lives in real time.
    ("stack/linux", &["model::State", "time", "tun", "wire"]),
    // Among the adapters the reference alone is made of the model.
    (
        "stack/reference",
        &["model", "spec", "stack", "stream", "time", "trace", "wire"],
    ),
    // Devices and namespaces: packets, and no TCP.
    ("tun", &["time"]),
    ("trace", &["stack", "time", "wire"]),
    ("scenario", &["stack", "time", "wire"]),
    ("peer", &["scenario", "stack", "stream", "time", "wire"]),
    // What came instead of what was allowed is said by both, in the words of a verdict.
    (
        "model",
        &[
            "oracle::Instead",
            "spec",
            "stack",
            "stream",
            "time",
            "trace",
            "wire",
        ],
    ),
    // No scenario, no peer and no stack but what the trace says of one.
    (
        "oracle",
        &["model", "spec", "stack", "stream", "time", "trace", "wire"],
    ),
    (
        "harness",
        &[
            "model::State",
            "oracle",
            "peer",
            "scenario",
            "spec",
            "stack",
            "stream",
            "time",
            "trace",
            "wire",
        ],
    ),
    // Whole conversations, with the reference stack as the peer.
    (
        "conversation",
        &[
            "harness",
            "model::State",
            "oracle",
            "scenario",
            "spec",
            "stack",
            "stream",
            "time",
            "trace",
            "wire",
        ],
    ),
    // Beside the report: both show what the harness has seen.
    (
        "table",
        &[
            "harness", "model", "oracle", "scenario", "spec", "stack", "stream", "time", "trace",
            "wire",
        ],
    ),
    (
        "report",
        &[
            "harness", "model", "oracle", "proof", "scenario", "spec", "stack", "time", "trace",
            "wire",
        ],
    ),
    // Beside these: it proves by seeded faults what the oracle can report.
    ("proof", &["harness", "oracle", "scenario", "spec", "stack"]),
    // The reference stack as a host among others: no scenario and no verdict.
    (
        "live",
        &[
            "model::State",
            "report::PacketCapture",
            "stack",
            "time",
            "tun",
            "wire",
        ],
    ),
    // It makes and keeps scenarios; what is held of them is a test's own matter.
    ("property", &["scenario"]),
    // Above everything but the command line.
    (
        "fuzzing",
        &[
            "harness", "oracle", "report", "scenario", "stack", "trace", "wire",
        ],
    ),
    (
        "cli",
        &[
            "conversation",
            "harness",
            "live",
            "model",
            "oracle",
            "proof",
            "report",
            "scenario",
            "spec",
            "stack",
            "table",
            "time",
            "trace",
        ],
    ),
    // For the tests of a stack's author: what the command line does, under names.
    (
        "suite",
        &[
            "cli",
            "harness",
            "model::State",
            "oracle",
            "report",
            "scenario",
            "spec",
            "stack",
            "table",
            "time",
            "trace",
        ],
    ),
    ("lib", &[]),
    ("main", &[]),
];

/// Every room: a crate that is no more than a container.
pub(super) const ANYWHERE: &[&str] = &[];

/// Where the crates that tcprove depends on may be named.
pub(super) const CRATES: [(&str, &[&str]); 15] = [
    ("arbitrary", &["fuzzing"]),
    ("arrayvec", ANYWHERE),
    ("clap", &["cli"]),
    ("etherparse", &["wire"]),
    ("insta", &["suite"]),
    ("libtest_mimic", &["suite"]),
    ("minijinja", &["report"]),
    ("pcap_parser", &["report"]),
    ("libc", &["tun"]),
    ("proptest", &["property"]),
    ("rustix", &["cli", "live", "stack/linux", "tun"]),
    ("serde", &["oracle", "report"]),
    ("serde_json", &["report", "table"]),
    ("smoltcp", &["stack/smoltcp"]),
    ("toml", &["oracle"]),
];

/// Parts of the standard library that make a run depend on more than its arguments, and which
/// files may name them.
pub(super) const IMPURE: [(&str, &[&str]); 8] = [
    // Where the device is that the kernel is reached by.
    ("std::env", &["cli/", "tun/device.rs"]),
    (
        "std::fs",
        &[
            "cli/",
            "live/",
            "property/regressions.rs",
            "stack/linux/",
            "tun/",
        ],
    ),
    ("std::net::Tcp", &[]),
    ("std::net::Udp", &[]),
    // A driver is another process, and may hang.
    (
        "std::process",
        &["cli/", "main.rs", "stack/driver/", "suite/"],
    ),
    // A fuzzer's counters are written and never read.
    (
        "std::sync::atomic",
        &[
            "conversation/check.rs",
            "harness/check.rs",
            "stack/lwip/",
            "suite/",
            "tun/",
        ],
    ),
    (
        "std::thread",
        &[
            "cli/",
            "conversation/check.rs",
            "harness/check.rs",
            "stack/driver/",
            "stack/linux/",
        ],
    ),
    (
        "std::time",
        &[
            "cli/",
            "conversation/check.rs",
            "harness/check.rs",
            "live/",
            "stack/driver/",
            "stack/linux/",
        ],
    ),
];
