//! AAC out of ADTS frames into an MP4 track: the header of each frame goes, what it said stands once in the
//! decoder's configuration (ISO/IEC 14496-3 section 1.6.2.1, 14496-1 section 7.2.6).

use crate::stream::keep::adts_header;

use super::mp4::{Track, boxed};

/// What all frames of a track have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Config {
    /// Profile and rate, then channels, as ADTS writes them.
    bits: [u8; 2],
    rate: u32,
}

/// A frame at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Bytes of its header, and of the whole.
    pub header: usize,
    pub bytes: usize,
    pub config: Config,
}

/// Samples of each frame.
pub(super) const FRAME_SAMPLES: u32 = 1024;

/// The frame that `bytes` begin with. `Ok(None)` when they begin with none; an error when it is one that cannot be a
/// sample of MP4.
pub(super) fn frame(bytes: &[u8]) -> Result<Option<Frame>, &'static str> {
    let Some(header) = adts_header(bytes) else { return Ok(None) };
    let [_, second, third, fourth, ..] = *bytes else { return Ok(None) };
    // Without the bit, two bytes of checksum stand behind the header.
    let length = if second & 1 == 1 { 7 } else { 9 };
    if header.samples != u64::from(FRAME_SAMPLES) {
        return Err("several blocks lie in one of its frames");
    }
    let bits = [third & 0xfd, fourth & 0xc0];
    if bits[0] & 1 == 0 && bits[1] == 0 {
        return Err("its channels are arranged in a way of its own");
    }
    let config = Config { bits, rate: header.rate };
    Ok((header.bytes >= length).then_some(Frame { header: length, bytes: header.bytes, config }))
}

impl Config {
    /// Object type, index of the rate, channels.
    fn fields(self) -> (u8, u8, u8) {
        let [first, second] = self.bits;
        ((first >> 6) + 1, first >> 2 & 0x0f, (first & 1) << 2 | second >> 6)
    }

    /// The track, of which so many bytes last so many units.
    pub(super) fn track(self, bytes: u64, units: u64) -> Track {
        let (object, rate, channels) = self.fields();
        let specific = [object << 3 | rate >> 1, rate << 7 | channels << 3];
        let bits = (u128::from(bytes) * 8 * u128::from(self.rate)).checked_div(u128::from(units));
        let bits = u32::try_from(bits.unwrap_or_default()).unwrap_or(u32::MAX).to_be_bytes();
        // MPEG-4 sound, no buffer named, then the highest and the mean rate.
        let decoder = descriptor(4, &[&[0x40, 0x15, 0, 0, 0], &bits, &bits, &descriptor(5, &[&specific])]);
        let stream = descriptor(3, &[&[0, 1, 0], &decoder, &descriptor(6, &[&[2]])]);
        let esds = boxed(*b"esds", &[&[0; 4], &stream]);
        // Seven is eight channels (table 1.19); a decoder goes by the configuration.
        let count = if channels == 7 { 8 } else { channels };
        let rate = u16::try_from(self.rate).unwrap_or_default().to_be_bytes();
        let entry = boxed(
            *b"mp4a",
            &[&[0, 0, 0, 0, 0, 0, 0, 1], &[0; 8], &[0, count, 0, 16], &[0; 4], &rate, &[0, 0], &esds],
        );
        let stsd = boxed(*b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], &entry]);
        Track { timescale: self.rate, stsd, edit: None }
    }
}

/// A descriptor; none of those written here is longer than 127 bytes.
fn descriptor(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let length = u8::try_from(content.len()).unwrap_or(0x7f) & 0x7f;
    [&[tag, length], content.as_slice()].concat()
}
