//! Recordings: what is written reads back and is judged alike, and what is none is refused with
//! its line.

use tcprove::harness::Runner;
use tcprove::oracle::{KnownDeviations, Oracle};
use tcprove::report::{read_recording, recording};
use tcprove::scenario::{Scenario, generate};
use tcprove::stack::Stack;
use tcprove::stack::reference::{Fault, Reference};
use tcprove::stack::smoltcp::Smoltcp;
use tcprove::trace::{Event, Trace, What};

fn trace<S: Stack + 'static>(make: fn() -> S, scenario: &Scenario) -> Trace {
    Runner::new(make).run(scenario).clone()
}

/// A small recording with every kind of line.
fn sample() -> String {
    let scenario = "stack ipv6\nA: listen from 0\npeer handshake\nB: connect\n< FIN,PSH,ACK len 3\nA: recv\nA: recv\nA: send 5\nA: status\n< ACK damage checksum 0x1\n< ACK damage cut 3\nC: send 1\n";
    recording(&trace(
        Reference::new,
        &scenario.parse().expect("a scenario"),
    ))
}

#[test]
fn what_is_written_reads_back_and_is_judged_alike() {
    let mut scenario = Scenario::default();
    let mut oracle = Oracle::new(KnownDeviations::default());
    let mut deviating = 0;
    for index in 0..600 {
        generate(11, index, &mut scenario);
        let fault = || Reference::with_fault(Fault::FinAboveGap);
        let traces = [
            trace(Reference::new, &scenario),
            trace(Smoltcp::new, &scenario),
            trace(fault, &scenario),
        ];
        for seen in traces {
            let text = recording(&seen);
            let back = match read_recording(&text) {
                Ok(back) => back,
                Err(error) => panic!("line {error}\n{text}"),
            };
            assert_eq!(back.config, seen.config);
            assert_eq!(back.profile, seen.profile);
            let readable = |event: &Event| !unreadable(event);
            let (before, after) = (seen.events.iter(), back.events.iter());
            assert_eq!(before.len(), after.len());
            for (before, after) in before.zip(after) {
                if readable(before) {
                    assert_eq!(before, after, "{text}");
                } else {
                    assert!(unreadable(after));
                }
            }
            let (live, again) = (oracle.judge(&seen), oracle.judge(&back));
            assert_eq!(live, again, "{text}");
            deviating += u32::from(live.verdict != tcprove::oracle::Verdict::Conforms);
            assert_eq!(recording(&back), text);
        }
    }
    assert!(deviating > 20, "{deviating}: too few to say anything");
}

/// Of a packet that cannot be read, what was meant is not recorded.
fn unreadable(event: &Event) -> bool {
    matches!(
        event.what,
        What::Arrival {
            damaged: Some(_),
            ..
        }
    )
}

#[test]
fn a_breakage_keeps_its_words() {
    let mut seen = trace(Reference::new, &Scenario::default());
    for why in [
        "",
        " ",
        "panicked at \"x\\y\":\n\ttoo\u{1b}[m far \u{202e}",
        "ünfug ",
    ] {
        seen.events.truncate(1);
        seen.events[0].what = What::Broken(why.to_owned());
        let text = recording(&seen);
        assert!(text.is_ascii() || text.contains('ü'), "{text}");
        let back = read_recording(&text).expect("a recording");
        assert_eq!(back.events, seen.events);
    }
}

#[test]
fn what_is_no_recording_is_refused_with_its_line() {
    let sample = sample();
    let line_of = |part: &str| {
        let line = sample.lines().position(|line| line.contains(part));
        line.unwrap_or_else(|| panic!("no {part} in\n{sample}")) + 1
    };
    let replaced = |from: &str, to: &str| sample.replacen(from, to, 1);
    let end = sample.lines().count() + 1;
    #[rustfmt::skip]
    let rows: Vec<(String, usize, &str)> = vec![
        (String::new(), 1, "it is empty"),
        ("A: listen".to_owned(), 1, "begins with the line `tcprove recording 1`"),
        ("tcprove recording 2\n".to_owned(), 1, "begins with the line"),
        ("tcprove recording 1\n".to_owned(), 2, "`profile name` is missing"),
        (replaced("profile mtu", "# profile mtu"), end, "`profile mtu` is missing"),
        (replaced("profile mtu 1500", "profile mtu 65536"), line_of("profile mtu"), "`65536` is no number"),
        (replaced("profile mtu 1500", "profile mtu 1"), line_of("profile mtu"), "1 octets are too few"),
        (replaced("profile mtu 1500", "profile mtu -1"), line_of("profile mtu"), "`-1` is no number"),
        (replaced("profile mtu 1500", "profile mtu"), line_of("profile mtu"), "`` is no number"),
        (replaced("profile paws yes", "profile paws maybe"), line_of("profile paws"), "`maybe` is none of: yes, no"),
        (replaced("profile msl", "profile mls"), line_of("profile msl"), "no stack declares `mls`"),
        (replaced("profile msl", "profile paws yes\nprofile msl"), line_of("profile msl"), "`paws` is declared twice"),
        (replaced("profile keep_alive none", "profile keep_alive soon"), line_of("keep_alive"), "`soon` is no time"),
        (replaced("stack ipv6", "stack ipv7"), 2, "setting of the stack"),
        (replaced("stack ipv6", "stack ipv6\nstack ipv6"), 3, "`stack` is given twice"),
        (replaced("0.000000 0 A: listen", "0.0 0 A: listen"), line_of("A: listen"), "begins no line"),
        (replaced("0.000000 0 A: listen", "99999999999999.000000 0 A: listen"), line_of("A: listen"), "begins no line"),
        (replaced("0.000000 0 A: listen", "5.000000 0 A: listen"), line_of("A: listen") + 1, "before the event above"),
        (replaced("0.000000 0 A: listen", "0.000000 x A: listen"), line_of("A: listen"), "`x` is no number"),
        (replaced("0 A: listen", "0 D: listen"), line_of("A: listen"), "`D:` is no socket"),
        (replaced("-> done", "done"), line_of("A: listen"), "ends with ` -> `"),
        (replaced("-> done", "-> perhaps"), line_of("A: listen"), "`perhaps` is no outcome"),
        (replaced("A: listen 80 from", "A: hark 80 from"), line_of("A: listen"), "is no call"),
        (replaced("A: listen 80 from ", "A: listen 80 from x"), line_of("A: listen"), "is no address"),
        (replaced("A: status -> status CLOSE-WAIT", "A: status -> status OPEN"), line_of("A: status"), "`OPEN` is no state"),
        (replaced(" in 60", " in 6x"), line_of(" in 60"), "octet 0 of the packet"),
        (replaced(" in 60", " in 6"), line_of(" in 60"), "two hexadecimal digits"),
        (replaced(" in 60", " up 60"), line_of(" in 60"), "`up` is no event"),
        (format!("{sample}stack ipv6\n"), end, "before the first event"),
        (format!("{sample}9.000000\n"), end, "ends too soon"),
        (format!("{sample}9.000000 1 broken \\q\n"), end, "a backslash"),
        (format!("{sample}9.000000 1 quiet now\n"), end, "is no event"),
    ];
    assert!(read_recording(&sample).is_ok(), "{sample}");
    for (text, line, told) in rows {
        let error = match read_recording(&text) {
            Err(error) => error,
            Ok(_) => panic!("read, though {told}:\n{text}"),
        };
        assert_eq!(error.line, line, "{error}\n{text}");
        assert!(error.message.contains(told), "{error}\n{text}");
    }
}
