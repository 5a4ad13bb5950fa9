//! Scenarios against the reference stack, with a fault or without: a test of the oracle. Ends when
//! it deviates without a fault, when a fault breaks it, or when the oracle itself panics.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use tcprove::fuzzing::{Faulty, FaultyProver};
use tcprove::stack::reference::Fault;
use tcprove_fuzz::{end, mark, measure, mutates_text};

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

mutates_text!(Faulty);
