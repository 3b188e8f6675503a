//! The sound: bytes become samples, samples reach the device. The player thread does no I/O, so it
//! answers at once; decode threads may block; `render.rs` is the only realtime code.

mod command;

pub use command::{Command, PlayerState, Report, Snapshot};
