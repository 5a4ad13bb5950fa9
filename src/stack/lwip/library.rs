//! Private copies of lwIP, and calls into them.
//!
//! lwIP keeps its state in globals, so each instance is a copy of the whole shared object, loaded
//! by `c/guard.c`. A failed assertion, a crash or an endless loop in it ends the call and nothing
//! else; the copy is not called again. All that is `unsafe` in tcprove stands here.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::AtomicU8;

use crate::stack::Broken;

/// Memory that a copy allocates from. What is not touched costs nothing.
const ARENA: usize = 16 << 20;
/// Room for what is sent between two inputs.
const SENT: usize = 4 << 20;
/// Room for the globals of a copy.
const IMAGE: usize = 64 << 10;

/// A configuration of lwIP, built as a shared object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Object {
    /// With the defaults of its options.
    Usual,
    /// With all that its TCP can do.
    Full,
}

impl Object {
    fn octets(self) -> &'static [u8] {
        match self {
            Object::Usual => include_bytes!(concat!(env!("OUT_DIR"), "/lwip.so")),
            Object::Full => include_bytes!(concat!(env!("OUT_DIR"), "/lwip-full.so")),
        }
    }
}

/// What a call does; `enum tcprove_op`.
#[repr(u32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Op {
    Reset,
    Deliver,
    Advance,
    NextTimer,
    Listen,
    Connect,
    Send,
    Receive,
    Close,
    Abort,
    Status,
    Remote,
    SetDscp,
    /// For tests: an assertion fails.
    #[cfg(test)]
    Assert,
    /// For tests: writes where nothing is.
    #[cfg(test)]
    Crash,
    /// For tests: never ends.
    #[cfg(test)]
    Spin,
}

/// One call and what comes of it; `struct tcprove_call`.
#[repr(C)]
pub(super) struct Call {
    op: u32,
    pub(super) socket: u32,
    pub(super) at: u64,
    input: *const u8,
    room: *mut u8,
    input_len: u32,
    room_len: u32,
    pub(super) remote: [u8; 16],
    pub(super) local_port: u16,
    pub(super) remote_port: u16,
    pub(super) result: i32,
}

impl Call {
    /// A call at an instant, in microseconds.
    pub(super) fn new(op: Op, at: u64) -> Call {
        Call {
            op: op as u32,
            socket: 0,
            at,
            input: ptr::null(),
            room: ptr::null_mut(),
            input_len: 0,
            room_len: 0,
            remote: [0; 16],
            local_port: 0,
            remote_port: 0,
            result: 0,
        }
    }
}

/// What is lent to a copy; `struct tcprove_host`.
#[repr(C)]
struct Host {
    arena: *mut u8,
    arena_len: usize,
    sent: *mut u8,
    sent_size: usize,
    sent_len: usize,
    image: *mut u8,
    image_size: usize,
    counters: *const AtomicU8,
    counters_len: usize,
    seed: u64,
    keep_alive_ms: u64,
    mtu: u16,
    ipv6: u8,
    nagle: u8,
    local: [u8; 16],
    ttl: u8,
    dscp: u8,
}

/// How a scenario has the instance.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    pub(super) seed: u64,
    /// Zero when off.
    pub(super) keep_alive_ms: u64,
    pub(super) mtu: u16,
    pub(super) ipv6: bool,
    pub(super) nagle: bool,
    /// The address of the stack, as many octets as it has.
    pub(super) local: [u8; 16],
    /// Zero for lwIP's own.
    pub(super) ttl: u8,
    /// Zero for lwIP's own.
    pub(super) dscp: u8,
}

/// What a loaded copy shows; `struct tcprove_lwip`.
#[repr(C)]
struct Lwip {
    window: u32,
    send_buffer: u32,
    msl_ms: u32,
    mss: u32,
    init: *const c_void,
    call: *const c_void,
}

/// The figures that a configuration was built with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figures {
    /// Octets of receive window.
    pub(super) window: u32,
    /// Octets of send buffer.
    pub(super) send_buffer: u32,
    /// Maximum segment lifetime in milliseconds.
    pub(super) msl_ms: u32,
}

unsafe extern "C" {
    fn tcprove_load(
        image: *const u8,
        len: usize,
        file: *mut c_int,
        lwip: *mut *const Lwip,
        why: *mut *const c_char,
    ) -> *mut c_void;
    fn tcprove_begin(lwip: *const Lwip, host: *mut Host, image_size: *mut usize) -> *const c_char;
    fn tcprove_call(lwip: *const Lwip, call: *mut Call) -> *const c_char;
    fn tcprove_unload(handle: *mut c_void, file: c_int);
}

/// A private copy of lwIP.
pub(super) struct Library {
    handle: *mut c_void,
    file: c_int,
    lwip: *const Lwip,
    /// The copy keeps pointers to it and to what it points at.
    host: *mut Host,
    /// What went wrong, for good.
    broken: Option<Broken>,
}

impl Library {
    /// Loads a copy, which counts in these counters the branches that it takes, if it was built for
    /// a fuzzer.
    ///
    /// # Errors
    /// Says why this machine cannot load one.
    pub(super) fn load(object: Object, counters: &'static [AtomicU8]) -> Result<Library, String> {
        let octets = object.octets();
        let (mut file, mut lwip, mut why) = (0, ptr::null(), ptr::null());
        // SAFETY: the octets are a whole shared object, and live for ever.
        let handle = unsafe {
            tcprove_load(
                octets.as_ptr(),
                octets.len(),
                &mut file,
                &mut lwip,
                &mut why,
            )
        };
        if handle.is_null() {
            return Err(format!("a copy of it cannot be loaded: {}", text(why)));
        }
        let host = Box::into_raw(Box::new(Host {
            arena: lend(ARENA),
            arena_len: ARENA,
            sent: lend(SENT),
            sent_size: SENT,
            sent_len: 0,
            image: lend(IMAGE),
            image_size: IMAGE,
            counters: match counters {
                [] => ptr::null(),
                counters => counters.as_ptr(),
            },
            counters_len: counters.len(),
            seed: 0,
            keep_alive_ms: 0,
            mtu: 1_500,
            ipv6: 0,
            nagle: 1,
            local: [0; 16],
            ttl: 0,
            dscp: 0,
        }));
        let library = Library {
            handle,
            file,
            lwip,
            host,
            broken: None,
        };
        let mut image_size = 0;
        // SAFETY: `lwip` is of a copy that stays loaded, `host` lives as long as `library`.
        let why = unsafe { tcprove_begin(lwip, host, &mut image_size) };
        if !why.is_null() {
            return Err(format!("it cannot begin: {}", text(why)));
        }
        match image_size {
            0 => Err("its globals cannot be found".to_owned()),
            _ => Ok(library),
        }
    }

    /// The figures that it was built with.
    pub(super) fn figures(&self) -> Figures {
        // SAFETY: it is a constant of the copy, which stays loaded.
        let lwip = unsafe { &*self.lwip };
        Figures {
            window: lwip.window,
            send_buffer: lwip.send_buffer,
            msl_ms: lwip.msl_ms,
        }
    }

    /// Makes a fresh instance.
    pub(super) fn reset(&mut self, setting: &Setting) -> Result<(), Broken> {
        // SAFETY: no call is under way, so nobody else reads or writes it.
        let host = unsafe { &mut *self.host };
        host.seed = setting.seed;
        host.keep_alive_ms = setting.keep_alive_ms;
        host.mtu = setting.mtu;
        host.ipv6 = setting.ipv6.into();
        host.nagle = setting.nagle.into();
        host.local = setting.local;
        host.ttl = setting.ttl;
        host.dscp = setting.dscp;
        self.call(&mut Call::new(Op::Reset, 0))
    }

    /// Makes a call without a buffer.
    pub(super) fn call(&mut self, call: &mut Call) -> Result<(), Broken> {
        call.input_len = 0;
        call.room_len = 0;
        self.make(call)
    }

    /// Makes a call that hands over octets.
    pub(super) fn call_with(&mut self, call: &mut Call, input: &[u8]) -> Result<(), Broken> {
        call.input = input.as_ptr();
        call.input_len = input.len() as u32;
        call.room_len = 0;
        self.make(call)
    }

    /// Makes a call that gives octets.
    pub(super) fn call_into(&mut self, call: &mut Call, room: &mut [u8]) -> Result<(), Broken> {
        call.room = room.as_mut_ptr();
        call.room_len = room.len() as u32;
        call.input_len = 0;
        self.make(call)
    }

    fn make(&mut self, call: &mut Call) -> Result<(), Broken> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        // SAFETY: the copy is loaded, and `call` has the lengths of the buffers that it points to,
        // which are borrowed until this comes back. Over Rust's frames nothing jumps.
        let why = unsafe { tcprove_call(self.lwip, call) };
        if why.is_null() {
            return Ok(());
        }
        let broken = Broken(text(why).into());
        self.broken = Some(broken.clone());
        Err(broken)
    }

    /// What was sent since this was asked last: one packet after the other, each behind its instant
    /// in microseconds.
    pub(super) fn sent(&mut self) -> Sent<'_> {
        // SAFETY: no call is under way. The copy wrote `sent_len` octets, and writes again only by a
        // call, which borrows `self` mutably.
        let (host, octets) = unsafe {
            let host = &mut *self.host;
            let octets = std::slice::from_raw_parts(host.sent, host.sent_len);
            (host, octets)
        };
        host.sent_len = 0;
        Sent { octets }
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        // SAFETY: no pointer into the copy is kept by anybody else, and all memory was lent by
        // `lend` and `Box::into_raw`.
        unsafe {
            tcprove_unload(self.handle, self.file);
            let host = Box::from_raw(self.host);
            take_back(host.arena, host.arena_len);
            take_back(host.sent, host.sent_size);
            take_back(host.image, host.image_size);
        }
    }
}

/// Packets that were sent.
pub(super) struct Sent<'a> {
    octets: &'a [u8],
}

impl<'a> Iterator for Sent<'a> {
    type Item = (u64, &'a [u8]);

    fn next(&mut self) -> Option<(u64, &'a [u8])> {
        let (at, rest) = self.octets.split_first_chunk()?;
        let (len, rest) = rest.split_first_chunk()?;
        let (packet, rest) = rest.split_at_checked(u32::from_ne_bytes(*len) as usize)?;
        self.octets = rest;
        Some((u64::from_ne_bytes(*at), packet))
    }
}

/// Memory for a copy, all zero.
fn lend(len: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; len].into_boxed_slice()).cast()
}

/// Ends the life of memory that was lent.
///
/// # Safety
/// `memory` is from `lend(len)`, and nobody uses it any more.
unsafe fn take_back(memory: *mut u8, len: usize) {
    // SAFETY: as this function asks.
    drop(unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(memory, len)) });
}

/// What C says.
fn text(why: *const c_char) -> String {
    if why.is_null() {
        return "it does not say why".to_owned();
    }
    // SAFETY: what is not null is a string of the guard or of the loader, which holds until this
    // thread's next call.
    unsafe { CStr::from_ptr(why) }
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_wrong_in_a_copy_ends_the_call_and_nothing_else() {
        for (op, expected) in [
            (Op::Assert, "asserts at shim.c:"),
            (Op::Crash, "crashed: SIGSEGV"),
            (Op::Spin, "computes without end"),
        ] {
            let mut library = Library::load(Object::Usual, &[]).unwrap();
            let Broken(why) = library.call(&mut Call::new(op, 0)).unwrap_err();
            assert!(why.starts_with(expected), "{why}");
            let again = library.call(&mut Call::new(Op::Status, 0));
            assert_eq!(again, Err(Broken(why)), "a broken copy is not called again");
        }
        let mut library = Library::load(Object::Full, &[]).unwrap();
        let mut status = Call::new(Op::Status, 0);
        assert_eq!(library.call(&mut status), Ok(()));
        assert_eq!(status.result, 0, "CLOSED");
    }
}
