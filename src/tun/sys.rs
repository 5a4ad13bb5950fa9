//! The system calls for which no crate has a safe function. Nothing else here is `unsafe`.

#![allow(unsafe_code)]

use std::fs::File;
use std::io;

use rustix::ioctl::{Updater, ioctl, opcode};
use rustix::thread::{UnshareFlags, unshare_unsafe};

/// `TUNSETIFF`, as <linux/if_tun.h> has it.
const TUNSETIFF: u32 = opcode::write::<i32>(b'T', 202);

/// A point-to-point device that carries IP packets and nothing before them.
const IFF_TUN_NO_PI: u16 = 0x0001 | 0x1000;

/// `struct ifreq`: a name, and here the flags.
#[repr(C)]
struct Request {
    name: [u8; 16],
    flags: u16,
    rest: [u8; 22],
}

/// Makes an open `/dev/net/tun` the device of this name, at most 15 octets of it.
pub(crate) fn attach_tun(file: &File, name: &str) -> io::Result<()> {
    let mut request = Request {
        name: [0; 16],
        flags: IFF_TUN_NO_PI,
        rest: [0; 22],
    };
    for (place, octet) in request.name[..15].iter_mut().zip(name.bytes()) {
        *place = octet;
    }
    // SAFETY: the kernel reads and writes a `struct ifreq` of 40 octets for this request, which
    // `Request` is.
    let updater = unsafe { Updater::<TUNSETIFF, Request>::new(&mut request) };
    // SAFETY: as above; and the file is open.
    Ok(unsafe { ioctl(file, updater) }?)
}

/// Moves the calling thread into a network namespace of its own.
pub(crate) fn new_network() -> io::Result<()> {
    // SAFETY: the table of open files stays shared.
    Ok(unsafe { unshare_unsafe(UnshareFlags::NEWNET) }?)
}

/// Moves the process, which must have a single thread, into a user namespace of its own.
pub(crate) fn new_users() -> io::Result<()> {
    // SAFETY: the table of open files stays shared.
    Ok(unsafe { unshare_unsafe(UnshareFlags::NEWUSER) }?)
}
