//! Audius: open, needs no account. Everything is under `<base>/v1` and carries `app_name`; whoever is signed
//! in is named only together with a bearer, and only to the gateway.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use url::Url;

use crate::config::AudiusSettings;
use crate::model::{
    Account as Who, Capabilities, Change, Item, ItemRef, Kind, ListId, Locator, Page, Powers, Purpose, Reach,
    SearchQuery, Secret, ServiceId, SignInAnswer, SignInStep, Special, SpecialAnswer, Track,
};
use crate::net::{Net, Pace};

use super::address::reach;
use super::call::Verdict;
use super::setup::Setup;
use super::{Answer, Catalog, CatalogError, Surroundings};

mod changes;
mod convert;
#[cfg(any(fuzzing, test))]
pub(super) mod fuzzing;
mod hosts;
mod links;
mod lists;
mod playlists;
mod reading;
mod search;
mod session;
mod sign_in;
mod specials;
mod stream;
#[cfg(test)]
mod tests;
mod wire;

use hosts::Hosts;
use playlists::Remembered;
use session::Account;

/// Short name.
const ID: &str = "audius";

/// Own spelling.
const NAME: &str = "Audius";

/// Its limits are not published. Its guides name 4 requests in 1.1 s, about 100 a minute without a key, and
/// 4 in flight.
const PACE: Pace = Pace { burst: 3, period: Duration::from_millis(660), in_flight: 4 };

/// What can be liked and reposted.
const MARKED: [Kind; 3] = [Kind::Track, Kind::Album, Kind::Playlist];

/// The service.
pub(super) struct Audius {
    setup: Setup,
    /// Nothing without a base.
    house: Option<House>,
    api_key: Secret,
    /// An app's own token, for the gateway while nobody is signed in.
    bearer: Secret,
    remembered: Remembered,
}

/// Whom to ask, and who asks.
struct House {
    hosts: Hosts,
    account: Arc<Account>,
}

impl Audius {
    /// With these settings.
    pub(super) fn new(settings: &AudiusSettings, net: &Net, surroundings: &Surroundings) -> Self {
        let setup = Setup::new(NAME, "services.audius", settings.base_url.as_ref(), &[]);
        let hosts =
            setup.base().ok().and_then(|base| Hosts::new(base, PACE, &settings.app_name, net, surroundings));
        let account =
            |hosts: &Hosts| Arc::new(Account::new(hosts.gateway(), &settings.api_key, &settings.app_name));
        let house = hosts.map(|hosts| House { account: account(&hosts), hosts });
        Self {
            setup,
            house,
            api_key: settings.api_key.clone(),
            bearer: settings.bearer.clone(),
            remembered: Remembered::default(),
        }
    }

    fn house(&self) -> Result<&House, CatalogError> {
        self.setup.base()?;
        self.house.as_ref().ok_or_else(|| CatalogError::Answer {
            service: NAME,
            reason: "its address is no base".to_owned(),
        })
    }

    /// Id of whoever is signed in.
    fn me(&self) -> Option<String> {
        self.house.as_ref()?.account.session().map(|session| session.user_id)
    }

    fn key_header(&self) -> Option<(String, Secret)> {
        (!self.api_key.is_empty()).then(|| ("X-API-Key".to_owned(), self.api_key.clone()))
    }
}

impl Catalog for Audius {
    fn id(&self) -> ServiceId {
        ServiceId::known(ID)
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        let session = self.house.as_ref().and_then(|house| house.account.session());
        let is_signed_in = session.is_some();
        let powers = if is_signed_in {
            Powers {
                like: MARKED.to_vec(),
                repost: MARKED.to_vec(),
                follow: vec![Kind::Artist],
                create_playlist: true,
                edit_playlist: true,
                playlist_parts: playlists::PARTS.to_vec(),
                delete_playlist: true,
                arrange_playlist: true,
                note_downloads: false,
            }
        } else {
            Powers::default()
        };
        Capabilities {
            search: Kind::ALL.to_vec(),
            filters: search::filters(),
            suggests: false,
            similar: false,
            is_local: false,
            lists: lists::top(is_signed_in),
            own_playlists: is_signed_in.then(|| ListId(lists::OWN_PLAYLISTS.to_owned())),
            powers,
            sign_in: self.setup.sign_in(),
            account: Who {
                way: (!self.api_key.is_empty()).then(|| "in the browser".into()),
                key: session.as_ref().map(|session| session.user_id.clone()),
                who: session.map(|session| session.name),
                join: None,
            },
        }
    }

    fn search<'a>(&'a self, query: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        Box::pin(self.find(query))
    }

    fn browse<'a>(&'a self, list: &'a ListId, page: u32) -> Answer<'a, Page<Item>> {
        Box::pin(self.open(list, page))
    }

    fn track<'a>(&'a self, id: &'a str) -> Answer<'a, Track> {
        Box::pin(self.read_track(id))
    }

    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item> {
        Box::pin(self.read_item(kind, id))
    }

    fn resolve<'a>(&'a self, link: &'a Url) -> Option<Answer<'a, Item>> {
        let link = links::own(link)?;
        Some(Box::pin(self.follow_link(link)))
    }

    fn reach(&self, address: &Url) -> Reach {
        let host = self.house.as_ref().map(|house| house.hosts.current());
        let own = host.filter(|host| host.reach == Reach::Anywhere);
        own.map_or(Reach::Public, |host| reach(&host.base, address))
    }

    fn locate<'a>(&'a self, id: &'a str, purpose: Purpose) -> Answer<'a, Locator> {
        Box::pin(self.place_of(id, purpose))
    }

    fn listened<'a>(&'a self, id: &'a str) -> Answer<'a, ()> {
        Box::pin(self.count_listen(id))
    }

    fn change<'a>(&'a self, change: &'a Change) -> Answer<'a, Option<ItemRef>> {
        Box::pin(self.make_change(change))
    }

    fn renew(&self) {
        if let Some(house) = &self.house {
            house.hosts.changed();
        }
    }

    fn restore(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            match &self.house {
                Some(house) => house.account.restore().await,
                None => Ok(()),
            }
        })
    }

    fn sign_in(&self, answer: SignInAnswer) -> Answer<'_, SignInStep> {
        Box::pin(async move { self.house()?.account.sign_in(answer).await })
    }

    fn sign_out(&self) -> Answer<'_, ()> {
        Box::pin(async move { self.house()?.account.end().await })
    }

    fn specials(&self) -> &'static [Special] {
        specials::ALL
    }

    fn special<'a>(&'a self, name: &'a str, values: &'a [(String, String)]) -> Answer<'a, SpecialAnswer> {
        Box::pin(async move { self.call_special(name, values).await.map(SpecialAnswer::from) })
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(self.look_in())
    }
}

/// The errors of the sign-in pages say in a field of their own what is wrong.
fn verdict(status: u16, body: &Value) -> Option<Verdict> {
    let words = body.get("error").filter(|error| error.is_string()).and(body.get("error_description"))?;
    (status >= 400).then(|| Verdict::Refused(words.as_str().unwrap_or_default().to_owned()))
}
