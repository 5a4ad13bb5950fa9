//! RFC 9293, sections 3.10.7 and 3.10.8: SEGMENT ARRIVES, state by state, and the timeouts.
//! Data only.

use super::row::requirements;

requirements! {
    from super::rfc9293_calls::END;

    RFC9293_3_10_7_1_P01 = "RFC9293-3.10.7.1-p01" {
        title: "CLOSED: RST discarded silently",
        level: Must, section: "3.10.7.1", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "RST (any form) to a closed port",
        expected: "No reply",
        violation: "Any reply",
    }

    RFC9293_3_10_7_1_P02 = "RFC9293-3.10.7.1-p02" {
        title: "CLOSED: segment without ACK gets RST,ACK(seq 0)",
        level: Must, section: "3.10.7.1", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN, bare data or FIN without ACK to closed port",
        expected: "<SEQ=0, ACK=SEG.SEQ+SEG.LEN, RST,ACK> with LEN counting SYN/FIN/data",
        violation: "Wrong ACK arithmetic, missing ACK bit, silence",
    }

    RFC9293_3_10_7_1_P03 = "RFC9293-3.10.7.1-p03" {
        title: "CLOSED: segment with ACK gets RST(seq=SEG.ACK)",
        level: Must, section: "3.10.7.1", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "ACK, SYN,ACK, data,ACK, FIN,ACK to closed port",
        expected: "<SEQ=SEG.ACK, RST>",
        violation: "Other sequence number, silence",
    }

    RFC9293_3_10_7_2_P01 = "RFC9293-3.10.7.2-p01" {
        title: "LISTEN: RST ignored",
        level: Must, section: "3.10.7.2", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "RST, RST+SYN, RST+ACK to listener",
        expected: "No reply, listener intact",
        violation: "Reply or listener closed",
    }

    RFC9293_3_10_7_2_P02 = "RFC9293-3.10.7.2-p02" {
        title: "LISTEN: any ACK draws RST(seq=SEG.ACK)",
        level: Must, section: "3.10.7.2", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "ACK, SYN,ACK, FIN,ACK to listener",
        expected: "<SEQ=SEG.ACK, RST>; listener intact",
        violation: "Silence, SYN,ACK, or TCB creation (SYN cookies excepted)",
    }

    RFC9293_3_10_7_2_P03 = "RFC9293-3.10.7.2-p03" {
        title: "LISTEN: SYN answered by SYN,ACK with ACK=SEG.SEQ+1",
        level: Must, section: "3.10.7.2", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN",
        expected: "<SEQ=ISS, ACK=IRS+1, SYN,ACK>; SYN-RECEIVED",
        violation: "Wrong ACK, missing SYN, RST",
    }

    RFC9293_3_10_7_2_P04 = "RFC9293-3.10.7.2-p04" {
        title: "LISTEN: text/control riding on SYN is queued",
        level: Should, section: "3.10.7.2", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN with data and/or FIN",
        expected: "\
            ACK may cover only the SYN (data dropped, resent later) or SYN+data; FIN acted on only \
            after ESTABLISHED",
        violation: "Data acknowledged but lost; FIN acted on before validation",
    }

    RFC9293_3_10_7_2_P05 = "RFC9293-3.10.7.2-p05" {
        title: "LISTEN: segment with none of RST/ACK/SYN dropped",
        level: Must, section: "3.10.7.2", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Bare data, FIN, URG or null-flag segment without ACK",
        expected: "Silent drop",
        violation: "RST or TCB creation",
    }

    RFC9293_3_10_7_3_P01 = "RFC9293-3.10.7.3-p01" {
        title: "SYN-SENT: unacceptable ACK without RST draws RST(seq=SEG.ACK)",
        level: Must, section: "3.10.7.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SEG.ACK <= ISS or > SND.NXT, with or without SYN",
        expected: "<SEQ=SEG.ACK, RST>; stay SYN-SENT",
        violation: "Connection established, aborted, or silence",
    }

    RFC9293_3_10_7_3_P02 = "RFC9293-3.10.7.3-p02" {
        title: "SYN-SENT: unacceptable ACK with RST dropped",
        level: Must, section: "3.10.7.3", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "RST,ACK with bad SEG.ACK",
        expected: "No reply; attempt continues",
        violation: "Open fails on a blind RST",
    }

    RFC9293_3_10_7_3_P03 = "RFC9293-3.10.7.3-p03" {
        title: "SYN-SENT: RST with acceptable ACK refuses the open",
        level: Must, section: "3.10.7.3", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "RST,ACK with SEG.ACK=ISS+1",
        expected: "Application sees refusal; CLOSED; no reply",
        violation: "Attempt continues or a RST reply is sent",
    }

    RFC9293_3_10_7_3_P04 = "RFC9293-3.10.7.3-p04" {
        title: "SYN-SENT: RST without ACK dropped",
        level: Must, section: "3.10.7.3", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "Bare RST",
        expected: "No effect",
        violation: "Open fails",
    }

    RFC9293_3_10_7_3_P05 = "RFC9293-3.10.7.3-p05" {
        title: "SYN-SENT: SYN,ACK completes handshake with ACK",
        level: Must, section: "3.10.7.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Valid SYN,ACK",
        expected: "\
            <SEQ=SND.NXT, ACK=IRS+1, ACK> possibly with data (or replaced by the ACK of riding \
            data); ESTABLISHED",
        violation: "No ACK, wrong numbers",
    }

    RFC9293_3_10_7_3_P06 = "RFC9293-3.10.7.3-p06" {
        title: "SYN-SENT: bare SYN moves to SYN-RECEIVED with SYN,ACK at same ISS",
        level: Must, section: "3.10.7.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN without ACK",
        expected: "<SEQ=ISS, ACK=IRS+1, SYN,ACK>",
        violation: "New ISS, SEQ=ISS+1, or plain ACK",
    }

    RFC9293_3_10_7_3_P07 = "RFC9293-3.10.7.3-p07" {
        title: "SYN-SENT: acceptable ACK without SYN/RST is dropped",
        level: Must, section: "3.10.7.3", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "ACK with SEG.ACK=ISS+1, no SYN",
        expected: "Silent drop; attempt continues",
        violation: "ESTABLISHED, RST or abort",
    }

    RFC9293_3_10_7_3_P08 = "RFC9293-3.10.7.3-p08" {
        title: "SYN-SENT: data/FIN/URG on SYN,ACK processed from the URG step",
        level: Must, section: "3.10.7.3", priority: 2,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "SYN,ACK with payload and/or FIN",
        expected: "\
            Payload ACKed/delivered (or ignored and resent); FIN leads to CLOSE-WAIT after data",
        violation: "Payload acknowledged but lost, FIN lost while ACKed",
    }

    RFC9293_3_10_7_3_P09 = "RFC9293-3.10.7.3-p09" {
        title: "SYN-SENT: partial ACK of SYN data is acceptable",
        level: Must, section: "3.10.7.3", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "The stack sent data on SYN; the peer ACKs only SYN",
        expected: "Established; remaining data retransmitted",
        violation: "RST because SEG.ACK != SND.NXT",
    }

    RFC9293_3_10_7_3_P10 = "RFC9293-3.10.7.3-p10" {
        title: "SYN-SENT/RECEIVED: send window initialised from handshake segment",
        level: Must, section: "3.10.7.3", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Advertise distinctive small window in SYN,ACK",
        expected: "First data respects that window (unscaled)",
        violation: "\
            Window zero/unset until another segment (RFC 1122 4.2.2.20(c) gives the rule; RFC 9293 \
            text omits it for ESTABLISHED)",
    }

    RFC9293_3_10_7_3_1 = "RFC9293-3.10.7.3-1" {
        title: "SYN-SENT RST: RFC 5961 stacks first want SEG.SEQ=RCV.NXT",
        level: Should, section: "3.10.7.3", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "RST,ACK with correct ACK and arbitrary SEQ",
        expected: "Either outcome: RCV.NXT is undefined here, so enforcement cannot be required",
        violation: "Nothing to flag: the rule is ill-defined in this state",
    }

    RFC9293_3_10_7_4_1 = "RFC9293-3.10.7.4-1" {
        title: "RFC 5961 RST: exact RCV.NXT resets",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "RST with SEQ=RCV.NXT in each state",
        expected: "Reset action of that state",
        violation: "Ignored or challenged",
    }

    RFC9293_3_10_7_4_2 = "RFC9293-3.10.7.4-2" {
        title: "RFC 5961 RST: in window but not RCV.NXT draws challenge ACK",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "RST at RCV.NXT+1 .. right edge-1",
        expected: "\
            <SEQ=SND.NXT, ACK=RCV.NXT, ACK>; connection survives (RFC 793 style stacks may reset)",
        violation: "Silence beyond rate limit; for 5961 stacks: reset",
    }

    RFC9293_3_10_7_4_3 = "RFC9293-3.10.7.4-3" {
        title: "RFC 5961 RST: challenged segment goes no further",
        level: Must, section: "3.10.7.4", priority: 2,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "In-window RST with payload/FIN",
        expected: "Payload and other flags ignored",
        violation: "Payload delivered or FIN processed",
    }

    RFC9293_3_10_7_4_4 = "RFC9293-3.10.7.4-4" {
        title: "RFC 5961 SYN: challenge ACK whatever the sequence",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN in/out of window in each synchronized state",
        expected: "\
            <SEQ=SND.NXT, ACK=RCV.NXT, ACK>; no state change (TIME-WAIT reuse excepted; RFC 793 \
            style reset for in-window SYN tolerated on non-5961 stacks)",
        violation: "Silent drop, or reset by a 5961 stack",
    }

    RFC9293_3_10_7_4_5 = "RFC9293-3.10.7.4-5" {
        title: "RFC 5961 SYN: challenged segment goes no further",
        level: Must, section: "3.10.7.4", priority: 2,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "In-window SYN with data",
        expected: "Data not delivered or ACKed",
        violation: "Data accepted",
    }

    RFC9293_3_10_7_4_6 = "RFC9293-3.10.7.4-6" {
        title: "RFC 5961 ACK range: acceptable only within [SND.UNA-MAX.SND.WND, SND.NXT]",
        level: Must, section: "3.10.7.4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Data segments with ACK at SND.UNA-MAX.SND.WND-1, at the edge, and SND.NXT+1",
        expected: "Outside: not processed; inside: processed",
        violation: "Data accepted with out-of-range ACK by a stack claiming the mitigation",
    }

    RFC9293_3_10_7_4_7 = "RFC9293-3.10.7.4-7" {
        title: "RFC 5961 ACK range: violating segment discarded and ACKed",
        level: Must, section: "3.10.7.4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Same",
        expected: "Empty ACK in reply (rate limit allowed)",
        violation: "Silence or data delivery",
    }

    RFC9293_3_10_7_4_P01 = "RFC9293-3.10.7.4-p01" {
        title: "Unacceptable sequence number elicits ACK and drop",
        level: Should, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Old/future segment without RST in SYN-RECEIVED and later",
        expected: "\
            <SEQ=SND.NXT, ACK=RCV.NXT, ACK>; segment otherwise ignored (3.5.2 states it as must \
            for synchronized states)",
        violation: "Silence (beyond rate limit) or processing of content",
    }

    RFC9293_3_10_7_4_P02 = "RFC9293-3.10.7.4-p02" {
        title: "Unacceptable segment with RST dropped silently",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Out-of-window RST",
        expected: "No reply, no state change",
        violation: "ACK reply (RST/ACK war) or reset",
    }

    RFC9293_3_10_7_4_P03 = "RFC9293-3.10.7.4-p03" {
        title: "Only the new, in-window part of a straddling segment is used",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "Overlap old/new data; overlap right edge",
        expected: "ACK advances by new in-window octets only; byte stream intact",
        violation: "Duplicate delivery, delivery beyond window, or loss of new part",
    }

    RFC9293_3_10_7_4_P04 = "RFC9293-3.10.7.4-p04" {
        title: "Zero window: valid ACK, URG and RST still processed",
        level: Should, section: "3.10.7.4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Window 0; segment with unacceptable sequence/length but new ACK",
        expected: "SND.UNA advances (or at least on next pure ACK at RCV.NXT)",
        violation: "ACKs ignored so sender side stalls",
    }

    RFC9293_3_10_7_4_P05 = "RFC9293-3.10.7.4-p05" {
        title: "RST in SYN-RECEIVED from passive open returns to LISTEN quietly",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "Acceptable RST",
        expected: "Listener continues; user not informed",
        violation: "Listener lost, error surfaced on accept",
    }

    RFC9293_3_10_7_4_P06 = "RFC9293-3.10.7.4-p06" {
        title: "RST in SYN-RECEIVED from active open means refused",
        level: Must, section: "3.10.7.4", priority: 2,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "Simultaneous open then RST",
        expected: "Refused error; CLOSED",
        violation: "Hang",
    }

    RFC9293_3_10_7_4_P07 = "RFC9293-3.10.7.4-p07" {
        title: "RST in ESTABLISHED/FIN-WAIT/CLOSE-WAIT resets and informs user",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "Acceptable RST",
        expected: "CLOSED, pending calls fail with reset, no reply",
        violation: "Reply segment or no user error",
    }

    RFC9293_3_10_7_4_P08 = "RFC9293-3.10.7.4-p08" {
        title: "RST in CLOSING/LAST-ACK/TIME-WAIT deletes TCB",
        level: Must, section: "3.10.7.4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Acceptable RST",
        expected: "CLOSED silently (TIME-WAIT: ignoring it per RFC 1337 tolerated)",
        violation: "Reply or hang",
    }

    RFC9293_3_10_7_4_P09 = "RFC9293-3.10.7.4-p09" {
        title: "Security/compartment mismatch resets (MLS only)",
        level: Must, section: "3.10.7.4", priority: 3,
        observable: Wire, role: Receiver, testability: Untestable,
        stimulus: "Mismatched label",
        expected: "RST; ignorable on non-MLS systems",
        violation: "Nothing to flag: labels apply to MLS systems only",
    }

    RFC9293_3_10_7_4_P10 = "RFC9293-3.10.7.4-p10" {
        title: "SYN in SYN-RECEIVED after passive open returns to LISTEN",
        level: Must, section: "3.10.7.4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "In-window SYN (not duplicate of original)",
        expected: "TCB discarded, LISTEN (literal); challenge ACK or RST tolerated",
        violation: "Second TCB or corrupted RCV.NXT",
    }

    RFC9293_3_10_7_4_P11 = "RFC9293-3.10.7.4-p11" {
        title: "Segment without ACK bit is dropped",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "In-window data/FIN without ACK in synchronized states",
        expected: "No delivery, no ACK advance",
        violation: "Data or FIN accepted without ACK bit",
    }

    RFC9293_3_10_7_4_P12 = "RFC9293-3.10.7.4-p12" {
        title: "SYN-RECEIVED: acceptable ACK establishes",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "SND.UNA < SEG.ACK <= SND.NXT at RCV.NXT",
        expected: "ESTABLISHED, remaining steps continue (data on the ACK accepted)",
        violation: "Data on third segment lost though ACKed",
    }

    RFC9293_3_10_7_4_P13 = "RFC9293-3.10.7.4-p13" {
        title: "SYN-RECEIVED: unacceptable ACK draws RST(seq=SEG.ACK)",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SEG.ACK <= ISS or > SND.NXT with good SEQ",
        expected: "<SEQ=SEG.ACK, RST>, state kept (an ACK is tolerated for RFC 5961 range check)",
        violation: "ESTABLISHED, or TCB destroyed",
    }

    RFC9293_3_10_7_4_P14 = "RFC9293-3.10.7.4-p14" {
        title: "New ACK advances SND.UNA and clears the retransmission queue",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "ACK part/all of flight",
        expected: "Only unacked octets are ever retransmitted",
        violation: "Retransmission of fully acknowledged data",
    }

    RFC9293_3_10_7_4_P15 = "RFC9293-3.10.7.4-p15" {
        title: "Duplicate ACK may be ignored (data in the segment still processed)",
        level: May, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SEG.ACK <= SND.UNA with new in-window data",
        expected: "Data accepted (unless RFC 5961 range check rejects)",
        violation: "Data dropped for SEG.ACK = SND.UNA",
    }

    RFC9293_3_10_7_4_P16 = "RFC9293-3.10.7.4-p16" {
        title: "ACK of unsent data: ACK back and drop",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SEG.ACK > SND.NXT with data",
        expected: "Empty ACK, data not accepted",
        violation: "Data accepted, silence, or reset",
    }

    RFC9293_3_10_7_4_P17 = "RFC9293-3.10.7.4-p17" {
        title: "Send window update guarded by WL1/WL2",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Reordered ACKs with differing windows",
        expected: "Newest (by seq, then ack) window wins",
        violation: "Old segment overwrites window",
    }

    RFC9293_3_10_7_4_P18 = "RFC9293-3.10.7.4-p18" {
        title: "FIN-WAIT-1 to FIN-WAIT-2 on ACK of FIN",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "ACK covering FIN",
        expected: "No emission needed; FIN not retransmitted any more",
        violation: "FIN keeps being retransmitted",
    }

    RFC9293_3_10_7_4_P19 = "RFC9293-3.10.7.4-p19" {
        title: "CLOSING to TIME-WAIT on ACK of FIN; else ignore",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "ACK not covering / covering FIN",
        expected: "Remain / TIME-WAIT",
        violation: "Early deletion or stuck",
    }

    RFC9293_3_10_7_4_P20 = "RFC9293-3.10.7.4-p20" {
        title: "LAST-ACK to CLOSED on ACK of FIN",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "ACK covering FIN",
        expected: "TCB deleted: later segments get RST",
        violation: "Linger or wrong reply",
    }

    RFC9293_3_10_7_4_P21 = "RFC9293-3.10.7.4-p21" {
        title: "TIME-WAIT: remote FIN re-ACKed and 2*MSL restarted",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Timing,
        stimulus: "Retransmitted FIN",
        expected: "\
            ACK with RCV.NXT; timer restart tolerated or not (step 1 drops it first in the literal \
            order)",
        violation: "No ACK",
    }

    RFC9293_3_10_7_4_P22 = "RFC9293-3.10.7.4-p22" {
        title: "URG handled in ESTABLISHED and FIN-WAIT-1/2, ignored after remote FIN",
        level: Must, section: "3.10.7.4", priority: 3,
        observable: WireAndApi, role: Receiver, testability: NeedsApi,
        stimulus: "URG in each state",
        expected: "RCV.UP only moves forward; ignored in CLOSE-WAIT and later",
        violation: "Pointer moves back, or signal after EOF",
    }

    RFC9293_3_10_7_4_P23 = "RFC9293-3.10.7.4-p23" {
        title: "Segment text accepted in ESTABLISHED and FIN-WAIT-1/2",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "In-order data in each of these states",
        expected: "RCV.NXT advances; ACK due; bytes in order exactly once",
        violation: "Loss, duplication, reordering, ACK without acceptance",
    }

    RFC9293_3_10_7_4_P24 = "RFC9293-3.10.7.4-p24" {
        title: "RCV.NXT+RCV.WND not reduced when accepting data",
        level: Should, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Send data without application reads",
        expected: "Right edge constant or advancing",
        violation: "Edge retreats",
    }

    RFC9293_3_10_7_4_P25 = "RFC9293-3.10.7.4-p25" {
        title: "ACK piggybacked when that costs no undue delay",
        level: Should, section: "3.10.7.4", priority: 3,
        observable: Wire, role: Receiver, testability: Timing,
        stimulus: "Bidirectional traffic",
        expected: "Either piggyback or pure ACK within delayed-ACK limit",
        violation: "Both late",
    }

    RFC9293_3_10_7_4_P26 = "RFC9293-3.10.7.4-p26" {
        title: "Text ignored once remote FIN was received",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "Data beyond FIN in CLOSE-WAIT, CLOSING, LAST-ACK, TIME-WAIT",
        expected: "Not delivered, RCV.NXT unchanged",
        violation: "Data after EOF delivered or ACKed",
    }

    RFC9293_3_10_7_4_P27 = "RFC9293-3.10.7.4-p27" {
        title: "FIN processed only in sequence",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "FIN above a gap",
        expected: "No state change until gap filled, then FIN takes effect (if queued)",
        violation: "EOF reported early or FIN lost while ACKed",
    }

    RFC9293_3_10_7_4_P28 = "RFC9293-3.10.7.4-p28" {
        title: "FIN acknowledged and signalled; CLOSE-WAIT entered",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "In-order FIN in SYN-RECEIVED/ESTABLISHED",
        expected: "ACK = FIN sequence+1 (delayed-ACK limit applies); EOF to user",
        violation: "FIN not ACKed or ACKed twice in sequence space",
    }

    RFC9293_3_10_7_4_P29 = "RFC9293-3.10.7.4-p29" {
        title: "FIN in FIN-WAIT-1: TIME-WAIT if own FIN is ACKed else CLOSING",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "FIN with/without ACK of own FIN",
        expected: "ACK; correct successor state",
        violation: "Wrong successor",
    }

    RFC9293_3_10_7_4_P30 = "RFC9293-3.10.7.4-p30" {
        title: "FIN in FIN-WAIT-2 enters TIME-WAIT",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "FIN",
        expected: "ACK; TIME-WAIT",
        violation: "Direct CLOSED",
    }

    RFC9293_3_10_7_4_P31 = "RFC9293-3.10.7.4-p31" {
        title: "Further FIN in CLOSE-WAIT/CLOSING/LAST-ACK changes nothing",
        level: Must, section: "3.10.7.4", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Duplicate FIN",
        expected: "ACK (via sequence check), same state",
        violation: "State change, second EOF",
    }

    RFC9293_3_10_7_4_P32 = "RFC9293-3.10.7.4-p32" {
        title: "FIN not processed in CLOSED/LISTEN/SYN-SENT",
        level: Must, section: "3.10.7.4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "FIN in these states",
        expected: "Handled by earlier steps or dropped",
        violation: "State change by FIN alone",
    }

    RFC9293_3_10_8_P01 = "RFC9293-3.10.8-p01" {
        title: "USER TIMEOUT flushes, informs user and deletes TCB",
        level: Must, section: "3.10.8", priority: 2,
        observable: WireAndApi, role: Sender, testability: Timing,
        stimulus: "Undeliverable data past user timeout",
        expected: "Abort error; CLOSED (RST emission not specified)",
        violation: "Hang",
    }

    RFC9293_3_10_8_P02 = "RFC9293-3.10.8-p02" {
        title: "RETRANSMISSION TIMEOUT resends front of queue and rearms timer",
        level: Must, section: "3.10.8", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "No ACK for data/SYN/FIN",
        expected: "Earliest unacknowledged sequence resent first (repackaging allowed)",
        violation: "Only later data resent; nothing resent",
    }

    RFC9293_3_10_8_P03 = "RFC9293-3.10.8-p03" {
        title: "TIME-WAIT TIMEOUT deletes TCB",
        level: Must, section: "3.10.8", priority: 2,
        observable: Wire, role: Both, testability: Timing,
        stimulus: "Wait 2*MSL",
        expected: "4-tuple reusable; stray segments get CLOSED treatment",
        violation: "Never expires",
    }
}
