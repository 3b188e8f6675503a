//! Transport packets (section 2.4.3.2) and PES packets (section 2.4.3.6).

use super::PACKET_BYTES;

/// The part of a transport packet that matters here.
pub(super) struct Packet<'a> {
    /// Which stream it belongs to.
    pub pid: u16,
    /// Whether a PES packet or section starts in it.
    pub starts_unit: bool,
    /// Four bits that count the stream's packets.
    pub counter: u8,
    /// Whether the counter may jump here.
    pub discontinuity: bool,
    /// What it carries; never empty.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a packet; `None` when it is damaged, scrambled or carries nothing.
    pub(super) fn parse(bytes: &'a [u8; PACKET_BYTES]) -> Option<Self> {
        let [_, high, low, control, rest @ ..] = bytes;
        let damaged = high & 0x80 != 0;
        let scrambled = control & 0xc0 != 0;
        if damaged || scrambled || control & 0x10 == 0 {
            return None;
        }
        let mut payload = rest.as_slice();
        let mut discontinuity = false;
        if control & 0x20 != 0 {
            let (&length, behind) = payload.split_first()?;
            discontinuity = length > 0 && behind.first()? & 0x80 != 0;
            payload = behind.get(usize::from(length)..)?;
        }
        if payload.is_empty() {
            return None;
        }
        Some(Self {
            pid: u16::from(high & 0x1f) << 8 | u16::from(*low),
            starts_unit: high & 0x40 != 0,
            counter: control & 0x0f,
            discontinuity,
            payload,
        })
    }
}

/// What a PES packet carries, and its presentation time if it has one.
pub(super) fn pes_payload(pes: &[u8]) -> Option<(&[u8], Option<u64>)> {
    let [0, 0, 1, _, length_high, length_low, marker, flags, header_length, rest @ ..] = pes else {
        return None;
    };
    if marker & 0xc0 != 0x80 {
        return None;
    }
    let length = usize::from(*length_high) << 8 | usize::from(*length_low);
    // Zero leaves the length open.
    let end = if length == 0 { pes.len() } else { pes.len().min(6 + length) };
    let payload = pes.get(..end)?.get(9 + usize::from(*header_length)..)?;
    let timestamp = (flags & 0x80 != 0 && *header_length >= 5).then(|| timestamp(rest)).flatten();
    Some((payload, timestamp))
}

/// Whether all of a PES packet is there, by the length that it states.
pub(super) fn is_whole_pes(pes: &[u8]) -> bool {
    let [0, 0, 1, _, high, low, rest @ ..] = pes else { return false };
    let length = usize::from(*high) << 8 | usize::from(*low);
    length > 0 && rest.len() >= length
}

/// 33 bits spread over five bytes between marker bits.
fn timestamp(bytes: &[u8]) -> Option<u64> {
    let [top, middle @ .., bottom] = bytes.first_chunk::<5>()?.map(u64::from);
    let [high, low, lower] = middle;
    Some((top >> 1 & 7) << 30 | high << 22 | (low >> 1) << 15 | lower << 7 | bottom >> 1)
}
