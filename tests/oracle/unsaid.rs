//! Where the model, or the peer, leaves open whether a stack conforms, the verdict is inconclusive.

use super::*;

/// One stretch more than is remembered lies ahead of a gap, which is then filled. The one that is
/// not remembered comes first in the stream.
fn overflowing() -> Tape {
    (1..10).fold(Tape::established(), |tape, place| {
        let seq = if place == 9 { 3 } else { 3 + 2 * place };
        tape.arrives("ACK", seq, 1, 1).sends("ACK", 1, 1, 0)
    })
}

#[test]
fn what_only_an_unsaid_explanation_allows_is_inconclusive() {
    let ahead = "inconclusive: more text than is remembered arrived ahead of a gap";
    let filled = || overflowing().arrives("ACK", 1, 1, 2);
    let rows = [
        (
            "the gap alone is acknowledged",
            filled().sends("ACK", 1, 3, 0),
            "conforms",
        ),
        (
            "so is what is not remembered",
            filled().sends("ACK", 1, 4, 0),
            "conforms",
        ),
        (
            "something arrives before it is told where the filled gap led",
            filled().arrives("ACK", 1, 1, 0).sends("ACK", 1, 4, 0),
            "conforms",
        ),
        (
            "no more is acknowledged than may have arrived in order",
            filled().arrives("ACK", 1, 1, 0).sends("ACK", 1, 40, 0),
            "deviates: RFC9293-3.5.2-p03",
        ),
        (
            "a FIN arrives before it is told where the filled gap led",
            filled().arrives("FIN,ACK", 30, 1, 0).sends("ACK", 1, 4, 0),
            ahead,
        ),
        (
            "what comes afterwards does not mend it",
            filled()
                .arrives("FIN,ACK", 30, 1, 0)
                .sends("ACK", 1, 4, 0)
                .call(LISTEN, Outcome::Done)
                .status(State::Listen),
            ahead,
        ),
    ];
    for (what, tape, verdict) in rows {
        // What is missed beside it is no matter here.
        let told = told(&tape.judged(""));
        assert!(told.starts_with(verdict), "{what}: {told}");
    }
}

/// The peer sends ten octets of the stream from `sent` on, numbered as the first ten.
fn text(mut tape: Tape, sent: u32, ack: u32) -> Tape {
    let (peer, stack) = ends();
    let octets = stream::octets(Direction::ToStack, PORTS, sent, 10);
    let text = tape.trace.store(octets);
    let arrival = What::Arrival {
        segment: Some(segment("ACK", (peer, IRS + 1), (stack, ISS + ack), 10)),
        damaged: None,
        packet: text,
        text,
    };
    tape.add(arrival).sends("ACK", ack, 11, 0)
}

/// The user reads ten octets of the stream from `read` on.
fn reads(mut tape: Tape, read: u32) -> Tape {
    let octets = stream::octets(Direction::ToStack, PORTS, read, 10);
    let text = tape.trace.store(octets);
    tape.add(What::Call {
        socket: A,
        call: Call::Receive(10),
        outcome: Outcome::Received(10),
        text,
    })
}

/// The peer numbers ten octets from `sent` on as the first ten; the user reads from `read` on.
fn displaced(sent: u32, read: u32) -> Tape {
    reads(text(Tape::established(), sent, 1), read)
}

/// The peer displaces the text of a connection, resets it, and opens another with the same number,
/// in which the user reads from `read` on.
fn displaced_before(read: u32) -> Tape {
    let again = text(Tape::established(), 1, 1)
        .arrives("RST", 11, 0, 0)
        .call(LISTEN, Outcome::Done)
        .arrives("SYN", 0, 0, 0)
        .sends("SYN,ACK", 70_000, 1, 0)
        .arrives("ACK", 1, 70_001, 0);
    reads(text(again, 0, 70_001), read)
}

/// The peer sends ten octets, and a FIN at the number `fin`; the user reads from `read` on.
fn with_fin(fin: u32, acked: u32, read: u32) -> Tape {
    let tape = text(Tape::established(), 0, 1);
    let tape = tape.arrives("FIN,ACK", fin, 1, 0).sends("ACK", 1, acked, 0);
    reads(tape, read)
}

/// A FIN below text that came before: which of the two is meant, nobody can say.
#[test]
fn octets_under_the_number_of_a_fin_are_not_held_against_the_stack() {
    let contradicts = "inconclusive: the peer sent text under the number of its FIN";
    let deviates = "deviates: RFC9293-2.2-p01: RECEIVE in";
    let rows = [
        ("FIN in the middle", with_fin(6, 11, 1), contradicts),
        ("FIN at the last octet", with_fin(10, 11, 1), contradicts),
        ("FIN behind the last", with_fin(11, 12, 1), deviates),
        ("nothing is wrong", with_fin(6, 11, 0), "conforms"),
    ];
    for (what, tape, verdict) in rows {
        let told = told(&tape.judged(""));
        assert!(told.starts_with(verdict), "{what}: {told}");
    }
}

#[test]
fn octets_that_the_peer_itself_displaced_are_not_held_against_the_stack() {
    let displaced_by_peer = "inconclusive: the peer numbered its text from another SYN than the \
                             stack took";
    let rows = [
        (displaced(0, 0), "conforms"),
        (
            displaced(0, 1),
            "deviates: RFC9293-2.2-p01: RECEIVE in ESTABLISHED, octets",
        ),
        (displaced(1, 1), displaced_by_peer),
        (displaced_before(0), "conforms"),
        (
            displaced_before(1),
            "deviates: RFC9293-2.2-p01: RECEIVE in ESTABLISHED, octets",
        ),
    ];
    for (tape, verdict) in rows {
        assert_eq!(told(&tape.judged("")), verdict);
    }
}
