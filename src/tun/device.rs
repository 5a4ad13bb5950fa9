//! A TUN device: a file that packets are read from and written to.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, netdevice, socket_with};

use super::netlink::Netlink;
use super::sys;

pub(super) const TUN: &str = "/dev/net/tun";

/// The environment may name another place for the device.
const ELSEWHERE: &str = "TCPROVE_TUN";

/// So many packets wait in a device for whoever reads.
const QUEUE: u32 = 10_000;

/// A TUN device of the namespace that it was made in.
pub(crate) struct Device {
    /// Packets of the kernel are read from it, and what is written to it arrives there. Neither
    /// ever waits.
    pub(crate) file: File,
    index: u32,
    mtu: u16,
}

impl Device {
    /// Makes a device in the namespace where the thread is, and switches it on.
    pub(crate) fn new(name: &str, mtu: u16, route: &mut Netlink) -> io::Result<Device> {
        let mut device = Device::attach(name)?;
        device.mtu = mtu;
        route.up(device.index, Some(mtu.into()), Some(QUEUE))?;
        Ok(device)
    }

    /// Attaches to a device that somebody has made and furnished; makes it where there is none.
    pub(crate) fn attach(name: &str) -> io::Result<Device> {
        let file = open_tun()?;
        sys::attach_tun(&file, name)?;
        let index = index_of(name)?.ok_or(ErrorKind::NotFound)?;
        Ok(Device {
            file,
            index,
            mtu: 0,
        })
    }

    /// Its number.
    pub(crate) fn index(&self) -> u32 {
        self.index
    }

    /// Gives it another MTU.
    pub(crate) fn set_mtu(&mut self, mtu: u16, route: &mut Netlink) -> io::Result<()> {
        if self.mtu != mtu {
            self.mtu = mtu;
            route.up(self.index, Some(mtu.into()), None)?;
        }
        Ok(())
    }
}

/// Whether there is a device of this name in the namespace where the thread is.
pub(crate) fn exists(name: &str) -> io::Result<bool> {
    Ok(index_of(name)?.is_some())
}

/// Whether a socket can have this address where the thread is.
pub(crate) fn is_local(addr: IpAddr) -> bool {
    let family = match addr {
        IpAddr::V4(_) => AddressFamily::INET,
        IpAddr::V6(_) => AddressFamily::INET6,
    };
    let flags = SocketFlags::CLOEXEC;
    let socket = socket_with(family, SocketType::DGRAM, flags, None);
    socket.is_ok_and(|socket| bind(&socket, &SocketAddr::new(addr, 0)).is_ok())
}

/// The number of the device of this name, if there is one.
fn index_of(name: &str) -> io::Result<Option<u32>> {
    let flags = SocketFlags::CLOEXEC;
    let any = socket_with(AddressFamily::INET, SocketType::DGRAM, flags, None)?;
    match netdevice::name_to_index(any, name) {
        Ok(index) => Ok(Some(index)),
        Err(rustix::io::Errno::NODEV) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn open_tun() -> io::Result<File> {
    const NON_BLOCKING: i32 = rustix::fs::OFlags::NONBLOCK.bits() as i32;
    let mut options = OpenOptions::new();
    options.read(true).write(true).custom_flags(NON_BLOCKING);
    options.open(place())
}

/// Where the device is.
pub(super) fn place() -> PathBuf {
    env::var_os(ELSEWHERE).map_or_else(|| TUN.into(), PathBuf::from)
}
