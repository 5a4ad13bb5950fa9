//! The peer: what the remote end knows from the wire, and how the symbolic numbers of a scenario
//! become real ones.
//!
//! The harness shows it every segment that the stack sends ([`Peer::saw`]) and asks it for the
//! packets that a step stands for ([`Peer::segment`], [`Peer::act`]). The peer does nothing by
//! itself: no timer, no answer, no judgement. It depends on [`crate::scenario`],
//! [`crate::wire`] and [`crate::stream`].

mod behaviour;
mod connection;
mod options;
mod packets;
#[cfg(test)]
mod tests;

pub use packets::{Packet, Packets};

use crate::scenario::{Address, Flow, IcmpStep, SegmentStep, SeqBase, SeqExpr};
use crate::stack::Config;
use crate::stream::{self, Direction};
use crate::time::Instant;
use crate::wire::{
    self, Damage, Endpoint, Family, Flags, IcmpError, OptionBytes, Options, Segment, SeqNumber,
    damage,
};
use connection::Connection;
use options::{Habits, link_mss};

const FLOWS: usize = Flow::PORTS as usize * Flow::PORTS as usize;

/// The remote end of every connection of a scenario.
pub struct Peer {
    family: Family,
    mtu: u16,
    seed: u64,
    isn: Option<u32>,
    habits: Habits,
    connections: [Connection; FLOWS],
    text: Vec<u8>,
}

impl Default for Peer {
    fn default() -> Peer {
        Peer::new()
    }
}

impl Peer {
    /// A peer that has yet to be [`reset`](Peer::reset) for its first run.
    pub fn new() -> Peer {
        let mut peer = Peer {
            family: Family::V4,
            mtu: 0,
            seed: 0,
            isn: None,
            habits: Habits::default(),
            connections: std::array::from_fn(|_| Connection::default()),
            text: Vec::new(),
        };
        peer.reset(&Config::default(), 0, None);
        peer
    }

    /// Forgets every connection. `seed` decides initial sequence numbers, options and the
    /// timestamp clock; `isn` fixes the first initial sequence number of each four-tuple.
    pub fn reset(&mut self, config: &Config, seed: u64, isn: Option<u32>) {
        self.family = config.family;
        self.mtu = config.mtu;
        self.seed = seed;
        self.isn = isn;
        self.habits = Habits::of(seed);
        for connection in &mut self.connections {
            connection.ready = false;
        }
    }

    /// The stack sent a segment. Those that are not for the peer are passed over.
    pub fn saw(&mut self, segment: &Segment) {
        let (src, dst) = (segment.src, segment.dst);
        if src.addr != self.family.stack() || dst.addr != self.family.peer() {
            return;
        }
        if let Some(flow) = Flow::from_ports(src.port, dst.port) {
            self.connection(flow).saw(segment);
        }
    }

    /// The number that an expression stands for now.
    pub fn resolve(&mut self, flow: Flow, expr: SeqExpr) -> SeqNumber {
        self.connection(flow).resolve(expr)
    }

    /// Adds the packet of a segment that is spelled out to `out`, if it is not to be lost.
    pub fn segment(&mut self, now: Instant, step: &SegmentStep, out: &mut Packets) {
        let (family, habits) = (self.family, self.habits);
        let mss = link_mss(family, self.mtu);
        let connection = self.connection(step.flow);
        let opens = step.flags.syn() && !step.flags.ack() && !step.flags.rst();
        if opens && connection.finished() {
            connection.begin();
        }
        let options = match &step.options {
            Some(list) => habits.spelled(connection, list, now),
            None => habits.ordinary(connection, step.flags, mss, now),
        };
        out.push().segment = Some(Segment {
            src: endpoint(
                step.src.map_or(family.peer(), |it| it.of(family)),
                step.flow.remote_port(),
            ),
            dst: endpoint(
                step.dst.map_or(family.stack(), |it| it.of(family)),
                step.flow.local_port(),
            ),
            seq: connection.resolve(step.seq),
            ack: connection.resolve(step.ack),
            flags: step.flags,
            window: step.window.unwrap_or(connection.window),
            urgent: step.urgent,
            options: Options::default(),
            ecn: step.ecn,
            dscp: step.dscp,
            hops: wire::HOP_LIMIT,
            payload_len: step.len.into(),
        });
        self.send(step.flow, options, step.damage, out);
    }

    /// Writes the packet of an ICMP error about a segment of the stack into `out`, which is
    /// cleared first; gives what a receiver reads in it, or `None` when there is no such message.
    /// What becomes of the peer's own segments on the way does not concern it.
    pub fn icmp(&mut self, step: &IcmpStep, out: &mut Vec<u8>) -> Option<IcmpError> {
        let family = self.family;
        let seq = self.resolve(step.flow, step.seq);
        let first = seq == self.resolve(step.flow, SeqExpr::at(SeqBase::Iss));
        let segment = Segment {
            src: endpoint(family.stack(), step.flow.local_port()),
            dst: endpoint(family.peer(), step.flow.remote_port()),
            seq,
            ack: self.resolve(step.flow, SeqExpr::at(SeqBase::RcvNxt)),
            flags: if first { Flags::SYN } else { Flags::ACK },
            window: 0,
            urgent: 0,
            options: Options::default(),
            ecn: Default::default(),
            dscp: 0,
            hops: wire::HOP_LIMIT,
            payload_len: 0,
        };
        let from = match step.kind.from_host() {
            true => family.peer(),
            false => Address::Other.of(family),
        };
        wire::build_icmp(step.kind, step.mtu, from, &segment, step.quote, out)
    }

    /// What is known of a four-tuple.
    fn connection(&mut self, flow: Flow) -> &mut Connection {
        let ports = usize::from(Flow::PORTS);
        let index = usize::from(flow.local) % ports * ports + usize::from(flow.remote) % ports;
        let connection = &mut self.connections[index];
        if !connection.ready {
            connection.reset(self.seed, flow, self.isn);
        }
        connection
    }

    /// Sends the segment that was put at the end of `out`, with these options: tracks it, builds
    /// its packet, and lets happen to it what is to happen.
    fn send(
        &mut self,
        flow: Flow,
        mut options: OptionBytes,
        spoil: Option<Damage>,
        out: &mut Packets,
    ) {
        while options.len() % 4 != 0 {
            // The field is as long as ten words at most, so there is room.
            options.push(0);
        }
        let room = u32::from(link_mss(self.family, self.mtu)).saturating_sub(options.len() as u32);
        let Some(packet) = out.last() else {
            return;
        };
        let Some(segment) = &mut packet.segment else {
            return;
        };
        segment.payload_len = segment.payload_len.min(room);
        segment.options = Options::parse(&options);
        let peers = segment.src.addr == self.family.peer();
        let ours = peers && segment.dst.addr == self.family.stack();

        let connection = self.connection(flow);
        if ours && spoil.is_none() {
            connection.sent(segment);
        }
        if std::mem::take(&mut connection.faults.drop) {
            return out.pop();
        }
        self.build(flow, &options, packet);
        if let Some(spoil) = spoil {
            self.spoil(flow, spoil, packet);
        }
        let connection = self.connection(flow);
        if let (true, None, Some(segment)) = (ours, packet.damaged, &packet.segment) {
            if spoil.is_some() {
                connection.sent(segment);
            }
            connection.arrived(segment);
        }
        disturb(connection, out);
    }

    /// Builds the octets of a packet from its segment.
    fn build(&mut self, flow: Flow, options: &[u8], packet: &mut Packet) {
        let Some(segment) = &packet.segment else {
            return;
        };
        // The stream begins after the SYN, and a SYN brings its own beginning.
        let irs = match segment.flags.syn() {
            true => segment.seq,
            false => self.connection(flow).stream(),
        };
        let offset = segment.text_seq().since(irs + 1);
        let text = text(flow, offset, segment.payload_len as usize, &mut self.text);
        wire::build(segment, options, text, &mut packet.octets);
        packet.damaged = None;
        packet.text = packet.octets.len() - text.len()..packet.octets.len();
    }

    /// Damages a packet, and reads it as a receiver would.
    fn spoil(&mut self, flow: Flow, spoil: Damage, packet: &mut Packet) {
        damage(&mut packet.octets, spoil);
        match wire::parse(&packet.octets) {
            Ok(parsed) if matches!(spoil, Damage::DataOffset(_)) => {
                // What passes for text has to be the text of the stream, or the stack would be
                // blamed for delivering it.
                let start = parsed.text.start - usize::from(parsed.segment.options.octets);
                let options = OptionBytes::try_from(&packet.octets[start..parsed.text.start]);
                packet.segment = Some(parsed.segment);
                self.build(flow, &options.unwrap_or_default(), packet);
            }
            Ok(parsed) => {
                packet.segment = Some(parsed.segment);
                packet.damaged = parsed.damaged;
                packet.text = parsed.text;
            }
            Err(error) => {
                packet.segment = None;
                packet.damaged = Some(error.0);
                packet.text = 0..0;
            }
        }
    }
}

fn endpoint(addr: std::net::IpAddr, port: u16) -> Endpoint {
    Endpoint { addr, port }
}

/// The octets of the peer's stream from `offset`, which counts from the octet after its SYN. What
/// stands before the stream's begin must not shift what follows.
fn text(flow: Flow, offset: u32, len: usize, scratch: &mut Vec<u8>) -> &[u8] {
    let ports = (flow.local_port(), flow.remote_port());
    let octets = |offset, len| stream::octets(Direction::ToStack, ports, offset, len);
    let before = offset.wrapping_neg() as usize;
    if (offset as i32) >= 0 || before >= len {
        return octets(offset, len);
    }
    scratch.clear();
    scratch.extend_from_slice(octets(offset, before));
    scratch.extend_from_slice(octets(0, len - before));
    scratch
}

/// Lets the last packet of the queue change places with the one before it, or arrive twice, when
/// that was asked for.
fn disturb(connection: &mut Connection, out: &mut Packets) {
    let faults = &mut connection.faults;
    if std::mem::take(&mut faults.twice) {
        out.repeat_last();
    }
    if faults.holding {
        faults.holding = false;
        // A SYN changes what the numbers of the segment before it mean, so it does not overtake.
        let in_order = out.ends_with_syn();
        std::mem::swap(out.push(), &mut connection.held);
        if in_order {
            out.exchange_last();
        }
    } else if faults.swap && !out.ends_with_syn() {
        // A SYN changes what the numbers of the next segment mean, so it stays where it is.
        faults.swap = false;
        faults.holding = true;
        out.pop_into(&mut connection.held);
    }
}
