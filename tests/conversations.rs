//! Conversations: a few by name, each of a kind, on every stack of this process; then some that are
//! generated; then that what goes wrong in one is told.
#![cfg(feature = "cli")]

use tcprove::cli::{NO_TALKER, StackEntry, built_in};
use tcprove::conversation::{
    Conversation, Flaw, Judge, Judged, MakeStack, Talker, generate, judge,
};
use tcprove::oracle::KnownDeviations;
use tcprove::stack::reference::{Fault, Reference};
use tcprove::trace::{Trace, What};

/// One of each kind. A name, and what is said beside the size.
const KINDS: &[(&str, &str)] = &[
    ("nothing", "octets=0"),
    ("one way", "octets=40000"),
    ("the other way", "peer.octets=40000"),
    ("both ways", "octets=40000 peer.octets=40000 closes=both"),
    (
        "half closed",
        "octets=20000 peer.octets=500 peer.rest=20000",
    ),
    (
        "half closed by the peer",
        "closes=peer octets=500 rest=20000 peer.octets=20000",
    ),
    (
        "simultaneous open",
        "opens=both octets=3000 peer.octets=3000",
    ),
    (
        "from here",
        "opens=stack octets=30000 peer.octets=30000 ip=6",
    ),
    ("loss", "octets=60000 peer.octets=60000 loses=10 good=1h"),
    (
        "order",
        "octets=60000 peer.octets=60000 reorders=5 repeats=5",
    ),
    ("corruption", "octets=30000 peer.octets=30000 corrupts=8"),
    ("intruder", "octets=30000 peer.octets=30000 intrudes=3"),
    (
        "everything",
        "octets=30000 peer.octets=30000 loses=15 reorders=15 repeats=15 corrupts=15 intrudes=15",
    ),
    (
        "large windows",
        "octets=600000 peer.octets=600000 rcv=200000 snd=200000 peer.rcv=200000 peer.snd=200000 delay=100ms",
    ),
    (
        "wrap",
        "octets=200000 peer.octets=200000 wraps=yes peer.wraps=yes loses=30",
    ),
    (
        "closed window",
        "octets=20000 peer.octets=20000 pause=20s peer.pause=20s",
    ),
    (
        "dark",
        "octets=20000 peer.octets=20000 delay=50ms dark=300ms until=20s",
    ),
    (
        "abort",
        "closes=stack-aborts octets=20000 peer.octets=20000",
    ),
    (
        "abort by the peer",
        "closes=peer-aborts octets=20000 peer.octets=20000",
    ),
    (
        "crash",
        "closes=peer-crashes octets=20000 peer.octets=20000",
    ),
];

/// How many more are generated for a stack.
const GENERATED: u64 = 40;

fn conversation(text: &str) -> Conversation {
    format!("talk {text}").parse().expect("it is one")
}

/// The stacks of this process and build.
fn stacks() -> Vec<StackEntry> {
    let mut stacks = built_in();
    stacks.retain(|stack| !std::ptr::eq(stack.talker, NO_TALKER) && (stack.talker)().is_ok());
    stacks
}

fn talker(stack: &StackEntry) -> Talker {
    let known: KnownDeviations = stack.known.parse().expect("the file is right");
    let make: &'static MakeStack<'static> = stack.talker;
    judge(make, known).expect("it runs here")
}

/// What is wrong with a conversation and fails a run.
fn wrong(judged: &Judged) -> Vec<Flaw> {
    let mut flaws = judged.flaws();
    flaws.retain(|flaw| flaw.counts(false));
    flaws
}

/// So many octets the stack's user has read of the peer's stream, and the peer has sent.
fn octets_read(trace: &Trace) -> usize {
    let read = trace.events.iter().map(|event| match &event.what {
        What::Call { text, .. } => text.len(),
        _ => 0,
    });
    read.sum()
}

#[test]
fn one_of_each_kind_goes_as_it_may_on_every_stack() {
    let stacks = stacks();
    assert!(stacks.iter().any(|stack| stack.name == "reference"));
    for stack in &stacks {
        let mut talker = talker(stack);
        for (name, text) in KINDS {
            let conversation = conversation(text);
            let judged = talker.judge(&conversation);
            let flaws = wrong(&judged);
            assert_eq!(flaws, [], "{}: {name}: {conversation}", stack.name);
            let whole = conversation.peer.octets + conversation.peer.rest;
            let read = octets_read(talker.trace());
            if judged.known.is_empty() && !text.contains("aborts") && !text.contains("crashes") {
                assert_eq!(
                    read, whole as usize,
                    "{}: {name}: {conversation}",
                    stack.name
                );
            }
        }
    }
}

#[test]
fn generated_conversations_go_as_they_may() {
    for stack in &stacks() {
        let mut talker = talker(stack);
        for index in 0..GENERATED {
            let conversation = generate(2, index);
            if conversation.stack.octets.max(conversation.peer.octets) > 300_000 {
                continue;
            }
            let flaws = wrong(&talker.judge(&conversation));
            assert_eq!(flaws, [], "{}: {conversation}", stack.name);
        }
    }
}

/// What a conversation says of a fault of the reference stack.
fn told(fault: Fault, text: &str) -> Vec<Flaw> {
    let make = move || Reference::with_fault(fault);
    let mut judge = Judge::new(make, KnownDeviations::default());
    wrong(&judge.judge(&conversation(text)))
}

#[test]
fn faults_are_caught_in_a_conversation_too() {
    let rows = [
        (Fault::TextDropped, "peer.octets=3000 closes=peer"),
        (Fault::WrapForgotten, "peer.octets=100000 peer.wraps=yes"),
        (Fault::HeldForgotten, "peer.octets=60000 loses=10 good=1h"),
        (Fault::FinDropped, "peer.octets=3000 closes=peer"),
        (Fault::EndUntold, "peer.octets=3000 closes=peer"),
    ];
    for (fault, text) in rows {
        let told = told(fault, text);
        assert!(!told.is_empty(), "{}: {text}", fault.name());
    }
}
