//! Corners of the model, a row each: what happens, and what has to be said of it.

use super::*;

/// A passive OPEN, and the peer's SYN is answered.
fn syn_received() -> Tape {
    Tape::new()
        .call(LISTEN, Outcome::Done)
        .arrives("SYN", 0, 0, 0)
        .sends("SYN,ACK", 0, 1, 0)
}

/// Both have closed, the stack first.
fn time_wait() -> Tape {
    half_closed()
        .arrives("FIN,ACK", 1, 2, 0)
        .sends("ACK", 2, 2, 0)
}

/// Of twenty octets the first ten are sent again after three duplicates.
fn recovering() -> Tape {
    let sent = Tape::established()
        .call(Call::Send(20), Outcome::Sent(20))
        .sends("ACK", 1, 1, 10)
        .sends("PSH,ACK", 11, 1, 10);
    times(3, sent, |tape| tape.arrives("ACK", 1, 1, 0)).sends("ACK", 1, 1, 10)
}

/// The peer's FIN comes a second time, and acknowledges half of what is in flight.
fn fin_again() -> Tape {
    recovering()
        .arrives("FIN,ACK", 1, 1, 0)
        .sends("ACK", 21, 2, 0)
        .arrives("FIN,ACK", 1, 11, 0)
}

/// Three octets ahead of a gap, then the second of them again.
fn ahead_twice() -> Tape {
    Tape::established()
        .arrives("ACK", 2, 1, 3)
        .sends("ACK", 1, 1, 0)
        .arrives("ACK", 3, 1, 1)
        .sends("ACK", 1, 1, 0)
}

/// The window is full, the buffer of a hundred thousand octets is not, and more text comes than a
/// window without a scale could offer.
fn roomy() -> Tape {
    let mut tape = Tape::established();
    tape.trace.profile.receive_buffer = 100_000;
    tape.arrives("ACK", 1, 1, WINDOW)
        .sends("ACK", 1, 4_097, 0)
        .arrives("ACK", 4_097, 1, 62_000)
}

/// The same again, so many times.
fn times(n: u32, tape: Tape, more: impl Fn(Tape) -> Tape) -> Tape {
    (0..n).fold(tape, |tape, _| more(tape))
}

#[test]
fn what_is_told_of_each_corner() {
    let rows: Vec<(&str, Tape, &str)> = vec![
        (
            "in TIME-WAIT every segment may be acknowledged",
            times(6, time_wait(), |tape| {
                tape.arrives("ACK", 2, 2, 0).sends("ACK", 2, 2, 0)
            }),
            "conforms",
        ),
        (
            "in ESTABLISHED acknowledgments of acknowledgments come to an end",
            times(6, Tape::established(), |tape| {
                tape.arrives("ACK", 1, 1, 0).sends("ACK", 1, 1, 0)
            }),
            "deviates: RFC9293-3.4-p03: ACK seq next ack current in ESTABLISHED, ACK",
        ),
        (
            "an acknowledgment without SYN is dropped in SYN-SENT",
            connecting().arrives("ACK", 0, 1, 0).sends("ACK", 1, 0, 0),
            "deviates: RFC9293-3.10.7.3-p07: ACK ack new in SYN-SENT, ACK",
        ),
        (
            "nothing is sent in LISTEN unasked",
            Tape::new()
                .call(LISTEN, Outcome::Done)
                .sends("ACK", 1, 1, 0),
            "deviates: RFC9293-3.10.7.1-p03: time in CLOSED, ACK",
        ),
        (
            "a call on a socket beyond the last is one on the last",
            Tape::new()
                .call_of(Socket(200), LISTEN, Outcome::Done)
                .arrives("SYN", 0, 0, 0)
                .sends("SYN,ACK", 0, 1, 0)
                .call_of(
                    Socket(200),
                    Call::Status,
                    Outcome::Status(State::SynReceived),
                ),
            "conforms",
        ),
        (
            "a reset in SYN-RECEIVED leads a listener back",
            syn_received().arrives("RST", 1, 0, 0).status(State::Listen),
            "conforms",
        ),
        (
            "what the acknowledgment of a FIN sets going does not acknowledge the FIN yet",
            recovering()
                .arrives("FIN,ACK", 1, 11, 0)
                .sends("PSH,ACK", 11, 1, 10)
                .sends("ACK", 21, 2, 0),
            "conforms",
        ),
        (
            "what nothing sets going acknowledges the FIN",
            recovering()
                .arrives("FIN,ACK", 1, 1, 0)
                .sends("PSH,ACK", 1, 1, 10),
            "deviates: RFC9293-3.10.7.4-p28: FIN,ACK seq next ack current in ESTABLISHED, text",
        ),
        (
            "text beside the one acknowledgment of a FIN that comes again",
            fin_again()
                .sends("PSH,ACK", 11, 2, 10)
                .sends("ACK", 21, 2, 0),
            "conforms",
        ),
        (
            "two acknowledgments of a FIN that comes again",
            fin_again().sends("ACK", 21, 2, 0).sends("ACK", 21, 2, 0),
            "deviates: RFC5681-4.2-4: FIN,ACK seq old ack new in CLOSE-WAIT, ACK",
        ),
        (
            "the longer of two stretches ahead of a gap may have been trimmed",
            ahead_twice().arrives("ACK", 1, 1, 1).sends("ACK", 1, 4, 0),
            "conforms",
        ),
        (
            "what was held ends where a segment ended",
            ahead_twice().arrives("ACK", 1, 1, 1).sends("ACK", 1, 3, 0),
            "deviates: RFC9293-3.10.7.4-p23: ACK+text seq next ack current in ESTABLISHED, ACK",
        ),
        (
            "a FIN with the number of held text may count",
            Tape::established()
                .arrives("ACK", 2, 1, 3)
                .sends("ACK", 1, 1, 0)
                .arrives("FIN,ACK", 3, 1, 0)
                .sends("ACK", 1, 1, 0)
                .arrives("ACK", 1, 1, 1)
                .sends("ACK", 1, 4, 0)
                .status(State::CloseWait),
            "conforms",
        ),
        (
            "where a FIN has the number of held text, nothing is missed that was held",
            Tape::established()
                .arrives("ACK", 11, 1, 2)
                .sends("ACK", 1, 1, 0)
                .arrives("FIN,ACK", 1, 1, 10)
                .sends("ACK", 1, 12, 0)
                .status(State::CloseWait),
            "conforms",
        ),
        (
            "without a window scale no more may count than a window can say",
            roomy().closes(1, 65_536),
            "conforms",
        ),
        (
            "the whole buffer may count",
            roomy().closes(1, 66_097),
            "conforms",
        ),
        (
            "what a window could say begins where the buffer is full",
            roomy().closes(1, 65_537),
            "deviates: RFC9293-3.10.7.4-p23: ACK+text seq closed ack current in ESTABLISHED, ACK",
        ),
        (
            "of two listeners on a port either may get the connection",
            Tape::new()
                .call(LISTEN, Outcome::Done)
                .call_of(Socket(1), LISTEN, Outcome::Done)
                .arrives("SYN", 0, 0, 0)
                .sends("SYN,ACK", 0, 1, 0)
                .arrives("ACK", 1, 1, 0)
                .call_of(Socket(1), Call::Status, Outcome::Status(State::Established))
                .status(State::Listen),
            "conforms",
        ),
        (
            "of two listeners on a port only one gets the connection",
            Tape::new()
                .call(LISTEN, Outcome::Done)
                .call_of(Socket(1), LISTEN, Outcome::Done)
                .arrives("SYN", 0, 0, 0)
                .sends("SYN,ACK", 0, 1, 0)
                .call_of(Socket(1), Call::Status, Outcome::Status(State::SynReceived))
                .status(State::SynReceived),
            "deviates: RFC9293-3.10.6-p01: STATUS in LISTEN, call done",
        ),
    ];
    for (what, tape, verdict) in rows {
        assert_eq!(told(&tape.judged("")), verdict, "{what}");
    }
}

#[test]
fn a_listener_that_begins_again_has_not_forgotten_what_was_known() {
    let entry = Entry {
        requirement: "RFC9293-3.10.6-p01",
        state: "SYN-RECEIVED",
        event: "on = 'status'",
        instead: "call done",
        then: "'forgiven'",
    };
    let tape = syn_received()
        .status(State::Established)
        .arrives("RST", 1, 0, 0)
        .status(State::Listen);
    let without = told(&tape.judged(""));
    assert_eq!(
        without,
        "deviates: RFC9293-3.10.6-p01: STATUS in SYN-RECEIVED, call done"
    );
    assert_eq!(told(&tape.judged(&entry.file())), "conforms; known: [0]");
}

#[test]
fn what_is_forgiven_before_an_arrival_leaves_the_arrival_to_be_met() {
    let known = SYN_WITHOUT_ANSWER.file();
    let mut tape = Tape::established().arrives("SYN", 9_000, 0, 0);
    tape.now += Micros::secs(1);
    let tape = tape
        .arrives("ACK", 1, 1, 10)
        .sends("ACK", 1, 11, 0)
        .reads(10);
    assert_eq!(told(&tape.judged(&known)), "conforms; known: [0]");
}

/// What has come and is not acknowledged yet comes again: one acknowledgment answers both, and may be
/// delayed. What is acknowledged has its answer at once.
#[test]
fn an_acknowledgment_that_is_owed_is_an_answer_too() {
    let owed = || Tape::established().arrives("ACK", 1, 1, 10);
    let acknowledged = || owed().sends("ACK", 1, 11, 0);
    let later = Micros::millis(100);
    let rows = [
        (
            "one for both",
            owed()
                .arrives("ACK", 1, 1, 10)
                .waits(later)
                .sends("ACK", 1, 11, 0),
            "conforms",
        ),
        (
            "an empty one that was overtaken",
            owed()
                .arrives("ACK", 1, 1, 0)
                .waits(later)
                .sends("ACK", 1, 11, 0),
            "conforms",
        ),
        (
            "none at all",
            owed().arrives("ACK", 1, 1, 10).waits(Micros::secs(1)),
            "deviates: RFC9293-MUST-40: time in ESTABLISHED, silence",
        ),
        (
            "nothing is owed",
            acknowledged().arrives("ACK", 1, 1, 10).waits(later),
            "deviates: RFC9293-3.5.2-p03: ACK+text seq old ack current in ESTABLISHED, silence",
        ),
        (
            "what is owed lies behind it",
            acknowledged()
                .arrives("ACK", 11, 1, 10)
                .arrives("ACK", 1, 1, 0)
                .waits(later),
            "deviates: RFC9293-3.5.2-p03: ACK seq old ack current in ESTABLISHED, silence",
        ),
        (
            "a SYN asks for one of its own",
            owed().arrives("SYN", 1, 0, 0).waits(later),
            "deviates: RFC9293-3.10.7.4-4: SYN seq old in ESTABLISHED, silence",
        ),
    ];
    for (what, tape, verdict) in rows {
        assert_eq!(told(&tape.judged("")), verdict, "{what}");
    }
}
