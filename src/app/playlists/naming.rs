//! The line in which a playlist gets its name, and a few other things are typed.

use std::sync::Arc;
use std::time::Duration;

use super::state::PlaylistRow;
use super::theirs::{Doing, Then};
use crate::app::effect::Effect;
use crate::app::input::TextInput;
use crate::app::notices::Level;
use crate::app::state::{Overlay, State};
use crate::model::{CleanText, ItemRef, PlaylistId, PlaylistOrder, QueuePlace, ServiceId, Track};

/// The line, open over a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Naming {
    /// What gets a name: "New playlist of 3 tracks".
    pub title: String,
    /// The name.
    pub input: TextInput,
    pub(super) what: Named,
}

impl Naming {
    /// What is to be typed, in a word.
    pub fn asks(&self) -> &'static str {
        match self.what {
            Named::Download => "link",
            Named::Sleep => "minutes",
            _ => "name",
        }
    }
}

/// What gets a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Named {
    New(Vec<Arc<Track>>),
    /// The queue: its rows, which of them is current, and how far that was heard.
    Queue(Vec<Arc<Track>>, usize, Duration),
    NewAt(ServiceId),
    Theirs(ItemRef, CleanText),
    Known(PlaylistId),
    /// A search, as a list of the own music.
    Search(String),
    /// Nothing: what is typed is downloaded.
    Download,
    /// Nothing: so many minutes, and the sound fades.
    Sleep,
}

impl State {
    /// Asks for the name of a new playlist of these tracks.
    pub(in crate::app) fn name_new_playlist(
        &mut self,
        title: impl Into<String>,
        tracks: Vec<Arc<Track>>,
    ) -> Vec<Effect> {
        self.open_naming(title.into(), "", Named::New(tracks))
    }

    /// Asks for another name of the playlist under the cursor, or of the open one.
    pub(in crate::app) fn rename_playlist(&mut self) -> Vec<Effect> {
        if let Some(refusal) =
            self.service_meant().and_then(|service| self.refused_there(&service, Doing::Rename))
        {
            return refusal;
        }
        match (self.playlist_meant(), self.playlists.selected().cloned()) {
            (Some((id, name)), _) => self.name_known(id, &name),
            (None, Some(PlaylistRow::There { found: Some(found), title, .. })) => {
                let what = Named::Theirs(found.reference.clone(), title.clone());
                self.open_naming(format!("Another name for {title}"), title.as_str(), what)
            }
            (None, _) => self.tell(Level::Info, "There is no playlist of yours here to rename"),
        }
    }

    /// Asks for the name of a new playlist: at the service whose rows the cursor is among, else on this machine.
    pub(in crate::app) fn name_new_here(&mut self) -> Vec<Effect> {
        let service = match self.playlists.selected() {
            Some(PlaylistRow::At { service, .. } | PlaylistRow::There { service, .. }) => {
                Some(service.clone())
            }
            Some(PlaylistRow::Own(_)) | None => None,
        };
        let known = service.and_then(|service| self.services.iter().find(|known| known.id == service));
        let Some(service) = known else { return self.name_new_playlist("New playlist", Vec::new()) };
        if !service.capabilities.powers.create_playlist {
            let words =
                format!("{} has no way to make playlists; go up to make one on this machine", service.name);
            return self.tell(Level::Warning, words);
        }
        let (title, what) = (format!("New playlist at {}", service.name), Named::NewAt(service.id.clone()));
        self.open_naming(title, "", what)
    }

    /// Asks for another name of this playlist.
    pub(super) fn name_known(&mut self, id: PlaylistId, name: &CleanText) -> Vec<Effect> {
        self.open_naming(format!("Another name for {name}"), name.as_str(), Named::Known(id))
    }

    fn open_naming(&mut self, title: String, text: &str, what: Named) -> Vec<Effect> {
        let mut input = TextInput::default();
        input.insert(text);
        self.overlays.clear();
        self.overlays.push(Overlay::Naming(Box::new(Naming { title, input, what })));
        Vec::new()
    }

    /// Asks for the name under which a search is kept.
    pub(in crate::app) fn open_search_naming(&mut self, words: String) -> Vec<Effect> {
        self.open_naming(format!("Keep the search {words} as a smart list"), "", Named::Search(words))
    }

    /// Asks what to download.
    pub(in crate::app) fn name_download(&mut self) -> Vec<Effect> {
        self.open_naming("Download: a link, or SERVICE:KIND:ID".to_owned(), "", Named::Download)
    }

    /// Asks in how many minutes the sound is to fade.
    pub(in crate::app) fn ask_for_minutes(&mut self) -> Vec<Effect> {
        self.open_naming("Sleep timer: in how many minutes?".to_owned(), "", Named::Sleep)
    }

    /// Asks for the name under which the queue is kept.
    pub(in crate::app) fn save_queue(&mut self) -> Vec<Effect> {
        let tracks: Vec<_> = self.queue.entries.iter().map(|entry| entry.track.clone()).collect();
        if tracks.is_empty() {
            return self.tell(Level::Info, "The queue is empty; there is nothing to save");
        }
        let title = format!("Save the queue ({}) as a playlist", crate::app::queue::tracks(tracks.len()));
        let what = match self.queue.current {
            Some(row) => Named::Queue(tracks, row, self.playback.position()),
            None => Named::New(tracks),
        };
        self.open_naming(title, "", what)
    }

    /// The name is typed.
    pub(in crate::app) fn submit_name(&mut self) -> Vec<Effect> {
        let Some(Overlay::Naming(naming)) = self.overlays.last() else { return Vec::new() };
        let name = CleanText::new(naming.input.text().trim());
        if name.as_str().is_empty() {
            let words = format!("Type the {}, then Enter", naming.asks());
            return self.tell(Level::Info, words);
        }
        match naming.what.clone() {
            Named::New(tracks) => self.make_playlist(name, tracks),
            Named::Queue(tracks, row, position) => {
                let entries = self.new_entries(tracks);
                match entries.get(row).map(|entry| QueuePlace { entry: entry.id, position }) {
                    Some(place) => self.order_shelf(PlaylistOrder::SaveQueue { name, entries, place }),
                    None => self.order_shelf(PlaylistOrder::Make { name, entries }),
                }
            }
            Named::Theirs(item, title) => self.ask_there(&item, title, Then::Rename(name)),
            Named::NewAt(service) => self.order_shelf(PlaylistOrder::MakeAt {
                service,
                name,
                entries: Vec::new(),
                is_private: false,
            }),
            Named::Download => {
                self.overlays.pop();
                self.find_download(name.as_str())
            }
            Named::Sleep => match name.as_str().parse() {
                Ok(minutes @ 1..=1440) => {
                    self.overlays.pop();
                    self.sleep_in(minutes)
                }
                _ => self.tell(Level::Warning, format!("{name} is no number of minutes from 1 to 1440")),
            },
            Named::Search(words) => self.keep_search(name, words),
            Named::Known(id) => self.order_shelf(PlaylistOrder::Rename { id, name }),
        }
    }
}
