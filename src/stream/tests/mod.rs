//! What the room as a whole does, against files, a scripted server and ffmpeg.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};

use tokio::runtime::{Builder, Runtime};
use url::Url;

use super::hls::Meter;
use super::*;
use crate::config::{HlsSettings, NetworkSettings};
use crate::model::RemoteAddress;
use crate::net::Net;

mod adaptive;
mod cache;
mod hls;
mod http;
mod joined;
mod live;
mod outage;
pub(crate) mod server;
mod transport;
mod work;

/// Everything it takes to open something.
struct Rig {
    #[expect(dead_code, reason = "its tasks end when it is dropped")]
    runtime: Option<Runtime>,
    streams: Streams,
    cancel: Cancel,
    monitor: Arc<Monitor>,
}

impl Rig {
    fn new() -> Self {
        Self::timed(&Arc::default())
    }

    /// With a clock in milliseconds.
    fn timed(clock: &Arc<AtomicU64>) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let net = Net::new(NetworkSettings::default());
        let shown = clock.clone();
        let meter = Meter::new(move || Duration::from_millis(shown.load(Ordering::SeqCst)));
        let streams = Streams::with_meter(net, HlsSettings::default(), runtime.handle().clone(), meter);
        Self { runtime: Some(runtime), streams, cancel: Cancel::default(), monitor: Arc::default() }
    }

    /// On the tasks of a runtime that somebody else keeps, with its clock in milliseconds.
    fn on(runtime: &Runtime, clock: &Arc<AtomicU64>) -> Self {
        let shown = clock.clone();
        let meter = Meter::new(move || Duration::from_millis(shown.load(Ordering::SeqCst)));
        let net = Net::new(NetworkSettings::default());
        let streams = Streams::with_meter(net, HlsSettings::default(), runtime.handle().clone(), meter);
        Self { runtime: None, streams, cancel: Cancel::default(), monitor: Arc::default() }
    }

    /// With a cache of `most_bytes` in `folder`.
    fn keeping(folder: &Path, most_bytes: u64) -> Self {
        let rig = Self::new();
        Self { streams: rig.streams.clone().keeping_in(folder.to_owned(), most_bytes), ..rig }
    }

    fn open(&self, locator: &Locator) -> Result<Box<dyn Media>, StreamError> {
        self.streams.open(locator, &self.cancel, &self.monitor)
    }

    fn file(&self, path: impl Into<PathBuf>) -> Result<Box<dyn Media>, StreamError> {
        self.open(&Locator::File(path.into()))
    }

    fn http(&self, url: Url) -> Result<Box<dyn Media>, StreamError> {
        self.open(&Locator::Http(RemoteAddress::plain(url)))
    }
}

/// Does `work` on a thread of its own while a clock that stands still is moved on: by so many milliseconds as `step`
/// says for the time reached, every two milliseconds. What a server on this machine answers thus takes no time
/// to speak of, and a wait of minutes is over in moments.
fn in_time_lapse<T: Send + 'static>(
    clock: &Arc<AtomicU64>,
    step: impl Fn(u64) -> u64,
    work: impl FnOnce(&Rig) -> T + Send + 'static,
) -> T {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let rig = Rig::on(&runtime, clock);
    runtime.block_on(async {
        // While something blocks, tokio does not move the clock by itself.
        let (release, held) = channel::<()>();
        let holding = tokio::task::spawn_blocking(move || held.recv());
        let (tick, mut ticks) = tokio::sync::mpsc::unbounded_channel();
        let (stop, stopped) = channel::<()>();
        std::thread::spawn(move || {
            while stopped.recv_timeout(Duration::from_millis(2)) == Err(RecvTimeoutError::Timeout) {
                let _ = tick.send(());
            }
        });
        let worker = std::thread::spawn(move || work(&rig));
        while !worker.is_finished() {
            ticks.recv().await;
            let step = step(clock.load(Ordering::SeqCst));
            tokio::time::advance(Duration::from_millis(step)).await;
            clock.fetch_add(step, Ordering::SeqCst);
            // One tick for each wait: those that came meanwhile do not count.
            while ticks.try_recv().is_ok() {}
        }
        drop((release, stop));
        let _ = holding.await;
        worker.join().unwrap()
    })
}

/// A part read to its end: where it starts, its extension, its bytes.
type Heard = (Duration, String, Vec<u8>);

/// Reads everything. Parts that go on where one ended are one with it.
fn drain(media: &mut dyn Media) -> Result<Vec<Heard>, StreamError> {
    let mut parts: Vec<Heard> = Vec::new();
    while let Some(mut part) = media.next_part()? {
        let mut bytes = Vec::new();
        part.bytes.read_to_end(&mut bytes).unwrap();
        match parts.last_mut() {
            Some((.., joined)) if part.bytes.continues() => joined.extend(without_section(&bytes)),
            _ => parts.push((part.starts_at, part.hint.extension.unwrap_or_default(), bytes)),
        }
    }
    Ok(parts)
}

/// Fragments without the initialisation section before them.
fn without_section(mut bytes: &[u8]) -> &[u8] {
    loop {
        let (length, is_last) = (u32::from_be_bytes(bytes[..4].try_into().unwrap()), &bytes[4..8] == b"moov");
        bytes = &bytes[usize::try_from(length).unwrap()..];
        if is_last {
            return bytes;
        }
    }
}

/// The bundled streams.
fn bundled(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/hls").join(path)
}

/// What ffmpeg writes to its standard output.
pub(in crate::stream) fn ffmpeg(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin"])
        .args(arguments)
        .arg("-")
        .output()
        .expect("these tests compare with ffmpeg, which is not there: install ffmpeg 5 or later");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Fails with the first difference rather than with both wholes.
fn assert_same(ours: &[u8], theirs: &[u8], what: &str) {
    assert!(!theirs.is_empty(), "{what}: nothing to compare with");
    let differs = ours.iter().zip(theirs).position(|(one, other)| one != other);
    assert_eq!((differs, ours.len()), (None, theirs.len()), "{what}: first difference, lengths");
}
