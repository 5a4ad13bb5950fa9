//! A stack somewhere else: in another language, another process, another machine.
//!
//! A *driver* stands before that stack and speaks lines of text with tcprove: user calls, IP
//! packets in hexadecimal, and the time. `docs/drivers.md` has the whole of it. Here are the
//! words; what a driver may say is read in full, and what is nonsense is told as that. Nothing
//! that a driver does wrong is held against its stack.

mod channel;

use std::fmt::Write;
use std::time::{Duration, Instant as Clock};

use self::channel::Channel;
use super::text::words::{self, CONGESTION, FAMILIES, SWITCH};
use super::text::{Hex, profile, read_outcome};
use super::{
    Broken, CallError, Config, KeepAlive, Outbox, Outcome, Profile, Query, SendFlag, Setting,
    Socket, Stack,
};
use crate::time::{Instant, Micros};
use crate::wire::Endpoint;

/// The version of the words.
const VERSION: &str = "1";

/// Whether a stack lives in real time.
const CLOCKS: [(bool, &str); 2] = [(true, "real"), (false, "virtual")];

/// A stack behind a driver.
pub struct Driver {
    /// A command for the shell, or `unix:` and the path of a socket.
    place: String,
    patience: Duration,
    channel: Option<Channel>,
    name: String,
    /// Whether it lives in real time, and when the present scenario began then.
    real: bool,
    begun: Clock,
    profile: Profile,
    /// How far the time has come.
    now: Instant,
    next: Option<Instant>,
    /// What went wrong in a call, to be told as soon as it can be.
    trouble: Option<Broken>,
    /// Octets of the last packet.
    octets: Vec<u8>,
    request: String,
}

impl Driver {
    /// A stack behind the driver at `place`, a command for the shell or `unix:PATH`, which is
    /// waited for so long at most. It is started when it is first needed.
    pub fn new(place: impl Into<String>, patience: Duration) -> Driver {
        Driver {
            place: place.into(),
            patience,
            channel: None,
            name: "driver".to_owned(),
            real: false,
            begun: Clock::now(),
            profile: Profile::undeclared(&Config::default()),
            now: Instant::START,
            next: None,
            trouble: None,
            octets: Vec::new(),
            request: String::new(),
        }
    }

    /// Starts the driver, if it does not run yet.
    ///
    /// # Errors
    /// When it cannot be started, or does not say the word that it has to.
    pub fn start(&mut self) -> Result<(), Broken> {
        if self.channel.is_some() {
            return Ok(());
        }
        let mut channel = Channel::open(&self.place).map_err(broken)?;
        channel.patience(self.patience);
        channel.say(&format!("tcprove {VERSION}")).map_err(broken)?;
        let greeting = channel.hear().map_err(broken)?;
        (self.real, self.name) = greeted(greeting).map_err(broken)?;
        self.profile.name = self.name.clone().into();
        self.channel = Some(channel);
        Ok(())
    }

    /// Makes a request and takes in what comes before the answer, which is given.
    fn ask(
        &mut self,
        mut before: impl FnMut(&str) -> Result<bool, String>,
    ) -> Result<String, Broken> {
        let channel = self
            .channel
            .as_mut()
            .ok_or_else(|| broken("it is not running".into()))?;
        let result = (|| {
            channel.say(&self.request)?;
            loop {
                let line = channel.hear()?;
                if !before(line)? {
                    return Ok(line.to_owned());
                }
            }
        })();
        result.map_err(|why: String| {
            // Whatever it says next, it is not in answer to what is asked next.
            self.channel = None;
            let asked: String = self.request.chars().take(40).collect();
            broken(format!("{why} (asked: {asked})"))
        })
    }

    /// Makes a request about time, `self.request`, and takes in the packets that are sent.
    fn run(&mut self, out: &mut Outbox) -> Result<(), Broken> {
        if let Some(trouble) = self.trouble.take() {
            return Err(trouble);
        }
        let (mut now, mut octets) = (self.now, std::mem::take(&mut self.octets));
        let (mut full, real) = (None, self.real);
        let answer = self.ask(|line| {
            let Some(packet) = line.strip_prefix("packet ") else {
                return Ok(false);
            };
            let (at, hex) = packet.split_once(' ').unwrap_or((packet, ""));
            let at = Instant(words::number(at)?);
            // Two clocks of one time are never quite at one.
            let at = if real { at.max(now) } else { at };
            if at < now || at > Instant::NEVER {
                return Err(format!("a packet at {at}, which is before {now}"));
            }
            now = at;
            words::octets(hex, &mut octets)?;
            if let Err(why) = out.push(at, &octets) {
                full = Some(why);
                return Err("too many packets".to_owned());
            }
            Ok(true)
        });
        self.octets = octets;
        if let Some(full) = full {
            return Err(full);
        }
        let answer = answer?;
        self.now = now;
        self.next = self.when(&answer)?;
        Ok(())
    }

    /// The instant in `ok INSTANT`, if there is one.
    fn when(&mut self, answer: &str) -> Result<Option<Instant>, Broken> {
        let next = match answer.split_once(' ') {
            None if answer == "ok" => Ok(None),
            Some(("ok", at)) => words::number(at).map(|at| Some(Instant(at))),
            Some(("error", why)) => Err(format!("it says: {why}")),
            _ => Err(format!("{} is no answer to this", words::quoted(answer))),
        };
        next.map_err(|why| self.nonsense(why))
    }

    /// Gives the driver up.
    fn nonsense(&mut self, why: String) -> Broken {
        self.channel = None;
        broken(why)
    }

    /// Makes a user call, and gives the answer if it is one.
    fn call(&mut self, socket: Socket, call: &str) -> Option<String> {
        let letter = char::from(b'A' + socket.0);
        self.request = format!("{letter}: {call}");
        match self.ask(|_| Ok(false)) {
            Ok(answer) => Some(answer),
            Err(why) => {
                self.trouble.get_or_insert(why);
                None
            }
        }
    }

    /// A user call whose outcome is as it is said.
    fn outcome(&mut self, socket: Socket, call: &str) -> Outcome {
        let Some(answer) = self.call(socket, call) else {
            return Outcome::Failed(CallError::NoConnection);
        };
        match read_outcome(&answer) {
            Ok(outcome) => outcome,
            Err(why) => self.failed(why),
        }
    }

    /// SEND, `flagged` with the name of a flag and a blank, or with nothing.
    fn sent(&mut self, socket: Socket, flagged: &str, octets: &[u8]) -> Outcome {
        match self.outcome(socket, &format!("send {flagged}{}", Hex(octets))) {
            Outcome::Sent(sent) if sent as usize > octets.len() => {
                self.failed(format!("it sent {sent} octets of {}", octets.len()))
            }
            outcome => outcome,
        }
    }

    /// What a call gives that made no sense. The run ends before anybody looks at it.
    fn failed(&mut self, why: String) -> Outcome {
        let why = self.nonsense(why);
        self.trouble.get_or_insert(why);
        Outcome::Failed(CallError::NoConnection)
    }
}

/// Whether the stack lives in real time, and its name, of a driver's first line.
fn greeted(greeting: &str) -> Result<(bool, String), String> {
    let mut parts = greeting.splitn(4, ' ');
    match [(); 4].map(|()| parts.next()) {
        [Some("driver"), Some(VERSION), Some(clock), Some(name)] => {
            Ok((words::named(&CLOCKS, clock)?, name.to_owned()))
        }
        [Some("driver"), Some(version), ..] if version != VERSION => {
            let version = words::quoted(version);
            Err(format!("it speaks version {version}, not {VERSION}"))
        }
        _ => Err(format!(
            "it begins with {}, not with `driver {VERSION} virtual NAME` or `driver {VERSION} real NAME`",
            words::quoted(greeting)
        )),
    }
}

fn broken(why: String) -> Broken {
    Broken(format!("driver: {why}").into())
}

impl Stack for Driver {
    fn name(&self) -> &'static str {
        "driver"
    }

    fn reset(&mut self, config: &Config, seed: u64) -> Result<(), Broken> {
        self.start()?;
        self.now = Instant::START;
        self.next = None;
        self.trouble = None;
        self.request = reset(config, seed);
        let mut declared: Vec<String> = Vec::new();
        let answer = self.ask(|line| {
            let field = line.strip_prefix("profile ");
            declared.extend(field.map(str::to_owned));
            Ok(field.is_some())
        })?;
        self.next = self.when(&answer)?;
        self.begun = Clock::now();
        let mut fields = profile::Fields::default();
        let added = declared.iter().try_for_each(|field| fields.add(0, field));
        let base = Profile {
            name: self.name.clone().into(),
            ..Profile::undeclared(config)
        };
        let declared = added.and_then(|()| {
            let amended = profile::amend(base, fields);
            amended.map_err(|(_, why)| why)
        });
        self.profile = declared.map_err(|why| self.nonsense(why))?;
        Ok(())
    }

    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn deliver(&mut self, packet: &[u8], out: &mut Outbox) -> Result<(), Broken> {
        self.request = format!("deliver {}", Hex(packet));
        self.run(out)
    }

    fn advance(&mut self, to: Instant, out: &mut Outbox) -> Result<(), Broken> {
        let span = Duration::from_micros(to.since(self.now).0);
        if let Some(channel) = &self.channel {
            // A driver on a real clock takes as long as it takes.
            channel.patience(self.patience + span);
        }
        self.request = format!("advance {}", to.0);
        self.run(out)?;
        self.now = self.now.max(to);
        Ok(())
    }

    fn clock(&mut self) -> Option<Instant> {
        // One that does not start says so when it has to reset.
        let _ = self.start();
        let micros = self.begun.elapsed().as_micros() as u64;
        self.real.then_some(Instant(micros))
    }

    fn next_timer(&mut self) -> Option<Instant> {
        self.next
    }

    fn listen(&mut self, socket: Socket, port: u16, remote: Option<Endpoint>) -> Outcome {
        let mut call = format!("listen {port}");
        if let Some(remote) = remote {
            let _ = write!(call, " from {remote}");
        }
        self.outcome(socket, &call)
    }

    fn connect(&mut self, socket: Socket, port: u16, remote: Endpoint) -> Outcome {
        self.outcome(socket, &format!("connect {port} to {remote}"))
    }

    fn send(&mut self, socket: Socket, octets: &[u8]) -> Outcome {
        self.sent(socket, "", octets)
    }

    fn receive(&mut self, socket: Socket, buffer: &mut [u8]) -> Outcome {
        let Some(answer) = self.call(socket, &format!("recv {}", buffer.len())) else {
            return Outcome::Failed(CallError::NoConnection);
        };
        let outcome = match answer.strip_prefix("received ") {
            None => read_outcome(&answer),
            Some(hex) => words::octets(hex, &mut self.octets).and_then(|()| {
                let room = buffer.get_mut(..self.octets.len());
                let room = room.ok_or("more octets than were asked for")?;
                room.copy_from_slice(&self.octets);
                Ok(Outcome::Received(self.octets.len() as u32))
            }),
        };
        match outcome {
            Ok(outcome) => outcome,
            Err(why) => self.failed(why),
        }
    }

    fn close(&mut self, socket: Socket) -> Outcome {
        self.outcome(socket, "close")
    }

    fn abort(&mut self, socket: Socket) -> Outcome {
        self.outcome(socket, "abort")
    }

    fn status(&mut self, socket: Socket) -> Outcome {
        self.outcome(socket, "status")
    }

    fn send_flagged(&mut self, socket: Socket, octets: &[u8], flag: SendFlag) -> Outcome {
        self.sent(socket, &format!("{} ", flag.name()), octets)
    }

    fn ask(&mut self, socket: Socket, query: Query) -> Outcome {
        self.outcome(socket, query.name())
    }

    fn set(&mut self, socket: Socket, setting: Setting) -> Outcome {
        self.outcome(socket, &setting.to_string())
    }

    fn remote(&mut self, socket: Socket) -> Option<Endpoint> {
        let answer = self.call(socket, "remote")?;
        match answer.strip_prefix("remote ").map(words::endpoint) {
            Some(Ok(endpoint)) => Some(endpoint),
            None if answer == "none" || answer == "unsupported" => None,
            _ => {
                self.failed(format!("{} is no answer to this", words::quoted(&answer)));
                None
            }
        }
    }
}

/// The request for a fresh instance.
fn reset(config: &Config, seed: u64) -> String {
    let Config {
        family,
        mtu,
        receive_buffer,
        send_buffer,
        timestamps,
        nagle,
        ack_delay,
        keep_alive,
        user_timeout,
        congestion,
        ttl,
        dscp,
    } = config;
    let micros = |span: Option<Micros>| span.map_or("none".to_owned(), |span| span.0.to_string());
    let keep_alive = match keep_alive {
        KeepAlive::Off => "none".to_owned(),
        KeepAlive::ByDefault => "default".to_owned(),
        KeepAlive::Every(interval) => interval.0.to_string(),
    };
    let mut request = format!(
        "reset seed={seed} family={} stack={} peer={} mtu={mtu} receive_buffer={receive_buffer} \
         send_buffer={send_buffer} timestamps={} nagle={} ack_delay={} keep_alive={keep_alive} \
         user_timeout={} congestion={}",
        words::name(&FAMILIES, family),
        family.stack(),
        family.peer(),
        words::name(&SWITCH, timestamps),
        words::name(&SWITCH, nagle),
        ack_delay.0,
        micros(*user_timeout),
        words::name(&CONGESTION, congestion),
    );
    // A driver need not know of what nobody asks for.
    if let Some(ttl) = ttl {
        let _ = write!(request, " ttl={ttl}");
    }
    if let Some(dscp) = dscp {
        let _ = write!(request, " dscp={dscp}");
    }
    request
}
