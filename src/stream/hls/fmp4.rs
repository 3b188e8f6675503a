//! Initialisation sections of MP4 (ISO/IEC 14496-12): whether two stand for one decoder.

/// Whether fragments behind one section can go on behind the other: they differ at most in when they were
/// made and in the bit rates they announce.
pub(super) fn is_alike(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && (one == other || blanked(one) == blanked(other))
}

/// The section without its dates and rates.
fn blanked(section: &[u8]) -> Vec<u8> {
    let mut bytes = section.to_vec();
    for at in 0..bytes.len() {
        let stretch = match bytes[at..].first_chunk::<4>() {
            Some(b"btrt") => Some((4, 12)),
            // Version and flags, then the times of creation and change.
            Some(b"mvhd" | b"tkhd" | b"mdhd") => {
                Some((8, if bytes.get(at + 4) == Some(&1) { 16 } else { 8 }))
            }
            Some(b"esds") => rates_of_descriptor(&bytes[at..]),
            _ => None,
        };
        let blank = stretch.and_then(|(start, length)| bytes.get_mut(at + start..at + start + length));
        if let Some(blank) = blank {
            blank.fill(0);
        }
    }
    bytes
}

/// Where buffer size, highest and mean rate are in an elementary stream descriptor, counted from the name
/// of its box (ISO/IEC 14496-1 section 7.2.6).
fn rates_of_descriptor(descriptor: &[u8]) -> Option<(usize, usize)> {
    const PLAIN: u8 = 0;
    let stream = behind_length(descriptor, 8, 0x03)?;
    // The number of the stream, then flags that would announce more before the next descriptor.
    if *descriptor.get(stream + 2)? & 0xe0 != PLAIN {
        return None;
    }
    let decoder = behind_length(descriptor, stream + 3, 0x04)?;
    Some((decoder + 2, 11))
}

/// Where the content of the descriptor with this tag at `at` begins.
fn behind_length(bytes: &[u8], at: usize, tag: u8) -> Option<usize> {
    if *bytes.get(at)? != tag {
        return None;
    }
    let length = bytes.get(at + 1..)?.iter().take(4).position(|byte| byte & 0x80 == 0)?;
    Some(at + 1 + length + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bundled() -> Vec<u8> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/hls/harbour-lights/init.mp4");
        std::fs::read(path).unwrap()
    }

    /// Whether the section stays alike when the byte `step` behind a box's name is another.
    fn check(name: [u8; 4], step: usize, expected: bool) {
        let section = bundled();
        let at = section.windows(4).position(|found| found == name).unwrap();
        let mut other = section.clone();
        other[at + step] ^= 0x11;
        assert_eq!(is_alike(&section, &other), expected, "{step} behind {name:?}");
    }

    #[test]
    fn dates_and_rates_do_not_matter() {
        assert!(is_alike(&bundled(), &bundled()) && !is_alike(&bundled(), &bundled()[1..]));
        check(*b"mvhd", 11, true);
        check(*b"mdhd", 8, true);
        // The time scale.
        check(*b"mdhd", 19, false);
        check(*b"mp4a", 21, false);
    }

    proptest! {
        #[test]
        fn nothing_panics(mut bytes in prop::collection::vec(any::<u8>(), 0..60), at in 0..50_usize) {
            bytes.splice(at.min(bytes.len()).., *b"esds\0\0\0\0\x03\x80\x80\x80\x22\0\0\0\x04\x80\x80");
            prop_assert_eq!(blanked(&bytes).len(), bytes.len());
        }
    }
}
