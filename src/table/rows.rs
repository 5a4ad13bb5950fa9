//! The rows of a table: cells that come to the same, put together and named.

use std::collections::BTreeMap;

use super::events::{CALLS, ERRORS, Event, KINDS, OPTIONS, Place};
use super::explore::{Did, Explored, Explorer, NOT_OFFERED, Said};
use super::group::{Grid, Group};
use super::permitted::Branch;
use super::words;
use crate::harness::Judge;
use crate::model::State;
use crate::oracle::KnownDeviations;
use crate::scenario::Scenario;

/// The transitions of one state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// The state.
    pub state: State,
    /// The ways that lead there: a name, and the steps in notation.
    pub ways: Vec<(&'static str, &'static str)>,
    /// Whose transitions are compared, in the order of the lines of a row; nobody's unless it is
    /// a comparison.
    pub sides: Vec<String>,
    /// Ways that miss the state.
    pub missed: Vec<Missed>,
    /// The rows, in the order of RFC 9293 section 3.10.
    pub rows: Vec<Row>,
}

/// A way that misses its state: its name, and what happens instead.
pub type Missed = (&'static str, String);

/// What kind of event a row is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Section {
    /// A segment arrives.
    Segment,
    /// A segment arrives that is told by its options.
    Options,
    /// An ICMP error arrives.
    Icmp,
    /// The user calls.
    Call,
    /// A timeout.
    Timeout,
}

/// Events that come to the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// What kind of event it is.
    pub section: Section,
    /// The segment without its numbers, the call, or the step by which time passes.
    pub event: String,
    /// Where SEG.SEQ lies; empty where it does not matter.
    pub seq: String,
    /// Where SEG.ACK lies; empty where it does not matter.
    pub ack: String,
    /// The ways into the state to which the row applies; empty when it applies to all.
    pub ways: Vec<&'static str>,
    /// One of its scenarios, whole.
    pub scenario: Scenario,
    /// How many scenarios the row stands for.
    pub scenarios: usize,
    /// What they lead to.
    pub content: Content,
    /// What they lead to on the other side of a comparison.
    pub other: Option<Content>,
}

/// What an event leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    /// What the model permits.
    Permits(Vec<Branch>),
    /// What a stack did.
    Does(Did),
}

/// The model's name where stacks are named.
pub const MODEL: &str = "model";

/// One event on one way.
pub(super) type Key = (usize, Event);

/// What is to be seen in a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum View {
    Permitted,
    Done,
}

/// Makes tables of one stack.
pub struct Maker<'a> {
    explorer: Explorer<'a>,
}

impl<'a> Maker<'a> {
    /// A maker of the tables of the stack that this judge runs, which is known to deviate like
    /// this.
    pub fn new(judge: &'a mut dyn Judge, known: KnownDeviations) -> Maker<'a> {
        Maker {
            explorer: Explorer::new(judge, known),
        }
    }

    /// What the model permits in a state. The stack leads there, and declares its profile, but for
    /// what it makes of hard ICMP errors.
    pub fn permitted(&mut self, state: State) -> Table {
        self.with_errors_open(|maker| maker.table(state, View::Permitted))
    }

    /// Lets nothing depend on what the stack declares of hard ICMP errors.
    pub(super) fn with_errors_open<T>(&mut self, makes: impl FnOnce(&mut Self) -> T) -> T {
        self.explorer.errors_open = true;
        let made = makes(self);
        self.explorer.errors_open = false;
        made
    }

    /// What the stack did in a state.
    pub fn done(&mut self, state: State) -> Table {
        self.table(state, View::Done)
    }

    /// Only what the model does not permit to the stack, or does not recommend, beside what it
    /// permits. `name` is the stack's.
    pub fn against_model(&mut self, state: State, name: &str) -> Table {
        let place = Place::of(state);
        let (explored, mut missed) = self.explored(place);
        missed.retain(|(_, why)| why != NOT_OFFERED);
        let odd = explored
            .into_iter()
            .filter(|(_, explored)| explored.did.verdict != Said::Conforms)
            .filter(|(_, explored)| explored.did.was_seen());
        let cells = odd.map(|(key, explored)| {
            let permitted = Content::Permits(explored.permitted);
            (key, (Content::Does(explored.did), Some(permitted)))
        });
        let mut table = assemble(place, &cells.collect::<Vec<_>>(), missed);
        table.sides = vec![name.to_owned(), MODEL.to_owned()];
        table
    }

    /// Only what two stacks do not do alike; `names` are theirs.
    pub fn against(&mut self, other: &mut Maker, state: State, names: [&str; 2]) -> Table {
        let place = Place::of(state);
        let (ours, mut missed) = self.explored(place);
        let (theirs, missed_by_other) = other.explored(place);
        for (_, why) in &mut missed {
            *why = format!("{}: {why}", names[0]);
        }
        let of_other = |(way, why)| (way, format!("{}: {why}", names[1]));
        missed.extend(missed_by_other.into_iter().map(of_other));
        let mut cells = Vec::new();
        for (key, explored) in ours {
            let Some((_, others)) = theirs.iter().find(|(found, _)| *found == key) else {
                continue;
            };
            let both_seen = explored.did.was_seen() && others.did.was_seen();
            if both_seen && !explored.did.is_like(&others.did) {
                let other = Content::Does(others.did.clone());
                cells.push((key, (Content::Does(explored.did), Some(other))));
            }
        }
        let mut table = assemble(place, &cells, missed);
        table.sides = names.map(str::to_owned).to_vec();
        table
    }

    fn table(&mut self, state: State, view: View) -> Table {
        let place = Place::of(state);
        let (explored, missed) = self.explored(place);
        let cells = explored.into_iter().map(|(key, explored)| {
            let content = match view {
                View::Permitted => Content::Permits(explored.permitted),
                View::Done => Content::Does(explored.did),
            };
            (key, (content, None))
        });
        assemble(place, &cells.collect::<Vec<_>>(), missed)
    }

    /// Every event on every way that leads to the state, and the ways that do not.
    pub(super) fn explored(&mut self, place: &Place) -> (Vec<(Key, Explored)>, Vec<Missed>) {
        let (mut all, mut missed) = (Vec::new(), Vec::new());
        for (way, (name, _)) in place.ways.iter().enumerate() {
            for event in place.events() {
                match self.explorer.explore(place, way, event) {
                    Ok(explored) => all.push(((way, event), explored)),
                    Err(why) => {
                        if missed.iter().all(|(known, _)| known != name) {
                            missed.push((*name, why));
                        }
                    }
                }
            }
        }
        (all, missed)
    }
}

type Cell = (Key, (Content, Option<Content>));

/// Puts the cells of a state together.
fn assemble(place: &Place, cells: &[Cell], missed: Vec<Missed>) -> Table {
    let mut rows = segment_rows(place, cells, &missed);
    for option in 0..OPTIONS.len() {
        rows.extend(plain_rows(place, cells, &missed, Event::Options(option)));
    }
    for error in 0..ERRORS.len() {
        rows.extend(plain_rows(place, cells, &missed, Event::Error(error)));
    }
    for call in 0..CALLS.len() {
        rows.extend(plain_rows(place, cells, &missed, Event::Call(call)));
    }
    for timeout in place.timeouts {
        rows.extend(plain_rows(place, cells, &missed, Event::Timeout(*timeout)));
    }
    Table {
        state: place.state,
        ways: place.ways.to_vec(),
        sides: Vec::new(),
        missed,
        rows,
    }
}

fn segment_rows(place: &Place, cells: &[Cell], missed: &[Missed]) -> Vec<Row> {
    let mut results: Vec<&(Content, Option<Content>)> = Vec::new();
    let sizes = [
        KINDS.len(),
        place.seqs.len(),
        place.acks.len() + 1,
        place.ways.len(),
    ];
    let mut grid = Grid::new(sizes);
    let mut at = BTreeMap::new();
    for (n, ((way, event), content)) in cells.iter().enumerate() {
        let Event::Segment(kind, seq, ack) = *event else {
            continue;
        };
        let known = results.iter().position(|result| *result == content);
        let result = known.unwrap_or_else(|| {
            results.push(content);
            results.len() - 1
        });
        grid.set([kind, seq, ack, *way], result as u16);
        at.insert([kind, seq, ack, *way], n);
    }
    let mut groups = grid.groups();
    groups.sort_by_key(|group| order(place, group));
    let rows = groups.iter().filter_map(|group| {
        let [kinds, seqs, acks, ways] = &group.places;
        let inside = at.iter().filter(|(cell, _)| {
            kinds.contains(&cell[0])
                && seqs.contains(&cell[1])
                && acks.contains(&cell[2])
                && ways.contains(&cell[3])
        });
        let scenarios = inside.clone().count();
        let (_, first) = inside.into_iter().next()?;
        let ((way, event), _) = cells[*first];
        let (content, other) = results[usize::from(group.result)].clone();
        Some(Row {
            section: Section::Segment,
            event: words::kinds(kinds),
            seq: words::places(place.seqs, seqs),
            ack: words::acknowledgments(place.acks, acks),
            ways: some_ways(place, missed, ways),
            scenario: place.scenario(way, event),
            scenarios,
            content,
            other,
        })
    });
    rows.collect()
}

/// Rows stand in the order of the checks: first what the sequence check alone decides.
fn order(place: &Place, group: &Group) -> (bool, [Vec<usize>; 4]) {
    let [kinds, seqs, acks, ways] = group.places.clone();
    let next = seqs.iter().any(|seq| place.seqs[*seq] == "RCV.NXT");
    let any_ack = acks.len() > place.acks.len();
    let windowed = place.seqs.len() > 2;
    let sequence_check = windowed && words::part_later(&kinds) && !next && any_ack;
    (!sequence_check, [kinds, seqs, acks, ways])
}

/// Whatever has no numbers to be varied: one row, or one for each way.
fn plain_rows(place: &Place, cells: &[Cell], missed: &[Missed], event: Event) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for ((way, _), (content, other)) in cells.iter().filter(|((_, of), _)| *of == event) {
        let same = rows
            .iter_mut()
            .find(|row| row.content == *content && row.other == *other);
        if let Some(row) = same {
            row.ways.push(place.ways[*way].0);
            row.scenarios += 1;
            continue;
        }
        let (before, step) = place.steps(event);
        rows.push(Row {
            section: match event {
                Event::Segment(..) => Section::Segment,
                Event::Options(_) => Section::Options,
                Event::Error(_) => Section::Icmp,
                Event::Call(_) => Section::Call,
                Event::Timeout(_) => Section::Timeout,
            },
            event: words::plain(event, before, &step),
            seq: String::new(),
            ack: String::new(),
            ways: vec![place.ways[*way].0],
            scenario: place.scenario(*way, event),
            scenarios: 1,
            content: content.clone(),
            other: other.clone(),
        });
    }
    for row in &mut rows {
        if row.ways.len() + missed.len() == place.ways.len() {
            row.ways.clear();
        }
    }
    rows
}

/// The names of these ways; none when it is all of them that lead to the state.
fn some_ways(place: &Place, missed: &[Missed], ways: &[usize]) -> Vec<&'static str> {
    if ways.len() + missed.len() == place.ways.len() {
        return Vec::new();
    }
    ways.iter().map(|way| place.ways[*way].0).collect()
}
