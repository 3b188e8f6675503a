//! The terminal lent to others for a while: to the listener's editor, or to the shell while the program is suspended.

use std::io;
use std::time::Duration;

use rustix::process::{Signal, getpgrp, getpid, getsid, kill_current_process_group, kill_process};

use crate::app::{Action, Event, Msg};
use crate::config::AfterSuspend;
use crate::model::{Fault, FaultKind, Ticket};

use super::Session;
use crate::runtime::editing::Editing;
use crate::runtime::editor::{TextFile, named_editor, start_editor};
use crate::runtime::panic::screen_is_taken;
use crate::runtime::terminal::Screen;

/// Longest wait for a slow terminal before it is lent.
const LEND_LIMIT: Duration = Duration::from_millis(800);

/// Between two looks whether it has been written to.
const LEND_STEP: Duration = Duration::from_millis(2);

/// What a pause takes until nothing is heard.
const HUSH: Duration = Duration::from_millis(80);

impl Session {
    /// Lends the terminal to the listener's editor; `None`, and it was told why, when there is none.
    pub(super) async fn begin_editing(
        &mut self,
        screen: &mut Screen,
        ticket: Ticket,
        text: &str,
    ) -> Option<Editing> {
        let lent = lend(screen).await;
        let command = named_editor().unwrap_or_else(|| "vi".to_owned());
        let begun = lent
            .map_err(|error| Fault::new(FaultKind::Other, format!("The terminal cannot be lent: {error}")))
            .and_then(|()| TextFile::new(text))
            .and_then(|file| start_editor(&command, file.path()).map(|child| (file, child)));
        match begun {
            Ok((file, child)) => Some(Editing::new(ticket, file, command, child)),
            Err(fault) => {
                self.take(Msg::Event(Event::TextEdited { ticket, text: None, result: Err(fault) }));
                None
            }
        }
    }

    /// Takes the terminal again, whatever size it has now.
    pub(super) fn take_back(&mut self, screen: &mut Screen) -> Result<(), Fault> {
        screen.take_again(self.modes).map_err(|error| {
            Fault::new(FaultKind::Other, format!("The terminal cannot be taken: {error}"))
        })?;
        screen_is_taken(true);
        self.attention.regain();
        let (columns, rows) = Screen::size();
        self.take(Msg::Event(Event::Resized { columns, rows }));
        Ok(())
    }

    /// Gives the terminal back and stops the program until the shell lets it go on. A process that is stopped cannot play:
    /// what plays is paused before, and goes on afterwards as the listener wishes.
    pub(super) async fn suspend(&mut self, screen: &mut Screen) -> Result<(), Fault> {
        if !has_shell() {
            let words = "Nothing to go back to: no shell started Segue here";
            self.take(Msg::Event(Event::Warned(Fault::new(FaultKind::Usage, words))));
            return Ok(());
        }
        let playback = &self.state.playback;
        let sounded = playback.now.is_some() && !playback.paused;
        if sounded {
            self.take(Msg::Action(Action::Pause));
            tokio::time::sleep(HUSH).await;
        }
        self.keep();
        let lent = lend(screen).await;
        if lent.is_ok() {
            // All of the job: whoever started the program may wait for it in the same group.
            let _ = kill_current_process_group(Signal::STOP);
        }
        self.take_back(screen)?;
        if sounded && self.wishes.settings().player.after_suspend == AfterSuspend::Play {
            self.take(Msg::Action(Action::Play));
        }
        Ok(())
    }
}

/// Stops this process alone: whoever has the terminal was stopped with its group and gives it back by itself.
pub(super) fn stop_with_the_others() {
    let _ = kill_process(getpid(), Signal::STOP);
}

/// Whether a shell waits that can let the program go on: it gives each job a process group of its own.
fn has_shell() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// The frame under way first, then the last words; then the terminal behaves as others expect it.
async fn lend(screen: &mut Screen) -> io::Result<()> {
    for lends in [false, true] {
        if lends {
            screen.lend();
        }
        let mut left = LEND_LIMIT;
        while screen.is_busy() && !left.is_zero() {
            tokio::time::sleep(LEND_STEP).await;
            left = left.saturating_sub(LEND_STEP);
        }
    }
    screen_is_taken(false);
    Screen::lent()
}
