//! What the search page shows.

use crate::app::input::TextInput;
use crate::app::list::List;
use crate::model::{CleanText, Fault, Kind, ServiceId, ServiceInfo, SignIn, Ticket, Track};

/// The search page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// The line that is typed into.
    pub input: TextInput,
    /// Whether keys go into the line; else into the rows.
    pub typing: bool,
    /// The words that the rows answer; empty: nothing was asked yet.
    pub words: String,
    /// Every service, in the order of their registration.
    pub services: Vec<ServiceSearch>,
    /// What was found so far. Rows only ever join at the end, so none moves under the cursor.
    pub rows: Vec<FoundRow>,
    /// Cursor over `rows`.
    pub list: List,
    /// Of the request whose answers count.
    pub(super) ticket: Option<Ticket>,
    /// The pause after a keystroke that is waited for.
    pub(super) wait: Option<Ticket>,
}

/// One service's part in a search.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceSearch {
    /// Which service.
    pub id: ServiceId,
    /// Its own spelling.
    pub name: CleanText,
    /// How far it is.
    pub answer: Answer,
    /// The page to ask for next.
    pub(super) next_page: u32,
}

/// How far one service is with the search.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It cannot search at all.
    CannotSearch,
    /// It wants a sign-in first: what to do.
    NotSignedIn(CleanText),
    /// Nothing was asked yet.
    Idle,
    /// Asked, and `found` rows came before.
    Waiting {
        /// Rows of earlier pages.
        found: usize,
    },
    /// It answered.
    Found {
        /// Rows so far.
        found: usize,
        /// How many there are in all, where it says.
        total: Option<u64>,
        /// Whether there is another page.
        more: bool,
    },
    /// It failed; a limit is a fault of kind `Limited`.
    Failed(Fault),
}

impl Answer {
    /// The same in a few words: "12 found", "waiting", "not signed in".
    pub fn words(&self) -> String {
        match self {
            Self::CannotSearch => "cannot be searched".to_owned(),
            Self::NotSignedIn(_) => "not signed in".to_owned(),
            Self::Idle => String::new(),
            Self::Waiting { .. } => "waiting".to_owned(),
            Self::Found { found: 0, .. } => "nothing found".to_owned(),
            Self::Found { found, total: Some(total), .. } if *total > *found as u64 => {
                format!("{found} of {total}")
            }
            Self::Found { found, .. } => format!("{found} found"),
            Self::Failed(fault) => fault.message.to_string(),
        }
    }
}

/// A recording that was found, maybe at several services.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundRow {
    /// The track of the service that answered first, or the first that may be played.
    pub track: Track,
    /// The same recording elsewhere.
    pub others: Vec<Track>,
}

impl Search {
    pub(in crate::app) fn new(services: &[ServiceInfo]) -> Self {
        let services = services.iter().map(|service| ServiceSearch {
            id: service.id.clone(),
            name: service.name.clone(),
            answer: match &service.capabilities.sign_in {
                _ if !service.capabilities.search.contains(&Kind::Track) => Answer::CannotSearch,
                SignIn::Missing(what) => Answer::NotSignedIn(what.clone()),
                SignIn::NotNeeded | SignIn::Ready => Answer::Idle,
            },
            next_page: 0,
        });
        Self { services: services.collect(), typing: true, ..Self::default() }
    }

    /// Whether any service is still asked.
    pub fn is_waiting(&self) -> bool {
        self.services.iter().any(|service| matches!(service.answer, Answer::Waiting { .. }))
    }

    /// The track under the cursor.
    pub fn selected(&self) -> Option<&Track> {
        self.rows.get(self.list.cursor()?).map(|row| &row.track)
    }
}

impl Answer {
    pub(super) fn can_be_asked(&self) -> bool {
        !matches!(self, Self::CannotSearch | Self::NotSignedIn(_))
    }

    /// Rows so far.
    pub(super) fn found(&self) -> usize {
        match self {
            Self::Waiting { found } | Self::Found { found, .. } => *found,
            Self::CannotSearch | Self::NotSignedIn(_) | Self::Idle | Self::Failed(_) => 0,
        }
    }
}
