//! A host with the reference stack, and beside it the kernel.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tcprove::live::{Connection, Live, Options, Percent, State, Tunnel};
use tcprove::stack::Outcome;
use tcprove::stream::{Direction, first_difference, octets};
use tcprove::wire::Family;

/// Nothing takes as long as this.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the kernel connects to.
pub(crate) const PORT: u16 = 7_000;

/// Who opens the connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Opens {
    Kernel,
    Stack,
}

/// What went wrong.
pub(crate) type Failure = String;

/// A host, in a namespace that it shares with the kernel's sockets of this thread.
pub(crate) struct World {
    pub(crate) live: Live,
    pub(crate) family: Family,
}

impl World {
    pub(crate) fn new(family: Family, loss: u8, seed: u64) -> Result<World, Failure> {
        let options = Options {
            loss: Percent::whole(loss),
            seed,
            ..Options::default()
        };
        let live = Live::new(Tunnel::isolated()?, options)?;
        Ok(World { live, family })
    }

    /// Where the host is reached.
    pub(crate) fn host(&self, port: u16) -> SocketAddr {
        SocketAddr::new(self.family.stack(), port)
    }

    /// Lets the host run until something is so.
    pub(crate) fn until(
        &mut self,
        what: &str,
        mut is: impl FnMut(&mut Live) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        let end = Instant::now() + PATIENCE;
        while !is(&mut self.live)? {
            if Instant::now() > end {
                return Err(format!("waited in vain until {what}"));
            }
            self.turn()?;
        }
        Ok(())
    }

    /// One turn of the host; the kernel's sockets are looked at again a millisecond later.
    fn turn(&mut self) -> Result<(), Failure> {
        let until = self.live.now() + tcprove::time::Micros::millis(1);
        self.live.turn(&mut [], until)
    }

    /// Lets the host run for a time.
    pub(crate) fn pass(&mut self, time: Duration) -> Result<(), Failure> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.turn()?;
        }
        Ok(())
    }

    /// Lets the host run until a thread has ended, which uses the kernel's sockets.
    pub(crate) fn join<T>(
        &mut self,
        thread: JoinHandle<T>,
        mut step: impl FnMut(&mut Live),
    ) -> Result<T, Failure> {
        self.until("the kernel's side has ended", |live| {
            step(live);
            Ok(thread.is_finished())
        })?;
        thread.join().map_err(|_| "the kernel's side fails".into())
    }

    /// A connection; both ends never wait.
    pub(crate) fn pair(&mut self, opens: Opens) -> Result<(Connection, TcpStream), Failure> {
        let (connection, stream) = match opens {
            Opens::Kernel => {
                self.live.listen(PORT).map_err(told)?;
                let to = self.host(PORT);
                let thread = thread::spawn(move || TcpStream::connect(to));
                let stream = self.join(thread, |_| {})?.map_err(told)?;
                let mut accepted = None;
                self.until("the host accepts", |live| {
                    accepted = accepted.or_else(|| live.accept(PORT));
                    Ok(accepted.is_some())
                })?;
                (accepted.ok_or("nothing accepted")?, stream)
            }
            Opens::Stack => {
                let listener = TcpListener::bind((self.family.peer(), 0)).map_err(told)?;
                let port = listener.local_addr().map_err(told)?.port();
                let connection = self.connect(port)?;
                self.until("the host is connected", |live| {
                    Ok(live.state(connection) == State::Established)
                })?;
                // The third segment of the handshake.
                self.live.flush()?;
                let (stream, _) = listener.accept().map_err(told)?;
                (connection, stream)
            }
        };
        stream.set_nonblocking(true).map_err(told)?;
        Ok((connection, stream))
    }

    /// Connects to a port of the kernel.
    pub(crate) fn connect(&mut self, port: u16) -> Result<Connection, Failure> {
        let to = SocketAddr::new(self.family.peer(), port);
        self.live.connect(to).map_err(told)
    }

    /// Lets the host run until the connection is in this state.
    pub(crate) fn reaches(&mut self, connection: Connection, state: State) -> Result<(), Failure> {
        self.until(&format!("the connection is in {state}"), |live| {
            Ok(live.state(connection) == state)
        })
    }

    /// Carries so many octets to the kernel, which reads all of them.
    pub(crate) fn feed_kernel(
        &mut self,
        connection: Connection,
        mut stream: &TcpStream,
        len: usize,
    ) -> Result<(), Failure> {
        let (mut sent, mut text) = (0, Checked::default());
        self.until("the kernel has everything", |live| {
            sent += send(live, connection, sent, len)?;
            text.take_all(&mut stream)?;
            Ok(text.len == len)
        })
    }

    /// Carries so many octets to the host, which reads all of them.
    pub(crate) fn feed_host(
        &mut self,
        connection: Connection,
        mut stream: &TcpStream,
        len: usize,
    ) -> Result<(), Failure> {
        let (mut sent, mut text) = (0, Checked::default());
        self.until("the host has everything", |live| {
            sent += write(&mut stream, sent, len)?;
            receive(live, connection, &mut text)?;
            Ok(text.len == len)
        })
    }

    /// Lets the host run until the kernel's side is told that the stream has ended.
    pub(crate) fn kernel_sees_the_end(&mut self, mut stream: &TcpStream) -> Result<(), Failure> {
        self.until("the kernel sees the end", |_| match stream.read(&mut [0]) {
            Ok(0) => Ok(true),
            Ok(_) => Err("the kernel has more octets than were sent".into()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(told(error)),
        })
    }

    /// Lets the host run until its program is told that the stream has ended.
    pub(crate) fn host_sees_the_end(&mut self, connection: Connection) -> Result<(), Failure> {
        self.until("the host sees the end", |live| {
            match live.receive(connection, &mut [0]) {
                Outcome::EndOfStream => Ok(true),
                Outcome::Empty => Ok(false),
                other => Err(format!("instead of the end: {other:?}")),
            }
        })
    }

    /// What the kernel has of the connection from this port of its own: the number of its state.
    pub(crate) fn kernel_state(&self, port: u16) -> Result<Option<u8>, Failure> {
        let table = match self.family {
            Family::V4 => "/proc/thread-self/net/tcp",
            Family::V6 => "/proc/thread-self/net/tcp6",
        };
        let text = std::fs::read_to_string(table).map_err(told)?;
        let wanted = format!(":{port:04X}");
        let lines = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        let mut found = lines.filter_map(|words| match words[..] {
            [_, local, _, state, ..] if local.ends_with(&wanted) => {
                u8::from_str_radix(state, 16).ok()
            }
            _ => None,
        });
        Ok(found.next_back())
    }
}

pub(crate) fn told(error: impl std::fmt::Display) -> Failure {
    error.to_string()
}

/// The octets of either stream from an offset on.
pub(crate) fn pattern(offset: usize, len: usize) -> &'static [u8] {
    octets(Direction::ToPeer, (7, 7), offset as u32, len.min(65_535))
}

/// SENDs what comes next of so many octets; says how many were taken over.
pub(crate) fn send(
    live: &mut Live,
    to: Connection,
    sent: usize,
    len: usize,
) -> Result<usize, Failure> {
    match live.send(to, pattern(sent, len - sent)) {
        Outcome::Sent(n) => Ok(n as usize),
        other => Err(format!("SEND gives {other:?}")),
    }
}

/// Writes what comes next of so many octets; says how many were taken over.
pub(crate) fn write(stream: &mut impl Write, sent: usize, len: usize) -> Result<usize, Failure> {
    if sent == len {
        return Ok(0);
    }
    match stream.write(pattern(sent, len - sent)) {
        Ok(n) => Ok(n),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
        Err(error) => Err(told(error)),
    }
}

/// RECEIVEs all that there is.
pub(crate) fn receive(
    live: &mut Live,
    from: Connection,
    text: &mut Checked,
) -> Result<(), Failure> {
    let mut room = [0; 16_384];
    loop {
        match live.receive(from, &mut room) {
            Outcome::Received(n) => text.take(&room[..n as usize])?,
            Outcome::Empty => return Ok(()),
            other => return Err(format!("RECEIVE gives {other:?}")),
        }
    }
}

/// Octets that are those of the pattern, each compared as it came.
#[derive(Default)]
pub(crate) struct Checked {
    pub(crate) len: usize,
}

impl Checked {
    pub(crate) fn take(&mut self, text: &[u8]) -> Result<(), Failure> {
        let differs = first_difference(Direction::ToPeer, (7, 7), self.len as u32, text);
        if let Some(at) = differs {
            return Err(format!("octet {} is another", self.len + at));
        }
        self.len += text.len();
        Ok(())
    }

    /// Takes what there is to be read, of something that never waits.
    pub(crate) fn take_all(&mut self, from: &mut impl Read) -> Result<(), Failure> {
        let mut room = [0; 16_384];
        loop {
            match from.read(&mut room) {
                Ok(0) => return Err("the stream ends too soon".into()),
                Ok(n) => self.take(&room[..n])?,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(told(error)),
            }
        }
    }

    /// Takes everything up to the end, of something that waits.
    pub(crate) fn take_to_the_end(&mut self, from: &mut impl Read) -> Result<(), Failure> {
        let mut room = [0; 65_536];
        loop {
            match from.read(&mut room).map_err(told)? {
                0 => return Ok(()),
                n => self.take(&room[..n])?,
            }
        }
    }
}

/// Writes so many octets to something that waits.
pub(crate) fn write_all(to: &mut impl Write, len: usize) -> Result<(), Failure> {
    let mut sent = 0;
    while sent < len {
        sent += write(to, sent, len)?;
    }
    Ok(())
}
