//! A sound device through cpal. The thread that runs it owns the stream, because a vanished device can
//! make opening and closing wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Device, DeviceId, Error, ErrorKind, FromSample, Host, HostId, OutputCallbackInfo,
    SampleFormat, SizedSample, Stream, StreamConfig, SupportedBufferSize, SupportedStreamConfigRange,
};
use serde::Serialize;

use crate::model::{CleanText, SampleRate, SoundDevice};

use super::super::line::Line;
use super::super::render::Renderer;
use super::{Happened, Loudness, Opened, Order, Tell, Wanted, connect};

/// Most frames that are converted in one go.
const ROOM_FRAMES: usize = 2048;

/// How often the device is looked after until it runs, while it plays, and while it rests.
const STARTING_LOOK: Duration = Duration::from_millis(20);
const LOOK: Duration = Duration::from_millis(250);
const RESTING_LOOK: Duration = Duration::from_secs(2);

/// So many callbacks tell that a device runs: the first one may only fill its buffer.
const RUNNING_CALLS: u64 = 2;

/// So long without a callback, and a device counts as gone: while it begins, for a server that has silence of two seconds
/// ready asks for nothing before that is over, and once it runs.
const MOST_SILENCE_FIRST: Duration = Duration::from_secs(6);
const MOST_SILENCE: Duration = Duration::from_secs(2);

/// How often a sound server is asked whether it still has the device.
const ROLL_CALL: Duration = Duration::from_secs(2);

/// Longest wait for the first samples, in milliseconds.
const PATIENCE_MS: u32 = 40;

/// Longest wait for a stream to be made.
const OPEN_LIMIT: Duration = Duration::from_secs(5);

/// A device that sound can go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceInfo {
    /// Its name, as `--output device:NAME` takes it.
    pub name: CleanText,
    /// Whether `--output auto` chooses it.
    pub is_default: bool,
}

impl From<DeviceInfo> for SoundDevice {
    fn from(device: DeviceInfo) -> Self {
        Self { name: device.name, is_default: device.is_default }
    }
}

/// The devices that sound can go to.
///
/// # Errors
/// What the sound system says when it cannot list them.
pub fn devices() -> Result<Vec<DeviceInfo>, String> {
    let host = cpal::default_host();
    let default = host.default_output_device().and_then(|device| device.id().ok());
    let devices = host.output_devices().map_err(|error| error.to_string())?;
    let mut rows = Vec::new();
    for device in devices {
        // The null device of ALSA is there on every machine and plays nothing.
        let name = device.to_string();
        if is_silent(&device) || name.is_empty() {
            continue;
        }
        let is_default = default.is_some() && device.id().ok() == default;
        rows.push(DeviceInfo { name: CleanText::new(name), is_default });
    }
    Ok(rows)
}

fn is_silent(device: &Device) -> bool {
    device.id().is_ok_and(|id| id.to_string().ends_with(":null"))
}

/// Opens the default device, or the one whose name is or contains `name`, and looks after it until the
/// player lets go or the device is gone.
pub(super) fn run(
    name: Option<&str>,
    wanted: (Wanted, u8),
    loudness: Loudness,
    orders: &Receiver<Order>,
    tell: &Tell,
) {
    let mut playing = match open(name, wanted, loudness, tell) {
        Ok(playing) => playing,
        Err(reason) => return tell(lost(&reason)),
    };
    if let Err(reason) = look_after(&mut playing, orders, tell) {
        // The stream goes afterwards: one whose server is gone may never come to its end.
        tell(lost(&reason));
    }
}

/// The time by which devices are looked after.
#[expect(clippy::disallowed_methods, reason = "the clock that tells how long a device was silent")]
fn now() -> Instant {
    Instant::now()
}

struct Playing {
    stream: Stream,
    line: Arc<Line>,
    lost: Arc<AtomicBool>,
    /// Of a sound server's device.
    roll: Option<Roll>,
}

/// Whether a sound server still has a device. When it goes, the server plays on elsewhere without a word. It is asked on a
/// thread of its own, for one that hangs never answers.
struct Roll {
    ask: Sender<()>,
    answer: Receiver<bool>,
    asked: Instant,
    waits: bool,
}

impl Roll {
    /// `None` where the system has no thread left.
    fn of(host: Host, device: DeviceId) -> Option<Self> {
        let (ask, asked) = mpsc::channel();
        let (tell, answer) = mpsc::channel();
        let work = move || {
            while asked.recv().is_ok() {
                let devices = host.output_devices();
                // That it cannot tell is no proof.
                let is_there = devices.map_or(true, |mut devices| {
                    devices.any(|other| other.id().is_ok_and(|other| other == device))
                });
                if tell.send(is_there).is_err() {
                    break;
                }
            }
        };
        thread::Builder::new().name("roll call".to_owned()).spawn(work).ok()?;
        Some(Self { ask, answer, asked: now(), waits: false })
    }

    /// Whether the device is known to be gone; asks again from time to time.
    fn misses(&mut self) -> bool {
        if !self.waits && self.asked.elapsed() >= ROLL_CALL {
            (self.waits, self.asked) = (self.ask.send(()).is_ok(), now());
        }
        let answer = self.answer.try_recv().ok();
        self.waits &= answer.is_none();
        answer == Some(false)
    }
}

fn open(
    name: Option<&str>,
    (wanted, buffer_ms): (Wanted, u8),
    loudness: Loudness,
    tell: &Tell,
) -> Result<Playing, String> {
    let host = cpal::default_host();
    let device = match name {
        None => host.default_output_device().ok_or("there is no sound device")?,
        Some(name) => named(host.output_devices().map_err(|error| error.to_string())?, name)?,
    };
    // ALSA itself tells that a device is gone, and changes nothing.
    let is_mixed = host.id() != HostId::Alsa;
    let plan = plan(&device, wanted, buffer_ms, is_mixed).map_err(|error| error.to_string())?;
    let rate = SampleRate(plan.config.sample_rate);
    let channels = plan.config.channels;
    let name = CleanText::new(device.to_string());
    let (samples, renderer, line) = connect(rate, channels, loudness);
    let bits = plan.bits;
    let opened =
        Opened { samples, line: Arc::clone(&line), rate, channels, bits, device: name, unpark: None };
    tell(Happened::Opened(opened));
    await_music(&renderer, 2 * frames(buffer_ms, rate.0) as usize);
    let lost = Arc::new(AtomicBool::new(false));
    let stream = build(&device, plan.config, plan.format, renderer, Arc::clone(&lost))
        .map_err(|error| format!("{device} cannot be opened: {error}"))?;
    stream.play().map_err(|error| format!("{device} does not start: {error}"))?;
    let roll = device.id().ok().filter(|_| is_mixed).and_then(|device| Roll::of(host, device));
    Ok(Playing { stream, line, lost, roll })
}

/// Systems ask for their whole buffer at once when a stream is made: without a little patience that
/// would be a buffer of silence before the first sample.
fn await_music(renderer: &Renderer, frames: usize) {
    for _ in 0..PATIENCE_MS {
        if renderer.waiting() >= frames {
            return;
        }
        thread::park_timeout(Duration::from_millis(1));
    }
}

/// Nothing is heard any more. Whoever tells it puts the full stop.
fn lost(reason: &str) -> Happened {
    Happened::Lost(CleanText::new(reason.trim_end().trim_end_matches('.')))
}

/// The device of this name, else the first whose name contains it.
fn named(devices: impl Iterator<Item = Device>, name: &str) -> Result<Device, String> {
    let mut near = None;
    let mut known = Vec::new();
    for device in devices {
        let its_name = device.to_string();
        if its_name == name || device.id().is_ok_and(|id| id.to_string() == name) {
            return Ok(device);
        }
        if near.is_none() && its_name.to_lowercase().contains(&name.to_lowercase()) {
            near = Some(device);
        }
        known.push(its_name);
    }
    near.ok_or_else(|| match known.as_slice() {
        [] => format!("there is no sound device, so none named {name:?}"),
        known => format!("there is no sound device named {name:?}; there are: {}", known.join(", ")),
    })
}

struct Plan {
    config: StreamConfig,
    format: SampleFormat,
    /// Bits of a sample that arrive unchanged.
    bits: u16,
}

/// The track's own rate where the device has it, else the device's. A server that mixes takes any rate and brings it to that of
/// its device: that is done better here.
fn plan(device: &Device, wanted: Wanted, buffer_ms: u8, is_mixed: bool) -> Result<Plan, Error> {
    let usual = device.default_output_config()?;
    let ranges: Vec<_> = device.supported_output_configs()?.collect();
    let channels = if wanted.channels <= 2 { 2 } else { usual.channels() };
    let fits = |range: &&SupportedStreamConfigRange, channels: u16, rate: u32| {
        range.channels() == channels && (range.min_sample_rate()..=range.max_sample_rate()).contains(&rate)
    };
    let (own, its) = (wanted.rate.0, usual.sample_rate());
    let rates = if is_mixed { [its, own] } else { [own, its] };
    let bits = |format, rate| match is_mixed {
        false => exact_bits(format),
        true if rate == its => exact_bits(format).min(exact_bits(usual.sample_format())),
        true => 0,
    };
    let wishes = [(channels, rates[0]), (channels, rates[1]), (usual.channels(), rates[0])];
    for (channels, rate) in wishes {
        let found = ranges
            .iter()
            .filter(|range| fits(range, channels, rate))
            .min_by_key(|range| preference(range.sample_format()));
        if let Some(range) = found.filter(|range| preference(range.sample_format()) < UNKNOWN) {
            let buffer_size = buffer_of(*range.buffer_size(), frames(buffer_ms, rate));
            let config = StreamConfig { channels, sample_rate: rate, buffer_size };
            let format = range.sample_format();
            return Ok(Plan { config, format, bits: bits(format, rate) });
        }
    }
    let buffer_size = buffer_of(*usual.buffer_size(), frames(buffer_ms, usual.sample_rate()));
    let config = StreamConfig { channels: usual.channels(), sample_rate: usual.sample_rate(), buffer_size };
    Ok(Plan { config, format: usual.sample_format(), bits: bits(usual.sample_format(), its) })
}

/// Rank of a sample format that cannot be written.
const UNKNOWN: u8 = 9;

fn preference(format: SampleFormat) -> u8 {
    match format {
        SampleFormat::F32 => 0,
        SampleFormat::I32 => 1,
        SampleFormat::I16 => 2,
        SampleFormat::U8 => 3,
        _ => UNKNOWN,
    }
}

/// Bits of a sample that arrive unchanged: a float's 24, or as many as there are.
fn exact_bits(format: SampleFormat) -> u16 {
    match format {
        SampleFormat::F32 | SampleFormat::I32 | SampleFormat::I24 => 24,
        SampleFormat::I16 => 16,
        SampleFormat::U8 => 8,
        _ => 0,
    }
}

/// Frames that a callback should ask for. Sound servers take seconds when they are not asked.
fn frames(buffer_ms: u8, rate: u32) -> u32 {
    u32::from(buffer_ms) * (rate / 100) / 10
}

fn buffer_of(supported: SupportedBufferSize, frames: u32) -> BufferSize {
    match supported {
        SupportedBufferSize::Range { min, max } => BufferSize::Fixed(frames.clamp(min, max.max(min))),
        SupportedBufferSize::Unknown => BufferSize::Default,
    }
}

fn build(
    device: &Device,
    config: StreamConfig,
    format: SampleFormat,
    renderer: Renderer,
    lost: Arc<AtomicBool>,
) -> Result<Stream, Error> {
    match format {
        SampleFormat::F32 => build_plain(device, config, renderer, lost),
        SampleFormat::I32 => build_converted::<i32>(device, config, renderer, lost),
        SampleFormat::I16 => build_converted::<i16>(device, config, renderer, lost),
        SampleFormat::U8 => build_converted::<u8>(device, config, renderer, lost),
        _ => Err(Error::with_message(ErrorKind::UnsupportedConfig, format!("no samples of {format}"))),
    }
}

fn build_plain(
    device: &Device,
    config: StreamConfig,
    mut renderer: Renderer,
    lost: Arc<AtomicBool>,
) -> Result<Stream, Error> {
    let rate = config.sample_rate;
    device.build_output_stream(
        config,
        move |out: &mut [f32], info: &OutputCallbackInfo| {
            renderer.line().set_latency(latency(info, rate));
            renderer.render(out);
        },
        watch(lost),
        Some(OPEN_LIMIT),
    )
}

fn build_converted<T>(
    device: &Device,
    config: StreamConfig,
    mut renderer: Renderer,
    lost: Arc<AtomicBool>,
) -> Result<Stream, Error>
where
    T: SizedSample + FromSample<f32>,
{
    let rate = config.sample_rate;
    let mut room = vec![0.0; ROOM_FRAMES * usize::from(config.channels)];
    device.build_output_stream(
        config,
        move |out: &mut [T], info: &OutputCallbackInfo| {
            renderer.line().set_latency(latency(info, rate));
            for out in out.chunks_mut(room.len().max(1)) {
                let (room, _) = room.split_at_mut(out.len());
                renderer.render(room);
                for (to, from) in out.iter_mut().zip(room) {
                    *to = T::from_sample_(*from);
                }
            }
        },
        watch(lost),
        Some(OPEN_LIMIT),
    )
}

/// Frames between the callback and the ear; 0 where the system does not tell.
fn latency(info: &OutputCallbackInfo, rate: u32) -> u64 {
    let times = info.timestamp();
    let wait = times.playback.checked_duration_since(times.callback).unwrap_or_default();
    // More than some seconds is a mistake of the system's.
    if wait > Duration::from_secs(5) {
        return 0;
    }
    u64::from(wait.subsec_nanos()) * u64::from(rate) / 1_000_000_000 + wait.as_secs() * u64::from(rate)
}

/// What the system complains about: kept as a flag, because some complain a hundred thousand times a
/// second.
fn watch(lost: Arc<AtomicBool>) -> impl FnMut(Error) + Send + 'static {
    move |error| match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated | ErrorKind::HostUnavailable => {
            lost.store(true, Ordering::Release);
        }
        _ => {}
    }
}

/// Obeys orders until the player lets go (`Ok`) or the device is gone; tells once it runs.
fn look_after(playing: &mut Playing, orders: &Receiver<Order>, tell: &Tell) -> Result<(), String> {
    let (mut resting, mut runs) = (false, false);
    let mut calls = playing.line.calls();
    let mut called = now();
    loop {
        let wait = match (runs, resting) {
            (_, true) => RESTING_LOOK,
            (false, false) => STARTING_LOOK,
            (true, false) => LOOK,
        };
        match orders.recv_timeout(wait) {
            Ok(Order::Rest) => {
                // A device that cannot rest goes on with silence.
                resting = playing.stream.pause().is_ok();
            }
            Ok(Order::Wake) => {
                if resting {
                    playing.stream.play().map_err(|error| error.to_string())?;
                }
                (resting, called) = (false, now());
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {}
        }
        let counted = playing.line.calls();
        if counted != calls || resting {
            (calls, called) = (counted, now());
        }
        if !runs && calls >= RUNNING_CALLS {
            runs = true;
            tell(Happened::Running);
        }
        let is_missed = !resting && playing.roll.as_mut().is_some_and(Roll::misses);
        if is_missed || playing.lost.load(Ordering::Acquire) {
            return Err("the sound device is gone".to_owned());
        }
        let most_silence = if runs { MOST_SILENCE } else { MOST_SILENCE_FIRST };
        if called.elapsed() >= most_silence {
            return Err("the sound device no longer takes samples".to_owned());
        }
    }
}
