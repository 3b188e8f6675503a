//! A WAV file, as fast as samples come: every frame of music once, no silence in between.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::thread;
use std::time::Duration;

use hound::{SampleFormat, WavSpec, WavWriter};

use crate::model::CleanText;

use super::super::render::Renderer;
use super::{Happened, Loudness, Opened, Order, Tell, Wanted, connect};

/// Most bytes of samples: the format counts them, and its headers, in 32 bits.
const MAX_DATA_BYTES: u64 = u32::MAX as u64 - 1024;

/// Frames written at a time.
const RUN: usize = 4096;

/// Longest sleep without a look at the ring; the player wakes the thread earlier.
const NAP: Duration = Duration::from_millis(50);

pub(super) fn run(path: &Path, wanted: Wanted, loudness: Loudness, orders: &Receiver<Order>, tell: &Tell) {
    let bits = match wanted.bits {
        None | Some(..=16) => 16,
        Some(17..=24) => 24,
        Some(_) => 32,
    };
    let spec = WavSpec {
        channels: wanted.channels,
        sample_rate: wanted.rate.0,
        bits_per_sample: bits,
        sample_format: if bits == 32 { SampleFormat::Float } else { SampleFormat::Int },
    };
    let lost = |error: &dyn std::fmt::Display| {
        tell(Happened::Lost(CleanText::new(format!("{} cannot be written: {error}", path.display()))));
    };
    let mut writer = match WavWriter::create(path, spec) {
        Ok(writer) => writer,
        Err(error) => return lost(&error),
    };
    let (samples, renderer, line) = connect(wanted.rate, wanted.channels, loudness);
    tell(Happened::Opened(Opened {
        samples,
        line,
        rate: wanted.rate,
        channels: wanted.channels,
        bits: bits.min(24),
        device: CleanText::new(path.display().to_string()),
        unpark: Some(thread::current()),
    }));
    tell(Happened::Running);
    let written = write_all(&mut writer, renderer, bits, orders, tell);
    if let Err(error) = written.and_then(|()| writer.finalize()) {
        lost(&error);
    }
}

fn write_all(
    writer: &mut WavWriter<BufWriter<File>>,
    mut renderer: Renderer,
    bits: u16,
    orders: &Receiver<Order>,
    tell: &Tell,
) -> Result<(), hound::Error> {
    let channels = renderer.channels();
    let mut room = vec![0.0; RUN * channels];
    let mut bytes_left = MAX_DATA_BYTES;
    loop {
        let closed = matches!(orders.try_recv(), Err(TryRecvError::Disconnected));
        let frames = renderer.waiting().min(RUN);
        let room = room.get_mut(..frames * channels).unwrap_or_default();
        let music = renderer.render(room);
        bytes_left = bytes_left
            .checked_sub(music as u64 * channels as u64 * u64::from(bits / 8))
            .ok_or_else(|| io::Error::other("a WAV file holds at most 4 GiB"))?;
        for sample in room.iter().take(music * channels) {
            match bits {
                16 => writer.write_sample(quantise(*sample, 32_768.0))?,
                24 => writer.write_sample(quantise(*sample, 8_388_608.0))?,
                _ => writer.write_sample(*sample)?,
            }
        }
        if music > 0 {
            tell(Happened::Room);
        } else if closed {
            return Ok(());
        } else {
            thread::park_timeout(NAP);
        }
    }
}

/// The nearest whole number; full scale is one step below `scale`, as in every decoder's PCM.
fn quantise(sample: f32, scale: f32) -> i32 {
    // In range after the clamp.
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    let whole = (sample * scale).round_ties_even().clamp(-scale, scale - 1.0) as i32;
    whole
}
