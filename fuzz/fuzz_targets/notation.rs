//! Any octets as a scenario and as a file of known deviations: read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    if let Err(wrong) = tcprove::fuzzing::notation(octets) {
        panic!("{wrong}");
    }
});
