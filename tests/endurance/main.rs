//! What the library survives: the program is killed at moments it does not choose while it edits, scans and plays, calls of the
//! system fail under it, and what it said was kept must be there, whole, and can be taken back.
//!
//! `SEGUE_TEST_KILLS` sets how often each test kills; a few times where it is not set.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod chance;
mod downloads;
mod editing;
mod io_errors;
mod lossy;
mod power;
#[expect(dead_code, clippy::print_stdout, reason = "the journeys use the rest")]
#[path = "../journeys/program.rs"]
mod program;
#[expect(dead_code, reason = "the journeys use the rest")]
#[path = "../journeys/pty.rs"]
mod pty;
mod scanning;
mod screen;
#[expect(dead_code, reason = "the tests of faults use the rest")]
#[path = "../faults/server.rs"]
mod server;
#[expect(dead_code, reason = "the journeys use the rest")]
#[path = "../journeys/services.rs"]
mod services;
mod short_writes;
mod store;
mod syncing;
mod verbs;
