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

/// How long so many frames last.
pub(super) fn span(frames: u64, rate: u32) -> Duration {
    let rate = u64::from(rate.max(1));
    Duration::from_secs(frames / rate) + Duration::from_nanos(frames % rate * 1_000_000_000 / rate)
}

/// The player's hold on a decode thread. Dropping it ends the thread.
#[derive(Debug)]
pub(super) struct Deck {
    orders: Sender<Order>,
    items: Receiver<(u32, Item)>,
    generation: u32,
    cancel: Cancel,
    monitor: Arc<Monitor>,
    hungry: Arc<AtomicBool>,
}

#[derive(Clone, Copy, Debug)]
struct Order {
    generation: u32,
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

    /// Goes on from `to`; what was decoded so far is forgotten. False when the thread has ended.
    #[must_use]
    pub fn seek(&mut self, to: Duration) -> bool {
        self.generation = self.generation.wrapping_add(1);
        self.hungry.store(true, Ordering::Release);
        self.orders.send(Order { generation: self.generation, to }).is_ok()
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
    give: SyncSender<(u32, Item)>,
    generation: u32,
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
        self.monitor.is_about.store(cut.reader().is_about(), Ordering::Relaxed);
        let loudness = cut.reader().loudness();
        // What has no end is never whole.
        if loudness.tell_loudness() || cut.length().is_none() {
            self.meter = None;
        }
        let (mut told, mut left_out) = (None, 0);
        loop {
            if let Some(order) = self.wishes.try_iter().last() {
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
                Err(error) => return Err(error),
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

    fn obey(&mut self, cut: &mut Cut, order: Order) {
        self.meter = None;
        self.out.generation = order.generation;
        if let Err(error) = cut.seek(order.to) {
            // The track goes on from wherever its reader stands.
            let _ = self.out.give(Item::Trouble(error.fault()));
        }
        self.monitor.is_about.store(cut.reader().is_about(), Ordering::Relaxed);
    }
}
