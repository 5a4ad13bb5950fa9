//! What segments say of congestion (RFC 3168 section 6.1).

use super::emit::Outgoing;
use super::endpoint::{Endpoint, Shared};
use super::fault::Fault;
use super::policy::Choice;
use crate::model::Tcb;
use crate::stack::CongestionControl;
use crate::wire::{Ecn, Flags};

impl Endpoint {
    /// The bits of the TCP header and of the IP header that are about congestion. New text is sent
    /// as ECT(0) where both SYNs have agreed on it; what is sent again, and a probe, is not.
    pub(super) fn congestion_bits(&self, what: &Outgoing, shared: &Shared) -> (Flags, Ecn) {
        let (flags, ecn) = (what.flags, self.tcb.ecn);
        let set = |wanted, flag| if wanted { flag } else { Flags::NONE };
        if flags.rst() {
            return (Flags::NONE, Ecn::NotEct);
        }
        if flags.syn() {
            return (self.setup(flags, shared), Ecn::NotEct);
        }
        let echo = set(ecn.echoes(), Flags::ECE);
        let probe = self.tcb.send_edge().at_or_before(self.tcb.snd.nxt);
        let new = what.seq.at_or_after(self.tcb.snd.nxt) && !probe;
        if what.text == 0 || !new || !ecn.wanted() {
            return (echo, Ecn::NotEct);
        }
        let reduced = set(self.reduced, Flags::CWR);
        (echo.with(reduced), Ecn::Ect0)
    }

    /// An ECN-setup SYN, or SYN,ACK.
    fn setup(&self, flags: Flags, shared: &Shared) -> Flags {
        let declines = shared.policy.has(Choice::DeclinesEcn);
        match flags.ack() {
            false if shared.policy.has(Choice::OffersEcn) => Flags::ECE.with(Flags::CWR),
            true if self.tcb.theirs.ecn && !declines => Flags::ECE,
            true | false => Flags::NONE,
        }
    }

    /// The peer tells of congestion: the window is reduced, once for each window. One of a single
    /// segment cannot be: the next has to wait for as long as the retransmission timer runs.
    pub(super) fn heed(&mut self, before: &Tcb, shared: &Shared) {
        if !self.tcb.ecn.owes() || before.ecn.owes() {
            return;
        }
        self.reduced = true;
        let controlled = shared.config.congestion != CongestionControl::None;
        if self.recovery.is_some() || !controlled || shared.has(Fault::EchoKeepsWindow) {
            return;
        }
        let single = self.congestion.echoed(self.effective_mss(shared));
        if single && !shared.has(Fault::EchoSendsOn) {
            self.paused_until = shared.now + self.timer.timeout();
        }
    }
}
