//! What the search page shows.

use crate::app::editor::Selection;
use crate::app::input::TextInput;
use crate::app::list::List;
use crate::app::screen_left::row_name;
use crate::model::{CleanText, Fault, Item, Kind, SearchLeft, ServiceId, ServiceInfo, SignIn, Ticket, Track};

/// The search page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// The line that is typed into.
    pub input: TextInput,
    /// Whether keys go into the line; else into the rows.
    pub typing: bool,
    /// What is looked for.
    pub kind: Kind,
    /// The words that the rows answer, as typed; empty: nothing was asked yet.
    pub words: String,
    /// The same without what narrows the search down.
    pub(in crate::app) plain_words: String,
    /// How the words may go on, each with what is typed at its beginning.
    pub suggestions: Vec<CleanText>,
    /// Every service, in the order of their registration.
    pub services: Vec<ServiceSearch>,
    /// What was found so far. Rows only ever join at the end, so none moves under the cursor.
    pub rows: Vec<FoundRow>,
    /// Cursor over `rows`.
    pub list: List,
    /// The rows that are marked, by their places.
    pub selection: Selection,
    /// What was looked for last time, until it is shown.
    pub(in crate::app) left: Option<SearchLeft>,
    /// The name of the row where the cursor was last time, until it comes.
    pub(in crate::app) wanted: Option<String>,
    /// Of the request whose answers count.
    pub(super) ticket: Option<Ticket>,
    /// The pause after a keystroke that is waited for.
    pub(super) wait: Option<Ticket>,
    /// Of the request for suggestions whose answer counts.
    pub(super) suggesting: Option<Ticket>,
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
    /// Whether it is on this machine, so that nobody minds how often it is asked.
    pub(super) is_local: bool,
    /// The page to ask for next.
    pub(super) next_page: u32,
    /// How the search is narrowed down.
    pub(super) filters: Vec<(String, String)>,
}

impl ServiceSearch {
    pub(super) fn new(service: &ServiceInfo) -> Self {
        let answer = match &service.capabilities.sign_in {
            _ if service.capabilities.search.is_empty() => Answer::CannotSearch,
            SignIn::Missing(what) => Answer::NotSignedIn(what.clone()),
            SignIn::NotNeeded | SignIn::Ready => Answer::Idle,
        };
        Self {
            id: service.id.clone(),
            name: service.name.clone(),
            answer,
            is_local: service.capabilities.is_local,
            next_page: 0,
            filters: Vec::new(),
        }
    }
}

/// How far one service is with the search.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It cannot search at all.
    CannotSearch,
    /// It wants a sign-in first: what to do.
    NotSignedIn(CleanText),
    /// It cannot look for this: why.
    Unsuited(CleanText),
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
            Self::Unsuited(why) => why.to_string(),
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

/// What was found, a recording maybe at several services.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundRow {
    /// That of the service that answered first, of a recording the first that may be played.
    pub item: Item,
    /// The same recording elsewhere.
    pub others: Vec<Track>,
}

impl Search {
    pub(in crate::app) fn new(services: &[ServiceInfo]) -> Self {
        let services = services.iter().map(ServiceSearch::new).collect();
        Self { services, typing: true, ..Self::default() }
    }

    /// Whether any service is still asked, or will be once the keys rest.
    pub fn is_waiting(&self) -> bool {
        let is_due = !self.words.is_empty() && self.wait.is_some();
        self.services.iter().any(|service| match service.answer {
            Answer::Waiting { .. } => true,
            Answer::Idle => is_due,
            _ => false,
        })
    }

    /// Whether there are services that are to be asked for these words and were not yet.
    pub(super) fn is_unasked(&self) -> bool {
        let is_idle = |service: &ServiceSearch| service.answer == Answer::Idle;
        !self.plain_words.is_empty() && self.services.iter().any(is_idle)
    }

    /// Puts the cursor on the row where it was last time, if that has come.
    pub(super) fn go_to_wanted(&mut self, height: usize) {
        let Some(wanted) = &self.wanted else { return };
        let is_it = |row: &FoundRow| {
            row_name(&row.item) == *wanted || row.others.iter().any(|it| it.reference.to_string() == *wanted)
        };
        if let Some(row) = self.rows.iter().position(is_it) {
            self.list.go_to(row, height);
            self.wanted = None;
        }
    }

    /// The row under the cursor.
    pub fn selected(&self) -> Option<&FoundRow> {
        self.rows.get(self.list.cursor()?)
    }

    /// What the best suggestion adds to the words, while they are typed.
    pub fn completion(&self) -> Option<&str> {
        let typed = self.input.text();
        if !self.typing || typed.is_empty() || !self.input.is_at_end() || self.input.is_old() {
            return None;
        }
        self.suggestions.iter().find_map(|suggestion| {
            let (begins, rest) = suggestion.as_str().split_at_checked(typed.len())?;
            (begins.to_lowercase() == typed.to_lowercase() && !rest.is_empty()).then_some(rest)
        })
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
            Self::CannotSearch | Self::NotSignedIn(_) | Self::Unsuited(_) | Self::Idle | Self::Failed(_) => 0,
        }
    }
}
