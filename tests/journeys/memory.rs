//! What is left of a pasted token in the program's memory once its listener has signed out.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use crate::pty::Pty;
use crate::services::Services;

/// Copies that may be left: two in buffers of the terminal's input (crossterm: what was read last, and the sequence that
/// was parsed last), one in that of the connection which carried it (hyper). Their crates do not wipe them, and write
/// over them when there is more to read or to send.
const MOST_LEFT: usize = 3;

/// How often `wanted` is in what a process may write to.
fn copies(id: u32, wanted: &[u8]) -> usize {
    let maps = fs::read_to_string(format!("/proc/{id}/maps")).unwrap();
    let memory = File::open(format!("/proc/{id}/mem")).unwrap();
    let mut found = 0;
    for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|may| may.starts_with("rw"))) {
        let (begin, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let begin = u64::from_str_radix(begin, 16).unwrap();
        let end = u64::from_str_radix(end, 16).unwrap();
        // A piece at a time with the beginning of the next, so that nothing is missed or counted twice.
        for at in (begin..end).step_by(1 << 16) {
            let mut piece = vec![0; (1 << 16) + wanted.len() - 1];
            let most = usize::try_from(end - at).unwrap().min(piece.len());
            // What was given back meanwhile holds nothing.
            let read = memory.read_at(&mut piece[..most], at).unwrap_or(0);
            let piece = &piece[..read];
            if piece.iter().all(|byte| *byte == 0) {
                continue;
            }
            found += piece.windows(wanted.len()).filter(|part| *part == wanted).count();
        }
    }
    found
}

#[test]
fn a_sign_out_wipes_the_token_from_memory() {
    let services = Services::start();
    let home = services.home();
    let token = services.sandbox.credentials().audiosocket.token;
    let mut screen = Pty::start(&home, &[], 120, 40, &[]);
    let id = screen.child.process_id().unwrap();
    screen.wait_for("Listen now");
    assert_eq!(copies(id, token.as_bytes()), 0, "before it was pasted");
    screen.keys("gi");
    screen.wait_for("signed in to 0 of 4");
    screen.keys("ggjjj\r");
    screen.wait_for("Paste the token");
    screen.keys(&format!("\x1b[200~{token}\n\x1b[201~"));
    screen.wait_for("·········");
    screen.keys("\r");
    screen.wait_for("signed in to 1 of 4");
    let held = copies(id, token.as_bytes());
    assert!(held >= 1, "it is somewhere while it is used");
    screen.keys("d");
    screen.wait_for("d again does it for good");
    screen.keys("d");
    screen.wait_for("signed in to 0 of 4");
    let left = copies(id, token.as_bytes());
    println!("{held} copies while signed in, {left} after the sign-out");
    assert!(left <= MOST_LEFT, "{left} copies are left");
    screen.keys("\x03");
    assert_eq!(screen.end().code, 0);
}
