//! The command line of tcprove.

fn main() {}
