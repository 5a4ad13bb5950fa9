//! Any octets as a packet: read or refused, built again, damaged.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    if let Err(wrong) = tcprove::fuzzing::wire(octets) {
        panic!("{wrong}");
    }
});
