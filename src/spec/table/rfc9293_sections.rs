//! RFC 9293, sections 2 to 3.9: rules that carry no label of Appendix B. Data only.

use super::row::requirements;

requirements! {
    from super::rfc9293_should_may::END;

    RFC9293_3_1_P01 = "RFC9293-3.1-p01" {
        title: "Reserved header bits sent as zero and ignored on receipt",
        level: Must, section: "3.1", priority: 1,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "Set reserved bits on inbound segments; capture outbound ones",
        expected: "\
            Outbound reserved bits 0 (unless a newer extension such as AccECN is negotiated); \
            inbound processed normally",
        violation: "Drop/RST because reserved bits set; non-zero reserved bits emitted",
    }

    RFC9293_3_4_P01 = "RFC9293-3.4-p01" {
        title: "Sequence arithmetic is modulo 2^32",
        level: Must, section: "3.4", priority: 1,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "Choose ISS/IRS so that data, window edges and FIN cross the wrap point",
        expected: "Same behaviour as without wrap",
        violation: "Stall, reset or wrong ACK around 0xFFFFFFFF/0",
    }

    RFC9293_3_4_P02 = "RFC9293-3.4-p02" {
        title: "Four-case segment acceptability test",
        level: Must, section: "3.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Segments with SEG.LEN 0/>0 against window 0/>0 at each edge +-1",
        expected: "\
            Acceptance follows the four-case table, with tolerance at the edge points where stacks \
            patch it",
        violation: "Accepting data wholly outside the window, or rejecting in-window segments",
    }

    RFC9293_3_4_P03 = "RFC9293-3.4-p03" {
        title: "SYN and FIN each consume one sequence number",
        level: Must, section: "3.4", priority: 1,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "Handshake, FIN exchange, SYN+data, data+FIN",
        expected: "ACK numbers count SYN/FIN exactly once",
        violation: "ACK off by one; RST ACK = SEG.SEQ without counting SYN/FIN/data",
    }

    RFC9293_3_4_3_P01 = "RFC9293-3.4.3-p01" {
        title: "Quiet time of one MSL after losing sequence memory",
        level: Should, section: "3.4.3", priority: 3,
        observable: Wire, role: Sender, testability: Untestable,
        stimulus: "Restart the stack",
        expected: "\
            No segment on old tuples for MSL (widely skipped; explicitly optional in practice)",
        violation: "Nothing to flag: for information only",
    }

    RFC9293_3_5_P01 = "RFC9293-3.5-p01" {
        title: "Data on SYN withheld from user until connection validated",
        level: Must, section: "3.5", priority: 2,
        observable: WireAndApi, role: Receiver, testability: NeedsApi,
        stimulus: "SYN with payload to a listener; complete or abandon handshake",
        expected: "\
            Payload either ignored (ACK=IRS+1) or buffered, never delivered before ESTABLISHED",
        violation: "Application reads data from an unfinished handshake (outside TFO)",
    }

    RFC9293_3_5_1_P01 = "RFC9293-3.5.1-p01" {
        title: "Half-open detection by ACK then RST",
        level: Must, section: "3.5.1", priority: 1,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "\
            The stack in SYN-SENT receives an ACK of an old connection; the stack in ESTABLISHED \
            receives a SYN from a rebooted peer",
        expected: "\
            SYN-SENT side answers RST(seq=SEG.ACK); synchronized side answers with its current ACK",
        violation: "Silence or reset by the synchronized side to a stale out-of-window SYN",
    }

    RFC9293_3_5_2_P01 = "RFC9293-3.5.2-p01" {
        title: "Never reset in reply to a reset",
        level: Must, section: "3.5.2", priority: 1,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "Any RST in any state or to no connection",
        expected: "No RST emitted in response",
        violation: "RST answered by RST (loop)",
    }

    RFC9293_3_5_2_P02 = "RFC9293-3.5.2-p02" {
        title: "RST only when clearly not for this connection",
        level: Must, section: "3.5.2", priority: 1,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "Unacceptable but plausible segments in synchronized states",
        expected: "Plain ACK rather than RST",
        violation: "RST from a synchronized state on out-of-window seq or bad ACK",
    }

    RFC9293_3_5_2_P03 = "RFC9293-3.5.2-p03" {
        title: "Synchronized states answer unacceptable segments with an empty ACK",
        level: Must, section: "3.5.2", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Out-of-window sequence or ACK of unsent data in each synchronized state",
        expected: "<SEQ=SND.NXT, ACK=RCV.NXT, no data>; state unchanged",
        violation: "Silence (beyond rate limiting), RST, or state change",
    }

    RFC9293_3_5_2_P04 = "RFC9293-3.5.2-p04" {
        title: "Side that issues a RST keeps TIME-WAIT-like state",
        level: Should, section: "3.5.2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "ABORT then late segments",
        expected: "\
            Either CLOSED behaviour (RST replies) or TIME-WAIT behaviour; section 3.10.5 says \
            CLOSED",
        violation: "Nothing: the choice is free (the two sections contradict each other)",
    }

    RFC9293_3_5_3_P01 = "RFC9293-3.5.3-p01" {
        title: "RST validated before acting",
        level: Must, section: "3.5.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "RST with out-of-window sequence in every state but SYN-SENT",
        expected: "Ignored without reply",
        violation: "Connection dies from an out-of-window RST",
    }

    RFC9293_3_6_P01 = "RFC9293-3.6-p01" {
        title: "Data queued before CLOSE is delivered before FIN",
        level: Must, section: "3.6", priority: 1,
        observable: WireAndApi, role: Sender, testability: Easy,
        stimulus: "Write then close at once with limited window or loss",
        expected: "All octets arrive, FIN sequence follows the last octet",
        violation: "Data after or beyond FIN, or truncation",
    }

    RFC9293_3_6_P02 = "RFC9293-3.6-p02" {
        title: "No new data accepted or sent after local CLOSE",
        level: Must, section: "3.6", priority: 1,
        observable: WireAndApi, role: Sender, testability: NeedsApi,
        stimulus: "Write after close/shutdown",
        expected: "API error; no sequence numbers beyond FIN",
        violation: "Octets sent beyond FIN",
    }

    RFC9293_3_6_P03 = "RFC9293-3.6-p03" {
        title: "FIN and preceding data retransmitted until acknowledged",
        level: Must, section: "3.6", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Drop ACKs of the FIN",
        expected: "FIN retransmitted with same sequence number and backoff",
        violation: "FIN sent once, or a second FIN at another sequence",
    }

    RFC9293_3_6_P04 = "RFC9293-3.6-p04" {
        title: "Simultaneous close goes through CLOSING to TIME-WAIT",
        level: Must, section: "3.6", priority: 1,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "Cross FINs",
        expected: "Each FIN ACKed; after ACK of own FIN TIME-WAIT",
        violation: "Deadlock, RST, or LAST-ACK style early deletion",
    }

    RFC9293_3_6_P05 = "RFC9293-3.6-p05" {
        title: "Receiving continues after local CLOSE (half-close) unless half-duplex",
        level: Must, section: "3.6", priority: 2,
        observable: WireAndApi, role: Receiver, testability: NeedsApi,
        stimulus: "Close for sending, peer keeps sending",
        expected: "Data ACKed and readable in FIN-WAIT-1/2",
        violation: "Data refused on a stack that claims half-close",
    }

    RFC9293_3_6_P06 = "RFC9293-3.6-p06" {
        title: "User told of remote close even without pending RECEIVE",
        level: Must, section: "3.6", priority: 2,
        observable: Api, role: Receiver, testability: NeedsApi,
        stimulus: "Peer FIN on idle connection",
        expected: "EOF/readable indication",
        violation: "No indication",
    }

    RFC9293_3_8_P01 = "RFC9293-3.8-p01" {
        title: "Every segment after establishment carries current ACK",
        level: Must, section: "3.8", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Capture all non-RST segments from ESTABLISHED on",
        expected: "ACK bit set; ACK field equals RCV.NXT at emission time (never regresses)",
        violation: "Segment without ACK or with stale/decreasing ACK",
    }

    RFC9293_3_8_P02 = "RFC9293-3.8-p02" {
        title: "Transmission confined to the offered window",
        level: Must, section: "3.8", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Small/odd windows, window updates",
        expected: "\
            Highest new sequence sent < SND.UNA+SND.WND of the newest valid update (probe octet \
            and FIN exceptions noted)",
        violation: "New data past the right edge",
    }

    RFC9293_3_8_5_P01 = "RFC9293-3.8.5-p01" {
        title: "Robust to nonsensical urgent pointers",
        level: Should, section: "3.8.5", priority: 2,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "URG pointer 0, receding, or far beyond data",
        expected: "No crash, no data loss, no stuck urgent mode",
        violation: "Crash, data skipped, connection reset",
    }

    RFC9293_3_8_6_P01 = "RFC9293-3.8.6-p01" {
        title: "Window updates taken only from newer segments",
        level: Must, section: "3.8.6", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Replay an old ACK segment carrying a different window",
        expected: "Old window ignored per WL1/WL2 test",
        violation: "Stale window adopted, so sender overruns or stalls",
    }

    RFC9293_3_8_6_1_P01 = "RFC9293-3.8.6.1-p01" {
        title: "Zero-window receiver still ACKs arriving segments",
        level: Must, section: "3.8.6.1", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "The stack's window is 0; send 1 octet at RCV.NXT, or a probe at SND.NXT-1",
        expected: "ACK with RCV.NXT unchanged and current window",
        violation: "No answer to probes",
    }

    RFC9293_3_8_6_1_P02 = "RFC9293-3.8.6.1-p02" {
        title: "Probe carries at least one new octet or retransmits",
        level: Must, section: "3.8.6.1", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Zero window with queued data",
        expected: "\
            Probe segment elicits an ACK from any conformant peer (octet at SND.NXT, or old \
            sequence)",
        violation: "Probe the peer could legitimately ignore",
    }

    RFC9293_3_8_3_1 = "RFC9293-3.8.3-1" {
        title: "\
            SYN retransmission handled with general procedure and notification (sentence behind \
            RFC9293-MUST-22)",
        level: Must, section: "3.8.3", priority: 3,
        observable: WireAndApi, role: Sender, testability: Timing,
        stimulus: "Silent peer",
        expected: "Backoff + application error",
        violation: "SYN sent once only, no backoff, or open hangs without error",
    }

    RFC9293_3_9_1_8_1 = "RFC9293-3.9.1.8-1" {
        title: "Asynchronous reports cover ICMP errors, excessive retransmission, urgent advance",
        level: Must, section: "3.9.1.8", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Trigger each",
        expected: "Each condition reportable",
        violation: "A condition never reported",
    }

    RFC9293_2_2_P01 = "RFC9293-2.2-p01" {
        title: "Byte stream delivered reliably, in order, exactly once",
        level: Must, section: "2.2", priority: 1,
        observable: WireAndApi, role: Both, testability: Easy,
        stimulus: "Any mix of loss, duplication, reordering, overlap",
        expected: "Delivered stream equals sent stream prefix",
        violation: "Corruption, gap, duplication or reordering of delivered octets",
    }

    RFC9293_3_4_P04 = "RFC9293-3.4-p04" {
        title: "ACK covers only octets actually received contiguously",
        level: Must, section: "3.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Gaps, overlaps, zero window, FIN",
        expected: "SEG.ACK <= highest contiguous in-window sequence sent by the peer",
        violation: "ACK of octets never sent or still missing",
    }

    RFC9293_3_4_3_P02 = "RFC9293-3.4.3-p02" {
        title: "A sequence number stays bound to one octet value",
        level: Must, section: "3.4.3", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Force retransmission, repackaging, partial ACKs",
        expected: "Retransmitted octets identical to first transmission",
        violation: "Different payload at the same sequence number",
    }

    RFC9293_3_8_P03 = "RFC9293-3.8-p03" {
        title: "SYN, SYN,ACK and FIN retransmissions reuse their sequence number",
        level: Must, section: "3.8", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Withhold ACKs",
        expected: "Same ISS / same FIN sequence each time",
        violation: "New ISS on retransmission or moving FIN",
    }
}
