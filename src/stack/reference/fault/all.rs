//! What the reference stack can be told to do wrong, one by one. Data only.

use crate::spec::{Req, req};

faults! {
    /// A reset in answer to an ACK has not SEG.ACK as its number.
    WrongResetNumber = "wrong-reset-number", RFC9293_3_10_7_1_P03;
    /// A reset in answer to a segment without ACK acknowledges nothing.
    ResetWithoutAck = "reset-without-ack", RFC9293_3_10_7_1_P02;
    /// A reset that belongs to nothing is answered by a reset.
    ResetAnswersReset = "reset-answers-reset", RFC9293_3_5_2_P01;
    /// A reset outside the window ends the connection.
    OutsideResetAccepted = "outside-reset-accepted", RFC9293_3_5_2_P02;
    /// A reset in the window, but not at RCV.NXT, ends the connection.
    InWindowResetAccepted = "in-window-reset-accepted", RFC9293_3_10_7_4_2;
    /// A reset at RCV.NXT has no effect.
    ExactResetIgnored = "exact-reset-ignored", RFC9293_3_10_7_1_P03;
    /// A reset in SYN-RECEIVED ends the listener too.
    PassiveResetCloses = "passive-reset-closes", RFC9293_3_5_2_P02;
    /// A SYN in a synchronized state is dropped in silence.
    NoChallengeForSyn = "no-challenge-for-syn", RFC9293_3_10_7_4_4;
    /// A reset in the window, but not at RCV.NXT, is dropped in silence.
    NoChallengeForReset = "no-challenge-for-reset", RFC9293_3_10_7_4_2;
    /// An old segment is dropped in silence.
    NoAckForOldSegment = "no-ack-for-old-segment", RFC9293_3_5_2_P03;
    /// An acknowledgment of what was never sent is dropped in silence.
    NoAckForUnsentAck = "no-ack-for-unsent-ack", RFC9293_3_10_7_4_P16;
    /// A probe of the closed window is dropped in silence.
    ProbeUnanswered = "probe-unanswered", RFC9293_3_8_6_1_P01;
    /// A SYN resets an established connection.
    SynResets = "syn-resets", RFC9293_3_10_7_4_4;
    /// A listener drops an ACK in silence.
    ListenerSilent = "listener-silent", RFC9293_3_10_7_2_P02;
    /// A listener drops a SYN.
    SynDropped = "syn-dropped", RFC9293_3_10_7_2_P03;
    /// The SYN,ACK does not count the SYN.
    SynAckNumberWrong = "syn-ack-number-wrong", RFC9293_3_10_7_2_P03;
    /// The SYN,ACK is not acknowledged.
    HandshakeUnfinished = "handshake-unfinished", RFC9293_3_10_7_3_P05;
    /// In SYN-SENT, a SYN,ACK with a wrong acknowledgment is taken for the right one.
    BadAckEstablishes = "bad-ack-establishes", RFC9293_3_10_7_3_P01;
    /// In SYN-SENT, a reset without ACK ends the attempt.
    RefusedByBareReset = "refused-by-bare-reset", RFC9293_MUST_22;
    /// In SYN-SENT, a SYN without ACK is answered by a reset.
    SimultaneousOpenReset = "simultaneous-open-reset", RFC9293_3_5_2_P02;
    /// In SYN-SENT, a SYN without ACK is dropped.
    SimultaneousOpenIgnored = "simultaneous-open-ignored", RFC9293_3_10_7_3_P06;
    /// An active OPEN sends nothing.
    SynNotSent = "syn-not-sent", RFC9293_3_10_1_P01;
    /// The SYN is sent again with another initial sequence number.
    NewIssOnRetransmission = "new-iss-on-retransmission", RFC9293_3_8_P03;
    /// The SYN is sent once only.
    NoSynRetransmission = "no-syn-retransmission", RFC9293_MUST_22;
    /// The SYN,ACK is sent once only.
    NoSynAckRetransmission = "no-syn-ack-retransmission", RFC9293_3_10_8_P02;
    /// One octet more is acknowledged than was received.
    AckBeyondReceived = "ack-beyond-received", RFC9293_3_4_P04;
    /// Text carries an older acknowledgment than was sent before.
    AckRegresses = "ack-regresses", RFC9293_3_8_P01;
    /// Text is never acknowledged.
    NoAckInTime = "no-ack-in-time", RFC9293_MUST_40;
    /// Text is acknowledged twice.
    TwoAcks = "two-acks", RFC5681_4_2_4;
    /// Text is sent without ACK.
    AckBitMissing = "ack-bit-missing", RFC9293_3_8_P01;
    /// Text that comes without ACK is accepted.
    TextWithoutAckAccepted = "text-without-ack-accepted", RFC9293_3_10_7_4_P11;
    /// Text after the peer's FIN is accepted.
    TextAfterFinAccepted = "text-after-fin-accepted", RFC9293_3_10_7_4_P26;
    /// A FIN ahead of a gap is processed.
    FinAboveGap = "fin-above-gap", RFC9293_3_4_P04;
    /// RECEIVE reports the end although text is missing before the FIN.
    EndBeforeGap = "end-before-gap", RFC9293_MUST_12;
    /// CLOSE sends FIN in place of the text that is queued before it.
    FinBeforeData = "fin-before-data", RFC9293_3_6_P01;
    /// The FIN is sent again with another number.
    FinTwice = "fin-twice", RFC9293_3_8_P03;
    /// The FIN is sent once only.
    FinNotRetransmitted = "fin-not-retransmitted", RFC9293_3_6_P03;
    /// The first text carries FIN although nobody called CLOSE.
    FinUnasked = "fin-unasked", RFC9293_3_10_4_P03;
    /// The first octet of a segment is not the one that the user sent.
    OctetAltered = "octet-altered", RFC9293_2_2_P01;
    /// What is sent again is not what was sent before.
    OctetAlteredOnRetransmission = "octet-altered-on-retransmission", RFC9293_3_4_3_P02;
    /// Text is sent beyond the peer's window.
    OctetsBeyondWindow = "octets-beyond-window", RFC9293_3_8_P02;
    /// The window is one octet larger than the buffer.
    WindowTooLarge = "window-too-large", RFC9293_3_4_P02;
    /// The window of the SYN is scaled.
    WindowScaledOnSyn = "window-scaled-on-syn", RFC7323_2_2_6;
    /// The window of the peer's SYN is taken to be scaled.
    SynWindowScaled = "syn-window-scaled", RFC7323_2_2_6;
    /// The window of an old segment is taken over.
    OldWindowTaken = "old-window-taken", RFC9293_3_8_P02;
    /// The right edge of the window is moved to the left.
    EdgeShrinks = "edge-shrinks", RFC9293_SHLD_14;
    /// The MSS that the peer announced is ignored.
    MssIgnored = "mss-ignored", RFC9293_MUST_16;
    /// Options are not deducted from the MSS.
    OptionsNotDeducted = "options-not-deducted", RFC6691_2_3;
    /// A peer that announces no MSS is sent large segments.
    DefaultMssTooLarge = "default-mss-too-large", RFC9293_MUST_15;
    /// The MSS that is announced does not fit the link.
    MssTooLarge = "mss-too-large", RFC9293_MUST_67;
    /// Text carries an MSS option.
    MssOnData = "mss-on-data", RFC9293_MUST_65;
    /// Window scale answers a SYN that has none.
    ScaleUnasked = "scale-unasked", RFC7323_2_2_4;
    /// Timestamps answer a SYN that has none.
    TimestampsUnasked = "timestamps-unasked", RFC7323_3_2_4;
    /// Timestamps are left out once both sides have agreed on them.
    TimestampsMissing = "timestamps-missing", RFC7323_3_2_5;
    /// The timestamp clock runs backwards.
    TimestampsRunBackwards = "timestamps-run-backwards", RFC7323_4_1_1;
    /// The SYN,ACK does not echo the SYN's timestamp.
    SynAckEchoWrong = "syn-ack-echo-wrong", RFC7323_3_2_2;
    /// A segment ahead of a gap changes the timestamp that is echoed.
    EchoPolluted = "echo-polluted", RFC7323_4_3_P01;
    /// A segment with an old timestamp is accepted.
    PawsSkipped = "paws-skipped", RFC7323_5_3_2;
    /// SACK tells of text that never arrived.
    SackInvented = "sack-invented", RFC2018_3_P01;
    /// SACK is used although the peer has not permitted it.
    SackUnasked = "sack-unasked", RFC2018_4_1;
    /// What is outstanding is sent again after 200 ms.
    RetransmitsEarly = "retransmits-early", RFC6298_5_1;
    /// Every retransmission comes one timeout after the last.
    GapsDoNotDouble = "gaps-do-not-double", RFC6298_5_4;
    /// Text is sent once only.
    NoRetransmission = "no-retransmission", RFC9293_3_10_8_P02;
    /// Text that is acknowledged is sent again.
    RetransmitsAcknowledged = "retransmits-acknowledged", RFC9293_3_10_7_4_P14;
    /// A closed window is never probed.
    NoProbe = "no-probe", RFC9293_MUST_36;
    /// A small segment waits for ever, with nothing outstanding.
    TextHeldBack = "text-held-back", RFC9293_MUST_60;
    /// The segment that empties the queue is not pushed.
    PushMissing = "push-missing", RFC9293_MUST_61;
    /// Any ACK ends LAST-ACK.
    LastAckClosedByAny = "last-ack-closed-by-any", RFC9293_3_6_P03;
    /// A FIN in FIN-WAIT-1 leads to TIME-WAIT although our own is not acknowledged.
    ClosingSkipped = "closing-skipped", RFC9293_3_6_P03;
    /// TIME-WAIT lasts one MSL.
    TimeWaitCutShort = "time-wait-cut-short", RFC9293_MUST_13;
    /// A FIN that comes again in TIME-WAIT is dropped in silence.
    TimeWaitFinIgnored = "time-wait-fin-ignored", RFC9293_MUST_13;
    /// CLOSE throws away what was received and not yet read.
    UnreadLost = "unread-lost", RFC9293_3_6_P05;
    /// RECEIVE reports the end before the last octet is delivered.
    EarlyEnd = "early-end", RFC9293_3_10_3_P01;
    /// The second RECEIVE delivers what the first has delivered.
    OctetsTwice = "octets-twice", RFC9293_2_2_P01;
    /// SEND takes octets after CLOSE.
    SendAfterClose = "send-after-close", RFC9293_3_10_2_P03;
    /// ABORT sends no reset.
    AbortSilent = "abort-silent", RFC9293_3_10_5_P01;
    /// CLOSE in SYN-SENT sends a reset.
    CloseResets = "close-resets", RFC9293_3_10_4_P01;
    /// CLOSE in SYN-RECEIVED is forgotten.
    CloseForgotten = "close-forgotten", RFC9293_3_10_4_P03;
    /// STATUS says ESTABLISHED, always.
    StatusWrong = "status-wrong", RFC9293_3_10_6_P01;
    /// Segments with a wrong checksum are taken.
    ChecksumIgnored = "checksum-ignored", RFC9293_MUST_3;
    /// Segments leave with a wrong checksum.
    ChecksumWrong = "checksum-wrong", RFC9293_MUST_2;
    /// A reserved bit is set.
    ReservedBits = "reserved-bits", RFC9293_3_1_P01;
    /// Keep-alives are sent although they are off.
    KeepAliveUnasked = "keep-alive-unasked", RFC9293_MUST_25;
    /// The user timeout never comes.
    UserTimeoutIgnored = "user-timeout-ignored", RFC9293_3_10_8_P01;
    /// A soft ICMP error ends the connection.
    SoftErrorAborts = "soft-error-aborts", RFC9293_MUST_56;
    /// A source quench ends the connection.
    QuenchAborts = "quench-aborts", RFC9293_MUST_55;
    /// A hard ICMP error in SYN-SENT has no effect.
    HardErrorIgnored = "hard-error-ignored", RFC9293_SHLD_26;
    /// An ICMP error about a segment that was never sent ends the connection.
    QuoteUnchecked = "quote-unchecked", RFC9293_MUST_54;
    /// An ICMP error about another connection ends this one.
    ForeignErrorAborts = "foreign-error-aborts", RFC9293_MUST_54;
    /// An ICMP error is answered by a reset.
    ErrorAnswered = "error-answered", RFC9293_3_5_2_P02;
    /// Text at a closed window is accepted.
    ClosedWindowAccepts = "closed-window-accepts", RFC9293_3_8_6_1_P01;
    /// Text that crosses the right edge is accepted whole.
    CrossingAccepted = "crossing-accepted", RFC9293_3_4_P04;
    /// Text in a part of the window that rounding has taken back is refused.
    RetractedRefused = "retracted-refused", RFC7323_2_4_2;
    /// What was held ahead of a gap is forgotten when the gap is filled.
    HeldForgotten = "held-forgotten", RFC9293_SHLD_31;
    /// A segment without ACK is answered.
    AnswersWithoutAck = "answers-without-ack", RFC9293_3_10_7_4_P11;
    /// An acknowledgment that is older than any window is taken, though that is said to be checked.
    AncientAckTaken = "ancient-ack-taken", RFC9293_3_10_7_4_7;
    /// A segment without the timestamps that were agreed upon is taken.
    UnstampedTaken = "unstamped-taken", RFC7323_3_2_7;
    /// A reset of a connection that has timestamps has none.
    ResetUnstamped = "reset-unstamped", RFC7323_3_2_6;
    /// The timestamp clock ticks a thousand times in a microsecond.
    ClockTooFast = "clock-too-fast", RFC7323_5_4_1;
    /// Of what came twice SACK tells again and again.
    DuplicateToldAgain = "duplicate-told-again", RFC2883_4_P02;
    /// SACK tells of one stretch, however many there are.
    SackOneBlock = "sack-one-block", RFC2018_4_5;
    /// SACK tells of the latest stretch and of the oldest.
    SackOldestRepeated = "sack-oldest-repeated", RFC2018_4_6;
    /// A segment without the timestamps that were agreed upon resets.
    UnstampedResets = "unstamped-resets", RFC7323_3_2_8;
    /// A timestamp that looks old after 24 days of silence is not accepted.
    OutdatedRejected = "outdated-rejected", RFC7323_5_5_1;
    /// Text with a window scale option is dropped.
    ScaledTextDropped = "scaled-text-dropped", RFC7323_2_2_5;
    /// Text with timestamps that were not agreed upon is dropped.
    StampedTextDropped = "stamped-text-dropped", RFC7323_3_2_9;
    /// The MSS of a segment that is no SYN is taken.
    MssOfDataTaken = "mss-of-data-taken", RFC9293_MUST_16;
    /// Any number of full segments waits for the delayed acknowledgment.
    StretchedAcks = "stretched-acks", RFC9293_SHLD_19;
    /// The duplicate acknowledgment of a segment ahead of a gap is delayed.
    DuplicateAckLate = "duplicate-ack-late", RFC5681_3_2_1;
    /// The acknowledgment of a filled gap is delayed.
    FilledGapAckLate = "filled-gap-ack-late", RFC5681_3_2_2;
    /// What a filled gap has joined is acknowledged piece by piece.
    AcksInPieces = "acks-in-pieces", RFC9293_MUST_59;
    /// Every empty acknowledgment is acknowledged.
    AcksOfAcks = "acks-of-acks", RFC9293_3_4_P03;
    /// An empty acknowledgment has a number that was not yet sent.
    AckNumberedAhead = "ack-numbered-ahead", RFC9293_3_5_2_P03;
    /// The first SACK block is not that of the segment that is answered.
    SackLatestLast = "sack-latest-last", RFC2018_4_4;
    /// SACK is used once, and then no more.
    SackOnce = "sack-once", RFC2018_4_3;
    /// SACK tells of numbers before the peer's stream.
    SackBeforeStream = "sack-before-stream", RFC2018_3_P01;
    /// A window is announced whenever the user has read an octet.
    SillyWindow = "silly-window", RFC9293_MUST_39;
    /// A scaled window is rounded up, beyond the buffer.
    ScaledWindowTooLarge = "scaled-window-too-large", RFC7323_2_3_4;
    /// An option's length points beyond the header.
    OptionCutShort = "option-cut-short", RFC9293_MUST_68;
    /// What follows the end of the options is not zero.
    PaddingNotZero = "padding-not-zero", RFC9293_MUST_69;
    /// Text carries a window scale option.
    ScaleOnData = "scale-on-data", RFC7323_2_2_4;
    /// Text carries SACK-permitted.
    SackPermittedOnData = "sack-permitted-on-data", RFC2018_2_1;
    /// Text follows the FIN.
    TextAfterFin = "text-after-fin", RFC9293_3_6_P02;
    /// ABORT in SYN-SENT sends a reset.
    AbortResets = "abort-resets", RFC9293_3_10_5_P02;
    /// A reset in answer to an ACK acknowledges what never was.
    ResetAckWrong = "reset-ack-wrong", RFC9293_3_10_7_1_P03;
    /// A SYN in TIME-WAIT is taken however old it is.
    ReopensByOldSyn = "reopens-by-old-syn", RFC9293_MAY_2;
    /// A connection that is opened anew from TIME-WAIT begins with the numbers of the last.
    ReopensBelow = "reopens-below", RFC9293_MAY_2;
    /// In TIME-WAIT a SYN is refused, whatever its timestamp, and whoever listens.
    NewerSynRefused = "newer-syn-refused", RFC9293_SHLD_4;
    /// Text that came with the SYN is delivered before the handshake is complete.
    DeliversEarly = "delivers-early", RFC9293_3_5_P01;
    /// Text is put on a SYN that is sent again.
    TextOnSynAgain = "text-on-syn-again", RFC9293_3_10_2_P01;
    /// A SYN,ACK that answers a crossing SYN offers what neither SYN did.
    CrossingOffersMore = "crossing-offers-more", RFC7323_3_2_4;
    /// A SYN that comes again is dropped in silence.
    SynAgainIgnored = "syn-again-ignored", RFC9293_3_10_7_4_P01;
    /// Segments to a broadcast address are answered.
    AnswersBroadcast = "answers-broadcast", RFC9293_MUST_57;
    /// A segment with an unknown option is dropped.
    UnknownOptionDropped = "unknown-option-dropped", RFC9293_MUST_6;
    /// A packet with IPv4 options is dropped.
    IpOptionsDropped = "ip-options-dropped", RFC9293_MUST_50;
    /// After a malformed option the text is read from the wrong place.
    MalformedOptionShiftsText = "malformed-option-shifts-text", RFC9293_MUST_7;
    /// A window of half the space or more is taken for a negative one.
    WindowSigned = "window-signed", RFC9293_MUST_1;
    /// The peer's window is held in sixteen bits.
    WindowInSixteenBits = "window-in-sixteen-bits", RFC9293_REC_1;
    /// An MSS option behind padding is not found.
    PaddedMssMissed = "padded-mss-missed", RFC9293_MUST_4;
    /// A segment that crosses the end of the sequence space is dropped.
    WrapForgotten = "wrap-forgotten", RFC9293_3_4_P01;
    /// In SYN-RECEIVED, after an active OPEN, a reset has no effect.
    HandshakeResetIgnored = "handshake-reset-ignored", RFC9293_3_10_7_4_P06;
    /// In SYN-SENT, a reset that acknowledges the SYN has no effect.
    RefusalIgnored = "refusal-ignored", RFC9293_3_10_7_3_P03;
    /// In SYN-SENT, a reset that acknowledges something else ends the attempt.
    RefusedByBlindReset = "refused-by-blind-reset", RFC9293_3_10_7_3_P02;
    /// In SYN-SENT, an ACK without SYN establishes.
    BareAckEstablishes = "bare-ack-establishes", RFC9293_3_10_7_3_P07;
    /// Text of a SYN is acknowledged and lost.
    SynTextLost = "syn-text-lost", RFC9293_3_10_7_2_P04;
    /// Text of a SYN,ACK is acknowledged and lost.
    SynAckTextLost = "syn-ack-text-lost", RFC9293_3_10_7_3_P08;
    /// A listener answers a segment without RST, ACK and SYN.
    ListenerAnswersNothing = "listener-answers-nothing", RFC9293_3_10_7_2_P05;
    /// A listener acknowledges a FIN.
    ListenerTakesFin = "listener-takes-fin", RFC9293_3_10_7_4_P32;
    /// In SYN-RECEIVED, a wrong acknowledgment is dropped in silence.
    NoResetForBadAck = "no-reset-for-bad-ack", RFC9293_3_10_7_4_P13;
    /// In SYN-RECEIVED, the acknowledgment of the SYN,ACK is ignored.
    ThirdSegmentIgnored = "third-segment-ignored", RFC9293_3_10_7_4_P12;
    /// In SYN-RECEIVED, a new SYN in the window takes the place of the first.
    NewSynTaken = "new-syn-taken", RFC9293_3_10_7_4_P10;
    /// Text is dropped because it acknowledges nothing new.
    DuplicateAckDropsText = "duplicate-ack-drops-text", RFC9293_3_10_7_4_P15;
    /// In FIN-WAIT-2, text is dropped.
    FinWaitDropsText = "fin-wait-drops-text", RFC9293_3_6_P05;
    /// In ESTABLISHED, text is dropped.
    TextDropped = "text-dropped", RFC9293_3_10_7_4_P23;
    /// A FIN is dropped.
    FinDropped = "fin-dropped", RFC9293_3_10_7_4_P28;
    /// A second FIN is counted.
    SecondFinCounted = "second-fin-counted", RFC9293_3_10_7_4_P31;
    /// In LAST-ACK, the acknowledgment of the FIN is ignored.
    LastAckLingers = "last-ack-lingers", RFC9293_3_10_7_4_P20;
    /// In CLOSING, the acknowledgment of the FIN is ignored.
    ClosingLingers = "closing-lingers", RFC9293_3_10_7_4_P19;
    /// In FIN-WAIT-1, the acknowledgment of the FIN is ignored.
    FinWaitLingers = "fin-wait-lingers", RFC9293_3_10_7_4_P18;
    /// From FIN-WAIT-2 a FIN leads to CLOSED.
    TimeWaitSkipped = "time-wait-skipped", RFC9293_3_10_7_4_P30;
    /// TIME-WAIT never ends.
    TimeWaitForever = "time-wait-forever", RFC9293_3_10_8_P03;
    /// A second CLOSE sends a second FIN.
    SecondCloseSendsFin = "second-close-sends-fin", RFC9293_3_10_4_P05;
    /// CLOSE in CLOSE-WAIT sends no FIN.
    FinWithheld = "fin-withheld", RFC9293_3_10_4_P04;
    /// CLOSE in SYN-RECEIVED sends a reset.
    CloseResetsHandshake = "close-resets-handshake", RFC9293_3_10_4_P02;
    /// OPEN of a connection that exists begins another.
    OpensTwice = "opens-twice", RFC9293_3_10_1_P02;
    /// SEND is refused in CLOSE-WAIT.
    SendRefused = "send-refused", RFC9293_3_10_2_P02;
    /// RECEIVE never reports the end.
    EndUntold = "end-untold", RFC9293_3_6_P06;
    /// RECEIVE waits for PSH.
    DeliversPushedOnly = "delivers-pushed-only", RFC1122_4_2_2_2_1;
    /// A probe of the closed window has no octet, and no old number.
    ProbeEmpty = "probe-empty", RFC9293_3_8_6_1_P02;
    /// The second answer to a probe that leaves the window closed ends the connection.
    ClosedWindowEnds = "closed-window-ends", RFC9293_MUST_37;
    /// A window that is taken back ends the connection.
    ShrunkWindowEnds = "shrunk-window-ends", RFC9293_SHLD_17;
    /// New text is sent in the part of the window that was taken back.
    ShrunkWindowOverrun = "shrunk-window-overrun", RFC9293_SHLD_15;
    /// A second listener on a port ends the connections that it has.
    ListenDisturbs = "listen-disturbs", RFC9293_MUST_41;
    /// A SYN is dropped while another handshake is under way on the port.
    SecondHandshakeDropped = "second-handshake-dropped", RFC9293_MUST_42;
    /// Segments leave with another source address.
    WrongSource = "wrong-source", RFC9293_MUST_45;
    /// Keep-alives come twice as often as asked for.
    KeepAliveEarly = "keep-alive-early", RFC9293_MUST_26;
    /// One keep-alive without an answer ends the connection.
    KeepAliveEnds = "keep-alive-ends", RFC9293_MUST_29;
    /// A keep-alive carries an octet.
    KeepAliveCarriesText = "keep-alive-carries-text", RFC9293_SHLD_12;
    /// A keep-alive carries two octets.
    KeepAliveTooLong = "keep-alive-too-long", RFC9293_MAY_6;
    /// CLOSE ends receiving, and says nothing of the text that is lost by it.
    LossUntold = "loss-untold", RFC9293_SHLD_3;
    /// A SYN has no MSS option.
    MssOmitted = "mss-omitted", RFC9293_SHLD_5;
    /// A SYN,ACK promises congestion notification that no SYN has asked for.
    EcnUninvited = "ecn-uninvited", RFC3168_6_1_1_1;
    /// A SYN,ACK reflects the bits of congestion notification.
    EcnReflected = "ecn-reflected", RFC3168_6_1_1_7;
    /// ECN is not agreed to, though that is declared.
    EcnDeclined = "ecn-declined", RFC9293_SHLD_8;
    /// A SYN,ACK is marked as ECT.
    EctOnSyn = "ect-on-syn", RFC3168_6_1_1_9;
    /// Text is marked as ECT though nobody has agreed on it.
    EctUnasked = "ect-unasked", RFC3168_6_1_1_3;
    /// Text is marked as ECT though a SYN of the peer was against it.
    EctRefused = "ect-refused", RFC3168_6_1_1_4;
    /// Empty acknowledgments are marked as ECT.
    EctOnAck = "ect-on-ack", RFC3168_6_1_4_1;
    /// What is sent again is marked as ECT.
    EctAgain = "ect-again", RFC3168_6_1_5_1;
    /// A probe of a closed window is marked as ECT.
    EctOnProbe = "ect-on-probe", RFC3168_6_1_6_1;
    /// A probe of a closed window has CWR.
    CwrOnProbe = "cwr-on-probe", RFC3168_6_1_6_1;
    /// CE is not echoed.
    CeIgnored = "ce-ignored", RFC3168_6_1_1_6;
    /// CE is echoed once.
    CeEchoedOnce = "ce-echoed-once", RFC3168_6_1_3_P01;
    /// ECE is set where no CE has come.
    EceAlways = "ece-always", RFC3168_6_1_3_P01;
    /// CE on text outside the window is echoed.
    StrayCeEchoed = "stray-ce-echoed", RFC3168_6_1_5_2;
    /// CWR never answers ECE.
    CwrMissing = "cwr-missing", RFC3168_6_1_1_5;
    /// All text has CWR.
    CwrAlways = "cwr-always", RFC3168_6_1_1_5;
    /// What is sent again has CWR.
    CwrAgain = "cwr-again", RFC3168_6_1_2_3;
    /// Text is marked as ECT(1).
    EctOther = "ect-other", RFC3168_6_1_2_4;
    /// A SYN offers no window scale, though windows can be scaled.
    ScaleNotOffered = "scale-not-offered", RFC7323_2_2_2;
    /// A SYN,ACK does not answer the offer of a window scale.
    ScaleNotAnswered = "scale-not-answered", RFC7323_2_3_1;
    /// The MSS option is less by what timestamps take.
    MssLessOptions = "mss-less-options", RFC6691_2_2;
    /// The initial sequence number of the next connection is lower.
    IsnGoesBack = "isn-goes-back", RFC9293_MUST_8;
    /// The initial sequence numbers of all connections come from one counter.
    IsnShared = "isn-shared", RFC9293_MUST_9;
    /// The initial sequence number of a later incarnation is far from the earlier.
    IsnLeaps = "isn-leaps", RFC9293_SHLD_1;
    /// No octets fill up before the timestamps.
    TimestampsUnaligned = "timestamps-unaligned", RFC7323_A_P01;
    /// Time to live is what it is without being asked for another.
    TtlIgnored = "ttl-ignored", RFC9293_MUST_49;
    /// The differentiated services codepoint that is asked for is not sent.
    DscpIgnored = "dscp-ignored", RFC9293_MUST_48;
    /// The codepoint does not change while a connection is open.
    DscpFixed = "dscp-fixed", RFC9293_SHLD_21;
    /// Another codepoint is sent than the user has set.
    DscpAltered = "dscp-altered", RFC9293_SHLD_22;
    /// Another codepoint is told than has arrived.
    DscpMistold = "dscp-mistold", RFC9293_MAY_9;
    /// An attempt is made to connect to a group.
    GroupOpened = "group-opened", RFC9293_MUST_46;
    /// An attempt to connect ends after a minute.
    SynGivenUpEarly = "syn-given-up-early", RFC9293_MUST_23;
    /// What is outstanding for half a minute ends the connection.
    GivesUpEarly = "gives-up-early", RFC9293_SHLD_11;
    /// The retransmission timeout grows to four seconds and no further.
    CeilingLow = "ceiling-low", RFC6298_2_6;
    /// The round trip of the handshake does not count.
    RoundTripIgnored = "round-trip-ignored", RFC6298_2_2;
    /// What was sent twice, and is acknowledged, is taken for a short round trip.
    AmbiguousSampleTaken = "ambiguous-sample-taken", RFC6298_3_1;
    /// The timestamp that is echoed is that of the latest segment.
    EchoesLatest = "echoes-latest", RFC7323_4_3_1;
    /// The timestamp of a segment that fills a gap is not echoed.
    FillerNotEchoed = "filler-not-echoed", RFC7323_4_3_3;
    /// A timestamp that PAWS has refused is echoed.
    EchoGoesBack = "echo-goes-back", RFC7323_5_2_1;
    /// The timestamp of a reset is echoed.
    ResetEchoed = "reset-echoed", RFC7323_5_2_5;
    /// A timestamp that has passed the end of the space is taken for an old one.
    TimestampWrapForgotten = "timestamp-wrap-forgotten", RFC7323_5_3_P01;
    /// A SYN that echoes a timestamp is dropped.
    SynEchoChecked = "syn-echo-checked", RFC7323_3_2_3;
    /// The first SYN echoes a timestamp.
    SynEchoes = "syn-echoes", RFC7323_3_2_1;
    /// An urgent octet is lost.
    UrgentOctetLost = "urgent-octet-lost", RFC9293_MUST_31;
    /// An urgent pointer beyond the text resets.
    UrgentPointerResets = "urgent-pointer-resets", RFC9293_3_8_5_P01;
    /// Urgent data is sent like any other.
    UrgentUnsent = "urgent-unsent", RFC9293_MUST_30;
    /// The user is not told that there is urgent data.
    UrgentUnreported = "urgent-unreported", RFC9293_MUST_32;
    /// The user is told of the same urgent data again and again.
    UrgentReportedAgain = "urgent-reported-again", RFC9293_3_10_7_4_P22;
    /// Urgent data that has not arrived yet does not count.
    UrgentRemainderWrong = "urgent-remainder-wrong", RFC9293_MUST_33;
    /// The urgent pointer is that of the last urgent octet.
    UrgentPointsAtLast = "urgent-points-at-last", RFC9293_MUST_62;
    /// An urgent pointer is taken for that of the last urgent octet.
    UrgentEndsLater = "urgent-ends-later", RFC9293_MUST_62;
    /// All text is urgent.
    UrgentForEver = "urgent-for-ever", RFC9293_MUST_62;
    /// Any urgent pointer counts, though it goes back.
    UrgentGoesBack = "urgent-goes-back", RFC9293_3_10_7_4_P22;
    /// An urgent pointer counts after the peer's FIN.
    UrgentAfterFin = "urgent-after-fin", RFC9293_3_10_7_4_P22;
    /// At a closed window URG is ignored.
    ClosedWindowNotUrgent = "closed-window-not-urgent", RFC9293_MUST_66;
    /// What was sent with the PUSH flag is not pushed.
    PushFlagIgnored = "push-flag-ignored", RFC9293_MAY_15;
    /// Text at a closed window resets.
    ClosedWindowResets = "closed-window-resets", RFC9293_3_8_6_1_P01;
    /// The window is scaled although the peer has not offered to.
    ScalesAlone = "scales-alone", RFC7323_2_2_3;
    /// The windows of the peer are taken as they come, scaled or not.
    WindowNotShifted = "window-not-shifted", RFC9293_SHLD_28;
    /// A shift beyond 14 is used as it comes.
    ShiftUnlimited = "shift-unlimited", RFC7323_2_3_5;
    /// Text that SACK has reported is not sent again.
    SackedForgotten = "sacked-forgotten", RFC2018_5_2;
    /// At a closed window acknowledgments are ignored.
    ClosedWindowIgnoresAcks = "closed-window-ignores-acks", RFC9293_3_10_7_4_P04;
    /// Text of a reset that draws a challenge ACK is taken.
    ChallengedResetTextTaken = "challenged-reset-text-taken", RFC9293_3_10_7_4_3;
    /// Text of a SYN that draws a challenge ACK is taken.
    ChallengedSynTextTaken = "challenged-syn-text-taken", RFC9293_3_10_7_4_5;
    /// A retransmission after one duplicate acknowledgment.
    RetransmitsAtOnce = "retransmits-at-once", RFC5681_3_2_P01;
    /// A SYN with one of the bits of ECN is dropped.
    HalfEcnSynDropped = "half-ecn-syn-dropped", RFC3168_6_1_1_8;
    /// An acknowledgment of the SYN alone resets when the SYN carried text.
    PartialAckResets = "partial-ack-resets", RFC9293_3_10_7_3_P09;
    /// A window that opens again after it was closed is not noticed.
    ReopeningMissed = "reopening-missed", RFC9293_MUST_60;
    /// Behind the end of the sequence space RECEIVE delivers another octet than was sent.
    OctetWrongAfterWrap = "octet-wrong-after-wrap", RFC9293_2_2_P01;
    /// The congestion window begins twice as large as it may.
    InitialWindowLarge = "initial-window-large", RFC5681_3_1_2;
    /// The acknowledgment of the SYN lets the congestion window grow.
    HandshakeGrowsWindow = "handshake-grows-window", RFC5681_3_1_2;
    /// In slow start each acknowledgment counts four times.
    SlowStartTooFast = "slow-start-too-fast", RFC5681_2_1;
    /// After two lost SYNs the initial window is ten segments.
    LostSynsIgnored = "lost-syns-ignored", RFC5681_3_1_4;
    /// At a timeout all that is outstanding is sent again at once.
    TimeoutKeepsWindow = "timeout-keeps-window", RFC5681_3_1_9;
    /// After a timeout each acknowledgment lets six segments leave.
    TimeoutGrowsFast = "timeout-grows-fast", RFC5681_3_1_1;
    /// A timeout leaves the slow start threshold as it was.
    ThresholdHigh = "threshold-high", RFC5681_3_1_8;
    /// Duplicates call for nothing.
    NoFastRetransmit = "no-fast-retransmit", RFC5681_3_2_3;
    /// The third duplicate has all that is outstanding sent again.
    FastRetransmitsAll = "fast-retransmits-all", RFC5681_3_2_6;
    /// In fast recovery each duplicate lets eight segments leave.
    RecoveryBursts = "recovery-bursts", RFC5681_3_2_7;
    /// After fast recovery the congestion window is four times what was in flight.
    RecoveryNotDeflated = "recovery-not-deflated", RFC5681_3_2_7;
    /// After fast recovery the congestion window grows as in slow start.
    AvoidanceTooFast = "avoidance-too-fast", RFC5681_3_1_7;
    /// A partial acknowledgment has nothing sent again.
    PartialAckWaits = "partial-ack-waits", RFC6582_3_2_P02;
    /// Every third duplicate has the same segment sent again.
    FastRetransmitsAgain = "fast-retransmits-again", RFC6582_3_2_P01;
    /// A pause leaves the congestion window as it was.
    PauseKeepsWindow = "pause-keeps-window", RFC5681_4_1_1;
    /// With SACK, a duplicate that tells of nothing lets new text leave.
    BareDuplicateSends = "bare-duplicate-sends", RFC3042_2_2;
    /// Each duplicate lets four new segments leave.
    DuplicatesSendMore = "duplicates-send-more", RFC3042_2_1;
    /// What SACK tells of calls for nothing.
    SackIgnored = "sack-ignored", RFC6675_5_1;
    /// What SACK has told of is sent again.
    SackedResent = "sacked-resent", RFC2018_5_1;
    /// After a lost SYN the timeout for text is what it was for the SYN.
    ThreeSecondsForgotten = "three-seconds-forgotten", RFC6298_5_5;
    /// At a timeout the last segment is sent again first.
    ResendsLastFirst = "resends-last-first", RFC6298_5_3;
    /// An acknowledgment of something new leaves the timer running.
    TimerNotRestarted = "timer-not-restarted", RFC6298_5_2;
    /// From the third round trip on, the timeout is one second.
    TimeoutForgotten = "timeout-forgotten", RFC6298_3_2;
    /// Small segments follow each other without an acknowledgment.
    NagleMissing = "nagle-missing", RFC9293_SHLD_7;
    /// The Nagle algorithm cannot be switched off.
    NagleAlways = "nagle-always", RFC9293_MUST_17;
    /// Every opening of the window is filled at once.
    SillySegments = "silly-segments", RFC9293_MUST_38;
    /// Segments are a third of what they may be.
    SmallSegments = "small-segments", RFC9293_SHLD_28;
    /// What each SEND has queued is pushed in a segment of its own, though more waits.
    SendsApart = "sends-apart", RFC9293_SHLD_28;
    /// What SACK tells to be lost is sent again from its end.
    HoleFromItsEnd = "hole-from-its-end", RFC6675_4_2;
    /// A recovery that a timeout has cut short begins anew at the next duplicate.
    RecoversAfterTimeout = "recovers-after-timeout", RFC6675_5_1_1;
    /// ECE leaves the congestion window as it is.
    EchoKeepsWindow = "echo-keeps-window", RFC3168_6_1_2_1;
    /// ECE at a congestion window of one segment lets the next leave at once.
    EchoSendsOn = "echo-sends-on", RFC3168_6_1_2_2;
    /// A closed window is probed as soon as there is text.
    ProbesAtOnce = "probes-at-once", RFC9293_SHLD_29;
    /// The probes of a closed window come a second after each other.
    ProbesConstant = "probes-constant", RFC9293_SHLD_30;
    /// A soft ICMP error is not reported to the user.
    SoftErrorUnreported = "soft-error-unreported", RFC9293_3_9_1_8_1;
    /// That text was sent again and again is not reported to the user.
    RetransmissionUnreported = "retransmission-unreported", RFC9293_3_9_1_8_1;
    /// An ICMP error is reported that never came.
    ReportWithoutCause = "report-without-cause", RFC9293_3_9_1_8_1;
    /// What the user has switched off is reported all the same.
    ReportsStayOn = "reports-stay-on", RFC9293_SHLD_20;
    /// The first retransmission is reported to the user.
    ReportedTooEarly = "reported-too-early", RFC9293_SHLD_10;
}
