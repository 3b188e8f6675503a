//! Decisions about adding to playlists.

use std::sync::Arc;

use super::state::{PickRow, Picker, PickerService, PickerState};
use crate::app::browse::ShelfState;
use crate::app::edits::Edited;
use crate::app::effect::Effect;
use crate::app::focus::{Focus, Page as Shown};
use crate::app::input::TextInput;
use crate::app::limits::reason;
use crate::app::list::List;
use crate::app::notices::Level;
use crate::app::search::FoundRow;
use crate::app::state::{Overlay, State};
use crate::model::{
    Capabilities, Change, CleanText, Fault, Item, ItemRef, Kind, ListId, Page, PlaylistAbout, ServiceId,
    Ticket, Track,
};

/// Most pages of playlists that are asked for.
const MAX_PAGES: u32 = 50;

/// A change that was sent and not yet answered.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) struct Adding {
    ticket: Ticket,
    service: ServiceId,
    /// The track, or how many.
    title: CleanText,
    is_one: bool,
    left_out: usize,
    playlist: CleanText,
    /// The lists that are not what they were once it is made.
    lists: Vec<ListId>,
}

impl State {
    /// Asks to which playlist the track under the cursor shall go, or all selected ones.
    pub(in crate::app) fn pick_playlist(&mut self) -> Vec<Effect> {
        let tracks = self.tracks_meant();
        let title = match (tracks.as_slice(), self.item_here()) {
            ([], Some(Item::Collection(_) | Item::List(_))) => {
                return self.tell(Level::Info, "Open it, and add its tracks to a playlist");
            }
            ([], _) => return Vec::new(),
            ([one], _) => one.title.clone(),
            (many, _) => crate::app::queue::tracks(many.len()).into(),
        };
        let (at, state) = match self.playlists_at(&tracks) {
            Ok(at) => (Some(at), PickerState::Loading),
            Err(why) => (None, PickerState::None(why)),
        };
        let mut picker = Picker {
            title,
            input: TextInput::default(),
            state,
            rows: Vec::new(),
            list: List::default(),
            at,
            tracks,
            own: self.playlists.own().cloned().collect(),
        };
        picker.find();
        self.overlays.clear();
        self.overlays.push(Overlay::Picker(Box::new(picker)));
        let mut effects = self.list_playlists();
        effects.extend(self.ask_picker());
        effects
    }

    /// The selected tracks, else the one under the cursor.
    fn tracks_meant(&mut self) -> Vec<Arc<Track>> {
        if let Some((which, rows)) = self.meant_rows() {
            return self.tracks_at(which, &rows);
        }
        if let Some(marked) = self.tracks_marked() {
            return marked;
        }
        let item = match self.focus() {
            Focus::SearchResults => self.search.selected().map(FoundRow::whole),
            _ => self.item_here(),
        };
        item.and_then(Item::into_track).map(Arc::new).into_iter().collect()
    }

    /// The service whose tracks most of these are, one that keeps playlists before others; why there is none.
    fn playlists_at(&self, tracks: &[Arc<Track>]) -> Result<PickerService, CleanText> {
        let items: Vec<_> = tracks.iter().filter_map(|track| track.reference.item()).collect();
        let its = |id: &ServiceId| items.iter().filter(|item| item.service == *id).count();
        let known = self.services.iter().filter(|service| its(&service.id) > 0);
        let keeps = |able: &Capabilities| able.own_playlists.is_some() && able.powers.arrange_playlist;
        let Some(info) = known.max_by_key(|service| (keeps(&service.capabilities), its(&service.id))) else {
            return Err("kept on this machine".into());
        };
        let ids: Vec<_> =
            items.into_iter().filter(|item| item.service == info.id).map(|item| item.id).collect();
        let (name, able) = (info.name.clone(), &info.capabilities);
        let Some(source) = able.own_playlists.clone().filter(|_| able.powers.arrange_playlist) else {
            let needs_sign_in = able.account.who.is_none() && able.account.way.is_some();
            let why = if needs_sign_in {
                "keeps playlists once you sign in"
            } else {
                "keeps no playlists of yours"
            };
            return Err(format!("{name} {why}").into());
        };
        Ok(PickerService {
            name,
            service: info.id.clone(),
            source,
            left_out: tracks.len() - ids.len(),
            ids,
            can_create: able.powers.create_playlist,
            all: Vec::new(),
            next_page: 0,
            ticket: None,
        })
    }

    fn ask_picker(&mut self) -> Vec<Effect> {
        let ticket = self.next_ticket();
        let Some(Overlay::Picker(picker)) = self.overlays.last_mut() else { return Vec::new() };
        let Some(at) = &mut picker.at else { return Vec::new() };
        at.ticket = Some(ticket);
        picker.state = PickerState::Loading;
        vec![Effect::Browse {
            ticket,
            service: at.service.clone(),
            list: at.source.clone(),
            page: at.next_page,
        }]
    }

    /// A page of playlists has come for the picker; the answer comes back when it is not for it.
    pub(in crate::app) fn picker_browsed(
        &mut self,
        ticket: Ticket,
        result: Result<Page<Item>, Fault>,
    ) -> Result<Vec<Effect>, Result<Page<Item>, Fault>> {
        let Some(Overlay::Picker(picker)) = self.overlays.last_mut() else { return Err(result) };
        let Some(at) = picker.at.as_mut().filter(|at| at.ticket == Some(ticket)) else { return Err(result) };
        at.ticket = None;
        match result {
            Ok(page) => {
                let more = page.more && !page.items.is_empty() && at.next_page < MAX_PAGES;
                at.next_page += 1;
                at.all.extend(page.items.into_iter().filter_map(|item| match item {
                    Item::Collection(found) if found.reference.kind == Kind::Playlist => Some(found),
                    Item::Collection(_) | Item::Track(_) | Item::List(_) => None,
                }));
                picker.state = PickerState::Ready;
                let is_new = |row: &&PickRow| matches!(row, PickRow::New(_) | PickRow::NewOwn(_));
                let row = picker.list.cursor().filter(|_| picker.selected().is_some_and(|row| !is_new(&row)));
                picker.find();
                picker.list.go_to(row.unwrap_or(0), usize::MAX);
                Ok(if more { self.ask_picker() } else { Vec::new() })
            }
            Err(fault) => {
                let service = at.service.clone();
                picker.state = PickerState::Failed(fault.clone());
                Ok(self.note_limit(&service, &fault))
            }
        }
    }

    /// Adds to the playlist under the cursor, or makes one of the name that is typed.
    pub(in crate::app) fn pick(&mut self) -> Vec<Effect> {
        let Some(Overlay::Picker(picker)) = self.overlays.last() else { return Vec::new() };
        let (title, tracks, at) = (picker.title.clone(), picker.tracks.clone(), picker.at.clone());
        let effects = match (picker.selected().cloned(), at) {
            (None, _) | (Some(PickRow::New(_) | PickRow::Playlist(_)), None) => return Vec::new(),
            (Some(PickRow::New(name) | PickRow::NewOwn(name)), _) if name.as_str().is_empty() => {
                return self.tell(Level::Info, "Type the name of the new playlist, then Enter");
            }
            (Some(PickRow::Own(about)), _) => self.append_to_playlist(about.id, title, tracks),
            (Some(PickRow::NewOwn(name)), _) => self.make_playlist(name, tracks),
            (Some(PickRow::New(name)), Some(at)) => {
                let about = PlaylistAbout { title: Some(name.to_string()), ..PlaylistAbout::default() };
                let change = Change::CreatePlaylist { about, tracks: at.ids.clone() };
                self.send_addition(change, &at, title, name, vec![at.source.clone()])
            }
            (Some(PickRow::Playlist(found)), Some(at)) => {
                let change = Change::AddToPlaylist { id: found.reference.id.clone(), tracks: at.ids.clone() };
                let lists = vec![found.reference.list(), at.source.clone()];
                self.send_addition(change, &at, title, found.title, lists)
            }
        };
        self.overlays.pop();
        self.end_marks();
        for which in [Edited::Queue, Edited::Playlist] {
            if let Some(sheet) = self.sheet(which) {
                sheet.selection.clear();
            }
        }
        effects
    }

    fn send_addition(
        &mut self,
        change: Change,
        at: &PickerService,
        title: CleanText,
        playlist: CleanText,
        lists: Vec<ListId>,
    ) -> Vec<Effect> {
        let (ticket, service, left_out) = (self.next_ticket(), at.service.clone(), at.left_out);
        let is_one = at.ids.len() == 1;
        let title = if left_out == 0 { title } else { crate::app::queue::tracks(at.ids.len()).into() };
        let adding = Adding { ticket, service: service.clone(), title, is_one, left_out, playlist, lists };
        self.adding.push(adding);
        vec![Effect::Change { ticket, service, change }]
    }

    /// A service has answered to an addition; nothing when it was none.
    pub(in crate::app) fn added(
        &mut self,
        ticket: Ticket,
        result: &Result<Option<ItemRef>, Fault>,
    ) -> Vec<Effect> {
        let Some(at) = self.adding.iter().position(|adding| adding.ticket == ticket) else {
            return Vec::new();
        };
        let Adding { service, title, is_one, left_out, playlist, lists, .. } = self.adding.remove(at);
        let (was, is) = if is_one { ("was", "is") } else { ("were", "are") };
        if let Err(fault) = result {
            let words = format!("{title} {was} not added to {playlist}. {}", reason(fault));
            let mut effects = self.tell(Level::Error, words);
            effects.extend(self.note_limit(&service, fault));
            return effects;
        }
        let rest =
            if left_out == 0 { String::new() } else { format!("; {left_out} from elsewhere stayed out") };
        let mut effects = self.tell(Level::Info, format!("{title} {is} now in {playlist}{rest}"));
        for shelf in self.browse.all_mut().filter(|shelf| shelf.service == service) {
            let is_other = |source: &crate::model::BrowseList| !lists.contains(&source.id);
            if shelf.source.as_ref().is_none_or(is_other) || shelf.state == ShelfState::Loading {
                continue;
            }
            shelf.forget();
        }
        if self.page == Shown::Browse {
            effects.extend(self.fill_open_shelf());
        }
        effects
    }
}
