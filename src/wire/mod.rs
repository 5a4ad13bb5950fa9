//! What travels: sequence numbers, flags, options, segments, and their octets on the wire.
//!
//! etherparse lives here and nowhere else. It builds and parses what is well formed; damage that
//! no builder can say (a lying data offset, a wrong checksum, a cut packet) is done to the octets
//! afterwards. This room depends on nothing else of the crate but [`crate::time`].

mod addr;
mod build;
mod checksum;
mod damage;
mod ecn;
mod flags;
mod icmp;
mod layers;
mod options;
mod packets;
mod parse;
mod sack;
mod segment;
mod seq;

pub use addr::{Endpoint, Family, FlowAddr, PEER_V4, PEER_V6, STACK_V4, STACK_V6};
pub use build::{HOP_LIMIT, build};
pub use damage::{Damage, damage};
pub use ecn::Ecn;
pub use flags::Flags;
pub use icmp::{IcmpError, IcmpKind, LEAST_QUOTE, MOST_QUOTE, build_icmp, parse_icmp};
pub use options::{
    OptionBytes, Options, OptionsFull, put_eol, put_mss, put_nop, put_raw, put_sack,
    put_sack_permitted, put_timestamps, put_window_scale,
};
pub use packets::packets;
pub use parse::{ParseError, Parsed, parse};
pub use sack::SackBlocks;
pub use segment::Segment;
pub use seq::SeqNumber;
