//! The lwIP adapter: lwIP in this process, without a system under it, on virtual time.
//!
//! There are two configurations, each a stack of its own: lwIP's defaults, and everything that its
//! TCP can do. CLOSE is `tcp_shutdown` of the sending side, as lwIP's sockets have it; the other
//! calls are those of its raw interface. This adapter knows that interface and no RFC. Where lwIP
//! was not built in, [`MISSING`] says why.

use std::sync::atomic::AtomicU8;

use crate::stack::Stack;

#[cfg(lwip_built)]
mod adapter;
#[cfg(lwip_built)]
mod library;
#[cfg(lwip_built)]
mod profile;

#[cfg(lwip_built)]
pub use adapter::Lwip;

/// A configuration of lwIP.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Variant {
    /// The defaults of its options.
    Usual,
    /// Timestamps, window scale, SACK, larger windows, keep-alives, addresses used again.
    Full,
}

impl Variant {
    /// All of them.
    pub const ALL: [Variant; 2] = [Variant::Usual, Variant::Full];

    /// The name that it is asked for by.
    pub fn name(self) -> &'static str {
        match self {
            Variant::Usual => "lwip",
            Variant::Full => "lwip-full",
        }
    }

    /// What it is known to do against the standard, as the text of a file of known deviations.
    pub fn known(self) -> &'static str {
        match self {
            Variant::Usual => KNOWN,
            Variant::Full => KNOWN_FULL,
        }
    }

    /// An instance, in a build with lwIP and without. Of the counters `Lwip::counted` says more.
    ///
    /// # Errors
    /// Says why there is none.
    pub fn instance(self, counters: &'static [AtomicU8]) -> Result<Box<dyn Stack>, String> {
        #[cfg(lwip_built)]
        return Ok(Box::new(Lwip::counted(self, counters)?));
        #[cfg(not(lwip_built))]
        {
            let _ = counters;
            Err(MISSING.unwrap_or("it is not in this build").to_owned())
        }
    }
}

/// What the usual configuration is known to do against the standard, as the text of a file of known
/// deviations.
pub const KNOWN: &str = concat!(include_str!("known.toml"), include_str!("known-usual.toml"));

/// The same of the full configuration.
pub const KNOWN_FULL: &str = concat!(include_str!("known.toml"), include_str!("known-full.toml"));

/// Why this build is without lwIP, and what to do; `None` where it has it.
pub const MISSING: Option<&str> = option_env!("LWIP_MISSING");

/// Which lwIP this is.
pub const ABOUT: &str = about(Variant::Usual);

/// Which lwIP this is, in its full configuration.
pub const ABOUT_FULL: &str = about(Variant::Full);

#[cfg(lwip_built)]
const fn about(variant: Variant) -> &'static str {
    match variant {
        Variant::Usual => concat!(
            "lwIP ",
            env!("LWIP_VERSION"),
            ", its options as they are by default, in this process, on virtual time"
        ),
        Variant::Full => concat!(
            "lwIP ",
            env!("LWIP_VERSION"),
            ", everything switched on, in this process, on virtual time"
        ),
    }
}

#[cfg(not(lwip_built))]
const fn about(variant: Variant) -> &'static str {
    match variant {
        Variant::Usual => "lwIP, its options as they are by default; not in this build",
        Variant::Full => "lwIP, everything switched on; not in this build",
    }
}
