//! The signals that end the program, each with the exit code that shells expect, and those that stop it for a while.

use std::future::pending;
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens to SIGHUP, SIGINT, SIGQUIT and SIGTERM; where there is a screen also to SIGTSTP and SIGCONT.
#[derive(Debug)]
pub(super) struct Signals {
    hangup: Option<Signal>,
    interrupt: Option<Signal>,
    quit: Option<Signal>,
    terminate: Option<Signal>,
    stop: Option<Signal>,
    go_on: Option<Signal>,
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "signals have small numbers")]
const fn number_of(signal: rustix::process::Signal) -> u8 {
    signal.as_raw() as u8
}

impl Signals {
    /// The shell is wanted.
    pub const STOP: u8 = number_of(rustix::process::Signal::TSTP);

    /// The shell has let the program go on.
    pub const GO_ON: u8 = number_of(rustix::process::Signal::CONT);

    /// Starts listening; from now on these signals no longer end the program by themselves. Those that
    /// whoever started the program had ignored (`nohup`, a shell's `&`) stay ignored.
    pub fn listen() -> io::Result<Self> {
        let ignored = ignored();
        let listen = |kind: SignalKind| match ignored >> (kind.as_raw_value() - 1) & 1 {
            0 => signal(kind).map(Some),
            _ => Ok(None),
        };
        Ok(Self {
            hangup: listen(SignalKind::hangup())?,
            interrupt: listen(SignalKind::interrupt())?,
            quit: listen(SignalKind::quit())?,
            terminate: listen(SignalKind::terminate())?,
            stop: None,
            go_on: None,
        })
    }

    /// The same with those that stop the program for a while: whoever has a terminal must give it back before.
    pub fn with_stops(self) -> io::Result<Self> {
        let listen = |number: u8| match ignored() >> (number - 1) & 1 {
            0 => signal(SignalKind::from_raw(number.into())).map(Some),
            _ => Ok(None),
        };
        Ok(Self { stop: listen(Self::STOP)?, go_on: listen(Self::GO_ON)?, ..self })
    }

    /// Whether a signal of this number is what a terminal makes of keys.
    pub fn is_from_keys(number: u8) -> bool {
        matches!(number, 2 | 3)
    }

    /// The number of the next one.
    pub async fn next(&mut self) -> u8 {
        tokio::select! {
            () = next(&mut self.hangup) => 1,
            () = next(&mut self.interrupt) => 2,
            () = next(&mut self.quit) => 3,
            () = next(&mut self.terminate) => 15,
            () = next(&mut self.stop) => Self::STOP,
            () = next(&mut self.go_on) => Self::GO_ON,
        }
    }
}

async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => pending().await,
    }
}

/// The set of ignored signals, bit 0 for signal 1 (proc(5), `SigIgn`); none where the system does not tell.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
