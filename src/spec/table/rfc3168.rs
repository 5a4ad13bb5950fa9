//! RFC 3168, section 6.1: explicit congestion notification in TCP. Data only.

use super::row::requirements;

requirements! {
    from super::single_topic::END;

    RFC3168_6_1_1_1 = "RFC3168-6.1.1-1" {
        title: "ECN-setup SYN,ACK only after ECN-setup SYN",
        level: MustNot, section: "6.1.1", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "SYN without ECE+CWR",
        expected: "SYN,ACK with ECE=0 (or not ECE-only)",
        violation: "ECE-only SYN,ACK",
    }

    RFC3168_6_1_1_2 = "RFC3168-6.1.1-2" {
        title: "Answer ECN-setup SYN with ECE only (CWR clear)",
        level: May, section: "6.1.1", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "SYN with ECE+CWR",
        expected: "ECE=1,CWR=0 if accepting",
        violation: "ECE and CWR both echoed",
    }

    RFC3168_6_1_1_3 = "RFC3168-6.1.1-3" {
        title: "No ECT on data unless negotiated both ways",
        level: MustNot, section: "6.1.1", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Non-ECN handshake",
        expected: "IP ECN field 00",
        violation: "ECT set",
    }

    RFC3168_6_1_1_4 = "RFC3168-6.1.1-4" {
        title: "No ECT after receiving a non-ECN-setup SYN/SYN,ACK",
        level: ShouldNot, section: "6.1.1", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Mixed SYNs",
        expected: "Not-ECT",
        violation: "ECT",
    }

    RFC3168_6_1_1_5 = "RFC3168-6.1.1-5" {
        title: "Correct CWR handling once ECT was used",
        level: Must, section: "6.1.1", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "ECE echo",
        expected: "CWR set after reduction",
        violation: "Never CWR",
    }

    RFC3168_6_1_1_6 = "RFC3168-6.1.1-6" {
        title: "CE data honoured if own ECN-setup sent and no non-ECN SYN received",
        level: Must, section: "6.1.1", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "CE-marked data",
        expected: "ECE on ACKs",
        violation: "ECE not echoed",
    }

    RFC3168_6_1_1_7 = "RFC3168-6.1.1-7" {
        title: "Unwilling host clears ECE and CWR on SYN/SYN,ACK",
        level: Should, section: "6.1.1", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "ECN disabled",
        expected: "00",
        violation: "Reflection of flags",
    }

    RFC3168_6_1_1_8 = "RFC3168-6.1.1-8" {
        title: "All non-ECN-setup SYN forms handled",
        level: Must, section: "6.1.1", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "ECE only or CWR only on SYN",
        expected: "Normal non-ECN connection",
        violation: "Drop or ECN assumed",
    }

    RFC3168_6_1_1_9 = "RFC3168-6.1.1-9" {
        title: "No ECT on SYN or SYN,ACK",
        level: MustNot, section: "6.1.1", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Capture",
        expected: "00",
        violation: "ECT (RFC 8311-era experiments excepted)",
    }

    RFC3168_6_1_1_1_1 = "RFC3168-6.1.1.1-1" {
        title: "Retry SYN without ECN after RST or timeout",
        level: May, section: "6.1.1.1", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "RST/silence to ECN SYN",
        expected: "Fallback allowed",
        violation: "Nothing: the choice is free",
    }

    RFC3168_6_1_2_1 = "RFC3168-6.1.2-1" {
        title: "React to ECE once per window like a loss; no cwnd increase on ECE ACK",
        level: Should, section: "6.1.2", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "ECE ACKs",
        expected: "One halving per window",
        violation: "No reaction or repeated",
    }

    RFC3168_6_1_2_2 = "RFC3168-6.1.2-2" {
        title: "ECE with cwnd of one segment resets retransmit timer",
        level: Must, section: "6.1.2", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "ECE at cwnd=1",
        expected: "Send only after timer",
        violation: "Immediate send",
    }

    RFC3168_6_1_2_3 = "RFC3168-6.1.2-3" {
        title: "CWR not set on retransmissions, only on first new data",
        level: ShouldNot, section: "6.1.2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "ECE then loss",
        expected: "CWR on first new segment only",
        violation: "CWR on retransmission",
    }

    RFC3168_6_1_2_4 = "RFC3168-6.1.2-4" {
        title: "ECT(0) preferred when one ECT codepoint suffices",
        level: Should, section: "6.1.2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "ECN transfer",
        expected: "Data marked ECT(0)",
        violation: "ECT(1) without L4S-style negotiation",
    }

    RFC3168_6_1_3_P01 = "RFC3168-6.1.3-p01" {
        title: "ECE echoed on all ACKs until CWR is received",
        level: Must, section: "6.1.3", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "CE once, no CWR for a while, then CWR",
        expected: "ECE persists then stops",
        violation: "Single ECE only, or never stops",
    }

    RFC3168_6_1_4_1 = "RFC3168-6.1.4-1" {
        title: "Pure ACKs sent not-ECT",
        level: Must, section: "6.1.4", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Capture",
        expected: "00",
        violation: "ECT",
    }

    RFC3168_6_1_5_1 = "RFC3168-6.1.5-1" {
        title: "Retransmissions not ECT",
        level: MustNot, section: "6.1.5", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Retransmission",
        expected: "00",
        violation: "ECT",
    }

    RFC3168_6_1_5_2 = "RFC3168-6.1.5-2" {
        title: "CE on out-of-window segments ignored",
        level: Should, section: "6.1.5", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Out-of-window CE",
        expected: "No ECE",
        violation: "ECE",
    }

    RFC3168_6_1_6_1 = "RFC3168-6.1.6-1" {
        title: "Window probes carry neither ECT nor CWR",
        level: MustNot, section: "6.1.6", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Probe",
        expected: "Clear",
        violation: "Set",
    }
}
