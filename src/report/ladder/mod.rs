//! The ladder: a trace as a diagram, peer on the left, stack on the right.
//!
//! Times in seconds, arrows, numbers relative to each side's ISN, the user's calls on the stack's
//! side, and a mark where the deviation is; in plain text, or as a picture. It shows what was seen
//! and judges nothing.

#[cfg(feature = "cli")]
mod svg;
mod text;

use std::fmt::Write;

#[cfg(feature = "cli")]
pub(super) use svg::ladder_svg;
pub use text::ladder;

use super::relative::{Numbers, Relative};
use super::words::{FIXED_SPACE, call_line};
use crate::time::Instant;
use crate::trace::{Event, Range, Trace, What};
use crate::wire::{Ecn, IcmpError, IcmpKind, Segment};

/// More events than this are not all drawn: the beginning, and what stands around the mark.
const MOST: usize = 120;

/// The rows of the ladder of a trace, and whether a number in them is as it travelled. `mark` is the
/// index of the event to be marked; `steps` are the lines of the scenario, shown beside the first
/// event of each step.
fn rows(trace: &Trace, mark: Option<usize>, steps: &[String]) -> (Vec<Row>, bool) {
    let mut drawing = Drawing {
        numbers: Numbers::survey(trace),
        trace,
        steps,
        rows: Vec::new(),
        last_step: None,
        last_at: Instant::START,
        absolute: false,
    };
    let (head, tail) = drawn(trace.events.len(), mark);
    for (index, event) in trace.events.iter().enumerate() {
        let label = drawing.label(index, event);
        if index == head && tail > head {
            let gap = tail - head;
            drawing.rows.push(Row {
                marked: false,
                at: None,
                lane: Lane::Note(format!("... {gap} more events ...")),
                margin: String::new(),
                is_step: false,
            });
        }
        if index < head || index >= tail {
            drawing.event(event, label, mark == Some(index));
        }
    }
    (drawing.rows, drawing.absolute)
}

/// Which events are drawn: those below the first number and those from the second one on.
fn drawn(events: usize, mark: Option<usize>) -> (usize, usize) {
    if events <= MOST {
        return (events, events);
    }
    let head = MOST / 2;
    let around = mark.map_or(events, |mark| (mark + MOST / 4).min(events));
    (head, around.saturating_sub(MOST / 2).max(head))
}

struct Drawing<'a> {
    numbers: Numbers,
    trace: &'a Trace,
    steps: &'a [String],
    rows: Vec<Row>,
    last_step: Option<u32>,
    last_at: Instant,
    absolute: bool,
}

/// What is drawn of one event.
struct Row {
    /// Here is the deviation.
    marked: bool,
    at: Option<Instant>,
    lane: Lane,
    /// What stands beside the stack.
    margin: String,
    /// That is a line of the scenario.
    is_step: bool,
}

/// What stands between the two sides.
enum Lane {
    /// Nothing.
    Empty,
    /// Words, centred.
    Note(String),
    /// An arrow to the right; with `false`, it reaches the stack only to be discarded.
    Right(String, bool),
    /// An arrow to the left.
    Left(String),
}

impl Drawing<'_> {
    /// The arrow of a segment, `None` for other events. Called for every event in order, drawn or
    /// not, since each may move the zero points.
    fn label(&mut self, index: usize, event: &Event) -> Option<Lane> {
        match &event.what {
            What::Arrival {
                segment,
                damaged,
                packet,
                ..
            } => {
                let text = match segment {
                    Some(segment) => {
                        let relative = self.numbers.arrival(index, segment);
                        self.segment(segment, &relative)
                    }
                    None => self.unreadable(*packet),
                };
                Some(Lane::Right(with_damage(text, *damaged), damaged.is_none()))
            }
            What::Emission {
                segment,
                damaged,
                packet,
                ..
            } => {
                let text = match segment {
                    Some(segment) => {
                        let relative = self.numbers.emission(segment);
                        self.segment(segment, &relative)
                    }
                    None => self.unreadable(*packet),
                };
                Some(Lane::Left(with_damage(text, *damaged)))
            }
            What::Icmp { error, .. } => Some(Lane::Right(self.icmp(error), true)),
            What::Call { .. } | What::Quiet | What::Broken(_) => None,
        }
    }

    fn event(&mut self, event: &Event, arrow: Option<Lane>, marked: bool) {
        let step = self.step_line(event.step);
        let row = |lane, margin, is_step| Row {
            marked,
            at: Some(event.at),
            lane,
            margin,
            is_step,
        };
        let row = match (&event.what, arrow) {
            (_, Some(arrow)) => Some(row(arrow, step, true)),
            (
                What::Call {
                    socket,
                    call,
                    outcome,
                    ..
                },
                None,
            ) => Some(row(Lane::Empty, call_line(*socket, *call, *outcome), false)),
            // A silence is drawn when time has passed in it, or when it is what is wrong.
            (What::Quiet, None) if marked => Some(row(Lane::Note("nothing".into()), step, true)),
            (What::Quiet, None) => {
                let passed = event.at > self.last_at && !step.is_empty();
                passed.then(|| row(Lane::Empty, step, true))
            }
            (What::Broken(why), None) => {
                Some(row(Lane::Note("broken".into()), why.to_string(), false))
            }
            (What::Arrival { .. } | What::Icmp { .. } | What::Emission { .. }, None) => None,
        };
        self.rows.extend(row);
        self.last_step = Some(event.step);
        self.last_at = event.at;
    }

    /// The line of a step, beside the first event of it.
    fn step_line(&self, step: u32) -> String {
        if self.last_step == Some(step) {
            return String::new();
        }
        self.steps.get(step as usize).cloned().unwrap_or_default()
    }

    fn segment(&mut self, segment: &Segment, relative: &Relative) -> String {
        let mut text = String::new();
        if relative.flow > 0 {
            let _ = write!(text, "{}>{}: ", segment.src.port, segment.dst.port);
        }
        let foreign = self.foreign_address(segment);
        let _ = write!(text, "{foreign}{} seq {}", segment.flags, relative.seq);
        if segment.flags.ack() {
            let _ = write!(text, " ack {}", relative.ack);
        }
        if segment.payload_len > 0 {
            let _ = write!(text, " len {}", segment.payload_len);
        }
        let _ = write!(text, " win {}", segment.window);
        if relative.shift > 0 {
            let _ = write!(text, "<<{}", relative.shift);
        }
        if segment.flags.urg() {
            let _ = write!(text, " urg {}", segment.urgent);
        }
        if segment.ecn != Ecn::NotEct {
            let _ = write!(text, " {}", segment.ecn.name());
        }
        if segment.dscp != 0 {
            let _ = write!(text, " dscp {}", segment.dscp);
        }
        let options = options(segment, relative);
        if !options.is_empty() {
            let _ = write!(text, " <{options}>");
        }
        self.absolute |= text.contains('#');
        text
    }

    /// An ICMP error, the segment it quotes, and who sends it unless it is the peer.
    fn icmp(&mut self, error: &IcmpError) -> String {
        let (flow, seq) = self.numbers.quoted(error);
        let mut text = format!("ICMP {}", error.kind.name());
        if error.kind == IcmpKind::TooBig {
            let _ = write!(text, " mtu {}", error.mtu);
        }
        if error.from != self.trace.config.family.peer() {
            let _ = write!(text, " from {}", error.from);
        }
        text.push_str(" about ");
        if flow > 0 {
            let _ = write!(text, "{}>{}: ", error.src.port, error.dst.port);
        }
        let _ = write!(text, "seq {seq}");
        self.absolute |= text.contains('#');
        text
    }

    /// The addresses of a segment that does not travel between the two hosts.
    fn foreign_address(&self, segment: &Segment) -> String {
        let family = self.trace.config.family;
        let (peer, stack) = (family.peer(), family.stack());
        let mut ends = [segment.src.addr, segment.dst.addr];
        ends.sort();
        let mut usual = [peer, stack];
        usual.sort();
        if ends == usual {
            String::new()
        } else {
            format!("{} to {}: ", segment.src.addr, segment.dst.addr)
        }
    }

    fn unreadable(&self, packet: Range) -> String {
        let octets = self.trace.octets(packet);
        let mut text = format!("unreadable, {} octets:", octets.len());
        for octet in octets.iter().take(24) {
            let _ = write!(text, " {octet:02x}");
        }
        if octets.len() > 24 {
            text.push_str(" ...");
        }
        text
    }
}

fn with_damage(text: String, damaged: Option<&'static str>) -> String {
    match damaged {
        Some(why) => format!("{text} [{why}]"),
        None => text,
    }
}

fn options(segment: &Segment, relative: &Relative) -> String {
    let options = &segment.options;
    let mut words: Vec<String> = Vec::new();
    if let Some(mss) = options.mss {
        words.push(format!("mss {mss}"));
    }
    if let Some(shift) = options.window_scale {
        words.push(format!("wscale {shift}"));
    }
    if options.sack_permitted {
        words.push("sackok".to_owned());
    }
    if let Some((value, echo)) = options.timestamps {
        let (value, echo) = relative.clock(value, echo);
        words.push(format!("ts {value} {echo}"));
    }
    for &(left, right) in &options.sack {
        let (left, right) = (relative.acknowledged(left), relative.acknowledged(right));
        words.push(format!("sack {left}..{right}"));
    }
    for (is, word) in [
        (options.unknown, "unknown"),
        (options.duplicate, "repeated"),
        (options.malformed, "malformed"),
        (options.nonzero_padding, "padding not zero"),
    ] {
        if is {
            words.push(word.to_owned());
        }
    }
    // The options stay together where a line has to be broken.
    words.join(",").replace(' ', FIXED_SPACE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::{PEER, STACK, Tape};
    use crate::stack::Outcome;
    use crate::trace::Call;

    fn handshake(tape: &mut Tape) {
        let mss = [2, 4, 5, 0xb4, 1, 3, 3, 7];
        tape.step(0).call(
            0,
            Call::Listen {
                port: 80,
                remote: None,
            },
            Outcome::Done,
        );
        tape.step(1).arrives_with(0, "SYN", (PEER, 0, 0), &mss);
        tape.leaves_with(0, "SYN,ACK", (STACK, PEER + 1, 0), &[3, 3, 2]);
        tape.arrives(0, "ACK", PEER + 1, STACK + 1, 0);
    }

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_connection_with_a_silence_at_the_end() {
        let mut tape = Tape::new();
        handshake(&mut tape);
        tape.step(2).arrives(20, "PSH,ACK", PEER + 1, STACK + 1, 10);
        tape.step(3).event(1_520, What::Quiet);
        let steps: Vec<String> = [
            "A: listen",
            "peer handshake",
            "< PSH,ACK len 10",
            "wait 1500ms",
        ]
        .map(str::to_owned)
        .to_vec();
        let mark = Some(tape.trace.events.len() - 1);
        let expected = r"
         time peer                                                        stack
     0.000000 |                                                            | A: listen -> done
     0.000000 |--- SYN seq 0 win 4096 <mss 1460,wscale 7> ---------------->| peer handshake
     0.000000 |<-- SYN,ACK seq 0 ack 1 win 4096 <wscale 2> ----------------|
     0.000000 |--- ACK seq 1 ack 1 win 4096<<7 --------------------------->|
     0.020000 |--- PSH,ACK seq 1 ack 1 len 10 win 4096<<7 ---------------->| < PSH,ACK len 10
!!   1.520000 |                          nothing                           | wait 1500ms";
        let drawn = ladder(&tape.trace, mark, &steps);
        assert_eq!(lines(&drawn), lines(&expected[1..]));
    }

    #[test]
    fn an_icmp_error_tells_what_it_is_about() {
        let mut tape = Tape::new();
        handshake(&mut tape);
        let family = crate::wire::Family::V4;
        let end = |addr, port| crate::wire::Endpoint { addr, port };
        let error = IcmpError {
            kind: IcmpKind::Port,
            mtu: 0,
            from: family.peer(),
            src: end(family.stack(), 80),
            dst: end(family.peer(), 40_000),
            seq: crate::wire::SeqNumber(STACK + 1),
        };
        let too_big = IcmpError {
            kind: IcmpKind::TooBig,
            mtu: 1_280,
            from: std::net::IpAddr::from([192, 0, 2, 3]),
            dst: end(family.peer(), 40_001),
            ..error
        };
        for error in [error, too_big] {
            let packet = tape.trace.store(&[]);
            tape.event(1, What::Icmp { error, packet });
        }
        let expected = r"
     0.001000 |--- ICMP port-unreachable about seq 1 --------------------->|
     0.001000 |--- ICMP too-big mtu 1280 from 192.0.2.3 about 80>40001: -->|
              |    seq #1001                                               |
   (#n: a number as it travelled; nothing gives its zero point)";
        let drawn = ladder(&tape.trace, None, &[]);
        assert_eq!(lines(&drawn)[5..], lines(&expected[1..]));
    }

    #[test]
    fn what_is_odd_is_shown_as_odd() {
        let mut tape = Tape::new();
        handshake(&mut tape);
        let mut spoilt = tape.packet(true, "FIN,ACK", (PEER + 1, STACK + 1, 0), &[]);
        wire_damage(&mut spoilt);
        tape.step(2).packet_arrives(1, &spoilt);
        tape.arrives(2, "RST,ACK", 0, 0, 0);
        tape.arrives(3, "URG,ACK", PEER - 9, STACK + 1, 1);
        tape.packet_leaves(4, &[0x45, 0, 0, 3]);
        let sack = [5, 10, 0xee, 0x6b, 0x28, 9, 0xee, 0x6b, 0x28, 19];
        tape.leaves_with(5, "ACK", (STACK + 1, PEER + 1, 0), &sack);
        tape.ports = (81, 40_001);
        tape.leaves(6, "RST", 77, 0, 0);
        tape.ports = (80, 40_000);
        tape.event(
            7,
            What::Broken("attempt to subtract with overflow at tcp.rs:99".to_owned()),
        );
        let drawn = ladder(&tape.trace, Some(7), &[]);
        let expected = r"
     0.001000 |--- FIN,ACK seq 1 ack 1 win 4096<<7 [wrong TCP checksum] --x|
     0.002000 |--- RST,ACK seq #0 ack -1000 win 4096<<7 ------------------>|
     0.003000 |--- ACK,URG seq -9 ack 1 len 1 win 4096<<7 urg 7 ---------->|
!!   0.004000 |<-- unreadable, 4 octets: 45 00 00 03 [it ends within the --|
              |    IPv4 header]                                            |
     0.005000 |<-- ACK seq 1 ack 1 win 4096<<2 <sack 9..19> ---------------|
     0.006000 |<-- 81>40001: RST seq #77 win 4096 -------------------------|
     0.007000 |                           broken                           | attempt to subtract
              |                                                            | with overflow at
              |                                                            | tcp.rs:99
   (#n: a number as it travelled; nothing gives its zero point)";
        assert_eq!(lines(&drawn)[5..], lines(&expected[1..]));
    }

    fn wire_damage(packet: &mut Vec<u8>) {
        crate::wire::damage(packet, crate::wire::Damage::Checksum(1));
    }

    #[test]
    fn an_ordinary_syn_with_all_its_options_fits_in_a_line() {
        let mut syn = vec![2, 4, 5, 0xb4, 3, 3, 14, 4, 2, 8, 10];
        let mut syn_ack = vec![8, 10];
        syn.extend([0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 0]);
        syn_ack.extend([0, 0, 1, 0, 0xff, 0xff, 0xff, 0xf0]);
        let mut tape = Tape::new();
        tape.arrives_with(0, "SYN", (PEER, 0, 0), &syn);
        tape.leaves_with(0, "SYN,ACK", (STACK, PEER + 1, 0), &syn_ack);
        tape.leaves_with(1, "SYN,ACK", (STACK, PEER + 1, 0), &syn);
        let later = [8, 10, 0, 0, 0, 5, 0, 0, 0, 0xf0];
        tape.arrives_with(0, "ACK", (PEER + 1, STACK + 1, 0), &later);
        let drawn = ladder(&tape.trace, None, &[]);
        let expected = r"
     0.000000 |--- SYN seq 0 win 4096 <mss 1460,wscale 14,sackok,ts 0 0> ->|
     0.000000 |<-- SYN,ACK seq 0 ack 1 win 4096 <ts 0 0> ------------------|
     0.001000 |<-- SYN,ACK seq 0 ack 1 win 4096 ---------------------------|
              |    <mss 1460,wscale 14,sackok,ts -272 16>                  |
     0.000000 |--- ACK seq 1 ack 1 win 4096<<14 <ts 21 -16> -------------->|";
        assert_eq!(lines(&drawn)[1..], lines(&expected[1..]));
    }

    #[test]
    fn a_new_connection_on_the_same_ports_has_new_zero_points() {
        let mut tape = Tape::new();
        handshake(&mut tape);
        // The peer has crashed; its SYN draws an ACK for the old connection, then is taken up.
        tape.arrives(1, "SYN", 50, 0, 0);
        tape.leaves(1, "ACK", STACK + 1, PEER + 1, 0);
        tape.arrives(2, "RST", PEER + 1, 0, 0);
        tape.arrives(3, "SYN", 50, 0, 0);
        tape.leaves(3, "SYN,ACK", 9_000, 51, 0);
        tape.arrives(3, "ACK", 51, 9_001, 0);
        let drawn = ladder(&tape.trace, None, &[]);
        let labels: Vec<&str> = drawn
            .lines()
            .skip(5)
            .take(6)
            .map(|line| &line[19..42])
            .collect();
        let expected = [
            "SYN seq #50 win 4096 --",
            "ACK seq 1 ack 1 win 409",
            "RST seq 1 win 4096<<7 -",
            "SYN seq 0 win 4096 ----",
            "SYN,ACK seq 0 ack 1 win",
            "ACK seq 1 ack 1 win 409",
        ];
        assert_eq!(labels, expected);
    }

    #[test]
    fn text_that_a_syn_brings_does_not_move_the_zero_point() {
        let mut tape = Tape::new();
        tape.arrives(0, "SYN", PEER, 0, 3);
        tape.leaves(0, "SYN,ACK", STACK, PEER + 4, 0);
        tape.arrives(1, "ACK", PEER + 4, STACK + 1, 0);
        let drawn = ladder(&tape.trace, None, &[]);
        let numbers = ["SYN seq 0 len 3", "SYN,ACK seq 0 ack 4", "ACK seq 4 ack 1"];
        assert!(numbers.iter().all(|label| drawn.contains(label)), "{drawn}");
    }

    #[test]
    fn a_flood_is_cut_around_the_mark() {
        let mut tape = Tape::new();
        for n in 0..1_000 {
            tape.leaves(n, "RST", n as u32, 0, 0);
        }
        for (mark, gap) in [
            (Some(999), 880),
            (Some(10), 0),
            (Some(500), 410),
            (None, 880),
        ] {
            let drawn = ladder(&tape.trace, mark, &[]);
            let cut = drawn.lines().find(|line| line.contains("more events"));
            let words = cut.map(|line| line.trim_matches(['|', ' ']).to_owned());
            let expected = (gap > 0).then(|| format!("... {gap} more events ..."));
            assert_eq!(words, expected, "{mark:?}");
            assert_eq!(
                drawn.lines().any(|line| line.starts_with("!!")),
                mark.is_some()
            );
        }
    }
}
