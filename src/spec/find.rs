//! From what a person types to requirements: exact ids, prefixes, and guesses for a wrong id.

use super::Req;
use std::cmp::Reverse;

/// The most that [`suggestions`] gives.
const MOST: usize = 5;

/// An id is shorter than this; what is more than twice as long is not a mistyped one.
const LONGEST: usize = 32;

impl Req {
    /// The requirement with this id, in upper or lower case.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::all().find(|req| req.id().eq_ignore_ascii_case(id))
    }

    /// Every requirement whose id begins with `prefix`, in upper or lower case, in the order of
    /// the catalogue.
    ///
    /// A number is never cut: `RFC9293-3.1` selects section 3.1 and what is under it, not section
    /// 3.10, and `RFC9293-MUST-1` selects one requirement. The empty prefix selects everything.
    pub fn with_prefix(prefix: &str) -> impl Iterator<Item = Self> + '_ {
        Self::all().filter(move |req| begins_with(req.id(), prefix))
    }
}

fn begins_with(id: &str, prefix: &str) -> bool {
    let Some((head, rest)) = id.split_at_checked(prefix.len()) else {
        return false;
    };
    let cuts_a_number = head.ends_with(is_digit) && rest.starts_with(is_digit);
    head.eq_ignore_ascii_case(prefix) && !cuts_a_number
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// The requirements that someone who typed `wrong` may have meant, the likeliest first: at most
/// five, and none when nothing is near.
///
/// It forgives case, `_`, `.` or a space for `-`, a missing `RFC` or RFC number, and a few wrong
/// letters. The beginning of an id stands for the first that begin so; words that are no id stand
/// for the requirements with all of them in the title.
pub fn suggestions(wrong: &str) -> Vec<Req> {
    let wrong = wrong.trim();
    if wrong.is_empty() || wrong.len() > 2 * LONGEST {
        return Vec::new();
    }
    let guesses: [fn(&str) -> Vec<Req>; 3] = [beginning_with, spelled_like, titled];
    guesses
        .into_iter()
        .map(|guess| guess(wrong))
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

fn beginning_with(prefix: &str) -> Vec<Req> {
    Req::with_prefix(prefix).take(MOST).collect()
}

/// The requirements in whose titles every one of these words begins a word.
fn titled(words: &str) -> Vec<Req> {
    let words = words.to_ascii_lowercase();
    let is_in = |title: &str, word: &str| {
        title
            .split_whitespace()
            .map(|token| token.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()))
            .any(|token| token.starts_with(word))
    };
    Req::all()
        .filter(|req| {
            let title = req.title().to_ascii_lowercase();
            words.split_whitespace().all(|word| is_in(&title, word))
        })
        .take(MOST)
        .collect()
}

/// The requirements whose ids are spelled most like this, if any is like it at all.
fn spelled_like(wrong: &str) -> Vec<Req> {
    let wanted = letters(wrong);
    let mut near: Vec<(usize, Reverse<usize>, Req)> = Req::all()
        .filter_map(|req| {
            let id = letters(req.id());
            let common = wanted.iter().zip(&id).take_while(|(a, b)| a == b).count();
            Some((nearness(&wanted, &id)?, Reverse(common), req))
        })
        .collect();
    near.sort_unstable();
    let best = near.first().map_or(0, |&(distance, ..)| distance);
    near.into_iter()
        .take_while(|&(distance, ..)| distance == best)
        .map(|(.., req)| req)
        .take(MOST)
        .collect()
}

/// How many letters may be wrong in an id of this length.
fn tolerance(length: usize) -> usize {
    (length / 4).min(3)
}

/// The text in upper case, with one separator for all.
fn letters(text: &str) -> Vec<char> {
    text.chars()
        .map(|c| match c {
            '_' | '.' | ' ' => '-',
            other => other.to_ascii_uppercase(),
        })
        .collect()
}

/// The least distance of `wanted` to an id, to the id without `RFC`, or to what follows the RFC's
/// number; none if too many letters are wrong.
fn nearness(wanted: &[char], id: &[char]) -> Option<usize> {
    let label = id.iter().position(|&c| c == '-').map_or(0, |dash| dash + 1);
    let most = tolerance(wanted.len());
    [id, &id[3..], &id[label..]]
        .into_iter()
        .filter(|tail| tail.len().abs_diff(wanted.len()) <= most)
        .map(|tail| distance(wanted, tail))
        .filter(|&distance| distance <= most)
        .min()
}

/// How many letters must be put in, left out, changed or swapped with their neighbour to get from
/// one text to the other.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before = vec![0; to.len() + 1];
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut row = last.clone();
    for (i, &a) in from.iter().enumerate() {
        row[0] = i + 1;
        for (j, &b) in to.iter().enumerate() {
            let changed = last[j] + usize::from(a != b);
            row[j + 1] = changed.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a == to[j - 1] && from[i - 1] == b {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    last[to.len()]
}
