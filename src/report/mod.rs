//! What a person or a machine reads: text, ladder, JSON, captures.

mod ladder;
mod pcapng;
mod relative;

pub use ladder::ladder;
pub use pcapng::capture;
