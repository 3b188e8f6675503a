//! What can go wrong between Segue and its services, done on purpose: a server on this machine fails in every
//! way there is, and each service must say so in words, in time, without asking twice what may be done once,
//! and without showing a secret to anybody.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod clocks;
mod freeze;
mod going_on;
mod house;
mod leaks;
mod origins;
#[expect(dead_code, clippy::print_stdout, reason = "the journeys use the rest")]
#[path = "../journeys/program.rs"]
mod program;
#[expect(dead_code, reason = "the journeys use the rest")]
#[path = "../journeys/pty.rs"]
mod pty;
mod renewal;
mod screen;
mod seeks;
#[expect(dead_code, reason = "the tests of endurance use the rest")]
mod server;
mod table;
mod types;
