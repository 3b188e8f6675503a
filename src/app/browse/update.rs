//! Decisions about browsing.

use super::state::{Pane, Shelf, ShelfState};
use crate::app::effect::Effect;
use crate::app::focus::Page as Shown;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::model::{
    BrowseList, CleanText, Collection, Fault, Item, ItemRef, ListId, Page, ServiceId, Ticket,
};

/// How long the cursor must rest on a list before it is asked for.
pub(super) const DEBOUNCE_MS: u64 = 250;

/// Rows after the cursor that call for the next page when fewer are left.
const NEAR_END: usize = 10;

/// Most lists opened one out of the other that are kept for the way back.
const MAX_TRAIL: usize = 50;

/// Most pages read of a list to find the row where the cursor was last time.
const MOST_PAGES_BACK: u32 = 10;

/// Most rows kept of one list; no further pages are asked for then.
const MAX_ROWS: usize = 20_000;

impl State {
    /// Asks for the open shelf's first page unless that was done.
    pub(in crate::app) fn fill_open_shelf(&mut self) -> Vec<Effect> {
        self.browse.wait = None;
        self.ask_shelf(|shelf| shelf.state == ShelfState::Closed)
    }

    /// Shows the first shelf of this kind on the browse page.
    pub(in crate::app) fn show_shelf(&mut self, kind: impl Fn(&Shelf) -> bool, pane: Pane) -> Vec<Effect> {
        if let Some(row) = self.browse.shelves.iter().position(kind) {
            let height = self.list_height();
            self.browse.list.go_to(row, height);
        }
        self.browse.leave_trail();
        self.browse.pane = pane;
        self.show_page(Shown::Browse)
    }

    /// Opens a list of a service on the browse page, out of the row that is shown there or from another page.
    pub(in crate::app) fn open_out(&mut self, service: &ServiceId, list: BrowseList) -> Vec<Effect> {
        self.open_shelf(service, list, None)
    }

    /// Opens an album, an artist or a playlist.
    pub(in crate::app) fn open_collection(&mut self, about: Collection) -> Vec<Effect> {
        let (service, id) = (about.reference.service.clone(), about.reference.list());
        let list = BrowseList { id, title: about.title.clone() };
        self.open_shelf(&service, list, Some(Box::new(about)))
    }

    fn open_shelf(
        &mut self,
        service: &ServiceId,
        list: BrowseList,
        about: Option<Box<Collection>>,
    ) -> Vec<Effect> {
        let Some(info) = self.services.iter().find(|known| known.id == *service) else {
            return self.tell(Level::Warning, format!("There is no service named {service} here"));
        };
        let shelf = Shelf { about, ..Shelf::opened(info, list) };
        self.show_opened(shelf)
    }

    /// Opens what belongs to a thing that is no album, artist or playlist, such as what is like a track.
    pub(in crate::app) fn open_item(&mut self, item: &ItemRef, title: CleanText) -> Vec<Effect> {
        self.open_out(&item.service, BrowseList { id: item.list(), title })
    }

    /// Shows rows that are known already.
    pub(in crate::app) fn open_rows(&mut self, title: CleanText, rows: Vec<Item>) -> Vec<Effect> {
        let service = rows.iter().find_map(Item::track).and_then(|track| track.reference.item());
        let service = service.map_or_else(|| ServiceId::known("none"), |item| item.service);
        self.show_opened(Shelf::made(&service, title, rows))
    }

    fn show_opened(&mut self, shelf: Shelf) -> Vec<Effect> {
        if self.page != Shown::Browse {
            self.browse.leave_trail();
            self.browse.way_back = Some(self.page);
        }
        if self.browse.trail.len() >= MAX_TRAIL {
            self.browse.trail.remove(0);
        }
        self.browse.trail.push(shelf);
        self.browse.pane = Pane::Tracks;
        self.show_page(Shown::Browse)
    }

    /// One step back from what was opened out of a row, or to the lists.
    pub(in crate::app) fn leave_opened(&mut self) -> Vec<Effect> {
        if self.browse.pane == Pane::Lists {
            return Vec::new();
        }
        if self.browse.trail.pop().is_none() {
            self.browse.pane = Pane::Lists;
            return Vec::new();
        }
        match self.browse.way_back.filter(|_| self.browse.trail.is_empty()) {
            Some(page) => {
                self.browse.leave_trail();
                self.return_to(page)
            }
            None => self.fill_open_shelf(),
        }
    }

    /// The cursor came to rest on a shelf, or goes on: it is asked for in a moment.
    pub(in crate::app) fn shelf_chosen(&mut self) -> Vec<Effect> {
        self.browse.wait = None;
        self.browse.leave_trail();
        if self.browse.open().is_none_or(|shelf| shelf.state != ShelfState::Closed) {
            return Vec::new();
        }
        let ticket = self.next_ticket();
        self.browse.wait = Some(ticket);
        vec![Effect::Wait { ticket, delay_ms: DEBOUNCE_MS }]
    }

    pub(in crate::app) fn browse_elapsed(&mut self, ticket: Ticket) -> Vec<Effect> {
        if self.browse.wait == Some(ticket) { self.fill_open_shelf() } else { Vec::new() }
    }

    /// Goes into the shelf under the cursor.
    pub(in crate::app) fn open_list(&mut self) -> Vec<Effect> {
        self.browse.wait = None;
        self.browse.leave_trail();
        match self.browse.open().map(|shelf| (&shelf.state, &shelf.service_name)) {
            None => Vec::new(),
            Some((ShelfState::NeedsSignIn(_), _)) => {
                let service = self.browse.open().map(|shelf| shelf.service.clone());
                service.map(|service| self.show_account(&service)).unwrap_or_default()
            }
            Some((ShelfState::NoLists, name)) => {
                let words = format!("{name} offers no lists to browse; search it instead");
                self.tell(Level::Info, words)
            }
            Some((
                ShelfState::Closed | ShelfState::Loading | ShelfState::Ready | ShelfState::Failed(_),
                _,
            )) => {
                self.browse.pane = Pane::Tracks;
                self.ask_shelf(|shelf| matches!(shelf.state, ShelfState::Closed | ShelfState::Failed(_)))
            }
        }
    }

    /// Asks for more when the cursor nears the last row.
    pub(in crate::app) fn more_of_shelf(&mut self) -> Vec<Effect> {
        self.ask_shelf(|shelf| {
            let ready = shelf.state == ShelfState::Ready && shelf.more;
            ready && shelf.list.near_end(NEAR_END) && shelf.rows.len() < MAX_ROWS
        })
    }

    /// A service may be asked again that had limited requests.
    pub(in crate::app) fn browse_limited(&mut self, service: &ServiceId) -> Vec<Effect> {
        if self.browse.open().is_none_or(|shelf| shelf.service != *service) {
            return Vec::new();
        }
        self.ask_shelf(|shelf| matches!(&shelf.state, ShelfState::Failed(fault) if fault.wait_s.is_some()))
    }

    pub(in crate::app) fn retry_shelf(&mut self) -> Vec<Effect> {
        self.ask_shelf(|shelf| matches!(shelf.state, ShelfState::Failed(_)))
    }

    /// Asks for the open shelf's next page if the shelf is like this.
    fn ask_shelf(&mut self, like: fn(&Shelf) -> bool) -> Vec<Effect> {
        let ticket = self.next_ticket();
        let Some(open) = self.browse.open_mut().filter(|open| like(open)) else { return Vec::new() };
        let Some(source) = &open.source else { return Vec::new() };
        open.state = ShelfState::Loading;
        open.ticket = Some(ticket);
        let (service, list) = (open.service.clone(), source.id.clone());
        vec![Effect::Browse { ticket, service, list, page: open.next_page }]
    }

    pub(in crate::app) fn browsed(
        &mut self,
        ticket: Ticket,
        service: &ServiceId,
        list: &ListId,
        result: Result<Page<Item>, Fault>,
    ) -> Vec<Effect> {
        let asked = |shelf: &&mut Shelf| {
            let same_list = shelf.source.as_ref().is_some_and(|source| source.id == *list);
            shelf.ticket == Some(ticket) && shelf.service == *service && same_list
        };
        let height = self.list_height();
        let Some(answered) = self.browse.all_mut().find(asked) else {
            return self.gathered(ticket, result);
        };
        answered.ticket = None;
        match result {
            Ok(page) => {
                // A service that promises more and sends nothing would be asked for ever.
                answered.more = page.more && !page.items.is_empty();
                answered.total = page.total;
                answered.next_page += 1;
                answered.is_stale |= page.is_stale;
                answered.amount = answered.amount.and(&page.items);
                answered.rows.extend(page.items);
                answered.list.set_len(answered.rows.len());
                answered.go_to_wanted(height);
                answered.state = ShelfState::Ready;
            }
            Err(fault) => {
                answered.state = ShelfState::Failed(fault.clone());
                return self.note_limit(service, &fault);
            }
        }
        self.ask_shelf(|shelf| {
            let goes_on = shelf.state == ShelfState::Ready && shelf.more;
            goes_on && shelf.wanted.is_some() && shelf.next_page < MOST_PAGES_BACK
        })
    }
}
