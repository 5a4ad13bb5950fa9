//! The reference stack: the model as a complete endpoint.
//!
//! It is the harness's own test. Without a fault it has to conform on everything; with one of
//! the seeded [`Fault`]s switched on it has to be caught, by the right requirement. Among the
//! adapters it alone uses the model: where the model allows several things, its [`Policy`] says
//! which it does.
//! It is no stack for production: initial sequence numbers have a secret that is a scenario's
//! seed, and every segment is stepped through the model before it may leave.

mod calls;
mod congestion;
mod deadlines;
mod ecn;
mod emit;
mod endpoint;
mod fault;
mod isn;
mod policy;
mod reports;
mod ring;
mod scoreboard;
mod timer;
mod transmit;
mod twist;

pub use fault::Fault;
pub use policy::{Choice, Policy};

use endpoint::{Endpoint, Scratch, Shared};
use isn::Secret;

use super::{
    AckRange, Admission, Broken, CallError, Config, HardErrors, KeepAlive, Outbox, Outcome,
    Profile, Query, RstRule, SOCKETS, SendFlag, Setting, Socket, Stack,
};
use crate::model::{ACK_DELAY, Context, State, Tcb, arrives};
use crate::time::{Instant, Micros};
use crate::trace::Call;
use crate::wire::{self, Endpoint as Address, IcmpError, Segment};

/// Maximum segment lifetime. The standard's two minutes are a choice of engineering; this is
/// short enough for scenarios to see the end of TIME-WAIT.
pub const MSL: Micros = Micros::secs(5);

/// After so long without anything a keep-alive is sent, when nobody says another interval.
const KEEP_ALIVE: Micros = Micros::secs(7_200);

/// No socket has more than this, whatever is asked for.
const MAX_BUFFER: u32 = 1 << 24;

/// The reference stack.
pub struct Reference {
    shared: Shared,
    sockets: Vec<Endpoint>,
    /// What answers when no socket does.
    nobody: Endpoint,
    scratch: Box<Scratch>,
    /// How each scenario's seed draws its policy, if it does.
    draws: Option<fn(u64) -> Policy>,
}

impl Default for Reference {
    fn default() -> Reference {
        Reference::new()
    }
}

impl Reference {
    /// A stack without a fault, and with a plain policy.
    pub fn new() -> Reference {
        let config = Config::default();
        Reference {
            shared: Shared {
                profile: profile(&config, None, Policy::PLAIN),
                policy: Policy::PLAIN,
                config,
                secret: Secret::default(),
                fault: None,
                now: Instant::START,
                drawn: Default::default(),
                reset_at: Default::default(),
                steps: Default::default(),
                any_text: false,
            },
            sockets: std::iter::repeat_with(Endpoint::default)
                .take(SOCKETS)
                .collect(),
            nobody: Endpoint::default(),
            scratch: Box::default(),
            draws: None,
        }
    }

    /// A stack without a fault that makes these choices.
    pub fn with_policy(policy: Policy) -> Reference {
        let mut stack = Reference::new();
        stack.choose(policy);
        stack
    }

    /// A stack without a fault, whose policy each scenario's seed draws anew.
    pub fn drawn() -> Reference {
        Reference {
            draws: Some(Policy::drawn),
            ..Reference::new()
        }
    }

    /// The same, with policies that [let a conversation come to its end](Policy::steady).
    pub fn steady() -> Reference {
        Reference {
            draws: Some(|seed| Policy::drawn(seed).steady()),
            ..Reference::new()
        }
    }

    /// A stack without a fault for users who send octets of their own, with so many sockets.
    pub fn for_users(sockets: u8) -> Reference {
        let mut stack = Reference::new();
        stack.shared.any_text = true;
        stack.sockets.resize_with(sockets.into(), Endpoint::default);
        stack
    }

    /// A stack without a fault that makes these choices, for users who send octets of their own.
    pub fn for_users_with(policy: Policy) -> Reference {
        let mut stack = Reference::with_policy(policy);
        stack.shared.any_text = true;
        stack
    }

    /// The state of the connection of a socket.
    pub fn state(&self, socket: Socket) -> State {
        let end = self.sockets.get(usize::from(socket.0));
        end.map_or(State::Closed, |end| end.tcb.state)
    }

    fn choose(&mut self, policy: Policy) {
        self.shared.policy = policy;
        self.shared.profile = profile(&self.shared.config, self.shared.fault, policy);
    }

    /// A stack that does one thing wrong.
    pub fn with_fault(fault: Fault) -> Reference {
        let mut stack = Reference::new();
        stack.shared.fault = Some(fault);
        stack.choose(Policy::PLAIN);
        stack
    }

    /// The fault that is switched on.
    pub fn fault(&self) -> Option<Fault> {
        self.shared.fault
    }

    /// The socket that a segment belongs to: the connection, else a listener.
    fn route(&self, seg: &Segment) -> Option<usize> {
        let (port, remote) = (seg.dst.port, seg.src);
        let alive = |tcb: &Tcb| {
            !matches!(tcb.state, State::Closed | State::Listen) && tcb.matches(port, remote)
        };
        let holder = self.sockets.iter().position(|end| alive(&end.tcb));
        holder.or_else(|| self.listener(seg))
    }

    /// The socket that listens to what a segment is for.
    fn listener(&self, seg: &Segment) -> Option<usize> {
        let listens = |end: &Endpoint| end.tcb.listens_to(seg.dst.port, seg.src);
        self.sockets.iter().position(listens)
    }

    /// The listener that takes a SYN which should open a connection in TIME-WAIT anew
    /// (RFC9293-SHLD-4).
    fn heir(&self, old: usize, seg: &Segment) -> Option<usize> {
        let ctx = Context {
            listened: true,
            ..self.shared.ctx()
        };
        let anew = arrives::should_open_anew(&self.sockets[old].tcb, seg, &ctx);
        let refused = self.shared.has(Fault::NewerSynRefused);
        match anew && !refused {
            true => self.listener(seg),
            false => None,
        }
    }

    /// The old connection is over, and the SYN goes to the listener.
    fn hand_over(&mut self, old: usize, new: usize, seg: &Segment) -> Result<(), Broken> {
        let above = self.sockets[old].tcb.snd.nxt;
        self.sockets[old].replaced();
        let listener = &mut self.sockets[new];
        listener.arrive(seg, &[], &self.shared, &mut self.scratch)?;
        if listener.tcb.state == State::SynReceived {
            listener.tcb.reopened_above = Some(above);
        }
        Ok(())
    }

    /// An ICMP error goes to the connection that sent the segment it quotes, or to nobody.
    fn icmp(&mut self, error: &IcmpError) -> Result<(), Broken> {
        let foreign = self.shared.has(Fault::ForeignErrorAborts);
        let sent = |tcb: &Tcb| {
            let connected = arrives::icmp::connected(tcb.state);
            let own = error.src.addr == self.shared.profile.family.stack();
            connected && ((own && tcb.matches(error.src.port, error.dst)) || foreign)
        };
        match self.sockets.iter_mut().find(|socket| sent(&socket.tcb)) {
            Some(socket) => socket.icmp(error, &self.shared, &mut self.scratch),
            None => Ok(()),
        }
    }

    /// Does everything that is due now, on every socket.
    fn transmit(&mut self, out: &mut Outbox) -> Result<(), Broken> {
        for socket in &mut self.sockets {
            socket.transmit(&self.shared, &mut self.scratch, out)?;
        }
        Ok(())
    }

    /// The earliest timer of all.
    fn earliest(&self) -> Option<Instant> {
        self.sockets
            .iter()
            .map(|socket| socket.next_timer(&self.shared))
            .min()
            .filter(|at| *at < Instant::NEVER)
    }

    /// Whether no socket but this one stands in the way of an OPEN.
    fn is_free(&self, socket: usize, port: u16, remote: Option<Address>, passive: bool) -> bool {
        let others = self.sockets.iter().enumerate();
        others
            .filter(|(other, _)| *other != socket)
            .all(|(_, other)| {
                let tcb = &other.tcb;
                match tcb.state {
                    State::Closed => true,
                    State::Listen => !(passive && tcb.port == port && tcb.only == remote),
                    _ => passive || tcb.port != port || tcb.remote != remote,
                }
            })
    }

    /// SEND, with a flag or without.
    fn take(&mut self, socket: Socket, octets: &[u8], flag: Option<SendFlag>) -> Outcome {
        // SEND turns a listener for one peer active, which another connection may stand against.
        let index = usize::from(socket.0);
        if let Some(Tcb {
            state: State::Listen,
            port,
            only: Some(remote),
            ..
        }) = self.sockets.get(index).map(|end| &end.tcb)
            && !self.is_free(index, *port, Some(*remote), false)
        {
            return Outcome::Failed(CallError::AlreadyExists);
        }
        self.with(socket, |end, shared, scratch| {
            end.send(octets, flag, shared, scratch)
        })
    }

    fn open(&mut self, socket: Socket, call: Call, free: bool) -> Outcome {
        self.with(socket, |end, shared, scratch| {
            end.open(call, free, shared, scratch)
        })
    }

    /// Lets a socket do something; a socket that there is not has no connection.
    fn with(
        &mut self,
        socket: Socket,
        act: impl FnOnce(&mut Endpoint, &Shared, &mut Scratch) -> Outcome,
    ) -> Outcome {
        match self.sockets.get_mut(usize::from(socket.0)) {
            Some(end) => act(end, &self.shared, &mut self.scratch),
            None => Outcome::Failed(CallError::NoConnection),
        }
    }
}

/// How long an acknowledgment is delayed.
fn ack_delay(config: &Config, policy: Policy) -> Micros {
    if policy.has(Choice::AcksEverySegment) {
        Micros::ZERO
    } else if policy.has(Choice::DelaysAcksLong) {
        ACK_DELAY
    } else {
        config.ack_delay.min(transmit::MAX_ACK_DELAY)
    }
}

/// What it declares about itself.
fn profile(config: &Config, fault: Option<Fault>, policy: Policy) -> Profile {
    let receive_buffer = config.receive_buffer.clamp(1, MAX_BUFFER);
    let small_window = policy.has(Choice::GrowsWindow) || policy.has(Choice::TakesBeyondWindow);
    let shift = (0..14).find(|shift| receive_buffer >> shift <= 65_535);
    let mut profile = Profile {
        name: "reference".into(),
        family: config.family,
        mtu: config.mtu,
        rst: RstRule::Rfc5961,
        syn: RstRule::Rfc5961,
        ack_range: match fault {
            Some(Fault::AncientAckTaken) => AckRange::Checked,
            _ if policy.has(Choice::TakesAncientAcks) => AckRange::Any,
            Some(_) | None => AckRange::Undeclared,
        },
        window_scale: Some(shift.unwrap_or(14)),
        timestamps: config.timestamps,
        paws: !policy.has(Choice::SkipsPaws),
        predicts_headers: policy.has(Choice::PredictsHeaders),
        sack: true,
        ecn: !policy.has(Choice::DeclinesEcn),
        listener_resets: false,
        uses_old: false,
        holds_out_of_order: !policy.has(Choice::DropsAhead),
        mss_floor: 1,
        receive_buffer,
        window_is_free_buffer: fault != Some(Fault::EdgeShrinks) && !small_window,
        reads_while_closing: true,
        send_buffer: config.send_buffer.clamp(1, MAX_BUFFER),
        msl: MSL,
        rto_initial: timer::RTO_MIN,
        rto_min: timer::RTO_MIN,
        rto_max: timer::RTO_MAX,
        acks_may_lag: policy.has(Choice::NeverPiggybacks),
        ack_delay: ack_delay(config, policy),
        keep_alive: match config.keep_alive {
            KeepAlive::ByDefault => Some(KEEP_ALIVE),
            other => other.asked(),
        },
        keep_alive_default: config.keep_alive == KeepAlive::ByDefault,
        user_timeout: config.user_timeout,
        syn_timeout: (fault == Some(Fault::SynGivenUpEarly)).then_some(Micros::secs(60)),
        fin_wait_2_timeout: None,
        orphan_timeout: None,
        nagle: config.nagle,
        congestion: config.congestion,
        recovers_by_sack: true,
        challenge_quiet: Micros::ZERO,
        reset_quiet: Micros::ZERO,
        half_duplex_close: false,
        lingers_after_reset: false,
        admission: Admission::Every,
        text_on_syn: false,
        hard_errors: match policy.has(Choice::HardErrorsEndAll) {
            true => HardErrors::Always,
            false => HardErrors::Handshake,
        },
        icmp_in_flight: true,
        counts_retransmissions: false,
        slack: Micros::ZERO,
        ttl: config.ttl,
        dscp: config.dscp,
        reports_urgent: true,
    };
    let syn_timeout = profile.syn_timeout;
    policy.declare(&mut profile);
    profile.syn_timeout = profile.syn_timeout.or(syn_timeout);
    profile.half_duplex_close |= fault == Some(Fault::LossUntold);
    profile
}

impl Stack for Reference {
    fn name(&self) -> &'static str {
        "reference"
    }

    fn reset(&mut self, config: &Config, seed: u64) -> Result<(), Broken> {
        let policy = self.draws.map_or(self.shared.policy, |draw| draw(seed));
        if (&self.shared.config, self.shared.policy) != (config, policy) {
            self.shared.config = *config;
            self.choose(policy);
        }
        self.shared.config = *config;
        self.shared.config.send_buffer = self.shared.profile.send_buffer;
        self.shared.secret = Secret::new(seed);
        self.shared.now = Instant::START;
        self.shared.drawn.set(0);
        self.shared.reset_at.set(None);
        self.shared.steps.set(0);
        for socket in &mut self.sockets {
            socket.reset(&self.shared.config, self.shared.profile.receive_buffer);
        }
        self.nobody.tcb = Tcb::default();
        Ok(())
    }

    fn profile(&self) -> &Profile {
        &self.shared.profile
    }

    fn deliver(&mut self, packet: &[u8], out: &mut Outbox) -> Result<(), Broken> {
        let Ok(parsed) = wire::parse(packet) else {
            return match wire::parse_icmp(packet) {
                Ok(error) => self.icmp(&error),
                Err(_) => Ok(()),
            };
        };
        let seg = &parsed.segment;
        let stack = self.shared.profile.family.stack();
        let believes_all = self.shared.has(Fault::ChecksumIgnored);
        let fit = arrives::addressed_properly(seg, stack) && seg.src.addr != stack;
        let answers_all = self.shared.has(Fault::AnswersBroadcast);
        if (parsed.damaged.is_some() && !believes_all) || !(fit || answers_all) {
            return Ok(());
        }
        let ip_options = packet[0] >> 4 == 4 && packet[0] & 15 > 5;
        if ip_options && self.shared.has(Fault::IpOptionsDropped) {
            return Ok(());
        }
        let text = &packet[parsed.text.clone()];
        if seg.flags.syn() && self.shared.has(Fault::SecondHandshakeDropped) {
            let busy = |end: &Endpoint| {
                end.tcb.state == State::SynReceived && end.tcb.port == seg.dst.port
            };
            if self.sockets.iter().any(busy) {
                return Ok(());
            }
        }
        match self.route(seg) {
            Some(socket) => match self.heir(socket, seg) {
                Some(new) => self.hand_over(socket, new, seg),
                None => self.sockets[socket].arrive(seg, text, &self.shared, &mut self.scratch),
            },
            None => {
                self.nobody.tcb = Tcb {
                    port: seg.dst.port,
                    remote: Some(seg.src),
                    ..Tcb::default()
                };
                let (shared, scratch) = (&self.shared, &mut self.scratch);
                self.nobody.arrive(seg, &[], shared, scratch)?;
                self.nobody.transmit(shared, scratch, out)
            }
        }
    }

    fn advance(&mut self, to: Instant, out: &mut Outbox) -> Result<(), Broken> {
        self.transmit(out)?;
        while let Some(at) = self.earliest().filter(|at| *at <= to) {
            if at <= self.shared.now {
                return Err(Broken("a timer of the reference stack stands still".into()));
            }
            self.shared.now = at;
            self.transmit(out)?;
        }
        self.shared.now = self.shared.now.max(to);
        Ok(())
    }

    fn next_timer(&mut self) -> Option<Instant> {
        self.earliest()
    }

    fn listen(&mut self, socket: Socket, port: u16, remote: Option<Address>) -> Outcome {
        let free = self.is_free(usize::from(socket.0), port, remote, true);
        if self.shared.has(Fault::ListenDisturbs) {
            for end in &mut self.sockets {
                if end.tcb.port == port && end.tcb.state.synchronized() {
                    end.tcb = end.tcb.severed();
                }
            }
        }
        self.open(socket, Call::Listen { port, remote }, free)
    }

    fn connect(&mut self, socket: Socket, port: u16, remote: Address) -> Outcome {
        let free = self.is_free(usize::from(socket.0), port, Some(remote), false);
        self.open(socket, Call::Connect { port, remote }, free)
    }

    fn send(&mut self, socket: Socket, octets: &[u8]) -> Outcome {
        self.take(socket, octets, None)
    }

    fn send_flagged(&mut self, socket: Socket, octets: &[u8], flag: SendFlag) -> Outcome {
        self.take(socket, octets, Some(flag))
    }

    fn ask(&mut self, socket: Socket, query: Query) -> Outcome {
        self.with(socket, |end, shared, scratch| {
            end.ask(query, shared, scratch)
        })
    }

    fn receive(&mut self, socket: Socket, buffer: &mut [u8]) -> Outcome {
        self.with(socket, |end, shared, scratch| {
            end.receive(buffer, shared, scratch)
        })
    }

    fn close(&mut self, socket: Socket) -> Outcome {
        self.with(socket, Endpoint::close)
    }

    fn abort(&mut self, socket: Socket) -> Outcome {
        self.with(socket, Endpoint::abort)
    }

    fn status(&mut self, socket: Socket) -> Outcome {
        self.with(socket, Endpoint::status)
    }

    fn set(&mut self, socket: Socket, setting: Setting) -> Outcome {
        self.with(socket, |endpoint, shared, scratch| {
            endpoint.set(setting, shared, scratch)
        })
    }

    fn remote(&mut self, socket: Socket) -> Option<Address> {
        self.sockets.get(usize::from(socket.0))?.tcb.remote
    }
}
