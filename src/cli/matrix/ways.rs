//! The states, the ways to reach each, and what shows afterwards whether all is as it must be.

/// A state and how it is reached.
pub(super) struct Place {
    /// Its name, as RFC 9293 writes it.
    pub(super) state: &'static str,
    pub(super) ways: Vec<Way>,
    /// What is sent and not acknowledged.
    pub(super) outstanding: Outstanding,
}

/// One way to reach a state.
pub(super) struct Way {
    pub(super) name: &'static str,
    /// Steps with `; ` between them; `OPTIONS` stands for those of the peer's SYN.
    pub(super) steps: String,
}

/// What is sent and not acknowledged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outstanding {
    Nothing,
    Syn,
    /// A hundred octets.
    Text,
    /// A hundred octets, and FIN behind them.
    TextAndFin,
}

const PASSIVE: &str = "A: listen; < SYN OPTIONS; peer handshake";
const ACTIVE: &str = "A: connect; < SYN,ACK OPTIONS; peer handshake";
/// Both streams have begun, so that there are old numbers on either side.
const BEGUN: &str = "peer data 10; A: recv; A: send 10; peer ack";
/// Longer than an ACK is delayed, so that the wire has shown RCV.NXT.
const SETTLE: &str = "wait 20ms";

impl Place {
    fn new(
        state: &'static str,
        outstanding: Outstanding,
        ways: Vec<(&'static str, String)>,
    ) -> Place {
        let way = |(name, steps)| Way { name, steps };
        Place {
            state,
            ways: ways.into_iter().map(way).collect(),
            outstanding,
        }
    }

    /// A state that both openings lead to, by `steps` after data went both ways.
    fn opened(state: &'static str, outstanding: Outstanding, steps: &str) -> Place {
        let way = |opening: &str| match steps {
            "" => format!("{opening}; {BEGUN}"),
            _ => format!("{opening}; {BEGUN}; {steps}"),
        };
        let ways = vec![("passive", way(PASSIVE)), ("active", way(ACTIVE))];
        Place::new(state, outstanding, ways)
    }

    /// Whether there is a window to speak of.
    pub(super) fn has_window(&self) -> bool {
        !matches!(self.state, "LISTEN" | "SYN-SENT")
    }

    /// Steps that follow every case and make its consequences visible: what is owed falls due,
    /// text goes both ways, both ends close, and in the end there is no connection.
    pub(super) fn after(&self) -> String {
        let before = match self.state {
            "CLOSED" => "wait 3s; A: listen; peer handshake",
            "LISTEN" | "SYN-SENT" | "SYN-RECEIVED" => "wait 3s; peer handshake",
            _ => "wait 3s; peer ack",
        };
        format!(
            "{before}; peer data 10; A: recv; A: recv; A: send 10; peer ack; A: close; {SETTLE}; \
             peer ack; peer fin; A: recv; wait 5min; A: status; < ACK"
        )
    }
}

/// All eleven states.
pub(super) fn places() -> Vec<Place> {
    use Outstanding::{Nothing, Syn, Text, TextAndFin};
    let text = |ways: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        let way = |(name, steps): &(&'static str, &str)| (*name, (*steps).to_owned());
        ways.iter().map(way).collect()
    };
    let closed = vec![
        ("fresh", String::new()),
        ("aborted", format!("{PASSIVE}; {BEGUN}; A: abort")),
        (
            "finished",
            format!("{ACTIVE}; {BEGUN}; peer fin; A: close; peer ack; {SETTLE}"),
        ),
    ];
    let listen = text(&[
        ("passive", "A: listen"),
        ("returned", "A: listen; < SYN OPTIONS; < RST"),
    ]);
    let received = text(&[
        ("passive", "A: listen; < SYN OPTIONS"),
        ("active", "A: connect; < SYN OPTIONS"),
    ]);
    let fin = format!("peer fin; {SETTLE}");
    vec![
        Place::new("CLOSED", Nothing, closed),
        Place::new("LISTEN", Nothing, listen),
        Place::new("SYN-SENT", Syn, text(&[("active", "A: connect")])),
        Place::new("SYN-RECEIVED", Syn, received),
        Place::opened("ESTABLISHED", Text, "A: send 100"),
        Place::opened("FIN-WAIT-1", TextAndFin, "A: send 100; A: close"),
        Place::opened("FIN-WAIT-2", Nothing, "A: close; peer ack"),
        Place::opened("CLOSE-WAIT", Text, &format!("{fin}; A: send 100")),
        Place::opened(
            "CLOSING",
            TextAndFin,
            &format!("A: send 100; A: close; < FIN,ACK ack SND.UNA; {SETTLE}"),
        ),
        Place::opened(
            "LAST-ACK",
            TextAndFin,
            &format!("{fin}; A: send 100; A: close"),
        ),
        Place::opened("TIME-WAIT", Nothing, &format!("A: close; peer ack; {fin}")),
    ]
}

/// The states in which text can wait for a window that is closed, with text that waits.
pub(super) fn closed_windows() -> Vec<Place> {
    use Outstanding::Nothing;
    let shut = "peer window 0; A: send 100";
    let fin = format!("peer fin; {SETTLE}; {shut}");
    vec![
        Place::opened("ESTABLISHED", Nothing, shut),
        Place::opened("FIN-WAIT-1", Nothing, &format!("{shut}; A: close")),
        Place::opened("CLOSE-WAIT", Nothing, &fin),
        Place::opened(
            "CLOSING",
            Nothing,
            &format!("{shut}; A: close; < FIN,ACK; {SETTLE}"),
        ),
        Place::opened("LAST-ACK", Nothing, &format!("{fin}; A: close")),
    ]
}

/// The states in which a connection can be idle.
pub(super) fn idle() -> Vec<Place> {
    use Outstanding::Nothing;
    vec![
        Place::opened("ESTABLISHED", Nothing, ""),
        Place::opened("FIN-WAIT-2", Nothing, "A: close; peer ack"),
        Place::opened("CLOSE-WAIT", Nothing, &format!("peer fin; {SETTLE}")),
    ]
}
