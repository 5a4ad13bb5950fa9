//! The requirement catalogue: complete, consistent, and findable by people.

use std::collections::BTreeSet;
use tcprove::spec::{Level, Req, Testability, req};

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
