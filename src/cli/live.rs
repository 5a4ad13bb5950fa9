//! `serve` and `connect`: the reference stack on a TUN device, for programs that are there already.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, PidfdFlags, geteuid, pidfd_open};

use super::args::{ConnectArgs, NetworkArgs, ServeArgs};
use super::{CONFORMS, Environment, Failure};
use crate::live::{Connection, Live, Options, Other, Server, Service, State, Tunnel, pipe};
use crate::stack::{CallError, Outcome};
use crate::time::{Instant, Micros};

/// The device of `connect`, unless another is asked for.
const DEVICE: &str = "tcprove0";

/// How long to wait before a program is tried again that does not listen yet.
const RETRY: Micros = Micros::millis(20);

/// How long a command that has taken a connection may go on when the connection is over.
const GRACE: Micros = Micros::secs(2);

pub(super) fn serve(args: &ServeArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let ports = services(&args.services)?;
    let tunnel = match &args.device {
        Some(name) => Tunnel::here(name),
        None => Tunnel::isolated(),
    };
    let user = geteuid();
    let mut live = begin(tunnel, &args.network)?;
    let mut server = Server::new(&mut live, &ports).map_err(Failure::Input)?;
    let mut log = |line: &str| {
        let _ = writeln!(environment.err, "{line}");
    };
    for (service, port) in &ports {
        log(&format!(
            "{} on port {port} of 192.0.2.1 and 2001:db8::1",
            service.name()
        ));
    }
    let mut command = Running::start(&args.command, Stdio::inherit())?;
    if command.is_none() && args.device.is_none() {
        let enter = match user.is_root() {
            true => "--net",
            false => "--user --preserve-credentials --net",
        };
        let pid = std::process::id();
        log(&format!(
            "to reach it: nsenter --target {pid} {enter} curl http://192.0.2.1/"
        ));
    }
    loop {
        let mut others: Vec<Other> = command.iter().map(Running::end).collect();
        live.turn(&mut others, Instant::NEVER)
            .map_err(Failure::Run)?;
        let ended = others.iter().any(|other| other.ready);
        server.step(&mut live, &mut log);
        if let Some(command) = command.as_mut().filter(|_| ended) {
            live.flush().map_err(Failure::Run)?;
            tell_lost(&live, &mut log);
            return command.status();
        }
    }
}

pub(super) fn connect(args: &ConnectArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let remote = SocketAddr::new(args.address, args.port);
    let tunnel = match args.command.is_empty() {
        true => Tunnel::here(args.device.as_deref().unwrap_or(DEVICE)),
        false => Tunnel::isolated(),
    };
    let mut live = begin(tunnel, &args.network)?;
    let mut command = Running::start(&args.command, Stdio::null())?;
    let mut log = |line: &str| {
        let _ = writeln!(environment.err, "{line}");
    };
    let connection = open(&mut live, remote, command.as_ref())?;
    log(&format!("{remote}: connected"));
    // The buffers of the standard library would hide what is there, or keep it.
    let mut input = unbuffered(io::stdin().as_fd().try_clone_to_owned(), "input")?;
    let mut output = unbuffered(io::stdout().as_fd().try_clone_to_owned(), "output")?;
    let piped = pipe(&mut live, connection, &mut input, &mut output).map_err(Failure::Run)?;
    let how = match piped.failed {
        Some(error) => error.to_string(),
        None => "closed".to_owned(),
    };
    let (received, sent) = (piped.received, piped.sent);
    log(&format!(
        "{remote}: {how}, {received} octets in, {sent} octets out"
    ));
    if let Some(command) = &mut command {
        command.finish(&mut live)?;
    }
    tell_lost(&live, &mut log);
    match piped.failed {
        Some(error) => Err(Failure::Run(format!("{remote}: {error}"))),
        None => Ok(CONFORMS),
    }
}

/// Connects. A command that was just started may not listen yet: it is tried until it does, or has
/// ended.
fn open(
    live: &mut Live,
    remote: SocketAddr,
    command: Option<&Running>,
) -> Result<Connection, Failure> {
    let fails = |error: CallError| Failure::Run(format!("{remote}: {error}"));
    loop {
        let connection = live.connect(remote).map_err(fails)?;
        let mut ended = false;
        while !live.state(connection).synchronized() {
            if live.state(connection) == State::Closed {
                break;
            }
            let mut others: Vec<Other> = command.iter().map(|it| it.end()).collect();
            live.turn(&mut others, Instant::NEVER)
                .map_err(Failure::Run)?;
            ended = others.iter().any(|other| other.ready);
            if ended {
                break;
            }
        }
        if live.state(connection) != State::Closed && !ended {
            return Ok(connection);
        }
        let error = match live.receive(connection, &mut []) {
            Outcome::Failed(error) => error,
            _ => CallError::NoConnection,
        };
        live.release(connection);
        let Some(command) = command.filter(|_| !ended) else {
            return Err(match command {
                Some(_) => Failure::Run("the command has ended before it listened".into()),
                None => fails(error),
            });
        };
        let until = live.now() + RETRY;
        while live.now() < until {
            live.turn(&mut [command.end()], until)
                .map_err(Failure::Run)?;
        }
    }
}

fn begin(tunnel: Result<Tunnel, String>, network: &NetworkArgs) -> Result<Live, Failure> {
    let loss = network.loss.parse();
    let loss = loss.map_err(|why: String| Failure::Input(format!("--loss: {why}")))?;
    let tunnel = tunnel.map_err(Failure::Run)?;
    let capture = match &network.pcap {
        None => None,
        Some(path) => {
            let file = File::create(path).map_err(|error| {
                Failure::Run(format!("cannot write {}: {error}", path.display()))
            })?;
            let to: Box<dyn Write + Send> = Box::new(BufWriter::new(file));
            Some(to)
        }
    };
    let options = Options {
        loss,
        seed: network.seed,
        capture,
        user_timeout: None,
    };
    Live::new(tunnel, options).map_err(Failure::Run)
}

/// What to serve, and where.
fn services(asked: &[String]) -> Result<Vec<(Service, u16)>, Failure> {
    if asked.is_empty() {
        let usual = Service::ALL.map(|service| (service, service.usual_port()));
        return Ok(usual.to_vec());
    }
    asked.iter().map(|asked| service(asked)).collect()
}

fn service(asked: &str) -> Result<(Service, u16), Failure> {
    let (name, port) = match asked.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (asked, None),
    };
    let found = Service::ALL
        .into_iter()
        .find(|service| service.name() == name);
    let names = Service::ALL.map(Service::name).join(", ");
    let service = found.ok_or_else(|| {
        Failure::Input(format!("there is no service `{name}`; there are: {names}"))
    })?;
    let port = port.map_or(Ok(service.usual_port()), str::parse);
    match port {
        Ok(port) if port > 0 => Ok((service, port)),
        Ok(_) | Err(_) => Err(Failure::Input(format!(
            "`{asked}`: a port is a number from 1 to 65535"
        ))),
    }
}

fn tell_lost(live: &Live, log: &mut dyn FnMut(&str)) {
    if live.lost() > 0 {
        log(&format!("{} segments were lost on purpose", live.lost()));
    }
}

fn unbuffered(end: io::Result<OwnedFd>, what: &str) -> Result<File, Failure> {
    let end = end.map_err(|error| Failure::Run(format!("there is no standard {what}: {error}")))?;
    Ok(File::from(end))
}

/// A command that runs beside the host.
struct Running {
    child: Child,
    /// Can be read when it has ended.
    end: OwnedFd,
}

impl Running {
    /// Starts it, if there is one.
    fn start(command: &[OsString], input: Stdio) -> Result<Option<Running>, Failure> {
        let [program, args @ ..] = command else {
            return Ok(None);
        };
        let failed = |error: io::Error| {
            Failure::Run(format!("cannot run {}: {error}", program.to_string_lossy()))
        };
        let mut command = Command::new(program);
        let child = command.args(args).stdin(input).spawn().map_err(failed)?;
        let end = match Pid::from_raw(child.id() as i32) {
            Some(pid) => pidfd_open(pid, PidfdFlags::empty()).map_err(|error| failed(error.into())),
            None => Err(failed(io::ErrorKind::NotFound.into())),
        }?;
        Ok(Some(Running { child, end }))
    }

    /// To wait until it has ended.
    fn end(&self) -> Other<'_> {
        Other::readable(self.end.as_fd(), true)
    }

    /// Its status, as a shell has it.
    fn status(&mut self) -> Result<u8, Failure> {
        let status = self.child.wait();
        let status = status.map_err(|error| Failure::Run(format!("the command: {error}")))?;
        let code = status.code().or(status.signal().map(|signal| 128 + signal));
        Ok(code.unwrap_or(1) as u8)
    }

    /// Waits a little until it has ended, and ends it.
    fn finish(&mut self, live: &mut Live) -> Result<(), Failure> {
        let until = live.now() + GRACE;
        while live.now() < until {
            let mut others = [self.end()];
            live.turn(&mut others, until).map_err(Failure::Run)?;
            if others[0].ready {
                break;
            }
        }
        // It may have ended meanwhile.
        let _ = self.child.kill();
        self.status().map(drop)
    }
}
