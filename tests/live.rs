//! The reference stack against the kernel's own sockets, over a TUN device, in real time: what the
//! model calls a connection, the kernel does too.
//!
//! Every test has a network namespace of its own. Where the machine has no TUN device, or allows no
//! namespace, all of them are shown as ignored, with the reason.

#[cfg(target_os = "linux")]
#[path = "live/world.rs"]
mod world;

#[cfg(target_os = "linux")]
#[path = "live/trials.rs"]
mod trials;

fn main() -> std::process::ExitCode {
    #[cfg(target_os = "linux")]
    return trials::run();
    #[cfg(not(target_os = "linux"))]
    std::process::ExitCode::SUCCESS
}
