//! Stacks behind drivers: one that says all there is to say, ones that do wrong, and the example.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs, process, thread};

use libtest_mimic::{Arguments, Trial};
use tcprove::harness::{Judge, Runner, StackJudge};
use tcprove::oracle::{KnownDeviations, Verdict};
use tcprove::scenario::{Scenario, generate};
use tcprove::stack::driver::Driver;
use tcprove::stack::reference::Reference;
use tcprove::stack::{
    Config, CongestionControl, KeepAlive, Outbox, Outcome, Query, SendFlag, Setting, Socket, Stack,
};
use tcprove::time::{Instant, Micros};
use tcprove::trace::{Trace, What};
use tcprove::wire::{Endpoint, Family};

/// Long enough for a machine under load, short enough to wait for.
const PATIENCE: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // They share the machine's patience.
    arguments.test_threads.get_or_insert(1);
    let kernel = Path::new("/dev/net/tun").exists() && privileged();
    let trial = |name, test: fn()| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    let trials = vec![
        trial(
            "a_stack_behind_a_driver_is_judged_as_it_is_itself",
            same_as_itself,
        ),
        trial(
            "what_a_driver_does_wrong_is_told_and_is_not_its_stacks",
            wrongs,
        ),
        trial(
            "a_driver_that_does_not_run_is_told_before_anything_is_judged",
            never_runs,
        ),
        // Needs /dev/net/tun and the right to make a network namespace.
        trial("the_example_drives_the_kernel", example).with_ignored_flag(!kernel),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Whether this user may make a network namespace without more ado.
fn privileged() -> bool {
    let status = process::Command::new("unshare")
        .args(["-n", "true"])
        .status();
    status.is_ok_and(|status| status.success())
}

/// Everything that the protocol can say comes through it unchanged: the reference in this process
/// and behind a socket give the same traces, octet for octet.
fn same_as_itself() {
    let path = env::temp_dir().join(format!("tcprove-driver-{}", process::id()));
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(&path).expect("a socket");
    let serving = thread::spawn(move || serve(listener.accept().expect("a caller").0));
    let place = format!("unix:{}", path.display());
    let mut behind = Runner::new(move || Driver::new(place.clone(), Duration::from_secs(60)));
    let mut here = Runner::new(Reference::new);
    let mut scenario = Scenario::default();
    for index in 0..1_500 {
        generate(3, index, &mut scenario);
        let (behind, here) = (behind.run(&scenario), here.run(&scenario));
        assert_eq!(plain(behind), plain(here), "scenario {index}:\n{scenario}");
    }
    drop(behind);
    serving.join().expect("it served to the end");
    let _ = fs::remove_file(path);
}

/// A trace, but for the name of its stack.
fn plain(trace: &Trace) -> String {
    let mut trace = trace.clone();
    trace.profile.name = "".into();
    tcprove::report::recording(&trace)
}

/// Speaks for a reference stack: the other side of the protocol.
fn serve(stream: UnixStream) {
    let mut out = stream.try_clone().expect("both ways");
    let mut stack = Reference::new();
    let mut outbox = Outbox::default();
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let answer = match word {
            "tcprove" => "driver 1 virtual reference\n".to_owned(),
            "reset" => {
                let (config, seed) = asked(rest);
                stack
                    .reset(&config, seed)
                    .expect("it takes every configuration");
                let declared = Trace::new(config, stack.profile().clone());
                let recording = tcprove::report::recording(&declared);
                let fields = recording
                    .lines()
                    .filter(|line| line.starts_with("profile "));
                let fields: String = fields.map(|field| format!("{field}\n")).collect();
                fields + &sent(&mut stack, &mut outbox)
            }
            "deliver" => {
                stack
                    .deliver(&octets(rest), &mut outbox)
                    .expect("it takes every packet");
                sent(&mut stack, &mut outbox)
            }
            "advance" => {
                let to = Instant(rest.parse().expect("an instant"));
                stack.advance(to, &mut outbox).expect("it goes on");
                sent(&mut stack, &mut outbox)
            }
            socket => call(&mut stack, Socket(socket.as_bytes()[0] - b'A'), rest) + "\n",
        };
        if out.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// What was sent, and when the next timer fires.
fn sent(stack: &mut Reference, outbox: &mut Outbox) -> String {
    let mut answer = String::new();
    for (at, packet) in outbox.iter() {
        answer += &format!("packet {} {}\n", at.0, hex(packet));
    }
    outbox.clear();
    match stack.next_timer() {
        Some(at) => answer + &format!("ok {}\n", at.0),
        None => answer + "ok\n",
    }
}

/// The configuration and the seed of a `reset`.
fn asked(fields: &str) -> (Config, u64) {
    let (mut config, mut seed) = (Config::default(), 0);
    let span = |value: &str| Micros(value.parse().expect("microseconds"));
    for (name, value) in fields.split(' ').filter_map(|field| field.split_once('=')) {
        let number = || value.parse::<u64>().expect("a number");
        match name {
            "seed" => seed = number(),
            "family" => {
                config.family = if value == "ipv6" {
                    Family::V6
                } else {
                    Family::V4
                }
            }
            "mtu" => config.mtu = number() as u16,
            "receive_buffer" => config.receive_buffer = number() as u32,
            "send_buffer" => config.send_buffer = number() as u32,
            "timestamps" => config.timestamps = value == "yes",
            "nagle" => config.nagle = value == "yes",
            "ack_delay" => config.ack_delay = span(value),
            "keep_alive" => {
                config.keep_alive = match value {
                    "none" => KeepAlive::Off,
                    "default" => KeepAlive::ByDefault,
                    _ => KeepAlive::Every(span(value)),
                }
            }
            "ttl" => config.ttl = Some(number() as u8),
            "dscp" => config.dscp = Some(number() as u8),
            "user_timeout" => config.user_timeout = (value != "none").then(|| span(value)),
            "congestion" => {
                config.congestion = match value {
                    "reno" => CongestionControl::Reno,
                    "cubic" => CongestionControl::Cubic,
                    _ => CongestionControl::None,
                }
            }
            "stack" | "peer" => assert!(!value.is_empty(), "{name}"),
            _ => panic!("nobody knows `{name}`"),
        }
    }
    (config, seed)
}

/// Makes a call and says what it gave.
fn call(stack: &mut Reference, socket: Socket, call: &str) -> String {
    let endpoint = |text: &str| {
        let address: std::net::SocketAddr = text.parse().expect("an address and a port");
        Endpoint {
            addr: address.ip(),
            port: address.port(),
        }
    };
    let words: Vec<&str> = call.split(' ').collect();
    let outcome = match words[..] {
        ["listen", port] => stack.listen(socket, port.parse().expect("a port"), None),
        ["listen", port, "from", remote] => stack.listen(
            socket,
            port.parse().expect("a port"),
            Some(endpoint(remote)),
        ),
        ["connect", port, "to", remote] => {
            stack.connect(socket, port.parse().expect("a port"), endpoint(remote))
        }
        ["send", text] => stack.send(socket, &octets(text)),
        ["send", "push", text] => stack.send_flagged(socket, &octets(text), SendFlag::Push),
        ["send", "urgent", text] => stack.send_flagged(socket, &octets(text), SendFlag::Urgent),
        ["urgent"] => stack.ask(socket, Query::Urgent),
        ["reports"] => stack.ask(socket, Query::Reports),
        ["dscp"] => stack.ask(socket, Query::Dscp),
        ["reports", switch] => stack.set(socket, Setting::Reports(switch == "on")),
        ["dscp", dscp] => stack.set(socket, Setting::Dscp(dscp.parse().expect("a number"))),
        ["recv", most] => {
            let mut room = vec![0; most.parse().expect("a number")];
            match stack.receive(socket, &mut room) {
                Outcome::Received(len) => {
                    return format!("received {}", hex(&room[..len as usize]));
                }
                outcome => outcome,
            }
        }
        ["close"] => stack.close(socket),
        ["abort"] => stack.abort(socket),
        ["status"] => stack.status(socket),
        ["remote"] => {
            let remote = stack.remote(socket);
            return remote.map_or("none".to_owned(), |remote| format!("remote {remote}"));
        }
        _ => panic!("nobody knows `{call}`"),
    };
    match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Sent(octets) => format!("sent {octets}"),
        Outcome::Received(_) => unreachable!("only RECEIVE receives"),
        Outcome::Empty => "empty".to_owned(),
        Outcome::EndOfStream => "end of stream".to_owned(),
        Outcome::Status(state) => format!("status {state}"),
        Outcome::Urgent(octets) => format!("urgent {octets}"),
        Outcome::Reports(reports) => format!("reports {reports}"),
        Outcome::Dscp(dscp) => format!("dscp {dscp}"),
        Outcome::Failed(error) => format!("failed {}", spelt(&format!("{error:?}"))),
        Outcome::Unsupported => "unsupported".to_owned(),
    }
}

/// `NoConnection` as `no-connection`.
fn spelt(name: &str) -> String {
    let mut spelt = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !spelt.is_empty() {
            spelt.push('-');
        }
        spelt.push(c.to_ascii_lowercase());
    }
    spelt
}

fn hex(octets: &[u8]) -> String {
    match octets {
        [] => "-".to_owned(),
        octets => octets.iter().map(|octet| format!("{octet:02x}")).collect(),
    }
}

fn octets(hex: &str) -> Vec<u8> {
    let digits = hex.trim_matches('-').as_bytes().chunks(2);
    let octet = |pair| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16);
    digits
        .map(|pair| octet(pair).expect("hexadecimal"))
        .collect()
}

/// Whatever a driver does, the scenario is broken, the words say why, and the next run goes on
/// with a driver that is started anew.
fn wrongs() {
    let greeted = "read a; echo driver 1 virtual x; read a; ";
    let ready = "read a; echo driver 1 virtual x; read a; echo ok; read a; ";
    for (script, why) in [
        ("exit 3", "the driver ended: exit status: 3"),
        ("kill -9 $$", "the driver ended: signal: 9"),
        ("sleep 5", "no answer in 0.5 s"),
        (
            "read a; echo hello",
            "it begins with `hello`, not with `driver 1 virtual NAME` or",
        ),
        (
            "read a; echo driver 1 sundial x",
            "`sundial` is none of: real, virtual",
        ),
        (
            "read a; echo driver 2 virtual x",
            "it speaks version `2`, not 1",
        ),
        (
            "head -c 300000 /dev/zero",
            "a line of more than 262144 octets",
        ),
        (r"printf '\377\n'; sleep 5", "a line that is no UTF-8"),
        (
            "read a; printf 'driver 1 virtual x'",
            "the driver ended: exit status: 0",
        ),
        (
            &format!("{greeted} echo profile color red; echo ok"),
            "no stack declares `color`",
        ),
        (
            &format!("{greeted} echo profile msl soon; echo ok"),
            "`msl`: `soon` is no time",
        ),
        (
            &format!("{greeted} echo profile mtu 60; echo ok"),
            "60 octets are too few",
        ),
        (
            &format!("{greeted} echo error out of paper"),
            "it says: out of paper",
        ),
        (
            &format!("{greeted} echo done"),
            "`done` is no answer to this",
        ),
        (
            &format!("{ready} echo maybe; read a"),
            "`maybe` is no outcome",
        ),
        (
            &format!("{ready} exit 0"),
            "the driver ended: exit status: 0 (asked: A: listen 80)",
        ),
        (
            &format!("{ready} echo done; read a; echo packet 5 4x; sleep 5"),
            "octet 0 of the packet is not hexadecimal",
        ),
        (
            &format!("{ready} echo done; read a; echo packet 5 45; echo packet 4 45; sleep 5"),
            "a packet at 0.000004, which is before 0.000005",
        ),
        (
            &format!("{ready} echo done; read a; while true; do echo packet 0 45; done"),
            "without end",
        ),
        (
            &format!("{ready} echo done; read a; echo ok soon; sleep 5"),
            "`soon` is no number",
        ),
    ] {
        let place = format!("sh -c '{}'", script.replace('\'', r"'\''"));
        let make = move || Driver::new(place.clone(), PATIENCE);
        let mut judge = StackJudge::new(make, KnownDeviations::default());
        let scenario: Scenario = "A: listen\npeer handshake\n".parse().expect("a scenario");
        for round in 0..2 {
            let judgment = judge.judge(&scenario);
            let Verdict::Broken(told) = &judgment.verdict else {
                panic!("round {round} of {script}: {:?}", judgment.verdict);
            };
            assert!(told.contains(why), "round {round} of {script}: {told}");
            if script.starts_with("sleep") {
                break;
            }
        }
    }
}

fn never_runs() {
    let asked = [
        "driver:exit 3",
        "driver:unix:/nowhere/at/all",
        "driver:no-such-program",
    ];
    for stack in asked {
        let output = process::Command::new(env!("CARGO_BIN_EXE_tcprove"))
            .args(["check", "--cases", "10", "--stack", stack])
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{stack}: {said}");
        assert!(
            said.contains("cannot be judged: driver: "),
            "{stack}: {said}"
        );
        assert!(output.stdout.is_empty(), "{stack}");
    }
}

/// The driver of the example opens, exchanges and closes, on the kernel's own sockets.
fn example() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let place = format!("python3 '{}'", root.join("examples/linux.py").display());
    let make = move || Driver::new(place.clone(), Duration::from_secs(10));
    let mut judge = StackJudge::new(make, KnownDeviations::default());
    for (family, open) in [
        ("stack ipv4 mtu=1400", "A: listen\npeer handshake"),
        ("stack ipv6", "A: listen\npeer handshake"),
        ("stack ipv4 mtu=1400", "A: connect\npeer handshake"),
        ("stack ipv6", "A: connect\npeer handshake"),
    ] {
        let rest = "< ACK len 100\nA: recv 100\nA: send 50\npeer ack\nA: close\npeer ack\npeer fin";
        let scenario: Scenario = format!("{family}\n{open}\n{rest}\n")
            .parse()
            .expect("a scenario");
        let judgment = judge.judge(&scenario);
        let text = tcprove::report::recording(judge.trace());
        assert_eq!(judgment.verdict, Verdict::Conforms, "{scenario}\n{text}");
        let received = judge.trace().events.iter().any(|event| {
            matches!(
                event.what,
                What::Call {
                    outcome: Outcome::Received(100),
                    ..
                }
            )
        });
        assert!(received, "{scenario}\n{text}");
    }
}
