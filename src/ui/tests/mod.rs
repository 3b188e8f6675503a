//! The screens, as people and terminals see them.

mod accounts;
mod colours;
mod downloads;
pub(super) mod golden;
mod house;
mod mouse;
mod now;
mod pages;
mod playlists;
mod screen;
mod silence;
mod sizes;
mod terminal;
mod words;
