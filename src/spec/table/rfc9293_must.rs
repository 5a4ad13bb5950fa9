//! RFC 9293, Appendix B: what is labelled MUST-1 to MUST-69, and REC-1. Data only.

use super::row::requirements;

requirements! {
    from 0;

    RFC9293_MUST_1 = "RFC9293-MUST-1" {
        title: "Window field is an unsigned quantity",
        level: Must, section: "3.1", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "\
            The stack holds bulk data; the peer advertises unscaled windows in 0x8000..0xFFFF",
        expected: "\
            The stack keeps transmitting up to min(cwnd, advertised window) exactly as for small \
            windows",
        violation: "\
            The stack stalls, probes, or behaves as if the window were negative/zero once bit 15 \
            is set",
    }

    RFC9293_REC_1 = "RFC9293-REC-1" {
        title: "Hold window state in 32 bits",
        level: Should, section: "3.1", priority: 3,
        observable: Internal, role: Both, testability: Easy,
        stimulus: "\
            Window scaling negotiated; the peer advertises SEG.WND whose scaled value exceeds \
            65535",
        expected: "\
            The stack lets in-flight data grow past 64 KiB (cwnd permitting) and advertises \
            consistent scaled windows",
        violation: "\
            In-flight data capped or wrapped at 16 bits; advertised edge jumps by multiples of \
            65536",
    }

    RFC9293_MUST_2 = "RFC9293-MUST-2" {
        title: "Every emitted segment carries a correct checksum",
        level: Must, section: "3.1", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Anything the stack emits: resets, bare ACKs, odd payload lengths, IPv4 and IPv6",
        expected: "Pseudo-header checksum verifies on every captured segment",
        violation: "\
            Any segment of the stack with a wrong or zeroed checksum (where the capture stands \
            before checksum offload, allow for it)",
    }

    RFC9293_MUST_3 = "RFC9293-MUST-3" {
        title: "Received checksum is verified",
        level: Must, section: "3.1", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "\
            Replay an otherwise acceptable SYN / data / ACK / FIN / RST with a corrupted checksum",
        expected: "Segment has no effect at all: no state change, no delivery, no reply",
        violation: "\
            Any reply, ACK advance, delivered bytes, reset or state change caused by the damaged \
            segment",
    }

    RFC9293_MUST_4 = "RFC9293-MUST-4" {
        title: "Understand EOL, NOP and MSS options",
        level: Must, section: "3.1", priority: 1,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "SYN with NOP padding, EOL terminator and MSS in varied order and position",
        expected: "Handshake completes and the MSS value governs later segment sizes",
        violation: "Handshake fails, MSS ignored, or bytes after EOL interpreted as options",
    }

    RFC9293_MUST_5 = "RFC9293-MUST-5" {
        title: "Options accepted on any segment type",
        level: Must, section: "3.1", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "\
            Attach NOPs, unknown or known options to data, ACK, FIN and RST segments after the \
            handshake",
        expected: "Segment processed the same as the option-free equivalent",
        violation: "\
            Segment dropped, connection reset, or payload offset mis-parsed because options are \
            present",
    }

    RFC9293_MUST_6 = "RFC9293-MUST-6" {
        title: "Unknown options with a length are skipped silently",
        level: Must, section: "3.1", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "\
            Insert unassigned/experimental option kinds (well-formed length) before and after \
            known options",
        expected: "Unknown option skipped; following options and payload still honoured; no error",
        violation: "RST, drop, loss of later options, or echo of the unknown option",
    }

    RFC9293_MUST_7 = "RFC9293-MUST-7" {
        title: "Survive illegal option lengths",
        level: Must, section: "3.1", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "\
            Options with length 0, 1, past the header end, or truncated kind-only at the end, on \
            SYN and on established segments",
        expected: "Stack stays alive; any of ignore-options / drop-segment / reset is tolerable",
        violation: "Crash, hang, endless option loop, over-read, or payload corruption",
    }

    RFC9293_MUST_8 = "RFC9293-MUST-8" {
        title: "ISN has a clock-driven component",
        level: Must, section: "3.4.1", priority: 3,
        observable: Internal, role: Sender, testability: Timing,
        stimulus: "Open the same 4-tuple repeatedly with known spacing; compare ISNs",
        expected: "ISN for a fixed 4-tuple advances over time (nominal tick about 4 us) until wrap",
        violation: "\
            ISN constant, or moves backwards between immediate reincarnations of one 4-tuple",
    }

    RFC9293_MUST_9 = "RFC9293-MUST-9" {
        title: "ISN function not predictable from outside",
        level: MustNot, section: "3.4.1", priority: 3,
        observable: Internal, role: Sender, testability: Untestable,
        stimulus: "Collect many ISNs over varied 4-tuples; statistical predictability test",
        expected: "No simple relation lets one connection predict another",
        violation: "\
            ISN sequences linear, constant-offset or shared between different remote endpoints",
    }

    RFC9293_MUST_10 = "RFC9293-MUST-10" {
        title: "Simultaneous open is supported",
        level: Must, section: "3.5", priority: 1,
        observable: WireAndApi, role: Both, testability: Easy,
        stimulus: "\
            The stack is in SYN-SENT; the peer answers with a SYN lacking ACK and later ACKs the \
            stack's SYN",
        expected: "\
            The stack sends SYN,ACK reusing its ISS with ACK=IRS+1, then reaches ESTABLISHED once \
            its SYN is acknowledged; exactly one connection",
        violation: "RST, silence, a fresh ISS, two connections, or never reaching ESTABLISHED",
    }

    RFC9293_MUST_11 = "RFC9293-MUST-11" {
        title: "SYN-RECEIVED remembers passive or active origin",
        level: Must, section: "3.5", priority: 1,
        observable: WireAndApi, role: Both, testability: Easy,
        stimulus: "\
            Deliver an acceptable RST while SYN-RECEIVED was reached (a) by listen and (b) by \
            simultaneous open",
        expected: "\
            (a) listener silently returns to LISTEN and accepts the next SYN; (b) application is \
            told the open was refused and the TCB is gone",
        violation: "\
            Listener dies on case (a), or the active opener hangs / reverts to listening in case \
            (b)",
    }

    RFC9293_MUST_12 = "RFC9293-MUST-12" {
        title: "Application learns normal close versus abort",
        level: Must, section: "3.6", priority: 1,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Peer ends the connection with FIN in one run and with RST in another",
        expected: "API result distinguishes orderly end-of-stream from reset",
        violation: "RST reported as clean EOF, FIN reported as reset, or no notification",
    }

    RFC9293_MUST_13 = "RFC9293-MUST-13" {
        title: "Active closer lingers in TIME-WAIT for 2*MSL",
        level: Must, section: "3.6.1", priority: 2,
        observable: Wire, role: Both, testability: Timing,
        stimulus: "\
            The stack closes first; after the exchange the peer retransmits its FIN at several \
            times up to 2*MSL",
        expected: "\
            Each FIN retransmission is re-ACKed with SND.NXT/RCV.NXT; the 4-tuple stays busy; gone \
            only after 2*MSL",
        violation: "\
            RST or silence to a retransmitted FIN before 2*MSL (per configured MSL) without a \
            permitted TIME-WAIT shortcut",
    }

    RFC9293_MUST_14 = "RFC9293-MUST-14" {
        title: "MSS option implemented in both directions",
        level: Must, section: "3.7.1", priority: 1,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "Active and passive opens of the stack; the peer varies the MSS it announces",
        expected: "\
            The stack can send MSS on SYN and SYN,ACK, and obeys the announced MSS when sending",
        violation: "\
            MSS never sent although receive MSS is not the default, or announced MSS ignored",
    }

    RFC9293_MUST_15 = "RFC9293-MUST-15" {
        title: "Absent MSS option means 536 (IPv4) / 1220 (IPv6)",
        level: Must, section: "3.7.1", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "The peer omits MSS from its SYN or SYN,ACK, then drains bulk data",
        expected: "\
            No segment of the stack carries more than 536 (IPv4) or 1220 (IPv6) octets of data \
            plus options budget",
        violation: "Larger payloads than the default send MSS",
    }

    RFC9293_MUST_16 = "RFC9293-MUST-16" {
        title: "Effective send MSS is the minimum of peer and local limits less options",
        level: Must, section: "3.7.1", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "\
            The peer announces MSS smaller and larger than the link limit, with and without \
            timestamps",
        expected: "\
            Payload <= min(SendMSS+20, MMS_S) - TCP header incl. options - IP options, on every \
            segment",
        violation: "Segment exceeding that bound, or header options not deducted from payload",
    }

    RFC9293_MUST_17 = "RFC9293-MUST-17" {
        title: "Nagle can be turned off per connection",
        level: Must, section: "3.7.4", priority: 2,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "\
            Disable Nagle through the API, then issue several tiny writes while data is \
            unacknowledged",
        expected: "Tiny segments leave immediately subject to cwnd and window",
        violation: "Small writes still held back until ACK, or no API control exists",
    }

    RFC9293_MUST_18 = "RFC9293-MUST-18" {
        title: "RTO computed per RFC 6298 with Karn sampling",
        level: Must, section: "3.8.1", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Vary ACK delay, then black-hole; also ACK only after a retransmission",
        expected: "RTO tracks SRTT+4*RTTVAR with lower bound; ambiguous samples do not shrink RTO",
        violation: "\
            RTO unrelated to measured RTT, or collapses from an ambiguous sample without \
            timestamps",
    }

    RFC9293_MUST_19 = "RFC9293-MUST-19" {
        title: "Slow start, congestion avoidance and exponential backoff",
        level: Must, section: "3.8.2", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Bulk transfer with paced ACKs; induced timeouts",
        expected: "\
            Flight growth never exceeds the RFC 5681 envelope; successive RTOs of a segment double",
        violation: "Bursts beyond the allowed cwnd, or constant retransmission interval",
    }

    RFC9293_MUST_20 = "RFC9293-MUST-20" {
        title: "Two-threshold handling of excessive retransmission",
        level: Must, section: "3.8.3", priority: 2,
        observable: WireAndApi, role: Sender, testability: Timing,
        stimulus: "Black-hole a connection with outstanding data",
        expected: "\
            Retransmissions continue past R1, stop at R2, then the connection is closed and the \
            user informed; (IP advice at R1 is internal)",
        violation: "\
            Connection dropped before R2, retransmits forever with finite R2, or no user notice",
    }

    RFC9293_MUST_21 = "RFC9293-MUST-21" {
        title: "Application can set R2 per connection",
        level: Must, section: "3.8.3", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Set a user/retransmission timeout then black-hole",
        expected: "Connection abort time follows the setting",
        violation: "No control, or setting without effect",
    }

    RFC9293_MUST_22 = "RFC9293-MUST-22" {
        title: "SYN retransmission uses the same R1/R2 scheme",
        level: Must, section: "3.8.3", priority: 2,
        observable: WireAndApi, role: Sender, testability: Timing,
        stimulus: "The stack opens actively to a silent peer",
        expected: "SYN retransmitted with backoff; failure reported to application at the SYN R2",
        violation: "SYN sent once only, no backoff, or open hangs without error",
    }

    RFC9293_MUST_23 = "RFC9293-MUST-23" {
        title: "SYN give-up threshold at least 3 minutes",
        level: Must, section: "3.8.3", priority: 3,
        observable: WireAndApi, role: Sender, testability: Timing,
        stimulus: "Silent peer; measure time from first SYN to failure report",
        expected: "Attempt stays alive for 180 s or more unless the application cancels",
        violation: "Open fails earlier than 180 s with default settings",
    }

    RFC9293_MUST_24 = "RFC9293-MUST-24" {
        title: "Keep-alive switchable per connection",
        level: Must, section: "3.8.4", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Toggle keep-alive on one of two connections",
        expected: "Only the enabled connection emits probes",
        violation: "Global-only or non-existent control while keep-alives exist",
    }

    RFC9293_MUST_25 = "RFC9293-MUST-25" {
        title: "Keep-alive defaults to off",
        level: Must, section: "3.8.4", priority: 2,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Idle established connection, default settings, long (virtual) time",
        expected: "No probe is ever sent",
        violation: "Unsolicited probe segments on an idle default connection",
    }

    RFC9293_MUST_26 = "RFC9293-MUST-26" {
        title: "Keep-alive only when idle for the interval with nothing outstanding",
        level: Must, section: "3.8.4", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "\
            Keep-alive enabled; the peer sends traffic periodically, or leaves the stack's data \
            unacknowledged",
        expected: "\
            No keep-alive probe unless no data is outstanding and nothing arrived for the whole \
            interval",
        violation: "Probe while data outstanding or sooner than one interval after last reception",
    }

    RFC9293_MUST_27 = "RFC9293-MUST-27" {
        title: "Keep-alive interval configurable",
        level: Must, section: "3.8.4", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Set a custom interval",
        expected: "First probe appears after that idle time",
        violation: "Interval fixed",
    }

    RFC9293_MUST_28 = "RFC9293-MUST-28" {
        title: "Keep-alive default interval at least 2 hours",
        level: Must, section: "3.8.4", priority: 3,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Enable keep-alive without setting the interval; idle",
        expected: "First probe at or after 7200 s",
        violation: "Probe earlier than 2 h under defaults",
    }

    RFC9293_MUST_29 = "RFC9293-MUST-29" {
        title: "One unanswered keep-alive is not death",
        level: MustNot, section: "3.8.4", priority: 3,
        observable: WireAndApi, role: Sender, testability: Timing,
        stimulus: "Ignore a single probe then answer the next",
        expected: "Connection survives",
        violation: "Abort after one unanswered probe",
    }

    RFC9293_MUST_30 = "RFC9293-MUST-30" {
        title: "Urgent mechanism is supported",
        level: Must, section: "3.8.5", priority: 3,
        observable: WireAndApi, role: Both, testability: NeedsApi,
        stimulus: "The peer sends URG with valid pointer; application sends urgent data",
        expected: "Receiver signals urgent state and delivers data; sender sets URG + pointer",
        violation: "URG never emitted/ignored so application cannot learn of it",
    }

    RFC9293_MUST_31 = "RFC9293-MUST-31" {
        title: "Urgent data of any length",
        level: Must, section: "3.8.5", priority: 3,
        observable: WireAndApi, role: Both, testability: NeedsApi,
        stimulus: "Mark 1, many, or more than 64 KiB octets urgent across segments",
        expected: "All octets delivered in stream order; pointer handling survives long runs",
        violation: "Bytes lost, truncated or urgent mode ends early",
    }

    RFC9293_MUST_32 = "RFC9293-MUST-32" {
        title: "Asynchronous notice on new or advancing urgent pointer",
        level: Must, section: "3.8.5", priority: 3,
        observable: Api, role: Receiver, testability: NeedsApi,
        stimulus: "Send URG, then a later larger urgent pointer",
        expected: "Application is notified at first arrival and whenever the pointer advances",
        violation: "No notification",
    }

    RFC9293_MUST_33 = "RFC9293-MUST-33" {
        title: "Application can tell how much (or whether) urgent data remains",
        level: Must, section: "3.8.5", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Query at positions before, at and after the urgent mark",
        expected: "API reports remaining urgent data or at-mark status correctly",
        violation: "No means to determine it, or wrong position",
    }

    RFC9293_MUST_34 = "RFC9293-MUST-34" {
        title: "Sender tolerates a shrinking window",
        level: Must, section: "3.8.6", priority: 1,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "After data is in flight the peer retracts the right edge below SND.NXT",
        expected: "\
            No crash or reset; no new data beyond the new edge; recovery once window reopens",
        violation: "\
            Abort, underflow (huge usable window), new data past the edge, or permanent stall",
    }

    RFC9293_MUST_35 = "RFC9293-MUST-35" {
        title: "Window shrunk to zero is probed normally",
        level: Must, section: "3.8.6", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "Retract window to 0 with data in flight/queued and stay silent",
        expected: "Probing starts and continues with backoff",
        violation: "Connection hangs with no probe",
    }

    RFC9293_MUST_36 = "RFC9293-MUST-36" {
        title: "Zero windows are probed",
        level: Must, section: "3.8.6.1", priority: 1,
        observable: Wire, role: Sender, testability: Timing,
        stimulus: "The peer advertises 0 while the stack has data, then stays silent",
        expected: "Periodic probe segments appear indefinitely",
        violation: "No probe, so a lost window update deadlocks",
    }

    RFC9293_MUST_37 = "RFC9293-MUST-37" {
        title: "Stay open while zero-window probes are acknowledged",
        level: Must, section: "3.8.6.1", priority: 2,
        observable: WireAndApi, role: Sender, testability: Timing,
        stimulus: "Answer every probe with window 0 for far longer than R2",
        expected: "Connection stays up; data flows when window opens",
        violation: "Abort/timeout although each probe was ACKed",
    }

    RFC9293_MUST_38 = "RFC9293-MUST-38" {
        title: "Sender avoids silly window syndrome",
        level: Must, section: "3.8.6.2.1", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "The peer opens the window in tiny increments with bulk data queued",
        expected: "\
            No sub-MSS segments except via the permitted conditions (all data fits, half max \
            window, override timer)",
        violation: "Stream of tiny segments tracking each small window increment",
    }

    RFC9293_MUST_39 = "RFC9293-MUST-39" {
        title: "Receiver avoids silly window syndrome",
        level: Must, section: "3.8.6.2.2", priority: 2,
        observable: Wire, role: Receiver, testability: NeedsApi,
        stimulus: "Fill the stack's receive buffer; the application drains it byte by byte",
        expected: "Right edge advances only in steps >= min(half buffer, MSS)",
        violation: "Window updates or edges advancing by tiny amounts",
    }

    RFC9293_MUST_40 = "RFC9293-MUST-40" {
        title: "ACK delay below 500 ms",
        level: Must, section: "3.8.6.3", priority: 1,
        observable: Wire, role: Receiver, testability: Timing,
        stimulus: "Send one in-order segment and nothing else",
        expected: "ACK covering it emitted in less than 0.5 s",
        violation: "ACK at or after 500 ms, or never",
    }

    RFC9293_MUST_41 = "RFC9293-MUST-41" {
        title: "Passive OPEN leaves other connection records alone",
        level: MustNot, section: "3.9.1.1", priority: 2,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "Listen again on a port with live connections or listener",
        expected: "New listener or an error; existing connections undisturbed",
        violation: "Existing connection reset/rebound by the new listen",
    }

    RFC9293_MUST_42 = "RFC9293-MUST-42" {
        title: "Can LISTEN on a port with another TCB in SYN-SENT/SYN-RECEIVED there",
        level: Must, section: "3.9.1.1", priority: 2,
        observable: WireAndApi, role: Api, testability: Easy,
        stimulus: "\
            Hold a half-open connection in SYN-RECEIVED and send a SYN from another endpoint",
        expected: "Second connection attempt on the same local port is served",
        violation: "\
            Second SYN refused or ignored merely because one handshake is pending (without backlog \
            reason)",
    }

    RFC9293_MUST_43 = "RFC9293-MUST-43" {
        title: "Local address selectable on OPEN",
        level: Must, section: "3.9.1.1", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Open/listen with an explicit local address on a multihomed stack",
        expected: "Segments use that address; listener answers only there",
        violation: "Parameter unsupported or ignored",
    }

    RFC9293_MUST_44 = "RFC9293-MUST-44" {
        title: "Unspecified local address chosen via the IP layer",
        level: Must, section: "3.9.1.1", priority: 3,
        observable: Internal, role: Api, testability: NeedsApi,
        stimulus: "Active open without local address on a multihomed stack",
        expected: "SYN source address is the one routing would pick",
        violation: "Wrong or zero source address in SYN",
    }

    RFC9293_MUST_45 = "RFC9293-MUST-45" {
        title: "Local address constant during the connection",
        level: Must, section: "3.9.1.1", priority: 2,
        observable: Wire, role: Both, testability: Easy,
        stimulus: "\
            Any connection; observe all its segments from the stack, replies and resets included",
        expected: "Source address/port identical on all segments of the connection",
        violation: "Address changes between segments",
    }

    RFC9293_MUST_46 = "RFC9293-MUST-46" {
        title: "OPEN to invalid remote address rejected",
        level: Must, section: "3.9.1.1", priority: 2,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Active open to broadcast/multicast address",
        expected: "Immediate API error, nothing on the wire",
        violation: "SYN emitted to a group/broadcast address",
    }

    RFC9293_MUST_47 = "RFC9293-MUST-47" {
        title: "Mechanism reporting soft errors exists",
        level: Must, section: "3.9.1.8", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Inject ICMP soft errors / excessive retransmission",
        expected: "Application can obtain the condition",
        violation: "No way to learn of soft errors",
    }

    RFC9293_MUST_48 = "RFC9293-MUST-48" {
        title: "Application can set Diffserv field",
        level: Must, section: "3.9.1.9", priority: 3,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "Set DSCP via API",
        expected: "Outgoing segments carry the DSCP",
        violation: "No API or value not applied",
    }

    RFC9293_MUST_49 = "RFC9293-MUST-49" {
        title: "TTL/hop limit configurable",
        level: Must, section: "3.9.2", priority: 3,
        observable: WireAndApi, role: Api, testability: NeedsApi,
        stimulus: "Set TTL",
        expected: "Outgoing segments use it",
        violation: "Fixed TTL",
    }

    RFC9293_MUST_50 = "RFC9293-MUST-50" {
        title: "IP options not understood are ignored",
        level: Must, section: "3.9.2", priority: 3,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Send TCP segments inside IPv4 packets with unknown IP options",
        expected: "TCP processing unchanged",
        violation: "Drop/reset due to unknown IP option (note: IP-layer filtering may interfere)",
    }

    RFC9293_MUST_51 = "RFC9293-MUST-51" {
        title: "Application can specify a source route",
        level: Must, section: "3.9.2.1", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Active open with source route",
        expected: "Route option present on SYN",
        violation: "No facility (source routing is obsolete in practice)",
    }

    RFC9293_MUST_52 = "RFC9293-MUST-52" {
        title: "Application source route overrides a received one",
        level: Must, section: "3.9.2.1", priority: 3,
        observable: Api, role: Api, testability: NeedsApi,
        stimulus: "Received datagram with other source route",
        expected: "Application route kept",
        violation: "Received route replaces the application one",
    }

    RFC9293_MUST_53 = "RFC9293-MUST-53" {
        title: "Passive side saves and uses the return route",
        level: Must, section: "3.9.2.1", priority: 3,
        observable: Wire, role: Receiver, testability: NeedsApi,
        stimulus: "SYN with completed source route to a listener",
        expected: "Replies use the reversed route",
        violation: "Return route ignored (usual in modern stacks)",
    }

    RFC9293_MUST_54 = "RFC9293-MUST-54" {
        title: "ICMP errors demultiplexed to the right connection",
        level: Must, section: "3.9.2.2", priority: 2,
        observable: WireAndApi, role: Both, testability: NeedsApi,
        stimulus: "ICMP error embedding headers of one of several connections",
        expected: "Only that connection reacts",
        violation: "Wrong or all connections affected; or error ignored when action is due",
    }

    RFC9293_MUST_55 = "RFC9293-MUST-55" {
        title: "Source Quench silently discarded",
        level: Must, section: "3.9.2.2", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "ICMP Source Quench for an active transfer",
        expected: "No visible change",
        violation: "cwnd cut, abort or report due to Source Quench",
    }

    RFC9293_MUST_56 = "RFC9293-MUST-56" {
        title: "Soft ICMP errors do not abort",
        level: MustNot, section: "3.9.2.2", priority: 2,
        observable: WireAndApi, role: Both, testability: NeedsApi,
        stimulus: "\
            Inject soft errors (v4 unreach 0,1,5; time exceeded; parameter problem; v6 \
            equivalents)",
        expected: "Connection or attempt continues",
        violation: "Connection aborted on a soft error (common deviation in SYN-SENT/SYN-RECEIVED)",
    }

    RFC9293_MUST_57 = "RFC9293-MUST-57" {
        title: "Segments addressed to broadcast/multicast silently dropped",
        level: Must, section: "3.9.2.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN (and other segments) with broadcast/multicast destination address",
        expected: "No reply of any kind, no state",
        violation: "SYN,ACK or RST emitted, or TCB created",
    }

    RFC9293_MUST_58 = "RFC9293-MUST-58" {
        title: "Aggregate ACKs where possible",
        level: Must, section: "3.10.7.4", priority: 3,
        observable: Wire, role: Receiver, testability: Timing,
        stimulus: "Deliver a burst of in-order segments in one poll/interrupt",
        expected: "\
            Fewer ACKs than segments where batching is possible; never more than one ACK per \
            segment",
        violation: "Multiple redundant ACKs for one processed batch",
    }

    RFC9293_MUST_59 = "RFC9293-MUST-59" {
        title: "Process the whole queued series before ACKing",
        level: Must, section: "3.10.7.4", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Fill a gap so several queued segments become in-order at once",
        expected: "One ACK covers all newly contiguous data",
        violation: "Separate ACK for each queued piece",
    }

    RFC9293_MUST_60 = "RFC9293-MUST-60" {
        title: "Without PUSH API, data is not buffered forever",
        level: MustNot, section: "3.9.1.2", priority: 2,
        observable: WireAndApi, role: Sender, testability: Timing,
        stimulus: "Write a small amount and stop; window and cwnd open, nothing outstanding",
        expected: "Data leaves in bounded time",
        violation: "Data never transmitted",
    }

    RFC9293_MUST_61 = "RFC9293-MUST-61" {
        title: "Without PUSH API, last queued segment carries PSH",
        level: Must, section: "3.9.1.2", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Write data then leave send queue empty",
        expected: "PSH set on the segment that empties the queue",
        violation: "Final segment lacks PSH",
    }

    RFC9293_MUST_62 = "RFC9293-MUST-62" {
        title: "Urgent pointer designates the octet after urgent data",
        level: Must, section: "3.8.5", priority: 3,
        observable: WireAndApi, role: Both, testability: NeedsApi,
        stimulus: "Send/receive urgent data of known length",
        expected: "SEG.SEQ+pointer equals first non-urgent octet",
        violation: "Off-by-one (last urgent octet) interpretation",
    }

    RFC9293_MUST_63 = "RFC9293-MUST-63" {
        title: "SYN from an invalid source address ignored",
        level: Must, section: "3.9.2.3", priority: 1,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "SYN with source 0.0.0.0, loopback, broadcast, multicast or class E",
        expected: "No reply, no TCB, no crash",
        violation: "SYN,ACK/RST sent to invalid address, or stack fault",
    }

    RFC9293_MUST_64 = "RFC9293-MUST-64" {
        title: "Options parsed at any alignment",
        level: Must, section: "3.2", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Put MSS/TS/SACK options at odd offsets without NOP padding",
        expected: "Options recognised identically",
        violation: "Unaligned options missed or faulting",
    }

    RFC9293_MUST_65 = "RFC9293-MUST-65" {
        title: "MSS option only on SYN segments",
        level: MustNot, section: "3.2", priority: 2,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Capture every segment of the stack",
        expected: "MSS option appears only with SYN set",
        violation: "MSS option on a non-SYN segment",
    }

    RFC9293_MUST_66 = "RFC9293-MUST-66" {
        title: "RST and URG processed even at zero receive window",
        level: Must, section: "3.4", priority: 1,
        observable: WireAndApi, role: Receiver, testability: Easy,
        stimulus: "\
            Close the stack's receive window, then send RST at RCV.NXT (with and without data) and \
            URG segments",
        expected: "RST tears down; urgent indication is signalled",
        violation: "RST or URG ignored because window is zero",
    }

    RFC9293_MUST_67 = "RFC9293-MUST-67" {
        title: "Advertised MSS no larger than MMS_R-20",
        level: Must, section: "3.7.1", priority: 2,
        observable: Wire, role: Receiver, testability: Easy,
        stimulus: "Inspect MSS on SYN and SYN,ACK against the stack's reassembly and MTU limits",
        expected: "MSS <= largest receivable transport message minus 20",
        violation: "MSS above what the stack can receive",
    }

    RFC9293_MUST_68 = "RFC9293-MUST-68" {
        title: "All options other than EOL/NOP have a length octet",
        level: Must, section: "3.1", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Inspect all options the stack sends",
        expected: "Every emitted option is parseable as kind/length/value",
        violation: "Emitted option without proper length",
    }

    RFC9293_MUST_69 = "RFC9293-MUST-69" {
        title: "Header bytes after EOL are zero",
        level: Must, section: "3.1", priority: 3,
        observable: Wire, role: Sender, testability: Easy,
        stimulus: "Inspect segments of the stack that use EOL",
        expected: "Padding octets all zero",
        violation: "Non-zero garbage after EOL",
    }
}
