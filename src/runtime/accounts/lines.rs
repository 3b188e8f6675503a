//! Lines that the listener types on the terminal, or that a script pipes in; unseen where they must be.

use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::sync::mpsc as blocking;
use std::thread;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::sync::mpsc::{self, Receiver};

use crate::model::Secret;
use crate::runtime::stderr::write_real;

/// Longest line that is read.
const MAX_LINE_BYTES: u64 = 64 << 10;

/// Standard input, line by line as they are asked for. A thread waits for them, so that signals are heard
/// meanwhile; it ends with the process.
pub(super) struct Lines {
    wanted: blocking::Sender<()>,
    come: Receiver<io::Result<Option<Secret>>>,
}

impl Lines {
    pub fn start() -> io::Result<Self> {
        let (wanted, asked) = blocking::channel();
        let (tell, come) = mpsc::channel(1);
        thread::Builder::new().name("lines".to_owned()).spawn(move || {
            let mut input = BufReader::new(io::stdin());
            while asked.recv().is_ok() && tell.blocking_send(read(&mut input)).is_ok() {}
        })?;
        Ok(Self { wanted, come })
    }

    /// The next line without its end; `None` when there are no more.
    pub async fn next(&mut self) -> io::Result<Option<Secret>> {
        if self.wanted.send(()).is_err() {
            return Ok(None);
        }
        self.come.recv().await.unwrap_or(Ok(None))
    }
}

fn read(input: &mut impl BufRead) -> io::Result<Option<Secret>> {
    let mut line = Vec::new();
    if input.take(MAX_LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    match String::from_utf8(line) {
        Ok(line) => Ok(Some(Secret::new(line.trim_end_matches(['\r', '\n'])))),
        Err(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "what was typed is not text")),
    }
}

/// While this lives, the terminal does not show what is typed; then it is as it was.
pub(super) struct Unseen(Termios);

impl Unseen {
    /// `None`: there is no terminal.
    pub fn begin() -> Option<Self> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return None;
        }
        let before = tcgetattr(&stdin).ok()?;
        let mut unseen = before.clone();
        unseen.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Now, &unseen).ok()?;
        Some(Self(before))
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        // The terminal is gone: nothing is to be put right.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
        // The end of the line was not shown either.
        write_real("\n");
    }
}
