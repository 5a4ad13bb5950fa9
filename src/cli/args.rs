//! The arguments: what there is, what is usual, what help says.

use std::ffi::OsString;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::model::State;
use crate::scenario::{Step, Wait};
use crate::time::Micros;

const EXIT_STATUS: &str = "\
Exit status: 0 everything conforms, or deviates only as known; 1 an unexpected deviation, a broken
stack, or a known deviation gone stale; 2 bad usage or bad input; 3 the run could not be carried
out.";

const SERVE_HELP: &str = "\
The stack has the addresses 192.0.2.1 and 2001:db8::1, the kernel beside it 192.0.2.2 and 2001:db8::2.
Exit status: that of the command, where there is one; 2 bad usage; 3 it could not be carried out.";

const CONNECT_HELP: &str = "\
The stack has the addresses 192.0.2.1 and 2001:db8::1, the kernel beside it 192.0.2.2 and 2001:db8::2.
The end of the input closes this side of the connection; receiving goes on.
Exit status: 0 both sides have closed; 2 bad usage; 3 it could not be carried out, or the connection
failed.";

/// A conformance fuzzing harness for TCP stacks: a reference model of RFC 9293 judges what a
/// stack does. Without a command it does what `check` does.
#[derive(Parser, Debug)]
#[command(name = "tcprove", version, after_help = EXIT_STATUS)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) check: CheckArgs,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Replay the corpus, explore generated scenarios, and report what does not conform
    #[command(after_help = EXIT_STATUS)]
    Check(CheckArgs),
    /// Run scenarios from files and judge what is seen
    #[command(after_help = EXIT_STATUS)]
    Replay(ReplayArgs),
    /// Hold whole conversations with a stack over a bad link, and judge what is seen and what came
    /// of it
    #[command(after_help = EXIT_STATUS)]
    Converse(ConverseArgs),
    /// Judge recordings and captures of earlier runs again
    #[command(after_help = EXIT_STATUS)]
    Judge(JudgeArgs),
    /// Show the transitions of the model, or of a stack, state by state
    Table(TableArgs),
    /// List the stacks, the requirements, the corpus
    List(ListArgs),
    /// Explain a requirement: what it asks, what proves that it is judged, how the stacks stand to it
    Explain(ExplainArgs),
    /// Show how stacks stand to each requirement
    #[command(after_help = EXIT_STATUS)]
    Matrix(MatrixArgs),
    /// Write the systematic part of the corpus: every state with every segment, call and timer
    Corpus(CorpusArgs),
    /// Run the reference stack on a TUN device, and serve whoever connects to it
    #[command(after_help = SERVE_HELP)]
    Serve(ServeArgs),
    /// Connect from the reference stack to a program in the world, as nc does
    #[command(after_help = CONNECT_HELP)]
    Connect(ConnectArgs),
}

#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    /// The stack under test
    #[arg(long, value_name = "NAME", default_value = "smoltcp")]
    pub(super) stack: String,
    /// How many scenarios to generate
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = number)]
    pub(super) cases: u64,
    /// The seed of the generator
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = number)]
    pub(super) seed: u64,
    /// On how many threads [default: as many as the machine runs at once]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(super) jobs: Option<NonZeroUsize>,
    /// Report only requirements whose id begins like this; may be given several times
    #[arg(long, value_name = "ID-PREFIX")]
    pub(super) only: Vec<String>,
    /// Let missed recommendations and failed soft checks fail the run too
    #[arg(long)]
    pub(super) strict: bool,
    /// Write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<PathBuf>,
    /// Write the report as a page of HTML, with how the stack stands to every requirement
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    /// Write each finding into this directory as soon as it is found: scenario, recording, capture, text
    #[arg(long, value_name = "DIR")]
    pub(super) save: Option<PathBuf>,
    /// The directory of the corpus [default: `corpus` here, else that of the sources]
    #[arg(long, value_name = "DIR")]
    pub(super) corpus: Option<PathBuf>,
    /// The known deviations [default: those that come with the stack]
    #[arg(long, value_name = "FILE")]
    pub(super) known: Option<PathBuf>,
    /// Of a stack in real time: how long one scenario may wait; what would wait longer ends there
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = time)]
    pub(super) patience: Micros,
}

#[derive(Args, Debug)]
pub(super) struct ReplayArgs {
    /// Files of scenarios; FILE::CASE is one case of a file, `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// The stack under test
    #[arg(long, value_name = "NAME", default_value = "smoltcp")]
    pub(super) stack: String,
    /// Write what was seen as a capture (pcapng); for one scenario only
    #[arg(long, value_name = "FILE")]
    pub(super) pcap: Option<PathBuf>,
    /// Write what was seen as a recording (text); for one scenario only
    #[arg(long, value_name = "FILE")]
    pub(super) record: Option<PathBuf>,
    /// The known deviations [default: those that come with the stack]
    #[arg(long, value_name = "FILE")]
    pub(super) known: Option<PathBuf>,
    /// Let missed recommendations and failed soft checks fail the run too
    #[arg(long)]
    pub(super) strict: bool,
    /// Of a stack in real time: how long one scenario may wait; what would wait longer ends there
    #[arg(long, value_name = "TIME", default_value = "10min", value_parser = time)]
    pub(super) patience: Micros,
}

#[derive(Args, Debug)]
pub(super) struct ConverseArgs {
    /// One conversation, as a line of text that begins with `talk`; or files of such lines whose names
    /// end in `.talk`, or `-` for standard input; in place of generated ones
    #[arg(value_name = "LINE", num_args = 0..)]
    pub(super) line: Vec<String>,
    /// The stack under test
    #[arg(long, value_name = "NAME", default_value = "smoltcp")]
    pub(super) stack: String,
    /// Print the generated conversations from this number on, as many as --cases says, and hold none
    #[arg(long, value_name = "N", value_parser = number)]
    pub(super) list: Option<u64>,
    /// How many conversations to generate
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = number)]
    pub(super) cases: u64,
    /// The seed of the generator
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = number)]
    pub(super) seed: u64,
    /// On how many threads [default: as many as the machine runs at once]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(super) jobs: Option<NonZeroUsize>,
    /// Let missed recommendations and failed soft checks fail the run too
    #[arg(long)]
    pub(super) strict: bool,
    /// Write each finding into this directory: conversation, recording, capture, text
    #[arg(long, value_name = "DIR", conflicts_with_all = ["line", "list"])]
    pub(super) save: Option<PathBuf>,
    /// Write what was seen as a capture (pcapng); for one conversation only
    #[arg(long, value_name = "FILE", requires = "line")]
    pub(super) pcap: Option<PathBuf>,
    /// The known deviations [default: those that come with the stack]
    #[arg(long, value_name = "FILE")]
    pub(super) known: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct JudgeArgs {
    /// Recordings, or captures that tcprove wrote; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// The known deviations [default: those that come with the stack that was recorded]
    #[arg(long, value_name = "FILE")]
    pub(super) known: Option<PathBuf>,
    /// Let missed recommendations and failed soft checks fail the run too
    #[arg(long)]
    pub(super) strict: bool,
}

#[derive(Args, Debug)]
pub(super) struct TableArgs {
    /// The stack whose transitions are shown [default: the model's, all that is permitted]
    #[arg(long, value_name = "NAME")]
    pub(super) stack: Option<String>,
    /// Only this state, such as FIN-WAIT-1; may be given several times
    #[arg(long, value_name = "STATE", value_parser = state)]
    pub(super) state: Vec<State>,
    /// Show only what differs from this stack; `model` for what the standard does not permit
    #[arg(long, value_name = "NAME", requires = "stack")]
    pub(super) against: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Format {
    /// Aligned columns
    Text,
    /// Markdown
    Md,
    /// The state diagram for Graphviz
    Dot,
    /// The state diagram as a picture; what only a deviation does is red
    Svg,
    /// JSON, each row with a whole scenario
    Json,
}

#[derive(Args, Debug)]
pub(super) struct ListArgs {
    /// What to list; everything when nothing is named
    #[arg(value_enum)]
    pub(super) what: Vec<Listed>,
    /// The directory of the corpus [default: `corpus` here, else that of the sources]
    #[arg(long, value_name = "DIR")]
    pub(super) corpus: Option<PathBuf>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Listed {
    /// The stacks that can be tested
    Stacks,
    /// The requirements that are known
    Requirements,
    /// The scenarios of the corpus
    Corpus,
}

#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// Requirements, such as RFC9293-MUST-4
    #[arg(value_name = "ID", required = true)]
    pub(super) ids: Vec<String>,
    /// The directory of the corpus [default: `corpus` here, else that of the sources]
    #[arg(long, value_name = "DIR")]
    pub(super) corpus: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct MatrixArgs {
    /// The stack
    #[arg(long, value_name = "NAME", default_value = "smoltcp")]
    pub(super) stack: String,
    /// Other stacks, in columns beside it
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub(super) against: Vec<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = MatrixFormat::Text)]
    pub(super) format: MatrixFormat,
    /// How many scenarios to generate beside the corpus
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = number)]
    pub(super) cases: u64,
    /// The seed of the generator
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = number)]
    pub(super) seed: u64,
    /// On how many threads [default: as many as the machine runs at once]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(super) jobs: Option<NonZeroUsize>,
    /// Let missed recommendations and failed soft checks fail the run too
    #[arg(long)]
    pub(super) strict: bool,
    /// The directory of the corpus [default: `corpus` here, else that of the sources]
    #[arg(long, value_name = "DIR")]
    pub(super) corpus: Option<PathBuf>,
    /// Of a stack in real time: how long one scenario may wait; what would wait longer ends there
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = time)]
    pub(super) patience: Micros,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum MatrixFormat {
    /// Aligned columns
    Text,
    /// Markdown
    Md,
    /// JSON
    Json,
    /// JUnit's XML: deviations are failures, breakages errors, the rest of what is not kept skipped
    Junit,
}

#[derive(Args, Debug)]
pub(super) struct CorpusArgs {
    /// The directory of the corpus [default: `corpus`]; files that are there stay as they are
    #[arg(value_name = "DIR")]
    pub(super) directory: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// What to serve: echo, discard, chargen, http, each with a port where it is not the usual one
    /// (7, 9, 19, 80) [default: all of them]
    #[arg(value_name = "SERVICE[:PORT]")]
    pub(super) services: Vec<String>,
    /// Make the TUN device in this network namespace, under this name [default: in a namespace of
    /// its own]
    #[arg(long, value_name = "NAME")]
    pub(super) device: Option<String>,
    #[command(flatten)]
    pub(super) network: NetworkArgs,
    /// Run this command where it reaches the stack, and end with it
    #[arg(last = true, value_name = "COMMAND")]
    pub(super) command: Vec<OsString>,
}

#[derive(Args, Debug)]
pub(super) struct ConnectArgs {
    /// The address to connect to
    #[arg(value_name = "ADDRESS")]
    pub(super) address: IpAddr,
    /// The port to connect to
    #[arg(value_name = "PORT")]
    pub(super) port: u16,
    /// Make the TUN device in this network namespace, under this name [default: tcprove0]
    #[arg(long, value_name = "NAME", conflicts_with = "command")]
    pub(super) device: Option<String>,
    #[command(flatten)]
    pub(super) network: NetworkArgs,
    /// Run this command, which is to take the connection, in a namespace of its own
    #[arg(last = true, value_name = "COMMAND")]
    pub(super) command: Vec<OsString>,
}

#[derive(Args, Debug)]
pub(super) struct NetworkArgs {
    /// So many segments of a hundred are lost, either way
    #[arg(long, value_name = "PERCENT", default_value = "0")]
    pub(super) loss: String,
    /// Which ones are lost
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = number)]
    pub(super) seed: u64,
    /// Write what the stack sends and gets as a capture (pcapng)
    #[arg(long, value_name = "FILE")]
    pub(super) pcap: Option<PathBuf>,
}

/// A whole number; `_` may part its digits.
fn number(text: &str) -> Result<u64, String> {
    let digits = text.replace('_', "");
    let number = digits.parse();
    number.map_err(|_| format!("it takes a whole number from 0 to {}", u64::MAX))
}

/// A span of time, as scenarios write it.
fn time(text: &str) -> Result<Micros, String> {
    match format!("wait {text}").parse() {
        Ok(Step::Wait(Wait::Span(span))) => Ok(span),
        Ok(_) | Err(_) => {
            Err("it takes a time such as 500ms; the units are us, ms, s, min, h".into())
        }
    }
}

/// A state by the name that the RFC gives it, in any case.
fn state(text: &str) -> Result<State, String> {
    State::from_name(&text.to_uppercase()).ok_or_else(|| {
        let names = State::ALL.map(State::name);
        format!("there is no such state; there are: {}", names.join(", "))
    })
}

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "it takes a whole number, at least 1".to_owned())
}
