//! The requirement catalogue: complete, consistent, and findable by people.

use std::collections::BTreeSet;
use tcprove::spec::{Level, Origin, Req, RequirementSet, Testability, explain, req, suggestions};

fn count(wanted: impl Fn(Req) -> bool) -> usize {
    Req::all().filter(|&req| wanted(req)).count()
}

#[test]
fn it_holds_the_counted_number_of_each_level() {
    let rows = [
        (Level::Must, "MUST", 225),
        (Level::MustNot, "MUST NOT", 34),
        (Level::Should, "SHOULD", 94),
        (Level::ShouldNot, "SHOULD NOT", 8),
        (Level::May, "MAY", 36),
    ];
    for (level, keyword, number) in rows {
        assert_eq!(level.to_string(), keyword);
        assert_eq!(count(|req| req.level() == level), number, "{level}");
    }
    assert_eq!(Req::COUNT, rows.iter().map(|row| row.2).sum::<usize>());
    assert_eq!(Req::all().len(), Req::COUNT);
}

#[test]
fn levels_are_absolute_recommended_or_free() {
    let of = |wanted: fn(Level) -> bool| -> Vec<Level> {
        Level::ALL
            .into_iter()
            .filter(|&level| wanted(level))
            .collect()
    };
    assert_eq!(of(Level::is_absolute), [Level::Must, Level::MustNot]);
    assert_eq!(of(Level::is_recommended), [Level::Should, Level::ShouldNot]);
}

#[test]
fn it_holds_the_counted_number_of_each_testability_and_priority() {
    for (testability, number) in [
        (Testability::Easy, 231),
        (Testability::Timing, 92),
        (Testability::NeedsApi, 63),
        (Testability::Untestable, 11),
    ] {
        let found = count(|req| req.testability() == testability);
        assert_eq!(found, number, "{testability:?}");
    }
    for (priority, number) in [(1, 136), (2, 120), (3, 141)] {
        assert_eq!(
            count(|req| req.priority() == priority),
            number,
            "priority {priority}"
        );
    }
}

#[test]
fn ids_are_unique_and_constants_are_named_by_them() {
    let ids: BTreeSet<&str> = Req::all().map(Req::id).collect();
    assert_eq!(ids.len(), Req::COUNT);
    for req in Req::all() {
        let name = req.id().to_ascii_uppercase().replace(['-', '.'], "_");
        assert_eq!(req.name(), name, "{req}");
    }
}

/// A constant finds its own row: one from the start and one from the end of every table file.
#[test]
fn constants_stand_for_the_row_of_their_name() {
    let rows = [
        (req::RFC9293_MUST_1, "RFC9293-MUST-1"),
        (req::RFC9293_MUST_4, "RFC9293-MUST-4"),
        (req::RFC9293_MUST_40, "RFC9293-MUST-40"),
        (req::RFC9293_MUST_69, "RFC9293-MUST-69"),
        (req::RFC9293_SHLD_1, "RFC9293-SHLD-1"),
        (req::RFC9293_SHLD_14, "RFC9293-SHLD-14"),
        (req::RFC9293_MAY_18, "RFC9293-MAY-18"),
        (req::RFC9293_3_1_P01, "RFC9293-3.1-p01"),
        (req::RFC9293_3_8_P03, "RFC9293-3.8-p03"),
        (req::RFC9293_3_10_1_P01, "RFC9293-3.10.1-p01"),
        (req::RFC9293_3_10_6_P01, "RFC9293-3.10.6-p01"),
        (req::RFC9293_3_10_7_1_P01, "RFC9293-3.10.7.1-p01"),
        (req::RFC9293_3_10_7_4_P01, "RFC9293-3.10.7.4-p01"),
        (req::RFC9293_3_10_8_P03, "RFC9293-3.10.8-p03"),
        (req::RFC5961_3_2_1, "RFC5961-3.2-1"),
        (req::RFC5961_3_2_4, "RFC5961-3.2-4"),
        (req::RFC5961_7_2, "RFC5961-7-2"),
        (req::RFC7323_2_2_1, "RFC7323-2.2-1"),
        (req::RFC7323_4_3_P01, "RFC7323-4.3-p01"),
        (req::RFC7323_A_P01, "RFC7323-A-p01"),
        (req::RFC6298_2_1, "RFC6298-2-1"),
        (req::RFC6298_5_6, "RFC6298-5-6"),
        (req::RFC5681_2_1, "RFC5681-2-1"),
        (req::RFC5681_4_2_4, "RFC5681-4.2-4"),
        (req::RFC6928_2_2, "RFC6928-2-2"),
        (req::RFC2018_2_1, "RFC2018-2-1"),
        (req::RFC6675_6_1, "RFC6675-6-1"),
        (req::RFC6528_3_1, "RFC6528-3-1"),
        (req::RFC6429_4_1, "RFC6429-4-1"),
        (req::RFC3168_6_1_1_1, "RFC3168-6.1.1-1"),
        (req::RFC3168_6_1_6_1, "RFC3168-6.1.6-1"),
    ];
    for (req, id) in rows {
        assert_eq!(req.id(), id);
        assert_eq!(req.to_string(), id);
        assert_eq!(format!("{req:?}"), id);
    }
}

#[test]
fn appendix_b_is_complete() {
    for (label, last) in [("MUST", 69), ("SHLD", 31), ("MAY", 18), ("REC", 1)] {
        let prefix = format!("RFC9293-{label}-");
        assert_eq!(Req::with_prefix(&prefix).count(), last, "{label}");
        for number in 1..=last {
            let id = format!("{prefix}{number}");
            let found = Req::from_id(&id).unwrap_or_else(|| panic!("{id} is missing"));
            assert_eq!(found.origin(), Origin::Label, "{id}");
        }
    }
    assert_eq!(count(|req| req.origin() == Origin::Label), 119);
}

#[test]
fn an_id_tells_rfc_section_and_origin() {
    let rows = [
        (req::RFC9293_SHLD_14, 9293, "3.8.6", Origin::Label),
        (req::RFC9293_3_10_7_4_P01, 9293, "3.10.7.4", Origin::Prose),
        (req::RFC5961_3_2_4, 5961, "3.2", Origin::Keyword),
        (req::RFC1337_3_P01, 1337, "3", Origin::Prose),
        (req::RFC7323_A_P01, 7323, "A", Origin::Prose),
    ];
    for (req, rfc, section, origin) in rows {
        assert_eq!(
            (req.rfc(), req.section(), req.origin()),
            (rfc, section, origin),
            "{req}"
        );
    }
    for req in Req::all().filter(|req| req.origin() != Origin::Label) {
        let prefix = format!("RFC{}-{}", req.rfc(), req.section());
        assert!(
            Req::with_prefix(&prefix).any(|found| found == req),
            "{req} is not in {prefix}"
        );
    }
}

#[test]
fn every_id_is_found_in_either_case_and_nothing_else_is() {
    for req in Req::all() {
        assert_eq!(Req::from_id(req.id()), Some(req));
        assert_eq!(Req::from_id(&req.id().to_ascii_lowercase()), Some(req));
    }
    for wrong in [
        "",
        "RFC9293",
        "RFC9293-MUST-70",
        "RFC9293-MUST-4 ",
        "MUST-4",
        "é",
    ] {
        assert_eq!(Req::from_id(wrong), None, "{wrong:?}");
    }
}

#[test]
fn a_prefix_never_cuts_a_number() {
    let rows = [
        ("", 397),
        ("RFC9293", 226),
        ("rfc9293-must-1", 1),
        ("RFC9293-MUST-", 69),
        ("RFC9293-M", 87),
        ("RFC9293-3.10.7.4", 39),
        ("RFC9293-3.10.7.4-p", 32),
        ("RFC9293-3.1", 1),
        ("RFC5961-3.2", 6),
        ("RFC9", 0),
        ("nonsense", 0),
        ("RFC9293-MUST-4 and more", 0),
        ("é", 0),
    ];
    for (prefix, number) in rows {
        assert_eq!(Req::with_prefix(prefix).count(), number, "{prefix:?}");
    }
}

#[test]
fn a_wrong_id_brings_the_right_one_to_mind() {
    let rows = [
        ("MUST-4", req::RFC9293_MUST_4),
        ("must4", req::RFC9293_MUST_4),
        ("RFC9293_MUST_4", req::RFC9293_MUST_4),
        ("9293-MUST-4", req::RFC9293_MUST_4),
        ("RFC9293-MSUT-4", req::RFC9293_MUST_4),
        ("RFC793-MUST-4", req::RFC9293_MUST_4),
        ("RFC9293-SHOULD-14", req::RFC9293_SHLD_14),
        ("RFC9293-MUST-71", req::RFC9293_MUST_7),
        ("rfc5961 3.2.4", req::RFC5961_3_2_4),
        ("RFC5961-3.2", req::RFC5961_3_2_1),
        ("3.10.7.4-p01", req::RFC9293_3_10_7_4_P01),
        ("ack delay", req::RFC9293_MUST_40),
    ];
    for (wrong, meant) in rows {
        assert_eq!(suggestions(wrong).first(), Some(&meant), "{wrong:?}");
    }
    for req in Req::all().step_by(7) {
        assert_eq!(
            suggestions(req.name()).first(),
            Some(&req),
            "{}",
            req.name()
        );
    }
}

#[test]
fn suggestions_are_few_and_only_for_what_is_near() {
    assert_eq!(suggestions("RFC9293").len(), 5);
    let long = "RFC9293-MUST-4".repeat(1000);
    for far in ["", "  ", "xyzzy", "é€", "-", &long] {
        assert_eq!(suggestions(far), [], "{far:?}");
    }
}

#[test]
fn explanations_are_plain_pages_of_80_columns() {
    for req in Req::all() {
        let page = explain(req);
        for line in page.lines() {
            assert!(line.len() <= 80, "{req}: {line:?}");
            assert!(
                line.is_ascii() && line == line.trim_end(),
                "{req}: {line:?}"
            );
        }
        let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [req.id(), req.level().keyword(), req.title()] {
            assert!(words.contains(part), "{req} lacks {part:?}");
        }
        for part in [req.stimulus(), req.expected(), req.violation()] {
            assert!(words.contains(part), "{req} lacks {part:?}");
        }
    }
}

#[test]
fn an_explanation_reads_well() {
    let page = "\
RFC5961-3.2-4 (MUST)
In-window inexact RST draws a challenge ACK

Stimulus    RST at RCV.NXT+k, 0<k<RCV.WND
Expected    Empty ACK with SND.NXT/RCV.NXT
Violation   Reset or silence (rate limit aside)

Binds       the receiver
Shows       on the wire
Testable    from outside, easily
Priority    1 of 3
Stated in   RFC 5961, section 3.2, in the capitalised words of RFC 2119
            https://www.rfc-editor.org/rfc/rfc5961.html#section-3.2
";
    assert_eq!(explain(req::RFC5961_3_2_4), page);
}

/// The stack and the peer have one name each, and every requirement that a text names exists.
#[test]
fn texts_speak_our_words_and_name_only_what_exists() {
    for req in Req::all() {
        for text in [req.title(), req.stimulus(), req.expected(), req.violation()] {
            assert_eq!(
                text.split_whitespace().collect::<Vec<_>>().join(" "),
                text,
                "{req}"
            );
            for word in text.split(|c: char| !c.is_ascii_alphanumeric() && !"-.".contains(c)) {
                assert!(!["SUT", "T"].contains(&word), "{req}: {text}");
                let id = word.trim_end_matches('.');
                let is_name = id.starts_with("MUST-") || id.starts_with("SHLD-");
                assert!(!is_name, "{req} names {id} without its RFC");
                if id.starts_with("RFC") && id.contains('-') {
                    assert!(Req::from_id(id).is_some(), "{req} names {id}");
                }
            }
        }
    }
}

#[test]
fn a_set_counts_what_was_put_in() {
    let mut seen = RequirementSet::new();
    assert!(seen.is_empty());
    assert!(seen.insert(req::RFC9293_MUST_1));
    assert!(seen.insert(req::RFC3168_6_1_6_1));
    assert!(!seen.insert(req::RFC9293_MUST_1), "it was there already");
    assert_eq!(seen.len(), 2);
    assert!(seen.contains(req::RFC3168_6_1_6_1) && !seen.contains(req::RFC9293_MUST_2));
    assert_eq!(format!("{seen:?}"), "{RFC9293-MUST-1, RFC3168-6.1.6-1}");

    let more: RequirementSet = [req::RFC9293_MUST_2, req::RFC9293_MUST_1]
        .into_iter()
        .collect();
    let both = seen.union(&more);
    let first = [
        req::RFC9293_MUST_1,
        req::RFC9293_MUST_2,
        req::RFC3168_6_1_6_1,
    ];
    assert_eq!(both.iter().collect::<Vec<_>>(), first);
    assert_eq!(
        both.difference(&seen).iter().collect::<Vec<_>>(),
        [req::RFC9293_MUST_2]
    );
    assert!(
        seen.absorb(&more) && !seen.absorb(&more),
        "only the first time brings news"
    );
    assert_eq!(seen, both);
}

#[test]
fn the_full_set_holds_each_requirement_once() {
    let full = RequirementSet::full();
    assert_eq!(full.len(), Req::COUNT);
    assert!(full.iter().eq(Req::all()));
    assert!(full.difference(&full).is_empty());
}
