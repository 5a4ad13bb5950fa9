//! The congestion window (RFC 5681, with the initial window of RFC 6928).
//!
//! Reno without the inflation of fast recovery: nothing new is sent while something is being sent
//! again.

use crate::model::initial_window;
use crate::stack::CongestionControl;

/// Without congestion control so many full segments may be outstanding.
const FLIGHT: u32 = 10;

/// What may be outstanding, as far as the network is concerned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Congestion {
    /// The congestion window in octets; none before the first segment.
    cwnd: Option<u32>,
    /// The slow start threshold.
    ssthresh: u32,
    /// Octets acknowledged in congestion avoidance since the window last grew.
    counted: u32,
}

impl Default for Congestion {
    fn default() -> Congestion {
        Congestion {
            cwnd: None,
            ssthresh: u32::MAX,
            counted: 0,
        }
    }
}

impl Congestion {
    /// How many octets may be outstanding.
    pub(super) fn window(&self, algorithm: CongestionControl, mss: u32) -> u32 {
        match algorithm {
            CongestionControl::None => FLIGHT * mss,
            // What CUBIC adds to Reno shows on long paths only.
            CongestionControl::Reno | CongestionControl::Cubic => {
                self.cwnd.unwrap_or_else(|| initial_window(mss))
            }
        }
    }

    /// The handshake is complete; where a SYN was lost, one segment is enough (RFC5681-3.1).
    pub(super) fn established(&mut self, mss: u32, syn_lost: bool) {
        self.cwnd = Some(if syn_lost { mss } else { initial_window(mss) });
    }

    /// So many octets were acknowledged while nothing was being sent again: slow start below the
    /// threshold, a segment for each window above it.
    pub(super) fn acknowledged(&mut self, octets: u32, mss: u32) {
        let cwnd = self.cwnd.unwrap_or_else(|| initial_window(mss));
        self.cwnd = Some(if cwnd < self.ssthresh {
            cwnd.saturating_add(octets.min(mss))
        } else {
            self.counted = self.counted.saturating_add(octets);
            if self.counted < cwnd {
                cwnd
            } else {
                self.counted -= cwnd;
                cwnd.saturating_add(mss)
            }
        });
    }

    /// Duplicate acknowledgments tell that something of this flight was lost.
    pub(super) fn lost(&mut self, flight: u32, mss: u32) {
        self.ssthresh = (flight / 2).max(2 * mss);
        self.cwnd = Some(self.ssthresh);
        self.counted = 0;
    }

    /// ECE has come: the window is halved, and stays a segment at least (RFC 3168 section 6.1.2).
    /// Returns whether it was one segment already.
    pub(super) fn echoed(&mut self, mss: u32) -> bool {
        let cwnd = self.cwnd.unwrap_or_else(|| initial_window(mss));
        self.ssthresh = (cwnd / 2).max(2 * mss);
        self.cwnd = Some((cwnd / 2).max(mss));
        self.counted = 0;
        cwnd <= mss
    }

    /// For a fault: slow start goes on.
    pub(super) fn forget_threshold(&mut self) {
        self.ssthresh = u32::MAX;
    }

    /// The retransmission timer has fired; `again` when it has for this flight before.
    pub(super) fn timed_out(&mut self, flight: u32, mss: u32, again: bool) {
        if !again {
            self.ssthresh = (flight / 2).max(2 * mss);
        }
        self.cwnd = Some(mss);
        self.counted = 0;
    }

    /// Nothing was sent for longer than the retransmission timeout (RFC5681-4.1).
    pub(super) fn idle(&mut self, mss: u32) {
        self.cwnd = self.cwnd.map(|cwnd| cwnd.min(initial_window(mss)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RENO: CongestionControl = CongestionControl::Reno;

    #[test]
    fn doubles_then_grows_by_a_segment_then_halves_then_begins_with_one() {
        let mut congestion = Congestion::default();
        congestion.established(1_000, false);
        assert_eq!(congestion.window(RENO, 1_000), 10_000);
        for _ in 0..10 {
            congestion.acknowledged(1_000, 1_000);
        }
        assert_eq!(congestion.window(RENO, 1_000), 20_000);
        congestion.lost(16_000, 1_000);
        assert_eq!(congestion.window(RENO, 1_000), 8_000);
        for _ in 0..8 {
            congestion.acknowledged(1_000, 1_000);
        }
        assert_eq!(congestion.window(RENO, 1_000), 9_000);
        congestion.timed_out(9_000, 1_000, false);
        congestion.timed_out(1_000, 1_000, true);
        assert_eq!(congestion.window(RENO, 1_000), 1_000);
        for _ in 0..4 {
            congestion.acknowledged(2_000, 1_000);
        }
        // The threshold is half of what was outstanding at the first timeout.
        assert_eq!(congestion.window(RENO, 1_000), 5_000);
        congestion.acknowledged(2_000, 1_000);
        assert_eq!(congestion.window(RENO, 1_000), 5_000);
    }

    #[test]
    fn the_initial_window_is_ten_segments_or_14600_octets_or_two_segments() {
        for (mss, window) in [
            (536, 5_360),
            (1_460, 14_600),
            (4_000, 14_600),
            (9_000, 18_000),
        ] {
            assert_eq!(Congestion::default().window(RENO, mss), window, "MSS {mss}");
            let none = CongestionControl::None;
            assert_eq!(Congestion::default().window(none, mss), 10 * mss);
        }
        let mut congestion = Congestion::default();
        congestion.established(1_460, true);
        assert_eq!(congestion.window(RENO, 1_460), 1_460);
    }

    #[test]
    fn an_echo_of_congestion_halves_the_window_down_to_a_segment() {
        let mut congestion = Congestion::default();
        congestion.established(1_000, false);
        for (window, single) in [
            (5_000, false),
            (2_500, false),
            (1_250, false),
            (1_000, false),
        ] {
            assert_eq!(congestion.echoed(1_000), single, "{window}");
            assert_eq!(congestion.window(RENO, 1_000), window);
        }
        assert!(congestion.echoed(1_000));
        assert_eq!(congestion.window(RENO, 1_000), 1_000);
    }

    #[test]
    fn an_idle_connection_begins_again_with_no_more_than_the_initial_window() {
        let mut congestion = Congestion::default();
        congestion.established(1_000, false);
        for _ in 0..50 {
            congestion.acknowledged(1_000, 1_000);
        }
        congestion.idle(1_000);
        assert_eq!(congestion.window(RENO, 1_000), 10_000);
        congestion.lost(2_000, 1_000);
        congestion.idle(1_000);
        assert_eq!(congestion.window(RENO, 1_000), 2_000);
    }
}
