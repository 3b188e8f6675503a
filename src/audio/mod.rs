//! The sound: bytes become samples, samples reach the device. The player thread does no I/O, so it
//! answers at once; decode threads may block; `render.rs` is the only realtime code.

mod command;
mod converter;
mod deck;
mod decode;
mod dsp;
mod error;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
mod line;
mod loudness;
mod meter;
mod mix;
mod output;
mod player;
mod probe;
mod render;
mod scope;
mod shape;
mod skip;

pub use command::{Command, PlayerState, Report, Snapshot};
pub use decode::{Chunk, DecodeSummary, decode_all, prove};
pub use error::DecodeError;
pub use loudness::LoudnessTags;
pub use output::{DeviceInfo, devices};
pub use player::{AudioError, CLOSE_AFTER, Player, PlayerOptions};
/// What the benches of the callback need; nothing else has business there.
#[doc(hidden)]
pub mod realtime {
    pub use super::line::Line;
    pub use super::render::{Renderer, ring};
}

pub use probe::{Cover, Gapless, ProbeInfo, probe};
