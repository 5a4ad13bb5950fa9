//! The catalogue as data: one file per family of RFCs, one block per requirement.
//!
//! The order of the files and of the rows in them is the order of the catalogue, so that RFC 9293
//! comes first, and of two requirements the more central one usually does. A new row may go
//! anywhere; no number is written down or stored.

mod rfc2018;
mod rfc3168;
mod rfc5681;
mod rfc5961;
mod rfc6298;
mod rfc7323;
mod rfc9293_calls;
mod rfc9293_must_1;
mod rfc9293_must_35;
mod rfc9293_sections;
mod rfc9293_segment_arrives;
mod rfc9293_should_may;
mod row;
mod single_topic;

pub(super) use row::Row;

/// How many requirements there are.
pub(super) const COUNT: usize = rfc3168::END as usize;

/// Every file, in the order in which `from` in the files chains them.
const FILES: [&[Row]; 13] = [
    rfc9293_must_1::ROWS,
    rfc9293_must_35::ROWS,
    rfc9293_should_may::ROWS,
    rfc9293_sections::ROWS,
    rfc9293_calls::ROWS,
    rfc9293_segment_arrives::ROWS,
    rfc5961::ROWS,
    rfc7323::ROWS,
    rfc6298::ROWS,
    rfc5681::ROWS,
    rfc2018::ROWS,
    single_topic::ROWS,
    rfc3168::ROWS,
];

/// Every row, by its place.
pub(super) static ROWS: [Row; COUNT] = gather();

/// Lays the files end to end. Run by the compiler; it fails to compile if a file is left out.
const fn gather() -> [Row; COUNT] {
    let mut all = [FILES[0][0]; COUNT];
    let (mut file, mut place) = (0, 0);
    while file < FILES.len() {
        let mut row = 0;
        while row < FILES[file].len() {
            all[place] = FILES[file][row];
            (row, place) = (row + 1, place + 1);
        }
        file += 1;
    }
    assert!(
        place == COUNT,
        "a file of the catalogue is missing from FILES"
    );
    all
}

/// The constants of every file.
pub(super) mod names {
    pub use super::rfc2018::names::*;
    pub use super::rfc3168::names::*;
    pub use super::rfc5681::names::*;
    pub use super::rfc5961::names::*;
    pub use super::rfc6298::names::*;
    pub use super::rfc7323::names::*;
    pub use super::rfc9293_calls::names::*;
    pub use super::rfc9293_must_1::names::*;
    pub use super::rfc9293_must_35::names::*;
    pub use super::rfc9293_sections::names::*;
    pub use super::rfc9293_segment_arrives::names::*;
    pub use super::rfc9293_should_may::names::*;
    pub use super::single_topic::names::*;
}
