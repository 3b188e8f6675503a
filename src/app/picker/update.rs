//! Decisions about adding to playlists.

use super::state::{PickRow, Picker, PickerState};
use crate::app::browse::ShelfState;
use crate::app::effect::Effect;
use crate::app::focus::Page as Shown;
use crate::app::input::TextInput;
use crate::app::list::List;
use crate::app::notices::Level;
use crate::app::state::{Overlay, State};
use crate::model::{
    Change, CleanText, Fault, Item, ItemRef, Kind, ListId, Page, PlaylistAbout, ServiceId, Ticket,
};

/// Most pages of playlists that are asked for.
const MAX_PAGES: u32 = 50;

/// A change that was sent and not yet answered.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) struct Adding {
    ticket: Ticket,
    service: ServiceId,
    /// The track.
    title: CleanText,
    playlist: CleanText,
    /// The lists that are not what they were once it is made.
    lists: Vec<ListId>,
}

impl State {
    /// Asks to which playlist the track under the cursor shall go.
    pub(in crate::app) fn pick_playlist(&mut self) -> Vec<Effect> {
        let track = match self.item_here() {
            Some(Item::Track(track)) => track,
            Some(Item::Collection(_) | Item::List(_)) => {
                return self.tell(Level::Info, "Open it, and add its tracks to a playlist");
            }
            None => return Vec::new(),
        };
        let info = track.reference.item().and_then(|item| {
            let info = self.services.iter().find(|service| service.id == item.service)?;
            Some((item.id, info.id.clone(), info.name.clone(), info.capabilities.clone()))
        });
        let Some((id, service, name, able)) = info else {
            return self.tell(Level::Info, "Only what comes from a service goes into a playlist there");
        };
        let Some(source) = able.own_playlists.filter(|_| able.powers.arrange_playlist) else {
            let words = match (able.account.who, able.account.way) {
                (None, Some(way)) => format!("{name} wants you to sign in before it keeps playlists: {way}"),
                (_, _) => format!("{name} keeps no playlists of yours here"),
            };
            return self.tell(Level::Warning, words);
        };
        let mut picker = Picker {
            title: track.title,
            service_name: name,
            input: TextInput::default(),
            state: PickerState::Loading,
            rows: Vec::new(),
            list: List::default(),
            service,
            source,
            track: id,
            can_create: able.powers.create_playlist,
            all: Vec::new(),
            next_page: 0,
            ticket: None,
        };
        picker.find();
        self.overlays.clear();
        self.overlays.push(Overlay::Picker(Box::new(picker)));
        self.ask_picker()
    }

    fn ask_picker(&mut self) -> Vec<Effect> {
        let ticket = self.next_ticket();
        let Some(Overlay::Picker(picker)) = self.overlays.last_mut() else { return Vec::new() };
        picker.ticket = Some(ticket);
        picker.state = PickerState::Loading;
        let (service, list) = (picker.service.clone(), picker.source.clone());
        vec![Effect::Browse { ticket, service, list, page: picker.next_page }]
    }

    /// A page of playlists has come for the picker; the answer comes back when it is not for it.
    pub(in crate::app) fn picker_browsed(
        &mut self,
        ticket: Ticket,
        result: Result<Page<Item>, Fault>,
    ) -> Result<Vec<Effect>, Result<Page<Item>, Fault>> {
        let asked = |overlay: &&mut Overlay| matches!(overlay, Overlay::Picker(picker) if picker.ticket == Some(ticket));
        let Some(Overlay::Picker(picker)) = self.overlays.last_mut().filter(asked) else {
            return Err(result);
        };
        picker.ticket = None;
        match result {
            Ok(page) => {
                let more = page.more && !page.items.is_empty() && picker.next_page < MAX_PAGES;
                picker.next_page += 1;
                picker.all.extend(page.items.into_iter().filter_map(|item| match item {
                    Item::Collection(found) if found.reference.kind == Kind::Playlist => Some(found),
                    Item::Collection(_) | Item::Track(_) | Item::List(_) => None,
                }));
                picker.state = PickerState::Ready;
                let row = picker.list.cursor().filter(|row| row + 1 < picker.rows.len());
                picker.find();
                picker.list.go_to(row.unwrap_or(0), usize::MAX);
                Ok(if more { self.ask_picker() } else { Vec::new() })
            }
            Err(fault) => {
                picker.state = PickerState::Failed(fault);
                Ok(Vec::new())
            }
        }
    }

    /// Adds to the playlist under the cursor, or makes one of the name that is typed.
    pub(in crate::app) fn pick(&mut self) -> Vec<Effect> {
        let Some(Overlay::Picker(picker)) = self.overlays.last() else { return Vec::new() };
        let tracks = vec![picker.track.clone()];
        let (change, playlist, list) = match picker.selected() {
            None => return Vec::new(),
            Some(PickRow::New(name)) if name.as_str().is_empty() => {
                return self.tell(Level::Info, "Type the name of the new playlist, then Enter");
            }
            Some(PickRow::New(name)) => {
                let about = PlaylistAbout { title: Some(name.to_string()), ..PlaylistAbout::default() };
                (Change::CreatePlaylist { about, tracks }, name.clone(), None)
            }
            Some(PickRow::Playlist(found)) => {
                let ItemRef { id, .. } = found.reference.clone();
                let list = found.reference.list();
                (Change::AddToPlaylist { id, tracks }, found.title.clone(), Some(list))
            }
        };
        let (service, title) = (picker.service.clone(), picker.title.clone());
        let lists = list.into_iter().chain([picker.source.clone()]).collect();
        self.overlays.pop();
        let ticket = self.next_ticket();
        self.adding.push(Adding { ticket, service: service.clone(), title, playlist, lists });
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
        let Adding { service, title, playlist, lists, .. } = self.adding.remove(at);
        if let Err(fault) = result {
            return self.tell(Level::Error, format!("{title} was not added to {playlist}. {fault}"));
        }
        let mut effects = self.tell(Level::Info, format!("{title} is now in {playlist}"));
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
