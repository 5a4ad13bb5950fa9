//! Explanations that the invariants of the model brought to light: what a stack may do, and the
//! model once would not have had.

use super::*;

/// Text and a FIN behind it, of which the FIN comes first.
fn fin_before_text() -> Tape {
    Tape::established()
        .arrives("FIN,ACK", 11, 1, 0)
        .sends("ACK", 1, 1, 0)
        .arrives("PSH,ACK", 1, 1, 10)
}

impl Tape {
    /// The last arrival has an option that cannot be read.
    fn with_bad_option(mut self) -> Tape {
        if let Some(What::Arrival {
            segment: Some(segment),
            ..
        }) = self.trace.events.last_mut().map(|event| &mut event.what)
        {
            segment.options = Options::parse(&[2, 0, 1, 1]);
        }
        self
    }
}

#[test]
fn what_the_invariants_of_the_model_ask_for_is_permitted() {
    let second = Micros::secs(1);
    let reset = || {
        Tape::established()
            .arrives("PSH,ACK", 1, 1, 10)
            .arrives("PSH,ACK", 11, 1, 10)
            .with_bad_option()
            .sends("RST", 1, 0, 0)
    };
    let rows = [
        (
            "a FIN alone was kept, and counts when the gap is filled",
            fin_before_text()
                .sends("ACK", 1, 12, 0)
                .status(State::CloseWait),
            "conforms",
        ),
        (
            "it was not kept",
            fin_before_text()
                .sends("ACK", 1, 11, 0)
                .status(State::Established),
            "conforms",
        ),
        (
            "it was not kept, and comes again",
            fin_before_text()
                .sends("ACK", 1, 11, 0)
                .arrives("FIN,ACK", 11, 1, 0)
                .sends("ACK", 1, 12, 0),
            "conforms",
        ),
        (
            "there was no such FIN",
            Tape::established()
                .arrives("PSH,ACK", 1, 1, 10)
                .sends("ACK", 1, 12, 0),
            "deviates: RFC9293-3.4-p04: PSH,ACK+text seq next ack current in ESTABLISHED, ACK",
        ),
        (
            "a connection that was reset owes no acknowledgment",
            reset().waits(second).status(State::Closed),
            "conforms",
        ),
    ];
    for (what, tape, verdict) in rows {
        assert_eq!(told(&tape.judged("")), verdict, "{what}");
    }
}
