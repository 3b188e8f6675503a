//! Audiomack: OAuth 1.0a with the listener's own consumer key. Every request is signed, every attempt
//! anew, and the signature travels in the header. The call for advertisements is never made.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

use crate::config::AudiomackSettings;
use crate::model::{
    Account, Capabilities, Change, CleanText, Item, ItemRef, Kind, ListId, Locator, Page, Purpose, Reach,
    SearchQuery, ServiceId, SignInAnswer, SignInStep, Special, SpecialAnswer, Track,
};
use crate::net::Net;

use super::address::reach;
use super::call::Caller;
use super::clock::ServiceClock;
use super::line::{Line, USUAL_PACE};
use super::origin::Origin;
use super::setup::Setup;
use super::{Answer, Catalog, Surroundings};

mod changes;
mod convert;
mod form;
#[cfg(any(fuzzing, test))]
pub(super) mod fuzzing;
mod lists;
mod music;
mod notifications;
pub mod oauth1;
mod playlists;
mod requests;
mod search;
mod session;
mod sign_in;
mod specials;
#[cfg(test)]
mod tests;
mod wire;

use music::Link;
use session::{Marks, Session};
use sign_in::Pending;

/// Short name.
const ID: &str = "audiomack";

/// Own spelling.
const NAME: &str = "Audiomack";

/// Rows a page when no limit is sent. With another one it is not said where pages begin.
const PAGE_ROWS: u64 = 20;

/// The service.
pub(super) struct Audiomack {
    setup: Setup,
    caller: Caller,
    /// Signatures carry the service's time.
    clock: Arc<ServiceClock>,
    settings: AudiomackSettings,
    /// Names this run of the program in play reports.
    run: String,
    /// Where a sign-in is good.
    origin: Origin,
    /// Who is signed in.
    session: Mutex<Option<Session>>,
    /// What they like.
    marks: Mutex<Marks>,
    /// A sign-in that has begun.
    pending: Mutex<Option<Pending>>,
    /// What opens private music, by its id, from links that were opened.
    promo_keys: Mutex<HashMap<String, String>>,
    /// What leads to each next page of notifications.
    paging: Mutex<Vec<String>>,
}

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
                verdict: requests::verdict,
            },
            clock,
            origin: Origin::new(settings.base_url.as_ref(), AudiomackSettings::default().base_url.as_ref()),
            run: surroundings.token(),
            session: Mutex::new(Session::of_settings(&settings.access_token, &settings.access_token_secret)),
            settings: settings.clone(),
            marks: Mutex::default(),
            pending: Mutex::default(),
            promo_keys: Mutex::default(),
            paging: Mutex::default(),
        }
    }

    fn pending_slot(&self) -> MutexGuard<'_, Option<Pending>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Catalog for Audiomack {
    fn id(&self) -> ServiceId {
        ServiceId::known(ID)
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        let session = self.session();
        let is_ready = self.setup.base().is_ok();
        Capabilities {
            search: Kind::ALL.into(),
            filters: self.filters(),
            suggests: true,
            similar: false,
            lists: self.lists(),
            own_playlists: session.as_ref().map(|_| ListId("mine/playlists".to_owned())),
            powers: self.powers(),
            sign_in: self.setup.sign_in(),
            account: Account {
                way: is_ready.then(|| "in the browser".into()),
                key: session.as_ref().and_then(Session::key),
                who: session.map(|session| CleanText::new(session.who)),
                join: specials::join_page(),
            },
            is_local: false,
        }
    }

    fn search<'a>(&'a self, query: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        Box::pin(self.find(query))
    }

    fn suggest<'a>(&'a self, words: &'a str) -> Answer<'a, Vec<CleanText>> {
        Box::pin(self.complete(words))
    }

    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>> {
        Box::pin(self.list(list, page))
    }

    fn track<'a>(&'a self, id: &'a str) -> Answer<'a, Track> {
        Box::pin(self.read_track(id))
    }

    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item> {
        Box::pin(self.read_item(kind, id))
    }

    fn resolve<'a>(&'a self, link: &'a Url) -> Option<Answer<'a, Item>> {
        let link = Link::read(link)?;
        Some(Box::pin(self.read_link(link)))
    }

    fn reach(&self, address: &Url) -> Reach {
        self.setup.base().map_or(Reach::Public, |base| reach(base, address))
    }

    fn locate<'a>(&'a self, id: &'a str, purpose: Purpose) -> Answer<'a, Locator> {
        Box::pin(self.play(id, purpose))
    }

    fn listened<'a>(&'a self, id: &'a str) -> Answer<'a, ()> {
        Box::pin(self.report_play(id))
    }

    fn change<'a>(&'a self, change: &'a Change) -> Answer<'a, Option<ItemRef>> {
        Box::pin(self.make(change))
    }

    fn renew(&self) {
        self.caller.changed();
    }

    fn restore(&self) -> Answer<'_, ()> {
        Box::pin(self.take_up())
    }

    fn sign_in(&self, answer: SignInAnswer) -> Answer<'_, SignInStep> {
        Box::pin(self.next_step(answer))
    }

    fn sign_out(&self) -> Answer<'_, ()> {
        Box::pin(self.forget())
    }

    fn specials(&self) -> &'static [Special] {
        specials::SPECIALS
    }

    fn special<'a>(&'a self, name: &'a str, values: &'a [(String, String)]) -> Answer<'a, SpecialAnswer> {
        Box::pin(self.call(name, values))
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            let url = self.url("/music/trending", &[], &[("fields", "id"), ("limit", "1")])?;
            self.read(&super::call::Asked::known("reading a list"), &url).await.map(drop)
        })
    }
}
