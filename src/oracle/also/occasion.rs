//! An occasion: what was done to a connection, or what it did, where a rule is at stake.

use crate::model::{AckClass, EventClass, SegmentClass, SeqClass, State, Tcb};
use crate::oracle::Instead;
use crate::time::Micros;
use crate::trace::{Call, Event, Range, Trace, What};
use crate::wire::{Flags, Segment};

/// Where a rule is at stake: kept, or broken.
pub(in crate::oracle) struct Occasion<'a> {
    /// Everything that was seen.
    pub(super) trace: &'a Trace,
    /// The event of the trace by which it shows.
    pub(super) index: usize,
    /// The connection, before that event.
    pub(super) tcb: &'a Tcb,
    /// What is left of a connection between the ends of the last segment, if that is another.
    pub(super) kin: Option<&'a Tcb>,
    /// Its state, or that in which the last input met it.
    pub(super) state: State,
    /// The last input.
    pub(super) event: EventClass,
    /// It shows only after some time has passed since.
    pub(super) timed: bool,
    /// What came instead of what is allowed; none where the rule is kept.
    pub(super) instead: Option<Instead>,
}

impl<'a> Occasion<'a> {
    /// Whether this came instead; true where the rule is kept, for then nothing did.
    pub(super) fn came(&self, instead: &[Instead]) -> bool {
        self.instead.is_none_or(|came| instead.contains(&came))
    }

    /// Whether the state is, or was when the last input came, one of these.
    pub(super) fn within(&self, states: &[State]) -> bool {
        states.contains(&self.state) || self.timed && states.contains(&self.tcb.input.state)
    }

    /// The connection that the last segment belonged to, or what is left of it.
    pub(super) fn own(&self) -> &'a Tcb {
        self.kin.unwrap_or(self.tcb)
    }

    fn class(&self) -> Option<SegmentClass> {
        match self.event {
            EventClass::Segment(class) => Some(class),
            _ => None,
        }
    }

    /// Whether the last input was a segment with all of the first flags and none of the others.
    pub(super) fn flags(&self, set: Flags, clear: Flags) -> bool {
        self.class()
            .is_some_and(|class| class.flags().contains(set) && !class.flags().intersects(clear))
    }

    /// Whether the last input was a segment with text.
    pub(super) fn text(&self) -> bool {
        self.class().is_some_and(|class| class.text)
    }

    /// Whether the numbers of the last segment lay in one of these places.
    pub(super) fn seq(&self, places: &[SeqClass]) -> bool {
        self.class()
            .is_some_and(|class| places.contains(&class.seq))
    }

    /// Whether what the last segment acknowledged lay in one of these places.
    pub(super) fn ack(&self, places: &[AckClass]) -> bool {
        self.class()
            .is_some_and(|class| places.contains(&class.ack))
    }

    /// The segments that arrived up to this event, the last first, with their packets.
    fn arrivals(&self) -> impl Iterator<Item = (&'a Segment, Range)> + use<'a> {
        let events = &self.trace.events;
        let upto = (self.index + 1).min(events.len());
        events[..upto]
            .iter()
            .rev()
            .filter_map(|event| match &event.what {
                What::Arrival {
                    segment: Some(segment),
                    damaged: None,
                    packet,
                    ..
                } => Some((segment, *packet)),
                _ => None,
            })
    }

    /// The last segment that arrived.
    pub(super) fn arrived(&self) -> Option<&'a Segment> {
        self.arrivals().next().map(|(segment, _)| segment)
    }

    /// Whether the last segment that arrived passes a test.
    pub(super) fn arrival(&self, test: impl Fn(&Segment) -> bool) -> bool {
        self.arrived().is_some_and(test)
    }

    /// Whether a segment that arrived before the last passes a test.
    pub(super) fn earlier(&self, test: impl Fn(&Segment) -> bool) -> bool {
        self.arrivals().skip(1).any(|(segment, _)| test(segment))
    }

    /// The last segment that arrived and passes a test.
    pub(super) fn last(&self, test: impl Fn(&Segment) -> bool) -> Option<&'a Segment> {
        self.arrivals()
            .map(|(segment, _)| segment)
            .find(|segment| test(segment))
    }

    /// Whether any segment that arrived passes a test.
    pub(super) fn met(&self, test: impl Fn(&Segment) -> bool) -> bool {
        self.arrivals().any(|(segment, _)| test(segment))
    }

    /// Whether the options of the peer's last SYN, as octets, pass a test.
    pub(super) fn syn_options(&self, test: impl Fn(&[u8]) -> bool) -> bool {
        let syn = self.arrivals().find(|(segment, _)| segment.flags.syn());
        syn.is_some_and(|(_, packet)| test(options_of(self.trace.octets(packet))))
    }

    /// Whether the last packet that arrived had IPv4 options.
    pub(super) fn ip_options(&self) -> bool {
        let packet = self.arrivals().next().map(|(_, packet)| packet);
        packet.is_some_and(|packet| {
            let first = self.trace.octets(packet).first().copied();
            first.is_some_and(|octet| octet >> 4 == 4 && octet & 15 > 5)
        })
    }

    /// What the stack sent, if it is a segment that shows it.
    pub(super) fn sent(&self) -> Option<&'a Segment> {
        match self.trace.events.get(self.index).map(|event| &event.what) {
            Some(What::Emission { segment, .. }) => segment.as_ref(),
            _ => None,
        }
    }

    /// Whether what the stack sent passes a test.
    pub(super) fn sends(&self, test: impl Fn(&Segment) -> bool) -> bool {
        self.sent().is_some_and(test)
    }

    /// The same; true where the rule is kept, for then it sent nothing of the kind.
    pub(super) fn may_send(&self, test: impl Fn(&Segment) -> bool) -> bool {
        self.instead.is_none() || self.sends(test)
    }

    /// This event, and what comes after it.
    fn later_events(&self) -> &'a [Event] {
        let from = self.index.min(self.trace.events.len());
        &self.trace.events[from..]
    }

    /// What the stack sends from this event on, until something else is done to it.
    pub(super) fn burst(&self) -> impl Iterator<Item = &'a Segment> + use<'a> {
        let sent = self
            .later_events()
            .iter()
            .map_while(|event| match &event.what {
                What::Emission { segment, .. } => Some(segment.as_ref()),
                _ => None,
            });
        sent.flatten()
    }

    /// Whether nothing shows that the stack has taken what the last segment brought: no
    /// acknowledgment of it, however late.
    pub(super) fn untaken(&self) -> bool {
        let Some(last) = self.arrived().filter(|_| self.instead.is_some()) else {
            return true;
        };
        let takes = |seg: &Segment| {
            let answers = seg.flags.ack() && !seg.flags.rst() && seg.dst == last.src;
            answers && !seg.ack.before(last.end())
        };
        !self.later_events().iter().any(|event| match &event.what {
            What::Emission { segment, .. } => segment.as_ref().is_some_and(takes),
            _ => false,
        })
    }

    /// Whether the stack has sent something before that passes a test.
    pub(super) fn has_sent(&self, test: impl Fn(&Segment) -> bool) -> bool {
        let before = self.index.min(self.trace.events.len());
        self.trace.events[..before]
            .iter()
            .any(|event| match &event.what {
                What::Emission {
                    segment: Some(segment),
                    ..
                } => test(segment),
                _ => false,
            })
    }

    /// How many calls up to this event pass a test.
    pub(super) fn calls(&self, test: impl Fn(&Call) -> bool) -> usize {
        let upto = (self.index + 1).min(self.trace.events.len());
        let calls = self.trace.events[..upto].iter();
        calls
            .filter(|event| matches!(&event.what, What::Call { call, .. } if test(call)))
            .count()
    }

    /// How long what is outstanding has been outstanding.
    pub(super) fn outstanding_for(&self) -> Micros {
        let now = self.trace.events.get(self.index).map(|event| event.at);
        now.map_or(Micros::ZERO, |now| now.since(self.tcb.rtx.flight_at))
    }

    /// The state that a connection was in before it was severed, as far as its numbers tell.
    pub(super) fn severed_in(&self) -> Option<State> {
        let tcb = self.own();
        if !tcb.severed || tcb.snd.iss.is_none() {
            return None;
        }
        Some(match (tcb.snd.closed, tcb.rcv.fin, tcb.fin_acked()) {
            _ if tcb.snd.una == tcb.text_start() - 1 => State::SynReceived,
            (false, false, _) => State::Established,
            (false, true, _) => State::CloseWait,
            (true, false, false) => State::FinWait1,
            (true, false, true) => State::FinWait2,
            (true, true, false) => State::LastAck,
            (true, true, true) => State::TimeWait,
        })
    }

    /// Whether a reset that passes a test has arrived, and should have ended the connection.
    pub(super) fn reset_before(&self, test: impl Fn(&Segment) -> bool) -> bool {
        let tcb = self.own();
        tcb.severed && self.met(|seg| seg.flags.rst() && seg.seq == tcb.rcv.nxt && test(seg))
    }
}

/// The options field of the TCP header in an IP packet without extension headers.
fn options_of(packet: &[u8]) -> &[u8] {
    let ip = match packet.first().map(|octet| octet >> 4) {
        Some(4) => usize::from(packet[0] & 15) * 4,
        _ => 40,
    };
    let Some(tcp) = packet.get(ip..) else {
        return &[];
    };
    let end = tcp.get(12).map_or(0, |octet| usize::from(octet >> 4) * 4);
    tcp.get(20..end).unwrap_or_default()
}

/// Where the option of this kind begins in an options field.
pub(super) fn place_of(kind: u8, options: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(&found) = options.get(at) {
        match found {
            0 => return None,
            1 => at += 1,
            _ if found == kind => return Some(at),
            _ => at += usize::from(*options.get(at + 1)?).max(2),
        }
    }
    None
}
