//! A network namespace of one's own, with a TUN device for each version of IP.
//!
//! A namespace belongs to a thread. Whoever makes sockets goes into it first ([`Space::enter`]);
//! sockets and devices then stay in it wherever the thread goes. When the last of them is closed,
//! the kernel takes the namespace down.

use std::cell::{Cell, OnceCell};
use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rustix::net::{AddressFamily, SocketFlags, SocketType, netdevice, socket_with};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::counters::Counters;
use super::netlink::{LOOPBACK, Netlink, Route};
use super::rewrite::Host;
use super::sys;
use crate::wire::Family;

const TUN: &str = "/dev/net/tun";

/// The environment may name another place for the device.
const ELSEWHERE: &str = "TCPROVE_TUN";

/// The namespace of the calling thread.
const OWN: &str = "/proc/thread-self/ns/net";

/// So many packets wait in a device for whoever reads.
const QUEUE: u32 = 10_000;

/// The MTU of a device before a scenario asks for another.
const MTU: u16 = 1_500;

/// What is set in the namespace. A name that a kernel does not know is passed over where it is
/// marked so.
#[rustfmt::skip]
const SETTINGS: &[(&str, &str, Needed)] = &[
    // Packets of the scenario come in by a device that has no address.
    ("ipv4/conf/all/rp_filter", "0", Needed::Yes),
    ("ipv4/conf/default/rp_filter", "0", Needed::Yes),
    // Sockets are bound to addresses of a whole prefix that is local.
    ("ipv6/ip_nonlocal_bind", "1", Needed::Yes),
    // The kernel says nothing on its own account.
    ("ipv6/conf/all/accept_ra", "0", Needed::Yes),
    ("ipv6/conf/default/accept_ra", "0", Needed::Yes),
    ("ipv6/conf/default/accept_dad", "0", Needed::Yes),
    ("ipv6/conf/default/router_solicitations", "0", Needed::Yes),
    ("ipv6/conf/default/addr_gen_mode", "1", Needed::No),
    // Every answer that is due is given, and none is withheld because one was given lately.
    ("ipv4/tcp_invalid_ratelimit", "0", Needed::Yes),
    ("ipv4/tcp_challenge_ack_limit", "2147483647", Needed::Yes),
    ("ipv4/tcp_syncookies", "0", Needed::No),
    // Nothing is learnt from one scenario for the next.
    ("ipv4/tcp_no_metrics_save", "1", Needed::Yes),
    // Nothing is sent again but by the retransmission timer and after duplicates (no RFC 8985).
    ("ipv4/tcp_early_retrans", "0", Needed::Yes),
    ("ipv4/tcp_recovery", "0", Needed::Yes),
    // An acknowledgment is sent at once, or delayed for long, and not for less than a moment.
    ("ipv4/tcp_comp_sack_nr", "0", Needed::No),
    // Offered by every SYN; timestamps as the scenario says.
    ("ipv4/tcp_window_scaling", "1", Needed::Yes),
    ("ipv4/tcp_sack", "1", Needed::Yes),
    // Sockets have it without asking; others ask for theirs.
    ("ipv4/tcp_congestion_control", "reno", Needed::Yes),
];

/// Whether a kernel without a setting can be judged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needed {
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

/// A namespace.
pub(super) struct Space {
    name: u64,
    namespace: File,
    v4: Device,
    v6: Device,
    timestamps: Setting,
    route: Netlink,
    /// Told of when the namespace is left for good.
    _counters: Counters,
}

/// A TUN device.
struct Device {
    file: File,
    index: u32,
    mtu: u16,
}

/// A setting that scenarios change.
struct Setting {
    file: File,
    value: bool,
}

impl Space {
    /// Makes a namespace. The thread stays in it.
    ///
    /// # Errors
    /// Says what is missing and how to get it.
    pub(super) fn new() -> Result<Space, String> {
        let name = NAMES.fetch_add(1, Ordering::Relaxed);
        // The kernel makes one at a time, and spins for whoever does not wait.
        static ONE: Mutex<()> = Mutex::new(());
        let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        leave_home()?;
        let settled = Space::settle(name);
        if settled.is_err() {
            go_home();
        }
        settled
    }

    /// Furnishes the namespace in which the thread is now.
    fn settle(name: u64) -> Result<Space, String> {
        WHERE.set(name);
        let failed = |what: &str, error: io::Error| format!("{what} in a new namespace: {error}");
        let namespace = File::open(OWN).map_err(|error| failed(OWN, error))?;
        for (setting, value, needed) in SETTINGS {
            set(setting, value, *needed)?;
        }
        let mut route = Netlink::route().map_err(|error| failed("netlink", error))?;
        route
            .up(LOOPBACK, None, None)
            .map_err(|error| failed("the loopback device", error))?;
        let mut device =
            |family| Device::new(family, &mut route).map_err(|error| failed("a TUN device", error));
        let (v4, v6) = (device(Family::V4)?, device(Family::V6)?);
        let timestamps = "/proc/sys/net/ipv4/tcp_timestamps";
        let file = OpenOptions::new().write(true).open(timestamps);
        Ok(Space {
            name,
            namespace,
            v4,
            v6,
            timestamps: Setting {
                file: file.map_err(|error| failed(timestamps, error))?,
                value: true,
            },
            route,
            _counters: Counters::here().map_err(|error| failed("the TCP counters", error))?,
        })
    }

    /// Takes the thread into the namespace.
    pub(super) fn enter(&self) -> io::Result<()> {
        if WHERE.get() == self.name {
            return Ok(());
        }
        if WHERE.get() == 0 {
            remember_home()?;
        }
        move_into(&self.namespace)?;
        WHERE.set(self.name);
        Ok(())
    }

    /// Offers timestamps from now on, or does not.
    pub(super) fn offer_timestamps(&mut self, offer: bool) -> io::Result<()> {
        let Setting { file, value } = &mut self.timestamps;
        if *value != offer {
            *value = offer;
            rustix::io::pwrite(file, if offer { b"1" } else { b"0" }, 0)?;
        }
        Ok(())
    }

    /// Gives the device another MTU.
    pub(super) fn set_mtu(&mut self, family: Family, mtu: u16) -> io::Result<()> {
        let device = match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        };
        if device.mtu != mtu {
            device.mtu = mtu;
            self.route.up(device.index, Some(mtu.into()), None)?;
        }
        Ok(())
    }

    /// The device of a version of IP: reading never waits.
    pub(super) fn device(&self, family: Family) -> &File {
        match family {
            Family::V4 => &self.v4.file,
            Family::V6 => &self.v6.file,
        }
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        if WHERE.get() == self.name {
            go_home();
        }
    }
}

impl Device {
    fn new(family: Family, route: &mut Netlink) -> io::Result<Device> {
        let name = match family {
            Family::V4 => "tcprove4",
            Family::V6 => "tcprove6",
        };
        let file = open_tun()?;
        sys::attach_tun(&file, name)?;
        let any = socket_with(
            AddressFamily::INET,
            SocketType::DGRAM,
            SocketFlags::CLOEXEC,
            None,
        )?;
        let index = netdevice::name_to_index(any, name)?;
        route.up(index, Some(MTU.into()), Some(QUEUE))?;
        for host in Host::ALL {
            let (prefix, len) = host.prefix(family);
            let to = match host {
                Host::Stack => Route::Local,
                Host::Peer | Host::Other => Route::Device(index),
            };
            route.route_to(prefix, len, to)?;
        }
        Ok(Device {
            file,
            index,
            mtu: MTU,
        })
    }
}

fn open_tun() -> io::Result<File> {
    const NON_BLOCKING: i32 = rustix::fs::OFlags::NONBLOCK.bits() as i32;
    let mut options = OpenOptions::new();
    options.read(true).write(true).custom_flags(NON_BLOCKING);
    options.open(tun())
}

/// Where the device is.
fn tun() -> PathBuf {
    env::var_os(ELSEWHERE).map_or_else(|| TUN.into(), PathBuf::from)
}

fn set(setting: &str, value: &str, needed: Needed) -> Result<(), String> {
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

/// Moves the thread into a new network namespace; where only a user namespace allows that, and
/// the process has no other thread yet, into one of those first.
fn leave_home() -> Result<(), String> {
    match open_tun() {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(format!(
                "{} is missing: it takes a kernel with TUN (`modprobe tun`), and in a \
                 container the device itself (`--device {TUN}`)",
                tun().display()
            ));
        }
        Err(error) => {
            let tun = tun().display().to_string();
            return Err(format!(
                "{tun} cannot be opened: {error}; run as root, or have root allow it (`chmod \
                 666 {tun}`)"
            ));
        }
    }
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
