//! What a host does with the connections that are made to it: the small services of old, and a
//! page.

use super::{Connection, Live, State};
use crate::stack::{CallError, Outcome};

/// So many octets are taken from a connection at a time.
const CHUNK: usize = 64 << 10;

/// A request that is longer is answered as it is.
const LONGEST_REQUEST: usize = 8 << 10;

const PAGE: &str = "This page was sent by the reference stack of tcprove: RFC 9293 as a model.\n";

/// Character generator: lines of 72 characters that move on by one, over 95 of them.
const LINE: usize = 72;
const CHARACTERS: usize = 95;

/// A service.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Service {
    /// What comes goes back (RFC 862).
    Echo,
    /// What comes is thrown away (RFC 863).
    Discard,
    /// Characters without end (RFC 864).
    Chargen,
    /// A page, by HTTP/1.0 (RFC 1945), whatever is asked for.
    Http,
}

impl Service {
    /// All of them.
    pub const ALL: [Service; 4] = [
        Service::Echo,
        Service::Discard,
        Service::Chargen,
        Service::Http,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Service::Echo => "echo",
            Service::Discard => "discard",
            Service::Chargen => "chargen",
            Service::Http => "http",
        }
    }

    /// The port that it has everywhere.
    pub const fn usual_port(self) -> u16 {
        match self {
            Service::Echo => 7,
            Service::Discard => 9,
            Service::Chargen => 19,
            Service::Http => 80,
        }
    }
}

/// A service at work on one connection.
pub(super) struct Work {
    service: Service,
    connection: Connection,
    /// Octets that were received and not dealt with; of HTTP, the request so far, then the answer.
    pending: Vec<u8>,
    /// So many of them are done with.
    done: usize,
    /// CLOSE was called.
    closed: bool,
    /// The connection ended otherwise than both sides wished.
    pub(super) failed: Option<CallError>,
    pub(super) received: u64,
    pub(super) sent: u64,
}

impl Work {
    pub(super) fn new(service: Service, connection: Connection) -> Work {
        Work {
            service,
            connection,
            pending: Vec::new(),
            done: 0,
            closed: false,
            failed: None,
            received: 0,
            sent: 0,
        }
    }

    pub(super) fn connection(&self) -> Connection {
        self.connection
    }

    /// Does all that can be done now. Returns whether the connection is over.
    pub(super) fn step(&mut self, live: &mut Live, room: &mut [u8]) -> bool {
        match self.service {
            Service::Echo => self.echo(live, room),
            Service::Discard => self.discard(live, room),
            Service::Chargen => {
                self.discard(live, room);
                self.generate(live);
            }
            Service::Http => self.answer(live, room),
        }
        match live.state(self.connection) {
            State::TimeWait => true,
            State::Closed => {
                if let Outcome::Failed(error) = live.receive(self.connection, room) {
                    self.failed = Some(error);
                }
                true
            }
            _ => false,
        }
    }

    /// What was received, if anything; an end of the stream closes this side too.
    fn take(&mut self, live: &mut Live, room: &mut [u8]) -> Option<usize> {
        match live.receive(self.connection, room) {
            Outcome::Received(len) => {
                self.received += u64::from(len);
                Some(len as usize)
            }
            Outcome::EndOfStream => {
                self.close(live);
                None
            }
            _ => None,
        }
    }

    fn close(&mut self, live: &mut Live) {
        if !self.closed {
            self.closed = true;
            live.close(self.connection);
        }
    }

    /// Sends what is pending; whether all of it was taken over.
    fn put(&mut self, live: &mut Live) -> bool {
        while self.done < self.pending.len() {
            match live.send(self.connection, &self.pending[self.done..]) {
                Outcome::Sent(len) if len > 0 => {
                    self.done += len as usize;
                    self.sent += u64::from(len);
                }
                _ => return false,
            }
        }
        self.pending.clear();
        self.done = 0;
        true
    }

    fn echo(&mut self, live: &mut Live, room: &mut [u8]) {
        while self.put(live) {
            let Some(len) = self.take(live, room) else {
                return;
            };
            self.pending.extend_from_slice(&room[..len]);
        }
    }

    fn discard(&mut self, live: &mut Live, room: &mut [u8]) {
        while self.take(live, room).is_some() {}
    }

    fn generate(&mut self, live: &mut Live) {
        while !self.closed {
            if self.pending.is_empty() {
                self.pending = characters();
            }
            let from = (self.sent % self.pending.len() as u64) as usize;
            match live.send(self.connection, &self.pending[from..]) {
                Outcome::Sent(len) if len > 0 => self.sent += u64::from(len),
                _ => return,
            }
        }
    }

    fn answer(&mut self, live: &mut Live, room: &mut [u8]) {
        if self.closed {
            return self.discard(live, room);
        }
        while let Some(len) = self.take(live, room) {
            self.pending.extend_from_slice(&room[..len]);
            let blank = |end: &[u8]| self.pending.windows(end.len()).any(|at| at == end);
            if blank(b"\r\n\r\n") || blank(b"\n\n") || self.pending.len() > LONGEST_REQUEST {
                let octets = PAGE.len();
                self.pending = format!(
                    "HTTP/1.0 200 OK\r\nServer: tcprove\r\nContent-Type: text/plain\r\n\
                     Content-Length: {octets}\r\n\r\n{PAGE}"
                )
                .into_bytes();
                // The buffer of a connection that has sent nothing yet has room for it.
                self.put(live);
                self.close(live);
                return;
            }
        }
    }
}

/// The lines of the character generator, up to where they begin again.
fn characters() -> Vec<u8> {
    let line = |first: usize| {
        let text = (first..first + LINE).map(|n| b' ' + (n % CHARACTERS) as u8);
        text.chain(*b"\r\n")
    };
    (0..CHARACTERS).flat_map(line).collect()
}

/// Room for what is taken from a connection.
pub(super) fn room() -> Vec<u8> {
    vec![0; CHUNK]
}
