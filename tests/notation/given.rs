//! Arbitrary scenarios, every field over its whole range, and texts that are none.

use arrayvec::ArrayVec;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use tcprove::scenario::{
    Address, CallStep, Flow, IcmpStep, OptionStep, PeerStep, Scenario, SegmentStep, SeqBase,
    SeqExpr, Step, Wait,
};
use tcprove::stack::{Config, CongestionControl, KeepAlive, Query, SendFlag, Setting, Socket};
use tcprove::time::Micros;
use tcprove::wire::{Damage, Ecn, Family, Flags, IcmpKind, LEAST_QUOTE, MOST_QUOTE};

fn micros() -> impl Strategy<Value = Micros> {
    prop_oneof![
        (0..=Wait::LONGEST.0).prop_map(Micros),
        (0..1_000u64).prop_map(Micros::millis),
        (0..1_000u64).prop_map(Micros::secs),
    ]
}

/// A timer of no length is refused.
fn timer() -> impl Strategy<Value = Micros> {
    micros().prop_filter("a timer of no length", |span| *span > Micros::ZERO)
}

fn config() -> impl Strategy<Value = Config> {
    let family = prop_oneof![
        (Just(Family::V4), 576..=u16::MAX),
        (Just(Family::V6), 1_280..=u16::MAX)
    ];
    let congestion = select(vec![
        CongestionControl::None,
        CongestionControl::Reno,
        CongestionControl::Cubic,
    ]);
    let some = (
        family,
        1..=16u32 << 20,
        1..=16u32 << 20,
        any::<bool>(),
        any::<bool>(),
        (0..500_000u64).prop_map(Micros),
        keep_alive(),
        proptest::option::of(timer()),
        congestion,
        (
            proptest::option::of(1..=u8::MAX),
            proptest::option::of(0..=Setting::DSCP_MOST),
        ),
    )
        .prop_map(
            |(family, rcv, snd, ts, nagle, delay, keep, user, congestion, (ttl, dscp))| Config {
                family: family.0,
                mtu: family.1,
                receive_buffer: rcv,
                send_buffer: snd,
                timestamps: ts,
                nagle,
                ack_delay: delay,
                keep_alive: keep,
                user_timeout: user,
                congestion,
                ttl,
                dscp,
            },
        );
    prop_oneof![Just(Config::default()), some]
}

fn keep_alive() -> impl Strategy<Value = KeepAlive> {
    prop_oneof![
        Just(KeepAlive::Off),
        Just(KeepAlive::ByDefault),
        timer().prop_map(KeepAlive::Every),
    ]
}

fn flow() -> impl Strategy<Value = Flow> {
    (0..Flow::PORTS, 0..Flow::PORTS).prop_map(|(local, remote)| Flow { local, remote })
}

fn seq() -> impl Strategy<Value = SeqExpr> {
    let base = select(SeqBase::NAMES.map(|(base, _)| base).to_vec());
    let offset = prop_oneof![any::<i32>(), -2..=2i32, Just(i32::MIN)];
    (base, offset).prop_map(|(base, offset)| SeqExpr { base, offset })
}

fn option() -> impl Strategy<Value = OptionStep> {
    prop_oneof![
        any::<u16>().prop_map(OptionStep::Mss),
        any::<u8>().prop_map(OptionStep::WindowScale),
        Just(OptionStep::SackPermitted),
        any::<(i32, i32)>().prop_map(|(value, echo)| OptionStep::Timestamps(value, echo)),
        (seq(), seq()).prop_map(|(left, right)| OptionStep::Sack(left, right)),
        Just(OptionStep::Nop),
        Just(OptionStep::Eol),
        vec(any::<u8>(), 1..=12).prop_map(|octets| OptionStep::Raw(octets.into_iter().collect())),
    ]
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (1..=u16::MAX).prop_map(Damage::Checksum),
        (0..=15u8).prop_map(Damage::DataOffset),
        any::<u16>().prop_map(Damage::Cut),
        (1..=u16::MAX).prop_map(Damage::Truncate),
        (1..=u16::MAX).prop_map(Damage::Ipv4Checksum),
        (1..=10u8).prop_map(Damage::Ipv4Options),
        (1..=u8::MAX).prop_map(Damage::Trailer),
    ]
}

fn segment() -> impl Strategy<Value = SegmentStep> {
    let address = || proptest::option::of(select(Address::NAMES.map(|(it, _)| it).to_vec()));
    let options = proptest::option::of(
        vec(option(), 0..=6).prop_map(|list| list.into_iter().collect::<ArrayVec<_, 6>>()),
    );
    let numbers = (
        any::<u16>().prop_map(Flags::from_bits),
        proptest::option::of((seq(), seq())),
        any::<u16>(),
        proptest::option::of(any::<u16>()),
        (
            any::<u16>(),
            select(Ecn::NAMES.map(|(ecn, _)| ecn).to_vec()),
            0..=Setting::DSCP_MOST,
        ),
    );
    let rest = (
        flow(),
        options,
        address(),
        address(),
        proptest::option::of(damage()),
    );
    (numbers, rest).prop_map(|((flags, seqs, len, window, (urgent, ecn, dscp)), rest)| {
        let usual = SegmentStep::new(flags);
        let (flow, options, src, dst, damage) = rest;
        let (seq, ack) = seqs.unwrap_or((usual.seq, usual.ack));
        SegmentStep {
            flow,
            flags,
            seq,
            ack,
            len,
            window,
            urgent,
            ecn,
            dscp,
            options,
            src,
            dst,
            damage,
        }
    })
}

fn icmp() -> impl Strategy<Value = IcmpStep> {
    let kind = select(IcmpKind::NAMES.map(|(kind, _)| kind).to_vec());
    let quote = LEAST_QUOTE..=MOST_QUOTE;
    let all = (kind, any::<u16>(), seq(), quote, flow());
    all.prop_map(|(kind, mtu, seq, quote, flow)| IcmpStep {
        flow,
        kind,
        mtu: match kind {
            IcmpKind::TooBig => mtu,
            _ => IcmpStep::MTU,
        },
        seq,
        quote,
    })
}

fn call() -> impl Strategy<Value = CallStep> {
    let port = 0..Flow::PORTS;
    let octets = 1..=CallStep::MOST;
    let group = select(&[Address::Broadcast, Address::Multicast][..]);
    prop_oneof![
        (port.clone(), proptest::option::of(port.clone()))
            .prop_map(|(local, remote)| CallStep::Listen { local, remote }),
        (port.clone(), port, proptest::option::of(group))
            .prop_map(|(local, remote, dst)| { CallStep::Connect { local, remote, dst } }),
        octets.clone().prop_map(CallStep::Send),
        prop_oneof![octets, Just(CallStep::MOST)].prop_map(CallStep::Receive),
        Just(CallStep::Close),
        Just(CallStep::Abort),
        Just(CallStep::Status),
        (1..=CallStep::MOST, select(&SendFlag::NAMES[..]))
            .prop_map(|(octets, (flag, _))| CallStep::SendFlagged(octets, flag)),
        select(&Query::NAMES[..]).prop_map(|(query, _)| CallStep::Ask(query)),
        any::<bool>().prop_map(|on| CallStep::Set(Setting::Reports(on))),
        (0..=Setting::DSCP_MOST).prop_map(|dscp| CallStep::Set(Setting::Dscp(dscp))),
    ]
}

fn peer_step() -> impl Strategy<Value = PeerStep> {
    prop_oneof![
        Just(PeerStep::Handshake),
        Just(PeerStep::Ack),
        any::<u16>().prop_map(PeerStep::AckPart),
        (1..=u16::MAX).prop_map(PeerStep::Data),
        Just(PeerStep::Resend),
        Just(PeerStep::Fin),
        any::<u16>().prop_map(PeerStep::Window),
        (1..=u8::MAX).prop_map(PeerStep::Lose),
        Just(PeerStep::Drop),
        Just(PeerStep::Swap),
        Just(PeerStep::Twice),
        Just(PeerStep::Crash),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => segment().prop_map(Step::Segment),
        1 => icmp().prop_map(Step::Icmp),
        2 => (0..3u8, call()).prop_map(|(socket, call)| Step::Call(Socket(socket), call)),
        1 => micros().prop_map(|span| Step::Wait(Wait::Span(span))),
        1 => Just(Step::Wait(Wait::Timer)),
        2 => (flow(), peer_step()).prop_map(|(flow, step)| Step::Peer(flow, step)),
    ]
}

pub(super) fn scenario() -> impl Strategy<Value = Scenario> {
    let isn = proptest::option::of(any::<u32>());
    (config(), any::<u64>(), isn, vec(step(), 0..12)).prop_map(|(config, seed, peer_isn, steps)| {
        Scenario {
            config,
            seed,
            peer_isn,
            steps,
        }
    })
}

/// Words of the notation and what is close to them, put together without sense.
pub(super) fn nonsense() -> impl Strategy<Value = String> {
    const WORDS: &str = "stack seed isn < > , : # <mss <> A: B: D: a: é: wait peer SYN ACK,PSH \
        SYN,, none seq ack win urg len port from to src dst damage checksum offset cut truncate \
        mss wscale sackok ts sack nop eol raw 0102 0g RCV.NXT RCV.NXT+ SND.UNA-1 NEXT..NEXT \
        NEXT+1.. .. 0 -1 +1 0x 0xffff 65536 4294967296 99999999999999999999999 500ms 5 s 5µs \
        icmp icmp, too-big mtu quote port-unreachable timer handshake data fin window lose drop listen connect send recv close mtu= mtu=9 \
        rcv=0 ipv6 ts=on nagle=maybe congestion=bbr = \t \u{0} \u{1b}[2J \u{202e} 𝟓";
    let word = select(WORDS.split(' ').collect::<Vec<_>>());
    let gap = select(vec!["", " ", " ", "\n", "\r\n"]);
    vec((word, gap), 0..20).prop_map(|words| {
        let words = words.into_iter();
        words.flat_map(|(word, gap)| [word, gap]).collect()
    })
}
