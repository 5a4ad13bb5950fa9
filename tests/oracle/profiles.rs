//! What a stack declares of itself is held against it.

use super::*;

/// Text arrives ahead of a gap, twice.
fn two_gaps() -> Tape {
    Tape::established()
        .arrives("ACK", 11, 1, 10)
        .arrives("ACK", 31, 1, 10)
        .sends("ACK", 1, 1, 0)
        .sends("ACK", 1, 1, 0)
}

/// Twenty octets arrive, and ten are acknowledged.
fn half_acknowledged() -> Tape {
    Tape::established()
        .arrives("ACK", 1, 1, 10)
        .arrives("ACK", 11, 1, 10)
        .sends("ACK", 1, 11, 0)
}

#[test]
fn what_a_stack_declares_is_held_against_it() {
    type Change = fn(&mut Profile);
    let lags: Change = |profile| profile.acks_may_lag = true;
    let late: Change = |profile| profile.slack = Micros::millis(1);
    let checks: Change = |profile| profile.ack_range = AckRange::Checked;
    let any: Change = |profile| profile.ack_range = AckRange::Any;
    let old = || Tape::established().arrives("ACK", 1, 0, 10);
    let rows: [(&str, Change, Tape, &str); 10] = [
        (
            "an acknowledgment of half",
            |_| {},
            half_acknowledged(),
            "deviates: RFC9293-3.10.7.4-p23: ACK+text seq next ack current in ESTABLISHED, ACK",
        ),
        (
            "of half, then of all, where they may lag",
            lags,
            half_acknowledged().sends("ACK", 1, 21, 0),
            "conforms",
        ),
        (
            "of half, then nothing",
            lags,
            half_acknowledged().waits(Micros::secs(1)),
            "deviates: RFC9293-MUST-40: time in ESTABLISHED, silence",
        ),
        (
            "of all, then of half",
            lags,
            half_acknowledged()
                .sends("ACK", 1, 21, 0)
                .sends("ACK", 1, 11, 0),
            "deviates: RFC9293-3.8-p01: ACK+text seq next ack current in ESTABLISHED, ACK",
        ),
        (
            "two arrivals, then two acknowledgments",
            late,
            two_gaps(),
            "conforms",
        ),
        (
            "two arrivals, then three acknowledgments",
            late,
            two_gaps().sends("ACK", 1, 1, 0),
            "deviates: RFC5681-4.2-4: ACK+text seq ahead ack current in ESTABLISHED, ACK",
        ),
        (
            "an old acknowledgment in the range, text accepted",
            checks,
            old().sends("ACK", 1, 11, 0),
            "conforms",
        ),
        (
            "an old acknowledgment in the range, text refused",
            checks,
            old().sends("ACK", 1, 1, 0),
            "deviates: RFC5961-5.2-2: ACK+text seq next ack old in ESTABLISHED, ACK",
        ),
        (
            "the same where no range is checked",
            any,
            old().sends("ACK", 1, 1, 0),
            "deviates: RFC9293-3.10.7.4-p23: ACK+text seq next ack old in ESTABLISHED, ACK",
        ),
        (
            "an old keep-alive is answered once",
            |_| {},
            Tape::established()
                .arrives("ACK", 0, 1, 0)
                .sends("ACK", 1, 1, 0)
                .sends("ACK", 1, 1, 0),
            "deviates: RFC5681-4.2-4: ACK seq old ack current in ESTABLISHED, ACK",
        ),
    ];
    for (what, change, mut tape, verdict) in rows {
        change(&mut tape.trace.profile);
        assert_eq!(told(&tape.judged("")), verdict, "{what}");
    }
}

/// A trace of a stack that declares something else.
fn declares(mut tape: Tape, what: impl Fn(&mut Profile)) -> String {
    what(&mut tape.trace.profile);
    told(&tape.judged(""))
}

#[test]
fn what_a_profile_declares_is_held_against_it() {
    let stray = |tape: Tape| tape.arrives("ACK", 1, 1, 0);
    let limited = || {
        let answered = stray(Tape::new()).sends("RST", 1, 0, 0);
        stray(answered).waits(Micros::secs(2))
    };
    let quiet = |profile: &mut Profile| profile.reset_quiet = Micros::secs(1);
    let unanswered = "RFC9293-3.10.7.1-p03: ACK in CLOSED, silence";
    let first = declares(stray(Tape::new()).waits(Micros::secs(1)), quiet);
    assert_eq!(first, format!("deviates: {unanswered}"), "the first reset");
    assert_eq!(declares(limited(), quiet), "conforms", "the second");
    let third = declares(stray(limited()).waits(Micros::secs(1)), quiet);
    assert_eq!(third, format!("deviates: {unanswered}"), "after a pause");

    // Text is lost by a CLOSE that ends receiving too.
    let unread = || Tape::established().arrives("ACK", 1, 1, 10);
    let closes = |tape: Tape| tape.call(Call::Close, Outcome::Done);
    let duplex = |profile: &mut Profile| profile.half_duplex_close = true;
    let whole = |_: &mut Profile| {};
    let with_reset = || closes(unread()).sends("RST,ACK", 1, 11, 0);
    let with_fin = || closes(unread()).sends("FIN,ACK", 1, 11, 0);
    assert_eq!(declares(with_reset(), duplex), "conforms");
    let lost = "conforms; missed: RFC9293-SHLD-3: CLOSE in ESTABLISHED, FIN";
    assert_eq!(declares(with_fin(), duplex), lost);
    assert_eq!(declares(with_fin(), whole), "conforms");
    let reset = declares(with_reset(), whole);
    assert!(reset.starts_with("deviates: RFC9293-3.5.2-p02"), "{reset}");

    // FIN-WAIT-2 ends when it is declared to, and no sooner.
    let after = |secs, state| half_closed().waits(Micros::secs(secs)).status(state);
    let short = |profile: &mut Profile| profile.fin_wait_2_timeout = Some(Micros::secs(20));
    let wrong = "deviates: RFC9293-3.10.6-p01: ";
    assert_eq!(declares(after(21, State::Closed), short), "conforms");
    assert_eq!(declares(after(19, State::FinWait2), short), "conforms");
    for (secs, state) in [(21, State::FinWait2), (19, State::Closed)] {
        let told = declares(after(secs, state), short);
        assert!(told.starts_with(wrong), "{secs}: {told}");
    }

    // The user timeout counts the time that text has waited, not the idle time before it.
    let given_up_after = |millis: u64| {
        let mut tape = Tape::established()
            .waits(Micros::secs(100))
            .call(Call::Send(10), Outcome::Sent(10))
            .sends("PSH,ACK", 1, 1, 10);
        tape.now += Micros::secs(1);
        let mut tape = tape.sends("PSH,ACK", 1, 1, 10);
        tape.now += Micros::millis(millis - 1_000);
        tape.sends("RST,ACK", 11, 1, 0)
    };
    let brief: fn(&mut Profile) = |profile| profile.user_timeout = Some(Micros::secs(3));
    assert_eq!(declares(given_up_after(3_000), brief), "conforms");
    let slack: fn(&mut Profile) = |profile| {
        profile.user_timeout = Some(Micros::secs(3));
        profile.slack = Micros::millis(10);
    };
    assert_eq!(declares(given_up_after(2_990), slack), "conforms");
    for (early, what) in [(2_999, brief), (2_989, slack)] {
        let early = declares(given_up_after(early), what);
        assert!(early.starts_with("deviates: RFC9293-3.5.2-p02"), "{early}");
    }

    // TIME-WAIT after a reset of its own.
    let aborted = Tape::established()
        .call(Call::Abort, Outcome::Done)
        .sends("RST,ACK", 1, 1, 0)
        .status(State::TimeWait);
    let told = declares(aborted, whole);
    assert!(told.starts_with(wrong), "{told}");
}

#[test]
fn a_handshake_is_given_up_in_time_and_the_user_is_told() {
    let short = |profile: &mut Profile| profile.syn_timeout = Some(Micros::secs(2));
    let given_up = || {
        connecting()
            .waits(Micros::secs(1))
            .sends("SYN", 0, 0, 0)
            .waits(Micros::secs(2))
    };
    let hasty = "missed: RFC9293-MUST-23: time in SYN-SENT, silence";
    let failed = Outcome::Failed(CallError::TimedOut);
    let receive = Call::Receive(10);
    let informed = declares(given_up().call(receive, failed), short);
    assert_eq!(informed, format!("conforms; {hasty}"));
    let waiting = declares(given_up().call(receive, Outcome::Empty), short);
    assert!(
        waiting.starts_with("deviates: RFC9293-3.10.8-p01"),
        "{waiting}"
    );
    let goes_on = declares(given_up().status(State::SynSent), short);
    assert!(
        goes_on.starts_with("deviates: RFC9293-3.10.6-p01"),
        "{goes_on}"
    );
}

#[test]
fn a_listener_has_only_the_limits_that_it_declares() {
    let listening = || Tape::new().call(LISTEN, Outcome::Done);
    let second = Micros::secs(1);
    let dropped = || listening().arrives("SYN", 0, 0, 0).waits(second);
    let proven = || {
        let acked = listening().arrives("ACK", 1, 1, 0).waits(second);
        acked.status(State::Established)
    };
    let every = |tape| declares(tape, |profile| profile.admission = Admission::Every);
    let limited = |tape| declares(tape, |profile| profile.admission = Admission::Limited);
    let cookies = |tape| declares(tape, |profile| profile.admission = Admission::Cookies);
    let unanswered = "deviates: RFC9293-3.10.7.2-p03: SYN in LISTEN, silence";
    assert_eq!(every(dropped()), unanswered);
    assert_eq!(limited(dropped()), "conforms");
    assert!(limited(proven()).starts_with("deviates: RFC9293-3.10.7.2-p02"));
    let proven = cookies(proven());
    assert!(
        proven.starts_with("inconclusive: a connection was opened by an ACK"),
        "{proven}"
    );
}

#[test]
fn what_a_stack_of_listeners_does_is_declared() {
    let undeclared = |_: &mut Profile| {};
    // Old text with a new acknowledgment: where that is used, nothing is sent again.
    let acknowledged = || {
        Tape::established()
            .arrives("ACK", 1, 1, 10)
            .sends("ACK", 1, 11, 0)
            .call(Call::Send(10), Outcome::Sent(10))
            .sends("PSH,ACK", 1, 11, 10)
            .arrives("ACK", 1, 11, 10)
            .sends("ACK", 11, 11, 0)
            .waits(Micros::secs(300))
    };
    let uses_old = |profile: &mut Profile| profile.uses_old = true;
    assert_eq!(declares(acknowledged(), uses_old), "conforms");
    let told = declares(acknowledged(), undeclared);
    assert!(told.starts_with("deviates: "), "{told}");

    // What fits none of its handshakes is a segment to the listener, wherever its number lies.
    let stray = || {
        Tape::new()
            .call(LISTEN, Outcome::Done)
            .arrives("SYN", 0, 0, 0)
            .sends("SYN,ACK", 0, 1, 0)
            .arrives("ACK", 60_000, 5, 0)
            .sends("RST", 5, 0, 0)
    };
    let keeps = |profile: &mut Profile| profile.listener_resets = true;
    assert_eq!(declares(stray(), keeps), "conforms");
    let missed = "RFC9293-3.10.7.4-p01: ACK seq beyond ack unsent in SYN-RECEIVED, RST";
    let told = declares(stray(), undeclared);
    assert_eq!(told, format!("conforms; missed: {missed}"));
}
