//! RFC 6298: the retransmission timer. Data only.

use super::row::requirements;

requirements! {
    from super::rfc7323::END;

    RFC6298_2_1 = "RFC6298-2-1" {
        title: "Initial RTO 1 s (greater allowed)",
        level: Should, section: "2", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Unanswered SYN / SYN,ACK / first data",
        expected: "First retransmission >= 1 s after original",
        violation: "Earlier than 1 s",
    }

    RFC6298_2_2 = "RFC6298-2-2" {
        title: "First sample: SRTT=R, RTTVAR=R/2, RTO=SRTT+max(G,4*RTTVAR)",
        level: Must, section: "2", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Known handshake RTT then black-hole data",
        expected: "First data RTO about 3R, floored",
        violation: "Unrelated",
    }

    RFC6298_2_3 = "RFC6298-2-3" {
        title: "Later samples update RTTVAR then SRTT",
        level: Must, section: "2", priority: 3,
        observable: Internal, role: Sender, testability: Timing,
        stimulus: "RTT series",
        expected: "RTO within band of reference estimator",
        violation: "Wrong order/formula",
    }

    RFC6298_2_4 = "RFC6298-2-4" {
        title: "Gains alpha=1/8, beta=1/4",
        level: Should, section: "2", priority: 3,
        observable: Internal, role: Sender, testability: Timing,
        stimulus: "RTT step",
        expected: "Convergence speed consistent",
        violation: "Other gains",
    }

    RFC6298_2_5 = "RFC6298-2-5" {
        title: "RTO floor 1 s",
        level: Should, section: "2", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Tiny RTT then loss",
        expected: "Retransmission gap >= 1 s (many stacks use 200-300 ms)",
        violation: "Shorter gap",
    }

    RFC6298_2_6 = "RFC6298-2-6" {
        title: "RTO ceiling allowed if >= 60 s",
        level: May, section: "2", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Long black-hole",
        expected: "Backoff cap at >= 60 s or none",
        violation: "Cap below 60 s",
    }

    RFC6298_3_1 = "RFC6298-3-1" {
        title: "No RTT samples from retransmitted segments without timestamps",
        level: MustNot, section: "3", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "ACK just after retransmission",
        expected: "RTO not collapsed by the ambiguous ACK",
        violation: "RTO shrinks",
    }

    RFC6298_3_2 = "RFC6298-3-2" {
        title: "At least one RTT sample per RTT",
        level: Must, section: "3", priority: 3,
        observable: Internal, role: Sender, testability: Timing,
        stimulus: "Changing RTT",
        expected: "RTO adapts within a few RTTs",
        violation: "No adaptation",
    }

    RFC6298_4_1 = "RFC6298-4-1" {
        title: "Zero variance term rounded to clock granularity",
        level: Must, section: "4", priority: 3,
        observable: Internal, role: Sender, testability: Timing,
        stimulus: "Constant RTT",
        expected: "RTO > SRTT",
        violation: "RTO equal/below SRTT",
    }

    RFC6298_5_1 = "RFC6298-5-1" {
        title: "Timer managed so nothing is resent sooner than one RTO after its last transmission",
        level: Must, section: "5", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Timeout path without dup ACKs/SACK",
        expected: "Gap >= RTO",
        violation: "Premature timer retransmission (fast retransmit / RACK / TLP exempt)",
    }

    RFC6298_5_2 = "RFC6298-5-2" {
        title: "Timer started on send when idle, restarted on new ACK, stopped when all ACKed",
        level: Should, section: "5", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "ACK pattern vs retransmission time",
        expected: "Retransmission time counted from last advancing ACK",
        violation: "Timer not restarted, or running with nothing outstanding",
    }

    RFC6298_5_3 = "RFC6298-5-3" {
        title: "On timeout retransmit earliest unacked segment and restart",
        level: Should, section: "5", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Lose a flight",
        expected: "First retransmission starts at SND.UNA",
        violation: "Other sequence first",
    }

    RFC6298_5_4 = "RFC6298-5-4" {
        title: "RTO doubles at each timeout",
        level: Must, section: "5", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Repeated loss of same segment",
        expected: "Interval ratio about 2 up to cap",
        violation: "Linear/constant interval",
    }

    RFC6298_5_5 = "RFC6298-5-5" {
        title: "After SYN timeout with RTO<3 s, reset RTO to 3 s for data",
        level: Must, section: "5", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Drop first SYN, complete, black-hole data before any RTT sample",
        expected: "First data RTO >= 3 s (if no sample yet)",
        violation: "Shorter",
    }

    RFC6298_5_6 = "RFC6298-5-6" {
        title: "SRTT/RTTVAR may be cleared after repeated backoff",
        level: May, section: "5", priority: 3,
        observable: Internal, role: Sender, testability: Timing,
        stimulus: "Long backoff then ACK",
        expected: "Either",
        violation: "Nothing: the choice is free",
    }
}
