//! The steps of a scenario.
//!
//! Every step is legal in every state, so a scenario stays legal when any step is deleted. All
//! numbers are symbolic, relative to what the wire has shown of the connection, and are named as
//! the stack under test would name them: `RCV.NXT` is what the stack last acknowledged.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use arrayvec::ArrayVec;

use crate::stack::{Config, Query, SendFlag, Setting, Socket};
use crate::time::Micros;
use crate::wire::{Damage, Ecn, Family, Flags, IcmpKind, MOST_QUOTE};

/// What the harness does to a stack.
///
/// `Display` and `Debug` are its text, and the text parses back to the same scenario as long as
/// every number is inside the range that its field names.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Scenario {
    /// What is asked of the stack.
    pub config: Config,
    /// Seeds the stack's random choices and the peer's initial sequence numbers.
    pub seed: u64,
    /// First sequence number of the peer, when the scenario fixes it.
    pub peer_isn: Option<u32>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

impl Scenario {
    /// The steps as text, a line each.
    pub fn lines(&self) -> Vec<String> {
        self.steps.iter().map(ToString::to_string).collect()
    }
}

/// Which four-tuple a step is about: one of a few local ports and one of a few remote ports.
///
/// Socket `A` uses local 0 and remote 0 (stack port 80, peer port 40000) unless a step says
/// otherwise, `B` uses 1 and 1, `C` uses 2 and 2.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Flow {
    /// The stack's port is 80 plus this; below [`Flow::PORTS`].
    pub local: u8,
    /// The peer's port is 40000 plus this; below [`Flow::PORTS`].
    pub remote: u8,
}

impl Flow {
    /// How many ports there are on either side.
    pub const PORTS: u8 = 4;

    /// The four-tuple that a socket uses when nothing else is said.
    pub const fn of(socket: Socket) -> Flow {
        Flow {
            local: socket.0,
            remote: socket.0,
        }
    }

    /// The stack's port.
    pub const fn local_port(self) -> u16 {
        80 + self.local as u16
    }

    /// The peer's port.
    pub const fn remote_port(self) -> u16 {
        40_000 + self.remote as u16
    }

    /// The four-tuple of these two ports, if it is one of those that scenarios use.
    pub fn from_ports(local: u16, remote: u16) -> Option<Flow> {
        let below = |port: u16, first: u16| {
            let index = u8::try_from(port.checked_sub(first)?).ok()?;
            (index < Flow::PORTS).then_some(index)
        };
        Some(Flow {
            local: below(local, 80)?,
            remote: below(remote, 40_000)?,
        })
    }
}

/// One step.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    /// The peer sends one segment, spelled out.
    Segment(SegmentStep),
    /// The network reports an error about a segment of the stack.
    Icmp(IcmpStep),
    /// The user of a socket makes a call.
    Call(Socket, CallStep),
    /// Time passes.
    Wait(Wait),
    /// The peer behaves as an ordinary TCP endpoint would.
    Peer(Flow, PeerStep),
}

/// A segment from the peer, spelled out.
#[derive(Clone, PartialEq, Eq)]
pub struct SegmentStep {
    /// Its four-tuple.
    pub flow: Flow,
    /// Control and reserved bits.
    pub flags: Flags,
    /// SEG.SEQ.
    pub seq: SeqExpr,
    /// The acknowledgment field, also when ACK is not set.
    pub ack: SeqExpr,
    /// Octets of text; what the MTU does not let travel is left out.
    pub len: u16,
    /// The window field; `None` for the window that the peer advertises anyway.
    pub window: Option<u16>,
    /// The urgent pointer.
    pub urgent: u16,
    /// The ECN field of the IP header.
    pub ecn: Ecn,
    /// The differentiated services codepoint of the IP header, 0 to 63.
    pub dscp: u8,
    /// Options; `None` for those that an ordinary endpoint would send here.
    pub options: Option<ArrayVec<OptionStep, 6>>,
    /// Another source address than the peer's.
    pub src: Option<Address>,
    /// Another destination address than the stack's.
    pub dst: Option<Address>,
    /// What is done to the packet after it is built.
    pub damage: Option<Damage>,
}

impl SegmentStep {
    /// A segment with these flags and nothing else said: at `NEXT`, acknowledging `SND.NXT` when
    /// ACK is set, without text.
    pub const fn new(flags: Flags) -> SegmentStep {
        let ack = if flags.ack() {
            SeqBase::SndNxt
        } else {
            SeqBase::Zero
        };
        SegmentStep {
            flow: Flow {
                local: 0,
                remote: 0,
            },
            flags,
            seq: SeqExpr::at(SeqBase::Next),
            ack: SeqExpr::at(ack),
            len: 0,
            window: None,
            urgent: 0,
            ecn: Ecn::NotEct,
            dscp: 0,
            options: None,
            src: None,
            dst: None,
            damage: None,
        }
    }
}

/// An ICMP error about a segment of the stack.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IcmpStep {
    /// The four-tuple of that segment.
    pub flow: Flow,
    /// What the error is. One that the version of IP does not have does not arrive.
    pub kind: IcmpKind,
    /// With [`IcmpKind::TooBig`], MTU of the next hop in octets; otherwise [`IcmpStep::MTU`].
    pub mtu: u16,
    /// SEG.SEQ of that segment.
    pub seq: SeqExpr,
    /// So many octets of its TCP header are quoted, from [`crate::wire::LEAST_QUOTE`] to
    /// [`MOST_QUOTE`].
    pub quote: u8,
}

impl IcmpStep {
    /// The usual MTU of the next hop: the least that IPv6 allows.
    pub const MTU: u16 = 1_280;

    /// An error of this kind about the oldest segment that is not acknowledged.
    pub const fn new(kind: IcmpKind) -> IcmpStep {
        IcmpStep {
            flow: Flow {
                local: 0,
                remote: 0,
            },
            kind,
            mtu: IcmpStep::MTU,
            seq: SeqExpr::at(SeqBase::SndUna),
            quote: MOST_QUOTE,
        }
    }
}

/// A sequence number: a named one, and a distance from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SeqExpr {
    /// The named number.
    pub base: SeqBase,
    /// Added to it.
    pub offset: i32,
}

impl SeqExpr {
    /// The named number itself.
    pub const fn at(base: SeqBase) -> SeqExpr {
        SeqExpr { base, offset: 0 }
    }
}

/// Sequence numbers that the wire shows, named as the stack under test would name them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SeqBase {
    /// `0`.
    Zero,
    /// `IRS`: the peer's initial sequence number.
    Irs,
    /// `RCV.NXT`: the highest number that the stack acknowledged; before that `IRS`.
    RcvNxt,
    /// `RCV.EDGE`: RCV.NXT+RCV.WND, the right edge that the stack last advertised.
    RcvEdge,
    /// `RCV.MAX`: the furthest right edge that the stack ever advertised.
    RcvMax,
    /// `NEXT`: the number after the last one that the peer has sent in order.
    Next,
    /// `ISS`: the stack's initial sequence number; 0 before it is known.
    Iss,
    /// `SND.UNA`: the highest number that the peer acknowledged to the stack.
    SndUna,
    /// `SND.NXT`: the number after the last one that the stack was seen to send.
    SndNxt,
    /// `SND.OLD`: SND.UNA less the largest window that the peer ever advertised.
    SndOld,
}

impl SeqBase {
    /// All of them with their names.
    pub const NAMES: [(SeqBase, &'static str); 10] = [
        (SeqBase::Zero, "0"),
        (SeqBase::Irs, "IRS"),
        (SeqBase::RcvNxt, "RCV.NXT"),
        (SeqBase::RcvEdge, "RCV.EDGE"),
        (SeqBase::RcvMax, "RCV.MAX"),
        (SeqBase::Next, "NEXT"),
        (SeqBase::Iss, "ISS"),
        (SeqBase::SndUna, "SND.UNA"),
        (SeqBase::SndNxt, "SND.NXT"),
        (SeqBase::SndOld, "SND.OLD"),
    ];
}

/// One option of a segment that is spelled out. Those that the field of 40 octets has no room
/// for are left out.
#[derive(Clone, PartialEq, Eq)]
pub enum OptionStep {
    /// `mss N`.
    Mss(u16),
    /// `wscale N`.
    WindowScale(u8),
    /// `sackok`.
    SackPermitted,
    /// `ts V ECR`: offsets from the peer's clock and from the last TSval seen.
    Timestamps(i32, i32),
    /// `sack SEQ..SEQ`.
    Sack(SeqExpr, SeqExpr),
    /// `nop`.
    Nop,
    /// `eol`.
    Eol,
    /// `raw HEX`: these octets as they are, at least one.
    Raw(ArrayVec<u8, 12>),
}

/// Addresses other than the two hosts' own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Address {
    /// Another host on the network.
    Other,
    /// Limited broadcast; for IPv6 the all-nodes group.
    Broadcast,
    /// A multicast group.
    Multicast,
    /// The unspecified address.
    Unspecified,
    /// The loopback address.
    Loopback,
    /// The stack's own address.
    Stack,
}

impl Address {
    /// All of them with their names.
    pub const NAMES: [(Address, &'static str); 6] = [
        (Address::Other, "other"),
        (Address::Broadcast, "broadcast"),
        (Address::Multicast, "multicast"),
        (Address::Unspecified, "unspecified"),
        (Address::Loopback, "loopback"),
        (Address::Stack, "stack"),
    ];

    /// The address itself. Hosts and groups are those set aside for documentation (RFC 5737,
    /// RFC 3849, RFC 6676).
    pub const fn of(self, family: Family) -> IpAddr {
        match (self, family) {
            (Address::Other, Family::V4) => IpAddr::V4(Ipv4Addr::new(192, 0, 2, 3)),
            (Address::Other, Family::V6) => {
                IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 3))
            }
            (Address::Broadcast, Family::V4) => IpAddr::V4(Ipv4Addr::BROADCAST),
            (Address::Broadcast, Family::V6) => {
                IpAddr::V6(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1))
            }
            (Address::Multicast, Family::V4) => IpAddr::V4(Ipv4Addr::new(233, 252, 0, 1)),
            (Address::Multicast, Family::V6) => {
                IpAddr::V6(Ipv6Addr::new(0xff0e, 0, 0, 0, 0, 0, 0xdb8, 1))
            }
            (Address::Unspecified, Family::V4) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            (Address::Unspecified, Family::V6) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            (Address::Loopback, Family::V4) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            (Address::Loopback, Family::V6) => IpAddr::V6(Ipv6Addr::LOCALHOST),
            (Address::Stack, family) => family.stack(),
        }
    }
}

/// A user call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallStep {
    /// `listen [port N] [from N]`: passive OPEN; with `from`, for that peer only.
    Listen {
        /// Local port, as in [`Flow::local`].
        local: u8,
        /// The only peer, as in [`Flow::remote`].
        remote: Option<u8>,
    },
    /// `connect [port N] [to N] [dst broadcast|multicast]`: active OPEN; with `dst`, to an address that
    /// is no host's.
    Connect {
        /// Local port, as in [`Flow::local`].
        local: u8,
        /// Peer, as in [`Flow::remote`].
        remote: u8,
        /// In place of the peer's address.
        dst: Option<Address>,
    },
    /// `send N`: 1 to [`CallStep::MOST`] octets.
    Send(u32),
    /// `send N push` and `send N urgent`: the same with a flag.
    SendFlagged(u32, SendFlag),
    /// `recv [N]`: at most so many octets, 1 to [`CallStep::MOST`]; without a number, that many.
    Receive(u32),
    /// `close`.
    Close,
    /// `abort`.
    Abort,
    /// `status`.
    Status,
    /// `urgent`, `reports` and `dscp`: asks to be told.
    Ask(Query),
    /// `reports on`, `reports off` and `dscp N`: has it changed.
    Set(Setting),
}

impl CallStep {
    /// The largest number of octets that one SEND or RECEIVE asks for.
    pub const MOST: u32 = 65_535;
}

/// How time passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wait {
    /// So long, at most [`Wait::LONGEST`].
    Span(Micros),
    /// Until the stack's next timer has fired; nothing when it has none.
    Timer,
}

impl Wait {
    /// The longest span: 1000 hours, more than the 24 days after which timestamps age
    /// (RFC 7323 section 5.5).
    pub const LONGEST: Micros = Micros::secs(1_000 * 3_600);
}

/// What an ordinary peer does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PeerStep {
    /// Whatever is missing to establish the connection: SYN, SYN,ACK or ACK.
    Handshake,
    /// Acknowledges all that the stack was seen to send.
    Ack,
    /// Acknowledges so many octets more than before, at most what was sent.
    AckPart(u16),
    /// Sends so many octets, at least 1, the next ones, as far as the window allows, in segments
    /// that the MSS allows.
    Data(u16),
    /// Sends again what the stack has not acknowledged, text and FIN.
    Resend,
    /// Sends FIN, the first time at `NEXT`, later the same again.
    Fin,
    /// Advertises this window from now on, and says so in an ACK.
    Window(u16),
    /// Does not see the next so many segments, at least 1, that the stack sends.
    Lose(u8),
    /// Its own next segment is lost on the way.
    Drop,
    /// Its own next two segments arrive in exchanged order.
    Swap,
    /// Its own next segment arrives twice.
    Twice,
    /// Forgets the connection, as after a crash: next time it begins anew.
    Crash,
}
