//! Audiosocket in its three generations. The documents of the newest name no path, so every path is data
//! that the configuration can replace; the others differ in paths, credentials and how much they can.

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use crate::config::{AudiosocketProfile, AudiosocketSettings, DownloadFormat};
use crate::model::{
    Account, Capabilities, Change, Item, ItemRef, Kind, LinkPattern, ListId, Locator, Page, Purpose, Reach,
    SearchQuery, Secret, ServiceId, SignIn, SignInAnswer, SignInStep, Special, SpecialAnswer, Track,
};
use crate::net::{Limit, Net, Request};

use super::address::{Operation, Paths, reach};
use super::call::{Asked, Caller, Kept, Verdict, error_words};
use super::line::{Line, USUAL_PACE};
use super::setup::Setup;
use super::{Answer, Catalog, CatalogError, Surroundings, tolerant};

mod auth;
mod changes;
mod collections;
mod convert;
#[cfg(any(fuzzing, test))]
pub(super) mod fuzzing;
mod lists;
mod operations;
mod own;
mod sign_in;
mod special;
#[cfg(test)]
mod tests;
mod tracks;
mod wire;

use auth::Auth;
use operations::Call;

/// Short name.
const ID: &str = "audiosocket";

/// Own spelling.
const NAME: &str = "Audiosocket";

/// Rows a page of a list.
const PAGE_ROWS: u64 = 50;

/// The service.
pub(super) struct Audiosocket {
    profile: AudiosocketProfile,
    format: DownloadFormat,
    setup: Setup,
    caller: Caller,
    paths: Paths,
    links: Vec<LinkPattern>,
    auth: Auth,
}

/// What stands in the places of a path.
type Values<'a> = &'a [(&'a str, &'a str)];

/// A page as it came.
struct Rows {
    list: Vec<Value>,
    total: Option<u64>,
    more: bool,
    /// Ids of its tracks that are favourites, where the answer tells.
    liked: Vec<String>,
    is_stale: bool,
}

/// Which page, from 0, and how many rows it has.
type At = (u32, u64);

impl Audiosocket {
    /// With these settings.
    pub(super) fn new(settings: &AudiosocketSettings, net: &Net, surroundings: &Surroundings) -> Self {
        let base = settings.base_url.clone().or_else(|| auth::usual_base(settings.profile));
        let sign_in_hint = match settings.profile {
            AudiosocketProfile::Bearer | AudiosocketProfile::V5 => {
                "Check services.audiosocket.token, or sign in with a new one from Audiosocket"
            }
            AudiosocketProfile::Consumer => {
                "Sign in at Audiosocket, and check services.audiosocket.app_token"
            }
        };
        Self {
            profile: settings.profile,
            format: settings.download_format,
            setup: Setup::new(NAME, "services.audiosocket", base.as_ref(), &[]),
            caller: Caller {
                service: NAME,
                net: net.clone(),
                line: Arc::new(Line::new(USUAL_PACE, base.as_ref())),
                surroundings: surroundings.clone(),
                sign_in_hint,
                clock: None,
                verdict,
            },
            paths: Paths { service: NAME, prefix: "services.audiosocket.paths", set: settings.paths.clone() },
            links: settings.links.clone(),
            auth: Auth::new(settings),
        }
    }

    /// The API's base, once there is all that a call needs.
    fn base(&self) -> Result<&Url, CatalogError> {
        let base = self.setup.base()?;
        match self.auth.missing() {
            None => Ok(base),
            Some(hint) => Err(CatalogError::SignIn { service: NAME, hint: hint.to_owned() }),
        }
    }

    /// Whether what belongs to the listener can be asked for.
    fn is_personal(&self) -> bool {
        match self.profile {
            AudiosocketProfile::Bearer => self.auth.missing().is_none(),
            AudiosocketProfile::V5 => false,
            AudiosocketProfile::Consumer => self.auth.session().is_some(),
        }
    }

    /// The call as this profile makes it.
    fn operation(&self, call: &Call) -> Result<Operation, CatalogError> {
        call.of(self.profile).ok_or_else(|| self.lacks("such list"))
    }

    /// A request with the `token` of a session, if there is one.
    fn request(&self, base: &Url, url: &Url, token: Option<&Secret>) -> Request {
        Request { headers: self.auth.headers(base, url, token), ..Request::get(url.clone(), Limit::Api) }
            .open_header("Accept", "application/json")
    }

    /// Where a path is a guess, who is told "not found" learns which setting holds it. The partner API's paths
    /// are documented, and it says nothing with its "not found".
    fn asked(&self, operation: &Operation, thing: Option<String>) -> Asked {
        match thing {
            None => Asked::guessed(&self.paths, operation),
            Some(thing) if self.profile == AudiosocketProfile::V5 => {
                Asked::known(operation.words).thing(thing)
            }
            Some(thing) => Asked::guessed(&self.paths, operation).thing(thing),
        }
    }

    /// An answer that is not kept.
    async fn get(
        &self,
        call: &Call,
        values: Values<'_>,
        thing: Option<String>,
    ) -> Result<Value, CatalogError> {
        let base = self.base()?;
        let operation = self.operation(call)?;
        let url = self.paths.url(base, &operation, values)?;
        let (asked, token) = (self.asked(&operation, thing), self.auth.token());
        let make = || self.request(base, &url, token.as_ref());
        self.learn(token.as_ref(), self.caller.json(&asked, make).await).await
    }

    /// A list or one thing, which may be one that was read before.
    async fn read(
        &self,
        call: &Call,
        values: Values<'_>,
        thing: Option<String>,
    ) -> Result<Kept, CatalogError> {
        let base = self.base()?;
        let operation = self.operation(call)?;
        let url = self.paths.url(base, &operation, values)?;
        let (asked, token) = (self.asked(&operation, thing), self.auth.token());
        let account = self.auth.account(token.as_ref());
        let make = || self.request(base, &url, token.as_ref());
        self.learn(token.as_ref(), self.caller.page(&asked, &account, make).await).await
    }

    /// Learns from what came of a request whether the `token` that it carried is still good.
    async fn learn<T>(
        &self,
        token: Option<&Secret>,
        result: Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        let ended = match &result {
            Ok(_) => self.auth.learn(token, false),
            Err(CatalogError::SignIn { .. }) => self.auth.learn(token, true),
            Err(_) => None,
        };
        if let Some(session) = ended {
            self.ended(&session).await;
        }
        result
    }

    /// One page of a list, its rows below one of `keys`.
    async fn rows(
        &self,
        call: &Call,
        values: Values<'_>,
        at: At,
        keys: &[&str],
        thing: Option<String>,
    ) -> Result<Rows, CatalogError> {
        let (number, per_page) = numbered(at);
        let places = [("page", number.as_str()), ("per_page", &per_page), ("pagination", "true")];
        let kept = self.read(call, &[values, &places].concat(), thing).await?;
        self.gathered(kept, at, keys)
    }

    /// The rows of an answer, and whether more may come.
    fn gathered(&self, kept: Kept, (page, size): At, keys: &[&str]) -> Result<Rows, CatalogError> {
        let Kept { value, is_stale } = kept;
        let (total, liked) = (wire::total(&value), wire::liked(&value));
        let list = tolerant::rows(value, keys).ok_or_else(|| self.caller.senseless("it holds no list"))?;
        let came = list.len() as u64;
        let seen = u64::from(page) * size + came;
        let more = came > 0 && page < tolerant::MAX_PAGES && total.map_or(came >= size, |total| seen < total);
        Ok(Rows { list, total, more, liked, is_stale })
    }

    fn unknown_list(list: &ListId) -> CatalogError {
        CatalogError::NotFound { service: NAME, what: format!("list {:?}", list.0) }
    }
}

/// Page, counted from 1, and size as the service takes them.
fn numbered((page, size): At) -> (String, String) {
    ((u64::from(page) + 1).to_string(), size.to_string())
}

impl Rows {
    /// The same page with `make` for its rows.
    fn page<W: serde::de::DeserializeOwned, T: Into<Item>>(
        self,
        make: impl Fn(W) -> Option<T>,
    ) -> Page<Item> {
        let items = tolerant::items(NAME, self.list, make);
        Page { items, total: self.total, more: self.more, is_stale: self.is_stale }
    }
}

/// Older servers answer a missing or bad token with 422, and a refused change with 500.
fn verdict(status: u16, body: &Value) -> Option<Verdict> {
    let words = error_words(body)?;
    match status {
        422 if words.to_ascii_lowercase().contains("token") => Some(Verdict::SignIn),
        500 if body.get("errors").is_some() => Some(Verdict::Refused(words)),
        _ => None,
    }
}

impl Catalog for Audiosocket {
    fn id(&self) -> ServiceId {
        ServiceId::known(ID)
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        let sign_in = match (self.setup.sign_in(), self.auth.missing()) {
            (SignIn::Missing(words), _) => SignIn::Missing(words),
            (_, Some(words)) => SignIn::Missing(words.into()),
            (_, None) if self.auth.is_refused() => SignIn::Missing(self.caller.sign_in_hint.into()),
            (_, None) => SignIn::Ready,
        };
        let session = self.auth.session();
        let key = self.is_personal().then(|| self.auth.key(session.as_ref()));
        let who = session.map(|session| session.who.as_str().into());
        Capabilities {
            search: self.searchable(),
            filters: self.filters(),
            suggests: false,
            similar: operations::SIMILAR.of(self.profile).is_some(),
            lists: self.lists(),
            own_playlists: self.is_personal().then(|| ListId("own".to_owned())),
            powers: self.powers(),
            sign_in,
            account: Account { way: Some(self.way().into()), who, key, join: None },
            is_local: false,
        }
    }

    fn search<'a>(&'a self, query: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        Box::pin(self.find(query))
    }

    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>> {
        Box::pin(self.open_list(list, page))
    }

    fn track<'a>(&'a self, id: &'a str) -> Answer<'a, Track> {
        Box::pin(self.read_track(id))
    }

    fn lyrics<'a>(&'a self, id: &'a str) -> Answer<'a, Option<String>> {
        Box::pin(self.words(id))
    }

    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item> {
        Box::pin(async move {
            match kind {
                Kind::Track => self.read_track(id).await.map(Item::Track),
                Kind::Album | Kind::Artist | Kind::Playlist => {
                    self.collection(kind, id).await.map(Item::Collection)
                }
            }
        })
    }

    fn resolve<'a>(&'a self, link: &'a Url) -> Option<Answer<'a, Item>> {
        let (kind, id) = self.links.iter().find_map(|form| form.read(link))?;
        Some(Box::pin(async move { self.item(kind, &id).await }))
    }

    fn link_setting(&self) -> Option<&'static str> {
        Some("services.audiosocket.links")
    }

    fn reach(&self, address: &Url) -> Reach {
        self.setup.base().map_or(Reach::Public, |base| reach(base, address))
    }

    fn locate<'a>(&'a self, id: &'a str, purpose: Purpose) -> Answer<'a, Locator> {
        Box::pin(self.place(id, purpose))
    }

    fn change<'a>(&'a self, change: &'a Change) -> Answer<'a, Option<ItemRef>> {
        Box::pin(self.make_change(change))
    }

    fn renew(&self) {
        self.caller.changed();
    }

    fn restore(&self) -> Answer<'_, ()> {
        Box::pin(self.take_up())
    }

    fn sign_in(&self, answer: SignInAnswer) -> Answer<'_, SignInStep> {
        Box::pin(self.step(answer))
    }

    fn sign_out(&self) -> Answer<'_, ()> {
        Box::pin(self.forget())
    }

    fn specials(&self) -> &'static [Special] {
        special::ALL
    }

    fn special<'a>(&'a self, name: &'a str, values: &'a [(String, String)]) -> Answer<'a, SpecialAnswer> {
        Box::pin(async move { self.special_call(name, values).await.map(SpecialAnswer::from) })
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            let base = self.base()?;
            let operation = self.operation(&operations::PING)?;
            let url = self.paths.url(base, &operation, &[])?;
            let asked = Asked::guessed(&self.paths, &operation);
            let token = self.auth.token();
            let make = || self.request(base, &url, token.as_ref());
            self.learn(token.as_ref(), self.caller.text(&asked, make).await).await.map(drop)
        })
    }
}
