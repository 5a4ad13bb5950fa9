//! Traces written by hand: what they are made of, and how a judgment of one is told.

use super::*;

pub(crate) const A: Socket = Socket(0);
pub(crate) const PORTS: (u16, u16) = (80, 40_000);
/// Initial sequence numbers of the peer and of the stack.
pub(crate) const IRS: u32 = 1_000;
pub(crate) const ISS: u32 = 5_000;
pub(crate) const WINDOW: u16 = 4_096;
/// The option that every SYN carries: MSS 1460.
pub(crate) const MSS: [u8; 4] = [2, 4, 5, 180];

/// What the stack of these traces declares: RFC 9293 to the letter, and no options.
pub(crate) fn profile() -> Profile {
    Profile {
        name: "written by hand".into(),
        holds_out_of_order: true,
        receive_buffer: WINDOW.into(),
        reads_while_closing: true,
        send_buffer: WINDOW.into(),
        msl: Micros::secs(5),
        ack_delay: Micros::ZERO,
        challenge_quiet: Micros::ZERO,
        reset_quiet: Micros::ZERO,
        // Small segments follow each other here.
        nagle: false,
        ..Profile::undeclared(&Config::default())
    }
}

/// A passive OPEN.
pub(crate) const LISTEN: Call = Call::Listen {
    port: PORTS.0,
    remote: None,
};

/// A trace in the making. Sequence numbers count from the initial ones.
pub(crate) struct Tape {
    pub(crate) trace: Trace,
    pub(crate) now: Instant,
}

impl Tape {
    pub(crate) fn new() -> Tape {
        Tape {
            trace: Trace::new(Config::default(), profile()),
            now: Instant::START,
        }
    }

    /// A passive open and the three-way handshake.
    pub(crate) fn established() -> Tape {
        Tape::new()
            .call(LISTEN, Outcome::Done)
            .arrives("SYN", 0, 0, 0)
            .sends("SYN,ACK", 0, 1, 0)
            .arrives("ACK", 1, 1, 0)
    }

    pub(crate) fn add(mut self, what: What) -> Tape {
        self.trace.events.push(Event {
            at: self.now,
            step: self.trace.events.len() as u32,
            what,
        });
        self
    }

    pub(crate) fn call(self, call: Call, outcome: Outcome) -> Tape {
        self.call_of(A, call, outcome)
    }

    pub(crate) fn call_of(mut self, socket: Socket, call: Call, outcome: Outcome) -> Tape {
        let text = self.trace.store(&[]);
        self.add(What::Call {
            socket,
            call,
            outcome,
            text,
        })
    }

    /// RECEIVE that gives the first octets of the stream.
    pub(crate) fn reads(mut self, len: u32) -> Tape {
        let octets = stream::octets(Direction::ToStack, PORTS, 0, len as usize);
        let text = self.trace.store(octets);
        self.add(What::Call {
            socket: A,
            call: Call::Receive(65_535),
            outcome: Outcome::Received(len),
            text,
        })
    }

    pub(crate) fn status(self, state: State) -> Tape {
        self.call(Call::Status, Outcome::Status(state))
    }

    pub(crate) fn arrives(mut self, flags: &str, seq: u32, ack: u32, len: u16) -> Tape {
        let (peer, stack) = ends();
        let segment = segment(flags, (peer, IRS + seq), (stack, ISS + ack), len);
        let offset = seq.saturating_sub(1);
        let octets = stream::octets(Direction::ToStack, PORTS, offset, len.into());
        let text = self.trace.store(octets);
        self.add(What::Arrival {
            segment: Some(segment),
            damaged: None,
            packet: text,
            text,
        })
    }

    /// The last arrival offers this window.
    pub(crate) fn with_window(mut self, window: u16) -> Tape {
        if let Some(What::Arrival {
            segment: Some(segment),
            ..
        }) = self.trace.events.last_mut().map(|event| &mut event.what)
        {
            segment.window = window;
        }
        self
    }

    /// The last segment, either way, has these options.
    pub(crate) fn with_options(self, options: &[u8]) -> Tape {
        self.with(|segment| segment.options = Options::parse(options))
    }

    /// The IP header of the last segment, either way, says this.
    pub(crate) fn with_ecn(self, ecn: Ecn) -> Tape {
        self.with(|segment| segment.ecn = ecn)
    }

    fn with(mut self, change: impl FnOnce(&mut Segment)) -> Tape {
        if let Some(
            What::Arrival {
                segment: Some(segment),
                ..
            }
            | What::Emission {
                segment: Some(segment),
                ..
            },
        ) = self.trace.events.last_mut().map(|event| &mut event.what)
        {
            change(segment);
        }
        self
    }

    /// The stack sends an acknowledgment and advertises a closed window.
    pub(crate) fn closes(mut self, seq: u32, ack: u32) -> Tape {
        self = self.sends("ACK", seq, 1, 0);
        if let Some(What::Emission {
            segment: Some(segment),
            ..
        }) = self.trace.events.last_mut().map(|event| &mut event.what)
        {
            segment.ack = SeqNumber(IRS + ack);
            segment.window = 0;
        }
        self
    }

    pub(crate) fn sends(self, flags: &str, seq: u32, ack: u32, len: u16) -> Tape {
        let octets = stream::octets(Direction::ToPeer, PORTS, seq.saturating_sub(1), len.into());
        self.sends_octets(flags, seq, ack, octets)
    }

    pub(crate) fn sends_octets(mut self, flags: &str, seq: u32, ack: u32, octets: &[u8]) -> Tape {
        let (peer, stack) = ends();
        let len = octets.len() as u16;
        let mut segment = segment(flags, (stack, ISS + seq), (peer, IRS + ack), len);
        // Nothing was read before it was acknowledged, so the right edge stands still.
        segment.window = WINDOW - ack.saturating_sub(1) as u16;
        let text = self.trace.store(octets);
        self.add(What::Emission {
            segment: Some(segment),
            damaged: None,
            packet: text,
            text,
        })
    }

    /// Time passes, and nothing happens.
    pub(crate) fn waits(mut self, span: Micros) -> Tape {
        self.now += span;
        self.add(What::Quiet)
    }

    pub(crate) fn judged(&self, known: &str) -> Judgment {
        let known: KnownDeviations = known.parse().expect("known deviations");
        Oracle::new(known).judge(&self.trace)
    }
}

/// The peer and the stack.
pub(crate) fn ends() -> (Endpoint, Endpoint) {
    let end = |addr, port| Endpoint { addr, port };
    (
        end(Family::V4.peer(), PORTS.1),
        end(Family::V4.stack(), PORTS.0),
    )
}

pub(crate) fn segment(
    flags: &str,
    from: (Endpoint, u32),
    to: (Endpoint, u32),
    len: u16,
) -> Segment {
    let flags: Flags = flags.parse().expect("flags");
    Segment {
        src: from.0,
        dst: to.0,
        seq: SeqNumber(from.1),
        ack: SeqNumber(if flags.ack() { to.1 } else { 0 }),
        flags,
        window: WINDOW,
        urgent: 0,
        options: Options::parse(if flags.syn() { &MSS } else { &[] }),
        ecn: Default::default(),
        dscp: 0,
        hops: tcprove::wire::HOP_LIMIT,
        payload_len: len.into(),
    }
}

/// A judgment in a line or two.
pub(crate) fn told(judgment: &Judgment) -> String {
    let mut text = match &judgment.verdict {
        Verdict::Conforms => "conforms".to_owned(),
        Verdict::Deviates(deviation) => format!("deviates: {}", deviation.shape),
        Verdict::Inconclusive(why) => format!("inconclusive: {why}"),
        Verdict::Broken(why) => format!("broken: {why}"),
    };
    for missed in &judgment.missed {
        let _ = write!(text, "; missed: {}", missed.shape);
    }
    if !judgment.known.is_empty() {
        let _ = write!(text, "; known: {:?}", judgment.known);
    }
    text
}

pub(crate) fn connecting() -> Tape {
    let (remote, _) = ends();
    let port = PORTS.0;
    Tape::new()
        .call(Call::Connect { port, remote }, Outcome::Done)
        .sends("SYN", 0, 0, 0)
}

/// The user has closed, and the peer has acknowledged the FIN.
pub(crate) fn half_closed() -> Tape {
    Tape::established()
        .call(Call::Close, Outcome::Done)
        .sends("FIN,ACK", 1, 1, 0)
        .arrives("ACK", 1, 2, 0)
}
