//! Which of several SYNs of the peer its stream begins with.

use super::*;

#[test]
fn of_several_syns_the_stream_begins_with_the_one_that_is_acknowledged() {
    let rows: [([&str; 2], &str, u32); 5] = [
        (
            ["< SYN,FIN,ACK", "< SYN,ACK seq IRS-1 len 1"],
            "ACK 1 1001",
            999,
        ),
        (["< SYN len 10", "< SYN seq IRS+5"], "SYN,ACK 0 1011", 1_000),
        (["< SYN len 10", "< SYN seq IRS+5"], "SYN,ACK 0 1006", 1_005),
        (["< SYN len 10", "< SYN seq IRS+5"], "SYN,ACK 0 1004", 1_000),
        (["< SYN seq IRS-10", "< SYN len 3"], "SYN,ACK 0 991", 990),
    ];
    for (syns, answer, stream) in rows {
        let (mut peer, mut out) = (Peer::new(), Packets::new());
        peer.reset(&Config::default(), 1, Some(1_000));
        if answer.starts_with("ACK") {
            peer.saw(&emission(vec!["SYN", "0", "0"]));
        }
        for line in syns {
            let Ok(Step::Segment(step)) = line.parse() else {
                panic!("{line}")
            };
            peer.segment(Instant::START, &step, &mut out);
        }
        peer.saw(&emission(answer.split_whitespace().collect()));
        let flow = Flow {
            local: 0,
            remote: 0,
        };
        let begin = peer.connection(flow).stream();
        assert_eq!(begin, SeqNumber(stream), "{syns:?}, then {answer}");
    }
}
