//! The lwIP adapter, driven by the runner and by hand: what a program on lwIP sees, at what instants
//! lwIP acts, and that an instance depends on nothing but its scenario.
#![cfg(feature = "lwip")]

#[cfg(not(lwip_built))]
#[test]
#[ignore = "lwIP is not built in: run .ci/lwip and build again"]
fn lwip_adapter() {}

#[cfg(lwip_built)]
mod built {
    use std::fmt::Write;
    use std::sync::LazyLock;

    use tcprove::harness::Runner;
    use tcprove::scenario::{Scenario, generate};
    use tcprove::stack::lwip::{Lwip, Variant};
    use tcprove::stack::{CallError, Config, Outbox, Outcome, Socket, Stack};
    use tcprove::time::{Instant, Micros};
    use tcprove::trace::{Trace, What};
    use tcprove::wire::SeqNumber;

    const VARIANTS: [Variant; 2] = [Variant::Usual, Variant::Full];

    fn runner(variant: Variant) -> Runner<Lwip> {
        Runner::new(move || Lwip::load(variant).expect("lwIP runs here"))
    }

    fn scenario(text: &str) -> Scenario {
        text.parse()
            .unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// What the stack sent and what calls gave, a line each, relative to the first numbers.
    fn told(trace: &Trace) -> String {
        let (mut iss, mut irs): (Option<SeqNumber>, Option<SeqNumber>) = (None, None);
        let mut text = String::new();
        for event in &trace.events {
            match &event.what {
                What::Arrival {
                    segment: Some(seg), ..
                } if seg.flags.syn() => irs = irs.or(Some(seg.seq)),
                What::Emission {
                    segment: Some(seg), ..
                } => {
                    let iss = *iss.get_or_insert(seg.seq);
                    let _ = write!(text, "{} {}", event.at, seg.flags);
                    let _ = write!(text, " {}({})", seg.seq.since(iss), seg.payload_len);
                    if let (true, Some(irs)) = (seg.flags.ack(), irs) {
                        let _ = write!(text, " ack {} win {}", seg.ack.since(irs), seg.window);
                    }
                    text.push('\n');
                }
                What::Call { outcome, .. } => {
                    let _ = writeln!(text, "{outcome:?}");
                }
                What::Broken(why) => {
                    let _ = writeln!(text, "broken: {why}");
                }
                _ => {}
            }
        }
        text
    }

    #[test]
    fn a_program_opens_exchanges_and_closes() {
        let rows = [
            (
                "A: listen\n< SYN\nA: status\n< ACK\nA: status\n< PSH,ACK len 10\n\
                 wait 1s\nA: recv 100\nA: send 5\n< ACK\n< FIN,ACK\nA: recv 100\nA: close\n\
                 < ACK ack SND.NXT\nA: status",
                "Done\n\
                 0.000000 SYN,ACK 0(0) ack 1 win 2144\n\
                 Status(SynReceived)\n\
                 Status(Established)\n\
                 0.250000 ACK 1(0) ack 11 win 2134\n\
                 Received(10)\n\
                 Sent(5)\n\
                 1.000000 PSH,ACK 1(5) ack 11 win 2134\n\
                 1.000000 ACK 6(0) ack 12 win 2133\n\
                 EndOfStream\n\
                 Done\n\
                 1.000000 FIN,ACK 6(0) ack 12 win 2133\n\
                 Status(Closed)\n",
            ),
            (
                "A: connect\n< SYN,ACK\nA: status\nA: close\n< ACK ack SND.NXT\nA: status\n\
                 < FIN,ACK\nA: status\nwait 2min\nA: status\nwait 1s\nA: status",
                "Done\n\
                 0.000000 SYN 0(0)\n\
                 0.000000 ACK 1(0) ack 1 win 2144\n\
                 Status(Established)\n\
                 Done\n\
                 0.000000 FIN,ACK 1(0) ack 1 win 2144\n\
                 Status(FinWait2)\n\
                 0.000000 ACK 2(0) ack 2 win 2143\n\
                 Status(TimeWait)\n\
                 Status(TimeWait)\n\
                 Status(Closed)\n",
            ),
        ];
        for (text, expected) in rows {
            let mut runner = runner(Variant::Usual);
            let seen = told(runner.run(&scenario(text)));
            assert_eq!(seen, expected, "{text}");
        }
    }

    #[test]
    fn a_scenario_gives_the_same_trace_whatever_ran_before() {
        for variant in VARIANTS {
            let mut worn = runner(variant);
            let mut scenario = Scenario::default();
            for index in 0..400 {
                generate(7, index, &mut scenario);
                let seen = worn.run(&scenario).clone();
                if index % 40 == 0 {
                    let mut fresh = runner(variant);
                    assert!(fresh.run(&scenario).events == seen.events, "{scenario}");
                }
            }
        }
    }

    #[test]
    fn several_instances_share_nothing() {
        static ALONE: LazyLock<Vec<String>> = LazyLock::new(|| traces(0));
        fn traces(first: u64) -> Vec<String> {
            let mut runner = runner(Variant::Full);
            let mut scenario = Scenario::default();
            let mut trace = |index| {
                generate(3, index, &mut scenario);
                told(runner.run(&scenario))
            };
            (first..first + 300).map(&mut trace).collect()
        }
        let alone = &*ALONE;
        std::thread::scope(|scope| {
            let other = scope.spawn(|| traces(1_000));
            let same = scope.spawn(|| traces(0));
            assert!(same.join().expect("no panic") == *alone);
            assert!(other.join().expect("no panic") != *alone);
        });
    }

    #[test]
    fn an_assertion_ends_one_trace_and_no_more() {
        let mut runner = runner(Variant::Usual);
        let lives = "A: listen\npeer handshake\nA: status";
        let before = told(runner.run(&scenario(lives)));
        let breaks = "A: listen\npeer handshake\n< FIN,ACK seq RCV.EDGE-1\npeer data 2144";
        for _ in 0..2 {
            let broken = told(runner.run(&scenario(breaks)));
            let why = "broken: asserts at tcp_in.c:1544: tcp_receive: tcplen > rcv_wnd\n\n";
            assert!(broken.ends_with(why), "{broken}");
            assert_eq!(told(runner.run(&scenario(lives))), before);
        }
    }

    #[test]
    fn timers_fire_at_their_own_instants() {
        let mut stack = Lwip::load(Variant::Usual).expect("lwIP runs here");
        let mut out = Outbox::default();
        stack.reset(&Config::default(), 1).expect("it begins");
        assert_eq!(stack.next_timer(), None);
        let remote = tcprove::wire::Endpoint {
            addr: Config::default().family.peer(),
            port: 40_000,
        };
        let a = Socket(0);
        assert_eq!(stack.connect(a, 80, remote), Outcome::Done);
        assert_eq!(
            stack.connect(a, 81, remote),
            Outcome::Failed(CallError::AlreadyExists)
        );
        stack.advance(Instant::START, &mut out).expect("a SYN");
        assert_eq!(out.len(), 1);
        out.clear();
        let at = stack.next_timer().expect("the SYN is sent again");
        assert_eq!(at, Instant(Micros::millis(2_750).0));
        stack
            .advance(Instant(at.0 - 1), &mut out)
            .expect("nothing yet");
        assert!(out.is_empty());
        stack
            .advance(Instant(Micros::secs(3).0), &mut out)
            .expect("a SYN");
        let sent: Vec<Instant> = out.iter().map(|(at, _)| at).collect();
        assert_eq!(sent, [at]);
    }
}
