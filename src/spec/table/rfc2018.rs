//! RFC 2018 and what builds on it: selective acknowledgment, D-SACK (RFC 2883), loss recovery
//! with SACK (RFC 6675). Data only.

use super::row::requirements;

requirements! {
    from super::rfc5681::END;

    RFC2018_2_1 = "RFC2018-2-1" {
        title: "SACK-permitted only on SYN segments",
        level: MustNot, section: "2", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Capture",
        expected: "Option only with SYN",
        violation: "On non-SYN",
    }

    RFC2018_3_P01 = "RFC2018-3-p01" {
        title: "\
            SACK blocks well-formed: left<right, above cumulative ACK, within received data, max 4 \
            (3 with TS)",
        level: Must, section: "3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Create holes",
        expected: "Blocks match what the peer sent (D-SACK exempt from the above-ACK rule)",
        violation: "Block covering data never sent, inverted or misaligned block, length != 8n+2",
    }

    RFC2018_4_1 = "RFC2018-4-1" {
        title: "No SACK unless peer sent SACK-permitted",
        level: MustNot, section: "4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN without SACK-permitted, create hole",
        expected: "No SACK option",
        violation: "SACK present",
    }

    RFC2018_4_2 = "RFC2018-4-2" {
        title: "SACK generation optional; if used, use whenever permitted",
        level: May, section: "4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Holes",
        expected: "Consistent use",
        violation: "Sporadic use",
    }

    RFC2018_4_3 = "RFC2018-4-3" {
        title: "SACK on every ACK that does not cover highest queued data",
        level: Should, section: "4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Holes with several ACKs",
        expected: "Option present on each",
        violation: "Missing",
    }

    RFC2018_4_4 = "RFC2018-4-4" {
        title: "First block contains the segment that triggered the ACK",
        level: Must, section: "4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Several holes, arrivals in mixed order",
        expected: "\
            First block includes latest arrival (unless it advanced ACK; D-SACK first if used)",
        violation: "Other block first",
    }

    RFC2018_4_5 = "RFC2018-4-5" {
        title: "As many distinct blocks as fit",
        level: Should, section: "4", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: ">4 holes",
        expected: "Fill option space",
        violation: "Single block only",
    }

    RFC2018_4_6 = "RFC2018-4-6" {
        title: "Repeat most recently reported blocks",
        level: Should, section: "4", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Sequence of arrivals",
        expected: "Recency order",
        violation: "Old blocks dropped early",
    }

    RFC2018_4_7 = "RFC2018-4-7" {
        title: "ACK with SACK for every new out-of-order segment",
        level: Should, section: "4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Burst above gap",
        expected: "One per segment",
        violation: "Fewer",
    }

    RFC2018_5_1 = "RFC2018-5-1" {
        title: "Sender records SACK info",
        level: Should, section: "5", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "SACK some data then trigger loss recovery",
        expected: "SACKed data not resent in recovery",
        violation: "Go-back-N of SACKed data",
    }

    RFC2018_5_2 = "RFC2018-5-2" {
        title: "After RTO retransmit left edge even if SACKed; ignore prior SACK info",
        level: Must, section: "5", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "SACK the segment at the left edge +1.., renege, force RTO",
        expected: "Data at SND.UNA resent",
        violation: "Never resent -> deadlock on reneging",
    }

    RFC2018_8_1 = "RFC2018-8-1" {
        title: "Sender keeps data until cumulatively ACKed",
        level: MustNot, section: "8", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "SACK all then renege",
        expected: "Data can still be retransmitted",
        violation: "Data lost",
    }

    RFC2018_8_2 = "RFC2018-8-2" {
        title: "Reneging receiver still reports newest segment first",
        level: Must, section: "8", priority: 3,
        observable: Wire, role: Receiver, testability: NeedsApi,
        stimulus: "Buffer pressure",
        expected: "First block newest",
        violation: "Other",
    }

    RFC2018_8_3 = "RFC2018-8-3" {
        title: "Other blocks never report data no longer held",
        level: MustNot, section: "8", priority: 2,
        observable: Wire, role: Receiver, testability: NeedsApi,
        stimulus: "Buffer pressure / overflow",
        expected: "Blocks match held data",
        violation: "Stale blocks",
    }

    RFC2883_4_P01 = "RFC2883-4-p01" {
        title: "D-SACK: duplicate reported in first block",
        level: May, section: "4", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Duplicate segment below/above ACK",
        expected: "Either D-SACK first block or plain SACK",
        violation: "Malformed report",
    }

    RFC2883_4_P02 = "RFC2883-4-p02" {
        title: "D-SACK reports each duplicate once, exact range",
        level: Should, section: "4", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "One duplicate",
        expected: "Exactly one D-SACK",
        violation: "Repeated in later ACKs",
    }

    RFC2883_4_P03 = "RFC2883-4-p03" {
        title: "Enclosing block follows a D-SACK above the ACK",
        level: Should, section: "4", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Duplicate of queued OOO data",
        expected: "Second block is enclosing range",
        violation: "Missing",
    }

    RFC6675_4_1 = "RFC6675-4-1" {
        title: "SACKed data not removed from retransmission buffer",
        level: MustNot, section: "4", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "The peer SACKs data, then reneges; see also RFC2018-8-1",
        expected: "Retained",
        violation: "Lost",
    }

    RFC6675_5_1 = "RFC6675-5-1" {
        title: "Scoreboard updated on each SACK; DupAcks counted by new SACK info",
        level: Must, section: "5", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "SACK-bearing ACKs",
        expected: "Recovery entered at DupThresh or by IsLost",
        violation: "Recovery without SACK evidence",
    }

    RFC6675_5_2 = "RFC6675-5-2" {
        title: "Recovery entry: halve, resend first lost, pipe-limited output",
        level: Must, section: "5", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Losses with SACK",
        expected: "Output bounded by cwnd-pipe",
        violation: "Bursts",
    }

    RFC6675_4_2 = "RFC6675-4-2" {
        title: "NextSeg order: lost holes, new data, unSACKed, rescue",
        level: Must, section: "4", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Multiple holes",
        expected: "Holes below highest SACK resent first",
        violation: "Resends SACKed data or skips holes",
    }

    RFC6675_5_1_1 = "RFC6675-5.1-1" {
        title: "RTO in recovery: end it, RecoveryPoint=HighData, no new recovery until passed",
        level: Must, section: "5.1", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "RTO during SACK recovery",
        expected: "No re-entry before RecoveryPoint",
        violation: "Re-entry",
    }

    RFC6675_6_1 = "RFC6675-6-1" {
        title: "RTO timer may be re-armed on each recovery retransmission",
        level: May, section: "6", priority: 3,
        observable: Internal, role: Sender, testability: Timing,
        stimulus: "Recovery",
        expected: "Either",
        violation: "Nothing: the choice is free",
    }
}
