//! lwIP as a [`Stack`].

use std::net::IpAddr;
use std::sync::atomic::AtomicU8;

use super::Variant;
use super::library::{Call, Library, Object, Op, Setting};
use super::profile::declare;
use crate::model::State;
use crate::stack::{self, Broken, CallError, Config, Outbox, Outcome, Profile, Socket, Stack};
use crate::time::Instant;
use crate::wire::{Endpoint, Family};

/// lwIP's states, in the order of `enum tcp_state`.
const STATES: [State; 11] = [
    State::Closed,
    State::Listen,
    State::SynSent,
    State::SynReceived,
    State::Established,
    State::FinWait1,
    State::FinWait2,
    State::CloseWait,
    State::Closing,
    State::LastAck,
    State::TimeWait,
];

/// What a call gives in which lwIP broke: nothing that could be judged, for what broke is told by
/// the next [`Stack::advance`].
const BROKE: Outcome = Outcome::Unsupported;

/// lwIP.
pub struct Lwip {
    variant: Variant,
    config: Config,
    profile: Profile,
    library: Library,
    now: Instant,
}

impl Lwip {
    /// An instance that shares nothing with any other.
    ///
    /// # Errors
    /// Says why this machine cannot load one.
    pub fn load(variant: Variant) -> Result<Lwip, String> {
        Lwip::counted(variant, &[])
    }

    /// One that counts the branches that it takes, each in a counter of its own, if there are so
    /// many and it was built for a fuzzer; else they stay as they are.
    ///
    /// # Errors
    /// Says why this machine cannot load one.
    pub fn counted(variant: Variant, counters: &'static [AtomicU8]) -> Result<Lwip, String> {
        let object = match variant {
            Variant::Usual => Object::Usual,
            Variant::Full => Object::Full,
        };
        let library = Library::load(object, counters)?;
        let config = Config::default();
        Ok(Lwip {
            variant,
            config,
            profile: declare(variant, &config, library.figures()),
            library,
            now: Instant::START,
        })
    }

    fn call(&self, op: Op) -> Call {
        Call::new(op, self.now.0)
    }

    fn on(&self, op: Op, socket: Socket) -> Call {
        let mut call = self.call(op);
        call.socket = u32::from(socket.0);
        call
    }

    /// Makes a call on a socket that gives no more than how it ended. Of a copy that broke the next
    /// [`Stack::advance`] tells.
    fn ends(&mut self, mut call: Call, done: impl FnOnce(i32) -> Outcome) -> Outcome {
        match self.library.call(&mut call) {
            Ok(()) => outcome(call.result, done),
            Err(_) => BROKE,
        }
    }

    /// Hands on what lwIP has sent.
    fn collect(&mut self, out: &mut Outbox) -> Result<(), Broken> {
        self.library
            .sent()
            .try_for_each(|(at, packet)| out.push(Instant(at), packet))
    }
}

/// What the result of a call means.
fn outcome(result: i32, done: impl FnOnce(i32) -> Outcome) -> Outcome {
    Outcome::Failed(match result {
        -1 => return Outcome::Empty,
        -2 => return Outcome::EndOfStream,
        -3 => return Outcome::Unsupported,
        -4 => CallError::NoConnection,
        -5 => CallError::AlreadyExists,
        -6 => CallError::Closing,
        -7 => CallError::Reset,
        // lwIP says no more of one that it has given up, for whatever reason.
        -8 => CallError::TimedOut,
        ..-8 => CallError::InvalidArgument,
        0.. => return done(result),
    })
}

/// An address in the octets of the wire.
fn octets(addr: IpAddr) -> [u8; 16] {
    let mut octets = [0; 16];
    match addr {
        IpAddr::V4(addr) => octets[..4].copy_from_slice(&addr.octets()),
        IpAddr::V6(addr) => octets = addr.octets(),
    }
    octets
}

impl Stack for Lwip {
    fn name(&self) -> &'static str {
        self.variant.name()
    }

    fn reset(&mut self, config: &Config, seed: u64) -> Result<(), Broken> {
        self.now = Instant::START;
        self.library.reset(&Setting {
            seed,
            keep_alive_ms: 0,
            mtu: config.mtu,
            ipv6: config.family == Family::V6,
            nagle: config.nagle,
            local: octets(config.family.stack()),
            ttl: config.ttl.unwrap_or(0),
            dscp: config.dscp.unwrap_or(0),
        })?;
        if self.config != *config {
            self.config = *config;
            self.profile = declare(self.variant, config, self.library.figures());
        }
        Ok(())
    }

    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn deliver(&mut self, packet: &[u8], out: &mut Outbox) -> Result<(), Broken> {
        let mut call = self.call(Op::Deliver);
        self.library.call_with(&mut call, packet)?;
        self.collect(out)
    }

    fn advance(&mut self, to: Instant, out: &mut Outbox) -> Result<(), Broken> {
        self.now = to.max(self.now);
        let mut call = self.call(Op::Advance);
        let done = self.library.call(&mut call);
        self.collect(out)?;
        done
    }

    fn next_timer(&mut self) -> Option<Instant> {
        let mut call = self.call(Op::NextTimer);
        self.library.call(&mut call).ok()?;
        Some(Instant(call.at)).filter(|at| at.0 != u64::MAX)
    }

    fn listen(&mut self, socket: Socket, port: u16, remote: Option<Endpoint>) -> Outcome {
        if remote.is_some() {
            return Outcome::Unsupported;
        }
        let mut call = self.on(Op::Listen, socket);
        call.local_port = port;
        self.ends(call, |_| Outcome::Done)
    }

    fn connect(&mut self, socket: Socket, port: u16, remote: Endpoint) -> Outcome {
        let mut call = self.on(Op::Connect, socket);
        call.local_port = port;
        call.remote = octets(remote.addr);
        call.remote_port = remote.port;
        self.ends(call, |_| Outcome::Done)
    }

    fn send(&mut self, socket: Socket, octets: &[u8]) -> Outcome {
        let mut call = self.on(Op::Send, socket);
        match self.library.call_with(&mut call, octets) {
            Ok(()) => outcome(call.result, |len| Outcome::Sent(len as u32)),
            Err(_) => BROKE,
        }
    }

    fn receive(&mut self, socket: Socket, buffer: &mut [u8]) -> Outcome {
        let mut call = self.on(Op::Receive, socket);
        match self.library.call_into(&mut call, buffer) {
            Ok(()) => outcome(call.result, |len| Outcome::Received(len as u32)),
            Err(_) => BROKE,
        }
    }

    fn close(&mut self, socket: Socket) -> Outcome {
        self.ends(self.on(Op::Close, socket), |_| Outcome::Done)
    }

    fn abort(&mut self, socket: Socket) -> Outcome {
        self.ends(self.on(Op::Abort, socket), |_| Outcome::Done)
    }

    fn status(&mut self, socket: Socket) -> Outcome {
        self.ends(self.on(Op::Status, socket), |state| {
            let state = STATES.get(state as usize);
            state.map_or(Outcome::Unsupported, |state| Outcome::Status(*state))
        })
    }

    fn set(&mut self, socket: Socket, setting: stack::Setting) -> Outcome {
        match setting {
            stack::Setting::Dscp(dscp) => {
                let mut call = self.on(Op::SetDscp, socket);
                call.local_port = dscp.into();
                self.ends(call, |_| Outcome::Done)
            }
            stack::Setting::Reports(_) => Outcome::Unsupported,
        }
    }

    fn remote(&mut self, socket: Socket) -> Option<Endpoint> {
        let mut call = self.on(Op::Remote, socket);
        self.library.call(&mut call).ok()?;
        let [a, b, c, d, ..] = call.remote;
        (call.result == 0).then(|| Endpoint {
            addr: match self.config.family {
                Family::V4 => [a, b, c, d].into(),
                Family::V6 => call.remote.into(),
            },
            port: call.remote_port,
        })
    }
}
