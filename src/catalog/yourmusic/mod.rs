//! YourMusic: a tenant's catalogue with HLS streams and playlists. Its document names no path, so every path
//! is a guess that the configuration can replace.

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use crate::config::{PlaylistTrackId, YourMusicSettings};
use crate::model::{
    Account, BrowseList, Capabilities, Change, Fault, Filter, Item, ItemRef, Kind, LinkPattern, ListId,
    Locator, Page, Powers, Purpose, Reach, SearchQuery, ServiceId, SignIn, SignInAnswer, SignInStep, Special,
    SpecialAnswer, Track,
};
use crate::net::{Body, Limit, Method, Net, Request};

use super::address::{Paths, is_id, reach};
use super::call::{Caller, Verdict, error_words};
use super::line::{Line, USUAL_PACE};
use super::origin::Origin;
use super::setup::Setup;
use super::{Answer, Catalog, CatalogError, Surroundings};

mod artists;
mod calls;
mod changes;
mod convert;
mod delegation;
mod device;
#[cfg(any(fuzzing, test))]
pub(super) mod fuzzing;
mod home;
mod memory;
mod operations;
mod playlists;
mod releases;
mod search;
mod session;
mod sign_in;
mod specials;
mod stream;
#[cfg(test)]
mod tests;
mod wire;

use calls::By;
use delegation::Delegation;
use device::Device;
use memory::Memory;
use session::{Session, Who};
use sign_in::Talk;

/// Short name.
const ID: &str = "yourmusic";

/// Own spelling.
const NAME: &str = "YourMusic";

/// Most ids in one batch, and most rows of a page.
const MAX_ROWS: usize = 50;

/// The service.
pub(super) struct YourMusic {
    /// What a listener needs.
    setup: Setup,
    /// What an administrator needs, besides the client's credentials.
    admin_setup: Setup,
    caller: Caller,
    paths: Paths,
    links: Vec<LinkPattern>,
    tenant: String,
    stream_hosts: Vec<Url>,
    hide_explicit: bool,
    rows_name_streams: bool,
    /// Whom the client acts for; `None`: somebody signs in.
    user_id: Option<String>,
    device: Arc<Device>,
    delegation: Delegation,
    session: Session,
    talk: tokio::sync::Mutex<Talk>,
    memory: Memory,
}

impl YourMusic {
    /// With these settings.
    pub(super) fn new(settings: &YourMusicSettings, net: &Net, surroundings: &Surroundings) -> Self {
        let is_delegated = !settings.user_id.is_empty()
            || settings.tenant.is_empty()
                && !(settings.client_id.is_empty() && settings.client_secret.is_empty());
        let delegated = [
            ("client_id", !settings.client_id.is_empty()),
            ("client_secret", !settings.client_secret.is_empty()),
            ("user_id", is_id(&settings.user_id)),
        ];
        let listener = [("tenant", !settings.tenant.is_empty())];
        let needs: &[_] = if is_delegated { &delegated } else { &listener };
        let caller = Caller {
            service: NAME,
            net: net.clone(),
            line: Arc::new(Line::new(USUAL_PACE, settings.base_url.as_ref())),
            surroundings: surroundings.clone(),
            sign_in_hint: if is_delegated {
                "Check services.yourmusic.client_id, client_secret, user_id and device_id"
            } else {
                "Sign in on the accounts page or with: segue login yourmusic"
            },
            clock: None,
            verdict,
        };
        let paths = Paths { service: NAME, prefix: "services.yourmusic.paths", set: settings.paths.clone() };
        let device = Arc::new(Device::new(&settings.device_id, surroundings));
        Self {
            setup: Setup::new(NAME, "services.yourmusic", settings.base_url.as_ref(), needs),
            admin_setup: Setup::new(NAME, "services.yourmusic", settings.base_url.as_ref(), &[]),
            delegation: Delegation::new(settings, caller.clone(), paths.clone(), Arc::clone(&device)),
            session: Session::new(
                caller.clone(),
                paths.clone(),
                Origin::new(settings.base_url.as_ref(), YourMusicSettings::default().base_url.as_ref()),
            ),
            caller,
            paths,
            links: settings.links.clone(),
            tenant: settings.tenant.clone(),
            stream_hosts: settings.stream_hosts.clone(),
            hide_explicit: settings.hide_explicit,
            rows_name_streams: settings.playlist_track_id == PlaylistTrackId::Stream,
            user_id: is_delegated.then(|| settings.user_id.clone()),
            device,
            talk: tokio::sync::Mutex::default(),
            memory: Memory::default(),
        }
    }

    /// The API's address, if there is all that is needed to call it in somebody's name.
    fn base_for(&self, by: By) -> Result<&Url, CatalogError> {
        match by {
            By::Client => self.admin_setup.base(),
            By::Guest | By::User => self.setup.base(),
        }
    }

    /// The id of who listens, if anybody is known to.
    fn listener(&self) -> Option<String> {
        self.user_id.clone().or_else(|| self.session.who().map(|who| who.id))
    }

    async fn signed_out(&self) -> Result<(), CatalogError> {
        self.delegation.clear().await;
        self.memory.forget();
        self.caller.forget_pages(&self.account(By::User)).await;
        match (&self.user_id, self.setup.base()) {
            (None, Ok(base)) => self.session.end(base).await,
            _ => Ok(()),
        }
    }
}

/// An error of the catalogue behind the service can come with a 200; a form that is not taken says why line
/// by line.
fn verdict(status: u16, body: &Value) -> Option<Verdict> {
    if status == 422
        && let Some(lines) = body.get("errors").and_then(Value::as_object)
        && let Some(words) = lines.values().find_map(|line| line.as_str().or_else(|| line.get(0)?.as_str()))
    {
        return Some(Verdict::Refused(words.trim_end_matches('.').to_owned()));
    }
    if status == 200 && body.get("status").and_then(Value::as_str) == Some("error") {
        return Some(Verdict::Refused(error_words(body).unwrap_or_else(|| "no reason given".to_owned())));
    }
    None
}

fn post(url: &Url, body: &Value) -> Request {
    Request {
        method: Method::POST,
        body: Body::Json(body.to_string()),
        ..Request::get(url.clone(), Limit::Api)
    }
    .open_header("Accept", "application/json")
}

/// The error that a sign-in cannot be read or kept.
fn not_kept(fault: Fault) -> CatalogError {
    CatalogError::Vault { service: NAME, fault }
}

fn list(id: impl Into<String>, title: &str) -> BrowseList {
    BrowseList { id: ListId(id.into()), title: title.into() }
}

impl Catalog for YourMusic {
    fn id(&self) -> ServiceId {
        ServiceId::known(ID)
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        let who = self.session.who();
        let key = who.as_ref().map(Who::key);
        let who = who.map(|who| who.name);
        let home = list("home", "Home");
        let (sign_in, account) = if let Some(id) = &self.user_id {
            (
                self.setup.sign_in(),
                Account { who: Some(id.as_str().into()), key: Some(id.clone()), ..Account::default() },
            )
        } else {
            let state = if who.is_some() { SignIn::Ready } else { SignIn::NotNeeded };
            let sign_in = self.setup.base().map_or_else(|_| self.setup.sign_in(), |_| state);
            (sign_in, Account { way: Some("with a code sent by e-mail".into()), who, key, join: None })
        };
        if account.who.is_none() {
            // What a guest may see.
            return Capabilities { lists: vec![home], sign_in, account, ..Capabilities::default() };
        }
        let lists = vec![
            list("featured", "Featured tracks"),
            home,
            list("mine", "Your playlists"),
            list("artists", "Artists A–Z"),
        ];
        let explicit = vec!["show".to_owned(), "hide".to_owned()];
        Capabilities {
            search: Kind::ALL.to_vec(),
            filters: vec![
                Filter { key: "explicit", words: "explicit recordings", values: explicit, is_free: false },
                Filter { key: "artist", words: "id of the artist", values: Vec::new(), is_free: true },
            ],
            lists,
            own_playlists: Some(ListId("mine".to_owned())),
            powers: Powers {
                create_playlist: true,
                edit_playlist: true,
                playlist_parts: changes::PARTS.to_vec(),
                arrange_playlist: true,
                ..Powers::default()
            },
            sign_in,
            account,
            ..Capabilities::default()
        }
    }

    fn search<'a>(&'a self, query: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        Box::pin(self.found(query))
    }

    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>> {
        Box::pin(async move {
            let parts: Vec<&str> = list.0.split('/').collect();
            match (list.item(), parts.as_slice()) {
                (Some((Kind::Album, id)), _) => self.release_tracks(id, page).await,
                (Some((Kind::Artist, id)), _) => self.artist_page(id, page).await,
                (Some((Kind::Playlist, id)), _) => self.playlist_page(id, page).await,
                (None, ["featured"]) => self.featured(page).await,
                (None, ["home"]) => self.home_lists().await,
                (None, ["home", module]) => self.home_items(module).await,
                (None, ["home", _, _]) => Ok(Page::default()),
                (None, ["mine"]) => self.own_playlists().await,
                (None, ["artists"]) => self.setup.base().map(|_| artists::letters()),
                (None, ["letter", letter]) => self.artists_by(letter, page).await,
                (None, ["releases", artist, kind]) => self.artist_releases(artist, kind, page).await,
                _ => Err(calls::no_list(&list.0)),
            }
        })
    }

    fn track<'a>(&'a self, id: &'a str) -> Answer<'a, Track> {
        Box::pin(self.read_track(id))
    }

    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item> {
        Box::pin(async move {
            match kind {
                Kind::Track => self.read_track(id).await.map(Item::Track),
                Kind::Album => self.read_release(id).await.map(Item::Collection),
                Kind::Artist => self.read_artist(id).await.map(Item::Collection),
                Kind::Playlist => self.read_playlist(id).await.map(Item::Collection),
            }
        })
    }

    fn resolve<'a>(&'a self, link: &'a Url) -> Option<Answer<'a, Item>> {
        let (kind, id) = self.links.iter().find_map(|form| form.read(link))?;
        Some(Box::pin(async move { self.item(kind, &id).await }))
    }

    fn link_setting(&self) -> Option<&'static str> {
        Some("services.yourmusic.links")
    }

    fn reach(&self, address: &Url) -> Reach {
        self.setup.base().map_or(Reach::Public, |base| reach(base, address))
    }

    fn locate<'a>(&'a self, id: &'a str, purpose: Purpose) -> Answer<'a, Locator> {
        Box::pin(self.manifest(id, purpose))
    }

    fn change<'a>(&'a self, change: &'a Change) -> Answer<'a, Option<ItemRef>> {
        Box::pin(self.changed(change))
    }

    fn renew(&self) {
        self.memory.drop_rows();
        self.caller.changed();
    }

    fn restore(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            match (&self.user_id, self.setup.base()) {
                (None, Ok(_)) => self.session.restore().await,
                _ => Ok(()),
            }
        })
    }

    fn sign_in(&self, answer: SignInAnswer) -> Answer<'_, SignInStep> {
        Box::pin(async move {
            if self.user_id.is_some() {
                return Err(self.lacks("sign-in: services.yourmusic.user_id says who listens"));
            }
            self.setup.base()?;
            self.talk(answer).await
        })
    }

    fn sign_out(&self) -> Answer<'_, ()> {
        Box::pin(self.signed_out())
    }

    fn specials(&self) -> &'static [Special] {
        specials::SPECIALS
    }

    fn special<'a>(&'a self, name: &'a str, values: &'a [(String, String)]) -> Answer<'a, SpecialAnswer> {
        Box::pin(self.special_call(name, values))
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(self.look_in())
    }
}
