//! The services as their settings make them, somebody signed in at each, and what can be asked of them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use segue::catalog::{Catalog, CatalogError, MemoryVault, Surroundings, Vault, services};
use segue::config::{NetworkSettings, ServiceSettings};
use segue::model::{Change, Fault, ItemRef, Kind, PlaylistAbout, Purpose, SearchQuery, Secret, SignInAnswer};
use segue::net::Net;
use serde_json::{Value, json};
use url::Url;

use crate::leaks::{
    ACCESS_TOKEN, API_KEY, BEARER, CLIENT_SECRET, CODE, CONSUMER_SECRET, NEXT_BEARER, NEXT_REFRESH, PASSWORD,
    REFRESH, SIGNATURE, TOKEN_SECRET, VERIFIER, assert_none, assert_none_in,
};
use crate::server::{Call, Reply};

/// 2026-03-01, as the server's `Date`; nothing here looks at the real clock.
pub const NOW: u64 = 1_772_323_200;

/// A stream's id as YourMusic writes them.
pub const STREAM: &str = "173fd1b7-72c4-44c4-9244-55a0a167a352";

/// Who is asked, and as whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Audius,
    Audiomack,
    /// By a listener who signed in with a code.
    YourMusic,
    /// By a client that acts for somebody.
    YourMusicClient,
    Audiosocket,
    /// By a listener who signed in with a password.
    AudiosocketConsumer,
}

pub const ALL: [Who; 6] = [
    Who::Audius,
    Who::Audiomack,
    Who::YourMusic,
    Who::YourMusicClient,
    Who::Audiosocket,
    Who::AudiosocketConsumer,
];

impl Who {
    pub fn id(self) -> &'static str {
        match self {
            Self::Audius => "audius",
            Self::Audiomack => "audiomack",
            Self::YourMusic | Self::YourMusicClient => "yourmusic",
            Self::Audiosocket | Self::AudiosocketConsumer => "audiosocket",
        }
    }

    /// A track's id.
    pub fn track(self) -> &'static str {
        if self.id() == "yourmusic" { STREAM } else { "812" }
    }

    /// Whether that leads to a request.
    pub fn has(self, ask: Ask) -> bool {
        match ask {
            // Only these count listens; elsewhere nothing is asked.
            Ask::Listened => matches!(self, Self::Audius | Self::Audiomack),
            // By a browser, or not at all.
            Ask::SignIn => !matches!(self, Self::Audius | Self::YourMusicClient),
            _ => true,
        }
    }

    /// Only this service, at `base`.
    pub fn settings(self, base: &Url) -> ServiceSettings {
        let mut settings = ServiceSettings::default();
        settings.audius.enabled = self.id() == "audius";
        settings.audiomack.enabled = self.id() == "audiomack";
        settings.yourmusic.enabled = self.id() == "yourmusic";
        settings.audiosocket.enabled = self.id() == "audiosocket";
        let base = Some(base.clone());
        settings.audius.base_url.clone_from(&base);
        settings.audius.api_key = API_KEY.into();
        settings.audiomack.base_url.clone_from(&base);
        settings.audiomack.consumer_key = "consumer".into();
        settings.audiomack.consumer_secret = CONSUMER_SECRET.into();
        settings.audiomack.access_token = ACCESS_TOKEN.into();
        settings.audiomack.access_token_secret = TOKEN_SECRET.into();
        settings.yourmusic.base_url.clone_from(&base);
        settings.yourmusic.tenant = "house".to_owned();
        settings.yourmusic.device_id = "a9b66a51-3cb6-4e66-bb94-675e83380fe5".to_owned();
        if self == Self::YourMusicClient {
            settings.yourmusic.client_id = "client".into();
            settings.yourmusic.client_secret = CLIENT_SECRET.into();
            settings.yourmusic.user_id = "0b7c6d0e-5a4f-4d0b-9d0c-5e60e0a1b2c3".to_owned();
        }
        settings.audiosocket.base_url = base;
        settings.audiosocket.token = BEARER.into();
        if self == Self::AudiosocketConsumer {
            settings.audiosocket.profile = segue::config::AudiosocketProfile::Consumer;
            settings.audiosocket.app_token = API_KEY.into();
        }
        settings
    }

    /// What the vault holds after a sign-in that is good until `until`.
    pub fn session(self, base: &Url, until: u64) -> Option<Secret> {
        let origin = base.origin().ascii_serialization();
        let session = match self {
            Self::Audius => json!({ "origin": origin, "access_token": BEARER,
                "refresh_token": REFRESH, "expires_at": until, "user_id": "nlGNe", "name": "Ada Cole" }),
            Self::YourMusic => {
                json!({ "origin": origin, "access_token": BEARER, "access_until": until, "refresh_token": REFRESH,
                "refresh_until": until + 2_592_000, "user_id": "u1", "name": "Ada Cole" })
            }
            Self::AudiosocketConsumer => {
                json!({ "origin": origin, "profile": "Consumer", "token": BEARER, "who": "Ada Cole" })
            }
            Self::Audiomack | Self::YourMusicClient | Self::Audiosocket => return None,
        };
        Some(Secret::new(session.to_string()))
    }
}

/// A client. `is_hasty`: nothing may take longer than moments.
pub fn net(retries: u8, is_hasty: bool) -> Net {
    let settings = NetworkSettings { retries, ..NetworkSettings::default() };
    let moment = Duration::from_millis(150);
    Net::new(if is_hasty {
        NetworkSettings { connect_timeout: moment, idle_timeout: moment, api_timeout: moment * 2, ..settings }
    } else {
        settings
    })
}

/// One service with what it was made of.
pub struct House {
    pub who: Who,
    pub catalog: Arc<dyn Catalog>,
    /// What this machine's clock shows; it may be set while the house stands.
    pub clock: Arc<AtomicU64>,
}

/// How a house is made.
pub struct Plan {
    pub net: Net,
    /// What this machine's clock shows.
    pub now: u64,
    /// Until when the session is good.
    pub until: u64,
    pub vault: Arc<dyn Vault>,
    pub pages: Option<PathBuf>,
}

impl Plan {
    pub fn new(net: &Net) -> Self {
        Self {
            net: net.clone(),
            now: NOW,
            until: NOW + 3600,
            vault: Arc::new(MemoryVault::default()),
            pages: None,
        }
    }
}

impl House {
    pub async fn new(who: Who, base: &Url, plan: Plan) -> Self {
        let (clock, count) = (Arc::new(AtomicU64::new(plan.now)), AtomicU64::new(1));
        let now = Arc::clone(&clock);
        let surroundings = Surroundings {
            unix_time: Arc::new(move || now.load(Ordering::Relaxed)),
            random: Arc::new(move || u128::from(count.fetch_add(1, Ordering::Relaxed)).to_be_bytes()),
            vault: Arc::clone(&plan.vault),
            pages: plan.pages,
        };
        let catalog = services(&who.settings(base), &plan.net, &surroundings).remove(0);
        if let Some(session) = who.session(base, plan.until)
            && plan.vault.read(who.id()).await.unwrap().is_none()
        {
            plan.vault.write(who.id(), &session).await.unwrap();
        }
        catalog.restore().await.unwrap();
        Self { who, catalog, clock }
    }

    /// Does it; what came is looked through for secrets.
    pub async fn ask(&self, what: Ask) -> Result<(), CatalogError> {
        let name = format!("{:?}, {what:?}", self.who);
        // Far longer than anything takes; only what hangs meets it.
        let asked = tokio::time::timeout(Duration::from_secs(60), self.outcome(what));
        let outcome = asked.await.unwrap_or_else(|_| panic!("{name}: no end"));
        assert_none_in(&name, &self.catalog.capabilities());
        if let Err(error) = &outcome {
            assert_none(&name, &error.to_string());
            assert_none_in(&name, error);
            assert_none(&name, &error.fault().to_string());
            assert_none_in(&name, &error.fault());
            assert_plain(&name, self.catalog.name(), &error.fault());
        }
        outcome
    }

    async fn outcome(&self, what: Ask) -> Result<(), CatalogError> {
        let catalog = &*self.catalog;
        let id = self.who.track();
        match what {
            Ask::Search => {
                let words = "ferry".to_owned();
                let query = SearchQuery { words, kind: Kind::Track, filters: Vec::new(), limit: 10, page: 0 };
                catalog.search(&query).await.map(drop)
            }
            Ask::Browse => {
                let lists = catalog.capabilities().lists;
                // Nobody is signed in any more: the first that there is.
                let list = lists.first().unwrap();
                catalog.browse(&list.id, 0).await.map(drop)
            }
            Ask::Item => catalog.item(Kind::Track, "812").await.map(drop),
            Ask::Locate => catalog.locate(id, Purpose::GoOn).await.map(|place| {
                assert_none_in("a place", &place);
            }),
            Ask::Change => {
                let item = ItemRef { service: catalog.id(), kind: Kind::Track, id: "812".to_owned() };
                let about = PlaylistAbout { title: Some("Mix".to_owned()), ..PlaylistAbout::default() };
                let change = match self.who {
                    Who::Audius => Change::Like { item, on: true },
                    Who::Audiomack => {
                        let about = PlaylistAbout { genre: Some("electronic".to_owned()), ..about };
                        Change::CreatePlaylist { about, tracks: vec!["812".to_owned()] }
                    }
                    _ => Change::CreatePlaylist { about, tracks: Vec::new() },
                };
                catalog.change(&change).await.map(drop)
            }
            Ask::SignIn => self.sign_in().await,
            Ask::Ping => catalog.ping().await,
            Ask::Listened => catalog.listened(id).await,
        }
    }

    /// As far as it goes.
    async fn sign_in(&self) -> Result<(), CatalogError> {
        let form = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), Secret::new(*value)));
            SignInAnswer::Form(pairs.collect())
        };
        let answers = match self.who {
            Who::Audius | Who::YourMusicClient => panic!("{:?} has no form", self.who),
            Who::Audiomack => vec![form(&[("code", VERIFIER)])],
            Who::YourMusic => vec![form(&[("email", "ada@example.net")]), form(&[("code", CODE)])],
            Who::Audiosocket => vec![form(&[("token", BEARER)])],
            Who::AudiosocketConsumer => {
                vec![form(&[("email", "ada@example.net"), ("password", PASSWORD)])]
            }
        };
        let mut step = self.catalog.sign_in(SignInAnswer::Begin { callback: None }).await?;
        for answer in answers {
            assert_none_in("a step", &step);
            assert_none_in("an answer", &answer);
            step = self.catalog.sign_in(answer).await?;
        }
        assert_none_in("a step", &step);
        Ok(())
    }
}

/// What is asked of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Search,
    Browse,
    Item,
    Locate,
    Change,
    SignIn,
    Ping,
    Listened,
}

pub const ASKS: [Ask; 8] =
    [Ask::Search, Ask::Browse, Ask::Item, Ask::Locate, Ask::Change, Ask::SignIn, Ask::Ping, Ask::Listened];

/// Words for people: who it is about, what to do, nothing of the inside.
fn assert_plain(doing: &str, service: &str, fault: &Fault) {
    let text = fault.to_string();
    assert!(text.contains(service), "{doing}: {text:?} does not say who");
    let inside = ["::", "Err(", "Some(", "None", "\\\"", "{", "}", "Error", "unwrap", "\n", "  ", ".."];
    let odd = inside.iter().find(|part| text.contains(**part));
    assert!(odd.is_none(), "{doing}: {text:?} holds {odd:?}");
    assert!((15..400).contains(&text.len()), "{doing}: {text:?}");
}

/// An answer that any of the services takes for a good one, whatever was asked.
pub fn good(call: &Call) -> Reply {
    if call.path.contains("/stream/") {
        return Reply::with(200, "Content-Type: application/vnd.apple.mpegurl\r\n", "#EXTM3U\n");
    }
    if call.path.ends_with("request_token") || call.path.ends_with("access_token") {
        let form = format!(
            "oauth_token={ACCESS_TOKEN}&oauth_token_secret={TOKEN_SECRET}&oauth_callback_confirmed=true"
        );
        return Reply::with(200, "Content-Type: text/plain\r\n", form);
    }
    let cookie = crate::leaks::COOKIE;
    let headers =
        format!("Content-Type: application/json\r\nSet-Cookie: session={cookie}; Path=/\r\nETag: \"1\"\r\n");
    Reply::with(200, &headers, page().to_string())
}

/// A page that holds a row, a place of sound and new tokens.
pub fn page() -> Value {
    let signed = format!("https://media.example/812.mp3?Expires=1&Signature={SIGNATURE}");
    let row = json!({
        "id": "812", "title": "Night Ferry", "name": "Night Ferry", "type": "song", "duration": 187,
        "artist": "Ada Cole", "user": {"id": "nlGNe", "name": "Ada Cole", "handle": "ada"},
        "uploader": {"id": "7", "name": "Ada Cole", "url_slug": "ada"}, "url_slug": "night-ferry",
        "playlist_name": "Mix", "stream_id": STREAM, "stream_url": signed, "mp3_file": signed,
        "artwork": "https://media.example/812.jpg", "isrc": "GBAAN0000001", "auth_token": BEARER,
        "access_token": NEXT_BEARER, "refresh_token": NEXT_REFRESH, "expires_in": 3600,
        "delegation_token": NEXT_BEARER,
    });
    json!({
        "data": [row], "results": [row], "url": signed, "token": NEXT_BEARER, "auth_token": NEXT_BEARER,
        "access_token": NEXT_BEARER, "refresh_token": NEXT_REFRESH, "expires_in": 3600,
        "delegation_token": NEXT_BEARER, "first_name": "Ada", "id": "812",
    })
}
