//! Who sits where: addresses and ports, users, intruders, and packets as each side sees them.
//!
//! Either side sees itself at the stack's address and the other at the peer's, so a packet changes
//! its addresses on the way to the peer, and on the way back.

use super::attack::Intruder;
use super::link::UnderWay;
use super::user::{User, When};
use super::{Closes, Conversation, Opens};
use crate::scenario::{Flow, Random};
use crate::stack::{Config, Outbox, Socket, Stack};
use crate::stream::Direction;
use crate::time::Instant;
use crate::trace::Call;
use crate::wire::{self, Endpoint, Family};

/// The only socket of either side.
pub(super) const SOCKET: Socket = Socket(0);

/// So many seeds are tried for an initial sequence number close to the end of the space.
const SEEDS: u64 = 20_000;

/// Which side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Who {
    Stack,
    Peer,
}

/// The ports of the stack and of the peer.
fn ports() -> (u16, u16) {
    let flow = Flow::of(SOCKET);
    (flow.local_port(), flow.remote_port())
}

/// The ends of the connection as the stack under test sees them: its own, and the peer's.
fn places(family: Family) -> (Endpoint, Endpoint) {
    let (local, remote) = ports();
    let at = |addr, port| Endpoint { addr, port };
    (at(family.stack(), local), at(family.peer(), remote))
}

/// The OPEN of a side that opens actively, or that listens.
fn open(who: Who, family: Family, active: bool) -> Call {
    let (local, remote) = ports();
    // Either sees itself at the stack's address, and the other at the peer's.
    let (own, other) = match who {
        Who::Stack => (local, remote),
        Who::Peer => (remote, local),
    };
    let remote = Endpoint {
        addr: family.peer(),
        port: other,
    };
    match active {
        true => Call::Connect { port: own, remote },
        false => Call::Listen {
            port: own,
            remote: None,
        },
    }
}

pub(super) fn user(of: &Conversation, who: Who) -> User {
    let family = of.stack.config.family;
    let (plan, writes, active, when) = match who {
        Who::Stack => (
            of.stack,
            Direction::ToPeer,
            of.opens != Opens::Peer,
            match of.closes {
                Closes::Stack | Closes::Both => When::Written,
                Closes::Peer => When::Ended,
                Closes::StackAborts => When::Aborts,
                Closes::PeerAborts | Closes::PeerCrashes => When::Never,
            },
        ),
        Who::Peer => (
            of.peer,
            Direction::ToStack,
            of.opens != Opens::Stack,
            match of.closes {
                Closes::Peer | Closes::Both => When::Written,
                Closes::Stack => When::Ended,
                Closes::PeerAborts => When::Aborts,
                Closes::StackAborts | Closes::PeerCrashes => When::Never,
            },
        ),
    };
    User::new(plan, writes, ports(), open(who, family, active), when)
}

/// Somebody who is after one side.
pub(super) fn intruder(of: &Conversation, after: Who) -> Intruder {
    let (stack, peer) = places(of.stack.config.family);
    let (from, to, buffer, number) = match after {
        Who::Stack => (peer, stack, of.stack.config.receive_buffer, 3),
        Who::Peer => (stack, peer, of.peer.config.receive_buffer, 4),
    };
    // A stack may have more room than was asked for.
    let buffer = buffer.max(1 << 16);
    Intruder::new(Random::new(of.seed, number), from, to, buffer)
}

/// A packet as it arrives.
pub(super) fn spoilt(packet: UnderWay) -> Vec<u8> {
    let UnderWay {
        mut packet, spoilt, ..
    } = packet;
    if let Some(bit) = spoilt {
        let ip = if packet[0] >> 4 == 4 { 20 } else { 40 };
        let octets = (packet.len() - ip) as u32;
        let bit = bit % (8 * octets);
        let at = packet.len() - 1 - bit as usize / 8;
        packet[at] ^= 1 << (bit % 8);
    }
    packet
}

/// A packet with its addresses exchanged, which leaves its checksums right.
pub(super) fn mirrored(mut packet: Vec<u8>) -> Vec<u8> {
    let (from, len) = if packet[0] >> 4 == 4 {
        (12, 4)
    } else {
        (8, 16)
    };
    let (head, tail) = packet.split_at_mut(from + len);
    head[from..].swap_with_slice(&mut tail[..len]);
    packet
}

/// A seed by which the sequence numbers of one side wrap within what its user writes; the seed of
/// the conversation, where none is found.
pub(super) fn near_wrap<S: Stack>(stack: &mut S, of: &Conversation, who: Who) -> u64 {
    let side = match who {
        Who::Stack => of.stack,
        Who::Peer => of.peer,
    };
    let config = Config {
        family: of.stack.config.family,
        receive_buffer: 1_000,
        send_buffer: 1_000,
        ..side.config
    };
    let Call::Connect { port, remote } = open(who, config.family, true) else {
        return of.seed;
    };
    let mut out = Outbox::default();
    let mut wraps = |seed| {
        out.clear();
        stack.reset(&config, seed).ok()?;
        stack.advance(Instant::START, &mut out).ok()?;
        stack.connect(SOCKET, port, remote);
        stack.advance(Instant::START, &mut out).ok()?;
        let (_, packet) = out.iter().next()?;
        let left = 0u32.wrapping_sub(wire::parse(packet).ok()?.segment.seq.0);
        // Time may have moved it on by the time that it is used.
        (left > side.octets / 8 && left < side.octets / 8 * 7).then_some(seed)
    };
    let seeds = (0..SEEDS).map(|more| of.seed.wrapping_add(more));
    seeds.into_iter().find_map(&mut wraps).unwrap_or(of.seed)
}
