//! What the room as a whole does, against a scripted server, ffmpeg and kills.

#![expect(clippy::case_sensitive_file_extension_comparisons, reason = "we gave the names")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use url::Url;

use super::*;
use crate::audio;
use crate::config::{HlsSettings, NetworkSettings};
use crate::model::{
    CleanText, DownloadState, Facts, FaultKind, FinishedCopy, RemoteAddress, Retry, Target, Track, TrackRef,
};
use crate::net::Net;
use crate::stream::tests::server::{Asked, Reply, Server};

mod disk;
mod files;
mod hls;
mod kills;
mod names;
mod notes;
mod tags;
mod tricks;

/// Everything it takes to make a copy.
struct Rig {
    runtime: Runtime,
    streams: Streams,
    folder: TempDir,
}

/// Gives one address after the other, decodes with our decoder, and cancels once so much has come.
struct Desk {
    locators: Vec<Locator>,
    located: AtomicUsize,
    about: Option<Track>,
    cover: Option<Vec<u8>>,
    stop_at: Option<u64>,
    /// Waited at before anything is decoded.
    gate: Option<Arc<Barrier>>,
    cancel: Cancel,
    states: Mutex<Vec<DownloadState>>,
}

impl Helper for Desk {
    fn locate(&self, _: &Wanted, _: &Cancel) -> Result<Locator, Fault> {
        let number = self.located.fetch_add(1, Ordering::SeqCst);
        let found = self.locators.get(number.min(self.locators.len().saturating_sub(1)));
        found.cloned().ok_or_else(|| Fault::new(FaultKind::NotFound, "There is no such track"))
    }

    fn verify(&self, media: Box<dyn Media>, cancel: &Cancel) -> Result<Verified, Fault> {
        if let Some(gate) = &self.gate {
            gate.wait();
        }
        let proved = audio::prove(media, cancel);
        let (format, summary) = proved.map_err(|error| error.fault())?;
        if summary.errors_skipped > 0 {
            return Err(Fault::new(FaultKind::Damaged, "packets are broken"));
        }
        let length = Duration::from_secs_f64(summary.frames as f64 / f64::from(summary.sample_rate.0));
        Ok(Verified { format, length, frames: summary.frames })
    }

    fn about(&self, _: &Wanted, _: &Cancel) -> Option<Track> {
        self.about.clone()
    }

    fn cover(&self, _: &Wanted, _: &Cancel) -> Option<Vec<u8>> {
        self.cover.clone()
    }

    fn tell(&self, _: DownloadId, progress: DownloadProgress) {
        let mut states = self.states.lock().unwrap();
        if states.last() != Some(&progress.state) {
            states.push(progress.state);
        }
        if self.stop_at.is_some_and(|bytes| progress.bytes >= bytes) {
            self.cancel.cancel();
        }
    }
}

impl Rig {
    fn new() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let net = Net::new(NetworkSettings::default());
        let streams = Streams::new(net, HlsSettings::default(), runtime.handle().clone());
        Self { runtime, streams, folder: TempDir::new().unwrap() }
    }

    fn desk(locators: Vec<Locator>) -> Desk {
        Desk {
            locators,
            located: AtomicUsize::new(0),
            about: None,
            cover: None,
            stop_at: None,
            gate: None,
            cancel: Cancel::default(),
            states: Mutex::default(),
        }
    }

    fn copy(&self, wanted: &Wanted, rules: Rules, desk: &Desk) -> Result<FinishedCopy, Stop> {
        let pace = self.runtime.block_on(async { Pace::new(0) });
        let copier = Copier::new(self.streams.clone(), self.runtime.handle().clone(), rules, pace);
        let copy = copier.copy(wanted, desk, &desk.cancel)?;
        // Asked again before it is noted, the answer is the same but for what the file told, and nobody is asked for anything.
        let nobody = Self::desk(Vec::new());
        let again = copier.copy(wanted, &nobody, &nobody.cancel);
        assert_eq!(again, Ok(FinishedCopy { learned: None, ..copy.clone() }));
        assert_eq!(
            leftovers(&wanted.target.folder).unwrap().iter().filter(|id| **id == wanted.id).count(),
            1
        );
        assert!(discard(&wanted.target.folder, wanted.id).unwrap());
        Ok(copy)
    }

    fn wanted(&self) -> Wanted {
        wanted(self.folder.path(), 1, "Night Ferry")
    }

    /// Every file below the folder, by its path in there.
    fn files(&self) -> Vec<String> {
        files_below(self.folder.path())
    }
}

fn wanted(folder: &Path, id: u64, title: &str) -> Wanted {
    let mut track = Track::new(TrackRef::Url("http://h.example/a".parse().unwrap()), title);
    track.artists = vec!["Ada Cole".into()];
    track.album = Some("Tides".into());
    let target =
        Target { folder: folder.to_owned(), template: "{artist}/{album}/{number} {title}".to_owned() };
    track.facts = Some(Arc::new(Facts { number: Some(1), ..Facts::default() }));
    Wanted { id: DownloadId(id), track, target }
}

/// No tags: what is copied is what the server has, byte for byte.
fn bare() -> Rules {
    Rules { writes_tags: false, ..Rules::default() }
}

fn http(url: Url) -> Locator {
    Locator::Http(RemoteAddress::plain(url))
}

fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(files_below(&entry.path()).into_iter().map(|below| format!("{name}/{below}")));
        } else {
            found.push(name);
        }
    }
    found.sort();
    found
}

fn sha256(bytes: &[u8]) -> String {
    control::hex(&Sha256::digest(bytes))
}

/// A file of the bundled music.
fn bundled(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo").join(path)
}

/// A wave file of noise, so that no two stretches of it are alike (RIFF WAVE, 16 bits, two channels, 44.1 kHz).
fn noise(bytes: usize) -> Vec<u8> {
    let bytes = bytes / 4 * 4;
    let length = |more: usize| u32::try_from(bytes + more).unwrap().to_le_bytes();
    let mut file = [b"RIFF".as_slice(), &length(36), b"WAVEfmt \x10\0\0\0\x01\0\x02\0"].concat();
    file.extend_from_slice(&44_100_u32.to_le_bytes());
    file.extend_from_slice(&176_400_u32.to_le_bytes());
    file.extend_from_slice(b"\x04\0\x10\0data");
    file.extend_from_slice(&length(0));
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    while file.len() < bytes + 44 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        file.extend_from_slice(&state.to_le_bytes());
    }
    file.truncate(bytes + 44);
    file
}

/// What a good server answers: the stretch that was asked for, or the whole when the file is not the one meant.
fn ranged(asked: &Asked, whole: &[u8], etag: &str) -> Reply {
    let new = |status: u16, body: &[u8]| Reply::new(status, "audio/wav", body).header("ETag", etag);
    let is_same = asked.headers.get("if-range").is_none_or(|tag| tag == etag);
    let Some(range) = asked.headers.get("range").filter(|_| is_same) else { return new(200, whole) };
    let (start, last) = range.trim_start_matches("bytes=").split_once('-').unwrap();
    let start: usize = start.parse().unwrap();
    let end = last.parse::<usize>().map_or(whole.len(), |last| whole.len().min(last + 1));
    if start >= end {
        return new(416, b"");
    }
    new(206, &whole[start..end]).header("Content-Range", format!("bytes {start}-{}/{}", end - 1, whole.len()))
}
