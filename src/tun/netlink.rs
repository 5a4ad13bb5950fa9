//! Netlink, as far as a namespace needs it: links up, routes, and the state of a connection.
//!
//! Messages are put together octet by octet, in the layouts of <linux/rtnetlink.h> and
//! <linux/inet_diag.h>; numbers are in the machine's order, addresses and ports in the network's.

use std::io;
use std::net::IpAddr;
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink};
use rustix::net::{recv, send, socket_with};

use crate::time::Micros;

const NLMSG_ERROR: u16 = 2;
const RTM_NEWLINK: u16 = 16;
const RTM_NEWADDR: u16 = 20;
const RTM_NEWROUTE: u16 = 24;
const SOCK_DIAG_BY_FAMILY: u16 = 20;

const REQUEST_ACK: u16 = 0x1 | 0x4;
const REQUEST: u16 = 0x1;
const CREATE_EXCL: u16 = 0x400 | 0x200;

const IFF_UP: u32 = 1;
const IFLA_MTU: u16 = 4;
const IFLA_TXQLEN: u16 = 13;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;

const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;

/// The loopback device is the first of every namespace.
pub(crate) const LOOPBACK: u32 = 1;

/// Where a route leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Route {
    /// To this host itself: every address of the prefix is its own.
    Local,
    /// Out of the device, without a router.
    Device(u32),
}

/// What the kernel knows of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Connection {
    /// Its number for the state.
    pub(crate) state: u8,
    /// The number of its socket; 0 where it has none: an embryo, or what is in TIME-WAIT.
    pub(crate) inode: u32,
    /// How long until the timer fires that it tells of, if it runs: that of retransmission, of
    /// probes, of keep-alives or of TIME-WAIT.
    pub(crate) timer: Option<Micros>,
}

/// A message under construction.
struct Message(Vec<u8>);

impl Message {
    fn new(kind: u16, flags: u16) -> Message {
        let mut octets = vec![0; 16];
        octets[4..6].copy_from_slice(&kind.to_ne_bytes());
        octets[6..8].copy_from_slice(&flags.to_ne_bytes());
        Message(octets)
    }

    fn put(mut self, octets: &[u8]) -> Message {
        self.0.extend_from_slice(octets);
        self
    }

    fn attribute(self, kind: u16, value: &[u8]) -> Message {
        let len = (4 + value.len()) as u16;
        let padding = value.len().next_multiple_of(4) - value.len();
        self.put(&len.to_ne_bytes())
            .put(&kind.to_ne_bytes())
            .put(value)
            .put(&[0; 4][..padding])
    }

    fn number(self, kind: u16, value: u32) -> Message {
        self.attribute(kind, &value.to_ne_bytes())
    }

    fn finished(mut self) -> Vec<u8> {
        let len = self.0.len() as u32;
        self.0[..4].copy_from_slice(&len.to_ne_bytes());
        self.0
    }
}

/// A netlink socket of one namespace.
pub(crate) struct Netlink {
    socket: OwnedFd,
    buffer: Vec<u8>,
}

impl Netlink {
    /// For links and routes.
    pub(crate) fn route() -> io::Result<Netlink> {
        Netlink::open(None)
    }

    /// For the state of connections.
    pub(crate) fn diag() -> io::Result<Netlink> {
        Netlink::open(Some(netlink::SOCK_DIAG))
    }

    fn open(protocol: Option<rustix::net::Protocol>) -> io::Result<Netlink> {
        let socket = socket_with(
            AddressFamily::NETLINK,
            SocketType::RAW,
            SocketFlags::CLOEXEC,
            protocol,
        )?;
        Ok(Netlink {
            socket,
            buffer: vec![0; 8_192],
        })
    }

    /// Sends a request and gives the kind and the body of the answer; an error that it reports is
    /// one here.
    fn ask(&mut self, message: Message) -> io::Result<(u16, &[u8])> {
        send(&self.socket, &message.finished(), SendFlags::empty())?;
        let (_, len) = recv(&self.socket, &mut self.buffer[..], RecvFlags::empty())?;
        let answer = self.buffer.get(..len).filter(|answer| answer.len() >= 20);
        let answer = answer.ok_or_else(|| io::Error::other("a netlink answer is cut short"))?;
        let kind = u16::from_ne_bytes([answer[4], answer[5]]);
        let body = &answer[16..];
        if kind == NLMSG_ERROR {
            match i32::from_ne_bytes([body[0], body[1], body[2], body[3]]) {
                0 => {}
                error => return Err(io::Error::from_raw_os_error(-error)),
            }
        }
        Ok((kind, body))
    }

    /// Switches a device on; with an MTU and the length of its queue where these are told.
    pub(crate) fn up(
        &mut self,
        device: u32,
        mtu: Option<u32>,
        queue: Option<u32>,
    ) -> io::Result<()> {
        let mut message = Message::new(RTM_NEWLINK, REQUEST_ACK)
            .put(&[0; 4])
            .put(&device.to_ne_bytes())
            .put(&IFF_UP.to_ne_bytes())
            .put(&IFF_UP.to_ne_bytes());
        if let Some(mtu) = mtu {
            message = message.number(IFLA_MTU, mtu);
        }
        if let Some(queue) = queue {
            message = message.number(IFLA_TXQLEN, queue);
        }
        self.ask(message).map(drop)
    }

    /// Gives a device an address, whose prefix is then reached through it.
    pub(crate) fn address(&mut self, device: u32, addr: IpAddr, prefix_len: u8) -> io::Result<()> {
        const NO_DUPLICATE_DETECTION: u8 = 2;
        let (family, octets) = octets(addr);
        let message = Message::new(RTM_NEWADDR, REQUEST_ACK | CREATE_EXCL)
            .put(&[family, prefix_len, NO_DUPLICATE_DETECTION, 0])
            .put(&device.to_ne_bytes())
            .attribute(IFA_LOCAL, &octets)
            .attribute(IFA_ADDRESS, &octets);
        self.ask(message).map(drop)
    }

    /// Adds a route to a prefix.
    pub(crate) fn route_to(
        &mut self,
        prefix: IpAddr,
        prefix_len: u8,
        route: Route,
    ) -> io::Result<()> {
        let (table, scope, kind, device) = match (route, prefix) {
            (Route::Local, _) => (255, 254, 2, LOOPBACK),
            (Route::Device(device), IpAddr::V4(_)) => (254, 253, 1, device),
            (Route::Device(device), IpAddr::V6(_)) => (254, 0, 1, device),
        };
        const BOOT: u8 = 3;
        let (family, octets) = octets(prefix);
        let head = [family, prefix_len, 0, 0, table, BOOT, scope, kind];
        let message = Message::new(RTM_NEWROUTE, REQUEST_ACK | CREATE_EXCL)
            .put(&head)
            .put(&[0; 4])
            .attribute(RTA_DST, &octets)
            .number(RTA_OIF, device);
        self.ask(message).map(drop)
    }

    /// What the kernel knows of the connection between two endpoints; `None` when there is none.
    pub(crate) fn connection(
        &mut self,
        local: (IpAddr, u16),
        remote: (IpAddr, u16),
    ) -> io::Result<Option<Connection>> {
        const TCP: u8 = 6;
        let padded = |addr: IpAddr| {
            let mut room = [0; 16];
            let (_, octets) = octets(addr);
            room[..octets.len()].copy_from_slice(&octets);
            room
        };
        let (family, _) = octets(local.0);
        let message = Message::new(SOCK_DIAG_BY_FAMILY, REQUEST)
            .put(&[family, TCP, 0, 0])
            .put(&u32::MAX.to_ne_bytes())
            .put(&local.1.to_be_bytes())
            .put(&remote.1.to_be_bytes())
            .put(&padded(local.0))
            .put(&padded(remote.0))
            .put(&[0; 4])
            .put(&[0xff; 8]);
        match self.ask(message) {
            Ok((SOCK_DIAG_BY_FAMILY, [_, state, timer, _, rest @ ..])) => {
                let number = |at: usize| {
                    let octets = rest
                        .get(at..at + 4)
                        .and_then(|octets| octets.try_into().ok());
                    octets.map_or(0, u32::from_ne_bytes)
                };
                let millis = number(48);
                Ok(Some(Connection {
                    state: *state,
                    inode: number(64),
                    timer: (*timer != 0).then(|| Micros::millis(millis.into())),
                }))
            }
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The kernel's number for the family of an address, and its octets.
fn octets(addr: IpAddr) -> (u8, Vec<u8>) {
    match addr {
        IpAddr::V4(addr) => (AF_INET, addr.octets().to_vec()),
        IpAddr::V6(addr) => (AF_INET6, addr.octets().to_vec()),
    }
}
