//! One row of the catalogue, and the macro that the table files are written with.
//!
//! A table file is one `requirements!` block. It becomes a constant per row, such as
//! `RFC9293_MUST_4`, the rows themselves, and the place where the next file goes on. Everything is
//! laid out by the compiler; nothing is parsed or collected when the program runs.

use crate::spec::{Level, Observable, Role, Testability};

/// What the catalogue holds about one requirement. [`Req`](crate::spec::Req) tells what each
/// column means.
#[derive(Clone, Copy)]
pub(in crate::spec) struct Row {
    pub(in crate::spec) name: &'static str,
    pub(in crate::spec) id: &'static str,
    pub(in crate::spec) rfc: u16,
    pub(in crate::spec) title: &'static str,
    pub(in crate::spec) level: Level,
    pub(in crate::spec) section: &'static str,
    pub(in crate::spec) priority: u8,
    pub(in crate::spec) observable: Observable,
    pub(in crate::spec) role: Role,
    pub(in crate::spec) testability: Testability,
    pub(in crate::spec) stimulus: &'static str,
    pub(in crate::spec) expected: &'static str,
    pub(in crate::spec) violation: &'static str,
}

/// The number after `RFC` in an id. Run by the compiler, which stops at an id without one.
pub(super) const fn rfc_of(id: &str) -> u16 {
    let letters = id.as_bytes();
    assert!(
        matches!(letters, [b'R', b'F', b'C', b'1'..=b'9', ..]),
        "an id begins with its RFC"
    );
    let (mut number, mut at) = (0, 3);
    while at < letters.len() && letters[at].is_ascii_digit() {
        number = number * 10 + (letters[at] - b'0') as u16;
        at += 1;
    }
    number
}

/// Turns one table file into constants, `ROWS`, and `END` (the place after its last row).
macro_rules! requirements {
    (
        from $first:expr;
        $(
            $name:ident = $id:literal {
                title: $title:literal,
                level: $level:ident, section: $section:literal, priority: $priority:literal,
                observable: $observable:ident, role: $role:ident, testability: $testability:ident,
                stimulus: $stimulus:literal,
                expected: $expected:literal,
                violation: $violation:literal,
            }
        )+
    ) => {
        const FIRST: u16 = $first;

        /// The rows of this file, in order.
        pub(in crate::spec) const ROWS: &[$crate::spec::table::row::Row] = &[
            $(
                $crate::spec::table::row::Row {
                    name: stringify!($name),
                    id: $id,
                    rfc: $crate::spec::table::row::rfc_of($id),
                    title: $title,
                    level: $crate::spec::Level::$level,
                    section: $section,
                    priority: $priority,
                    observable: $crate::spec::Observable::$observable,
                    role: $crate::spec::Role::$role,
                    testability: $crate::spec::Testability::$testability,
                    stimulus: $stimulus,
                    expected: $expected,
                    violation: $violation,
                },
            )+
        ];

        /// The place in the catalogue that follows this file's last row.
        pub(in crate::spec) const END: u16 = FIRST + ROWS.len() as u16;

        /// Numbers the rows of this file from zero.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Place {
            $($name,)+
        }

        /// The constants of this file.
        pub(in crate::spec) mod names {
            use super::{FIRST, Place};
            use crate::spec::Req;

            $(
                #[doc = $title]
                ///
                #[doc = concat!("`", $id, "`, section ", $section, ".")]
                pub const $name: Req = Req::at(FIRST + Place::$name as u16);
            )+
        }
    };
}

pub(super) use requirements;
