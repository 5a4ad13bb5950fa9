//! Scenarios against the reference stack, with a fault or without: a test of the oracle. Ends when
//! it deviates without a fault, when a fault breaks it, or when the oracle itself panics.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target, fuzzer_mutate};
use tcprove::fuzzing::{Faulty, FaultyProver, cross_text, mutate_text};
use tcprove::stack::reference::Fault;
use tcprove_fuzz::{end, mark, measure};

thread_local! {
    static PROVER: RefCell<FaultyProver> = RefCell::new(prover());
}

/// A fault that is planted from outside is one that no input says, and has to be found.
fn prover() -> FaultyProver {
    match Fault::planted(std::env::var_os(Fault::PLANTING)) {
        Ok(Some(fault)) => FaultyProver::planted(fault),
        Ok(None) => FaultyProver::default(),
        Err(why) => panic!("{why}"),
    }
}

fuzz_target!(|input: Faulty| {
    PROVER.with_borrow_mut(|prover| {
        if let Err(report) = prover.prove(&input, &mut mark) {
            end(&report);
        }
        measure(prover.guidance());
    });
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate_text::<Faulty>(data, size, max_size, seed, fuzzer_mutate)
});

fuzz_crossover!(|data1: &[u8], data2: &[u8], out: &mut [u8], seed: u32| {
    cross_text::<Faulty>(data1, data2, out, seed)
});
