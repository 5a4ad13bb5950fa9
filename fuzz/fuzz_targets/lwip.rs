//! Scenarios against lwIP in both of its configurations: ends when one breaks or deviates, and not as
//! known. Where lwIP could not be built it says so, and ends well.
#![no_main]

use std::cell::RefCell;
use std::process;

use libfuzzer_sys::fuzz_target;
use tcprove::fuzzing::Prover;
use tcprove::scenario::Scenario;
use tcprove::stack::Stack;
use tcprove::stack::lwip::{MISSING, Variant};
use tcprove_fuzz::{Counters, end, mark, measure, mutates_text};

// The branches of each configuration. See the counters in `tcprove_fuzz`, which stand beside them.
#[unsafe(link_section = "__libfuzzer_extra_counters")]
#[used]
static USUAL: Counters<32_768> = Counters::new();
#[unsafe(link_section = "__libfuzzer_extra_counters")]
#[used]
static FULL: Counters<32_768> = Counters::new();

thread_local! {
    static PROVERS: RefCell<[Prover<Box<dyn Stack>>; 2]> =
        RefCell::new(Variant::ALL.map(prover));
}

fn prover(variant: Variant) -> Prover<Box<dyn Stack>> {
    let counters = match variant {
        Variant::Usual => &USUAL.0,
        Variant::Full => &FULL.0,
    };
    let make = move || match variant.instance(counters) {
        Ok(stack) => stack,
        Err(why) => panic!("{why}"),
    };
    let known = variant.known().parse();
    Prover::new(
        variant.name(),
        make,
        known.expect("the known deviations of lwIP"),
    )
}

fuzz_target!(
    init: if let Some(why) = MISSING {
        eprintln!("lwIP cannot be fuzzed: {why}");
        process::exit(0);
    },
    |scenario: Scenario| {
        PROVERS.with_borrow_mut(|provers| {
            for prover in provers {
                if let Err(report) = prover.prove(&scenario, &mut mark) {
                    end(&report);
                }
                measure(prover.guidance());
            }
        });
    }
);

mutates_text!(Scenario);
