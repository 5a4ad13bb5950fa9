//! The peer against a stack that is written down, a segment a line.

mod syns;

use super::*;
use crate::scenario::{PeerStep, Step};
use crate::wire::Flags;

/// A conversation in which the peer's ISN is 1000. A line is
/// - a step of a scenario, or `again`, which goes on with the last one;
/// - `= FLAGS SEQ ACK [LEN [WINDOW]]`: the next packet that the peer sent for it;
/// - `> FLAGS SEQ ACK [LEN [WINDOW]]`: what the stack sends, with `mss` and `wscale` after it;
/// - `? NAME NUMBER`: what the name stands for.
fn conversation(seed: u64, text: &str) {
    let mut peer = Peer::new();
    peer.reset(&Config::default(), seed, Some(1_000));
    let mut out = Packets::new();
    let mut seen = 0;
    let mut last = None;
    let now = Instant(7_000_000);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let kind = words.next().unwrap_or("");
        if kind == "=" {
            let packet = out.iter().nth(seen);
            let packet = packet.unwrap_or_else(|| panic!("nothing sent for {line}"));
            check(line, packet);
            seen += 1;
            continue;
        }
        let left: Vec<_> = out.iter().skip(seen).map(|it| &it.segment).collect();
        assert!(left.is_empty(), "before {line}: {left:?}");
        match kind {
            ">" => peer.saw(&emission(words.collect())),
            "?" => {
                let probe = format!("< RST seq {}", words.next().unwrap());
                let Ok(Step::Segment(probe)) = probe.parse() else {
                    panic!("{line}")
                };
                let number = peer.resolve(probe.flow, probe.seq);
                assert_eq!(number.to_string(), words.next().unwrap(), "{line}");
            }
            _ => {
                out.clear();
                seen = 0;
                if line != "again" {
                    last = Some(
                        line.parse()
                            .unwrap_or_else(|error| panic!("{line}: {error}")),
                    );
                }
                match &last {
                    Some(Step::Segment(step)) => peer.segment(now, step, &mut out),
                    Some(Step::Peer(flow, step)) if line == "again" => {
                        peer.act_again(now, *flow, *step, &mut out);
                    }
                    Some(Step::Peer(flow, step)) => peer.act(now, *flow, *step, &mut out),
                    other => panic!("{other:?} is not for the peer"),
                }
            }
        }
    }
    assert_eq!(out.len(), seen, "packets left at the end");
}

/// Compares a packet with what a line says, and with itself.
fn check(line: &str, packet: &Packet) {
    let segment = packet.segment.as_ref().expect(line);
    let words = line.split_whitespace().count();
    let shown = format!("= {} {} {}", segment.flags, segment.seq, segment.ack);
    let shown = match words {
        ..=4 => shown,
        5 => format!("{shown} {}", segment.payload_len),
        _ => format!("{shown} {} {}", segment.payload_len, segment.window),
    };
    assert_eq!(shown, line);
    let parsed = wire::parse(&packet.octets).expect(line);
    assert_eq!(parsed.segment, *segment, "{line}");
    assert_eq!(parsed.text, packet.text, "{line}");
}

fn emission(words: Vec<&str>) -> Segment {
    let numbers: Vec<u32> = words[1..].iter().map_while(|it| it.parse().ok()).collect();
    let number = |index: usize| numbers.get(index).copied();
    let after = |name: &str| {
        let at = words.iter().position(|word| *word == name)?;
        words[at + 1].parse::<u16>().ok()
    };
    Segment {
        src: endpoint(Family::V4.stack(), 80),
        dst: endpoint(Family::V4.peer(), 40_000),
        flags: words[0].parse().unwrap(),
        seq: SeqNumber(numbers[0]),
        ack: SeqNumber(numbers[1]),
        ecn: Default::default(),
        dscp: 0,
        hops: crate::wire::HOP_LIMIT,
        payload_len: number(2).unwrap_or(0),
        window: number(3).unwrap_or(4_096) as u16,
        urgent: 0,
        options: Options {
            mss: after("mss"),
            window_scale: after("wscale").map(|shift| shift as u8),
            timestamps: after("ts").map(|value| (value.into(), 0)),
            ..Options::default()
        },
    }
}

/// A seed under which the peer offers nothing but its MSS, and one under which it offers all.
fn seeds() -> (u64, u64) {
    let offers = |seed: u64| {
        let mut peer = Peer::new();
        peer.reset(&Config::default(), seed, None);
        let mut out = Packets::new();
        let flow = Flow::default();
        peer.act(Instant::START, flow, PeerStep::Handshake, &mut out);
        let segment = out.iter().next().and_then(|it| it.segment.clone());
        segment.is_some_and(|it| it.options.window_scale.is_some())
    };
    let find = |wanted| (0..).find(|seed| offers(*seed) == wanted).unwrap();
    (find(false), find(true))
}

const OPEN: &str = "
    peer handshake
    = SYN 1000 0 0 65535
    > SYN,ACK 5000 1001 mss 1000
    again
    = ACK 1001 5001
    again";

fn after_open(text: &str) {
    conversation(seeds().0, &format!("{OPEN}\n{text}"));
}

#[test]
fn handshakes() {
    let seed = seeds().0;
    let conversations = [
        OPEN,
        // The stack opens.
        "> SYN 5000 0 mss 1000
        peer handshake
        = SYN,ACK 1000 5001
        > ACK 5001 1001
        again
        peer handshake",
        // Both open at once.
        "< SYN
        = SYN 1000 0
        > SYN 5000 0
        > SYN,ACK 5000 1001
        peer handshake
        = ACK 1001 5001",
        "< SYN
        = SYN 1000 0
        > SYN 5000 0
        peer handshake
        = SYN,ACK 1000 5001
        > ACK 5001 1001
        again",
        // Nobody answers; the next handshake sends the same again.
        "peer handshake
        = SYN 1000 0
        again
        peer handshake
        = SYN 1000 0",
        // The answer is lost.
        "peer lose 1
        peer handshake
        = SYN 1000 0
        > SYN,ACK 5000 1001
        ? RCV.NXT 1001
        again
        peer handshake
        = SYN 1000 0
        > SYN,ACK 5000 1001
        again
        = ACK 1001 5001",
    ];
    for text in conversations {
        conversation(seed, text);
    }
}

#[test]
fn the_names_follow_the_wire() {
    conversation(
        seeds().0,
        "? IRS 1000
        ? RCV.NXT 1000
        ? RCV.EDGE 1000
        ? NEXT 1000
        ? ISS 0
        ? SND.OLD 0",
    );
    after_open(
        "? IRS 1000
        ? NEXT 1001
        ? RCV.NXT 1001
        ? RCV.EDGE 5097
        ? RCV.MAX 5097
        ? ISS 5000
        ? SND.UNA 5001
        ? SND.NXT 5001
        ? SND.OLD 4294906762
        < PSH,ACK len 100
        = PSH,ACK 1001 5001 100 65535
        ? NEXT 1101
        ? RCV.NXT 1001
        > ACK 5001 1101 0 50
        ? RCV.NXT 1101
        ? RCV.EDGE 1151
        ? RCV.MAX 5097
        > PSH,ACK 5001 1101 300 50
        ? SND.NXT 5301
        < ACK ack SND.NXT-100
        = ACK 1101 5201
        ? SND.UNA 5201
        < ACK ack SND.NXT+1
        = ACK 1101 5302
        ? SND.UNA 5201",
    );
}

#[test]
fn next_counts_what_a_stack_could_take() {
    let rows = [
        ("< PSH,ACK seq NEXT+1 len 5", 1001),
        ("< PSH,ACK seq NEXT-3 len 5", 1003),
        ("< PSH len 5", 1001),
        ("< PSH,ACK len 5 ack SND.NXT+1", 1001),
        ("< PSH,ACK len 5 damage checksum 0x1", 1001),
        ("< PSH,ACK len 5 src other", 1001),
        ("< PSH,ACK len 5 damage trailer 9", 1006),
        ("< PSH,ACK len 5 damage cut 22", 1003),
        ("< SYN", 1001),
        ("< RST,ACK seq RCV.NXT+9 len 5", 1001),
        ("< FIN,ACK len 5", 1007),
        ("< FIN,ACK seq RCV.EDGE-1", 1001),
    ];
    for (line, next) in rows {
        let Ok(Step::Segment(step)) = line.parse() else {
            panic!("{line}")
        };
        let (mut peer, mut out) = (Peer::new(), Packets::new());
        let flow = Flow::default();
        peer.reset(&Config::default(), seeds().0, Some(1_000));
        peer.act(Instant::START, flow, PeerStep::Handshake, &mut out);
        peer.saw(&emission(vec!["SYN,ACK", "5000", "1001"]));
        peer.act_again(Instant::START, flow, PeerStep::Handshake, &mut out);
        peer.segment(Instant::START, &step, &mut out);
        let expr = SeqExpr::at(crate::scenario::SeqBase::Next);
        assert_eq!(peer.resolve(flow, expr), SeqNumber(next), "{line}");
    }
}

#[test]
fn data_goes_in_segments_as_the_window_allows() {
    after_open(
        "peer data 2500
        = ACK 1001 5001 1000
        = ACK 2001 5001 1000
        = PSH,ACK 3001 5001 500
        peer data 2500
        = ACK 3501 5001 1000
        = PSH,ACK 4501 5001 596
        peer data 1
        > ACK 5001 3001 0 10
        peer data 1
        peer resend
        = ACK 3001 5001 1000
        = ACK 4001 5001 1000
        = PSH,ACK 5001 5001 96
        > ACK 5001 5097
        peer resend
        peer fin
        = FIN,ACK 5097 5001 0
        peer data 1
        peer fin
        = FIN,ACK 5097 5001 0
        peer resend
        = FIN,ACK 5097 5001 0
        > ACK 5001 5098
        peer resend",
    );
}

#[test]
fn acknowledgments_cover_what_came_in_order() {
    after_open(
        "peer lose 1
        > PSH,ACK 5001 1001 100
        > PSH,ACK 5101 1001 100
        > PSH,ACK 5301 1001 100
        peer ack
        = ACK 1001 5001
        > PSH,ACK 5001 1001 100
        peer ack 50
        = ACK 1001 5051
        peer ack 1000
        = ACK 1001 5201
        > FIN,ACK 5201 1001 200
        peer ack
        = ACK 1001 5402
        peer window 10
        = ACK 1001 5402 0 10",
    );
    // What lies beyond the window is not taken.
    after_open(
        "peer window 10
        = ACK 1001 5001 0 10
        > FIN,ACK 5001 1001 20
        peer ack
        = ACK 1001 5011 0 10
        peer window 0
        = ACK 1001 5011 0 0
        > PSH,ACK 5011 1001 1
        peer ack
        = ACK 1001 5011 0 0",
    );
}

#[test]
fn segments_are_lost_exchanged_and_doubled() {
    after_open(
        "peer drop
        peer data 10
        peer data 10
        = PSH,ACK 1011 5001 10
        peer swap
        < ACK len 1
        < ACK len 2
        = ACK 1022 5001 2
        = ACK 1021 5001 1
        < ACK len 3
        = ACK 1024 5001 3
        peer twice
        < ACK len 4
        = ACK 1027 5001 4
        = ACK 1027 5001 4
        < ACK
        = ACK 1031 5001 0",
    );
}

#[test]
fn after_a_reset_or_a_crash_it_begins_anew() {
    let anew = |text: &str| {
        let mut peer = Peer::new();
        let mut out = Packets::new();
        peer.reset(&Config::default(), seeds().0, Some(1_000));
        let flow = Flow::default();
        peer.act(Instant::START, flow, PeerStep::Handshake, &mut out);
        peer.saw(&emission(vec!["SYN,ACK", "5000", "1001"]));
        peer.act_again(Instant::START, flow, PeerStep::Handshake, &mut out);
        for line in text.split("; ") {
            match line.strip_prefix("> ") {
                Some(words) => peer.saw(&emission(words.split(' ').collect())),
                None => match line.parse() {
                    Ok(Step::Segment(step)) => peer.segment(Instant::START, &step, &mut out),
                    Ok(Step::Peer(flow, step)) => {
                        peer.act(Instant::START, flow, step, &mut out);
                    }
                    other => panic!("{other:?}"),
                },
            }
        }
        out.clear();
        peer.act(Instant::START, flow, PeerStep::Handshake, &mut out);
        let packet = out.iter().next();
        packet.and_then(|it| it.segment.as_ref()).is_some_and(|it| {
            assert_eq!(it.flags, Flags::SYN, "{text}");
            assert!(it.seq.since(SeqNumber(1_000)) > 65_536, "{text}");
            true
        })
    };
    let rows = [
        ("> RST 5001 0", true),
        ("> RST,ACK 5001 1001", true),
        ("> RST 5000 0", false),
        ("< RST seq RCV.NXT", true),
        ("< RST seq RCV.NXT+1", false),
        ("< RST seq RCV.NXT damage checksum 0x1", false),
        ("peer crash", true),
        ("peer fin; > ACK 5001 1002", false),
        ("peer fin; > FIN,ACK 5001 1002", true),
        ("> FIN,ACK 5001 1001; peer fin", false),
        ("> FIN,ACK 5001 1001; peer fin; > ACK 5002 1002", true),
    ];
    for (text, expected) in rows {
        assert_eq!(anew(text), expected, "{text}");
    }
}

#[test]
fn a_half_open_connection_is_reset_first() {
    let (mut peer, mut out) = (Peer::new(), Packets::new());
    let (flow, step) = (Flow::default(), PeerStep::Handshake);
    peer.reset(&Config::default(), seeds().0, Some(1_000));
    peer.act(Instant::START, flow, step, &mut out);
    peer.saw(&emission(vec!["SYN,ACK", "5000", "1001"]));
    peer.act_again(Instant::START, flow, step, &mut out);
    peer.act(Instant::START, flow, PeerStep::Crash, &mut out);
    out.clear();
    peer.act(Instant::START, flow, step, &mut out);
    peer.saw(&emission(vec!["ACK", "5001", "1001"]));
    peer.act_again(Instant::START, flow, step, &mut out);
    let sent = out.iter().map(|it| it.segment.as_ref().unwrap());
    let shown: Vec<_> = sent.map(|it| (it.flags.to_string(), it.seq.0)).collect();
    let isn = shown[0].1;
    assert!(isn > 1_001);
    let rst = ("RST".to_string(), 1_001);
    assert_eq!(shown, [("SYN".into(), isn), rst, ("SYN".into(), isn)]);
}

#[test]
fn options_are_those_of_an_ordinary_endpoint() {
    let (plain, modern) = seeds();
    let options = |seed, lines: &[&str]| {
        let (mut peer, mut out) = (Peer::new(), Packets::new());
        peer.reset(&Config::default(), seed, None);
        for line in lines {
            match (line.strip_prefix("> "), line.parse()) {
                (Some(words), _) => peer.saw(&emission(words.split(' ').collect())),
                (None, Ok(Step::Segment(step))) => {
                    peer.segment(Instant::START, &step, &mut out);
                }
                (None, other) => panic!("{other:?}"),
            }
        }
        let it = out.iter().last().unwrap().segment.clone().unwrap().options;
        assert!(!it.malformed && it.octets.is_multiple_of(4));
        let ts = it.timestamps.map(|(_, echo)| echo);
        (it.mss, it.window_scale.is_some(), it.sack_permitted, ts)
    };
    let all = "> SYN 5000 0 mss 9 wscale 3 ts 77";
    let answer = "> SYN,ACK 5000 1 mss 9 wscale 3 ts 77";
    assert_eq!(
        options(plain, &["< SYN"]),
        (Some(1_460), false, false, None)
    );
    assert_eq!(
        options(modern, &["< SYN"]),
        (Some(1_460), true, true, Some(0))
    );
    assert_eq!(
        options(plain, &[all, "< SYN,ACK"]),
        (Some(1_460), false, false, None)
    );
    assert_eq!(
        options(modern, &[all, "< SYN,ACK"]),
        (Some(1_460), true, false, Some(77))
    );
    assert_eq!(
        options(modern, &["> SYN 5000 0", "< SYN,ACK"]),
        (Some(1_460), false, false, None)
    );
    assert_eq!(
        options(plain, &["< SYN seq 0", answer, "< ACK"]),
        (None, false, false, None)
    );
    assert_eq!(
        options(modern, &["< SYN seq 0", answer, "< ACK"]),
        (None, false, false, Some(77))
    );
    let spelled = "< SYN <mss 5, ts 0 1, sack 1..2, sack 3..4, wscale 255, sackok>";
    assert_eq!(options(modern, &[spelled]), (Some(5), true, true, Some(1)));
    assert_eq!(options(modern, &["< SYN <>"]), (None, false, false, None));
}

#[test]
fn text_is_that_of_the_stream_wherever_it_begins() {
    let (mut peer, mut out) = (Peer::new(), Packets::new());
    let lines = [
        "< PSH,ACK seq IRS-9 len 30",
        "< PSH,ACK seq IRS+1 len 30",
        "< PSH,ACK seq IRS+21 len 20 <>",
        "< PSH,ACK seq IRS len 40 damage offset 6",
        "< PSH,ACK seq IRS+1 len 40 <mss 5, nop> damage offset 5",
        "< SYN len 20 seq IRS",
        "< PSH,ACK seq IRS+1 len 65535",
    ];
    for isn in [1_000, 0xffff_fff0, 0] {
        for line in lines {
            let Ok(Step::Segment(step)) = line.parse() else {
                panic!("{line}")
            };
            peer.reset(&Config::default(), 1, Some(isn));
            out.clear();
            peer.segment(Instant::START, &step, &mut out);
            let packet = out.iter().next().unwrap();
            let segment = packet.segment.as_ref().unwrap();
            assert_eq!(wire::parse(&packet.octets).unwrap().segment, *segment);
            assert!(packet.octets.len() <= 1_500, "{line}");
            let offset = segment.text_seq().distance(SeqNumber(isn) + 1);
            let skipped = (-offset).max(0) as usize;
            let text = &packet.octets[packet.text.clone()][skipped..];
            let ports = (80, 40_000);
            let expected =
                stream::octets(Direction::ToStack, ports, offset.max(0) as u32, text.len());
            assert!(text.len() >= 20 && text == expected, "{line}");
        }
    }
}

#[test]
fn unreadable_packets_say_why() {
    let (mut peer, mut out) = (Peer::new(), Packets::new());
    for (line, readable) in [
        ("< SYN damage offset 4", false),
        ("< SYN damage cut 19", false),
        ("< SYN damage truncate 1", false),
        ("< SYN damage checksum 0xffff", true),
    ] {
        let Ok(Step::Segment(step)) = line.parse() else {
            panic!("{line}")
        };
        peer.reset(&Config::default(), 1, None);
        out.clear();
        peer.segment(Instant::START, &step, &mut out);
        let packet = out.iter().next().unwrap();
        assert!(packet.damaged.is_some(), "{line}");
        assert_eq!(packet.segment.is_some(), readable, "{line}");
    }
}

/// Whatever the steps and whatever the stack answers, the peer's packets are what it says they are.
#[test]
fn nothing_that_a_stack_sends_upsets_it() {
    use crate::scenario::{Random, Scenario, Source, generate};
    let (mut peer, mut out) = (Peer::new(), Packets::new());
    let mut scenario = Scenario::default();
    let mut random = Random::new(9, 9);
    let (mut total, mut octets) = (0, Vec::new());
    for index in 0..2_000 {
        generate(3, index, &mut scenario);
        peer.reset(&scenario.config, scenario.seed, scenario.peer_isn);
        let family = scenario.config.family;
        for (second, step) in scenario.steps.iter().enumerate() {
            let now = Instant(second as u64 * 1_000_000);
            out.clear();
            match step {
                Step::Segment(step) => peer.segment(now, step, &mut out),
                Step::Peer(flow, step) => {
                    peer.act(now, *flow, *step, &mut out);
                    peer.act_again(now, *flow, *step, &mut out);
                }
                Step::Icmp(step) => {
                    let built = peer.icmp(step, &mut octets);
                    assert_eq!(wire::parse_icmp(&octets).ok(), built, "{scenario}");
                }
                Step::Call(..) | Step::Wait(_) => {}
            }
            total += out.len();
            for packet in &out {
                let parsed = wire::parse(&packet.octets);
                match &packet.segment {
                    Some(segment) => {
                        let parsed = parsed.unwrap();
                        assert_eq!(parsed.segment, *segment, "{scenario}");
                        assert_eq!(parsed.text, packet.text, "{scenario}");
                        assert_eq!(parsed.damaged, packet.damaged, "{scenario}");
                    }
                    None => assert!(parsed.is_err() && packet.damaged.is_some()),
                }
            }
            let from = out.iter().next().and_then(|it| it.segment.as_ref());
            let Some(from) = from else { continue };
            let near = |random: &mut Random, to: SeqNumber| to + random.one(&[0, 1, 2, u32::MAX]);
            peer.saw(&Segment {
                src: endpoint(family.stack(), from.dst.port),
                dst: endpoint(family.peer(), from.src.port),
                seq: near(&mut random, from.ack),
                ack: near(&mut random, from.end()),
                flags: Flags::from_bits(random.below(0x40) as u16),
                ecn: Default::default(),
                dscp: 0,
                hops: crate::wire::HOP_LIMIT,
                payload_len: random.one(&[0, 1, 1_460, 70_000]),
                window: random.one(&[0, 1, u16::MAX]),
                ..from.clone()
            });
        }
    }
    assert!(total > 5_000, "only {total} packets");
}
