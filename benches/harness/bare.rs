//! The bare stack: a recorded scenario played again to a stack with nothing around it.

use std::hint::black_box;

use tcprove::scenario::Scenario;
use tcprove::stack::{Broken, Config, Outbox, Socket, Stack};
use tcprove::stream::{self, Direction};
use tcprove::time::Instant;
use tcprove::trace::{Call, Trace, What};

/// All that was done to a stack in one run.
pub(crate) struct Recording {
    config: Config,
    seed: u64,
    inputs: Vec<(Instant, Input)>,
}

/// Room that is used again from run to run.
pub(crate) struct Room {
    outbox: Outbox,
    /// Where RECEIVE puts what it gets.
    buffer: Vec<u8>,
}

impl Default for Room {
    fn default() -> Room {
        Room {
            outbox: Outbox::default(),
            buffer: vec![0; 65_535],
        }
    }
}

/// One thing that was done.
enum Input {
    Packet(Vec<u8>),
    Call(Socket, Call),
    Quiet,
}

impl Recording {
    /// What was done in the run that gave this trace.
    pub(crate) fn of(scenario: &Scenario, trace: &Trace) -> Recording {
        let input = |what: &What| match what {
            What::Arrival { packet, .. } | What::Icmp { packet, .. } => {
                Some(Input::Packet(trace.octets(*packet).to_vec()))
            }
            What::Call { socket, call, .. } => Some(Input::Call(*socket, *call)),
            What::Quiet => Some(Input::Quiet),
            What::Emission { .. } | What::Broken(_) => None,
        };
        let events = trace.events.iter();
        Recording {
            config: scenario.config,
            seed: scenario.seed,
            inputs: events
                .filter_map(|event| Some((event.at, input(&event.what)?)))
                .collect(),
        }
    }

    /// Does it again.
    pub(crate) fn play(&self, stack: &mut impl Stack, room: &mut Room) -> Result<(), Broken> {
        stack.reset(&self.config, self.seed)?;
        room.outbox.clear();
        let mut now = Instant::START;
        for (at, input) in &self.inputs {
            if *at > now {
                now = *at;
                stack.advance(now, &mut room.outbox)?;
            }
            match input {
                Input::Packet(packet) => stack.deliver(packet, &mut room.outbox)?,
                Input::Call(socket, call) => make(stack, *socket, *call, &mut room.buffer),
                // That time has passed is all; the harness has the stack do nothing more either.
                Input::Quiet => continue,
            }
            stack.advance(now, &mut room.outbox)?;
            room.outbox.clear();
        }
        Ok(())
    }
}

/// Makes a call. What the octets of a SEND are makes no difference here.
fn make(stack: &mut impl Stack, socket: Socket, call: Call, buffer: &mut [u8]) {
    let octets = |len| stream::octets(Direction::ToPeer, (80, 40_000), 0, len as usize);
    black_box(match call {
        Call::Listen { port, remote } => stack.listen(socket, port, remote),
        Call::Connect { port, remote } => stack.connect(socket, port, remote),
        Call::Send(len) => stack.send(socket, octets(len)),
        Call::SendFlagged(len, flag) => stack.send_flagged(socket, octets(len), flag),
        Call::Receive(len) => stack.receive(socket, &mut buffer[..len as usize]),
        Call::Close => stack.close(socket),
        Call::Abort => stack.abort(socket),
        Call::Status => stack.status(socket),
        Call::Ask(query) => stack.ask(socket, query),
        Call::Set(setting) => stack.set(socket, setting),
    });
}
