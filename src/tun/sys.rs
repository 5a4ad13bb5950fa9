//! The system calls for which no crate has a safe function. Nothing else here is `unsafe`.

#![allow(unsafe_code)]

use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::os::fd::FromRawFd;

use rustix::ioctl::{IntegerSetter, Updater, ioctl, opcode};
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

/// `PERF_EVENT_IOC_SET_FILTER`, as <linux/perf_event.h> has it.
const SET_FILTER: u32 = opcode::write::<*const u8>(b'$', 6);

/// `struct perf_event_attr`, as far as the first kernel that had it.
#[repr(C)]
#[derive(Default)]
struct Counted {
    kind: u32,
    size: u32,
    event: u64,
    period: u64,
    sample: u64,
    read: u64,
    flags: u64,
    wakeup: u32,
    breakpoint: u32,
    more: u64,
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

/// Counts how often a tracepoint is passed where `filter` holds, by the calling thread and by
/// those that it starts from now on. Whoever reads the file gets the number, eight octets of it.
pub(crate) fn count_tracepoint(tracepoint: u64, filter: &CStr) -> io::Result<File> {
    const TRACEPOINT: u32 = 2;
    const INHERITED: u64 = 1 << 1;
    const CLOSE_ON_EXEC: libc::c_ulong = 1 << 3;
    let counted = Counted {
        kind: TRACEPOINT,
        size: size_of::<Counted>() as u32,
        event: tracepoint,
        flags: INHERITED,
        ..Counted::default()
    };
    let (this_thread, any_processor, no_group) = (0, -1, -1);
    // SAFETY: the kernel reads as many octets of `counted` as its `size` says, which are there.
    let file = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            &raw const counted,
            this_thread,
            any_processor,
            no_group,
            CLOSE_ON_EXEC,
        )
    };
    if file < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just given it out, and nobody else has it.
    let file = unsafe { File::from_raw_fd(file as i32) };
    // SAFETY: the request takes a pointer to a text, which the kernel reads up to its end and
    // does not keep.
    let setter = unsafe { IntegerSetter::<SET_FILTER>::new_pointer(filter.as_ptr() as *mut _) };
    // SAFETY: as above; and the file is open.
    unsafe { ioctl(&file, setter) }?;
    Ok(file)
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
