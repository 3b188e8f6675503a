//! The layout of an Ogg file (RFC 3533) with one stream of Vorbis, Opus or FLAC in it: its pages say at which sample they end.

use std::sync::Arc;

use symphonia::core::units::TimeBase;

use super::clock;
use super::looks::{Layout, Mark};
use super::source::Source;
use crate::audio::error::DecodeError;

/// What a page begins with, and the version (RFC 3533 section 6).
const CAPTURE: [u8; 5] = *b"OggS\0";

/// Bytes of a page before its table of segments.
const HEAD: usize = 27;

/// Most bytes before the sound, pictures in the comments among them.
const MOST_HEADERS: usize = 4 << 20;

/// Bytes to read of the beginning in one go.
const STEP: u64 = 64 << 10;

/// No packet ends in such a page.
const NO_PACKET: u64 = u64::MAX;

/// The layout of a file.
#[derive(Clone, Debug)]
pub(super) struct Pages {
    preface: Arc<[u8]>,
    first: u64,
    serial: u32,
    base: TimeBase,
}

/// The head of a page.
struct Page<'a> {
    /// The sample at which the last packet that ends in it ends.
    granule: u64,
    serial: u32,
    /// Lengths of the segments of its content.
    segments: &'a [u8],
    /// Whether a stream begins with it.
    is_first: bool,
    /// Whether it ends with it.
    is_last: bool,
}

impl<'a> Page<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let head = bytes.get(..HEAD).filter(|head| head.starts_with(&CAPTURE))?;
        let granule = u64::from_le_bytes(*head.get(6..)?.first_chunk()?);
        let serial = u32::from_le_bytes(*head.get(14..)?.first_chunk()?);
        let segments = bytes.get(HEAD..)?.get(..usize::from(*head.get(26)?))?;
        let flags = *head.get(5)?;
        Some(Self { granule, serial, segments, is_first: flags & 2 != 0, is_last: flags & 4 != 0 })
    }

    fn length(&self) -> usize {
        HEAD + self.segments.len() + self.segments.iter().map(|&length| usize::from(length)).sum::<usize>()
    }

    /// How many packets end in it.
    fn packets(&self) -> usize {
        self.segments.iter().filter(|&&length| length < 255).count()
    }
}

impl Pages {
    /// Reads the beginning of a file of which granules are ticks of `base`; `None` when it is not as such files are.
    pub(super) fn read(source: &Source, base: TimeBase) -> Result<Option<Self>, DecodeError> {
        let (mut bytes, mut at, mut headers, mut serial) = (Vec::new(), 0, 0, 0);
        loop {
            while let Some(page) = bytes.get(at..).and_then(Page::read) {
                let begin = at + HEAD + page.segments.len();
                // Several streams are told apart by looking at every page.
                if page.is_first != (at == 0) || at > 0 && page.serial != serial {
                    return Ok(None);
                }
                let Some(content) = bytes.get(begin..at + page.length()) else { break };
                if at == 0 {
                    let Some(count) = header_packets(content) else { return Ok(None) };
                    (headers, serial) = (count, page.serial);
                }
                at += page.length();
                headers = headers.saturating_sub(page.packets());
                if headers == 0 {
                    let preface = bytes.get(..at).unwrap_or_default().into();
                    return Ok(Some(Self { preface, first: at as u64, serial, base }));
                }
            }
            let more = source.window(bytes.len() as u64, STEP)?;
            if more.is_empty() || bytes.len() > MOST_HEADERS {
                return Ok(None);
            }
            bytes.extend(more);
        }
    }
}

/// How many packets precede the sound: Vorbis I specification section 4.2, RFC 7845 section 3, and the mapping of FLAC
/// into Ogg (RFC 9639 section 10.1).
fn header_packets(first: &[u8]) -> Option<usize> {
    match first {
        [1, b'v', b'o', b'r', b'b', b'i', b's', ..] => Some(3),
        [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', ..] => Some(2),
        [0x7F, b'F', b'L', b'A', b'C', _, _, high, low, ..] => {
            Some(usize::from(u16::from_be_bytes([*high, *low]))).filter(|&more| more > 0).map(|more| more + 1)
        }
        _ => None,
    }
}

impl Layout for Pages {
    fn preface(&self) -> &Arc<[u8]> {
        &self.preface
    }

    fn first(&self) -> u64 {
        self.first
    }

    /// A page begins when the one before it ends. A packet that began in that is lost.
    fn marks(&self, bytes: &[u8], base: u64) -> Vec<Mark> {
        let places = bytes.windows(CAPTURE.len()).enumerate().filter(|(_, five)| **five == CAPTURE);
        let mut found: Vec<Mark> = Vec::new();
        for (at, _) in places {
            let page = bytes.get(at..).and_then(Page::read).filter(|page| page.serial == self.serial);
            let Some(page) = page.filter(|page| page.granule != NO_PACKET && !page.is_last) else { continue };
            let begins = clock::ticks_to_time(page.granule, self.base);
            if found.last().is_none_or(|last| last.begins <= begins) {
                found.push(Mark { byte: base + (at + page.length()) as u64, begins });
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::super::fixture::{Bytes, ffmpeg_make, run};
    use super::super::looks::{NEAR, find};
    use super::*;

    /// Every page as ffprobe sees it: where it lies, and when the first packet that begins in it is heard.
    fn pages(path: &std::path::Path) -> Vec<(u64, f64)> {
        let wanted = ["-show_entries", "packet=pos,pts_time", "-of", "csv=p=0", path.to_str().unwrap()];
        let printed = String::from_utf8(run("ffprobe", &wanted)).unwrap();
        let rows = printed.lines().filter_map(|line| {
            let mut cells = line.split(',');
            let time = cells.next()?.parse::<f64>().ok()?;
            Some((cells.next()?.parse::<u64>().ok()?, time))
        });
        let mut pages: Vec<(u64, f64)> = rows.collect();
        pages.dedup_by_key(|(place, _)| *place);
        pages
    }

    #[test]
    fn a_page_is_found_by_a_few_looks() {
        let folder = tempfile::tempdir().unwrap();
        let half = "volume=volume='if(lt(t,200),0,1)':eval=frame";
        let input = format!("-f lavfi -i anoisesrc=d=400:r=48000:a=0.3 -af {half}");
        for (name, options) in [
            ("a.opus", "-c:a libopus -b:a 128k"),
            ("a.ogg", "-c:a libvorbis -q:a 4"),
            ("a.oga", "-c:a flac -page_duration 300000"),
        ] {
            let (path, bytes) = ffmpeg_make(folder.path(), name, &format!("{input} {options}"));
            let pages = pages(&path);
            assert!(pages.len() > 200, "{name}: {}", pages.len());
            let base = TimeBase::try_from_recip(48_000).unwrap();
            let length = bytes.len();
            let file = Bytes::new(bytes, true);
            let count = std::sync::Arc::clone(&file.count);
            let source = Source::new(Box::new(file));
            let layout = Pages::read(&source, base).unwrap().unwrap();
            assert_eq!(layout.first(), pages[0].0, "{name}");
            let end = Mark { byte: u64::MAX, begins: Duration::from_secs(400) };
            for to in [20.0, 77.7, 150.0, 199.0, 201.0, 301.3, 399.0] {
                let before = count.load(std::sync::atomic::Ordering::Relaxed);
                let found = find(&layout, Duration::from_secs_f64(to), end, &source).unwrap().unwrap();
                let page = pages.iter().find(|(place, _)| *place == found);
                let (_, begins) = page.unwrap_or_else(|| panic!("{name}: no page at {found}"));
                assert!(
                    *begins <= to + 0.2 && to < begins + NEAR.as_secs_f64() + 2.1,
                    "{name}: {to} {begins}"
                );
                let read = count.load(std::sync::atomic::Ordering::Relaxed) - before;
                assert!(read < length / 8, "{name}: {to} cost {read} bytes of {length}");
            }
        }
    }

    #[test]
    fn several_streams_are_left_to_the_demuxer() {
        let folder = tempfile::tempdir().unwrap();
        let input = "-f lavfi -i sine=d=3 -f lavfi -i sine=500:d=3 -map 0 -map 1 -c:a libvorbis";
        let (_, bytes) = ffmpeg_make(folder.path(), "two.ogg", input);
        let source = Source::new(Box::new(Bytes::new(bytes, true)));
        assert!(Pages::read(&source, TimeBase::default()).unwrap().is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..600), at in 0_usize..500) {
            let mut bytes = bytes;
            if bytes.len() > at + CAPTURE.len() {
                bytes[at..at + CAPTURE.len()].copy_from_slice(&CAPTURE);
            }
            let source = Source::new(Box::new(Bytes::new(bytes, true)));
            let base = TimeBase::try_from_recip(48_000).unwrap();
            Pages::read(&source, base).unwrap();
            let layout = Pages { preface: Arc::new([]), first: 3, serial: 0, base };
            let end = Mark { byte: u64::MAX, begins: Duration::from_secs(100) };
            find(&layout, Duration::from_secs(50), end, &source).unwrap();
        }
    }
}
