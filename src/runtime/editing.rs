//! The listener's editor while it has the terminal. What it made of the text is for the event loop to read.

use std::io;
use std::process::{Child, ExitStatus};

use rustix::process::{Pid, Signal, kill_process};
use tokio::task::JoinHandle;

use super::editor::TextFile;
use crate::model::Ticket;

/// An editor that has the terminal.
pub(super) struct Editing {
    /// Names the question that it answers.
    pub ticket: Ticket,
    pub file: TextFile,
    /// What was started, in words.
    pub command: String,
    id: Option<Pid>,
    end: JoinHandle<io::Result<ExitStatus>>,
}

impl Editing {
    /// An editor that was started.
    pub fn new(ticket: Ticket, file: TextFile, command: String, mut child: Child) -> Self {
        let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let end = tokio::task::spawn_blocking(move || child.wait());
        Self { ticket, file, command, id, end }
    }
}

impl Drop for Editing {
    /// Nobody waits for it any more: it must not stay on a terminal that is not its own.
    fn drop(&mut self) {
        if let Some(id) = self.id.filter(|_| !self.end.is_finished()) {
            let _ = kill_process(id, Signal::HUP);
        }
    }
}

/// The end of the editor, where there is one.
pub(super) async fn editor_end(editing: &mut Option<Editing>) -> io::Result<ExitStatus> {
    match editing {
        Some(editing) => match (&mut editing.end).await {
            Ok(status) => status,
            Err(error) => Err(io::Error::other(error)),
        },
        None => std::future::pending().await,
    }
}
