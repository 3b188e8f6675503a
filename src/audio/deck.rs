//! One track on its own thread: opened, decoded ahead into a bounded queue, moved on request. A deck
//! may block on the disk or the network; whoever takes from it never does.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;
use std::time::Duration;

use crate::model::{Fault, FaultKind, Locator, Loudness, SampleRate, SoundFormat};
use crate::stream::{Cancel, Monitor, Open};

use super::decode::Cut;
use super::error::DecodeError;
use super::loudness::LoudnessTags;
use super::meter::Meter;

/// Blocks decoded ahead, at most: with 1152 frames a block more than a second.
const BLOCKS_AHEAD: usize = 48;

/// What a deck gives, in order.
#[derive(Debug)]
pub(super) enum Item {
    /// What the samples after this are.
    Format {
        /// Codec, rate and channels.
        format: SoundFormat,
        /// Of the whole track, where known.
        length: Option<Duration>,
        /// What its tags say of its loudness.
        loudness: LoudnessTags,
    },
    /// Samples.
    Block(Block),
    /// How loud the whole track is: told before its end.
    Measured(Loudness),
    /// The track is over.
    End,
    /// The track cannot go on.
    Failed(Fault),
    /// Something went wrong and the deck goes on.
    Trouble(Fault),
}

/// A run of interleaved samples.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    /// Where its first frame belongs in the track.
    pub at: Duration,
    pub rate: SampleRate,
    pub channels: usize,
    pub samples: Vec<f32>,
}

impl Block {
    pub fn frames(&self) -> usize {
        self.samples.len() / self.channels.max(1)
    }

    /// Forgets the first `frames`.
    pub fn drop_front(&mut self, frames: usize) {
        let frames = frames.min(self.frames());
        self.samples.drain(..frames * self.channels);
        self.at += span(frames as u64, self.rate.0);
    }
}

/// A frame, at its rate.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Frame {
    rate: u32,
    samples: Vec<f32>,
}

impl Block {
    /// Its last frame, into `frame`.
    pub fn copy_last(&self, frame: &mut Frame) {
        frame.rate = self.rate.0;
        frame.samples.clear();
        let last = self.samples.len().saturating_sub(self.channels);
        frame.samples.extend(self.samples.get(last..).unwrap_or_default());
    }

    /// Begins where `before` left off and comes to itself within 10 ms: what is missing between them makes no click.
    pub fn follow(&mut self, before: &Frame) {
        let Some(first) = self.samples.get(..self.channels) else { return };
        if before.rate != self.rate.0 || before.samples.len() != self.channels {
            return;
        }
        let steps: Vec<f32> =
            before.samples.iter().zip(first).map(|(before, first)| before - first).collect();
        let frames = self.frames().min(self.rate.0 as usize / 100).max(1);
        for (index, frame) in self.samples.chunks_mut(self.channels).take(frames).enumerate() {
            let left = (frames - index) as f32 / frames as f32;
            for (sample, step) in frame.iter_mut().zip(&steps) {
                *sample += step * left;
            }
        }
    }
}

/// How long so many frames last.
pub(super) fn span(frames: u64, rate: u32) -> Duration {
    let rate = u64::from(rate.max(1));
    Duration::from_secs(frames / rate) + Duration::from_nanos(frames % rate * 1_000_000_000 / rate)
}

/// The player's hold on a decode thread. Dropping it ends the thread.
#[derive(Debug)]
pub(super) struct Deck {
    orders: Sender<Order>,
    items: Receiver<(u64, Item)>,
    generation: u64,
    cancel: Cancel,
    monitor: Arc<Monitor>,
    hungry: Arc<AtomicBool>,
}

#[derive(Clone, Copy, Debug)]
struct Order {
    generation: u64,
    to: Duration,
}

impl Deck {
    /// Starts a thread of this name that opens `locator` and decodes from `start`. `wake` is called
    /// when something comes that was waited for. `measures`: its loudness is to be found out where its tags
    /// do not tell.
    pub fn open(
        name: &str,
        opener: Arc<dyn Open>,
        locator: Locator,
        start: Duration,
        measures: bool,
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let (orders, wishes) = mpsc::channel();
        let (give, items) = mpsc::sync_channel(BLOCKS_AHEAD);
        let deck = Self {
            orders,
            items,
            generation: 0,
            cancel: Cancel::default(),
            monitor: Arc::default(),
            hungry: Arc::new(AtomicBool::new(true)),
        };
        let out = Out { give, generation: 0, hungry: Arc::clone(&deck.hungry), wake: Box::new(wake) };
        let worker = Worker {
            opener,
            cancel: deck.cancel.clone(),
            monitor: Arc::clone(&deck.monitor),
            wishes,
            out,
            meter: (measures && start.is_zero()).then(Meter::default),
        };
        thread::Builder::new().name(name.to_owned()).spawn(move || worker.run(&locator, start))?;
        Ok(deck)
    }

    /// The next item, if there is one. When there is none, the deck wakes the player later.
    pub fn take(&mut self) -> Option<Item> {
        if let Some(item) = self.take_current() {
            return Some(item);
        }
        self.hungry.store(true, Ordering::Release);
        // It may have come between the two looks.
        self.take_current()
    }

    fn take_current(&mut self) -> Option<Item> {
        loop {
            let (generation, item) = self.items.try_recv().ok()?;
            // What a track is, and that it is over for good, holds whatever was asked since.
            if generation == self.generation || matches!(item, Item::Format { .. } | Item::Failed(_)) {
                return Some(item);
            }
        }
    }

    /// Goes on from `to`; what was decoded so far is forgotten, and what is waited for now is not waited for any
    /// longer. False when the thread has ended.
    #[must_use]
    pub fn seek(&mut self, to: Duration) -> bool {
        self.generation += 1;
        self.hungry.store(true, Ordering::Release);
        let is_there = self.orders.send(Order { generation: self.generation, to }).is_ok();
        self.monitor.interrupt.call(self.generation);
        is_there
    }

    /// What the stream under it counts.
    pub fn monitor(&self) -> &Arc<Monitor> {
        &self.monitor
    }
}

impl Drop for Deck {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// The player is gone or no longer wants this track.
struct Gone;

struct Out {
    give: SyncSender<(u64, Item)>,
    generation: u64,
    hungry: Arc<AtomicBool>,
    wake: Box<dyn Fn() + Send>,
}

impl Out {
    fn give(&self, item: Item) -> Result<(), Gone> {
        self.give.send((self.generation, item)).map_err(|_| Gone)?;
        if self.hungry.swap(false, Ordering::AcqRel) {
            (self.wake)();
        }
        Ok(())
    }
}

struct Worker {
    opener: Arc<dyn Open>,
    cancel: Cancel,
    monitor: Arc<Monitor>,
    wishes: Receiver<Order>,
    out: Out,
    /// While what was decoded is all of the track so far.
    meter: Option<Meter>,
}

impl Worker {
    fn run(mut self, locator: &Locator, start: Duration) {
        // Damaged media can make a decoder panic; that is the track's fault, not the player's.
        let outcome = catch_unwind(AssertUnwindSafe(|| self.play(locator, start)));
        let fault = match outcome {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.fault(),
            Err(_) => Fault::new(FaultKind::Damaged, "the decoder failed on this track"),
        };
        if !self.cancel.is_cancelled() {
            let _ = self.out.give(Item::Failed(fault));
        }
    }

    fn play(&mut self, locator: &Locator, start: Duration) -> Result<(), DecodeError> {
        let media = self.opener.open(locator, &self.cancel, &self.monitor)?;
        let mut cut = Cut::open(media, locator, start)?;
        self.monitor.interrupt.answer(0);
        self.monitor.is_about.store(cut.reader().is_about(), Ordering::Relaxed);
        let loudness = cut.reader().loudness();
        // What has no end is never whole.
        if loudness.tell_loudness() || cut.length().is_none() {
            self.meter = None;
        }
        let (mut told, mut left_out) = (None, 0);
        loop {
            if let Some(order) = self.newest_order() {
                self.obey(&mut cut, order);
            }
            let format = cut.reader().format();
            if told.as_ref() != Some(&format) {
                told = Some(format.clone());
                let item = Item::Format { format, length: cut.length(), loudness };
                if self.out.give(item).is_err() {
                    return Ok(());
                }
            }
            let block = match cut.next_chunk() {
                Ok(chunk) => chunk.map(|chunk| {
                    self.meter.take_if(|meter| !meter.add(&chunk));
                    Block {
                        at: chunk.at,
                        rate: chunk.rate,
                        channels: chunk.channels,
                        samples: chunk.samples.to_vec(),
                    }
                }),
                Err(error) => match self.newest_order().filter(|_| error.is_cancelled()) {
                    Some(order) => {
                        self.obey(&mut cut, order);
                        continue;
                    }
                    None => return Err(error),
                },
            };
            let errors = cut.reader().errors_skipped();
            if errors > left_out {
                let at = block.as_ref().map(|block| block.at);
                tracing::warn!(packets = errors - left_out, before = ?at, "broken packets were left out");
                left_out = errors;
            }
            let given = match block {
                Some(block) => self.out.give(Item::Block(block)),
                None => self.tell_loudness().and_then(|()| self.out.give(Item::End)).and_then(|()| {
                    // The listener may still go back.
                    let order = self.wishes.recv().map_err(|_| Gone)?;
                    self.obey(&mut cut, order);
                    Ok(())
                }),
            };
            if given.is_err() {
                return Ok(());
            }
        }
    }

    fn tell_loudness(&mut self) -> Result<(), Gone> {
        let loudness = self.meter.take().and_then(|meter| meter.loudness());
        loudness.map_or(Ok(()), |loudness| self.out.give(Item::Measured(loudness)))
    }

    fn newest_order(&self) -> Option<Order> {
        self.wishes.try_iter().last()
    }

    fn obey(&mut self, cut: &mut Cut, mut order: Order) {
        self.meter = None;
        loop {
            self.out.generation = order.generation;
            self.monitor.interrupt.answer(order.generation);
            let Err(error) = cut.seek(order.to) else { break };
            if let Some(newer) = self.newest_order().filter(|_| error.is_cancelled()) {
                order = newer;
                continue;
            }
            // The track goes on from wherever its reader stands.
            let _ = self.out.give(Item::Trouble(error.fault()));
            break;
        }
        self.monitor.is_about.store(cut.reader().is_about(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::super::decode::fixture::{SIGNAL, ffmpeg_make};
    use super::*;
    use crate::config::{HlsSettings, NetworkSettings};
    use crate::model::RemoteAddress;
    use crate::net::Net;
    use crate::stream::Streams;
    use crate::stream::tests::server::{Asked, Reply, Server};

    /// The place of the next block, as soon as it is there.
    fn next_place(deck: &mut Deck, woken: &Receiver<()>) -> Duration {
        loop {
            match deck.take() {
                Some(Item::Block(block)) => return block.at,
                Some(Item::Failed(fault) | Item::Trouble(fault)) => panic!("{fault:?}"),
                Some(_) => {}
                // Only a player that hangs takes so long.
                None => woken.recv_timeout(Duration::from_secs(120)).expect("a block"),
            }
        }
    }

    #[test]
    fn a_seek_does_not_wait_for_what_nobody_wants_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let (_, file) = ffmpeg_make(folder.path(), "a.mp3", &format!("{SIGNAL} -c:a libmp3lame -b:a 192k"));
        ffmpeg_make(
            folder.path(),
            "list.m3u8",
            &format!("{SIGNAL} -c:a aac -f hls -hls_time 1 -hls_list_size 0"),
        );
        let of_list = folder.path().to_owned();
        // Half of the file, and two of the segments; then nothing comes, and the line stays open.
        let server = Server::start(move |asked: &Asked, _| match asked.path.as_str() {
            "/a.mp3" => {
                let reply = Reply::part(asked, "audio/mpeg", &file).header("ETag", "\"a\"");
                if asked.start() == 0 { reply.stall_after(file.len() / 2) } else { Reply::silent() }
            }
            "/list2.ts" => Reply::silent(),
            path => Reply::new(
                200,
                "application/vnd.apple.mpegurl",
                std::fs::read(of_list.join(&path[1..])).unwrap(),
            ),
        });
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        // Longer than anybody would wait for a test.
        let patient = Duration::from_secs(3600);
        let network =
            NetworkSettings { idle_timeout: patient, segment_timeout: patient, ..NetworkSettings::default() };
        let streams = Streams::new(Net::new(network), HlsSettings::default(), runtime.handle().clone());
        let streams = Arc::new(streams.keeping_in(folder.path().join("kept"), 1 << 30));
        for (path, stands_at) in [("/a.mp3", 1400), ("/list.m3u8", 1900)] {
            let locator = Locator::Http(RemoteAddress::plain(server.url(path)));
            let (wake, woken) = channel();
            let opener: Arc<dyn Open> = streams.clone();
            let mut deck = Deck::open("deck", opener, locator, Duration::ZERO, false, move || {
                wake.send(()).unwrap_or_default()
            })
            .unwrap();
            let mut heard = Duration::ZERO;
            while heard < Duration::from_millis(stands_at) {
                heard = next_place(&mut deck, &woken);
            }
            while !deck.monitor.is_hungry() {
                let _ = deck.take();
                thread::yield_now();
            }
            for to in [200, 700, 0] {
                assert!(deck.seek(Duration::from_millis(to)));
                let at = next_place(&mut deck, &woken);
                assert!(
                    at.abs_diff(Duration::from_millis(to)) < Duration::from_millis(1),
                    "{path}: {to} {at:?}"
                );
            }
            // To where nothing comes from, and away from it again.
            assert!(deck.seek(Duration::from_millis(2500)));
            while !deck.monitor.is_hungry() {
                thread::yield_now();
            }
            assert!(deck.seek(Duration::from_millis(300)));
            let at = next_place(&mut deck, &woken);
            assert!(at.abs_diff(Duration::from_millis(300)) < Duration::from_millis(1), "{path}: {at:?}");
        }
    }

    #[test]
    fn what_follows_a_hole_begins_where_the_sound_left_off() {
        let block = |first: f32, channels: usize| Block {
            at: Duration::ZERO,
            rate: SampleRate(1000),
            channels,
            samples: (0..40).map(|index| if index % channels == 0 { first } else { -first }).collect(),
        };
        let mut last = Frame::default();
        block(0.8, 2).copy_last(&mut last);
        let mut next = block(-0.4, 2);
        next.follow(&last);
        let left: Vec<f32> = next.samples.iter().step_by(2).copied().collect();
        // 10 ms are ten frames here: from 0.8 to -0.4 in steps of 0.12.
        assert!((left[0] - 0.8).abs() < 1e-6 && (left[1] - 0.68).abs() < 1e-6, "{left:?}");
        assert!(left[10..].iter().all(|sample| sample.to_bits() == (-0.4_f32).to_bits()), "{left:?}");
        // Other channels cannot be joined.
        let mut mono = block(0.1, 1);
        mono.follow(&last);
        assert_eq!(mono, block(0.1, 1));
    }
}
