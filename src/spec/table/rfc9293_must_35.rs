//! RFC 9293, Appendix B: what is labelled MUST-35 to MUST-69. Data only.

use super::row::requirements;

requirements! {
    from super::rfc9293_must_1::END;

    RFC9293_MUST_35 = "RFC9293-MUST-35" {
        title: "Window shrunk to zero is probed normally",
        level: Must, section: "3.8.6", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Retract window to 0 with data in flight/queued and stay silent",
        expected: "Probing starts and continues with backoff",
        violation: "Connection hangs with no probe",
    }

    RFC9293_MUST_36 = "RFC9293-MUST-36" {
        title: "Zero windows are probed",
        level: Must, section: "3.8.6.1", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "The peer advertises 0 while the stack has data, then stays silent",
        expected: "Periodic probe segments appear indefinitely",
        violation: "No probe, so a lost window update deadlocks",
    }

    RFC9293_MUST_37 = "RFC9293-MUST-37" {
        title: "Stay open while zero-window probes are acknowledged",
        level: Must, section: "3.8.6.1", priority: 2,
        observable: WireAndApi, role: Sender, testability: Timing,
        stimulus: "Answer every probe with window 0 for far longer than R2",
        expected: "Connection stays up; data flows when window opens",
        violation: "Abort/timeout although each probe was ACKed",
    }

    RFC9293_MUST_38 = "RFC9293-MUST-38" {
        title: "Sender avoids silly window syndrome",
        level: Must, section: "3.8.6.2.1", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "The peer opens the window in tiny increments with bulk data queued",
        expected: "\
            No sub-MSS segments except via the permitted conditions (all data fits, half max \
            window, override timer)",
        violation: "Stream of tiny segments tracking each small window increment",
    }

    RFC9293_MUST_39 = "RFC9293-MUST-39" {
        title: "Receiver avoids silly window syndrome",
        level: Must, section: "3.8.6.2.2", priority: 2,
        observable: Wire, role: Receiver, testability: NeedsApi,
        stimulus: "Fill the stack's receive buffer; the application drains it byte by byte",
        expected: "Right edge advances only in steps >= min(half buffer, MSS)",
        violation: "Window updates or edges advancing by tiny amounts",
    }

    RFC9293_MUST_40 = "RFC9293-MUST-40" {
        title: "ACK delay below 500 ms",
        level: Must, section: "3.8.6.3", priority: 1,
        observable: Wire, role: Receiver, testability: Timing,
        stimulus: "Send one in-order segment and nothing else",
        expected: "ACK covering it emitted in less than 0.5 s",
        violation: "ACK at or after 500 ms, or never",
    }

    RFC9293_MUST_41 = "RFC9293-MUST-41" {
        title: "Passive OPEN leaves other connection records alone",
        level: MustNot, section: "3.9.1.1", priority: 2,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "Listen again on a port with live connections or listener",
        expected: "New listener or an error; existing connections undisturbed",
        violation: "Existing connection reset/rebound by the new listen",
    }

    RFC9293_MUST_42 = "RFC9293-MUST-42" {
        title: "Can LISTEN on a port with another TCB in SYN-SENT/SYN-RECEIVED there",
        level: Must, section: "3.9.1.1", priority: 2,
        observable: WireAndApi, role: Api, testability: Easy,
        stimulus: "\
            Hold a half-open connection in SYN-RECEIVED and send a SYN from another endpoint",
        expected: "Second connection attempt on the same local port is served",
        violation: "\
            Second SYN refused or ignored merely because one handshake is pending (without backlog \
            reason)",
    }

    RFC9293_MUST_43 = "RFC9293-MUST-43" {
        title: "Local address selectable on OPEN",
        level: Must, section: "3.9.1.1", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Open/listen with an explicit local address on a multihomed stack",
        expected: "Segments use that address; listener answers only there",
        violation: "Parameter unsupported or ignored",
    }

    RFC9293_MUST_44 = "RFC9293-MUST-44" {
        title: "Unspecified local address chosen via the IP layer",
        level: Must, section: "3.9.1.1", priority: 3,
        observable: Internal, role: Api, testability: NeedsApi,
        stimulus: "Active open without local address on a multihomed stack",
        expected: "SYN source address is the one routing would pick",
        violation: "Wrong or zero source address in SYN",
    }

    RFC9293_MUST_45 = "RFC9293-MUST-45" {
        title: "Local address constant during the connection",
        level: Must, section: "3.9.1.1", priority: 2,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "\
            Any connection; observe all its segments from the stack, replies and resets included",
        expected: "Source address/port identical on all segments of the connection",
        violation: "Address changes between segments",
    }

    RFC9293_MUST_46 = "RFC9293-MUST-46" {
        title: "OPEN to invalid remote address rejected",
        level: Must, section: "3.9.1.1", priority: 2,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Active open to broadcast/multicast address",
        expected: "Immediate API error, nothing on the wire",
        violation: "SYN emitted to a group/broadcast address",
    }

    RFC9293_MUST_47 = "RFC9293-MUST-47" {
        title: "Mechanism reporting soft errors exists",
        level: Must, section: "3.9.1.8", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Inject ICMP soft errors / excessive retransmission",
        expected: "Application can obtain the condition",
        violation: "No way to learn of soft errors",
    }

    RFC9293_MUST_48 = "RFC9293-MUST-48" {
        title: "Application can set Diffserv field",
        level: Must, section: "3.9.1.9", priority: 3,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "Set DSCP via API",
        expected: "Outgoing segments carry the DSCP",
        violation: "No API or value not applied",
    }

    RFC9293_MUST_49 = "RFC9293-MUST-49" {
        title: "TTL/hop limit configurable",
        level: Must, section: "3.9.2", priority: 3,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "Set TTL",
        expected: "Outgoing segments use it",
        violation: "Fixed TTL",
    }

    RFC9293_MUST_50 = "RFC9293-MUST-50" {
        title: "IP options not understood are ignored",
        level: Must, section: "3.9.2", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Send TCP segments inside IPv4 packets with unknown IP options",
        expected: "TCP processing unchanged",
        violation: "Drop/reset due to unknown IP option (note: IP-layer filtering may interfere)",
    }

    RFC9293_MUST_51 = "RFC9293-MUST-51" {
        title: "Application can specify a source route",
        level: Must, section: "3.9.2.1", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Active open with source route",
        expected: "Route option present on SYN",
        violation: "No facility (source routing is obsolete in practice)",
    }

    RFC9293_MUST_52 = "RFC9293-MUST-52" {
        title: "Application source route overrides a received one",
        level: Must, section: "3.9.2.1", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Received datagram with other source route",
        expected: "Application route kept",
        violation: "Received route replaces the application one",
    }

    RFC9293_MUST_53 = "RFC9293-MUST-53" {
        title: "Passive side saves and uses the return route",
        level: Must, section: "3.9.2.1", priority: 3,
        observable: Wire, role: Receiver, testability: NeedsApi,
        stimulus: "SYN with completed source route to a listener",
        expected: "Replies use the reversed route",
        violation: "Return route ignored (usual in modern stacks)",
    }

    RFC9293_MUST_54 = "RFC9293-MUST-54" {
        title: "ICMP errors demultiplexed to the right connection",
        level: Must, section: "3.9.2.2", priority: 2,
        observable: WireAndApi, role: Both, testability: NeedsApi,
        stimulus: "ICMP error embedding headers of one of several connections",
        expected: "Only that connection reacts",
        violation: "Wrong or all connections affected; or error ignored when action is due",
    }

    RFC9293_MUST_55 = "RFC9293-MUST-55" {
        title: "Source Quench silently discarded",
        level: Must, section: "3.9.2.2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "ICMP Source Quench for an active transfer",
        expected: "No visible change",
        violation: "cwnd cut, abort or report due to Source Quench",
    }

    RFC9293_MUST_56 = "RFC9293-MUST-56" {
        title: "Soft ICMP errors do not abort",
        level: MustNot, section: "3.9.2.2", priority: 2,
        observable: WireAndApi, role: Both, testability: NeedsApi,
        stimulus: "\
            Inject soft errors (v4 unreach 0,1,5; time exceeded; parameter problem; v6 \
            equivalents)",
        expected: "Connection or attempt continues",
        violation: "Connection aborted on a soft error (common deviation in SYN-SENT/SYN-RECEIVED)",
    }

    RFC9293_MUST_57 = "RFC9293-MUST-57" {
        title: "Segments addressed to broadcast/multicast silently dropped",
        level: Must, section: "3.9.2.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN (and other segments) with broadcast/multicast destination address",
        expected: "No reply of any kind, no state",
        violation: "SYN,ACK or RST emitted, or TCB created",
    }

    RFC9293_MUST_58 = "RFC9293-MUST-58" {
        title: "Aggregate ACKs where possible",
        level: Must, section: "3.10.7.4", priority: 3,
        observable: Wire, role: Receiver, testability: Timing,
        stimulus: "Deliver a burst of in-order segments in one poll/interrupt",
        expected: "\
            Fewer ACKs than segments where batching is possible; never more than one ACK per \
            segment",
        violation: "Multiple redundant ACKs for one processed batch",
    }

    RFC9293_MUST_59 = "RFC9293-MUST-59" {
        title: "Process the whole queued series before ACKing",
        level: Must, section: "3.10.7.4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Fill a gap so several queued segments become in-order at once",
        expected: "One ACK covers all newly contiguous data",
        violation: "Separate ACK for each queued piece",
    }

    RFC9293_MUST_60 = "RFC9293-MUST-60" {
        title: "Without PUSH API, data is not buffered forever",
        level: MustNot, section: "3.9.1.2", priority: 2,
        observable: WireAndApi, role: Sender, testability: Timing,
        stimulus: "Write a small amount and stop; window and cwnd open, nothing outstanding",
        expected: "Data leaves in bounded time",
        violation: "Data never transmitted",
    }

    RFC9293_MUST_61 = "RFC9293-MUST-61" {
        title: "Without PUSH API, last queued segment carries PSH",
        level: Must, section: "3.9.1.2", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Write data then leave send queue empty",
        expected: "PSH set on the segment that empties the queue",
        violation: "Final segment lacks PSH",
    }

    RFC9293_MUST_62 = "RFC9293-MUST-62" {
        title: "Urgent pointer designates the octet after urgent data",
        level: Must, section: "3.8.5", priority: 3,
        observable: WireAndApi, role: Both, testability: NeedsApi,
        stimulus: "Send/receive urgent data of known length",
        expected: "SEG.SEQ+pointer equals first non-urgent octet",
        violation: "Off-by-one (last urgent octet) interpretation",
    }

    RFC9293_MUST_63 = "RFC9293-MUST-63" {
        title: "SYN from an invalid source address ignored",
        level: Must, section: "3.9.2.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN with source 0.0.0.0, loopback, broadcast, multicast or class E",
        expected: "No reply, no TCB, no crash",
        violation: "SYN,ACK/RST sent to invalid address, or stack fault",
    }

    RFC9293_MUST_64 = "RFC9293-MUST-64" {
        title: "Options parsed at any alignment",
        level: Must, section: "3.2", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Put MSS/TS/SACK options at odd offsets without NOP padding",
        expected: "Options recognised identically",
        violation: "Unaligned options missed or faulting",
    }

    RFC9293_MUST_65 = "RFC9293-MUST-65" {
        title: "MSS option only on SYN segments",
        level: MustNot, section: "3.2", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Capture every segment of the stack",
        expected: "MSS option appears only with SYN set",
        violation: "MSS option on a non-SYN segment",
    }

    RFC9293_MUST_66 = "RFC9293-MUST-66" {
        title: "RST and URG processed even at zero receive window",
        level: Must, section: "3.4", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "\
            Close the stack's receive window, then send RST at RCV.NXT (with and without data) and \
            URG segments",
        expected: "RST tears down; urgent indication is signalled",
        violation: "RST or URG ignored because window is zero",
    }

    RFC9293_MUST_67 = "RFC9293-MUST-67" {
        title: "Advertised MSS no larger than MMS_R-20",
        level: Must, section: "3.7.1", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Inspect MSS on SYN and SYN,ACK against the stack's reassembly and MTU limits",
        expected: "MSS <= largest receivable transport message minus 20",
        violation: "MSS above what the stack can receive",
    }

    RFC9293_MUST_68 = "RFC9293-MUST-68" {
        title: "All options other than EOL/NOP have a length octet",
        level: Must, section: "3.1", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Inspect all options the stack sends",
        expected: "Every emitted option is parseable as kind/length/value",
        violation: "Emitted option without proper length",
    }

    RFC9293_MUST_69 = "RFC9293-MUST-69" {
        title: "Header bytes after EOL are zero",
        level: Must, section: "3.1", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Inspect segments of the stack that use EOL",
        expected: "Padding octets all zero",
        violation: "Non-zero garbage after EOL",
    }
}
