//! What is heard: attempts to play, what comes after without a gap, and why it is silent.

mod address;
mod control;
mod elsewhere;
mod ending;
mod limits;
mod resume;
mod shaping;
mod silence;
mod state;
#[cfg(test)]
mod tests;
mod update;

pub use ending::Ending;
pub use shaping::shape_titles;
pub use silence::Silence;
pub use state::{Now, Playback, Stage};
