//! Known deviations: what an entry covers, and how the judgment goes on.

use super::*;

/// A file of one known deviation.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) requirement: &'static str,
    pub(crate) state: &'static str,
    pub(crate) event: &'static str,
    pub(crate) instead: &'static str,
    pub(crate) then: &'a str,
}

impl Entry<'_> {
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
pub(crate) const SYN_WITHOUT_ANSWER: Entry<'_> = Entry {
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
    let closed = || Tape::established().arrives("RST", 1, 0, 0);
    let asked = |tape: Tape| tape.arrives("SYN", 0, 0, 0);
    let answered = |tape: Tape, iss| tape.sends("SYN,ACK", iss, 1, 0);
    let opened = |tape: Tape, iss| answered(tape, iss).arrives("ACK", 1, iss + 1, 0);
    let unused = || Tape::new().call(LISTEN, Outcome::Done);
    let refused = || Tape::new().call(LISTEN, Outcome::Failed(CallError::NoConnection));
    let deviates = "deviates: RFC9293-3.10.7.4-4: SYN seq beyond in ESTABLISHED, silence";
    let rows = [
        ("its first connection", Tape::established(), deviates),
        (
            "its first connection, and an OPEN before it failed",
            opened(asked(refused().call(LISTEN, Outcome::Done)), 0),
            deviates,
        ),
        (
            "its first connection, and its SYN went twice",
            opened(asked(answered(asked(unused()), 0)), 0),
            deviates,
        ),
        (
            "opened anew",
            opened(asked(closed().call(LISTEN, Outcome::Done)), 70_000),
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
    let again = || syn_without_answer().call(LISTEN, Outcome::Done);
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
            &[
                "window",
                "kept",
                "accepted",
                "apart",
                "narrow",
                "wide",
                "overheard",
                "options",
                "recent",
            ],
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

/// While one socket meets the last input, time passes for all: a breakage may be of any.
#[test]
fn a_known_breakage_may_be_of_a_socket_that_met_nothing() {
    let (peer, _) = ends();
    let mut tape = Tape::established().arrives("SYN", 0, 0, 0);
    if let Some(What::Arrival {
        segment: Some(segment),
        ..
    }) = tape.trace.events.last_mut().map(|event| &mut event.what)
    {
        segment.dst.addr = peer.addr;
    }
    let tape = tape.add(What::Broken("out of order".to_owned()));
    let entry = |event| Entry {
        requirement: "RFC9293-3.4-p01",
        state: "ESTABLISHED",
        event,
        instead: "broken",
        then: "'stop'\nmessage = 'of order'",
    };
    let told = |event| told(&tape.judged(&entry(event).file()));
    assert_eq!(told("on = 'time'"), "conforms; known: [0]");
    assert_eq!(told("on = 'segment'"), "broken: out of order");
}

#[test]
fn an_entry_of_held_text_covers_nothing_else() {
    let file = |then| {
        Entry {
            then,
            ..SYN_WITHOUT_ANSWER
        }
        .file()
    };
    let asked = |tape: Tape| tape.arrives("SYN", 9_000, 0, 0).waits(Micros::secs(1));
    let sent = || {
        let tape = Tape::established().call(Call::Send(10), Outcome::Sent(10));
        tape.sends("ACK", 1, 1, 5)
    };
    let rest = asked(sent().sends("PSH,ACK", 6, 1, 5));
    let held = asked(sent());
    let entry = file("'forgiven'\nheld = true");
    assert_eq!(told(&held.judged(&entry)), "conforms; known: [0]");
    let deviates = "deviates: RFC9293-3.10.7.4-4: SYN seq beyond in ESTABLISHED, silence";
    assert_eq!(told(&rest.judged(&entry)), deviates);
    let everywhere = file("'forgiven'");
    assert_eq!(told(&rest.judged(&everywhere)), "conforms; known: [0]");
    let silent = file("'ignored'\nsilently = true\nheld = true");
    let why = silent.parse::<KnownDeviations>().map(|_| ());
    let why = why.expect_err("silent entries see no text").to_string();
    assert!(why.contains("held = true"), "{why}");
}

/// What some stacks make of the options of segments that must not set them, of a window that they
/// do not hold text against, of one that they pass over: each `then` explains its trace, and
/// without it the trace deviates.
#[test]
fn how_a_segment_is_taken_otherwise() {
    const SACK: [u8; 4] = [4, 2, 1, 1];
    let stamps = |value: u8, echo: u8| [1, 1, 8, 10, 0, 0, 0, value, 0, 0, 0, echo];
    let sent = |octets| Tape::established().call(Call::Send(octets), Outcome::Sent(octets));
    let stamped = || {
        Tape::new()
            .call(LISTEN, Outcome::Done)
            .arrives("SYN", 0, 0, 0)
            .with_options(&stamps(5, 0))
            .sends("SYN,ACK", 0, 1, 0)
            .with_options(&[&tape::MSS[..], &stamps(9, 5)].concat())
            .arrives("ACK", 1, 1, 0)
            .with_options(&stamps(5, 9))
    };
    let rows = [
        (
            "wide",
            "on = 'segment', seq = ['crossing']",
            "ESTABLISHED",
            Tape::established()
                .arrives("ACK", 4_095, 1, 4)
                .sends("ACK", 1, 1, 0)
                .arrives("ACK", 1, 1, 4_094)
                .closes(1, 4_099),
            "deviates: RFC9293-3.4-p04: ACK+text seq next ack current in ESTABLISHED, ACK",
        ),
        (
            "overheard",
            "on = 'segment', set = 'SYN', clear = 'ACK'",
            "SYN-SENT",
            connecting()
                .arrives("SYN", 0, 0, 0)
                .with_options(&SACK)
                .arrives("SYN,ACK", 0, 1, 0)
                .sends("ACK", 1, 1, 0)
                .arrives("ACK", 2, 1, 1)
                .sends("ACK", 1, 1, 0)
                .with_options(&[5, 10, 0, 0, 3, 234, 0, 0, 3, 235, 1, 1]),
            "deviates: RFC9293-3.10.7.3-p06: SYN in SYN-SENT, silence",
        ),
        (
            "options",
            "on = 'segment', clear = 'SYN'",
            "ESTABLISHED",
            sent(1_461)
                .arrives("ACK", 1, 1, 0)
                .with_options(&[2, 4, 6, 0])
                .sends("PSH,ACK", 1, 1, 1_461),
            "deviates: RFC9293-MUST-16: ACK seq next ack current in ESTABLISHED, text",
        ),
        (
            "recent",
            "on = 'segment'",
            "ESTABLISHED",
            stamped()
                .arrives("ACK", 0, 1, 1)
                .with_options(&stamps(7, 9))
                .sends("ACK", 1, 1, 0)
                .with_options(&stamps(9, 7)),
            "deviates: RFC7323-4.3-p01: ACK+text seq old ack current in ESTABLISHED, ACK",
        ),
        (
            "past",
            "on = 'segment'",
            "ESTABLISHED",
            stamped()
                .arrives("ACK", 1, 1, 1)
                .with_options(&stamps(12, 9))
                .sends("ACK", 1, 2, 0)
                .with_options(&stamps(9, 5)),
            "deviates: RFC7323-4.3-p01: ACK+text seq next ack current in ESTABLISHED, ACK",
        ),
        (
            "kept",
            "on = 'segment', set = 'ACK'",
            "ESTABLISHED",
            sent(1)
                .sends("PSH,ACK", 1, 1, 1)
                .arrives("ACK", 1, 1, 0)
                .arrives("ACK", 1, 1, 0)
                .with_window(10)
                .call(Call::Send(10), Outcome::Sent(10))
                .arrives("ACK", 1, 1, 0)
                .with_window(10)
                .sends("ACK", 1, 1, 1)
                .sends("PSH,ACK", 2, 1, 10),
            "deviates: RFC9293-3.8-p02: ACK seq next ack current in ESTABLISHED, text",
        ),
        (
            // The window is the same, but the segment that it is from is another now: a third, between
            // the two, is then the newer one.
            "window",
            "on = 'segment', ack = ['new']",
            "ESTABLISHED",
            sent(1)
                .sends("PSH,ACK", 1, 1, 1)
                .arrives("ACK", 11, 1, 0)
                .with_window(10)
                .arrives("ACK", 5, 2, 0)
                .with_window(10)
                .arrives("ACK", 8, 2, 0)
                .with_window(1_000)
                .call(Call::Send(100), Outcome::Sent(100))
                .sends("PSH,ACK", 2, 1, 100),
            "deviates: RFC9293-3.8-p02: SEND in ESTABLISHED, text",
        ),
    ];
    for (then, event, state, tape, without) in rows {
        assert_eq!(told(&tape.judged("")), without, "{then}");
        let then = format!("'{then}'\nsilently = true");
        let entry = Entry {
            requirement: "RFC9293-3.4-p01",
            state,
            event,
            instead: "ACK",
            then: &then,
        };
        let file = entry.file();
        assert_eq!(told(&tape.judged(&file)), "conforms; known: [0]", "{then}");
    }
}
