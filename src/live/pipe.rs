//! Standard input and output at one end of a connection, as `nc` has them.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;

use super::{Connection, Live, Other, State};
use crate::stack::{CallError, Outcome};
use crate::time::Instant;

/// So many octets are read at a time.
const CHUNK: usize = 64 << 10;

/// So many octets a pipe that is ready takes without waiting (POSIX: 512; Linux: a page).
const UNWAITED: usize = 4 << 10;

/// What became of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piped {
    /// Octets that were read and sent.
    pub sent: u64,
    /// Octets that were received and written.
    pub received: u64,
    /// Why it ended, where both sides have not closed it.
    pub failed: Option<CallError>,
}

/// Both ends of a pipe.
struct Ends<'a, I, O> {
    connection: Connection,
    input: &'a mut I,
    output: &'a mut O,
    /// Read, and not yet sent.
    to_send: Vec<u8>,
    /// The input has ended.
    ended: bool,
    closed: bool,
    /// Received, and not yet written.
    to_write: Vec<u8>,
    written: usize,
    /// The peer has closed, or the output has.
    finished: bool,
    room: Vec<u8>,
    told: Piped,
}

/// Carries what `input` gives to the peer, and what the peer sends to `output`, until both have
/// ended. The end of the input closes this side of the connection, and no more. Where the output
/// is closed the connection is aborted. `over` may end it before.
///
/// # Errors
/// When the host fails, or the input or the output does.
pub fn pipe<I: Read + AsFd, O: Write + AsFd>(
    live: &mut Live,
    connection: Connection,
    input: &mut I,
    output: &mut O,
) -> Result<Piped, String> {
    let mut ends = Ends {
        connection,
        input,
        output,
        to_send: Vec::new(),
        ended: false,
        closed: false,
        to_write: Vec::new(),
        written: 0,
        finished: false,
        room: vec![0; CHUNK],
        told: Piped {
            sent: 0,
            received: 0,
            failed: None,
        },
    };
    loop {
        ends.send(live);
        ends.receive(live);
        if ends.is_over(live) {
            live.flush()?;
            return Ok(ends.told);
        }
        let reads = ends.to_send.is_empty() && !ends.ended;
        let mut others = [
            Other::readable(ends.input.as_fd(), reads),
            Other::writable(ends.output.as_fd(), !ends.to_write.is_empty()),
        ];
        live.turn(&mut others, Instant::NEVER)?;
        let [readable, writable] = others.map(|other| other.ready);
        if readable {
            ends.read()?;
        }
        if writable {
            ends.write(live)?;
        }
    }
}

impl<I: Read, O: Write> Ends<'_, I, O> {
    /// Nothing more will come of it.
    fn is_over(&self, live: &mut Live) -> bool {
        let written = self.to_write.is_empty();
        match live.state(self.connection) {
            State::Closed => written,
            // What is left of it is for the peer's sake, who has got everything.
            State::TimeWait => written && self.finished,
            _ => false,
        }
    }

    /// SEND what was read, and CLOSE at its end.
    fn send(&mut self, live: &mut Live) {
        if !self.to_send.is_empty()
            && let Outcome::Sent(len) = live.send(self.connection, &self.to_send)
        {
            self.to_send.drain(..len as usize);
            self.told.sent += u64::from(len);
        }
        if self.ended && self.to_send.is_empty() && !self.closed {
            self.closed = true;
            live.close(self.connection);
        }
    }

    /// RECEIVE what there is, once the last of it was written.
    fn receive(&mut self, live: &mut Live) {
        if self.finished || !self.to_write.is_empty() {
            return;
        }
        match live.receive(self.connection, &mut self.room) {
            Outcome::Received(len) => {
                self.to_write.extend_from_slice(&self.room[..len as usize]);
                self.told.received += u64::from(len);
            }
            Outcome::EndOfStream => self.finished = true,
            Outcome::Failed(error) => {
                self.finished = true;
                self.told.failed = Some(error);
            }
            _ => {}
        }
    }

    fn read(&mut self) -> Result<(), String> {
        match self.input.read(&mut self.room) {
            Ok(0) => self.ended = true,
            Ok(len) => self.to_send.extend_from_slice(&self.room[..len]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(format!("cannot read the input: {error}")),
        }
        Ok(())
    }

    fn write(&mut self, live: &mut Live) -> Result<(), String> {
        let end = self.to_write.len().min(self.written + UNWAITED);
        let part = &self.to_write[self.written..end];
        match self.output.write(part) {
            Ok(len) => self.written += len,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                live.abort(self.connection);
                self.finished = true;
                self.written = self.to_write.len();
            }
            Err(error) => return Err(format!("cannot write the output: {error}")),
        }
        if self.written == self.to_write.len() {
            self.to_write.clear();
            self.written = 0;
        }
        Ok(())
    }
}
