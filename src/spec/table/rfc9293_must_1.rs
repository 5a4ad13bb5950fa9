//! RFC 9293, Appendix B: what is labelled MUST-1 to MUST-34, and REC-1. Data only.

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
}
