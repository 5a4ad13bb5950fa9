//! Memory stays flat however many scenarios run: every buffer is used again. What is copied all the
//! time stays small.

#[path = "../benches/harness/bare.rs"]
mod bare;

use bare::{Recording, Room};
use tcprove::harness::{Judge, Runner, StackJudge};
use tcprove::model::Tcb;
use tcprove::oracle::{KnownDeviations, Oracle, Verdict};
use tcprove::scenario::{Scenario, generate};
use tcprove::stack::smoltcp::Smoltcp;
use tcprove::trace::Event;
use tcprove::wire::Segment;

/// After so many scenarios every buffer has found its size.
const WARM_UP: u64 = 60_000;

/// So many more are judged, and must not take more memory.
const CASES: u64 = 200_000;

/// By so much the resident set may grow all the same, in octets: the allocator keeps odd ends,
/// and a rare scenario is longer than all before. Ten octets lost in each would be more.
const SLACK: u64 = 2 << 20;

#[test]
fn memory_is_flat() {
    let Some(_) = resident() else {
        println!("skipped: this machine has no /proc/self/statm that tells the resident set");
        return;
    };
    let known = include_str!("../src/stack/smoltcp/known.toml");
    let known: KnownDeviations = known
        .parse()
        .expect("the file of known deviations is right");
    let mut judge = StackJudge::new(Smoltcp::new, known);
    let mut scenario = Scenario::default();
    let mut run = |indices: std::ops::Range<u64>| {
        for index in indices {
            generate(7, index, &mut scenario);
            judge.judge(&scenario);
        }
        resident().expect("it was there before")
    };
    let before = run(0..WARM_UP);
    let after = run(WARM_UP..WARM_UP + CASES);
    assert!(
        after <= before + SLACK,
        "the resident set grew from {before} to {after} octets over {CASES} scenarios"
    );
}

/// A handshake, text both ways, and a close: nothing that takes room for a report.
const ORDINARY: &str = "\
A: listen
peer handshake
peer data 1000
A: recv
A: send 1000
peer ack
peer fin
A: close
peer ack
";

#[test]
fn nothing_is_allocated_but_by_the_stack() {
    let scenario: Scenario = ORDINARY.parse().expect("the notation is right");
    let mut runner = Runner::new(Smoltcp::new);
    let mut oracle = Oracle::new(KnownDeviations::default());
    // The first run finds every buffer its size.
    let trace = runner.run(&scenario).clone();
    assert_eq!(oracle.judge(&trace).verdict, Verdict::Conforms);
    let recording = Recording::of(&scenario, &trace);
    let (mut stack, mut room) = (Smoltcp::new(), Room::default());
    let mut play = || recording.play(&mut stack, &mut room).expect("it went well");
    play();
    let bare = allocation_counter::measure(play).count_total;
    let run = allocation_counter::measure(|| {
        runner.run(&scenario);
    });
    let judged = allocation_counter::measure(|| {
        oracle.judge(&trace);
    });
    assert!(bare > 0, "smoltcp makes its sockets anew");
    assert_eq!(
        run.count_total, bare,
        "allocations of a run, the stack's among them"
    );
    assert_eq!(judged.count_total, 0, "allocations of a judgment");
}

#[test]
fn what_is_copied_all_the_time_is_small() {
    for (what, octets, most) in [
        ("Tcb", size_of::<Tcb>(), 600),
        ("Segment", size_of::<Segment>(), 128),
        ("Event", size_of::<Event>(), 192),
    ] {
        assert!(octets <= most, "{what} has grown to {octets} octets");
    }
}

/// The resident set of this process in octets, where the system tells.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    // Pages are at least this large; where they are larger, growth counts for less, never more.
    Some(pages * 4_096)
}
