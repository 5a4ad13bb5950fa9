//! Traces of which it cannot be known at once how they are to be read: each is judged on every way
//! through it.

use super::*;

const B: Socket = Socket(1);

/// A has closed its connection, is in TIME-WAIT, and gets a reset, which it may ignore (RFC 1337).
/// B listens on the same port, and the peer begins anew.
fn closed_or_in_time_wait() -> Tape {
    Tape::established()
        .call(Call::Close, Outcome::Done)
        .sends("FIN,ACK", 1, 1, 0)
        .arrives("FIN,ACK", 1, 2, 0)
        .sends("ACK", 2, 2, 0)
        .call_of(B, LISTEN, Outcome::Done)
        .arrives("RST", 2, 0, 0)
        .arrives("SYN", 2_000, 0, 0)
}

#[test]
fn a_segment_goes_to_either_socket_where_both_may_be_meant() {
    let status = |tape: Tape, socket, state| {
        let outcome = Outcome::Status(state);
        tape.call_of(socket, Call::Status, outcome)
    };
    let opened = || closed_or_in_time_wait().sends("SYN,ACK", 70_000, 2_001, 0);
    let challenged = || closed_or_in_time_wait().sends("ACK", 2, 2, 0);
    let rows = [
        (
            "the reset closed A, so B is opened",
            status(status(opened(), A, State::Closed), B, State::SynReceived),
            "conforms",
        ),
        (
            "A ignored it, and is opened anew",
            status(status(opened(), A, State::SynReceived), B, State::Listen),
            "conforms",
        ),
        (
            "A ignored it, and acknowledges",
            status(status(challenged(), A, State::TimeWait), B, State::Listen),
            "conforms",
        ),
        (
            "both are opened by one SYN",
            status(
                status(opened(), A, State::SynReceived),
                B,
                State::SynReceived,
            ),
            "deviates: RFC9293-3.10.6-p01: STATUS in LISTEN, call done",
        ),
        (
            "A is closed, so B has to answer",
            status(closed_or_in_time_wait().waits(Micros(1)), A, State::Closed),
            "deviates: RFC9293-3.10.6-p01: STATUS in TIME-WAIT, call done",
        ),
    ];
    for (what, tape, verdict) in rows {
        assert_eq!(told(&tape.judged("")), verdict, "{what}");
    }
}

/// An empty acknowledgment at the very edge of the window, which may be acceptable or not, draws
/// no answer.
fn at_the_edge() -> Tape {
    Tape::established()
        .call(Call::Send(10), Outcome::Sent(10))
        .sends("PSH,ACK", 1, 1, 10)
        .arrives("ACK", 1 + u32::from(WINDOW), 11, 0)
        .waits(Micros::secs(1))
}

#[test]
fn a_known_deviation_may_have_come_before_though_it_was_not_needed() {
    let entry = Entry {
        requirement: "RFC9293-3.5.2-p03",
        state: "ESTABLISHED",
        event: "on = 'segment', set = 'ACK', seq = ['beyond']",
        instead: "silence",
        then: "'forgiven'",
    };
    let again = || at_the_edge().sends("PSH,ACK", 1, 1, 10);
    let rows = [
        (
            "taken for acceptable",
            at_the_edge(),
            "conforms",
            "conforms",
        ),
        (
            "not acceptable, and not answered",
            again(),
            "deviates: RFC9293-3.10.7.4-p14: time in ESTABLISHED, text",
            "conforms; known: [0]",
        ),
        (
            "not answered, and something else is wrong too",
            again().call(Call::Status, Outcome::Status(State::CloseWait)),
            "deviates: RFC9293-3.10.7.4-p14: time in ESTABLISHED, text",
            "deviates: RFC9293-3.10.6-p01: STATUS in ESTABLISHED, call done; known: [0]",
        ),
    ];
    for (what, tape, unknown, known) in rows {
        assert_eq!(told(&tape.judged("")), unknown, "{what}");
        assert_eq!(told(&tape.judged(&entry.file())), known, "{what}");
    }
}

/// Text ahead of a gap: the first ten octets are missing, and of two stretches that overlap the
/// stack may have held either, or both, or none.
#[test]
fn of_stretches_that_overlap_any_may_have_been_held() {
    let gap = || {
        Tape::established()
            .arrives("ACK", 11, 1, 10)
            .sends("ACK", 1, 1, 0)
            .arrives("ACK", 16, 1, 10)
            .sends("ACK", 1, 1, 0)
            .arrives("ACK", 1, 1, 10)
    };
    for acknowledged in [21, 26] {
        let tape = gap().sends("ACK", 1, acknowledged, 0);
        assert_eq!(told(&tape.judged("")), "conforms", "{acknowledged}");
    }
    for acknowledged in [16, 20, 25, 27] {
        let judged = told(&gap().sends("ACK", 1, acknowledged, 0).judged(""));
        assert!(judged.starts_with("deviates"), "{acknowledged}: {judged}");
    }
}

/// What lies beyond the window is taken for acceptable, and shows only later.
#[test]
fn what_is_taken_for_acceptable_shows_in_a_later_answer() {
    let accepted = Entry {
        requirement: "RFC9293-3.5.2-p03",
        state: "ESTABLISHED",
        event: "on = 'segment', set = 'ACK', seq = ['beyond']",
        instead: "silence",
        then: "'accepted'\nsilently = true",
    };
    let beyond = || {
        Tape::established()
            .call(Call::Send(10), Outcome::Sent(10))
            .sends("PSH,ACK", 1, 1, 10)
            .arrives("ACK", 10_000, 11, 0)
    };
    let quiet = beyond().waits(Micros::secs(100));
    let told_without = told(&quiet.judged(""));
    assert!(told_without.starts_with("deviates"), "{told_without}");
    let with = |tape: Tape| told(&tape.judged(&accepted.file()));
    assert_eq!(with(quiet), "conforms; known: [0]");
    assert_eq!(with(beyond().sends("ACK", 11, 1, 0)), "conforms");
    let unused = beyond().waits(Micros::secs(1)).sends("PSH,ACK", 1, 1, 10);
    let judged = with(unused);
    assert!(judged.starts_with("deviates"), "{judged}");
}
