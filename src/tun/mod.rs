//! TUN devices and network namespaces: how packets come from the kernel and go to it.
//!
//! What lives in real time stands on this, the adapter of the kernel's own stack and the
//! endpoints that talk to it. It knows packets, addresses and links, and no TCP.

mod device;
mod namespace;
mod netlink;
mod sys;

pub(crate) use device::{Device, exists, is_local};
pub(crate) use namespace::{Namespace, Needed, missing, set};
pub(crate) use netlink::{Connection, LOOPBACK, Netlink, Route};
pub(crate) use sys::count_tracepoint;
