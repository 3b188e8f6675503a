//! The layout of a Matroska or WebM file (RFC 9559): its clusters say when they begin, with or without an index.

use std::sync::Arc;
use std::time::Duration;

use super::ebml::{self, Head};
use super::looks::{Layout, Mark};
use super::source::Source;
use crate::audio::error::DecodeError;

/// Most bytes of the elements that a demuxer needs before the clusters.
const MOST_NEEDED: u64 = 1 << 20;

/// Most elements before the first cluster.
const MOST_ELEMENTS: usize = 64;

/// The layout of a file.
#[derive(Clone, Debug)]
pub(super) struct Clusters {
    /// What a demuxer has to read before any cluster.
    preface: Arc<[u8]>,
    /// Where the first cluster lies.
    first: u64,
    /// Nanoseconds of a tick.
    scale: u64,
}

impl Clusters {
    /// Reads the beginning of a file; `None` when it is not as such files are.
    pub(super) fn read(source: &Source) -> Result<Option<Self>, DecodeError> {
        let mut preface = Vec::new();
        let mut scale = 1_000_000;
        let mut at = 0;
        for _ in 0..MOST_ELEMENTS {
            let Some(Head { id, length, size }) = ebml::head(&source.window(at, ebml::MOST_HEAD)?) else {
                break;
            };
            let whole = size.and_then(|size| size.checked_add(length as u64));
            match (id, whole) {
                (ebml::SEGMENT, _) => {
                    // Of unknown size, since what follows here is a part of it.
                    preface.extend([0x18, 0x53, 0x80, 0x67, 0x01]);
                    preface.extend([0xFF; 7]);
                    at += length as u64;
                    continue;
                }
                (ebml::CLUSTER, _) => return Ok(Some(Self { preface: preface.into(), first: at, scale })),
                (ebml::EBML | ebml::INFO | ebml::TRACKS, Some(whole)) if whole <= MOST_NEEDED => {
                    let element = source.window(at, whole)?;
                    if id == ebml::INFO {
                        let content = element.get(length..).unwrap_or_default();
                        let stated = ebml::elements(content).find(|(id, _)| *id == ebml::TIMESTAMP_SCALE);
                        scale = stated.and_then(|(_, scale)| ebml::unsigned(scale)).unwrap_or(scale).max(1);
                    }
                    preface.extend(element);
                }
                (ebml::EBML | ebml::INFO | ebml::TRACKS, _) | (_, None) => break,
                (_, Some(_)) => {}
            }
            let Some(next) = whole.and_then(|whole| at.checked_add(whole)) else { break };
            at = next;
        }
        Ok(None)
    }
}

impl Layout for Clusters {
    fn preface(&self) -> &Arc<[u8]> {
        &self.preface
    }

    fn first(&self) -> u64 {
        self.first
    }

    fn marks(&self, bytes: &[u8], base: u64) -> Vec<Mark> {
        let heads = bytes.windows(4).enumerate().filter(|(_, four)| *four == ebml::CLUSTER.to_be_bytes());
        let mut found: Vec<Mark> = Vec::new();
        for (at, _) in heads {
            let Some(ticks) = bytes.get(at..).and_then(begins) else { continue };
            let begins = Duration::from_nanos(ticks.saturating_mul(self.scale));
            if found.last().is_none_or(|last| last.begins <= begins) {
                found.push(Mark { byte: base + at as u64, begins });
            }
        }
        found
    }
}

/// When a cluster begins, in ticks: among its first elements.
fn begins(cluster: &[u8]) -> Option<u64> {
    let head = ebml::head(cluster)?;
    let content = cluster.get(head.length..)?;
    let mut first = ebml::elements(content).take(4);
    first.find(|(id, _)| *id == ebml::TIMESTAMP).and_then(|(_, ticks)| ebml::unsigned(ticks))
}

/// How many nanoseconds at the end of track `number` are no sound, as the last block of `tail` says; `tail` is the end
/// of the file.
pub(super) fn discarded(tail: &[u8], number: u64) -> Option<u64> {
    let places = tail.windows(4).enumerate().filter(|(_, four)| *four == ebml::CLUSTER.to_be_bytes());
    let starts: Vec<usize> = places.map(|(at, _)| at).collect();
    // A row of four bytes may be there by chance.
    let cluster = starts.into_iter().rev().find_map(|at| {
        let cluster = tail.get(at..)?;
        begins(cluster)?;
        let head = ebml::head(cluster)?;
        let content = cluster.get(head.length..)?;
        match head.size {
            Some(size) => content.get(..usize::try_from(size).ok()?),
            None => Some(content),
        }
    })?;
    let mut padding = None;
    for (id, content) in ebml::elements(cluster) {
        let block = match id {
            ebml::SIMPLE_BLOCK => Some(content),
            ebml::BLOCK_GROUP => child(content, ebml::BLOCK),
            _ => None,
        };
        if block.and_then(ebml::variable).and_then(|(track, _)| track) == Some(number) {
            let said = (id == ebml::BLOCK_GROUP).then(|| child(content, ebml::DISCARD_PADDING)).flatten();
            padding = said.and_then(ebml::signed).and_then(|nanos| u64::try_from(nanos).ok());
        }
    }
    padding
}

fn child(content: &[u8], id: u32) -> Option<&[u8]> {
    ebml::elements(content).find(|(found, _)| *found == id).map(|(_, content)| content)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixture::{Bytes, ffmpeg_make, run};
    use super::super::looks::{NEAR, find};
    use super::*;

    fn look_for(clusters: &Clusters, seconds: f64, length: u64, source: &Source) -> Option<u64> {
        let end = Mark { byte: u64::MAX, begins: Duration::from_secs(length) };
        find(clusters, Duration::from_secs_f64(seconds), end, source).unwrap()
    }

    /// Every cluster as ffprobe sees it: where its first packet lies, in bytes and seconds.
    fn packets(path: &std::path::Path) -> Vec<(u64, f64)> {
        let wanted = ["-show_entries", "packet=pos,pts_time", "-of", "csv=p=0", path.to_str().unwrap()];
        let printed = String::from_utf8(run("ffprobe", &wanted)).unwrap();
        let rows = printed.lines().filter_map(|line| {
            let mut cells = line.split(',');
            Some((cells.next()?.parse::<f64>().ok()?, cells.next()?.parse::<u64>().ok()?))
        });
        rows.map(|(time, place)| (place, time)).collect()
    }

    #[test]
    fn a_cluster_is_found_by_a_few_looks() {
        let folder = tempfile::tempdir().unwrap();
        // Half of it is silence, which takes few bytes.
        let half = "volume=volume='if(lt(t,200),0,1)':eval=frame";
        let input = format!("-f lavfi -i anoisesrc=d=400:r=48000:a=0.3 -af {half}");
        for (name, options) in [("a.webm", "-c:a libopus -b:a 128k"), ("a.mkv", "-c:a aac -b:a 160k")] {
            let options = format!("{options} -cluster_time_limit 2000 -write_crc32 0");
            let (path, bytes) = ffmpeg_make(folder.path(), name, &format!("{input} {options}"));
            let packets = packets(&path);
            assert!(packets.len() > 1000);
            let source = Source::new(Box::new(Bytes::new(bytes, true)));
            let clusters = Clusters::read(&source).unwrap().unwrap();
            for to in [20.0, 77.7, 150.0, 199.0, 301.3, 399.0] {
                let found = look_for(&clusters, to, 400, &source).unwrap();
                let first = packets.iter().find(|(place, _)| *place > found).unwrap();
                assert!(first.0 - found < 40, "{name}: {found} {first:?}");
                assert!(
                    first.1 <= to + 0.1 && to < first.1 + NEAR.as_secs_f64() + 2.1,
                    "{name}: {to} {first:?}"
                );
            }
            assert_eq!(look_for(&clusters, 3.0, 400, &source), Some(clusters.first));
        }
    }

    #[test]
    fn what_is_discarded_at_the_end_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let input = "-f lavfi -i sine=440:d=3:r=48000";
        let (_, bytes) = ffmpeg_make(folder.path(), "a.webm", &format!("{input} -c:a libopus -b:a 96k"));
        // 144,000 frames and 312 in front of them in packets of 960: 648 too many.
        assert_eq!(discarded(&bytes, 1), Some(13_500_000));
        assert_eq!(discarded(&bytes[bytes.len() / 2..], 1), None, "the cluster's head is not in it");
        assert_eq!(discarded(&bytes, 2), None);
        let (_, bytes) = ffmpeg_make(folder.path(), "a.mkv", &format!("{input} -c:a flac"));
        assert_eq!(discarded(&bytes, 1), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..600), at in 0_usize..500) {
            let mut bytes = bytes;
            discarded(&bytes, 1);
            if bytes.len() > at + 4 {
                bytes[at..at + 4].copy_from_slice(&ebml::CLUSTER.to_be_bytes());
            }
            discarded(&bytes, 1);
            let source = Source::new(Box::new(Bytes::new(bytes, true)));
            Clusters::read(&source).unwrap();
            let clusters = Clusters { preface: Arc::new([]), first: 3, scale: u64::MAX };
            look_for(&clusters, 50.0, 100, &source);
        }
    }
}
