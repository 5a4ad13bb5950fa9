//! Where the states stand in the picture, and which way the edges take between them.
//!
//! All of it is placed by hand, about as in RFC 9293 figure 5. CLOSED stands twice, at the top
//! and at the bottom. An edge that has no place here, because no conforming stack takes it, goes
//! straight.

use crate::model::State;

/// A place in the picture.
pub(super) type Point = (i32, i32);

/// Width and height of the picture.
pub(super) const SIZE: Point = (1040, 1052);

/// Half the width and half the height of a state.
pub(super) const HALF: Point = (104, 31);

/// How the text of a label is aligned to its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Align {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
    /// Its middle is there, and it reads upwards.
    Upwards,
}

/// The way of one edge: an SVG path, the place of the first line of its label, and how the label
/// is aligned.
pub(super) struct Route {
    pub path: &'static str,
    pub label: Point,
    pub align: Align,
}

/// CLOSED again, at the bottom.
pub(super) const CLOSED_AGAIN: Point = (850, 980);

/// The middle of a state.
pub(super) const fn middle(state: State) -> Point {
    match state {
        State::Closed => (520, 90),
        State::Listen => (520, 230),
        State::SynReceived => (190, 380),
        State::SynSent => (850, 380),
        State::Established => (520, 520),
        State::FinWait1 => (190, 660),
        State::CloseWait => (850, 660),
        State::FinWait2 => (190, 820),
        State::Closing => (600, 820),
        State::LastAck => (850, 820),
        State::TimeWait => (400, 980),
    }
}

/// The way from one state to another, if it is placed.
#[rustfmt::skip]
pub(super) const fn route(from: State, to: State) -> Option<Route> {
    use Align::{End, Middle, Start, Upwards};
    use State::{
        CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived,
        SynSent, TimeWait,
    };
    let (path, label, align) = match (from, to) {
        (Closed, Listen) => ("M490,121 V199", (478, 164), End),
        (Listen, Closed) => ("M550,199 V121", (562, 164), Start),
        (Closed, SynSent) => ("M624,100 Q800,120 830,349", (742, 192), End),
        (SynSent, Closed) => ("M900,349 Q900,70 624,70", (852, 140), Start),
        (Listen, SynReceived) => ("M416,222 Q190,240 170,349", (324, 214), Middle),
        (SynReceived, Listen) => ("M230,349 Q260,270 416,246", (308, 300), Start),
        (SynReceived, Closed) => ("M110,349 Q120,90 416,84", (176, 150), End),
        (Listen, SynSent) => ("M624,230 Q740,240 800,349", (712, 290), End),
        (SynSent, SynReceived) => ("M746,380 H294", (520, 370), Middle),
        (SynReceived, Established) => ("M270,411 L416,500", (332, 480), End),
        (SynSent, Established) => ("M790,411 L624,505", (736, 456), Start),
        (SynReceived, FinWait1) => ("M150,411 V629", (140, 525), End),
        (SynReceived, CloseWait) => ("M294,395 Q700,420 810,629", (556, 418), Start),
        (Established, FinWait1) => ("M440,551 L270,629", (346, 580), End),
        (Established, CloseWait) => ("M600,551 L770,629", (664, 604), End),
        (FinWait1, FinWait2) => ("M150,691 V789", (140, 745), End),
        (FinWait1, Closing) => ("M294,670 Q500,690 575,789", (482, 694), Start),
        (FinWait1, TimeWait) => ("M240,691 Q370,780 385,949", (346, 772), Start),
        (FinWait2, TimeWait) => ("M220,851 Q240,920 310,949", (226, 912), End),
        (Closing, TimeWait) => ("M560,851 L460,949", (524, 905), Start),
        (CloseWait, LastAck) => ("M850,691 V789", (862, 745), Start),
        (LastAck, Closed) => ("M850,851 V949", (862, 905), Start),
        (TimeWait, Closed) => ("M504,980 H746", (625, 970), Middle),
        (TimeWait, SynReceived) => ("M296,980 H50 V380 H86", (40, 690), Upwards),
        // What is known of stacks.
        (TimeWait, Listen) => ("M470,1011 V1032 H1016 V215 H624", (984, 206), End),
        (TimeWait, SynSent) => ("M440,1011 V1022 H1002 V380 H954", (992, 690), Upwards),
        _ => return None,
    };
    Some(Route { path, label, align })
}
