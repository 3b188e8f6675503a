//! The words of tracks are looked for: in files, at services, and at LRCLIB where the listener allows that.

use std::sync::Arc;

use crate::app::Event;
use crate::lyrics::Wanted;
use crate::model::{Fault, FaultKind, Ticket, Track, TrackRef};

use super::accounts::noting_sessions;
use super::hands::{Hands, tell};

impl Hands {
    /// Looks for the words of a track; who looked for others stops.
    pub(super) fn find_lyrics(&mut self, ticket: Ticket, track: Track) {
        let catalog = match &track.reference {
            TrackRef::Service { service, .. } => self.catalog(service).ok(),
            TrackRef::File(_) | TrackRef::Part(_) | TrackRef::Url(_) => None,
        };
        let (events, finder) = (self.events.clone(), Arc::clone(&self.lyrics));
        let task = self.tasks.spawn(async move {
            let given = match (&track.reference, &catalog) {
                (TrackRef::Service { id, .. }, Some(catalog)) => {
                    let answer = noting_sessions(&events, &**catalog, catalog.lyrics(id).await).await;
                    answer.unwrap_or_default()
                }
                (_, _) => None,
            };
            let words = |text: &crate::model::CleanText| text.as_str().to_owned();
            let wanted = Wanted {
                // The words of a whole album's file are not those of a part of it.
                file: match &track.reference {
                    TrackRef::File(path) => Some(path.clone()),
                    TrackRef::Part(_) | TrackRef::Url(_) | TrackRef::Service { .. } => None,
                },
                given,
                title: words(&track.title),
                artist: track.artists.first().map(words).unwrap_or_default(),
                album: track.album.as_ref().map(words),
                length: track.length,
            };
            let result = match finder.find(wanted).await {
                Ok(Some(lyrics)) => Ok(lyrics),
                Ok(None) => Err(none(finder.asks_lrclib())),
                Err(error) => {
                    Err(Fault::new(FaultKind::Network, error.to_string()).hint("Press R to try again"))
                }
            };
            tell(&events, Event::LyricsFound { ticket, result }).await;
        });
        if let Some(older) = self.words.replace(task.abort_handle()) {
            older.abort();
        }
    }
}

fn none(asked_lrclib: bool) -> Fault {
    let fault = Fault::new(FaultKind::NotFound, "There are no lyrics of this track");
    if asked_lrclib {
        return fault;
    }
    fault.hint("With lrclib = true under [lyrics] in config.toml, LRCLIB is asked too")
}
