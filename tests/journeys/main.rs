//! The whole program from outside: the binary is run as a listener runs it, and what it writes, plays
//! and shows is compared with what others make of the same input.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "a test may fail, and say why it was skipped; its numbers are small"
)]

mod accounts;
mod authority;
mod bad_input;
mod bombs;
mod card;
mod cli;
mod config;
mod conflicts;
mod copies;
mod demo;
mod disks;
mod downloads;
mod editing;
mod encryption;
mod exchange;
mod flight;
mod formats;
mod gapless;
mod hosts;
mod leaks;
mod lists;
mod memory;
mod mouse;
mod offline;
mod outbox;
mod own;
mod pages;
mod picture;
mod pictures;
mod playlists;
mod program;
mod proxy;
mod pty;
mod recorder;
mod renewals;
mod secrets;
mod server;
mod services;
mod sheets;
mod soak;
mod sound;
mod specials;
mod verbs;
