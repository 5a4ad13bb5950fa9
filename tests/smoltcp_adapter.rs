//! The smoltcp adapter, driven by hand with packets, calls and a clock, and then by the runner.
#![cfg(feature = "smoltcp")]

use tcprove::harness::Runner;
use tcprove::model::State;
use tcprove::scenario::Scenario;
use tcprove::stack::smoltcp::Smoltcp;
use tcprove::stack::{CallError, Config, KeepAlive, Outbox, Outcome, Profile, Socket, Stack};
use tcprove::stream::{Direction, octets};
use tcprove::time::{Instant, Micros};
use tcprove::trace::{Event, Trace, What};
use tcprove::wire::{self, Endpoint, Family, Flags, Options, Segment, SeqNumber};

const A: Socket = Socket(0);
const B: Socket = Socket(1);
/// The peer's initial sequence number: the numbers wrap soon after.
const ISN: u32 = 0xffff_fffe;
const MSS_1000: &[u8] = &[2, 4, 1000u16.to_be_bytes()[0], 1000u16.to_be_bytes()[1]];
const TIMESTAMPS: &[u8] = &[8, 10, 0, 0, 0, 5, 0, 0, 0, 0];

/// A stack on the bench. Sequence numbers count from both initial sequence numbers.
struct Bench {
    stack: Smoltcp,
    out: Outbox,
    now: Instant,
    config: Config,
    iss: Option<SeqNumber>,
    /// Text of the last segments.
    text: Vec<u8>,
    /// The last segment.
    last: Option<Segment>,
}

impl Bench {
    fn new(config: Config) -> Bench {
        let mut bench = Bench {
            stack: Smoltcp::new(),
            out: Outbox::default(),
            now: Instant::START,
            config,
            iss: None,
            text: Vec::new(),
            last: None,
        };
        bench.reset(1);
        bench
    }

    fn reset(&mut self, seed: u64) {
        self.stack.reset(&self.config, seed).unwrap();
        self.now = Instant::START;
        self.iss = None;
    }

    fn peer(&self, port: u16) -> Endpoint {
        Endpoint {
            addr: self.config.family.peer(),
            port,
        }
    }

    /// A segment arrives; gives what the stack answers, one line for each segment.
    fn arrives(&mut self, flags: &str, seq: u32, ack: u32, options: &[u8], text: &[u8]) -> String {
        let packet = self.packet(flags, seq, ack, options, text);
        self.packet_arrives(&packet)
    }

    /// A packet from the peer.
    fn packet(&self, flags: &str, seq: u32, ack: u32, options: &[u8], text: &[u8]) -> Vec<u8> {
        let segment = Segment {
            src: self.peer(40_000),
            dst: Endpoint {
                addr: self.config.family.stack(),
                port: 80,
            },
            seq: SeqNumber(ISN) + seq,
            ack: self.iss.unwrap_or_default() + ack,
            flags: flags.parse().unwrap(),
            window: 5_000,
            urgent: 0,
            options: Options::default(),
            ecn: Default::default(),
            dscp: 0,
            hops: tcprove::wire::HOP_LIMIT,
            payload_len: 0,
        };
        let mut packet = Vec::new();
        wire::build(&segment, options, text, &mut packet);
        packet
    }

    fn packet_arrives(&mut self, packet: &[u8]) -> String {
        self.stack.deliver(packet, &mut self.out).unwrap();
        self.settle()
    }

    /// Time passes until `at`.
    fn until(&mut self, at: Instant) -> String {
        self.now = at;
        self.settle()
    }

    fn settle(&mut self) -> String {
        self.stack.advance(self.now, &mut self.out).unwrap();
        self.text.clear();
        let mut lines = Vec::new();
        for (at, packet) in self.out.iter() {
            let parsed = wire::parse(packet).unwrap();
            assert_eq!(parsed.damaged, None);
            let segment = parsed.segment;
            if segment.flags.syn() {
                self.iss = Some(segment.seq);
            }
            let seq = segment.seq.since(self.iss.unwrap_or_default());
            let len = segment.payload_len;
            let mut line = format!("{at} {} {seq}({len})", segment.flags);
            if segment.flags.ack() {
                let ack = segment.ack.since(SeqNumber(ISN));
                line += &format!(" ack {ack} win {}", segment.window);
            }
            self.text.extend_from_slice(&packet[parsed.text]);
            self.last = Some(segment);
            lines.push(line);
        }
        self.out.clear();
        lines.join("\n")
    }

    /// After a user call: what the stack sends.
    fn after(&mut self, outcome: Outcome, expected: Outcome) -> String {
        assert_eq!(outcome, expected);
        self.settle()
    }

    fn listen(&mut self) {
        let outcome = self.stack.listen(A, 80, None);
        assert_eq!(self.after(outcome, Outcome::Done), "");
    }

    /// The passive side of a handshake.
    fn establish(&mut self) {
        self.listen();
        self.arrives("SYN", 0, 0, MSS_1000, b"");
        assert_eq!(self.arrives("ACK", 1, 1, &[], b""), "");
        assert_eq!(self.stack.status(A), Outcome::Status(State::Established));
    }
}

fn families() -> [Config; 2] {
    [Family::V4, Family::V6].map(|family| Config {
        family,
        ..Config::default()
    })
}

#[test]
fn passive_open() {
    for config in families() {
        let mut bench = Bench::new(config);
        bench.listen();
        assert_eq!(bench.stack.status(A), Outcome::Status(State::Listen));
        assert_eq!(bench.stack.remote(A), None);
        let answer = bench.arrives("SYN", 0, 0, MSS_1000, b"");
        assert_eq!(answer, "0.000000 SYN,ACK 0(0) ack 1 win 4096");
        assert_eq!(bench.stack.remote(A), Some(bench.peer(40_000)));
        let options = bench.last.take().unwrap().options;
        let header_len = config.family.header_len() as u16 + 20;
        assert_eq!(options.mss, Some(config.mtu - header_len));
        assert_eq!(bench.arrives("ACK", 1, 1, &[], b""), "");
        assert_eq!(bench.stack.status(A), Outcome::Status(State::Established));
    }
}

#[test]
fn active_open() {
    for config in families() {
        let mut bench = Bench::new(config);
        let outcome = bench.stack.connect(A, 80, bench.peer(40_000));
        assert_eq!(bench.after(outcome, Outcome::Done), "0.000000 SYN 0(0)");
        let answer = bench.arrives("SYN,ACK", 0, 1, MSS_1000, b"");
        assert_eq!(answer, "0.000000 ACK 1(0) ack 1 win 4096");
        assert_eq!(bench.stack.status(A), Outcome::Status(State::Established));
        assert_eq!(bench.stack.remote(A), Some(bench.peer(40_000)));
    }
}

#[test]
fn a_reply_leaves_for_any_host_on_the_network() {
    for (config, src) in families().into_iter().zip(["192.0.2.77", "2001:db8::77"]) {
        let mut bench = Bench::new(config);
        let mut packet = Vec::new();
        let segment = Segment {
            src: Endpoint {
                addr: src.parse().unwrap(),
                port: 7,
            },
            dst: Endpoint {
                addr: config.family.stack(),
                port: 80,
            },
            seq: SeqNumber(ISN),
            ack: SeqNumber(0),
            flags: Flags::SYN,
            window: 1,
            urgent: 0,
            options: Options::default(),
            ecn: Default::default(),
            dscp: 0,
            hops: tcprove::wire::HOP_LIMIT,
            payload_len: 0,
        };
        wire::build(&segment, &[], b"", &mut packet);
        let answer = bench.packet_arrives(&packet);
        assert_eq!(answer, "0.000000 RST,ACK 0(0) ack 1 win 0");
        assert_eq!(bench.last.take().unwrap().dst, segment.src);
    }
}

/// Also in a build for fuzzing, in which smoltcp itself believes every checksum.
#[test]
fn a_wrong_checksum_gets_no_answer() {
    for config in families() {
        let mut bench = Bench::new(config);
        bench.listen();
        for (spoil, answered) in [(1, false), (0, true)] {
            let mut packet = bench.packet("SYN", 0, 0, MSS_1000, b"");
            packet[config.family.header_len() as usize + 16] ^= spoil;
            assert_eq!(!bench.packet_arrives(&packet).is_empty(), answered);
        }
    }
}

#[test]
fn data_both_ways() {
    for config in families() {
        let mut bench = Bench::new(config);
        bench.establish();

        assert_eq!(bench.arrives("PSH,ACK", 1, 1, &[], b"hello"), "");
        let ack = bench.until(Instant(20_000));
        assert_eq!(ack, "0.010000 ACK 1(0) ack 6 win 4091", "delayed by 10 ms");
        let mut buffer = [0; 9];
        let outcome = bench.stack.receive(A, &mut buffer[..3]);
        bench.after(outcome, Outcome::Received(3));
        let outcome = bench.stack.receive(A, &mut buffer[3..]);
        bench.after(outcome, Outcome::Received(2));
        assert_eq!(&buffer[..5], b"hello");
        assert_eq!(bench.stack.receive(A, &mut buffer), Outcome::Empty);

        let octets: Vec<u8> = (0..2_500u32).map(|n| n as u8).collect();
        let outcome = bench.stack.send(A, &octets);
        let sent = bench.after(outcome, Outcome::Sent(2_500));
        let lines = "0.020000 ACK 1(1000) ack 6 win 4096\n\
                     0.020000 ACK 1001(1000) ack 6 win 4096";
        assert_eq!(sent, lines, "Nagle holds the rest back");
        assert_eq!(bench.text, octets[..2_000]);
        let sent = bench.arrives("ACK", 6, 2_001, &[], b"");
        assert_eq!(sent, "0.020000 PSH,ACK 2001(500) ack 6 win 4096");
        assert_eq!(bench.text, octets[2_000..]);
    }
}

#[test]
fn time_wait_ends_by_its_timer() {
    let mut bench = Bench::new(Config::default());
    bench.establish();
    let outcome = bench.stack.close(A);
    let fin = bench.after(outcome, Outcome::Done);
    assert_eq!(fin, "0.000000 FIN,ACK 1(0) ack 1 win 4096");
    assert_eq!(bench.arrives("ACK", 1, 2, &[], b""), "");
    assert_eq!(bench.stack.next_timer(), None, "FIN-WAIT-2");
    bench.until(Instant(500));
    let ack = bench.arrives("FIN,ACK", 1, 2, &[], b"");
    assert_eq!(ack, "0.000500 ACK 2(0) ack 2 win 4096");
    assert_eq!(bench.stack.status(A), Outcome::Status(State::TimeWait));
    let end = Instant(500) + bench.stack.profile().msl.times(2);
    assert_eq!(bench.stack.next_timer(), Some(end));
    assert_eq!(bench.until(end - Micros(1)), "");
    assert_eq!(bench.stack.status(A), Outcome::Status(State::TimeWait));
    assert_eq!(bench.until(end), "");
    assert_eq!(bench.stack.status(A), Outcome::Status(State::Closed));
    assert_eq!(bench.stack.next_timer(), None);
}

#[test]
fn timers_fire_at_their_own_instants() {
    let mut bench = Bench::new(Config::default());
    let outcome = bench.stack.connect(A, 80, bench.peer(40_000));
    bench.after(outcome, Outcome::Done);
    assert_eq!(bench.stack.next_timer(), Some(Instant(1_000_000)));
    let again = bench.until(Instant(7_000_001));
    assert_eq!(
        again,
        "1.000000 SYN 0(0)\n3.000000 SYN 0(0)\n7.000000 SYN 0(0)"
    );
    assert_eq!(bench.stack.next_timer(), Some(Instant(15_000_000)));
}

#[test]
#[rustfmt::skip]
fn calls_that_cannot_be() {
    let mut buffer = [0];
    let failed = Outcome::Failed;
    let remote = |bench: &Bench| bench.peer(40_000);
    type Row<'a> = (&'a str, &'a mut dyn FnMut(&mut Bench) -> Outcome, Outcome);
    let rows: &mut [Row<'_>] = &mut [
        ("SEND, never opened",       &mut |b| b.stack.send(A, b"x"),                     failed(CallError::NoConnection)),
        ("RECEIVE, never opened",    &mut |b| b.stack.receive(A, &mut buffer),           failed(CallError::NoConnection)),
        ("CLOSE, never opened",      &mut |b| b.stack.close(A),                          Outcome::Done),
        ("ABORT, never opened",      &mut |b| b.stack.abort(A),                          Outcome::Done),
        ("STATUS, never opened",     &mut |b| b.stack.status(A),                         Outcome::Status(State::Closed)),
        ("OPEN for one peer only",   &mut |b| b.stack.listen(A, 80, Some(remote(b))),    Outcome::Unsupported),
        ("OPEN on port 0",           &mut |b| b.stack.listen(A, 0, None),                failed(CallError::InvalidArgument)),
        ("OPEN to port 0",           &mut |b| b.stack.connect(A, 80, b.peer(0)),         failed(CallError::InvalidArgument)),
        ("OPEN",                     &mut |b| b.stack.listen(A, 80, None),               Outcome::Done),
        ("the same again",           &mut |b| b.stack.listen(A, 80, None),               Outcome::Done),
        ("OPEN elsewhere",           &mut |b| b.stack.listen(A, 81, None),               failed(CallError::AlreadyExists)),
        ("active OPEN in LISTEN",    &mut |b| b.stack.connect(A, 80, remote(b)),         Outcome::Unsupported),
        ("SEND in LISTEN",           &mut |b| b.stack.send(A, b"x"),                     Outcome::Unsupported),
        ("OPEN on a second socket",  &mut |b| b.stack.connect(B, 81, remote(b)),         Outcome::Done),
        ("active OPEN in SYN-SENT",  &mut |b| b.stack.connect(B, 81, remote(b)),         failed(CallError::AlreadyExists)),
        ("passive OPEN in SYN-SENT", &mut |b| b.stack.listen(B, 81, None),               failed(CallError::AlreadyExists)),
    ];
    let mut bench = Bench::new(Config::default());
    for (what, call, outcome) in rows {
        assert_eq!(call(&mut bench), *outcome, "{what}");
        bench.settle();
    }
}

#[test]
fn the_end_of_the_stream_comes_after_the_last_octet() {
    let mut bench = Bench::new(Config::default());
    bench.establish();
    bench.arrives("FIN,ACK", 1, 1, &[], b"last");
    let mut buffer = [0; 8];
    assert_eq!(bench.stack.receive(A, &mut buffer), Outcome::Received(4));
    assert_eq!(bench.stack.receive(A, &mut buffer), Outcome::EndOfStream);
}

#[test]
fn timestamps_run_in_milliseconds_and_come_back_with_every_open() {
    let mut bench = Bench::new(Config {
        timestamps: true,
        ..Config::default()
    });
    assert!(bench.stack.profile().timestamps);
    let mut shown = Vec::new();
    for (options, at) in [(TIMESTAMPS, 0), (&[], 2_000), (TIMESTAMPS, 2_000_000)] {
        bench.until(Instant(at));
        bench.listen();
        bench.arrives("SYN", 0, 0, options, b"");
        shown.push(bench.last.take().unwrap().options.timestamps);
        let outcome = bench.stack.abort(A);
        bench.after(outcome, Outcome::Done);
    }
    let (first, echoed) = shown[0].unwrap();
    assert_eq!(echoed, 5);
    assert_eq!(shown[1], None);
    assert_eq!(shown[2], Some((first + 2_000, 5)));
}

#[test]
fn windows_beyond_sixteen_bits_are_scaled_as_declared() {
    for (receive_buffer, shift, window) in [
        (1, 0, 1),
        (65_535, 0, 65_535),
        (65_536, 1, 65_535),
        (262_143, 2, 65_535),
        (262_144, 3, 65_535),
    ] {
        let mut bench = Bench::new(Config {
            receive_buffer,
            send_buffer: 1,
            ..Config::default()
        });
        bench.listen();
        bench.arrives("SYN", 0, 0, &[3, 3, 0], b"");
        let answer = bench.last.take().unwrap();
        assert_eq!(answer.options.window_scale, Some(shift), "{receive_buffer}");
        assert_eq!(answer.window, window, "{receive_buffer}");
        assert_eq!(bench.stack.profile().window_scale, Some(shift));
        bench.arrives("ACK", 1, 1, &[], b"");
        let outcome = bench.stack.send(A, b"xy");
        bench.after(outcome, Outcome::Sent(1));
    }
}

#[test]
fn keep_alive_and_user_timeout_are_set() {
    let mut bench = Bench::new(Config {
        keep_alive: KeepAlive::Every(Micros::secs(2)),
        user_timeout: Some(Micros::secs(5)),
        ..Config::default()
    });
    bench.establish();
    let sent = bench.until(Instant(60_000_000));
    let lines = "2.000000 ACK 0(1) ack 1 win 4096\n\
                 4.000000 ACK 0(1) ack 1 win 4096\n\
                 5.000000 RST,ACK 1(0) ack 1 win 4096";
    assert_eq!(sent, lines);
    assert_eq!(bench.stack.status(A), Outcome::Status(State::Closed));
}

#[test]
fn nothing_is_left_after_a_reset() {
    let run = |bench: &mut Bench| {
        bench.establish();
        let iss = bench.iss;
        let answer = bench.arrives("ACK", 2, 1, &[], b"out of order");
        let outcome = bench.stack.send(A, &[7; 3_000]);
        let sent = bench.after(outcome, Outcome::Sent(3_000));
        (iss, answer, sent, bench.until(Instant(9_000_000)))
    };
    let mut bench = Bench::new(Config::default());
    let first = run(&mut bench);
    bench.reset(1);
    assert_eq!(run(&mut bench), first);
    bench.reset(2);
    let other = run(&mut bench);
    assert_ne!(
        other.0, first.0,
        "the initial sequence number follows the seed"
    );
    assert_eq!(
        (&other.1, &other.2, &other.3),
        (&first.1, &first.2, &first.3)
    );
    assert_eq!(run(&mut Bench::new(Config::default())), first);
}

#[test]
fn configurations_that_cannot_be_are_refused() {
    let config = Config::default();
    let v6 = Family::V6;
    for (config, word) in [
        (Config { mtu: 575, ..config }, "576"),
        (
            Config {
                mtu: 1_279,
                family: v6,
                ..config
            },
            "1280",
        ),
        (
            Config {
                receive_buffer: 0,
                ..config
            },
            "buffer of 0 octets",
        ),
        (
            Config {
                send_buffer: u32::MAX,
                ..config
            },
            "ask for 1 to",
        ),
    ] {
        let reason = Smoltcp::new().reset(&config, 1).unwrap_err().0;
        assert!(reason.contains(word), "{reason}");
    }
}

// From here on with the runner.

/// Scenarios that leave something of every kind behind: connections in every state, octets in
/// buffers, timers that run, options agreed and refused.
const SCENARIOS: &[&str] = &[
    "A: listen\npeer handshake\npeer data 100\nA: send 3000\nwait 2s\npeer ack\nA: recv",
    "A: connect\npeer handshake\npeer data 1000\nA: recv 10\nA: close\npeer ack\npeer fin\nwait timer",
    "stack ipv6 ts congestion=cubic\nseed 7\nA: listen\npeer handshake\nA: send 5000\nwait 10s",
    "stack rcv=1 snd=1 nagle=off\nA: listen\nB: listen port 0\npeer handshake\npeer data 9\nA: send 9",
    "stack rcv=100000 keepalive=1s usertimeout=9s\nA: connect\nB: connect to 0\npeer handshake\nwait 1min",
    "stack rcv=4096 mtu=576 ackdelay=0s congestion=reno\nisn 4294967290\nA: listen\npeer handshake\n\
     < ACK seq RCV.NXT+10 len 20\n< RST seq RCV.NXT+1\n< SYN\nA: send 9000\npeer lose 3\nwait 3s",
    "A: listen\n< SYN damage checksum 7\n< SYN\nwait 90s\n< ACK seq NEXT ack SND.NXT len 5\nA: abort",
];

/// Everything of a trace, octets included.
fn fingerprint(trace: &Trace) -> (Vec<Event>, Vec<Vec<u8>>, Profile) {
    let octets = |event: &Event| match event.what {
        What::Arrival { packet, .. }
        | What::Icmp { packet, .. }
        | What::Emission { packet, .. } => trace.octets(packet).into(),
        What::Call { text, .. } => trace.octets(text).into(),
        What::Quiet | What::Broken(_) => Vec::new(),
    };
    let all = trace.events.iter().map(octets).collect();
    (trace.events.clone(), all, trace.profile.clone())
}

#[test]
fn a_scenario_gives_the_same_trace_whatever_ran_before() {
    let scenarios: Vec<Scenario> = SCENARIOS.iter().map(|text| text.parse().unwrap()).collect();
    let alone: Vec<_> = scenarios
        .iter()
        .map(|scenario| fingerprint(Runner::new(Smoltcp::new).run(scenario)))
        .collect();
    for (trace, text) in alone.iter().zip(SCENARIOS) {
        let emission = |event: &Event| matches!(event.what, What::Emission { .. });
        assert!(trace.0.iter().any(emission), "{text}");
        assert_eq!(trace.0.last().unwrap().what, What::Quiet, "{text}");
    }
    let mut runner = Runner::new(Smoltcp::new);
    for before in &scenarios {
        for (scenario, alone) in scenarios.iter().zip(&alone) {
            runner.run(before);
            assert!(
                fingerprint(runner.run(scenario)) == *alone,
                "{before}{scenario}"
            );
        }
    }
}

#[test]
fn octets_are_those_of_the_stream() {
    let scenario = "A: listen port 1\nB: connect port 2 to 3\n\
                    peer handshake port 1 from 2\npeer handshake port 2 from 3\n\
                    peer data 1500 port 1 from 2\nA: recv 1000\nA: recv\n\
                    A: send 2000\nA: send 5\npeer ack port 1 from 2\nB: send 7";
    let mut runner = Runner::new(Smoltcp::new);
    let trace = runner.run(&scenario.parse().unwrap());
    let mut sent = [Vec::new(), Vec::new()];
    let mut received = Vec::new();
    for event in &trace.events {
        match &event.what {
            What::Emission {
                segment: Some(segment),
                text,
                ..
            } => {
                let stream = usize::from(segment.src.port == 82);
                sent[stream].extend_from_slice(trace.octets(*text));
            }
            What::Call { text, .. } => received.extend_from_slice(trace.octets(*text)),
            _ => (),
        }
    }
    assert_eq!(received, octets(Direction::ToStack, (81, 40_002), 0, 1_500));
    assert_eq!(sent[0], octets(Direction::ToPeer, (81, 40_002), 0, 2_005));
    assert_eq!(sent[1], octets(Direction::ToPeer, (82, 40_003), 0, 7));
}

/// In 0.14.0 the timer of the zero-window probe outlives the last octet. When it expires in
/// FIN-WAIT-2, nothing rewinds it, and whoever polls until nothing is left polls forever.
#[test]
fn a_stack_that_sends_without_end_is_stopped() {
    let scenario = "A: listen\npeer handshake\npeer window 0\nA: send 1\nA: close\nwait 2s\n\
                    < ACK ack SND.NXT win 0\nwait 10s";
    let mut runner = Runner::new(Smoltcp::new);
    let trace = runner.run(&scenario.parse().unwrap());
    let last = trace.events.last().unwrap();
    assert_eq!(last.at, Instant(6_000_000));
    let What::Broken(reason) = &last.what else {
        panic!("{last:?}");
    };
    assert!(
        reason.ends_with("in answer to one input, without end"),
        "{reason}"
    );
    let next = runner.run(&SCENARIOS[0].parse().unwrap());
    assert_eq!(next.events.last().unwrap().what, What::Quiet);
}
