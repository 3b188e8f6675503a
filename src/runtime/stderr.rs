//! Keeps what C libraries print to standard error (ALSA does) off the screen: file descriptor 2
//! goes to a file beside the log while sound or the screen runs.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Mutex;

/// The real standard error while descriptor 2 points elsewhere.
static REAL: Mutex<Option<OwnedFd>> = Mutex::new(None);

/// While this lives, standard error goes to a file. Dropping it puts it back.
#[derive(Debug)]
pub struct StderrGuard(());

impl StderrGuard {
    /// Sends standard error to `path`, from its start, or to nowhere when that cannot be opened.
    pub fn redirect(path: &Path) -> io::Result<Self> {
        let saved = rustix::io::dup(io::stderr())?;
        let open = |path: &Path| OpenOptions::new().create(true).write(true).truncate(true).open(path);
        let file = open(path).or_else(|_| open(Path::new("/dev/null")))?;
        rustix::stdio::dup2_stderr(&file)?;
        if let Ok(mut real) = REAL.lock() {
            *real = Some(saved);
        }
        Ok(Self(()))
    }
}

impl Drop for StderrGuard {
    fn drop(&mut self) {
        if let Ok(mut real) = REAL.lock()
            && let Some(saved) = real.take()
        {
            let _ = rustix::stdio::dup2_stderr(&saved);
        }
    }
}

/// Writes to the real standard error, wherever descriptor 2 points. A closed one is not worth a word.
pub fn write_real(text: &str) {
    match REAL.lock().as_deref() {
        Ok(Some(saved)) => {
            let _ = rustix::io::write(saved, text.as_bytes());
        }
        Ok(None) | Err(_) => {
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }
}
