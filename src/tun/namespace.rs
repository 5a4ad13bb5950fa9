//! A network namespace of one's own.
//!
//! A namespace belongs to a thread. Whoever makes sockets goes into it first
//! ([`Namespace::enter`]); sockets and devices then stay in it wherever the thread goes. When the
//! last of them is closed, the kernel takes the namespace down.

use std::cell::{Cell, OnceCell};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::device::{TUN, open_tun, place};
use super::sys;

/// The namespace of the calling thread.
const OWN: &str = "/proc/thread-self/ns/net";

/// Whether a kernel without a setting will do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needed {
    Yes,
    No,
}

static NAMES: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// Where this thread came from.
    static HOME: OnceCell<File> = const { OnceCell::new() };
    /// The namespace that this thread is in; 0 at home.
    static WHERE: Cell<u64> = const { Cell::new(0) };
}

/// A namespace. Who drops it leaves it.
pub(crate) struct Namespace {
    name: u64,
    file: File,
}

impl Namespace {
    /// Makes a namespace. The thread stays in it.
    ///
    /// # Errors
    /// Says what is missing and how to get it.
    pub(crate) fn new() -> Result<Namespace, String> {
        let name = NAMES.fetch_add(1, Ordering::Relaxed);
        leave_home()?;
        WHERE.set(name);
        match File::open(OWN) {
            Ok(file) => Ok(Namespace { name, file }),
            Err(error) => {
                go_home();
                Err(format!("{OWN} in a new namespace: {error}"))
            }
        }
    }

    /// Takes the thread into the namespace.
    pub(crate) fn enter(&self) -> io::Result<()> {
        if WHERE.get() == self.name {
            return Ok(());
        }
        if WHERE.get() == 0 {
            remember_home()?;
        }
        move_into(&self.file)?;
        WHERE.set(self.name);
        Ok(())
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        if WHERE.get() == self.name {
            go_home();
        }
    }
}

/// Writes a setting of the namespace that the thread is in, by its name below `/proc/sys/net`.
pub(crate) fn set(setting: &str, value: &str, needed: Needed) -> Result<(), String> {
    let path = format!("/proc/sys/net/{setting}");
    let written = OpenOptions::new()
        .write(true)
        .open(&path)
        .and_then(|mut file| file.write_all(value.as_bytes()));
    match written {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound && needed == Needed::No => Ok(()),
        Err(error) => Err(format!(
            "{path} cannot be written in a new namespace: {error}; in a container, /proc/sys has \
             to be writable"
        )),
    }
}

/// Whether TUN devices can be had here.
///
/// # Errors
/// Says what is missing and how to get it.
pub(crate) fn missing() -> Result<(), String> {
    let Err(error) = open_tun() else {
        return Ok(());
    };
    let place = place().display().to_string();
    Err(match error.kind() {
        ErrorKind::NotFound => format!(
            "{place} is missing: it takes a kernel with TUN (`modprobe tun`), and in a container \
             the device itself (`--device {TUN}`)"
        ),
        _ => format!(
            "{place} cannot be opened: {error}; run as root, or have root allow it (`chmod 666 \
             {place}`)"
        ),
    })
}

/// Moves the thread into a new network namespace; where only a user namespace allows that, and
/// the process has no other thread yet, into one of those first.
fn leave_home() -> Result<(), String> {
    missing()?;
    remember_home().map_err(|error| format!("{OWN}: {error}"))?;
    let Err(error) = sys::new_network() else {
        return Ok(());
    };
    if error.kind() != ErrorKind::PermissionDenied {
        return Err(format!("no network namespace can be made: {error}"));
    }
    new_users().and_then(|()| sys::new_network()).map_err(|error| {
        format!(
            "no network namespace can be made, nor a user namespace to make it in: {error}; run \
             as root, or have user namespaces allowed (`sysctl user.max_user_namespaces`, and on \
             some systems `sysctl kernel.apparmor_restrict_unprivileged_userns=0`)"
        )
    })
}

/// A user namespace in which the present user is root.
fn new_users() -> io::Result<()> {
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    sys::new_users()?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("0 {} 1", user.as_raw()))?;
    fs::write("/proc/self/gid_map", format!("0 {} 1", group.as_raw()))
}

fn remember_home() -> io::Result<()> {
    HOME.with(|home| {
        if home.get().is_none() {
            // Nobody else can have set it meanwhile.
            let _ = home.set(File::open(OWN)?);
        }
        Ok(())
    })
}

/// Takes the thread back to where it came from. Where that is not allowed, from within a user
/// namespace, it stays: nothing but the making of sockets depends on it.
fn go_home() {
    // A thread that ends may have forgotten it by now, and needs it no more.
    let _ = HOME.try_with(|home| {
        if home.get().is_some_and(|home| move_into(home).is_ok()) {
            WHERE.set(0);
        }
    });
}

fn move_into(namespace: &File) -> io::Result<()> {
    let kind = Some(LinkNameSpaceType::Network);
    Ok(move_into_link_name_space(namespace.as_fd(), kind)?)
}
