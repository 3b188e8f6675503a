//! Decisions about the search.

use super::fold::fold_in;
use super::state::Answer;
use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::model::{Fault, Kind, Page, SearchQuery, ServiceId, Ticket, Track};

/// How long the keys must rest before words are looked for by themselves.
pub(super) const DEBOUNCE_MS: u64 = 250;

/// Fewest characters that are looked for without Enter.
const LEAST_CHARS: usize = 2;

/// Results wanted of each service at a time.
pub(super) const RESULTS_A_PAGE: u16 = 50;

/// Rows after the cursor that call for the next page when fewer are left.
const NEAR_END: usize = 10;

/// Most rows kept; no further pages are asked for then.
const MAX_ROWS: usize = 2000;

impl State {
    /// The line has changed: its words are looked for once the keys rest.
    pub(in crate::app) fn search_typed(&mut self) -> Vec<Effect> {
        self.search.wait = None;
        let words = self.search.input.text().trim();
        if words == self.search.words || (!words.is_empty() && words.chars().count() < LEAST_CHARS) {
            return Vec::new();
        }
        if words.is_empty() {
            self.forget_results();
            return Vec::new();
        }
        let ticket = self.next_ticket();
        self.search.wait = Some(ticket);
        vec![Effect::Wait { ticket, delay_ms: DEBOUNCE_MS }]
    }

    pub(in crate::app) fn search_elapsed(&mut self, ticket: Ticket) -> Vec<Effect> {
        if self.search.wait == Some(ticket) { self.start_search() } else { Vec::new() }
    }

    /// Looks for the words now unless that is done already, and goes to the rows.
    pub(in crate::app) fn search_at_once(&mut self) -> Vec<Effect> {
        let words = self.search.input.text().trim();
        if words.is_empty() {
            return Vec::new();
        }
        let asked = words == self.search.words;
        self.search.typing = false;
        if asked { Vec::new() } else { self.start_search() }
    }

    fn forget_results(&mut self) {
        let search = &mut self.search;
        search.words.clear();
        search.rows.clear();
        search.list = crate::app::list::List::default();
        search.ticket = None;
        search.wait = None;
        for service in &mut search.services {
            service.next_page = 0;
            if service.answer.can_be_asked() {
                service.answer = Answer::Idle;
            }
        }
    }

    fn start_search(&mut self) -> Vec<Effect> {
        self.forget_results();
        self.search.words = self.search.input.text().trim().to_owned();
        self.search.ticket = Some(self.next_ticket());
        let effects = self.ask(|answer| matches!(answer, Answer::Idle));
        if effects.is_empty() {
            return self.tell(Level::Warning, "No service can be searched here; sign in to one first");
        }
        effects
    }

    /// Asks the services whose answer is of this kind for their next page.
    fn ask(&mut self, which: fn(&Answer) -> bool) -> Vec<Effect> {
        let search = &mut self.search;
        let Some(ticket) = search.ticket else { return Vec::new() };
        let mut effects = Vec::new();
        for service in search.services.iter_mut().filter(|service| which(&service.answer)) {
            service.answer = Answer::Waiting { found: service.answer.found() };
            let query = SearchQuery {
                words: search.words.clone(),
                kind: Kind::Track,
                filters: Vec::new(),
                limit: RESULTS_A_PAGE,
                page: service.next_page,
            };
            effects.push(Effect::Search { ticket, service: service.id.clone(), query });
        }
        effects
    }

    /// Asks for more when the cursor nears the last row.
    pub(in crate::app) fn more_results(&mut self) -> Vec<Effect> {
        if !self.search.list.near_end(NEAR_END) || self.search.rows.len() >= MAX_ROWS {
            return Vec::new();
        }
        self.ask(|answer| matches!(answer, Answer::Found { more: true, .. }))
    }

    pub(in crate::app) fn retry_search(&mut self) -> Vec<Effect> {
        self.ask(|answer| matches!(answer, Answer::Failed(_)))
    }

    pub(in crate::app) fn searched(
        &mut self,
        ticket: Ticket,
        service: &ServiceId,
        result: Result<Page<Track>, Fault>,
    ) -> Vec<Effect> {
        let search = &mut self.search;
        if search.ticket != Some(ticket) {
            return Vec::new();
        }
        let asked = search.services.iter_mut().find(|asked| asked.id == *service);
        let Some(asked) = asked.filter(|asked| matches!(asked.answer, Answer::Waiting { .. })) else {
            return Vec::new();
        };
        match result {
            Ok(page) => {
                let found = asked.answer.found() + page.items.len();
                asked.next_page += 1;
                // A service that promises more and sends nothing would be asked for ever.
                let more = page.more && !page.items.is_empty();
                asked.answer = Answer::Found { found, total: page.total, more };
                fold_in(&mut search.rows, page.items);
                search.list.set_len(search.rows.len());
            }
            Err(fault) => asked.answer = Answer::Failed(fault),
        }
        Vec::new()
    }
}
