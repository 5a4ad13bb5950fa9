//! Unit tests of conversations: their text, and that they are repeatable.

use super::*;
use crate::oracle::KnownDeviations;
use crate::stack::reference::Reference;

#[test]
fn a_text_gives_the_conversation_back() {
    for index in 0..500 {
        let conversation = generate(1, index);
        let text = conversation.to_string();
        assert_eq!(text.parse(), Ok(conversation), "{text}");
    }
}

#[test]
fn the_same_conversation_gives_the_same_trace() {
    let mut judge = Judge::new(Reference::new, KnownDeviations::default());
    for index in 0..5 {
        let conversation = generate(1, index);
        let first = judge.judge(&conversation);
        let trace = judge.trace().events.clone();
        assert_eq!(judge.judge(&conversation), first);
        assert_eq!(judge.trace().events, trace);
    }
}
