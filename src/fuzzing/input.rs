//! Inputs of a fuzzer: scenarios in text, how they are read, and how they are changed.
//!
//! Text makes crash files readable, lets `cargo fuzz fmt` and `tmin` show a scenario, and makes
//! the corpus a set of seeds.

use std::fmt;
use std::str::FromStr;

use arbitrary::{Arbitrary, Unstructured};

use crate::scenario::{Random, Scenario, Source, compose, cross, mutate};
use crate::stack::reference::Fault;

/// Something that a fuzzer is given as text and that has a scenario in it.
pub trait Input: FromStr + fmt::Display + Default {
    /// The scenario.
    fn scenario(&self) -> &Scenario;

    /// The scenario, to be changed.
    fn scenario_mut(&mut self) -> &mut Scenario;

    /// Changes what is no scenario, now and then.
    fn mutate_rest(&mut self, source: &mut Random);
}

impl Input for Scenario {
    fn scenario(&self) -> &Scenario {
        self
    }

    fn scenario_mut(&mut self) -> &mut Scenario {
        self
    }

    fn mutate_rest(&mut self, _: &mut Random) {}
}

/// A scenario for the reference stack, and what the stack does wrong meanwhile.
///
/// Its text begins with `# fault NAME`, a comment to everyone else, when there is a fault.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Faulty {
    /// What the stack does wrong, if anything.
    pub fault: Option<Fault>,
    /// What is done to it.
    pub scenario: Scenario,
}

const FAULT: &str = "# fault ";

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(fault) = self.fault {
            writeln!(f, "{FAULT}{}", fault.name())?;
        }
        self.scenario.fmt(f)
    }
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Faulty {
    type Err = String;

    fn from_str(text: &str) -> Result<Faulty, String> {
        let first = text.lines().next().unwrap_or_default();
        let fault = match first.strip_prefix(FAULT) {
            None => None,
            Some(name) => {
                let fault = Fault::from_name(name);
                Some(fault.ok_or_else(|| format!("the reference stack has no fault `{name}`"))?)
            }
        };
        let scenario = text.parse();
        Ok(Faulty {
            fault,
            scenario: scenario.map_err(|error: crate::scenario::ParseError| error.to_string())?,
        })
    }
}

impl Input for Faulty {
    fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    fn scenario_mut(&mut self) -> &mut Scenario {
        &mut self.scenario
    }

    fn mutate_rest(&mut self, source: &mut Random) {
        if source.once_in(8) {
            self.fault = (!source.once_in(4)).then(|| source.one(Fault::ALL));
        }
    }
}

/// The octets of a fuzzer are its text; choices make a scenario as the generator does.
macro_rules! arbitrary_as_text {
    ($($kind:ty),*) => {$(
        impl<'a> Arbitrary<'a> for $kind {
            fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<$kind> {
                let mut input = <$kind>::default();
                compose(&mut Choices(u), input.scenario_mut());
                Ok(input)
            }

            fn arbitrary_take_rest(u: Unstructured<'a>) -> arbitrary::Result<$kind> {
                read(u.take_rest()).ok_or(arbitrary::Error::IncorrectFormat)
            }
        }
    )*};
}

arbitrary_as_text!(Scenario, Faulty);

/// Octets of a fuzzer as choices; 0 when there are none left.
struct Choices<'a, 'u>(&'u mut Unstructured<'a>);

impl Source for Choices<'_, '_> {
    fn below(&mut self, n: u32) -> u32 {
        match n {
            0 | 1 => 0,
            n => self.0.int_in_range(0..=n - 1).unwrap_or(0),
        }
    }
}

fn read<I: Input>(octets: &[u8]) -> Option<I> {
    std::str::from_utf8(octets).ok()?.parse().ok()
}

/// Once in so many times the octets are changed and not the steps: what reads the text has
/// branches too.
const OCTETS_ODDS: u32 = 20;

/// A mutator for libFuzzer: changes the input in the first `size` octets of `data` and gives its
/// new size, at most `most` and at most the length of `data`. `octets` is the fuzzer's own mutator,
/// which takes over now and then, and of what is no input.
pub fn mutate_text<I: Input>(
    data: &mut [u8],
    size: usize,
    most: usize,
    seed: u32,
    octets: impl FnOnce(&mut [u8], usize, usize) -> usize,
) -> usize {
    let most = most.min(data.len());
    let size = size.min(most);
    let source = &mut Random::new(seed.into(), size as u64);
    let Some(mut input) = read::<I>(&data[..size]).filter(|_| !source.once_in(OCTETS_ODDS)) else {
        return octets(data, size, most);
    };
    mutate(source, input.scenario_mut(), None);
    input.mutate_rest(source);
    put(input, &mut data[..most]).unwrap_or_else(|| octets(data, size, most))
}

/// A crossover for libFuzzer: joins two inputs, or takes a part of the second into the first, and
/// gives the size of what is then in `out`; 0 when one of them is no input.
pub fn cross_text<I: Input>(first: &[u8], second: &[u8], out: &mut [u8], seed: u32) -> usize {
    let source = &mut Random::new(seed.into(), first.len() as u64);
    let (Some(mut one), Some(two)) = (read::<I>(first), read::<I>(second)) else {
        return 0;
    };
    if source.once_in(2) {
        *one.scenario_mut() = cross(source, one.scenario(), two.scenario());
    } else {
        mutate(source, one.scenario_mut(), Some(two.scenario()));
    }
    put(one, out).unwrap_or(0)
}

/// Writes an input, without so many of its last steps that it fits.
fn put<I: Input>(mut input: I, out: &mut [u8]) -> Option<usize> {
    loop {
        let text = input.to_string();
        if let Some(room) = out.get_mut(..text.len()) {
            room.copy_from_slice(text.as_bytes());
            return Some(text.len());
        }
        input.scenario_mut().steps.pop()?;
    }
}
