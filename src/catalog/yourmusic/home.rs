//! The home page: its modules as lists, for listeners and for guests. A module of a kind nobody knows is shown
//! plainly; one without items is for the player's own history and not shown.

use serde_json::Value;

use crate::catalog::CatalogError;
use crate::catalog::address::{is_id, resolve};
use crate::catalog::tolerant::{self, shown};
use crate::model::{CleanText, Item, Kind, Page};

use super::calls::{By, Call, no_list};
use super::operations::HOME;
use super::{NAME, YourMusic, convert, list, wire};

impl YourMusic {
    /// The modules, and whether they may be no longer so: the listener's, or when nobody is signed in a guest's.
    async fn home(&self) -> Result<(Vec<wire::Module>, bool), CatalogError> {
        let is_guest_welcome = self.user_id.is_none();
        let kept = match self.page(Call::get(&HOME)).await {
            Err(CatalogError::SignIn { .. }) if is_guest_welcome => {
                self.page(Call::get(&HOME).by(By::Guest)).await?
            }
            result => result?,
        };
        let rows = self.rows(kept.value, &["modules", "data"])?;
        Ok((rows.into_iter().filter_map(tolerant::item).collect(), kept.is_stale))
    }

    /// Asks for the home page as it is now.
    pub(super) async fn look_in(&self) -> Result<(), CatalogError> {
        let is_guest_welcome = self.user_id.is_none();
        let answer = match self.call(Call::get(&HOME)).await {
            Err(CatalogError::SignIn { .. }) if is_guest_welcome => {
                self.call(Call::get(&HOME).by(By::Guest)).await?
            }
            result => result?,
        };
        self.rows(answer, &["modules", "data"]).map(drop)
    }

    /// A list for each module that has something to show.
    pub(super) async fn home_lists(&self) -> Result<Page<Item>, CatalogError> {
        let (modules, is_stale) = self.home().await?;
        let rows = modules.into_iter().enumerate().filter_map(|(number, module)| {
            let title = title(&module);
            let name = name(number, &module);
            let is_empty = self.shelf(&name, module.items).is_empty();
            (!is_empty).then(|| Item::List(list(format!("home/{name}"), title.as_str())))
        });
        Ok(Page { items: rows.collect(), is_stale, ..Page::default() })
    }

    /// What is in a module.
    pub(super) async fn home_items(&self, wanted: &str) -> Result<Page<Item>, CatalogError> {
        let (modules, is_stale) = self.home().await?;
        let mut named =
            modules.into_iter().enumerate().map(|(number, module)| (name(number, &module), module));
        match named.find(|(name, _)| name == wanted) {
            Some((name, module)) => {
                Ok(Page { items: self.shelf(&name, module.items), is_stale, ..Page::default() })
            }
            None => Err(no_list(&format!("home/{wanted}"))),
        }
    }

    /// Tracks of the playlists on the home page, one playlist a page.
    pub(super) async fn featured(&self, page: u32) -> Result<Page<Item>, CatalogError> {
        let (modules, home_is_stale) = self.home().await?;
        let items =
            modules.into_iter().filter_map(|module| tolerant::rows(module.items, &["data"])).flatten();
        let items = items.filter_map(tolerant::item::<wire::HomeItem>);
        let playlists = items.filter(|item| item.kind.as_deref() == Some("playlist"));
        let ids: Vec<String> = playlists.filter_map(|item| item.id).filter(|id| is_id(id)).collect();
        let number = usize::try_from(page).unwrap_or(usize::MAX);
        let Some(id) = ids.get(number) else { return Ok(Page::default()) };
        let (rows, rows_are_stale) = self.shown_rows(id).await?;
        let (tracks, is_stale) = self.looked_up(&rows).await?;
        let items = tracks.into_iter().map(Item::Track).collect();
        let is_stale = home_is_stale || rows_are_stale || is_stale;
        Ok(Page { items, more: number + 1 < ids.len(), is_stale, ..Page::default() })
    }

    fn shelf(&self, module: &str, items: Value) -> Vec<Item> {
        let rows = tolerant::rows(items, &["data"]).unwrap_or_default();
        let number = std::cell::Cell::new(0);
        tolerant::made(NAME, rows, |wire| {
            number.set(number.get() + 1);
            self.home_item(module, number.get(), wire)
        })
    }

    /// An item by its type; of a type nobody knows, what can be played is a track, and what has a name is shown.
    fn home_item(&self, module: &str, number: u32, wire: wire::HomeItem) -> Option<Item> {
        let base = self.setup.base().ok()?;
        let kind = match wire.kind.as_deref() {
            Some("playlist") => Some(Kind::Playlist),
            Some("album" | "release" | "single") => Some(Kind::Album),
            Some("artist") => Some(Kind::Artist),
            _ => None,
        };
        let artwork = wire.artwork_url.and_then(|image| resolve(base, &image));
        if let Some(kind) = kind {
            let mut row = convert::collection(kind, wire.id?, wire.name)?;
            row.artwork = artwork;
            return Some(row.into());
        }
        let stream_of = |address: &str| {
            let url = resolve(base, address)?;
            let last = url.path_segments()?.next_back()?.to_owned();
            convert::is_stream_id(&last).then_some(last)
        };
        let id = wire.track_id.or_else(|| stream_of(wire.stream_url.as_deref()?)).filter(|id| is_id(id));
        if let Some(id) = id {
            let mut track = self.memory.by_stream(&id);
            if let Some(name) = shown(wire.name).filter(|_| track.title.as_str() == id) {
                track.title = name;
                track.artwork = artwork;
                self.memory.note(Some(id), &track);
            }
            return Some(track.into());
        }
        let title = shown(wire.name)?;
        Some(Item::List(list(format!("home/{module}/{number}"), title.as_str())))
    }
}

/// What a module's list is called: its id, or its place where that cannot stand in a name.
fn name(number: usize, module: &wire::Module) -> String {
    module.id.clone().filter(|id| is_id(id)).unwrap_or_else(|| format!("{}", number + 1))
}

/// The words of a module: the last part of its key, with what is to be filled in. `home.made_for_{name}` is
/// "Made for Ada".
pub(super) fn title(module: &wire::Module) -> CleanText {
    let key = module.name_key.as_deref().or(module.id.as_deref()).unwrap_or("more");
    let mut words = key.rsplit('.').next().unwrap_or(key).replace(['_', '-'], " ");
    if let Some(params) = module.name_params.as_object() {
        for (name, value) in params {
            let Some(value) = tolerant::text_of(value) else { continue };
            let name = name.replace(['_', '-'], " ");
            words = words.replace(&format!("{{{name}}}"), &value).replace(&format!(":{name}"), &value);
        }
    }
    let mut letters = words.trim().chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    Some(CleanText::new(first + letters.as_str())).filter(|title| !title.is_empty()).unwrap_or("More".into())
}
