//! The tests, each once for either version of IP, and those of the command line.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Command, ExitCode};
use std::thread;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use tcprove::live::{Live, Server, Service, State, Tunnel, pipe};
use tcprove::stack::{CallError, Outcome};
use tcprove::wire::Family;

use crate::world::{
    Checked, Failure, Opens, PORT, World, pattern, receive, send, told, write, write_all,
};

/// A bulk transfer.
const MANY: usize = 50_000_000;

/// Octets of buffer that a connection of the host has.
const BUFFER: usize = 1 << 20;

/// TIME-WAIT, as the kernel counts states.
const TIME_WAIT: u8 = 6;

type Test = fn(&mut World) -> Result<(), Failure>;

/// Name, percent of the segments that are lost, and what is done.
const TESTS: [(&str, u8, Test); 20] = [
    ("kernel-connects", 0, |world| connects(world, Opens::Kernel)),
    ("stack-connects", 0, |world| connects(world, Opens::Stack)),
    ("stack-is-refused", 0, stack_is_refused),
    ("kernel-is-refused", 0, kernel_is_refused),
    ("50-MB-echoed", 0, |world| echoed(world, MANY)),
    ("50-MB-through-a-pipe", 0, |world| piped(world, MANY)),
    ("kernel-closes-first", 0, kernel_closes_first),
    ("stack-closes-first", 0, stack_closes_first),
    ("both-close-after-a-passive-open", 0, |world| {
        both_close(world, Opens::Kernel)
    }),
    ("both-close-after-an-active-open", 0, |world| {
        both_close(world, Opens::Stack)
    }),
    ("stack-aborts", 0, stack_aborts),
    ("kernel-aborts", 0, kernel_aborts),
    ("window-of-the-kernel-closes-and-opens", 0, kernel_window),
    ("window-of-the-stack-closes-and-opens", 0, stack_window),
    ("many-at-once", 0, many_at_once),
    ("page", 0, page),
    ("characters", 0, characters),
    ("lossy-echo", 2, |world| echoed(world, 1_000_000)),
    ("lossy-pipe", 2, |world| piped(world, 1_000_000)),
    ("lossy-many-at-once", 2, many_at_once),
];

pub(crate) fn run() -> ExitCode {
    let mut args = Arguments::from_args();
    // They mostly wait.
    args.test_threads.get_or_insert(6);
    // Before there are other threads: it may take a user namespace.
    let missing = Tunnel::isolated().err();
    let mut trials = Vec::new();
    for (name, loss, test) in TESTS {
        for family in [Family::V4, Family::V6] {
            let name = format!("{name}-{family:?}").to_lowercase();
            let run = move || {
                let mut world = World::new(family, loss, 1)?;
                test(&mut world)?;
                match (loss, world.live.lost()) {
                    (1.., 0) => Err(Failed::from("nothing was lost")),
                    _ => Ok(()),
                }
            };
            trials.push(trial(name, missing.as_deref(), run));
        }
    }
    let command = || commands().map_err(Failed::from);
    trials.push(trial("commands".into(), missing.as_deref(), command));
    if let Some(why) = &missing {
        println!("all are ignored: {why}");
    }
    libtest_mimic::run(&args, trials).exit_code()
}

fn trial(
    name: String,
    missing: Option<&str>,
    run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    match missing {
        Some(why) => Trial::test(name, || Ok(()))
            .with_kind(why)
            .with_ignored_flag(true),
        None => Trial::test(name, run),
    }
}

/// A few octets each way, then both sides close.
fn connects(world: &mut World, opens: Opens) -> Result<(), Failure> {
    let (connection, stream) = world.pair(opens)?;
    world.feed_kernel(connection, &stream, 1_000)?;
    world.feed_host(connection, &stream, 1_000)?;
    stream.shutdown(Shutdown::Write).map_err(told)?;
    world.host_sees_the_end(connection)?;
    world.live.close(connection);
    world.kernel_sees_the_end(&stream)?;
    world.reaches(connection, State::Closed)
}

fn stack_is_refused(world: &mut World) -> Result<(), Failure> {
    let connection = world.connect(PORT)?;
    world.reaches(connection, State::Closed)?;
    match world.live.receive(connection, &mut [0]) {
        Outcome::Failed(CallError::Refused) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

fn kernel_is_refused(world: &mut World) -> Result<(), Failure> {
    let to = world.host(PORT);
    let thread = thread::spawn(move || TcpStream::connect(to));
    match world.join(thread, |_| {})? {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

/// The kernel connects, sends, and gets back what it has sent.
fn echoed(world: &mut World, len: usize) -> Result<(), Failure> {
    let mut server = Server::new(&mut world.live, &[(Service::Echo, PORT)])?;
    let to = world.host(PORT);
    let thread = thread::spawn(move || {
        let mut stream = TcpStream::connect(to).map_err(told)?;
        exchange(&mut stream, len)
    });
    world.join(thread, |live| server.step(live, &mut |_| {}))?
}

/// Sends and receives so many octets at once, to the end of both streams.
fn exchange(stream: &mut TcpStream, len: usize) -> Result<(), Failure> {
    let mut sender = stream.try_clone().map_err(told)?;
    let sends = thread::spawn(move || {
        write_all(&mut sender, len)?;
        sender.shutdown(Shutdown::Write).map_err(told)
    });
    let mut text = Checked::default();
    text.take_to_the_end(stream)?;
    sends.join().map_err(|_| "the sender fails")??;
    match text.len == len {
        true => Ok(()),
        false => Err(format!("{} octets came back", text.len)),
    }
}

/// The stack connects; what its program reads from a pipe, the kernel sends back, and it writes to
/// another pipe.
fn piped(world: &mut World, len: usize) -> Result<(), Failure> {
    let listener = TcpListener::bind((world.family.peer(), 0)).map_err(told)?;
    let port = listener.local_addr().map_err(told)?.port();
    let (mut input, mut feed) = std::io::pipe().map_err(told)?;
    let (mut back, mut output) = std::io::pipe().map_err(told)?;
    let echo = thread::spawn(move || {
        let (mut stream, _) = listener.accept().map_err(told)?;
        let mut other = stream.try_clone().map_err(told)?;
        std::io::copy(&mut stream, &mut other).map_err(told)
    });
    let feeds = thread::spawn(move || write_all(&mut feed, len));
    let reads = thread::spawn(move || {
        let mut text = Checked::default();
        text.take_to_the_end(&mut back)?;
        Ok::<_, Failure>(text.len)
    });
    let connection = world.connect(port)?;
    let piped = pipe(&mut world.live, connection, &mut input, &mut output)?;
    drop(output);
    feeds.join().map_err(|_| "the feed fails")??;
    let read = reads.join().map_err(|_| "the reader fails")??;
    let echoed = echo.join().map_err(|_| "the kernel's side fails")??;
    let all = (len, len as u64, len as u64, len as u64, None);
    let seen = (read, echoed, piped.sent, piped.received, piped.failed);
    match seen == all {
        true => Ok(()),
        false => Err(format!("{seen:?}")),
    }
}

/// The kernel closes its side, and gets all that the stack sends after that.
fn kernel_closes_first(world: &mut World) -> Result<(), Failure> {
    let (connection, stream) = world.pair(Opens::Kernel)?;
    world.feed_host(connection, &stream, 100_000)?;
    stream.shutdown(Shutdown::Write).map_err(told)?;
    world.host_sees_the_end(connection)?;
    world.reaches(connection, State::CloseWait)?;
    world.feed_kernel(connection, &stream, 300_000)?;
    world.live.close(connection);
    world.kernel_sees_the_end(&stream)?;
    world.reaches(connection, State::Closed)
}

/// The stack closes its side, and gets all that the kernel sends after that.
fn stack_closes_first(world: &mut World) -> Result<(), Failure> {
    let (connection, stream) = world.pair(Opens::Stack)?;
    world.feed_kernel(connection, &stream, 100_000)?;
    world.live.close(connection);
    world.kernel_sees_the_end(&stream)?;
    world.reaches(connection, State::FinWait2)?;
    world.feed_host(connection, &stream, 300_000)?;
    stream.shutdown(Shutdown::Write).map_err(told)?;
    world.host_sees_the_end(connection)?;
    world.reaches(connection, State::TimeWait)
}

/// The FINs cross: the kernel's is on its way when the stack sends its own. Then both are in
/// TIME-WAIT, and otherwise one would be.
fn both_close(world: &mut World, opens: Opens) -> Result<(), Failure> {
    let (connection, stream) = world.pair(opens)?;
    let port = stream.local_addr().map_err(told)?.port();
    world.feed_host(connection, &stream, 1_000)?;
    world.live.close(connection);
    stream.shutdown(Shutdown::Write).map_err(told)?;
    world.reaches(connection, State::TimeWait)?;
    world.kernel_sees_the_end(&stream)?;
    world.host_sees_the_end(connection)?;
    match world.kernel_state(port)? {
        Some(TIME_WAIT) => Ok(()),
        other => Err(format!("the kernel is in state {other:?}")),
    }
}

fn stack_aborts(world: &mut World) -> Result<(), Failure> {
    let (connection, mut stream) = world.pair(Opens::Kernel)?;
    world.feed_host(connection, &stream, 1_000)?;
    world.live.abort(connection);
    world.until("the kernel is told", |_| match stream.read(&mut [0]) {
        Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(true),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
        other => Err(format!("instead of a reset: {other:?}")),
    })?;
    world.reaches(connection, State::Closed)
}

/// The kernel resets a connection that is closed with octets in it that nobody has read.
fn kernel_aborts(world: &mut World) -> Result<(), Failure> {
    let (connection, stream) = world.pair(Opens::Stack)?;
    let mut sent = 0;
    world.until("something has arrived", |live| {
        sent += send(live, connection, sent, 1_000)?;
        Ok(stream.peek(&mut [0]).is_ok())
    })?;
    drop(stream);
    world.reaches(connection, State::Closed)?;
    match world.live.receive(connection, &mut [0]) {
        Outcome::Failed(CallError::Reset) => Ok(()),
        other => Err(format!("instead of a reset: {other:?}")),
    }
}

/// The kernel's program does not read for so long that the closed window is probed.
fn kernel_window(world: &mut World) -> Result<(), Failure> {
    const LEN: usize = 12_000_000;
    let (connection, mut stream) = world.pair(Opens::Kernel)?;
    let mut sent = 0;
    for _ in 0..150 {
        sent += send(&mut world.live, connection, sent, LEN)?;
        world.pass(Duration::from_millis(10))?;
    }
    if sent == LEN {
        return Err("the window never closed".into());
    }
    let mut text = Checked::default();
    world.until("the kernel has everything", |live| {
        sent += send(live, connection, sent, LEN)?;
        text.take_all(&mut stream)?;
        Ok(text.len == LEN)
    })
}

/// The host's program does not read for so long that the kernel probes the closed window.
fn stack_window(world: &mut World) -> Result<(), Failure> {
    const LEN: usize = 12_000_000;
    let (connection, mut stream) = world.pair(Opens::Stack)?;
    let mut sent = 0;
    for _ in 0..100 {
        sent += write(&mut stream, sent, LEN)?;
        world.pass(Duration::from_millis(10))?;
    }
    let mut text = Checked::default();
    receive(&mut world.live, connection, &mut text)?;
    // The window is told in units of 32 octets.
    if !(BUFFER - 32..=BUFFER).contains(&text.len) {
        return Err(format!("{} octets fill the window", text.len));
    }
    world.until("the host has everything", |live| {
        sent += write(&mut stream, sent, LEN)?;
        receive(live, connection, &mut text)?;
        Ok(text.len == LEN)
    })
}

/// One listener, and many connections that go on together.
fn many_at_once(world: &mut World) -> Result<(), Failure> {
    const CONNECTIONS: usize = 30;
    let mut server = Server::new(&mut world.live, &[(Service::Echo, PORT)])?;
    let to = world.host(PORT);
    let thread = thread::spawn(move || {
        let streams = (0..CONNECTIONS).map(|_| TcpStream::connect(to));
        let mut streams: Vec<TcpStream> = streams.collect::<Result<_, _>>().map_err(told)?;
        for stream in &mut streams {
            stream.write_all(pattern(0, 5_000)).map_err(told)?;
            stream.shutdown(Shutdown::Write).map_err(told)?;
        }
        for stream in &mut streams {
            let mut text = Checked::default();
            text.take_to_the_end(stream)?;
            if text.len != 5_000 {
                return Err(format!("{} octets came back", text.len));
            }
        }
        Ok(())
    });
    world.join(thread, |live| server.step(live, &mut |_| {}))?
}

/// What the kernel's program reads from a service to which it says something.
fn read_from(
    world: &mut World,
    service: Service,
    says: &'static [u8],
    most: u64,
) -> Result<String, Failure> {
    let mut server = Server::new(&mut world.live, &[(service, PORT)])?;
    let to = world.host(PORT);
    let thread = thread::spawn(move || {
        let mut stream = TcpStream::connect(to).map_err(told)?;
        stream.write_all(says).map_err(told)?;
        let mut text = String::new();
        stream.take(most).read_to_string(&mut text).map_err(told)?;
        Ok(text)
    });
    world.join(thread, |live: &mut Live| server.step(live, &mut |_| {}))?
}

fn page(world: &mut World) -> Result<(), Failure> {
    let text = read_from(world, Service::Http, b"GET / HTTP/1.0\r\n\r\n", u64::MAX)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or("no end of the head")?;
    let length = format!("\r\nContent-Length: {}", body.len());
    match head.starts_with("HTTP/1.0 200 OK\r\n") && head.contains(&length) {
        true => Ok(()),
        false => Err(text),
    }
}

fn characters(world: &mut World) -> Result<(), Failure> {
    let text = read_from(world, Service::Chargen, b"", 1_000_000)?;
    let mut lines = text.lines();
    let first: String = (b' '..b' ' + 72).map(char::from).collect();
    let second: String = (b'!'..b'!' + 72).map(char::from).collect();
    match lines.next() == Some(&first) && lines.next() == Some(&second) && text.len() == 1_000_000 {
        true => Ok(()),
        false => Err(text.chars().take(200).collect()),
    }
}

/// `serve` ends with its command, and says what is wrong.
fn commands() -> Result<(), Failure> {
    let rows: [(&[&str], i32, &str); 8] = [
        (
            &["serve", "--", "sh", "-c", "exit 7"],
            7,
            "echo on port 7 of 192.0.2.1",
        ),
        (
            &["serve", "http:8080", "--loss", "1.5", "--", "true"],
            0,
            "http on port 8080",
        ),
        (
            &["serve", "gopher"],
            2,
            "there is no service `gopher`; there are: echo",
        ),
        (
            &["serve", "echo:0"],
            2,
            "`echo:0`: a port is a number from 1 to 65535",
        ),
        (
            &["serve", "echo:5", "http:5"],
            2,
            "port 5 is asked for twice",
        ),
        (
            &["serve", "--loss", "101"],
            2,
            "--loss: it takes a number from 0 to 100",
        ),
        (
            &["serve", "--device", "a/b"],
            3,
            "`a/b` is no name for a device",
        ),
        (
            &["connect", "192.0.2.2", "9", "--", "true"],
            3,
            "the command has ended before it listened",
        ),
    ];
    for (args, status, says) in rows {
        let output = Command::new(env!("CARGO_BIN_EXE_tcprove"))
            .args(args)
            .output();
        let output = output.map_err(told)?;
        let text = String::from_utf8_lossy(&output.stderr);
        if output.status.code() != Some(status) || !text.contains(says) {
            return Err(format!("{args:?}: {}: {text}", output.status));
        }
    }
    Ok(())
}
