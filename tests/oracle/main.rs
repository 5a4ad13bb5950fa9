//! The oracle's verdicts, on traces written by hand and on stacks that misbehave on purpose.

mod broken;
mod congestion;
mod corners;
mod instead;
mod invariants;
mod known;
mod profiles;
mod tape;
mod unsaid;
mod ways;

use std::fmt::Write;

use tcprove::harness::Runner;
use tcprove::model::State;
use tcprove::oracle::{Judgment, KnownDeviations, Oracle, Verdict};
use tcprove::scenario::Scenario;
use tcprove::stack::{
    AckRange, Admission, Broken, CallError, Config, Outbox, Outcome, Profile, RstRule, Socket,
    Stack,
};
use tcprove::stream::{self, Direction};
use tcprove::time::{Instant, Micros};
use tcprove::trace::{Call, Event, Trace, What};
use tcprove::wire::{Ecn, Endpoint, Family, Flags, Options, Segment, SeqNumber};

use known::{Entry, SYN_WITHOUT_ANSWER, syn_without_answer};
use tape::{
    A, IRS, ISS, LISTEN, PORTS, Tape, WINDOW, connecting, ends, half_closed, profile, segment, told,
};

#[test]
fn a_trace_is_conforming_or_says_what_is_not() {
    let rows: [(&str, Tape, &str); 7] = [
        ("nothing at all", Tape::new(), "conforms"),
        (
            "handshake, data, STATUS",
            Tape::established()
                .arrives("ACK", 1, 1, 10)
                .sends("ACK", 1, 11, 0)
                .reads(10)
                .status(State::Established),
            "conforms",
        ),
        (
            "data that are not acknowledged",
            Tape::established()
                .arrives("ACK", 1, 1, 10)
                .waits(Micros::secs(1)),
            "deviates: RFC9293-MUST-40: time in ESTABLISHED, silence",
        ),
        (
            "an acknowledgment of what never came",
            Tape::established()
                .arrives("ACK", 1, 1, 10)
                .sends("ACK", 1, 12, 0),
            "deviates: RFC9293-3.4-p04: ACK+text seq next ack current in ESTABLISHED, ACK",
        ),
        (
            "a SYN beyond the window without an answer",
            syn_without_answer(),
            "deviates: RFC9293-3.10.7.4-4: SYN seq beyond in ESTABLISHED, silence",
        ),
        (
            "another state than the one that must be",
            Tape::established().status(State::CloseWait),
            "deviates: RFC9293-3.10.6-p01: STATUS in ESTABLISHED, call done",
        ),
        (
            "a stack that broke",
            Tape::established().add(What::Broken("out of order".to_owned())),
            "broken: out of order",
        ),
    ];
    for (what, tape, verdict) in rows {
        assert_eq!(told(&tape.judged("")), verdict, "{what}");
    }
}

#[test]
fn a_recommendation_is_told_apart_from_a_requirement() {
    let mut reset = Tape::established()
        .arrives("RST", 11, 0, 0)
        .call(Call::Receive(10), Outcome::Failed(CallError::Reset));
    let blind = "RST seq ahead in ESTABLISHED";
    // A stack that declares RFC 793 misses a recommendation; one that declares RFC 5961 and does
    // otherwise contradicts itself.
    assert!(
        told(&reset.judged("")).starts_with("deviates: RFC"),
        "{}",
        told(&reset.judged(""))
    );
    reset.trace.profile.rst = RstRule::Rfc793;
    let judgment = reset.judged("");
    assert_eq!(
        told(&judgment),
        format!("conforms; missed: RFC5961-3.2-1: {blind}, silence")
    );
    let [missed] = &judgment.missed[..] else {
        panic!("{judgment:?}")
    };
    assert!(missed.shape.requirement.level().is_recommended());
    assert_eq!(missed.event, 4, "the RST");
    assert_eq!(missed.instead, missed.shape.requirement.violation());
}

#[test]
fn a_stall_after_a_closed_window_is_told_apart_from_a_plain_one() {
    let sent = || {
        Tape::established()
            .call(Call::Send(10), Outcome::Sent(10))
            .sends("PSH,ACK", 1, 1, 10)
    };
    let opened = |tape: Tape| tape.arrives("ACK", 1, 1, 0).waits(Micros::secs(200));
    let closed = || sent().arrives("ACK", 1, 1, 0).with_window(0);
    let rows = [
        (opened(sent()), "RFC9293-3.10.8-p02"),
        (closed().waits(Micros::secs(200)), "RFC9293-MUST-35"),
        (opened(closed()), "RFC9293-MUST-34"),
    ];
    for (tape, requirement) in rows {
        let verdict = format!("deviates: {requirement}: time in ESTABLISHED, silence");
        assert_eq!(told(&tape.judged("")), verdict);
    }
}

#[test]
fn a_stale_syn_that_opened_a_connection_anew_leads_back() {
    let reopened = || {
        half_closed()
            .arrives("FIN,ACK", 1, 2, 0)
            .sends("ACK", 2, 2, 0)
            .arrives("SYN", 100, 0, 0)
    };
    let answered = |iss| {
        let mut tape = reopened().sends("SYN,ACK", iss, 101, 0);
        if let Some(What::Emission {
            segment: Some(seg), ..
        }) = tape.trace.events.last_mut().map(|event| &mut event.what)
        {
            seg.window = WINDOW;
        }
        tape
    };
    assert_eq!(told(&answered(2).judged("")), "conforms");
    let below = told(&answered(1).judged(""));
    assert!(below.starts_with("deviates: RFC9293-MAY-2"), "{below}");
    let stale = || answered(2).arrives("RST", 101, 0, 0);
    let listens = stale().status(State::Listen);
    assert_eq!(told(&listens.judged("")), "conforms");
    let returned = told(&stale().status(State::TimeWait).judged(""));
    assert!(
        returned.starts_with("inconclusive: a connection that a stale SYN opened"),
        "{returned}"
    );
}

#[test]
fn a_deviation_says_what_came_and_what_was_allowed() {
    let rows = [
        (
            Tape::established()
                .arrives("ACK", 1, 1, 10)
                .sends("ACK", 1, 12, 0),
            "<SEQ=ISS+1><ACK=IRS+12><CTL=ACK><WND=4085>",
            "an acknowledgment of no more than what arrived in order",
        ),
        (
            syn_without_answer(),
            "nothing until 1.000000",
            "an empty acknowledgment in answer, at once",
        ),
        (
            Tape::established().status(State::CloseWait),
            "STATUS gave Status(CloseWait)",
            "STATUS names the state that everything seen so far leads to",
        ),
    ];
    for (tape, instead, allowed) in rows {
        let Verdict::Deviates(deviation) = tape.judged("").verdict else {
            panic!("{instead}")
        };
        assert_eq!(deviation.instead, instead);
        assert_eq!(deviation.allowed[0].what, allowed);
    }
}
