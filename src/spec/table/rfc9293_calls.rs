//! RFC 9293, sections 3.10.1 to 3.10.6: the user calls, event by event. Data only.

use super::row::requirements;

requirements! {
    from super::rfc9293_sections::END;

    RFC9293_3_10_1_P01 = "RFC9293-3.10.1-p01" {
        title: "OPEN from CLOSED: passive enters LISTEN, active sends SYN",
        level: Must, section: "3.10.1", priority: 1,
        observable: WireAndApi, role: Api, testability: Easy,
        stimulus: "OPEN calls",
        expected: "Passive: nothing on wire. Active: <SEQ=ISS, SYN>, SYN-SENT",
        violation: "SYN with ACK bit, or data state wrong",
    }

    RFC9293_3_10_1_P02 = "RFC9293-3.10.1-p02" {
        title: "OPEN on an existing connection is an error",
        level: Must, section: "3.10.1", priority: 2,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "OPEN in any state beyond LISTEN",
        expected: "Error, connection undisturbed",
        violation: "Second SYN or state loss",
    }

    RFC9293_3_10_1_P03 = "RFC9293-3.10.1-p03" {
        title: "Active OPEN/SEND may turn a fully specified LISTEN into SYN-SENT",
        level: May, section: "3.10.1", priority: 3,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "SEND/OPEN on LISTEN with remote specified",
        expected: "SYN sent, or API does not offer it",
        violation: "Nothing to flag: depends on the API",
    }

    RFC9293_3_10_2_P01 = "RFC9293-3.10.2-p01" {
        title: "SEND in SYN-SENT/SYN-RECEIVED queues until ESTABLISHED",
        level: Must, section: "3.10.2", priority: 2,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "Write during handshake",
        expected: "Data appears only after (or with) handshake completion",
        violation: "Data before SYN is acknowledged without TFO, or lost",
    }

    RFC9293_3_10_2_P02 = "RFC9293-3.10.2-p02" {
        title: "SEND in ESTABLISHED/CLOSE-WAIT transmits with piggybacked ACK",
        level: Must, section: "3.10.2", priority: 1,
        observable: WireAndApi, role: Sender, testability: NeedsApi,
        stimulus: "Write after peer FIN",
        expected: "Data flows in CLOSE-WAIT",
        violation: "Write refused merely because peer closed",
    }

    RFC9293_3_10_2_P03 = "RFC9293-3.10.2-p03" {
        title: "SEND after local close returns an error",
        level: Must, section: "3.10.2", priority: 1,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Write in FIN-WAIT-1/2, CLOSING, LAST-ACK, TIME-WAIT",
        expected: "Error, nothing sent",
        violation: "Data sent",
    }

    RFC9293_3_10_3_P01 = "RFC9293-3.10.3-p01" {
        title: "RECEIVE in CLOSE-WAIT drains buffered data then reports end",
        level: Must, section: "3.10.3", priority: 1,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Peer sends data+FIN then application reads",
        expected: "All data then EOF",
        violation: "EOF before data, or hang",
    }

    RFC9293_3_10_3_P02 = "RFC9293-3.10.3-p02" {
        title: "RECEIVE in CLOSING/LAST-ACK/TIME-WAIT reports closing",
        level: Must, section: "3.10.3", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Read there",
        expected: "Error/EOF (unread data handling is implementation specific)",
        violation: "Hang",
    }

    RFC9293_3_10_4_P01 = "RFC9293-3.10.4-p01" {
        title: "CLOSE in LISTEN or SYN-SENT deletes TCB silently",
        level: Must, section: "3.10.4", priority: 2,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "Close while listening or connecting",
        expected: "No segment emitted; later SYN,ACK gets RST (CLOSED)",
        violation: "FIN or RST emitted on close from SYN-SENT",
    }

    RFC9293_3_10_4_P02 = "RFC9293-3.10.4-p02" {
        title: "CLOSE in SYN-RECEIVED sends FIN now or queues it",
        level: Must, section: "3.10.4", priority: 2,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "Close before handshake completes, with and without queued data",
        expected: "No data: FIN, FIN-WAIT-1. Data queued: data then FIN after ESTABLISHED",
        violation: "Immediate RST or lost FIN",
    }

    RFC9293_3_10_4_P03 = "RFC9293-3.10.4-p03" {
        title: "CLOSE in ESTABLISHED: FIN after all queued data, FIN-WAIT-1",
        level: Must, section: "3.10.4", priority: 1,
        observable: WireAndApi, role: Api, testability: Easy,
        stimulus: "Close with pending data",
        expected: "FIN follows last octet; state FIN-WAIT-1 at once",
        violation: "FIN jumps ahead of data",
    }

    RFC9293_3_10_4_P04 = "RFC9293-3.10.4-p04" {
        title: "CLOSE in CLOSE-WAIT: FIN after queued data, LAST-ACK",
        level: Must, section: "3.10.4", priority: 1,
        observable: WireAndApi, role: Api, testability: Easy,
        stimulus: "Peer FIN, then close",
        expected: "FIN,ACK then LAST-ACK",
        violation: "CLOSING or direct deletion",
    }

    RFC9293_3_10_4_P05 = "RFC9293-3.10.4-p05" {
        title: "Repeated CLOSE emits no second FIN",
        level: MustNot, section: "3.10.4", priority: 2,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "Close twice in FIN-WAIT states",
        expected: "Error or ok; only retransmissions of the same FIN",
        violation: "New FIN sequence number",
    }

    RFC9293_3_10_5_P01 = "RFC9293-3.10.5-p01" {
        title: "ABORT in SYN-RECEIVED..CLOSE-WAIT sends RST(SND.NXT) and deletes TCB",
        level: Must, section: "3.10.5", priority: 1,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "Abort in SYN-RECEIVED, ESTABLISHED, FIN-WAIT-1/2, CLOSE-WAIT",
        expected: "RST with SEQ=SND.NXT (ACK bit tolerated); queues flushed; CLOSED",
        violation: "No RST, RST at SND.UNA/other sequence, or FIN instead",
    }

    RFC9293_3_10_5_P02 = "RFC9293-3.10.5-p02" {
        title: "ABORT in LISTEN/SYN-SENT/CLOSING/LAST-ACK/TIME-WAIT just deletes",
        level: Must, section: "3.10.5", priority: 2,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "Abort there",
        expected: "No segment required; TCB gone",
        violation: "State lingers (RST here is tolerated, not specified)",
    }

    RFC9293_3_10_6_P01 = "RFC9293-3.10.6-p01" {
        title: "STATUS returns state name",
        level: May, section: "3.10.6", priority: 2,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Query in each state",
        expected: "State as modelled",
        violation: "Contradictory state",
    }
}
