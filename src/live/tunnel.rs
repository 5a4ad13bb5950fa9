//! Where the packets of a host come from and go to: a TUN device, and on its other side the
//! kernel, with addresses of its own.

use std::fs::File;
use std::io;

use crate::tun::{self, Device, LOOPBACK, Namespace, Netlink, Route};
use crate::wire::Family;

/// The name of the device in a namespace of its own.
const NAME: &str = "tcprove0";

/// Octets of a packet.
pub(super) const MTU: u16 = 1_500;

/// The length of a prefix that is one address.
fn whole(family: Family) -> u8 {
    match family {
        Family::V4 => 32,
        Family::V6 => 128,
    }
}

/// A TUN device, between the kernel and a host.
pub struct Tunnel {
    device: Device,
    /// The namespace that was made for it; the kernel takes it down when nobody is in it.
    _namespace: Option<Namespace>,
}

impl Tunnel {
    /// A device in a namespace of its own. The thread stays in it, and so does what it starts.
    ///
    /// # Errors
    /// Says what is missing and how to get it.
    pub fn isolated() -> Result<Tunnel, String> {
        let namespace = Namespace::new()?;
        let furnished = furnish(NAME, true);
        Ok(Tunnel {
            device: furnished.map_err(|error| format!("{NAME} in a new namespace: {error}"))?,
            _namespace: Some(namespace),
        })
    }

    /// A device of this name where the thread is. One that is there, and that its owner has
    /// furnished with addresses, stays as it is.
    ///
    /// # Errors
    /// Says what is missing and how to get it.
    pub fn here(name: &str) -> Result<Tunnel, String> {
        if name.is_empty() || name.len() > 15 || name.contains(['/', ' ', '%']) {
            return Err(format!(
                "`{name}` is no name for a device: it takes 1 to 15 letters and digits"
            ));
        }
        tun::missing()?;
        let there = tun::exists(name).map_err(|error| format!("device {name}: {error}"))?;
        for family in [Family::V4, Family::V6] {
            let addr = family.peer();
            if !there && tun::is_local(addr) {
                return Err(format!(
                    "this machine has the address {addr} already; leave --device out for a \
                     namespace of its own"
                ));
            }
        }
        let device = match there {
            true => Device::attach(name),
            false => furnish(name, false),
        };
        let device = device.map_err(|error| {
            let help = match (error.kind(), there) {
                (io::ErrorKind::PermissionDenied, _) => {
                    "; run as root, or have root make it for you (`ip tuntap add`), or leave \
                     --device out for a namespace of its own"
                }
                (io::ErrorKind::ResourceBusy, _) => "; another program has it",
                (io::ErrorKind::InvalidInput, true) => "; it is no TUN device, or one with headers",
                (io::ErrorKind::AlreadyExists, _) => "; another route leads to these addresses",
                _ => "",
            };
            format!("device {name}: {error}{help}")
        })?;
        Ok(Tunnel {
            device,
            _namespace: None,
        })
    }

    /// Packets are read from it and written to it. Neither ever waits.
    pub(super) fn file(&self) -> &File {
        &self.device.file
    }
}

/// Makes a device, and gives it the kernel's addresses.
fn furnish(name: &str, isolated: bool) -> io::Result<Device> {
    let mut route = Netlink::route()?;
    if isolated {
        route.up(LOOPBACK, None, None)?;
    }
    let device = Device::new(name, MTU, &mut route)?;
    for family in [Family::V4, Family::V6] {
        route.address(device.index(), family.peer(), whole(family))?;
        let to = Route::Device(device.index());
        route.route_to(family.stack(), whole(family), to)?;
    }
    Ok(device)
}
