//! RFC 9293, Appendix B: what is labelled SHLD-1 to SHLD-31 and MAY-1 to MAY-18. Data only.

use super::row::requirements;

requirements! {
    from super::rfc9293_must_35::END;

    RFC9293_SHLD_1 = "RFC9293-SHLD-1" {
        title: "ISN = clock + keyed PRF of the 4-tuple",
        level: Should, section: "3.4.1", priority: 3,
        observable: Internal, role: Sender, testability: Untestable,
        stimulus: "Compare ISNs over tuples and time",
        expected: "Per-tuple monotone, unrelated across tuples",
        violation: "Global counter or pure random with no monotonic component",
    }

    RFC9293_SHLD_2 = "RFC9293-SHLD-2" {
        title: "RST carrying data is accepted",
        level: Should, section: "3.5.3", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Send otherwise valid RST with payload",
        expected: "Treated as a RST; payload not delivered",
        violation: "RST ignored or payload delivered/ACKed",
    }

    RFC9293_SHLD_3 = "RFC9293-SHLD-3" {
        title: "Half-duplex close signals lost data with RST",
        level: Should, section: "3.6.1", priority: 2,
        observable: Wire, role: Receiver, testability: NeedsApi,
        stimulus: "\
            On a stack whose close also ends reading: close with unread data, or send data after \
            close",
        expected: "RST emitted",
        violation: "Data silently ACKed and discarded",
    }

    RFC9293_SHLD_4 = "RFC9293-SHLD-4" {
        title: "Use timestamps to shorten TIME-WAIT (RFC 6191)",
        level: Should, section: "3.6.1", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN with newer timestamp for a 4-tuple in TIME-WAIT",
        expected: "SYN,ACK creating a new incarnation",
        violation: "SYN dropped/refused although timestamp is newer",
    }

    RFC9293_SHLD_5 = "RFC9293-SHLD-5" {
        title: "Send MSS on every SYN when receive MSS is not the default",
        level: Should, section: "3.7.1", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Capture SYN and SYN,ACK incl. retransmissions",
        expected: "MSS option present",
        violation: "MSS missing though receive MSS differs from 536/1220",
    }

    RFC9293_SHLD_6 = "RFC9293-SHLD-6" {
        title: "MSS derived from smallest effective MTU when it varies",
        level: Should, section: "3.7.3", priority: 3,
        observable: Internal, role: Sender, testability: Untestable,
        stimulus: "Interface with variable MTU",
        expected: "MSS matches the minimum",
        violation: "MSS from the maximum",
    }

    RFC9293_SHLD_7 = "RFC9293-SHLD-7" {
        title: "Nagle algorithm implemented",
        level: Should, section: "3.7.4", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Default settings; multiple small writes while data is unacknowledged",
        expected: "\
            At most one undersized unacknowledged segment (classic) or the documented variant",
        violation: "Many tiny in-flight segments with Nagle enabled",
    }

    RFC9293_SHLD_8 = "RFC9293-SHLD-8" {
        title: "ECN implemented",
        level: Should, section: "3.8.2", priority: 3,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "ECN-setup SYN to the stack; inspect the stack's own SYN",
        expected: "ECN negotiated when enabled",
        violation: "No ECN support",
    }

    RFC9293_SHLD_9 = "RFC9293-SHLD-9" {
        title: "Application informed between R1 and R2",
        level: Should, section: "3.8.3", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Black-hole; query errors after R1",
        expected: "Delivery problem report before abort",
        violation: "Only final timeout visible",
    }

    RFC9293_SHLD_10 = "RFC9293-SHLD-10" {
        title: "R1 at least 3 retransmissions",
        level: Should, section: "3.8.3", priority: 3,
        observable: Internal, role: Sender, testability: Untestable,
        stimulus: "Black-hole",
        expected: "R1 action not before the third retransmission",
        violation: "Earlier",
    }

    RFC9293_SHLD_11 = "RFC9293-SHLD-11" {
        title: "R2 at least 100 seconds",
        level: Should, section: "3.8.3", priority: 2,
        observable: WireAndApi, role: Sender, testability: Timing,
        stimulus: "Black-hole with default settings; measure time to abort",
        expected: "Abort no sooner than 100 s after first transmission",
        violation: "Earlier abort under defaults",
    }

    RFC9293_SHLD_12 = "RFC9293-SHLD-12" {
        title: "Keep-alive probe carries no data",
        level: Should, section: "3.8.4", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Enabled keep-alive; capture probe",
        expected: "Zero-length segment at SND.NXT-1",
        violation: "Probe carries data by default",
    }

    RFC9293_SHLD_13 = "RFC9293-SHLD-13" {
        title: "New applications avoid the urgent mechanism",
        level: ShouldNot, section: "3.8.5", priority: 3,
        observable: Api, role: Api, testability: Untestable,
        stimulus: "Application review",
        expected: "No urgent use",
        violation: "Application depends on URG",
    }

    RFC9293_SHLD_14 = "RFC9293-SHLD-14" {
        title: "Receiver does not shrink its window",
        level: ShouldNot, section: "3.8.6", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Track the highest ACK plus window over all segments of the stack",
        expected: "Right edge never moves left (modulo scale rounding < 2^shift)",
        violation: "Advertised right edge retreats",
    }

    RFC9293_SHLD_15 = "RFC9293-SHLD-15" {
        title: "No new data after window shrank below SND.NXT",
        level: ShouldNot, section: "3.8.6", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Shrink window under in-flight data with more data queued",
        expected: "No new sequence numbers sent",
        violation: "New data beyond the shrunken edge",
    }

    RFC9293_SHLD_16 = "RFC9293-SHLD-16" {
        title: "Old data inside the shrunken window is retransmitted normally",
        level: Should, section: "3.8.6", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Shrink window, leave data unacked",
        expected: "Retransmission of SND.UNA..SND.UNA+SND.WND at RTO",
        violation: "Sender goes silent",
    }

    RFC9293_SHLD_17 = "RFC9293-SHLD-17" {
        title: "No connection timeout for unacked data beyond the right edge",
        level: ShouldNot, section: "3.8.6", priority: 3,
        observable: WireAndApi, role: Sender, testability: Timing,
        stimulus: "Shrink window; keep ACKing without covering data past the edge beyond R2",
        expected: "Connection stays up",
        violation: "Abort",
    }

    RFC9293_SHLD_18 = "RFC9293-SHLD-18" {
        title: "Delayed ACK implemented",
        level: Should, section: "3.8.6.3", priority: 3,
        observable: Wire, role: Receiver, testability: Timing,
        stimulus: "Single in-order segment, no reverse data",
        expected: "ACK may be held briefly",
        violation: "ACKs every segment instantly (allowed but not the recommended behaviour)",
    }

    RFC9293_SHLD_19 = "RFC9293-SHLD-19" {
        title: "ACK at least every second full-sized segment / 2*RMSS bytes",
        level: Should, section: "3.8.6.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Stream full-sized segments in order",
        expected: "Cumulative ACK lag never reaches more than 2*RMSS new octets",
        violation: "More than 2*RMSS octets received without any ACK",
    }

    RFC9293_SHLD_20 = "RFC9293-SHLD-20" {
        title: "Application can disable error reports",
        level: Should, section: "3.9.1.8", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Disable then inject ICMP",
        expected: "No upcalls",
        violation: "Reports cannot be suppressed",
    }

    RFC9293_SHLD_21 = "RFC9293-SHLD-21" {
        title: "Diffserv changeable mid-connection",
        level: Should, section: "3.9.1.9", priority: 3,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "Change DSCP during transfer",
        expected: "New value on later segments",
        violation: "Not changeable",
    }

    RFC9293_SHLD_22 = "RFC9293-SHLD-22" {
        title: "Diffserv passed unchanged to IP",
        level: Should, section: "3.9.1.9", priority: 3,
        observable: Wire, role: Sender, testability: NeedsApi,
        stimulus: "Set DSCP",
        expected: "Same codepoint on wire",
        violation: "Altered by TCP",
    }

    RFC9293_SHLD_23 = "RFC9293-SHLD-23" {
        title: "Application does not alter Diffserv mid-connection",
        level: ShouldNot, section: "3.9.2", priority: 3,
        observable: Api, role: Api, testability: Untestable,
        stimulus: "Application review",
        expected: "Stable DSCP",
        violation: "Frequent changes",
    }

    RFC9293_SHLD_24 = "RFC9293-SHLD-24" {
        title: "Later source route supersedes the earlier",
        level: Should, section: "3.9.2.1", priority: 3,
        observable: Wire, role: Receiver, testability: NeedsApi,
        stimulus: "Two different source routes received",
        expected: "Later used",
        violation: "Earlier kept",
    }

    RFC9293_SHLD_25 = "RFC9293-SHLD-25" {
        title: "Soft ICMP information offered to application",
        level: Should, section: "3.9.2.2", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Inject soft ICMP",
        expected: "Retrievable at application",
        violation: "Lost",
    }

    RFC9293_SHLD_26 = "RFC9293-SHLD-26" {
        title: "Hard ICMP errors abort the connection",
        level: Should, section: "3.9.2.2", priority: 3,
        observable: WireAndApi, role: Both, testability: NeedsApi,
        stimulus: "Inject v4 unreach code 2, 3 or 4(non-PMTU) for a connection",
        expected: "Abort (commonly only in SYN-SENT; sequence validation allowed)",
        violation: "Continues in SYN-SENT despite port unreachable",
    }

    RFC9293_SHLD_27 = "RFC9293-SHLD-27" {
        title: "PSH bits collapse so that large segments result",
        level: Should, section: "3.9.1.2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Several pushed writes while blocked, then unblock",
        expected: "Writes merged into full segments",
        violation: "One segment per write although a bigger one was possible",
    }

    RFC9293_SHLD_28 = "RFC9293-SHLD-28" {
        title: "Send full-sized segments whenever possible",
        level: Should, section: "3.9.1.2", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Bulk data and ample window/cwnd",
        expected: "Segments of Eff.snd.MSS except last",
        violation: "Persistently undersized segments",
    }

    RFC9293_SHLD_29 = "RFC9293-SHLD-29" {
        title: "First zero-window probe after one RTO",
        level: Should, section: "3.8.6.1", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Zero window with queued data",
        expected: "First probe about one RTO after the window closed",
        violation: "Immediate probe storm or much later than RTO",
    }

    RFC9293_SHLD_30 = "RFC9293-SHLD-30" {
        title: "Probe interval grows exponentially",
        level: Should, section: "3.8.6.1", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Answer/ignore probes with zero window",
        expected: "Interval roughly doubles to an implementation cap",
        violation: "Constant short interval",
    }

    RFC9293_SHLD_31 = "RFC9293-SHLD-31" {
        title: "Out-of-order in-window segments are held",
        level: Should, section: "3.10.7.4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Send segment n+1 then n",
        expected: "ACK jumps over both after the gap is filled",
        violation: "ACK covers only n; n+1 must be resent",
    }

    RFC9293_MAY_1 = "RFC9293-MAY-1" {
        title: "Half-duplex close permitted",
        level: May, section: "3.6.1", priority: 3,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "CLOSE then peer sends data",
        expected: "Either data readable (full) or RST (half-duplex)",
        violation: "Nothing: the choice is free (what a half-duplex close must do: RFC9293-SHLD-3)",
    }

    RFC9293_MAY_2 = "RFC9293-MAY-2" {
        title: "SYN may reopen directly from TIME-WAIT",
        level: May, section: "3.6.1", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN with higher sequence for TIME-WAIT 4-tuple",
        expected: "\
            If accepted: new ISS beyond old SND.NXT, and fallback to TIME-WAIT if SYN proves old",
        violation: "Accepted with overlapping ISS",
    }

    RFC9293_MAY_3 = "RFC9293-MAY-3" {
        title: "MSS may always be sent",
        level: May, section: "3.7.1", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "SYN capture",
        expected: "MSS may appear even at the default value",
        violation: "Nothing: the choice is free",
    }

    RFC9293_MAY_4 = "RFC9293-MAY-4" {
        title: "Same IP identification on identical retransmission",
        level: May, section: "3.8.1", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Retransmission capture",
        expected: "Same or different ID allowed",
        violation: "Nothing: the choice is free",
    }

    RFC9293_MAY_5 = "RFC9293-MAY-5" {
        title: "Keep-alives may exist",
        level: May, section: "3.8.4", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Enable option",
        expected: "Probes or not",
        violation: "\
            Nothing: the choice is free (how keep-alives must behave: RFC9293-MUST-24 to \
            RFC9293-MUST-29)",
    }

    RFC9293_MAY_6 = "RFC9293-MAY-6" {
        title: "Keep-alive probe may be configured with one garbage octet",
        level: May, section: "3.8.4", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Config option",
        expected: "0 or 1 octet at SND.NXT-1",
        violation: "More than one octet",
    }

    RFC9293_MAY_7 = "RFC9293-MAY-7" {
        title: "May retransmit beyond a shrunken right edge",
        level: May, section: "3.8.6", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Shrink window under flight",
        expected: "Old data beyond edge may be resent",
        violation: "New data beyond edge",
    }

    RFC9293_MAY_8 = "RFC9293-MAY-8" {
        title: "Receive window may stay closed indefinitely",
        level: May, section: "3.8.6.1", priority: 3,
        observable: Wire, role: Receiver, testability: Timing,
        stimulus: "Application never reads",
        expected: "Window 0 kept, each probe ACKed",
        violation: "Connection dropped by receiver for not reading",
    }

    RFC9293_MAY_9 = "RFC9293-MAY-9" {
        title: "Received Diffserv may be passed up",
        level: May, section: "3.9.1.9", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "API query",
        expected: "Either",
        violation: "Nothing: the choice is free",
    }

    RFC9293_MAY_10 = "RFC9293-MAY-10" {
        title: "IP Timestamp option may be supported",
        level: May, section: "3.9.2", priority: 3,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "IP option probe",
        expected: "Either",
        violation: "\
            Nothing: the choice is free (RFC 9293's Appendix B marks this SHOULD, its body MAY)",
    }

    RFC9293_MAY_11 = "RFC9293-MAY-11" {
        title: "IP Record Route may be supported",
        level: May, section: "3.9.2", priority: 3,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "IP option probe",
        expected: "Either",
        violation: "\
            Nothing: the choice is free (RFC 9293's Appendix B marks this SHOULD, its body MAY)",
    }

    RFC9293_MAY_12 = "RFC9293-MAY-12" {
        title: "RFC 5961 data-injection ACK-range check may be implemented",
        level: May, section: "3.10.7.4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Segment with SEG.ACK far below SND.UNA",
        expected: "Either processed (old rule) or discarded with an ACK",
        violation: "Mixed behaviour within one stack",
    }

    RFC9293_MAY_13 = "RFC9293-MAY-13" {
        title: "May ACK in-window segments beyond the left edge at once",
        level: May, section: "3.10.7.4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Out-of-order segment",
        expected: "Immediate duplicate ACK (RFC 5681 SHOULD) or none",
        violation: "Nothing: the choice is free, so far as a MUST goes",
    }

    RFC9293_MAY_14 = "RFC9293-MAY-14" {
        title: "FLUSH call may exist",
        level: May, section: "3.9.1.7", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "API",
        expected: "Either",
        violation: "Nothing: the choice is free",
    }

    RFC9293_MAY_15 = "RFC9293-MAY-15" {
        title: "SEND may take a PUSH flag",
        level: May, section: "3.9.1.2", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "API",
        expected: "Either; if absent, RFC9293-MUST-60 and RFC9293-MUST-61 apply",
        violation: "Nothing: the choice is free",
    }

    RFC9293_MAY_16 = "RFC9293-MAY-16" {
        title: "Un-pushed data may be aggregated",
        level: May, section: "3.9.1.2", priority: 3,
        observable: WireAndApi, role: Sender, testability: NeedsApi,
        stimulus: "Unpushed writes",
        expected: "Delay allowed until pushed/full",
        violation: "Indefinite hold when no PUSH API",
    }

    RFC9293_MAY_17 = "RFC9293-MAY-17" {
        title: "PSH may be passed to the receiver application",
        level: May, section: "3.9.1.3", priority: 3,
        observable: Api, role: Receiver, testability: NeedsApi,
        stimulus: "PSH segments",
        expected: "Either",
        violation: "Data delivery depending on PSH forever",
    }

    RFC9293_MAY_18 = "RFC9293-MAY-18" {
        title: "Alternative congestion control allowed if conformant",
        level: May, section: "3.8.2", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "CC selection",
        expected: "Any IETF-conformant algorithm; oracle must not assume Reno",
        violation: "More aggressive than permitted envelope",
    }
}
