//! What can be done here and now, of all that there is in the table of actions.

use super::state::PaletteRow;
use crate::app::action::Action;
use crate::app::chord::parse_keys;
use crate::app::editor::Select;
use crate::app::focus::{Focus, Page};
use crate::app::keymap::Meaning;
use crate::app::mouse::ListPlace;
use crate::app::playlists::PlaylistRow;
use crate::app::state::State;
use crate::app::table::{ACTIONS, ActionInfo, Context};
use crate::model::{CleanText, Item, ServiceInfo};

impl State {
    /// All actions that are of use now, those of the place first, moving about last.
    pub(in crate::app) fn offered(&self) -> Vec<PaletteRow> {
        let mut contexts = self.contexts();
        // What edits a line is for the line's own keys; moving about is what everyone knows.
        contexts.retain(|context| {
            !matches!(
                context,
                Context::Input | Context::Filtering | Context::Naming | Context::Picker | Context::List
            )
        });
        contexts.push(Context::List);
        let of = |context: Context| ACTIONS.iter().filter(move |info| info.context == context);
        let all = contexts.into_iter().flat_map(of);
        all.filter(|info| self.is_of_use(&info.action) && self.is_possible(&info.action))
            .map(|info| self.palette_row(info))
            .collect()
    }

    /// Those of them that are about the thing under the cursor.
    pub(super) fn offered_here(&self) -> Vec<PaletteRow> {
        let mut rows = self.offered();
        rows.retain(|row| is_about_one(row.info) && self.has_here(&row.info.action));
        rows
    }

    /// Whether what else would be about what plays is about the thing under the cursor.
    fn has_here(&self, action: &Action) -> bool {
        let track = self.item_here().and_then(Item::into_track);
        match action {
            Action::OpenAlbum | Action::OpenArtist | Action::OpenSimilar => track.is_some(),
            Action::Rate(_) => track.is_some_and(|track| track.reference.file().is_some()),
            // Of a track alone nothing is kept in step.
            Action::KeepOffline => track.is_none(),
            _ => true,
        }
    }

    fn palette_row(&self, info: &'static ActionInfo) -> PaletteRow {
        let (contexts, typing) = (self.contexts(), self.focus().is_typing());
        let mut keys = self.keymap.keys_of(&info.action);
        keys.retain(|keys| {
            let chords = parse_keys(keys).unwrap_or_default();
            self.keymap.meaning(&contexts, &chords, typing) == Meaning::Action(info.action.clone())
        });
        PaletteRow { info, keys }
    }

    /// How the thing under the cursor is called, or how many are marked.
    pub(super) fn title_here(&self) -> Option<CleanText> {
        let place = match self.focus() {
            Focus::Downloads => Some(ListPlace::Downloads),
            _ => self.filterable(),
        };
        let marked = place.map_or(0, |place| self.marked_rows(place));
        if marked > 1 {
            return Some(format!("{marked} selected").into());
        }
        match self.focus() {
            Focus::Playlists => match self.playlists.selected()? {
                PlaylistRow::Own(about) => return Some(about.name.clone()),
                PlaylistRow::At { name, .. } => return Some(name.clone()),
                PlaylistRow::There { title, .. } => return Some(title.clone()),
            },
            Focus::Accounts => return self.account_here().map(|service| service.name.clone()),
            Focus::BrowseLists => return self.browse.open().map(|shelf| shelf.title().clone()),
            _ => {}
        }
        match self.item_here()? {
            Item::Track(track) => Some(track.title),
            Item::Collection(collection) => Some(collection.title),
            Item::List(list) => Some(list.title),
        }
    }

    /// Whether an action would find what it is about; what `is_of_use` tells of those in the hint line is not told again.
    fn is_possible(&self, action: &Action) -> bool {
        let has_queue = !self.queue.entries.is_empty();
        let is_track = || matches!(self.item_here(), Some(Item::Track(_)));
        let is_thing = || matches!(self.item_here(), Some(Item::Track(_) | Item::Collection(_)));
        match action {
            // They lead to where the palette is, or out of it.
            Action::FindAction | Action::ItemActions | Action::Back | Action::Close => false,
            Action::Play | Action::Pause => self.playback.now.is_some() || has_queue,
            Action::Stop
            | Action::Restart
            | Action::SeekForwardFar
            | Action::SeekBackFar
            | Action::LikePlaying
            | Action::ShowPlaying => self.current_track().is_some(),
            Action::Previous | Action::SaveQueue | Action::StopAfterTrack => has_queue,
            Action::Duplicate
            | Action::RemoveDuplicates
            | Action::Crop
            | Action::Sort(_)
            | Action::Reverse
            | Action::EditAsText => !self.rows_here().is_empty(),
            Action::PasteAfter | Action::PasteBefore => !self.clipboard.is_empty(),
            Action::Cut | Action::Copy => is_track(),
            Action::KeepOrder => self.focus() == Focus::Playlist,
            Action::CopyHere => matches!(self.focus(), Focus::Playlist | Focus::Playlists),
            Action::OpenAlbum | Action::OpenArtist | Action::OpenSimilar | Action::Rate(_) => {
                is_track() || self.current_track().is_some()
            }
            Action::Repost | Action::Follow => is_thing(),
            Action::AddToPlaylist => is_track() || self.items_marked().is_some(),
            Action::KeepSearch => matches!(self.focus(), Focus::SearchInput | Focus::SearchResults),
            Action::ForgetSearch => {
                let shelf = self.browse.open().filter(|_| self.page == Page::Browse);
                let its = |service: &&ServiceInfo| shelf.is_some_and(|shelf| shelf.service == service.id);
                self.services.iter().find(its).is_some_and(|service| service.capabilities.is_local)
            }
            Action::PaneLeft | Action::PaneRight => {
                matches!(self.focus(), Focus::BrowseLists | Focus::BrowseTracks)
            }
            _ => true,
        }
    }
}

/// Whether an action is about the row under the cursor and not about its list or the program.
fn is_about_one(info: &ActionInfo) -> bool {
    match &info.action {
        Action::Sort(_)
        | Action::Reverse
        | Action::RemoveDuplicates
        | Action::Crop
        | Action::KeepOrder
        | Action::ClearList
        | Action::EditAsText
        | Action::PauseDownloads
        | Action::RetryDownloads
        | Action::NewPlaylist
        | Action::Select(Select::All | Select::Others | Select::Range) => false,
        Action::OpenAlbum
        | Action::OpenArtist
        | Action::OpenSimilar
        | Action::Like
        | Action::Repost
        | Action::Follow
        | Action::Rate(_)
        | Action::ForgetSearch
        | Action::AddToPlaylist
        | Action::Download
        | Action::KeepOffline
        | Action::Info
        | Action::CopyHere => true,
        _ => matches!(
            info.context,
            Context::Tracks
                | Context::Lists
                | Context::Queue
                | Context::Rows
                | Context::Marks
                | Context::Playlists
                | Context::Downloads
                | Context::Accounts
        ),
    }
}
