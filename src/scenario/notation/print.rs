//! From scenarios to text. Whatever has its usual value is not printed.

use std::fmt;

use super::{CONGESTION_NAMES, name_of};
use crate::scenario::{
    Address, CallStep, Flow, IcmpStep, OptionStep, PeerStep, Scenario, SegmentStep, SeqBase,
    SeqExpr, Step, Wait,
};
use crate::stack::{Config, KeepAlive, Socket};
use crate::wire::{Damage, Family};

/// `Debug` is the text as well: what a failed test or a fuzzer shows can be run again as it is.
macro_rules! debug_is_text {
    ($($kind:ty),*) => {$(
        impl fmt::Debug for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

debug_is_text!(Scenario, Step, SegmentStep, IcmpStep, SeqExpr, OptionStep);

/// Header lines, then one step a line; every line ends with a newline.
impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        config(f, &self.config)?;
        if self.seed != 0 {
            writeln!(f, "seed {}", self.seed)?;
        }
        if let Some(isn) = self.peer_isn {
            writeln!(f, "isn {isn}")?;
        }
        for step in &self.steps {
            writeln!(f, "{step}")?;
        }
        Ok(())
    }
}

/// The `stack` line, if anything differs from what is usual.
fn config(f: &mut fmt::Formatter<'_>, config: &Config) -> fmt::Result {
    let usual = Config::default();
    if *config == usual {
        return Ok(());
    }
    f.write_str("stack")?;
    if config.family == Family::V6 {
        f.write_str(" ipv6")?;
    }
    if config.mtu != usual.mtu {
        write!(f, " mtu={}", config.mtu)?;
    }
    if config.receive_buffer != usual.receive_buffer {
        write!(f, " rcv={}", config.receive_buffer)?;
    }
    if config.send_buffer != usual.send_buffer {
        write!(f, " snd={}", config.send_buffer)?;
    }
    if config.timestamps {
        f.write_str(" ts")?;
    }
    if !config.nagle {
        f.write_str(" nagle=off")?;
    }
    if config.ack_delay != usual.ack_delay {
        write!(f, " ackdelay={}", config.ack_delay)?;
    }
    match config.keep_alive {
        KeepAlive::Off => {}
        KeepAlive::ByDefault => f.write_str(" keepalive=default")?,
        KeepAlive::Every(interval) => write!(f, " keepalive={interval}")?,
    }
    if let Some(timeout) = config.user_timeout {
        write!(f, " usertimeout={timeout}")?;
    }
    if config.congestion != usual.congestion {
        let name = name_of(&CONGESTION_NAMES, &config.congestion);
        write!(f, " congestion={name}")?;
    }
    if let Some(ttl) = config.ttl {
        write!(f, " ttl={ttl}")?;
    }
    if let Some(dscp) = config.dscp {
        write!(f, " dscp={dscp}")?;
    }
    writeln!(f)
}

/// One line without its newline.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Segment(segment) => fmt::Display::fmt(segment, f),
            Step::Icmp(error) => fmt::Display::fmt(error, f),
            Step::Call(socket, call) => user_call(f, *socket, *call),
            Step::Wait(Wait::Span(span)) => write!(f, "wait {span}"),
            Step::Wait(Wait::Timer) => f.write_str("wait timer"),
            Step::Peer(on, step) => {
                peer_step(f, *step)?;
                flow(f, *on)
            }
        }
    }
}

/// `< FLAGS` and the fields that are not as usual.
impl fmt::Display for SegmentStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usual = SegmentStep::new(self.flags);
        write!(f, "< {}", self.flags)?;
        if self.seq != usual.seq {
            write!(f, " seq {}", self.seq)?;
        }
        if self.ack != usual.ack {
            write!(f, " ack {}", self.ack)?;
        }
        if self.len != 0 {
            write!(f, " len {}", self.len)?;
        }
        if let Some(window) = self.window {
            write!(f, " win {window}")?;
        }
        if self.urgent != 0 {
            write!(f, " urg {}", self.urgent)?;
        }
        if self.ecn != usual.ecn {
            write!(f, " {}", self.ecn.name())?;
        }
        if self.dscp != 0 {
            write!(f, " dscp {}", self.dscp)?;
        }
        if let Some(list) = &self.options {
            options(f, list)?;
        }
        flow(f, self.flow)?;
        if let Some(address) = self.src {
            write!(f, " src {}", name_of(&Address::NAMES, &address))?;
        }
        if let Some(address) = self.dst {
            write!(f, " dst {}", name_of(&Address::NAMES, &address))?;
        }
        match self.damage {
            None => Ok(()),
            Some(Damage::Checksum(bits)) => write!(f, " damage checksum {bits:#x}"),
            Some(Damage::DataOffset(words)) => write!(f, " damage offset {words}"),
            Some(Damage::Cut(octets)) => write!(f, " damage cut {octets}"),
            Some(Damage::Truncate(octets)) => write!(f, " damage truncate {octets}"),
            Some(Damage::Ipv4Checksum(bits)) => write!(f, " damage ipv4checksum {bits:#x}"),
            Some(Damage::Ipv4Options(words)) => write!(f, " damage ipv4options {words}"),
            Some(Damage::Trailer(octets)) => write!(f, " damage trailer {octets}"),
        }
    }
}

/// `< icmp KIND` and the fields that are not as usual.
impl fmt::Display for IcmpStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usual = IcmpStep::new(self.kind);
        write!(f, "< icmp {}", self.kind.name())?;
        if self.mtu != usual.mtu {
            write!(f, " mtu {}", self.mtu)?;
        }
        if self.seq != usual.seq {
            write!(f, " seq {}", self.seq)?;
        }
        if self.quote != usual.quote {
            write!(f, " quote {}", self.quote)?;
        }
        flow(f, self.flow)
    }
}

/// ` <option, option>`.
fn options(f: &mut fmt::Formatter<'_>, list: &[OptionStep]) -> fmt::Result {
    f.write_str(" <")?;
    for (index, option) in list.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{option}")?;
    }
    f.write_str(">")
}

/// One option as it stands between `<` and `>`.
impl fmt::Display for OptionStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OptionStep::Mss(mss) => write!(f, "mss {mss}"),
            OptionStep::WindowScale(shift) => write!(f, "wscale {shift}"),
            OptionStep::SackPermitted => f.write_str("sackok"),
            OptionStep::Timestamps(value, echo) => write!(f, "ts {value} {echo}"),
            OptionStep::Sack(left, right) => write!(f, "sack {left}..{right}"),
            OptionStep::Nop => f.write_str("nop"),
            OptionStep::Eol => f.write_str("eol"),
            OptionStep::Raw(octets) => {
                f.write_str("raw ")?;
                octets.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
            }
        }
    }
}

/// A name and the distance from it, or a plain number.
impl fmt::Display for SeqExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.base == SeqBase::Zero {
            return write!(f, "{}", self.offset as u32);
        }
        f.write_str(name_of(&SeqBase::NAMES, &self.base))?;
        if self.offset != 0 {
            write!(f, "{:+}", self.offset)?;
        }
        Ok(())
    }
}

/// ` port N from N`, as far as they are not 0.
fn flow(f: &mut fmt::Formatter<'_>, flow: Flow) -> fmt::Result {
    if flow.local != 0 {
        write!(f, " port {}", flow.local)?;
    }
    if flow.remote != 0 {
        write!(f, " from {}", flow.remote)?;
    }
    Ok(())
}

/// `A: call`.
fn user_call(f: &mut fmt::Formatter<'_>, socket: Socket, call: CallStep) -> fmt::Result {
    let usual = Flow::of(socket);
    write!(f, "{}: ", char::from(b'A'.saturating_add(socket.0)))?;
    match call {
        CallStep::Listen { local, remote } => {
            f.write_str("listen")?;
            if local != usual.local {
                write!(f, " port {local}")?;
            }
            match remote {
                Some(remote) => write!(f, " from {remote}"),
                None => Ok(()),
            }
        }
        CallStep::Connect { local, remote, dst } => {
            f.write_str("connect")?;
            if local != usual.local {
                write!(f, " port {local}")?;
            }
            if remote != usual.remote {
                write!(f, " to {remote}")?;
            }
            if let Some(address) = dst {
                write!(f, " dst {}", name_of(&Address::NAMES, &address))?;
            }
            Ok(())
        }
        CallStep::Send(octets) => write!(f, "send {octets}"),
        CallStep::SendFlagged(octets, flag) => {
            write!(f, "send {octets} {}", flag.name())
        }
        CallStep::Receive(CallStep::MOST) => f.write_str("recv"),
        CallStep::Receive(octets) => write!(f, "recv {octets}"),
        CallStep::Close => f.write_str("close"),
        CallStep::Abort => f.write_str("abort"),
        CallStep::Status => f.write_str("status"),
        CallStep::Ask(query) => f.write_str(query.name()),
        CallStep::Set(setting) => write!(f, "{setting}"),
    }
}

/// `peer WORD [N]`.
fn peer_step(f: &mut fmt::Formatter<'_>, step: PeerStep) -> fmt::Result {
    match step {
        PeerStep::Handshake => f.write_str("peer handshake"),
        PeerStep::Ack => f.write_str("peer ack"),
        PeerStep::AckPart(octets) => write!(f, "peer ack {octets}"),
        PeerStep::Data(octets) => write!(f, "peer data {octets}"),
        PeerStep::Resend => f.write_str("peer resend"),
        PeerStep::Fin => f.write_str("peer fin"),
        PeerStep::Window(window) => write!(f, "peer window {window}"),
        PeerStep::Lose(segments) => write!(f, "peer lose {segments}"),
        PeerStep::Drop => f.write_str("peer drop"),
        PeerStep::Swap => f.write_str("peer swap"),
        PeerStep::Twice => f.write_str("peer twice"),
        PeerStep::Crash => f.write_str("peer crash"),
    }
}
