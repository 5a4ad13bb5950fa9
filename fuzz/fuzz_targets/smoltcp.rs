//! Scenarios against smoltcp: ends when it breaks or deviates, and not as known.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target, fuzzer_mutate};
use tcprove::fuzzing::{Prover, cross_text, mutate_text};
use tcprove::scenario::Scenario;
use tcprove::stack::smoltcp::{KNOWN, Smoltcp};
use tcprove_fuzz::{end, mark, measure};

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

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate_text::<Scenario>(data, size, max_size, seed, fuzzer_mutate)
});

fuzz_crossover!(|data1: &[u8], data2: &[u8], out: &mut [u8], seed: u32| {
    cross_text::<Scenario>(data1, data2, out, seed)
});
