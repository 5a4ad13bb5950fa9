//! Known deviations that ask what came instead: which segment was answered, and what was special
//! about the answer.

use super::*;

const SACK_PERMITTED: [u8; 8] = [2, 4, 5, 180, 1, 1, 4, 2];

/// An options field with these blocks of SACK.
fn sack(blocks: &[(u32, u32)]) -> Vec<u8> {
    let edges = blocks.iter().flat_map(|(from, to)| [from, to]);
    let edges = edges.flat_map(|edge| (IRS + edge).to_be_bytes());
    let head = [1, 1, 5, 2 + 8 * blocks.len() as u8];
    head.into_iter().chain(edges).collect()
}

/// Both sides have agreed on SACK, and ten octets ahead of a gap were told of.
fn told_of_a_gap() -> Tape {
    Tape::new()
        .call(LISTEN, Outcome::Done)
        .arrives("SYN", 0, 0, 0)
        .with_options(&SACK_PERMITTED)
        .sends("SYN,ACK", 0, 1, 0)
        .with_options(&SACK_PERMITTED)
        .arrives("ACK", 1, 1, 0)
        .arrives("ACK", 11, 1, 10)
        .sends("ACK", 1, 1, 0)
        .with_options(&sack(&[(11, 21)]))
}

/// What is refused has come after what lies ahead of a gap, so the blocks need not begin with that.
#[test]
fn a_segment_that_is_refused_is_the_one_that_is_answered() {
    let tape = |answered: bool| {
        let tape = told_of_a_gap()
            // For this one there is no memory.
            .arrives("ACK", 31, 1, 10);
        let tape = match answered {
            true => tape,
            false => tape.arrives("ACK", 1, 0, 10),
        };
        tape.sends("ACK", 1, 1, 0).with_options(&sack(&[(11, 21)]))
    };
    let entry = Entry {
        requirement: "RFC9293-3.10.7.4-p23",
        state: "ESTABLISHED",
        event: "on = 'segment', set = 'ACK', ack = ['old', 'ancient']",
        instead: "ACK",
        then: "'refused'",
    };
    for silently in ["", "\nsilently = true"] {
        let then = format!("{}{silently}", entry.then);
        let file = Entry {
            then: &then,
            ..entry
        };
        assert_eq!(
            told(&tape(false).judged(&file.file())),
            "conforms; missed: RFC5681-3.2-1: ACK+text seq ahead ack current in ESTABLISHED, \
             silence; known: [0]",
            "{then}"
        );
        assert_eq!(
            told(&tape(true).judged(&file.file())),
            "deviates: RFC2018-4-4: ACK+text seq ahead ack current in ESTABLISHED, ACK"
        );
    }
}

/// What may be asked of the segment that came instead: a neighbour that is otherwise is not covered.
#[test]
fn an_entry_may_ask_for_what_is_special_about_the_segment_that_came() {
    let reports = |blocks: &[(u32, u32)]| {
        told_of_a_gap()
            .arrives("ACK", 1, 1, 10)
            .sends("ACK", 1, 21, 0)
            .with_options(&sack(blocks))
    };
    let dropped = |open: bool| {
        let tape = Tape::established().arrives("ACK", 1, 1, 10);
        match open {
            true => tape.sends("ACK", 1, 1, 0),
            false => tape.closes(1, 1),
        }
    };
    let counted = |fin: bool| match fin {
        true => Tape::established()
            .arrives("FIN,ACK", 1, 1, 0)
            .sends("ACK", 1, 3, 0),
        false => Tape::established()
            .arrives("ACK", 1, 1, 1)
            .sends("ACK", 1, 3, 0),
    };
    let blocks = Entry {
        requirement: "RFC2018-3-p01",
        state: "ESTABLISHED",
        event: "on = 'segment', set = 'ACK'",
        instead: "ACK",
        then: "'pardoned'\ntold = ['came']",
    };
    let shut = Entry {
        requirement: "RFC9293-3.10.7.4-p23",
        then: "'refused'\ntold = ['shut']",
        ..blocks
    };
    let beyond = Entry {
        requirement: "RFC9293-3.4-p04",
        then: "'stop'\ntold = ['beyond-fin']",
        ..blocks
    };
    for (entry, covered, neighbour) in [
        (blocks, reports(&[(11, 21), (11, 21)]), reports(&[(41, 51)])),
        (shut, dropped(false), dropped(true)),
        (beyond, counted(true), counted(false)),
    ] {
        let file = entry.file();
        let verdict = told(&covered.judged(&file));
        assert!(verdict.starts_with("conforms"), "{file}{verdict}");
        assert!(verdict.ends_with("known: [0]"), "{file}{verdict}");
        let verdict = told(&neighbour.judged(&file));
        let deviates = format!("deviates: {}", entry.requirement);
        assert!(verdict.starts_with(&deviates), "{file}{verdict}");
        // Without the word it would be covered too.
        let wide = entry.then.split('\n').next().unwrap_or_default();
        let wide = Entry {
            then: wide,
            ..entry
        };
        let verdict = told(&neighbour.judged(&wide.file()));
        assert!(verdict.ends_with("known: [0]"), "{file}{verdict}");
    }
    let misspelt = Entry {
        then: "'stop'\ntold = ['shot']",
        ..beyond
    };
    let refused = misspelt.file().parse::<KnownDeviations>();
    let message = refused.expect_err("no such word").to_string();
    assert!(message.contains("`shot`; there are: shut"), "{message}");
}
