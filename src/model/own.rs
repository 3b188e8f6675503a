//! What a listener says of the music on this machine.

use super::locator::TrackRef;
use super::text::CleanText;

/// Most stars.
pub const MAX_STARS: u8 = 5;

/// A change of what is kept about the listener's own music. Made twice it is as if made once.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnChange {
    /// Like a track, or no longer.
    Like {
        /// Which.
        track: TrackRef,
        /// Or no longer.
        on: bool,
    },
    /// Rate a track.
    Rate {
        /// Which.
        track: TrackRef,
        /// 0 (not rated) to [`MAX_STARS`].
        stars: u8,
    },
    /// Keep a search as a list of its own; one of the same name is replaced.
    KeepSearch {
        /// What the list is called, never empty.
        name: CleanText,
        /// The search as it is typed.
        words: String,
    },
    /// Forget such a list.
    ForgetSearch {
        /// What it is called.
        name: CleanText,
    },
}

/// Something that was said of the own music, with its way back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnStep {
    /// What would say that it is as it was; `None`: that cannot be told.
    pub before: Option<OwnChange>,
    /// What would say that it is as it was made.
    pub after: Option<OwnChange>,
    /// What the track or the list is called.
    pub title: CleanText,
    /// When it was said, in seconds since 1970, where that is known.
    pub made_at: Option<u64>,
}

impl OwnStep {
    /// What was done, in words: "rating Night Ferry with 4 stars".
    pub fn words(&self) -> String {
        let title = &self.title;
        match (&self.before, &self.after) {
            (_, Some(OwnChange::Like { on: true, .. })) => format!("liking {title}"),
            (_, Some(OwnChange::Like { on: false, .. })) => format!("liking {title} no longer"),
            (_, Some(OwnChange::Rate { stars: 0, .. })) => format!("taking the rating of {title} away"),
            (_, Some(OwnChange::Rate { stars, .. })) => format!("rating {title} with {}", counted(*stars)),
            (Some(OwnChange::KeepSearch { .. }), Some(OwnChange::KeepSearch { .. })) => {
                format!("keeping another search as {title}")
            }
            (_, Some(OwnChange::KeepSearch { .. })) => format!("keeping the search {title}"),
            (_, Some(OwnChange::ForgetSearch { .. })) => format!("forgetting the search {title}"),
            (_, None) => "something that cannot be told any more".to_owned(),
        }
    }

    /// How it was before, in words: "Night Ferry with 3 stars".
    pub fn words_before(&self) -> String {
        let title = &self.title;
        match &self.before {
            Some(OwnChange::Like { on: true, .. }) => format!("{title} liked"),
            Some(OwnChange::Like { on: false, .. }) => format!("{title} not liked"),
            Some(OwnChange::Rate { stars: 0, .. }) => format!("{title} not rated"),
            Some(OwnChange::Rate { stars, .. }) => format!("{title} with {}", counted(*stars)),
            Some(OwnChange::KeepSearch { words, .. }) => format!("{title}: {words}"),
            Some(OwnChange::ForgetSearch { .. }) => format!("no {title}"),
            None => String::new(),
        }
    }
}

fn counted(stars: u8) -> String {
    if stars == 1 { "1 star".to_owned() } else { format!("{stars} stars") }
}

/// Where to go in what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnMove {
    /// Nowhere; only to see it.
    Look,
    /// The last word is taken back.
    Back,
    /// And said again.
    On,
    /// So far that the step of this number is the last one done.
    To(u64),
}

/// Everything that was said, the oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnJournal {
    /// The steps that were gone through now, in that order.
    pub walked: Vec<OwnStep>,
    /// Whether they were taken back; else they were said again.
    pub is_back: bool,
    /// All steps.
    pub steps: Vec<OwnStep>,
    /// The number of the step before the first of them.
    pub first_number: u64,
    /// The number of the last one that is done.
    pub number: u64,
}
