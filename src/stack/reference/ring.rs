//! Octets of one direction of a stream, found by their offset in it.

/// A ring of octets. The octet at stream offset *n* stands at *n* modulo the ring's length, which
/// is a power of two, so that offsets may wrap at 2^32. What is in it, and what not, is known by
/// the sequence numbers of the connection alone.
#[derive(Default)]
pub(super) struct Ring {
    octets: Vec<u8>,
    mask: usize,
}

impl Ring {
    /// Makes room for `capacity` octets. What was in it means nothing any more.
    pub(super) fn reset(&mut self, capacity: u32) {
        let len = (capacity.max(1) as usize).next_power_of_two();
        if self.octets.len() < len {
            self.octets = vec![0; len];
        }
        self.mask = len - 1;
    }

    /// Puts octets where the stream offset `at` says.
    pub(super) fn write(&mut self, at: u32, from: &[u8]) {
        let start = at as usize & self.mask;
        let first = from.len().min(self.mask + 1 - start);
        self.octets[start..start + first].copy_from_slice(&from[..first]);
        let rest = from.len() - first;
        self.octets[..rest].copy_from_slice(&from[first..]);
    }

    /// Copies out the octets at stream offset `at`.
    pub(super) fn read(&self, at: u32, into: &mut [u8]) {
        let start = at as usize & self.mask;
        let first = into.len().min(self.mask + 1 - start);
        let (head, tail) = into.split_at_mut(first);
        head.copy_from_slice(&self.octets[start..start + first]);
        tail.copy_from_slice(&self.octets[..tail.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::Ring;

    #[test]
    fn what_is_written_is_read_back_at_any_offset() {
        let text: Vec<u8> = (0..100).collect();
        for at in [0, 1, 27, 28, 29, 127, 128, u32::MAX - 50, u32::MAX] {
            let mut ring = Ring::default();
            ring.reset(100);
            ring.write(at, &text);
            let mut back = [0; 100];
            ring.read(at, &mut back);
            assert_eq!(back, text[..], "offset {at}");
            let mut part = [0; 10];
            ring.read(at.wrapping_add(90), &mut part);
            assert_eq!(part, text[90..], "offset {at}");
        }
    }
}
