//! Decisions about adding to playlists.

use std::sync::Arc;

use super::state::{PickRow, Picker, PickerService, PickerState};
use crate::app::edits::Edited;
use crate::app::effect::Effect;
use crate::app::focus::Focus;
use crate::app::input::TextInput;
use crate::app::list::List;
use crate::app::notices::Level;
use crate::app::search::FoundRow;
use crate::app::state::{Overlay, State};
use crate::model::{Capabilities, CleanText, Fault, Item, Kind, Page, ServiceId, Ticket, Track, at_service};

/// Most pages of playlists that are asked for.
const MAX_PAGES: u32 = 50;

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
        let there = tracks.iter().filter(|track| at_service(track, &info.id).is_some()).count();
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
            left_out: tracks.len() - there,
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
                let tracks = tracks_there(&tracks, &at.service);
                self.make_theirs(at.service, name, tracks)
            }
            (Some(PickRow::Playlist(found)), Some(at)) => {
                let tracks = tracks_there(&tracks, &at.service);
                let title = match at.left_out {
                    0 => title,
                    some => format!(
                        "{} ({some} from elsewhere stayed out)",
                        crate::app::queue::tracks(tracks.len())
                    )
                    .into(),
                };
                self.add_to_theirs(&found.reference, found.title, title, tracks)
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
}

/// Those that a service has, as it has them.
fn tracks_there(tracks: &[Arc<Track>], service: &ServiceId) -> Vec<Arc<Track>> {
    tracks.iter().filter_map(|track| at_service(track, service)).map(Arc::new).collect()
}
