//! A stack of somebody else's, judged by tcprove: ipstack, which serves a TUN device and accepts
//! every connection. It runs on tokio's paused clock, so that waiting takes no time.

use std::mem::{self, ManuallyDrop};

use ipstack::{IpStack, IpStackConfig, IpStackStream, IpStackTcpStream};
use tcprove::stack::{Broken, CallError, Config, Outbox, Outcome, Profile, SOCKETS, Socket, Stack};
use tcprove::time::{Instant, Micros};
use tcprove::wire::{Endpoint, packets};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Duration, Instant as Clock, sleep_until, timeout};

/// What is known of it, each entry with its witness in tcprove's corpus.
pub const KNOWN: &str = include_str!("known.toml");

/// A port that is listened on, then the connection that was accepted there.
#[derive(Default)]
struct User {
    port: Option<u16>,
    read: Option<ReadHalf<IpStackTcpStream>>,
    write: Option<WriteHalf<IpStackTcpStream>>,
}

/// ipstack behind what it takes for a TUN device.
pub struct Ipstack {
    profile: Profile,
    /// Never dropped: a connection waits for its end then, and only a runtime of threads lets it.
    users: ManuallyDrop<[User; SOCKETS]>,
    stack: IpStack,
    /// Our end of what the stack takes for a TUN device.
    wire: DuplexStream,
    begun: Clock,
    runtime: Runtime,
}

impl Ipstack {
    /// A fresh one.
    pub fn fresh() -> Ipstack {
        Ipstack::new(&Config::default())
    }

    fn new(config: &Config) -> Ipstack {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build().unwrap();
        let (wire, device) = tokio::io::duplex(1 << 20);
        let mut asked = IpStackConfig::default();
        asked.mtu_unchecked(config.mtu);
        let start = async { (IpStack::new(asked, device), Clock::now()) };
        let (stack, begun) = runtime.block_on(start);
        let profile = Profile {
            name: "ipstack 1.0.1".into(),
            // What is in order goes to a channel without a bound.
            receive_buffer: 1 << 30,
            send_buffer: 16_384,
            listener_resets: false,
            uses_old: false,
            holds_out_of_order: true,
            nagle: false,
            msl: Micros::secs(1),
            ..Profile::undeclared(config)
        };
        let users = Default::default();
        Ipstack {
            profile,
            users,
            stack,
            wire,
            begun,
            runtime,
        }
    }
}

impl Stack for Ipstack {
    fn name(&self) -> &'static str {
        "ipstack"
    }

    fn reset(&mut self, config: &Config, _: u64) -> Result<(), Broken> {
        *self = Ipstack::new(config);
        Ok(())
    }

    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn deliver(&mut self, packet: &[u8], _: &mut Outbox) -> Result<(), Broken> {
        let written = self.runtime.block_on(self.wire.write_all(packet));
        written.map_err(|error| Broken(error.to_string().into()))
    }

    fn advance(&mut self, to: Instant, out: &mut Outbox) -> Result<(), Broken> {
        let mut room = [0; 65_536];
        let until = self.begun + Duration::from_micros(to.0);
        self.runtime.block_on(async {
            let mut end = Box::pin(async {
                sleep_until(until).await;
                for _ in 0..32 {
                    tokio::task::yield_now().await;
                }
            });
            loop {
                tokio::select! { biased;
                    Ok(len) = self.wire.read(&mut room) => {
                        let at = Instant(self.begun.elapsed().as_micros() as u64);
                        packets(&room[..len]).try_for_each(|packet| out.push(at, packet))?;
                    }
                    Ok(IpStackStream::Tcp(stream)) = self.stack.accept() => {
                        let port = Some(stream.peer_addr().port());
                        let free = |user: &&mut User| user.port == port && user.read.is_none();
                        if let Some(user) = self.users.iter_mut().find(free) {
                            let (read, write) = tokio::io::split(stream);
                            (user.read, user.write) = (Some(read), Some(write));
                        } else {
                            // A connection that nobody listens for, which it accepts all the same.
                            mem::forget(stream);
                        }
                    }
                    () = &mut end => return Ok(()),
                }
            }
        })
    }

    fn listen(&mut self, socket: Socket, port: u16, remote: Option<Endpoint>) -> Outcome {
        if remote.is_some() {
            return Outcome::Unsupported;
        }
        match self.users[usize::from(socket.0)].port.replace(port) {
            None => Outcome::Done,
            Some(_) => Outcome::Failed(CallError::AlreadyExists),
        }
    }

    fn send(&mut self, socket: Socket, octets: &[u8]) -> Outcome {
        let Some(stream) = &mut self.users[usize::from(socket.0)].write else {
            return Outcome::Failed(CallError::NoConnection);
        };
        let write = async { timeout(Duration::ZERO, stream.write(octets)).await };
        match self.runtime.block_on(write) {
            Err(_) => Outcome::Sent(0),
            Ok(Ok(sent)) => Outcome::Sent(sent as u32),
            Ok(Err(_)) => Outcome::Failed(CallError::NoConnection),
        }
    }

    fn receive(&mut self, socket: Socket, buffer: &mut [u8]) -> Outcome {
        let Some(stream) = &mut self.users[usize::from(socket.0)].read else {
            return Outcome::Failed(CallError::NoConnection);
        };
        let read = async { timeout(Duration::ZERO, stream.read(buffer)).await };
        match self.runtime.block_on(read) {
            Err(_) => Outcome::Empty,
            Ok(Ok(0)) => Outcome::EndOfStream,
            Ok(Ok(octets)) => Outcome::Received(octets as u32),
            Ok(Err(_)) => Outcome::Failed(CallError::NoConnection),
        }
    }

    fn close(&mut self, socket: Socket) -> Outcome {
        let Some(mut stream) = self.users[usize::from(socket.0)].write.take() else {
            return Outcome::Failed(CallError::NoConnection);
        };
        // It waits until everything is acknowledged.
        self.runtime.spawn(async move { stream.shutdown().await });
        Outcome::Done
    }
}
