//! The retransmission timer (RFC 6298).

use crate::time::{Instant, Micros};
use crate::wire::SeqNumber;

/// RTO before any round trip was measured (RFC6298-2-1), and its floor (RFC6298-2-4).
pub(super) const RTO_MIN: Micros = Micros::secs(1);
/// Ceiling of RTO (RFC6298-2-5).
pub(super) const RTO_MAX: Micros = Micros::secs(60);
/// RTO for text after a SYN had to be sent again (RFC6298-5.7).
const RTO_AFTER_SYN_LOSS: Micros = Micros::secs(3);

/// The timer and the estimate of the round trip that it rests on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timer {
    /// When it fires; [`Instant::NEVER`] when it is off.
    pub(super) at: Instant,
    rto: Micros,
    /// SRTT and RTTVAR.
    estimate: Option<(Micros, Micros)>,
    /// The segment that is being timed: the number after its last, and when it left.
    timing: Option<(SeqNumber, Instant)>,
    syn_lost: bool,
    /// So many round trips were measured.
    measurements: u8,
}

impl Default for Timer {
    fn default() -> Timer {
        Timer {
            at: Instant::NEVER,
            rto: RTO_MIN,
            estimate: None,
            timing: None,
            syn_lost: false,
            measurements: 0,
        }
    }
}

impl Timer {
    /// RTO.
    pub(super) fn timeout(&self) -> Micros {
        self.rto
    }

    /// A SYN had to be sent again before the handshake was complete.
    pub(super) fn syn_lost(&self) -> bool {
        self.syn_lost
    }

    /// Starts it anew.
    pub(super) fn restart(&mut self, now: Instant) {
        self.at = now + self.rto;
    }

    /// Something new was sent, up to `end`: it is timed unless another segment is.
    pub(super) fn sent(&mut self, end: SeqNumber, now: Instant) {
        self.timing.get_or_insert((end, now));
    }

    /// Something was sent again: no acknowledgment of it may be timed (Karn, RFC6298-3-1).
    pub(super) fn sent_again(&mut self) {
        self.timing = None;
    }

    /// It has fired: the next gap is twice as long (RFC6298-5.5).
    pub(super) fn back_off(&mut self, ceiling: Micros) {
        self.rto = Micros((self.rto.0 * 2).min(ceiling.0));
        self.timing = None;
    }

    /// A SYN had to be sent again.
    pub(super) fn syn_again(&mut self) {
        self.syn_lost = true;
    }

    /// The handshake is complete.
    pub(super) fn established(&mut self) {
        if self.syn_lost && self.estimate.is_none() {
            self.rto = RTO_AFTER_SYN_LOSS;
        }
    }

    /// Everything up to `una` is acknowledged: a round trip may have been measured.
    pub(super) fn acknowledged(&mut self, una: SeqNumber, now: Instant) {
        let Some((end, left)) = self.timing else {
            return;
        };
        if una.at_or_after(end) {
            self.timing = None;
            self.measured(now.since(left));
        }
    }

    /// For a fault: what was measured thrice is forgotten.
    pub(super) fn forget_from_third(&mut self) {
        if self.measurements >= 3 {
            self.rto = RTO_MIN;
        }
    }

    /// The window has opened, or what was probed for is answered: no need to wait so long.
    pub(super) fn forget_backoff(&mut self) {
        self.rto = match self.estimate {
            Some((srtt, var)) => rto(srtt, var),
            None if self.syn_lost => RTO_AFTER_SYN_LOSS,
            None => RTO_MIN,
        };
    }

    /// RFC 6298 section 2.
    fn measured(&mut self, rtt: Micros) {
        let (srtt, var) = match self.estimate {
            None => (rtt, Micros(rtt.0 / 2)),
            Some((srtt, var)) => (
                Micros((7 * srtt.0 + rtt.0) / 8),
                Micros((3 * var.0 + srtt.0.abs_diff(rtt.0)) / 4),
            ),
        };
        self.measurements = self.measurements.saturating_add(1);
        self.estimate = Some((srtt, var));
        self.rto = rto(srtt, var);
    }
}

/// SRTT + 4 RTTVAR, between floor and ceiling.
fn rto(srtt: Micros, var: Micros) -> Micros {
    Micros((srtt.0 + 4 * var.0).clamp(RTO_MIN.0, RTO_MAX.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_double_up_to_the_ceiling() {
        let mut timer = Timer::default();
        let mut gaps = Vec::new();
        for _ in 0..8 {
            timer.restart(Instant::START);
            gaps.push(timer.at.0 / 1_000_000);
            timer.back_off(RTO_MAX);
        }
        assert_eq!(gaps, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn a_round_trip_sets_the_timeout_and_karn_forbids_others() {
        let mut timer = Timer::default();
        timer.sent(SeqNumber(10), Instant::START);
        timer.acknowledged(SeqNumber(10), Instant(1_000_000));
        assert_eq!(timer.rto, Micros::secs(3));
        timer.sent(SeqNumber(20), Instant(1_000_000));
        timer.sent_again();
        timer.acknowledged(SeqNumber(20), Instant(90_000_000));
        assert_eq!(timer.rto, Micros::secs(3));
        timer.back_off(RTO_MAX);
        timer.forget_backoff();
        assert_eq!(timer.rto, Micros::secs(3));
    }

    #[test]
    fn a_lost_syn_makes_the_first_timeout_longer() {
        let mut timer = Timer::default();
        timer.back_off(RTO_MAX);
        timer.syn_again();
        timer.established();
        assert_eq!(timer.rto, Micros::secs(3));
    }
}
