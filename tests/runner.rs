//! The runner: what it does with the clock and with calls, and with a stack that cannot go on.

use std::cell::RefCell;
use std::rc::Rc;

use tcprove::harness::{CEILING, Runner};
use tcprove::scenario::Scenario;
use tcprove::stack::{Broken, Config, Outbox, Outcome, Profile, Socket, Stack};
use tcprove::stream::{self, Direction};
use tcprove::time::{Instant, Micros};
use tcprove::trace::{Call, Trace, What};
use tcprove::wire::{Endpoint, Flags, Options, Segment, SeqNumber, build};

/// A stack without a protocol: it does what each test needs and keeps a log.
struct Fake {
    profile: Profile,
    now: Instant,
    /// Sends a SYN,ACK at every multiple of this, numbered from 0.
    period: Option<Micros>,
    ticks: u32,
    misbehaves: Option<Misbehaviour>,
    log: Rc<RefCell<Vec<String>>>,
}

#[derive(Clone, Copy)]
enum Misbehaviour {
    PanicsOnSend,
    RefusesToReset,
    SendsWithoutEnd,
    PanicsAfterSending,
}

impl Fake {
    fn packet(&self, seq: u32) -> Vec<u8> {
        let config = Config::default();
        let end = |addr, port| Endpoint { addr, port };
        let segment = Segment {
            src: end(config.family.stack(), 80),
            dst: end(config.family.peer(), 40_001),
            seq: SeqNumber(seq),
            ack: SeqNumber(0),
            flags: Flags::SYN | Flags::ACK,
            window: 0,
            urgent: 0,
            options: Options::default(),
            ecn: Default::default(),
            dscp: 0,
            hops: tcprove::wire::HOP_LIMIT,
            payload_len: 0,
        };
        let mut packet = Vec::new();
        build(&segment, &[], b"", &mut packet);
        packet
    }

    fn say(&self, line: String) {
        self.log.borrow_mut().push(line);
    }
}

impl Stack for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn reset(&mut self, _: &Config, _: u64) -> Result<(), Broken> {
        self.now = Instant::START;
        self.ticks = 0;
        match self.misbehaves {
            Some(Misbehaviour::RefusesToReset) => Err(Broken("has no room".into())),
            _ => Ok(()),
        }
    }

    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn deliver(&mut self, _: &[u8], _: &mut Outbox) -> Result<(), Broken> {
        Ok(())
    }

    fn advance(&mut self, to: Instant, out: &mut Outbox) -> Result<(), Broken> {
        assert!(to >= self.now);
        while let Some(at) = self.next_timer().filter(|at| *at <= to) {
            self.ticks += 1;
            out.push(at, &self.packet(self.ticks))?;
        }
        self.now = to;
        match self.misbehaves {
            Some(Misbehaviour::SendsWithoutEnd) if to > Instant::START => loop {
                out.push(to, &self.packet(9))?;
            },
            Some(Misbehaviour::PanicsAfterSending) if to > Instant::START => {
                out.push(to, &self.packet(9))?;
                panic!("out of ideas");
            }
            _ => Ok(()),
        }
    }

    fn next_timer(&mut self) -> Option<Instant> {
        let period = self.period?;
        Some(Instant::START + period.times(u64::from(self.ticks) + 1))
    }

    fn listen(&mut self, _: Socket, port: u16, remote: Option<Endpoint>) -> Outcome {
        self.say(format!("listen {port} {remote:?}"));
        Outcome::Done
    }

    fn connect(&mut self, _: Socket, port: u16, remote: Endpoint) -> Outcome {
        self.say(format!("connect {port} {remote}"));
        Outcome::Done
    }

    fn send(&mut self, socket: Socket, octets: &[u8]) -> Outcome {
        if let Some(Misbehaviour::PanicsOnSend) = self.misbehaves {
            let _ = [0u8; 2][octets.len()];
        }
        self.say(format!("send {} {:?}", socket.0, &octets[..20]));
        Outcome::Sent(octets.len() as u32 / 2)
    }

    fn receive(&mut self, _: Socket, buffer: &mut [u8]) -> Outcome {
        buffer[..3].copy_from_slice(b"hey");
        Outcome::Received(3)
    }

    fn close(&mut self, _: Socket) -> Outcome {
        Outcome::Unsupported
    }

    fn abort(&mut self, _: Socket) -> Outcome {
        Outcome::Done
    }

    fn status(&mut self, _: Socket) -> Outcome {
        Outcome::Unsupported
    }
}

/// A runner for fakes, and their common log. Only the first fake misbehaves.
fn runner(
    period: Option<Micros>,
    mut misbehaves: Option<Misbehaviour>,
) -> (Runner<Fake>, Rc<RefCell<Vec<String>>>) {
    let log = Rc::new(RefCell::new(Vec::new()));
    let made = log.clone();
    let make = move || Fake {
        profile: profile(),
        now: Instant::START,
        period,
        ticks: 0,
        misbehaves: misbehaves.take(),
        log: made.clone(),
    };
    (Runner::new(make), log)
}

fn profile() -> Profile {
    Profile {
        name: "fake".into(),
        receive_buffer: 1,
        send_buffer: 1,
        msl: Micros::ZERO,
        rto_initial: Micros::ZERO,
        rto_min: Micros::ZERO,
        rto_max: Micros::ZERO,
        ack_delay: Micros::ZERO,
        nagle: false,
        challenge_quiet: Micros::ZERO,
        reset_quiet: Micros::ZERO,
        ..Profile::undeclared(&Config::default())
    }
}

fn scenario(text: &str) -> Scenario {
    text.parse().unwrap_or_else(|error| panic!("{error:?}"))
}

/// One line for each event.
fn lines(trace: &Trace) -> Vec<String> {
    let line = |event: &tcprove::trace::Event| {
        let what = match &event.what {
            What::Arrival { .. } => "arrival".into(),
            What::Icmp { .. } => "error".into(),
            What::Emission { segment, .. } => match segment {
                Some(segment) => format!("{} {}", segment.flags, segment.seq),
                None => "unreadable".into(),
            },
            What::Call { call, outcome, .. } => format!("{call:?} {outcome:?}"),
            What::Quiet => "quiet".into(),
            What::Broken(reason) => format!("broken: {reason}"),
        };
        format!("{} #{} {what}", event.at, event.step)
    };
    trace.events.iter().map(line).collect()
}

#[test]
fn the_clock_stops_at_every_timer() {
    let (mut runner, _) = runner(Some(Micros::secs(2)), None);
    let trace = runner.run(&scenario("wait 1s\nwait 4s\nwait timer\nwait 0s"));
    let expected = [
        "2.000000 #1 SYN,ACK 1",
        "4.000000 #1 SYN,ACK 2",
        "6.000000 #2 SYN,ACK 3",
        "6.000000 #3 quiet",
    ];
    assert_eq!(lines(trace), expected);
}

#[test]
fn time_without_timers_just_passes_until_the_ceiling() {
    let (mut runner, _) = runner(None, None);
    let trace = runner.run(&scenario("wait timer\nwait 1s"));
    assert_eq!(lines(trace), ["1.000000 #1 quiet"]);
    let trace = runner.run(&scenario("wait 700h\nwait 700h\nwait 700h"));
    assert_eq!(trace.events.last().unwrap().at, CEILING);
}

#[test]
fn waits_end_when_too_many_timers_have_fired() {
    let (mut runner, _) = runner(Some(Micros::millis(1)), None);
    let text = "wait 700h\nwait timer\nwait 1s";
    let trace = runner.run(&scenario(text));
    let events = trace.events.len();
    assert!((10_000..100_000).contains(&events), "{events}");
    let last = trace.events.last().unwrap();
    assert_eq!(last.what, What::Quiet);
    assert_eq!(last.at, Instant::START + Micros::millis(events as u64 - 1));
    let once = trace.clone();
    assert_eq!(runner.run(&scenario(text)).events, once.events);
}

#[test]
fn calls_get_their_arguments() {
    let (mut runner, log) = runner(None, None);
    let text = "A: listen\nB: listen port 3 from 2\nC: connect to 1\nA: close";
    let trace = runner.run(&scenario(text));
    let expected = [
        "0.000000 #0 Listen { port: 80, remote: None } Done",
        "0.000000 #1 Listen { port: 83, remote: Some(192.0.2.2:40002) } Done",
        "0.000000 #2 Connect { port: 82, remote: 192.0.2.2:40001 } Done",
        "0.000000 #3 Close Unsupported",
        "0.000000 #3 quiet",
    ];
    assert_eq!(lines(trace), expected);
    let expected = [
        "listen 80 None",
        "listen 83 Some(192.0.2.2:40002)",
        "connect 82 192.0.2.2:40001",
    ];
    assert_eq!(*log.borrow(), expected);
}

#[test]
fn each_send_goes_on_where_the_last_was_cut_off() {
    let (mut runner, log) = runner(Some(Micros::secs(1)), None);
    let text = "A: listen\nA: send 100\nA: send 80\nB: connect to 3\nB: send 60\nB: send 60\n\
                wait timer\nA: send 50\nA: send 50\nwait timer\nA: send 50";
    runner.run(&scenario(text));
    // Half of everything is taken. The peer of the listening socket is known from the SYN,ACK;
    // the second SYN,ACK has another initial sequence number.
    let rows = [
        (0, (80, 40_000), 0),
        (0, (80, 40_000), 50),
        (1, (81, 40_003), 0),
        (1, (81, 40_003), 30),
        (0, (80, 40_001), 90),
        (0, (80, 40_001), 115),
        (0, (80, 40_001), 0),
    ];
    let expected = rows.map(|(socket, ports, offset)| {
        let octets = stream::octets(Direction::ToPeer, ports, offset, 20);
        format!("send {socket} {octets:?}")
    });
    let log = log.borrow();
    let sent: Vec<_> = log.iter().filter(|line| line.starts_with("send")).collect();
    assert_eq!(sent, expected.iter().collect::<Vec<_>>());
}

#[test]
fn what_receive_delivers_is_kept() {
    let (mut runner, _) = runner(None, None);
    let trace = runner.run(&scenario("A: recv"));
    let What::Call { call, text, .. } = trace.events[0].what else {
        panic!("{:?}", trace.events[0]);
    };
    assert_eq!(call, Call::Receive(65_535));
    assert_eq!(trace.octets(text), b"hey");
}

#[test]
fn a_stack_that_cannot_go_on_is_broken_and_the_next_is_not() {
    let text = "A: listen\nA: send 21\nwait 1s\nA: abort";
    let rows = [
        (
            Misbehaviour::PanicsOnSend,
            vec!["0.000000 #0 Listen { port: 80, remote: None } Done"],
            "0.000000 #1 broken: panicked at tests/runner.rs:",
            "index out of bounds: the len is 2 but the index is 21",
        ),
        (
            Misbehaviour::RefusesToReset,
            vec![],
            "0.000000 #0 broken: ",
            "has no room",
        ),
        (
            Misbehaviour::PanicsAfterSending,
            vec![
                "0.000000 #0 Listen { port: 80, remote: None } Done",
                "0.000000 #1 Send(21) Sent(10)",
                "1.000000 #2 SYN,ACK 9",
            ],
            "1.000000 #2 broken: panicked at tests/runner.rs:",
            ": out of ideas",
        ),
    ];
    for (misbehaviour, before, start, end) in rows {
        let (mut runner, _) = runner(None, Some(misbehaviour));
        let mut seen = lines(runner.run(&scenario(text)));
        let broken = seen.pop().unwrap();
        assert_eq!(seen, before);
        assert!(broken.starts_with(start), "{broken}");
        assert!(broken.ends_with(end), "{broken}");
        let next = lines(runner.run(&scenario(text)));
        assert_eq!(next.last().unwrap(), "1.000000 #3 quiet");
    }
}

#[test]
fn of_an_endless_answer_only_the_beginning_is_kept() {
    let (mut runner, _) = runner(None, Some(Misbehaviour::SendsWithoutEnd));
    let seen = lines(runner.run(&scenario("wait 1s")));
    let (broken, sent) = seen.split_last().unwrap();
    assert!(broken.ends_with("without end"), "{broken}");
    assert!((1..1_000).contains(&sent.len()), "{}", sent.len());
    assert!(sent.iter().all(|line| line == "1.000000 #0 SYN,ACK 9"));
}
