//! From a segment to the octets of an IP packet.

use super::Segment;

/// Writes the IP packet that carries `segment` into `out`, which is cleared first. The options
/// field is `options` padded with zeros to a multiple of four; `segment.options` and
/// `segment.payload_len` are not looked at. Checksums are right.
pub fn build(segment: &Segment, options: &[u8], text: &[u8], out: &mut Vec<u8>) {
    let _ = (segment, options, text, out);
    unimplemented!()
}
