//! The smoltcp adapter.
