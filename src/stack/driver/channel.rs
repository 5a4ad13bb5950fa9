//! The line to a driver: a process that speaks on its standard input and output, or a Unix socket.
//!
//! It moves lines and knows no word of them. Every line has a longest length and a longest wait,
//! so a driver that dies, hangs or talks without end is told apart from one that is slow.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// No line is longer: a SEND of 65,535 octets in hexadecimal, and a word before it.
const LONGEST: u64 = 1 << 18;

/// What names a Unix socket in place of a command.
const SOCKET: &str = "unix:";

/// A driver that runs.
pub(super) struct Channel {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
    /// The process, unless the driver was there before.
    child: Option<Child>,
    line: Vec<u8>,
}

impl Channel {
    /// Starts the driver that `place` says: `unix:PATH`, or a command for the shell.
    pub(super) fn open(place: &str) -> Result<Channel, String> {
        let (stream, child) = match place.strip_prefix(SOCKET) {
            Some(path) => {
                let stream = UnixStream::connect(path);
                (
                    stream.map_err(|why| format!("no driver at {path}: {why}"))?,
                    None,
                )
            }
            None => {
                let (stream, child) =
                    start(place).map_err(|why| format!("cannot run it: {why}"))?;
                (stream, Some(child))
            }
        };
        let writer = stream.try_clone().map_err(|why| why.to_string())?;
        Ok(Channel {
            reader: BufReader::new(stream),
            writer,
            child,
            line: Vec::new(),
        })
    }

    /// Sends one line.
    pub(super) fn say(&mut self, line: &str) -> Result<(), String> {
        let octets = [line.as_bytes(), b"\n"].concat();
        let sent = self.writer.write_all(&octets);
        sent.map_err(|why| self.trouble(&why.to_string(), why.kind()))
    }

    /// How long [`Channel::hear`] waits, and [`Channel::say`] for a driver that does not read.
    pub(super) fn patience(&self, most: Duration) {
        // Only zero is refused, which nobody asks for.
        let _ = self.writer.set_read_timeout(Some(most));
        let _ = self.writer.set_write_timeout(Some(most));
    }

    /// The next line, without its end.
    pub(super) fn hear(&mut self) -> Result<&str, String> {
        self.line.clear();
        let mut limited = Read::by_ref(&mut self.reader).take(LONGEST);
        match limited.read_until(b'\n', &mut self.line) {
            Err(why) => return Err(self.trouble(&why.to_string(), why.kind())),
            Ok(0) => return Err(self.trouble("it hung up", ErrorKind::UnexpectedEof)),
            Ok(_) if self.line.last() == Some(&b'\n') => self.line.pop(),
            Ok(read) if read as u64 == LONGEST => {
                return Err(format!("a line of more than {LONGEST} octets"));
            }
            Ok(_) => return Err(self.trouble("it hung up", ErrorKind::UnexpectedEof)),
        };
        std::str::from_utf8(&self.line).map_err(|_| "a line that is no UTF-8".to_owned())
    }

    /// What to say when nothing comes or goes any more.
    fn trouble(&mut self, why: &str, kind: ErrorKind) -> String {
        match kind {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                let waited = self.writer.read_timeout().ok().flatten();
                format!(
                    "no answer in {:.1} s",
                    waited.unwrap_or_default().as_secs_f32()
                )
            }
            _ => match self.child.as_mut().and_then(ended) {
                Some(status) => format!("the driver ended: {status}"),
                None => format!("the driver is gone: {why}"),
            },
        }
    }
}

/// A process that has one end of a pair of sockets for its standard input and output.
fn start(command: &str) -> std::io::Result<(UnixStream, Child)> {
    let (ours, theirs) = UnixStream::pair()?;
    let output = theirs.try_clone()?;
    let child = Command::new("/bin/sh")
        .arg("-c")
        // In place of the shell, so that it is the driver that is stopped.
        .arg(format!("exec {command}"))
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::from(OwnedFd::from(output)))
        .spawn()?;
    Ok((ours, child))
}

/// How a process ended that has closed its output, which it may have done just before.
fn ended(child: &mut Child) -> Option<std::process::ExitStatus> {
    for _ in 0..100 {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    None
}

impl Drop for Channel {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
