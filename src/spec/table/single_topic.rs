//! RFCs that give a few rules each: initial sequence numbers (RFC 6528), TIME-WAIT (RFC 6191,
//! RFC 1337), MSS (RFC 6691), hosts (RFC 1122), urgent data (RFC 6093), persist (RFC 6429).
//! Data only.

use super::row::requirements;

requirements! {
    from super::rfc2018::END;

    RFC6528_3_1 = "RFC6528-3-1" {
        title: "ISN = M + PRF(4-tuple, key)",
        level: Should, section: "3", priority: 3,
        observable: Internal, role: Sender, testability: Untestable,
        stimulus: "\
            Open many connections from the same and from other 4-tuples; see also RFC9293-SHLD-1",
        expected: "Monotone per tuple, unrelated across tuples",
        violation: "A global counter, or pure random with no monotonic component",
    }

    RFC6528_3_2 = "RFC6528-3-2" {
        title: "PRF not computable from outside",
        level: MustNot, section: "3", priority: 3,
        observable: Internal, role: Sender, testability: Untestable,
        stimulus: "Collect many ISNs over varied 4-tuples; see also RFC9293-MUST-9",
        expected: "No simple relation lets one connection predict another",
        violation: "\
            ISNs linear, at a constant offset, or shared between different remote endpoints",
    }

    RFC6191_2_1 = "RFC6191-2-1" {
        title: "TIME-WAIT + SYN, TS both times, newer TSval: accept",
        level: Should, section: "2", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN with TSval > last",
        expected: "SYN,ACK",
        violation: "Drop/RST/ACK",
    }

    RFC6191_2_2 = "RFC6191-2-2" {
        title: "\
            TIME-WAIT + SYN, TS both times, equal TSval: accept only if SEQ > last sequence (FIN)",
        level: Should, section: "2", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Equal TSval, higher/lower ISN",
        expected: "Accept / silent drop",
        violation: "Opposite",
    }

    RFC6191_2_3 = "RFC6191-2-3" {
        title: "TIME-WAIT + SYN, old had TS, new would not: accept only if SEQ higher",
        level: Should, section: "2", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN without TS",
        expected: "Accept / silent drop",
        violation: "Opposite",
    }

    RFC6191_2_4 = "RFC6191-2-4" {
        title: "TIME-WAIT + SYN, old had no TS, new would: accept",
        level: Should, section: "2", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN with TS",
        expected: "SYN,ACK",
        violation: "Drop",
    }

    RFC6191_2_5 = "RFC6191-2-5" {
        title: "TIME-WAIT + SYN, no TS either time: accept only if SEQ higher",
        level: Should, section: "2", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "ISN above/below old FIN",
        expected: "Accept / silent drop",
        violation: "Opposite",
    }

    RFC6191_2_6 = "RFC6191-2-6" {
        title: "Otherwise drop SYN silently and remain in TIME-WAIT",
        level: Should, section: "2", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Old TSval SYN",
        expected: "No reply (RFC 9293 alternative: ACK)",
        violation: "RST or TIME-WAIT lost",
    }

    RFC1337_3_P01 = "RFC1337-3-p01" {
        title: "TIME-WAIT may ignore RST (fix F1)",
        level: May, section: "3", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "RST in TIME-WAIT, then FIN retransmission",
        expected: "Either TIME-WAIT persists or CLOSED",
        violation: "Nothing: the choice is free",
    }

    RFC6691_2_1 = "RFC6691-2-1" {
        title: "MSS option = MTU minus fixed headers only",
        level: Should, section: "2", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Known MTU",
        expected: "1460 for 1500-byte IPv4, 1440 for IPv6",
        violation: "MSS reduced by option lengths",
    }

    RFC6691_2_2 = "RFC6691-2-2" {
        title: "MSS option not reduced for options",
        level: ShouldNot, section: "2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "TS enabled",
        expected: "Same MSS value",
        violation: "Reduced by 12",
    }

    RFC6691_2_3 = "RFC6691-2-3" {
        title: "Sender subtracts IP/TCP option bytes from payload",
        level: Must, section: "2", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Timestamps negotiated; the peer announces MSS = X",
        expected: "Payload <= X-12",
        violation: "Payload = X with timestamps present",
    }

    RFC1122_4_2_2_2_1 = "RFC1122-4.2.2.2-1" {
        title: "Receiver may hold un-PSHed data before delivery",
        level: May, section: "4.2.2.2", priority: 3,
        observable: Api, role: Receiver, testability: NeedsApi,
        stimulus: "Data without PSH",
        expected: "Eventually delivered",
        violation: "Never delivered",
    }

    RFC1122_4_2_2_20_P01 = "RFC1122-4.2.2.20-p01" {
        title: "SND.WND/WL1/WL2 set on entering ESTABLISHED from SYN-SENT too",
        level: Must, section: "4.2.2.20", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "SYN,ACK with small window",
        expected: "First flight within it",
        violation: "Window unset",
    }

    RFC1122_4_2_2_20_P02 = "RFC1122-4.2.2.20-p02" {
        title: "On user timeout notify rather than force close",
        level: Should, section: "4.2.2.20", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "User timeout",
        expected: "Notification preferable",
        violation: "Nothing to flag: a preference only",
    }

    RFC1122_4_2_3_1_1 = "RFC1122-4.2.3.1-1" {
        title: "SYN retransmission uses the data RTO algorithm",
        level: Should, section: "4.2.3.1", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Silent peer",
        expected: "Doubling intervals",
        violation: "Constant",
    }

    RFC1122_4_2_3_4_P01 = "RFC1122-4.2.3.4-p01" {
        title: "SWS override timer 0.1-1 s",
        level: Should, section: "4.2.3.4", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Window < MSS and < half max with data queued",
        expected: "Data sent by override in bounded time",
        violation: "Indefinite stall",
    }

    RFC6093_2_P01 = "RFC6093-2-p01" {
        title: "Urgent data is in-band",
        level: Should, section: "2", priority: 3,
        observable: WireAndApi, role: Receiver, testability: NeedsApi,
        stimulus: "URG data with in-line option",
        expected: "All octets in the normal stream",
        violation: "Octet removed (default of most sockets APIs)",
    }

    RFC6093_6_1 = "RFC6093-6-1" {
        title: "Applications using urgent set in-line delivery",
        level: Must, section: "6", priority: 3,
        observable: Api, role: Api, testability: Untestable,
        stimulus: "Application",
        expected: "SO_OOBINLINE",
        violation: "OOB used",
    }

    RFC6429_4_1 = "RFC6429-4-1" {
        title: "Not closed merely for being stuck in zero-window state",
        level: MustNot, section: "4", priority: 2,
        observable: WireAndApi, role: Sender, testability: Timing,
        stimulus: "Endless zero window with answered probes",
        expected: "Stays open unless user/OS reclaims",
        violation: "TCP-initiated close",
    }
}
