//! Segue, a music player for the terminal. Each room below has one duty; `ARCHITECTURE.md` draws
//! who may name whom, and `tests/architecture.rs` holds it.

/// The words every room speaks: tracks, locators, faults, clean text.
pub mod model;

/// The wishes: text into settings, with a warning for whatever it cannot read.
pub mod config;

/// The decisions: `update(&mut State, Msg) -> Effects`, pure.
pub mod app;

/// The pictures: the screen as a function of the state.
pub mod ui;

/// The wire: one HTTP client with time-outs, redirect rules and caps.
pub mod net;

/// The shelves: the music services behind one trait.
pub mod catalog;

/// The bytes: a locator becomes a byte stream.
pub mod stream;

/// The sound: bytes become samples, samples reach the device.
pub mod audio;

/// The copying: one locator becomes one verified file in the listener's folder.
pub mod downloads;

/// The covers: pictures found, decoded within limits, and written as a terminal takes them.
pub mod artwork;

/// The words: of tracks, in files, beside them, and where the listener allows it at LRCLIB.
pub mod lyrics;

/// The memory: what is on the listener's own disk.
pub mod library;

/// The keys: tokens in the system's keyring, or in a file that only its owner can read.
pub mod secrets;

/// The rehearsal room: a loopback server that speaks the four services over the bundled music.
pub mod sandbox;

/// The hands: the event loop, and everything that touches the world.
pub mod runtime;

/// The door: arguments in, text and exit codes out.
pub mod cli;
