//! What becomes of a stack that broke: it panicked, asserted, or did not come back.

use super::excuse::coarse;
use super::host::{End, Host, NOBODY};
use super::known::Aside;
use super::verdict::Verdict;
use super::worlds;
use crate::model::EventClass;

impl Host {
    /// The stack broke in answer to the last input; or in the time after, which passes for the
    /// sockets that did not meet it too.
    pub(super) fn broken(&mut self, why: &str) -> End {
        if let Some(entry) = self.known_breakage(why, false) {
            self.used.push(entry);
            return End::Verdict(Verdict::Conforms);
        }
        // The state that met it may have been dropped.
        let dropped = self.sockets.iter().any(|worlds| worlds.dropped);
        End::Verdict(match dropped && self.known_breakage(why, true).is_some() {
            true => worlds::too_many(),
            false => Verdict::Broken(why.to_owned()),
        })
    }

    /// The entry that knows of such a breakage, where it may have met any state, or one that is left.
    fn known_breakage(&self, why: &str, anywhere: bool) -> Option<u16> {
        (0..=NOBODY).find_map(|socket| {
            let worlds = &self.sockets[socket];
            worlds.now.iter().find_map(|tcb| {
                let met = match socket == self.last {
                    true => (tcb.input.state, coarse(tcb.input.class)),
                    false => (tcb.state, EventClass::Time),
                };
                // Of a connection of which nothing is said any more, nothing is known but the message.
                let at = (!tcb.mute && !anywhere).then_some(met);
                let aside = Aside::of(worlds.reused(), tcb);
                self.known.covers_breakage(at, aside, why)
            })
        })
    }
}
