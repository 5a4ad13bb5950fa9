//! The transmission control block: everything the model knows of one connection.
//!
//! It describes a stack from outside. Where RFC 9293 has a variable, it has that name; what is
//! added is what the wire has shown (advertised edges, segments ahead of a gap) and what is still
//! owed, each with its deadline. It is small and `Copy`: the oracle clones it for every open choice.

pub use super::ahead::Ahead;
pub use super::branches::Branches;
pub use super::reports::{Reporting, Told};
pub use super::retransmission::{Retransmission, Sample};
pub use super::syn_options::{SizeBy, SynOptions};
pub use super::timestamps::Timestamps;
use super::{Context, Ecn, Entries, EventClass, IcmpClass, Marks, Service, State, Unsaid, Urgent};
use crate::oracle::Instead;
use crate::spec::Req;
use crate::time::{Instant, Micros};
use crate::wire::{Endpoint, SeqNumber};

/// How a connection was opened (RFC9293-MUST-11).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Origin {
    /// By a passive OPEN.
    #[default]
    Passive,
    /// By an active OPEN.
    Active,
}

/// The send sequence space (RFC 9293 section 3.3.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SendSpace {
    /// ISS, once a SYN has shown it.
    pub iss: Option<SeqNumber>,
    /// SND.UNA.
    pub una: SeqNumber,
    /// SND.NXT: the number after the highest one ever sent.
    pub nxt: SeqNumber,
    /// SND.WND in octets.
    pub wnd: u32,
    /// SND.WL1.
    pub wl1: SeqNumber,
    /// SND.WL2.
    pub wl2: SeqNumber,
    /// The furthest right edge that the peer ever offered.
    pub edge_max: SeqNumber,
    /// MAX.SND.WND (RFC 5961 section 5.2).
    pub max_wnd: u32,
    /// SND.WND was taken from a SYN, where it is not scaled.
    pub wnd_from_syn: bool,
    /// Octets that SEND has taken over since OPEN, modulo 2^32.
    pub queued: u32,
    /// CLOSE was called: a FIN follows the last octet.
    pub closed: bool,
    /// Octets wait for a larger window, and have for longer than the override timeout should be.
    pub held: bool,
    /// The sequence number of our FIN, once sent.
    pub fin: Option<SeqNumber>,
}

/// The receive sequence space (RFC 9293 section 3.3.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReceiveSpace {
    /// IRS.
    pub irs: SeqNumber,
    /// RCV.NXT.
    pub nxt: SeqNumber,
    /// The acknowledgment number last sent; none before the first.
    pub acked: Option<SeqNumber>,
    /// The right edge last advertised.
    pub edge: SeqNumber,
    /// The furthest right edge ever advertised.
    pub edge_max: SeqNumber,
    /// The right edge last advertised by a segment that is no probe and no keep-alive.
    pub firm_edge: SeqNumber,
    /// The firm edge was advertised by a SYN, or by what has not moved it since.
    pub edge_of_syn: bool,
    /// Octets that RECEIVE has delivered, modulo 2^32.
    pub read: u32,
    /// Something was pushed that RECEIVE has not delivered yet.
    pub pushed: bool,
    /// The peer's FIN was received in sequence; RCV.NXT counts it.
    pub fin: bool,
    /// Text that arrived ahead of a gap: first number, and the number after its last.
    pub ahead: Ahead,
    /// A gap was filled, and how far RCV.NXT has moved is not known: the next acknowledgment tells.
    pub lands: bool,
    /// The sequence number of a FIN that arrived ahead of a gap.
    pub fin_ahead: Option<SeqNumber>,
    /// Where the text of the last arrival began, if it lies ahead of a gap.
    pub latest: Option<SeqNumber>,
    /// Since the last acknowledgment something arrived that begins before RCV.NXT.
    pub again: bool,
    /// The stack has reported with SACK what lies ahead of a gap.
    pub reports: bool,
    /// The stack is known to answer before it reads on: an acknowledgment of less may come first.
    pub answers_first: bool,
}

/// In what forms the answer to an arrival may come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Forms(u8);

impl Forms {
    /// No answer at all.
    pub const NONE: Forms = Forms(0);
    /// An empty segment that acknowledges: ACK=RCV.NXT.
    pub const ACK: Forms = Forms(1);
    /// The reset that is spelled out beside.
    pub const RST: Forms = Forms(2);
    /// The SYN,ACK again.
    pub const SYN_ACK: Forms = Forms(4);

    /// Either of two.
    pub const fn or(self, other: Forms) -> Forms {
        Forms(self.0 | other.0)
    }

    /// Whether `form` is among these.
    pub const fn allow(self, form: Forms) -> bool {
        self.0 & form.0 != 0
    }
}

/// The answer to the last arrival: due at once, or permitted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reply {
    /// In what forms it may come.
    pub forms: Forms,
    /// It has to come; otherwise it may.
    pub required: bool,
    /// The requirement that asks for it.
    pub by: Req,
    /// SEQ of the reset.
    pub rst_seq: SeqNumber,
    /// ACK of the reset, when it has one.
    pub rst_ack: Option<SeqNumber>,
    /// SEG.SEQ+SEG.LEN of what is answered: the ACK of a reset that needs none, and has one.
    pub rst_end: SeqNumber,
}

/// What is owed, by when. [`Instant::NEVER`] where nothing is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// The answer to the last arrival, due at `reply_at`.
    pub reply: Option<Reply>,
    /// When the answer is due: the instant of the arrival.
    pub reply_at: Instant,
    /// To whom the answer goes.
    pub reply_to: Option<Endpoint>,
    /// By when a SYN or SYN,ACK has to leave for the first time.
    pub syn: Instant,
    /// By when RCV.NXT has to be acknowledged.
    pub ack: Instant,
    /// By when queued octets, or the FIN, have to leave for the first time.
    pub send: Instant,
    /// By when an acknowledgment should come, if one should.
    pub(super) soft_ack_at: Instant,
    /// By which recommendation.
    pub(super) soft_ack_by: Option<Req>,
    /// So many empty acknowledgments that change nothing may be sent: one for each arrival.
    pub credit: u8,
    /// Those permissions were there before a reset arrived, which must not be answered by them.
    pub spare: u8,
    /// The permission comes from an arrival that asks for no answer.
    pub idle_credit: bool,
    /// So many acknowledgments in a row answered arrivals that asked for none.
    pub echoes: u8,
    /// The rule that the last arrival puts to the test, where it is a special one: what breaks
    /// when the arrival is misjudged.
    pub tests: Option<Req>,
}

/// A recommendation that one explanation of the trace has to call missed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Miss {
    /// Which.
    pub requirement: Req,
    /// In which state.
    pub state: State,
    /// In answer to what.
    pub event: EventClass,
    /// What came instead.
    pub instead: Instead,
    /// The event of the trace at which it showed.
    pub index: u32,
}

/// An ICMP error that must not end the connection. Until the connection shows that it lives, what
/// it does as if it were gone is held against that error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Suspect {
    /// Why it must not.
    pub by: Req,
    /// In which state it came.
    pub state: State,
    /// What it was.
    pub class: IcmpClass,
    /// The event of the trace.
    pub index: u32,
}

/// The last input that this connection met.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Input {
    /// In which state.
    pub state: State,
    /// What it was.
    pub class: EventClass,
    /// What else was special about it.
    pub marks: Marks,
    /// When.
    pub at: Instant,
}

/// Everything the model knows of one connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tcb {
    /// The state.
    pub state: State,
    /// How it was opened.
    pub origin: Origin,
    /// Local port; 0 when there never was an OPEN.
    pub port: u16,
    /// The peer, once known. Kept in CLOSED, to know the connection's last segments by.
    pub remote: Option<Endpoint>,
    /// The passive OPEN named this peer.
    pub only: Option<Endpoint>,
    /// Sending.
    pub snd: SendSpace,
    /// Receiving.
    pub rcv: ReceiveSpace,
    /// What our SYN carried.
    pub ours: SynOptions,
    /// What the peer's SYN carried.
    pub theirs: SynOptions,
    /// Timestamps.
    pub ts: Timestamps,
    /// Explicit congestion notification.
    pub ecn: Ecn,
    /// What the user has a say in of the IP header.
    pub service: Service,
    /// Urgent data and what is pushed.
    pub urgent: Urgent,
    /// What is owed.
    pub due: Due,
    /// The retransmission timer.
    pub rtx: Retransmission,
    /// The connection was opened anew from TIME-WAIT: its ISS lies above all that was sent before
    /// (RFC9293-MAY-2).
    pub reopened_above: Option<SeqNumber>,
    /// When a challenge ACK was last sent, or a reset in answer where these are limited too.
    /// [`Instant::NEVER`] when none was.
    pub challenged_at: Instant,
    /// When something last arrived.
    pub arrived_at: Instant,
    /// TIME-WAIT ends between these two instants; in FIN-WAIT-2 the first is when it was entered.
    pub time_wait: (Instant, Instant),
    /// The connection ended by a reset, an ABORT or a timeout: what was not read may be lost.
    pub severed: bool,
    /// It ended because nothing was heard, and the user has to be told.
    pub timed_out: bool,
    /// The last input.
    pub input: Input,
    /// The ICMP error that may have ended it, though it must not.
    pub suspect: Option<Suspect>,
    /// Nothing can be said of the connection: it explains everything until it is opened anew.
    pub mute: bool,
    /// Why nothing could be said, now or before, if no known deviation is the cause.
    pub unsaid: Option<Unsaid>,
    /// Which known deviations this explanation needs.
    pub known: Entries,
    /// What the user is to be told of it.
    pub told: Told,
    /// Recommendations missed.
    pub misses: [Option<Miss>; 3],
}

impl Due {
    /// By when an acknowledgment should come, and by which recommendation.
    pub fn soft_ack(&self) -> Option<(Instant, Req)> {
        self.soft_ack_by.map(|by| (self.soft_ack_at, by))
    }

    /// Such an acknowledgment should come, or none any more.
    pub fn owe_soft_ack(&mut self, owed: Option<(Instant, Req)>) {
        self.soft_ack_at = owed.map_or(Instant::NEVER, |(at, _)| at);
        self.soft_ack_by = owed.map(|(_, by)| by);
    }
}

impl Default for Due {
    fn default() -> Due {
        Due {
            reply: None,
            reply_at: Instant::START,
            reply_to: None,
            syn: Instant::NEVER,
            ack: Instant::NEVER,
            send: Instant::NEVER,
            soft_ack_at: Instant::NEVER,
            soft_ack_by: None,
            credit: 0,
            spare: 0,
            idle_credit: false,
            echoes: 0,
            tests: None,
        }
    }
}

impl Due {
    /// Something arrived that is no reset. An arrival that asks for an answer adds a permission to
    /// acknowledge; one that asks for none leaves at least one.
    pub fn grant(&mut self, asks: bool) {
        if !asks {
            self.idle_credit |= self.credit == 0;
            self.credit = self.credit.max(1);
            return;
        }
        self.credit = if self.idle_credit {
            1
        } else {
            self.credit.saturating_add(1)
        };
        self.idle_credit = false;
        self.echoes = 0;
    }

    /// One permission to acknowledge is used up.
    pub fn spend(&mut self) {
        self.credit = self.credit.saturating_sub(1);
        if self.idle_credit {
            self.echoes = self.echoes.saturating_add(1);
        }
        self.idle_credit = false;
    }

    /// There is no permission to acknowledge.
    pub fn revoke(&mut self) {
        self.credit = 0;
        self.idle_credit = false;
    }
}

impl Default for Tcb {
    fn default() -> Tcb {
        Tcb {
            state: State::Closed,
            origin: Origin::Passive,
            port: 0,
            remote: None,
            only: None,
            snd: SendSpace::default(),
            rcv: ReceiveSpace::default(),
            ours: SynOptions::default(),
            theirs: SynOptions::default(),
            ts: Timestamps::default(),
            ecn: Ecn::default(),
            service: Service::default(),
            urgent: Urgent::default(),
            due: Due::default(),
            rtx: Retransmission::default(),
            reopened_above: None,
            challenged_at: Instant::NEVER,
            arrived_at: Instant::START,
            time_wait: (Instant::NEVER, Instant::NEVER),
            severed: false,
            timed_out: false,
            suspect: None,
            mute: false,
            unsaid: None,
            input: Input {
                state: State::Closed,
                class: EventClass::Time,
                marks: Marks::NONE,
                at: Instant::START,
            },
            known: Entries::NONE,
            told: Told::default(),
            misses: [None; 3],
        }
    }
}

impl Tcb {
    /// A passive OPEN's fresh block.
    pub fn listening(port: u16, only: Option<Endpoint>) -> Tcb {
        Tcb {
            state: State::Listen,
            port,
            only,
            ..Tcb::default()
        }
    }

    /// Whether both ends of a segment are this connection's.
    pub fn matches(&self, port: u16, remote: Endpoint) -> bool {
        self.port == port && self.remote == Some(remote)
    }

    /// Whether it listens to what comes from there to that port.
    pub fn listens_to(&self, port: u16, remote: Endpoint) -> bool {
        let open = self.only.is_none_or(|only| only == remote);
        self.state == State::Listen && self.port == port && open
    }

    /// The first sequence number of the text that we send: ISS+1.
    pub fn text_start(&self) -> SeqNumber {
        self.snd.iss.unwrap_or_default() + 1
    }

    /// The number after the last octet that SEND has taken over; the FIN's after CLOSE.
    pub fn queue_end(&self) -> SeqNumber {
        self.text_start() + self.snd.queued
    }

    /// The right edge up to which the stack has to accept. With a window scale, rounding may take
    /// an edge back a little, and every edge once advertised counts (RFC7323-2.4-2).
    pub fn honoured_edge(&self) -> SeqNumber {
        let last = self.rcv.edge.later(self.rcv.nxt);
        if self.receive_shift() == 0 {
            return last;
        }
        last.later(self.rcv.edge_max)
    }

    /// RMSS: the largest segment that the stack has asked for (RFC 5681 section 4.2).
    pub fn receive_mss(&self, default: u16) -> u32 {
        u32::from(self.ours.mss.filter(|mss| *mss > 0).unwrap_or(default))
    }

    /// Octets received in order since the connection began, modulo 2^32.
    pub fn received(&self) -> u32 {
        let numbers = self.rcv.nxt.since(self.rcv.irs);
        numbers.wrapping_sub(u32::from(numbers > 0 || self.rcv.read > 0) + u32::from(self.rcv.fin))
    }

    /// Octets received in order that RECEIVE has not delivered.
    pub fn unread(&self) -> u32 {
        self.received().wrapping_sub(self.rcv.read)
    }

    /// Our FIN was sent and acknowledged.
    pub fn fin_acked(&self) -> bool {
        self.snd.fin.is_some_and(|fin| self.snd.una.after(fin))
    }

    /// The shift that applies to the windows that the stack advertises outside SYNs.
    pub fn receive_shift(&self) -> u8 {
        match (self.ours.window_scale, self.theirs.window_scale) {
            (Some(ours), Some(_)) => ours.min(14),
            (Some(_) | None, _) => 0,
        }
    }

    /// What the stack does now is done in which state, in answer to what.
    pub fn occasion(&self, now: Instant) -> (State, EventClass) {
        if now > self.input.at {
            (self.state, EventClass::Time)
        } else {
            (self.input.state, self.input.class)
        }
    }

    /// How long ago a challenge ACK was last sent, if one was.
    pub fn challenged(&self, now: Instant) -> Option<Micros> {
        let ever = self.challenged_at != Instant::NEVER;
        ever.then(|| now.since(self.challenged_at))
    }

    /// Notes a missed recommendation; once for each requirement.
    pub fn miss(&mut self, miss: Miss) {
        for slot in &mut self.misses {
            match slot {
                Some(known) if known.requirement == miss.requirement => return,
                Some(_) => {}
                None => {
                    *slot = Some(miss);
                    return;
                }
            }
        }
    }

    /// The same, of what was done in answer to the last input.
    pub fn miss_in_answer(&mut self, requirement: Req, instead: Instead, ctx: &Context) {
        self.miss(Miss {
            requirement,
            state: self.input.state,
            event: self.input.class,
            instead,
            index: ctx.index,
        });
    }

    /// Whether both SYNs carried timestamps.
    pub fn timestamps_agreed(&self) -> bool {
        self.ours.timestamps && self.theirs.timestamps
    }

    /// Whether both SYNs carried SACK-permitted.
    pub fn sack_agreed(&self) -> bool {
        self.ours.sack && self.theirs.sack
    }

    /// How dear this explanation is: how many recommendations it has missed, and of equally dear
    /// ones, how many known deviations it needs, and then whether it leaves anything unsaid. What is
    /// known is no reason to complain of something new.
    pub fn cost(&self) -> (u32, u32, bool) {
        let misses = self.misses.iter().flatten().count() as u32;
        (misses, self.known.len(), self.unsaid.is_some())
    }

    /// Ends the connection: nothing is owed any more, the ports are remembered.
    pub fn closed(mut self) -> Tcb {
        self.state = State::Closed;
        self.due = Due::default();
        self.rtx.armed = false;
        self.suspect = None;
        self.told.change(Reporting::ends);
        self
    }

    /// Ends the connection by force: what was not read may be lost.
    pub fn severed(self) -> Tcb {
        Tcb {
            severed: true,
            ..self.closed()
        }
    }

    /// What is left of a connection that the stack itself has reset: nothing, or TIME-WAIT
    /// (RFC9293-3.5.2-p04).
    pub fn after_own_reset(self, ctx: &Context) -> Tcb {
        if !ctx.profile.lingers_after_reset {
            return self.severed();
        }
        let end = ctx.now + ctx.profile.msl.times(2);
        let mut lingering = self.severed();
        lingering.state = State::TimeWait;
        lingering.time_wait = (end - ctx.profile.slack, end + ctx.profile.slack);
        lingering.snd.una = lingering.snd.nxt;
        lingering
    }

    /// What an acceptable reset leaves.
    pub fn reset(self) -> Tcb {
        match (self.state, self.origin) {
            (State::SynReceived, Origin::Passive) => self.listens_again(),
            _ => self.severed(),
        }
    }

    /// Back to LISTEN, as if nothing had arrived.
    pub fn listens_again(self) -> Tcb {
        Tcb {
            input: self.input,
            known: self.known,
            misses: self.misses,
            unsaid: self.unsaid,
            challenged_at: self.challenged_at,
            told: self.told.known().again_listening().kept(),
            rtx: Retransmission {
                // A round trip time may be remembered for the next connection (RFC 9040).
                ceiling: self.rtx.ceiling,
                ..Retransmission::default()
            },
            ..Tcb::listening(self.port, self.only)
        }
    }
}
