//! IP packets that stand one behind the other, as a stream of octets brings them.

/// Takes octets apart into IP packets, by the length in each header. What is left when no whole
/// packet is to be seen comes last, as it is.
pub fn packets(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        let len = total_len(rest).filter(|len| (1..rest.len()).contains(len));
        let (packet, after) = rest.split_at(len.unwrap_or(rest.len()));
        rest = after;
        (!packet.is_empty()).then_some(packet)
    })
}

/// How long the header says that a packet is.
fn total_len(packet: &[u8]) -> Option<usize> {
    let field = |at| Some(u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]));
    match packet.first()? >> 4 {
        4 => field(2).map(usize::from),
        6 => field(4).map(|len| 40 + usize::from(len)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_as_long_as_their_headers_say() {
        let four = [0x45, 0, 0, 5, 9];
        let mut six = [0; 42];
        (six[0], six[5]) = (0x60, 2);
        for (octets, lens) in [
            ([&four[..], &six, &four].concat(), vec![5, 42, 5]),
            ([&four[..], &[0x45, 0, 0]].concat(), vec![5, 3]),
            (vec![0x45, 0, 0, 0, 1], vec![5]),
            (vec![0x45, 0, 0, 99, 1], vec![5]),
            (vec![7; 4], vec![4]),
            (vec![], vec![]),
        ] {
            let found: Vec<usize> = packets(&octets).map(<[u8]>::len).collect();
            assert_eq!(found, lens, "{octets:?}");
        }
    }
}
