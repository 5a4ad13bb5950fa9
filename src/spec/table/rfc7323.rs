//! RFC 7323: window scaling, timestamps and PAWS. Data only.

use super::row::requirements;

requirements! {
    from super::rfc5961::END;

    RFC7323_2_2_1 = "RFC7323-2.2-1" {
        title: "WSopt may be offered on SYN",
        level: May, section: "2.2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Capture SYN",
        expected: "Present or absent",
        violation: "Nothing: the choice is free",
    }

    RFC7323_2_2_2 = "RFC7323-2.2-2" {
        title: "Offer WSopt even with shift 0 if scaling is supported",
        level: Should, section: "2.2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Small buffer configuration",
        expected: "WSopt with shift 0",
        violation: "Option omitted though scaling supported",
    }

    RFC7323_2_2_3 = "RFC7323-2.2-3" {
        title: "Scaling active only if both SYNs carried WSopt",
        level: Must, section: "2.2", priority: 1,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "The peer omits WSopt from its SYN or SYN,ACK",
        expected: "Neither direction scales",
        violation: "The stack scales its own window, or shifts the peer's",
    }

    RFC7323_2_2_4 = "RFC7323-2.2-4" {
        title: "WSopt on SYN,ACK only in answer to WSopt on SYN",
        level: MustNot, section: "2.2", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "SYN without WSopt to listener",
        expected: "SYN,ACK without WSopt",
        violation: "Unsolicited WSopt",
    }

    RFC7323_2_2_5 = "RFC7323-2.2-5" {
        title: "WSopt on non-SYN segments ignored",
        level: Must, section: "2.2", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Send WSopt on a data/ACK segment",
        expected: "No change in scaling",
        violation: "Scale changes or segment dropped",
    }

    RFC7323_2_2_6 = "RFC7323-2.2-6" {
        title: "Window in SYN and SYN,ACK is not scaled",
        level: MustNot, section: "2.2", priority: 1,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "Advertise distinctive SYN windows; inspect the windows in the stack's SYNs",
        expected: "Literal 16-bit value used both ways",
        violation: "Scaling applied to handshake window",
    }

    RFC7323_2_3_1 = "RFC7323-2.3-1" {
        title: "Answer WSopt with WSopt",
        level: Should, section: "2.3", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "SYN with WSopt",
        expected: "SYN,ACK has WSopt",
        violation: "Absent although supported",
    }

    RFC7323_2_3_2 = "RFC7323-2.3-2" {
        title: "Shift counters set from negotiated options, zero otherwise",
        level: Must, section: "2.3", priority: 1,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "All combinations of offered/absent",
        expected: "Correct shifts in both directions",
        violation: "One-sided scaling",
    }

    RFC7323_2_3_3 = "RFC7323-2.3-3" {
        title: "Incoming non-SYN windows are left-shifted",
        level: Must, section: "2.3", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Small SEG.WND with large shift",
        expected: "In-flight limit = SEG.WND<<S",
        violation: "Sender stays within the unscaled value forever",
    }

    RFC7323_2_3_4 = "RFC7323-2.3-4" {
        title: "Outgoing non-SYN windows are right-shifted",
        level: Must, section: "2.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Compare advertised edge with buffer and drop behaviour",
        expected: "Accepts all data up to scaled edge",
        violation: "Advertised scaled edge exceeds what is accepted",
    }

    RFC7323_2_3_5 = "RFC7323-2.3-5" {
        title: "Shift count limited to 14; larger offers treated as 14",
        level: Must, section: "2.3", priority: 1,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "WSopt shift 15..255",
        expected: "The stack uses 14; own offer <= 14",
        violation: "Undefined shift (>=16/32), crash, or reset",
    }

    RFC7323_2_4_1 = "RFC7323-2.4-1" {
        title: "Handle shrinking windows caused by scaling granularity",
        level: Must, section: "2.4", priority: 2,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "Shift large, tiny segments",
        expected: "No stall or reset",
        violation: "Deadlock",
    }

    RFC7323_2_4_2 = "RFC7323-2.4-2" {
        title: "Receiver honours any segment in window of any ACK it ever sent",
        level: Must, section: "2.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Use the largest right edge ever advertised even after a rounded-down update",
        expected: "Data accepted",
        violation: "Data dropped as out of window",
    }

    RFC7323_2_4_3 = "RFC7323-2.4-3" {
        title: "Receiver tracks maximum advertised right edge",
        level: Should, section: "2.4", priority: 3,
        observable: Internal, role: Receiver, testability: Easy,
        stimulus: "Use the largest right edge ever advertised even after a rounded-down update",
        expected: "Acceptance up to max edge",
        violation: "Uses only last rounded window",
    }

    RFC7323_2_4_4 = "RFC7323-2.4-4" {
        title: "First transmission within most recent advertised window",
        level: Must, section: "2.4", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Window retraction before sending",
        expected: "No new data beyond latest edge",
        violation: "Sends into retracted area",
    }

    RFC7323_2_4_5 = "RFC7323-2.4-5" {
        title: "First retransmission ignores small retraction",
        level: Should, section: "2.4", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Edge retracted by < 2^shift under flight",
        expected: "Segment retransmitted normally",
        violation: "Sender refuses to retransmit",
    }

    RFC7323_2_4_6 = "RFC7323-2.4-6" {
        title: "Later retransmissions only within latest window",
        level: May, section: "2.4", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Edge retracted by < 2^shift under flight",
        expected: "Allowed restriction",
        violation: "Nothing: the choice is free",
    }

    RFC7323_3_2_1 = "RFC7323-3.2-1" {
        title: "TSecr zero when ACK bit clear",
        level: Should, section: "3.2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Capture initial SYN",
        expected: "TSecr = 0",
        violation: "Garbage TSecr",
    }

    RFC7323_3_2_2 = "RFC7323-3.2-2" {
        title: "TSecr echoes a recent peer TSval when ACK set",
        level: Must, section: "3.2", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Distinctive TSvals",
        expected: "Echo follows section 4.3 rules",
        violation: "Unrelated echo value",
    }

    RFC7323_3_2_3 = "RFC7323-3.2-3" {
        title: "TSecr ignored when ACK bit clear",
        level: Must, section: "3.2", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN with nonzero TSecr",
        expected: "No effect",
        violation: "RTT computed from it / segment rejected",
    }

    RFC7323_3_2_4 = "RFC7323-3.2-4" {
        title: "TSopt on SYN,ACK only if SYN had it",
        level: MustNot, section: "3.2", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "SYN without TSopt",
        expected: "SYN,ACK without TSopt (crossing-SYN case excepted)",
        violation: "Unsolicited TSopt",
    }

    RFC7323_3_2_5 = "RFC7323-3.2-5" {
        title: "TSopt on every non-RST segment once negotiated",
        level: Must, section: "3.2", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Capture all segments incl. bare ACK, FIN, probes, keep-alives, challenge ACKs",
        expected: "TSopt present",
        violation: "Any non-RST segment lacking TSopt",
    }

    RFC7323_3_2_6 = "RFC7323-3.2-6" {
        title: "TSopt on RST when negotiated",
        level: Should, section: "3.2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Provoke RST",
        expected: "TSopt present",
        violation: "Absent",
    }

    RFC7323_3_2_7 = "RFC7323-3.2-7" {
        title: "Segment lacking expected TSopt silently dropped",
        level: Should, section: "3.2", priority: 2,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "Non-RST segment without TSopt",
        expected: "Ignored without reply",
        violation: "It was taken; a reset would break RFC7323-3.2-8 too",
    }

    RFC7323_3_2_8 = "RFC7323-3.2-8" {
        title: "Missing TSopt never aborts the connection",
        level: MustNot, section: "3.2", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "Non-RST segment without TSopt; also an RST without TSopt, which is honoured",
        expected: "Connection survives (non-RST case)",
        violation: "Abort",
    }

    RFC7323_3_2_9 = "RFC7323-3.2-9" {
        title: "Unnegotiated TSopt ignored, segment processed",
        level: Must, section: "3.2", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "TSopt on data although not negotiated",
        expected: "Normal processing; no TSopt in replies",
        violation: "Drop, PAWS applied, or the stack starts sending TSopt",
    }

    RFC7323_4_1_1 = "RFC7323-4.1-1" {
        title: "Timestamp clock roughly proportional to real time",
        level: Must, section: "4.1", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Sample TSval over time",
        expected: "Monotone with steady rate",
        violation: "Jumps, backwards or frozen clock",
    }

    RFC7323_4_1_2 = "RFC7323-4.1-2" {
        title: "RTT sample only from segments advancing SND.UNA",
        level: May, section: "4.1", priority: 3,
        observable: Internal, role: Sender, testability: Timing,
        stimulus: "Dup ACKs with old TSecr",
        expected: "RTO unaffected",
        violation: "RTO inflated/deflated by non-advancing segment",
    }

    RFC7323_4_2_1 = "RFC7323-4.2-1" {
        title: "Multiple samples per RTT must not shorten history",
        level: Should, section: "4.2", priority: 3,
        observable: Internal, role: Sender, testability: Timing,
        stimulus: "Many ACKs per RTT",
        expected: "RTO as stable as one sample per RTT",
        violation: "Over-reactive RTO",
    }

    RFC7323_4_3_1 = "RFC7323-4.3-1" {
        title: "Delayed ACK echoes TSval of earliest unacknowledged segment",
        level: Should, section: "4.3", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Two segments with different TSval then one ACK",
        expected: "TSecr = first TSval",
        violation: "TSecr = second TSval",
    }

    RFC7323_4_3_2 = "RFC7323-4.3-2" {
        title: "ACK for out-of-order data echoes last TSval that advanced RCV.NXT",
        level: Should, section: "4.3", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "In-order then gap segment with newer TSval",
        expected: "TSecr = in-order TSval",
        violation: "TSecr = out-of-order TSval",
    }

    RFC7323_4_3_3 = "RFC7323-4.3-3" {
        title: "Gap-filling segment TSval is echoed",
        level: Must, section: "4.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Fill hole with newer TSval",
        expected: "TSecr = filler TSval",
        violation: "TSecr = older value",
    }

    RFC7323_4_3_P01 = "RFC7323-4.3-p01" {
        title: "TS.Recent updated only if TSval >= TS.Recent and SEG.SEQ <= Last.ACK.sent",
        level: Must, section: "4.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Segments either side of Last.ACK.sent",
        expected: "Echo changes only when both hold",
        violation: "Echo polluted by future-sequence or older-TS segments",
    }

    RFC7323_5_2_1 = "RFC7323-5.2-1" {
        title: "PAWS reference value monotone non-decreasing",
        level: Must, section: "5.2", priority: 2,
        observable: Internal, role: Receiver, testability: Easy,
        stimulus: "Old TSval after new",
        expected: "Reference unchanged",
        violation: "Reference moves back",
    }

    RFC7323_5_2_2 = "RFC7323-5.2-2" {
        title: "RST generated in reply to TS segment carries TSopt: TSval 0, TSecr=incoming TSval",
        level: Should, section: "5.2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Segment with TSopt to closed port",
        expected: "RST with TSopt(0, TSval)",
        violation: "Absent or other values",
    }

    RFC7323_5_2_3 = "RFC7323-5.2-3" {
        title: "User-abort RST carries TSopt when negotiated",
        level: Should, section: "5.2", priority: 3,
        observable: Wire, role: Sender, testability: NeedsApi,
        stimulus: "Abort",
        expected: "TSopt present",
        violation: "Absent",
    }

    RFC7323_5_2_4 = "RFC7323-5.2-4" {
        title: "RST not subject to PAWS",
        level: MustNot, section: "5.2", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "RST at RCV.NXT with ancient TSval",
        expected: "Reset honoured",
        violation: "RST dropped by PAWS",
    }

    RFC7323_5_2_5 = "RFC7323-5.2-5" {
        title: "RST timestamps do not update state",
        level: MustNot, section: "5.2", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Challenged RST with huge TSval then normal data",
        expected: "Normal data accepted, echo unaffected",
        violation: "Later data fails PAWS",
    }

    RFC7323_5_2_6 = "RFC7323-5.2-6" {
        title: "TSecr may tighten RST acceptance",
        level: May, section: "5.2", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "RST with wrong TSecr",
        expected: "Accept or reject",
        violation: "Nothing: the choice is free",
    }

    RFC7323_5_3_1 = "RFC7323-5.3-1" {
        title: "PAWS test precedes the sequence test",
        level: Must, section: "5.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "In-window data with old TSval",
        expected: "Rejected",
        violation: "Accepted",
    }

    RFC7323_5_3_2 = "RFC7323-5.3-2" {
        title: "PAWS failure: ACK and drop",
        level: Must, section: "5.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Old TSval, non-RST",
        expected: "Empty ACK; no delivery",
        violation: "Silence (beyond limit), delivery, or reset",
    }

    RFC7323_5_3_3 = "RFC7323-5.3-3" {
        title: "Timestamp checked only on first arrival",
        level: Must, section: "5.3", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "Queue out-of-order segments, fill hole with newer TS",
        expected: "Queued data delivered",
        violation: "Queued data discarded as old",
    }

    RFC7323_5_3_P01 = "RFC7323-5.3-p01" {
        title: "Modulo-2^32 timestamp comparison",
        level: Must, section: "5.3", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "TSval crossing 2^31/2^32",
        expected: "Correct older/newer decision",
        violation: "Wrap treated as old",
    }

    RFC7323_5_4_1 = "RFC7323-5.4-1" {
        title: "Timestamp clock ticks at least once per 2^31 bytes; recycle time > MSL",
        level: Must, section: "5.4", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Sample rate",
        expected: "1 ms..1 s per tick in the chosen range (faster tolerated if recycle > MSL)",
        violation: "Too slow or too fast",
    }

    RFC7323_5_5_1 = "RFC7323-5.5-1" {
        title: "TS.Recent invalidated after 24 days idle",
        level: Must, section: "5.5", priority: 3,
        observable: Wire, role: Receiver, testability: Timing,
        stimulus: "Virtual-time idle > 24 days then older TSval",
        expected: "Segment accepted, TS.Recent replaced",
        violation: "Connection frozen",
    }

    RFC7323_5_7_1 = "RFC7323-5.7-1" {
        title: "PAWS implies Path MTU Discovery / DF set",
        level: Must, section: "5.7", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Capture IPv4 DF",
        expected: "DF set",
        violation: "Fragmentable segments with PAWS in use",
    }

    RFC7323_A_P01 = "RFC7323-A-p01" {
        title: "TSopt aligned with two NOPs on non-SYN segments",
        level: Should, section: "A", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Capture",
        expected: "NOP NOP TS layout",
        violation: "Nothing to flag: the layout is cosmetic",
    }
}
