//! The one place that holds the values and weights from which scenarios are made.
//!
//! Steps stand here in their own notation, each with its weight, and are varied afterwards: a
//! number is replaced by one from the tables of boundary values. The generator, a strategy for
//! proptest, `Arbitrary` and a mutator all draw from here, by way of `generate.rs`.

use crate::stack::{CongestionControl, KeepAlive};
use crate::time::Micros;
use crate::wire::{Ecn, Flags};

use super::SeqBase;

// What is asked of the stack. The usual value is no part of these tables.

/// Octets of buffer: around the least MSS, Ethernet's MSS, and 64 KiB, where scaling begins.
pub(super) const BUFFERS: &[u32] = &[
    1, 2, 63, 64, 536, 1_000, 1_460, 65_535, 65_536, 131_072, 262_144,
];
/// MTUs that IPv4 and IPv6 both allow; IPv4 has 576 besides.
pub(super) const MTUS: &[u16] = &[1_280, 1_499, 9_000, 65_535];
/// The least MTU of IPv4.
pub(super) const LEAST_MTU_V4: u16 = 576;
/// Delays of ACKs.
pub(super) const ACK_DELAYS: &[Micros] = &[Micros::ZERO, Micros::millis(200)];
/// Keep-alive intervals.
pub(super) const KEEP_ALIVES: &[KeepAlive] = &[
    KeepAlive::Every(Micros::millis(500)),
    KeepAlive::Every(Micros::secs(10)),
    KeepAlive::ByDefault,
];
/// Time to live, and how seldom another is asked for than the stack has anyway.
pub(super) const TTL: (u32, u8) = (32, 5);
/// Differentiated services codepoint, and how seldom one is asked for.
pub(super) const DSCP: (u32, u8) = (32, 10);
/// User timeouts.
pub(super) const USER_TIMEOUTS: &[Micros] =
    &[Micros::millis(500), Micros::secs(5), Micros::secs(100)];
/// Congestion control.
pub(super) const CONGESTIONS: &[CongestionControl] =
    &[CongestionControl::Reno, CongestionControl::Cubic];
/// Each setting differs from the usual once in so many scenarios: version of IP, MTU, receive
/// buffer, send buffer, timestamps, Nagle, ACK delay, keep-alive, user timeout, congestion
/// control, first sequence number of the peer. Most scenarios are usual, so that the few
/// combinations that make nothing possible do not drown the rest.
pub(super) const ODDS: [u32; 11] = [4, 10, 3, 5, 4, 5, 4, 12, 12, 8, 8];
/// First sequence numbers of the peer.
pub(super) const ISNS: &[u32] = &[
    0,
    1,
    0x7fff_fff0,
    0x8000_0000,
    0xffff_f000,
    0xffff_fffe,
    0xffff_ffff,
];

// Beginnings. `OPEN` stands for one of OPENINGS.

/// Ways to open a connection on the usual four-tuple.
#[rustfmt::skip]
pub(super) const OPENINGS: &[(u32, &str)] = &[
    (12, "A: listen; peer handshake"),
    (8, "A: connect; peer handshake"),
    (3, "A: connect; < SYN; peer handshake"),
    (1, "A: connect; < SYN; < SYN,ACK seq IRS; < ACK"),
    (2, "A: listen; < SYN; < ACK"),
    (1, "A: listen from 0; peer handshake"),
    (1, "A: listen; < SYN <>; < ACK <>"),
    (1, "A: listen; < SYN <mss 536>; < PSH,ACK len 100"),
    (2, "A: listen; < SYN <mss 1460, wscale 2, sackok, ts 0 0>; < ACK"),
    (1, "A: listen; < SYN len 10; peer handshake"),
    (2, "A: listen; peer window 1000; peer handshake"),
    (1, "A: connect; < SYN,ACK win 100; wait 1ms"),
    (1, "A: connect; < SYN,ACK win 0 <mss 100>"),
    (1, "A: connect; wait timer; peer handshake"),
    (1, "A: listen; < SYN; wait timer; peer handshake"),
    (1, "B: listen port 0; A: listen; peer handshake"),
    (2, "A: listen; < SYN,ECE,CWR; < ACK"),
    (1, "A: connect; < SYN,ACK,ECE"),
];

/// For each state its weight, and the ways to get there, each as likely as the others.
#[rustfmt::skip]
pub(super) const STATES: [(u32, &str, &[&str]); 11] = [
    (2, "CLOSED", &[
        "A: close", "OPEN; A: abort", "A: listen; A: close", "OPEN; < RST seq RCV.NXT",
        "A: connect; A: close", "OPEN; peer fin; A: close; peer ack",
    ]),
    (2, "LISTEN", &[
        "A: listen", "A: listen; < SYN; < RST seq RCV.NXT",
    ]),
    (2, "SYN-SENT", &[
        "A: connect", "A: connect; wait timer", "A: connect; A: send 100",
    ]),
    (3, "SYN-RECEIVED", &[
        "A: listen; < SYN", "A: listen; < SYN <mss 1460, wscale 7, sackok, ts 0 0>",
        "A: connect; < SYN", "A: listen; < SYN; wait timer", "A: listen; < SYN; A: send 10",
    ]),
    (10, "ESTABLISHED", &[
        "OPEN", "OPEN; A: send 1000; peer ack; peer data 1000", "OPEN; A: send 100",
    ]),
    (3, "FIN-WAIT-1", &[
        "OPEN; A: close", "OPEN; A: send 1000; A: close", "A: listen; < SYN; A: close; < ACK",
        "OPEN; peer window 0; A: send 10; A: close",
    ]),
    (3, "FIN-WAIT-2", &[
        "OPEN; A: close; peer ack", "OPEN; A: send 100; A: close; peer ack; peer ack",
    ]),
    (3, "CLOSE-WAIT", &[
        "OPEN; peer fin", "OPEN; peer data 100; peer fin", "OPEN; < FIN,PSH,ACK len 100",
    ]),
    (2, "CLOSING", &[
        "OPEN; A: close; < FIN,ACK ack SND.UNA", "OPEN; peer lose 1; A: close; peer fin",
        "OPEN; A: send 10; A: close; < FIN,ACK ack SND.UNA",
    ]),
    (2, "LAST-ACK", &[
        "OPEN; peer fin; A: close", "OPEN; peer fin; A: send 100; A: close",
    ]),
    (2, "TIME-WAIT", &[
        "OPEN; A: close; peer fin", "OPEN; A: close; peer ack; peer fin",
        "OPEN; A: close; < FIN,ACK ack SND.UNA; peer ack",
    ]),
];

// Single steps.

/// Steps that stand alone. They are varied after they are drawn.
pub(super) const STEPS: &[(u32, &str)] = &[
    // Text: in order, behind a hole, old, overlapping, across the right edge and beyond it.
    (10, "< PSH,ACK len 100"),
    (5, "< PSH,ACK seq NEXT+10 len 10"),
    (3, "< PSH,ACK seq RCV.NXT-10 len 10"),
    (3, "< PSH,ACK seq RCV.NXT-10 len 20"),
    (3, "< PSH,ACK seq RCV.NXT-1 len 1"),
    (3, "< PSH,ACK seq RCV.EDGE-10 len 20"),
    (2, "< PSH,ACK seq RCV.EDGE len 10"),
    (2, "< PSH,ACK seq RCV.MAX-1 len 1"),
    (2, "< PSH,ACK ack SND.UNA-1 len 10"),
    (2, "< PSH,ACK ack SND.OLD-1 len 10"),
    (2, "< PSH,ACK ack SND.NXT+1 len 10"),
    (2, "< PSH len 10"),
    // Acknowledgments, duplicates and window updates.
    (5, "< ACK"),
    (3, "< ACK ack SND.UNA"),
    (3, "< ACK ack SND.NXT+1"),
    (3, "< ACK ack SND.UNA-1"),
    (2, "< ACK ack SND.OLD-1"),
    (2, "< ACK ack SND.UNA+1"),
    (2, "< ACK win 0"),
    (2, "< ACK win 1"),
    (2, "< ACK seq RCV.NXT-1 win 100"),
    (2, "< ACK seq RCV.EDGE"),
    (2, "< ACK seq RCV.EDGE+1"),
    // FIN: in order, behind a hole, across the edge, with text, with old text, without ACK.
    (4, "< FIN,ACK"),
    (3, "< FIN,ACK seq NEXT+10"),
    (3, "< FIN,PSH,ACK len 10"),
    (3, "< FIN,PSH,ACK seq RCV.EDGE-10 len 10"),
    (2, "< FIN,PSH,ACK seq RCV.EDGE-10 len 9"),
    (2, "< FIN,ACK seq RCV.NXT-1"),
    (2, "< FIN,ACK ack SND.UNA"),
    (2, "< FIN,ACK ack SND.NXT+1"),
    (1, "< FIN"),
    // RST at each edge.
    (5, "< RST seq RCV.NXT"),
    (3, "< RST,ACK seq RCV.NXT"),
    (3, "< RST seq RCV.NXT+1"),
    (3, "< RST seq RCV.NXT-1"),
    (3, "< RST seq RCV.EDGE-1"),
    (2, "< RST seq RCV.EDGE"),
    (1, "< RST seq RCV.MAX"),
    (2, "< RST,ACK seq 0"),
    (1, "< RST,ACK seq 0 ack SND.NXT+1"),
    (1, "< RST seq RCV.NXT len 10"),
    (1, "< RST,ACK seq RCV.NXT ack SND.OLD-1"),
    // SYN in every state.
    (4, "< SYN"),
    (3, "< SYN seq RCV.NXT"),
    (3, "< SYN seq IRS"),
    (2, "< SYN seq RCV.EDGE"),
    (1, "< SYN seq RCV.NXT-1"),
    (2, "< SYN,ACK"),
    (2, "< SYN,ACK seq IRS"),
    (2, "< SYN,ACK ack SND.NXT+1"),
    (2, "< SYN,ACK ack ISS"),
    (1, "< SYN,FIN"),
    (1, "< SYN,RST"),
    (1, "< SYN len 100"),
    (1, "< SYN,ECE,CWR"),
    (1, "< SYN,ACK,ECE"),
    (1, "< SYN,ACK len 10"),
    // Congestion, and what tells of it.
    (2, "< PSH,ACK len 100 ce"),
    (1, "< PSH,ACK,CWR len 100 ect0"),
    (1, "< ACK,ECE"),
    (1, "< PSH,ACK seq RCV.EDGE len 10 ce"),
    // Urgent, and bits that mean nothing.
    (2, "< PSH,ACK,URG len 10 urg 5"),
    (1, "< ACK,URG urg 1"),
    (1, "< FIN,PSH,URG"),
    (1, "< none"),
    (1, "< ACK,AE,R1,R2,R3"),
    // To nobody, or to the second four-tuple.
    (2, "< ACK port 3 from 3 seq 100 ack 200"),
    (1, "< SYN port 3"),
    (1, "< SYN from 1"),
    (1, "< PSH,ACK len 10 from 1"),
    (1, "< SYN src broadcast"),
    (1, "< SYN dst multicast"),
    // Errors that the network reports.
    (1, "< icmp host-unreachable"),
    (1, "< icmp port-unreachable"),
    (1, "< icmp port-unreachable seq SND.NXT"),
    (1, "< icmp too-big"),
    (1, "A: reports"),
    // Calls.
    (12, "A: send 100"),
    (1, "A: send 10 urgent"),
    (1, "A: send 10 push"),
    (1, "A: urgent"),
    (12, "A: recv"),
    (4, "A: recv 10"),
    (8, "A: close"),
    (4, "A: abort"),
    (3, "A: status"),
    (1, "A: dscp 46"),
    (1, "A: dscp"),
    (4, "A: listen"),
    (3, "A: connect"),
    (1, "B: listen port 0"),
    (2, "B: connect"),
    (1, "B: send 100"),
    (1, "B: recv"),
    (1, "B: close"),
    (1, "C: listen port 0 from 1"),
    // Time.
    (8, "wait timer"),
    (14, "wait 1ms"),
    // The peer.
    (6, "peer handshake"),
    (8, "peer ack"),
    (4, "peer ack 10"),
    (8, "peer data 100"),
    (4, "peer resend"),
    (6, "peer fin"),
    (3, "peer window 0"),
    (3, "peer window 65535"),
    (3, "peer lose 1"),
    (1, "peer drop"),
    (1, "peer swap"),
    (1, "peer twice"),
    (2, "peer crash"),
    (2, "peer handshake from 1"),
    (1, "peer data 10 from 1"),
];

// Several steps that only together mean something.

/// Short courses of events. Their numbers are varied less often than those of single steps.
#[rustfmt::skip]
pub(super) const COURSES: &[(u32, &str)] = &[
    // Text is lost, retransmitted, acknowledged.
    (4, "peer lose 1; A: send 100; wait timer; peer ack"),
    (3, "peer lose 1; A: send 5000; peer ack; peer ack; peer ack; wait timer; peer ack"),
    (2, "A: send 5000; < ACK ack SND.UNA; < ACK ack SND.UNA; < ACK ack SND.UNA; peer ack"),
    (2, "A: send 100; wait timer; wait timer; wait timer; peer ack 10; peer ack"),
    (2, "A: send 1; A: send 1; A: send 1; peer ack 1; wait timer; peer ack"),
    (1, "peer lose 255; A: send 10; wait 60s; wait 60s; wait 240s; A: send 1; A: recv; A: reports"),
    // The peer's window shrinks to nothing and opens again.
    (3, "peer window 0; A: send 100; wait timer; wait timer; peer window 65535; peer ack"),
    (2, "A: send 3000; peer window 10; A: send 100; wait timer; peer ack; peer window 0; peer window 1000"),
    (1, "peer window 0; A: send 10; A: close; wait timer; peer window 1; peer ack; peer ack"),
    // The stack's window fills and opens again.
    (3, "peer data 65535; wait 1ms; A: recv 1; A: recv; wait 1ms; peer data 1000; A: recv"),
    (2, "peer data 65535; peer data 65535; < PSH,ACK len 1; A: recv; < PSH,ACK len 1; A: recv"),
    (2, "peer data 65535; wait 500ms; peer fin; A: recv; peer resend; A: recv"),
    // Holes are made and filled.
    (4, "< PSH,ACK seq NEXT+10 len 10; peer data 10; A: recv"),
    (2, "< PSH,ACK seq NEXT+20 len 10; < PSH,ACK seq NEXT+5 len 20; < PSH,ACK seq NEXT len 10; A: recv"),
    (2, "< FIN,PSH,ACK seq NEXT+10 len 10; A: recv; peer data 10; A: recv; A: recv"),
    (2, "peer drop; peer data 100; peer data 100; wait 1ms; peer resend; A: recv"),
    (2, "peer swap; peer data 100; peer data 100; A: recv"),
    (2, "peer twice; peer data 100; A: recv; wait 500ms"),
    (1, "< PSH,ACK seq NEXT+10 len 1; < PSH,ACK seq NEXT+12 len 1; < PSH,ACK seq NEXT+14 len 1; < PSH,ACK seq NEXT+16 len 1; < PSH,ACK seq NEXT+18 len 1; peer data 30; A: recv"),
    // FIN and text at the window's edge.
    (3, "< FIN,PSH,ACK seq RCV.EDGE-10 len 20; peer data 65535; A: recv; peer resend; A: recv"),
    (2, "peer data 65535; < FIN,ACK; A: recv; < FIN,ACK; A: recv"),
    // ACKs are delayed, but not for long.
    (2, "peer data 1; wait 499ms; wait 1ms"),
    (2, "peer data 1; wait 200ms; peer data 1; wait 500ms; A: recv"),
    // Closing with text unread, unsent, unacknowledged.
    (3, "peer data 100; A: close; peer ack; peer data 10; A: recv"),
    (2, "peer data 100; A: abort; peer data 10"),
    (2, "A: send 5000; A: close; peer ack; peer ack; peer fin; peer ack"),
    (2, "peer lose 2; A: send 10; A: close; wait timer; peer ack; wait timer; peer ack; peer fin"),
    (2, "A: close; A: send 10; A: recv; A: close"),
    (1, "peer fin; A: send 100; peer ack; A: close; peer ack; A: recv"),
    (1, "A: close; peer ack; wait 240s; peer fin; wait 240s"),
    // The FIN again, in TIME-WAIT; and its end.
    (2, "peer fin; wait 60s; peer fin; wait 60s; peer fin; wait 240s; < ACK"),
    // Congestion is met, told of, answered.
    (2, "< PSH,ACK len 100 ce; wait 500ms; peer data 100; < PSH,ACK,CWR len 100 ect0; wait 500ms; peer data 100; wait 500ms"),
    (2, "A: send 3000; < ACK,ECE; A: send 3000; < ACK,ECE; A: send 1000"),
    // Another connection on the same four-tuple.
    (3, "A: abort; A: listen; peer handshake; peer data 10; A: recv"),
    (2, "< RST seq RCV.NXT; A: listen; peer handshake; A: send 10; peer ack"),
    (2, "peer crash; peer handshake; peer data 10; A: recv"),
    (2, "A: close; peer ack; peer fin; A: listen; peer handshake; peer data 10; A: recv"),
    (1, "B: listen port 0; peer handshake; peer data 10; B: recv"),
    (1, "A: abort; A: connect; peer handshake; A: send 10; peer ack"),
    (1, "peer fin; A: close; peer ack; A: connect; peer handshake"),
    // A second connection beside the first.
    (1, "B: listen port 0; peer handshake from 1; peer data 10 from 1; B: recv; peer fin from 1"),
    (1, "B: connect; peer handshake port 1 from 1; B: send 10; peer ack port 1 from 1; B: close"),
    // Handshakes that are disturbed.
    (2, "< SYN; < SYN; wait timer; peer handshake"),
    (1, "< SYN; < ACK ack SND.NXT+1; < RST seq RCV.NXT+1; peer handshake"),
    (1, "< SYN; < SYN seq IRS+100; peer handshake"),
    (1, "< SYN,ACK ack SND.NXT+1; < RST,ACK seq 0 ack SND.NXT+1; peer handshake"),
    // The network reports errors about what is on the way.
    (1, "A: abort; A: connect; < icmp host-unreachable; wait timer; peer handshake"),
    (1, "A: abort; A: connect; < icmp port-unreachable; wait timer; A: recv; A: connect; peer handshake"),
    (1, "peer lose 1; A: send 5000; < icmp too-big; wait timer; peer ack; A: send 1"),
    (1, "< icmp net-unreachable; wait timer; peer data 10; A: recv; A: send 10; peer ack"),
    (1, "A: send 100; < icmp host-unreachable; A: reports; peer ack; A: reports"),
    (1, "A: reports off; A: send 100; < icmp net-unreachable; wait 60s; A: reports; A: reports on; peer ack"),
];

/// Ends: what is still on the way arrives, what was received is read, both ends close, TIME-WAIT
/// passes. They are cut short anywhere.
#[rustfmt::skip]
pub(super) const ENDS: &[(u32, &str)] = &[
    (4, "peer window 65535; peer ack; A: recv; peer resend; A: recv; A: close; peer ack; peer fin; wait 240s; A: recv"),
    (2, "A: recv; wait timer; peer ack; wait timer; peer ack; peer fin; A: recv; A: close; peer ack; A: status"),
    (2, "peer resend; A: recv; A: recv; A: send 100; wait timer; peer ack; A: recv; A: abort; < ACK seq RCV.NXT"),
    (1, "wait 10s; wait 60s; wait 240s; A: recv; A: send 1; A: status"),
];

// Numbers.

/// What a step waits for: around the bounds of delayed ACKs and retransmission, and 2 MSL.
pub(super) const WAITS: &[Micros] = &[
    Micros::millis(1),
    Micros::millis(10),
    Micros::millis(200),
    Micros::millis(499),
    Micros::millis(500),
    Micros::secs(1),
    Micros::secs(3),
    Micros::secs(10),
    Micros::secs(60),
    Micros::secs(240),
];
/// What a step waits for at most, where time is real and short.
pub(super) const MOMENT: Micros = Micros::millis(1);
/// Octets of text, of SEND and of RECEIVE.
pub(super) const LENGTHS: &[u16] = &[
    0, 1, 2, 10, 63, 64, 65, 100, 535, 536, 537, 1_000, 1_220, 1_460, 1_461, 2_920, 4_095, 4_096,
    4_097, 65_535,
];
/// Window fields.
pub(super) const WINDOWS: &[u16] = &[0, 1, 2, 10, 100, 535, 536, 1_000, 1_460, 32_768, 65_535];
/// Urgent pointers.
pub(super) const URGENTS: &[u16] = &[0, 1, 2, 100, 65_535];
/// What the network, or the peer, writes into the ECN field.
pub(super) const ECNS: &[(u32, Ecn)] = &[(3, Ecn::Ce), (1, Ecn::Ect0), (1, Ecn::Ect1)];
/// Segments of the stack that are lost in a row.
pub(super) const LOSSES: &[u8] = &[1, 2, 3, 4, 255];

/// From which numbers SEG.SEQ is counted.
pub(super) const SEQ_BASES: &[(u32, SeqBase)] = &[
    (8, SeqBase::RcvNxt),
    (6, SeqBase::Next),
    (6, SeqBase::RcvEdge),
    (3, SeqBase::RcvMax),
    (2, SeqBase::Irs),
    (1, SeqBase::Zero),
    (1, SeqBase::SndNxt),
];
/// From which numbers SEG.ACK is counted.
pub(super) const ACK_BASES: &[(u32, SeqBase)] = &[
    (8, SeqBase::SndNxt),
    (8, SeqBase::SndUna),
    (4, SeqBase::SndOld),
    (3, SeqBase::Iss),
    (1, SeqBase::Zero),
    (1, SeqBase::RcvNxt),
];
/// How far from there: each edge and its neighbours above all, then what buffers, windows and the
/// sign of a difference depend on.
pub(super) const OFFSETS: &[(u32, i32)] = &[
    (12, 0),
    (10, 1),
    (10, -1),
    (3, 2),
    (3, -2),
    (2, 10),
    (2, -10),
    (1, 100),
    (1, -100),
    (1, 536),
    (1, 1_460),
    (1, -1_460),
    (1, 65_535),
    (1, -65_535),
    (1, 65_536),
    (1, -65_536),
    (1, i32::MAX),
    (1, i32::MIN),
    (1, i32::MIN + 1),
];
/// Flags that take the place of others, beside a single bit that changes.
pub(super) const FLAGS: &[Flags] = &[
    Flags::NONE,
    Flags::ACK,
    Flags::SYN,
    Flags::FIN,
    Flags::RST,
    Flags::SYN.with(Flags::ACK),
    Flags::FIN.with(Flags::ACK),
    Flags::RST.with(Flags::ACK),
    Flags::SYN.with(Flags::FIN),
    Flags::SYN.with(Flags::RST),
    Flags::FIN.with(Flags::RST).with(Flags::ACK),
    Flags::SYN.with(Flags::FIN).with(Flags::ACK),
    Flags::ACK.with(Flags::URG),
    Flags::ACK.with(Flags::ECE),
    Flags::ACK.with(Flags::RESERVED),
    Flags::ALL,
];

/// Option fields: absent, valid, at the limits, repeated, misplaced, cut short, lying, unknown.
#[rustfmt::skip]
pub(super) const OPTIONS: &[&str] = &[
    "<>", "<mss 0>", "<mss 1>", "<mss 64>", "<mss 535>", "<mss 536>", "<mss 1220>", "<mss 1460>",
    "<mss 65535>", "<mss 1460, mss 100>", "<wscale 0>", "<mss 1460, nop, wscale 7>",
    "<mss 1460, nop, wscale 14>", "<mss 1460, nop, wscale 15>", "<wscale 255, wscale 1>",
    "<mss 1460, sackok>", "<sackok, sackok>", "<mss 1460, sackok, ts 0 0, nop, wscale 7>",
    "<nop, nop, ts 0 0>", "<nop, nop, ts 1 0>", "<nop, nop, ts -1 0>", "<nop, nop, ts 0 1>",
    "<nop, nop, ts 0 -1>", "<nop, nop, ts 2147483647 0>", "<nop, nop, ts -2147483648 0>",
    "<ts 0 0, ts -1 -1>", "<nop, nop, sack SND.UNA+10..SND.NXT>",
    "<nop, nop, sack SND.NXT..SND.NXT+10>", "<nop, nop, sack SND.UNA-10..SND.UNA>",
    "<nop, nop, sack SND.NXT..SND.UNA>", "<sack SND.UNA+1..SND.UNA+2, sack SND.UNA+3..SND.UNA+4>",
    "<nop, nop, nop, nop>", "<eol>", "<eol, mss 1460>", "<eol, raw 010203>", "<raw 02>",
    "<raw 0200>", "<raw 0201>", "<raw 020205b4>", "<raw 020405>", "<raw 02ff05b4>",
    "<raw 0305070707>", "<raw 080a00000000>", "<raw 050a000000000000>", "<raw fd>", "<raw fd00>",
    "<raw fd04abcd>", "<raw fd06abcd0102, nop, nop>",
    "<raw 010101010101010101010101, raw 010101010101010101010101, raw 010101010101010101010101, raw fd04abcd>",
];

/// Damage, and what only looks like it. A data offset is one that no receiver can believe or one
/// that makes options of text.
#[rustfmt::skip]
pub(super) const DAMAGE: &[&str] = &[
    "damage checksum 0x1", "damage checksum 0xffff", "damage offset 0", "damage offset 4",
    "damage offset 6", "damage offset 15", "damage cut 0", "damage cut 19", "damage cut 20",
    "damage truncate 1", "damage truncate 20", "damage ipv4checksum 0x1", "damage ipv4options 1",
    "damage ipv4options 10", "damage trailer 1", "damage trailer 6",
];

/// How often each part of a spelled-out segment is varied, once in so many: SEG.SEQ, SEG.ACK,
/// length, window, flags, urgent pointer, ECN field, options, ports, source address, destination address,
/// damage.
pub(super) const SEGMENT_ODDS: [u32; 12] = [4, 5, 3, 8, 12, 24, 32, 12, 32, 64, 64, 40];
/// MTUs of a next hop: absent, below and at the least of either version of IP, and ordinary ones.
pub(super) const NEXT_HOP_MTUS: &[u16] = &[0, 68, 296, 576, 1_279, 1_280, 1_492, 65_535];
/// Octets of a TCP header that an ICMP error quotes.
pub(super) const QUOTES: &[u8] = &[8, 12, 19, 20];
/// How often each part of an ICMP error is varied, once in so many: kind, MTU, SEG.SEQ of the
/// quote, octets quoted, ports.
pub(super) const ICMP_ODDS: [u32; 5] = [2, 3, 4, 4, 16];
/// How often the number of any other step is varied.
pub(super) const STEP_ODDS: u32 = 2;
/// How often a step within a course, a beginning or an end is varied at all.
pub(super) const COURSE_ODDS: u32 = 6;
