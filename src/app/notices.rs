//! What the status line tells: the newest notice, and those before it.

use crate::model::{CleanText, Fault, Ticket};

/// Notices kept for reading back.
const KEPT: usize = 500;

/// How long a notice that needs no answer is seen.
pub(super) const SHOWN_MS: u64 = 5_000;

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It worked.
    Info,
    /// Something is not as it should be, and it goes on.
    Warning,
    /// Something failed.
    Error,
}

/// A sentence for the listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub level: Level,
    /// What happened and what to do.
    pub words: CleanText,
    /// How often it was told, one after the other.
    pub times: u32,
    /// When, the last time, in seconds since 1970.
    pub at: Option<u64>,
}

/// All notices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    past: Vec<Notice>,
    shown: bool,
    wait: Option<Ticket>,
}

impl Notices {
    /// The one to show now, if any.
    pub fn latest(&self) -> Option<&Notice> {
        self.past.last().filter(|_| self.shown)
    }

    /// Everything that was told lately, the newest last.
    pub fn past(&self) -> &[Notice] {
        &self.past
    }

    /// Shows a notice. One that expires by itself does so when `wait` has elapsed; an error stays until
    /// a key is pressed or something newer comes.
    /// The same words again are one notice. Tells whether there is a further one now.
    pub(super) fn tell(
        &mut self,
        level: Level,
        words: impl Into<CleanText>,
        at: Option<u64>,
        wait: Ticket,
    ) -> bool {
        let words = words.into();
        self.shown = true;
        self.wait = (level != Level::Error).then_some(wait);
        if let Some(last) = self.past.last_mut()
            && (last.level, &last.words) == (level, &words)
        {
            last.times = last.times.saturating_add(1);
            last.at = at;
            return false;
        }
        if self.past.len() >= KEPT {
            self.past.remove(0);
        }
        self.past.push(Notice { level, words, times: 1, at });
        true
    }

    pub(super) fn elapsed(&mut self, ticket: Ticket) {
        if self.wait == Some(ticket) {
            self.shown = false;
        }
    }

    /// What was told is over.
    pub(super) fn hide(&mut self) {
        self.shown = false;
    }

    /// What these words told is over.
    pub(super) fn over(&mut self, words: &str) {
        self.shown &= self.latest().is_none_or(|notice| notice.words.as_str() != words);
    }

    /// A key was pressed: an error has been read.
    pub(super) fn read(&mut self) {
        if self.latest().is_some_and(|notice| notice.level == Level::Error) {
            self.shown = false;
        }
    }
}

/// A fault as a notice's words.
pub(super) fn words(fault: &Fault) -> CleanText {
    CleanText::new(fault.to_string())
}
