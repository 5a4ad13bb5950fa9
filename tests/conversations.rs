//! Conversations: a few by name, each of a kind, on every stack of this process; then some that are
//! generated; then that what goes wrong in one is told.
#![cfg(feature = "cli")]

mod command;

use std::fs;
use std::path::{Path, PathBuf};

use command::ran;
use tcprove::cli::{NO_TALKER, StackEntry, built_in};
use tcprove::conversation::{
    Conversation, Flaw, Judge, Judged, MakeStack, Talker, generate, judge,
};
use tcprove::oracle::KnownDeviations;
use tcprove::spec::{Req, req};
use tcprove::stack::Stack;
use tcprove::stack::reference::{Fault, Reference};
use tcprove::trace::{Trace, What};

/// Each a test by its name: a conversation of that kind goes as it may on every stack.
macro_rules! kinds {
    ($($name:ident: $text:literal;)*) => {
        const KINDS: &[&str] = &[$($text),*];

        $(#[test]
        fn $name() {
            goes_as_it_may_everywhere($text);
        })*
    };
}

kinds! {
    nothing: "octets=0";
    one_way: "octets=40000";
    the_other_way: "peer.octets=40000";
    both_ways: "octets=40000 peer.octets=40000 closes=both";
    half_closed: "octets=20000 peer.octets=500 peer.rest=20000";
    half_closed_by_the_peer: "closes=peer octets=500 rest=20000 peer.octets=20000";
    simultaneous_open: "opens=both octets=3000 peer.octets=3000";
    from_here: "opens=stack octets=30000 peer.octets=30000 ip=6";
    loss: "octets=60000 peer.octets=60000 loses=10 good=1h";
    order: "octets=60000 peer.octets=60000 reorders=5 repeats=5";
    corruption: "octets=30000 peer.octets=30000 corrupts=8";
    intruder: "octets=30000 peer.octets=30000 intrudes=3";
    everything: "octets=30000 peer.octets=30000 loses=15 reorders=15 repeats=15 corrupts=15 intrudes=15";
    large_windows: "octets=600000 peer.octets=600000 rcv=200000 snd=200000 peer.rcv=200000 peer.snd=200000 delay=100ms";
    wrap: "octets=200000 peer.octets=200000 wraps=yes peer.wraps=yes loses=30";
    closed_window: "octets=20000 peer.octets=20000 pause=20s peer.pause=20s";
    dark: "octets=20000 peer.octets=20000 delay=50ms dark=300ms until=20s";
    abort: "closes=stack-aborts octets=20000 peer.octets=20000";
    abort_by_the_peer: "closes=peer-aborts octets=20000 peer.octets=20000";
    crash: "closes=peer-crashes octets=20000 peer.octets=20000";
}

/// How many more are generated for a stack.
const GENERATED: u64 = 40;

fn conversation(text: &str) -> Conversation {
    format!("talk {text}").parse().expect("it is one")
}

/// The stacks of this process and build; in real time a conversation waits, and `tests/linux.rs` has
/// some.
fn stacks() -> Vec<StackEntry> {
    let mut stacks = built_in();
    stacks.retain(|stack| {
        let here = |mut made: Box<dyn Stack>| made.clock().is_none();
        !std::ptr::eq(stack.talker, NO_TALKER) && (stack.talker)().is_ok_and(here)
    });
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

fn goes_as_it_may_everywhere(text: &str) {
    let conversation = conversation(text);
    for stack in &stacks() {
        let mut talker = talker(stack);
        let judged = talker.judge(&conversation);
        assert_eq!(wrong(&judged), [], "{}: {conversation}", stack.name);
        let cut_short = text.contains("aborts") || text.contains("crashes");
        if judged.known.is_empty() && !cut_short {
            let whole = conversation.peer.octets + conversation.peer.rest;
            let read = octets_read(talker.trace());
            assert_eq!(read, whole as usize, "{}: {conversation}", stack.name);
        }
    }
}

#[test]
fn there_is_a_stack_and_a_conversation_of_every_kind() {
    let names: Vec<&str> = stacks().iter().map(|stack| stack.name).collect();
    assert!(names.contains(&"reference"), "{names:?}");
    for text in KINDS {
        let again = conversation(text).to_string();
        assert_eq!(again.parse(), Ok(conversation(text)));
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

/// The requirements that a conversation with a fault of the reference stack says are not met.
fn told(fault: Fault, text: &str) -> Vec<Req> {
    let make = move || Reference::with_fault(fault);
    let mut judge = Judge::new(make, KnownDeviations::default());
    let told = wrong(&judge.judge(&conversation(text)));
    let requirement = |flaw| match flaw {
        Flaw::Fault(fault) => fault.deviation().map(|it| it.shape.requirement),
        Flaw::Complaint(complaint) => Some(complaint.requirement),
    };
    told.into_iter().filter_map(requirement).collect()
}

#[test]
fn faults_are_caught_in_a_conversation_by_what_they_break() {
    let end_to_end = req::RFC9293_2_2_P01;
    let rows: &[(Fault, &str, &[Req])] = &[
        (
            Fault::TextDropped,
            "peer.octets=3000 closes=peer",
            &[req::RFC9293_MUST_40, end_to_end],
        ),
        (
            Fault::WrapForgotten,
            "peer.octets=100000 peer.wraps=yes",
            &[req::RFC9293_3_10_7_4_P23, end_to_end],
        ),
        (
            Fault::EndUntold,
            "peer.octets=3000 closes=peer",
            &[req::RFC9293_3_6_P06, end_to_end],
        ),
        (
            Fault::OctetWrongAfterWrap,
            "peer.octets=100000 peer.wraps=yes",
            &[end_to_end, end_to_end],
        ),
        (
            Fault::ReopeningMissed,
            "octets=60000 peer.pause=20s",
            &[req::RFC9293_MUST_34, end_to_end],
        ),
        (
            Fault::SackedForgotten,
            "octets=60000 loses=10 good=1h",
            &[req::RFC9293_3_10_8_P02, end_to_end],
        ),
        (
            Fault::OctetsTwice,
            "peer.octets=60000",
            &[end_to_end, end_to_end],
        ),
        (
            Fault::ClosedWindowEnds,
            "octets=60000 peer.pause=20s",
            &[req::RFC9293_3_5_2_P02],
        ),
    ];
    for (fault, text, expected) in rows {
        assert_eq!(told(*fault, text), *expected, "{}: {text}", fault.name());
    }
}

/// A reference stack that drops text, by its own name.
fn faulty() -> StackEntry {
    let mut stacks = built_in();
    stacks.retain(|stack| stack.name == "reference");
    let mut stack = stacks.remove(0);
    stack.talker = &|| Ok(Box::new(Reference::with_fault(Fault::TextDropped)));
    stack
}

#[test]
fn what_is_found_is_kept_and_shows_it_again() {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conversations");
    let _ = fs::remove_dir_all(&kept);
    let stacks = [faulty()];
    let directory = kept.to_str().expect("a name");
    let converse = ["converse", "--stack", "reference"];
    let found = ["--cases", "20", "--save", directory];
    let run = ran(&stacks, "tcprove", [&converse[..], &found].concat());
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    let files = fs::read_dir(&kept).expect("a directory");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "talk"));
    assert!(!files.is_empty());
    for file in files {
        let name = file.to_str().expect("a name");
        let again = format!("tcprove converse --stack reference {name}\n");
        assert!(run.out.contains(&again), "{again}{}", run.out);
        let replayed = ran(&stacks, "tcprove", [&converse[..], &[name]].concat());
        assert_eq!(replayed.status, 1, "{name}: {}", replayed.out);
        let text = fs::read_to_string(file.with_extension("txt")).expect("a text");
        assert!(text.contains(&again), "{text}");
        assert!(file.with_extension("pcapng").exists(), "{name}");
        let recording = file.with_extension("rec");
        let judged = ran(&stacks, "tcprove", [Path::new("judge"), &recording]);
        assert_eq!(judged.status, 1, "{name}: {}{}", judged.out, judged.err);
    }
}
