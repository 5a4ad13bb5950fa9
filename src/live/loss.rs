//! A network that loses segments: which ones depends on a seed and on how many came before.

use std::str::FromStr;

/// A share of a hundred, in thousandths of a percent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Percent(u32);

impl Percent {
    /// So many of a hundred; no more than all of them.
    pub fn whole(percent: u8) -> Percent {
        Percent(u32::from(percent.min(100)) * 1_000)
    }
}

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Percent, String> {
        let number = text.trim_end_matches('%').parse::<f64>();
        match number {
            Ok(percent) if (0.0..=100.0).contains(&percent) => {
                Ok(Percent((percent * 1_000.0).round() as u32))
            }
            Ok(_) | Err(_) => Err("it takes a number from 0 to 100, such as 2 or 0.5".into()),
        }
    }
}

/// Which way a packet travels, seen from the stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Direction {
    In,
    Out,
}

/// Takes segments away.
pub(super) struct Loss {
    share: Percent,
    seed: u64,
    /// How many segments have come, either way.
    seen: [u64; 2],
    /// How many were taken.
    pub(super) lost: u64,
}

impl Loss {
    pub(super) fn new(share: Percent, seed: u64) -> Loss {
        Loss {
            share,
            seed,
            seen: [0; 2],
            lost: 0,
        }
    }

    /// Whether this packet is lost. What is no TCP is neither lost nor counted.
    pub(super) fn takes(&mut self, direction: Direction, packet: &[u8]) -> bool {
        if self.share == Percent::default() || !is_tcp(packet) {
            return false;
        }
        let seen = &mut self.seen[direction as usize];
        *seen += 1;
        let drawn = mix(self.seed ^ mix(*seen << 1 | direction as u64)) % 100_000;
        let taken = drawn < self.share.0.into();
        self.lost += u64::from(taken);
        taken
    }
}

fn is_tcp(packet: &[u8]) -> bool {
    const TCP: u8 = 6;
    match packet.first().map(|first| first >> 4) {
        Some(4) => packet.get(9) == Some(&TCP),
        Some(6) => packet.get(6) == Some(&TCP),
        _ => false,
    }
}

/// The finaliser of a well-known generator.
fn mix(x: u64) -> u64 {
    let mut x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(protocol: u8) -> [u8; 20] {
        let mut packet = [0; 20];
        (packet[0], packet[9]) = (0x45, protocol);
        packet
    }

    fn taken(share: Percent, seed: u64, direction: Direction) -> Vec<bool> {
        let mut loss = Loss::new(share, seed);
        let packet = packet(6);
        (0..10_000)
            .map(|_| loss.takes(direction, &packet))
            .collect()
    }

    #[test]
    fn takes_the_share_that_is_asked_for_the_same_every_time() {
        for (percent, least, most) in [
            (0, 0, 0),
            (2, 150, 250),
            (50, 4_800, 5_200),
            (100, 10_000, 10_000),
        ] {
            let share = Percent::whole(percent);
            let first = taken(share, 7, Direction::In);
            let count = first.iter().filter(|taken| **taken).count();
            assert!((least..=most).contains(&count), "{percent} %: {count}");
            assert_eq!(first, taken(share, 7, Direction::In));
            if percent % 100 > 0 {
                assert_ne!(first, taken(share, 8, Direction::In));
                assert_ne!(first, taken(share, 7, Direction::Out));
            }
        }
    }

    #[test]
    fn takes_nothing_but_tcp() {
        let mut loss = Loss::new(Percent::whole(100), 1);
        assert!(!loss.takes(Direction::In, &packet(17)));
        assert!(!loss.takes(Direction::In, &[]));
        assert!(!loss.takes(Direction::In, &[0x60]));
        assert!(loss.takes(Direction::In, &packet(6)));
        assert_eq!(loss.lost, 1);
    }

    #[test]
    fn percentages_are_read() {
        let rows = [
            ("2", Some(2_000)),
            ("0.5", Some(500)),
            ("100%", Some(100_000)),
            ("-1", None),
            ("101", None),
            ("x", None),
            ("nan", None),
            ("", None),
        ];
        for (text, share) in rows {
            assert_eq!(text.parse::<Percent>().ok().map(|it| it.0), share, "{text}");
        }
    }
}
