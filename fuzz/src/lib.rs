//! What the targets have in common: the counters that lead the search, and what came of it.

use std::env;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU8, Ordering};

use tcprove::fuzzing::Guidance;

/// So many transitions; few, because each is a feature that an input of the corpus is kept for.
const TRANSITIONS: usize = 4_096;

// libFuzzer takes what stands in this section for coverage, and clears it before each run
// (compiler-rt, FuzzerExtraCounters.cpp). The attribute is unsafe because a linker script may give
// a section a meaning; this one means nothing to anybody else, and an atomic octet is an octet.
#[unsafe(link_section = "__libfuzzer_extra_counters")]
#[used]
static TABLE: Counters<TRANSITIONS> = Counters::new();

/// Counters; libFuzzer clears them a word at a time.
#[repr(align(64))]
pub struct Counters<const N: usize>(pub [AtomicU8; N]);

impl<const N: usize> Counters<N> {
    /// All of them at zero.
    pub const fn new() -> Counters<N> {
        Counters([const { AtomicU8::new(0) }; N])
    }
}

impl<const N: usize> Default for Counters<N> {
    fn default() -> Counters<N> {
        Counters::new()
    }
}

/// `TCPROVE_GUIDANCE=off` leaves the search to the coverage of code.
static GUIDED: LazyLock<bool> =
    LazyLock::new(|| env::var_os("TCPROVE_GUIDANCE").is_none_or(|value| value != "off"));

/// `TCPROVE_MEASURE=1` tells how many transitions were reached after 1, 2, 4, 8 runs and so on.
static MEASURED: LazyLock<bool> = LazyLock::new(|| env::var_os("TCPROVE_MEASURE").is_some());

/// Marks the transition of this number as reached in this run.
pub fn mark(number: u32) {
    if *GUIDED {
        TABLE.0[number as usize % TRANSITIONS].store(1, Ordering::Relaxed);
    }
}

/// Says what was reached, when it is asked for and it is time.
pub fn measure(guidance: &Guidance) {
    if *MEASURED && guidance.runs().is_power_of_two() {
        let (runs, reached) = (guidance.runs(), guidance.reached().len());
        eprintln!("transitions {reached} after {runs} runs");
    }
}

/// Ends the run with this report; where something is measured, what is found does not count.
pub fn end(report: &str) {
    assert!(*MEASURED, "\n\n{report}");
}

/// The mutator and the crossover of a target whose inputs are a kind of text.
#[macro_export]
macro_rules! mutates_text {
    ($kind:ty) => {
        ::libfuzzer_sys::fuzz_mutator!(|data: &mut [u8],
                                        size: usize,
                                        max_size: usize,
                                        seed: u32| {
            let octets = ::libfuzzer_sys::fuzzer_mutate;
            ::tcprove::fuzzing::mutate_text::<$kind>(data, size, max_size, seed, octets)
        });

        ::libfuzzer_sys::fuzz_crossover!(|one: &[u8], other: &[u8], out: &mut [u8], seed: u32| {
            ::tcprove::fuzzing::cross_text::<$kind>(one, other, out, seed)
        });
    };
}
