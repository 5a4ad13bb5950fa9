//! What the two users have to have got when a conversation is over.
//!
//! Every octet once and in order at both; or the connection has failed, and both know of it. And it
//! has to come to one of the two: once the link is good nothing waits for ever.

use super::Closes;
use super::room::Room;
use super::user::{User, Wrong};
use crate::spec::{Req, req};
use crate::stack::Profile;
use crate::time::{Instant, Micros};

/// Something that a user did not get, or should not have got.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Complaint {
    /// The requirement that is not met.
    pub requirement: Req,
    /// When it showed.
    pub at: Instant,
    /// The last event of the trace by then.
    pub event: usize,
    /// What is wrong, by which it is known again.
    pub what: &'static str,
    /// What is wrong, with numbers.
    pub detail: String,
}

/// In real time nobody waits for more than that: links are good after a few seconds there, and no
/// timeout has doubled often by then.
const PATIENCE_LIVE: Micros = Micros::secs(60);

/// How long nothing need come forward: time for several retransmissions at the longest interval.
pub(super) fn patience(profile: &Profile, live: bool) -> Micros {
    match live {
        true => PATIENCE_LIVE,
        false => Micros::secs(900).max(profile.rto_max.times(4)),
    }
}

/// Looks at the users after something has happened, and says whether the conversation is over.
pub(super) fn judge(room: &mut Room, events: usize, patience: Micros) -> bool {
    let mut found: Vec<(Req, &'static str, String)> = Vec::new();
    for (user, whose) in room.users.iter().zip(["the stack's", "the peer's"]) {
        match user.wrong {
            Some(Wrong::Octet(at)) => found.push((
                req::RFC9293_2_2_P01,
                "a user reads another octet than was written",
                format!("{whose} user reads another octet at {at} of the stream"),
            )),
            Some(Wrong::More) => found.push((
                req::RFC9293_2_2_P01,
                "a user reads more than was written",
                format!("{whose} user has read {} octets", user.read),
            )),
            None => {}
        }
    }
    let [mine, other] = &room.users;
    let done = mine.is_done() && other.is_done();
    let since = room.progress.max(Instant::START + room.of.link.good);
    let stalled = !done && room.now >= since + patience;
    if stalled && !is_excused(room) {
        found.push((
            req::RFC9293_2_2_P01,
            standstill(mine, other),
            format!(
                "nothing has come forward since {since}: the stack's user {}, the peer's {}",
                told(mine),
                told(other)
            ),
        ));
    }
    if done {
        for (reader, writer, whose) in [(mine, other, "the stack's"), (other, mine, "the peer's")] {
            let lost = reader.ended && reader.read < writer.written;
            if lost {
                found.push((
                    req::RFC9293_2_2_P01,
                    "a user is told of the end before it has read all",
                    format!(
                        "{whose} user has read {} octets of {}",
                        reader.read, writer.written
                    ),
                ));
            }
            if reader.ended && !writer.closed && !writer.aborted {
                found.push((
                    req::RFC9293_3_6_P06,
                    "a user is told of an end that there was none of",
                    format!("{whose} user reads the end, and the other has not closed"),
                ));
            }
        }
    }
    let over = done || stalled || !found.is_empty();
    let at = room.now;
    let complaints = found
        .into_iter()
        .map(|(requirement, what, detail)| Complaint {
            requirement,
            at,
            event: events.saturating_sub(1),
            what,
            detail,
        });
    room.outcome.complaints.extend(complaints);
    over
}

/// Where one side is gone, the other need not learn of it when it has nothing more to say.
fn is_excused(room: &Room) -> bool {
    let [mine, other] = &room.users;
    let need_not_learn = |user: &User| user.closed || !user.alive;
    (mine.is_gone() && need_not_learn(other))
        || (other.is_gone() && need_not_learn(mine))
        // A host that has crashed takes its addresses with it.
        || (room.of.closes == Closes::PeerCrashes && mine.closed)
}

/// What is stood still before.
fn standstill(mine: &User, other: &User) -> &'static str {
    let all = |reader: &User, writer: &User| reader.read == writer.written;
    match () {
        () if mine.is_gone() => "the peer's user never learns that the connection is gone",
        () if other.is_gone() => "the stack's user never learns that the connection is gone",
        () if !(mine.alive && other.alive) => "no connection comes about",
        () if !mine.has_written_all() || !all(other, mine) => {
            "what the stack's user writes comes to a standstill"
        }
        () if !other.has_written_all() || !all(mine, other) => {
            "what the peer's user writes comes to a standstill"
        }
        () if mine.closed && !other.ended => "the stack's FIN comes to a standstill",
        () if other.closed && !mine.ended => "the peer's FIN comes to a standstill",
        () => "it comes to a standstill",
    }
}

/// What a user has come to.
fn told(user: &User) -> String {
    let mut text = format!("has written {} and read {}", user.written, user.read);
    for (is, what) in [
        (user.ended, ", read the end"),
        (user.closed, ", closed"),
        (user.aborted, ", aborted"),
    ] {
        if is {
            text.push_str(what);
        }
    }
    if let Some(error) = user.failed {
        text.push_str(&format!(", was told that {error}"));
    }
    text
}
