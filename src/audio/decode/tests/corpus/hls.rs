//! Playlists: segments of transport streams and of fragments, opened as files are.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::config::NetworkSettings;
use crate::model::Locator;
use crate::stream::{Cancel, Monitor, Open, Streams};

/// What the first packets behind a jump lack: the overlap with those before them, which are in another segment.
const UNSETTLED: usize = 3 * 1152;

#[test]
fn playlists() {
    let folder = tempfile::tempdir().unwrap();
    let (_runtime, streams) = super::super::remote::streams(folder.path(), NetworkSettings::default());
    let rows = [
        ("mpegts", "-c:a aac -aac_pns 0", &[22_050, 44_100, 48_000][..], INAUDIBLE),
        ("mpegts", "-c:a libmp3lame -b:a 96k", &[44_100, 48_000], INAUDIBLE),
        ("fmp4", "-c:a aac -aac_pns 0", &[44_100, 48_000], INAUDIBLE),
        ("fmp4", "-c:a flac -strict -2", &[44_100, 48_000], 0.0),
    ];
    let mut count = 0;
    for (number, (kind, options, rates, most)) in rows.into_iter().enumerate() {
        for &rate in rates {
            for channels in [1, 2] {
                let place = folder.path().join(format!("{number}-{rate}-{channels}"));
                std::fs::create_dir(&place).unwrap();
                let list = place.join("index.m3u8");
                let hls = "-f hls -hls_playlist_type vod -hls_time 0.5 -hls_segment_type";
                let options = format!("{options} {hls} {kind}");
                encode(&source(folder.path(), rate, channels), rate, channels, &options, &list);
                let name = format!("{kind} {options} {rate} Hz, {channels} channels");
                compare_playlist(&streams, &list, most).unwrap_or_else(|what| panic!("{name}: {what}"));
                count += 1;
            }
        }
    }
    assert!(count >= 18, "{count}");
}

fn compare_playlist(streams: &Streams, list: &Path, most: f32) -> Result<(), String> {
    let open = || {
        let monitor: Arc<Monitor> = Arc::default();
        streams.open(&Locator::File(list.to_owned()), &Cancel::default(), &monitor).unwrap()
    };
    let mut reader = Reader::open(open(), Duration::ZERO).map_err(|error| error.to_string())?;
    let ours = drain(&mut reader);
    ours.end.as_ref().map_err(ToString::to_string)?;
    let theirs = theirs(list, "");
    let off = difference(&ours.samples, &theirs);
    if ours.samples.len() != theirs.len() || off > most {
        return Err(format!("{} samples, ffmpeg {}, off by {off}", ours.samples.len(), theirs.len()));
    }
    let mut dice = Dice(theirs.len() as u64);
    for _ in 0..SEEKS {
        // Not into the last packets: what settles there is over.
        let to = clock::frames_to_time(dice.below((ours.frames() - 3 * UNSETTLED) as u64), ours.rate);
        reader.seek(to).map_err(|error| format!("to {to:?}: {error}"))?;
        let (mut heard, mut at) = (Vec::new(), None);
        while heard.len() < (UNSETTLED + 1024) * ours.channels {
            let Some(chunk) = reader.next_chunk().map_err(|error| error.to_string())? else { break };
            at.get_or_insert(chunk.at);
            heard.extend_from_slice(chunk.samples);
        }
        let at = at.ok_or_else(|| format!("nothing at {to:?}"))?;
        if at.abs_diff(to) > clock::frames_to_time(2, ours.rate) {
            return Err(format!("sought {to:?}, got {at:?}"));
        }
        let first = usize::try_from(clock::time_to_frames(at, ours.rate)).unwrap();
        // The lengths in a playlist are rounded.
        let settled = &heard[UNSETTLED * ours.channels..];
        let near = (first.saturating_sub(2)..=first + 2)
            .map(|first| difference(&ours.samples[(first + UNSETTLED) * ours.channels..], settled));
        let off = near.fold(f32::INFINITY, f32::min);
        if off > most || settled.is_empty() {
            return Err(format!("at {to:?} off by {off}"));
        }
    }
    Ok(())
}
