//! The decisions.

mod effect;
mod event;

pub use effect::Effect;
pub use event::{Event, Heard, PlayState};
