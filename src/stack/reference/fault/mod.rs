//! The seeded faults: what the reference stack can be told to do wrong.
//!
//! Each breaks one rule in one place, and names the requirement by which the oracle has to catch
//! it. How each is done stands in [`super::twist`] or, where it is a matter of when to send, in
//! the policy itself.

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $req:ident;)*) => {
        /// One thing that the reference stack does wrong.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Fault {
            $($(#[$doc])* $name,)*
        }

        impl Fault {
            /// All of them.
            pub const ALL: &'static [Fault] = &[$(Fault::$name),*];

            /// The name by which users ask for it, in kebab case.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Fault::$name => $text,)*
                }
            }

            /// The requirement by which it has to be caught.
            pub const fn requirement(self) -> Req {
                match self {
                    $(Fault::$name => req::$req,)*
                }
            }
        }
    };
}

mod all;

pub use all::Fault;

use std::ffi::OsString;

impl Fault {
    /// The fault of that name.
    pub fn from_name(name: &str) -> Option<Fault> {
        Fault::ALL
            .iter()
            .copied()
            .find(|fault| fault.name() == name)
    }

    /// The variable of the environment that plants a fault, to see it found.
    pub const PLANTING: &str = "TCPROVE_FAULT";

    /// The fault that a value of that variable plants.
    ///
    /// # Errors
    /// There is no fault of that name.
    pub fn planted(value: Option<OsString>) -> Result<Option<Fault>, String> {
        let Some(name) = value else {
            return Ok(None);
        };
        let name = name.to_string_lossy();
        let unknown = || {
            format!(
                "{}: the reference stack has no fault `{name}`",
                Fault::PLANTING
            )
        };
        Fault::from_name(&name).map(Some).ok_or_else(unknown)
    }

    /// A command line that has the fault planted.
    pub fn planting(self, command: &str) -> String {
        format!("{}={} {command}", Fault::PLANTING, self.name())
    }
}
