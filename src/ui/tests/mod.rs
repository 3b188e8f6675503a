//! The screens, as people and terminals see them.

mod accounts;
mod colours;
mod downloads;
mod golden;
mod house;
mod mouse;
mod now;
mod playlists;
mod screen;
mod sizes;
mod terminal;
mod words;
