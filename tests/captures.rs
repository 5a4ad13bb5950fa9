//! Captures: what is written reads back and is judged alike, and what is none, or was changed, is
//! refused with its place.

use tcprove::harness::Runner;
use tcprove::oracle::{KnownDeviations, Oracle, Verdict};
use tcprove::report::{capture, is_capture, read_capture, recording};
use tcprove::scenario::{Scenario, generate};
use tcprove::stack::reference::{Fault, Reference};
use tcprove::stack::smoltcp::Smoltcp;
use tcprove::trace::Trace;

/// Where the blocks of a capture begin, and its length.
fn places(octets: &[u8]) -> Vec<usize> {
    let mut places = vec![0];
    while let Some(length) = octets.get(places[places.len() - 1] + 4..) {
        let length = u32::from_le_bytes(length[..4].try_into().expect("four octets"));
        places.push(places[places.len() - 1] + length as usize);
    }
    places
}

/// A block without meaning to anybody, as other tools may add one.
fn unknown_block() -> Vec<u8> {
    [0x0000_0bad_u32, 16, 0, 16]
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect()
}

fn sample() -> (Trace, Vec<u8>) {
    let scenario = "A: listen\npeer handshake\n< PSH,ACK len 3\nA: recv\nwait 1s\nA: close\n";
    let scenario: Scenario = scenario.parse().expect("a scenario");
    let trace = Runner::new(Reference::new).run(&scenario).clone();
    let octets = capture(&trace, "a capture: conforms", Some((4, "here")));
    (trace, octets)
}

#[test]
fn what_is_written_reads_back_and_is_judged_alike() {
    let mut scenario = Scenario::default();
    let mut oracle = Oracle::new(KnownDeviations::default());
    let mut deviating = 0;
    let faulty = || Reference::with_fault(Fault::FinAboveGap);
    let (mut reference, mut smoltcp) = (Runner::new(Reference::new), Runner::new(Smoltcp::new));
    let mut faulty = Runner::new(faulty);
    for index in 0..300 {
        generate(12, index, &mut scenario);
        let traces = [
            reference.run(&scenario),
            smoltcp.run(&scenario),
            faulty.run(&scenario),
        ];
        for seen in traces {
            let octets = capture(seen, "a verdict", Some((3, "a mark")));
            let back = match read_capture(&octets) {
                Ok(back) => back,
                Err(error) => panic!("{error}\n{}", recording(seen)),
            };
            assert_eq!(recording(&back), recording(seen));
            let (live, again) = (oracle.judge(seen), oracle.judge(&back));
            assert_eq!(live, again, "{}", recording(seen));
            deviating += u32::from(live.verdict != Verdict::Conforms);
        }
    }
    assert!(deviating > 20, "{deviating}: too few to say anything");
}

#[test]
fn more_text_than_a_comment_holds_is_kept() {
    let scenario = "stack rcv=200000\nA: listen\npeer handshake\n".to_owned()
        + &"< ACK len 1400\n".repeat(40)
        + "A: recv 65535\n";
    let scenario: Scenario = scenario.parse().expect("a scenario");
    let trace = Runner::new(Reference::new).run(&scenario).clone();
    let longest = recording(&trace).lines().map(str::len).max();
    assert!(longest > Some(66_000), "{longest:?}");
    let back = read_capture(&capture(&trace, "", None)).expect("a capture");
    assert_eq!(recording(&back), recording(&trace));
}

#[test]
fn what_other_tools_add_is_passed_over() {
    let (trace, octets) = sample();
    let places = places(&octets);
    for place in &places[1..] {
        let mut more = octets.clone();
        more.splice(place..place, unknown_block());
        let back = read_capture(&more).expect("a capture");
        assert_eq!(recording(&back), recording(&trace));
    }
}

#[test]
fn what_is_no_capture_is_refused_with_its_place() {
    let (_, octets) = sample();
    let at = places(&octets);
    let end = *at.last().expect("an end");
    let without = |n: usize| [&octets[..at[n]], &octets[at[n + 1]..]].concat();
    let replaced = |from: &[u8], to: &[u8]| {
        assert_eq!(from.len(), to.len());
        let place = octets.windows(from.len()).position(|part| part == from);
        let place = place.expect("it is there");
        [&octets[..place], to, &octets[place + from.len()..]].concat()
    };
    let foreign = "the user's calls, their results and what the stack declared are missing";
    #[rustfmt::skip]
    let rows: Vec<(Vec<u8>, usize, &str)> = vec![
        (Vec::new(), 0, "it is empty"),
        (b"tcprove recording 1".to_vec(), 0, "does not begin with the section header"),
        (vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0], 0, foreign),
        (vec![0xa1, 0xb2, 0x3c, 0x4d], 0, foreign),
        (replaced(b"[tcprove] 6", b"[someone] 6"), 0, foreign),
        (octets[..at[1]].to_vec(), at[1], "ends after 0 packets of 6"),
        (octets[..at[5]].to_vec(), at[5], "ends after 3 packets of 6"),
        (octets[..end - 1].to_vec(), at[at.len() - 2], "ends in the middle of a block"),
        (without(3), at[3], "not that of packet 2 of 6"),
        (without(at.len() - 2), at[at.len() - 2], "ends after 5 packets of 6"),
        ([&octets[..], &octets[at[4]..at[5]]].concat(), end, "not that of packet 7 of 6"),
        ([&octets[..], &octets[..]].concat(), end, "a second section begins"),
        (replaced(b"6 packets", b"x packets"), 0, "does not say how many packets"),
        (replaced(b"profile mtu", b"profile utm"), 0, "no stack declares `utm`"),
        (replaced(b" A: recv", b" A: read"), at[5], "is no call"),
        ([&octets[..at[1]], &[7; 16], &octets[at[1]..]].concat(), at[1], "block"),
    ];
    assert!(is_capture(&octets) && read_capture(&octets).is_ok());
    for (n, (octets, offset, told)) in rows.into_iter().enumerate() {
        let error = match read_capture(&octets) {
            Err(error) => error,
            Ok(_) => panic!("row {n}: read, though {told}"),
        };
        assert!(error.message.contains(told), "row {n}: {error}");
        assert_eq!(error.offset, offset, "row {n}: {error}");
    }
}

#[test]
fn of_a_capture_that_is_cut_short_it_is_said_where() {
    let (_, octets) = sample();
    let at = places(&octets);
    for len in 0..octets.len() {
        let error = read_capture(&octets[..len]).expect_err("it is cut");
        let block = at.iter().rev().find(|place| **place <= len);
        assert_eq!(Some(&error.offset), block, "{len}: {error}");
    }
}
