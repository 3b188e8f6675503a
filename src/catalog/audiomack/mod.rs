//! Audiomack: OAuth 1.0a with the listener's own consumer key. Every request is signed, every attempt
//! anew, and the signature travels in the header.

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use crate::config::AudiomackSettings;
use crate::model::{
    BrowseList, Capabilities, CleanText, Item, Kind, ListId, Locator, Page, Purpose, RemoteAddress,
    SearchQuery, Secret, ServiceId, Track,
};
use crate::net::{Body, Limit, Method, Net, Request};

use super::address::{asked_id, fill, is_id, reach, resolve};
use super::call::{Asked, Caller, Verdict, error_words};
use super::clock::ServiceClock;
use super::line::{Line, USUAL_PACE};
use super::setup::Setup;
use super::{Answer, Catalog, CatalogError, Surroundings, tolerant};

mod convert;
pub mod oauth1;
#[cfg(test)]
mod tests;
mod wire;

/// Short name.
const ID: &str = "audiomack";

/// Own spelling.
const NAME: &str = "Audiomack";

/// Rows a page when no limit is sent.
const PAGE_ROWS: u64 = 20;

/// The service.
pub(super) struct Audiomack {
    setup: Setup,
    caller: Caller,
    /// Signatures carry the service's time.
    clock: Arc<ServiceClock>,
    settings: AudiomackSettings,
    /// Names this run of the program in play reports.
    session: String,
}

type Params<'a> = &'a [(&'a str, &'a str)];

impl Audiomack {
    /// With these settings.
    pub(super) fn new(settings: &AudiomackSettings, net: &Net, surroundings: &Surroundings) -> Self {
        let needs = [
            ("consumer_key", !settings.consumer_key.is_empty()),
            ("consumer_secret", !settings.consumer_secret.is_empty()),
        ];
        let clock = Arc::new(ServiceClock::default());
        Self {
            setup: Setup::new(NAME, "services.audiomack", settings.base_url.as_ref(), &needs),
            caller: Caller {
                service: NAME,
                net: net.clone(),
                line: Arc::new(Line::new(USUAL_PACE, settings.base_url.as_ref())),
                surroundings: surroundings.clone(),
                sign_in_hint: "Check services.audiomack.consumer_key and consumer_secret, and this machine's clock",
                clock: Some(Arc::clone(&clock)),
                verdict,
            },
            clock,
            settings: settings.clone(),
            session: surroundings.token(),
        }
    }

    fn url(&self, path: &str, values: Params<'_>, query: Params<'_>) -> Result<Url, CatalogError> {
        let mut url = fill(self.setup.base()?, path, values)
            .ok_or_else(|| self.caller.senseless("its address is no base"))?;
        if !query.is_empty() {
            // Percent-encoded as it is signed, so that a space is %20 on both sides.
            url.set_query(Some(&oauth1::join_params(&owned(query))));
        }
        Ok(url)
    }

    /// A request with a new nonce, time stamp and signature.
    fn signed(&self, method: Method, url: &Url, form: Params<'_>) -> Request {
        let form = owned(form);
        let settings = &self.settings;
        let with_token = !settings.access_token.is_empty() && !settings.access_token_secret.is_empty();
        let surroundings = &self.caller.surroundings;
        let mut oauth = owned(&[
            ("oauth_consumer_key", settings.consumer_key.reveal()),
            ("oauth_nonce", &surroundings.token()),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", &self.clock.time((surroundings.unix_time)()).to_string()),
            ("oauth_version", "1.0"),
        ]);
        if with_token {
            oauth.extend(owned(&[("oauth_token", settings.access_token.reveal())]));
        }
        let body = if form.is_empty() { Body::Empty } else { Body::Form(oauth1::join_params(&form)) };
        let signed = oauth1::sign(&oauth1::Unsigned {
            method: method.as_str().to_owned(),
            url: url.clone(),
            form,
            oauth,
            consumer_secret: settings.consumer_secret.clone(),
            token_secret: if with_token { settings.access_token_secret.clone() } else { Secret::default() },
        });
        Request { method, body, ..Request::get(url.clone(), Limit::Api) }
            .header("Authorization", Secret::new(signed.authorization_header))
            .open_header("Accept", "application/json")
    }

    async fn page(
        &self,
        asked: Asked,
        url: Url,
        (limit, page): (u64, u32),
    ) -> Result<Page<Item>, CatalogError> {
        let answer = self.caller.json(&asked, || self.signed(Method::GET, &url, &[])).await?;
        let total = answer.get("count").and_then(tolerant::count_of);
        let rows =
            tolerant::rows(answer, &["results"]).ok_or_else(|| self.caller.senseless("it holds no list"))?;
        let came = rows.len() as u64;
        let seen = u64::from(page) * limit + came;
        // The count may be wrong for mixed lists: a full page is always worth asking for the next one.
        let more = came > 0
            && page < tolerant::MAX_PAGES
            && (came >= limit || total.is_some_and(|total| total > seen));
        let base = self.setup.base()?;
        Ok(Page {
            items: tolerant::items(NAME, rows, |wire| convert::track(base, wire)),
            total,
            more,
            is_stale: false,
        })
    }

    async fn search_tracks(&self, query: &SearchQuery) -> Result<Page<Item>, CatalogError> {
        let limit = u64::from(query.limit.clamp(1, 100));
        let (limit_text, page) = (limit.to_string(), (u64::from(query.page) + 1).to_string());
        let mut params = vec![("q", query.words.as_str()), ("show", "songs"), ("page", &page)];
        if limit != PAGE_ROWS {
            params.push(("limit", &limit_text));
        }
        let url = self.url("/search", &[], &params)?;
        self.page(Asked::known("searching tracks"), url, (limit, query.page)).await
    }

    async fn list(&self, list: &ListId, page: u32) -> Result<Page<Item>, CatalogError> {
        let (path, genre) = match (list.0.as_str(), list.0.strip_prefix("trending/")) {
            ("trending", _) => ("/music/trending", ""),
            ("recent", _) => ("/music/recent", ""),
            (_, Some(genre)) if is_id(genre) => ("/music/{genre}/trending", genre),
            _ => return Err(CatalogError::NotFound { service: NAME, what: format!("list {:?}", list.0) }),
        };
        let number = (u64::from(page) + 1).to_string();
        let values = [("genre", genre), ("page", number.as_str())];
        let url = if page == 0 {
            self.url(path, &values, &[])?
        } else {
            self.url(&format!("{path}/page/{{page}}"), &values, &[])?
        };
        self.page(Asked::known("reading a list"), url, (PAGE_ROWS, page)).await
    }

    async fn read_track(&self, id: &str) -> Result<Track, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let url = self.url("/music/{id}", &[("id", id)], &[])?;
        let asked = Asked::known("reading a track").thing(format!("track {id}"));
        let answer = self.caller.json(&asked, || self.signed(Method::GET, &url, &[])).await?;
        let base = self.setup.base()?;
        tolerant::single(answer, &["results"])
            .and_then(tolerant::item)
            .and_then(|wire| convert::track(base, wire))
            .ok_or_else(|| self.caller.senseless("it holds no song"))
    }

    /// The signed address; it must be opened within about ten seconds.
    async fn play(&self, id: &str) -> Result<Locator, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let url = self.url("/music/{id}/play", &[("id", id)], &[])?;
        let asked = Asked::known("asking for a stream").thing(format!("stream for track {id}"));
        let form = [("session", self.session.as_str())];
        let body = self.caller.text(&asked, || self.signed(Method::POST, &url, &form)).await?;
        let base = self.setup.base()?;
        wire::play_address(&body)
            .and_then(|address| resolve(base, &address))
            .map(|url| Locator::Http(RemoteAddress { reach: reach(base, &url), ..RemoteAddress::plain(url) }))
            .ok_or_else(|| self.caller.senseless("it holds no stream address"))
    }
}

/// An error body can come with any HTTP status; its `errorcode` decides.
fn verdict(_status: u16, body: &Value) -> Option<Verdict> {
    match body.get("errorcode").and_then(tolerant::count_of)? {
        1003 | 1004 => Some(Verdict::SignIn),
        1002 | 1005 => Some(Verdict::NotFound),
        // Theirs to heal: the HTTP status tells.
        1006 | 1007 | 1010 | 1017 => None,
        code => Some(Verdict::Refused(error_words(body).unwrap_or_else(|| format!("error {code}")))),
    }
}

fn owned(params: Params<'_>) -> Vec<(String, String)> {
    params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// `hip-hop-rap` as "Hip hop rap".
fn genre_title(slug: &str) -> CleanText {
    let mut words = slug.replace('-', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    CleanText::new(format!("Trending: {words}"))
}

impl Catalog for Audiomack {
    fn id(&self) -> ServiceId {
        ServiceId::known(ID)
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        let list = |id: &str, title: CleanText| BrowseList { id: ListId(id.to_owned()), title };
        let genres = self.settings.genres.iter().filter(|genre| is_id(genre));
        let genres = genres.map(|genre| list(&format!("trending/{genre}"), genre_title(genre)));
        Capabilities {
            search: vec![Kind::Track],
            lists: [list("trending", "Trending".into()), list("recent", "Recent".into())]
                .into_iter()
                .chain(genres)
                .collect(),
            sign_in: self.setup.sign_in(),
            ..Capabilities::default()
        }
    }

    fn search<'a>(&'a self, query: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        Box::pin(async move {
            if query.words.trim().is_empty() {
                return Ok(Page::default());
            }
            self.search_tracks(query).await
        })
    }

    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>> {
        Box::pin(self.list(list, page))
    }

    fn track<'a>(&'a self, id: &'a str) -> Answer<'a, Track> {
        Box::pin(self.read_track(id))
    }

    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item> {
        Box::pin(async move {
            match kind {
                Kind::Track => self.track(id).await.map(Item::Track),
                Kind::Album | Kind::Artist | Kind::Playlist => Err(self.lacks(kind.as_str())),
            }
        })
    }

    fn locate<'a>(&'a self, id: &'a str, _purpose: Purpose) -> Answer<'a, Locator> {
        Box::pin(self.play(id))
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            let url = self.url("/music/trending", &[], &[("limit", "1")])?;
            let asked = Asked::known("reading a list");
            self.caller.json(&asked, || self.signed(Method::GET, &url, &[])).await.map(drop)
        })
    }
}
