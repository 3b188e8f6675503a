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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::frames::Coding;
    use super::*;

    /// The first frames of a bundled stream; ffprobe says AAC-LC, 44.1 kHz, two channels.
    fn bundled() -> Vec<u8> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/hls/cafe-muller/seg000.aac");
        super::super::packed::strip_tags(&std::fs::read(path).unwrap()).1.to_vec()
    }

    #[test]
    fn a_bundled_segment_is_whole_frames() {
        let bytes = bundled();
        let run = Coding::Adts.whole_frames(&bytes).unwrap();
        // ffprobe -show_entries packet: 215 packets of 1024 samples, which is the 4.992290 s of its EXTINF.
        assert_eq!((run.samples, run.first.rate), (215 * 1024, 44_100));
        assert_eq!(Coding::Adts.whole_frames(&bytes[..bytes.len() - 1]), None);
        assert_eq!(Coding::Adts.whole_frames(&bytes[1..]), None);
        let mut other_rate = bytes.clone();
        other_rate[run.first.bytes + 2] ^= 0x04;
        assert_eq!(Coding::Adts.whole_frames(&other_rate), None);
    }

    proptest! {
        #[test]
        fn nothing_panics_and_nothing_is_endless(mut bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            Coding::Adts.whole_frames(&bytes);
            bytes.splice(0..0, [0xff, 0xf1, 0x50, 0x80]);
            Coding::Adts.whole_frames(&bytes);
        }
    }
}
