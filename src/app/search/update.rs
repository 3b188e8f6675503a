//! Decisions about the search.

use super::fold::fold_in;
use super::state::{Answer, ServiceSearch};
use super::words::{Wish, narrowed};
use crate::app::effect::Effect;
use crate::app::focus::Page as Shown;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::model::{
    CleanText, Fault, Item, Kind, Page, QueryProblem, SearchQuery, ServiceId, ServiceInfo, Ticket,
    query_problem, without_problems,
};

/// How long the keys must rest before words are looked for by themselves.
pub(super) const DEBOUNCE_MS: u64 = 250;

/// Fewest characters that are looked for without Enter.
const LEAST_CHARS: usize = 2;

/// Results wanted of each service at a time.
pub(super) const RESULTS_A_PAGE: u16 = 50;

/// Rows after the cursor that call for the next page when fewer are left.
const NEAR_END: usize = 10;

/// Most pages of a service that are looked through for the row where the cursor was last time.
const MOST_PAGES_BACK: u32 = 4;

/// Most rows kept; no further pages are asked for then.
const MAX_ROWS: usize = 2000;

impl State {
    /// The line has changed: its words are looked for, on this machine at once, elsewhere once the keys rest.
    pub(in crate::app) fn search_typed(&mut self) -> Vec<Effect> {
        self.search.wait = None;
        let words = self.search.input.text().trim();
        let is_known = words == self.search.words && !self.search.is_unasked();
        if is_known || (!words.is_empty() && words.chars().count() < LEAST_CHARS) {
            return Vec::new();
        }
        if words.is_empty() {
            self.forget_results();
            return Vec::new();
        }
        let mut effects = self.search_here();
        let ticket = self.next_ticket();
        self.search.wait = Some(ticket);
        effects.push(Effect::Wait { ticket, delay_ms: DEBOUNCE_MS });
        effects
    }

    /// Asks what is on this machine, if it can be asked for this.
    fn search_here(&mut self) -> Vec<Effect> {
        let kind = self.search.kind;
        let can = |info: &ServiceInfo| info.capabilities.is_local && info.capabilities.search.contains(&kind);
        if self.search.words == self.search.input.text().trim() || !self.services.iter().any(can) {
            return Vec::new();
        }
        self.begin_search();
        self.ask_idle(|service| service.is_local)
    }

    pub(in crate::app) fn search_elapsed(&mut self, ticket: Ticket) -> Vec<Effect> {
        if self.search.wait != Some(ticket) {
            return Vec::new();
        }
        let mut effects = self.search_everywhere();
        effects.extend(self.ask_suggestions());
        effects
    }

    /// Looks for the words of the line, at whoever was not asked for them yet.
    fn search_everywhere(&mut self) -> Vec<Effect> {
        self.search.wait = None;
        if self.search.words != self.search.input.text().trim() {
            return self.start_search();
        }
        self.ask_idle(|_| true)
    }

    /// Asks how the words may go on, where a service knows.
    fn ask_suggestions(&mut self) -> Vec<Effect> {
        let ticket = self.next_ticket();
        let words = self.search.input.text().trim().to_owned();
        self.search.suggesting = Some(ticket);
        let knows = self.services.iter().filter(|service| service.capabilities.suggests);
        knows
            .map(|service| Effect::Suggest { ticket, service: service.id.clone(), words: words.clone() })
            .collect()
    }

    pub(in crate::app) fn suggested(&mut self, ticket: Ticket, suggestions: Vec<CleanText>) -> Vec<Effect> {
        if self.search.suggesting == Some(ticket) {
            self.search.suggestions = suggestions;
        }
        Vec::new()
    }

    /// Looks for another kind of thing.
    pub(in crate::app) fn search_kind(&mut self, kind: Kind) -> Vec<Effect> {
        if self.page != Shown::Search || !self.overlays.is_empty() {
            return Vec::new();
        }
        self.search.kind = kind;
        if self.search.input.text().trim().is_empty() { Vec::new() } else { self.start_search() }
    }

    pub(in crate::app) fn next_kind(&mut self) -> Vec<Effect> {
        self.search_kind(match self.search.kind {
            Kind::Track => Kind::Album,
            Kind::Album => Kind::Artist,
            Kind::Artist => Kind::Playlist,
            Kind::Playlist => Kind::Track,
        })
    }

    /// Takes over what the words are completed with. Whether there was something.
    pub(in crate::app) fn take_completion(&mut self) -> bool {
        let Some(rest) = self.search.completion().map(str::to_owned) else { return false };
        self.search.input.insert(&rest);
        true
    }

    /// Looks for the words now unless that is done already, and goes to the rows.
    pub(in crate::app) fn search_at_once(&mut self) -> Vec<Effect> {
        let words = self.search.input.text().trim();
        if words.is_empty() {
            return Vec::new();
        }
        if let Some(effects) = self.link_typed() {
            return effects;
        }
        self.search.typing = false;
        self.search_everywhere()
    }

    /// What is wrong with what is typed, for those who search the own music by it; nothing is kept from being looked for.
    pub fn search_hint(&self) -> Option<QueryProblem> {
        let infos = self.services.iter().map(|service| &service.capabilities);
        if !infos.clone().any(|can| can.is_local && can.search.contains(&self.search.kind)) {
            return None;
        }
        let theirs: Vec<&str> = infos.flat_map(|can| &can.filters).map(|filter| filter.key).collect();
        query_problem(self.search.input.text(), &theirs)
    }

    fn forget_results(&mut self) {
        let search = &mut self.search;
        search.words.clear();
        search.plain_words.clear();
        search.rows.clear();
        search.list = crate::app::list::List::default();
        search.selection.clear();
        search.ticket = None;
        search.wait = None;
        search.wanted = None;
        for service in &mut search.services {
            service.next_page = 0;
            service.filters.clear();
            if service.answer.can_be_asked() {
                service.answer = Answer::Idle;
            }
        }
    }

    /// What each service is to be asked; those that cannot answer it say so.
    fn prepare(&mut self) {
        let infos = self.services.iter().flat_map(|service| &service.capabilities.filters);
        let known: Vec<&'static str> = infos.map(|filter| filter.key).collect();
        let Wish { words, filters } = narrowed(&self.search.words, &known);
        // What the own music makes nothing of is no words for others either.
        let is_own = self.services.iter().any(|service| service.capabilities.is_local);
        self.search.plain_words = if is_own { without_problems(&words) } else { words };
        let kind = self.search.kind;
        for asked in self.search.services.iter_mut().filter(|asked| asked.answer == Answer::Idle) {
            let Some(info) = self.services.iter().find(|info| info.id == asked.id) else { continue };
            let can = &info.capabilities;
            let lacking = filters.iter().find(|(key, _)| can.filters.iter().all(|filter| filter.key != key));
            if !can.search.contains(&kind) {
                let why = format!("has no {}", kind.plural().to_lowercase());
                asked.answer = Answer::Unsuited(why.into());
            } else if can.is_local {
                // What is on this machine understands the whole line.
            } else if let Some((key, _)) = lacking {
                asked.answer = Answer::Unsuited(format!("knows no {key}:").into());
            } else {
                asked.filters.clone_from(&filters);
            }
        }
    }

    fn begin_search(&mut self) {
        self.forget_results();
        self.search.words = self.search.input.text().trim().to_owned();
        self.search.ticket = Some(self.next_ticket());
        self.prepare();
        let copies = self.copies_found();
        fold_in(&mut self.search.rows, copies);
        self.search.list.set_len(self.search.rows.len());
    }

    /// Looks for the same words as if nobody had been asked for them.
    pub(in crate::app) fn search_anew(&mut self) -> Vec<Effect> {
        if self.search.words == self.search.input.text().trim() { self.start_search() } else { Vec::new() }
    }

    fn start_search(&mut self) -> Vec<Effect> {
        let effects = self.search_quietly();
        if effects.is_empty() && !self.search.plain_words.is_empty() {
            return self.tell(Level::Warning, "No service can be searched here; sign in to one first");
        }
        effects
    }

    /// Looks for the words of the line, and says nothing where nobody can be asked.
    pub(in crate::app) fn search_quietly(&mut self) -> Vec<Effect> {
        self.begin_search();
        self.ask_idle(|_| true)
    }

    /// A service can do other things than before: one that can be asked now is asked for what is looked for.
    pub(in crate::app) fn search_changed(&mut self, info: &ServiceInfo) -> Vec<Effect> {
        let Some(known) = self.search.services.iter_mut().find(|known| known.id == info.id) else {
            return Vec::new();
        };
        let new = ServiceSearch::new(info);
        if known.answer.can_be_asked() && new.answer.can_be_asked() {
            return Vec::new();
        }
        *known = new;
        if self.search.words.is_empty() {
            return Vec::new();
        }
        self.prepare();
        self.ask_idle(|_| true)
    }

    /// A service may be asked again that had limited requests.
    pub(in crate::app) fn search_limited(&mut self, service: &ServiceId) -> Vec<Effect> {
        let limited = |asked: &&mut ServiceSearch| {
            asked.id == *service && matches!(&asked.answer, Answer::Failed(fault) if fault.wait_s.is_some())
        };
        match self.search.services.iter_mut().find(limited) {
            Some(asked) => asked.answer = Answer::Idle,
            None => return Vec::new(),
        }
        self.ask_idle(|_| true)
    }

    /// Asks those of these services that were not asked yet, if there are words to look for.
    fn ask_idle(&mut self, which: fn(&ServiceSearch) -> bool) -> Vec<Effect> {
        if self.search.words.is_empty() {
            return Vec::new();
        }
        let has_words = !self.search.plain_words.is_empty();
        self.ask(|service| {
            service.answer == Answer::Idle && (has_words || service.is_local) && which(service)
        })
    }

    /// Asks these services for their next page.
    fn ask(&mut self, which: impl Fn(&ServiceSearch) -> bool) -> Vec<Effect> {
        let search = &mut self.search;
        let Some(ticket) = search.ticket else { return Vec::new() };
        let mut effects = Vec::new();
        for service in search.services.iter_mut().filter(|service| which(service)) {
            service.answer = Answer::Waiting { found: service.answer.found() };
            let query = SearchQuery {
                words: if service.is_local { search.words.clone() } else { search.plain_words.clone() },
                kind: search.kind,
                filters: service.filters.clone(),
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
        self.ask(|service| matches!(service.answer, Answer::Found { more: true, .. }))
    }

    pub(in crate::app) fn retry_search(&mut self) -> Vec<Effect> {
        self.ask(|service| matches!(service.answer, Answer::Failed(_)))
    }

    pub(in crate::app) fn searched(
        &mut self,
        ticket: Ticket,
        service: &ServiceId,
        result: Result<Page<Item>, Fault>,
    ) -> Vec<Effect> {
        let height = self.list_height();
        let search = &mut self.search;
        if search.ticket != Some(ticket) {
            return Vec::new();
        }
        let asked = search.services.iter_mut().find(|asked| asked.id == *service);
        let Some(asked) = asked.filter(|asked| matches!(asked.answer, Answer::Waiting { .. })) else {
            return Vec::new();
        };
        let mut effects = Vec::new();
        match result {
            Ok(page) => {
                let found = asked.answer.found() + page.items.len();
                asked.next_page += 1;
                // A service that promises more and sends nothing would be asked for ever.
                let more = page.more && !page.items.is_empty();
                asked.answer = Answer::Found { found, total: page.total, more };
                fold_in(&mut search.rows, page.items);
                search.list.set_len(search.rows.len());
                search.go_to_wanted(height);
            }
            Err(fault) => {
                asked.answer = Answer::Failed(fault.clone());
                effects = self.note_limit(service, &fault);
            }
        }
        if self.search.wanted.is_some() && !self.search.is_waiting() {
            effects.extend(self.ask(|service| {
                matches!(service.answer, Answer::Found { more: true, .. })
                    && service.next_page < MOST_PAGES_BACK
            }));
        }
        effects
    }
}
