//! A network namespace of one's own, with a TUN device for each version of IP.
//!
//! Whoever makes sockets goes into it first ([`Space::enter`]). When the last socket and the last
//! device are closed, the kernel takes it down.

use std::fs::{File, OpenOptions};
use std::io;
use std::sync::{Mutex, PoisonError};

use super::counters::Counters;
use super::rewrite::Host;
use crate::tun::{Device, LOOPBACK, Namespace, Needed, Netlink, Route, set};
use crate::wire::Family;

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

/// A namespace.
pub(super) struct Space {
    namespace: Namespace,
    v4: Device,
    v6: Device,
    timestamps: Setting,
    route: Netlink,
    /// Told of when the namespace is left for good.
    _counters: Counters,
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
        // The kernel makes one at a time, and spins for whoever does not wait.
        static ONE: Mutex<()> = Mutex::new(());
        let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let namespace = Namespace::new()?;
        let failed = |what: &str, error: io::Error| format!("{what} in a new namespace: {error}");
        for (setting, value, needed) in SETTINGS {
            set(setting, value, *needed)?;
        }
        let mut route = Netlink::route().map_err(|error| failed("netlink", error))?;
        route
            .up(LOOPBACK, None, None)
            .map_err(|error| failed("the loopback device", error))?;
        let mut device =
            |family| device(family, &mut route).map_err(|error| failed("a TUN device", error));
        let (v4, v6) = (device(Family::V4)?, device(Family::V6)?);
        let timestamps = "/proc/sys/net/ipv4/tcp_timestamps";
        let file = OpenOptions::new().write(true).open(timestamps);
        Ok(Space {
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
        self.namespace.enter()
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
        device.set_mtu(mtu, &mut self.route)
    }

    /// The device of a version of IP: reading never waits.
    pub(super) fn device(&self, family: Family) -> &File {
        match family {
            Family::V4 => &self.v4.file,
            Family::V6 => &self.v6.file,
        }
    }
}

/// A TUN device to which the addresses of every run belong.
fn device(family: Family, route: &mut Netlink) -> io::Result<Device> {
    let name = match family {
        Family::V4 => "tcprove4",
        Family::V6 => "tcprove6",
    };
    let device = Device::new(name, MTU, route)?;
    for host in Host::ALL {
        let (prefix, len) = host.prefix(family);
        let to = match host {
            Host::Stack => Route::Local,
            Host::Peer | Host::Other => Route::Device(device.index()),
        };
        route.route_to(prefix, len, to)?;
    }
    Ok(device)
}
