//! The users of the sockets: which stream a SEND writes, and how far that stream has come.
//!
//! A stream belongs to a connection, not to a socket: a listening socket that goes back to LISTEN
//! and accepts another peer begins a new one without any OPEN.

use crate::scenario::Flow;
use crate::stack::{SOCKETS, Socket};
use crate::wire::{Family, Segment, SeqNumber};

/// How many ports either side has.
const PORTS: usize = Flow::PORTS as usize;

/// What is known of the users of all sockets.
#[derive(Default)]
pub(super) struct Users {
    sockets: [User; SOCKETS],
    /// The initial sequence number last seen on each four-tuple, by local and remote port, and
    /// how many there had been before on all of them.
    iss: [[Option<(SeqNumber, u32)>; PORTS]; PORTS],
    /// How many SYNs the stack has sent.
    syns: u32,
    /// The peer's port that each local port last answered with a SYN,ACK.
    answered: [Option<u16>; PORTS],
}

/// What is known of one socket's user.
#[derive(Clone, Copy, Default)]
struct User {
    /// Local and remote port named in the last OPEN.
    opened: Option<(u16, Option<u16>)>,
    /// How many SYNs there were when the stream began: earlier ones are of other streams.
    since: u32,
    /// The initial sequence number of the stream, once it is known.
    iss: Option<SeqNumber>,
    /// Octets of the stream that the stack took over.
    sent: u32,
}

/// A stretch of a stream that is about to be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stretch {
    /// The stack's port and the peer's.
    pub(super) ports: (u16, u16),
    /// Octets that were written before.
    pub(super) offset: u32,
}

impl Users {
    /// An OPEN was accepted.
    pub(super) fn opened(&mut self, socket: Socket, local: u16, remote: Option<u16>) {
        self.answered[local_index(local)] = None;
        self.sockets[usize::from(socket.0)] = User {
            opened: Some((local, remote)),
            since: self.syns,
            iss: None,
            sent: 0,
        };
    }

    /// The socket listens, so what is sent next begins a stream, whatever was sent before.
    pub(super) fn listens(&mut self, socket: Socket) {
        let user = &mut self.sockets[usize::from(socket.0)];
        user.since = self.syns;
        user.iss = None;
        user.sent = 0;
    }

    /// The stack sent a segment. Those to other hosts than the peer are passed over.
    pub(super) fn saw(&mut self, segment: &Segment) {
        let peers = [Family::V4.peer(), Family::V6.peer()];
        if !segment.flags.syn() || !peers.contains(&segment.dst.addr) {
            return;
        }
        let (local, remote) = (segment.src.port, segment.dst.port);
        self.iss[local_index(local)][remote_index(remote)] = Some((segment.seq, self.syns));
        self.syns += 1;
        if segment.flags.ack() {
            self.answered[local_index(local)] = Some(remote);
        }
    }

    /// What the next SEND on a socket writes; `remote` is the peer's port as the stack tells it.
    pub(super) fn next(&mut self, socket: Socket, remote: Option<u16>) -> Stretch {
        let own = Flow::of(socket);
        let user = &mut self.sockets[usize::from(socket.0)];
        let (local, named) = user.opened.unwrap_or((own.local_port(), None));
        let remote = remote
            .or(named)
            .or(self.answered[local_index(local)])
            .unwrap_or(own.remote_port());
        let seen = self.iss[local_index(local)][remote_index(remote)];
        if let Some((iss, _)) = seen.filter(|(_, number)| *number >= user.since) {
            if user.iss.is_some_and(|before| before != iss) {
                user.sent = 0;
            }
            user.iss = Some(iss);
        }
        Stretch {
            ports: (local, remote),
            offset: user.sent,
        }
    }

    /// The stack took over so many octets more.
    pub(super) fn sent(&mut self, socket: Socket, len: u32) {
        let user = &mut self.sockets[usize::from(socket.0)];
        user.sent = user.sent.wrapping_add(len);
    }
}

/// The number of a local port, for a table.
fn local_index(port: u16) -> usize {
    usize::from(port.wrapping_sub(Flow::default().local_port())) % PORTS
}

/// The number of a remote port, for a table.
fn remote_index(port: u16) -> usize {
    usize::from(port.wrapping_sub(Flow::default().remote_port())) % PORTS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Endpoint, Flags, Options};

    const A: Socket = Socket(0);

    fn syn(flags: Flags, local: u16, remote: u16, iss: u32) -> Segment {
        let end = |addr, port| Endpoint { addr, port };
        Segment {
            src: end(Family::V4.stack(), local),
            dst: end(Family::V4.peer(), remote),
            seq: SeqNumber(iss),
            ack: SeqNumber(0),
            flags,
            window: 0,
            urgent: 0,
            options: Options::default(),
            ecn: Default::default(),
            dscp: 0,
            hops: crate::wire::HOP_LIMIT,
            payload_len: 0,
        }
    }

    #[test]
    fn the_peer_is_the_one_that_is_told_named_answered_or_the_own() {
        let mut users = Users::default();
        let ports = |users: &mut Users, told| users.next(A, told).ports;
        assert_eq!(ports(&mut users, None), (80, 40_000));
        users.opened(A, 81, None);
        assert_eq!(ports(&mut users, None), (81, 40_000));
        users.saw(&syn(Flags::SYN | Flags::ACK, 81, 40_003, 1));
        assert_eq!(ports(&mut users, None), (81, 40_003));
        assert_eq!(ports(&mut users, Some(40_002)), (81, 40_002));
        users.opened(A, 81, Some(40_001));
        users.saw(&syn(Flags::SYN, 81, 40_001, 2));
        assert_eq!(ports(&mut users, None), (81, 40_001));
    }

    #[test]
    fn a_stream_goes_on_until_another_begins() {
        let mut users = Users::default();
        let both = Flags::SYN | Flags::ACK;
        users.opened(A, 80, None);
        users.sent(A, 3);
        assert_eq!(users.next(A, None).offset, 3, "before the SYN,ACK");
        users.saw(&syn(both, 80, 40_000, 7));
        assert_eq!(users.next(A, None).offset, 3, "queued before the SYN,ACK");
        users.sent(A, 2);
        users.saw(&syn(both, 80, 40_000, 7));
        assert_eq!(users.next(A, None).offset, 5, "SYN,ACK sent again");
        users.saw(&syn(both, 80, 40_000, 8));
        assert_eq!(users.next(A, None).offset, 0, "another connection");
        users.sent(A, 4);
        users.opened(A, 80, None);
        users.sent(A, 1);
        users.saw(&syn(both, 80, 40_000, 9));
        assert_eq!(users.next(A, None).offset, 1, "queued after a new OPEN");
    }
}
