//! Arithmetic on interleaved samples: rates, channels, loudness. Knows nothing of tracks, threads or
//! devices, and waits for nothing.

mod channels;
mod crossfade;
mod equaliser;
mod gain;
mod limiter;
mod resample;
mod stretch;

pub(crate) use channels::map_channels;
pub(crate) use crossfade::CrossFade;
pub(crate) use equaliser::Equaliser;
pub(crate) use gain::{Ramp, volume_gain};
pub(crate) use limiter::Limiter;
pub(crate) use resample::Resampler;
pub(crate) use stretch::Stretcher;
