//! Where sound goes: a device, nowhere in real time, or a file. Each output runs on a thread of its own
//! and tells the player through [`Happened`]; opening and closing may block there.

mod cpal;
mod null;
mod wav;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread::{self, Thread};
use std::time::Duration;

use rtrb::Producer;

use crate::model::{CleanText, OutputChoice, SampleRate};

use super::line::Line;
use super::render;

pub use cpal::{DeviceInfo, devices};

/// Seconds of sound in the ring of an output: what a busy machine may be late by.
const RING_SECONDS: f32 = 1.0;

/// A part of the ring, one in so many, is kept free for what comes behind frames that are to be discarded: so it is there in
/// the same round of the output, and not a round later.
pub(super) const SPARE: usize = 4;

/// Longest wait for a file to be completed.
const COMPLETION_LIMIT: Duration = Duration::from_secs(5);

/// What the first track would like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub rate: SampleRate,
    pub channels: u16,
    /// Bits of a sample before it was decoded, where that means something.
    pub bits: Option<u16>,
}

/// An order to an output's thread.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    /// Nothing will come for a while.
    Rest,
    /// Samples come again.
    Wake,
}

/// What an output's thread tells.
#[derive(Debug)]
pub(super) enum Happened {
    /// Samples can be pushed; they are waited for, so that the first thing to sound is music.
    Opened(Opened),
    /// Samples are taken.
    Running,
    /// It could not be opened, or is gone.
    Lost(CleanText),
    /// The file output has room again.
    Room,
    /// It was let go of and is closed: whoever opens the same device now finds it free.
    Closed,
}

/// The player's end of an opened output.
#[derive(Debug)]
pub(super) struct Opened {
    pub samples: Producer<f32>,
    pub line: Arc<Line>,
    pub rate: SampleRate,
    pub channels: u16,
    /// Bits of a sample that arrive as they were; 0: nothing arrives.
    pub bits: u16,
    pub device: CleanText,
    /// The thread to unpark after pushing, for outputs that are not driven by a clock.
    pub unpark: Option<Thread>,
}

/// How an output tells the player.
pub(super) type Tell = Box<dyn Fn(Happened) + Send>;

/// How loud an output begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loudness {
    pub gain: f32,
    pub paused: bool,
}

/// The player's hold on an output's thread. Dropping it closes the output.
#[derive(Debug)]
pub(super) struct Output {
    orders: Sender<Order>,
    thread: Option<Thread>,
    /// Ends with the thread, where closing must be waited for: a file has to be completed.
    ended: Option<Receiver<()>>,
}

impl Output {
    pub fn order(&self, order: Order) {
        // A thread that is gone has told so.
        let _ = self.orders.send(order);
    }

    /// Whether [`Happened::Closed`] will be told.
    pub fn tells_its_end(&self) -> bool {
        self.thread.is_some()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        let (closed, _) = mpsc::channel();
        self.orders = closed;
        if let Some(thread) = self.thread.take() {
            thread.unpark();
        }
        if let Some(ended) = self.ended.take() {
            // Nothing is ever sent; a pipe that nobody reads is not waited for.
            let _ = ended.recv_timeout(COMPLETION_LIMIT);
        }
    }
}

/// What an output's thread does.
type Work = Box<dyn FnOnce(&Receiver<Order>, &Tell) + Send>;

/// Starts an output's thread. It tells `Opened` or `Lost` soon.
pub(super) fn open(
    choice: &OutputChoice,
    wanted: Wanted,
    buffer_ms: u8,
    loudness: Loudness,
    tell: Tell,
) -> std::io::Result<Output> {
    let (orders, inbox) = mpsc::channel();
    let mut ended = None;
    let builder = thread::Builder::new().name("output".to_owned());
    let work: Work = match choice {
        OutputChoice::Auto => Box::new(move |inbox, tell| {
            cpal::run(None, (wanted, buffer_ms), loudness, inbox, tell);
        }),
        OutputChoice::Device(name) => {
            let name = name.clone();
            Box::new(move |inbox, tell| cpal::run(Some(&name), (wanted, buffer_ms), loudness, inbox, tell))
        }
        OutputChoice::Null => Box::new(move |inbox, tell| null::run(wanted, loudness, inbox, tell)),
        OutputChoice::Wav(path) => {
            let path = path.clone();
            let (end, waiting) = mpsc::sync_channel(0);
            ended = Some(waiting);
            Box::new(move |inbox, tell| {
                let _until_the_end: SyncSender<()> = end;
                wav::run(&path, wanted, loudness, inbox, tell);
            })
        }
    };
    let thread = builder.spawn(move || {
        // Sound systems are strangers' code.
        if catch_unwind(AssertUnwindSafe(|| work(&inbox, &tell))).is_err() {
            tell(Happened::Lost(CleanText::from("the sound system broke off")));
        }
        tell(Happened::Closed);
    })?;
    Ok(Output { orders, thread: Some(thread.thread().clone()), ended })
}

/// A line with its two ends.
fn connect(
    rate: SampleRate,
    channels: u16,
    loudness: Loudness,
) -> (Producer<f32>, render::Renderer, Arc<Line>) {
    let line = Arc::new(Line::new(loudness.gain, loudness.paused));
    // A rate is at most some hundred thousand.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and not negative")]
    let frames = (rate.0 as f32 * RING_SECONDS) as usize;
    let frames = frames.max(1024);
    let (samples, renderer) = render::ring(&line, channels, rate, frames + frames / SPARE);
    (samples, renderer, line)
}

/// An output that the test drives: its renderer is handed over, and what it is ordered. That it runs is told by the test.
#[cfg(test)]
pub(super) fn manual(
    rate: SampleRate,
    loudness: Loudness,
    tell: &Tell,
    renderers: &Sender<render::Renderer>,
) -> (Output, Receiver<Order>) {
    let (samples, renderer, line) = connect(rate, 2, loudness);
    renderers.send(renderer).expect("the test listens");
    tell(Happened::Opened(Opened {
        samples,
        line,
        rate,
        channels: 2,
        bits: 24,
        device: "test".into(),
        unpark: None,
    }));
    let (orders, inbox) = mpsc::channel();
    (Output { orders, thread: None, ended: None }, inbox)
}
