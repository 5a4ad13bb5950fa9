//! The reference stack for one version of IP, with listeners that go on listening.
//!
//! A socket of the stack that listens becomes the connection that comes about, as in RFC 9293; so
//! another one listens in its place.

use std::hash::{BuildHasher, Hasher, RandomState};

use super::tunnel::MTU;
use crate::model::State;
use crate::stack::reference::Reference;
use crate::stack::{
    CallError, Config, CongestionControl, KeepAlive, Outbox, Outcome, Socket, Stack,
};
use crate::time::{Instant, Micros};
use crate::wire::{Endpoint, Family};

/// How many sockets there are, those in TIME-WAIT among them.
const SOCKETS: u8 = 250;

/// Octets of buffer for each direction of a connection.
const BUFFER: u32 = 1 << 20;

/// The longest that an acknowledgment is delayed.
const ACK_DELAY: Micros = Micros::millis(40);

/// The ports from which connections are made (RFC 6335).
const FIRST_DYNAMIC: u16 = 49_152;

/// A port that takes connections.
struct Listener {
    port: u16,
    /// The socket that listens; none while all are in use.
    socket: Option<Socket>,
    /// Connections that have begun, and that no program has.
    begun: Vec<Socket>,
}

/// The stack of one version of IP.
pub(super) struct Host {
    stack: Reference,
    listeners: Vec<Listener>,
    /// Sockets that a program or a listener has.
    taken: [bool; SOCKETS as usize],
    next_port: u16,
}

impl Host {
    pub(super) fn new(family: Family, user_timeout: Micros) -> Result<Host, String> {
        let config = Config {
            family,
            mtu: MTU,
            receive_buffer: BUFFER,
            send_buffer: BUFFER,
            timestamps: true,
            nagle: true,
            ack_delay: ACK_DELAY,
            keep_alive: KeepAlive::Off,
            user_timeout: Some(user_timeout),
            congestion: CongestionControl::Reno,
            ttl: None,
            dscp: None,
        };
        // Different for every host that ever was.
        let seed = RandomState::new().build_hasher().finish();
        let mut stack = Reference::for_users(SOCKETS);
        stack.reset(&config, seed).map_err(|why| why.0)?;
        Ok(Host {
            stack,
            listeners: Vec::new(),
            taken: [false; SOCKETS as usize],
            next_port: FIRST_DYNAMIC + (seed as u16) / 4,
        })
    }

    pub(super) fn listen(&mut self, port: u16) -> Result<(), CallError> {
        if self.listeners.iter().any(|listener| listener.port == port) {
            return Err(CallError::AlreadyExists);
        }
        self.listeners.push(Listener {
            port,
            socket: None,
            begun: Vec::new(),
        });
        self.renew();
        Ok(())
    }

    /// A socket that nobody has and that is in no connection.
    fn free(&self) -> Option<Socket> {
        let sockets = (0..SOCKETS).map(Socket);
        let mut free = sockets.filter(|socket| {
            !self.taken[usize::from(socket.0)] && self.stack.state(*socket) == State::Closed
        });
        free.next()
    }

    /// Lets every port listen that does not, and forgets attempts that came to nothing.
    pub(super) fn renew(&mut self) {
        for index in 0..self.listeners.len() {
            let listener = &mut self.listeners[index];
            listener.begun.retain(|&socket| {
                let state = self.stack.state(socket);
                // An attempt that was reset listens again, and one is enough.
                let over = matches!(state, State::Closed | State::Listen);
                if over {
                    self.stack.close(socket);
                    self.taken[usize::from(socket.0)] = false;
                }
                !over
            });
            if let Some(socket) = listener.socket {
                if self.stack.state(socket) == State::Listen {
                    continue;
                }
                listener.begun.push(socket);
                listener.socket = None;
            }
            let port = listener.port;
            if let Some(socket) = self.free()
                && self.stack.listen(socket, port, None) == Outcome::Done
            {
                self.taken[usize::from(socket.0)] = true;
                self.listeners[index].socket = Some(socket);
            }
        }
    }

    pub(super) fn accept(&mut self, port: u16) -> Option<Socket> {
        let listener = self.listeners.iter_mut().find(|it| it.port == port)?;
        let stack = &self.stack;
        let complete = |socket: &Socket| stack.state(*socket).synchronized();
        let place = listener.begun.iter().position(complete)?;
        Some(listener.begun.remove(place))
    }

    pub(super) fn connect(&mut self, remote: Endpoint) -> Result<Socket, CallError> {
        let socket = self.free().ok_or(CallError::NoResources)?;
        let port = self.next_port;
        self.next_port = port.checked_add(1).unwrap_or(FIRST_DYNAMIC);
        match self.stack.connect(socket, port, remote) {
            Outcome::Done => {
                self.taken[usize::from(socket.0)] = true;
                Ok(socket)
            }
            Outcome::Failed(error) => Err(error),
            _ => Err(CallError::NoResources),
        }
    }

    pub(super) fn release(&mut self, socket: Socket) {
        self.taken[usize::from(socket.0)] = false;
    }

    pub(super) fn state(&self, socket: Socket) -> State {
        self.stack.state(socket)
    }

    pub(super) fn remote(&mut self, socket: Socket) -> Option<Endpoint> {
        self.stack.remote(socket)
    }

    pub(super) fn send(&mut self, socket: Socket, octets: &[u8]) -> Outcome {
        self.stack.send(socket, octets)
    }

    pub(super) fn receive(&mut self, socket: Socket, into: &mut [u8]) -> Outcome {
        self.stack.receive(socket, into)
    }

    pub(super) fn close(&mut self, socket: Socket) -> Outcome {
        self.stack.close(socket)
    }

    pub(super) fn abort(&mut self, socket: Socket) -> Outcome {
        self.stack.abort(socket)
    }

    pub(super) fn advance(&mut self, now: Instant, out: &mut Outbox) -> Result<(), String> {
        self.stack.advance(now, out).map_err(|why| why.0.into())
    }

    pub(super) fn next_timer(&mut self) -> Option<Instant> {
        self.stack.next_timer()
    }

    /// A packet arrives now.
    pub(super) fn deliver(
        &mut self,
        packet: &[u8],
        now: Instant,
        out: &mut Outbox,
    ) -> Result<(), String> {
        self.advance(now, out)?;
        let delivered = self.stack.deliver(packet, out);
        delivered.map_err(|why| String::from(why.0))?;
        // A port that has taken a connection takes the next.
        let listens = |listener: &Listener| {
            let socket = listener.socket;
            socket.is_some_and(|socket| self.stack.state(socket) == State::Listen)
        };
        if !self.listeners.iter().all(listens) {
            self.renew();
        }
        Ok(())
    }
}
