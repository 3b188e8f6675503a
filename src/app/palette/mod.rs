//! The palette: what can be done here and now, found by a few letters; and the same for one thing alone.

mod offered;
mod state;
#[cfg(test)]
mod tests;
mod update;

pub use state::{Palette, PaletteRow};
