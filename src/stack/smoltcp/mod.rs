//! The smoltcp adapter: raw IP packets in and out, virtual time, a fresh interface and fresh
//! sockets for every scenario.
//!
//! A socket is made when a scenario first names it and lives until the next reset, as a program
//! on smoltcp would use it again and again; so what smoltcp carries over from one connection of a
//! socket to the next is seen. This adapter knows the interface of smoltcp and no RFC.

mod clock;
mod link;

use std::borrow::Cow;

use smoltcp::iface::{Interface, PollResult, SocketHandle, SocketSet};
use smoltcp::socket::tcp;
use smoltcp::wire::{HardwareAddress, IpCidr};

use self::link::Link;
use super::{
    AckRange, Admission, Broken, CallError, Config, CongestionControl, HardErrors, Outbox, Outcome,
    Profile, RstRule, SOCKETS, Socket, Stack,
};
use crate::model::State;
use crate::time::{Instant, Micros};
use crate::wire::{Endpoint, Family};

/// What smoltcp's clock shows when a scenario begins. smoltcp uses the instant 0 for "long ago",
/// so a clock that starts there would be a machine in the very moment of its boot.
const EPOCH: Micros = Micros::secs(24 * 3_600);

/// After so many rounds at one instant in which smoltcp asks to be polled again and then sends
/// nothing, it is held to do so forever. Some rounds are rightly without a packet: the end of
/// TIME-WAIT is one.
const FRUITLESS: u32 = 8;

/// The shortest keep-alive interval that is passed on. With none at all smoltcp would send
/// keep-alives without end at one instant, as it was told to.
const MIN_KEEP_ALIVE: Micros = Micros::millis(1);

/// The largest buffer that smoltcp accepts.
const MAX_BUFFER: u32 = 1 << 30;

/// What it is known to do against the standard, as the text of a file of known deviations.
pub const KNOWN: &str = include_str!("known.toml");

/// smoltcp 0.14.0.
pub struct Smoltcp {
    config: Config,
    profile: Profile,
    interface: Interface,
    sockets: SocketSet<'static>,
    handles: [Option<SocketHandle>; SOCKETS],
    /// What the clock of the timestamps option showed when the scenario began.
    tsval_origin: u32,
    now: Instant,
}

impl Smoltcp {
    /// An instance with the default configuration.
    pub fn new() -> Smoltcp {
        let config = Config::default();
        Smoltcp {
            config,
            profile: declare(&config),
            interface: interface(&config, 0),
            sockets: SocketSet::new(Vec::with_capacity(SOCKETS)),
            handles: [None; SOCKETS],
            tsval_origin: 0,
            now: Instant::START,
        }
    }

    /// The handle of a socket, which is made if the scenario did not use it before.
    fn handle(&mut self, socket: Socket) -> SocketHandle {
        let last = usize::from(socket.0).min(SOCKETS - 1);
        // In order, so that of several listeners on one port the first socket is asked first.
        for handle in &mut self.handles[..last] {
            handle.get_or_insert_with(|| self.sockets.add(make_socket(&self.config)));
        }
        *self.handles[last].get_or_insert_with(|| self.sockets.add(make_socket(&self.config)))
    }

    /// A socket, which is made if the scenario did not use it before.
    fn socket(&mut self, socket: Socket) -> &mut tcp::Socket<'static> {
        let handle = self.handle(socket);
        self.sockets.get_mut(handle)
    }

    /// After a successful OPEN: smoltcp drops the timestamps clock of a socket for good when a
    /// peer does not offer timestamps.
    fn offer_timestamps(&mut self, socket: Socket) {
        let clock = self
            .config
            .timestamps
            .then_some(clock::tsval as fn() -> u32);
        self.socket(socket).set_tsval_generator(clock);
    }

    /// Lets smoltcp do all that is due at the present instant; gives the instant, later than
    /// now, at which it asks to be polled again.
    fn settle(&mut self, out: &mut Outbox) -> Result<Option<Instant>, Broken> {
        clock::set(self.tsval_origin, self.now);
        let mut link = Link::new(self.config.mtu, self.now, out);
        for _ in 0..FRUITLESS {
            while let PollResult::SocketStateChanged =
                self.interface
                    .poll_egress(outside(self.now), &mut link, &mut self.sockets)
            {}
            if let Some(broken) = link.broken {
                return Err(broken);
            }
            let next = self.next_poll();
            if next.is_none_or(|at| at > self.now) {
                return Ok(next);
            }
        }
        Err(Broken(
            "asks to be polled at once, and when it is polled does nothing, without end".into(),
        ))
    }

    /// When smoltcp asks to be polled next; the present instant when it is due now.
    fn next_poll(&mut self) -> Option<Instant> {
        let at = self
            .interface
            .poll_at(outside(self.now), &self.sockets)?
            .total_micros();
        let at = Instant((at.max(0) as u64).saturating_sub(EPOCH.0));
        Some(at.max(self.now))
    }
}

impl Default for Smoltcp {
    fn default() -> Smoltcp {
        Smoltcp::new()
    }
}

impl Stack for Smoltcp {
    fn name(&self) -> &'static str {
        "smoltcp"
    }

    fn reset(&mut self, config: &Config, seed: u64) -> Result<(), Broken> {
        check(config)?;
        for handle in &mut self.handles {
            if let Some(handle) = handle.take() {
                self.sockets.remove(handle);
            }
        }
        self.now = Instant::START;
        self.tsval_origin = (seed >> 32) as u32 ^ seed as u32;
        self.interface = interface(config, seed);
        if self.config != *config {
            self.config = *config;
            self.profile = declare(config);
        }
        Ok(())
    }

    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn deliver(&mut self, packet: &[u8], out: &mut Outbox) -> Result<(), Broken> {
        if discarded_by_device(packet) {
            return Ok(());
        }
        clock::set(self.tsval_origin, self.now);
        let mut link = Link::new(self.config.mtu, self.now, out);
        link.inbound = Some(packet);
        self.interface
            .poll_ingress_single(outside(self.now), &mut link, &mut self.sockets);
        link.broken.map_or(Ok(()), Err)
    }

    fn advance(&mut self, to: Instant, out: &mut Outbox) -> Result<(), Broken> {
        let mut next = self.settle(out)?;
        while let Some(at) = next.filter(|at| *at <= to) {
            self.now = at;
            next = self.settle(out)?;
        }
        self.now = to.max(self.now);
        Ok(())
    }

    fn next_timer(&mut self) -> Option<Instant> {
        self.next_poll()
    }

    fn listen(&mut self, socket: Socket, port: u16, remote: Option<Endpoint>) -> Outcome {
        if remote.is_some() {
            return Outcome::Unsupported;
        }
        match self.socket(socket).listen(port) {
            Ok(()) => {
                self.offer_timestamps(socket);
                Outcome::Done
            }
            Err(tcp::ListenError::InvalidState) => Outcome::Failed(CallError::AlreadyExists),
            Err(tcp::ListenError::Unaddressable) => Outcome::Failed(CallError::InvalidArgument),
        }
    }

    fn connect(&mut self, socket: Socket, port: u16, remote: Endpoint) -> Outcome {
        let handle = self.handle(socket);
        let open: &mut tcp::Socket<'static> = self.sockets.get_mut(handle);
        let listening = open.is_listening();
        match open.connect(self.interface.context(), (remote.addr, remote.port), port) {
            Ok(()) => {
                self.offer_timestamps(socket);
                Outcome::Done
            }
            // There is no call that makes a listening socket an active one.
            Err(tcp::ConnectError::InvalidState) if listening => Outcome::Unsupported,
            Err(tcp::ConnectError::InvalidState) => Outcome::Failed(CallError::AlreadyExists),
            Err(tcp::ConnectError::Unaddressable) => Outcome::Failed(CallError::InvalidArgument),
        }
    }

    fn send(&mut self, socket: Socket, octets: &[u8]) -> Outcome {
        let socket = self.socket(socket);
        match socket.send_slice(octets) {
            Ok(len) => Outcome::Sent(len as u32),
            // There is no call that makes a listening socket an active one.
            Err(tcp::SendError::InvalidState) if socket.is_listening() => Outcome::Unsupported,
            Err(tcp::SendError::InvalidState) => Outcome::Failed(CallError::NoConnection),
        }
    }

    fn receive(&mut self, socket: Socket, buffer: &mut [u8]) -> Outcome {
        match self.socket(socket).recv_slice(buffer) {
            Ok(0) => Outcome::Empty,
            Ok(len) => Outcome::Received(len as u32),
            Err(tcp::RecvError::Finished) => Outcome::EndOfStream,
            Err(tcp::RecvError::InvalidState) => Outcome::Failed(CallError::NoConnection),
        }
    }

    fn close(&mut self, socket: Socket) -> Outcome {
        self.socket(socket).close();
        Outcome::Done
    }

    fn abort(&mut self, socket: Socket) -> Outcome {
        self.socket(socket).abort();
        Outcome::Done
    }

    fn status(&mut self, socket: Socket) -> Outcome {
        Outcome::Status(match self.socket(socket).state() {
            tcp::State::Closed => State::Closed,
            tcp::State::Listen => State::Listen,
            tcp::State::SynSent => State::SynSent,
            tcp::State::SynReceived => State::SynReceived,
            tcp::State::Established => State::Established,
            tcp::State::FinWait1 => State::FinWait1,
            tcp::State::FinWait2 => State::FinWait2,
            tcp::State::CloseWait => State::CloseWait,
            tcp::State::Closing => State::Closing,
            tcp::State::LastAck => State::LastAck,
            tcp::State::TimeWait => State::TimeWait,
        })
    }

    fn remote(&mut self, socket: Socket) -> Option<Endpoint> {
        let remote = self.socket(socket).remote_endpoint()?;
        Some(Endpoint {
            addr: remote.addr.into(),
            port: remote.port,
        })
    }
}

/// What smoltcp's own clock shows at an instant.
fn outside(at: Instant) -> smoltcp::time::Instant {
    smoltcp::time::Instant::from_micros_const((at + EPOCH).0 as i64)
}

/// A span as smoltcp writes it, short enough that its arithmetic on instants holds.
fn span(micros: Micros) -> smoltcp::time::Duration {
    smoltcp::time::Duration::from_micros(micros.min(Micros::FOREVER).0)
}

/// The keep-alive interval that a socket gets.
fn keep_alive(config: &Config) -> Option<Micros> {
    config
        .keep_alive
        .asked()
        .map(|span| span.max(MIN_KEEP_ALIVE))
}

/// An interface with the stack's address and nothing else.
fn interface(config: &Config, seed: u64) -> Interface {
    let mut settings = smoltcp::iface::Config::new(HardwareAddress::Ip);
    settings.random_seed = seed;
    let mut unused = Outbox::default();
    let mut link = Link::new(config.mtu, Instant::START, &mut unused);
    let mut interface = Interface::new(settings, &mut link, outside(Instant::START));
    // The peer, and every other host on the network, is reached without a router.
    let prefix_len = match config.family {
        Family::V4 => 24,
        Family::V6 => 64,
    };
    interface.update_ip_addrs(|addrs| {
        // There is room for two.
        let _ = addrs.push(IpCidr::new(config.family.stack().into(), prefix_len));
    });
    interface
}

/// A closed socket with the options that are asked for.
fn make_socket(config: &Config) -> tcp::Socket<'static> {
    let buffer = |len: u32| tcp::SocketBuffer::new(vec![0; len as usize]);
    let mut socket = tcp::Socket::new(buffer(config.receive_buffer), buffer(config.send_buffer));
    socket.set_nagle_enabled(config.nagle);
    socket.set_ack_delay((config.ack_delay > Micros::ZERO).then(|| span(config.ack_delay)));
    socket.set_keep_alive(keep_alive(config).map(span));
    socket.set_hop_limit(config.ttl);
    socket.set_timeout(config.user_timeout.map(span));
    socket.set_congestion_control(match config.congestion {
        CongestionControl::None => tcp::CongestionControl::None,
        CongestionControl::Reno => tcp::CongestionControl::Reno,
        CongestionControl::Cubic => tcp::CongestionControl::Cubic,
    });
    socket
}

/// Whether smoltcp can be configured so.
fn check(config: &Config) -> Result<(), Broken> {
    let least = match config.family {
        Family::V4 => 576,
        Family::V6 => 1_280,
    };
    if config.mtu < least {
        let mtu = config.mtu;
        return Err(Broken(
            format!("cannot be configured with an MTU of {mtu} octets; ask for at least {least}")
                .into(),
        ));
    }
    for buffer in [config.receive_buffer, config.send_buffer] {
        if !(1..=MAX_BUFFER).contains(&buffer) {
            return Err(Broken(format!(
                "cannot be configured with a buffer of {buffer} octets; ask for 1 to {MAX_BUFFER}"
            ).into()));
        }
    }
    Ok(())
}

/// Whether the link drops a packet before smoltcp sees it. Built for fuzzing, smoltcp believes
/// every TCP checksum, so the device verifies it instead, as one with checksum offload does.
#[allow(unexpected_cfgs)]
fn discarded_by_device(packet: &[u8]) -> bool {
    cfg!(fuzzing) && crate::wire::parse(packet).is_ok_and(|parsed| parsed.damaged.is_some())
}

/// What smoltcp, so configured, declares about itself; each figure as its source has it.
fn declare(config: &Config) -> Profile {
    // Bits of the capacity beyond the sixteen of the window field.
    let shift = (u32::BITS - config.receive_buffer.leading_zeros()).saturating_sub(16);
    Profile {
        name: Cow::Borrowed("smoltcp 0.14.0"),
        family: config.family,
        mtu: config.mtu,
        rst: RstRule::Rfc793,
        syn: RstRule::Rfc5961,
        ack_range: AckRange::Undeclared,
        window_scale: Some(shift as u8),
        timestamps: config.timestamps,
        paws: false,
        predicts_headers: false,
        sack: true,
        ecn: false,
        listener_resets: false,
        uses_old: false,
        holds_out_of_order: true,
        mss_floor: 48,
        receive_buffer: config.receive_buffer,
        window_is_free_buffer: true,
        reads_while_closing: true,
        send_buffer: config.send_buffer,
        msl: Micros::secs(5),
        rto_initial: Micros::secs(1),
        rto_min: Micros::secs(1),
        rto_max: Micros::secs(60),
        acks_may_lag: false,
        ack_delay: config.ack_delay,
        keep_alive: keep_alive(config),
        keep_alive_default: false,
        ttl: config.ttl,
        dscp: None,
        reports_urgent: false,
        user_timeout: config.user_timeout,
        syn_timeout: None,
        fin_wait_2_timeout: None,
        orphan_timeout: None,
        nagle: config.nagle,
        congestion: config.congestion,
        recovers_by_sack: false,
        challenge_quiet: Micros::secs(1),
        reset_quiet: Micros::ZERO,
        half_duplex_close: false,
        lingers_after_reset: false,
        admission: Admission::Every,
        text_on_syn: false,
        hard_errors: HardErrors::Ignored,
        icmp_in_flight: false,
        counts_retransmissions: false,
        slack: Micros::ZERO,
    }
}
