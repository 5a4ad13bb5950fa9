//! The simplest conversation found that still shows the same thing.

use super::{Closes, Conversation, Link, Opens, Side};
use crate::stack::{Config, KeepAlive};
use crate::time::Micros;

/// One way to make a conversation simpler.
type Edit = fn(&mut Conversation);

/// Whole features away first, then half of what is left.
const EDITS: &[Edit] = &[
    |c| c.intrudes = 0,
    |c| c.link.corrupts = 0,
    |c| c.link.repeats = 0,
    |c| c.link.reorders = 0,
    |c| c.link.loses = 0,
    |c| (c.link.dark, c.link.until) = (Micros::ZERO, Micros::ZERO),
    |c| c.policy = 0,
    |c| c.peer.octets = 0,
    |c| c.stack.octets = 0,
    |c| c.peer.rest = 0,
    |c| c.stack.rest = 0,
    |c| c.stack.pause = Micros::ZERO,
    |c| c.peer.pause = Micros::ZERO,
    |c| c.stack.pace = Micros::ZERO,
    |c| c.peer.pace = Micros::ZERO,
    |c| c.stack.wraps = false,
    |c| c.peer.wraps = false,
    |c| c.peer.octets /= 2,
    |c| c.stack.octets /= 2,
    |c| c.peer.octets -= c.peer.octets / 4,
    |c| c.stack.octets -= c.stack.octets / 4,
    |c| c.peer.rest /= 2,
    |c| c.stack.rest /= 2,
    |c| c.stack.config = plain(&c.stack),
    |c| c.peer.config = plain(&c.peer),
    |c| c.stack.config.receive_buffer = Config::default().receive_buffer,
    |c| c.stack.config.send_buffer = Config::default().send_buffer,
    |c| c.stack.config.mtu = Config::default().mtu,
    |c| c.stack.config.timestamps = false,
    |c| c.stack.config.nagle = true,
    |c| c.stack.config.congestion = Config::default().congestion,
    |c| c.stack.config.ack_delay = Config::default().ack_delay,
    |c| c.stack.config.keep_alive = KeepAlive::Off,
    |c| c.stack.config.user_timeout = None,
    |c| c.peer.config.receive_buffer = Config::default().receive_buffer,
    |c| c.peer.config.send_buffer = Config::default().send_buffer,
    |c| c.peer.config.mtu = Config::default().mtu,
    |c| c.peer.config.timestamps = false,
    |c| c.peer.config.nagle = true,
    |c| c.peer.config.congestion = Config::default().congestion,
    |c| c.peer.config.ack_delay = Config::default().ack_delay,
    |c| c.peer.config.keep_alive = KeepAlive::Off,
    |c| c.peer.config.user_timeout = None,
    |c| c.stack.chunk = Side::default().chunk,
    |c| c.peer.chunk = Side::default().chunk,
    |c| c.opens = Opens::Peer,
    |c| c.closes = Closes::Stack,
    |c| c.link.spacing = Micros::ZERO,
    |c| c.link.delay = Link::default().delay,
    |c| c.link.good = Link::default().good,
    |c| c.intrudes *= 2,
    |c| c.link.loses *= 2,
    |c| c.link.repeats *= 2,
    |c| c.link.reorders *= 2,
    |c| c.link.corrupts *= 2,
    |c| c.seed = 0,
];

/// The usual configuration, of the same version of IP.
fn plain(side: &Side) -> Config {
    Config {
        family: side.config.family,
        ..Config::default()
    }
}

/// The simplest conversation found for which `shows` is true, in at most `runs` questions. It is
/// taken for granted that `shows` is true of the given one.
pub fn simplify(
    conversation: &Conversation,
    runs: usize,
    mut shows: impl FnMut(&Conversation) -> bool,
) -> Conversation {
    let mut best = *conversation;
    let mut left = runs;
    loop {
        let before = best;
        for edit in EDITS {
            let mut candidate = best;
            edit(&mut candidate);
            if candidate == best {
                continue;
            }
            if left == 0 {
                return best;
            }
            left -= 1;
            // Only rare things become rarer without end.
            if once_in_is_sane(&candidate) && shows(&candidate) {
                best = candidate;
            }
        }
        if best == before {
            return best;
        }
    }
}

fn once_in_is_sane(c: &Conversation) -> bool {
    let link = c.link;
    [
        c.intrudes,
        link.loses,
        link.repeats,
        link.reorders,
        link.corrupts,
    ]
    .iter()
    .all(|once_in| *once_in < 100_000)
}
