//! What the generator makes: everything there is, and often enough.

use std::collections::BTreeMap;

use super::vocabulary as words;
use super::*;
use crate::model::State;
use crate::stack::CongestionControl;
use crate::wire::{Damage, Family, IcmpKind};

const SCENARIOS: u64 = 20_000;

/// How often each thing occurs.
#[derive(Default)]
struct Counts(BTreeMap<String, u32>);

impl Counts {
    fn add(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    fn expect(&self, what: impl Into<String>) {
        let what = what.into();
        let kind = what.split(' ').next().unwrap_or_default();
        let like: Vec<_> = self
            .0
            .iter()
            .filter(|(it, _)| it.starts_with(kind))
            .collect();
        assert!(
            self.0.contains_key(&what),
            "`{what}` never occurs in {like:#?}"
        );
    }

    fn scenario(&mut self, scenario: &Scenario) {
        self.config(scenario);
        scenario.steps.iter().for_each(|step| self.step(step));
    }

    fn config(&mut self, scenario: &Scenario) {
        let config = &scenario.config;
        self.add(format!("{:?}", config.family));
        self.add(format!("mtu {}", config.mtu));
        self.add(format!("rcv {}", config.receive_buffer));
        self.add(format!("snd {}", config.send_buffer));
        self.add(format!("ts {}", config.timestamps));
        self.add(format!("nagle {}", config.nagle));
        self.add(format!("ackdelay {}", config.ack_delay));
        self.add(format!("keepalive {:?}", config.keep_alive));
        self.add(format!("usertimeout {:?}", config.user_timeout));
        self.add(format!("congestion {:?}", config.congestion));
        self.add(format!("ttl {:?}, dscp {:?}", config.ttl, config.dscp));
        self.add(format!("isn {}", scenario.peer_isn.is_some()));
        if let Some(isn) = scenario.peer_isn {
            self.add(format!("isn at {isn}"));
        }
        if scenario.config == Default::default() {
            self.add("all as usual");
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Segment(segment) => self.segment(segment),
            Step::Icmp(error) => {
                self.add(format!("icmp {}", error.kind.name()));
                self.add(format!("quotes {}", error.quote));
                if error.kind == IcmpKind::TooBig {
                    self.add(format!("next hop {}", error.mtu));
                }
            }
            Step::Call(socket, call) => {
                let name = format!("{step}");
                let word = name.split(' ').nth(1).unwrap_or("");
                self.add(format!("call {word}"));
                self.add(format!("socket {}", socket.0));
                match call {
                    CallStep::Listen { remote, .. } => {
                        self.add(format!("listen for one: {}", remote.is_some()));
                    }
                    CallStep::Send(octets)
                    | CallStep::SendFlagged(octets, _)
                    | CallStep::Receive(octets) => {
                        self.add(format!("octets {octets}"));
                    }
                    _ => {}
                }
            }
            Step::Wait(_) => self.add(step.to_string()),
            Step::Peer(_, act) => {
                let name = step.to_string();
                let word = name.split(' ').nth(1).unwrap_or("");
                let part = matches!(act, PeerStep::AckPart(_));
                self.add(format!("peer {word}{}", if part { " part" } else { "" }));
                match act {
                    PeerStep::Lose(segments) => self.add(format!("lose {segments}")),
                    PeerStep::Data(octets) => self.add(format!("data {octets}")),
                    PeerStep::Window(octets) => self.add(format!("offer {octets}")),
                    _ => {}
                }
            }
        }
    }

    fn segment(&mut self, segment: &SegmentStep) {
        for bit in 0..12 {
            if segment.flags.bits() & 1 << bit != 0 {
                self.add(format!("flag {bit}"));
            }
        }
        self.add(format!("flags {}", segment.flags));
        self.add(format!("seq {:?}", segment.seq.base));
        self.add(format!("ack {:?}", segment.ack.base));
        self.add(format!("seq offset {}", segment.seq.offset));
        self.add(format!("ack offset {}", segment.ack.offset));
        self.add(format!("len {}", segment.len));
        if let Some(window) = segment.window {
            self.add(format!("win {window}"));
        }
        for option in segment.options.iter().flatten() {
            let name = option.to_string();
            self.add(format!("option {}", name.split(' ').next().unwrap_or("")));
        }
        self.add(format!(
            "flow {} {}",
            segment.flow.local, segment.flow.remote
        ));
        self.add(format!("src {:?}", segment.src));
        self.add(format!("dst {:?}", segment.dst));
        self.add(format!("urgent {}", segment.urgent > 0));
        self.add(format!("urgent at {}", segment.urgent));
        if let Some(options) = &segment.options {
            let all: Vec<String> = options.iter().map(ToString::to_string).collect();
            self.add(format!("options <{}>", all.join(", ")));
        }
        if let Some(damage) = segment.damage {
            self.add(format!("{damage:?}"));
        }
        match segment.damage {
            None => self.add("no damage"),
            Some(Damage::Checksum(_)) => self.add("damage checksum"),
            Some(Damage::DataOffset(_)) => self.add("damage offset"),
            Some(Damage::Cut(_)) => self.add("damage cut"),
            Some(Damage::Truncate(_)) => self.add("damage truncate"),
            Some(Damage::Ipv4Checksum(_)) => self.add("damage ipv4checksum"),
            Some(Damage::Ipv4Options(_)) => self.add("damage ipv4options"),
            Some(Damage::Trailer(_)) => self.add("damage trailer"),
        }
    }
}

#[test]
fn the_generator_makes_everything() {
    let (mut counts, mut scenario) = (Counts::default(), Scenario::default());
    for index in 0..SCENARIOS {
        generate(1, index, &mut scenario);
        counts.scenario(&scenario);
    }
    everything_occurs(&counts);

    // Common things are common.
    let count = |what: &str| u64::from(counts.0.get(what).copied().unwrap_or(0));
    assert!(
        count("all as usual") > SCENARIOS / 20,
        "{}",
        count("all as usual")
    );
    assert!(count("no damage") > 20 * count("damage checksum"));
    assert!(count("call recv") > SCENARIOS / 2);
}

/// From nothing, by small changes, without ever composing a scenario anew but as one of them.
#[test]
fn the_mutator_makes_everything() {
    let mut counts = Counts::default();
    let mut scenario = Scenario::default();
    for index in 0..4 * SCENARIOS {
        if index % 40 == 0 {
            scenario = Scenario::default();
        }
        mutate(&mut Random::new(1, index), &mut scenario, None);
        counts.scenario(&scenario);
    }
    everything_occurs(&counts);
}

fn everything_occurs(counts: &Counts) {
    let each = |kind: &str, names: &[&str]| {
        names
            .iter()
            .for_each(|name| counts.expect(format!("{kind} {name}")));
    };
    for family in [Family::V4, Family::V6] {
        counts.expect(format!("{family:?}"));
    }
    counts.expect(format!("mtu {}", words::LEAST_MTU_V4));
    words::MTUS
        .iter()
        .for_each(|it| counts.expect(format!("mtu {it}")));
    for octets in words::BUFFERS {
        counts.expect(format!("rcv {octets}"));
        counts.expect(format!("snd {octets}"));
    }
    for it in [
        CongestionControl::None,
        CongestionControl::Reno,
        CongestionControl::Cubic,
    ] {
        counts.expect(format!("congestion {it:?}"));
    }
    for it in words::ACK_DELAYS {
        counts.expect(format!("ackdelay {it}"));
    }
    for it in words::KEEP_ALIVES {
        counts.expect(format!("keepalive {it:?}"));
    }
    for it in [(Some(words::TTL.1), None), (None, Some(words::DSCP.1))] {
        counts.expect(format!("ttl {:?}, dscp {:?}", it.0, it.1));
    }
    for it in words::USER_TIMEOUTS {
        counts.expect(format!("usertimeout {:?}", Some(it)));
    }
    for kind in ["ts", "nagle", "isn", "listen for one:", "urgent"] {
        each(kind, &["true", "false"]);
    }
    each(
        "call",
        &[
            "listen", "connect", "send", "recv", "close", "abort", "status",
        ],
    );
    each("socket", &["0", "1", "2"]);
    each("wait", &["timer"]);
    words::WAITS
        .iter()
        .for_each(|it| counts.expect(format!("wait {it}")));
    let acts = "handshake,ack,ack part,data,resend,fin,window,lose,drop,swap,twice,crash";
    each("peer", &acts.split(',').collect::<Vec<_>>());
    (0..12).for_each(|bit| counts.expect(format!("flag {bit}")));
    words::SEQ_BASES
        .iter()
        .for_each(|(_, it)| counts.expect(format!("seq {it:?}")));
    words::ACK_BASES
        .iter()
        .for_each(|(_, it)| counts.expect(format!("ack {it:?}")));
    words::LENGTHS
        .iter()
        .for_each(|it| counts.expect(format!("len {it}")));
    words::WINDOWS
        .iter()
        .for_each(|it| counts.expect(format!("win {it}")));
    each(
        "option",
        &["mss", "wscale", "sackok", "ts", "sack", "nop", "eol", "raw"],
    );
    for (address, _) in Address::NAMES {
        counts.expect(format!("src {:?}", Some(address)));
        counts.expect(format!("dst {:?}", Some(address)));
    }
    for (_, name) in IcmpKind::NAMES {
        counts.expect(format!("icmp {name}"));
    }
    for local in 0..Flow::PORTS {
        (0..Flow::PORTS).for_each(|remote| counts.expect(format!("flow {local} {remote}")));
    }
    let damage = [
        "checksum",
        "offset",
        "cut",
        "truncate",
        "ipv4checksum",
        "ipv4options",
        "trailer",
    ];
    each("damage", &damage);
    every_boundary_occurs(counts);
}

fn every_boundary_occurs(counts: &Counts) {
    for it in words::ISNS {
        counts.expect(format!("isn at {it}"));
    }
    for (_, it) in words::OFFSETS {
        counts.expect(format!("seq offset {it}"));
        counts.expect(format!("ack offset {it}"));
    }
    for it in words::FLAGS {
        counts.expect(format!("flags {it}"));
    }
    for it in words::NEXT_HOP_MTUS {
        counts.expect(format!("next hop {it}"));
    }
    for it in words::QUOTES {
        counts.expect(format!("quotes {it}"));
    }
    for it in words::URGENTS {
        counts.expect(format!("urgent at {it}"));
    }
    for it in words::LOSSES {
        counts.expect(format!("lose {it}"));
    }
    for it in words::LENGTHS.iter().filter(|it| **it > 0) {
        counts.expect(format!("octets {it}"));
        counts.expect(format!("data {it}"));
    }
    for it in words::WINDOWS {
        counts.expect(format!("offer {it}"));
    }
    for it in words::OPTIONS {
        counts.expect(format!("options {it}"));
    }
    for it in words::DAMAGE {
        let step: Step = format!("< ACK {it}").parse().expect(it);
        let Step::Segment(segment) = step else {
            panic!("{it}");
        };
        counts.expect(format!("{:?}", segment.damage.expect(it)));
    }
}

#[cfg(feature = "proptest")]
#[test]
fn the_strategy_makes_everything() {
    use proptest::strategy::{Strategy, ValueTree};
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut counts = Counts::default();
    for _ in 0..SCENARIOS {
        let tree = crate::property::scenarios().new_tree(&mut runner);
        counts.scenario(&tree.expect("a scenario").current());
    }
    everything_occurs(&counts);
}

#[cfg(feature = "fuzzing")]
#[test]
fn choices_of_octets_make_everything() {
    let (mut counts, mut random) = (Counts::default(), Random::new(9, 9));
    for _ in 0..SCENARIOS {
        let octets: Vec<u8> = (0..400).map(|_| random.bits() as u8).collect();
        let mut choices = arbitrary::Unstructured::new(&octets);
        let scenario = arbitrary::Arbitrary::arbitrary(&mut choices);
        counts.scenario(&scenario.expect("a scenario"));
    }
    everything_occurs(&counts);
}

#[test]
fn every_number_that_can_be_named_is_drawn_for_seq_or_ack() {
    for (base, name) in SeqBase::NAMES {
        let bases = words::SEQ_BASES.iter().chain(words::ACK_BASES);
        assert!(bases.into_iter().any(|(_, it)| *it == base), "{name}");
    }
}

#[test]
fn every_state_has_its_ways() {
    let named: Vec<_> = words::STATES.iter().map(|(_, name, _)| *name).collect();
    assert_eq!(named, State::ALL.map(State::name));
}

#[test]
fn scenarios_are_short_and_their_room_is_kept() {
    let mut scenario = Scenario::default();
    scenario.steps.reserve(64);
    let room = scenario.steps.as_ptr();
    let mut lengths: Vec<usize> = (0..2_000)
        .map(|index| {
            generate(5, index, &mut scenario);
            scenario.steps.len()
        })
        .collect();
    assert_eq!(scenario.steps.as_ptr(), room);
    lengths.sort_unstable();
    let at = |percent: usize| lengths[lengths.len() * percent / 100];
    let spread = (
        lengths[0],
        at(5),
        at(50),
        at(95),
        lengths[lengths.len() - 1],
    );
    assert!(spread.0 >= 2 && spread.1 >= 4, "{spread:?}");
    assert!((8..=16).contains(&spread.2) && spread.4 <= 40, "{spread:?}");
}

#[test]
fn equal_numbers_give_equal_scenarios_and_others_do_not() {
    let make = |seed, index| {
        let mut scenario = Scenario::default();
        generate(seed, index, &mut scenario);
        scenario.to_string()
    };
    let all: Vec<_> = (0..300).map(|n| make(n / 100, n % 100)).collect();
    let again: Vec<_> = (0..300).map(|n| make(n / 100, n % 100)).collect();
    assert_eq!(all, again);
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
}

#[test]
fn choices_are_even_and_stay_below() {
    let mut random = Random::new(3, 4);
    for n in [1, 2, 3, 7, 1_000] {
        let mut seen = vec![0_u32; n as usize];
        (0..n * 200).for_each(|_| seen[random.below(n) as usize] += 1);
        assert!(
            seen.iter().all(|count| (100..=300).contains(count)),
            "{n}: {seen:?}"
        );
    }
    assert_eq!(random.below(0), 0);
    let drawn: Vec<_> = (0..40)
        .map(|_| random.weighted(&[(0, 'a'), (3, 'b'), (1, 'c')]))
        .collect();
    let count = |c| drawn.iter().filter(|it| **it == c).count();
    assert!(count('a') == 0 && count('b') > count('c') && count('c') > 0);
}
