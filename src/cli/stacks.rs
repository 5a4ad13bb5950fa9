//! The stacks that can be asked for.
//!
//! `TCPROVE_FAULT=NAME` plants a fault in the reference stack, to see it found.

use std::borrow::Cow;
use std::env;
#[cfg(unix)]
use std::time::Duration;

use crate::conversation;
use crate::harness::{Judge, StackJudge, maker};
use crate::oracle::KnownDeviations;
use crate::stack::Reached;
#[cfg(unix)]
use crate::stack::driver::Driver;
#[cfg(all(feature = "linux", target_os = "linux"))]
use crate::stack::linux;
#[cfg(feature = "lwip")]
use crate::stack::lwip;
use crate::stack::reference::{Fault, Reference};
#[cfg(feature = "smoltcp")]
use crate::stack::smoltcp::{KNOWN, Smoltcp};

/// What stands before the place of a driver, in the name of the stack behind it.
#[cfg(unix)]
const DRIVER: &str = "driver:";

/// A driver that says nothing for so long hangs.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes a judge of a stack that knows of these deviations. The error says why this machine
/// cannot run it.
pub type MakeJudge = dyn Fn(KnownDeviations) -> Result<Box<dyn Judge>, String> + Sync;

/// Makes a stack, which holds conversations. The error says why this machine cannot run it, or why
/// it holds none.
pub type MakeTalker = conversation::MakeStack<'static>;

/// For stacks that hold no conversations.
pub const NO_TALKER: &MakeTalker = &|| Err("it holds no conversations".into());

/// A stack that can be asked for.
#[derive(Clone, Copy)]
pub struct StackEntry {
    /// The name by which it is asked for.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Its known deviations, as the text of their file.
    pub known: &'static str,
    /// Makes a judge of it.
    pub judge: &'static MakeJudge,
    /// Makes it for conversations.
    pub talker: &'static MakeTalker,
    /// What all its judges that are no more have reached of its own code, as far as that can be
    /// told.
    pub reached: fn() -> Vec<Reached>,
}

/// For stacks of whose code nothing is counted.
pub const NOT_COUNTED: fn() -> Vec<Reached> = Vec::new;

/// The stacks of this build, the usual one first.
pub fn built_in() -> Vec<StackEntry> {
    vec![
        #[cfg(feature = "smoltcp")]
        StackEntry {
            name: "smoltcp",
            about: "smoltcp 0.14.0, in this process, on virtual time",
            known: KNOWN,
            judge: &|known| Ok(Box::new(StackJudge::new(Smoltcp::new, known))),
            talker: &|| Ok(Box::new(Smoltcp::new())),
            reached: NOT_COUNTED,
        },
        #[cfg(feature = "lwip")]
        StackEntry {
            name: "lwip",
            about: lwip::ABOUT,
            known: lwip::KNOWN,
            judge: &|known| judge_of_lwip(lwip::Variant::Usual, known),
            talker: &|| lwip::Variant::Usual.instance(&[]),
            reached: NOT_COUNTED,
        },
        #[cfg(feature = "lwip")]
        StackEntry {
            name: "lwip-full",
            about: lwip::ABOUT_FULL,
            known: lwip::KNOWN_FULL,
            judge: &|known| judge_of_lwip(lwip::Variant::Full, known),
            talker: &|| lwip::Variant::Full.instance(&[]),
            reached: NOT_COUNTED,
        },
        StackEntry {
            name: "reference",
            about: "the model as an endpoint: the harness's own test, in this process",
            known: "",
            judge: &|known| match planted()? {
                Some(fault) => {
                    let make = move || Reference::with_fault(fault);
                    Ok(Box::new(StackJudge::new(make, known)))
                }
                None => Ok(Box::new(StackJudge::new(Reference::drawn, known))),
            },
            talker: &|| match planted()? {
                Some(fault) => Ok(Box::new(Reference::with_fault(fault))),
                None => Ok(Box::new(Reference::steady())),
            },
            reached: NOT_COUNTED,
        },
        #[cfg(all(feature = "linux", target_os = "linux"))]
        StackEntry {
            name: "linux",
            about: "the running kernel, through a TUN device in a namespace, in real time",
            known: linux::KNOWN,
            judge: &|known| {
                linux::available()?;
                Ok(Box::new(StackJudge::new(linux::Linux::new, known)))
            },
            talker: &|| {
                linux::available()?;
                Ok(Box::new(linux::Linux::new()))
            },
            reached: linux::reached,
        },
    ]
}

/// A judge of lwIP, or why there is none.
#[cfg(feature = "lwip")]
fn judge_of_lwip(variant: lwip::Variant, known: KnownDeviations) -> Result<Box<dyn Judge>, String> {
    let make = maker(move || variant.instance(&[]))?;
    Ok(Box::new(StackJudge::new(make, known)))
}

/// The stack behind a driver, if that is what `name` asks for: `driver:` and a command, or
/// `driver:unix:` and the path of a socket.
#[cfg(unix)]
pub(super) fn driven(name: &str) -> Option<StackEntry> {
    let place = name.strip_prefix(DRIVER)?.to_owned();
    let judge = move |known| {
        let place = place.clone();
        let driver = move || Driver::new(&*place, PATIENCE);
        // Whether it runs at all shows before anything is judged.
        driver().start().map_err(|why| why.0.to_string())?;
        let judge: Box<dyn Judge> = Box::new(StackJudge::new(driver, known));
        Ok(judge)
    };
    Some(StackEntry {
        // A command asks for one or two.
        name: name.to_owned().leak(),
        about: "a stack behind a driver",
        known: "",
        judge: Box::leak(Box::new(judge)),
        talker: NO_TALKER,
        reached: NOT_COUNTED,
    })
}

#[cfg(not(unix))]
pub(super) fn driven(_: &str) -> Option<StackEntry> {
    None
}

/// The fault that the environment plants in the reference stack, if any.
///
/// # Errors
/// There is no fault of that name.
pub fn planted() -> Result<Option<Fault>, String> {
    Fault::planted(env::var_os(Fault::PLANTING))
}

/// A command line as it has to be said again, with the fault that is planted here.
pub fn planting(command: &str) -> Cow<'_, str> {
    match planted() {
        Ok(Some(fault)) => fault.planting(command).into(),
        Ok(None) | Err(_) => command.into(),
    }
}
