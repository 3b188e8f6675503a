//! What the status line tells: the newest notice, and those before it.

use crate::model::{CleanText, Fault, Ticket};

/// Notices kept for reading back.
const KEPT: usize = 500;

/// Notices that are not over, at most.
const LIVE: usize = 16;

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
    /// Those that are not over, the newest last: one that a newer one took the place of is seen again once that is over.
    live: Vec<(Notice, Option<Ticket>)>,
}

impl Notices {
    /// The one to show now, if any.
    pub fn latest(&self) -> Option<&Notice> {
        self.live.last().map(|(notice, _)| notice)
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
        let is_same = |notice: &Notice| (notice.level, &notice.words) == (level, &words);
        // What failed is the end of what was told before it.
        self.live.retain(|(notice, _)| level.max(notice.level) != Level::Error && !is_same(notice));
        let wait = (level != Level::Error).then_some(wait);
        if let Some(last) = self.past.last_mut().filter(|last| is_same(last)) {
            last.times = last.times.saturating_add(1);
            last.at = at;
            self.live.push((last.clone(), wait));
            return false;
        }
        if self.past.len() >= KEPT {
            self.past.remove(0);
        }
        if self.live.len() >= LIVE {
            self.live.remove(0);
        }
        let notice = Notice { level, words, times: 1, at };
        self.past.push(notice.clone());
        self.live.push((notice, wait));
        true
    }

    pub(super) fn elapsed(&mut self, ticket: Ticket) {
        self.live.retain(|(_, wait)| *wait != Some(ticket));
    }

    /// What these words told is over.
    pub(super) fn over(&mut self, words: &str) {
        self.live.retain(|(notice, _)| notice.words.as_str() != words);
    }

    /// A key was pressed: an error has been read.
    pub(super) fn read(&mut self) {
        self.live.retain(|(notice, _)| notice.level != Level::Error);
    }
}

/// A fault as a notice's words.
pub(super) fn words(fault: &Fault) -> CleanText {
    CleanText::new(fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_newer_notice_stood_before_is_seen_again() {
        let mut notices = Notices::default();
        let shown = |notices: &Notices| notices.latest().map(|notice| notice.words.to_string());
        notices.tell(Level::Info, "Deleted Trip", None, Ticket(1));
        notices.tell(Level::Info, "Reading Night...", None, Ticket(2));
        assert_eq!(shown(&notices).as_deref(), Some("Reading Night..."));
        notices.over("Reading Night...");
        assert_eq!(shown(&notices).as_deref(), Some("Deleted Trip"));
        notices.tell(Level::Error, "It failed", None, Ticket(3));
        notices.read();
        assert_eq!(shown(&notices), None);
        notices.tell(Level::Info, "Deleted Trip", None, Ticket(1));
        // Each is seen for its own time.
        notices.tell(Level::Info, "Deleted Trip", None, Ticket(4));
        notices.elapsed(Ticket(1));
        assert_eq!(shown(&notices).as_deref(), Some("Deleted Trip"));
        notices.tell(Level::Info, "Nothing to undo", None, Ticket(5));
        notices.elapsed(Ticket(4));
        assert_eq!(shown(&notices).as_deref(), Some("Nothing to undo"));
        notices.elapsed(Ticket(5));
        assert_eq!((shown(&notices), notices.past().len()), (None, 5));
    }
}
