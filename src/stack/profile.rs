//! What is asked of a stack, and what a stack declares about itself.
//!
//! A profile turns choices that the standard leaves open into certainties. A stack that
//! contradicts its own profile deviates.

use std::borrow::Cow;

use crate::time::Micros;
use crate::wire::Family;

/// What a scenario asks of the stack, before it makes a fresh instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Config {
    /// The version of IP.
    pub family: Family,
    /// MTU of the link in octets, at least 576 (IPv4) or 1280 (IPv6).
    pub mtu: u16,
    /// Octets of receive buffer for each socket, at least 1.
    pub receive_buffer: u32,
    /// Octets of send buffer for each socket, at least 1.
    pub send_buffer: u32,
    /// Offer the timestamps option.
    pub timestamps: bool,
    /// The Nagle algorithm.
    pub nagle: bool,
    /// How long an ACK may be delayed, less than 500 ms (RFC9293-MUST-40); zero switches delaying
    /// off.
    pub ack_delay: Micros,
    /// Keep-alives.
    pub keep_alive: KeepAlive,
    /// User timeout, if one is set.
    pub user_timeout: Option<Micros>,
    /// Congestion control.
    pub congestion: CongestionControl,
    /// Time to live, or hop limit, of what is sent, at least 1 (RFC9293-MUST-49); `None` for what the
    /// stack has anyway.
    pub ttl: Option<u8>,
    /// Differentiated services codepoint of what is sent, 0 to 63 (RFC9293-MUST-48); `None` for what
    /// the stack has anyway.
    pub dscp: Option<u8>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            family: Family::V4,
            mtu: 1_500,
            receive_buffer: 4_096,
            send_buffer: 4_096,
            timestamps: false,
            nagle: true,
            ack_delay: Micros::millis(10),
            keep_alive: KeepAlive::Off,
            user_timeout: None,
            congestion: CongestionControl::None,
            ttl: None,
            dscp: None,
        }
    }
}

/// Whether keep-alives are sent, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum KeepAlive {
    /// Never.
    #[default]
    Off,
    /// After the interval that the stack has when nobody says another (RFC9293-MUST-28).
    ByDefault,
    /// After this interval, longer than nothing.
    Every(Micros),
}

impl KeepAlive {
    /// The interval that is asked for.
    pub fn asked(self) -> Option<Micros> {
        match self {
            KeepAlive::Off | KeepAlive::ByDefault => None,
            KeepAlive::Every(interval) => Some(interval),
        }
    }
}

/// A congestion control algorithm, as far as stacks let one choose.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CongestionControl {
    /// None at all.
    #[default]
    None,
    /// RFC 5681.
    Reno,
    /// RFC 9438.
    Cubic,
}

/// What a RST inside the window, but not at RCV.NXT, does (RFC9293-3.10.7.4-2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum RstRule {
    /// It draws a challenge ACK (RFC 5961 section 3.2).
    #[default]
    Rfc5961,
    /// It resets, as RFC 793 had it; a miss of RFC5961-3.2-1, which is a SHOULD.
    Rfc793,
}

/// Whether the range check on SEG.ACK of RFC 5961 section 5.2 is done (RFC9293-MAY-12).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AckRange {
    /// Not declared: either is allowed.
    #[default]
    Undeclared,
    /// Old acknowledgments are processed, however old.
    Any,
    /// Only [SND.UNA - MAX.SND.WND, SND.NXT] is acceptable.
    Checked,
}

/// What may stand between a SYN and a connection: limits of a listener, which are no part of the
/// standard.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Admission {
    /// Nothing: every SYN begins one.
    #[default]
    Every,
    /// A backlog, or deferred accept: a SYN may be dropped or reset, and the ACK of a SYN,ACK may
    /// be ignored, so that the SYN,ACK is sent again.
    Limited,
    /// SYN cookies as well: a SYN,ACK need not be sent again, and a listener may take an ACK for
    /// the end of a handshake of which it has kept nothing.
    Cookies,
}

impl Admission {
    /// Whether a listener may turn a SYN away.
    pub fn limits(self) -> bool {
        match self {
            Admission::Every => false,
            Admission::Limited | Admission::Cookies => true,
        }
    }
}

/// What an ICMP error that RFC 9293 section 3.9.2.2 does not call soft does to a connection
/// (RFC9293-SHLD-26). Soft errors must not end any.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum HardErrors {
    /// Not declared: the connection may end, or go on. In SYN-SENT going on is a miss of
    /// RFC9293-SHLD-26.
    #[default]
    Undeclared,
    /// None reaches TCP, or none is acted on: the connection goes on. In SYN-SENT that is a miss
    /// of RFC9293-SHLD-26.
    Ignored,
    /// A connection attempt ends in SYN-SENT, and may end in SYN-RECEIVED; synchronized
    /// connections go on.
    Handshake,
    /// The connection ends in every state.
    Always,
}

/// What a stack, as configured, declares about itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    /// Name and version, for reports.
    pub name: Cow<'static, str>,
    /// The version of IP.
    pub family: Family,
    /// MTU of the link; nothing longer is sent, and no larger MSS announced.
    pub mtu: u16,
    /// Rule for a RST inside the window.
    pub rst: RstRule,
    /// Rule for a SYN inside the window of a synchronized connection (RFC9293-3.10.7.4-4).
    pub syn: RstRule,
    /// Rule for old acknowledgments.
    pub ack_range: AckRange,
    /// Shift of the window scale option that it offers on a SYN and gives on a SYN,ACK; `None`
    /// when it never does.
    pub window_scale: Option<u8>,
    /// Whether it offers timestamps on a SYN, and answers them.
    pub timestamps: bool,
    /// Whether it checks timestamps against PAWS (RFC 7323 section 5).
    pub paws: bool,
    /// Whether header prediction comes before PAWS: the next segment in order is taken whatever
    /// its timestamp (RFC 7323 section 5.6).
    pub predicts_headers: bool,
    /// Whether it offers SACK on a SYN, and answers it.
    pub sack: bool,
    /// Whether it agrees to ECN when it is asked (RFC 3168).
    pub ecn: bool,
    /// The listener keeps the handshakes that are under way, so a segment whose acknowledgment
    /// fits none of them is one to the listener, and draws a reset whatever its sequence number.
    pub listener_resets: bool,
    /// A segment that is wholly old, but ends no earlier than the last acknowledgment, has its
    /// acknowledgment and timestamp used, though it is not acceptable: one of the mitigations
    /// that RFC 9293 appendix A.2 speaks of.
    pub uses_old: bool,
    /// Whether out-of-order segments are held (SHLD-31).
    pub holds_out_of_order: bool,
    /// The least MSS it will use when the peer announces a smaller one.
    pub mss_floor: u16,
    /// Octets of receive buffer.
    pub receive_buffer: u32,
    /// The window it advertises is always the free part of the receive buffer, rounded down by
    /// the scale; otherwise it may be anything less.
    pub window_is_free_buffer: bool,
    /// RECEIVE goes on delivering in CLOSING, LAST-ACK and TIME-WAIT what came before the FIN;
    /// otherwise it may fail there (RFC9293-3.10.3-p02).
    pub reads_while_closing: bool,
    /// Octets of send buffer.
    pub send_buffer: u32,
    /// Maximum segment lifetime; TIME-WAIT lasts twice as long.
    pub msl: Micros,
    /// Retransmission timeout before there is any sample.
    pub rto_initial: Micros,
    /// Floor of the retransmission timeout.
    pub rto_min: Micros,
    /// Ceiling of the retransmission timeout.
    pub rto_max: Micros,
    /// Whether a segment that is sent may acknowledge less than has arrived, because arrivals are
    /// worked through later; otherwise every segment has ACK=RCV.NXT (RFC9293-3.8-p01).
    pub acks_may_lag: bool,
    /// The longest that an ACK is delayed by intent.
    pub ack_delay: Micros,
    /// Keep-alive interval; `None` when off.
    pub keep_alive: Option<Micros>,
    /// That interval is the stack's own, and nobody has asked for it (RFC9293-MUST-28).
    pub keep_alive_default: bool,
    /// User timeout: a connection from which nothing was heard for so long is given up, with a
    /// reset or without. While something waits for its acknowledgment it has to be; when nothing
    /// does, it may. `None` when the stack has none.
    pub user_timeout: Option<Micros>,
    /// So long after its first SYN or SYN,ACK an attempt is given up; `None` when it never is.
    /// Less than three minutes misses RFC9293-MUST-23.
    pub syn_timeout: Option<Micros>,
    /// So long after FIN-WAIT-2 is entered, or something was last heard in it, the connection is
    /// dropped; `None` when it waits for the peer's FIN without end.
    pub fin_wait_2_timeout: Option<Micros>,
    /// After CLOSE a connection from which nothing was heard for so long is dropped, in
    /// FIN-WAIT-1, CLOSING and LAST-ACK; `None` when it is not.
    pub orphan_timeout: Option<Micros>,
    /// The Nagle algorithm is on.
    pub nagle: bool,
    /// What bounds the congestion window: nothing; RFC 5681 to the letter; RFC 9438, or whatever
    /// else is no more aggressive.
    pub congestion: CongestionControl,
    /// What SACK reports decides what is sent again, and when, as RFC 6675 has it.
    pub recovers_by_sack: bool,
    /// After so long a quiet time a challenge ACK is due again (RFC5961-7-1).
    pub challenge_quiet: Micros,
    /// After so long a quiet time a reset is due again in answer to what belongs to no connection.
    pub reset_quiet: Micros,
    /// CLOSE ends receiving too (RFC9293-MAY-1): with text unread it sends a RST in place of FIN,
    /// and text that arrives afterwards draws one (RFC9293-SHLD-3).
    pub half_duplex_close: bool,
    /// What sends a RST of its own accord lingers in TIME-WAIT afterwards (RFC9293-3.5.2-p04);
    /// otherwise the connection is gone at once.
    pub lingers_after_reset: bool,
    /// What may stand between a SYN and a connection.
    pub admission: Admission,
    /// A SYN may carry text that was queued before it first left, as in TCP Fast Open; a SEND
    /// that opens a connection may always put its text there (RFC9293-3.10.1-p03).
    pub text_on_syn: bool,
    /// What hard ICMP errors do.
    pub hard_errors: HardErrors,
    /// An ICMP error ends nothing unless the sequence number that it quotes is in flight
    /// (RFC 5927 section 4.1).
    pub icmp_in_flight: bool,
    /// It gives up after so many retransmissions, not after a time, while something waits for its
    /// acknowledgment: the spans of `user_timeout`, `syn_timeout` and `orphan_timeout` are the least
    /// that this comes to. Nor has its RTO a fixed ceiling: from a minute on it need not double
    /// (RFC6298-2-5).
    pub counts_retransmissions: bool,
    /// By how much an instant may be late, or early, because the clock is real; zero in virtual
    /// time.
    pub slack: Micros,
    /// Time to live, or hop limit, of every segment of a connection, where the user has asked for it;
    /// `None` where nobody has, or it cannot be had.
    pub ttl: Option<u8>,
    /// Differentiated services codepoint of every segment of a connection, as `ttl`.
    pub dscp: Option<u8>,
    /// Whether its reports, if it has any, tell of urgent data (RFC9293-MUST-32); a stack may do so in
    /// another way, which its adapter does not know.
    pub reports_urgent: bool,
}

impl Profile {
    /// What is taken of a stack as configured that declares nothing: it offers no option, holds
    /// nothing out of order, may advertise any window, and its times are those that RFC 9293,
    /// RFC 6298 and RFC 1122 name. What is wrong in that is to be declared.
    pub fn undeclared(config: &Config) -> Profile {
        Profile {
            name: Cow::Borrowed("unnamed"),
            family: config.family,
            mtu: config.mtu,
            rst: RstRule::Rfc5961,
            syn: RstRule::Rfc5961,
            ack_range: AckRange::Undeclared,
            window_scale: None,
            timestamps: false,
            paws: false,
            predicts_headers: false,
            sack: false,
            ecn: false,
            listener_resets: false,
            uses_old: false,
            holds_out_of_order: false,
            mss_floor: 1,
            receive_buffer: config.receive_buffer,
            window_is_free_buffer: false,
            reads_while_closing: false,
            send_buffer: config.send_buffer,
            msl: Micros::secs(120),
            rto_initial: Micros::secs(1),
            rto_min: Micros::secs(1),
            rto_max: Micros::secs(60),
            acks_may_lag: false,
            ack_delay: Micros::millis(500),
            keep_alive: config.keep_alive.asked(),
            keep_alive_default: false,
            user_timeout: config.user_timeout,
            syn_timeout: None,
            fin_wait_2_timeout: None,
            orphan_timeout: None,
            nagle: config.nagle,
            congestion: CongestionControl::Cubic,
            recovers_by_sack: false,
            challenge_quiet: Micros::secs(5),
            reset_quiet: Micros::secs(1),
            half_duplex_close: false,
            lingers_after_reset: false,
            admission: Admission::Every,
            text_on_syn: false,
            hard_errors: HardErrors::Undeclared,
            icmp_in_flight: false,
            counts_retransmissions: false,
            slack: Micros::ZERO,
            ttl: None,
            dscp: None,
            reports_urgent: false,
        }
    }

    /// Whether it ever ends a connection because nothing was heard, TIME-WAIT apart.
    pub fn gives_up(&self) -> bool {
        self.user_timeout.is_some()
            || self.syn_timeout.is_some()
            || self.fin_wait_2_timeout.is_some()
            || self.orphan_timeout.is_some()
    }

    /// Octets of text that fit into a segment without options on this link, which is also the
    /// largest MSS to announce (RFC9293-MUST-67).
    pub fn most_text(&self) -> u32 {
        u32::from(self.mtu) - self.family.header_len() - 20
    }
}
