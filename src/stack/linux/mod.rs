//! The Linux kernel's own TCP: raw IP packets through a TUN device, calls by non-blocking sockets,
//! real time.
//!
//! Every instance has a network namespace of its own. Within it every scenario has addresses of
//! its own, so that what is left of one, in TIME-WAIT above all, is not met by the next; packets
//! are rewritten between those and the addresses that scenarios have. Writing a packet to the
//! device runs the kernel's receive path, so what it has to say at once can be read when the write
//! returns. Beside the reference adapter this is the one that knows a clock.

mod counters;
mod declared;
mod drops;
mod queue;
mod rewrite;
mod sockets;
mod space;
mod turns;

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use self::declared::declare;
use self::queue::Queue;
use self::rewrite::{Addresses, Host};
use self::sockets::{Remote, Use};
use self::space::Space;
use self::turns::Turn;
use super::{
    Broken, CallError, Config, Outbox, Outcome, Profile, Query, Reached, SOCKETS, SendFlag,
    Setting, Socket, Stack,
};
use crate::model::State;
use crate::time::{Instant, Micros};
use crate::tun::{Connection, Netlink};
use crate::wire::{Endpoint, Family, Flags};

/// What it is known to do against the standard, as the text of a file of known deviations.
pub const KNOWN: &str = include_str!("known.toml");

/// After so many scenarios the namespace is exchanged for a new one, before the connections that
/// linger in TIME-WAIT are more than the kernel keeps.
const SCENARIOS: u32 = 20_000;

/// What is granted to every instant, beside what was measured: timers of the kernel tick every
/// four milliseconds on most systems, every ten on some.
const TICK: Micros = Micros::millis(20);

/// The kernel delays nothing for less than 40 ms; what takes half as long was held up.
const HELD_UP: Micros = Micros::millis(20);

/// In a wait no longer than this nothing can come so late that it matters.
const SHORT: Micros = Micros::millis(2);

/// The numbers of the state of a handshake that no socket has yet.
const EMBRYO: [u8; 2] = [3, 12];

/// The first local port of a scenario, and how many there are.
const FIRST_PORT: u16 = 80;
const PORTS: usize = 4;

/// Whether this machine can run it.
///
/// # Errors
/// Says what is missing and how to get it.
pub fn available() -> Result<(), String> {
    static FOUND: OnceLock<Result<(), String>> = OnceLock::new();
    let find = || {
        // Only what this thread does and those that it starts is counted, so from the first.
        drops::watch();
        Space::new().map(drop)
    };
    FOUND.get_or_init(find).clone()
}

/// Which of the kernel's TCP counters have moved in the namespaces of this process that are no
/// more, once there was one; and for which reasons it has dropped something.
pub fn reached() -> Vec<Reached> {
    counters::reached()
        .into_iter()
        .chain([drops::reached()])
        .collect()
}

/// The kernel's series, such as `6.18`.
pub fn series() -> &'static str {
    static SERIES: LazyLock<String> = LazyLock::new(|| {
        let system = rustix::system::uname();
        let release = system.release().to_string_lossy();
        let mut parts = release.split('.');
        let mut part = || parts.next().unwrap_or_default();
        format!("{}.{}", part(), part())
    });
    &SERIES
}

/// The kernel's TCP.
pub struct Linux {
    config: Config,
    profile: Profile,
    inside: Option<Inside>,
    addresses: Addresses,
    run: u32,
    sockets: [Use; SOCKETS],
    /// The local port that each socket was opened on.
    ports: [u16; SOCKETS],
    /// Whom each local port last answered with a SYN,ACK.
    answered: [Option<Remote>; PORTS],
    begun: std::time::Instant,
    now: Instant,
    /// The longest that anything came later than it was due.
    late: Micros,
    /// So long after an input was its answer read that a timer may have fired in between.
    held_up: bool,
    packet: Vec<u8>,
    queue: Option<Queue>,
    turn: Option<Turn>,
}

/// What an instance has once it was reset for the first time.
struct Inside {
    space: Space,
    diag: Netlink,
    /// So many scenarios have run in it.
    used: u32,
}

impl Default for Linux {
    fn default() -> Linux {
        Linux::new()
    }
}

impl Linux {
    /// An instance, which makes its namespace when it is first reset.
    pub fn new() -> Linux {
        let config = Config::default();
        Linux {
            config,
            profile: declare(&config),
            inside: None,
            addresses: Addresses::new(Family::V4, 0),
            run: 0,
            sockets: Default::default(),
            ports: [0; SOCKETS],
            answered: [None; PORTS],
            begun: std::time::Instant::now(),
            now: Instant::START,
            late: Micros::ZERO,
            held_up: false,
            packet: vec![0; 65_536],
            queue: None,
            turn: None,
        }
    }

    fn inside(&mut self) -> Result<&mut Inside, Broken> {
        if self.inside.as_ref().is_some_and(|it| it.used >= SCENARIOS) {
            self.inside = None;
        }
        let inside = match self.inside.take() {
            Some(inside) => inside,
            None => {
                let space = Space::new().map_err(|why| Broken(why.into()))?;
                let diag = Netlink::diag().map_err(|error| broken("netlink", &error))?;
                Inside {
                    space,
                    diag,
                    used: 0,
                }
            }
        };
        Ok(self.inside.insert(inside))
    }

    /// The time since the scenario began.
    fn elapsed(&self) -> Instant {
        Instant(self.begun.elapsed().as_micros() as u64)
    }

    /// Takes in all that the kernel has sent.
    fn drain(&mut self, at: Instant, out: &mut Outbox) -> Result<(), Broken> {
        let Some(inside) = &self.inside else {
            return Ok(());
        };
        let mut device = inside.space.device(self.config.family);
        loop {
            let len = match device.read(&mut self.packet) {
                Ok(len) => len,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(broken("reading from the TUN device", &error)),
            };
            let packet = &mut self.packet[..len];
            let Some((host, tcp)) = self.addresses.outward(packet) else {
                continue;
            };
            if let [s0, s1, d0, d1, _, _, _, _, _, _, _, _, _, flags, ..] = packet[tcp] {
                let (from, to) = (u16::from_be_bytes([s0, s1]), u16::from_be_bytes([d0, d1]));
                let both = Flags::SYN | Flags::ACK;
                let place = usize::from(from.wrapping_sub(FIRST_PORT));
                if let (Some(answered), Some(host)) = (self.answered.get_mut(place), host)
                    && Flags::from_bits(flags.into()).contains(both)
                {
                    *answered = Some(Remote { host, port: to });
                }
            }
            out.push(at, packet)?;
        }
        Ok(())
    }

    /// Takes in what the kernel has sent in answer to an input.
    fn drain_now(&mut self, out: &mut Outbox) -> Result<(), Broken> {
        self.drain(self.now, out)?;
        self.held_up |= self.elapsed().since(self.now) > HELD_UP;
        Ok(())
    }

    /// Every socket that listens becomes the connection that has come about, if one has.
    fn accept(&mut self) {
        for (socket, port) in self.sockets.iter_mut().zip(self.ports) {
            let place = usize::from(port.wrapping_sub(FIRST_PORT));
            if let Some(remote) = self.answered.get(place).copied().flatten() {
                socket.accept(remote);
            }
        }
    }

    /// What the kernel knows of the connection of a socket, if there may be one.
    fn connection(&mut self, socket: Socket) -> Result<Option<Connection>, std::io::Error> {
        let index = usize::from(socket.0);
        let port = self.ports[index];
        let place = usize::from(port.wrapping_sub(FIRST_PORT));
        let answered = self.answered.get(place).copied().flatten();
        let remote = match &self.sockets[index] {
            Use::None => None,
            Use::Listening(_) => answered,
            Use::Connection { remote, .. } => Some(*remote),
        };
        let (Some(remote), Some(inside)) = (remote, &mut self.inside) else {
            return Ok(None);
        };
        let stack = self.addresses.of(Host::Stack);
        let peer = self.addresses.of(remote.host);
        let found = inside.diag.connection((stack, port), (peer, remote.port))?;
        // Another socket may have the four-tuple by now, and so may an embryo of another listener.
        let own = self.sockets[index].inode();
        let listens = self.listens(socket);
        Ok(found.filter(|found| match found.inode {
            0 => listens || !EMBRYO.contains(&found.state),
            inode => Some(u64::from(inode)) == own,
        }))
    }

    /// The state of the connection of a socket, as the kernel has it.
    fn state(&mut self, socket: Socket) -> Option<State> {
        let listening = self.listens(socket);
        let found = self.connection(socket).ok()?;
        Some(match found.map(|connection| connection.state) {
            // The listener itself answers for what it knows nothing of.
            None | Some(10) if listening => State::Listen,
            None | Some(7 | 10 | 13) => State::Closed,
            Some(1) => State::Established,
            Some(2) => State::SynSent,
            Some(3 | 12) => State::SynReceived,
            Some(4) => State::FinWait1,
            Some(5) => State::FinWait2,
            Some(6) => State::TimeWait,
            Some(8) => State::CloseWait,
            Some(9) => State::LastAck,
            Some(11) => State::Closing,
            Some(_) => return None,
        })
    }

    /// Whether a socket can be opened; the refusal when it cannot.
    fn refusal(&mut self, socket: Socket, actively: bool) -> Option<Outcome> {
        match self.state(socket) {
            Some(State::Closed) => None,
            // There is no call that makes a listening socket an active one.
            Some(State::Listen | State::SynReceived) if actively && self.listens(socket) => {
                Some(Outcome::Unsupported)
            }
            Some(_) => Some(Outcome::Failed(CallError::AlreadyExists)),
            None => Some(Outcome::Unsupported),
        }
    }

    fn listens(&self, socket: Socket) -> bool {
        matches!(self.sockets[usize::from(socket.0)], Use::Listening(_))
    }

    /// Whether the connection of a socket has begun and was not accepted yet: then there is no
    /// call that would reach it.
    fn is_embryonic(&mut self, socket: Socket) -> bool {
        self.listens(socket) && self.state(socket) == Some(State::SynReceived)
    }

    /// Opens a socket on a local port.
    fn open(
        &mut self,
        socket: Socket,
        port: u16,
        how: impl FnOnce(std::os::fd::OwnedFd) -> Result<Use, rustix::io::Errno>,
    ) -> Outcome {
        let index = usize::from(socket.0);
        let stack = self.addresses.of(Host::Stack);
        let entered = self.inside.as_ref().map(|inside| inside.space.enter());
        if !matches!(entered, Some(Ok(()))) {
            return Outcome::Failed(CallError::NoResources);
        }
        match sockets::bound(&self.config, stack, port).and_then(how) {
            Ok(opened) => {
                self.sockets[index].end();
                self.sockets[index] = opened;
                self.ports[index] = port;
                Outcome::Done
            }
            Err(error) => Outcome::Failed(sockets::call_error(error)),
        }
    }
}

impl Stack for Linux {
    fn name(&self) -> &'static str {
        "linux"
    }

    fn reset(&mut self, config: &Config, _: u64) -> Result<(), Broken> {
        self.turn = None;
        // It may take the kernel long to make a namespace: that is nobody's turn.
        self.inside()?;
        self.turn = Some(Turn::begin());
        for socket in &mut self.sockets {
            socket.end();
        }
        self.run = (self.run + 1) % rewrite::RUNS;
        let run = self.run;
        let inside = self.inside()?;
        inside.used += 1;
        let set = inside
            .space
            .offer_timestamps(config.timestamps)
            .and_then(|()| inside.space.set_mtu(config.family, config.mtu));
        set.map_err(|error| broken("configuring the namespace", &error))?;
        self.addresses = Addresses::new(config.family, run);
        self.answered = [None; PORTS];
        if self.config != *config {
            self.config = *config;
            self.profile = declare(config);
        }
        self.late = Micros::ZERO;
        self.held_up = false;
        self.profile.slack = TICK;
        // What earlier scenarios have left behind.
        let mut left = Outbox::default();
        self.drain(Instant::START, &mut left)?;
        self.begun = std::time::Instant::now();
        self.now = Instant::START;
        Ok(())
    }

    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn clock(&mut self) -> Option<Instant> {
        self.now = self.elapsed().max(self.now);
        Some(self.now)
    }

    fn deliver(&mut self, packet: &[u8], out: &mut Outbox) -> Result<(), Broken> {
        let Some(inside) = &self.inside else {
            return Ok(());
        };
        let Some(room) = self.packet.get_mut(..packet.len()) else {
            return Ok(());
        };
        room.copy_from_slice(packet);
        self.addresses.inward(room);
        let mut device = inside.space.device(self.config.family);
        // What is no IP packet the device refuses, as any would.
        match device.write(room) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::InvalidInput => {}
            Err(error) => return Err(broken("writing to the TUN device", &error)),
        }
        self.drain_now(out)?;
        self.accept();
        Ok(())
    }

    fn advance(&mut self, to: Instant, out: &mut Outbox) -> Result<(), Broken> {
        self.drain_now(out)?;
        while self.now < to {
            self.sleep(to, out)?;
        }
        Ok(())
    }

    fn was_held_up(&self) -> bool {
        self.held_up
    }

    fn rest(&mut self) {
        for socket in &mut self.sockets {
            socket.end();
        }
        self.turn = None;
    }

    fn next_timer(&mut self) -> Option<Instant> {
        let sockets = (0..SOCKETS as u8).map(Socket);
        let timers = sockets.filter_map(|socket| self.connection(socket).ok()??.timer);
        let soonest = timers.min()?;
        // The kernel's wheel lets a timer fire up to an eighth of its time later.
        Some(self.now + soonest + Micros(soonest.0 / 8) + TICK)
    }

    fn listen(&mut self, socket: Socket, port: u16, remote: Option<Endpoint>) -> Outcome {
        if remote.is_some() {
            return Outcome::Unsupported;
        }
        if let Some(refusal) = self.refusal(socket, false) {
            return refusal;
        }
        let outcome = self.open(socket, port, Use::listening);
        let place = usize::from(port.wrapping_sub(FIRST_PORT));
        if outcome == Outcome::Done
            && let Some(answered) = self.answered.get_mut(place)
        {
            *answered = None;
        }
        outcome
    }

    fn connect(&mut self, socket: Socket, port: u16, remote: Endpoint) -> Outcome {
        if let Some(refusal) = self.refusal(socket, true) {
            return refusal;
        }
        let host = Host::Peer;
        // A group is what it is in every run.
        let addr = match remote.addr == self.config.family.peer() {
            true => self.addresses.of(host),
            false => remote.addr,
        };
        let to = SocketAddr::new(addr, remote.port);
        let remote = Remote {
            host,
            port: remote.port,
        };
        self.open(socket, port, |socket| Use::connecting(socket, to, remote))
    }

    fn send(&mut self, socket: Socket, octets: &[u8]) -> Outcome {
        // There is no call that makes a listening socket an active one.
        if self.listens(socket) {
            return Outcome::Unsupported;
        }
        self.sockets[usize::from(socket.0)].send(octets)
    }

    fn send_flagged(&mut self, socket: Socket, octets: &[u8], flag: SendFlag) -> Outcome {
        match flag {
            // Every send is pushed, and what is not to be says so.
            SendFlag::Push => Outcome::Unsupported,
            SendFlag::Urgent if self.listens(socket) => Outcome::Unsupported,
            SendFlag::Urgent => self.sockets[usize::from(socket.0)].send_urgent(octets),
        }
    }

    fn receive(&mut self, socket: Socket, buffer: &mut [u8]) -> Outcome {
        self.sockets[usize::from(socket.0)].receive(buffer)
    }

    fn close(&mut self, socket: Socket) -> Outcome {
        if self.is_embryonic(socket) {
            return Outcome::Unsupported;
        }
        self.sockets[usize::from(socket.0)].close()
    }

    fn abort(&mut self, socket: Socket) -> Outcome {
        if self.is_embryonic(socket) || self.state(socket) == Some(State::TimeWait) {
            return Outcome::Unsupported;
        }
        self.sockets[usize::from(socket.0)].end();
        Outcome::Done
    }

    fn status(&mut self, socket: Socket) -> Outcome {
        self.state(socket)
            .map_or(Outcome::Unsupported, Outcome::Status)
    }

    fn ask(&mut self, socket: Socket, query: Query) -> Outcome {
        match query {
            Query::Reports => {
                let lives = self.state(socket) != Some(State::Closed);
                self.sockets[usize::from(socket.0)].reports(lives)
            }
            Query::Urgent | Query::Dscp => Outcome::Unsupported,
        }
    }

    fn set(&mut self, socket: Socket, setting: Setting) -> Outcome {
        match setting {
            // Of a handshake that a listener has there is no socket yet.
            Setting::Dscp(_) if self.is_embryonic(socket) => Outcome::Unsupported,
            Setting::Dscp(dscp) => {
                self.sockets[usize::from(socket.0)].set_dscp(self.config.family, dscp)
            }
            Setting::Reports(_) => Outcome::Unsupported,
        }
    }

    fn remote(&mut self, socket: Socket) -> Option<Endpoint> {
        match &self.sockets[usize::from(socket.0)] {
            Use::Connection { remote, .. } => Some(Endpoint {
                addr: remote.host.in_scenario(self.config.family),
                port: remote.port,
            }),
            Use::None | Use::Listening(_) => None,
        }
    }
}

impl Linux {
    /// Waits until an instant, or for the first that the kernel sends, and takes that in.
    fn sleep(&mut self, to: Instant, out: &mut Outbox) -> Result<(), Broken> {
        let Some(inside) = &self.inside else {
            self.now = to;
            return Ok(());
        };
        let device = inside.space.device(self.config.family);
        let wait = to.since(self.elapsed());
        let queue = (wait > SHORT).then(|| self.queue.get_or_insert_with(Queue::of_this_thread));
        let queued = queue.map(|queue| queue.waited());
        let wait = Duration::from_micros(wait.0);
        let wait = Timespec {
            tv_sec: wait.as_secs() as i64,
            tv_nsec: wait.subsec_nanos().into(),
        };
        let mut readable = [PollFd::new(device, PollFlags::IN)];
        self.turn = None;
        match poll(&mut readable, Some(&wait)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(broken("waiting for the TUN device", &error.into())),
        }
        let woken = self.elapsed().max(self.now);
        self.turn = Some(Turn::resume());
        self.now = woken;
        self.note_lateness(woken.since(to));
        if let (Some(before), Some(queue)) = (queued, &self.queue) {
            self.note_lateness(Micros(queue.waited().0.saturating_sub(before.0)));
        }
        self.drain(woken, out)?;
        // What has come meanwhile was read so much too early.
        self.note_lateness(self.elapsed().since(woken));
        Ok(())
    }

    fn note_lateness(&mut self, late: Micros) {
        if late > self.late {
            self.late = late;
            self.profile.slack = TICK + late.times(2);
        }
    }
}

fn broken(what: &str, error: &std::io::Error) -> Broken {
    Broken(format!("the adapter failed: {what}: {error}").into())
}
