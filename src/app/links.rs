//! A pasted link of any service opens what it leads to.

use url::Url;

use super::effect::Effect;
use super::focus::Focus;
use super::limits::reason;
use super::notices::Level;
use super::state::State;
use crate::model::{Fault, Item, Ticket, is_web_address};

/// What is told meanwhile.
const LOOKING: &str = "Looking up the link...";

impl State {
    /// Looks up where a link leads when that is all the search line holds.
    pub(super) fn link_typed(&mut self) -> Option<Vec<Effect>> {
        let link = link(self.search.input.text())?;
        Some(self.open_link(link))
    }

    /// Looks up where a link leads when that is what was pasted outside a line.
    pub(super) fn link_pasted(&mut self, text: &str) -> Vec<Effect> {
        match link(text) {
            Some(link) if self.page_focus() == Focus::Downloads => self.find_download(link.as_str()),
            Some(link) => self.open_link(link),
            None => {
                self.tell(Level::Info, "What was pasted is no link; to search for it, go to the line first")
            }
        }
    }

    fn open_link(&mut self, link: Url) -> Vec<Effect> {
        let ticket = self.next_ticket();
        self.link = Some(ticket);
        let mut effects = self.tell(Level::Info, LOOKING);
        effects.push(Effect::Resolve { ticket, link });
        effects
    }

    /// What a link leads to.
    pub(super) fn resolved(&mut self, ticket: Ticket, result: Result<Item, Fault>) -> Vec<Effect> {
        if self.link != Some(ticket) {
            return Vec::new();
        }
        self.link = None;
        self.notices.over(LOOKING);
        match result {
            Ok(Item::Collection(collection)) => self.open_collection(collection),
            Ok(item @ Item::Track(_)) => self.open_rows("From a link".into(), vec![item]),
            Ok(Item::List(_)) => {
                self.tell(Level::Info, "The link leads to a list that cannot be opened here")
            }
            Err(fault) => {
                let mut effects = self.tell(Level::Error, reason(&fault));
                effects.extend(self.note_named_limit(&fault));
                effects
            }
        }
    }
}

/// The text as a link, if it is nothing else.
fn link(text: &str) -> Option<Url> {
    let text = text.trim();
    Url::parse(text).ok().filter(|url| is_web_address(url) && !text.contains(char::is_whitespace))
}
