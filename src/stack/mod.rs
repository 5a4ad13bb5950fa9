//! The stack under test, and the adapters that plug one in.
//!
//! An adapter knows packets, calls and a clock; it knows no RFC. About a hundred lines plug a
//! stack in; `reference` is the example.

mod asked;
#[cfg(unix)]
pub mod driver;
#[cfg(all(feature = "linux", target_os = "linux"))]
pub mod linux;
#[cfg(feature = "lwip")]
pub mod lwip;
mod outbox;
mod profile;
pub mod reference;
#[cfg(feature = "smoltcp")]
pub mod smoltcp;
pub(crate) mod text;

pub use asked::{Query, Reports, SendFlag, Setting};
pub use outbox::Outbox;
pub use profile::{
    AckRange, Admission, Config, CongestionControl, HardErrors, KeepAlive, Profile, RstRule,
};

use std::fmt;

use crate::model::State;
use crate::time::Instant;
use crate::wire::Endpoint;

/// How many sockets a scenario may use.
pub const SOCKETS: usize = 3;

/// One of the sockets of a scenario: `A`, `B` or `C`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Socket(pub u8);

/// What a user call gave back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The call was accepted. OPEN, CLOSE, ABORT.
    Done,
    /// SEND took over so many octets, possibly none because no buffer space was left.
    Sent(u32),
    /// RECEIVE delivered so many octets, at least one.
    Received(u32),
    /// RECEIVE found nothing to deliver yet; a blocking call would wait.
    Empty,
    /// RECEIVE reports that the peer closed and every octet was delivered.
    EndOfStream,
    /// STATUS: the state of the connection.
    Status(State),
    /// So many octets are still to be received up to the end of urgent data, 0 when there is none.
    Urgent(u32),
    /// What has been reported since this was last asked.
    Reports(Reports),
    /// The differentiated services codepoint that arrived last.
    Dscp(u8),
    /// The call failed.
    Failed(CallError),
    /// The stack's interface does not offer this call; nothing was done.
    Unsupported,
}

/// Why a user call failed, as far as the stack tells.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CallError {
    /// There is no connection, or the state does not admit the call; the stack says no more.
    NoConnection,
    /// A connection exists already.
    AlreadyExists,
    /// The connection is closing.
    Closing,
    /// The peer reset the connection.
    Reset,
    /// The peer refused the connection.
    Refused,
    /// The network reported that the peer cannot be reached.
    Unreachable,
    /// The connection was given up after a timeout.
    TimedOut,
    /// An argument is not acceptable.
    InvalidArgument,
    /// No resources.
    NoResources,
}

/// What a run has reached of a stack's own code, as far as its adapter can count that.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reached {
    /// What is counted.
    pub what: &'static str,
    /// How many of these were reached.
    pub reached: usize,
    /// The names of those that were not.
    pub never: Vec<String>,
    /// What else has to be said, or, where nothing can be counted, why; may be empty.
    pub remark: String,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CallError::NoConnection => "there is no connection",
            CallError::AlreadyExists => "there is a connection already",
            CallError::Closing => "the connection is closing",
            CallError::Reset => "the peer has reset the connection",
            CallError::Refused => "the peer has refused the connection",
            CallError::Unreachable => "the peer cannot be reached",
            CallError::TimedOut => "the peer has not answered in time",
            CallError::InvalidArgument => "an argument is not acceptable",
            CallError::NoResources => "there is no room for another connection",
        })
    }
}

/// The adapter could not go on: what it says counts as a broken stack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken(pub Box<str>);

/// A TCP stack under test.
///
/// The harness calls [`reset`](Stack::reset) first, and [`advance`](Stack::advance) before every
/// other call and once after it, so that an adapter may leave sending to `advance`. All packets
/// are raw IP, IPv4 or IPv6. A call that the stack's interface does not have stays as it is here.
pub trait Stack {
    /// The name by which users ask for the stack.
    fn name(&self) -> &'static str;

    /// Makes a fresh instance: no connection, no memory of earlier ones. `config` asks for
    /// options; what the stack made of them is what [`profile`](Stack::profile) says afterwards.
    /// `seed` feeds whatever the stack draws at random, initial sequence numbers above all.
    fn reset(&mut self, config: &Config, seed: u64) -> Result<(), Broken>;

    /// What the stack, as configured, declares about itself.
    fn profile(&self) -> &Profile;

    /// Hands over one IP packet that arrives now. What the stack sends at once goes into `out`.
    fn deliver(&mut self, packet: &[u8], out: &mut Outbox) -> Result<(), Broken>;

    /// Lets time pass until `to`, which is never earlier than before, firing every timer on the
    /// way at its own instant. What the stack sends goes into `out` with that instant. Called
    /// with the present instant, it lets the stack finish what it has to do now.
    fn advance(&mut self, to: Instant, out: &mut Outbox) -> Result<(), Broken>;

    /// What time it is, of a stack that lives in real time; `None` where time is virtual, and goes
    /// on in [`advance`](Stack::advance) alone. Asked before every input, which then has this
    /// instant.
    fn clock(&mut self) -> Option<Instant> {
        None
    }

    /// Whether, since the last [`reset`](Stack::reset), something else has kept a stack that lives in
    /// real time waiting, between an input and what it led to, for so long that the order of what
    /// was seen may not be the order in which it happened. Such a run is made anew.
    fn was_held_up(&self) -> bool {
        false
    }

    /// The scenario is over: nothing more is asked until the next [`reset`](Stack::reset).
    fn rest(&mut self) {}

    /// When the stack will next do something by itself, if ever; `None` where it cannot tell.
    fn next_timer(&mut self) -> Option<Instant> {
        None
    }

    /// Passive OPEN on a local port; with `remote`, for that peer only.
    fn listen(&mut self, socket: Socket, port: u16, remote: Option<Endpoint>) -> Outcome;

    /// Active OPEN from a local port to `remote`.
    fn connect(&mut self, socket: Socket, port: u16, remote: Endpoint) -> Outcome {
        let _ = (socket, port, remote);
        Outcome::Unsupported
    }

    /// SEND: hands over octets; the stack may take only the first part.
    fn send(&mut self, socket: Socket, octets: &[u8]) -> Outcome;

    /// RECEIVE into `buffer`.
    fn receive(&mut self, socket: Socket, buffer: &mut [u8]) -> Outcome;

    /// CLOSE: no more to send; receiving goes on.
    fn close(&mut self, socket: Socket) -> Outcome;

    /// ABORT.
    fn abort(&mut self, socket: Socket) -> Outcome {
        let _ = socket;
        Outcome::Unsupported
    }

    /// STATUS, for cross-checks.
    fn status(&mut self, socket: Socket) -> Outcome {
        let _ = socket;
        Outcome::Unsupported
    }

    /// SEND with its PUSH or URGENT flag.
    fn send_flagged(&mut self, socket: Socket, octets: &[u8], flag: SendFlag) -> Outcome {
        let _ = (socket, octets, flag);
        Outcome::Unsupported
    }

    /// Tells what the user asks.
    fn ask(&mut self, socket: Socket, query: Query) -> Outcome {
        let _ = (socket, query);
        Outcome::Unsupported
    }

    /// Has a setting of a connection changed.
    fn set(&mut self, socket: Socket, setting: Setting) -> Outcome {
        let _ = (socket, setting);
        Outcome::Unsupported
    }

    /// The other end of a socket's connection, as a user learns it who accepts one; `None` while
    /// there is none, or where the interface does not tell.
    fn remote(&mut self, socket: Socket) -> Option<Endpoint> {
        let _ = socket;
        None
    }
}

impl<S: Stack + ?Sized> Stack for Box<S> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn reset(&mut self, config: &Config, seed: u64) -> Result<(), Broken> {
        (**self).reset(config, seed)
    }

    fn profile(&self) -> &Profile {
        (**self).profile()
    }

    fn deliver(&mut self, packet: &[u8], out: &mut Outbox) -> Result<(), Broken> {
        (**self).deliver(packet, out)
    }

    fn advance(&mut self, to: Instant, out: &mut Outbox) -> Result<(), Broken> {
        (**self).advance(to, out)
    }

    fn clock(&mut self) -> Option<Instant> {
        (**self).clock()
    }

    fn was_held_up(&self) -> bool {
        (**self).was_held_up()
    }

    fn rest(&mut self) {
        (**self).rest();
    }

    fn next_timer(&mut self) -> Option<Instant> {
        (**self).next_timer()
    }

    fn listen(&mut self, socket: Socket, port: u16, remote: Option<Endpoint>) -> Outcome {
        (**self).listen(socket, port, remote)
    }

    fn connect(&mut self, socket: Socket, port: u16, remote: Endpoint) -> Outcome {
        (**self).connect(socket, port, remote)
    }

    fn send(&mut self, socket: Socket, octets: &[u8]) -> Outcome {
        (**self).send(socket, octets)
    }

    fn receive(&mut self, socket: Socket, buffer: &mut [u8]) -> Outcome {
        (**self).receive(socket, buffer)
    }

    fn close(&mut self, socket: Socket) -> Outcome {
        (**self).close(socket)
    }

    fn abort(&mut self, socket: Socket) -> Outcome {
        (**self).abort(socket)
    }

    fn status(&mut self, socket: Socket) -> Outcome {
        (**self).status(socket)
    }

    fn send_flagged(&mut self, socket: Socket, octets: &[u8], flag: SendFlag) -> Outcome {
        (**self).send_flagged(socket, octets, flag)
    }

    fn ask(&mut self, socket: Socket, query: Query) -> Outcome {
        (**self).ask(socket, query)
    }

    fn set(&mut self, socket: Socket, setting: Setting) -> Outcome {
        (**self).set(socket, setting)
    }

    fn remote(&mut self, socket: Socket) -> Option<Endpoint> {
        (**self).remote(socket)
    }
}
