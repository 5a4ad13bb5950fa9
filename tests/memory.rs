//! Memory stays flat however many scenarios run: every buffer is used again.

use tcprove::harness::{Judge, StackJudge};
use tcprove::oracle::KnownDeviations;
use tcprove::scenario::{Scenario, generate};
use tcprove::stack::smoltcp::Smoltcp;

/// After so many scenarios every buffer has found its size.
const WARM_UP: u64 = 20_000;

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

/// The resident set of this process in octets, where the system tells.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    // Pages are at least this large; where they are larger, growth counts for less, never more.
    Some(pages * 4_096)
}
