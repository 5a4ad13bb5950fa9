//! tcprove puts a TCP stack to the proof.
//!
//! A reference state machine of RFC 9293 watches a real stack while segments, user calls and
//! time are thrown at it, and says of everything that the stack does whether the standard allows
//! it, and by which requirement.
//!
//! Data flows one way: a [`scenario`] is run by the [`harness`] on a [`stack`], which gives a
//! [`trace`]; the [`oracle`] follows the [`model`] along the trace and gives a verdict, which
//! [`report`] shows to a person or a machine.

#[cfg(feature = "cli")]
pub mod cli;
pub mod conversation;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod harness;
#[cfg(all(feature = "linux", target_os = "linux"))]
pub mod live;
pub mod model;
pub mod oracle;
pub mod peer;
pub mod proof;
#[cfg(feature = "proptest")]
pub mod property;
pub mod report;
pub mod scenario;
pub mod spec;
pub mod stack;
pub mod stream;
#[cfg(feature = "suite")]
pub mod suite;
pub mod table;
pub mod time;
pub mod trace;
#[cfg(all(feature = "linux", target_os = "linux"))]
mod tun;
pub mod wire;
