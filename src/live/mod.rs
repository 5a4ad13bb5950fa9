//! The reference stack in the world: an endpoint on a TUN device, in real time.
//!
//! The kernel's own sockets, and every program that uses them, talk to it. What is proved by
//! scenarios is what runs here: every segment that leaves was allowed by the model first. A
//! [`Live`] is the host; the programs on it are [services](Server) and a [pipe](pipe()). One thread
//! does everything, and sleeps until a packet, a timer or a user wakes it.

mod host;
mod loss;
mod pipe;
mod server;
mod services;
mod tunnel;

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::report::PacketCapture;
use crate::stack::{CallError, Outbox, Outcome, Socket};
use crate::time::{Instant, Micros};
use crate::wire::{Endpoint, Family};
use host::Host;
use loss::{Direction, Loss};

pub use crate::model::State;
pub use loss::Percent;
pub use pipe::{Piped, pipe};
pub use server::Server;
pub use services::Service;
pub use tunnel::Tunnel;

/// So many packets are taken in before the programs have their turn.
const BATCH: usize = 64;

/// One end of a connection, or what is left of it, until it is [released](Live::release).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Connection {
    family: Family,
    socket: Socket,
}

/// How a host is to be.
#[derive(Default)]
pub struct Options {
    /// How many of the segments are lost, either way.
    pub loss: Percent,
    /// Which of them.
    pub seed: u64,
    /// Where the packets are recorded, as a capture (pcapng).
    pub capture: Option<Box<dyn Write + Send>>,
    /// How long an attempt to connect, or what was sent, waits for an answer; five minutes unless
    /// told.
    pub user_timeout: Option<Micros>,
}

/// Something else that a host waits for, beside its device and its timers.
pub struct Other<'a> {
    fd: BorrowedFd<'a>,
    wanted: PollFlags,
    /// Whether it came.
    pub ready: bool,
}

impl<'a> Other<'a> {
    /// Until something can be read, or can no more; where it is `wanted`.
    pub fn readable(fd: BorrowedFd<'a>, wanted: bool) -> Other<'a> {
        Other::new(fd, PollFlags::IN, wanted)
    }

    /// Until something can be written, or can no more; where it is `wanted`.
    pub fn writable(fd: BorrowedFd<'a>, wanted: bool) -> Other<'a> {
        Other::new(fd, PollFlags::OUT, wanted)
    }

    fn new(fd: BorrowedFd<'a>, flags: PollFlags, wanted: bool) -> Other<'a> {
        Other {
            fd,
            wanted: if wanted { flags } else { PollFlags::empty() },
            ready: false,
        }
    }
}

/// A host on a TUN device: the reference stack, once for each version of IP.
pub struct Live {
    tunnel: Tunnel,
    v4: Host,
    v6: Host,
    loss: Loss,
    capture: Option<PacketCapture<Box<dyn Write + Send>>>,
    begun: std::time::Instant,
    packet: Vec<u8>,
    out: Outbox,
}

impl Live {
    /// A host behind a tunnel.
    ///
    /// # Errors
    /// When the capture cannot be written.
    pub fn new(tunnel: Tunnel, options: Options) -> Result<Live, String> {
        let capture = match options.capture {
            Some(to) => Some(PacketCapture::new(to, "reference").map_err(no_capture)?),
            None => None,
        };
        let timeout = options.user_timeout.unwrap_or(Micros::secs(300));
        Ok(Live {
            tunnel,
            v4: Host::new(Family::V4, timeout)?,
            v6: Host::new(Family::V6, timeout)?,
            loss: Loss::new(options.loss, options.seed),
            capture,
            begun: std::time::Instant::now(),
            packet: vec![0; 65_536],
            out: Outbox::default(),
        })
    }

    /// The time since it began.
    pub fn now(&self) -> Instant {
        Instant(self.begun.elapsed().as_micros() as u64)
    }

    /// How many segments were lost on purpose.
    pub fn lost(&self) -> u64 {
        self.loss.lost
    }

    fn host(&mut self, family: Family) -> &mut Host {
        match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        }
    }

    /// Takes connections on a port, IPv4 and IPv6, as many as there are sockets.
    ///
    /// # Errors
    /// When the port is in use.
    pub fn listen(&mut self, port: u16) -> Result<(), CallError> {
        self.v4.listen(port)?;
        self.v6.listen(port)
    }

    /// The next connection that was made to a port, once its handshake is complete.
    pub fn accept(&mut self, port: u16) -> Option<Connection> {
        for family in [Family::V4, Family::V6] {
            if let Some(socket) = self.host(family).accept(port) {
                return Some(Connection { family, socket });
            }
        }
        None
    }

    /// Active OPEN. The attempt is under way; [`Live::state`] says what becomes of it.
    ///
    /// # Errors
    /// Why it cannot begin.
    pub fn connect(&mut self, remote: SocketAddr) -> Result<Connection, CallError> {
        let family = match remote.is_ipv4() {
            true => Family::V4,
            false => Family::V6,
        };
        let remote = Endpoint {
            addr: remote.ip(),
            port: remote.port(),
        };
        let socket = self.host(family).connect(remote)?;
        Ok(Connection { family, socket })
    }

    /// The other end.
    pub fn remote(&mut self, connection: Connection) -> Option<SocketAddr> {
        let remote = self.host(connection.family).remote(connection.socket)?;
        Some(SocketAddr::new(remote.addr, remote.port))
    }

    /// The state of a connection.
    pub fn state(&mut self, connection: Connection) -> State {
        self.host(connection.family).state(connection.socket)
    }

    /// SEND: takes over what there is room for.
    pub fn send(&mut self, connection: Connection, octets: &[u8]) -> Outcome {
        self.host(connection.family).send(connection.socket, octets)
    }

    /// RECEIVE what has arrived.
    pub fn receive(&mut self, connection: Connection, into: &mut [u8]) -> Outcome {
        self.host(connection.family)
            .receive(connection.socket, into)
    }

    /// CLOSE: no more to send.
    pub fn close(&mut self, connection: Connection) -> Outcome {
        self.host(connection.family).close(connection.socket)
    }

    /// ABORT.
    pub fn abort(&mut self, connection: Connection) -> Outcome {
        self.host(connection.family).abort(connection.socket)
    }

    /// The program is done with it: the socket is used again once the connection has ended.
    pub fn release(&mut self, connection: Connection) {
        self.host(connection.family).release(connection.socket);
    }

    /// Sends all that is to be sent; sleeps until a packet arrives, a timer is due, something else
    /// is ready, or it is `until`; takes in what has arrived. Then the programs have their turn.
    ///
    /// # Errors
    /// When the device fails, or the stack does what its model does not allow.
    pub fn turn(&mut self, others: &mut [Other], until: Instant) -> Result<(), String> {
        self.flush()?;
        let timers = [&mut self.v4, &mut self.v6].map(Host::next_timer);
        let until = timers.into_iter().flatten().fold(until, Instant::min);
        self.wait(others, until)?;
        self.take_in()?;
        self.v4.renew();
        self.v6.renew();
        Ok(())
    }

    /// Fires the timers that are due, and sends all that is to be sent.
    ///
    /// # Errors
    /// As [`Live::turn`].
    pub fn flush(&mut self) -> Result<(), String> {
        let now = self.now();
        self.v4.advance(now, &mut self.out)?;
        self.v6.advance(now, &mut self.out)?;
        self.put_out()
    }

    fn wait(&mut self, others: &mut [Other], until: Instant) -> Result<(), String> {
        let wait = until.since(self.now());
        let wait = Timespec {
            tv_sec: (wait.0 / 1_000_000) as i64,
            tv_nsec: (wait.0 % 1_000_000 * 1_000) as i64,
        };
        if let Some(capture) = &mut self.capture {
            capture.flush().map_err(no_capture)?;
        }
        let endless = until >= Instant::NEVER;
        let mut fds = vec![PollFd::from_borrowed_fd(
            self.tunnel.file().as_fd(),
            PollFlags::IN,
        )];
        let awaited = || others.iter().filter(|other| !other.wanted.is_empty());
        fds.extend(awaited().map(|other| PollFd::from_borrowed_fd(other.fd, other.wanted)));
        match poll(&mut fds, (!endless).then_some(&wait)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(format!("waiting for the TUN device: {error}")),
        }
        let came: Vec<bool> = fds
            .iter()
            .skip(1)
            .map(|fd| !fd.revents().is_empty())
            .collect();
        let awaited = others.iter_mut().filter(|other| !other.wanted.is_empty());
        for (other, came) in awaited.zip(came) {
            other.ready = came;
        }
        Ok(())
    }

    /// Takes in what has arrived, up to a batch.
    fn take_in(&mut self) -> Result<(), String> {
        for _ in 0..BATCH {
            let len = match self.tunnel.file().read(&mut self.packet) {
                Ok(len) => len,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(format!("reading from the TUN device: {error}")),
            };
            let now = self.now();
            let packet = &self.packet[..len];
            if self.loss.takes(Direction::In, packet) {
                continue;
            }
            if let Some(capture) = &mut self.capture {
                capture.packet(now, packet, true).map_err(no_capture)?;
            }
            let host = match packet.first().map(|first| first >> 4) {
                Some(4) => &mut self.v4,
                Some(6) => &mut self.v6,
                _ => continue,
            };
            host.deliver(packet, now, &mut self.out)?;
            self.put_out()?;
        }
        Ok(())
    }

    /// Writes what the stacks have sent to the device.
    fn put_out(&mut self) -> Result<(), String> {
        for (at, packet) in self.out.iter() {
            if let Some(capture) = &mut self.capture {
                capture.packet(at, packet, false).map_err(no_capture)?;
            }
            if self.loss.takes(Direction::Out, packet) {
                continue;
            }
            match self.tunnel.file().write(packet) {
                Ok(_) => {}
                // A network may lose what it has no room for.
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(format!("writing to the TUN device: {error}")),
            }
        }
        self.out.clear();
        Ok(())
    }
}

fn no_capture(error: std::io::Error) -> String {
    format!("cannot write the capture: {error}")
}
