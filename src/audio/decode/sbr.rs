//! Whether AAC is the core of HE-AAC although nothing says so: encoders may leave it to the decoder to notice that
//! every frame ends with what the upper band is made of (ISO/IEC 14496-3 section 1.6.5, implicit signalling).

/// Frames to look at.
pub(super) const FRAMES: usize = 12;

/// Of these, so many have to look like it: the first may be silence without a band, and no other AAC comes near.
const ENOUGH: usize = 8;

/// The highest rate of a core: half of 48 kHz.
pub(super) const MOST_HERTZ: u32 = 24_000;

/// What an element of a frame is (ISO/IEC 14496-3 table 4.85): filling, and the end.
const FILL: u32 = 6;
const END: u32 = 7;

/// What a filling is (ISO/IEC 14496-3 table 4.121): the upper band, with and without a checksum; else padding.
const BAND: std::ops::RangeInclusive<u32> = 13..=14;
const PADDING: std::ops::RangeInclusive<u32> = 0..=1;

/// Most bytes of a filling: 15 and what another byte adds.
const MOST_BYTES: usize = 15 + 255 - 1;

/// Whether the first frames of a track are of HE-AAC.
pub(super) fn is_core<'a>(frames: impl Iterator<Item = &'a [u8]>) -> bool {
    frames.filter(|frame| ends_with_band(frame)).count() >= ENOUGH
}

/// Whether a raw frame ends with a description of the upper band. What is before it can only be skipped by
/// decoding it, so that this goes from the end; one frame of other AAC in some sixty looks like it by chance.
fn ends_with_band(frame: &[u8]) -> bool {
    let Some(last) = frame.iter().rposition(|&byte| byte != 0) else { return false };
    // The end is three ones, and what fills the byte is zeros.
    let ones = last * 8 + 8 - frame.get(last).map_or(0, |byte| byte.trailing_zeros() as usize);
    let Some(end) = ones.checked_sub(3).filter(|&end| bits(frame, end, 3) == END) else { return false };
    if frame.len() * 8 - ones >= 8 {
        return false;
    }
    fills_up_to(frame, end, &BAND)
        .next()
        .or_else(|| {
            // A bit reservoir may be filled up behind it.
            fills_up_to(frame, end, &PADDING).find(|&place| fills_up_to(frame, place, &BAND).next().is_some())
        })
        .is_some()
}

/// Where fillings of these kinds begin that end at bit `end`.
fn fills_up_to<'a>(
    frame: &'a [u8],
    end: usize,
    kinds: &'a std::ops::RangeInclusive<u32>,
) -> impl Iterator<Item = usize> + 'a {
    (1..=MOST_BYTES).filter_map(move |bytes| {
        let head = if bytes < 15 { 7 } else { 15 };
        let place = end.checked_sub(head + bytes * 8)?;
        let holds_count = if bytes < 15 {
            bits(frame, place + 3, 4) as usize == bytes
        } else {
            bits(frame, place + 3, 4) == 15 && bits(frame, place + 7, 8) as usize == bytes + 1 - 15
        };
        let is_one =
            holds_count && bits(frame, place, 3) == FILL && kinds.contains(&bits(frame, place + head, 4));
        is_one.then_some(place)
    })
}

/// So many bits from bit `at` on; beyond the end there are zeros.
fn bits(frame: &[u8], at: usize, count: usize) -> u32 {
    (at..at + count).fold(0, |bits, at| {
        let byte = frame.get(at / 8).copied().unwrap_or(0);
        bits << 1 | u32::from(byte >> (7 - at % 8) & 1)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::fixture::{SIGNAL, ffmpeg_make};
    use super::*;

    /// The frames of an ADTS file without their headers.
    fn frames(mut file: &[u8]) -> Vec<&[u8]> {
        let mut frames = Vec::new();
        while let Some(head) = file.first_chunk::<7>() {
            let length =
                usize::from(head[3] & 3) << 11 | usize::from(head[4]) << 3 | usize::from(head[5] >> 5);
            let begin = if head[1] & 1 == 0 { 9 } else { 7 };
            frames.push(&file[begin..length]);
            file = &file[length..];
        }
        frames
    }

    fn share(file: &[u8]) -> f64 {
        let frames = frames(file);
        let with = frames.iter().filter(|frame| ends_with_band(frame)).count();
        with as f64 / frames.len() as f64
    }

    #[test]
    fn the_band_is_noticed_and_nothing_else_taken_for_it() {
        let sounds = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sound");
        for name in ["he-aac-v1.aac", "he-aac-v2.aac"] {
            let file = std::fs::read(sounds.join(name)).unwrap();
            assert!(share(&file) > 0.8, "{name}: {}", share(&file));
            assert!(is_core(frames(&file).into_iter().take(FRAMES)), "{name}");
        }
        let folder = tempfile::tempdir().unwrap();
        for (rate, channels, kilobits) in [(22_050, 2, 48), (24_000, 1, 24), (16_000, 2, 64), (22_050, 1, 96)]
        {
            let options = format!("{SIGNAL} -ar {rate} -ac {channels} -c:a aac -b:a {kilobits}k");
            let share = share(&ffmpeg_make(folder.path(), "lc.aac", &options).1);
            assert!(share < 0.1, "{rate} {channels} {kilobits}: {share}");
        }
        assert!(!ends_with_band(&[]) && !ends_with_band(&[0; 40]) && !ends_with_band(&[0xFF; 40]));
    }
}
