//! AAC frames in ADTS (ISO/IEC 13818-7 section 6.2): their headers.

use super::frames::Header;

/// Samples of one raw data block.
const BLOCK_SAMPLES: u64 = 1024;

/// Frames a second by index.
const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// The header at the start of `bytes` (section 6.2.1), if there is one.
pub fn header(bytes: &[u8]) -> Option<Header> {
    let [0xff, second, third, fourth, fifth, sixth, seventh] = *bytes.first_chunk::<7>()? else {
        return None;
    };
    if second & 0xf6 != 0xf0 {
        return None;
    }
    let length = usize::from(fourth & 0x03) << 11 | usize::from(fifth) << 3 | usize::from(sixth >> 5);
    Some(Header {
        // Neither the private bit nor those that may change from frame to frame.
        config: [second & 0xfe, third & 0xfd, fourth & 0xc0],
        bytes: Some(length).filter(|length| *length >= 7)?,
        samples: (u64::from(seventh & 0x03) + 1) * BLOCK_SAMPLES,
        rate: *RATES.get(usize::from(third >> 2 & 0x0f))?,
    })
}
