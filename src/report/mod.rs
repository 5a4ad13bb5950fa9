//! What a person or a machine reads: text, ladder, JSON, captures.
//!
//! Everything here turns values into text or octets and judges nothing. The same values give the
//! same text, byte for byte: no clock, no path of the machine, no order of a hash map.

mod finding;
#[cfg(feature = "cli")]
mod html;
#[cfg(feature = "cli")]
mod json;
mod ladder;
#[cfg(feature = "cli")]
pub mod matrix;
mod pcapng;
mod recording;
mod relative;
mod style;
mod summary;
#[cfg(test)]
pub(crate) mod testing;
mod words;

pub use finding::{Setting, fault_text, file_stem, finding_text, findings_text, title};
#[cfg(feature = "cli")]
pub use html::{Page, html};
#[cfg(feature = "cli")]
pub use json::json;
pub use ladder::ladder;
#[cfg(any(feature = "cli", feature = "fuzzing"))]
pub use pcapng::{CaptureError, is_capture, read_capture};
pub use pcapng::{PacketCapture, capture};
pub use recording::{RecordingError, read_recording, recording};
pub use style::Style;
pub use summary::{Run, summary};
