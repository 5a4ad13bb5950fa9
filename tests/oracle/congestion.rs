//! What a stack may say of congestion, a row each (RFC 3168 section 6.1).

use super::*;

/// Both SYNs agree on ECN.
fn agreed() -> Tape {
    Tape::new()
        .call(LISTEN, Outcome::Done)
        .arrives("SYN,ECE,CWR", 0, 0, 0)
        .sends("SYN,ACK,ECE", 0, 1, 0)
        .arrives("ACK", 1, 1, 0)
}

/// The peer's text has met with congestion, and was acknowledged.
fn told_once() -> Tape {
    agreed()
        .arrives("ACK", 1, 1, 10)
        .with_ecn(Ecn::Ce)
        .sends("ACK,ECE", 1, 11, 0)
}

/// Ten octets are under way as ECT(0).
fn sent() -> Tape {
    agreed()
        .call(Call::Send(10), Outcome::Sent(10))
        .sends("PSH,ACK", 1, 1, 10)
        .with_ecn(Ecn::Ect0)
}

/// Ten more are taken over.
fn more(tape: Tape) -> Tape {
    tape.call(Call::Send(10), Outcome::Sent(10))
}

fn check(rows: Vec<(&str, Tape, &str)>) {
    for (name, tape, expected) in rows {
        assert_eq!(told(&tape.judged("")), expected, "{name}");
    }
}

#[test]
fn congestion_is_told_of_until_cwr_comes() {
    let told_of = "deviates: RFC3168-6.1.3-p01: ACK+text seq next ack current in ESTABLISHED, ACK";
    check(vec![
        (
            "once is not enough",
            told_once().arrives("ACK", 11, 1, 10).sends("ACK", 1, 21, 0),
            told_of,
        ),
        (
            "until CWR comes",
            told_once()
                .arrives("ACK", 11, 1, 10)
                .sends("ACK,ECE", 1, 21, 0)
                .arrives("ACK,CWR", 21, 1, 10)
                .sends("ACK", 1, 31, 0)
                .arrives("ACK", 31, 1, 10)
                .sends("ACK", 1, 41, 0),
            "conforms",
        ),
        (
            "the acknowledgment of CWR itself may still tell of it",
            told_once()
                .arrives("ACK,CWR", 11, 1, 10)
                .sends("ACK,ECE", 1, 21, 0),
            "conforms",
        ),
        (
            "those after it must not",
            told_once()
                .arrives("ACK,CWR", 11, 1, 10)
                .sends("ACK", 1, 21, 0)
                .arrives("ACK", 21, 1, 10)
                .sends("ACK,ECE", 1, 31, 0),
            told_of,
        ),
        (
            "unless there is congestion again",
            told_once()
                .arrives("ACK,CWR", 11, 1, 10)
                .with_ecn(Ecn::Ce)
                .sends("ACK,ECE", 1, 21, 0)
                .arrives("ACK", 21, 1, 10)
                .sends("ACK,ECE", 1, 31, 0),
            "conforms",
        ),
        (
            "CWR without text may count, or not",
            told_once()
                .arrives("ACK,CWR", 11, 1, 0)
                .arrives("ACK", 11, 1, 10)
                .sends("ACK", 1, 21, 0)
                .arrives("ACK", 21, 1, 10)
                .sends("ACK,ECE", 1, 31, 0),
            "conforms",
        ),
        (
            "what is not agreed upon is not told of",
            Tape::established()
                .arrives("ACK", 1, 1, 10)
                .with_ecn(Ecn::Ce)
                .sends("ACK", 1, 11, 0),
            "conforms",
        ),
        (
            "ahead of a gap it may be told of, or not",
            agreed()
                .arrives("ACK", 11, 1, 10)
                .with_ecn(Ecn::Ce)
                .sends("ACK", 1, 1, 0)
                .arrives("ACK", 1, 1, 10)
                .sends("ACK,ECE", 1, 21, 0),
            "conforms",
        ),
    ]);
}

#[test]
fn cwr_answers_ece_once_for_each_window() {
    let missing = "deviates: RFC3168-6.1.1-5: SEND in ESTABLISHED, text";
    check(vec![
        (
            "with the next text",
            more(sent().arrives("ACK,ECE", 1, 11, 0))
                .sends("PSH,ACK,CWR", 11, 1, 10)
                .with_ecn(Ecn::Ect0),
            "conforms",
        ),
        (
            "and not without it",
            more(sent().arrives("ACK,ECE", 1, 11, 0)).sends("PSH,ACK", 11, 1, 10),
            missing,
        ),
        (
            "not again before what was sent with it is acknowledged",
            more(
                more(sent().arrives("ACK,ECE", 1, 11, 0))
                    .sends("PSH,ACK,CWR", 11, 1, 10)
                    .arrives("ACK,ECE", 1, 15, 0),
            )
            .sends("PSH,ACK", 21, 1, 10),
            "conforms",
        ),
        (
            "but again after that",
            more(
                more(sent().arrives("ACK,ECE", 1, 11, 0))
                    .sends("PSH,ACK,CWR", 11, 1, 10)
                    .arrives("ACK,ECE", 1, 21, 0),
            )
            .sends("PSH,ACK", 21, 1, 10),
            missing,
        ),
        (
            "an acknowledgment of nothing new calls for none",
            more(sent().arrives("ACK,ECE", 1, 1, 0)).sends("PSH,ACK", 11, 1, 10),
            "conforms",
        ),
        (
            "nothing has called for it",
            more(sent().arrives("ACK", 1, 11, 0)).sends("PSH,ACK,CWR", 11, 1, 10),
            missing,
        ),
        (
            "who has never marked his text owes none",
            more(
                more(agreed())
                    .sends("PSH,ACK", 1, 1, 10)
                    .arrives("ACK,ECE", 1, 11, 0),
            )
            .sends("PSH,ACK", 11, 1, 10),
            "conforms",
        ),
    ]);
}

/// Segments of a hundred octets, from this number on; the first with these flags.
fn burst(mut tape: Tape, first: &str, from: u32, segments: u32) -> Tape {
    for n in 0..segments {
        let flags = if n == 0 { first } else { "ACK" };
        tape = tape
            .sends(flags, from + 100 * n, 1, 100)
            .with_ecn(Ecn::Ect0);
    }
    tape
}

/// The initial window of ten segments has left, of four thousand octets, to a peer with an MSS of
/// 100.
fn window_full() -> Tape {
    let tape = Tape::new()
        .call(LISTEN, Outcome::Done)
        .arrives("SYN,ECE,CWR", 0, 0, 0)
        .with_options(&[2, 4, 0, 100])
        .sends("SYN,ACK,ECE", 0, 1, 0)
        .arrives("ACK", 1, 1, 0)
        .call(Call::Send(4_000), Outcome::Sent(4_000));
    burst(tape, "ACK", 1, 10)
}

#[test]
fn ece_makes_the_window_smaller_once_for_each_window() {
    let missed = "conforms; missed: RFC3168-6.1.2-1: ACK seq next ack new in ESTABLISHED, text";
    let told_of = || window_full().arrives("ACK,ECE", 1, 1_001, 0);
    check(vec![
        (
            "seventeen parts of twenty are the most that may be left",
            burst(told_of(), "ACK,CWR", 1_001, 8),
            "conforms",
        ),
        (
            "and not nine",
            burst(told_of(), "ACK,CWR", 1_001, 9),
            missed,
        ),
        (
            "what is outstanding may be more than that",
            burst(
                window_full().arrives("ACK,ECE", 1, 101, 0),
                "ACK,CWR",
                1_001,
                2,
            ),
            "conforms",
        ),
        (
            "and only until it is acknowledged",
            burst(
                burst(
                    window_full().arrives("ACK,ECE", 1, 901, 0),
                    "ACK,CWR",
                    1_001,
                    1,
                )
                .arrives("ACK", 1, 1_101, 0),
                "ACK",
                1_101,
                12,
            ),
            missed,
        ),
        (
            "without ECE it grows",
            burst(window_full().arrives("ACK", 1, 1_001, 0), "ACK", 1_001, 20),
            "conforms",
        ),
    ]);
}

#[test]
fn ece_at_a_window_of_one_segment_has_the_next_wait() {
    let single = || {
        let tape = Tape::new()
            .call(LISTEN, Outcome::Done)
            .arrives("SYN,ECE,CWR", 0, 0, 0)
            .with_options(&[2, 4, 0, 100])
            .sends("SYN,ACK,ECE", 0, 1, 0)
            .waits(Micros::secs(1))
            .sends("SYN,ACK,ECE", 0, 1, 0)
            .waits(Micros::secs(2))
            .sends("SYN,ACK,ECE", 0, 1, 0)
            .arrives("ACK", 1, 1, 0)
            .call(Call::Send(1_000), Outcome::Sent(1_000));
        burst(tape, "ACK", 1, 1)
    };
    let told_of = || single().arrives("ACK,ECE", 1, 101, 0);
    check(vec![
        (
            "at once is too soon",
            burst(told_of(), "ACK,CWR", 101, 1),
            "deviates: RFC3168-6.1.2-2: ACK seq next ack new in ESTABLISHED, text",
        ),
        (
            "when the timer has run out is not",
            burst(told_of().waits(Micros::secs(3)), "ACK,CWR", 101, 1),
            "conforms",
        ),
        (
            "without ECE two may leave",
            burst(single().arrives("ACK", 1, 101, 0), "ACK", 101, 2),
            "conforms",
        ),
    ]);
}
