//! Which silent entries an event may be about, found without reading every entry.
//!
//! The oracle asks at every input of every state. There is a set of entries for each value that an
//! entry can name, and an entry that may cover an event is in the sets of all that the event is.
//! Where an entry has several patterns that says too much, never too little, so whoever asks looks
//! at the entries that are left.

use super::{Known, On};
use crate::model::{AckClass, Entries, EventClass, SeqClass, State};
use crate::wire::Flags;

/// The flags that a segment's class keeps are among the lowest six bits.
const FLAGS: usize = 64;

/// The index of the silent entries.
#[derive(Clone, Debug)]
pub(super) struct Silent {
    state: [Entries; State::ALL.len()],
    on: [Entries; On::COUNT],
    flags: [Entries; FLAGS],
    text: [Entries; 2],
    seq: [Entries; SeqClass::NAMES.len()],
    ack: [Entries; AckClass::NAMES.len()],
}

impl Default for Silent {
    fn default() -> Silent {
        Silent::of(&[])
    }
}

impl Silent {
    /// The index of these entries; those beyond [`Entries::MOST`] are not in it.
    pub(super) fn of(entries: &[Known]) -> Silent {
        let mask = |fits: &dyn Fn(&Known) -> bool| {
            let entries = entries.iter().take(Entries::MOST).enumerate();
            let bits = entries.filter(|(_, known)| known.silently && fits(known));
            bits.fold(Entries::NONE, |mask, (n, _)| mask | Entries::one(n as u16))
        };
        let mut silent = Silent {
            state: State::ALL.map(|state| mask(&|known| known.state.iter().any(|s| s.0 == state))),
            on: On::ALL.map(|on| mask(&|known| known.event.iter().any(|p| p.on == on))),
            flags: std::array::from_fn(|bits| {
                let flags = Flags::from_bits(bits as u16);
                mask(&|known| known.event.iter().any(|p| p.has_flags(flags)))
            }),
            text: [false, true].map(|text| {
                mask(&|known| known.event.iter().any(|p| p.text.is_none_or(|t| t == text)))
            }),
            seq: Default::default(),
            ack: Default::default(),
        };
        for (seq, _) in SeqClass::NAMES {
            silent.seq[seq as usize] = mask(&|known| known.event.iter().any(|p| p.has_seq(seq)));
        }
        for (ack, _) in AckClass::NAMES {
            silent.ack[ack as usize] = mask(&|known| known.event.iter().any(|p| p.has_ack(ack)));
        }
        silent
    }

    /// The entries that may be about such an event in such a state.
    pub(super) fn candidates(&self, state: State, event: EventClass) -> Entries {
        let left = self.state[state as usize] & self.on[On::of(event) as usize];
        match event {
            EventClass::Segment(class) if !left.is_empty() => {
                left & self.flags[usize::from(class.flags().bits()) % FLAGS]
                    & self.text[usize::from(class.text)]
                    & self.seq[class.seq as usize]
                    & self.ack[class.ack as usize]
            }
            EventClass::Segment(_)
            | EventClass::Icmp(_)
            | EventClass::Listen
            | EventClass::Connect
            | EventClass::Send
            | EventClass::Receive
            | EventClass::Close
            | EventClass::Abort
            | EventClass::Status
            | EventClass::Ask
            | EventClass::Time => left,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Aside, KnownDeviations};
    use super::*;
    use crate::model::{ErrorClass, IcmpClass, Marks, QuoteClass, SegmentClass};

    /// Every event class there is.
    fn all_events() -> Vec<EventClass> {
        let mut events = vec![
            EventClass::Listen,
            EventClass::Connect,
            EventClass::Send,
            EventClass::Receive,
            EventClass::Close,
            EventClass::Abort,
            EventClass::Status,
            EventClass::Ask,
            EventClass::Time,
        ];
        for (error, _) in ErrorClass::NAMES {
            for (quote, _) in QuoteClass::NAMES {
                events.push(EventClass::Icmp(IcmpClass { error, quote }));
            }
        }
        for flags in 0..FLAGS as u16 {
            for (seq, _) in SeqClass::NAMES {
                for (ack, _) in AckClass::NAMES {
                    for text in [false, true] {
                        let flags = Flags::from_bits(flags);
                        let class = SegmentClass::new(flags, text, seq, ack);
                        events.push(EventClass::Segment(class));
                    }
                }
            }
        }
        events
    }

    #[test]
    fn the_index_leaves_no_entry_out() {
        let text = include_str!("../../stack/smoltcp/known.toml");
        let known: KnownDeviations = text.parse().unwrap();
        let mut found = 0;
        let aside = Aside {
            reused: true,
            ..Aside::default()
        };
        for event in all_events() {
            for state in State::ALL {
                let entries = known.entries().iter().zip(0u16..);
                let by_reading: Vec<_> = entries
                    .filter(|(known, _)| {
                        known.silently
                            && known.state.iter().any(|s| s.0 == state)
                            && known
                                .event
                                .iter()
                                .any(|pattern| pattern.covers(event, Marks::NONE))
                    })
                    .map(|(known, n)| (n, known.then))
                    .collect();
                let by_index: Vec<_> = known.silent(state, event, aside).collect();
                assert_eq!(by_index, by_reading, "{event} in {state}");
                found += by_index.len();
            }
        }
        assert!(found > 0, "the file has silent entries");
    }

    #[test]
    fn kinds_stand_at_their_numbers() {
        for (n, on) in On::ALL.into_iter().enumerate() {
            assert_eq!(on as usize, n);
        }
    }
}
