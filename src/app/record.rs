//! The log page: every notice of this run, the newest first, to be found again with what it says to do.

use super::list::List;
use super::notices::Notice;
use super::state::State;

/// The page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogPage {
    /// Cursor over the notices, the newest first.
    pub list: List,
}

impl State {
    /// The notices as the page lists them: the newest first.
    pub fn told(&self) -> impl DoubleEndedIterator<Item = &Notice> + ExactSizeIterator {
        self.notices.past().iter().rev()
    }

    /// When a notice was told, as it is said now; empty where that is not known.
    pub fn clock_of(&self, notice: &Notice) -> String {
        notice.at.zip(self.time).map_or_else(String::new, |(at, time)| time.short(at))
    }

    /// The notice under the log page's cursor.
    pub fn told_here(&self) -> Option<&Notice> {
        self.told().nth(self.log.list.cursor()?)
    }

    /// A notice was told: the cursor stays on the one that it is on, unless it is the newest.
    pub(super) fn note_told(&mut self, is_new_row: bool) {
        let height = self.list_height();
        let (before, len) = (self.log.list.cursor().unwrap_or_default(), self.notices.past().len());
        self.log.list.set_len(len);
        if is_new_row && before > 0 {
            self.log.list.go_to(before + 1, height);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::app::tests::{Run, Step, gone, slow};
    use crate::app::{Event, Level, Page};

    #[test]
    fn what_was_told_is_found_again() {
        let run = Run::with("a")
            .hears(Event::Warned(gone()))
            .hears(Event::Warned(slow()))
            .hears(Event::Warned(slow()));
        let mut run = run.steps([Step::Keys("g ! j")]);
        assert_eq!(run.state.page, Page::Log);
        let told: Vec<_> = run.state.told().map(|it| (it.words.to_string(), it.times, it.level)).collect();
        assert_eq!(
            told,
            [("Nothing comes.".to_owned(), 2, Level::Warning), ("It is gone.".to_owned(), 1, Level::Warning)]
        );
        assert_eq!(run.state.told_here().unwrap().words.as_str(), "It is gone.");
        // The cursor stays on its notice while others come, and on the newest where it is on that.
        run = run.steps([Step::Keys("+ g e")]);
        assert_eq!(run.state.told_here().unwrap().words.as_str(), "It is gone.");
        run = run.steps([Step::Keys("g g g m")]);
        assert!(run.state.told_here().unwrap().words.as_str().contains("as one"));
    }
}
