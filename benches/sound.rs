//! How fast bytes become samples: decoding per codec, demuxing per kind of HLS, and the ring to the device.
//! `cargo bench` runs it; each figure is bytes or frames a second.

#![expect(clippy::expect_used, reason = "a bench that cannot run should say so")]

use std::hint::black_box;
use std::io::{Cursor, Read, Result, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use segue::audio::{self, realtime};
use segue::config::Settings;
use segue::model::{Locator, SampleRate};
use segue::net::Net;
use segue::stream::{ByteStream, Cancel, FormatHint, Media, Monitor, Open, Part, StreamError, Streams};

struct Bytes(Cursor<Arc<[u8]>>);

impl Read for Bytes {
    fn read(&mut self, room: &mut [u8]) -> Result<usize> {
        self.0.read(room)
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.0.seek(to)
    }
}

impl ByteStream for Bytes {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.0.get_ref().len() as u64)
    }
}

struct InMemory(Option<Bytes>);

impl Media for InMemory {
    fn length(&self) -> Option<Duration> {
        None
    }

    fn next_part(&mut self) -> std::result::Result<Option<Part>, StreamError> {
        let hint = FormatHint::default();
        Ok(self.0.take().map(|bytes| Part {
            bytes: Box::new(bytes),
            hint,
            starts_at: Duration::ZERO,
            lead: Duration::ZERO,
        }))
    }

    fn seeks_by_part(&self) -> bool {
        false
    }

    fn seek(&mut self, to: Duration) -> std::result::Result<Duration, StreamError> {
        Ok(to)
    }
}

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode, frames a second");
    group.sample_size(10);
    for track in [
        "night-ferry.mp3",
        "cafe-muller.m4a",
        "paper-lanterns.flac",
        "northern-line.ogg",
        "ame-no-minato.opus",
    ] {
        let bytes: Arc<[u8]> =
            std::fs::read(Path::new("assets/demo/tracks").join(track)).expect(track).into();
        let whole = || {
            let media = InMemory(Some(Bytes(Cursor::new(Arc::clone(&bytes)))));
            audio::decode_all(Box::new(media), |chunk| {
                black_box(chunk.samples);
            })
            .expect(track)
        };
        group.throughput(Throughput::Elements(whole().frames));
        group.bench_function(track, |bencher| bencher.iter(whole));
    }
}

fn demux(criterion: &mut Criterion) {
    let tasks =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("threads");
    let settings = Settings::default();
    let streams = Streams::new(Net::new(settings.network), settings.hls, tasks.handle().clone());
    let mut group = criterion.benchmark_group("fetch and demux from disk, bytes a second");
    group.sample_size(10);
    for playlist in ["night-ferry/high", "ame-no-minato", "cafe-muller", "harbour-lights"] {
        let locator = Locator::File(Path::new("assets/demo/hls").join(playlist).join("index.m3u8"));
        let whole = || {
            let monitor = Arc::new(Monitor::default());
            let mut media = streams.open(&locator, &Cancel::default(), &monitor).expect(playlist);
            let mut bytes = Vec::new();
            while let Some(mut part) = media.next_part().expect(playlist) {
                part.bytes.read_to_end(&mut bytes).expect(playlist);
            }
            bytes.len() as u64
        };
        group.throughput(Throughput::Bytes(whole()));
        group.bench_function(playlist, |bencher| bencher.iter(whole));
    }
}

fn ring(criterion: &mut Criterion) {
    const FRAMES: usize = 1024;
    let mut group = criterion.benchmark_group("ring and callback, frames a second");
    group.throughput(Throughput::Elements(FRAMES as u64));
    for (name, gain) in [("full volume", 1.0), ("half volume", 0.125)] {
        let line = Arc::new(realtime::Line::new(gain, false));
        let (mut samples, mut renderer) = realtime::ring(&line, 2, SampleRate(44_100), 44_100);
        let music = vec![0.25_f32; FRAMES * 2];
        let mut out = vec![0.0_f32; FRAMES * 2];
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                samples.push_entire_slice(&music).expect("room");
                black_box(renderer.render(&mut out))
            });
        });
    }
}

criterion_group!(benches, decode, demux, ring);
criterion_main!(benches);
