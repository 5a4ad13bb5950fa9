//! The oracle's verdicts, on traces written by hand and on stacks that misbehave on purpose.

mod invariants;
mod unsaid;
mod ways;

use std::fmt::Write;

use tcprove::harness::Runner;
use tcprove::model::State;
use tcprove::oracle::{Judgment, KnownDeviations, Oracle, Verdict};
use tcprove::scenario::Scenario;
use tcprove::stack::{
    AckRange, Admission, Broken, CallError, Config, HardErrors, Outbox, Outcome, Profile, RstRule,
    Socket, Stack,
};
use tcprove::stream::{self, Direction};
use tcprove::time::{Instant, Micros};
use tcprove::trace::{Call, Event, Trace, What};
use tcprove::wire::{Endpoint, Family, Flags, Options, Segment, SeqNumber};

const A: Socket = Socket(0);
const PORTS: (u16, u16) = (80, 40_000);
/// Initial sequence numbers of the peer and of the stack.
const IRS: u32 = 1_000;
const ISS: u32 = 5_000;
const WINDOW: u16 = 4_096;
/// The option that every SYN carries: MSS 1460.
const MSS: [u8; 4] = [2, 4, 5, 180];

/// What the stack of these traces declares: RFC 9293 to the letter, and no options.
fn profile() -> Profile {
    Profile {
        name: "written by hand".into(),
        family: Family::V4,
        mtu: 1_500,
        rst: RstRule::Rfc5961,
        syn: RstRule::Rfc5961,
        ack_range: AckRange::Undeclared,
        window_scale: None,
        timestamps: false,
        paws: false,
        predicts_headers: false,
        sack: false,
        holds_out_of_order: true,
        mss_floor: 1,
        receive_buffer: WINDOW.into(),
        window_is_free_buffer: false,
        reads_while_closing: true,
        send_buffer: WINDOW.into(),
        msl: Micros::secs(5),
        rto_initial: Micros::secs(1),
        rto_min: Micros::secs(1),
        rto_max: Micros::secs(60),
        acks_may_lag: false,
        ack_delay: Micros::ZERO,
        keep_alive: None,
        user_timeout: None,
        syn_timeout: None,
        fin_wait_2_timeout: None,
        orphan_timeout: None,
        nagle: true,
        challenge_quiet: Micros::ZERO,
        reset_quiet: Micros::ZERO,
        half_duplex_close: false,
        lingers_after_reset: false,
        admission: Admission::Every,
        text_on_syn: false,
        hard_errors: HardErrors::Undeclared,
        icmp_in_flight: false,
        slack: Micros::ZERO,
    }
}

/// A trace in the making. Sequence numbers count from the initial ones.
struct Tape {
    trace: Trace,
    now: Instant,
}

impl Tape {
    fn new() -> Tape {
        Tape {
            trace: Trace::new(Config::default(), profile()),
            now: Instant::START,
        }
    }

    /// A passive open and the three-way handshake.
    fn established() -> Tape {
        Tape::new()
            .call(
                Call::Listen {
                    port: PORTS.0,
                    remote: None,
                },
                Outcome::Done,
            )
            .arrives("SYN", 0, 0, 0)
            .sends("SYN,ACK", 0, 1, 0)
            .arrives("ACK", 1, 1, 0)
    }

    fn add(mut self, what: What) -> Tape {
        self.trace.events.push(Event {
            at: self.now,
            step: self.trace.events.len() as u32,
            what,
        });
        self
    }

    fn call(self, call: Call, outcome: Outcome) -> Tape {
        self.call_of(A, call, outcome)
    }

    fn call_of(mut self, socket: Socket, call: Call, outcome: Outcome) -> Tape {
        let text = self.trace.store(&[]);
        self.add(What::Call {
            socket,
            call,
            outcome,
            text,
        })
    }

    /// RECEIVE that gives the first octets of the stream.
    fn reads(mut self, len: u32) -> Tape {
        let octets = stream::octets(Direction::ToStack, PORTS, 0, len as usize);
        let text = self.trace.store(octets);
        self.add(What::Call {
            socket: A,
            call: Call::Receive(65_535),
            outcome: Outcome::Received(len),
            text,
        })
    }

    fn status(self, state: State) -> Tape {
        self.call(Call::Status, Outcome::Status(state))
    }

    fn arrives(mut self, flags: &str, seq: u32, ack: u32, len: u16) -> Tape {
        let (peer, stack) = ends();
        let segment = segment(flags, (peer, IRS + seq), (stack, ISS + ack), len);
        let offset = seq.saturating_sub(1);
        let octets = stream::octets(Direction::ToStack, PORTS, offset, len.into());
        let text = self.trace.store(octets);
        self.add(What::Arrival {
            segment: Some(segment),
            damaged: None,
            packet: text,
            text,
        })
    }

    /// The last arrival offers this window.
    fn with_window(mut self, window: u16) -> Tape {
        if let Some(What::Arrival {
            segment: Some(segment),
            ..
        }) = self.trace.events.last_mut().map(|event| &mut event.what)
        {
            segment.window = window;
        }
        self
    }

    fn sends(self, flags: &str, seq: u32, ack: u32, len: u16) -> Tape {
        let octets = stream::octets(Direction::ToPeer, PORTS, seq.saturating_sub(1), len.into());
        self.sends_octets(flags, seq, ack, octets)
    }

    fn sends_octets(mut self, flags: &str, seq: u32, ack: u32, octets: &[u8]) -> Tape {
        let (peer, stack) = ends();
        let len = octets.len() as u16;
        let mut segment = segment(flags, (stack, ISS + seq), (peer, IRS + ack), len);
        // Nothing was read before it was acknowledged, so the right edge stands still.
        segment.window = WINDOW - ack.saturating_sub(1) as u16;
        let text = self.trace.store(octets);
        self.add(What::Emission {
            segment: Some(segment),
            damaged: None,
            packet: text,
            text,
        })
    }

    /// Time passes, and nothing happens.
    fn waits(mut self, span: Micros) -> Tape {
        self.now += span;
        self.add(What::Quiet)
    }

    fn judged(&self, known: &str) -> Judgment {
        let known: KnownDeviations = known.parse().expect("known deviations");
        Oracle::new(known).judge(&self.trace)
    }
}

/// The peer and the stack.
fn ends() -> (Endpoint, Endpoint) {
    let end = |addr, port| Endpoint { addr, port };
    (
        end(Family::V4.peer(), PORTS.1),
        end(Family::V4.stack(), PORTS.0),
    )
}

fn segment(flags: &str, from: (Endpoint, u32), to: (Endpoint, u32), len: u16) -> Segment {
    let flags: Flags = flags.parse().expect("flags");
    Segment {
        src: from.0,
        dst: to.0,
        seq: SeqNumber(from.1),
        ack: SeqNumber(if flags.ack() { to.1 } else { 0 }),
        flags,
        window: WINDOW,
        urgent: 0,
        options: Options::parse(if flags.syn() { &MSS } else { &[] }),
        payload_len: len.into(),
    }
}

/// A judgment in a line or two.
fn told(judgment: &Judgment) -> String {
    let mut text = match &judgment.verdict {
        Verdict::Conforms => "conforms".to_owned(),
        Verdict::Deviates(deviation) => format!("deviates: {}", deviation.shape),
        Verdict::Inconclusive(why) => format!("inconclusive: {why}"),
        Verdict::Broken(why) => format!("broken: {why}"),
    };
    for missed in &judgment.missed {
        let _ = write!(text, "; missed: {}", missed.shape);
    }
    if !judgment.known.is_empty() {
        let _ = write!(text, "; known: {:?}", judgment.known);
    }
    text
}

/// A file of one known deviation.
struct Entry {
    requirement: &'static str,
    state: &'static str,
    event: &'static str,
    instead: &'static str,
    then: &'static str,
}

impl Entry {
    fn file(&self) -> String {
        let Entry {
            requirement,
            state,
            event,
            instead,
            then,
        } = self;
        format!(
            "[[deviation]]\nname = 'written for a test'\nrequirement = '{requirement}'\n\
             state = ['{state}']\nevent = [{{ {event} }}]\ninstead = ['{instead}']\n\
             then = {then}\nreason = 'a test'\nwitness = 'none.scn'\n"
        )
    }
}

/// In ESTABLISHED a SYN beyond the window draws nothing.
fn syn_without_answer() -> Tape {
    Tape::established()
        .arrives("SYN", 9_000, 0, 0)
        .waits(Micros::secs(1))
}

/// The deviation of [`syn_without_answer`].
const SYN_WITHOUT_ANSWER: Entry = Entry {
    requirement: "RFC9293-3.10.7.4-4",
    state: "ESTABLISHED",
    event: "on = 'segment', set = 'SYN', clear = 'ACK', seq = ['beyond']",
    instead: "silence",
    then: "'forgiven'",
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
}

#[test]
fn a_known_deviation_covers_its_shape_and_no_other() {
    let tape = syn_without_answer();
    let uncovered = told(&tape.judged(""));
    let entry = SYN_WITHOUT_ANSWER;
    assert_eq!(told(&tape.judged(&entry.file())), "conforms; known: [0]");
    let neighbours = [
        Entry {
            requirement: "RFC9293-3.5.2-p03",
            ..entry
        },
        Entry {
            state: "FIN-WAIT-1",
            ..entry
        },
        Entry {
            event: "on = 'segment', set = 'SYN', seq = ['ahead']",
            ..entry
        },
        Entry {
            event: "on = 'segment', set = 'SYN,ACK', seq = ['beyond']",
            ..entry
        },
        Entry {
            event: "on = 'segment', clear = 'SYN', seq = ['beyond']",
            ..entry
        },
        Entry {
            event: "on = 'segment', set = 'SYN', text = true",
            ..entry
        },
        Entry {
            event: "on = 'segment', set = 'SYN', ack = ['new']",
            ..entry
        },
        Entry {
            event: "on = 'time'",
            ..entry
        },
        Entry {
            instead: "ACK",
            ..entry
        },
        Entry {
            instead: "RST",
            ..entry
        },
    ];
    for neighbour in neighbours {
        let file = neighbour.file();
        assert_eq!(told(&tape.judged(&file)), uncovered, "{file}");
    }
    // What is left out of the pattern may be anything.
    let wide = Entry {
        event: "on = 'segment'",
        ..entry
    };
    assert_eq!(told(&tape.judged(&wide.file())), "conforms; known: [0]");
}

#[test]
fn a_known_deviation_of_used_sockets_covers_no_other() {
    let listen = Call::Listen {
        port: PORTS.0,
        remote: None,
    };
    let closed = || Tape::established().arrives("RST", 1, 0, 0);
    let asked = |tape: Tape| tape.arrives("SYN", 0, 0, 0);
    let answered = |tape: Tape, iss| tape.sends("SYN,ACK", iss, 1, 0);
    let opened = |tape: Tape, iss| answered(tape, iss).arrives("ACK", 1, iss + 1, 0);
    let unused = || Tape::new().call(listen, Outcome::Done);
    let refused = || Tape::new().call(listen, Outcome::Failed(CallError::NoConnection));
    let deviates = "deviates: RFC9293-3.10.7.4-4: SYN seq beyond in ESTABLISHED, silence";
    let rows = [
        ("its first connection", Tape::established(), deviates),
        (
            "its first connection, and an OPEN before it failed",
            opened(asked(refused().call(listen, Outcome::Done)), 0),
            deviates,
        ),
        (
            "its first connection, and its SYN went twice",
            opened(asked(answered(asked(unused()), 0)), 0),
            deviates,
        ),
        (
            "opened anew",
            opened(asked(closed().call(listen, Outcome::Done)), 70_000),
            "conforms; known: [0]",
        ),
        (
            "it listens again after a reset in SYN-RECEIVED",
            opened(
                asked(answered(asked(unused()), 0).arrives("RST", 1, 0, 0)),
                70_000,
            ),
            "conforms; known: [0]",
        ),
    ];
    let file = SYN_WITHOUT_ANSWER.file() + "reused = true\n";
    for (what, tape, verdict) in rows {
        let tape = tape.arrives("SYN", 9_000, 0, 0).waits(Micros::secs(1));
        assert_eq!(told(&tape.judged("")), deviates, "{what}");
        assert_eq!(told(&tape.judged(&file)), verdict, "{what}");
    }
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
fn a_known_deviation_does_not_hide_the_next() {
    let tape = syn_without_answer()
        .arrives("ACK", 1, 1, 10)
        .sends("ACK", 1, 11, 0)
        .waits(Micros::secs(1))
        .arrives("ACK", 11, 1, 10)
        .waits(Micros::secs(1));
    let next = "deviates: RFC9293-MUST-40: time in ESTABLISHED, silence";
    let judged = told(&tape.judged(&SYN_WITHOUT_ANSWER.file()));
    assert_eq!(judged, format!("{next}; known: [0]"));
    let stop = Entry {
        then: "'stop'",
        ..SYN_WITHOUT_ANSWER
    };
    assert_eq!(told(&tape.judged(&stop.file())), "conforms; known: [0]");
    // Opened anew, the socket is judged again, and the connection before explains nothing.
    let listen = Call::Listen {
        port: PORTS.0,
        remote: None,
    };
    let again = || syn_without_answer().call(listen, Outcome::Done);
    let rows = [
        (again(), "conforms; known: [0]"),
        (
            again().sends("RST", 1, 0, 0),
            "deviates: RFC9293-3.5.2-p02: time in CLOSED, RST; known: [0]",
        ),
    ];
    for (tape, verdict) in rows {
        assert_eq!(told(&tape.judged(&stop.file())), verdict);
    }
}

#[test]
fn what_is_ignored_silently_shows_in_a_later_answer() {
    let ignored = Entry {
        requirement: "RFC9293-MUST-40",
        state: "ESTABLISHED",
        event: "on = 'segment', set = 'FIN', text = false, seq = ['next']",
        instead: "silence",
        then: "'ignored'\nsilently = true",
    };
    let fin = || Tape::established().arrives("FIN,ACK", 1, 1, 0);
    let rows = [
        (
            "ignored",
            fin().status(State::Established),
            "conforms; known: [0]",
        ),
        (
            "taken",
            fin().sends("ACK", 1, 2, 0).status(State::CloseWait),
            "conforms",
        ),
        (
            "ignored, and text that comes after it taken",
            fin()
                .arrives("ACK", 1, 1, 10)
                .sends("ACK", 1, 11, 0)
                .reads(10),
            "conforms; known: [0]",
        ),
    ];
    for (what, tape, verdict) in rows {
        assert_eq!(told(&tape.judged(&ignored.file())), verdict, "{what}");
    }
    let told_without = told(&fin().status(State::Established).judged(""));
    assert!(told_without.starts_with("deviates: "), "{told_without}");
}

#[test]
fn what_cannot_be_decided_is_no_pass() {
    // An entry that leads to what it covers itself.
    let entry = Entry {
        requirement: "RFC9293-3.10.6-p01",
        state: "ESTABLISHED', 'CLOSED",
        event: "on = 'status'",
        instead: "call done",
        then: "'closed'",
    };
    let tape = Tape::established().status(State::Listen);
    let judged = told(&tape.judged(&entry.file()));
    assert!(
        judged.starts_with("inconclusive: known deviations"),
        "{judged}"
    );
    // The same entry, where it leads out.
    let tape = Tape::established().status(State::Closed);
    assert_eq!(told(&tape.judged(&entry.file())), "conforms; known: [0]");
}

#[test]
fn a_trace_is_judged_the_same_whenever() {
    let tapes = [
        Tape::new(),
        syn_without_answer(),
        Tape::established().waits(Micros::secs(100)),
        Tape::established()
            .arrives("RST", 11, 0, 0)
            .status(State::Established),
        Tape::established().add(What::Broken("broken".to_owned())),
    ];
    let known: KnownDeviations = SYN_WITHOUT_ANSWER.file().parse().expect("known deviations");
    let mut oracle = Oracle::new(known);
    let first: Vec<Judgment> = tapes.iter().map(|tape| oracle.judge(&tape.trace)).collect();
    for (tape, judgment) in tapes.iter().zip(&first).rev() {
        assert_eq!(&oracle.judge(&tape.trace), judgment);
        assert_eq!(&tape.judged(&SYN_WITHOUT_ANSWER.file()), judgment);
        let copy = tape.trace.clone();
        assert_eq!(&oracle.judge(&copy), judgment, "recorded");
    }
}

/// How a stack misbehaves when a packet arrives.
#[derive(Clone, Copy)]
enum Misbehaviour {
    Panics,
    PanicsInACall,
    SendsWithoutEnd,
    Fails,
    FailsToReset,
}

/// A stack that is none.
struct Misfit {
    profile: Profile,
    how: Misbehaviour,
}

impl Stack for Misfit {
    fn name(&self) -> &'static str {
        "misfit"
    }

    fn reset(&mut self, _: &Config, _: u64) -> Result<(), Broken> {
        match self.how {
            Misbehaviour::FailsToReset => Err(Broken("no memory".into())),
            _ => Ok(()),
        }
    }

    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn deliver(&mut self, packet: &[u8], out: &mut Outbox) -> Result<(), Broken> {
        match self.how {
            Misbehaviour::Panics => panic!("a packet of {} octets", packet.len()),
            Misbehaviour::SendsWithoutEnd => loop {
                out.push(Instant::START, packet)?;
            },
            Misbehaviour::Fails => Err(Broken("the link is down".into())),
            Misbehaviour::PanicsInACall | Misbehaviour::FailsToReset => Ok(()),
        }
    }

    fn advance(&mut self, _: Instant, _: &mut Outbox) -> Result<(), Broken> {
        Ok(())
    }

    fn next_timer(&mut self) -> Option<Instant> {
        None
    }

    fn listen(&mut self, _: Socket, _: u16, _: Option<Endpoint>) -> Outcome {
        Outcome::Done
    }

    fn connect(&mut self, _: Socket, _: u16, _: Endpoint) -> Outcome {
        Outcome::Unsupported
    }

    fn send(&mut self, _: Socket, _: &[u8]) -> Outcome {
        Outcome::Unsupported
    }

    fn receive(&mut self, _: Socket, _: &mut [u8]) -> Outcome {
        Outcome::Unsupported
    }

    fn close(&mut self, _: Socket) -> Outcome {
        match self.how {
            Misbehaviour::PanicsInACall => panic!("not yet written"),
            _ => Outcome::Unsupported,
        }
    }

    fn abort(&mut self, _: Socket) -> Outcome {
        Outcome::Unsupported
    }

    fn status(&mut self, _: Socket) -> Outcome {
        Outcome::Unsupported
    }
}

#[test]
fn a_stack_that_cannot_go_on_is_broken() {
    let rows = [
        (Misbehaviour::Panics, "panicked at ", ": a packet of "),
        (
            Misbehaviour::PanicsInACall,
            "panicked at ",
            ": not yet written",
        ),
        (
            Misbehaviour::SendsWithoutEnd,
            "sent 65536 packets",
            "without end",
        ),
        (Misbehaviour::Fails, "the link is down", ""),
        (Misbehaviour::FailsToReset, "no memory", ""),
    ];
    let scenario: Scenario = "A: listen\nA: close\n< SYN".parse().expect("a scenario");
    for (how, start, inside) in rows {
        let mut runner = Runner::new(move || Misfit {
            profile: profile(),
            how,
        });
        let mut oracle = Oracle::new(KnownDeviations::default());
        // The next run begins afresh and ends the same way.
        for _ in 0..2 {
            let trace = runner.run(&scenario);
            let Some(What::Broken(why)) = trace.events.last().map(|event| &event.what) else {
                panic!("{start}: {trace:?}")
            };
            assert!(why.starts_with(start) && why.contains(inside), "{why}");
            // What was seen before is judged first.
            if let Misbehaviour::SendsWithoutEnd = how {
                continue;
            }
            assert_eq!(oracle.judge(trace).verdict, Verdict::Broken(why.clone()));
        }
    }
}

/// A trace of a stack that declares something else.
fn declares(mut tape: Tape, what: impl Fn(&mut Profile)) -> String {
    what(&mut tape.trace.profile);
    told(&tape.judged(""))
}

fn connecting() -> Tape {
    let (remote, _) = ends();
    let port = PORTS.0;
    Tape::new()
        .call(Call::Connect { port, remote }, Outcome::Done)
        .sends("SYN", 0, 0, 0)
}

/// The user has closed, and the peer has acknowledged the FIN.
fn half_closed() -> Tape {
    Tape::established()
        .call(Call::Close, Outcome::Done)
        .sends("FIN,ACK", 1, 1, 0)
        .arrives("ACK", 1, 2, 0)
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
    let listening = || {
        let (port, remote) = (PORTS.0, None);
        Tape::new().call(Call::Listen { port, remote }, Outcome::Done)
    };
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
