//! What the browse page shows.

use crate::app::list::List;
use crate::model::{BrowseList, CleanText, Fault, ServiceId, ServiceInfo, SignIn, Ticket, Track};

/// The browse page: shelves on the left, the tracks of the one under the cursor on the right.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Browse {
    /// Every list of every service, the services in their order. A service without a list, or
    /// before its sign-in, has one shelf that says so.
    pub shelves: Vec<Shelf>,
    /// Cursor over `shelves`; the shelf under it is the open one.
    pub list: List,
    /// Which side takes the keys.
    pub pane: Pane,
    /// The pause after a cursor move that is waited for before a list is asked for.
    pub(super) wait: Option<Ticket>,
}

/// A side of the browse page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// The shelves.
    #[default]
    Lists,
    /// The open shelf's tracks.
    Tracks,
}

/// One list of one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Shelf {
    /// Which service.
    pub service: ServiceId,
    /// Its own spelling.
    pub service_name: CleanText,
    /// Which list; `None`: the service offers none, see `state`.
    pub source: Option<BrowseList>,
    /// How far it is.
    pub state: ShelfState,
    /// The rows so far.
    pub tracks: Vec<Track>,
    /// Cursor over `tracks`.
    pub list: List,
    /// How many rows there are in all, where the service says.
    pub total: Option<u64>,
    /// Whether there is another page.
    pub more: bool,
    pub(super) next_page: u32,
    pub(super) ticket: Option<Ticket>,
}

/// How far a list is.
#[derive(Clone, Debug, PartialEq)]
pub enum ShelfState {
    /// It was not opened yet.
    Closed,
    /// A page is asked for; rows of earlier pages are there.
    Loading,
    /// It answered; no rows: it is empty.
    Ready,
    /// The last page did not come; the retry key asks again.
    Failed(Fault),
    /// The service wants a sign-in first: what to do.
    NeedsSignIn(CleanText),
    /// The service offers no lists.
    NoLists,
}

impl Shelf {
    fn new(service: &ServiceInfo, source: Option<BrowseList>, state: ShelfState) -> Self {
        Self {
            service: service.id.clone(),
            service_name: service.name.clone(),
            source,
            state,
            tracks: Vec::new(),
            list: List::default(),
            total: None,
            more: false,
            next_page: 0,
            ticket: None,
        }
    }

    /// The list's name, or the service's where there is no list.
    pub fn title(&self) -> &CleanText {
        self.source.as_ref().map_or(&self.service_name, |source| &source.title)
    }

    /// The track under the cursor.
    pub fn selected(&self) -> Option<&Track> {
        self.tracks.get(self.list.cursor()?)
    }
}

impl Browse {
    pub(in crate::app) fn new(services: &[ServiceInfo]) -> Self {
        let mut shelves = Vec::new();
        for service in services {
            match &service.capabilities.sign_in {
                SignIn::Missing(what) => {
                    shelves.push(Shelf::new(service, None, ShelfState::NeedsSignIn(what.clone())));
                }
                SignIn::NotNeeded | SignIn::Ready if service.capabilities.lists.is_empty() => {
                    shelves.push(Shelf::new(service, None, ShelfState::NoLists));
                }
                SignIn::NotNeeded | SignIn::Ready => {
                    let lists = service.capabilities.lists.iter().cloned();
                    shelves.extend(lists.map(|list| Shelf::new(service, Some(list), ShelfState::Closed)));
                }
            }
        }
        let mut list = List::default();
        list.set_len(shelves.len());
        Self { shelves, list, ..Self::default() }
    }

    /// The open shelf.
    pub fn open(&self) -> Option<&Shelf> {
        self.shelves.get(self.list.cursor()?)
    }

    pub(in crate::app) fn open_mut(&mut self) -> Option<&mut Shelf> {
        self.shelves.get_mut(self.list.cursor()?)
    }
}
