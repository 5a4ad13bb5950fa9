//! The sockets of a scenario, as a program uses them that never waits.
//!
//! A socket of a scenario stands for one connection. One that listens becomes the connection that
//! it accepts, and listens no more; until then a second connection finds its backlog full. What a
//! program is told of an error it is told once, so it is kept here.

use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, Shutdown, SocketFlags, SocketType, accept_with, bind,
    connect, listen, recv, send, shutdown, socket_with, sockopt,
};

use super::rewrite::Host;
use crate::stack::{CallError, Config, CongestionControl, Outcome, Reports};
use crate::time::Micros;
use crate::wire::Family;

/// The other end of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Remote {
    pub(super) host: Host,
    pub(super) port: u16,
}

/// What a socket of a scenario is at present.
#[derive(Default)]
pub(super) enum Use {
    /// Nothing: it was never opened, or is closed.
    #[default]
    None,
    /// It listens.
    Listening(OwnedFd),
    /// A connection, or what is left of one.
    Connection {
        socket: OwnedFd,
        remote: Remote,
        /// What the program was told when the connection failed.
        failed: Option<CallError>,
    },
}

/// Which error a call gave.
pub(super) fn call_error(error: Errno) -> CallError {
    match error {
        Errno::CONNRESET => CallError::Reset,
        Errno::CONNREFUSED => CallError::Refused,
        Errno::TIMEDOUT => CallError::TimedOut,
        Errno::PIPE | Errno::SHUTDOWN => CallError::Closing,
        Errno::HOSTUNREACH
        | Errno::NETUNREACH
        | Errno::HOSTDOWN
        | Errno::NETDOWN
        | Errno::NONET
        | Errno::NOPROTOOPT
        | Errno::OPNOTSUPP
        | Errno::PROTO
        | Errno::MSGSIZE
        | Errno::ACCESS => CallError::Unreachable,
        Errno::ISCONN | Errno::ALREADY | Errno::ADDRINUSE | Errno::ADDRNOTAVAIL => {
            CallError::AlreadyExists
        }
        Errno::NOBUFS | Errno::NOMEM | Errno::MFILE | Errno::NFILE => CallError::NoResources,
        Errno::INVAL => CallError::InvalidArgument,
        _ => CallError::NoConnection,
    }
}

/// A socket that is bound, with all that is asked for.
pub(super) fn bound(config: &Config, addr: IpAddr, port: u16) -> Result<OwnedFd, Errno> {
    let family = match config.family {
        Family::V4 => AddressFamily::INET,
        Family::V6 => AddressFamily::INET6,
    };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(family, SocketType::STREAM, flags, None)?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    let (receive, send) = (config.receive_buffer as usize, config.send_buffer as usize);
    sockopt::set_socket_recv_buffer_size_force(&socket, receive)
        .or_else(|_| sockopt::set_socket_recv_buffer_size(&socket, receive))?;
    sockopt::set_socket_send_buffer_size_force(&socket, send)
        .or_else(|_| sockopt::set_socket_send_buffer_size(&socket, send))?;
    if !config.nagle {
        sockopt::set_tcp_nodelay(&socket, true)?;
    }
    if let Some(interval) = keep_alive(config) {
        let interval = Duration::from_micros(interval.0);
        sockopt::set_tcp_keepidle(&socket, interval)?;
        sockopt::set_tcp_keepintvl(&socket, interval)?;
        sockopt::set_socket_keepalive(&socket, true)?;
    }
    set_service(&socket, config)?;
    if let Some(timeout) = user_timeout(config) {
        sockopt::set_tcp_user_timeout(&socket, (timeout.0 / 1_000) as u32)?;
    }
    // Urgent octets are octets of the stream.
    sockopt::set_socket_oobinline(&socket, true)?;
    if let Some(congestion) = congestion(config) {
        sockopt::set_tcp_congestion(&socket, congestion)?;
    }
    bind(&socket, &SocketAddr::new(addr, port))?;
    Ok(socket)
}

/// Time to live and codepoint, as far as they are asked for.
fn set_service(socket: &OwnedFd, config: &Config) -> Result<(), Errno> {
    if let Some(ttl) = config.ttl {
        match config.family {
            Family::V4 => sockopt::set_ip_ttl(socket, ttl.into())?,
            Family::V6 => sockopt::set_ipv6_unicast_hops(socket, Some(ttl))?,
        }
    }
    match config.dscp {
        Some(dscp) => set_dscp(socket, config.family, dscp),
        None => Ok(()),
    }
}

/// The codepoint is the upper six bits of an octet whose others are those of ECN.
pub(super) fn set_dscp(socket: impl AsFd, family: Family, dscp: u8) -> Result<(), Errno> {
    match family {
        Family::V4 => sockopt::set_ip_tos(socket, dscp << 2),
        Family::V6 => sockopt::set_ipv6_tclass(socket, (dscp << 2).into()),
    }
}

/// The keep-alive interval that a socket gets: whole seconds, up to 32767.
pub(super) fn keep_alive(config: &Config) -> Option<Micros> {
    let seconds = |span: Micros| span.0.div_ceil(1_000_000).clamp(1, 32_767);
    config
        .keep_alive
        .asked()
        .map(|span| Micros::secs(seconds(span)))
}

/// The user timeout that a socket gets: whole milliseconds.
pub(super) fn user_timeout(config: &Config) -> Option<Micros> {
    let millis = |span: Micros| span.0.div_ceil(1_000).clamp(1, i32::MAX as u64);
    config.user_timeout.map(|span| Micros::millis(millis(span)))
}

/// The congestion control that a socket asks for: there is no none, and Reno is what the namespace
/// has.
fn congestion(config: &Config) -> Option<&'static str> {
    match config.congestion {
        CongestionControl::None | CongestionControl::Reno => None,
        CongestionControl::Cubic => Some("cubic"),
    }
}

/// Closes a socket so that nothing is left of it: with a reset, where one is called for.
pub(super) fn abort(socket: OwnedFd) {
    // Where it fails the socket is closed all the same.
    let _ = sockopt::set_socket_linger(&socket, Some(Duration::ZERO));
}

impl Use {
    /// Listens.
    pub(super) fn listening(socket: OwnedFd) -> Result<Use, Errno> {
        // One connection may be under way, and then no second.
        listen(&socket, 0)?;
        Ok(Use::Listening(socket))
    }

    /// Connects to an address, which is that of `remote`.
    pub(super) fn connecting(
        socket: OwnedFd,
        to: SocketAddr,
        remote: Remote,
    ) -> Result<Use, Errno> {
        match connect(&socket, &to) {
            Ok(()) | Err(Errno::INPROGRESS) => Ok(Use::Connection {
                socket,
                remote,
                failed: None,
            }),
            Err(error) => Err(error),
        }
    }

    /// Becomes the connection that is waiting to be accepted, if one is.
    pub(super) fn accept(&mut self, remote: Remote) {
        let Use::Listening(listener) = self else {
            return;
        };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        if let Ok(socket) = accept_with(listener, flags) {
            *self = Use::Connection {
                socket,
                remote,
                failed: None,
            };
        }
    }

    /// The number by which the kernel knows the socket.
    pub(super) fn inode(&self) -> Option<u64> {
        let (Use::Listening(socket) | Use::Connection { socket, .. }) = self else {
            return None;
        };
        rustix::fs::fstat(socket).ok().map(|stat| stat.st_ino)
    }

    /// Ends whatever it is.
    pub(super) fn end(&mut self) {
        match std::mem::take(self) {
            Use::None => {}
            Use::Listening(socket) | Use::Connection { socket, .. } => abort(socket),
        }
    }

    /// Sets the codepoint of what is sent.
    pub(super) fn set_dscp(&self, family: Family, dscp: u8) -> Outcome {
        let (Use::Listening(socket) | Use::Connection { socket, .. }) = self else {
            return Outcome::Failed(CallError::NoConnection);
        };
        match set_dscp(socket, family, dscp) {
            Ok(()) => Outcome::Done,
            Err(error) => Outcome::Failed(call_error(error)),
        }
    }

    pub(super) fn send(&mut self, octets: &[u8]) -> Outcome {
        self.send_with(octets, SendFlags::empty())
    }

    /// The last octet is urgent, and with it all before it that was not read: the kernel keeps one mark.
    pub(super) fn send_urgent(&mut self, octets: &[u8]) -> Outcome {
        self.send_with(octets, SendFlags::OOB)
    }

    fn send_with(&mut self, octets: &[u8], flags: SendFlags) -> Outcome {
        let Use::Connection { socket, failed, .. } = self else {
            return Outcome::Failed(CallError::NoConnection);
        };
        if let Some(error) = *failed {
            return Outcome::Failed(error);
        }
        let flags = flags | SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        match send(&*socket, octets, flags) {
            Ok(len) => Outcome::Sent(len as u32),
            Err(Errno::AGAIN) => Outcome::Sent(0),
            Err(error) => fails(failed, error),
        }
    }

    pub(super) fn receive(&mut self, buffer: &mut [u8]) -> Outcome {
        let Use::Connection { socket, failed, .. } = self else {
            return Outcome::Failed(CallError::NoConnection);
        };
        if let Some(error) = *failed {
            return Outcome::Failed(error);
        }
        match recv(&*socket, buffer, RecvFlags::DONTWAIT) {
            Ok((_, 0)) => Outcome::EndOfStream,
            Ok((_, len)) => Outcome::Received(len as u32),
            Err(Errno::AGAIN) => Outcome::Empty,
            Err(error) => fails(failed, error),
        }
    }

    /// What the kernel keeps of ICMP errors that have ended nothing. Asking is what clears it; it
    /// would take with it the error of a connection that is over, which is left to other calls.
    pub(super) fn reports(&mut self, lives: bool) -> Outcome {
        let Use::Connection { socket, failed, .. } = self else {
            return Outcome::Failed(CallError::NoConnection);
        };
        if !lives || failed.is_some() {
            return Outcome::Reports(Reports::NONE);
        }
        match sockopt::socket_error(&*socket) {
            Ok(Ok(())) => Outcome::Reports(Reports::NONE),
            Ok(Err(error)) => match call_error(error) {
                // A port that is not there refuses nothing any more: the connection lives.
                CallError::Unreachable | CallError::Refused => Outcome::Reports(Reports::ICMP),
                // It has ended in this moment.
                _ => fails(failed, error),
            },
            Err(error) => Outcome::Failed(call_error(error)),
        }
    }

    pub(super) fn close(&mut self) -> Outcome {
        match self {
            Use::None => Outcome::Failed(CallError::NoConnection),
            Use::Listening(_) => {
                self.end();
                Outcome::Done
            }
            Use::Connection { socket, failed, .. } => match shutdown(&*socket, Shutdown::Write) {
                Ok(()) => Outcome::Done,
                Err(error) => Outcome::Failed(failed.unwrap_or(call_error(error))),
            },
        }
    }
}

/// A call has failed: what ends the connection is remembered.
fn fails(failed: &mut Option<CallError>, error: Errno) -> Outcome {
    let told = call_error(error);
    if matches!(
        told,
        CallError::Reset | CallError::Refused | CallError::TimedOut | CallError::Unreachable
    ) {
        *failed = Some(told);
    }
    Outcome::Failed(told)
}
