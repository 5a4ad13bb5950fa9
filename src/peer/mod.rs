//! The peer: what the remote end knows from the wire, and how the symbolic numbers of a scenario
//! become real ones.
