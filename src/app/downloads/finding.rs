//! What is typed or pasted on the page of downloads: a link or a name, as `segue download add` takes them.

use std::sync::Arc;

use crate::app::effect::Effect;
use crate::app::limits::reason;
use crate::app::notices::Level;
use crate::app::queue::tracks;
use crate::app::state::State;
use crate::model::{CleanText, Fault, Ticket, Track};

/// What a link or a name leads to: tracks, and what they are together.
pub type FoundDownload = (Vec<Arc<Track>>, Option<CleanText>);

/// Most that are looked up at a time.
const MAX_AT_ONCE: usize = 20;

impl State {
    /// Looks up what to download.
    pub(in crate::app) fn find_download(&mut self, words: &str) -> Vec<Effect> {
        let words = words.trim().to_owned();
        if self.downloads.finding.len() >= MAX_AT_ONCE {
            return self.tell(Level::Warning, "Enough is being looked up already; wait for it first");
        }
        let ticket = self.next_ticket();
        self.downloads.finding.push(ticket);
        let mut effects = self.tell(Level::Info, "Looking up what to download...");
        effects.push(Effect::FindDownload { ticket, words });
        effects
    }

    /// What it leads to.
    pub(in crate::app) fn download_found(
        &mut self,
        ticket: Ticket,
        result: Result<FoundDownload, Fault>,
    ) -> Vec<Effect> {
        let Some(at) = self.downloads.finding.iter().position(|known| *known == ticket) else {
            return Vec::new();
        };
        self.downloads.finding.remove(at);
        match result {
            Ok((found, group)) => {
                let title = match (&group, found.as_slice()) {
                    (Some(title), _) => title.clone(),
                    (None, [one]) => one.title.clone(),
                    (None, many) => tracks(many.len()).into(),
                };
                self.download(found, group, &title)
            }
            Err(fault) => {
                let mut effects = self.tell(Level::Error, reason(&fault));
                effects.extend(self.note_named_limit(&fault));
                effects
            }
        }
    }
}
