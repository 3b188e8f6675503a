//! The picker: adds a track to one of the listener's playlists at its service, or to a new one.

mod state;
#[cfg(test)]
mod tests;
mod update;

pub use state::{PickRow, Picker, PickerService, PickerState};
