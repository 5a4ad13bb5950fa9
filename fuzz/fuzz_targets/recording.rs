//! Any octets as a recording or a capture: read or refused, written again, judged.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    if let Err(wrong) = tcprove::fuzzing::recording(octets) {
        panic!("{wrong}");
    }
});
