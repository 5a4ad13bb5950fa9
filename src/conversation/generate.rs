//! Conversations from a seed.

use super::{Closes, Conversation, Link, Opens, Side};
use crate::scenario::{Random, Source};
use crate::stack::{Config, CongestionControl, KeepAlive};
use crate::time::Micros;
use crate::wire::Family;

/// How many octets one side writes; once in [`LARGE`] times up to ten million.
const SIZES: [(u32, u32, u32); 6] = [
    (2, 0, 0),
    (4, 1, 100),
    (6, 100, 5_000),
    (8, 5_000, 50_000),
    (4, 50_000, 300_000),
    (1, 300_000, 1_500_000),
];

/// One conversation in so many is long.
const LARGE: u32 = 400;

/// The most that one side writes.
const MOST: u32 = 10_000_000;

/// The most in real time.
const MOST_LIVE: u32 = 60_000;

/// The conversation of this number under a seed.
pub fn generate(seed: u64, index: u64) -> Conversation {
    let mut random = Random::new(seed ^ 0xc0_4e_7a_11, index);
    let from = &mut random;
    let large = from.once_in(LARGE);
    let mut stack = side(from, large);
    let mut peer = side(from, large);
    let family = from.weighted(&[(3, Family::V4), (1, Family::V6)]);
    for side in [&mut stack, &mut peer] {
        let mtu = side.config.mtu;
        side.config.mtu = match family {
            Family::V4 => mtu,
            Family::V6 => mtu.max(1_280),
        };
    }
    // That of the peer follows.
    stack.config.family = family;
    let closes = from.weighted(&[
        (4, Closes::Stack),
        (4, Closes::Peer),
        (4, Closes::Both),
        (1, Closes::StackAborts),
        (1, Closes::PeerAborts),
        (1, Closes::PeerCrashes),
    ]);
    let (rest_of_stack, rest_of_peer) = (rest(from), rest(from));
    match closes {
        Closes::Stack => peer.rest = rest_of_peer,
        Closes::Peer => stack.rest = rest_of_stack,
        Closes::Both | Closes::StackAborts | Closes::PeerAborts | Closes::PeerCrashes => {}
    }
    let link = link(from, large);
    let intrusions: &[(u32, u32)] = match stack.octets.max(peer.octets) {
        0..50_000 => &[(3, 0), (1, 1), (2, 4), (2, 20), (2, 100)],
        _ => &[(3, 0), (4, 50), (3, 500)],
    };
    Conversation {
        seed: from.bits() >> 32,
        opens: from.weighted(&[(6, Opens::Peer), (5, Opens::Stack), (1, Opens::Both)]),
        closes,
        stack,
        peer,
        policy: match from.once_in(2) {
            true => 0,
            false => u64::from(from.below(1 << 16)),
        },
        link,
        intrudes: from.weighted(intrusions),
    }
}

/// The same for a stack that lives in real time: short ways, few losses, and not much to say.
pub fn generate_live(seed: u64, index: u64) -> Conversation {
    let mut conversation = generate(seed, index);
    let from = &mut Random::new(seed ^ 0x11_7e, index);
    for side in [&mut conversation.stack, &mut conversation.peer] {
        side.octets %= MOST_LIVE;
        side.wraps = false;
        side.pause = side.pause.min(Micros::millis(300));
        side.pace = side.pace.min(Micros::millis(3));
    }
    // Through a small window octets go by at the pace of probes.
    let Conversation { stack, peer, .. } = &mut conversation;
    let most = |from: &Side, to: &Side| 15 * from.config.send_buffer.min(to.config.receive_buffer);
    let limits = [most(stack, peer), most(peer, stack)];
    for (side, most) in [stack, peer].into_iter().zip(limits) {
        side.octets = side.octets.min(most);
        side.rest = side.rest.min(most);
    }
    let link = &mut conversation.link;
    link.delay = from.one(&[Micros::millis(1), Micros::millis(5), Micros::millis(10)]);
    link.spacing = link.spacing.min(Micros(120));
    for often in [&mut link.loses, &mut link.corrupts] {
        *often = match *often {
            0 => 0,
            often => often.max(30),
        };
    }
    (link.dark, link.until) = match link.dark {
        Micros::ZERO => (Micros::ZERO, Micros::ZERO),
        _ => (Micros::millis(30), Micros::millis(330)),
    };
    link.good = Micros::secs(2);
    conversation
}

fn rest(from: &mut Random) -> u32 {
    match from.once_in(3) {
        true => 1 + from.below(20_000),
        false => 0,
    }
}

fn side(from: &mut Random, large: bool) -> Side {
    let octets = match large {
        true => MOST / 5 + from.below(MOST / 5 * 4),
        false => {
            let (least, most) = from.weighted(&SIZES.map(|(w, least, most)| (w, (least, most))));
            least + from.below(most - least + 1)
        }
    };
    let buffers: &[u32] = match large {
        true => &[65_535, 200_000, 1 << 20],
        false => &[
            100,
            1_000,
            2_048,
            4_096,
            10_000,
            65_535,
            65_536,
            200_000,
            1 << 20,
        ],
    };
    let (receive_buffer, send_buffer) = (from.one(buffers), from.one(buffers));
    let small = octets < 50 * receive_buffer.min(send_buffer);
    let mtu = match large {
        true => from.one(&[1_500, 9_000]),
        false => from.one(&[576, 1_280, 1_500, 1_500, 9_000]),
    };
    Side {
        config: Config {
            mtu,
            receive_buffer,
            send_buffer,
            timestamps: from.once_in(2),
            nagle: !from.once_in(4),
            ack_delay: from.one(&[Micros::ZERO, Micros::millis(10), Micros::millis(200)]),
            congestion: from.one(&[
                CongestionControl::None,
                CongestionControl::Reno,
                CongestionControl::Cubic,
            ]),
            keep_alive: match from.once_in(8) {
                true => KeepAlive::Every(Micros::secs(7)),
                false => KeepAlive::Off,
            },
            user_timeout: from.once_in(10).then_some(Micros::secs(40)),
            ..Config::default()
        },
        octets,
        rest: 0,
        chunk: match large {
            true => 65_535,
            false => from.one(&[65_535, 65_535, 1_460, 500]),
        },
        pace: match small && from.once_in(4) {
            true => from.one(&[Micros::millis(3), Micros::millis(50)]),
            false => Micros::ZERO,
        },
        pause: match from.once_in(6) {
            true => from.one(&[Micros::secs(2), Micros::secs(20), Micros::secs(200)]),
            false => Micros::ZERO,
        },
        wraps: from.once_in(if large { 2 } else { 20 }) && octets > 20_000,
    }
}

fn link(from: &mut Random, large: bool) -> Link {
    let often: &[u32] = match large {
        true => &[0, 100, 1_000],
        false => &[0, 0, 3, 10, 30, 100],
    };
    let dark = match from.once_in(8) {
        true => from.one(&[Micros::millis(5), Micros::millis(300), Micros::secs(4)]),
        false => Micros::ZERO,
    };
    let until = match dark {
        Micros::ZERO => Micros::ZERO,
        dark => dark + from.one(&[Micros::millis(200), Micros::secs(3), Micros::secs(60)]),
    };
    Link {
        delay: from.one(&[
            Micros(50),
            Micros::millis(1),
            Micros::millis(10),
            Micros::millis(100),
            Micros::millis(600),
        ]),
        spacing: from.one(&[Micros::ZERO, Micros(12), Micros(120), Micros(1_200)]),
        loses: from.one(often),
        repeats: from.one(often),
        reorders: from.one(often),
        corrupts: from.one(often),
        dark,
        until,
        good: from.one(&[Micros::secs(1), Micros::secs(10), Micros::secs(100)]),
    }
}
