//! Frames of MPEG audio layer III (ISO/IEC 11172-3 and 13818-3 section 2.4.2.3): their headers.

use super::frames;

/// Kilobits a second by index, of MPEG-1 and of MPEG-2 layer III (ISO/IEC 11172-3 section 2.4.2.3 and
/// 13818-3 section 2.4.2.3).
const BITRATES: [[u64; 15]; 2] = [
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

/// The head of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// As it is written.
    pub bits: [u8; 4],
    /// Bits a second.
    pub bitrate: u64,
    /// Samples a second.
    pub sample_rate: u64,
    /// Samples of each channel in the frame.
    pub samples: u64,
}

impl Header {
    /// Reads the header that `bytes` begin with.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let bits = *bytes.first_chunk::<4>()?;
        // Sync, and layer III.
        if bits[0] != 0xFF || bits[1] & 0xE6 != 0xE2 {
            return None;
        }
        let (is_mpeg1, halvings) = match bits[1] >> 3 & 3 {
            3 => (true, 0),
            2 => (false, 1),
            0 => (false, 2),
            _ => return None,
        };
        let rates = BITRATES[usize::from(!is_mpeg1)];
        let bitrate = rates.get(usize::from(bits[2] >> 4)).filter(|&&rate| rate > 0)? * 1000;
        let sample_rate = [44_100, 48_000, 32_000].get(usize::from(bits[2] >> 2 & 3))? >> halvings;
        Some(Self { bits, bitrate, sample_rate, samples: if is_mpeg1 { 1152 } else { 576 } })
    }

    /// In bytes.
    pub fn length(&self) -> u64 {
        self.samples / 8 * self.bitrate / self.sample_rate + u64::from(self.bits[2] >> 1 & 1)
    }

    /// Whether two headers can belong to one stream of constant rate; padding and stereo mode vary.
    pub fn is_like(&self, other: &Self) -> bool {
        self.bits[1] == other.bits[1] && self.bits[2] & 0xFC == other.bits[2] & 0xFC
    }

    /// Whether two headers can belong to one stream of any rate.
    pub fn is_akin(&self, other: &Self) -> bool {
        self.bits[1] == other.bits[1] && self.bits[2] & 0x0C == other.bits[2] & 0x0C
    }

    /// One of these tags that encoders write in front, from its name on, if the frame is no sound but holds it: `Info`
    /// before a stream of constant rate, the others before one of another.
    pub fn tag<'a>(&self, frame: &'a [u8], tags: &[&[u8; 4]]) -> Option<&'a [u8]> {
        let is_mono = self.bits[3] >> 6 == 3;
        let side_info = match (self.samples == 1152, is_mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        // Fraunhofer's tag is always behind 32 bytes.
        let mut places = [side_info, 32].into_iter().filter_map(|place| frame.get(4 + place..));
        places.find(|found| tags.iter().any(|tag| found.starts_with(*tag)))
    }

    /// The same as of any frame; `None` where it cannot be.
    pub(super) fn frame(&self) -> Option<frames::Header> {
        let is_mono = self.bits[3] >> 6 == 3;
        Some(frames::Header {
            // Neither whether there is a checksum nor the bit rate.
            config: [self.bits[1] & 0xfe, self.bits[2] & 0x0c, is_mono.into()],
            bytes: usize::try_from(self.length()).ok().filter(|length| *length > 4)?,
            samples: self.samples,
            rate: u32::try_from(self.sample_rate).ok()?,
        })
    }
}
