//! RFC 5961: what keeps blind resets, SYNs and data out. Data only.

use super::row::requirements;

requirements! {
    from super::rfc9293_segment_arrives::END;

    RFC5961_3_2_1 = "RFC5961-3.2-1" {
        title: "Adopt the stricter RST rules",
        level: Should, section: "3.2", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Probe with RST exact / in-window / out-of-window",
        expected: "Three-way classification observed",
        violation: "Any in-window RST resets (RFC 793 behaviour, SHOULD-level miss)",
    }

    RFC5961_3_2_2 = "RFC5961-3.2-2" {
        title: "RST outside window silently dropped",
        level: Must, section: "3.2", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "RST at RCV.NXT-1, RCV.NXT+RCV.WND and far away",
        expected: "No reply, no change",
        violation: "ACK or reset",
    }

    RFC5961_3_2_3 = "RFC5961-3.2-3" {
        title: "RST at exactly RCV.NXT resets",
        level: Must, section: "3.2", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "RST at RCV.NXT (any ACK value)",
        expected: "Connection reset",
        violation: "Challenge ACK or ignored",
    }

    RFC5961_3_2_4 = "RFC5961-3.2-4" {
        title: "In-window inexact RST draws a challenge ACK",
        level: Must, section: "3.2", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "RST at RCV.NXT+k, 0<k<RCV.WND",
        expected: "Empty ACK with SND.NXT/RCV.NXT",
        violation: "Reset or silence (rate limit aside)",
    }

    RFC5961_3_2_5 = "RFC5961-3.2-5" {
        title: "Challenged RST segment is then dropped",
        level: Must, section: "3.2", priority: 2,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "In-window RST with data",
        expected: "Data ignored, later traffic normal",
        violation: "Data processed",
    }

    RFC5961_3_2_6 = "RFC5961-3.2-6" {
        title: "SYN-SENT RST counts only if it ACKs the SYN",
        level: Must, section: "3.2", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "RST without ACK or with wrong ACK",
        expected: "Silent discard",
        violation: "Attempt aborted",
    }

    RFC5961_4_2_1 = "RFC5961-4.2-1" {
        title: "SYN in synchronized state gets challenge ACK regardless of sequence",
        level: Must, section: "4.2", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN (and SYN,ACK) at many sequence numbers",
        expected: "Empty ACK SND.NXT/RCV.NXT",
        violation: "RST, silence, or state change",
    }

    RFC5961_4_2_2 = "RFC5961-4.2-2" {
        title: "Challenged SYN is dropped",
        level: Must, section: "4.2", priority: 2,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "SYN with data/FIN",
        expected: "Rest of the segment ignored",
        violation: "Data/FIN processed",
    }

    RFC5961_4_2_3 = "RFC5961-4.2-3" {
        title: "RST answering the challenge terminates the connection",
        level: Must, section: "4.2", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "After SYN challenge send RST(seq=challenge ACK number)",
        expected: "Connection reset",
        violation: "Connection survives",
    }

    RFC5961_5_2_1 = "RFC5961-5.2-1" {
        title: "ACK-range mitigation is optional",
        level: May, section: "5.2", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Data segment with an old ACK",
        expected: "Either; the run discovers which variant the stack has",
        violation: "Nothing: the choice is free",
    }

    RFC5961_5_2_2 = "RFC5961-5.2-2" {
        title: "If implemented, ACK must lie in [SND.UNA-MAX.SND.WND, SND.NXT]",
        level: Must, section: "5.2", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Boundary values of SEG.ACK with data",
        expected: "Accepted inside, rejected outside",
        violation: "Off-by-one at either edge, or unscaled MAX.SND.WND",
    }

    RFC5961_5_2_3 = "RFC5961-5.2-3" {
        title: "If implemented, rejected segment is discarded and ACKed",
        level: Must, section: "5.2", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Out-of-range ACK",
        expected: "Empty ACK; data and FIN ignored",
        violation: "Silence or processing",
    }

    RFC5961_7_1 = "RFC5961-7-1" {
        title: "Challenge ACKs are throttled",
        level: Should, section: "7", priority: 2,
        observable: Wire, role: Receiver, testability: Timing,
        stimulus: "Flood of challengeable segments",
        expected: "Bounded number of challenge ACKs (document example: 10 per 5 s)",
        violation: "One per provocation without limit",
    }

    RFC5961_7_2 = "RFC5961-7-2" {
        title: "Throttle interval and count tunable",
        level: Should, section: "7", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Configuration",
        expected: "Adjustable",
        violation: "Hard-wired (and host-wide counter = side channel, cf. erratum 4772)",
    }
}
