//! From what a person types to requirements: exact ids, prefixes, and guesses for a wrong id.

use super::Req;

/// The most that [`suggestions`] gives.
const MOST: usize = 5;

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
/// It forgives case, `_` or `.` for `-`, a missing `RFC` or RFC number, and a few wrong letters.
pub fn suggestions(wrong: &str) -> Vec<Req> {
    let wanted = letters(wrong);
    if wanted.is_empty() || wanted.len() > 2 * LONGEST {
        return Vec::new();
    }
    let mut near: Vec<(usize, usize, Req)> = Req::all()
        .filter_map(|req| {
            let (distance, common) = nearness(&wanted, &letters(req.id()));
            (distance <= tolerance(wanted.len())).then_some((distance, common, req))
        })
        .collect();
    near.sort_by_key(|&(distance, common, req)| (distance, std::cmp::Reverse(common), req));
    let best = near.first().map_or(0, |&(distance, ..)| distance);
    near.into_iter()
        .take_while(|&(distance, ..)| distance == best)
        .map(|(.., req)| req)
        .take(MOST)
        .collect()
}

/// An id is shorter than this; what is far longer is not a mistyped one.
const LONGEST: usize = 32;

/// How many letters may be wrong in an id of this length.
fn tolerance(length: usize) -> usize {
    (length / 4).min(3)
}

/// The text in upper case, with one separator for all.
fn letters(text: &str) -> Vec<char> {
    text.trim()
        .chars()
        .map(|c| match c {
            '_' | '.' | ' ' => '-',
            other => other.to_ascii_uppercase(),
        })
        .collect()
}

/// The least distance of `wanted` to an id, or to the id without `RFC`, or to what follows the
/// RFC's number; and how many letters they begin with in common.
fn nearness(wanted: &[char], id: &[char]) -> (usize, usize) {
    let label = id.iter().position(|&c| c == '-').map_or(0, |dash| dash + 1);
    let whole = distance(wanted, id);
    let least = [&id[3..], &id[label..]]
        .into_iter()
        .map(|tail| distance(wanted, tail))
        .fold(whole, usize::min);
    let common = wanted.iter().zip(id).take_while(|(a, b)| a == b).count();
    (least, common)
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
