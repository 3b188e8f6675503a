//! The screens, as people and terminals see them.

mod accounts;
mod downloads;
mod colours;
mod golden;
mod house;
mod mouse;
mod playlists;
mod screen;
mod sizes;
mod terminal;
