//! Known deviations: what an entry covers, and how the judgment goes on.

use super::*;

/// A file of one known deviation.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) requirement: &'static str,
    pub(crate) state: &'static str,
    pub(crate) event: &'static str,
    pub(crate) instead: &'static str,
    pub(crate) then: &'static str,
}

impl Entry {
    pub(crate) fn file(&self) -> String {
        let Entry {
            requirement,
            state,
            event,
            instead,
            then,
        } = self;
        format!(
            "[[deviation]]\nname = 'written for a test'\nrequirement = '{requirement}'\n\
             state = ['{state}']\nevent = [{{ {event} }}]\ninstead = ['{instead}']\n\
             then = {then}\nreason = 'a test'\nwitness = 'none.scn'\n"
        )
    }
}

/// In ESTABLISHED a SYN beyond the window draws nothing.
pub(crate) fn syn_without_answer() -> Tape {
    Tape::established()
        .arrives("SYN", 9_000, 0, 0)
        .waits(Micros::secs(1))
}

/// The deviation of [`syn_without_answer`].
pub(crate) const SYN_WITHOUT_ANSWER: Entry = Entry {
    requirement: "RFC9293-3.10.7.4-4",
    state: "ESTABLISHED",
    event: "on = 'segment', set = 'SYN', clear = 'ACK', seq = ['beyond']",
    instead: "silence",
    then: "'forgiven'",
};

#[test]
fn a_known_deviation_covers_its_shape_and_no_other() {
    let tape = syn_without_answer();
    let uncovered = told(&tape.judged(""));
    let entry = SYN_WITHOUT_ANSWER;
    assert_eq!(told(&tape.judged(&entry.file())), "conforms; known: [0]");
    let neighbours = [
        Entry {
            requirement: "RFC9293-3.5.2-p03",
            ..entry
        },
        Entry {
            state: "FIN-WAIT-1",
            ..entry
        },
        Entry {
            event: "on = 'segment', set = 'SYN', seq = ['ahead']",
            ..entry
        },
        Entry {
            event: "on = 'segment', set = 'SYN,ACK', seq = ['beyond']",
            ..entry
        },
        Entry {
            event: "on = 'segment', clear = 'SYN', seq = ['beyond']",
            ..entry
        },
        Entry {
            event: "on = 'segment', set = 'SYN', text = true",
            ..entry
        },
        Entry {
            event: "on = 'segment', set = 'SYN', ack = ['new']",
            ..entry
        },
        Entry {
            event: "on = 'time'",
            ..entry
        },
        Entry {
            instead: "ACK",
            ..entry
        },
        Entry {
            instead: "RST",
            ..entry
        },
    ];
    for neighbour in neighbours {
        let file = neighbour.file();
        assert_eq!(told(&tape.judged(&file)), uncovered, "{file}");
    }
    // What is left out of the pattern may be anything.
    let wide = Entry {
        event: "on = 'segment'",
        ..entry
    };
    assert_eq!(told(&tape.judged(&wide.file())), "conforms; known: [0]");
}

#[test]
fn a_known_deviation_of_used_sockets_covers_no_other() {
    let listen = Call::Listen {
        port: PORTS.0,
        remote: None,
    };
    let closed = || Tape::established().arrives("RST", 1, 0, 0);
    let asked = |tape: Tape| tape.arrives("SYN", 0, 0, 0);
    let answered = |tape: Tape, iss| tape.sends("SYN,ACK", iss, 1, 0);
    let opened = |tape: Tape, iss| answered(tape, iss).arrives("ACK", 1, iss + 1, 0);
    let unused = || Tape::new().call(listen, Outcome::Done);
    let refused = || Tape::new().call(listen, Outcome::Failed(CallError::NoConnection));
    let deviates = "deviates: RFC9293-3.10.7.4-4: SYN seq beyond in ESTABLISHED, silence";
    let rows = [
        ("its first connection", Tape::established(), deviates),
        (
            "its first connection, and an OPEN before it failed",
            opened(asked(refused().call(listen, Outcome::Done)), 0),
            deviates,
        ),
        (
            "its first connection, and its SYN went twice",
            opened(asked(answered(asked(unused()), 0)), 0),
            deviates,
        ),
        (
            "opened anew",
            opened(asked(closed().call(listen, Outcome::Done)), 70_000),
            "conforms; known: [0]",
        ),
        (
            "it listens again after a reset in SYN-RECEIVED",
            opened(
                asked(answered(asked(unused()), 0).arrives("RST", 1, 0, 0)),
                70_000,
            ),
            "conforms; known: [0]",
        ),
    ];
    let file = SYN_WITHOUT_ANSWER.file() + "reused = true\n";
    for (what, tape, verdict) in rows {
        let tape = tape.arrives("SYN", 9_000, 0, 0).waits(Micros::secs(1));
        assert_eq!(told(&tape.judged("")), deviates, "{what}");
        assert_eq!(told(&tape.judged(&file)), verdict, "{what}");
    }
}

#[test]
fn a_known_deviation_does_not_hide_the_next() {
    let tape = syn_without_answer()
        .arrives("ACK", 1, 1, 10)
        .sends("ACK", 1, 11, 0)
        .waits(Micros::secs(1))
        .arrives("ACK", 11, 1, 10)
        .waits(Micros::secs(1));
    let next = "deviates: RFC9293-MUST-40: time in ESTABLISHED, silence";
    let judged = told(&tape.judged(&SYN_WITHOUT_ANSWER.file()));
    assert_eq!(judged, format!("{next}; known: [0]"));
    let stop = Entry {
        then: "'stop'",
        ..SYN_WITHOUT_ANSWER
    };
    assert_eq!(told(&tape.judged(&stop.file())), "conforms; known: [0]");
    // Opened anew, the socket is judged again, and the connection before explains nothing.
    let listen = Call::Listen {
        port: PORTS.0,
        remote: None,
    };
    let again = || syn_without_answer().call(listen, Outcome::Done);
    let rows = [
        (again(), "conforms; known: [0]"),
        (
            again().sends("RST", 1, 0, 0),
            "deviates: RFC9293-3.5.2-p02: time in CLOSED, RST; known: [0]",
        ),
    ];
    for (tape, verdict) in rows {
        assert_eq!(told(&tape.judged(&stop.file())), verdict);
    }
}

#[test]
fn what_is_ignored_silently_shows_in_a_later_answer() {
    let ignored = Entry {
        requirement: "RFC9293-MUST-40",
        state: "ESTABLISHED",
        event: "on = 'segment', set = 'FIN', text = false, seq = ['next']",
        instead: "silence",
        then: "'ignored'\nsilently = true",
    };
    let fin = || Tape::established().arrives("FIN,ACK", 1, 1, 0);
    let rows = [
        (
            "ignored",
            fin().status(State::Established),
            "conforms; known: [0]",
        ),
        (
            "taken",
            fin().sends("ACK", 1, 2, 0).status(State::CloseWait),
            "conforms",
        ),
        (
            "ignored, and text that comes after it taken",
            fin()
                .arrives("ACK", 1, 1, 10)
                .sends("ACK", 1, 11, 0)
                .reads(10),
            "conforms; known: [0]",
        ),
    ];
    for (what, tape, verdict) in rows {
        assert_eq!(told(&tape.judged(&ignored.file())), verdict, "{what}");
    }
    let told_without = told(&fin().status(State::Established).judged(""));
    assert!(told_without.starts_with("deviates: "), "{told_without}");
}

#[test]
fn what_cannot_be_decided_is_no_pass() {
    // An entry that leads to what it covers itself.
    let entry = Entry {
        requirement: "RFC9293-3.10.6-p01",
        state: "ESTABLISHED', 'CLOSED",
        event: "on = 'status'",
        instead: "call done",
        then: "'closed'",
    };
    let tape = Tape::established().status(State::Listen);
    let judged = told(&tape.judged(&entry.file()));
    assert!(
        judged.starts_with("inconclusive: known deviations"),
        "{judged}"
    );
    // The same entry, where it leads out.
    let tape = Tape::established().status(State::Closed);
    assert_eq!(told(&tape.judged(&entry.file())), "conforms; known: [0]");
}

#[test]
fn a_trace_is_judged_the_same_whenever() {
    let tapes = [
        Tape::new(),
        syn_without_answer(),
        Tape::established().waits(Micros::secs(100)),
        Tape::established()
            .arrives("RST", 11, 0, 0)
            .status(State::Established),
        Tape::established().add(What::Broken("broken".to_owned())),
    ];
    let known: KnownDeviations = SYN_WITHOUT_ANSWER.file().parse().expect("known deviations");
    let mut oracle = Oracle::new(known);
    let first: Vec<Judgment> = tapes.iter().map(|tape| oracle.judge(&tape.trace)).collect();
    for (tape, judgment) in tapes.iter().zip(&first).rev() {
        assert_eq!(&oracle.judge(&tape.trace), judgment);
        assert_eq!(&tape.judged(&SYN_WITHOUT_ANSWER.file()), judgment);
        let copy = tape.trace.clone();
        assert_eq!(&oracle.judge(&copy), judgment, "recorded");
    }
}

#[test]
fn an_entry_that_covers_nothing_is_refused() {
    let file = SYN_WITHOUT_ANSWER.file();
    for field in ["state", "event", "instead"] {
        let emptied: Vec<String> = file
            .lines()
            .map(|line| match line.split_once(" = ") {
                Some((name, _)) if name == field => format!("{name} = []"),
                _ => line.to_owned(),
            })
            .collect();
        let refused = emptied.join("\n").parse::<KnownDeviations>();
        let why = refused.expect_err(field).to_string();
        assert!(why.contains("covers nothing"), "{field}: {why}");
    }
}

/// What shows only later has to be followed from the start, and what shows at once cannot be.
#[test]
fn an_entry_is_silent_where_its_then_has_it_so() {
    for (words, loud, silent) in [
        (&["ignored", "refused", "closed", "stop"][..], true, true),
        (
            &["window", "kept", "accepted", "apart", "narrow"],
            false,
            true,
        ),
        (&["forgiven", "pardoned", "diverted"], true, false),
    ] {
        for word in words {
            for (line, taken) in [("", loud), ("\nsilently = true", silent)] {
                let then = format!("'{word}'{line}");
                let file = SYN_WITHOUT_ANSWER.file().replace("'forgiven'", &then);
                let read = file.parse::<KnownDeviations>();
                let why = read.map_err(|error| error.to_string()).err();
                assert_eq!(why.is_none(), taken, "{then}: {why:?}");
                assert!(why.is_none_or(|why| why.contains("be silent")), "{then}");
            }
        }
    }
}

#[test]
fn a_known_breakage_covers_its_state_and_its_words() {
    let tape = || {
        Tape::established()
            .arrives("ACK", 1, 1, 0)
            .add(What::Broken("out of order".to_owned()))
    };
    let entry = Entry {
        requirement: "RFC9293-3.4-p01",
        state: "ESTABLISHED",
        event: "on = 'segment', set = 'ACK'",
        instead: "broken",
        then: "'stop'\nmessage = 'of order'",
    };
    let rows = [
        (entry, "conforms; known: [0]"),
        (
            Entry {
                state: "CLOSED",
                ..entry
            },
            "broken: out of order",
        ),
        (
            Entry {
                event: "on = 'time'",
                ..entry
            },
            "broken: out of order",
        ),
        (
            Entry {
                then: "'stop'\nmessage = 'on fire'",
                ..entry
            },
            "broken: out of order",
        ),
    ];
    for (entry, verdict) in rows {
        assert_eq!(told(&tape().judged(&entry.file())), verdict);
    }
}

#[test]
fn an_entry_may_ask_for_what_is_special_about_an_event() {
    let entry = Entry {
        requirement: "RFC9293-3.10.6-p01",
        state: "CLOSE-WAIT",
        event: "on = 'status', marked = ['fin']",
        instead: "call done",
        then: "'forgiven'",
    };
    let wrong = Tape::established()
        .arrives("FIN,ACK", 1, 1, 0)
        .sends("ACK", 1, 2, 0)
        .status(State::LastAck);
    assert_eq!(told(&wrong.judged(&entry.file())), "conforms; known: [0]");
    let other = Entry {
        event: "on = 'status', marked = ['crossed', 'older']",
        ..entry
    };
    assert_eq!(
        told(&wrong.judged(&other.file())),
        "deviates: RFC9293-3.10.6-p01: STATUS in CLOSE-WAIT, call done"
    );
    let misspelt = Entry {
        event: "on = 'status', marked = ['fine']",
        ..other
    };
    let refused = misspelt.file().parse::<KnownDeviations>();
    let message = refused.expect_err("no such mark").to_string();
    assert!(
        message.contains("no mark `fine`; there are: older"),
        "{message}"
    );
}
