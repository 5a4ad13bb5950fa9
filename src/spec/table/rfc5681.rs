//! RFC 5681 and what builds on it: congestion control, NewReno (RFC 6582), limited transmit
//! (RFC 3042), the larger initial window (RFC 6928). Data only.

use super::row::requirements;

requirements! {
    from super::rfc6298::END;

    RFC5681_2_1 = "RFC5681-2-1" {
        title: "No data beyond highest ACK + min(cwnd, rwnd)",
        level: MustNot, section: "2", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Track flight",
        expected: "Flight <= envelope",
        violation: "Excess flight",
    }

    RFC5681_3_1 = "RFC5681-3-1" {
        title: "No more aggressive than the standard algorithms",
        level: MustNot, section: "3", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Model upper-bound cwnd",
        expected: "Never exceeded (IW10, ABC, PRR profiles selectable)",
        violation: "Exceeded",
    }

    RFC5681_3_1_1 = "RFC5681-3.1-1" {
        title: "Slow start and congestion avoidance used",
        level: Must, section: "3.1", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Bulk transfer",
        expected: "Exponential then linear growth at most",
        violation: "No limit",
    }

    RFC5681_3_1_2 = "RFC5681-3.1-2" {
        title: "Initial window at most 2/3/4 segments by SMSS (10 under RFC 6928)",
        level: MustNot, section: "3.1", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "First flight after handshake, ACKs withheld",
        expected: "Flight within selected IW bound",
        violation: "Larger burst",
    }

    RFC5681_3_1_3 = "RFC5681-3.1-3" {
        title: "SYN,ACK and its ACK do not grow cwnd",
        level: MustNot, section: "3.1", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "First flight",
        expected: "IW unaffected by handshake",
        violation: "IW+1",
    }

    RFC5681_3_1_4 = "RFC5681-3.1-4" {
        title: "IW one segment after lost SYN or SYN,ACK (relaxed by RFC 6928)",
        level: Must, section: "3.1", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Drop SYN once",
        expected: "First flight <= 1 SMSS (or relaxed)",
        violation: "Full IW",
    }

    RFC5681_3_1_5 = "RFC5681-3.1-5" {
        title: "Initial ssthresh arbitrarily high",
        level: Should, section: "3.1", priority: 3,
        observable: Internal, role: Sender, testability: Timing,
        stimulus: "Lossless transfer",
        expected: "Slow start continues until loss",
        violation: "Premature CA",
    }

    RFC5681_3_1_6 = "RFC5681-3.1-6" {
        title: "Slow-start increment per ACK at most SMSS",
        level: Must, section: "3.1", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "ACK division (many partial ACKs)",
        expected: "Growth <= min(N, SMSS) ideally; never > SMSS per ACK",
        violation: "cwnd inflated beyond bytes acknowledged",
    }

    RFC5681_3_1_7 = "RFC5681-3.1-7" {
        title: "CA growth at most SMSS per RTT",
        level: MustNot, section: "3.1", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Long transfer after loss",
        expected: "Growth bound (Reno profile)",
        violation: "Faster (unless alternative CC)",
    }

    RFC5681_3_1_8 = "RFC5681-3.1-8" {
        title: "RTO: ssthresh <= max(FlightSize/2, 2*SMSS)",
        level: Must, section: "3.1", priority: 3,
        observable: Internal, role: Sender, testability: Timing,
        stimulus: "Timeout then recovery",
        expected: "Growth switches at that point",
        violation: "Higher ssthresh",
    }

    RFC5681_3_1_9 = "RFC5681-3.1-9" {
        title: "RTO: cwnd to at most one segment",
        level: Must, section: "3.1", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Timeout with large flight",
        expected: "Only one segment until next ACK",
        violation: "Burst after timeout",
    }

    RFC5681_3_2_1 = "RFC5681-3.2-1" {
        title: "Immediate duplicate ACK for out-of-order segment",
        level: Should, section: "3.2", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Segment above gap",
        expected: "ACK=RCV.NXT at once",
        violation: "Delayed or missing",
    }

    RFC5681_3_2_2 = "RFC5681-3.2-2" {
        title: "Immediate ACK when a gap is (partly) filled",
        level: Should, section: "3.2", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Fill gap",
        expected: "ACK at once",
        violation: "Delayed",
    }

    RFC5681_3_2_3 = "RFC5681-3.2-3" {
        title: "Fast retransmit on third duplicate ACK",
        level: Should, section: "3.2", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Three dup ACKs",
        expected: "Segment at SND.UNA resent before RTO",
        violation: "\
            No retransmission, or after fewer than 3 dup ACKs (RACK/early retransmit profiles \
            differ)",
    }

    RFC5681_3_2_4 = "RFC5681-3.2-4" {
        title: "Limited transmit on first two duplicate ACKs",
        level: Should, section: "3.2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Dup ACK 1 and 2 with data queued",
        expected: "Up to one new segment each within bounds",
        violation: "More than 2 extra segments",
    }

    RFC5681_3_2_5 = "RFC5681-3.2-5" {
        title: "Limited transmit leaves cwnd unchanged; SACK sender needs new SACK info",
        level: MustNot, section: "3.2", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Dup ACKs with/without SACK info",
        expected: "No new data on dup ACKs lacking SACK info when SACK on",
        violation: "New data clocked by bogus dup ACKs",
    }

    RFC5681_3_2_6 = "RFC5681-3.2-6" {
        title: "Third dup ACK: ssthresh halved, lost segment resent, cwnd=ssthresh+3*SMSS",
        level: Must, section: "3.2", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Three dup ACKs",
        expected: "Flight bounded accordingly",
        violation: "Unbounded",
    }

    RFC5681_3_2_7 = "RFC5681-3.2-7" {
        title: "Each further dup ACK inflates by one SMSS; deflate on new ACK",
        level: Must, section: "3.2", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Dup ACK flood then new ACK",
        expected: "At most one new segment per dup ACK; flight back to ssthresh",
        violation: "Burst on recovery exit",
    }

    RFC5681_3_2_P01 = "RFC5681-3.2-p01" {
        title: "\
            Duplicate ACK definition (outstanding data, no payload, no SYN/FIN, same ACK, same \
            window)",
        level: Must, section: "3.2", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Vary each attribute",
        expected: "Only true duplicates count toward 3",
        violation: "Window updates or data segments counted as duplicates",
    }

    RFC5681_4_1_1 = "RFC5681-4.1-1" {
        title: "cwnd reset to RW after idle > RTO",
        level: Should, section: "4.1", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Idle then burst",
        expected: "Burst <= RW",
        violation: "Large line-rate burst",
    }

    RFC5681_4_2_1 = "RFC5681-4.2-1" {
        title: "Delayed ACK used",
        level: Should, section: "4.2", priority: 3,
        observable: Wire, role: Receiver, testability: Timing,
        stimulus: "Single segment",
        expected: "Short delay permitted",
        violation: "Nothing: the choice is free, so far as a MUST goes",
    }

    RFC5681_4_2_2 = "RFC5681-4.2-2" {
        title: "ACK within 500 ms of first unacked segment",
        level: Must, section: "4.2", priority: 1,
        observable: Wire, role: Receiver, testability: Timing,
        stimulus: "Single segment",
        expected: "ACK < 500 ms",
        violation: "Later",
    }

    RFC5681_4_2_3 = "RFC5681-4.2-3" {
        title: "ACK per 2*RMSS new bytes",
        level: Should, section: "4.2", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Stream",
        expected: "ACK at least every second full-sized segment; see also RFC9293-SHLD-19",
        violation: "Stretch ACKs",
    }

    RFC5681_4_2_4 = "RFC5681-4.2-4" {
        title: "At most one ACK per incoming segment (window updates excepted)",
        level: MustNot, section: "4.2", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Any stimulus",
        expected: "#pure ACKs without window change <= #segments received",
        violation: "Two or more ACKs for one segment",
    }

    RFC5681_4_3_1 = "RFC5681-4.3-1" {
        title: "\
            First loss in window: ssthresh bound; per-RTT output halved during recovery; CA after",
        level: Must, section: "4.3", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Multiple losses",
        expected: "Bounds respected",
        violation: "Bursty recovery",
    }

    RFC6582_3_2_P01 = "RFC6582-3.2-p01" {
        title: "Fast retransmit only if ACK covers more than recover",
        level: Should, section: "3.2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Dup ACKs after RTO below recover",
        expected: "No second fast retransmit/ssthresh cut (heuristics in section 4 may allow)",
        violation: "Repeated fast retransmits in one loss window",
    }

    RFC6582_3_2_P02 = "RFC6582-3.2-p02" {
        title: "Partial ACK: resend next hole, stay in recovery",
        level: Should, section: "3.2", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Two losses, partial ACK",
        expected: "Immediate retransmission of new SND.UNA",
        violation: "Waits for RTO",
    }

    RFC6582_3_2_P03 = "RFC6582-3.2-p03" {
        title: "Full ACK: leave recovery and deflate",
        level: Should, section: "3.2", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Full ACK",
        expected: "Flight <= ssthresh (or min variant)",
        violation: "Burst",
    }

    RFC6582_3_2_P04 = "RFC6582-3.2-p04" {
        title: "RTO records recover and leaves fast recovery",
        level: Should, section: "3.2", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "RTO in recovery",
        expected: "Slow start from one segment",
        violation: "Stays in recovery",
    }

    RFC3042_2_1 = "RFC3042-2-1" {
        title: "Limited transmit conditions",
        level: Should, section: "2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Dup ACK 1 and 2",
        expected: "New data only if rwnd allows and flight <= cwnd+2",
        violation: "Violations of either bound",
    }

    RFC3042_2_2 = "RFC3042-2-2" {
        title: "With SACK no new data for dup ACKs without new SACK info",
        level: MustNot, section: "2", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "SACK negotiated; dup ACKs without blocks",
        expected: "No new segment",
        violation: "New segment sent",
    }

    RFC6928_2_1 = "RFC6928-2-1" {
        title: "IW upper bound is the lesser of 10 MSS and max(2 MSS, 14600)",
        level: May, section: "2", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "First flight",
        expected: "Within this bound",
        violation: "Above it",
    }

    RFC6928_2_2 = "RFC6928-2-2" {
        title: "Do not drop IW to 1 for a single SYN retransmission",
        level: Should, section: "2", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "One lost SYN",
        expected: "Either; RFC 5681 says 1",
        violation: "Nothing: the choice is free (RFC 5681 and RFC 6928 contradict each other)",
    }
}
