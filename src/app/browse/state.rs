//! What the browse page shows: the services' lists, and what is opened out of them.

use std::time::Duration;

use crate::app::editor::Selection;
use crate::app::list::List;
use crate::app::screen_left::{is_list, row_name, wanted};
use crate::model::{
    BrowseList, CleanText, Collection, Fault, Item, Kind, ListId, ListLeft, ServiceId, ServiceInfo, SignIn,
    Ticket, Track,
};

/// The browse page: shelves on the left, the rows of the one under the cursor on the right, or of what was
/// opened out of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Browse {
    /// Every list of every service, the services in their order. A service without a list, or
    /// before its sign-in, has one shelf that says so.
    pub shelves: Vec<Shelf>,
    /// Cursor over `shelves`; the shelf under it is the open one.
    pub list: List,
    /// What was opened out of rows, one out of the other; the last one is shown.
    pub trail: Vec<Shelf>,
    /// How often shelves were made anew.
    pub(in crate::app) renewed: u64,
    /// The page that the way back from the trail's first leads to, when it was not opened here.
    pub(in crate::app) way_back: Option<crate::app::focus::Page>,
    /// The list where the cursor was last time, and the words it was filtered by, until its service offers it.
    pub(in crate::app) left: Option<(ListLeft, String)>,
    /// The list where the cursor was before it went to the library.
    pub(in crate::app) beside_library: Option<(ServiceId, Option<BrowseList>)>,
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
    /// The open shelf's rows.
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
    /// Whether it stands among what is kept offline, whatever its service offers.
    pub is_kept: bool,
    /// The album, artist or playlist that it is, as far as that is known.
    pub about: Option<Box<Collection>>,
    /// How far it is.
    pub state: ShelfState,
    /// The rows so far.
    pub rows: Vec<Item>,
    /// What those rows come to.
    pub(super) amount: Amount,
    /// Whether the service could not be reached and these are the rows of an earlier time.
    pub is_stale: bool,
    /// Cursor over `rows`.
    pub list: List,
    /// The rows that are marked, by their places.
    pub selection: Selection,
    /// How many rows there are in all, where the service says.
    pub total: Option<u64>,
    /// Whether there is another page.
    pub more: bool,
    /// The name of the row where the cursor was last time, until it comes.
    pub(in crate::app) wanted: Option<String>,
    pub(super) next_page: u32,
    pub(super) ticket: Option<Ticket>,
}

/// What rows come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// How many are tracks.
    pub tracks: usize,
    /// How many are albums.
    pub albums: usize,
    /// How long those play together whose length is known.
    pub length: Duration,
    /// How many lengths are not.
    pub unknown: usize,
    /// Whether any of them is rated.
    pub rated: bool,
}

impl Amount {
    fn of(rows: &[Item]) -> Self {
        rows.iter().fold(Self::default(), |sum, item| match item {
            Item::Track(track) => Self {
                tracks: sum.tracks + 1,
                length: sum.length.saturating_add(track.length.unwrap_or_default()),
                unknown: sum.unknown + usize::from(track.length.is_none()),
                rated: sum.rated || track.stars > 0,
                ..sum
            },
            Item::Collection(Collection { reference, .. }) if reference.kind == Kind::Album => {
                Self { albums: sum.albums + 1, ..sum }
            }
            Item::Collection(_) | Item::List(_) => sum,
        })
    }

    /// With further rows.
    pub(super) fn and(self, rows: &[Item]) -> Self {
        let Self { tracks, albums, length, unknown, rated } = Self::of(rows);
        Self {
            albums: self.albums + albums,
            tracks: self.tracks + tracks,
            length: self.length.saturating_add(length),
            unknown: self.unknown + unknown,
            rated: self.rated || rated,
        }
    }
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
            is_kept: false,
            about: None,
            state,
            rows: Vec::new(),
            amount: Amount::default(),
            is_stale: false,
            list: List::default(),
            selection: Selection::default(),
            total: None,
            more: false,
            wanted: None,
            next_page: 0,
            ticket: None,
        }
    }

    /// A list that is to be asked for.
    pub(in crate::app) fn opened(service: &ServiceInfo, source: BrowseList) -> Self {
        Self::new(service, Some(source), ShelfState::Closed)
    }

    /// Rows that are all there is.
    pub(super) fn made(service: &ServiceId, title: CleanText, rows: Vec<Item>) -> Self {
        let mut list = List::default();
        list.set_len(rows.len());
        Self {
            service: service.clone(),
            service_name: CleanText::default(),
            source: Some(BrowseList { id: ListId(String::new()), title }),
            is_kept: false,
            about: None,
            state: ShelfState::Ready,
            total: Some(rows.len() as u64),
            amount: Amount::of(&rows),
            rows,
            is_stale: false,
            list,
            selection: Selection::default(),
            more: false,
            wanted: None,
            next_page: 0,
            ticket: None,
        }
    }

    /// Its rows are no longer what they were: it is asked for again.
    pub(in crate::app) fn forget(&mut self) {
        self.state = ShelfState::Closed;
        self.rows.clear();
        self.amount = Amount::default();
        self.selection.clear();
        self.list.set_len(0);
        (self.total, self.more, self.is_stale, self.next_page, self.ticket) = (None, false, false, 0, None);
    }

    /// What the rows so far come to. A screen is drawn far more often than rows come.
    pub fn amount(&self) -> Amount {
        self.amount
    }

    /// Puts the cursor on the row where it was last time, if that has come.
    pub(super) fn go_to_wanted(&mut self, height: usize) {
        let Some(wanted) = &self.wanted else { return };
        if let Some(row) = self.rows.iter().position(|item| row_name(item) == *wanted) {
            self.list.go_to(row, height);
            self.wanted = None;
        }
    }

    /// Takes rows out.
    pub(in crate::app) fn retain(&mut self, stays: impl FnMut(&Item) -> bool) {
        self.rows.retain(stays);
        self.amount = Amount::of(&self.rows);
    }

    /// Changes what rows of tracks say.
    pub(in crate::app) fn each_track(&mut self, mut change: impl FnMut(&mut Track)) {
        for row in &mut self.rows {
            if let Item::Track(track) = row {
                change(track);
            }
        }
        self.amount = Amount::of(&self.rows);
    }

    /// The list's name, or the service's where there is no list.
    pub fn title(&self) -> &CleanText {
        self.source.as_ref().map_or(&self.service_name, |source| &source.title)
    }

    /// The row under the cursor.
    pub fn selected(&self) -> Option<&Item> {
        self.rows.get(self.list.cursor()?)
    }

    /// Those rows that are tracks.
    pub fn tracks(&self) -> impl Iterator<Item = &Track> {
        self.rows.iter().filter_map(Item::track)
    }
}

impl Browse {
    pub(in crate::app) fn new(services: &[ServiceInfo]) -> Self {
        let shelves: Vec<_> = services.iter().flat_map(shelves_of).collect();
        let mut list = List::default();
        list.set_len(shelves.len());
        Self { shelves, list, ..Self::default() }
    }

    /// Makes one service's shelves anew where it stands; all others stay as they are, and so does what is open
    /// where it is still there. Gives what the list that was left was filtered by, once that is back.
    pub(in crate::app) fn renew(&mut self, service: &ServiceInfo, height: usize) -> Option<String> {
        let under_cursor = self.list.cursor().and_then(|row| self.shelves.get(row));
        let open = under_cursor.map(|shelf| (shelf.service.clone(), shelf.source.clone(), shelf.is_kept));
        let offers = |shelf: &&Shelf| shelf.service == service.id && !shelf.is_kept;
        let first = self.shelves.iter().position(|shelf| offers(&shelf))?;
        let count = self.shelves.iter().filter(offers).count();
        let last = (first + count).min(self.shelves.len());
        self.shelves.splice(first..last, shelves_of(service));
        self.renewed += 1;
        if !matches!(service.capabilities.sign_in, SignIn::Missing(_)) {
            let waits = |shelf: &&mut Shelf| {
                shelf.service == service.id && matches!(shelf.state, ShelfState::NeedsSignIn(_))
            };
            self.trail.iter_mut().filter(waits).for_each(|shelf| shelf.state = ShelfState::Closed);
        }
        self.list.set_len(self.shelves.len());
        let (open, source, is_kept) = open?;
        if let Some((left, filter)) =
            self.left.take_if(|(left, _)| left.service == service.id && left.service == open)
            && let Some(row) = self.shelves.iter().position(|shelf| is_list(shelf, &left))
        {
            self.list.go_to(row, height);
            self.shelves[row].wanted = wanted(&left.row);
            return Some(filter);
        }
        let same =
            |shelf: &Shelf| shelf.service == open && shelf.source == source && shelf.is_kept == is_kept;
        let of_service = |shelf: &Shelf| shelf.service == open;
        let row = self.shelves.iter().position(same).or_else(|| self.shelves.iter().position(of_service));
        self.list.go_to(row.unwrap_or(first), height);
        None
    }

    /// Puts the lists that are kept offline after all others; those that stood there stay as they are.
    pub(in crate::app) fn keep(&mut self, lists: Vec<(&ServiceInfo, BrowseList)>, height: usize) {
        let name = |shelf: &Shelf| Some((shelf.service.clone(), shelf.source.as_ref()?.id.clone()));
        let first = self.shelves.iter().position(|shelf| shelf.is_kept).unwrap_or(self.shelves.len());
        let mut before = self.shelves.split_off(first);
        let open = self.list.cursor().and_then(|row| name(before.get(row.checked_sub(first)?)?));
        let names: Vec<_> = before.iter().map(name).collect();
        for (service, list) in lists {
            let wanted = Some((service.id.clone(), list.id.clone()));
            let shelf = match before.iter().position(|shelf| name(shelf) == wanted) {
                Some(known) => Shelf { source: Some(list), ..before.swap_remove(known) },
                None => Shelf { is_kept: true, ..Shelf::opened(service, list) },
            };
            self.shelves.push(shelf);
        }
        if names.iter().eq(self.shelves[first..].iter().map(name).collect::<Vec<_>>().iter()) {
            return;
        }
        self.renewed += 1;
        self.list.set_len(self.shelves.len());
        let row = self.shelves[first..].iter().position(|shelf| open.is_some() && name(shelf) == open);
        if let Some(row) = row {
            self.list.go_to(first + row, height);
        }
    }

    /// The row of a list as it was left, or of its service.
    pub(in crate::app) fn row_left(&self, left: &ListLeft) -> Option<usize> {
        let of_service = |shelf: &Shelf| shelf.service == left.service;
        let row = self.shelves.iter().position(|shelf| is_list(shelf, left));
        row.or_else(|| self.shelves.iter().position(of_service))
    }

    /// The shelf that is shown: what was opened last, or the one under the cursor.
    pub fn open(&self) -> Option<&Shelf> {
        self.trail.last().or_else(|| self.shelves.get(self.list.cursor()?))
    }

    pub(in crate::app) fn open_mut(&mut self) -> Option<&mut Shelf> {
        match self.trail.last_mut() {
            Some(last) => Some(last),
            None => self.shelves.get_mut(self.list.cursor()?),
        }
    }

    /// Every shelf there is.
    pub(in crate::app) fn all_mut(&mut self) -> impl Iterator<Item = &mut Shelf> {
        self.shelves.iter_mut().chain(&mut self.trail)
    }

    /// Leaves what was opened out of rows.
    pub(in crate::app) fn leave_trail(&mut self) {
        self.trail.clear();
        self.way_back = None;
    }
}

/// What a service puts on the browse page.
fn shelves_of(service: &ServiceInfo) -> Vec<Shelf> {
    match &service.capabilities.sign_in {
        SignIn::Missing(what) => vec![Shelf::new(service, None, ShelfState::NeedsSignIn(what.clone()))],
        SignIn::NotNeeded | SignIn::Ready if service.capabilities.lists.is_empty() => {
            vec![Shelf::new(service, None, ShelfState::NoLists)]
        }
        SignIn::NotNeeded | SignIn::Ready => {
            let lists = service.capabilities.lists.iter().cloned();
            lists.map(|list| Shelf::new(service, Some(list), ShelfState::Closed)).collect()
        }
    }
}
