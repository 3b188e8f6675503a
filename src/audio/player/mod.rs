//! The player: takes orders, gives reports, and lets nobody wait. Its thread moves samples from decks to
//! the output and does no I/O of its own.

mod board;
mod control;
mod fade;
mod feed;
mod level;
mod outlet;
mod quiet;
mod voice;

#[cfg(test)]
mod tests;

use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::config::{ReplayGain, SoundSettings};
use crate::model::{OutputChoice, Spectrum, Volume};
use crate::stream::Open;

use super::command::{Command, Report, Snapshot};
use super::output::{self, Happened, Loudness, Output, Tell, Wanted};
use super::scope::{Analyser, Tape};
use board::Board;
use control::Control;

/// How long a device usually stays open while nothing is to be heard.
pub const CLOSE_AFTER: Duration = Duration::from_secs(5);

/// How the player begins.
#[derive(Clone, Debug)]
pub struct PlayerOptions {
    /// Where the sound goes.
    pub output: OutputChoice,
    /// Milliseconds of sound that a device takes at a time, if it can be told.
    pub buffer_ms: u8,
    /// How long a device stays open while nothing is to be heard. The next music opens it again.
    pub closes_after: Duration,
    /// Whether the default device stands in for one that is missing, until that is back.
    pub moves: bool,
    /// How loud.
    pub volume: Volume,
    /// Whether tracks are brought to one loudness by their tags.
    pub replaygain: ReplayGain,
    /// Decibels added to what the tags say.
    pub preamp_db: f32,
    /// How long one track goes while the next one comes; zero: not at all.
    pub crossfade: Duration,
    /// How the sound is shaped.
    pub sound: SoundSettings,
}

/// Why there is no player.
#[derive(Debug, thiserror::Error)]
#[error("the player's thread cannot be started: {0}")]
pub struct AudioError(#[from] std::io::Error);

/// Plays tracks. Orders are taken at once; what becomes of them is reported.
#[derive(Debug)]
pub struct Player {
    inbox: Sender<Message>,
    board: Arc<Mutex<Board>>,
    tape: Arc<Mutex<Tape>>,
    analyser: Analyser,
    thread: Option<JoinHandle<()>>,
}

/// What reaches the player's thread.
#[derive(Debug)]
enum Message {
    Command(Command),
    /// A deck has something that was waited for.
    Fed,
    /// An output's thread tells; outputs are numbered.
    Output(u64, Happened),
    Shutdown,
}

/// How outputs are opened; tests put their own in its place.
type OpenOutput = Box<dyn Fn(&OutputChoice, Wanted, Loudness, Tell) -> std::io::Result<Output> + Send>;

impl Player {
    /// Starts the player's thread. Nothing is opened before the first track.
    ///
    /// `opener` turns locators into bytes; `report` is called from the player's thread and must not
    /// wait.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(
        options: PlayerOptions,
        opener: Arc<dyn Open>,
        report: Box<dyn Fn(Report) + Send + Sync>,
    ) -> Result<Self, AudioError> {
        let buffer_ms = options.buffer_ms;
        let open =
            move |choice: &_, wanted, loudness, tell| output::open(choice, wanted, buffer_ms, loudness, tell);
        Self::start_with(options, opener, report, Box::new(open))
    }

    fn start_with(
        options: PlayerOptions,
        opener: Arc<dyn Open>,
        report: Box<dyn Fn(Report) + Send + Sync>,
        open_output: OpenOutput,
    ) -> Result<Self, AudioError> {
        let (inbox, messages) = mpsc::channel();
        let board = Arc::new(Mutex::new(Board::default()));
        let tape = Arc::new(Mutex::new(Tape::default()));
        let shared = (Arc::clone(&board), Arc::clone(&tape));
        let control = Control::new(options, opener, report, open_output, inbox.clone(), shared);
        let thread =
            thread::Builder::new().name("player".to_owned()).spawn(move || control.run(&messages))?;
        Ok(Self { inbox, board, tape, analyser: Analyser::default(), thread: Some(thread) })
    }

    /// Gives an order. It is carried out soon, in turn.
    pub fn send(&self, command: Command) {
        // Only a player that was shut down has no inbox.
        let _ = self.inbox.send(Message::Command(command));
    }

    /// What is heard now.
    pub fn snapshot(&self) -> Snapshot {
        self.board.lock().map(|mut board| board.snapshot()).unwrap_or_default()
    }

    /// Keeps what is pushed for [`Self::spectrum`], or no longer.
    pub fn watch(&self, watched: bool) {
        if let Ok(mut tape) = self.tape.lock() {
            tape.watch(watched);
        }
    }

    /// What the ear hears at this moment, before the listener's volume; silence unless it is watched.
    pub fn spectrum(&mut self) -> Spectrum {
        let ear = self.board.lock().map(|board| board.ear()).unwrap_or_default();
        let heard = self.tape.lock().map(|tape| tape.around(ear));
        heard.map_or_else(|_| Spectrum::default(), |heard| self.analyser.spectrum(&heard))
    }

    /// Ends the player; a file output is completed before this returns.
    pub fn shutdown(&mut self) {
        let _ = self.inbox.send(Message::Shutdown);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.shutdown();
    }
}
