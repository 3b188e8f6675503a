//! What the journal's page shows.

use std::time::Duration;

use crate::app::list::List;
use crate::model::{CleanText, Journal, LocalTime, OwnJournal, PlaylistId, ShelfLog};

/// The journal of a list, open over its page: the newest change first.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalPage {
    /// Of which list: "the queue".
    pub title: String,
    /// How the list is after the newest change, then each change with what was before it.
    pub rows: Vec<Made>,
    /// Cursor over `rows`.
    pub list: List,
    /// Whether it is still being read.
    pub waiting: bool,
    pub(super) what: Journaled,
}

/// A row: a change, and what going back to before it brings.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// What was done: "clearing the queue"; empty on the first row.
    pub name: CleanText,
    /// When, as it is said now: "14:02"; empty where that is not known.
    pub when: String,
    /// What going there brings.
    pub brings: Brings,
    /// Whether the change stands.
    pub standing: Standing,
    /// The number of the last change that is done then.
    pub(super) number: u64,
}

/// What going to a row brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brings {
    /// So many rows, that play so long.
    Rows(usize, Duration),
    /// A playlist of this name, with so many rows that play so long.
    Playlist(CleanText, usize, Duration),
    /// No playlist of this name.
    Without(CleanText),
    /// What is said of the own music then: "Night Ferry with 3 stars".
    Said(CleanText),
    /// This is the newest, whatever it is.
    Newest,
}

/// Whether a change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is done.
    Done,
    /// It was taken back.
    TakenBack,
    /// The list is now as it was before this change.
    Here,
}

/// Whose journal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Journaled {
    Queue,
    Playlist(PlaylistId),
    Downloads,
    Shelf,
    Own,
}

impl JournalPage {
    /// A page that waits for its rows.
    pub(super) fn waiting(title: String, what: Journaled) -> Self {
        Self { title, rows: Vec::new(), list: List::default(), waiting: true, what }
    }

    /// The journal of a list of tracks, the cursor on where it stands.
    pub(super) fn of(
        title: String,
        what: Journaled,
        journal: &Journal,
        now: Option<LocalTime>,
        height: usize,
    ) -> Self {
        let last = journal.first_number() + journal.all().len() as u64;
        let newest = journal.all().last().map(|step| Brings::Rows(step.after.rows, step.after.length));
        let made = journal.all().iter().rev().zip((0..last).rev()).map(|(step, number)| {
            let brings = Brings::Rows(step.before.rows, step.before.length);
            (step.name.as_str().into(), said(step.made_at, now), brings, number)
        });
        let newest = newest.map(|brings| (CleanText::default(), String::new(), brings, last));
        let rows = newest.into_iter().chain(made);
        Self::waiting(title, what).filled(rows, journal.number(), height)
    }

    /// The journal of which playlists there are.
    pub(super) fn of_shelf(self, log: &ShelfLog, now: Option<LocalTime>, height: usize) -> Self {
        let last = log.first_number + log.steps.len() as u64;
        let newest =
            (!log.steps.is_empty()).then_some((CleanText::default(), String::new(), Brings::Newest, last));
        let made = log.steps.iter().rev().zip((0..last).rev()).map(|(made, number)| {
            let (before, after) = (made.step.before.as_ref(), made.step.after.as_ref());
            let brings = |name: &CleanText| Brings::Playlist(name.clone(), made.tracks, made.length);
            let (name, brings) = match (before, after) {
                (None, Some(name)) => (format!("making {name}"), Brings::Without(name.clone())),
                (Some(name), None) => (format!("deleting {name}"), brings(name)),
                (Some(name), Some(other)) => (format!("calling it {other}"), brings(name)),
                (None, None) => (String::new(), Brings::Newest),
            };
            (CleanText::from(name), said(made.made_at, now), brings, number)
        });
        self.filled(newest.into_iter().chain(made), log.number, height)
    }

    /// The journal of what was said of the own music.
    pub(super) fn of_own(self, journal: &OwnJournal, now: Option<LocalTime>, height: usize) -> Self {
        let last = journal.first_number + journal.steps.len() as u64;
        let newest = (!journal.steps.is_empty()).then_some((
            CleanText::default(),
            String::new(),
            Brings::Newest,
            last,
        ));
        let made = journal.steps.iter().rev().zip((0..last).rev()).map(|(step, number)| {
            let brings = Brings::Said(step.words_before().into());
            (CleanText::from(step.words()), said(step.made_at, now), brings, number)
        });
        self.filled(newest.into_iter().chain(made), journal.number, height)
    }

    fn filled(
        mut self,
        rows: impl Iterator<Item = (CleanText, String, Brings, u64)>,
        now: u64,
        height: usize,
    ) -> Self {
        let standing = |number: u64| match number.cmp(&now) {
            std::cmp::Ordering::Less => Standing::Done,
            std::cmp::Ordering::Equal => Standing::Here,
            std::cmp::Ordering::Greater => Standing::TakenBack,
        };
        let made =
            |(name, when, brings, number)| Made { name, when, brings, standing: standing(number), number };
        self.rows = rows.map(made).collect();
        self.waiting = false;
        self.list.set_len(self.rows.len());
        let here = self.rows.iter().position(|row| row.standing == Standing::Here);
        self.list.go_to(here.unwrap_or_default(), height);
        self
    }

    /// The row under the cursor.
    pub(super) fn selected(&self) -> Option<&Made> {
        self.rows.get(self.list.cursor()?)
    }

    /// How many changes there are.
    pub fn changes(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }
}

/// When something was made, as it is said now.
fn said(made_at: Option<u64>, now: Option<LocalTime>) -> String {
    made_at.zip(now).map(|(at, now)| now.short(at)).unwrap_or_default()
}
