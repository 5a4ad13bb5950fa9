//! Scenarios against smoltcp: ends when it breaks or deviates, and not as known.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use tcprove::fuzzing::Prover;
use tcprove::scenario::Scenario;
use tcprove::stack::smoltcp::{KNOWN, Smoltcp};
use tcprove_fuzz::{end, mark, measure, mutates_text};

thread_local! {
    static PROVER: RefCell<Prover<Smoltcp>> = RefCell::new(Prover::new(
        "smoltcp",
        Smoltcp::new,
        KNOWN.parse().expect("the known deviations of smoltcp"),
    ));
}

fuzz_target!(|scenario: Scenario| {
    PROVER.with_borrow_mut(|prover| {
        if let Err(report) = prover.prove(&scenario, &mut mark) {
            end(&report);
        }
        measure(prover.guidance());
    });
});

mutates_text!(Scenario);
