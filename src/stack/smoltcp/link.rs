//! The device that smoltcp drives: one packet in, any number out.

use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};

use crate::stack::{Broken, Outbox};
use crate::time::Instant;

/// A raw IP link for the length of one call. Nothing is copied on the way in, and what goes out
/// is written straight into the outbox.
pub(super) struct Link<'a> {
    /// MTU in octets.
    pub(super) mtu: u16,
    /// The packet that has arrived and was not fetched yet.
    pub(super) inbound: Option<&'a [u8]>,
    /// Where packets go.
    pub(super) out: &'a mut Outbox,
    /// The present instant.
    pub(super) at: Instant,
    /// Set when a packet did not fit into the outbox.
    pub(super) broken: Option<Broken>,
}

/// The packet that arrived.
pub(super) struct Inbound<'a>(&'a [u8]);

/// Room for one packet to be sent.
pub(super) struct Outbound<'a> {
    out: &'a mut Outbox,
    at: Instant,
    broken: &'a mut Option<Broken>,
}

impl<'a> Link<'a> {
    /// A link on which nothing arrives.
    pub(super) fn new(mtu: u16, at: Instant, out: &'a mut Outbox) -> Link<'a> {
        Link {
            mtu,
            inbound: None,
            out,
            at,
            broken: None,
        }
    }

    /// Room for one packet.
    fn outbound(&mut self) -> Outbound<'_> {
        Outbound {
            out: self.out,
            at: self.at,
            broken: &mut self.broken,
        }
    }
}

impl Device for Link<'_> {
    type RxToken<'b>
        = Inbound<'b>
    where
        Self: 'b;
    type TxToken<'b>
        = Outbound<'b>
    where
        Self: 'b;

    fn receive(
        &mut self,
        _: smoltcp::time::Instant,
    ) -> Option<(Self::RxToken<'_>, Self::TxToken<'_>)> {
        let packet = self.inbound.take()?;
        Some((Inbound(packet), self.outbound()))
    }

    fn transmit(&mut self, _: smoltcp::time::Instant) -> Option<Self::TxToken<'_>> {
        // After the first packet that did not fit the device is full for good, so that whoever
        // polls until nothing is left comes to an end.
        match self.broken {
            Some(_) => None,
            None => Some(self.outbound()),
        }
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = usize::from(self.mtu);
        capabilities
    }
}

impl RxToken for Inbound<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(self.0)
    }
}

impl TxToken for Outbound<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, write: F) -> R {
        match self.out.room(self.at, len) {
            Ok(room) => write(room),
            Err(broken) => {
                *self.broken = Some(broken);
                write(&mut vec![0; len])
            }
        }
    }
}
