//! ICMP errors, judged: what may follow each, by the state that it meets and by what the stack
//! declares. Traces of the reference stack up to the error; what follows is written by hand.

use tcprove::harness::Runner;
use tcprove::model::State;
use tcprove::oracle::{KnownDeviations, Oracle, Verdict};
use tcprove::scenario::Scenario;
use tcprove::stack::reference::Reference;
use tcprove::stack::{CallError, HardErrors, Outcome, Socket};
use tcprove::time::Micros;
use tcprove::trace::{Call, Event, Trace, What};
use tcprove::wire::{self, Flags, Segment};

/// What is seen after the error.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// STATUS tells this.
    Status(State),
    /// RECEIVE fails.
    ReceiveFails,
    /// Nothing for so many seconds.
    Silence(u64),
    /// A reset at the number of the last segment's end, and STATUS tells CLOSED.
    Reset,
}

use HardErrors::{Always, Handshake, Ignored, Undeclared};
use State::{Closed, Established, Listen, SynReceived, SynSent};
use Then::{ReceiveFails, Reset, Silence, Status};

const OPEN: &str = "A: listen | peer handshake | A: send 10";
const MUST_54: &str = "RFC9293-MUST-54";
const MUST_55: &str = "RFC9293-MUST-55";
const MUST_56: &str = "RFC9293-MUST-56";
const SHLD_26: &str = "RFC9293-SHLD-26";
const UNCALLED: &str = "RFC9293-3.5.2-p02";
/// Nothing is held against it.
const FINE: &str = "";

/// The way to a state, the error, what the stack declares (the second: it looks whether the
/// segment is in flight), what follows, and the requirement that is not met.
#[rustfmt::skip]
const ROWS: &[(&str, &str, HardErrors, bool, Then, &str)] = &[
    // A hard error in SYN-SENT should end the attempt.
    ("A: connect", "port-unreachable", Undeclared, false, Status(Closed), FINE),
    ("A: connect", "port-unreachable", Undeclared, false, ReceiveFails, FINE),
    ("A: connect", "port-unreachable", Undeclared, false, Silence(5), FINE),
    ("A: connect", "port-unreachable", Undeclared, false, Status(SynSent), SHLD_26),
    ("A: connect", "port-unreachable", Handshake, false, Status(SynSent), SHLD_26),
    ("A: connect", "port-unreachable", Ignored, false, Status(SynSent), SHLD_26),
    ("A: connect", "protocol-unreachable", Undeclared, false, Status(SynSent), SHLD_26),
    ("A: connect", "port-unreachable", Undeclared, false, Reset, UNCALLED),
    // What is not in flight was not caused by this connection; not every stack looks.
    ("A: connect", "port-unreachable seq ISS+2", Undeclared, false, Status(Closed), FINE),
    ("A: connect", "port-unreachable seq ISS+2", Undeclared, false, Status(SynSent), FINE),
    ("A: connect", "port-unreachable seq ISS+2", Handshake, true, Status(Closed), MUST_54),
    ("A: connect", "port-unreachable seq ISS+1", Handshake, true, Status(Closed), FINE),
    ("A: connect", "port-unreachable seq ISS-1", Handshake, true, Status(Closed), MUST_54),
    // Soft errors end nothing.
    ("A: connect", "net-unreachable", Undeclared, false, Status(Closed), MUST_56),
    ("A: connect", "net-unreachable", Undeclared, false, Silence(5), MUST_56),
    ("A: connect", "time-exceeded", Always, false, Status(Closed), MUST_56),
    ("A: connect", "host-unreachable", Undeclared, false, Status(SynSent), FINE),
    ("A: listen | < SYN", "parameter-problem", Undeclared, false, Status(Listen), MUST_56),
    ("A: listen | < SYN", "source-route-failed", Undeclared, false, Status(SynReceived), FINE),
    (OPEN, "host-unreachable", Undeclared, false, Status(Established), FINE),
    (OPEN, "host-unreachable", Undeclared, false, Status(Closed), MUST_56),
    (OPEN, "host-unreachable", Always, false, ReceiveFails, MUST_56),
    (OPEN, "reassembly-exceeded", Undeclared, false, Silence(5), MUST_56),
    (OPEN, "host-unreachable", Undeclared, false, Reset, UNCALLED),
    // A source quench is discarded.
    (OPEN, "source-quench", Undeclared, false, Status(Established), FINE),
    (OPEN, "source-quench", Undeclared, false, Status(Closed), MUST_55),
    // In other states a hard error may end the connection, unless the stack says otherwise.
    ("A: listen | < SYN", "port-unreachable", Handshake, false, Status(Listen), FINE),
    ("A: listen | < SYN", "port-unreachable", Handshake, false, Status(Closed), FINE),
    ("A: listen | < SYN", "port-unreachable", Handshake, false, Status(SynReceived), FINE),
    (OPEN, "port-unreachable", Undeclared, false, Status(Established), FINE),
    (OPEN, "port-unreachable", Undeclared, false, Status(Closed), FINE),
    (OPEN, "port-unreachable", Undeclared, false, Reset, FINE),
    (OPEN, "port-unreachable", Always, false, Status(Established), SHLD_26),
    (OPEN, "port-unreachable", Handshake, false, Status(Closed), SHLD_26),
    (OPEN, "port-unreachable", Ignored, false, ReceiveFails, SHLD_26),
    // What RFC 9293 calls neither may end it too.
    (OPEN, "prohibited", Undeclared, false, Status(Closed), FINE),
    (OPEN, "prohibited", Undeclared, false, Status(Established), FINE),
    (OPEN, "too-big mtu 1280", Undeclared, false, Status(Established), FINE),
    ("stack ipv6 | A: connect", "port-unreachable", Undeclared, false, Status(SynSent), FINE),
    ("stack ipv6 | A: connect", "port-unreachable", Undeclared, false, Status(Closed), FINE),
    ("stack ipv6 | A: connect", "protocol-unreachable", Undeclared, false, Status(Closed), MUST_56),
    // Another connection's error concerns nobody else.
    (OPEN, "port-unreachable from 1", Undeclared, false, Status(Closed), MUST_54),
    (OPEN, "port-unreachable port 1", Undeclared, false, Status(Established), FINE),
    (OPEN, "port-unreachable from 1", Undeclared, false, Reset, UNCALLED),
    ("A: listen", "port-unreachable", Undeclared, false, Status(Listen), FINE),
    // What a connection did before it showed that it lives is not held against a later error.
    ("A: listen | peer handshake | < icmp host-unreachable | A: send 10 | A: status | A: abort", "host-unreachable", Undeclared, false, Status(Closed), FINE),
];

fn run(steps: &str, error: &str) -> Trace {
    let steps = format!("{steps} | < icmp {error}").replace(" | ", "\n");
    let scenario: Scenario = match steps.parse() {
        Ok(scenario) => scenario,
        Err(error) => panic!("{}", error.render("row", &steps)),
    };
    let mut runner = Runner::new(Reference::new);
    let mut trace = runner.run(&scenario).clone();
    let at_error = |event: &Event| matches!(event.what, What::Icmp { .. });
    let last = trace.events.iter().rposition(at_error).expect("an error");
    trace.events.truncate(last + 1);
    trace
}

/// Adds what follows the error.
fn follow(trace: &mut Trace, then: Then) {
    let call = |trace: &mut Trace, call, outcome| {
        let text = trace.store(&[]);
        let socket = Socket(0);
        What::Call {
            socket,
            call,
            outcome,
            text,
        }
    };
    let status = |state| (Call::Status, Outcome::Status(state));
    let failed = Outcome::Failed(CallError::NoConnection);
    let mut at = trace.events[trace.events.len() - 1].at;
    let whats = match then {
        Status(state) => vec![call(trace, status(state).0, status(state).1)],
        ReceiveFails => vec![call(trace, Call::Receive(10), failed)],
        Silence(seconds) => {
            at += Micros::secs(seconds);
            vec![What::Quiet]
        }
        Reset => {
            let reset = reset(trace);
            vec![reset, call(trace, status(Closed).0, status(Closed).1)]
        }
    };
    let step = trace.events[trace.events.len() - 1].step + 1;
    let events = whats.into_iter().map(|what| Event { at, step, what });
    trace.events.extend(events);
}

/// A reset of the connection, as ABORT sends it.
fn reset(trace: &mut Trace) -> What {
    let sent = trace
        .events
        .iter()
        .rev()
        .find_map(|event| match &event.what {
            What::Emission { segment, .. } => segment.clone(),
            _ => None,
        });
    let sent = sent.expect("a segment");
    let reset = Segment {
        seq: sent.end(),
        flags: Flags::RST.with(Flags::ACK),
        ecn: Default::default(),
        payload_len: 0,
        ..sent
    };
    let mut octets = Vec::new();
    wire::build(&reset, &[], &[], &mut octets);
    let parsed = wire::parse(&octets).expect("a segment");
    let packet = trace.store(&octets);
    What::Emission {
        segment: Some(parsed.segment),
        damaged: None,
        packet,
        text: packet.slice(octets.len(), 0),
    }
}

#[test]
fn an_error_leads_to_what_the_profile_says_and_to_nothing_else() {
    let mut wrong = String::new();
    for (row, &(steps, error, rule, looks, then, expected)) in ROWS.iter().enumerate() {
        let mut trace = run(steps, error);
        trace.profile.hard_errors = rule;
        trace.profile.icmp_in_flight = looks;
        follow(&mut trace, then);
        let judgment = Oracle::new(KnownDeviations::default()).judge(&trace);
        let mut broken: Vec<&str> = judgment
            .missed
            .iter()
            .map(|it| it.shape.requirement.id())
            .collect();
        match &judgment.verdict {
            Verdict::Deviates(deviation) => broken.push(deviation.shape.requirement.id()),
            Verdict::Conforms => {}
            other => wrong += &format!("{row}: {other:?}\n"),
        }
        if broken.join(" ") != expected {
            wrong += &format!("{row}: {steps} | {error}, {rule:?}, {then:?}: {broken:?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_is_held_against_an_error_names_its_state_and_its_event() {
    let mut trace = run("A: connect", "host-unreachable");
    let error = trace.events.len() - 1;
    follow(&mut trace, Silence(5));
    let judgment = Oracle::new(KnownDeviations::default()).judge(&trace);
    let Verdict::Deviates(deviation) = judgment.verdict else {
        panic!("{judgment:?}")
    };
    let told = deviation.shape.to_string();
    assert_eq!(
        told,
        "RFC9293-MUST-56: ICMP soft in-flight in SYN-SENT, silence"
    );
    assert_eq!(deviation.cause, Some(error));
    assert_eq!(
        deviation.allowed[0].what,
        "the connection goes on: this ICMP error must not end it"
    );
}

/// A stack that is known to give up on a soft error.
const KNOWN: &str = r#"
[[deviation]]
name = "gives up"
requirement = "RFC9293-MUST-56"
state = ["SYN-SENT"]
event = [{ on = "icmp", error = ["soft"] }]
instead = ["silence", "call done"]
then = "closed"
reason = "It does."
witness = "none.scn"
"#;

#[test]
fn a_known_deviation_of_an_error_covers_that_error_and_no_other() {
    let silently = KNOWN.replace("then = \"closed\"", "then = \"closed\"\nsilently = true");
    for (known, error, then, covers) in [
        (KNOWN, "host-unreachable", Silence(5), true),
        (KNOWN, "host-unreachable", Status(Closed), true),
        (&silently, "host-unreachable", Silence(5), true),
        (KNOWN, "host-unreachable from 1", Status(Closed), false),
        (KNOWN, "source-quench", Silence(5), false),
    ] {
        let mut trace = run("A: connect", error);
        follow(&mut trace, then);
        let mut oracle = Oracle::new(known.parse().expect("known deviations"));
        let judgment = oracle.judge(&trace);
        let covered = judgment.verdict == Verdict::Conforms && judgment.known == [0];
        assert_eq!(covered, covers, "{error}, {then:?}: {judgment:?}");
    }
}

/// A stack that is known to forget text where the peer's FIN has come.
const FORGETS: &str = r#"
[[deviation]]
name = "forgets text"
requirement = "RFC9293-3.10.8-p02"
state = ["CLOSE-WAIT"]
event = [{ on = "time", marked = ["fin"] }]
instead = ["silence"]
then = "forgiven"
reason = "It does."
witness = "none.scn"
"#;

#[test]
fn what_is_special_about_a_connection_is_so_after_an_error_too() {
    for (mark, covers) in [("fin", true), ("crossed", false)] {
        let mut trace = run(
            "A: listen | peer handshake | peer fin | A: send 10",
            "host-unreachable",
        );
        follow(&mut trace, Silence(60));
        let known = FORGETS.replace("fin", mark).parse();
        let mut oracle = Oracle::new(known.expect("known deviations"));
        let judgment = oracle.judge(&trace);
        let covered = judgment.verdict == Verdict::Conforms && judgment.known == [0];
        assert_eq!(covered, covers, "{mark}: {judgment:?}");
    }
}
